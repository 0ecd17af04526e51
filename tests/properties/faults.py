"""A busy seller to be killed in the middle of, and what it must look like after."""

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

from tests.books import outcome
from tests.world import JANUARY, SELLERS, World, at, make_world

# The days on which the documents of the busy world's next two months are issued, ten days before their renewals.
RUN_DAYS = (date(2026, 1, 22), date(2026, 2, 19))
CHUNK = {"ABONO_CHUNK": "4"}
PAYERS = 22


def busy_world(policy: str = "hosting_cl") -> World:
    """A seller on 1 January, billed for it: what can happen in a run happens to one of its payers in February.

    Two services a payer, money in advance (so requests settle and invoices follow, or wait), sponsored services, a
    change that waits, a charge, a pause, an end, and one payer who cannot be billed. In Argentina every other payer's
    invoices have another letter, and so another series.
    """
    world = make_world(policy)
    world.plan("basic", "9990")
    world.plan("large", "3.5", model="per_unit", setup_minor=1_000)
    for number in range(PAYERS):
        _add_payer(world, number)
    _prepare(world, sorted_by_reference(world, "customers"), sorted_by_reference(world, "subscriptions"))
    world.run(JANUARY)
    _live(world, sorted_by_reference(world, "customers"), sorted_by_reference(world, "subscriptions"))
    return world


def world_of(seller_id: int) -> World:
    """The world of a seller that another process made."""
    from abono.base.store import sql

    row = sql.one("SELECT key FROM sellers WHERE id = %s", [seller_id])
    assert row is not None
    policy = row[0].split("-")[0]
    country, currency, language, *_ = SELLERS[policy]
    return World(policy, seller_id, row[0], country, currency, language)


def sorted_by_reference(world: World, table: str) -> list[UUID]:
    """Ids of all customers or subscriptions, in the order they were made."""
    found = world.rows(
        f"SELECT id FROM {table} WHERE seller_id = %(seller)s AND reference IS NOT NULL "
        "ORDER BY length(reference), reference"
    )
    return [one for (one,) in found]


def written(world: World) -> int:
    """Documents that ask for money."""
    (row,) = world.rows("SELECT count(*) FROM documents WHERE seller_id = %(seller)s AND kind = 'request'")
    return int(row[0])


def plain_outcome(world: World) -> dict[str, list[str]]:
    """The outcome as plain data, to be sent from one process to another."""
    return {what: _plain(found) for what, found in outcome(world).items()}


def _plain(found: Any) -> list[str]:
    rows = found.elements() if isinstance(found, Counter) else found.items()
    return sorted(map(repr, rows))


def _add_payer(world: World, number: int) -> None:
    letters = {"tax_condition": "14"[number % 2]} if world.country == "AR" else {}
    customer = world.customer(f"Payer {number}", complete=number % 7 != 5, **letters)
    world.rows(
        "UPDATE customers SET reference = %(reference)s WHERE seller_id = %(seller)s AND id = %(customer)s RETURNING 1",
        reference=f"c{number}",
        customer=customer,
    )
    for service in range(1 + number % 2):
        world.subscribe(
            customer,
            world.plans["large" if service else "basic"],
            quantity=1 + number,
            reference=f"s{number}.{service}",
        )


def _prepare(world: World, payers: list[UUID], services: list[UUID]) -> None:
    from abono.domain.customers.actions import begin_sponsorship
    from abono.domain.subscriptions.actions import add_discount, end_subscription

    now = {"seller_id": world.seller_id, "on": JANUARY, "at": at(JANUARY)}
    begin_sponsorship(**now, customer_id=payers[3], payer_id=payers[4], from_on=JANUARY)
    begin_sponsorship(**now, customer_id=payers[8], payer_id=payers[9], from_on=date(2026, 2, 1))
    add_discount(**now, subscription_id=services[6], from_on=JANUARY, percent_bp=1_250, until_on=date(2026, 3, 1))
    end_subscription(**now, subscription_id=services[10], ends_on=date(2026, 2, 15))


def _live(world: World, payers: list[UUID], services: list[UUID]) -> None:
    from abono.domain.subscriptions.actions import add_pause, plan_change_at_renewal
    from abono.domain.subscriptions.periods import Cycle
    from abono.runs.at_once import add_one_off

    now = {"seller_id": world.seller_id, "on": JANUARY, "at": at(JANUARY)}
    enough = 40_000 if world.country == "CL" else 40_000_00
    for number, payer in enumerate(payers):
        if number % 3 == 0 or number % 7 == 5:
            world.pay(payer, enough, JANUARY, key=f"ahead-{number}", reference=f"ahead-{number}")
    for service in services[12:15]:
        plan_change_at_renewal(**now, subscription_id=service, plan_id=world.plans["large"], quantity=3)
    add_pause(**now, subscription_id=services[20], from_on=date(2026, 2, 10), to_on=date(2026, 3, 20))
    for number in (5, 11):
        add_one_off(
            **{**now, "on": date(2026, 2, 1)},
            customer_id=payers[number],
            words="Moving in",
            net_minor=5_000,
            currency=world.currency,
            key=f"moving-{number}",
            at_once=False,
        )
    # A cycle without a price: this payer is parked with the reason, and nobody else.
    world.subscribe(
        payers[-1], world.plans["basic"], date(2026, 2, 1), on=JANUARY, cycle=Cycle("month", 3), reference="s-parked"
    )
