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
