"""Setting money against documents and taking it back: the one place where open amounts change."""

from datetime import date, datetime
from uuid import UUID

from abono.base.facts.actions import record_fact
from abono.base.kernel.ids import new_id
from abono.base.store import sql
from abono.domain.invoicing.actions import settle_request
from abono.domain.invoicing.events import tell_reopened
from abono.domain.invoicing.queries import SUBSCRIPTIONS_OF_DOCUMENT, DocumentCard, document_card
from abono.domain.ledger import rules as books
from abono.domain.ledger.batch import book
from abono.domain.ledger.rules import Booking
from abono.domain.payments.queries import PaymentCard
from abono.domain.subscriptions.moving import Cause, move_services


def put_free(*, seller_id: int, payment_id: UUID, amount_minor: int) -> None:
    """Change what of a payment is neither used nor refunded."""
    sql.change(
        "UPDATE payments SET free_minor = free_minor + %(amount)s WHERE seller_id = %(seller)s AND id = %(payment)s",
        {"amount": amount_minor, "seller": seller_id, "payment": payment_id},
    )


def allocate_to(
    *,
    seller_id: int,
    payment: PaymentCard,
    document_id: UUID,
    amount_minor: int,
    cause: str,
    on: date,
    at: datetime,
) -> date | None:
    """Set free money against a document; a request paid in full is settled, and its services start.

    Money from before the document was issued pays it on the day of its issue. That day comes back if nothing of the
    document is owed any longer: the caller tells it once all its money is set, for others may use what is free then.
    """
    card = document_card(seller_id=seller_id, document_id=document_id, lock=True)
    on = max(on, card.issued_on)
    allocation_id = note_allocation(
        seller_id=seller_id, payment=payment, document_id=document_id, amount_minor=amount_minor, cause=cause, on=on
    )
    put_free(seller_id=seller_id, payment_id=payment.id, amount_minor=-amount_minor)
    left = card.open_minor - amount_minor
    if card.kind == "request":
        if left:
            _set_open(seller_id, card.id, left, "open")
        else:
            settle_request(seller_id=seller_id, request=card, cause=cause, on=on, at=at)
    else:
        _set_open(seller_id, card.id, left, "open" if left else "settled")
        _book("invoice_paid", seller_id, card, allocation_id, books.invoice_paid(amount_minor=amount_minor), on)
        if not left:
            _record("InvoicePaid", seller_id, card, cause, on, at)
    if left:
        return None
    _start_services(seller_id, card, on, at)
    return on


def give_back(
    *,
    seller_id: int,
    payment: PaymentCard,
    document_id: UUID,
    amount_minor: int,
    cause: str,
    on: date,
    at: datetime,
) -> None:
    """Undo an allocation: the money is free again and the document, or the invoice made from it, is owed again."""
    card = document_card(seller_id=seller_id, document_id=document_id, lock=True)
    allocation_id = note_allocation(
        seller_id=seller_id, payment=payment, document_id=document_id, amount_minor=-amount_minor, cause=cause, on=on
    )
    put_free(seller_id=seller_id, payment_id=payment.id, amount_minor=amount_minor)
    invoice = _invoice_of(seller_id, card)
    owed = invoice or card
    if card.kind == "request" and invoice is None:
        _reopen_request(seller_id, card, amount_minor, allocation_id, cause, on, at)
    else:
        _set_open(seller_id, owed.id, owed.open_minor + amount_minor, "open")
        _book("invoice_reopened", seller_id, owed, allocation_id, books.invoice_reopened(amount_minor=amount_minor), on)
        _record("InvoiceOwedAgain", seller_id, owed, cause, on, at)
    if owed.open_minor == 0:
        tell_reopened(seller_id=seller_id, document_id=owed.id, customer_id=owed.customer_id, on=on, at=at)


def note_allocation(
    *, seller_id: int, payment: PaymentCard, document_id: UUID, amount_minor: int, cause: str, on: date
) -> UUID:
    """Write the allocation's row; its id."""
    allocation_id = new_id()
    sql.insert(
        "allocations",
        {
            "seller_id": seller_id,
            "id": allocation_id,
            "payment_id": payment.id,
            "document_id": document_id,
            "customer_id": payment.customer_id,
            "amount_minor": amount_minor,
            "on_date": on,
            "cause": cause,
        },
    )
    return allocation_id


def _reopen_request(
    seller_id: int,
    card: DocumentCard,
    amount_minor: int,
    allocation_id: UUID,
    cause: str,
    on: date,
    at: datetime,
) -> None:
    _set_open(seller_id, card.id, card.open_minor + amount_minor, "open")
    if card.state == "settled":
        sql.change(
            "DELETE FROM waiting_invoices WHERE seller_id = %(seller)s AND request_id = %(request)s",
            {"seller": seller_id, "request": card.id},
        )
        _book(
            "request_reopened", seller_id, card, allocation_id, books.request_issued(gross_minor=card.gross_minor), on
        )
        _record("RequestReopened", seller_id, card, cause, on, at)


def _invoice_of(seller_id: int, card: DocumentCard) -> DocumentCard | None:
    invoice_id = sql.value(
        "SELECT id FROM documents WHERE seller_id = %(seller)s AND request_id = %(request)s AND kind = 'invoice'",
        {"seller": seller_id, "request": card.id},
    )
    return document_card(seller_id=seller_id, document_id=invoice_id, lock=True) if invoice_id else None


def _set_open(seller_id: int, document_id: UUID, open_minor: int, state: str) -> None:
    sql.change(
        "UPDATE documents SET open_minor = %(open)s, state = %(state)s WHERE seller_id = %(seller)s AND id = %(id)s",
        {"open": open_minor, "state": state, "seller": seller_id, "id": document_id},
    )


def _start_services(seller_id: int, card: DocumentCard, on: date, at: datetime) -> None:
    """Services that waited for their first document's payment begin; a document may ask for thousands."""
    waiting = sql.rows(
        f"SELECT id FROM subscriptions WHERE seller_id = %(seller)s AND id IN ({SUBSCRIPTIONS_OF_DOCUMENT}) "
        "AND state = 'ordered'",
        {"seller": seller_id, "document": card.id},
    )
    move_services(
        seller_id=seller_id,
        subscriptions=[row[0] for row in waiting],
        after="active",
        before=["ordered"],
        cause=Cause("paid", card.id),
        words="first document paid",
        on=on,
        at=at,
    )


def _book(cause: str, seller_id: int, card: DocumentCard, cause_id: UUID, bookings: list[Booking], on: date) -> None:
    book(
        seller_id=seller_id,
        cause=cause,
        cause_id=cause_id,
        customer_id=card.customer_id,
        currency=card.currency,
        bookings=bookings,
        on=on,
    )


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
