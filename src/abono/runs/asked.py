"""Which documents asked for a period of a subscription, and how much of it each of them can still give back.

A period is asked for by the document that claims it, and by those that changes inside it made later.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from abono.base.kernel.refusal import Refused
from abono.base.store import sql
from abono.domain.invoicing.queries import DocumentCard, document_card
from abono.domain.payments.credit import left_to_credit
from abono.domain.subscriptions.periods import Period
from abono.runs.billing.desk import Desk
from abono.runs.contracts import Contract, billed_for_locations


class Asker(NamedTuple):
    """An open request or an invoice, and the minor units net that it can give back for the period, above zero."""

    card: DocumentCard
    room_minor: int

    @property
    def unpaid_request(self) -> bool:
        """Whether nobody paid for it yet, so that it is corrected by issuing it anew."""
        return self.card.kind == "request"


def askers(
    desk: Desk, contract: Contract, document_id: UUID, period: Period, *, unpaid_only: bool = False
) -> list[Asker]:
    """Who can give back, the latest change first and the document that claims the period (`document_id`) last.

    After a client left its partner in mid-period only the documents of who was asked last are among them.
    """
    seller_id = desk.seller.id
    payer_id = last_asked(seller_id, contract.id, document_id, period)
    found = []
    for one_id, own_minor in _asking(desk, contract, document_id, period):
        card = document_card(seller_id=seller_id, document_id=one_id)
        if card.customer_id != payer_id:
            continue
        if unpaid_only and not (card.kind == "request" and card.state == "open"):
            continue
        if card.kind == "request" and card.state != "open":
            card = _invoice_of(seller_id, card)
        if card.kind == "request":
            room_minor = min(own_minor, card.net_minor)
        else:
            own_minor -= _credited(seller_id, contract.id, card.id, period)
            room_minor = min(own_minor, left_to_credit(seller_id=seller_id, card=card)[0])
        if room_minor > 0:
            found.append(Asker(card, room_minor))
    return found


def room_of(found: Sequence[Asker]) -> int:
    """What all of them together can give back, minor units net."""
    return sum(one.room_minor for one in found)


def last_asked(seller_id: int, subscription_id: UUID, document_id: UUID, period: Period) -> UUID:
    """Who was asked last for days of the period: a client that left its partner, else whom the document asks."""
    payer_id: UUID | None = sql.value(
        "SELECT payer_id FROM charges WHERE seller_id = %(seller)s AND subscription_id = %(subscription)s "
        "AND period_from >= %(from)s AND period_to <= %(to)s AND net_minor > 0 ORDER BY id DESC LIMIT 1",
        _key(seller_id, subscription_id, period.period_from, period.period_to),
    )
    return payer_id or document_card(seller_id=seller_id, document_id=document_id).customer_id


def _asking(desk: Desk, contract: Contract, document_id: UUID, period: Period) -> list[tuple[UUID, int]]:
    """Documents not void that ask for the period, with what their lines ask for it."""
    key = _key(desk.seller.id, contract.id, period.period_from, period.period_to)
    found = [
        (one_id, int(net_minor))
        for one_id, net_minor in sql.rows(
            "SELECT d.id, sum(l.net_minor) FROM lines AS l "
            "JOIN documents AS d ON d.seller_id = l.seller_id AND d.id = l.document_id "
            "WHERE l.seller_id = %(seller)s AND l.subscription_id = %(subscription)s "
            "AND l.period_from >= %(from)s AND l.period_to <= %(to)s AND d.kind IN ('request', 'invoice') "
            "AND d.request_id IS NULL AND d.state <> 'voided' GROUP BY d.id ORDER BY d.id DESC",
            key,
        )
    ]
    if desk.book.plans[contract.plan_id].counted == "fixed":
        return sorted(found, key=lambda one: one[0] == document_id)
    billed = billed_for_locations(desk, contract, document_id)[1]
    return [*(one for one in found if one[0] != document_id), (document_id, int(billed))]


def _invoice_of(seller_id: int, request: DocumentCard) -> DocumentCard:
    invoice_id = sql.value(
        "SELECT id FROM documents WHERE seller_id = %(seller)s AND request_id = %(request)s AND kind = 'invoice'",
        {"seller": seller_id, "request": request.id},
    )
    if invoice_id is None:
        raise Refused(
            "invoicing.invoice_waits",
            "The invoice waits for a complete billing profile; save the profile first.",
        )
    return document_card(seller_id=seller_id, document_id=invoice_id)


def _credited(seller_id: int, subscription_id: UUID, invoice_id: UUID, period: Period) -> int:
    return int(
        sql.value(
            "SELECT coalesce(sum(l.net_minor), 0) FROM documents AS d "
            "JOIN lines AS l ON l.seller_id = d.seller_id AND l.document_id = d.id "
            "WHERE d.seller_id = %(seller)s AND d.corrects_id = %(invoice)s AND l.subscription_id = %(subscription)s "
            "AND l.period_from >= %(from)s AND l.period_to <= %(to)s",
            {**_key(seller_id, subscription_id, period.period_from, period.period_to), "invoice": invoice_id},
        )
    )


def _key(seller_id: int, subscription_id: UUID, day_from: date, day_to: date) -> dict[str, object]:
    return {"seller": seller_id, "subscription": subscription_id, "from": day_from, "to": day_to}
