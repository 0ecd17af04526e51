"""One bad customer never stops the others; a run whose total is far from the last waits for a person."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from abono.base.kernel.refusal import Missing
from abono.domain.subscriptions.periods import Cycle
from tests.books import check_audit, check_sound, fingerprints
from tests.world import JANUARY, World, at, make_world

pytestmark = pytest.mark.usefixtures("database")


def now(world: World, on: date = JANUARY) -> dict[str, Any]:
    return {"seller_id": world.seller_id, "on": on, "at": at(on)}


# --- parked: what is wrong, and how it is mended


def no_price(world: World) -> tuple[UUID, Callable[[], None]]:
    bad = world.customer("Bad")
    plan = world.plan("unpriced", "100", cycle=("month", 3))
    world.subscribe(bad, plan)
    return bad, lambda: world.plan("unpriced", "100") and None


def no_index_value(world: World) -> tuple[UUID, Callable[[], None]]:
    from abono.domain.catalogue.actions import add_index_values

    name = f"UF-{world.seller_id}"
    bad = world.customer("Bad")
    world.subscribe(bad, world.plan("indexed", "2.5", index_name=name))
    day = date(2025, 12, 22)  # ten days before the renewal, when the policy schedules its document
    return bad, lambda: add_index_values(name=name, values={day: Decimal("37000.5")}, source="the bank") and None


def no_vat_evidence(world: World) -> tuple[UUID, Callable[[], None]]:
    from abono.domain.customers.actions import save_profile

    bad = world.customer("Bad")
    world.subscribe(bad, world.plan())
    (profile,) = world.rows(
        "SELECT id FROM billing_profiles WHERE seller_id = %(seller)s AND customer_id = %(customer)s", customer=bad
    )
    fields = {"legal_name": "Bad GmbH", "tax_id": "DE136695976", "address": "Ring 1", "city": "Berlin"}
    fields["postal_code"] = "10115"
    saving: dict[str, Any] = {"customer_id": bad, "country": "DE", "fields": fields, "profile_id": profile[0]}
    save_profile(**now(world), **saving)
    evidence = {"number": "DE136695976", "checked_at": "2026-01-01", "source": "VIES", "result": "valid"}
    return bad, lambda: save_profile(**now(world), **saving, vat_evidence=evidence) and None


CAUSES: dict[str, tuple[str, Callable[[World], tuple[UUID, Callable[[], None]]]]] = {
    "catalogue.no_price": ("hosting_ar", no_price),
    "catalogue.no_index_value": ("hosting_cl", no_index_value),
    "invoicing.tax_evidence": ("booking_hu", no_vat_evidence),
}


@pytest.mark.parametrize("code", CAUSES)
def test_a_customer_who_cannot_be_billed_is_parked_and_the_others_are_billed(code: str) -> None:
    from abono.runs.at_once import free_parked

    policy, spoil = CAUSES[code]
    world = make_world(policy)
    neighbours = [world.customer("Ana"), world.customer("Bea")]
    good = world.plan("good")
    for neighbour in neighbours:
        world.subscribe(neighbour, good)
    bad, mend = spoil(world)
    # Of one who is parked nothing is billed, the good service neither: it would have to be billed apart.
    world.subscribe(bad, good)
    written = world.run(JANUARY).written
    assert [why for _, why in written.parked] == [code]
    assert written.documents == 2
    assert all(world.documents(one) for one in neighbours)
    assert not world.documents(bad)
    (parked,) = world.rows("SELECT customer_id, code, words, since FROM parked WHERE seller_id = %(seller)s")
    assert (parked[0], parked[1], parked[3]) == (bad, code, JANUARY)
    assert len(parked[2]) > 20
    facts = world.rows("SELECT customer_id FROM facts WHERE seller_id = %(seller)s AND kind = 'CustomerParked'")
    assert facts == [(bad,)]

    before = fingerprints(world)
    world.run(JANUARY)
    assert fingerprints(world) == before, "parked is parked: nothing is tried or told again"

    mend()
    free_parked(**now(world), customer_id=bad, reason="mended")
    assert world.run(JANUARY).written.documents == len(world.documents(bad)) > 0
    assert {row["customer_id"] for row in world.documents()} == {*neighbours, bad}
    with pytest.raises(Missing):
        free_parked(**now(world), customer_id=bad, reason="again")
    check_sound(world)
    check_audit(world)


def test_freed_without_being_mended_is_parked_again() -> None:
    from abono.runs.at_once import free_parked

    world = make_world("hosting_ar")
    bad, _ = no_price(world)
    world.run(JANUARY)
    free_parked(**now(world), customer_id=bad, reason="hoping")
    assert [code for _, code in world.run(JANUARY).written.parked] == ["catalogue.no_price"]
    check_sound(world)


def test_what_parks_in_the_run_is_refused_to_who_orders() -> None:
    from abono.base.kernel.refusal import Refused
    from abono.runs.at_once import order_service

    world = make_world("hosting_ar")
    ana = world.customer()
    plan = world.plan("yearly only", cycle=("month", 12))
    before = fingerprints(world)
    order: dict[str, Any] = {"customer_id": ana, "plan_id": plan, "currency": "ARS", "start": JANUARY}
    with pytest.raises(Refused) as why:
        order_service(**now(world), **order, cycle=Cycle("month", 1))
    assert why.value.code == "catalogue.no_price"
    assert fingerprints(world) == before


# --- held: a total far from the last


def sold(count: int, policy: str = "hosting_ar") -> World:
    """A seller with that many customers at 100 a month, billed for January."""
    world = make_world(policy)
    plan = world.plan(price="100")
    for _ in range(count):
        world.subscribe(world.customer(), plan)
    assert world.run(JANUARY, confirm=False).held is None, "a first run is never held"
    return world


FEBRUARY = date(2026, 1, 17)  # fifteen days before the renewal


def reprice(world: World, price: str) -> None:
    world.plan(price=price, effective_on=date(2026, 2, 1))


@pytest.mark.parametrize("price", ["131", "69"])
def test_a_total_far_from_the_last_is_held_until_it_is_confirmed(price: str) -> None:
    world = sold(20)
    reprice(world, price)
    before = fingerprints(world)
    held = world.run(FEBRUARY).held
    assert (held.subscriptions, held.planned_minor, held.before_minor) == (20, 20 * int(price) * 100, 200_000)
    after = fingerprints(world)
    assert {table for table in after if after[table] != before[table]} == {"billing_runs", "facts"}
    assert world.run(FEBRUARY).held is not None
    assert fingerprints(world) == after, "asked again, it says the same and writes nothing"
    result = world.run(FEBRUARY, confirm=True)
    assert result.held is None
    assert result.written.documents == 20
    states = world.rows("SELECT state FROM billing_runs WHERE seller_id = %(seller)s AND planned_minor IS NOT NULL")
    assert sorted(states) == [("confirmed",), ("held",)]
    check_sound(world)
    check_audit(world)


@pytest.mark.parametrize(("count", "price"), [(20, "130"), (20, "70"), (19, "900")])
def test_a_total_within_the_limit_or_of_few_is_not_held(count: int, price: str) -> None:
    world = sold(count)
    reprice(world, price)
    assert world.run(FEBRUARY).written.documents == count


def test_newcomers_alone_hold_nothing() -> None:
    """Those billed for the first time have no last amount to be compared with."""
    world = sold(20)
    dear = world.plan("dear", "100000")
    for _ in range(20):
        world.subscribe(world.customer(), dear, date(2026, 2, 1))
    assert world.run(FEBRUARY).written.documents == 40
