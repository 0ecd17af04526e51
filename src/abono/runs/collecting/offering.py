"""After a restoration: the next longer period, offered with its amounts or applied, as the policy says.

It begins with the first cycle not yet asked for, never beyond half a year, and is not offered where it has no price.
"""

from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from abono.base.facts.actions import record_fact
from abono.base.kernel.ids import new_id
from abono.base.kernel.refusal import Missing, Refused
from abono.base.store import sql
from abono.domain.catalogue.pricing import net_of
from abono.domain.sellers.policy import Length, Policy
from abono.domain.subscriptions.actions import plan_change_at_renewal
from abono.domain.subscriptions.periods import Cycle
from abono.runs.billing.desk import Desk, desk_of
from abono.runs.contracts import Contract, contract_of, offer_of, payer_of, whole_period


def offer_longer_period(*, seller_id: int, subscription_id: UUID, on: date, at: datetime) -> UUID | None:
    """Offer or apply the next longer period to a restored service; the offer's id, None where there is none.

    It is made to whoever pays for the service.
    """
    desk = desk_of(seller_id=seller_id, on=on)
    mode = desk.policy.restoration.longer_period_mode
    contract = contract_of(seller_id=seller_id, subscription_id=subscription_id)
    longer = _next_rung(desk.policy, contract)
    if mode == "off" or longer is None or _has_open_offer(seller_id, subscription_id):
        return None
    if contract.own_price is not None or desk.book.plans[contract.plan_id].counted != "fixed":
        return None  # an agreed price stands for its own period alone; what is counted has no amount yet
    from_on = sql.value(
        "SELECT billed_to FROM cursors WHERE seller_id = %(seller)s AND subscription_id = %(subscription)s",
        {"seller": seller_id, "subscription": subscription_id},
    )
    if from_on is None:
        return None
    new = Cycle(longer.unit, longer.count)
    try:
        amounts = [_amount(desk, contract, cycle, from_on) for cycle in (_cycle_of(contract), new)]
    except (Missing, Refused):
        return None  # no price for it: not offered
    payer_id = payer_of(desk, contract)
    offer_id = new_id()
    sql.insert(
        "period_offers",
        {
            "seller_id": seller_id,
            "id": offer_id,
            "subscription_id": subscription_id,
            "customer_id": payer_id,
            "from_on": from_on,
            "now_unit": contract.cycle_unit,
            "now_count": contract.cycle_count,
            "now_minor": amounts[0],
            "new_unit": new.unit,
            "new_count": new.count,
            "new_minor": amounts[1],
            "made_on": on,
            "state": "open",
            "decided_on": None,
        },
    )
    record_fact(
        seller_id=seller_id,
        kind="LongerPeriodOffered",
        cause="restored",
        on=on,
        at=at,
        customer_id=payer_id,
        subject_id=subscription_id,
        data={"cycle": new.text, "net_minor": amounts[1], "from": from_on},
    )
    if mode == "automatic":
        _apply(seller_id, offer_id, "applied", on, at)
    return offer_id


def accept_longer_period(*, seller_id: int, offer_id: UUID, on: date, at: datetime) -> date:
    """The customer takes the offer: the longer period from the next renewal; the day it begins."""
    return _apply(seller_id, offer_id, "accepted", on, at)


def decline_longer_period(*, seller_id: int, offer_id: UUID, on: date, at: datetime) -> None:
    """The customer keeps the period as it is."""
    with sql.in_transaction():
        subscription_id, customer_id, _, _ = _open_offer(seller_id, offer_id)
        _decide(seller_id, offer_id, "declined", on)
        _note("LongerPeriodDeclined", seller_id, customer_id, subscription_id, "declined", on, at)


def _apply(seller_id: int, offer_id: UUID, state: str, on: date, at: datetime) -> date:
    with sql.in_transaction():
        subscription_id, customer_id, unit, count = _open_offer(seller_id, offer_id)
        planned = plan_change_at_renewal(
            seller_id=seller_id, subscription_id=subscription_id, on=on, at=at, cycle=Cycle(unit, count)
        )
        _decide(seller_id, offer_id, state, on)
        _note("LongerPeriodTaken", seller_id, customer_id, subscription_id, state, on, at)
    return planned.from_on


def _next_rung(policy: Policy, contract: Contract) -> Length | None:
    """The next longer period of the ladder than the contract's; None at its end, or where it does not stand on it."""
    ladder = policy.restoration.longer_period
    for rung, following in pairwise(ladder):
        if (rung.unit, rung.count) == (_cycle_of(contract).unit, contract.cycle_count):
            return following
    return None


def _cycle_of(contract: Contract) -> Cycle:
    return Cycle(contract.cycle_unit, contract.cycle_count)  # type: ignore[arg-type]


def _amount(desk: Desk, contract: Contract, cycle: Cycle, from_on: date) -> int:
    """What a whole period of the cycle costs from that renewal on, minor units net."""
    as_if = replace(contract, cycle_unit=cycle.unit, cycle_count=cycle.count, terms_from=from_on)
    period = whole_period(as_if, from_on)
    return net_of(offer=offer_of(desk, as_if, contract.plan_id, contract.quantity, contract.own_price, period))


def _open_offer(seller_id: int, offer_id: UUID) -> tuple[UUID, UUID, Any, int]:
    row = sql.one(
        "SELECT subscription_id, customer_id, new_unit, new_count, state FROM period_offers "
        "WHERE seller_id = %(seller)s AND id = %(offer)s FOR NO KEY UPDATE",
        {"seller": seller_id, "offer": offer_id},
    )
    if row is None:
        raise Missing("collections.no_offer", "This seller has made no such offer.")
    if row[4] != "open":
        raise Refused("collections.offer_closed", f"This offer is {row[4]} already; nothing more can be done with it.")
    return row[0], row[1], row[2], row[3]


def _has_open_offer(seller_id: int, subscription_id: UUID) -> bool:
    return bool(
        sql.value(
            "SELECT 1 FROM period_offers WHERE seller_id = %(seller)s AND subscription_id = %(subscription)s "
            "AND state = 'open'",
            {"seller": seller_id, "subscription": subscription_id},
        )
    )


def _decide(seller_id: int, offer_id: UUID, state: str, on: date) -> None:
    sql.change(
        "UPDATE period_offers SET state = %(state)s, decided_on = %(on)s "
        "WHERE seller_id = %(seller)s AND id = %(offer)s",
        {"state": state, "on": on, "seller": seller_id, "offer": offer_id},
    )


def _note(
    kind: str, seller_id: int, customer_id: UUID, subscription_id: UUID, cause: str, on: date, at: datetime
) -> None:
    record_fact(
        seller_id=seller_id,
        kind=kind,
        cause=cause,
        on=on,
        at=at,
        customer_id=customer_id,
        subject_id=subscription_id,
    )
