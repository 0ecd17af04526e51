"""The card fee: a receipt of its own, outside the invoice, and its share back with a refund."""

from datetime import date, datetime
from uuid import UUID

from abono.base.store import sql
from abono.domain.invoicing.batch import NewDocument, NewLine, fresh_id, write_documents
from abono.domain.invoicing.digest import canonical_json
from abono.domain.invoicing.numbering import series_for
from abono.domain.invoicing.queries import document_card
from abono.domain.invoicing.words import FEE_WORDS
from abono.domain.ledger import rules as books
from abono.domain.payments.allocating import note_allocation
from abono.domain.payments.queries import PaymentCard
from abono.domain.sellers.queries import policy_in_force, seller_by_id


def issue_fee_receipt(*, seller_id: int, payment: PaymentCard, on: date, at: datetime) -> UUID:
    """Issue the receipt of a settled payment's card fee, paid out of the payment itself; the receipt's id."""
    words_id, language = _party(seller_id, payment.customer_id)
    percent = policy_in_force(seller_id=seller_id, on=payment.on_date).policy.means[payment.means].fee_bp
    receipt = _document(
        seller_id=seller_id,
        payment=payment,
        kind="receipt",
        words=FEE_WORDS[language].format(percent=_percent(percent)),
        amount_minor=payment.fee_minor,
        words_id=words_id,
        language=language,
        on=on,
    )
    receipt.bookings = [
        *books.fee_issued(net_minor=payment.fee_minor),
        *books.invoice_paid(amount_minor=payment.fee_minor),
    ]
    receipt.booked_as = "fee"
    write_documents(seller_id=seller_id, documents=[receipt], cause="card fee", on=on, at=at)
    receipt_id = UUID(receipt.id)
    note_allocation(
        seller_id=seller_id,
        payment=payment,
        document_id=receipt_id,
        amount_minor=payment.fee_minor,
        cause="card fee",
        on=on,
    )
    return receipt_id


def credit_fee(*, seller_id: int, payment: PaymentCard, wanted_minor: int, on: date, at: datetime) -> int:
    """Credit a share of the card fee, never more than is left of it; the minor units that became free money."""
    row = sql.one(
        """
        SELECT d.id, d.gross_minor - coalesce(
                 (SELECT sum(n.gross_minor) FROM documents AS n
                  WHERE n.seller_id = d.seller_id AND n.corrects_id = d.id), 0)
        FROM allocations AS a JOIN documents AS d ON d.seller_id = a.seller_id AND d.id = a.document_id
        WHERE a.seller_id = %(seller)s AND a.payment_id = %(payment)s AND d.kind = 'receipt' LIMIT 1
        """,
        {"seller": seller_id, "payment": payment.id},
    )
    if row is None or wanted_minor <= 0:
        return 0
    receipt = document_card(seller_id=seller_id, document_id=row[0])
    amount_minor = min(wanted_minor, int(row[1]))
    if amount_minor <= 0:
        return 0
    words_id, language = _party(seller_id, payment.customer_id)
    note = _document(
        seller_id=seller_id,
        payment=payment,
        kind="credit_note",
        words=FEE_WORDS[language].format(percent="").strip(),
        amount_minor=amount_minor,
        words_id=words_id,
        language=language,
        on=on,
    )
    note.corrects_id = str(receipt.id)
    note.bookings, note.booked_as = books.fee_returned(net_minor=amount_minor), "fee_returned"
    write_documents(seller_id=seller_id, documents=[note], cause="refund", on=on, at=at)
    note_allocation(
        seller_id=seller_id,
        payment=payment,
        document_id=receipt.id,
        amount_minor=-amount_minor,
        cause="fee returned",
        on=on,
    )
    return amount_minor


def _document(
    *,
    seller_id: int,
    payment: PaymentCard,
    kind: str,
    words: str,
    amount_minor: int,
    words_id: UUID,
    language: str,
    on: date,
) -> NewDocument:
    seller = seller_by_id(seller_id=seller_id)
    in_force = policy_in_force(seller_id=seller_id, on=on)
    day = on.isoformat()
    return NewDocument(
        id=fresh_id(),
        kind=kind,
        series=series_for(kind=kind, country=seller.country, letter="X", on=on),
        customer_id=str(payment.customer_id),
        words_id=str(words_id),
        issuer_id=str(seller.words_id),
        policy_version=in_force.version,
        invoice_when=in_force.policy.documents.invoice,
        basis="",
        currency=payment.currency,
        issued_on=day,
        due_on=day,
        renewal_on=day,
        net_minor=amount_minor,
        tax_minor=0,
        taxes="[]",
        extra=canonical_json({"language": language}),
        lines=[NewLine("", "", words, "", "", 1, "", "", amount_minor, "fee")],
        open_minor=0,
        state="settled" if kind == "receipt" else "issued",
    )


def _party(seller_id: int, customer_id: UUID) -> tuple[UUID, str]:
    row = sql.one(
        "SELECT p.words_id, c.language FROM customers AS c JOIN billing_profiles AS p "
        "ON p.seller_id = c.seller_id AND p.id = c.default_profile_id "
        "WHERE c.seller_id = %(seller)s AND c.id = %(customer)s",
        {"seller": seller_id, "customer": customer_id},
    )
    assert row is not None
    return row[0], row[1]


def _percent(rate_bp: int) -> str:
    whole, rest = divmod(rate_bp, 100)
    return f"{whole} %" if not rest else f"{whole}.{rest:02d} %".replace("0 %", " %")
