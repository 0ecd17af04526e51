"""Periods: which days a subscription is billed for, worked out from its anchor and never from the last
period.

A period is half-open, `[period_from, period_to)`. The anchor day is kept unshortened (31 -> 30 April -> 31
May). The anchors of a subscription are one grid: the anchor day in the month of its start, and every whole
cycle before and after it. The first anchor is the first date of that grid on or after the start. No period
crosses an anchor; one that begins or ends between two anchors is a stub, billed by its days over the days of
the whole cycle around it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Literal, cast

from abono.base.kernel.days import add_months, days_between, plus_days
from abono.base.kernel.languages import Words
from abono.base.kernel.refusal import Refused
from abono.domain.catalogue.pricing import WHOLE

Unit = Literal["week", "month"]

# Dates beyond these are slips of the pen (0024 for 2024 would bill two thousand years), so they are refused.
# The cycle unit of a project: a service without a cycle.
NO_CYCLE = "none"
EARLIEST = date(1900, 1, 1)
LATEST = date(2999, 12, 31)

NAMED: dict[str, tuple[Unit, int]] = {
    "weekly": ("week", 1),
    "monthly": ("month", 1),
    "quarterly": ("month", 3),
    "semiannual": ("month", 6),
    "yearly": ("month", 12),
}
_MOST: dict[str, int] = {"week": 520, "month": 1200}
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_WRITTEN = re.compile(r"([0-9]{1,4}) (week|month|year)s?")

_CYCLE_WORDS: dict[tuple[str, int], Words] = {
    ("week", 1): {"en": "weekly", "es": "semanal", "hu": "hetente"},
    ("month", 1): {"en": "monthly", "es": "mensual", "hu": "havonta"},
    ("month", 3): {"en": "quarterly", "es": "trimestral", "hu": "negyedévente"},
    ("month", 6): {"en": "half-yearly", "es": "semestral", "hu": "félévente"},
    ("month", 12): {"en": "yearly", "es": "anual", "hu": "évente"},
}
_EVERY_WORDS: dict[str, Words] = {
    "week": {"en": "every {n} weeks", "es": "cada {n} semanas", "hu": "{n} hetente"},
    "month": {"en": "every {n} months", "es": "cada {n} meses", "hu": "{n} havonta"},
    "year": {"en": "every {n} years", "es": "cada {n} años", "hu": "{n} évente"},
}


@dataclass(frozen=True, slots=True)
class Cycle:
    """How long a whole period is: a number of weeks or of months. A year is twelve months."""

    unit: Unit
    count: int

    def __post_init__(self) -> None:
        """Refuse a unit or a count that no period can be made of."""
        if not 1 <= self.count <= _MOST.get(self.unit, 0):
            raise Refused(
                "subscriptions.bad_cycle",
                f"A cycle is 1 to {_MOST['week']} weeks or 1 to {_MOST['month']} months, not {self.count} {self.unit}.",
                unit=self.unit,
                count=self.count,
            )

    @classmethod
    def named(cls, name: str) -> "Cycle":
        """The cycle of a name: weekly, monthly, quarterly, semiannual or yearly."""
        if name not in NAMED:
            raise Refused(
                "subscriptions.unknown_cycle",
                f"Unknown cycle {name!r}; allowed: {', '.join(NAMED)}.",
                cycle=name,
            )
        return cls(*NAMED[name])

    @classmethod
    def parse(cls, text: str) -> "Cycle":
        """The cycle written as `3 months`, `1 year`, `2 weeks`, or by its name."""
        if text in NAMED:
            return cls.named(text)
        written = _WRITTEN.fullmatch(text)
        if written is None:
            raise Refused(
                "subscriptions.unknown_cycle",
                f"{text!r} is no cycle; write such as '3 months', or one of {', '.join(NAMED)}.",
                cycle=text,
            )
        count, unit = int(written[1]), written[2]
        return cls("month", 12 * count) if unit == "year" else cls(cast(Unit, unit), count)

    @property
    def text(self) -> str:
        """The cycle as `parse` reads it: `1 week`, `3 months`."""
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"

    @property
    def words(self) -> Words:
        """The cycle for people, in each language: quarterly, trimestral, negyedévente."""
        named = _CYCLE_WORDS.get((self.unit, self.count))
        if named is not None:
            return named
        years = self.unit == "month" and self.count % 12 == 0
        number, unit = (self.count // 12, "year") if years else (self.count, self.unit)
        return {language: text.format(n=number) for language, text in _EVERY_WORDS[unit].items()}

    @property
    def shortest_days(self) -> int:
        """Days of the shortest whole cycle there can be, over all anchors: 28 for a month, 365 for a year."""
        return 7 * self.count if self.unit == "week" else _shortest_months(self.count)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the periods of one subscription follow from. `end` is the first day no longer billed."""

    start: date
    cycle: Cycle
    anchor_day: int
    end: date | None = None

    def __post_init__(self) -> None:
        """Refuse terms from which no periods follow."""
        if not 1 <= self.anchor_day <= 31:
            raise Refused(
                "subscriptions.bad_anchor",
                f"The anchor day is {self.anchor_day}; allowed: 1 to 31.",
                anchor_day=self.anchor_day,
            )
        check_day(self.start)
        if self.end is None:
            return
        check_day(self.end)
        if self.end < self.start:
            raise Refused(
                "subscriptions.end_before_start",
                f"The end {self.end} is before the start {self.start}.",
                start=self.start,
                end=self.end,
            )


