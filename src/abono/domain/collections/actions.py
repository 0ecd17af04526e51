"""What a customer, or staff for them, can say about a document: an objection, a later date. One transaction each."""

from datetime import date, datetime
from uuid import UUID

from abono.base.facts.actions import record_fact
from abono.base.kernel.days import plus_days
from abono.base.kernel.ids import new_id
from abono.base.kernel.refusal import Missing, Refused
from abono.base.store import sql
from abono.domain.customers.plain_text import plain
from abono.domain.invoicing.queries import DocumentCard, document_card
from abono.domain.payments.actions import lock_payer
from abono.domain.sellers.policy import Policy
from abono.domain.sellers.queries import policy_of_version

LONGEST_WORDS = 2000


def raise_objection(*, seller_id: int, document_id: UUID, words: str, on: date, at: datetime) -> UUID:
    """Object to a document that is owed; the objection's id. While it is open nothing harmful happens because of it.

    Refuses a document that is not owed, and one that is objected to already.
    """
    with sql.in_transaction():
        card = _owed(seller_id, document_id)
        if sql.value(
            "SELECT 1 FROM objections WHERE seller_id = %(seller)s AND document_id = %(document)s AND state = 'open'",
            {"seller": seller_id, "document": document_id},
        ):
            raise Refused("collections.objected", "There is an open objection to this document already.")
        objection_id = new_id()
        sql.insert(
            "objections",
            {
                "seller_id": seller_id,
                "id": objection_id,
                "document_id": document_id,
                "customer_id": card.customer_id,
                "words": plain(words, what="the objection", longest=LONGEST_WORDS),
                "state": "open",
                "opened_on": on,
                "decided_on": None,
                "decision": "",
            },
        )
        _record("ObjectionRaised", seller_id, card, words, on, at)
    return objection_id


def close_objection(*, seller_id: int, document_id: UUID, state: str, words: str, on: date, at: datetime) -> None:
    """Decide the open objection to a document: `rejected` by the seller, or `withdrawn` by the customer.

    The document's calendar goes on, but nothing harmful happens on that day. Upholding one is `uphold_objection` in the
    runs: it takes the document back.
    """
    if state not in ("rejected", "withdrawn", "upheld"):
        raise Refused("collections.decision", f"An objection is rejected, withdrawn or upheld; not {state!r}.")
    with sql.in_transaction():
        card = document_card(seller_id=seller_id, document_id=document_id)
        lock_payer(seller_id=seller_id, customer_id=card.customer_id)
        opened_on = sql.value(
            "SELECT opened_on FROM objections WHERE seller_id = %(seller)s AND document_id = %(document)s "
            "AND state = 'open' FOR NO KEY UPDATE",
            {"seller": seller_id, "document": document_id},
        )
        if opened_on is None:
            raise Missing("collections.no_objection", "There is no open objection to this document.")
        if on < opened_on:
            raise Refused("collections.too_early", f"The objection is of {opened_on}; use that day or a later one.")
        sql.change(
            "UPDATE objections SET state = %(state)s, decided_on = %(on)s, decision = %(words)s "
            "WHERE seller_id = %(seller)s AND document_id = %(document)s AND state = 'open'",
            {
                "state": state,
                "on": on,
                "words": plain(words, what="the decision", longest=LONGEST_WORDS),
                "seller": seller_id,
                "document": document_id,
            },
        )
        _record(f"Objection{state.capitalize()}", seller_id, card, words, on, at)


def arrange_later_date(
    *,
    seller_id: int,
    document_id: UUID,
    until: date,
    on: date,
    at: datetime,
    by: str = "customer",
    reason: str = "",
) -> UUID:
    """Agree on a later date for a document; the arrangement's id. Until that day is over nothing harmful happens.

    The customer alone within the policy's limits: so many days after the due date (or today, if that is later), so many
    times in twelve months, and not once services are stopped because of the document. Staff beyond them, with a reason.
    """
    with sql.in_transaction():
        card = _owed(seller_id, document_id)
        policy = policy_of_version(seller_id=seller_id, version=card.policy_version)
        _check_later(card, until, on)
        if by == "customer":
            _check_limits(seller_id, card, policy, until, on)
        elif not reason.strip():
            raise Refused("collections.arrangement_reason", "Say why a later date is granted by staff.")
        arrangement_id = new_id()
        sql.insert(
            "arrangements",
            {
                "seller_id": seller_id,
                "id": arrangement_id,
                "document_id": document_id,
                "customer_id": card.customer_id,
                "granted_on": on,
                "until_on": until,
                "by": by,
                "reason": plain(reason, what="the reason", longest=LONGEST_WORDS),
            },
        )
        _record("LaterDateAgreed", seller_id, card, f"until {until}", on, at)
    return arrangement_id


def _check_later(card: DocumentCard, until: date, on: date) -> None:
    if until <= max(on, card.due_on):
        raise Refused("collections.not_later", f"The later date must be after {max(on, card.due_on)}; {until} is not.")


def _check_limits(seller_id: int, card: DocumentCard, policy: Policy, until: date, on: date) -> None:
    limits = policy.arrangement
    if not limits.per_year:
        raise Refused("collections.no_arrangements", "Under this policy a later date is agreed with staff only.")
    latest = plus_days(max(on, card.due_on), limits.max_days)
    if until > latest:
        raise Refused("collections.arrangement_far", f"{until} is too late; the latest date to choose is {latest}.")
    if sql.value(
        "SELECT 1 FROM holds WHERE seller_id = %(seller)s AND document_id = %(document)s AND closed_on IS NULL LIMIT 1",
        {"seller": seller_id, "document": card.id},
    ):
        raise Refused("collections.stopped_already", "Services are stopped for this document; payment restores them.")
    taken = sql.value(
        "SELECT count(*) FROM arrangements WHERE seller_id = %(seller)s AND customer_id = %(customer)s "
        "AND by = 'customer' AND granted_on > %(since)s",
        {"seller": seller_id, "customer": card.customer_id, "since": plus_days(on, -365)},
    )
    if taken >= limits.per_year:
        raise Refused(
            "collections.arrangements_used",
            f"A later date was taken {taken} times in the last twelve months; the policy allows {limits.per_year}.",
        )


def _owed(seller_id: int, document_id: UUID) -> DocumentCard:
    """The document, its payer locked; refused when nothing of it is owed."""
    card = document_card(seller_id=seller_id, document_id=document_id)
    lock_payer(seller_id=seller_id, customer_id=card.customer_id)
    card = document_card(seller_id=seller_id, document_id=document_id, lock=True)
    if card.kind not in ("request", "invoice") or card.state != "open" or card.open_minor == 0:
        raise Refused("collections.not_owed", "Nothing of this document is owed; there is nothing to stop or put off.")
    return card


def _record(kind: str, seller_id: int, card: DocumentCard, cause: str, on: date, at: datetime) -> None:
    record_fact(
        seller_id=seller_id,
        kind=kind,
        cause=cause,
        on=on,
        at=at,
        customer_id=card.customer_id,
        document_id=card.id,
    )
