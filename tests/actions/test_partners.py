"""A partner's unified invoice: counted locations, annex to the cent, joins and leaves by day."""

from datetime import date
from uuid import UUID

import pytest

from tests.books import check_audit
from tests.world import World, at, make_world

pytestmark = pytest.mark.usefixtures("database")

VOLUME = [[10, "20"], [None, "15"]]


def _client(
    world: World, partner: UUID, plan: UUID, start: date, places: int, name: str
) -> tuple[UUID, UUID, list[UUID]]:
    from abono.domain.customers.actions import add_location
    from abono.domain.subscriptions.actions import activate_location
    from abono.runs.partnership import join_partner

    client = world.customer(name)
    join_partner(seller_id=world.seller_id, customer_id=client, payer_id=partner, from_on=start, on=start, at=at(start))
    subscription = world.subscribe(client, plan, start)
    found = []
    for number in range(places):
        location = add_location(
            seller_id=world.seller_id,
            customer_id=client,
            name=f"{name} {number}",
            active_from=start,
            on=start,
            at=at(start),
        )
        activate_location(
            seller_id=world.seller_id,
            subscription_id=subscription,
            location_id=location,
            from_on=start,
            on=start,
            at=at(start),
        )
        found.append(location)
    return client, subscription, found


def _annex(world: World, document_id: UUID) -> list[tuple[str, int, int]]:
    return world.rows(
        "SELECT location, days, net_minor FROM annex_rows WHERE seller_id = %(seller)s AND document_id = %(id)s "
        "ORDER BY row_no",
        id=document_id,
    )


def test_one_invoice_for_all_clients_with_the_volume_price_of_the_total() -> None:
    world = make_world("partners_us")
    partner = world.customer("Larkrow")
    plan = world.plan("hub", model="volume", tiers=VOLUME, counted="locations")
    _client(world, partner, plan, date(2026, 1, 1), 8, "Copper")
    _client(world, partner, plan, date(2026, 1, 1), 5, "Basil")
    world.run(date(2026, 1, 1))
    (invoice,) = world.documents()
    assert invoice["customer_id"] == partner
    assert invoice["net_minor"] == 13 * 15_00
    annex = _annex(world, invoice["id"])
    assert len(annex) == 13
    assert sum(row[2] for row in annex) == invoice["net_minor"]


def test_a_join_and_a_leave_are_trued_up_by_day_on_the_next_invoice() -> None:
    from abono.domain.customers.actions import add_location
    from abono.domain.subscriptions.actions import activate_location, deactivate_location

    world = make_world("partners_us")
    partner = world.customer("Larkrow")
    plan = world.plan("hub", "31", model="per_unit", counted="locations")
    client, subscription, places = _client(world, partner, plan, date(2026, 1, 1), 2, "Copper")
    world.run(date(2026, 1, 1))
    joined = date(2026, 1, 22)
    place = add_location(
        seller_id=world.seller_id, customer_id=client, name="New", active_from=joined, on=joined, at=at(joined)
    )
    ids = {"seller_id": world.seller_id, "subscription_id": subscription, "on": joined, "at": at(joined)}
    activate_location(location_id=place, from_on=joined, **ids)
    deactivate_location(location_id=places[0], to_on=date(2026, 1, 11), **ids)
    world.run(date(2026, 2, 1))
    january, february = world.documents()
    assert january["net_minor"] == 62_00
    # February: two locations at 31; January: 10 days joined at 1 a day, 21 days left.
    assert february["net_minor"] == 62_00 + 10_00 - 21_00
    annex = _annex(world, february["id"])
    assert ("New", 10, 10_00) in annex
    assert ("Copper 0", -21, -21_00) in annex
    assert sum(row[2] for row in annex) == february["net_minor"]


def test_a_client_that_joins_inside_the_month_is_on_the_next_invoice_with_its_days() -> None:
    world = make_world("partners_us")
    partner = world.customer("Larkrow")
    plan = world.plan("hub", "31", model="per_unit", counted="locations")
    _client(world, partner, plan, date(2026, 1, 1), 1, "Copper")
    world.run(date(2026, 1, 1))
    _client(world, partner, plan, date(2026, 1, 22), 1, "Late")
    world.run(date(2026, 1, 22))
    assert len(world.documents()) == 1
    world.run(date(2026, 2, 1))
    assert [one["net_minor"] for one in world.documents()] == [31_00, 62_00 + 10_00]


