"""How customers of the simulated future pay: as they did. Assumptions, every one of them, and told as such.

What a customer did with each document of the past is an outcome: paid so many days after the due date (before it:
negative), paid within a few days of the first reminder after the due date or of being suspended, or never. A document
of the future draws one of its payer's outcomes. Chance is the seed's, so the same seed gives the same draw under every
policy.

- Who has fewer than `FEWEST` outcomes draws from those of all the seller's customers.
- Who was moved by a reminder or a suspension waits for it, however early or late the policy has it. If none comes, the
  money comes `PATIENCE_DAYS` after the day for which the policy plans it, or after the due date where it plans none.
- Who is suspended earlier than they meant to pay, pays soon after: the days are drawn from what others took who were
  suspended, else from 0 to `WINDOW_DAYS`.
- Who never paid does not pay, whatever is done to them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

from abono.base.kernel.days import days_between, plus_days
from abono.simulation.dice import Dice

FEWEST = 3
WINDOW_DAYS = 3
PATIENCE_DAYS = 30
GIVEN_UP_AFTER_DAYS = 60
After = Literal["due", "remind", "suspend", "never"]


class Outcome(NamedTuple):
    """What became of a document: paid `days` after the due date, the reminder or the suspension; or never."""

    after: After
    days: int


NEVER = Outcome("never", 0)
ON_THE_DAY = Outcome("due", 0)


class Past(NamedTuple):
    """A document of the past as far as paying goes. `reminded_on`, `suspended_on`: the first after the due date."""

    customer_id: UUID
    due_on: date
    paid_on: date | None
    given_up: bool
    reminded_on: date | None = None
    suspended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Habits:
    """The outcomes of each customer, and of all of a seller's together."""

    own: Mapping[UUID, Sequence[Outcome]]
    all: Sequence[Outcome]
    after_suspension: Sequence[int] = field(default=())

    def outcomes_of(self, customer_id: UUID) -> Sequence[Outcome]:
        """What a customer's documents draw from: its own past, else everybody's, else payment on the due date."""
        own = self.own.get(customer_id, ())
        return own if len(own) >= FEWEST else self.all or (ON_THE_DAY,)

    def has_own(self, customer_id: UUID) -> bool:
        """Whether a customer's own past is long enough to go by."""
        return len(self.own.get(customer_id, ())) >= FEWEST


def outcome_of(past: Past, *, first: date) -> Outcome | None:
    """What became of a document by the day before `first`; None while that is open.

    Unpaid for more than GIVEN_UP_AFTER_DAYS counts as never paid, as does what was written off or voided unpaid.
    """
    if past.paid_on is None:
        overdue = days_between(past.due_on, first)
        return NEVER if past.given_up or overdue > GIVEN_UP_AFTER_DAYS else None
    for after, moved_on in (("suspend", past.suspended_on), ("remind", past.reminded_on)):
        if moved_on is not None and 0 <= days_between(moved_on, past.paid_on) <= WINDOW_DAYS:
            return Outcome(after, days_between(moved_on, past.paid_on))  # type: ignore[arg-type]
    return Outcome("due", days_between(past.due_on, past.paid_on))


def habits_of(pasts: Sequence[Past], *, first: date) -> Habits:
    """The habits that a seller's documents show."""
    own: dict[UUID, list[Outcome]] = {}
    for past in pasts:
        outcome = outcome_of(past, first=first)
        if outcome is not None:
            own.setdefault(past.customer_id, []).append(outcome)
    for outcomes in own.values():
        outcomes.sort()
    everybody = sorted(one for outcomes in own.values() for one in outcomes)
    return Habits(own, everybody, [one.days for one in everybody if one.after == "suspend"])


@dataclass(slots=True)
class Intent:
    """What a payer means to do about a document: pay on a day, or never (None). `met` are the steps it knows of."""

    outcome: Outcome
    dice: Dice
    pays_on: date | None
    met: set[str] = field(default_factory=set)


def intent_for(
    *,
    habits: Habits,
    customer_id: UUID,
    dice: Dice,
    due_on: date,
    today: date,
    planned: Mapping[str, int | None],
    happened: Mapping[str, date] | None = None,
) -> Intent:
    """Draw for a document. `planned` says on which day after the due date the policy reminds and suspends first.

    `happened` are the reminder and the suspension that a document met before the simulation began. Only those outcomes
    count that may still come true: a document that is late already was not paid in time.
    """
    open_still = [
        (one, day)
        for one in habits.outcomes_of(customer_id)
        for day in [_day_of(one, due_on, planned, happened or {})]
        if day is None or day >= today or due_on >= today
    ]
    met = set(happened or ())
    if not open_still:
        return Intent(NEVER, dice, None, met)
    outcome, day = dice.pick(open_still, "outcome")
    return Intent(outcome, dice, None if day is None else max(day, today), met)


def _day_of(
    outcome: Outcome, due_on: date, planned: Mapping[str, int | None], happened: Mapping[str, date]
) -> date | None:
    """The day on which an outcome comes true if nothing more is done to the payer; None: on none."""
    if outcome.after == "never":
        return None
    if outcome.after == "due":
        return plus_days(due_on, outcome.days)
    if outcome.after in happened:
        return plus_days(happened[outcome.after], outcome.days)
    return plus_days(due_on, (planned.get(outcome.after) or 0) + PATIENCE_DAYS)


def on_step(*, intent: Intent, habits: Habits, do: str, on: date) -> None:
    """A step was taken against the document on a day: the first of its kind may change what its payer means to do."""
    if intent.pays_on is None or do in intent.met:
        return
    intent.met.add(do)
    if intent.outcome.after == do:
        intent.pays_on = plus_days(on, intent.outcome.days)
    elif do == "suspend":
        lags = habits.after_suspension or range(WINDOW_DAYS + 1)
        intent.pays_on = min(intent.pays_on, plus_days(on, intent.dice.pick(lags, "after suspension")))
