"""Changes inside a period: plan and quantity now, cancellation now. Shown by `quote_*` before they are done.

What the customer owes more is asked for at once. What goes back corrects the document that asked for the period.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from abono.base.facts.actions import record_fact
from abono.base.kernel.ids import new_id
from abono.base.kernel.money import half_up
from abono.base.kernel.refusal import Refused
from abono.base.store import sql
from abono.domain.catalogue.prices import check_quantity, check_unit_price
from abono.domain.catalogue.pricing import cancellation_credit, change_lines, rest_of
from abono.domain.customers.queries import customer_card
from abono.domain.invoicing.words import CHARGE_WORDS, CREDIT_WORDS
from abono.domain.payments.actions import lock_payer
from abono.domain.sellers.queries import policy_in_force
from abono.domain.subscriptions.actions import end_subscription, next_renewal, plan_change_at_renewal
from abono.domain.subscriptions.periods import Cycle, Period
from abono.domain.subscriptions.planned import Planned
from abono.domain.subscriptions.rows import first_day_without
from abono.runs.asked import askers, room_of
from abono.runs.at_once import add_charge, bill_now
from abono.runs.billing.closing import closing_minor, settle_ended
from abono.runs.billing.desk import Desk, desk_of
from abono.runs.contracts import (
    Adjustment,
    Contract,
    billed_for_locations,
    claimed_periods,
    contract_of,
    offer_of,
    payer_of,
    whole_period,
)
from abono.runs.giving_back import give_back, words_for


@dataclass(frozen=True, slots=True)
class Quote:
    """What a change would do now, and what the whole period costs from the next renewal on, net in minor units.

    `then_minor` is None where there is no next renewal, and where it depends on an index value that is not known yet.
    `later_minor` goes on the payer's next document: locations that joined or left before the service ended.
    """

    adjustments: tuple[Adjustment, ...]
    next_renewal: date | None
    then_minor: int | None
    currency: str
    later_minor: int = 0

    @property
    def now_minor(self) -> int:
        """More to pay now (above zero) or to get back (below), net."""
        return sum(one.charge_minor - one.credit_minor for one in self.adjustments)


@dataclass(frozen=True, slots=True)
class Changed:
    """The documents that a change made: new demands, reissued requests, credit notes; or what is `planned` instead."""

    quote: Quote
    document_ids: tuple[UUID, ...]
    planned: Planned | None = None


def quote_change(
    *,
    seller_id: int,
    subscription_id: UUID,
    on: date,
    plan_id: UUID | None = None,
    quantity: int | None = None,
    own_price: object = None,
) -> Quote:
    """What changing plan or quantity on a day would cost or give back; writes nothing."""
    desk = desk_of(seller_id=seller_id, on=on)
    contract = contract_of(seller_id=seller_id, subscription_id=subscription_id)
    return _quote_change(desk, contract, plan_id or contract.plan_id, quantity, own_price)


def change_now(
    *,
    seller_id: int,
    subscription_id: UUID,
    on: date,
    at: datetime,
    plan_id: UUID | None = None,
    quantity: int | None = None,
    own_price: object = None,
) -> Changed:
    """Change plan or quantity from a day on: the rest of what is asked for is credited and charged anew, by day.

    Refuses counted plans (their locations are the quantity) and contracts that have ended.
    """
    with sql.in_transaction():
        desk = desk_of(seller_id=seller_id, on=on)
        payer_id = payer_of(desk, contract_of(seller_id=seller_id, subscription_id=subscription_id))
        lock_payer(seller_id=seller_id, customer_id=payer_id)
        contract = contract_of(seller_id=seller_id, subscription_id=subscription_id, lock=True)
        plans = [desk.book.plan(plan_id=one) for one in (contract.plan_id, plan_id or contract.plan_id)]
        if "locations" in (plan.counted for plan in plans):
            raise Refused("subscriptions.counted", "This plan is counted by active locations; change those instead.")
        quote = _quote_change(desk, contract, plan_id or contract.plan_id, quantity, own_price)
        _store_change(seller_id, contract, plan_id, quantity, own_price)
        record_fact(
            seller_id=seller_id,
            kind="SubscriptionChanged",
            cause="change at once",
            on=on,
            at=at,
            customer_id=contract.customer_id,
            subject_id=subscription_id,
            data={
                "plan": str(plan_id or contract.plan_id),
                "quantity": quantity,
                "now_minor": quote.now_minor,
            },
        )
        names = (contract.plan_id, plan_id or contract.plan_id)
        documents = [
            *give_back(desk, contract, [one for one in quote.adjustments if _is_back(one)], names, "change", at),
            *_ask_more(desk, contract, payer_id, [one for one in quote.adjustments if not _is_back(one)], names, at),
        ]
    return Changed(quote, tuple(documents))


def change_service(
    *,
    seller_id: int,
    subscription_id: UUID,
    on: date,
    at: datetime,
    plan_id: UUID | None = None,
    quantity: int | None = None,
    own_price: Decimal | None = None,
    cycle: Cycle | None = None,
    at_once: bool | None = None,
) -> Changed:
    """Change plan, quantity, price or cycle: on the day, or from the next renewal; unsaid, as the policy says.

    Another cycle always begins at a renewal.
    """
    if changes_at_once(seller_id=seller_id, on=on, cycle=cycle, at_once=at_once):
        return change_now(
            seller_id=seller_id,
            subscription_id=subscription_id,
            on=on,
            at=at,
            plan_id=plan_id,
            quantity=quantity,
            own_price=own_price,
        )
    with sql.in_transaction():
        contract = contract_of(seller_id=seller_id, subscription_id=subscription_id)
        planned = plan_change_at_renewal(
            seller_id=seller_id,
            subscription_id=subscription_id,
            on=on,
            at=at,
            plan_id=plan_id,
            quantity=quantity,
            cycle=cycle,
            own_price=own_price,
        )
    return Changed(Quote((), planned.from_on, None, contract.currency), (), planned)


def changes_at_once(*, seller_id: int, on: date, cycle: Cycle | None = None, at_once: bool | None = None) -> bool:
    """Whether a change happens on its day: as was said, else as the policy says. Refuses another cycle on the day."""
    if cycle is not None and at_once:
        raise Refused(
            "subscriptions.cycle_at_once",
            "Another cycle begins at a renewal, never within a period; leave out that it is to be at once.",
        )
    if at_once is not None:
        return at_once
    return cycle is None and policy_in_force(seller_id=seller_id, on=on).policy.cycle.change == "at-once"


def quote_cancellation(
    *, seller_id: int, subscription_id: UUID, on: date, at_once: bool | None = None, end: date | None = None
) -> Quote:
    """What would go back, if the service were cancelled so; writes nothing."""
    desk = desk_of(seller_id=seller_id, on=on)
    contract = contract_of(seller_id=seller_id, subscription_id=subscription_id)
    return _quote_end(desk, contract, _end_of(desk, contract, at_once, end))


def cancel_service(
    *,
    seller_id: int,
    subscription_id: UUID,
    on: date,
    at: datetime,
    at_once: bool | None = None,
    end: date | None = None,
) -> Changed:
    """End a service: on a named day, else at once or when what is asked for runs out; unsaid, as the policy says.

    `end` is read as `cycle.end_day` says: the last day with the service, or the first without it. Unused time goes back
    if the policy refunds it. Time nobody paid for yet is not asked for any longer, whatever the policy.
    """
    with sql.in_transaction():
        desk = desk_of(seller_id=seller_id, on=on)
        payer_id = payer_of(desk, contract_of(seller_id=seller_id, subscription_id=subscription_id))
        lock_payer(seller_id=seller_id, customer_id=payer_id)
        contract = contract_of(seller_id=seller_id, subscription_id=subscription_id, lock=True)
        ends_on = _end_of(desk, contract, at_once, end)
        quote = _quote_end(desk, contract, ends_on)
        end_subscription(seller_id=seller_id, subscription_id=subscription_id, ends_on=ends_on, on=on, at=at)
        names = (contract.plan_id, contract.plan_id)
        documents = give_back(desk, contract, quote.adjustments, names, "cancellation", at)
        if ends_on <= on:
            settle_ended(desk=desk, at=at, only=[subscription_id])
    return Changed(quote, tuple(documents))


def _quote_change(desk: Desk, contract: Contract, plan_id: UUID, quantity: int | None, own_price: object) -> Quote:
    if contract.state in ("cancelled", "terminated"):
        raise Refused("subscriptions.ended", "This subscription has ended; order the service anew to have it again.")
    if contract.state == "suspended":
        raise Refused("subscriptions.suspended", "This service is suspended; it can be changed once it is restored.")
    desk.book.plan(plan_id=plan_id)
    own = None if own_price is None else check_unit_price(own_price, what="The price")
    count = contract.quantity if quantity is None else check_quantity(quantity)
    keeps_own = plan_id == contract.plan_id and own is None
    new_own = contract.own_price if keeps_own else own
    adjustments = []
    for document_id, period in claimed_periods(desk, contract):
        old = offer_of(desk, contract, contract.plan_id, contract.quantity, contract.own_price, period)
        new = offer_of(desk, contract, plan_id, count, new_own, period)
        change = change_lines(period=period, old=old, new=new, on=desk.on)
        credit_minor = change.credit_minor
        if credit_minor > change.charge_minor:
            most_minor = change.charge_minor + room_of(askers(desk, contract, document_id, period))
            credit_minor = min(credit_minor, most_minor)
        adjustments.append(Adjustment(document_id, period, credit_minor, change.charge_minor, desk.on))
    renewal = next_renewal(seller_id=desk.seller.id, subscription_id=contract.id)
    then = offer_of(desk, contract, plan_id, count, new_own, whole_period(contract, renewal))
    then_minor = None
    if then.price.index_name is None or then.index_value is not None:
        then_minor = change_lines(period=whole_period(contract, renewal), old=then, new=then, on=renewal).charge_minor
    return Quote(tuple(adjustments), renewal, then_minor, contract.currency)


def _end_of(desk: Desk, contract: Contract, at_once: bool | None, end: date | None) -> date:
    """The first day without the service, for a cancellation on the desk's day."""
    rules = desk.policy.cycle
    if end is not None:
        ends_on = first_day_without(rules=rules, end=end)
        if ends_on < desk.on:
            raise Refused("subscriptions.end_past", f"The end {end} is past; a service ends on {desk.on} or later.")
        return ends_on
    if at_once is None:
        at_once = rules.cancel == "at-once"
    if at_once:
        return max(desk.on, contract.started_on)
    return next_renewal(seller_id=desk.seller.id, subscription_id=contract.id)


