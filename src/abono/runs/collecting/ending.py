"""Termination: services end for good, what is open for them is asked for no longer, and a recovery may be offered."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from abono.base.kernel.days import plus_days
from abono.base.kernel.ids import new_id
from abono.base.store import sql
from abono.domain.invoicing.actions import new_line, void_request
from abono.domain.invoicing.queries import DocumentCard, document_card, lines_of
from abono.domain.payments.actions import release_money
from abono.domain.sellers.policy import Policy
from abono.domain.subscriptions.moving import Cause, move_services
from abono.runs.billing.desk import desk_of
from abono.runs.collecting.skipped import claim_to_the_end
from abono.runs.giving_back import reissue_with

REASON = "terminated"


def end_services(
    *,
    seller_id: int,
    document_id: UUID,
    services: Sequence[UUID],
    cause: Cause,
    policy: Policy,
    on: date,
    at: datetime,
) -> int:
    """End a document's own services because of it; how many were terminated.

    Services that never began are cancelled instead, those that were to begin later on the day of their start. Open
    requests lose their lines for these services: one that has nothing else is voided, another is issued anew. Invoices
    stay owed. The caller holds the payer.
    """
    ended = move_services(
        seller_id=seller_id,
        subscriptions=services,
        after="terminated",
        before=["active", "suspended"],
        cause=cause,
        words="document unpaid",
        on=on,
        at=at,
    )
    never_begun = sql.rows(
        "SELECT id, started_on FROM subscriptions WHERE seller_id = %(seller)s AND id = ANY(%(ids)s) "
        "AND state = 'ordered'",
        {"seller": seller_id, "ids": sql.array(services)},
    )
    over = [*(one.id for one in ended), *(row[0] for row in never_begun)]
    if not over:
        return 0
    _end_contracts(seller_id, over, on)
    stopped = [one.id for one in ended if one.before == "suspended"]
    claim_to_the_end(seller_id=seller_id, services=stopped)
    claim_to_the_end(seller_id=seller_id, services=[one for one in over if one not in stopped], reason=REASON)
    move_services(
        seller_id=seller_id,
        subscriptions=[one for one, started_on in never_begun if started_on <= on],
        after="cancelled",
        before=["ordered"],
        cause=Cause("ended", document_id),
        words="never paid for",
        on=on,
        at=at,
    )
    for request_id in _open_requests(seller_id, over):
        _ask_no_longer(seller_id, request_id, over, on, at)
    _close_holds(seller_id, over, on, at)
    if policy.recovery.within_days:
        for one in ended:
            _offer_recovery(seller_id, one.id, one.customer_id, policy, on)
    return len(ended)


def _end_contracts(seller_id: int, services: Sequence[UUID], on: date) -> None:
    parameters = {"seller": seller_id, "ids": sql.array(services), "on": on}
    sql.change(
        "UPDATE subscriptions SET ends_on = greatest(%(on)s, started_on) "
        "WHERE seller_id = %(seller)s AND id = ANY(%(ids)s)",
        parameters,
    )
    sql.change(
        "DELETE FROM planned_changes WHERE seller_id = %(seller)s AND subscription_id = ANY(%(ids)s) "
        "AND applied_on IS NULL",
        parameters,
    )


def _open_requests(seller_id: int, services: Sequence[UUID]) -> list[UUID]:
    """Open requests with a line or a charge for one of the services, the oldest first."""
    return [
        row[0]
        for row in sql.rows(
            """
            SELECT d.id FROM documents AS d
            WHERE d.seller_id = %(seller)s AND d.kind = 'request' AND d.state = 'open' AND d.id IN (
              SELECT c.document_id FROM claims AS c
              WHERE c.seller_id = %(seller)s AND c.subscription_id = ANY(%(ids)s) AND c.document_id IS NOT NULL
              UNION SELECT g.document_id FROM charges AS g
              WHERE g.seller_id = %(seller)s AND g.subscription_id = ANY(%(ids)s) AND g.document_id IS NOT NULL)
            ORDER BY d.issued_on, d.id
            """,
            {"seller": seller_id, "ids": sql.array(services)},
        )
    ]


def _ask_no_longer(seller_id: int, request_id: UUID, services: Sequence[UUID], on: date, at: datetime) -> None:
    """Take the services' lines off an open request: it is voided, and issued anew if it asks for something else too."""
    card = document_card(seller_id=seller_id, document_id=request_id)
    gone = set(services)
    charges = _charges_of(seller_id, gone)
    lines = lines_of(seller_id=seller_id, document_id=request_id)
    kept = [new_line(line=one) for one in lines if one.subscription_id not in gone and one.charge_id not in charges]
    _claims_end(seller_id, card, services, on)
    if sum(one.net_minor for one in kept) > 0:
        desk = desk_of(seller_id=seller_id, on=on)
        anew = reissue_with(desk=desk, card=card, lines=kept, reason=REASON, at=at)
        _leave_charges(seller_id, old=request_id, anew=anew, charges=charges)
        return
    release_money(seller_id=seller_id, document_id=request_id, cause=REASON, on=on, at=at)
    void_request(seller_id=seller_id, document_id=request_id, reason=REASON, on=on, at=at, claim_reason=REASON)


