"""Closing a location: from that day it is not active, and no subscription counts it."""

from datetime import date, datetime
from uuid import UUID

from abono.base.facts.actions import record_fact
from abono.base.kernel.days import plus_days, span
from abono.base.kernel.refusal import Missing, Refused
from abono.base.store import sql
from abono.domain.subscriptions.actions import deactivate_location


def close_location(*, seller_id: int, location_id: UUID, active_to: date, on: date, at: datetime) -> None:
    """Set the first day on which a location is no longer active, and end what counts it on that day.

    Refuses a day before its first, a later day than one already set, and a day on or before which a subscription has
    just begun to count it.
    """
    key = {"seller": seller_id, "location": location_id, "day": active_to}
    with sql.in_transaction():
        customer_id = sql.value(
            "SELECT customer_id FROM locations WHERE seller_id = %(seller)s AND id = %(location)s FOR NO KEY UPDATE",
            key,
        )
        if customer_id is None:
            raise Missing("customers.no_location", "This seller has no such location.")
        if not sql.change(
            "UPDATE locations SET active_to = %(day)s WHERE seller_id = %(seller)s AND id = %(location)s "
            "AND active_from < %(day)s AND (active_to IS NULL OR active_to >= %(day)s)",
            key,
        ):
            days = sql.one(
                "SELECT active_from, active_to FROM locations WHERE seller_id = %(seller)s AND id = %(location)s", key
            )
            assert days is not None
            begin = plus_days(days[0], 1)
            raise Refused(
                "customers.location_days",
                f"This location cannot close on {active_to}; its first day closed may be "
                f"{span(begin, days[1], most_included=True)}.",
            )
        for (subscription_id,) in sql.rows(
            "SELECT subscription_id FROM activations WHERE seller_id = %(seller)s AND location_id = %(location)s "
            "AND (to_on IS NULL OR to_on > %(day)s) ORDER BY subscription_id",
            key,
        ):
            deactivate_location(
                seller_id=seller_id,
                subscription_id=subscription_id,
                location_id=location_id,
                to_on=active_to,
                on=on,
                at=at,
            )
        record_fact(
            seller_id=seller_id,
            kind="LocationClosed",
            cause=f"on {active_to}",
            on=on,
            at=at,
            customer_id=customer_id,
            subject_id=location_id,
        )