def test_leaving_gives_the_partner_the_unused_days_and_asks_the_client_for_them() -> None:
    from abono.runs.partnership import leave_partner

    world = make_world("partners_us")
    partner = world.customer("Larkrow")
    plan = world.plan("hub", "31", model="per_unit", counted="locations")
    client, _, _ = _client(world, partner, plan, date(2026, 1, 1), 2, "Copper")
    _client(world, partner, plan, date(2026, 1, 1), 3, "Basil")
    world.run(date(2026, 1, 1))
    day = date(2026, 1, 22)
    left = leave_partner(seller_id=world.seller_id, customer_id=client, to_on=day, on=day, at=at(day))
    assert left.credit_minor == 20_00
    assert [one["net_minor"] for one in world.documents(client)] == [20_00]
    world.run(date(2026, 2, 1))
    assert [one["net_minor"] for one in world.documents(partner)] == [155_00, 93_00 - 20_00]
    assert [one["net_minor"] for one in world.documents(client)] == [20_00, 62_00]


def test_a_counted_service_that_is_cancelled_gives_back_what_its_locations_cost() -> None:
    from abono.runs.changes import cancel_service

    world = make_world("partners_us")
    partner = world.customer("Larkrow")
    plan = world.plan("hub", "31", model="per_unit", counted="locations")
    _, subscription, _ = _client(world, partner, plan, date(2026, 1, 1), 2, "Copper")
    _client(world, partner, plan, date(2026, 1, 1), 1, "Basil")
    world.run(date(2026, 1, 1))
    day = date(2026, 1, 22)
    cancel_service(seller_id=world.seller_id, subscription_id=subscription, on=day, at=at(day), at_once=True)
    assert [(one["kind"], one["net_minor"]) for one in world.documents(partner)] == [
        ("invoice", 93_00),
        ("credit_note", 20_00),
    ]


def _leaves(world: World, subscription: UUID, place: UUID, day: date) -> None:
    from abono.domain.subscriptions.actions import deactivate_location

    deactivate_location(
        seller_id=world.seller_id, subscription_id=subscription, location_id=place, to_on=day, on=day, at=at(day)
    )


def _joins(world: World, client: UUID, subscription: UUID, day: date) -> None:
    from abono.domain.customers.actions import add_location
    from abono.domain.subscriptions.actions import activate_location

    now = {"seller_id": world.seller_id, "on": day, "at": at(day)}
    place = add_location(**now, customer_id=client, name=f"New {day}", active_from=day)  # type: ignore[arg-type]
    activate_location(**now, subscription_id=subscription, location_id=place, from_on=day)  # type: ignore[arg-type]


def _net(world: World, partner: UUID) -> int:
    """Net asked of the partner, less what was given back."""
    return sum(
        -one["net_minor"] if one["kind"] == "credit_note" else one["net_minor"] for one in world.documents(partner)
    )


@pytest.mark.parametrize("end", ["at once", "later", "found by a late run"])
@pytest.mark.parametrize("others", [True, False])
def test_a_location_that_left_before_its_service_ended_is_given_back_exactly_once(end: str, others: bool) -> None:
    from abono.runs.changes import cancel_service, quote_cancellation

    world = make_world("partners_us")
    partner = world.customer("Larkrow")
    plan = world.plan("hub", "31", model="per_unit", counted="locations")
    _, subscription, places = _client(world, partner, plan, date(2026, 1, 1), 2, "Copper")
    if others:
        _client(world, partner, plan, date(2026, 1, 1), 1, "Basil")
    world.run(date(2026, 1, 1))
    _leaves(world, subscription, places[0], date(2026, 1, 11))
    day, ends = date(2026, 1, 22), {"at_once": True} if end == "at once" else {"end": date(2026, 1, 26)}
    quote = quote_cancellation(seller_id=world.seller_id, subscription_id=subscription, on=day, **ends)  # type: ignore[arg-type]
    cancel_service(seller_id=world.seller_id, subscription_id=subscription, on=day, at=at(day), **ends)  # type: ignore[arg-type]
    first = 26 if end != "at once" else 22
    assert quote.now_minor == -(2 * (32 - first)) * 100, "the days after the end, of both"
    assert quote.later_minor == (-11_00 if end == "at once" else 0), "the days before it, of the one that left"
    if end != "found by a late run":
        world.run(date(2026, 1, 27))
    for late in (date(2026, 2, 1), date(2026, 2, 2), date(2026, 3, 1)):
        world.run(late)
    # One location of the cancelled service until its end, the other for ten days; nothing else.
    whole = (10 + first - 1) * 1_00 + (31_00 * 3 if others else 0)
    assert _net(world, partner) == whole
    assert world.rows("SELECT net_minor FROM charges WHERE seller_id = %(seller)s AND document_id IS NULL") == []
    check_audit(world)