def _charges_of(seller_id: int, services: set[UUID]) -> set[UUID]:
    return {
        row[0]
        for row in sql.rows(
            "SELECT id FROM charges WHERE seller_id = %(seller)s AND subscription_id = ANY(%(ids)s)",
            {"seller": seller_id, "ids": sql.array(services)},
        )
    }


def _leave_charges(seller_id: int, *, old: UUID, anew: UUID, charges: set[UUID]) -> None:
    """The services' own charges stay with the voided document; the new one does not ask for them."""
    sql.change(
        "UPDATE charges SET document_id = %(old)s WHERE seller_id = %(seller)s AND document_id = %(anew)s "
        "AND id = ANY(%(ids)s)",
        {"seller": seller_id, "old": old, "anew": anew, "ids": sql.array(charges)},
    )


def _claims_end(seller_id: int, card: DocumentCard, services: Sequence[UUID], on: date) -> None:
    """The services' periods are asked for by nobody, and the one that lies around the end ends with it."""
    sql.change(
        """
        UPDATE claims AS c SET document_id = NULL, reason = %(why)s,
               period_to = CASE WHEN c.period_from < %(on)s AND c.period_to > %(on)s AND NOT EXISTS (
                   SELECT FROM claims AS n WHERE n.seller_id = c.seller_id AND n.subscription_id = c.subscription_id
                     AND n.follows = c.period_to) THEN %(on)s ELSE c.period_to END
        WHERE c.seller_id = %(seller)s AND c.document_id = %(document)s AND c.subscription_id = ANY(%(ids)s)
        """,
        {"why": REASON, "on": on, "seller": seller_id, "document": card.id, "ids": sql.array(services)},
    )


def _close_holds(seller_id: int, services: Sequence[UUID], on: date, at: datetime) -> None:
    sql.change(
        "UPDATE holds SET closed_on = greatest(%(on)s, opened_on), closed_at = %(at)s, closed_by = 'ended' "
        "WHERE seller_id = %(seller)s AND subscription_id = ANY(%(ids)s) AND closed_on IS NULL",
        {"seller": seller_id, "ids": sql.array(services), "on": on, "at": at},
    )


def _offer_recovery(seller_id: int, subscription_id: UUID, customer_id: UUID, policy: Policy, on: date) -> None:
    sql.insert(
        "recoveries",
        {
            "seller_id": seller_id,
            "id": new_id(),
            "subscription_id": subscription_id,
            "customer_id": customer_id,
            "terminated_on": on,
            "expires_on": plus_days(on, policy.recovery.within_days),
            "fee_minor": policy.recovery.fee_minor,
            "document_id": None,
            "state": "offered",
            "decided_on": None,
        },
    )
