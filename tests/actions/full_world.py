"""A seller to whom everything has happened: rows in every table that the collection, notices and charging write."""

from datetime import date
from typing import Any
from uuid import UUID

from abono.base.store import sql
from tests.actions.collecting.days import acting, day, run
from tests.properties.faults import busy_world
from tests.world import World

# What was written by billing alone needs no mention.
WRITTEN = (
    "arrangements", "attempts", "collection_days", "gateway_looks", "holds", "message_events", "messages", "methods",
    "notice_days", "objections", "period_offers", "postponed_steps", "recoveries", "rounds", "service_moves", "steps",
)  # fmt: skip
NAMES = ("Restored", "Ended", "Objecting", "Later", "Charged")


def full_world() -> World:
    """A host's seller on 14 February: payers who were stopped, restored, terminated, charged; who objected, put off."""
    world = busy_world("hosting_ar")
    world.plan("basic", "26000", cycle=("month", 3))
    people = {name: world.customer(name) for name in NAMES}
    for customer in people.values():
        world.subscribe(customer, world.plans["basic"], start=day("01-20"), on=day("01-02"), continues=True)
    bank = _bank(world, people["Charged"])
    run(world, "01-05", "01-10", "01-15", "01-19")
    _charge(world, bank, day("01-20"))
    _say(world, people)
    run(world, "01-22")
    _pay_and_return(world, people["Restored"])
    run(world, "01-27", "02-14")
    _receive(world, people)
    return world


def named(world: World) -> list[UUID]:
    """The customers to whom it happened."""
    found = world.rows(
        "SELECT id FROM customers WHERE seller_id = %(seller)s AND name = ANY(%(names)s)", names=sql.array(NAMES)
    )
    return [one for (one,) in found]


def _bank(world: World, customer: UUID) -> Any:
    from abono.domain.payments.methods import add_method
    from abono.simulation.bank import Bank

    add_method(**acting(world, "01-02"), customer_id=customer, token=f"pm_full_{world.seller_id}x", means="card")
    return Bank(seed=1)


def _charge(world: World, bank: Any, on: date) -> None:
    from abono.runs.daily import run_day

    run_day(**acting(world, f"{on:%m-%d}"), catch_up=True, confirm=True, gateways=bank.open(on=on).gateways("card"))


def _say(world: World, people: dict[str, UUID]) -> None:
    from abono.domain.collections.actions import arrange_later_date, raise_objection

    papers = {name: world.documents(customer)[0]["id"] for name, customer in people.items()}
    raise_objection(**acting(world, "01-21"), document_id=papers["Objecting"], words="Not ordered")
    arrange_later_date(**acting(world, "01-21"), document_id=papers["Later"], until=day("01-25"))


def _pay_and_return(world: World, customer: UUID) -> None:
    from abono.domain.payments.actions import return_payment

    document = world.documents(customer)[0]
    payment = world.pay(customer, document["open_minor"], day("01-23"), document_ids=[document["id"]])
    return_payment(**acting(world, "01-24"), payment_id=payment, cause="the bank")


def _receive(world: World, people: dict[str, UUID]) -> None:
    from abono.domain.notices.actions import note_received

    for customer in people.values():
        ((message_id,),) = world.rows(
            "SELECT id FROM messages WHERE seller_id = %(seller)s AND customer_id = %(customer)s AND state = 'sent' "
            "ORDER BY channel, made_on, id LIMIT 1",
            customer=customer,
        )
        note_received(**acting(world, "02-14"), message_id=message_id, words="Told by phone")
