"""Reading subscriptions."""

from typing import NamedTuple
from uuid import UUID

from abono.base.kernel.refusal import Missing
from abono.base.store import sql


class SubscriptionCard(NamedTuple):
    """A subscription in short."""

    id: UUID
    customer_id: UUID
    plan_id: UUID
    currency: str
    state: str


def find_subscription(*, seller_id: int, asked: str) -> SubscriptionCard:
    """The subscription named by its reference or its id; Missing when there is none."""
    row = sql.one(
        "SELECT id, customer_id, plan_id, currency, state FROM subscriptions WHERE seller_id = %(seller)s "
        "AND (reference = %(asked)s OR id::text = lower(%(asked)s))",
        {"seller": seller_id, "asked": asked},
    )
    if row is None:
        raise Missing("subscriptions.unknown", f"This seller has no subscription {asked!r}.")
    return SubscriptionCard(*row)
