"""What must be true before something is taken away: each condition alone stops it, and only while the policy asks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from abono.domain.collections.rules import ANNOUNCING, Executed, Pending, Situation, Wait, tacit_on, wait_for

DAY = timedelta(days=1)
DUE, STOP, WIDER, END = date(2026, 1, 20), date(2026, 1, 22), date(2026, 1, 27), date(2026, 2, 14)
REMINDER, STEP, WIDER_STEP, END_STEP = 3, 4, 5, 6


def message(
    step_no: int, scheduled: date, left: date | None, *, on: date | None = None, do: str = "remind"
) -> Executed:
    return Executed(step_no, do, scheduled, on or left or scheduled, "done", left)


TOLD = message(REMINDER, DUE - DAY, DUE - DAY)
SOUND = Situation(due_on=DUE, executed=[message(0, DUE - 15 * DAY, DUE - 15 * DAY, do="issue"), TOLD])


def asked(situation: Situation, *, on: date = STOP, step_no: int = STEP, scheduled: date = STOP) -> Wait | None:
    return wait_for(step_no=step_no, scheduled_on=scheduled, situation=situation, on=on)


def test_with_every_condition_true_it_happens() -> None:
    assert asked(SOUND) is None


# Per need: what breaks it, on which day it is asked, and until when it waits.
BROKEN: dict[str, tuple[Callable[[Situation], Situation], date, date]] = {
    "overdue": (lambda one: replace(one, due_on=STOP), STOP, STOP + DAY),
    "notified": (lambda one: replace(one, executed=[message(REMINDER, DUE - DAY, None)]), STOP, STOP + DAY),
    "no-pending-payment": (
        lambda one: replace(one, pending=Pending(STOP - DAY, STOP + 4 * DAY, None)),
        STOP,
        STOP + 5 * DAY,
    ),
    "no-objection": (lambda one: replace(one, objection_open=True), STOP, STOP + DAY),
    "no-arrangement": (lambda one: replace(one, arranged_until=STOP + 3 * DAY), STOP, STOP + 4 * DAY),
}


@pytest.mark.parametrize("need", BROKEN)
def test_each_need_alone_stops_it_and_only_if_the_policy_asks(need: str) -> None:
    breaking, on, until = BROKEN[need]
    broken = breaking(SOUND)
    assert asked(broken, on=on) == Wait(until, need)
    others = tuple(one for one in SOUND.needs if one != need)
    assert asked(replace(broken, needs=others), on=on) is None
    assert asked(replace(broken, needs=(need,)), on=on) == Wait(until, need)


def test_the_needs_of_a_situation_are_those_that_policies_know() -> None:
    from abono.domain.sellers.policy.vocabulary import NEEDS

    assert set(BROKEN) == set(SOUND.needs) == set(NEEDS)


def test_all_of_the_due_day_belongs_to_the_customer() -> None:
    assert asked(SOUND, on=DUE, scheduled=DUE) == Wait(DUE + DAY, "overdue")
    assert asked(SOUND, on=DUE + DAY, scheduled=DUE + DAY) is None


def test_a_reminder_that_was_missed_announces_nothing() -> None:
    missed = TOLD._replace(outcome="missed")
    assert asked(replace(SOUND, executed=[missed])) == Wait(STOP + DAY, "notified")
    earlier = message(2, DUE - 5 * DAY, DUE - 5 * DAY)
    assert asked(replace(SOUND, executed=[earlier, missed])) is None, "the one before it left"


def test_only_a_message_before_the_step_announces_it() -> None:
    later = message(WIDER_STEP, STOP, STOP)
    assert asked(replace(SOUND, executed=[later])) == Wait(STOP + DAY, "notified")


@pytest.mark.parametrize("do", ANNOUNCING)
def test_issue_reminder_and_return_all_announce(do: str) -> None:
    assert asked(replace(SOUND, executed=[message(0, DUE - 15 * DAY, DUE - 15 * DAY, do=do)])) is None


@pytest.mark.parametrize("late", range(7))
def test_nothing_sooner_after_a_message_than_the_calendar_says(late: int) -> None:
    """The calendar has three days between the last reminder and the suspension."""
    left = TOLD.scheduled_on + late * DAY
    situation = replace(SOUND, executed=[message(REMINDER, DUE - DAY, left)])
    for day in (STOP + one * DAY for one in range(late)):
        assert asked(situation, on=day) == Wait(left + 3 * DAY, "notified")
    assert asked(situation, on=left + 3 * DAY) is None


def test_the_distance_counts_from_the_day_it_left_not_from_the_run_that_made_it() -> None:
    made_not_left = message(REMINDER, DUE - DAY, STOP, on=DUE - DAY)
    assert asked(replace(SOUND, executed=[made_not_left])) == Wait(STOP + 3 * DAY, "notified")


def test_distances_are_kept_whatever_the_policy_needs() -> None:
    late = replace(SOUND, executed=[message(REMINDER, DUE - DAY, STOP)], needs=())
    assert asked(late) == Wait(STOP + 3 * DAY, "notified")


@pytest.mark.parametrize("late", range(9))
def test_harm_keeps_its_distance_from_the_harm_before_it(late: int) -> None:
    """Five days between the two suspensions: a first that came late pushes the second, and never on one day."""
    done = Executed(STEP, "suspend", STOP, STOP + late * DAY, "done")
    situation = replace(SOUND, executed=[*SOUND.executed, done])
    found = asked(situation, on=WIDER, step_no=WIDER_STEP, scheduled=WIDER)
    assert found == (None if late == 0 else Wait(WIDER + late * DAY, "distance"))
    assert asked(situation, on=WIDER + late * DAY, step_no=WIDER_STEP, scheduled=WIDER) is None


def test_two_that_a_calendar_puts_on_one_day_come_on_two() -> None:
    done = Executed(STEP, "suspend", STOP, STOP, "done")
    situation = replace(SOUND, executed=[*SOUND.executed, done])
    assert asked(situation, step_no=WIDER_STEP, scheduled=STOP) == Wait(STOP + DAY, "distance")


def test_after_several_the_last_harm_counts() -> None:
    first = Executed(STEP, "suspend", STOP, STOP, "done")
    second = Executed(WIDER_STEP, "suspend", WIDER, WIDER + 6 * DAY, "done")
    situation = replace(SOUND, executed=[*SOUND.executed, first, second])
    assert asked(situation, on=END, step_no=END_STEP, scheduled=END) == Wait(END + 6 * DAY, "distance")


def test_the_longer_of_two_waits_counts() -> None:
    late = message(REMINDER, DUE - DAY, WIDER)
    done = Executed(STEP, "suspend", STOP, STOP + DAY, "done")
    situation = replace(SOUND, executed=[late, done])
    assert asked(situation, on=WIDER, step_no=WIDER_STEP, scheduled=WIDER) == Wait(WIDER + 8 * DAY, "notified")


@pytest.mark.parametrize(
    ("ended", "until_offset", "stops"),
    [
        (None, 0, True),  # its last day
        (None, -1, False),  # over
        (STOP, 3, True),  # it failed today: nothing is stopped on the day of the release
        (STOP, -1, False),  # it failed today, but had stopped holding before
        (STOP - DAY, 3, False),  # it failed yesterday
    ],
)
def test_a_payment_on_its_way_holds_until_it_ends_or_its_time_is_over(
    ended: date | None, until_offset: int, stops: bool
) -> None:
    situation = replace(SOUND, pending=Pending(STOP - 5 * DAY, STOP + until_offset * DAY, ended))
    found = asked(situation)
    assert (found is not None) == stops
    if found is not None:
        assert found == Wait(STOP + DAY, "no-pending-payment")


def test_nothing_harmful_on_the_day_an_objection_is_decided() -> None:
    decided = replace(SOUND, objection_ended_on=STOP)
    assert asked(decided) == Wait(STOP + DAY, "no-objection")
    assert asked(decided, on=STOP + DAY) is None
    again = replace(decided, objection_open=True)
    assert asked(again, on=STOP + DAY) == Wait(STOP + 2 * DAY, "no-objection")


def test_a_later_date_holds_through_its_last_day() -> None:
    arranged = replace(SOUND, arranged_until=STOP)
    assert asked(arranged) == Wait(STOP + DAY, "no-arrangement")
    assert asked(arranged, on=STOP + DAY) is None


@pytest.mark.parametrize(
    ("received", "within", "accepted"),
    [
        (date(2026, 1, 5), 10, date(2026, 1, 15)),
        (date(2026, 2, 20), 10, date(2026, 3, 2)),
        (date(2024, 2, 20), 10, date(2024, 3, 1)),
        (date(2026, 12, 28), 10, date(2027, 1, 7)),
        (None, 10, None),  # no proof of receipt: silence never counts
        (date(2026, 1, 5), 0, None),  # the policy takes no silence for consent
    ],
)
def test_silence_counts_from_proved_receipt(received: date | None, within: int, accepted: date | None) -> None:
    assert tacit_on(received_on=received, within_days=within) == accepted
