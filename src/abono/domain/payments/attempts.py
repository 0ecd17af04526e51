"""Attempts to charge saved methods: rows that make each charge happen once. The runs ask the gateways themselves.

A row is committed before its gateway is called, with a key of its own; of a debt one attempt is open at a time.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from abono.base.kernel.days import plus_days
from abono.base.kernel.ids import new_ids
from abono.base.kernel.refusal import Missing, Refused
from abono.base.store import sql
from abono.domain.invoicing.queries import document_card
from abono.domain.payments.actions import lock_payer, move_payment
from abono.domain.payments.autopay_rules import Charged, ask_after, is_usable, may_charge, scheme_of
from abono.domain.payments.methods import method_card, saved_means
from abono.domain.payments.models import ATTEMPT_STATES, OPEN_ATTEMPTS
from abono.domain.payments.queries import payment_with_key

# As long as an attempt is in one of these states, its debt is not charged by another.
AT_WORK = OPEN_ATTEMPTS
# A transfer that a customer reported keeps the method from being charged for as long as it keeps the calendar: two
# business days, a week-end between them.
REPORTED_DAYS = 4
# What is pending is asked about in each day's run, however few minutes earlier than the day before.
PENDING_HOURS = 20


class NewAttempt(NamedTuple):
    """An attempt to be planned; ids as text."""

    customer_id: str
    document_id: str
    debt_id: str
    method_id: str
    means: str
    currency: str
    amount_minor: int
    owed_minor: int
    try_no: int


class AttemptCard(NamedTuple):
    """An attempt; see the table."""

    id: UUID
    key: str
    customer_id: UUID
    document_id: UUID
    debt_id: UUID
    method_id: UUID
    means: str
    currency: str
    amount_minor: int
    owed_minor: int
    try_no: int
    planned_on: date
    state: str
    sent_on: date | None
    sent_at: datetime | None
    asked: int
    ask_at: datetime | None
    code: str
    reference: str
    retry_on: date | None
    ended_on: date | None
    words: str


_COLUMNS = ", ".join(AttemptCard._fields)


def write_attempts(*, seller_id: int, attempts: Sequence[NewAttempt], on: date) -> int:
    """Plan attempts; how many were new. One whose debt has an open attempt already is left out."""
    if not attempts:
        return 0
    return sql.change(
        """
        INSERT INTO attempts (seller_id, id, key, customer_id, document_id, debt_id, method_id, method_verified, means,
                              currency, amount_minor, owed_minor, try_no, planned_on, state, asked, code, reference,
                              words)
        SELECT %(seller)s, id, 'autopay-' || id, customer_id, document_id, debt_id, method_id, true, means, currency,
               amount_minor, owed_minor, try_no, %(on)s, 'planned', 0, '', '', ''
        FROM unnest(%(ids)s::uuid[], %(customers)s::uuid[], %(documents)s::uuid[], %(debts)s::uuid[],
                    %(methods)s::uuid[], %(means)s::text[], %(currencies)s::text[], %(amounts)s::bigint[],
                    %(owed)s::bigint[], %(tries)s::smallint[])
          AS u (id, customer_id, document_id, debt_id, method_id, means, currency, amount_minor, owed_minor, try_no)
        ON CONFLICT DO NOTHING
        """,
        {
            "seller": seller_id,
            "on": on,
            "ids": sql.array(new_ids(len(attempts))),
            "customers": sql.array(one.customer_id for one in attempts),
            "documents": sql.array(one.document_id for one in attempts),
            "debts": sql.array(one.debt_id for one in attempts),
            "methods": sql.array(one.method_id for one in attempts),
            "means": [one.means for one in attempts],
            "currencies": [one.currency for one in attempts],
            "amounts": sql.array(one.amount_minor for one in attempts),
            "owed": sql.array(one.owed_minor for one in attempts),
            "tries": sql.array(one.try_no for one in attempts),
        },
    )


def attempt_card(*, seller_id: int, attempt_id: UUID, lock: bool = False) -> AttemptCard:
    """The attempt; Missing when the seller has none with this id. `lock` takes its payer and then itself."""
    parameters = {"seller": seller_id, "id": attempt_id}
    if lock:
        payer = sql.value("SELECT customer_id FROM attempts WHERE seller_id = %(seller)s AND id = %(id)s", parameters)
        if payer is not None:
            lock_payer(seller_id=seller_id, customer_id=payer)
    row = sql.one(
        f"SELECT {_COLUMNS} FROM attempts WHERE seller_id = %(seller)s AND id = %(id)s"
        + (" FOR NO KEY UPDATE" if lock else ""),
        parameters,
    )
    if row is None:
        raise Missing("payments.unknown_attempt", "This seller has no such attempt.")
    return AttemptCard(*row)


def find_attempt(*, seller_id: int, asked: str) -> AttemptCard:
    """The attempt named by its key or its id; Missing when there is none."""
    row = sql.one(
        f"SELECT {_COLUMNS} FROM attempts WHERE seller_id = %(seller)s "
        "AND (key = %(asked)s OR id::text = lower(%(asked)s))",
        {"seller": seller_id, "asked": asked},
    )
    if row is None:
        raise Missing("payments.unknown_attempt", f"This seller has no attempt {asked!r}.")
    return AttemptCard(*row)


def attempt_with_key(*, seller_id: int, key: str) -> AttemptCard | None:
    """The attempt with a key, or None."""
    row = sql.one(
        f"SELECT {_COLUMNS} FROM attempts WHERE seller_id = %(seller)s AND key = %(key)s",
        {"seller": seller_id, "key": key},
    )
    return AttemptCard(*row) if row else None


def attempts_at_work(
    *,
    seller_id: int,
    states: Collection[str],
    means: Collection[str],
    after: UUID,
    most: int,
    ask_at: datetime | None = None,
) -> list[UUID]:
    """Attempts beyond `after` in some states and of some means, by id; `ask_at`: those to ask about by then."""
    due = "AND ask_at <= %(ask_at)s" if ask_at is not None else ""
    found = sql.rows(
        f"SELECT id FROM attempts WHERE seller_id = %(seller)s AND state = ANY(%(states)s) AND means = ANY(%(means)s) "
        f"AND id > %(after)s {due} ORDER BY id LIMIT %(most)s",
        {
            "seller": seller_id,
            "states": list(states),
            "means": list(means),
            "after": after,
            "ask_at": ask_at,
            "most": most,
        },
    )
    return [row[0] for row in found]


def charged_before(*, seller_id: int, debts: Sequence[object]) -> dict[tuple[UUID, str], list[Charged]]:
    """All charges that were really made of some debts, by debt and card or account, in order."""
    found: dict[tuple[UUID, str], list[Charged]] = defaultdict(list)
    for debt_id, alike, *rest in sql.rows(
        "SELECT a.debt_id, coalesce(nullif(m.fingerprint, ''), m.token), a.sent_on, a.state, a.retry_on "
        "FROM attempts AS a JOIN methods AS m ON m.seller_id = a.seller_id AND m.id = a.method_id "
        "WHERE a.seller_id = %(seller)s AND a.debt_id = ANY(%(debts)s) AND a.state NOT IN ('planned', 'dropped') "
        "ORDER BY a.id",
        {"seller": seller_id, "debts": sql.array(debts)},
    ):
        found[debt_id, alike].append(Charged(*rest))
    return found


def paid_otherwise(*, seller_id: int, customers: Sequence[object], on: date) -> set[tuple[UUID, str | None]]:
    """What other money is on its way for: (customer, document), or (customer, None) where it is for no document."""
    return {
        (row[0], row[1])
        for row in sql.rows(
            "SELECT p.customer_id, c.document_id FROM payments AS p "
            "LEFT JOIN LATERAL jsonb_array_elements_text(p.chosen_ids) AS c (document_id) ON true "
            "WHERE p.seller_id = %(seller)s AND p.customer_id = ANY(%(customers)s) AND (p.state IN "
            "('pending', 'unknown') OR (p.state = 'reported' AND p.on_date > %(reported)s)) "
            "AND NOT EXISTS (SELECT 1 FROM attempts AS a WHERE a.seller_id = p.seller_id AND a.key = p.key)",
            {
                "seller": seller_id,
                "customers": sql.array(customers),
                "reported": plus_days(on, -REPORTED_DAYS),
            },
        )
    }


def begin_sending(*, seller_id: int, attempt_id: UUID, unless: str, on: date, at: datetime) -> AttemptCard | None:
    """Make an attempt ready to be sent, or sent again under its key; None when it must not be, or someone else did.

    A planned one that is not wanted any more (the document is paid or changed, other money is on its way, the method
    ended, or what `unless` says) is dropped. One that may have been sent already is left as it is.
    """
    with sql.in_transaction():
        card = attempt_card(seller_id=seller_id, attempt_id=attempt_id, lock=True)
        if card.state not in ("planned", "sent", "unknown"):
            return None
        why = unless or _why_not(seller_id, card, on)
        if why:
            if card.state == "planned":
                move_attempt(seller_id=seller_id, card=card, after="dropped", words=why, ended_on=on)
            return None
        move_attempt(
            seller_id=seller_id,
            card=card,
            after="sent",
            sent_on=card.sent_on or on,
            sent_at=card.sent_at or at,
            asked=card.asked + (card.state == "unknown"),
        )
        return card._replace(state="sent", sent_on=card.sent_on or on, sent_at=card.sent_at or at)


def drop_attempt(*, seller_id: int, attempt_id: UUID, on: date, at: datetime) -> None:
    """A charge never arrived at the gateway and is not wanted any more."""
    with sql.in_transaction():
        card = attempt_card(seller_id=seller_id, attempt_id=attempt_id, lock=True)
        if card.state in ("sent", "unknown"):
            move_attempt(seller_id=seller_id, card=card, after="dropped", words="it never arrived", ended_on=on)
            _fail_payment(seller_id, card, "it never arrived", on, at)


def close_attempt(*, seller_id: int, attempt_id: UUID, cause: str, on: date, at: datetime) -> None:
    """A person has cleared up an attempt of unknown outcome or one whose answer did not fit. Again: changes nothing.

    Its debt is not charged again by itself with this method. Money that really was taken is settled before
    (`settle_payment` under the attempt's key); what is not settled has failed.
    """
    with sql.in_transaction():
        card = attempt_card(seller_id=seller_id, attempt_id=attempt_id, lock=True)
        if card.state == "closed":
            return
        if not ATTEMPT_STATES.allows(card.state, "closed"):
            raise Refused(
                "payments.attempt_move", f"Only an attempt for a person to look at can be closed; it is {card.state}."
            )
        move_attempt(seller_id=seller_id, card=card, after="closed", words=cause, ended_on=on)
        _fail_payment(seller_id, card, cause, on, at)


def note_asked(*, seller_id: int, attempt_id: UUID, at: datetime) -> None:
    """No answer came: ask again later, and leave it to a person after the last time."""
    with sql.in_transaction():
        card = attempt_card(seller_id=seller_id, attempt_id=attempt_id, lock=True)
        if card.state == "unknown":
            set_attempt(seller_id=seller_id, attempt_id=attempt_id, asked=card.asked + 1, ask_at=next_ask(card, at))
        elif card.state == "pending":
            set_attempt(seller_id=seller_id, attempt_id=attempt_id, ask_at=pending_ask(at))


def next_ask(card: AttemptCard, at: datetime) -> datetime | None:
    """When to ask the next time what became of a charge of unknown outcome."""
    wait = ask_after(asked=card.asked + 1)
    return None if wait is None else at + wait


def pending_ask(at: datetime) -> datetime:
    """When to ask the next time about a charge that is under way."""
    return at + timedelta(hours=PENDING_HOURS)


def move_attempt(*, seller_id: int, card: AttemptCard, after: str, **values: object) -> None:
    """Change an attempt's state by the table of moves, with other columns; the row is locked by the caller."""
    if card.state != after and not ATTEMPT_STATES.allows(card.state, after):
        raise Refused("payments.attempt_move", f"An attempt that is {card.state} cannot become {after}.")
    set_attempt(seller_id=seller_id, attempt_id=card.id, state=after, **values)


def set_attempt(*, seller_id: int, attempt_id: UUID, **values: object) -> None:
    """Write columns of an attempt."""
    assignments = ", ".join(f"{name} = %({name})s" for name in values)
    sql.change(
        f"UPDATE attempts SET {assignments} WHERE seller_id = %(seller)s AND id = %(attempt)s",
        {**values, "seller": seller_id, "attempt": attempt_id},
    )


def _why_not(seller_id: int, card: AttemptCard, on: date) -> str:
    """Why an attempt must not be sent now, in words; "" when it may."""
    document = document_card(seller_id=seller_id, document_id=card.document_id, lock=True)
    if document.state != "open" or document.open_minor != card.owed_minor:
        return "the document is paid or changed"
    other = paid_otherwise(seller_id=seller_id, customers=[card.customer_id], on=on)
    if (card.customer_id, None) in other or (card.customer_id, str(card.document_id)) in other:
        return "other money is on its way"
    method = method_card(seller_id=seller_id, method_id=card.method_id)
    if not is_usable(
        state=method.state,
        verified=method.verified,
        expires_on=method.expires_on,
        means=method.means,
        saved=saved_means(seller_id=seller_id, on=on),
        on=on,
    ):
        return "the method may not be charged any more"
    if card.state == "planned":
        before = charged_before(seller_id=seller_id, debts=[card.debt_id]).get((card.debt_id, method.alike), [])
        scheme = scheme_of(means=method.means, brand=method.brand)
        if not may_charge(scheme=scheme, sent_days=[one.sent_on for one in before], on=on):
            return "the scheme allows no more charges"
    return ""


def _fail_payment(seller_id: int, card: AttemptCard, cause: str, on: date, at: datetime) -> None:
    payment = payment_with_key(seller_id=seller_id, key=card.key)
    if payment is not None and payment.state in ("unknown", "pending"):
        move_payment(seller_id=seller_id, payment_id=payment.id, after="failed", cause=cause, on=on, at=at)
