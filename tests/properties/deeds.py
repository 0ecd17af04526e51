"""What people do on pages while runs go on, each one call as the page makes it."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tests.world import FIELDS, World, at

PageDeed = Callable[[World, UUID, UUID, random.Random, date, str], Any]


def _now(world: World, day: date) -> dict[str, Any]:
    return {"seller_id": world.seller_id, "on": day, "at": at(day)}


def order(world: World, customer: UUID, service: UUID, dice: random.Random, day: date, key: str) -> None:
    from abono.domain.catalogue.actions import plan_named
    from abono.domain.subscriptions.periods import Cycle
    from abono.runs.at_once import order_service

    order_service(
        **_now(world, day),
        customer_id=customer,
        plan_id=plan_named(seller_id=world.seller_id, key=dice.choice(["basic", "large"])),
        cycle=Cycle("month", 1),
        currency=world.currency,
        start=day,
        quantity=dice.randint(1, 3),
    )


def pay(world: World, customer: UUID, service: UUID, dice: random.Random, day: date, key: str) -> None:
    world.pay(customer, dice.choice([5_000, 11_888, 60_000]), day, key=key)


def take_back(world: World, customer: UUID, service: UUID, dice: random.Random, day: date, key: str) -> None:
    from abono.domain.payments.actions import return_payment

    paid = world.rows(
        "SELECT id FROM payments WHERE seller_id = %(seller)s AND customer_id = %(customer)s AND state = 'settled'",
        customer=customer,
    )
    if paid:
        return_payment(**_now(world, day), payment_id=dice.choice(paid)[0], cause="the bank")


def change(world: World, customer: UUID, service: UUID, dice: random.Random, day: date, key: str) -> None:
    from abono.runs.changes import change_now

    change_now(**_now(world, day), subscription_id=service, quantity=dice.randint(1, 9))


def change_plan(world: World, customer: UUID, service: UUID, dice: random.Random, day: date, key: str) -> None:
    from abono.domain.catalogue.actions import plan_named
    from abono.domain.subscriptions.actions import plan_change_at_renewal

    plan = plan_named(seller_id=world.seller_id, key=dice.choice(["basic", "large"]))
    plan_change_at_renewal(**_now(world, day), subscription_id=service, plan_id=plan, quantity=dice.randint(1, 9))


def pause(world: World, customer: UUID, service: UUID, dice: random.Random, day: date, key: str) -> None:
    from abono.domain.subscriptions.actions import add_pause, next_renewal

    begin = next_renewal(seller_id=world.seller_id, subscription_id=service)
    add_pause(**_now(world, day), subscription_id=service, from_on=begin, to_on=begin + timedelta(days=20))


def cancel(world: World, customer: UUID, service: UUID, dice: random.Random, day: date, key: str) -> None:
    from abono.runs.changes import cancel_service

    cancel_service(**_now(world, day), subscription_id=service, at_once=dice.random() < 0.5)


def charge(world: World, customer: UUID, service: UUID, dice: random.Random, day: date, key: str) -> None:
    from abono.runs.at_once import add_one_off

    add_one_off(
        **_now(world, day),
        customer_id=customer,
        words="Training",
        net_minor=dice.randint(1, 9_000),
        currency=world.currency,
        key=f"charge-{key}",
        at_once=dice.random() < 0.5,
    )


def save(world: World, customer: UUID, service: UUID, dice: random.Random, day: date, key: str) -> None:
    from abono.domain.customers.identifiers import invent_identifier
    from abono.domain.customers.queries import customer_card
    from abono.runs.at_once import save_profile

    card = customer_card(seller_id=world.seller_id, customer_id=customer)
    fields = {**FIELDS[world.country], "legal_name": card.name, "email": card.email}
    fields["tax_id"] = invent_identifier(country=world.country, seed=dice.randint(1, 10_000))
    save_profile(
        **_now(world, day),
        customer_id=customer,
        country=world.country,
        fields=fields,
        profile_id=card.default_profile_id,
    )


def join(world: World, customer: UUID, service: UUID, dice: random.Random, day: date, key: str) -> None:
    from abono.runs.partnership import join_partner

    payer = world.rows("SELECT id FROM customers WHERE seller_id = %(seller)s ORDER BY number LIMIT 1")[0][0]
    join_partner(**_now(world, day), customer_id=customer, payer_id=payer, from_on=day)


def leave(world: World, customer: UUID, service: UUID, dice: random.Random, day: date, key: str) -> None:
    from abono.runs.partnership import leave_partner

    leave_partner(**_now(world, day), customer_id=customer, to_on=day + timedelta(days=1))


PAGE_DEEDS: dict[str, PageDeed] = {
    "cancel": cancel,
    "change": change,
    "change plan": change_plan,
    "charge": charge,
    "join": join,
    "leave": leave,
    "order": order,
    "pause": pause,
    "pay": pay,
    "save": save,
    "take back": take_back,
}
