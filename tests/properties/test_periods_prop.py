"""Periods against a walk day by day that shares nothing with them but the words of the rule."""

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abono.domain.subscriptions.periods import (
    Cycle,
    Gap,
    Period,
    Terms,
    first_anchor,
    fraction_text,
    period_from,
    periods,
    without,
)

DAY = timedelta(days=1)


def is_last_of_month(day: date) -> bool:
    return (day + DAY).day == 1


def is_anchor(of: Terms, day: date) -> bool:
    """Whether a whole cycle begins on `day`: told from the day itself."""
    if of.cycle.unit == "month":
        months = (day.year - of.start.year) * 12 + day.month - of.start.month
        on_its_day = day.day == of.anchor_day or (day.day < of.anchor_day and is_last_of_month(day))
        return on_its_day and months % of.cycle.count == 0
    origin = of.start.replace(day=1)
    while origin.day < of.anchor_day and not is_last_of_month(origin):
        origin += DAY
    return (day - origin).days % (7 * of.cycle.count) == 0


def walk(of: Terms, on: date) -> Iterator[tuple[date, date, Fraction]]:
    """The periods, found by looking at each day in turn."""
    begin, day = of.start, of.start
    while begin <= on and (of.end is None or begin < of.end):
        day += DAY
        if not is_anchor(of, day) and day != of.end:
            continue
        cycle_from, cycle_to = begin, begin + DAY
        while not is_anchor(of, cycle_from):
            cycle_from -= DAY
        while not is_anchor(of, cycle_to):
            cycle_to += DAY
        yield begin, day, Fraction((day - begin).days, (cycle_to - cycle_from).days)
        begin = day


def found(of: Terms, on: date) -> list[tuple[date, date, Fraction]]:
    return [(period.period_from, period.period_to, period.fraction) for period in periods(of, on)]


some_days = st.dates(min_value=date(1950, 1, 1), max_value=date(2150, 12, 31))
some_cycles = st.one_of(
    st.builds(Cycle, st.just("month"), st.integers(1, 14)),
    st.builds(Cycle, st.just("week"), st.integers(1, 6)),
)


@st.composite
def some_terms(draw: st.DrawFn) -> Terms:
    start = draw(some_days)
    ends = draw(st.none() | st.integers(0, 1500))
    return Terms(
        start,
        draw(some_cycles),
        draw(st.integers(1, 31)),
        None if ends is None else start + timedelta(days=ends),
    )


@given(of=some_terms(), ahead=st.integers(0, 1200))
@settings(max_examples=150, deadline=None)
def test_the_rule_agrees_with_a_walk_day_by_day(of: Terms, ahead: int) -> None:
    on = of.start + timedelta(days=ahead)
    assert found(of, on) == list(walk(of, on))


@given(of=some_terms())
@settings(max_examples=150, deadline=None)
def test_the_first_anchor_is_the_first_found_from_the_start_on(of: Terms) -> None:
    day = of.start
    while not is_anchor(of, day):
        day += DAY
    assert first_anchor(of) == day


@given(of=some_terms(), ahead=st.integers(0, 1499))
@settings(max_examples=150, deadline=None)
def test_from_any_day_a_period_runs_to_the_next_anchor_or_the_end(of: Terms, ahead: int) -> None:
    day = of.start + timedelta(days=ahead)
    if of.end is not None and day >= of.end:
        return
    period = period_from(of, day)
    assert (period.period_to - period.period_from).days == period.days
    assert period.period_to == of.end or is_anchor(of, period.period_to)
    assert not any(is_anchor(of, day + timedelta(days=n)) for n in range(1, period.days))
    assert 0 < period.fraction <= 1


