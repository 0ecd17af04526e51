"""Objections and later dates with what follows from them at once: whoever asked is told, what was held is free."""

from datetime import date, datetime
from uuid import UUID

from abono.base.kernel.refusal import Missing
from abono.base.store import sql
from abono.domain.collections.actions import arrange_later_date, close_objection, raise_objection
from abono.domain.invoicing.queries import document_card
from abono.runs.corrections import credit_by_hand, void_by_hand
from abono.runs.notifying.at_once import tell_arrangement, tell_objection


def object_to(*, seller_id: int, document_id: UUID, words: str, on: date, at: datetime) -> UUID:
    """Object to a document for its customer, who is told that it was received; the objection's id."""
    with sql.in_transaction():
        objection_id = raise_objection(seller_id=seller_id, document_id=document_id, words=words, on=on, at=at)
        tell_objection(seller_id=seller_id, objection_id=objection_id, on=on, at=at)
    return objection_id


def decide_objection(*, seller_id: int, document_id: UUID, state: str, words: str, on: date, at: datetime) -> None:
    """End the open objection as rejected, withdrawn or upheld, and tell the customer; upheld takes it back."""
    with sql.in_transaction():
        objection_id = _open(seller_id, document_id)
        if state == "upheld":
            uphold_objection(seller_id=seller_id, document_id=document_id, words=words, on=on, at=at)
        else:
            close_objection(seller_id=seller_id, document_id=document_id, state=state, words=words, on=on, at=at)
        tell_objection(seller_id=seller_id, objection_id=objection_id, on=on, at=at)


def uphold_objection(*, seller_id: int, document_id: UUID, words: str, on: date, at: datetime) -> None:
    """The customer is right: an open request is voided, an invoice credited in full; holds on its services close."""
    with sql.in_transaction():
        close_objection(seller_id=seller_id, document_id=document_id, state="upheld", words=words, on=on, at=at)
        card = document_card(seller_id=seller_id, document_id=document_id)
        take_back = void_by_hand if card.kind == "request" else credit_by_hand
        take_back(seller_id=seller_id, document_id=document_id, reason=words, on=on, at=at)


def put_off(
    *, seller_id: int, document_id: UUID, until: date, on: date, at: datetime, by: str = "customer", reason: str = ""
) -> UUID:
    """Agree on a later date for a document, by the rules of `arrange_later_date`, and tell the customer; its id."""
    with sql.in_transaction():
        arrangement_id = arrange_later_date(
            seller_id=seller_id, document_id=document_id, until=until, on=on, at=at, by=by, reason=reason
        )
        tell_arrangement(seller_id=seller_id, arrangement_id=arrangement_id, on=on, at=at)
    return arrangement_id


def _open(seller_id: int, document_id: UUID) -> UUID:
    found: UUID | None = sql.value(
        "SELECT id FROM objections WHERE seller_id = %(seller)s AND document_id = %(document)s AND state = 'open'",
        {"seller": seller_id, "document": document_id},
    )
    if found is None:
        raise Missing("collections.no_objection", "There is no open objection to this document.")
    return found
