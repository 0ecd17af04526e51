"""A partner's months: one invoice for all its clients, with an annex and what the month before had too little or too
much; a programme that began on a 31st; a client that goes on alone [D1 D2 D4 D5, D6 engine]."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest

from tests.journeys.months import Months, months_of
from tests.world import at

pytestmark = pytest.mark.usefixtures("database")

JOINED = date(2026, 1, 1)
BEGINS = date(2026, 1, 31)


def add_place(story: Months, customer_id: UUID, name: str, on: date) -> UUID:
    from abono.domain.customers.actions import add_location

    seller_id = story.world.seller_id
    return add_location(seller_id=seller_id, customer_id=customer_id, name=name, active_from=on, on=on, at=at(on))


def count_place(story: Months, subscription_id: UUID, location_id: UUID, on: date) -> None:
    from abono.domain.subscriptions.actions import activate_location

    activate_location(
        seller_id=story.world.seller_id,
        subscription_id=subscription_id,
        location_id=location_id,
        from_on=on,
        on=on,
        at=at(on),
    )


def add_client(story: Months, partner: UUID, name: str) -> UUID:
    from abono.runs.partnership import join_partner

    client = story.world.customer(name)
    join_partner(
        seller_id=story.world.seller_id,
        customer_id=client,
        payer_id=partner,
        from_on=JOINED,
        on=JOINED,
        at=at(JOINED),
    )
    return client


def subscribe(story: Months, client: UUID, plan: UUID, places: list[UUID]) -> UUID:
    service = story.world.subscribe(client, plan, BEGINS, on=JOINED, anchor_day=31, continues=True)
    for place in places:
        count_place(story, service, place, JOINED)
    return service


@dataclass
class Larkrow:
    """A partner with two clients: North with two locations on hub and sync, South with one on hub."""

    story: Months
    partner: UUID
    north: UUID
    south: UUID
    cedar: UUID
    norths_hub: UUID
    souths_hub: UUID


def larkrow(**where: str) -> Larkrow:
    """Order hub at 30.00 for up to two locations, 25.00 from three on, by the total; menu sync at 12.50 each."""
    story = months_of("partners_us", harmless=True)
    world = story.world
    hub = world.plan("hub", model="volume", tiers=[[2, "30"], [None, "25"]], counted="locations")
    sync = world.plan("sync", "12.50", model="per_unit", counted="locations")
    partner = world.customer("Larkrow Kitchens LLC", **where)
    north, south = (add_client(story, partner, name) for name in ("North", "South"))
    basil, cedar, dune = (
        add_place(story, client, name, JOINED)
        for client, name in ((north, "Basil Court"), (north, "Cedar Lane"), (south, "Dune Street"))
    )
    norths_hub = subscribe(story, north, hub, [basil, cedar])
    subscribe(story, north, sync, [basil, cedar])
    return Larkrow(story, partner, north, south, cedar, norths_hub, subscribe(story, south, hub, [dune]))


def test_a_partner_pays_for_its_clients_in_one_invoice() -> None:
    """An annex names every location; the next invoice has what the month before had too little or too much."""
    from abono.domain.subscriptions.actions import deactivate_location
    from abono.runs.partnership import leave_partner

    made = larkrow()
    story, partner, north, south = made.story, made.partner, made.north, made.south
    story.to(1, 31)  # the 31st, issued that day; no method is on file, so it is due 15 days later
    assert story.papers() == ["2026-01-31 I-2026-000001 due 2026-02-15: 10000 + 0 open"]
    assert story.lines(1, kind="invoice") == [
        "[2026-01-31, 2026-02-28) 3 x Plan hub: 7500",
        "[2026-01-31, 2026-02-28) 2 x Plan sync: 2500",
    ]
    assert story.annex(1) == [
        "North, Basil Court, Plan hub: 28 days 2500",
        "North, Cedar Lane, Plan hub: 28 days 2500",
        "South, Dune Street, Plan hub: 28 days 2500",
        "North, Basil Court, Plan sync: 28 days 1250",
        "North, Cedar Lane, Plan sync: 28 days 1250",
    ]
    # One opens on 10 February (18 of 28 days: 16.07), one closes on the 20th (8 of 28 days: 7.14).
    fourth = add_place(story, south, "Elm Street", story.to(2, 10))
    count_place(story, made.souths_hub, fourth, date(2026, 2, 10))
    story.to(2, 20)
    deactivate_location(subscription_id=made.norths_hub, location_id=made.cedar, to_on=date(2026, 2, 20), **story.now())
    story.to(2, 28)
    assert story.papers()[1:] == ["2026-02-28 I-2026-000002 due 2026-03-15: 10893 + 0 open"]
    assert story.lines(2, kind="invoice") == [
        "[2026-02-28, 2026-03-31) 3 x Plan hub: 7500",
        "[2026-02-28, 2026-03-31) 2 x Plan sync: 2500",
        "[2026-01-31, 2026-02-28) 18 x Plan hub: Locations that joined, by day: 1607",
        "[2026-01-31, 2026-02-28) 8 x Plan hub: Locations that left, by day: -714",
    ]
    assert story.annex(2)[-2:] == [
        "South, Elm Street, Plan hub: 18 days 1607",
        "North, Cedar Lane, Plan hub: -8 days -714",
    ]
    # From 15 March North goes on alone: 16 of 31 days back to the partner, and asked of North at its own price.
    story.to(3, 15)
    left = leave_partner(customer_id=north, to_on=date(2026, 3, 15), **story.now())
    assert (left.payer_id, left.credit_minor) == (partner, 2_580)
    assert story.papers(north) == ["2026-03-15 I-2026-000003 due 2026-03-15: 2838 + 0 open"]
    story.to(5, 31)
    assert story.papers(partner)[2:] == [
        "2026-03-31 I-2026-000004 due 2026-04-15: 3420 + 0 open",
        "2026-04-30 I-2026-000006 due 2026-05-15: 6000 + 0 open",
        "2026-05-31 I-2026-000008 due 2026-06-15: 6000 + 0 open",
    ]
    assert story.papers(north)[1:] == [
        "2026-03-31 I-2026-000005 due 2026-04-15: 5500 + 0 open",
        "2026-04-30 I-2026-000007 due 2026-05-15: 5500 + 0 open",
        "2026-05-31 I-2026-000009 due 2026-06-15: 5500 + 0 open",
    ]
    assert story.papers(south) == []


@pytest.mark.parametrize(
    ("anchor", "days"),
    [
        (1, ["01-01", "02-01", "03-01", "04-01", "05-01", "06-01"]),
        (29, ["01-29", "02-28", "03-29", "04-29", "05-29", "06-29"]),
        (30, ["01-30", "02-28", "03-30", "04-30", "05-30", "06-30"]),
        (31, ["01-31", "02-28", "03-31", "04-30", "05-31", "06-30"]),
    ],
)
def test_a_programme_bills_on_the_day_it_began(anchor: int, days: list[str]) -> None:
    """Also on the 29th to 31st: shortened to the month, never drifting [D4]."""
    story = months_of("partners_us", harmless=True)
    world = story.world
    ana = world.customer()
    plan = world.plan("desk", "40")
    world.subscribe(ana, plan, date(2026, 1, anchor), on=JOINED, anchor_day=anchor, continues=True)
    story.to(6, 30)
    assert [paper[:10] for paper in story.papers()] == [f"2026-{day}" for day in days]
    assert {paper.partition(": ")[2] for paper in story.papers()} == {"4000 + 0 open"}


def test_partner_settled_late_leaves_nothing_open() -> None:
    """The oldest due is paid first; what is too much is used for the next invoice on the day it is issued."""
    story = months_of("partners_us", harmless=True)
    world = story.world
    ana = world.customer()
    world.subscribe(ana, world.plan("desk", "40"), date(2026, 1, 10), on=JOINED, anchor_day=10, continues=True)
    world.pay(ana, 9_000, story.to(2, 20), means="ach")
    story.to(3, 10)
    assert story.papers() == [
        "2026-01-10 I-2026-000001 due 2026-01-25: 4000 + 0 settled",
        "2026-02-10 I-2026-000002 due 2026-02-25: 4000 + 0 settled",
        "2026-03-10 I-2026-000003 due 2026-03-25: 4000 + 0 open 3000",
    ]


def test_the_days_of_a_cancelled_client_go_back_with_their_tax() -> None:
    """South ends on 14 February: 14 of 28 days of its part of 75.00, and Texas tax on 80 % of that at 6.25 %."""
    from abono.reports.audit.run import audit
    from abono.runs.changes import cancel_service

    made = larkrow(city="Denton", region="TX", postal_code="76201")
    story = made.story
    story.to(1, 31)
    assert story.papers() == ["2026-01-31 I-2026-000001 due 2026-02-15: 10000 + 500 open"]
    story.to(2, 14)
    cancel_service(subscription_id=made.souths_hub, at_once=True, **story.now())
    assert story.papers()[1:] == ["2026-02-14 N-2026-000001 due 2026-02-14: 1250 + 63 issued"]
    codes = "SELECT DISTINCT l.tax_code FROM lines AS l WHERE l.seller_id = %(seller)s"
    assert story.world.rows(codes) == [("US-TX",)]
    assert audit(seller_id=story.world.seller_id).findings == ()
