"""Credit notes: what was invoiced is taken back, the open part first; what was paid is the customer's money again."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from abono.base.kernel.refusal import Refused
from abono.base.store import sql
from abono.domain.invoicing.actions import new_line
from abono.domain.invoicing.batch import NewDocument, NewLine, fresh_id, write_documents
from abono.domain.invoicing.digest import canonical_json
from abono.domain.invoicing.events import tell_closed
from abono.domain.invoicing.numbering import series_for
from abono.domain.invoicing.queries import DocumentCard, check_day, document_card, lines_of
from abono.domain.invoicing.rules import LeftTax, credited_sums
from abono.domain.ledger import rules as books
from abono.domain.payments.actions import lock_payer
from abono.domain.payments.allocating import note_allocation
from abono.domain.payments.queries import payment_card
from abono.domain.sellers.queries import seller_by_id


def credit_invoice(
    *,
    seller_id: int,
    document_id: UUID,
    reason: str,
    on: date,
    at: datetime,
    lines: Sequence[NewLine] | None = None,
) -> UUID:
    """Issue a credit note for an invoice, in full or for `lines` (positive net amounts); the note's id.

    Tax goes back in proportion, exactly so that credits of all parts give back all of it. Refuses more than what is
    left to credit.
    """
    with sql.in_transaction():
        card = document_card(seller_id=seller_id, document_id=document_id)
        lock_payer(seller_id=seller_id, customer_id=card.customer_id)
        card = document_card(seller_id=seller_id, document_id=document_id, lock=True)
        if card.kind != "invoice":
            raise Refused("invoicing.not_invoice", "Only an invoice is corrected by a credit note; void a request.")
        check_day(card=card, on=on)
        left_net, left = left_to_credit(seller_id=seller_id, card=card)
        chosen = list(lines) if lines is not None else _what_is_left(seller_id, card, left_net)
        net_minor = sum(line.net_minor for line in chosen)
        if not 0 < net_minor <= left_net:
            raise Refused("invoicing.credit_too_much", f"At most {left_net} minor units net are left to credit.")
        taxes = credited_sums(left=left, net_minor=net_minor, left_net=left_net)
        note = _note(seller_id, card, chosen, net_minor, taxes, on)
        gross_minor = note.net_minor + note.tax_minor
        from_open = min(gross_minor, card.open_minor)
        paid_minor = gross_minor - from_open
        note.bookings = books.credit_note_issued(
            net_minor=net_minor,
            taxes=[(str(code), int(str(tax))) for code, _, _, tax in taxes],
            paid_minor=paid_minor,
        )
        note.booked_as = "credit_note"
        write_documents(seller_id=seller_id, documents=[note], cause=reason, on=on, at=at)
        _lower_open(seller_id, card, from_open)
        if paid_minor:
            _free_paid(seller_id, card, paid_minor, on)
        if from_open and from_open == card.open_minor:
            tell_closed(
                seller_id=seller_id, document_id=card.id, customer_id=card.customer_id, how="credited", on=on, at=at
            )
        return UUID(note.id)


def left_to_credit(*, seller_id: int, card: DocumentCard) -> tuple[int, list[LeftTax]]:
    """Net and taxes that earlier credit notes have left of an invoice, in minor units."""
    net_minor = card.net_minor
    left = {(str(code), int(rate_bp)): (int(base), int(tax)) for code, rate_bp, base, tax in card.taxes}
    for credited, taxes in sql.rows(
        "SELECT net_minor, taxes FROM documents WHERE seller_id = %(seller)s AND corrects_id = %(id)s",
        {"seller": seller_id, "id": card.id},
    ):
        net_minor -= credited
        for code, rate_bp, base, tax in taxes:
            base_left, tax_left = left[code, rate_bp]
            left[code, rate_bp] = (base_left - base, tax_left - tax)
    return net_minor, [LeftTax(*key, *amounts) for key, amounts in left.items()]


def _what_is_left(seller_id: int, card: DocumentCard, left_net: int) -> list[NewLine]:
    if left_net == card.net_minor:
        return [new_line(line=line) for line in lines_of(seller_id=seller_id, document_id=card.id)]
    first = lines_of(seller_id=seller_id, document_id=card.id)[0]
    return [NewLine("", "", first.words, "", "", 1, "", "", left_net, first.tax_code)]


def _note(
    seller_id: int,
    card: DocumentCard,
    lines: Sequence[NewLine],
    net_minor: int,
    taxes: list[list[object]],
    on: date,
) -> NewDocument:
    seller = seller_by_id(seller_id=seller_id)
    day = on.isoformat()
    return NewDocument(
        id=fresh_id(),
        kind="credit_note",
        series=series_for(kind="credit_note", country=seller.country, letter=card.extra.get("letter", ""), on=on),
        customer_id=str(card.customer_id),
        words_id=str(card.words_id),
        issuer_id=str(seller.words_id),
        policy_version=card.policy_version,
        invoice_when=card.invoice_when,
        basis="",
        currency=card.currency,
        issued_on=day,
        due_on=day,
        renewal_on=card.renewal_on.isoformat(),
        net_minor=net_minor,
        tax_minor=sum(int(str(row[3])) for row in taxes),
        taxes=canonical_json(taxes),
        extra=canonical_json(card.extra),
        lines=list(lines),
        open_minor=0,
        state="issued",
        corrects_id=str(card.id),
    )


def _lower_open(seller_id: int, card: DocumentCard, amount_minor: int) -> None:
    if amount_minor:
        left = card.open_minor - amount_minor
        sql.change(
            "UPDATE documents SET open_minor = %(left)s, state = %(state)s "
            "WHERE seller_id = %(seller)s AND id = %(id)s",
            {"left": left, "state": "open" if left else "settled", "seller": seller_id, "id": card.id},
        )


def _free_paid(seller_id: int, card: DocumentCard, amount_minor: int, on: date) -> None:
    """Take the credited money back from what paid the invoice, or the request it came from, the last payment first."""
    for payment_id, document_id, paid in sql.rows(
        "SELECT payment_id, document_id, sum(amount_minor) FROM allocations WHERE seller_id = %(seller)s "
        "AND document_id = ANY(%(documents)s) GROUP BY payment_id, document_id HAVING sum(amount_minor) > 0 "
        "ORDER BY max(id::text) DESC",
        {"seller": seller_id, "documents": [one for one in (card.id, card.request_id) if one]},
    ):
        part = min(amount_minor, int(paid))
        payment = payment_card(seller_id=seller_id, payment_id=payment_id, lock=True)
        note_allocation(
            seller_id=seller_id,
            payment=payment,
            document_id=document_id,
            amount_minor=-part,
            cause="credited",
            on=on,
        )
        amount_minor -= part
        if not amount_minor:
            return
    raise Refused("invoicing.credit_unpaid", "The invoice's payments do not cover what is to be credited.")
