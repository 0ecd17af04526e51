"""Invoices that wait for a billing profile: tax is due with the payment, so a month's end needs a person."""

from datetime import date, datetime

from abono.base.facts.actions import record_fact
from abono.base.kernel.days import in_month, plus_days
from abono.base.store import sql

ALARM_DAYS = 3
_KIND = "InvoiceStillWaiting"


def alarm_waiting(*, seller_id: int, on: date, at: datetime) -> int:
    """In the last three days of a month, note once for each paid request that its invoice still waits; how many."""
    month_end = in_month(on.year, on.month, 31)
    if on <= plus_days(month_end, -ALARM_DAYS):
        return 0
    with sql.in_transaction():
        found = sql.rows(
            """
            SELECT w.request_id, w.customer_id, w.since FROM waiting_invoices AS w
            WHERE w.seller_id = %(seller)s AND NOT EXISTS (
              SELECT 1 FROM facts AS f WHERE f.seller_id = w.seller_id AND f.customer_id = w.customer_id
              AND f.document_id = w.request_id AND f.kind = %(kind)s AND f.on_date >= %(month)s)
            ORDER BY w.since, w.request_id
            """,
            {"seller": seller_id, "kind": _KIND, "month": on.replace(day=1)},
        )
        for request_id, customer_id, since in found:
            record_fact(
                seller_id=seller_id,
                kind=_KIND,
                cause=f"waiting since {since}, the month ends on {month_end}",
                on=on,
                at=at,
                customer_id=customer_id,
                document_id=request_id,
            )
    return len(found)
