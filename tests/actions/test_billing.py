"""The billing run on real PostgreSQL: what it asks for, once."""

from datetime import date

import pytest

from tests.world import JANUARY, at, make_world

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


def test_nothing_is_backdated() -> None:
    from abono.base.kernel.refusal import Refused
    from abono.runs.at_once import add_one_off

    world = make_world("franchise_us")
    ana = world.customer()
    add = {
        "seller_id": world.seller_id,
        "customer_id": ana,
        "words": "Help",
        "net_minor": 100,
        "currency": "USD",
        "at_once": True,
    }
    add_one_off(key="a", on=date(2026, 3, 5), at=at(date(2026, 3, 5)), **add)
    with pytest.raises(Refused, match="2026-03-05 are numbered already"):
        add_one_off(key="b", on=date(2026, 3, 4), at=at(date(2026, 3, 5)), **add)
    assert len(world.documents(ana)) == 1


def test_a_payment_recorded_for_a_past_day_makes_an_invoice_of_no_past_day() -> None:
    world = make_world("hosting_ar")
    plan = world.plan()
    ana, eva = world.customer(), world.customer("Eva")
    for one in (ana, eva):
        world.subscribe(one, plan)
    world.run(JANUARY)
    (request,) = world.documents(ana)
    world.pay(eva, 12_100, date(2026, 1, 9))
    world.pay(ana, request["gross_minor"], date(2026, 1, 5))
    invoice = world.documents(ana)[-1]
    assert (invoice["kind"], invoice["issued_on"], invoice["number"]) == ("invoice", date(2026, 1, 9), 2)


def test_a_charge_goes_on_the_document_of_its_day_however_late_the_run() -> None:
    """Tax is rounded once per document, so what shares one must not depend on when the run happened."""
    from abono.runs.at_once import add_one_off

    found = []
    for days in ((JANUARY, date(2026, 2, 1), date(2026, 3, 1)), (date(2026, 3, 1),)):
        world = make_world("booking_hu")
        ana = world.customer()
        world.subscribe(ana, world.plan(price="102"))
        add_one_off(
            seller_id=world.seller_id,
            customer_id=ana,
            words="Training",
            net_minor=102,
            currency="HUF",
            key="training",
            on=date(2026, 2, 1),
            at=at(JANUARY),
            at_once=False,
        )
        for day in days:
            world.run(day)
        found.append(sorted((one["net_minor"], one["tax_minor"]) for one in world.documents(ana)))
    assert found[0] == found[1] == [(102, 28), (102, 28), (204, 55)]
