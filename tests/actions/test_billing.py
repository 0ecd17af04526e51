"""The billing run on real PostgreSQL: what it asks for, once."""

from datetime import date

import pytest

from tests.world import JANUARY, make_world

pytestmark = pytest.mark.usefixtures("database")


def test_a_day_again_writes_nothing() -> None:
    world = make_world("hosting_ar")
    world.subscribe(world.customer(), world.plan())
    assert world.run(JANUARY).written.documents == 1
    before = world.documents()
    assert world.run(JANUARY).written.documents == 0
    assert world.documents() == before


def test_services_that_renew_the_same_day_share_a_document() -> None:
    world = make_world("hosting_ar")
    ana = world.customer()
    plan = world.plan()
    for _ in range(2):
        world.subscribe(ana, plan)
    world.run(date(2026, 1, 20))
    nets = [one["net_minor"] for one in world.documents(ana)]
    assert nets == [20_000, 20_000]


def test_an_invoice_that_waits_alarms_once_before_the_month_ends() -> None:
    world = make_world("hosting_cl")
    ana = world.customer(complete=False)
    world.subscribe(ana, world.plan(price="10000"), date(2026, 1, 10))
    world.run(date(2026, 1, 10))
    world.pay(ana, 11_900, date(2026, 1, 12))
    assert [one["kind"] for one in world.documents(ana)] == ["request"]
    alarms = {day: world.run(date(2026, 1, day)).alarms for day in (28, 29, 30, 31)}
    assert alarms == {28: 0, 29: 1, 30: 0, 31: 0}


def test_a_period_that_asks_for_nothing_does_not_stop_the_run() -> None:
    """A client without locations is billed one renewal day at a time; its days are claimed as free, all of them."""
    world = make_world("partners_us")
    ana = world.customer()
    world.subscribe(ana, world.plan("hub", "20", model="per_unit", counted="locations"), quantity=0)
    world.subscribe(ana, world.plan("base"), date(2026, 2, 1), anchor_day=1)
    assert world.run(date(2026, 3, 2)).written.documents == 2
    free = world.rows("SELECT period_from FROM claims WHERE seller_id = %(seller)s AND reason = 'free' ORDER BY 1")
    assert [day for (day,) in free] == [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