@dataclass(frozen=True, slots=True)
class Period:
    """The days `[period_from, period_to)`: `days` of the `cycle_days` of the whole cycle around them."""

    period_from: date
    period_to: date
    days: int
    cycle_days: int

    @property
    def fraction(self) -> Fraction:
        """The exact part of a whole cycle: 1, or a stub's days over the days of its cycle."""
        return WHOLE if self.days == self.cycle_days else Fraction(self.days, self.cycle_days)

    @property
    def fraction_text(self) -> str:
        """The fraction with nine places, half up: `1.000000000`, `0.516129032`."""
        return _nine_places(self.days, self.cycle_days)


@dataclass(frozen=True, slots=True)
class Gap:
    """Days `[gap_from, gap_to)` that are not billed, and why. `gap_to` None: until further notice."""

    gap_from: date
    gap_to: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a period: to be billed when `reason` is None, else to be claimed with that reason."""

    period: Period
    reason: str | None


def first_anchor(terms: Terms) -> date:
    """The first day on or after the start at which a whole cycle begins.

    That is the anchor day, shortened to the month, in the start's month, if it is not before the start, else
    that date plus whole cycles. Weeks are counted from that date too, to both sides.
    """
    cycle_from, cycle_to = whole_cycle(terms, terms.start)
    return cycle_from if cycle_from == terms.start else cycle_to


def whole_cycle(terms: Terms, day: date) -> tuple[date, date]:
    """The anchored cycle `[from, to)` in which `day` lies, whether or not the subscription runs by then."""
    cycle, start, count = terms.cycle, terms.start, terms.cycle.count
    if cycle.unit == "week":
        origin = _anchor_in(start.year * 12 + start.month - 1, terms.anchor_day).toordinal()
        ordinal = day.toordinal()
        first = ordinal - (ordinal - origin) % (7 * count)
        return date.fromordinal(first), date.fromordinal(first + 7 * count)
    month = day.year * 12 + day.month - 1
    into = (month - start.year * 12 - start.month + 1) % count
    anchor = _anchor_in(month - into, terms.anchor_day)
    if anchor > day:
        return _anchor_in(month - count, terms.anchor_day), anchor
    return anchor, _anchor_in(month - into + count, terms.anchor_day)


def period_from(terms: Terms, day: date) -> Period:
    """The period that begins on `day`: to the next anchor, or to the end if that comes first.

    `day` is the start, an anchor, or any day on which a part of a period ended, as after a pause.
    """
    end = terms.end
    if day < terms.start or (end is not None and day >= end):
        raise Refused(
            "subscriptions.outside_terms",
            f"No period begins on {day}: the terms run from {terms.start} to {end or 'further notice'}.",
            day=day,
        )
    cycle_from, cycle_to = whole_cycle(terms, day)
    last = cycle_to.toordinal()
    cycle_days = last - cycle_from.toordinal()
    if end is not None and end < cycle_to:
        return Period(day, end, end.toordinal() - day.toordinal(), cycle_days)
    return Period(day, cycle_to, last - day.toordinal(), cycle_days)


def periods(terms: Terms, on: date) -> Iterator[Period]:
    """All periods that begin on or before `on` and before the end, each where the one before it ended."""
    day, end = terms.start, terms.end
    if end is None:
        check_day(on)
    while day <= on and (end is None or day < end):
        period = period_from(terms, day)
        yield period
        day = period.period_to


def without(period: Period, gaps: Iterable[Gap]) -> list[Part]:
    """Split a period by the gaps that touch it: what to bill, and what to claim with its reason, in order.

    No day is lost or doubled. Where gaps overlap, the one that began earlier keeps the day.
    """
    parts: list[Part] = []
    day = period.period_from
    for gap in sorted(gaps, key=lambda gap: gap.gap_from):
        gap_from = max(day, gap.gap_from)
        gap_to = period.period_to if gap.gap_to is None else min(gap.gap_to, period.period_to)
        if gap_from >= gap_to:
            continue
        if day < gap_from:
            parts.append(Part(_piece(period, day, gap_from), None))
        parts.append(Part(_piece(period, gap_from, gap_to), gap.reason))
        day = gap_to
    if day < period.period_to:
        parts.append(Part(_piece(period, day, period.period_to), None))
    return parts


def issue_on(*, renewal: date, issue_days: int, ordered_on: date | None = None) -> date:
    """The day on which the document for a renewal is issued: the policy's offset from the renewal day.

    `ordered_on`, for the first document of a new service only: that one is issued on the day of the order.
    """
    return plus_days(renewal, issue_days) if ordered_on is None else ordered_on


def may_issue(*, renewal: date, issue_days: int, ordered_on: date | None = None, on: date) -> bool:
    """Whether the document for a renewal may be issued on day `on` or should have been already."""
    return issue_on(renewal=renewal, issue_days=issue_days, ordered_on=ordered_on) <= on


def horizon(*, issue_days: int, on: date) -> date:
    """The latest renewal day whose document may be issued on `on`: `periods` up to it are to be asked for."""
    return plus_days(on, -issue_days)


def due_on(*, renewal: date, issued_on: date, due_days: int, min_days_to_pay: int, first: bool) -> date:
    """The due date: `due_days` from the renewal day, but never sooner than `min_days_to_pay` after the issue.

    `first`: the first document of a new service is due on the day of its issue.
    """
    if first:
        return issued_on
    return max(plus_days(renewal, due_days), plus_days(issued_on, min_days_to_pay))


def fraction_text(fraction: Fraction) -> str:
    """A fraction that is not negative, with nine places, half up."""
    return _nine_places(fraction.numerator, fraction.denominator)


def check_day(day: date) -> None:
    """Refuse a day that no contract can mean."""
    if not EARLIEST <= day <= LATEST:
        raise Refused("subscriptions.day_out_of_range", f"{day} is not between {EARLIEST} and {LATEST}.", day=day)


def _piece(period: Period, piece_from: date, piece_to: date) -> Period:
    return Period(piece_from, piece_to, days_between(piece_from, piece_to), period.cycle_days)


def _anchor_in(month: int, anchor_day: int) -> date:
    """The anchor in a month counted from year 0, shortened to the month.

    The kernel's `in_month` says the same, slowly; this one runs twice per subscription in every run.
    """
    year, month = divmod(month, 12)
    if anchor_day > 28 and anchor_day > _LENGTHS[month]:
        leap = month == 1 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return date(year, month + 1, 29 if leap else _LENGTHS[month])
    return date(year, month + 1, anchor_day)


def _nine_places(numerator: int, denominator: int) -> str:
    billionths = (2 * numerator * 10**9 + denominator) // (2 * denominator)
    return f"{billionths // 10**9}.{billionths % 10**9:09d}"


@lru_cache(maxsize=64)
def _shortest_months(count: int) -> int:
    """The fewest days that `count` months have, over a whole turn of the Gregorian calendar (400 years).

    Anchors up to the 28th are never shortened and so all have the same lengths: one of them stands for all.
    """
    return min(
        days_between(add_months(EARLIEST, month, anchor_day=day), add_months(EARLIEST, month + count, anchor_day=day))
        for day in (28, 29, 30, 31)
        for month in range(4800)
    )