def _quote_end(desk: Desk, contract: Contract, ends_on: date) -> Quote:
    adjustments: list[Adjustment] = []
    for document_id, period in claimed_periods(desk, contract, after=ends_on):
        credit_minor = _unused(desk, contract, document_id, period, ends_on)
        if contract.ends_on is not None:
            # An earlier cancellation gave back the days from its end on.
            credit_minor -= _unused(desk, contract, document_id, period, max(contract.ends_on, ends_on))
        unpaid_only = desk.policy.cycle.refund == "none"
        if credit_minor > 0:
            most_minor = room_of(askers(desk, contract, document_id, period, unpaid_only=unpaid_only))
            credit_minor = min(credit_minor, most_minor)
        adjustments.append(Adjustment(document_id, period, credit_minor, 0, ends_on, unpaid_only))
    later_minor = closing_minor(desk=desk, subscription_id=contract.id, day=ends_on) if ends_on <= desk.on else 0
    return Quote(tuple(adjustments), None, None, contract.currency, later_minor)


def _unused(desk: Desk, contract: Contract, document_id: UUID, period: Period, ends_on: date) -> int:
    """What was asked for the days from `ends_on` on; for counted plans, of the locations that the document billed."""
    if desk.book.plans[contract.plan_id].counted == "fixed":
        offer = offer_of(desk, contract, contract.plan_id, contract.quantity, contract.own_price, period)
        return cancellation_credit(period=period, offer=offer, on=ends_on)[0]
    _, billed = billed_for_locations(desk, contract, document_id)
    return half_up(billed * rest_of(period=period, on=ends_on) / period.fraction)


