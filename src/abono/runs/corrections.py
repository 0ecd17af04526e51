"""Correcting a document by hand, under its payer's lock: void, issue anew, credit a part."""

from datetime import date, datetime
from uuid import UUID

from abono.base.kernel.refusal import Refused
from abono.base.store import sql
from abono.domain.invoicing.actions import reissue_request, void_request
from abono.domain.invoicing.batch import NewLine
from abono.domain.invoicing.queries import document_card, lines_of
from abono.domain.payments.actions import lock_payer, pay_documents, release_money
from abono.domain.payments.credit import credit_invoice


def void_by_hand(*, seller_id: int, document_id: UUID, reason: str, on: date, at: datetime) -> None:
    """Void an open request; its periods are not asked for again. What was paid on it is the customer's again."""
    with sql.in_transaction():
        _lock_payer_of(seller_id, document_id)
        release_money(seller_id=seller_id, document_id=document_id, cause=reason, on=on, at=at)
        void_request(seller_id=seller_id, document_id=document_id, reason=reason, on=on, at=at)


def reissue_by_hand(*, seller_id: int, document_id: UUID, reason: str, on: date, at: datetime) -> UUID:
    """Void an open request and issue it anew, made out to the profile as it is now; the new document's id.

    What was paid on the old one pays the new one.
    """
    with sql.in_transaction():
        _lock_payer_of(seller_id, document_id)
        freed = release_money(seller_id=seller_id, document_id=document_id, cause=reason, on=on, at=at)
        anew = reissue_request(seller_id=seller_id, document_id=document_id, reason=reason, on=on, at=at)
        for payment_id in freed:
            pay_documents(seller_id=seller_id, payment_id=payment_id, chosen=[anew], cause=reason, on=on, at=at)
        return anew


def credit_by_hand(
    *,
    seller_id: int,
    document_id: UUID,
    reason: str,
    on: date,
    at: datetime,
    net_minor: int | None = None,
    words: str = "",
) -> UUID:
    """Credit what is left of an invoice, or `net_minor` of it as one line of these words; the credit note's id.

    A part of an invoice whose lines are taxed differently is refused: nobody could say which tax goes back.
    """
    with sql.in_transaction():
        _lock_payer_of(seller_id, document_id)
        lines = None
        if net_minor is not None:
            codes = {line.tax_code for line in lines_of(seller_id=seller_id, document_id=document_id)}
            if len(codes) > 1:
                raise Refused(
                    "invoicing.several_taxes", "The lines are taxed differently; only all of it can be credited."
                )
            lines = [NewLine("", "", words or reason, "", "", 1, "", "", net_minor, codes.pop() if codes else "none")]
        return credit_invoice(seller_id=seller_id, document_id=document_id, reason=reason, on=on, at=at, lines=lines)


def _lock_payer_of(seller_id: int, document_id: UUID) -> None:
    card = document_card(seller_id=seller_id, document_id=document_id)
    lock_payer(seller_id=seller_id, customer_id=card.customer_id)
