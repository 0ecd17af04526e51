"""Making attempts: each is committed as sent before its gateway is called, outside any transaction, and recorded after.

Whoever works on an attempt holds its lock for the session, so that many makers beside each other call once. The lock
ends with its process: what a killed one left as sent is sent again under its key, which takes nothing twice.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date, datetime
from uuid import UUID

from django.db import connections

from abono.base.store import sql
from abono.base.store.crash import crash_point
from abono.domain.payments.attempts import (
    AttemptCard,
    attempt_card,
    attempts_at_work,
    begin_sending,
    drop_attempt,
)
from abono.domain.payments.gateways.port import Gateway, Gateways, Outcome, Unreachable
from abono.domain.payments.methods import method_card
from abono.domain.payments.outcomes import record_outcome, record_unknown
from abono.runs.charging.planning import NOT_PUT_OFF

CHUNK = 500
# So many calls without an answer, one after the other, and a gateway is left alone until the next run.
UNREACHABLE_IN_A_ROW = 3
FIRST = UUID(int=0)


@dataclass(slots=True)
class Made:
    """What became of attempts, counted by state; `left` are those that wait because their gateway gives no answer."""

    settled: int = 0
    pending: int = 0
    declined: int = 0
    returned: int = 0
    unknown: int = 0
    mismatch: int = 0
    dropped: int = 0
    left: int = 0

    def count(self, state: str) -> None:
        """One more attempt that is in a state now."""
        setattr(self, state, getattr(self, state) + 1)

    def add(self, other: "Made") -> None:
        """Count other ones in."""
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))


def make_attempts(*, seller_id: int, gateways: Gateways, on: date, at: datetime) -> Made:
    """Send what is planned, and what an ended process left as sent, to its gateway; what became of it.

    Any number of processes may do it at once. Attempts that another one works on are left to it.
    """
    made, silent = Made(), dict.fromkeys(gateways, 0)
    for attempt_id in walk(seller_id=seller_id, gateways=gateways, states=("planned", "sent")):
        with held(attempt_id=attempt_id) as mine:
            if not mine:
                continue
            card = attempt_card(seller_id=seller_id, attempt_id=attempt_id)
            if card.state not in ("planned", "sent"):
                continue
            if silent[card.means] >= UNREACHABLE_IN_A_ROW:
                made.left += 1
                continue
            state = _make(seller_id, gateways[card.means], card, on, at)
            silent[card.means] = silent[card.means] + 1 if state == "unknown" else 0
            made.count(state)
    return made


def send(*, seller_id: int, gateway: Gateway, attempt_id: UUID, on: date, at: datetime) -> str | None:
    """Send one attempt, or send it again under its key, and record the answer; its state, None when it must not be."""
    unless = "" if _wanted(seller_id, attempt_id, on) else "the document was put off"
    card = begin_sending(seller_id=seller_id, attempt_id=attempt_id, unless=unless, on=on, at=at)
    if card is None:
        return None
    crash_point("charging.sent")
    token = method_card(seller_id=seller_id, method_id=card.method_id).token
    outcome = _call(seller_id, gateway, card, token, on, at)
    crash_point("charging.charged")
    if outcome is None:
        return record_unknown(seller_id=seller_id, attempt_id=attempt_id, on=on, at=at)
    state = record_outcome(seller_id=seller_id, attempt_id=attempt_id, outcome=outcome, on=on, at=at)
    crash_point("charging.recorded")
    return state


@contextmanager
def held(*, attempt_id: UUID) -> Iterator[bool]:
    """Whether this session alone works on an attempt; it does until the block ends, or the process."""
    key = {"key": str(attempt_id)}
    mine = bool(sql.value("SELECT pg_try_advisory_lock(hashtextextended(%(key)s, 0))", key))
    try:
        yield mine
    finally:
        if mine:
            sql.value("SELECT pg_advisory_unlock(hashtextextended(%(key)s, 0))", key)


def walk(
    *, seller_id: int, gateways: Gateways, states: tuple[str, ...], ask_at: datetime | None = None
) -> Iterator[UUID]:
    """Attempts in some states whose means have a gateway, in order; they may change before the caller looks at them."""
    after = FIRST
    while found := attempts_at_work(
        seller_id=seller_id, states=states, means=tuple(gateways), after=after, most=CHUNK, ask_at=ask_at
    ):
        yield from found
        after = found[-1]


def check_outside() -> None:
    """A gateway is never called in a transaction: one that waits for an answer would hold locks, or undo what is so."""
    assert not connections[sql.ALIAS].in_atomic_block, "a gateway is called in a transaction"


def _wanted(seller_id: int, attempt_id: UUID, on: date) -> bool:
    return bool(
        sql.value(
            "SELECT 1 FROM attempts AS a JOIN documents AS d ON d.seller_id = a.seller_id AND d.id = a.document_id "
            f"WHERE a.seller_id = %(seller)s AND a.id = %(attempt)s AND {NOT_PUT_OFF}",
            {"seller": seller_id, "attempt": attempt_id, "on": on},
        )
    )


def _make(seller_id: int, gateway: Gateway, card: AttemptCard, on: date, at: datetime) -> str:
    state = send(seller_id=seller_id, gateway=gateway, attempt_id=card.id, on=on, at=at)
    if state is not None:
        return state
    if card.state == "sent":
        return _ask_left_over(seller_id, gateway, card, on, at)
    return attempt_card(seller_id=seller_id, attempt_id=card.id).state


def _ask_left_over(seller_id: int, gateway: Gateway, card: AttemptCard, on: date, at: datetime) -> str:
    """Another process ended while it sent this, and it is not wanted any more: ask what came of it, charge nothing."""
    check_outside()
    try:
        outcome = gateway.outcome_of(key=card.key)
    except Unreachable:
        return record_unknown(seller_id=seller_id, attempt_id=card.id, on=on, at=at)
    if outcome is None:
        drop_attempt(seller_id=seller_id, attempt_id=card.id, on=on, at=at)
        return "dropped"
    return record_outcome(seller_id=seller_id, attempt_id=card.id, outcome=outcome, on=on, at=at)


def _call(seller_id: int, gateway: Gateway, card: AttemptCard, token: str, on: date, at: datetime) -> Outcome | None:
    """The gateway's answer, None when there is none. A fault of the adapter leaves the outcome unknown, and is told."""
    check_outside()
    try:
        return gateway.charge(
            key=card.key, token=token, amount_minor=card.amount_minor, currency=card.currency, means=card.means
        )
    except Unreachable:
        return None
    except Exception:
        record_unknown(seller_id=seller_id, attempt_id=card.id, on=on, at=at)
        raise
