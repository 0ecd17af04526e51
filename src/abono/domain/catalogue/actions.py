"""Commands on the catalogue: one transaction each."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from abono.base.facts.actions import record_fact
from abono.base.kernel.ids import new_id
from abono.base.kernel.money import GREATEST_MINOR
from abono.base.kernel.refusal import Missing, Refused
from abono.base.store import sql
from abono.domain.catalogue.prices import check_price
from abono.domain.customers.plain_text import plain

COUNTED = ("fixed", "locations")


def add_plan(
    *,
    seller_id: int,
    key: str,
    name: Mapping[str, str],
    on: date,
    at: datetime,
    category: str = "service",
    counted: str = "fixed",
) -> UUID:
    """Add something to sell; its id. `name` is by language and needs `en` or the seller's language."""
    if counted not in COUNTED:
        raise Refused("catalogue.counted", f"Unknown way to count {counted!r}; allowed: {', '.join(COUNTED)}.")
    if not name or not all(name.values()):
        raise Refused("catalogue.no_name", "A plan needs a name.")
    clean = {language: plain(text, what="the plan's name", longest=200) for language, text in name.items()}
    names = {"en": next(iter(clean.values())), **clean}
    plan_id = new_id()
    with sql.in_transaction():
        if sql.value(
            "SELECT 1 FROM plans WHERE seller_id = %(seller)s AND key = %(key)s", {"seller": seller_id, "key": key}
        ):
            raise Refused("catalogue.plan_taken", f"There is a plan {key!r} already.")
        sql.insert(
            "plans",
            {
                "seller_id": seller_id,
                "id": plan_id,
                "key": key,
                "name": json.dumps(names, ensure_ascii=False),
                "category": category,
                "counted": counted,
            },
        )
        record_fact(seller_id=seller_id, kind="PlanAdded", cause=key, on=on, at=at, subject_id=plan_id)
    return plan_id


def add_price(
    *,
    seller_id: int,
    plan_id: UUID,
    currency: str,
    cycle_unit: str,
    cycle_count: int,
    model: object,
    effective_on: date,
    on: date,
    at: datetime,
    unit_price: object = None,
    tiers: Sequence[object] = (),
    setup_minor: int = 0,
    index_name: str | None = None,
) -> UUID:
    """Add what a plan costs for one cycle from a day on; its id. Refuses what `check_price` refuses."""
    price = check_price(model=model, currency=currency, unit_price=unit_price, tiers=tiers, index_name=index_name)
    if not 0 <= setup_minor <= GREATEST_MINOR:
        raise Refused("catalogue.setup", "A set-up fee is not negative.")
    price_id = new_id()
    with sql.in_transaction():
        _check_is_new(seller_id, plan_id, currency, cycle_unit, cycle_count, effective_on)
        tiered = model in ("graduated", "volume")
        sql.insert(
            "prices",
            {
                "seller_id": seller_id,
                "id": price_id,
                "plan_id": plan_id,
                "currency": currency,
                "cycle_unit": cycle_unit,
                "cycle_count": cycle_count,
                "effective_on": effective_on,
                "model": price.model,
                "unit_price": None if tiered else price.unit_price,
                "tiers": json.dumps(price.tier_rows),
                "setup_minor": setup_minor,
                "index_name": index_name,
            },
        )
        record_fact(
            seller_id=seller_id,
            kind="PriceAdded",
            cause=f"from {effective_on}",
            on=on,
            at=at,
            subject_id=plan_id,
            data={"currency": currency, "cycle": f"{cycle_count} {cycle_unit}"},
        )
    return price_id


def _check_is_new(seller_id: int, plan_id: UUID, currency: str, unit: str, count: int, day: date) -> None:
    if sql.value(
        "SELECT 1 FROM prices WHERE seller_id = %(seller)s AND plan_id = %(plan)s AND currency = %(currency)s "
        "AND cycle_unit = %(unit)s AND cycle_count = %(count)s AND effective_on = %(day)s",
        {"seller": seller_id, "plan": plan_id, "currency": currency, "unit": unit, "count": count, "day": day},
    ):
        raise Refused(
            "catalogue.price_taken",
            f"This plan has a price in {currency} for {count} {unit}(s) from {day} already; prices do not change, "
            "but another may hold from another day.",
        )


def add_index_values(*, name: str, values: Mapping[date, Decimal], source: str) -> int:
    """Store published values of an index by day; how many are new. A stored value is never changed."""
    if any(value <= 0 for value in values.values()):
        raise Refused("catalogue.index_value", f"Values of {name} must be positive.")
    if not source:
        raise Refused("catalogue.index_source", "Values of an index need the name of their source.")
    new = 0
    with sql.in_transaction():
        for day, value in sorted(values.items()):
            stored = sql.value(
                "SELECT value FROM index_values WHERE name = %(name)s AND on_date = %(day)s", {"name": name, "day": day}
            )
            if stored is not None and stored != value:
                raise Refused(
                    "catalogue.index_changed", f"{name} of {day} is stored as {stored}; published values do not change."
                )
            if stored is None:
                sql.insert("index_values", {"name": name, "on_date": day, "value": value, "source": source})
                new += 1
    return new


def plan_named(*, seller_id: int, key: str) -> UUID:
    """The id of the plan with this key; Missing when the seller has none."""
    plan_id: UUID | None = sql.value(
        "SELECT id FROM plans WHERE seller_id = %(seller)s AND key = %(key)s", {"seller": seller_id, "key": key}
    )
    if plan_id is None:
        raise Missing("catalogue.unknown_plan", f"The seller has no plan {key!r}.")
    return plan_id
