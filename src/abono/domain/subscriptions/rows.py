"""Rows of contracts, checked and ready to store: an order and a whole file make the same ones."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from abono.base.kernel.days import plus_days
from abono.base.kernel.money import minor_digits
from abono.base.kernel.refusal import Refused
from abono.domain.catalogue.prices import check_quantity, check_unit_price
from abono.domain.customers.plain_text import plain
from abono.domain.sellers.policy.model import Cycle as Rules
from abono.domain.subscriptions.periods import Cycle, Terms


class SubscriptionRow(NamedTuple):
    """What is stored of a contract, beside ids, profile, anchor day and day of the order."""

    plan_id: UUID
    words: str
    currency: str
    cycle_unit: str
    cycle_count: int
    started_on: date
    terms_from: date
    continues: bool
    ends_on: date | None
    quantity: int
    own_price: Decimal | None
    reference: str | None
    state: str


def subscription_row(
    *,
    rules: Rules,
    plan_id: UUID,
    cycle: Cycle,
    currency: str,
    start: date,
    end: date | None = None,
    quantity: object = 1,
    own_price: object = None,
    words: str = "",
    reference: str | None = None,
    continues: bool = False,
) -> SubscriptionRow:
    """The row of a contract under a policy's rules. A service that `continues` runs already, so it is active.

    `end` is the end date as the order names it; `ends_on` of the row is always the first day no longer contracted.

    Refuses an unsold cycle, an unknown currency, impossible days, prices and quantities, and names nobody can print.
    """
    check_sold(rules=rules, cycle=cycle)
    minor_digits(currency)
    Terms(start, cycle, start.day, end)
    return SubscriptionRow(
        plan_id,
        plain(words, what="the service's name", longest=300),
        currency,
        cycle.unit,
        cycle.count,
        start,
        start,
        continues,
        None if end is None else first_day_without(rules=rules, end=end),
        check_quantity(quantity),
        None if own_price is None else check_unit_price(own_price, what="The price"),
        None if reference is None else plain(reference, what="the reference", longest=200),
        "active" if continues or rules.activate == "at-once" else "ordered",
    )


def check_sold(*, rules: Rules, cycle: Cycle) -> None:
    """Refuse a cycle that the policy does not sell."""
    if not rules.sells(unit=cycle.unit, count=cycle.count):
        sold = ", ".join(f"{one.count} {one.unit}" for one in rules.sold)
        raise Refused("subscriptions.cycle_not_sold", f"The policy does not sell by {cycle.text}; it sells by: {sold}.")


def first_day_without(*, rules: Rules, end: date) -> date:
    """The first day no longer contracted, for an end date as people name it (`cycle.end_day`)."""
    return plus_days(end, 1) if rules.end_day == "inclusive" else end


def fixed_anchor(*, rule: str, given: int | None, start: date) -> int | None:
    """The anchor day that the policy's rule settles alone; None: it follows the payer's programme."""
    if rule == "first-of-month":
        return 1
    if rule == "service":
        if given not in (None, start.day):
            raise Refused("subscriptions.anchor", "Under this policy a service renews on the day it started.")
        return start.day
    if given is not None and not 1 <= given <= 31:
        raise Refused("subscriptions.bad_anchor", f"The anchor day is {given}; allowed: 1 to 31.")
    return given
