"""Telling at once what a person or a bank has just done. One is a batch of one; each in the caller's transaction."""

from datetime import date, datetime
from uuid import UUID

from abono.base.store import sql
from abono.runs.notifying.desk import desk_of
from abono.runs.notifying.items import Item
from abono.runs.notifying.prepare import write_items


def tell(*, seller_id: int, items: list[Item], on: date, at: datetime) -> int:
    """Make the messages of some items that do not exist yet; how many."""
    return write_items(items=items, desk=desk_of(seller_id=seller_id, on=on, at=at))


def tell_arrangement(*, seller_id: int, arrangement_id: UUID, on: date, at: datetime) -> int:
    """A later date was granted."""
    row = sql.one(
        "SELECT document_id, customer_id, until_on FROM arrangements WHERE seller_id = %(seller)s AND id = %(id)s",
        {"seller": seller_id, "id": arrangement_id},
    )
    assert row is not None
    document_id, customer_id, until_on = row
    item = Item(f"arrangement:{arrangement_id}", "arrangement-granted", customer_id, document_id=document_id)
    item.until, item.foretells = until_on, True
    return tell(seller_id=seller_id, items=[item], on=on, at=at)


def tell_objection(*, seller_id: int, objection_id: UUID, on: date, at: datetime) -> int:
    """An objection was received, or decided; which of the two is read. One that was withdrawn is told to nobody."""
    row = sql.one(
        "SELECT document_id, customer_id, state, words, decision FROM objections "
        "WHERE seller_id = %(seller)s AND id = %(id)s",
        {"seller": seller_id, "id": objection_id},
    )
    assert row is not None
    document_id, customer_id, state, words, decision = row
    if state == "withdrawn":
        return 0
    received = state == "open"
    ref, kind = (
        (f"objection:{objection_id}", "objection-received")
        if received
        else (f"objection-decided:{objection_id}", "objection-decided")
    )
    item = Item(ref, kind, customer_id, document_id=document_id, words=words if received else decision)
    item.form, item.foretells = ("" if received else state), state == "rejected"
    return tell(seller_id=seller_id, items=[item], on=on, at=at)
