"""What may happen to a service because of an unpaid document, and when. Pure decisions; the days come as arguments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from abono.base.kernel.days import days_between, plus_days

# How long a payment that the customer says they made, with a reference to prove it, holds the calendar: working days.
REPORTED_HOLDS_DAYS = 2
ANNOUNCING = ("issue", "remind", "returned")


class Executed(NamedTuple):
    """A step that happened. `left_on` is the day its message really left; None while it has not."""

    step_no: int
    do: str
    scheduled_on: date
    on_date: date
    outcome: str
    left_on: date | None = None


class Pending(NamedTuple):
    """The document's first payment that is on its way for all of it. `since_on` it holds, at most until `until_on`.

    `ended_on` is the day it settled or failed; None while it is on its way.
    """

    since_on: date
    until_on: date
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class Situation:
    """A document that is owed, on a day, as far as harm depends on it."""

    due_on: date
    executed: Sequence[Executed] = ()
    pending: Pending | None = None
    objection_open: bool = False
    objection_ended_on: date | None = None
    arranged_until: date | None = None
    needs: tuple[str, ...] = field(
        default=("overdue", "notified", "no-pending-payment", "no-objection", "no-arrangement")
    )


class Wait(NamedTuple):
    """A harmful step may not happen now: look again on `until_on`. `why` is the need that does not hold."""

    until_on: date
    why: str


def wait_for(*, step_no: int, scheduled_on: date, situation: Situation, on: date) -> Wait | None:
    """Why and until when a harmful step has to wait; None when it may happen today.

    It keeps its calendar's distance from the message that announced it, counted from the day that message really left,
    and from the harmful step before it, counted from the day that really happened. Each of the policy's needs is asked.
    """
    earliest = _distance_kept(step_no, scheduled_on, situation.executed)
    if earliest is not None and earliest.until_on > on:
        return earliest
    needs = situation.needs
    if "overdue" in needs and on <= situation.due_on:
        return Wait(plus_days(situation.due_on, 1), "overdue")
    if "notified" in needs and not _announced(step_no, situation.executed):
        return Wait(plus_days(on, 1), "notified")
    if "no-pending-payment" in needs and situation.pending is not None:
        held = _held_by_payment(situation.pending, on)
        if held is not None:
            return held
    if "no-objection" in needs and (situation.objection_open or situation.objection_ended_on == on):
        return Wait(plus_days(on, 1), "no-objection")
    if "no-arrangement" in needs and situation.arranged_until is not None and on <= situation.arranged_until:
        return Wait(plus_days(situation.arranged_until, 1), "no-arrangement")
    return None


def _announced(step_no: int, executed: Iterable[Executed]) -> bool:
    """Whether the last message before the step has left."""
    last = _last_message(step_no, executed)
    return last is not None and last.left_on is not None


def _last_message(step_no: int, executed: Iterable[Executed]) -> Executed | None:
    before = [one for one in executed if one.step_no < step_no and one.do in ANNOUNCING and one.outcome == "done"]
    return max(before, key=lambda one: (one.on_date, one.step_no), default=None)


def _distance_kept(step_no: int, scheduled_on: date, executed: Sequence[Executed]) -> Wait | None:
    """The earliest day that keeps the calendar's distances from what really happened, if that is after the schedule."""
    days: list[Wait] = []
    message = _last_message(step_no, executed)
    if message is not None and message.left_on is not None:
        days.append(Wait(_shifted(scheduled_on, message.scheduled_on, message.left_on), "notified"))
    harm = [one for one in executed if one.step_no < step_no and one.do in ("suspend", "terminate")]
    if harm:
        last = max(harm, key=lambda one: one.step_no)
        after = _shifted(scheduled_on, last.scheduled_on, last.on_date)
        days.append(Wait(max(after, plus_days(last.on_date, 1)), "distance"))
    return max(days, default=None)


def _shifted(scheduled_on: date, other_scheduled_on: date, other_happened_on: date) -> date:
    """As many days after the other really happened as the calendar has between them."""
    return plus_days(other_happened_on, max(0, days_between(other_scheduled_on, scheduled_on)))


def _held_by_payment(pending: Pending, on: date) -> Wait | None:
    """A payment on its way holds until it ends or its time is over; on the day of the release nothing is stopped."""
    if pending.ended_on is not None:
        return Wait(plus_days(on, 1), "no-pending-payment") if pending.ended_on == on <= pending.until_on else None
    if on <= pending.until_on:
        return Wait(plus_days(pending.until_on, 1), "no-pending-payment")
    return None


def tacit_on(*, received_on: date | None, within_days: int) -> date | None:
    """The day from which silence counts as no objection: that many days after proved receipt; None when it never does.

    For a request it reads "no objection by that day", for a fiscal document "presumed accepted" (Argentina: Código
    Civil y Comercial, article 1145, ten days, rebuttable; it speaks of an invoice that was really received).
    """
    if received_on is None or within_days == 0:
        return None
    return plus_days(received_on, within_days)
