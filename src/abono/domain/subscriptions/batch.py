"""Many subscriptions at once."""

from datetime import date, datetime

from abono.base.facts.actions import record_fact
from abono.base.store import sql
from abono.domain.subscriptions.models import STATES


def end_finished(*, seller_id: int, on: date, at: datetime) -> int:
    """Contracts whose last day is over are cancelled; how many. Again: none."""
    with sql.in_transaction():
        ended = sql.rows(
            "UPDATE subscriptions SET state = 'cancelled' WHERE seller_id = %(seller)s AND ends_on <= %(on)s "
            "AND ends_on IS NOT NULL AND state <> 'cancelled' AND state = ANY(%(before)s) "
            "RETURNING id, customer_id, ends_on",
            {"seller": seller_id, "on": on, "before": list(STATES.sources_of("cancelled"))},
        )
        for subscription_id, customer_id, ends_on in ended:
            record_fact(
                seller_id=seller_id,
                kind="SubscriptionEnded",
                cause=f"ended on {ends_on}",
                on=on,
                at=at,
                customer_id=customer_id,
                subject_id=subscription_id,
            )
    return len(ended)
