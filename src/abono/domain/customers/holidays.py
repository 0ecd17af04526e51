"""Business days by country, from the data of the PyPI package `holidays`; no network, no clock.

Weekends and public holidays of the whole country are days off. Holidays of single regions are not, and a
Saturday that a government makes a working day stays a day off. A law may add a day after the package was
made, so whoever computes with a calendar records `data_version`.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.metadata import version

import holidays as package

from abono.base.kernel.refusal import Refused

_LONGEST_SEARCH_DAYS = 3_660


@dataclass(frozen=True, slots=True)
class Calendar:
    """The business days of one or more countries together: a day off in any of them is a day off."""

    countries: tuple[str, ...]
    data_version: str

    def is_business_day(self, day: date) -> bool:
        """Whether people work on `day`: no weekend and no public holiday."""
        return not any(
            day.weekday() in _weekend(country) or day in _days_off(country, day.year) for country in self.countries
        )

    def nth_business_day_after(self, day: date, n: int) -> date:
        """The n-th business day after `day`, which itself never counts; n is 1 or more."""
        if n < 1:
            raise ValueError("n must be 1 or more")
        found = day
        left = n
        for _ in range(_LONGEST_SEARCH_DAYS):
            found += timedelta(days=1)
            left -= self.is_business_day(found)
            if not left:
                return found
        raise ValueError(f"no {n} business days within {_LONGEST_SEARCH_DAYS} days")

    def holiday_name(self, day: date) -> str:
        """The name of the public holiday, in English where the package has it; empty on other days."""
        names = (_days_off(country, day.year).get(day, "") for country in self.countries)
        return next(filter(None, names), "")


def calendar_for(*countries: str) -> Calendar:
    """The calendar of the countries (ISO 3166 alpha-2); refuses a country whose holidays are not known."""
    if not countries:
        raise ValueError("name at least one country")
    known = _known()
    for country in countries:
        if country not in known:
            raise Refused(
                "customers.no_holidays",
                f"No holidays are known for {country!r}; allowed: {', '.join(sorted(known))}.",
                country=country,
            )
    return Calendar(countries=tuple(dict.fromkeys(countries)), data_version=data_version())


def data_version() -> str:
    """The package and version that the holidays come from, to be recorded with what they decided."""
    return f"holidays {version('holidays')}"


@cache
def _known() -> frozenset[str]:
    return frozenset(code for code in package.list_supported_countries(include_aliases=False) if len(code) == 2)


@cache
def _weekend(country: str) -> frozenset[int]:
    return frozenset(package.country_holidays(country, years=2026).weekend)


@cache
def _days_off(country: str, year: int) -> dict[date, str]:
    """One year at a time: the package's own objects grow by themselves when asked for another year."""
    return dict(package.country_holidays(country, years=year, expand=False, language="en_US"))
