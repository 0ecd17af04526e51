"""Periods, stubs, pauses, issue and due dates: the cases one can check by hand."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from abono.base.kernel.refusal import Refused
from abono.domain.subscriptions.periods import (
    Cycle,
    Gap,
    Period,
    Terms,
    due_on,
    first_anchor,
    fraction_text,
    horizon,
    issue_on,
    may_issue,
    period_from,
    periods,
    whole_cycle,
    without,
)

MONTHLY = Cycle("month", 1)
YEARLY = Cycle("month", 12)
QUARTERLY = Cycle("month", 3)
WEEKLY = Cycle("week", 1)


def d(text: str) -> date:
    return date.fromisoformat(text)


def terms(start: str, cycle: Cycle = MONTHLY, anchor: int | None = None, end: str | None = None) -> Terms:
    return Terms(d(start), cycle, anchor or d(start).day, d(end) if end else None)


def begins(of: Terms, on: str) -> list[str]:
    return [str(period.period_from) for period in periods(of, d(on))]


def test_the_31st_is_kept_unshortened() -> None:
    assert begins(terms("2024-01-31"), "2024-06-30") == [
        "2024-01-31",
        "2024-02-29",
        "2024-03-31",
        "2024-04-30",
        "2024-05-31",
        "2024-06-30",
    ]


def test_a_year_from_leap_day_returns_to_it() -> None:
    assert begins(terms("2024-02-29", YEARLY), "2032-12-31") == [
        "2024-02-29",
        "2025-02-28",
        "2026-02-28",
        "2027-02-28",
        "2028-02-29",
        "2029-02-28",
        "2030-02-28",
        "2031-02-28",
        "2032-02-29",
    ]


@pytest.mark.parametrize(
    ("start", "cycle", "anchor", "expected"),
    [
        ("2024-01-20", MONTHLY, 31, "2024-01-31"),
        ("2024-01-20", MONTHLY, 20, "2024-01-20"),
        ("2024-01-20", MONTHLY, 15, "2024-02-15"),
        ("2024-01-31", MONTHLY, 30, "2024-02-29"),
        ("2024-04-30", MONTHLY, 31, "2024-04-30"),
        ("2023-02-28", MONTHLY, 29, "2023-02-28"),
        ("2024-02-28", MONTHLY, 31, "2024-02-29"),
        ("2024-01-20", QUARTERLY, 15, "2024-04-15"),
        ("2024-01-10", QUARTERLY, 15, "2024-01-15"),
        ("2024-03-01", YEARLY, 29, "2024-03-29"),
        ("2024-02-29", YEARLY, 1, "2025-02-01"),
        ("2024-01-31", WEEKLY, 31, "2024-01-31"),
        ("2024-01-18", WEEKLY, 15, "2024-01-22"),
        ("2024-01-31", WEEKLY, 1, "2024-02-05"),
        ("2024-01-20", Cycle("week", 2), 15, "2024-01-29"),
        ("2024-01-12", WEEKLY, 15, "2024-01-15"),
    ],
)
def test_first_anchor(start: str, cycle: Cycle, anchor: int, expected: str) -> None:
    assert first_anchor(terms(start, cycle, anchor)) == d(expected)


def test_weeks_run_to_both_sides_of_an_anchor_later_in_the_month() -> None:
    assert begins(terms("2024-01-01", WEEKLY, 20), "2024-01-20") == [
        "2024-01-01",
        "2024-01-06",
        "2024-01-13",
        "2024-01-20",
    ]


@pytest.mark.parametrize(
    ("of", "day", "expected"),
    [
        (terms("2024-01-20", MONTHLY, 31), "2024-01-20", Fraction(11, 31)),
        (terms("2024-02-10", MONTHLY, 31), "2024-02-10", Fraction(19, 29)),
        (terms("2024-01-20", QUARTERLY, 15), "2024-01-20", Fraction(86, 91)),
        (terms("2024-01-10", QUARTERLY, 15), "2024-01-10", Fraction(5, 92)),
        (terms("2024-01-31", MONTHLY, 31, "2024-03-10"), "2024-02-29", Fraction(10, 31)),
        (terms("2024-01-10", MONTHLY, 1, "2024-01-20"), "2024-01-10", Fraction(10, 31)),
        (terms("2024-02-29", YEARLY, 29, "2024-12-31"), "2024-02-29", Fraction(306, 365)),
        (terms("2024-01-18", WEEKLY, 15), "2024-01-18", Fraction(4, 7)),
        (terms("2024-01-31", MONTHLY, 31, "2024-02-29"), "2024-01-31", Fraction(1)),
    ],
)
def test_a_stub_is_its_days_over_those_of_the_whole_cycle_around_it(of: Terms, day: str, expected: Fraction) -> None:
    assert period_from(of, d(day)).fraction == expected


def test_after_a_pause_a_period_runs_to_the_next_anchor() -> None:
    period = period_from(terms("2024-01-31"), d("2024-03-11"))
    assert period == Period(d("2024-03-11"), d("2024-03-31"), 20, 31)
    assert whole_cycle(terms("2024-01-31"), d("2024-03-11")) == (d("2024-02-29"), d("2024-03-31"))


def test_the_end_is_not_billed_and_nothing_begins_on_it() -> None:
    of = terms("2024-01-15", end="2024-03-15")
    assert begins(of, "2030-01-01") == ["2024-01-15", "2024-02-15"]
    assert begins(terms("2024-01-15", end="2024-01-15"), "2030-01-01") == []
    with pytest.raises(Refused) as refusal:
        period_from(of, d("2024-03-15"))
    assert refusal.value.code == "subscriptions.outside_terms"


def test_nothing_is_billed_that_begins_later() -> None:
    assert begins(terms("2024-01-15"), "2024-01-14") == []
    assert begins(terms("2024-01-15"), "2024-02-14") == ["2024-01-15"]
    assert begins(terms("2024-01-15"), "2024-02-15") == ["2024-01-15", "2024-02-15"]


def test_a_day_before_the_start_begins_no_period() -> None:
    with pytest.raises(Refused) as refusal:
        period_from(terms("2024-01-15"), d("2024-01-14"))
    assert refusal.value.code == "subscriptions.outside_terms"


def test_to_the_end_however_late_the_day() -> None:
    assert begins(terms("2024-01-15", end="2024-03-01"), "9999-12-31") == ["2024-01-15", "2024-02-15"]
    with pytest.raises(Refused) as refusal:
        begins(terms("2024-01-15"), "9999-12-31")
    assert refusal.value.code == "subscriptions.day_out_of_range"


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (Fraction(1), "1.000000000"),
        (Fraction(0), "0.000000000"),
        (Fraction(16, 31), "0.516129032"),
        (Fraction(11, 31), "0.354838710"),
        (Fraction(1, 2 * 10**9), "0.000000001"),
        (Fraction(25, 2), "12.500000000"),
    ],
)
def test_fractions_have_nine_places_half_up(fraction: Fraction, text: str) -> None:
    assert fraction_text(fraction) == text


def test_a_period_tells_its_fraction() -> None:
    assert Period(d("2024-01-20"), d("2024-01-31"), 11, 31).fraction_text == "0.354838710"
    assert Period(d("2024-01-31"), d("2024-02-29"), 29, 29).fraction_text == "1.000000000"


JANUARY = Period(d("2024-01-01"), d("2024-02-01"), 31, 31)


def split(*gaps: tuple[str, str | None, str]) -> list[tuple[str, str, int, str | None]]:
    parts = without(JANUARY, [Gap(d(a), d(b) if b else None, reason) for a, b, reason in gaps])
    assert all(part.period.cycle_days == 31 for part in parts)
    return [(str(part.period.period_from), str(part.period.period_to), part.period.days, part.reason) for part in parts]


def test_no_gap_leaves_the_period_whole() -> None:
    assert split() == [("2024-01-01", "2024-02-01", 31, None)]
    assert split(("2023-12-01", "2024-01-01", "pause"), ("2024-02-01", None, "pause")) == split()


def test_a_pause_inside_leaves_two_parts_to_bill() -> None:
    assert split(("2024-01-10", "2024-01-15", "pause")) == [
        ("2024-01-01", "2024-01-10", 9, None),
        ("2024-01-10", "2024-01-15", 5, "pause"),
        ("2024-01-15", "2024-02-01", 17, None),
    ]


def test_an_open_pause_takes_the_rest_and_a_long_one_all() -> None:
    assert split(("2024-01-31", None, "pause")) == [
        ("2024-01-01", "2024-01-31", 30, None),
        ("2024-01-31", "2024-02-01", 1, "pause"),
    ]
    assert split(("2023-05-01", None, "pause")) == [("2024-01-01", "2024-02-01", 31, "pause")]


def test_where_gaps_overlap_the_earlier_keeps_the_day() -> None:
    assert split(("2024-01-20", "2024-01-25", "gift"), ("2023-12-20", "2024-01-22", "pause")) == [
        ("2024-01-01", "2024-01-22", 21, "pause"),
        ("2024-01-22", "2024-01-25", 3, "gift"),
        ("2024-01-25", "2024-02-01", 7, None),
    ]


def test_issue_and_due_are_offsets_from_the_renewal_day() -> None:
    renewal = d("2024-03-01")
    assert issue_on(renewal=renewal, issue_days=-15) == d("2024-02-15")
    assert not may_issue(renewal=renewal, issue_days=-15, on=d("2024-02-14"))
    assert may_issue(renewal=renewal, issue_days=-15, on=d("2024-02-15"))
    assert horizon(issue_days=-15, on=d("2024-02-15")) == renewal


def test_the_due_date_leaves_the_days_to_pay() -> None:
    renewal = d("2024-03-01")

    def due(issued: str, *, first: bool = False) -> date:
        return due_on(renewal=renewal, issued_on=d(issued), due_days=0, min_days_to_pay=3, first=first)

    assert due("2024-02-15") == renewal
    assert due("2024-02-27") == renewal
    assert due("2024-02-28") == d("2024-03-02")
    assert due("2024-02-20", first=True) == d("2024-02-20")


def test_the_first_document_is_issued_on_the_day_of_the_order() -> None:
    renewal, ordered = d("2024-03-01"), d("2024-01-05")
    assert issue_on(renewal=renewal, issue_days=-15, ordered_on=ordered) == ordered
    assert may_issue(renewal=renewal, issue_days=-15, ordered_on=ordered, on=ordered)
    assert not may_issue(renewal=renewal, issue_days=-15, ordered_on=ordered, on=ordered - timedelta(days=1))


@pytest.mark.parametrize(
    ("text", "cycle"),
    [
        ("weekly", WEEKLY),
        ("quarterly", QUARTERLY),
        ("semiannual", Cycle("month", 6)),
        ("1 month", MONTHLY),
        ("3 months", QUARTERLY),
        ("1 year", YEARLY),
        ("2 years", Cycle("month", 24)),
        ("2 weeks", Cycle("week", 2)),
    ],
)
def test_cycles_are_read_and_written(text: str, cycle: Cycle) -> None:
    assert Cycle.parse(text) == cycle
    assert Cycle.parse(cycle.text) == cycle


@pytest.mark.parametrize(
    "text", ["", "months", "0 months", "-1 month", "1.5 months", "1 day", "9999 weeks", "٣ months"]
)
def test_other_cycles_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        Cycle.parse(text)


def test_an_unknown_name_of_a_cycle_is_refused() -> None:
    with pytest.raises(Refused, match="weekly, monthly, quarterly, semiannual, yearly"):
        Cycle.named("3 months")


@pytest.mark.parametrize(
    ("cycle", "days"), [(WEEKLY, 7), (MONTHLY, 28), (Cycle("month", 2), 59), (QUARTERLY, 89), (YEARLY, 365)]
)
def test_the_shortest_cycle(cycle: Cycle, days: int) -> None:
    assert cycle.shortest_days == days


def test_cycles_have_words_in_each_language() -> None:
    assert dict(MONTHLY.words) == {"en": "monthly", "es": "mensual", "hu": "havonta"}
    assert Cycle("month", 24).words["en"] == "every 2 years"
    assert Cycle("month", 5).words["es"] == "cada 5 meses"
    assert Cycle("week", 2).words["hu"] == "2 hetente"


@pytest.mark.parametrize(
    ("start", "anchor", "end", "code"),
    [
        ("2024-01-15", 0, None, "subscriptions.bad_anchor"),
        ("2024-01-15", 32, None, "subscriptions.bad_anchor"),
        ("2024-01-15", 15, "2024-01-14", "subscriptions.end_before_start"),
        ("0024-01-15", 15, None, "subscriptions.day_out_of_range"),
        ("2024-01-15", 15, "3000-01-01", "subscriptions.day_out_of_range"),
    ],
)
def test_impossible_terms_are_refused(start: str, anchor: int, end: str | None, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        Terms(d(start), MONTHLY, anchor, d(end) if end else None)
    assert refusal.value.code == code
