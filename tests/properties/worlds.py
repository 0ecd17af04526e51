"""Random small worlds: sellers of all five kinds with plans, customers, contracts and what people do meanwhile.

A `Spec` is plain data, so that a failing example can be read; `build` makes it real, twice the same if asked twice.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from tests.world import World, at, make_world

INDEX = "UF-OF-TESTS"
# Days before the renewal on which each policy issues.
LEADS = {"hosting_cl": 10, "hosting_ar": 15, "booking_hu": 8, "franchise_us": 20, "partners_us": 0}
# The partners' policy issues on the renewal day, so any cycle can be sold; a longer lead needs longer cycles.
MORE_CYCLES = {"partners_us": {'sold = ["1 month"]': 'sold = ["1 week", "2 weeks", "1 month", "5 months", "1 year"]'}}
CYCLES = {
    "partners_us": [("week", 1), ("week", 2), ("month", 1), ("month", 5)],
    "franchise_us": [("month", 1)],
}
OTHER_CYCLES = [("month", 1), ("month", 3), ("month", 12)]
ANCHORED = {"partners_us"}
# The end date that an order names is the last day with the service there, elsewhere the first without.
INCLUSIVE = {"booking_hu"}


def few(examples: int) -> settings:
    """A few examples, always the same; ABONO_EXAMPLES=n asks for n random ones. A spec is small, so none is shrunk."""
    asked = os.environ.get("ABONO_EXAMPLES")
    return settings(
        max_examples=int(asked or examples),
        derandomize=asked is None,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


Offset = int  # days from the spec's first day


@dataclass(frozen=True)
class PlanSpec:
    """A plan with the same price for every cycle of the policy."""

    model: str
    price: str
    tiers: tuple[tuple[int | None, str], ...]
    setup_minor: int
    indexed: bool = False
    counted: bool = False


@dataclass(frozen=True)
class ContractSpec:
    """A subscription: whose, of what, since when, with all that makes its periods and amounts."""

    customer: int
    plan: int
    cycle: tuple[str, int]
    start: Offset
    anchor_day: int
    quantity: int
    profile: int
    end: Offset | None
    percent_bp: int
    fixed_minor: int
    discount_days: int


@dataclass(frozen=True)
class Deed:
    """What somebody does after the first run: see DEEDS."""

    kind: str
    who: int
    day: Offset
    number: int


@dataclass(frozen=True)
class Spec:
    """A world: the seller's policy, its first day, and what is in it."""

    policy: str
    first: date
    profiles: tuple[int, ...]
    sponsored: bool
    plans: tuple[PlanSpec, ...]
    contracts: tuple[ContractSpec, ...]
    deeds: tuple[Deed, ...]
    days: int


@dataclass
class Built:
    """A spec made real."""

    spec: Spec
    world: World
    customers: list[UUID] = field(default_factory=list)
    profiles: list[list[UUID]] = field(default_factory=list)
    plans: list[UUID] = field(default_factory=list)
    contracts: list[UUID] = field(default_factory=list)
    locations: list[list[UUID]] = field(default_factory=list)

    def day(self, offset: int) -> date:
        return self.spec.first + timedelta(days=offset)

    @property
    def ids(self) -> dict[str, int]:
        return {"seller_id": self.world.seller_id}


some_prices = st.decimals(1, 900, places=2, allow_nan=False, allow_infinity=False).map(str)


@st.composite
def some_plans(draw: st.DrawFn, policy: str, fixed_only: bool) -> PlanSpec:
    model = draw(st.sampled_from(["flat", "per_unit", "graduated", "volume"]))
    countable = not fixed_only and policy == "partners_us" and model != "flat"
    limits = sorted(draw(st.sets(st.integers(1, 6), min_size=1, max_size=2)))
    tiers = tuple((limit, draw(some_prices)) for limit in [*limits, None])
    return PlanSpec(
        model,
        draw(some_prices),
        tiers if model in ("graduated", "volume") else (),
        draw(st.sampled_from([0, 0, 4_999])),
        indexed=policy == "hosting_cl" and draw(st.booleans()),
        counted=countable and draw(st.sampled_from([True, True, False])),
    )


