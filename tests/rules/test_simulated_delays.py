"""How simulated customers pay: outcomes of the past, what is drawn of them, what a step changes."""

from datetime import date
from uuid import UUID

import pytest

from abono.base.kernel.days import plus_days
from abono.simulation.delays import (
    FEWEST,
    NEVER,
    ON_THE_DAY,
    PATIENCE_DAYS,
    Habits,
    Intent,
    Outcome,
    Past,
    habits_of,
    intent_for,
    on_step,
    outcome_of,
)
from abono.simulation.dice import Dice

ANA, EVA = UUID(int=1), UUID(int=2)
DUE, FIRST = date(2026, 3, 10), date(2026, 7, 1)
PLANNED = {"remind": 1, "suspend": 2}


def past(paid: int | None = None, *, given_up: bool = False, reminded: int | None = None, suspended: int | None = None):
    days = [None if day is None else plus_days(DUE, day) for day in (paid, reminded, suspended)]
    return Past(ANA, DUE, days[0], given_up, days[1], days[2])


def intent(*outcomes: Outcome, today: date = plus_days(DUE, -5), seed: str = "1", **more: object) -> Intent:
    habits = Habits({ANA: outcomes}, outcomes)
    arguments = {"planned": PLANNED, **more}
    return intent_for(habits=habits, customer_id=ANA, dice=Dice(seed), due_on=DUE, today=today, **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("document", "outcome"),
    [
        (past(-4), Outcome("due", -4)),
        (past(0), Outcome("due", 0)),
        (past(9), Outcome("due", 9)),
        (past(3, suspended=2), Outcome("suspend", 1)),
        (past(2, suspended=2), Outcome("suspend", 0)),
        (past(6, suspended=2), Outcome("due", 6)),
        (past(1, suspended=2), Outcome("due", 1)),
        (past(4, reminded=3), Outcome("remind", 1)),
        (past(4, reminded=3, suspended=2), Outcome("suspend", 2)),
        (past(None, given_up=True), NEVER),
        (past(None), NEVER),
    ],
)
def test_what_became_of_a_document(document: Past, outcome: Outcome) -> None:
    assert outcome_of(document, first=FIRST) == outcome


def test_a_document_that_is_late_for_a_while_only_says_nothing_yet() -> None:
    assert outcome_of(past(None), first=plus_days(DUE, 60)) is None
    assert outcome_of(past(None), first=plus_days(DUE, 61)) == NEVER


def test_who_has_little_past_is_like_all_together() -> None:
    documents = [past(2)] * FEWEST + [Past(EVA, DUE, plus_days(DUE, 7), False)]
    habits = habits_of(documents, first=FIRST)
    assert habits.outcomes_of(ANA) == [Outcome("due", 2)] * FEWEST
    assert sorted(set(habits.outcomes_of(EVA))) == [Outcome("due", 2), Outcome("due", 7)]
    assert (habits.has_own(ANA), habits.has_own(EVA)) == (True, False)


def test_without_any_past_everybody_pays_on_the_due_date() -> None:
    assert habits_of([], first=FIRST).outcomes_of(ANA) == (ON_THE_DAY,)


def test_payment_comes_on_the_drawn_day_but_not_before_the_document() -> None:
    assert intent(Outcome("due", 4)).pays_on == plus_days(DUE, 4)
    assert intent(Outcome("due", -20)).pays_on == plus_days(DUE, -5)
    assert intent(NEVER).pays_on is None


def test_the_same_seed_draws_the_same_and_another_one_others() -> None:
    many = [Outcome("due", day) for day in range(40)]
    drawn = {seed: intent(*many, seed=seed).pays_on for seed in "abcdefgh"}
    assert drawn == {seed: intent(*many, seed=seed).pays_on for seed in "abcdefgh"}
    assert len(set(drawn.values())) > 4


def test_a_document_that_is_late_already_was_not_paid_in_time() -> None:
    today = plus_days(DUE, 5)
    for seed in map(str, range(20)):
        drawn = intent(Outcome("due", -1), Outcome("due", 2), Outcome("due", 8), today=today, seed=seed)
        assert drawn.pays_on == plus_days(DUE, 8)
    assert intent(Outcome("due", 2), today=today).pays_on is None


def test_who_waits_to_be_stopped_pays_after_the_stop_whenever_it_comes() -> None:
    for day in (2, 10):
        one = intent(Outcome("suspend", 1))
        assert one.pays_on == plus_days(DUE, PLANNED["suspend"] + PATIENCE_DAYS)
        on_step(intent=one, habits=Habits({}, ()), do="remind", on=plus_days(DUE, 1))
        on_step(intent=one, habits=Habits({}, ()), do="suspend", on=plus_days(DUE, day))
        assert one.pays_on == plus_days(DUE, day + 1)


def test_where_the_policy_never_stops_patience_ends() -> None:
    assert intent(Outcome("suspend", 1), planned={"suspend": None}).pays_on == plus_days(DUE, PATIENCE_DAYS)


def test_who_was_stopped_before_the_simulation_pays_as_many_days_after_that() -> None:
    today = plus_days(DUE, 4)
    stopped = {"suspend": plus_days(DUE, 2)}
    assert intent(Outcome("suspend", 3), today=today, happened=stopped).pays_on == plus_days(DUE, 5)
    assert intent(Outcome("suspend", 1), today=today, happened=stopped).pays_on is None


def test_who_is_stopped_early_pays_sooner_than_meant_and_only_the_first_stop_counts() -> None:
    habits = Habits({}, (), after_suspension=[2])
    one = intent(Outcome("due", 9))
    on_step(intent=one, habits=habits, do="suspend", on=plus_days(DUE, 2))
    assert one.pays_on == plus_days(DUE, 4)
    on_step(intent=one, habits=habits, do="suspend", on=plus_days(DUE, 3))
    assert one.pays_on == plus_days(DUE, 4)
    soon = intent(Outcome("due", 3))
    on_step(intent=soon, habits=habits, do="suspend", on=plus_days(DUE, 2))
    assert soon.pays_on == plus_days(DUE, 3)


def test_who_never_pays_is_not_moved_by_anything() -> None:
    one = intent(NEVER)
    on_step(intent=one, habits=Habits({}, (), after_suspension=[1]), do="suspend", on=plus_days(DUE, 2))
    assert one.pays_on is None