def test_a_location_that_joined_before_its_service_ended_is_asked_for() -> None:
    from abono.runs.changes import cancel_service

    world = make_world("partners_us")
    partner = world.customer("Larkrow")
    plan = world.plan("hub", "31", model="per_unit", counted="locations")
    client, subscription, _ = _client(world, partner, plan, date(2026, 1, 1), 1, "Copper")
    world.run(date(2026, 1, 1))
    _joins(world, client, subscription, date(2026, 1, 15))
    day = date(2026, 1, 22)
    cancel_service(seller_id=world.seller_id, subscription_id=subscription, on=day, at=at(day), at_once=True)
    cancel_service(seller_id=world.seller_id, subscription_id=subscription, on=day, at=at(day), at_once=True)
    world.run(day)
    world.run(date(2026, 2, 1))
    assert _net(world, partner) == 21_00 + 7_00
    check_audit(world)


def test_what_left_before_its_client_left_the_partner_is_given_back_too() -> None:
    from abono.runs.partnership import leave_partner

    world = make_world("partners_us")
    partner = world.customer("Larkrow")
    plan = world.plan("hub", "31", model="per_unit", counted="locations")
    client, subscription, places = _client(world, partner, plan, date(2026, 1, 1), 2, "Copper")
    _client(world, partner, plan, date(2026, 1, 1), 2, "Basil")
    world.run(date(2026, 1, 1))
    _leaves(world, subscription, places[0], date(2026, 1, 11))
    day = date(2026, 1, 22)
    leave_partner(seller_id=world.seller_id, customer_id=client, to_on=day, on=day, at=at(day))
    assert _net(world, client) == 10_00, "asked for what it still has"
    world.run(date(2026, 2, 1))
    assert _net(world, partner) == (10 + 21) * 1_00 + 2 * 62_00
    check_audit(world)


def test_a_location_that_left_in_a_last_period_that_was_asked_for_late_is_given_back() -> None:
    from abono.runs.changes import cancel_service

    world = make_world("partners_us")
    partner = world.customer("Larkrow")
    plan = world.plan("hub", "31", model="per_unit", counted="locations")
    _, subscription, places = _client(world, partner, plan, date(2026, 1, 1), 2, "Copper")
    world.run(date(2026, 1, 31))
    _leaves(world, subscription, places[0], date(2026, 2, 3))
    day = date(2026, 2, 5)
    cancel_service(seller_id=world.seller_id, subscription_id=subscription, on=day, at=at(day), at_once=True)
    world.run(day)
    world.run(date(2026, 2, 6))
    # January; of February four days of one, two of the other, at 31 for 28 days.
    assert _net(world, partner) == 62_00 + 8_86 - 2_21
    check_audit(world)


def test_a_credit_that_no_invoice_has_room_for_stays_in_the_list() -> None:
    from abono.reports.lists import open_charges
    from abono.runs.at_once import add_charge

    world = make_world("partners_us")
    partner = world.customer("Larkrow")
    service = world.subscribe(partner, world.plan(price="31"), end=date(2026, 2, 1))
    world.run(date(2026, 1, 1))
    row = world.rows("SELECT default_profile_id FROM customers WHERE seller_id = %(seller)s")[0]
    day = date(2026, 1, 22)
    for key, net_minor in (("small", -5_00), ("large", -40_00)):
        add_charge(
            seller_id=world.seller_id,
            key=f"{key}-{service}",
            customer_id=partner,
            payer_id=partner,
            profile_id=row[0],
            kind="credit",
            words=key,
            currency="USD",
            on=day,
            net_minor=net_minor,
        )
    world.run(day)
    assert [one.words for one in open_charges(seller_id=world.seller_id, credits_only=True)] == ["large"]
    assert [(one["kind"], one["net_minor"]) for one in world.documents()] == [("invoice", 31_00), ("credit_note", 5_00)]
    check_audit(world)