@st.composite
def some_contracts(draw: st.DrawFn, policy: str, customers: int, profiles: tuple[int, ...], plans: int) -> ContractSpec:
    customer = draw(st.integers(0, customers - 1))
    discount = draw(st.sampled_from(["none", "none", "percent", "fixed"]))
    return ContractSpec(
        customer=customer,
        plan=draw(st.integers(0, plans - 1)),
        cycle=draw(st.sampled_from(CYCLES.get(policy, OTHER_CYCLES))),
        start=draw(st.integers(-45, 45)),
        anchor_day=draw(st.sampled_from([1, 15, 28, 29, 30, 31])),
        quantity=draw(st.sampled_from([0, 1, 2, 3, 5, 9])),
        profile=draw(st.integers(0, profiles[customer] - 1)),
        end=draw(st.none() | st.integers(46, 110)),
        percent_bp=draw(st.integers(1, 10_000)) if discount == "percent" else 0,
        fixed_minor=draw(st.integers(1, 30_000)) if discount == "fixed" else 0,
        discount_days=draw(st.integers(1, 90)),
    )


@st.composite
def some_worlds(
    draw: st.DrawFn, policy: str | None = None, days: int = 40, fixed_only: bool = False, most: int = 6
) -> Spec:
    """A world of two or three customers and up to `most` contracts; `fixed_only`: without counted plans.

    Nothing in it is small: with few examples, each must be able to show something.
    """
    chosen = policy or draw(st.sampled_from(sorted(LEADS)))
    customers = draw(st.integers(2, 3))
    profiles = tuple(draw(st.integers(1, 2)) for _ in range(customers))
    plans = tuple(draw(st.lists(some_plans(chosen, fixed_only), min_size=2, max_size=3)))
    contracts = draw(
        st.lists(some_contracts(chosen, customers, profiles, len(plans)), min_size=min(3, most), max_size=most)
    )
    deed = st.builds(
        Deed,
        st.sampled_from(sorted(DEEDS)),
        st.integers(0, 10),
        st.integers(0, days),
        st.integers(1, 30_000),
    )
    return Spec(
        policy=chosen,
        first=draw(st.sampled_from([date(2026, 1, 31), date(2026, 4, 15), date(2028, 2, 1)])),
        profiles=profiles,
        sponsored=draw(st.booleans()),
        plans=plans,
        contracts=tuple(contracts),
        deeds=tuple(draw(st.lists(deed, min_size=6, max_size=12))),
        days=days,
    )


def build(spec: Spec) -> Built:
    """The spec as a seller of its own; nothing is billed yet."""
    built = Built(spec, make_world(spec.policy, change=MORE_CYCLES.get(spec.policy)))
    for number, profiles in enumerate(spec.profiles):
        _add_customer(built, number, profiles)
    for number, plan in enumerate(spec.plans):
        _add_plan(built, number, plan)
    if spec.sponsored:
        from abono.domain.customers.actions import begin_sponsorship

        for client in built.customers[1:]:
            begun = built.day(-60)
            begin_sponsorship(
                **built.ids, customer_id=client, payer_id=built.customers[0], from_on=begun, on=begun, at=at(begun)
            )
    for number, contract in enumerate(spec.contracts):
        _add_contract(built, number, contract)
    return built


def do(built: Built) -> None:
    """Do all deeds of the spec, on its first day; those that are refused change nothing."""
    from abono.base.kernel.refusal import Refused

    for number, deed in enumerate(built.spec.deeds):
        try:
            DEEDS[deed.kind](built, deed, number)
        except Refused:
            continue


def publish_index(first: date, last: date) -> None:
    """Values of the index of tests for a span of days, the same whoever asks."""
    from abono.domain.catalogue.actions import add_index_values

    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    add_index_values(name=INDEX, values={day: index_on(day) for day in days}, source="invented for tests")


def index_on(day: date) -> Decimal:
    """The invented value of a day."""
    return Decimal(37_000) + Decimal(day.toordinal() % 977) / 100