@pytest.mark.parametrize("anchor", range(1, 32))
@pytest.mark.parametrize("start", [date(2023, 1, 31), date(2024, 2, 29), date(2095, 11, 30)])
def test_no_gap_overlap_or_drift_in_400_months(anchor: int, start: date) -> None:
    of = Terms(start, Cycle("month", 1), anchor)
    last = date(start.year + 33, start.month, 28)
    days = start
    for number, period in enumerate(periods(of, last)):
        assert period.period_from == days
        assert period.period_to.day == anchor or is_last_of_month(period.period_to)
        assert number == 0 or period.fraction == 1
        days = period.period_to
    assert number >= 395
    assert days > last


@pytest.mark.parametrize("anchor", range(1, 32))
def test_the_days_of_1200_months_are_those_of_the_calendar(anchor: int) -> None:
    of = Terms(date(2000, 1, 1), Cycle("month", 1), anchor, date(2100, 1, 1))
    every = list(periods(of, date(2100, 1, 1)))
    assert len(every) in (1200, 1201)
    assert sum(period.days for period in every) == (date(2100, 1, 1) - date(2000, 1, 1)).days == 36525


@pytest.mark.parametrize("count", [1, 2, 3, 6, 12, 24, 36])
def test_from_leap_day_every_period_ends_on_the_last_of_february_or_the_29th(count: int) -> None:
    for period in periods(Terms(date(2024, 2, 29), Cycle("month", count), 29), date(2424, 3, 1)):
        assert period.period_from.day == 29 or (period.period_from.month, period.period_from.day) == (2, 28)
        assert period.fraction == 1


@given(of=some_terms(), stops=st.lists(st.integers(1, 400), min_size=1, max_size=6))
@settings(max_examples=100, deadline=None)
def test_stopping_and_going_on_anywhere_comes_to_the_same_fractions(of: Terms, stops: list[int]) -> None:
    """A period cut anywhere and gone on with, as by pauses of no length, is the same part of whole cycles."""
    period = period_from(Terms(of.start, of.cycle, of.anchor_day), of.start)
    total, day = Fraction(0), of.start
    for stop in sorted({of.start + timedelta(days=n) for n in stops}):
        if stop < period.period_to:
            cut = Terms(of.start, of.cycle, of.anchor_day, stop)
            total += period_from(cut, day).fraction
            day = stop
    total += period_from(Terms(of.start, of.cycle, of.anchor_day), day).fraction
    assert total == period.fraction


some_gaps = st.lists(
    st.tuples(st.integers(-40, 60), st.none() | st.integers(1, 50), st.sampled_from(["pause", "gift"])),
    max_size=5,
)


@given(start=some_days, length=st.integers(1, 45), gaps=some_gaps)
@settings(deadline=None)
def test_pauses_lose_and_double_no_day(start: date, length: int, gaps: list[tuple[int, int | None, str]]) -> None:
    period = Period(start, start + timedelta(days=length), length, 45)
    spans = [
        Gap(
            start + timedelta(days=begin),
            None if days is None else start + timedelta(days=begin + days),
            reason,
        )
        for begin, days, reason in gaps
    ]
    parts = without(period, spans)
    seen: dict[date, str | None] = {}
    for part in parts:
        assert part.period.days == (part.period.period_to - part.period.period_from).days > 0
        for number in range(part.period.days):
            day = part.period.period_from + timedelta(days=number)
            assert day not in seen
            seen[day] = part.reason
    nothing: set[str | None] = {None}
    for number in range(length):
        day = start + timedelta(days=number)
        covering = {
            span.reason for span in spans if span.gap_from <= day and (span.gap_to is None or day < span.gap_to)
        }
        assert seen.pop(day) in (covering or nothing)
    assert not seen
    assert sum((part.period.fraction for part in parts), Fraction(0)) == period.fraction


@given(numerator=st.integers(0, 10**6), denominator=st.integers(1, 10**6))
def test_nine_places_are_the_nearest(numerator: int, denominator: int) -> None:
    fraction = Fraction(numerator, denominator)
    text = fraction_text(fraction)
    whole, places = text.split(".")
    assert len(places) == 9
    error = Fraction(int(whole + places), 10**9) - fraction
    assert -Fraction(1, 2 * 10**9) < error <= Fraction(1, 2 * 10**9)
