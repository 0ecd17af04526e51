"""What is told of money: that it arrived, where no invoice says so; that a charge to a saved method was declined."""

from datetime import date

from abono.base.store import sql
from abono.runs.notifying.desk import Desk
from abono.runs.notifying.items import Item


def items_of_money(*, since: date, desk: Desk) -> list[Item]:
    """Money that arrived, and charges that were declined, on the days from `since` up to the desk's."""
    span = {"seller": desk.seller.id, "since": since, "until": desk.on}
    return [*_arrived(span), *_declined(span)]


def _arrived(span: dict[str, object]) -> list[Item]:
    """Money for documents that no invoice follows: those that ask for money themselves, and parts.

    A request paid in full is told by its invoice.
    """
    found = sql.rows(
        """
        SELECT m.payment_id, a.document_id, d.customer_id, sum(a.amount_minor)::bigint, d.open_minor, m.on_date
        FROM payment_moves AS m
        JOIN allocations AS a ON a.seller_id = m.seller_id AND a.payment_id = m.payment_id
        JOIN documents AS d ON d.seller_id = a.seller_id AND d.id = a.document_id
        WHERE m.seller_id = %(seller)s AND m.after = 'settled' AND m.on_date BETWEEN %(since)s AND %(until)s
          AND (d.kind = 'invoice' OR d.open_minor > 0) AND d.state <> 'voided'
        GROUP BY m.payment_id, a.document_id, d.customer_id, d.open_minor, m.on_date
        HAVING sum(a.amount_minor) > 0 ORDER BY m.payment_id, a.document_id
        """,
        span,
    )
    return [
        Item(
            f"paid:{payment_id}:{document_id}",
            "payment-received",
            customer_id,
            document_id=document_id,
            form="part" if open_minor else "full",
            paid_minor=paid_minor,
            day=day,
        )
        for payment_id, document_id, customer_id, paid_minor, open_minor, day in found
    ]


def _declined(span: dict[str, object]) -> list[Item]:
    """Charges that were declined for documents still owed, with the day of the next try, if there is one."""
    items = []
    for key, document_id, customer_id, again_on in sql.rows(
        """
        SELECT a.key, a.document_id, a.customer_id, a.retry_on
        FROM attempts AS a JOIN documents AS d ON d.seller_id = a.seller_id AND d.id = a.document_id
        WHERE a.seller_id = %(seller)s AND a.state = 'declined' AND a.ended_on BETWEEN %(since)s AND %(until)s
          AND d.open_minor > 0 AND d.state = 'open' ORDER BY a.id
        """,
        span,
    ):
        item = Item(f"declined:{key}", "payment-failed", customer_id, document_id=document_id, foretells=True)
        item.form, item.day = ("again", again_on) if again_on else ("final", None)
        items.append(item)
    return items