def _add_customer(built: Built, number: int, profiles: int) -> None:
    from abono.domain.customers.actions import save_profile

    world, day = built.world, built.day(-60)
    customer = world.customer(f"Customer {number}", on=day)
    world.rows(
        "UPDATE customers SET reference = %(reference)s WHERE seller_id = %(seller)s AND id = %(customer)s RETURNING 1",
        reference=f"c{number}",
        customer=customer,
    )
    rows = world.rows(
        "SELECT id, fields FROM billing_profiles WHERE seller_id = %(seller)s AND customer_id = %(customer)s",
        customer=customer,
    )
    found = [rows[0][0]]
    key = {**built.ids, "customer_id": customer, "country": world.country, "on": day, "at": at(day)}
    for second in range(1, profiles):
        found.append(save_profile(**key, fields={**rows[0][1], "legal_name": f"Customer {number}, branch {second}"}))
    built.customers.append(customer)
    built.profiles.append(found)


def _add_plan(built: Built, number: int, plan: PlanSpec) -> None:
    for cycle in CYCLES.get(built.spec.policy, OTHER_CYCLES):
        made = built.world.plan(
            f"p{number}",
            plan.price,
            cycle=cycle,
            model=plan.model,
            tiers=[list(tier) for tier in plan.tiers],
            setup_minor=plan.setup_minor,
            index_name=INDEX if plan.indexed else None,
            counted="locations" if plan.counted else "fixed",
        )
    built.plans.append(made)


def _add_contract(built: Built, number: int, contract: ContractSpec) -> None:
    from abono.domain.subscriptions.actions import add_discount
    from abono.domain.subscriptions.periods import Cycle

    start = built.day(contract.start)
    more: dict[str, Any] = {"anchor_day": contract.anchor_day} if built.spec.policy in ANCHORED else {}
    made = built.world.subscribe(
        built.customers[contract.customer],
        built.plans[contract.plan],
        start,
        on=built.day(-50),
        cycle=Cycle(*contract.cycle),  # type: ignore[arg-type]
        quantity=contract.quantity,
        profile_id=built.profiles[contract.customer][contract.profile],
        end=None if contract.end is None else built.day(contract.end),
        reference=f"s{number}",
        **more,
    )
    built.contracts.append(made)
    built.locations.append(_add_locations(built, number, contract, made))
    if contract.percent_bp or contract.fixed_minor:
        add_discount(
            **built.ids,
            subscription_id=made,
            from_on=start,
            until_on=start + timedelta(days=contract.discount_days),
            percent_bp=contract.percent_bp or None,
            fixed_minor=contract.fixed_minor or None,
            on=start,
            at=at(start),
        )


def _add_locations(built: Built, number: int, contract: ContractSpec, subscription: UUID) -> list[UUID]:
    from abono.domain.customers.actions import add_location
    from abono.domain.subscriptions.actions import activate_location

    if not built.spec.plans[contract.plan].counted:
        return []
    found = []
    for place in range(contract.quantity % 5):
        # Some count from the start, some only later.
        day = built.day(contract.start + 17 * (place % 2))
        location = add_location(
            **built.ids,
            customer_id=built.customers[contract.customer],
            name=f"Place {number}.{place}",
            active_from=day,
            on=day,
            at=at(day),
        )
        activate_location(
            **built.ids, subscription_id=subscription, location_id=location, from_on=day, on=day, at=at(day)
        )
        found.append(location)
    return found


def _contract(built: Built, deed: Deed) -> UUID:
    return built.contracts[deed.who % len(built.contracts)]


def _customer(built: Built, deed: Deed) -> UUID:
    return built.customers[deed.who % len(built.customers)]


def _client(built: Built, deed: Deed) -> UUID:
    """One of those whom the first customer may pay for."""
    return built.customers[1 + deed.who % (len(built.customers) - 1)]


def _now(built: Built) -> dict[str, Any]:
    return {**built.ids, "on": built.spec.first, "at": at(built.spec.first)}


