"""On which days the steps of a calendar fall: dates worked out by hand, and the way back against brute force."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abono.domain.collections.business_days import holiday_data, is_business_day, nth_business_day
from abono.domain.collections.calendar import Calendar, calendar_of, falling, steps_ahead
from abono.domain.sellers.policy import Step, builtin_policy

DAY = timedelta(days=1)


def on(text: str) -> date:
    return date.fromisoformat(text)


def step(number: int, *, kind: str = "day", do: str = "remind") -> Step:
    scope = "document" if do in ("suspend", "terminate") else None
    return Step(kind, number, do, scope, None, ())  # type: ignore[arg-type]


def of(country: str, *steps: Step) -> Calendar:
    return Calendar(country, steps)


@pytest.mark.parametrize(
    ("country", "due", "number", "falls", "why"),
    [
        # Holy Week: in Argentina Thursday too, in Chile Friday (and a Saturday), in Hungary Friday and Monday.
        ("AR", "2026-03-31", 1, "2026-04-01", "the Wednesday before is worked"),
        ("AR", "2026-03-31", 5, "2026-04-09", "Thursday the 2nd and Friday the 3rd are not"),
        ("CL", "2026-04-01", 1, "2026-04-02", "the Thursday before Easter is worked in Chile"),
        ("CL", "2026-04-02", 1, "2026-04-06", "Good Friday is not, Monday is"),
        ("CL", "2026-04-01", 5, "2026-04-09", "Thursday the 2nd, then Monday to Thursday"),
        ("HU", "2026-04-02", 1, "2026-04-07", "neither Good Friday nor Easter Monday"),
        ("HU", "2026-04-02", 5, "2026-04-13", "over the next week-end too"),
        ("US", "2026-04-02", 1, "2026-04-03", "Good Friday is an ordinary day there"),
        # Clocks go forward or back in the week-end between: dates do not care.
        ("US", "2026-03-06", 1, "2026-03-09", "daylight time begins on the 8th"),
        ("HU", "2026-03-27", 1, "2026-03-30", "summer time begins on the 29th"),
        ("HU", "2026-10-22", 1, "2026-10-26", "a holiday, then summer time ends on the 25th"),
        ("CL", "2026-04-03", 2, "2026-04-07", "winter time begins on the 5th"),
        ("CL", "2026-09-04", 1, "2026-09-07", "summer time begins on the 6th, a day that has no midnight"),
        # The last day of February.
        ("AR", "2024-02-28", 1, "2024-02-29", "a Thursday of a leap year"),
        ("AR", "2024-02-28", 2, "2024-03-01", "the day after it"),
        ("AR", "2026-02-27", 1, "2026-03-02", "no leap year: Friday to Monday"),
        ("AR", "2026-02-13", 5, "2026-02-24", "Carnival: Monday and Tuesday are off"),
        # The turn of the year.
        ("AR", "2026-12-30", 5, "2027-01-07", "New Year's Day is off, the 31st is not"),
        ("HU", "2026-12-23", 1, "2026-12-28", "the 24th to the 26th are off, then a Sunday"),
        ("US", "2026-12-31", 1, "2027-01-04", "a Friday off and a week-end"),
        # Bridge days by decree, and days that are moved.
        ("AR", "2026-03-20", 1, "2026-03-25", "Monday the 23rd bridges to Tuesday the 24th"),
        ("AR", "2026-07-08", 1, "2026-07-13", "Friday the 10th bridges from Thursday the 9th"),
        ("AR", "2026-12-04", 1, "2026-12-09", "Monday the 7th bridges to Tuesday the 8th"),
        ("AR", "2026-11-20", 5, "2026-11-30", "a holiday moved to Monday the 23rd"),
        ("HU", "2026-08-19", 1, "2026-08-24", "Friday the 21st is worked on a Saturday instead"),
        # A debt of an ordinary week.
        ("AR", "2026-01-20", 5, "2026-01-27", "Tuesday to Tuesday"),
        ("CL", "2026-09-16", 5, "2026-09-24", "the national holidays, Friday and Saturday"),
        # Counted backwards.
        ("AR", "2026-04-07", -1, "2026-04-06", "the Monday before"),
        ("AR", "2026-04-07", -5, "2026-03-27", "over Holy Week"),
        ("HU", "2026-12-28", -3, "2026-12-21", "Christmas between"),
        ("CL", "2026-09-21", -1, "2026-09-17", "the national holidays before it"),
        ("US", "2027-01-04", -1, "2026-12-31", "into the year before"),
        ("AR", "2026-12-08", -1, "2026-12-04", "from a holiday, over its bridge"),
    ],
)
def test_working_days_are_those_a_person_counts(country: str, due: str, number: int, falls: str, why: str) -> None:
    assert nth_business_day(country=country, start=on(due), number=number) == on(falls), why
    assert of(country, step(number, kind="business_day")).day_of(0, on(due)) == on(falls)


@pytest.mark.parametrize(
    ("due", "number", "falls"),
    [
        ("2026-01-31", -15, "2026-01-16"),
        ("2026-01-31", 2, "2026-02-02"),
        ("2026-03-01", -1, "2026-02-28"),
        ("2024-03-01", -1, "2024-02-29"),
        ("2024-02-29", 25, "2024-03-25"),
        ("2026-02-28", 25, "2026-03-25"),
        ("2026-12-31", 1, "2027-01-01"),
        ("2027-01-05", -10, "2026-12-26"),
        ("2026-03-08", 0, "2026-03-08"),
        ("2011-12-29", 1, "2011-12-30"),
    ],
)
def test_calendar_days_count_every_day(due: str, number: int, falls: str) -> None:
    assert of("AR", step(number)).day_of(0, on(due)) == on(falls)


def test_the_due_day_itself_never_counts_and_no_working_day_is_the_0th() -> None:
    for start in (on("2026-01-20"), on("2026-01-24"), on("2026-02-16")):
        assert nth_business_day(country="AR", start=start, number=1) > start
        assert nth_business_day(country="AR", start=start, number=-1) < start
    with pytest.raises(ValueError, match="0th"):
        nth_business_day(country="AR", start=on("2026-01-20"), number=0)


def test_a_country_without_holiday_data_has_week_ends_only() -> None:
    assert nth_business_day(country="XX", start=on("2026-12-24"), number=1) == on("2026-12-25")
    assert not is_business_day(country="XX", day=on("2026-12-26"))
    assert holiday_data().startswith("holidays ")


def test_the_worked_example_of_the_host_in_argentina() -> None:
    """Due on Friday 20 November 2026; Monday the 23rd is a holiday."""
    calendar = calendar_of(policy=builtin_policy("hosting_ar"), country="AR")
    ahead = steps_ahead(
        calendar=calendar, day_zero=on("2026-11-20"), begun_on=on("2026-11-05"), numbers=range(len(calendar.steps))
    )
    assert [(one.step_no, one.step.do, str(one.on_date)) for one in ahead] == [
        (1, "remind", "2026-11-10"),
        (2, "remind", "2026-11-15"),
        (3, "remind", "2026-11-19"),
        (4, "suspend", "2026-11-22"),
        (5, "suspend", "2026-11-30"),
        (6, "terminate", "2026-12-15"),
    ]


def test_steps_on_or_before_the_issue_are_dropped() -> None:
    calendar = of("AR", step(-10), step(-5), step(-1), step(2, do="suspend"))
    for begun, kept in (
        ("2026-01-05", [0, 1, 2, 3]),
        ("2026-01-09", [0, 1, 2, 3]),
        ("2026-01-10", [1, 2, 3]),  # issued on the very day of the first reminder
        ("2026-01-19", [3]),
        ("2026-01-22", []),  # issued, or returned, on the day of the suspension or later
    ):
        ahead = steps_ahead(calendar=calendar, day_zero=on("2026-01-20"), begun_on=on(begun), numbers=range(4))
        assert [one.step_no for one in ahead] == kept, begun


def test_steps_are_known_by_what_they_do() -> None:
    calendar = calendar_of(policy=builtin_policy("hosting_cl"), country="CL")
    assert calendar.issue_step == 0
    assert calendar.numbered("remind") == [1, 2, 3]
    assert calendar.harmful == [4, 5]
    assert of("CL", step(1)).issue_step is None


def days_that_begin(zone: str, first: date, last: date) -> list[date]:
    """The dates that some instant of the zone bears, hour by hour."""
    at, end = datetime.combine(first, time(), ZoneInfo("UTC")) - DAY, datetime.combine(last, time(), ZoneInfo("UTC"))
    found = set()
    while at <= end + 2 * DAY:
        found.add(at.astimezone(ZoneInfo(zone)).date())
        at += timedelta(hours=1)
    return sorted(day for day in found if first <= day <= last)


def test_samoa_went_to_bed_on_thursday_and_rose_on_saturday() -> None:
    """30 December 2011 never began in Apia: no run has that day, and the next day's run takes its steps."""
    lived = days_that_begin("Pacific/Apia", on("2011-12-28"), on("2012-01-02"))
    assert on("2011-12-30") not in lived
    assert len(lived) == 5
    calendar = of("WS", step(-1), step(0), step(1, do="suspend"))
    executed = []
    latest = on("2011-12-27")
    for day in lived:
        found = falling(calendar=calendar, numbers=range(3), after=latest, until=day)
        executed += [(str(day), one.step_no) for one in found if one.day_zero == on("2011-12-30")]
        latest = day
    assert executed == [("2011-12-29", 0), ("2011-12-31", 1), ("2011-12-31", 2)]


