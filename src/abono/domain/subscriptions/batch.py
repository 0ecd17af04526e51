"""Many subscriptions at once."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from abono.base.facts import actions as facts
from abono.base.facts.actions import record_fact
from abono.base.kernel.ids import new_id
from abono.base.store import sql
from abono.domain.subscriptions.models import STATES
from abono.domain.subscriptions.moving import Cause, move_services
from abono.domain.subscriptions.queries import programmes_begun
from abono.domain.subscriptions.rows import SubscriptionRow, fixed_anchor


class NewSubscription(NamedTuple):
    """A contract to write, made out to the customer's default profile."""

    id: UUID
    customer_id: UUID
    row: SubscriptionRow
    cause: str


def write_subscriptions(
    *, seller_id: int, anchor: str, subscriptions: Sequence[NewSubscription], on: date, at: datetime
) -> None:
    """Write contracts in the caller's transaction; their customers are there. `anchor` is the policy's rule for it."""
    customers = sorted({one.customer_id for one in subscriptions})
    profiles: dict[UUID, UUID] = dict(
        sql.rows(
            "SELECT id, default_profile_id FROM customers WHERE seller_id = %(seller)s AND id = ANY(%(ids)s)",
            {"seller": seller_id, "ids": customers},
        )
    )
    payers = _payers(seller_id, customers, subscriptions)
    begun: dict[UUID, int] = {}
    if anchor == "programme":
        begun = programmes_begun(seller_id=seller_id, payers=sorted(set(payers.values())))
    days = []
    for one in subscriptions:
        start = one.row.started_on
        fixed = fixed_anchor(rule=anchor, given=None, start=start)
        days.append(begun.setdefault(payers[one.id], start.day) if fixed is None else fixed)
    sql.copy_in(
        "subscriptions",
        ["seller_id", "id", "customer_id", "profile_id", "anchor_day", "ordered_on", *SubscriptionRow._fields],
        (
            (seller_id, one.id, one.customer_id, profiles[one.customer_id], day, on, *one.row)
            for one, day in zip(subscriptions, days, strict=True)
        ),
    )
    sql.copy_in(
        "cursors",
        ["seller_id", "payer_id", "subscription_id", "billed_to", "last_net_minor"],
        ((seller_id, payers[one.id], one.id, one.row.started_on, None) for one in subscriptions),
    )
    sql.copy_in(
        "facts",
        facts.COLUMNS,
        (
            (seller_id, new_id(), "SubscriptionOrdered", on, at, one.customer_id, None, one.id, one.cause, None)
            for one in subscriptions
        ),
    )


def _payers(seller_id: int, customers: Sequence[UUID], subscriptions: Sequence[NewSubscription]) -> dict[UUID, UUID]:
    """Who pays for the first period of each contract: a sponsor on the day it begins, else the customer."""
    spans: dict[UUID, list[tuple[date, date | None, UUID]]] = {}
    for customer_id, from_on, to_on, payer_id in sql.rows(
        "SELECT customer_id, from_on, to_on, payer_id FROM sponsorships "
        "WHERE seller_id = %(seller)s AND customer_id = ANY(%(ids)s)",
        {"seller": seller_id, "ids": customers},
    ):
        spans.setdefault(customer_id, []).append((from_on, to_on, payer_id))
    payers = {}
    for one in subscriptions:
        start = one.row.started_on
        sponsors = (
            payer_id
            for from_on, to_on, payer_id in spans.get(one.customer_id, ())
            if from_on <= start and (to_on is None or start < to_on)
        )
        payers[one.id] = next(sponsors, one.customer_id)
    return payers


def start_free(*, seller_id: int, subscriptions: Sequence[str], on: date, at: datetime) -> None:
    """Services that waited for a payment begin, when nothing is asked for their first period.

    Not those counted by locations: they have none yet.
    """
    fixed = sql.rows(
        "SELECT s.id FROM subscriptions AS s JOIN plans AS p ON p.seller_id = s.seller_id AND p.id = s.plan_id "
        "WHERE s.seller_id = %(seller)s AND s.id = ANY(%(ids)s::uuid[]) AND p.counted = 'fixed'",
        {"seller": seller_id, "ids": list(subscriptions)},
    )
    move_services(
        seller_id=seller_id,
        subscriptions=[row[0] for row in fixed],
        after="active",
        before=["ordered"],
        cause=Cause("free"),
        words="nothing to pay",
        on=on,
        at=at,
    )


def end_finished(*, seller_id: int, on: date, at: datetime) -> int:
    """Contracts whose last day is over are cancelled; how many. Again: none."""
    with sql.in_transaction():
        over = sql.rows(
            "SELECT id, ends_on FROM subscriptions WHERE seller_id = %(seller)s AND ends_on <= %(on)s "
            "AND ends_on IS NOT NULL AND state <> 'cancelled' AND state = ANY(%(before)s) ORDER BY id",
            {"seller": seller_id, "on": on, "before": list(STATES.sources_of("cancelled"))},
        )
        ends: dict[UUID, date] = dict(over)
        ended = move_services(
            seller_id=seller_id,
            subscriptions=ends,
            after="cancelled",
            cause=Cause("ended"),
            words="ended",
            on=on,
            at=at,
        )
        for one in ended:
            record_fact(
                seller_id=seller_id,
                kind="SubscriptionEnded",
                cause=f"ended on {ends[one.id]}",
                on=on,
                at=at,
                customer_id=one.customer_id,
                subject_id=one.id,
            )
    return len(ended)
