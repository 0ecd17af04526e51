"""A partner that does not pay: its clients stop or only itself does, as the policy says; who leaves is free of it."""

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from abono.base.kernel.refusal import Refused
from tests.actions.collecting.days import acting, claims, day, holds, moves, papers, run, state, states
from tests.books import check_audit, check_sound
from tests.world import World, at, make_world

pytestmark = pytest.mark.usefixtures("database")

# The partner's invoice of the 1st is due on the 16th (nothing on file), reminded on the 17th and the 21st.
UNPAID = ("01-01", "01-17", "01-21", "01-30", "01-31")


class Programme(NamedTuple):
    """A partner with a desk of its own and two clients with a hub each, counted by their locations."""

    world: World
    partner: UUID
    desk: UUID
    clients: tuple[UUID, UUID]
    hubs: tuple[UUID, UUID]


def programme(**more: Any) -> Programme:
    from abono.runs.partnership import join_partner

    world = make_world("partners_us", **more)
    partner = world.customer("Larkrow")
    desk, hub = world.plan("desk", "40"), world.plan("hub", "20", model="per_unit", counted="locations")
    clients, hubs = [], []
    own = world.subscribe(partner, desk, date(2026, 1, 1), continues=True)
    for name in ("Copper", "Birch"):
        client = world.customer(name)
        join_partner(
            seller_id=world.seller_id, customer_id=client, payer_id=partner, from_on=date(2026, 1, 1),
            on=date(2026, 1, 1), at=at(date(2026, 1, 1)),
        )  # fmt: skip
        clients.append(client)
        hubs.append(served(world, client, hub))
    return Programme(world, partner, own, (clients[0], clients[1]), (hubs[0], hubs[1]))


def served(world: World, client: UUID, plan: UUID) -> UUID:
    """A client's subscription with one active location."""
    from abono.domain.customers.actions import add_location
    from abono.domain.subscriptions.actions import activate_location

    start = date(2026, 1, 1)
    hub = world.subscribe(client, plan, start, continues=True)
    when: dict[str, Any] = {"on": start, "at": at(start)}
    place = add_location(seller_id=world.seller_id, customer_id=client, name="Main Street", active_from=start, **when)
    activate_location(seller_id=world.seller_id, subscription_id=hub, location_id=place, from_on=start, **when)
    return hub


def test_the_clients_stop_with_the_partner_and_come_back_with_its_payment() -> None:
    one = programme()
    world = one.world
    run(world, *UNPAID)
    assert states(world, one.desk, *one.hubs) == ["suspended"] * 3
    assert {row[0] for row in world.rows("SELECT customer_id FROM holds WHERE seller_id = %(seller)s")} == {one.partner}
    world.pay(one.partner, world.documents(one.partner)[0]["open_minor"], day("02-03"), means="ach")
    assert states(world, one.desk, *one.hubs) == ["active"] * 3
    check_audit(world)


def test_or_the_partner_alone_stops() -> None:
    one = programme(change={'on_unpaid_partner = "suspend-clients"': 'on_unpaid_partner = "partner-only"'})
    world = one.world
    run(world, *UNPAID)
    assert states(world, one.desk, *one.hubs) == ["suspended", "active", "active"]
    check_audit(world)


def test_a_client_that_leaves_the_unpaid_partner_is_free_and_the_others_wait() -> None:
    from abono.runs.partnership import leave_partner

    one = programme()
    world = one.world
    run(world, *UNPAID)
    leaver, staying = one.clients
    left, kept = one.hubs
    leave_partner(customer_id=leaver, to_on=day("01-31"), **acting(world, "01-31"))
    assert states(world, one.desk, left, kept) == ["suspended", "active", "suspended"]
    assert holds(world, left) == ["document 01-31 to 01-31 left"]
    assert [line.split()[0] for line in papers(world, leaver)] == ["invoice"], "the rest of January, on its own account"
    run(world, "02-01", "02-02")
    assert states(world, left, kept) == ["active", "suspended"]
    assert papers(world, staying) == []
    check_audit(world)


def test_a_client_that_left_before_does_not_suffer_the_earlier_debt() -> None:
    from abono.runs.partnership import leave_partner

    one = programme()
    world = one.world
    run(world, "01-01", "01-17", "01-21")
    leave_partner(customer_id=one.clients[0], to_on=day("01-25"), **acting(world, "01-25"))
    run(world, "01-30", "01-31")
    assert state(world, one.hubs[0]) == "active"
    assert holds(world, one.hubs[0]) == []
    assert state(world, one.hubs[1]) == "suspended"
    check_audit(world)


def test_months_unpaid_then_paid_and_left_leave_no_gap() -> None:
    """February and March pass while all is stopped; the partner pays in March, one client goes on alone."""
    from abono.runs.partnership import leave_partner

    one = programme()
    world = one.world
    run(world, *UNPAID, "02-01", "03-01", "03-10")
    assert len(papers(world)) == 1, "nothing is issued while all is suspended"
    with pytest.raises(Refused, match="leave on 2026-03-01"):
        leave_partner(customer_id=one.clients[0], to_on=day("03-10"), **acting(world, "03-10"))
    leave_partner(customer_id=one.clients[0], to_on=day("03-01"), **acting(world, "03-10"))
    assert moves(world, one.hubs[0])[-1] == "03-10 suspended > active"
    world.pay(one.partner, world.documents(one.partner)[0]["open_minor"], day("03-11"), means="ach")
    assert states(world, one.desk, *one.hubs) == ["active"] * 3
    run(world, "03-11", "04-01")
    for hub in one.hubs:
        assert [one.split()[-1] for one in claims(world, hub)[:2]] == ["asked", "suspended"]
    check_audit(world)
    check_sound(world)
