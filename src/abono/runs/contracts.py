"""A subscription as changes inside a period need it, and the periods that are asked for already."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from abono.base.kernel.refusal import Missing
from abono.base.store import sql
from abono.domain.catalogue.prices import Discount, Price
from abono.domain.catalogue.pricing import Offer, applying
from abono.domain.customers.queries import payer_on
from abono.domain.subscriptions.periods import Cycle, Period, Terms, whole_cycle
from abono.runs.billing.desk import Desk


@dataclass(frozen=True, slots=True)
class Contract:
    """A subscription as changes need it."""

    id: UUID
    customer_id: UUID
    profile_id: UUID
    plan_id: UUID
    currency: str
    cycle_unit: str
    cycle_count: int
    anchor_day: int
    terms_from: date
    started_on: date
    ends_on: date | None
    quantity: int
    own_price: Decimal | None
    state: str


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What a change on a day does to one period that is asked for already: minor units net, neither negative.

    `unpaid_only`: only what nobody paid for yet goes back.
    """

    document_id: UUID
    period: Period
    credit_minor: int
    charge_minor: int
    on: date
    unpaid_only: bool = False

    @property
    def day_from(self) -> date:
        """The first day of the period that the change is about."""
        return max(self.on, self.period.period_from)


def contract_of(*, seller_id: int, subscription_id: UUID, lock: bool = False) -> Contract:
    """The subscription; Missing when the seller has none with this id."""
    names = ", ".join(Contract.__dataclass_fields__)
    row = sql.one(
        f"SELECT {names} FROM subscriptions WHERE seller_id = %(seller)s AND id = %(subscription)s"
        + (" FOR NO KEY UPDATE" if lock else ""),
        {"seller": seller_id, "subscription": subscription_id},
    )
    if row is None:
        raise Missing("subscriptions.unknown", "This seller has no such subscription.")
    return Contract(*row)


def payer_of(desk: Desk, contract: Contract) -> UUID:
    """Who pays for what the contract asks for on the desk's day."""
    return payer_on(seller_id=desk.seller.id, customer_id=contract.customer_id, on=desk.on)


def offer_of(
    desk: Desk, contract: Contract, plan_id: UUID, quantity: int, own_price: Decimal | None, period: Period
) -> Offer:
    """What a period costs under a plan, quantity and price, with the contract's discounts."""
    price: Price
    if own_price is not None:
        price = desk.own_price(contract.currency, own_price)
    else:
        price = desk.dated_price(
            plan_id, contract.currency, contract.cycle_unit, contract.cycle_count, period.period_from
        ).price
    discounts = [
        Discount(words, from_on, until_on, percent_bp or 0, fixed_minor or 0)
        for words, from_on, until_on, percent_bp, fixed_minor in sql.rows(
            "SELECT words, from_on, until_on, percent_bp, fixed_minor FROM discounts WHERE seller_id = %(seller)s "
            "AND subscription_id = %(subscription)s ORDER BY id",
            {"seller": desk.seller.id, "subscription": contract.id},
        )
    ]
    return Offer(
        price,
        quantity,
        desk.index_value(price, period.period_from),
        applying(discounts=discounts, on=period.period_from),
    )


def claimed_periods(desk: Desk, contract: Contract, *, after: date | None = None) -> list[tuple[UUID, Period]]:
    """Periods that are asked for and not over on the desk's day (or on `after`), with the document that asks."""
    found = sql.rows(
        "SELECT document_id, period_from, period_to FROM claims WHERE seller_id = %(seller)s "
        "AND subscription_id = %(subscription)s AND period_to > %(on)s AND document_id IS NOT NULL "
        "ORDER BY period_from",
        {"seller": desk.seller.id, "subscription": contract.id, "on": after or desk.on},
    )
    return [(document_id, _period(contract, day_from, day_to)) for document_id, day_from, day_to in found]


def _period(contract: Contract, day_from: date, day_to: date) -> Period:
    cycle_from, cycle_to = whole_cycle(_terms(contract), day_from)
    return Period(day_from, day_to, (day_to - day_from).days, (cycle_to - cycle_from).days)


def whole_period(contract: Contract, day: date) -> Period:
    """The whole cycle around a day."""
    cycle_from, cycle_to = whole_cycle(_terms(contract), day)
    return Period(cycle_from, cycle_to, (cycle_to - cycle_from).days, (cycle_to - cycle_from).days)


def _terms(contract: Contract) -> Terms:
    cycle = Cycle(contract.cycle_unit, contract.cycle_count)  # type: ignore[arg-type]
    return Terms(contract.terms_from, cycle, contract.anchor_day, None)


def billed_for_locations(desk: Desk, contract: Contract, document_id: UUID) -> tuple[int, Fraction]:
    """How many of the contract's locations a document billed for its period, and for how much in minor units."""
    row = sql.one(
        "SELECT count(*), coalesce(sum(r.net_minor), 0) FROM annex_rows AS r "
        "JOIN lines AS l ON l.seller_id = r.seller_id AND l.document_id = r.document_id AND l.line_no = r.line_no "
        "WHERE r.seller_id = %(seller)s AND r.document_id = %(document)s AND r.subscription_id = %(subscription)s "
        "AND l.unit_price IS NOT NULL",
        {"seller": desk.seller.id, "document": document_id, "subscription": contract.id},
    )
    assert row is not None
    return int(row[0]), Fraction(int(row[1]))