def test_a_clock_that_changes_leaves_every_day_its_run() -> None:
    for zone in ("America/Santiago", "Europe/Budapest", "America/Chicago", "America/Los_Angeles"):
        assert len(days_that_begin(zone, on("2026-01-01"), on("2026-12-31"))) == 365


A_STEP = st.one_of(
    st.builds(lambda number: step(number), st.integers(-180, 400)),
    st.builds(lambda number: step(number, kind="business_day"), st.one_of(st.integers(-30, -1), st.integers(1, 45))),
)


@settings(max_examples=25, deadline=None)
@given(
    country=st.sampled_from(["AR", "CL", "HU", "US", "CN", "XX"]),
    steps=st.lists(A_STEP, min_size=1, max_size=3),
    after=st.dates(on("2023-06-01"), on("2028-06-01")),
    length=st.integers(0, 40),
)
def test_falling_finds_every_due_date_and_no_other(
    country: str, steps: Sequence[Step], after: date, length: int
) -> None:
    calendar, until = of(country, *steps), after + length * DAY
    found = falling(calendar=calendar, numbers=range(len(steps)), after=after, until=until)
    expected = {
        (day_zero, number, falls)
        for number in range(len(steps))
        for day_zero in (after + offset * DAY for offset in range(-430, 230))
        if after < (falls := calendar.day_of(number, day_zero)) <= until
    }
    assert set(found) == expected
    assert len(found) == len(expected)


