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


def tell_payment_received(*, seller_id: int, payment_id: UUID, on: date, at: datetime) -> int:
    """Money arrived for documents that no invoice follows: those that ask for money themselves, and parts.

    A request paid in full is told by its invoice.
    """
    found = sql.rows(
        "SELECT a.document_id, d.customer_id, sum(a.amount_minor)::bigint, d.open_minor FROM allocations AS a "
        "JOIN documents AS d ON d.seller_id = a.seller_id AND d.id = a.document_id "
        "WHERE a.seller_id = %(seller)s AND a.payment_id = %(payment)s AND (d.kind = 'invoice' OR d.open_minor > 0) "
        "GROUP BY a.document_id, d.customer_id, d.open_minor HAVING sum(a.amount_minor) > 0 ORDER BY a.document_id",
        {"seller": seller_id, "payment": payment_id},
    )
    items = [
        Item(
            f"paid:{payment_id}:{document_id}",
            "payment-received",
            customer_id,
            document_id=document_id,
            form="part" if open_minor else "full",
            paid_minor=paid_minor,
            day=on,
        )
        for document_id, customer_id, paid_minor, open_minor in found
    ]
    return tell(seller_id=seller_id, items=items, on=on, at=at)


def tell_payment_failed(
    *, seller_id: int, document_id: UUID, customer_id: UUID, key: str, again_on: date | None, on: date, at: datetime
) -> int:
    """A charge to what is on file was declined. `key` names the try, `again_on` the day of the next, if any."""
    item = Item(f"declined:{key}", "payment-failed", customer_id, document_id=document_id, foretells=True)
    item.form, item.day = ("again", again_on) if again_on else ("final", None)
    return tell(seller_id=seller_id, items=[item], on=on, at=at)
