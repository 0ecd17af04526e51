"""A client joins or leaves a partner: who pays from when, and what a period that is asked for already means then."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

from abono.base.kernel.days import plus_days
from abono.base.kernel.languages import Words, in_language
from abono.base.kernel.money import half_up
from abono.base.kernel.refusal import Refused
from abono.base.store import sql
from abono.domain.catalogue.pricing import cancellation_credit, net_of, rest_of
from abono.domain.customers.actions import begin_sponsorship, end_sponsorship
from abono.domain.customers.queries import customer_card, payer_on
from abono.domain.invoicing.words import CHARGE_WORDS, CREDIT_WORDS
from abono.domain.payments.actions import lock_payer
from abono.domain.subscriptions.periods import Period
from abono.runs.asked import last_asked
from abono.runs.at_once import add_charge, bill_now
from abono.runs.billing.closing import settle_cut
from abono.runs.billing.desk import Desk, desk_of
from abono.runs.collecting.releasing import free_who_left
from abono.runs.contracts import Contract, billed_for_locations, claimed_periods, contract_of, offer_of, whole_period


@dataclass(frozen=True, slots=True)
class Left:
    """What leaving made: credits for the partner's next document, and the client's own documents."""

    payer_id: UUID
    credit_minor: int
    document_ids: tuple[UUID, ...]


def join_partner(*, seller_id: int, customer_id: UUID, payer_id: UUID, from_on: date, on: date, at: datetime) -> None:
    """The partner pays for the client from the first renewal on or after `from_on` that is not asked for yet."""
    with sql.in_transaction():
        _lock_both(seller_id, customer_id, payer_id)
        begin_sponsorship(
            seller_id=seller_id, customer_id=customer_id, payer_id=payer_id, from_on=from_on, on=on, at=at
        )


def leave_partner(*, seller_id: int, customer_id: UUID, to_on: date, on: date, at: datetime) -> Left:
    """The client pays for itself from `to_on`: the partner gets the unused days back, the client is asked for them.

    Both by day, at the price the partner was billed and at the client's own price.
    """
    with sql.in_transaction():
        desk = desk_of(seller_id=seller_id, on=to_on)
        until_then = payer_on(seller_id=seller_id, customer_id=customer_id, on=plus_days(to_on, -1))
        _lock_both(seller_id, customer_id, until_then)
        payer_id = end_sponsorship(seller_id=seller_id, customer_id=customer_id, to_on=to_on, on=on, at=at)
        credit_minor, charged = 0, False
        for (subscription_id,) in sql.rows(
            "SELECT id FROM subscriptions WHERE seller_id = %(seller)s AND customer_id = %(customer)s ORDER BY id",
            {"seller": seller_id, "customer": customer_id},
        ):
            contract = contract_of(seller_id=seller_id, subscription_id=subscription_id)
            _check_asked(desk, contract)
            back, asked = _move_rest(desk, contract, payer_id)
            settle_cut(desk=desk, subscription_id=subscription_id, day=to_on, on=on, at=at)
            credit_minor, charged = credit_minor + back, charged or asked
        documents: tuple[UUID, ...] = ()
        if charged and to_on <= on:
            today = desk_of(seller_id=seller_id, on=on)
            documents = bill_now(
                desk=today,
                payer_id=customer_id,
                only=None,
                limit=on,
                cause="left the partner",
                at=at,
                charges_only=True,
            )
        if to_on <= on:
            free_who_left(seller_id=seller_id, on=on, at=at)
    return Left(payer_id, credit_minor, documents)


def _lock_both(seller_id: int, customer_id: UUID, payer_id: UUID) -> None:
    """No run bills either of them while who pays for whom changes."""
    for one in sorted({customer_id, payer_id}):
        lock_payer(seller_id=seller_id, customer_id=one)


def _check_asked(desk: Desk, contract: Contract) -> None:
    """Refuse to leave inside a period to come: the partner would be asked for all of it, nobody could set it right."""
    billed_to: date | None = sql.value(
        "SELECT billed_to FROM cursors WHERE seller_id = %(seller)s AND subscription_id = %(subscription)s",
        {"seller": desk.seller.id, "subscription": contract.id},
    )
    if billed_to is None or desk.on <= billed_to:
        return
    period_from = whole_period(contract, desk.on).period_from
    if desk.on != period_from:
        raise Refused(
            "customers.leaves_inside",
            f"The days around {desk.on} are not asked for yet; leave on {period_from}, or say it once they are.",
        )


def _move_rest(desk: Desk, contract: Contract, payer_id: UUID) -> tuple[int, bool]:
    """Credit the partner and charge the client for what is left of each period the partner was asked for."""
    credit_minor, charged = 0, False
    for document_id, period in claimed_periods(desk, contract):
        if last_asked(desk.seller.id, contract.id, document_id, period) != payer_id:
            continue
        credit, charge = _rest(desk, contract, document_id, period, desk.on)
        if contract.ends_on is not None:
            # The days after its end nobody pays for.
            beyond = _rest(desk, contract, document_id, period, max(contract.ends_on, desk.on))
            credit, charge = credit - beyond[0], charge - beyond[1]
        key = f"leave-{contract.id}-{period.period_from}-{desk.on}"
        for who, words, net_minor in ((payer_id, CREDIT_WORDS, -credit), (contract.customer_id, CHARGE_WORDS, charge)):
            if net_minor:
                _charge(desk, contract, who, words, net_minor, key, period)
        credit_minor, charged = credit_minor + credit, charged or charge > 0
    return credit_minor, charged


def _rest(desk: Desk, contract: Contract, document_id: UUID, period: Period, day: date) -> tuple[int, int]:
    """What a period costs from a day on: as the partner was asked for it, and at the client's own price."""
    counted = desk.book.plans[contract.plan_id].counted != "fixed"
    quantity = _active_on(desk, contract) if counted else contract.quantity
    offer = offer_of(desk, contract, contract.plan_id, quantity, contract.own_price, period)
    if not counted:
        minor = cancellation_credit(period=period, offer=offer, on=day)[0]
        return minor, minor
    if offer.price.model == "flat":
        offer = replace(offer, price=replace(offer.price, model="per_unit"))
    rest = rest_of(period=period, on=day)
    billed = billed_for_locations(desk, contract, document_id)[1]
    return half_up(billed * rest / Fraction(period.days, period.cycle_days)), net_of(offer=offer, fraction=rest)


