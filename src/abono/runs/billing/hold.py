"""Before a run writes: is its total far from what the same subscriptions cost the last time? Then a person confirms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from abono.base.facts.actions import record_fact
from abono.base.kernel.ids import new_id
from abono.base.kernel.refusal import Refused
from abono.base.store import sql
from abono.domain.catalogue.prices import Discount
from abono.domain.catalogue.pricing import amount, discounted
from abono.runs.billing.desk import Desk

FEWEST = 20
PER_CENT = 100


@dataclass(frozen=True, slots=True)
class Held:
    """A run that waits for confirmation: whole periods at today's prices against the last amounts, in minor units."""

    subscriptions: int
    planned_minor: int
    before_minor: int


_DUE = """
    SELECT s.plan_id, s.currency, s.cycle_unit, s.cycle_count, s.own_price, s.quantity, c.billed_to,
           count(*), sum(c.last_net_minor)
    FROM cursors AS c JOIN subscriptions AS s ON s.seller_id = c.seller_id AND s.id = c.subscription_id
    JOIN plans AS p ON p.seller_id = s.seller_id AND p.id = s.plan_id AND p.counted = 'fixed'
    WHERE c.seller_id = %(seller)s AND c.billed_to <= %(horizon)s AND c.last_net_minor IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM discounts AS d WHERE d.seller_id = s.seller_id AND d.subscription_id = s.id)
    GROUP BY 1, 2, 3, 4, 5, 6, 7
"""

_DUE_DISCOUNTED = """
    SELECT s.plan_id, s.currency, s.cycle_unit, s.cycle_count, s.own_price, s.quantity, c.billed_to,
           c.last_net_minor, d.found
    FROM cursors AS c JOIN subscriptions AS s ON s.seller_id = c.seller_id AND s.id = c.subscription_id
    JOIN (SELECT subscription_id,
                 jsonb_agg(jsonb_build_array(words, from_on, until_on, percent_bp, fixed_minor)) AS found
          FROM discounts WHERE seller_id = %(seller)s GROUP BY subscription_id) AS d ON d.subscription_id = s.id
    WHERE c.seller_id = %(seller)s AND c.billed_to <= %(horizon)s AND c.last_net_minor IS NOT NULL
"""


def check_total(*, desk: Desk, confirm: bool, at: datetime) -> Held | None:
    """Compare what is due with the same subscriptions' last whole periods; Held if they differ by more than the policy.

    From 20 subscriptions up; those billed for the first time do not count. A held run writes nothing but its row;
    `confirm` records who let it go.
    """
    count, planned, before = _totals(desk)
    limit = desk.policy.runs.hold_total_percent
    if count < FEWEST or abs(planned - before) * PER_CENT <= before * limit:
        return None
    held = Held(count, planned, before)
    state = "confirmed" if confirm else "held"
    if sql.value(
        "SELECT 1 FROM billing_runs WHERE seller_id = %(seller)s AND on_date = %(on)s AND state = %(state)s "
        "AND planned_minor = %(planned)s",
        {"seller": desk.seller.id, "on": desk.on, "state": state, "planned": planned},
    ):
        return None if confirm else held
    with sql.in_transaction():
        run_id = _record(desk, held, state, at)
        record_fact(
            seller_id=desk.seller.id,
            kind="RunConfirmed" if confirm else "RunHeld",
            cause=f"total {planned} against {before}",
            on=desk.on,
            at=at,
            subject_id=run_id,
        )
    return None if confirm else held


def _totals(desk: Desk) -> tuple[int, int, int]:
    """How many subscriptions are due again, what they would cost and what they cost the last time."""
    count = planned = before = 0
    parameters: dict[str, Any] = {"seller": desk.seller.id, "horizon": desk.horizon}
    for *terms, how_many, last in sql.rows(_DUE, parameters):
        net_minor = _cost(desk, *terms, discounts=())
        if net_minor is not None:
            count, planned, before = count + how_many, planned + how_many * net_minor, before + int(last)
    for *terms, last, found in sql.rows(_DUE_DISCOUNTED, parameters):
        discounts = [_discount(*one) for one in found]
        net_minor = _cost(desk, *terms, discounts=discounts)
        if net_minor is not None:
            count, planned, before = count + 1, planned + net_minor, before + int(last)
    return count, planned, before


def _cost(
    desk: Desk,
    plan_id: UUID,
    currency: str,
    unit: str,
    cycles: int,
    own: Decimal | None,
    quantity: int,
    renewal: date,
    *,
    discounts: Sequence[Discount],
) -> int | None:
    """The next whole period in minor units; None for who cannot be priced: the run parks them with the reason."""
    try:
        price = (
            desk.own_price(currency, own)
            if own is not None
            else desk.dated_price(plan_id, currency, unit, cycles, renewal).price
        )
        net_minor = amount(price=price, quantity=quantity, index_value=desk.index_value(price, renewal))
    except Refused:
        return None
    return discounted(net_minor=net_minor, discounts=discounts, on=renewal)[0] if discounts else net_minor


def _discount(words: str, from_on: str, until_on: str | None, percent_bp: int | None, fixed: int | None) -> Discount:
    until = date.fromisoformat(until_on) if until_on else None
    return Discount(words, date.fromisoformat(from_on), until, percent_bp or 0, fixed or 0)


def _record(desk: Desk, held: Held, state: str, at: datetime) -> UUID:
    run_id = new_id()
    sql.insert(
        "billing_runs",
        {
            "seller_id": desk.seller.id,
            "id": run_id,
            "on_date": desk.on,
            "started_at": at,
            "ended_at": at,
            "state": state,
            "documents": 0,
            "gross_minor": 0,
            "planned_minor": held.planned_minor,
            "before_minor": held.before_minor,
        },
    )
    return run_id
