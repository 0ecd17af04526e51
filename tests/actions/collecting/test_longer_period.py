"""After a restoration the next longer period: with a price, within the ladder, from the first cycle not asked for."""

from typing import Any
from uuid import UUID

import pytest

from abono.base.kernel.refusal import Refused
from abono.domain.subscriptions.periods import Cycle
from tests.actions.collecting.days import TOLD, acting, argentine, claims, day, first_request, papers, run, state
from tests.books import check_audit, check_sound
from tests.world import World, make_world

pytestmark = pytest.mark.usefixtures("database")


def offers(world: World) -> list[str]:
    """The offers as `02-20: 1 month 100000 > 3 month 270000 open`."""
    return [
        f"{from_on:%m-%d}: {count} {unit} {now} > {new_count} {new_unit} {new} {how}"
        for from_on, count, unit, now, new_count, new_unit, new, how in world.rows(
            "SELECT from_on, now_count, now_unit, now_minor, new_count, new_unit, new_minor, state FROM period_offers "
            "WHERE seller_id = %(seller)s ORDER BY made_on, id"
        )
    ]


def restored(*, quarter: bool = True, on: str = "01-23", **more: Any) -> tuple[World, UUID, UUID]:
    """Suspended on the 22nd, paid the day after."""
    world, customer, service = argentine(**more)
    if quarter:
        world.plan(price="2700", cycle=("month", 3))
    run(world, *TOLD, "01-22", *(() if on < "01-27" else ("01-27", on)))
    world.pay(customer, first_request(world)["open_minor"], day(on))
    assert state(world, service) == "active"
    return world, customer, service


def test_the_next_rung_is_offered_once_and_declining_changes_nothing() -> None:
    from abono.runs.collecting.offering import accept_longer_period, decline_longer_period

    world, _, service = restored()
    assert offers(world) == ["02-20: 1 month 100000 > 3 month 270000 open"]
    ((offer,),) = world.rows("SELECT id FROM period_offers WHERE seller_id = %(seller)s")
    decline_longer_period(offer_id=offer, **acting(world, "01-24"))
    with pytest.raises(Refused, match="declined already"):
        accept_longer_period(offer_id=offer, **acting(world, "01-25"))
    run(world, "02-05")
    assert papers(world)[-1] == "request 02-05 due 02-20 1000 open"
    assert claims(world, service)[-1] == "02-20 to 03-20 asked"
    check_audit(world)


def test_without_a_price_nothing_is_offered() -> None:
    world, _, _ = restored(quarter=False)
    assert offers(world) == []


def test_what_is_asked_for_already_stays_monthly() -> None:
    """Restored on 7 February: February's request goes out with the restoration, the offer begins after it."""
    from abono.runs.collecting.offering import accept_longer_period

    world, _, service = restored(on="02-07")
    assert papers(world)[-1] == "request 02-07 due 02-20 1000 open"
    assert offers(world) == ["03-20: 1 month 100000 > 3 month 270000 open"]
    ((offer,),) = world.rows("SELECT id FROM period_offers WHERE seller_id = %(seller)s")
    assert accept_longer_period(offer_id=offer, **acting(world, "02-08")) == day("03-20")
    world.pay(world.documents()[-1]["customer_id"], world.documents()[-1]["open_minor"], day("02-08"))
    run(world, "03-05")
    assert claims(world, service)[-1] == "03-20 to 06-20 asked"
    check_audit(world)
    check_sound(world)


def test_automatic_mode_takes_it_and_tells_it() -> None:
    world, _, service = restored(change={'longer_period_mode = "offer"': 'longer_period_mode = "automatic"'})
    assert offers(world) == ["02-20: 1 month 100000 > 3 month 270000 applied"]
    run(world, "02-05")
    assert papers(world)[-1] == "request 02-05 due 02-20 2700 open"
    told = {row[0] for row in world.rows("SELECT kind FROM facts WHERE seller_id = %(seller)s")}
    assert {"LongerPeriodOffered", "LongerPeriodTaken"} <= told
    assert claims(world, service)[-1] == "02-20 to 05-20 asked"
    check_audit(world)


def test_off_offers_nothing() -> None:
    world, _, _ = restored(change={'longer_period_mode = "offer"': 'longer_period_mode = "off"'})
    assert offers(world) == []


@pytest.mark.parametrize(("months", "expected"), [(6, []), (3, ["6"]), (12, [])])
def test_the_ladder_ends_at_half_a_year(months: int, expected: list[str]) -> None:
    """Half a year is the last rung, and a year is none."""
    world = make_world("hosting_ar")
    customer = world.customer()
    for one in (1, 3, 6, 12):
        world.plan(price=str(1000 * one), cycle=("month", one))
    service = world.subscribe(
        customer,
        world.plans["basic"],
        start=day("01-20"),
        on=day("01-01"),
        continues=True,
        cycle=Cycle("month", months),
    )
    run(world, *TOLD, "01-22")
    world.pay(customer, first_request(world)["open_minor"], day("01-23"))
    assert state(world, service) == "active"
    assert [one.split(" > ")[1].split()[0] for one in offers(world)] == expected


def test_no_policy_goes_beyond_half_a_year() -> None:
    with pytest.raises(Refused, match="longer than half a year"):
        argentine(
            change={'longer_period = ["1 month", "3 months", "6 months"]': 'longer_period = ["1 month", "1 year"]'}
        )


def test_a_change_planned_for_a_renewal_that_passed_while_suspended_is_kept() -> None:
    """The quarter was to begin on 20 February; the service came back on 25 March: it begins then, at the next cycle."""
    from abono.domain.subscriptions.actions import plan_change_at_renewal

    world = make_world("hosting_cl", change={"day = 30, do": "day = 90, do"})
    customer = world.customer()
    for months, price in ((1, "10000"), (3, "27000")):
        world.plan(price=price, cycle=("month", months))
    service = world.subscribe(customer, world.plans["basic"], start=day("01-20"), on=day("01-01"), continues=True)
    run(world, "01-10", "01-17", "01-20", "01-23")
    plan_change_at_renewal(subscription_id=service, cycle=Cycle("month", 3), **acting(world, "01-23"))
    run(world, "01-25", "02-10", "03-10", "03-25")
    assert state(world, service) == "suspended"
    world.pay(customer, first_request(world)["open_minor"], day("03-25"))
    assert state(world, service) == "active"
    run(world, "03-25", "04-10")
    check_audit(world)
    check_sound(world)
    assert claims(world, service) == ["01-20 to 02-20 asked", "02-20 to 03-20 suspended", "03-20 to 06-20 asked"]


def test_several_restorations_offer_again_only_when_the_last_was_decided() -> None:
    world, customer, service = restored()
    run(world, "02-05", "02-10", "02-15", "02-19", "02-22")
    assert state(world, service) == "suspended"
    world.pay(customer, world.documents()[-1]["open_minor"], day("02-23"))
    assert state(world, service) == "active"
    assert offers(world) == ["02-20: 1 month 100000 > 3 month 270000 open"]