def _active_on(desk: Desk, contract: Contract) -> int:
    """How many of the client's locations count on the day from which it pays for itself."""
    return int(
        sql.value(
            "SELECT count(*) FROM activations WHERE seller_id = %(seller)s AND subscription_id = %(subscription)s "
            "AND from_on <= %(day)s AND (to_on IS NULL OR to_on > %(day)s)",
            {"seller": desk.seller.id, "subscription": contract.id, "day": desk.on},
        )
    )


def _charge(
    desk: Desk, contract: Contract, payer_id: UUID, words: Words, net_minor: int, key: str, period: Period
) -> None:
    payer = customer_card(seller_id=desk.seller.id, customer_id=payer_id)
    add_charge(
        seller_id=desk.seller.id,
        key=f"{key}-{'credit' if net_minor < 0 else 'charge'}",
        customer_id=contract.customer_id,
        payer_id=payer_id,
        profile_id=payer.default_profile_id,
        kind="true-up",
        category=desk.category(contract.plan_id),
        words=in_language(words, payer.language).format(plan=desk.plan_name(contract.plan_id, payer.language)),
        currency=contract.currency,
        on=desk.on,
        subscription_id=contract.id,
        period_from=max(desk.on, period.period_from),
        period_to=period.period_to,
        net_minor=net_minor,
    )