def _is_back(one: Adjustment) -> bool:
    return one.charge_minor < one.credit_minor


def _store_change(
    seller_id: int, contract: Contract, plan_id: UUID | None, quantity: int | None, own_price: object
) -> None:
    keeps_own = (plan_id is None or plan_id == contract.plan_id) and own_price is None
    sql.change(
        "UPDATE subscriptions SET plan_id = coalesce(%(plan)s, plan_id), quantity = coalesce(%(quantity)s, quantity), "
        "own_price = CASE WHEN %(keeps)s THEN own_price ELSE %(own)s END "
        "WHERE seller_id = %(seller)s AND id = %(subscription)s",
        {
            "plan": plan_id,
            "quantity": quantity,
            "keeps": keeps_own,
            "own": own_price,
            "seller": seller_id,
            "subscription": contract.id,
        },
    )


def _ask_more(
    desk: Desk,
    contract: Contract,
    payer_id: UUID,
    adjustments: Sequence[Adjustment],
    plans: tuple[UUID, UUID],
    at: datetime,
) -> list[UUID]:
    """One document at once for all periods that cost more: a credit line and a charge line each."""
    payer = customer_card(seller_id=desk.seller.id, customer_id=payer_id)
    profile_id = contract.profile_id if payer_id == contract.customer_id else payer.default_profile_id
    change_key = new_id()
    asked = False
    for index, one in enumerate(adjustments):
        if one.charge_minor == one.credit_minor:
            continue
        asked = True
        for kind, words, plan_id, net_minor in (
            ("charge", CHARGE_WORDS, plans[1], one.charge_minor),
            ("credit", CREDIT_WORDS, plans[0], -one.credit_minor),
        ):
            if net_minor:
                add_charge(
                    seller_id=desk.seller.id,
                    key=f"change-{change_key}-{index}-{kind}",
                    customer_id=contract.customer_id,
                    payer_id=payer_id,
                    profile_id=profile_id,
                    kind=kind,
                    category=desk.category(plan_id),
                    words=words_for(desk, words, plan_id, payer.language),
                    currency=contract.currency,
                    on=desk.on,
                    subscription_id=contract.id,
                    period_from=one.day_from,
                    period_to=one.period.period_to,
                    net_minor=net_minor,
                )
    if not asked:
        return []
    made = bill_now(
        desk=desk,
        payer_id=payer_id,
        only=contract.id,
        limit=desk.on,
        cause="change at once",
        at=at,
        charges_only=True,
    )
    return list(made)
