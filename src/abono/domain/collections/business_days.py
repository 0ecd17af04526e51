"""Working days of a country: Monday to Friday without its public holidays.

A contract that says "working days" must say which (Argentina's Código Civil y Comercial, article 6, counts all days
unless the parties agree otherwise): Abono's are those that are neither weekend nor public holiday of the seller's
country. The holidays, bridge days by decree among them, are data of the package `holidays`; its version is recorded
with what it decided.
"""

from datetime import date
from functools import cache
from importlib.metadata import version

import holidays

from abono.base.kernel.days import plus_days

SATURDAY = 5


def holiday_data() -> str:
    """Which holiday data counts: the package with its version."""
    return f"holidays {version('holidays')}"


def is_business_day(*, country: str, day: date) -> bool:
    """Whether offices work in the country on that day."""
    return day.weekday() < SATURDAY and day not in _holidays(country, day.year)


def nth_business_day(*, country: str, start: date, number: int) -> date:
    """The `number`th working day after `start`, before it if negative; `start` itself does not count. Not for 0."""
    if number == 0:
        raise ValueError("no working day is the 0th")
    direction = 1 if number > 0 else -1
    day, left = start, abs(number)
    while left:
        day = plus_days(day, direction)
        left -= is_business_day(country=country, day=day)
    return day


@cache
def _holidays(country: str, year: int) -> frozenset[date]:
    """A country without data has weekends only."""
    calendar = getattr(holidays, country, None)
    return frozenset(calendar(years=year)) if calendar else frozenset()
