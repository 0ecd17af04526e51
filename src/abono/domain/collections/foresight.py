"""What lies ahead of an owed document if nothing more happens, by the rules that the sweep decides by. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from abono.base.kernel.days import plus_days
from abono.domain.collections.calendar import Calendar, Planned, steps_ahead
from abono.domain.collections.rules import ANNOUNCING, Executed, Situation, wait_for
from abono.domain.sellers.policy import Step

# No two reasons to wait push a step more often than this; what still waits then has no day that one could name.
MOST_PUSHES = 40


class Coming(NamedTuple):
    """A step to come. `on` is the day that it will happen, None while nobody can say; `why` it is not `scheduled_on`.

    `why` is one of the policy's needs, or `distance`: it keeps away from what happened late.
    """

    step_no: int
    step: Step
    scheduled_on: date
    on: date | None
    why: str | None


class Looked(NamedTuple):
    """A harmful step that waits: it is not looked at before `until_on`."""

    step_no: int
    until_on: date
    why: str


def foreseen(
    *,
    calendar: Calendar,
    day_zero: date,
    begun_on: date,
    situation: Situation,
    first: date,
    after: date | None,
    waiting: Looked | None = None,
) -> list[Coming]:
    """The steps that a document still has before it, in the order of their days; those without a day come last.

    `first` is the day of the next run, `after` the latest day that ran. Messages that wait to leave are taken to leave
    by `first`, and no payment is foreseen.
    """
    taken = {one.step_no for one in situation.executed}
    numbers = [number for number in range(len(calendar.steps)) if number not in taken]
    ahead = steps_ahead(calendar=calendar, day_zero=day_zero, begun_on=begun_on, numbers=numbers)
    messages = _messages(ahead, situation, first, after)
    harm = _harm([one for one in ahead if one.step.harmful], messages, situation, first, waiting)
    return sorted([*messages, *harm], key=lambda one: (one.on is None, one.on or date.max, one.step_no))


def _messages(ahead: Sequence[Planned], situation: Situation, first: date, after: date | None) -> list[Coming]:
    """Messages to come. Of several on one day the latest is sent; what falls before an agreed day is left out."""
    by_day: dict[date, Planned] = {}
    for one in ahead:
        if one.step.do == "remind" and (after is None or one.on_date > after):
            by_day[max(one.on_date, first)] = one
    why = "no-objection" if situation.objection_open else None
    return [
        Coming(one.step_no, one.step, one.on_date, day, why)
        for day, one in by_day.items()
        if situation.arranged_until is None or day > situation.arranged_until
    ]


def _harm(
    ahead: Sequence[Planned], messages: Sequence[Coming], situation: Situation, first: date, waiting: Looked | None
) -> list[Coming]:
    happened = [_left_by(one, first) for one in situation.executed]
    if not situation.objection_open:
        happened += [
            Executed(one.step_no, one.step.do, one.scheduled_on, one.on, "done", one.on)
            for one in messages
            if one.on is not None
        ]
    coming: list[Coming] = []
    for one in ahead:
        held = waiting if waiting is not None and waiting.step_no == one.step_no else None
        if coming and coming[-1].on is None:
            coming.append(Coming(one.step_no, one.step, one.on_date, None, coming[-1].why))
            continue
        day, why = _day_of(one, happened, situation, first, held)
        coming.append(Coming(one.step_no, one.step, one.on_date, day, why))
        if day is not None:
            happened.append(Executed(one.step_no, one.step.do, one.on_date, day, "done", None))
    return coming


def _left_by(one: Executed, first: date) -> Executed:
    """A message that waits to leave does so before the next run; that of a return since the last one, after it."""
    if one.do not in ANNOUNCING or one.outcome != "done" or one.left_on is not None:
        return one
    yesterday = plus_days(first, -1)
    at_once = one.do == "returned" and one.on_date >= yesterday
    return one._replace(left_on=first if at_once else max(one.on_date, yesterday))


def _day_of(
    one: Planned, happened: Sequence[Executed], situation: Situation, first: date, held: Looked | None
) -> tuple[date | None, str | None]:
    """The day that a harmful step happens, and why that is not the day of the calendar; no day while nobody can say."""
    day, why = max(one.on_date, first), None
    if held is not None and held.until_on > day:
        day, why = held.until_on, held.why
    for _ in range(MOST_PUSHES):
        # A day's messages leave after its run: they announce what comes later, not what is decided in that run.
        left = [each._replace(left_on=None) if each.left_on and each.left_on >= day else each for each in happened]
        wait = wait_for(
            step_no=one.step_no, scheduled_on=one.on_date, situation=replace(situation, executed=left), on=day
        )
        if wait is None:
            return day, (why or "distance") if day > max(one.on_date, first) else why
        if wait.why == "no-objection" and situation.objection_open:
            return None, wait.why
        day, why = wait.until_on, wait.why
    return None, why
