"""Upholding an objection: the seller takes the document back, and what it held is free."""

from datetime import date, datetime
from uuid import UUID

from abono.base.store import sql
from abono.domain.collections.actions import close_objection
from abono.domain.invoicing.queries import document_card
from abono.runs.corrections import credit_by_hand, void_by_hand


def uphold_objection(*, seller_id: int, document_id: UUID, words: str, on: date, at: datetime) -> None:
    """The customer is right: an open request is voided, an invoice credited in full; holds on its services close."""
    with sql.in_transaction():
        close_objection(seller_id=seller_id, document_id=document_id, state="upheld", words=words, on=on, at=at)
        card = document_card(seller_id=seller_id, document_id=document_id)
        take_back = void_by_hand if card.kind == "request" else credit_by_hand
        take_back(seller_id=seller_id, document_id=document_id, reason=words, on=on, at=at)
