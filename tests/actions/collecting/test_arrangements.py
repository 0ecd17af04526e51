"""A later date: within the policy's limits by the customer alone, beyond them by staff with a reason."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from abono.base.kernel.refusal import Refused
from tests.actions.collecting.days import TOLD, acting, argentine, day, first_request, run, state, steps, waiting
from tests.books import check_audit
from tests.world import World

pytestmark = pytest.mark.usefixtures("database")


def put_off(world: World, document_id: UUID, until: str, on: str, **more: Any) -> UUID:
    from abono.runs.collecting.objections import put_off

    return put_off(document_id=document_id, until=day(until), **acting(world, on), **more)


def test_until_the_later_date_is_over_no_reminder_and_no_harm() -> None:
    world, _, service = argentine()
    run(world, "01-05", "01-10")
    document = first_request(world)["id"]
    put_off(world, document, "01-27", "01-12")
    run(world, "01-15", "01-19", "01-22", "01-27")
    assert [one for one in steps(world, document) if "missed" in one] == [
        "2 remind 01-15 missed",
        "3 remind 01-19 missed",
    ]
    assert waiting(world, document) == (4, "01-28", "no-arrangement")
    assert state(world, service) == "active"
    run(world, "01-28")
    assert state(world, service) == "suspended"
    check_audit(world)


def test_the_customers_limits_are_days_from_the_due_date_and_times_in_a_year() -> None:
    """Seven days, twice a year."""
    world, customer, _ = argentine()
    run(world, "01-05", "01-10")
    document = first_request(world)
    for until, wrong in (("01-20", "must be after"), ("01-28", "latest date to choose is 2026-01-27")):
        with pytest.raises(Refused, match=wrong):
            put_off(world, document["id"], until, "01-12")
    put_off(world, document["id"], "01-21", "01-12")
    put_off(world, document["id"], "01-27", "01-21")
    with pytest.raises(Refused, match="taken 2 times"):
        put_off(world, document["id"], "01-28", "01-22")
    with pytest.raises(Refused, match="Say why"):
        put_off(world, document["id"], "03-01", "01-22", by="staff")
    put_off(world, document["id"], "03-01", "01-22", by="staff", reason="a flood")
    world.pay(customer, document["open_minor"], day("01-23"))
    with pytest.raises(Refused, match="nothing to stop"):
        put_off(world, document["id"], "02-01", "01-24")
    check_audit(world)


def test_after_the_due_date_the_days_count_from_today() -> None:
    world, _, service = argentine()
    run(world, *TOLD, "01-21")
    document = first_request(world)["id"]
    with pytest.raises(Refused, match="2026-01-28"):
        put_off(world, document, "01-29", "01-21")
    put_off(world, document, "01-28", "01-21")
    run(world, "01-22", "01-28")
    assert state(world, service) == "active"
    run(world, "01-29")
    assert state(world, service) == "suspended"
    with pytest.raises(Refused, match="payment restores"):
        put_off(world, document, "02-01", "01-29")
    put_off(world, document, "02-20", "01-29", by="staff", reason="a flood")
    run(world, "02-05", "02-20")
    assert steps(world, document)[-1] == "4 suspend 01-22 -> 01-29", "the next ones wait"
    run(world, "02-21")
    assert steps(world, document)[-1] == "5 suspend 01-27 -> 02-21"
    check_audit(world)


def test_a_year_later_the_count_begins_anew_and_some_policies_leave_it_to_staff() -> None:
    from abono.domain.collections.actions import arrange_later_date
    from tests.world import at, make_world

    world, _, _ = argentine()
    run(world, "01-05")
    document = first_request(world)["id"]
    put_off(world, document, "01-21", "01-06")
    put_off(world, document, "01-22", "01-07")
    for late, allowed in ((date(2027, 1, 5), False), (date(2027, 1, 7), True)):
        until = date(2027, 1, 10)
        if allowed:
            arrange_later_date(seller_id=world.seller_id, document_id=document, until=until, on=late, at=at(late))
        else:
            with pytest.raises(Refused, match="taken 2 times"):
                arrange_later_date(seller_id=world.seller_id, document_id=document, until=until, on=late, at=at(late))
    partners = make_world("partners_us")
    partner = partners.customer()
    partners.subscribe(partner, partners.plan(price="100"), start=day("01-10"), on=day("01-01"), continues=True)
    run(partners, "01-10")
    with pytest.raises(Refused, match="with staff only"):
        put_off(partners, first_request(partners)["id"], "01-30", "01-11")
