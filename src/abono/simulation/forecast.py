"""The months to come of one seller under one policy: whole days through the real runs, on a copy of the books."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from abono.base.kernel.days import days_between, plus_days
from abono.base.kernel.refusal import Refused
from abono.base.store import sql
from abono.domain.catalogue.actions import add_index_values
from abono.domain.sellers.actions import add_policy
from abono.domain.sellers.queries import policy_in_force, seller_by_id
from abono.simulation.clock import hour_of, pass_days
from abono.simulation.delays import Habits, habits_of
from abono.simulation.dice import Dice
from abono.simulation.figures import Month, month_figures
from abono.simulation.past import past_documents, usual_means
from abono.simulation.payers import Payers
from abono.simulation.question import Question
from abono.simulation.scratch import is_scratch

_INDEX_SOURCE = "simulated: stays as it was"
_INDEX_KNOWN_AHEAD = 100
_TRIES_BEFORE_PREPARING = 2


@dataclass(frozen=True, slots=True)
class Assumed:
    """What the future was drawn from: payers with a past of their own and without; outcomes, unpaid and late ones."""

    own: int
    like_all: int
    outcomes: int
    never: int
    late: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What came of it. `confirmed` are days whose run a person would have had to look at first."""

    version: int
    months: tuple[Month, ...]
    payments: int
    parked: int
    confirmed: tuple[date, ...]
    refused: tuple[tuple[str, int], ...]
    assumed: Assumed


def forecast(*, question: Question, progress: Callable[[date], None] | None = None) -> Forecast:
    """Pass the days on this connection's database, which must be a scratch one. `progress` hears of each day's end.

    The same question on the same copy gives the same figures.
    """
    _check_scratch()
    _make_quick()
    seller = seller_by_id(seller_id=question.seller_id)
    begun = hour_of(on=question.first, hour=0, zone=seller.time_zone)
    version = _take_policy(question, begun)
    _carry_indexes(question)
    habits = habits_of(past_documents(seller_id=seller.id, first=question.first), first=question.first)
    means, dice = usual_means(seller_id=seller.id), Dice(f"simulate {question.seed}")
    payers = Payers(seller.id, seller.time_zone, habits, means, dice, question.first)
    months, assumed = _Months(question), _assumed(seller.id, habits)
    passed = pass_days(
        seller_id=seller.id,
        first=question.first,
        last=question.last,
        people=payers,
        progress=lambda on: _both(months, progress, on),
    )
    parked = int(sql.value("SELECT count(*) FROM parked WHERE seller_id = %(seller)s", {"seller": seller.id}))
    return Forecast(
        version,
        tuple(months.found),
        payers.payments,
        parked,
        tuple(passed.confirmed),
        tuple(sorted(payers.refused.items())),
        assumed,
    )


def first_day(*, seller_id: int, today: date) -> date:
    """The day after the latest that ran for a seller: the books go on from there. Without one: today."""
    latest: date | None = sql.value("SELECT on_date FROM run_days WHERE seller_id = %(seller)s", {"seller": seller_id})
    return today if latest is None else plus_days(latest, 1)


@dataclass(slots=True)
class _Months:
    """Reads each month's figures on the evening of its last day."""

    question: Question
    found: list[Month] = field(default_factory=list)

    def __call__(self, on: date) -> None:
        month = len(self.found)
        if plus_days(on, 1) == self.question.begin_of(month + 1):
            begin = self.question.begin_of(month)
            self.found.append(month_figures(seller_id=self.question.seller_id, from_on=begin, to_on=plus_days(on, 1)))


def _both(months: _Months, progress: Callable[[date], None] | None, on: date) -> None:
    months(on)
    if progress is not None:
        progress(on)


def _check_scratch() -> None:
    """The last lock before anything is written: never a database that was not made for this."""
    name = sql.value("SELECT current_database()")
    if not is_scratch(name=name):
        raise Refused("simulation.not_scratch", f"{name} is not a scratch database; nothing is simulated in it.")


def _make_quick() -> None:
    """Nobody needs a scratch database after a crash."""
    sql.change("SET synchronous_commit = off")
    sql.raw_connection().prepare_threshold = _TRIES_BEFORE_PREPARING


def _take_policy(question: Question, at: datetime) -> int:
    """The policy's version for the first day; a text that is new begins then. Documents keep theirs."""
    if question.text is not None:
        add_policy(
            seller_id=question.seller_id,
            text=question.text,
            file=question.file,
            effective_on=question.first,
            at=at,
        )
    return policy_in_force(seller_id=question.seller_id, on=question.first).version


def _carry_indexes(question: Question) -> None:
    """Published indexes keep their last value, because nobody knows the next one."""
    until = plus_days(question.last, _INDEX_KNOWN_AHEAD)
    for name, latest, value in sql.rows(
        "SELECT DISTINCT ON (name) name, on_date, value FROM index_values ORDER BY name, on_date DESC"
    ):
        ahead = range(1, days_between(latest, until) + 1)
        add_index_values(name=name, values={plus_days(latest, one): value for one in ahead}, source=_INDEX_SOURCE)


def _assumed(seller_id: int, habits: Habits) -> Assumed:
    everybody = sql.rows("SELECT DISTINCT payer_id FROM cursors WHERE seller_id = %(seller)s", {"seller": seller_id})
    own = sum(1 for (customer_id,) in everybody if habits.has_own(customer_id))
    return Assumed(
        own,
        len(everybody) - own,
        len(habits.all),
        sum(1 for one in habits.all if one.after == "never"),
        sum(1 for one in habits.all if one.after != "never" and (one.after != "due" or one.days > 0)),
    )
