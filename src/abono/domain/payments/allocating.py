"""Setting money against documents and taking it back: the one place where open amounts change."""

from datetime import date, datetime
from uuid import UUID

from abono.base.facts.actions import fact_row
from abono.base.kernel.ids import new_id
from abono.base.store import sql
from abono.base.store.together import Write, change, row, write
from abono.domain.invoicing.actions import settle_request
from abono.domain.invoicing.events import tell_reopened
from abono.domain.invoicing.queries import SUBSCRIPTIONS_OF_DOCUMENT, DocumentCard, document_card
from abono.domain.ledger import rules as books
from abono.domain.ledger.batch import transfer_rows
from abono.domain.ledger.rules import Booking
from abono.domain.payments.queries import PaymentCard
from abono.domain.subscriptions.moving import Cause, move_services


def put_free(*, seller_id: int, payment_id: UUID, amount_minor: int) -> None:
    """Change what of a payment is neither used nor refunded."""
    write([_free_change(seller_id, payment_id, amount_minor)])


def allocate_to(
    *,
    seller_id: int,
    payment: PaymentCard,
    card: DocumentCard,
    amount_minor: int,
    cause: str,
    on: date,
    at: datetime,
) -> date | None:
    """Set free money against a document, locked by the caller; a request paid in full is settled, its services start.

    Money from before the document was issued pays it on the day of its issue. That day comes back if nothing of the
    document is owed any longer: the caller tells it once all its money is set, for others may use what is free then.
    """
    on = max(on, card.issued_on)
    allocation_id, noted = _allocation(seller_id, payment, card.id, amount_minor, cause, on)
    along = [noted, _free_change(seller_id, payment.id, -amount_minor)]
    left = card.open_minor - amount_minor
    if card.kind == "request" and not left:
        settle_request(seller_id=seller_id, request=card, cause=cause, on=on, at=at, along=along)
    elif card.kind == "request":
        write([*along, _open_change(seller_id, card.id, left, "open")])
    else:
        along.append(_open_change(seller_id, card.id, left, "open" if left else "settled"))
        paid = books.invoice_paid(amount_minor=amount_minor)
        along += _booked("invoice_paid", seller_id, card, allocation_id, paid, on)
        write(along if left else [*along, _fact("InvoicePaid", seller_id, card, cause, on, at)])
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
    allocation_id, noted = _allocation(seller_id, payment, document_id, -amount_minor, cause, on)
    along = [noted, _free_change(seller_id, payment.id, amount_minor)]
    invoice = _invoice_of(seller_id, card)
    owed = invoice or card
    along.append(_open_change(seller_id, owed.id, owed.open_minor + amount_minor, "open"))
    if card.kind == "request" and invoice is None:
        _reopen_request(seller_id, card, allocation_id, along, cause, on, at)
    else:
        reopened = books.invoice_reopened(amount_minor=amount_minor)
        along += _booked("invoice_reopened", seller_id, owed, allocation_id, reopened, on)
        write([*along, _fact("InvoiceOwedAgain", seller_id, owed, cause, on, at)])
    if owed.open_minor == 0:
        tell_reopened(seller_id=seller_id, document_id=owed.id, customer_id=owed.customer_id, on=on, at=at)


def note_allocation(
    *, seller_id: int, payment: PaymentCard, document_id: UUID, amount_minor: int, cause: str, on: date
) -> None:
    """Write that money of a payment was set against a document, or taken off it again (below zero), and is free."""
    _, noted = _allocation(seller_id, payment, document_id, amount_minor, cause, on)
    write([noted, _free_change(seller_id, payment.id, -amount_minor)])


def _allocation(
    seller_id: int, payment: PaymentCard, document_id: UUID, amount_minor: int, cause: str, on: date
) -> tuple[UUID, Write]:
    allocation_id = new_id()
    return allocation_id, row(
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


def _reopen_request(
    seller_id: int,
    card: DocumentCard,
    allocation_id: UUID,
    along: list[Write],
    cause: str,
    on: date,
    at: datetime,
) -> None:
    if card.state != "settled":
        write(along)
        return
    memo = books.request_issued(gross_minor=card.gross_minor)
    booked = _booked("request_reopened", seller_id, card, allocation_id, memo, on)
    forgotten = change("DELETE FROM waiting_invoices WHERE seller_id = %s AND request_id = %s", seller_id, card.id)
    write([*along, *booked, _fact("RequestReopened", seller_id, card, cause, on, at), forgotten])


def _invoice_of(seller_id: int, card: DocumentCard) -> DocumentCard | None:
    invoice_id = sql.value(
        "SELECT id FROM documents WHERE seller_id = %(seller)s AND request_id = %(request)s AND kind = 'invoice'",
        {"seller": seller_id, "request": card.id},
    )
    return document_card(seller_id=seller_id, document_id=invoice_id, lock=True) if invoice_id else None


def _open_change(seller_id: int, document_id: UUID, open_minor: int, state: str) -> Write:
    return change(
        "UPDATE documents SET open_minor = %s, state = %s WHERE seller_id = %s AND id = %s",
        open_minor,
        state,
        seller_id,
        document_id,
    )


def _free_change(seller_id: int, payment_id: UUID, amount_minor: int) -> Write:
    return change(
        "UPDATE payments SET free_minor = free_minor + %s WHERE seller_id = %s AND id = %s",
        amount_minor,
        seller_id,
        payment_id,
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


def _booked(
    cause: str, seller_id: int, card: DocumentCard, cause_id: UUID, bookings: list[Booking], on: date
) -> list[Write]:
    return transfer_rows(
        seller_id=seller_id,
        cause=cause,
        cause_id=cause_id,
        customer_id=card.customer_id,
        currency=card.currency,
        bookings=bookings,
        on=on,
    )


def _fact(kind: str, seller_id: int, card: DocumentCard, cause: str, on: date, at: datetime) -> Write:
    return fact_row(
        seller_id=seller_id,
        kind=kind,
        cause=cause,
        on=on,
        at=at,
        customer_id=card.customer_id,
        document_id=card.id,
    )
