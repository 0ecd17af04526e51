"""Reading the catalogue: the book of prices that a run holds in memory."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from abono.base.kernel.refusal import Missing, Refused
from abono.base.store import sql
from abono.domain.catalogue.prices import Price, check_price


@dataclass(frozen=True, slots=True)
class PlanCard:
    """A plan in short; `name` by language."""

    id: UUID
    key: str
    name: dict[str, str]
    category: str
    counted: str


@dataclass(frozen=True, slots=True)
class DatedPrice:
    """A price and the day it holds from."""

    effective_on: date
    price: Price
    setup_minor: int


PriceKey = tuple[UUID, str, str, int]


@dataclass(slots=True)
class PriceBook:
    """All plans and prices of a seller, and the index values asked for so far."""

    plans: dict[UUID, PlanCard]
    prices: dict[PriceKey, list[DatedPrice]]
    _index: dict[tuple[str, date], Decimal | None] = field(default_factory=dict)

    def plan(self, *, plan_id: UUID) -> PlanCard:
        """The plan; Missing when the seller has none with this id."""
        found = self.plans.get(plan_id)
        if found is None:
            raise unknown_plan()
        return found

    def dated_price(self, *, key: PriceKey, on: date) -> DatedPrice:
        """The price of (plan, currency, cycle unit, cycle count) in force on a day; refuses when there is none."""
        found = None
        for dated in self.prices.get(key, ()):
            if dated.effective_on > on:
                break
            found = dated
        if found is None:
            plan = self.plans.get(key[0])
            wanted = f"Plan {plan.key if plan else key[0]} has no price in {key[1]} for {key[3]} {key[2]}(s) on {on}"
            raise Refused("catalogue.no_price", f"{wanted}; {self._there_is(key[0], on)}.")
        return found

    def check_currency(self, *, currency: str, home: str) -> None:
        """Refuse a customer's currency in which nothing is sold: neither the policy's (`home`) nor any price's."""
        sold = {home, *(key[1] for key in self.prices)}
        if currency not in sold:
            raise Refused(
                "catalogue.currency",
                f"Nothing is sold in {currency}; a customer may have {', '.join(sorted(sold))}, or another currency "
                "once a plan has a price in it (abono plan price).",
                currency=currency,
            )

    def _there_is(self, plan_id: UUID, on: date) -> str:
        """The prices that a plan has on a day, in words."""
        held = sorted(
            key[1:] for key, dated in self.prices.items() if key[0] == plan_id and dated[0].effective_on <= on
        )
        said = [f"{currency} for {count} {unit}(s)" for currency, unit, count in held]
        return f"it has: {', '.join(said)}" if said else "it has none yet"

    def index_value(self, *, name: str, on: date) -> Decimal | None:
        """The value of an index on a day, or None when it is not known yet."""
        key = (name, on)
        if key not in self._index:
            self._index[key] = sql.value(
                "SELECT value FROM index_values WHERE name = %(name)s AND on_date = %(day)s", {"name": name, "day": on}
            )
        return self._index[key]


def check_plan(*, seller_id: int, plan_id: UUID) -> None:
    """Missing when the seller has no plan with this id."""
    if not sql.value(
        "SELECT 1 FROM plans WHERE seller_id = %(seller)s AND id = %(plan)s", {"seller": seller_id, "plan": plan_id}
    ):
        raise unknown_plan()


def unknown_plan() -> Missing:
    """There is no such plan."""
    return Missing("catalogue.unknown_plan", "The seller has no such plan.")


def price_book(*, seller_id: int) -> PriceBook:
    """The seller's plans and prices, read once."""
    plans = {
        row[0]: PlanCard(*row)
        for row in sql.rows(
            "SELECT id, key, name, category, counted FROM plans WHERE seller_id = %(seller)s", {"seller": seller_id}
        )
    }
    prices: dict[PriceKey, list[DatedPrice]] = {}
    for plan_id, currency, unit, count, day, model, unit_price, tiers, setup_minor, index_name in sql.rows(
        "SELECT plan_id, currency, cycle_unit, cycle_count, effective_on, model, unit_price, tiers, setup_minor, "
        "index_name FROM prices WHERE seller_id = %(seller)s ORDER BY effective_on",
        {"seller": seller_id},
    ):
        price = check_price(model=model, currency=currency, unit_price=unit_price, tiers=tiers, index_name=index_name)
        prices.setdefault((plan_id, currency, unit, count), []).append(DatedPrice(day, price, setup_minor))
    return PriceBook(plans, prices)
