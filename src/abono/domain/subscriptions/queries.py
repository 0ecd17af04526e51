"""Reading subscriptions."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from abono.base.kernel.refusal import Missing
from abono.base.store import sql
from abono.domain.subscriptions.planned import Change


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


def programmes_begun(*, seller_id: int, payers: Sequence[UUID]) -> dict[UUID, int]:
    """The anchor day of each payer's programme: that of the earliest subscription it pays for; none, no entry."""
    found = sql.rows(
        "SELECT DISTINCT ON (c.payer_id) c.payer_id, s.anchor_day FROM cursors AS c "
        "JOIN subscriptions AS s ON s.seller_id = c.seller_id AND s.id = c.subscription_id "
        "WHERE c.seller_id = %(seller)s AND c.payer_id = ANY(%(payers)s) ORDER BY c.payer_id, s.ordered_on, s.id",
        {"seller": seller_id, "payers": list(payers)},
    )
    return {payer_id: int(day) for payer_id, day in found}


def change_facts(*, seller_id: int, change: Change) -> dict[str, Any]:
    """What a change asks for, as facts and answers name it: the plan's key, quantity, price, cycle; the rest is not."""
    facts: dict[str, Any] = {}
    if change.plan_id is not None:
        facts["plan"] = sql.value(
            "SELECT key FROM plans WHERE seller_id = %(seller)s AND id = %(plan)s",
            {"seller": seller_id, "plan": change.plan_id},
        )
    if change.quantity is not None:
        facts["quantity"] = change.quantity
    if change.own_price is not None:
        facts["price"] = f"{change.own_price.normalize():f}"
    if change.cycle is not None:
        facts["cycle"] = change.cycle.text
    return facts