def _change_later(built: Built, deed: Deed, number: int) -> None:
    from abono.domain.subscriptions.actions import plan_change_at_renewal
    from abono.domain.subscriptions.periods import Cycle

    cycles = CYCLES.get(built.spec.policy, OTHER_CYCLES)
    plan = built.plans[deed.number % len(built.plans)]
    # A counted plan stays counted: its locations are not a quantity that a change could name.
    kinds = [one.counted for one in built.spec.plans]
    if any(kinds):
        plan_change_at_renewal(**_now(built), subscription_id=_contract(built, deed), quantity=deed.number % 7)
        return
    plan_change_at_renewal(
        **_now(built),
        subscription_id=_contract(built, deed),
        plan_id=plan if deed.number % 2 else None,
        quantity=deed.number % 7,
        cycle=Cycle(*cycles[deed.day % len(cycles)]) if deed.number % 3 == 0 else None,  # type: ignore[arg-type]
    )


def _change_now(built: Built, deed: Deed, number: int) -> None:
    from abono.runs.changes import change_now

    change_now(**_now(built), subscription_id=_contract(built, deed), quantity=deed.number % 7)


def _pause(built: Built, deed: Deed, number: int) -> None:
    from abono.domain.subscriptions.actions import add_pause, next_renewal

    contract = _contract(built, deed)
    begin = next_renewal(seller_id=built.world.seller_id, subscription_id=contract) + timedelta(days=deed.day % 20)
    end = None if deed.number % 3 == 0 else begin + timedelta(days=1 + deed.number % 50)
    add_pause(**_now(built), subscription_id=contract, from_on=begin, to_on=end)


def _discount(built: Built, deed: Deed, number: int) -> None:
    from abono.domain.subscriptions.actions import add_discount

    add_discount(
        **_now(built),
        subscription_id=_contract(built, deed),
        from_on=built.day(deed.day),
        until_on=built.day(deed.day + 40),
        percent_bp=1 + deed.number % 10_000,
    )


def _charge(built: Built, deed: Deed, number: int) -> None:
    from abono.runs.at_once import add_one_off

    add_one_off(
        **{**_now(built), "on": built.day(deed.day)},
        customer_id=_customer(built, deed),
        words=f"Charge {number}",
        net_minor=deed.number,
        currency=built.world.currency,
        key=f"charge-{number}",
        at_once=False,
    )


def _pay(built: Built, deed: Deed, number: int) -> None:
    built.world.pay(
        _customer(built, deed), deed.number * 20, built.spec.first, key=f"pay-{number}", reference=f"pay-{number}"
    )


def _take_back(built: Built, deed: Deed, number: int) -> None:
    from abono.domain.payments.actions import return_payment

    paid = built.world.rows(
        "SELECT id FROM payments WHERE seller_id = %(seller)s AND state = 'settled' ORDER BY reference LIMIT 1"
    )
    for (payment,) in paid:
        return_payment(**_now(built), payment_id=payment, cause="the bank")


def _cancel(built: Built, deed: Deed, number: int) -> None:
    from abono.runs.changes import cancel_service

    cancel_service(**_now(built), subscription_id=_contract(built, deed), at_once=deed.number % 2 == 0)


def _leave(built: Built, deed: Deed, number: int) -> None:
    from abono.runs.partnership import leave_partner

    leave_partner(**_now(built), customer_id=_client(built, deed), to_on=built.day(deed.day))


def _join(built: Built, deed: Deed, number: int) -> None:
    from abono.runs.partnership import join_partner

    join_partner(
        **_now(built),
        customer_id=_client(built, deed),
        payer_id=built.customers[0],
        from_on=built.day(deed.day),
    )


def _close(built: Built, deed: Deed, number: int) -> None:
    from abono.domain.subscriptions.actions import deactivate_location

    which = deed.who % len(built.contracts)
    for location in built.locations[which][:1]:
        deactivate_location(
            **_now(built), subscription_id=built.contracts[which], location_id=location, to_on=built.day(deed.day)
        )


DEEDS: dict[str, Callable[[Built, Deed, int], None]] = {
    "cancel": _cancel,
    "change later": _change_later,
    "change now": _change_now,
    "charge": _charge,
    "close a location": _close,
    "discount": _discount,
    "join": _join,
    "leave": _leave,
    "pause": _pause,
    "pay": _pay,
    "take back": _take_back,
}