@settings(max_examples=80, deadline=None)
@given(
    country=st.sampled_from(["AR", "CL", "HU", "US"]),
    start=st.dates(on("2020-01-01"), on("2032-12-31")),
    number=st.integers(1, 60),
)
def test_there_and_back_again(country: str, start: date, number: int) -> None:
    """The nth working day has n - 1 working days between, and counting back from the day after comes no farther."""
    there = nth_business_day(country=country, start=start, number=number)
    between = [start + one * DAY for one in range(1, (there - start).days)]
    assert sum(is_business_day(country=country, day=day) for day in between) == number - 1
    assert is_business_day(country=country, day=there)
    first = nth_business_day(country=country, start=start, number=1)
    assert nth_business_day(country=country, start=there + DAY, number=-number) == first


@settings(max_examples=40, deadline=None)
@given(due=st.dates(on("2020-01-01"), on("2032-12-31")), issued_before=st.integers(0, 40))
def test_steps_of_checked_calendars_come_in_order_and_harm_on_days_of_its_own(due: date, issued_before: int) -> None:
    for name in ("hosting_ar", "hosting_cl", "franchise_us", "partners_us", "booking_hu"):
        policy = builtin_policy(name)
        calendar = calendar_of(policy=policy, country=policy.seller.country)
        numbers = range(len(calendar.steps))
        begun = due - issued_before * DAY
        ahead = steps_ahead(calendar=calendar, day_zero=due, begun_on=begun, numbers=numbers)
        days = [one.on_date for one in ahead]
        assert days == sorted(days)
        harm = [one.on_date for one in ahead if one.step.harmful]
        assert len(set(harm)) == len(harm)
        assert all(day > due for day in harm)
