"""Working days of a country: its week without the weekend and its public holidays.

A contract that says "working days" must say which (Argentina's Código Civil y Comercial, article 6, counts all days
unless the parties agree otherwise): Abono's are those that are neither weekend nor public holiday of the seller's
country. The holidays, bridge days by decree among them, are data of the package `holidays`; its version is recorded
with what it decided.
"""

from datetime import date
from functools import cache
from importlib.metadata import version
from typing import NamedTuple

import holidays

from abono.base.kernel.days import plus_days


def holiday_data() -> str:
    """Which holiday data counts: the package with its version."""
    return f"holidays {version('holidays')}"


def is_business_day(*, country: str, day: date) -> bool:
    """Whether offices work in the country on that day."""
    found = _days_off(country, day.year)
    return day.weekday() not in found.weekend and day not in found.holidays


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


class DaysOff(NamedTuple):
    """The weekdays and the days of one year on which offices are closed in a country; Monday is 0."""

    weekend: frozenset[int]
    holidays: frozenset[date]


@cache
def _days_off(country: str, year: int) -> DaysOff:
    """A country without data has Saturdays and Sundays alone."""
    calendar = getattr(holidays, country, None)
    if calendar is None:
        return DaysOff(frozenset({5, 6}), frozenset())
    found = calendar(years=year)
    return DaysOff(frozenset(found.weekend), frozenset(found))
