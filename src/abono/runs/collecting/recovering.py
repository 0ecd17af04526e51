"""Bringing a terminated service back from its backup: a one-off request, and once it is paid it begins anew."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from abono.base.facts.actions import record_fact
from abono.base.kernel.languages import Words, in_language
from abono.base.kernel.refusal import Missing, Refused
from abono.base.store import sql
from abono.domain.customers.queries import customer_card, payer_on
from abono.domain.invoicing.actions import void_request
from abono.domain.invoicing.queries import document_card, standing_for
from abono.domain.payments.actions import lock_payer, release_money
from abono.domain.payments.credit import credit_invoice
from abono.domain.sellers.queries import policy_in_force
from abono.domain.subscriptions.moving import Cause, move_services
from abono.domain.subscriptions.rows import fixed_anchor
from abono.runs.at_once import add_charge, bill_now
from abono.runs.billing.desk import desk_of
from abono.runs.collecting.reading import real_day
from abono.runs.collecting.skipped import claim_unbilled

REASON = "terminated"
RECOVERY_WORDS: Words = {
    "en": "Recovery from backup: {service}",
    "es": "Recuperación desde el respaldo: {service}",
    "hu": "Helyreállítás biztonsági mentésből: {service}",
}


class Recovery(NamedTuple):
    """A recovery on offer, with the service that it is for."""

    id: UUID
    subscription_id: UUID
    customer_id: UUID
    expires_on: date
    fee_minor: int
    document_id: UUID | None
    state: str


_COLUMNS = ", ".join(Recovery._fields)


def recovery_of(*, seller_id: int, subscription_id: UUID, lock: bool = False) -> Recovery | None:
    """The recovery that stands open for a service."""
    row = sql.one(
        f"SELECT {_COLUMNS} FROM recoveries WHERE seller_id = %(seller)s AND subscription_id = %(subscription)s "
        f"AND state IN ('offered', 'asked'){' FOR NO KEY UPDATE' if lock else ''}",
        {"seller": seller_id, "subscription": subscription_id},
    )
    return Recovery(*row) if row else None


def ask_for_recovery(*, seller_id: int, subscription_id: UUID, on: date, at: datetime) -> UUID | None:
    """The customer wants the service back: the document that asks for the fee; None when it is free and back at once.

    Asking again gives the same document, or the one in its place; after it was voided, a new one. Refuses where nothing
    is on offer, or the backup is gone.
    """
    with sql.in_transaction():
        payer_id = _payer(seller_id, subscription_id, on)
        lock_payer(seller_id=seller_id, customer_id=payer_id)
        found = recovery_of(seller_id=seller_id, subscription_id=subscription_id, lock=True)
        if found is None or found.expires_on < on:
            raise Refused("collections.no_recovery", "This service cannot be recovered: no backup of it is kept.")
        asked = standing_for(seller_id=seller_id, document_id=found.document_id) if found.document_id else None
        if asked is not None and document_card(seller_id=seller_id, document_id=asked).state != "voided":
            return asked
        if found.fee_minor == 0:
            _recover(seller_id, found, Cause("free"), on, at)
            return None
        document_id = _ask(seller_id, found, payer_id, on, at)
        _asked_by(seller_id, found.id, document_id)
        return document_id


def recover_paid(*, seller_id: int, document_id: UUID, on: date, at: datetime) -> None:
    """Bring back the service whose recovery a document asked for, or one that was issued anew, now that it is paid."""
    row = sql.one(
        f"""
        WITH RECURSIVE asked (id) AS (
          SELECT %(document)s::uuid
          UNION ALL
          SELECT d.replaces_id FROM asked AS a JOIN documents AS d ON d.seller_id = %(seller)s AND d.id = a.id
          WHERE d.replaces_id IS NOT NULL)
        SELECT {_COLUMNS} FROM recoveries WHERE seller_id = %(seller)s AND document_id IN (SELECT id FROM asked)
          AND state = 'asked' FOR NO KEY UPDATE
        """,
        {"seller": seller_id, "document": document_id},
    )
    if row is not None:
        found = Recovery(*row)
        _asked_by(seller_id, found.id, document_id)
        _recover(seller_id, found, Cause("paid", document_id), min(on, found.expires_on), at)


def expire_recoveries(*, seller_id: int, on: date, at: datetime) -> int:
    """Recoveries whose backup is gone are over, and what asked for them is void; how many. Again: none."""
    gone = sql.rows(
        f"SELECT {_COLUMNS} FROM recoveries WHERE seller_id = %(seller)s AND expires_on < %(on)s "
        "AND state IN ('offered', 'asked') ORDER BY id",
        {"seller": seller_id, "on": on},
    )
    for row in gone:
        found = Recovery(*row)
        with sql.in_transaction():
            lock_payer(seller_id=seller_id, customer_id=_payer(seller_id, found.subscription_id, on))
            if found.document_id is not None and not _taken_back(seller_id, found.document_id, on, at):
                continue
            _decide(seller_id, found.id, "expired", on)
            _note("RecoveryExpired", seller_id, found, "the backup is gone", on, at)
    return len(gone)


def _asked_by(seller_id: int, recovery_id: UUID, document_id: UUID) -> None:
    sql.change(
        "UPDATE recoveries SET state = 'asked', document_id = %(document)s "
        "WHERE seller_id = %(seller)s AND id = %(id)s",
        {"document": document_id, "seller": seller_id, "id": recovery_id},
    )


def _ask(seller_id: int, found: Recovery, payer_id: UUID, on: date, at: datetime) -> UUID:
    desk = desk_of(seller_id=seller_id, on=on)
    payer = customer_card(seller_id=seller_id, customer_id=payer_id)
    words, currency = _contract(seller_id, found.subscription_id)
    charge_id = add_charge(
        seller_id=seller_id,
        key=f"recovery-{found.id}" + (f"-{found.document_id}" if found.document_id else ""),
        customer_id=found.customer_id,
        payer_id=payer_id,
        profile_id=payer.default_profile_id,
        kind="recovery",
        words=in_language(RECOVERY_WORDS, payer.language).format(service=words).rstrip(": "),
        currency=currency,
        on=on,
        subscription_id=found.subscription_id,
        net_minor=found.fee_minor,
    )
    _note("RecoveryAsked", seller_id, found, "the customer wants it back", on, at)
    documents = bill_now(desk=desk, payer_id=payer_id, only=charge_id, limit=on, cause="recovery", at=at)
    return documents[0]


def _recover(seller_id: int, found: Recovery, cause: Cause, on: date, at: datetime) -> None:
    """The service is active again on terms from today, with a new anchor; the time between is billed to nobody."""
    move_services(
        seller_id=seller_id,
        subscriptions=[found.subscription_id],
        after="active",
        before=["terminated"],
        cause=cause,
        words="recovered from backup",
        on=on,
        at=at,
    )
    _decide(seller_id, found.id, "recovered", on)
    payer_id = _payer(seller_id, found.subscription_id, on)
    begins = _begin_anew(seller_id, found.subscription_id, payer_id, on)
    if begins == on and payer_id == found.customer_id:
        desk = desk_of(seller_id=seller_id, on=real_day(seller_id=seller_id, on=on))
        bill_now(desk=desk, payer_id=payer_id, only=found.subscription_id, limit=on, cause="recovered", at=at)


def _begin_anew(seller_id: int, subscription_id: UUID, payer_id: UUID, on: date) -> date:
    """New terms from today, or from the end of what is asked for already; the day they begin."""
    claimed_to: date | None = sql.value(
        "SELECT max(period_to) FROM claims WHERE seller_id = %(seller)s AND subscription_id = %(subscription)s",
        {"seller": seller_id, "subscription": subscription_id},
    )
    begins = max(on, claimed_to or on)
    if claimed_to is not None and claimed_to < begins:
        claim_unbilled(
            seller_id=seller_id, subscription_id=subscription_id, day_from=claimed_to, day_to=begins, reason=REASON
        )
    rule = policy_in_force(seller_id=seller_id, on=on).policy.cycle.anchor
    anchor = fixed_anchor(rule=rule, given=None, start=begins) or begins.day
    sql.change(
        "UPDATE subscriptions SET ends_on = NULL, terms_from = %(begins)s, anchor_day = %(anchor)s "
        "WHERE seller_id = %(seller)s AND id = %(subscription)s",
        {"begins": begins, "anchor": anchor, "seller": seller_id, "subscription": subscription_id},
    )
    sql.insert(
        "cursors",
        {"seller_id": seller_id, "payer_id": payer_id, "subscription_id": subscription_id, "billed_to": begins},
    )
    return begins


def _taken_back(seller_id: int, document_id: UUID, on: date, at: datetime) -> bool:
    """Take back what asked for a recovery, if it is not paid: a request is voided, an invoice credited."""
    document_id = standing_for(seller_id=seller_id, document_id=document_id)
    card = document_card(seller_id=seller_id, document_id=document_id, lock=True)
    if card.state == "voided":
        return True
    if card.state == "settled" or card.open_minor == 0:
        return False
    if card.kind == "request":
        release_money(seller_id=seller_id, document_id=document_id, cause="backup gone", on=on, at=at)
        void_request(seller_id=seller_id, document_id=document_id, reason="backup gone", on=on, at=at)
    else:
        credit_invoice(seller_id=seller_id, document_id=document_id, reason="backup gone", on=on, at=at)
    return True


def _decide(seller_id: int, recovery_id: UUID, state: str, on: date) -> None:
    sql.change(
        "UPDATE recoveries SET state = %(state)s, decided_on = %(on)s WHERE seller_id = %(seller)s AND id = %(id)s",
        {"state": state, "on": on, "seller": seller_id, "id": recovery_id},
    )


def _payer(seller_id: int, subscription_id: UUID, on: date) -> UUID:
    customer_id = sql.value(
        "SELECT customer_id FROM subscriptions WHERE seller_id = %(seller)s AND id = %(subscription)s",
        {"seller": seller_id, "subscription": subscription_id},
    )
    if customer_id is None:
        raise Missing("subscriptions.unknown", "This seller has no such subscription.")
    return payer_on(seller_id=seller_id, customer_id=customer_id, on=on)


def _contract(seller_id: int, subscription_id: UUID) -> tuple[str, str]:
    row = sql.one(
        "SELECT words, currency FROM subscriptions WHERE seller_id = %(seller)s AND id = %(subscription)s",
        {"seller": seller_id, "subscription": subscription_id},
    )
    assert row is not None
    return row[0], row[1]


def _note(kind: str, seller_id: int, found: Recovery, cause: str, on: date, at: datetime) -> None:
    record_fact(
        seller_id=seller_id,
        kind=kind,
        cause=cause,
        on=on,
        at=at,
        customer_id=found.customer_id,
        subject_id=found.subscription_id,
    )
