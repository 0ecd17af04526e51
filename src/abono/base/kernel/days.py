"""Calendar arithmetic on plain dates. A date is a date in the seller's zone."""

from calendar import monthrange
from datetime import date, timedelta


def in_month(year: int, month: int, day: int) -> date:
    """Day `day` of a month, shortened to the month's last day: (2026, 2, 31) gives 28 February."""
    return date(year, month, min(day, monthrange(year, month)[1]))


def add_months(start: date, months: int, *, anchor_day: int) -> date:
    """The date `months` after `start`'s month, on `anchor_day` kept unshortened: 31 -> 30 April -> 31 May."""
    index = start.year * 12 + start.month - 1 + months
    return in_month(index // 12, index % 12 + 1, anchor_day)


def days_between(earlier: date, later: date) -> int:
    """Whole days from `earlier` to `later`; negative when `later` is before it."""
    return later.toordinal() - earlier.toordinal()


def plus_days(start: date, days: int) -> date:
    """`start` plus a number of days, which may be negative."""
    return start + timedelta(days=days)


def span(from_on: date, to_on: date | None, *, most_included: bool = False) -> str:
    """Days `[from_on, to_on)` inside a sentence: from the first on, or up to the last (`to_on` too if included)."""
    if to_on is None:
        return f"from {from_on} on"
    return f"from {from_on} to {to_on if most_included else plus_days(to_on, -1)}"
