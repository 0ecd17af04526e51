"""Working days, holidays and days that never began, as the runs live them."""

from dataclasses import replace
from datetime import date

import pytest

from abono.domain.collections.business_days import holiday_data
from abono.domain.sellers.policy import builtin_policy
from abono.domain.subscriptions.periods import Cycle
from tests.actions.collecting.days import day, first_request, moment, run, state, states, steps
from tests.books import check_audit
from tests.world import make_world

pytestmark = pytest.mark.usefixtures("database")


def test_the_fifth_working_day_lies_behind_carnival_and_the_run_knows() -> None:
    """Due on Friday 13 February; Monday and Tuesday are Carnival: the fifth working day is the 24th."""
    world = make_world("hosting_ar")
    customer = world.customer()
    plan = world.plan(price="1000")
    unpaid, other = (
        world.subscribe(customer, plan, start=day(start), on=day("01-01"), continues=True)
        for start in ("02-13", "02-02")
    )
    run(world, "01-18", "01-29")
    paid = next(one for one in world.documents() if one["due_on"] == day("02-02"))
    world.pay(customer, paid["open_minor"], day("01-29"), document_ids=[paid["id"]])
    run(world, "02-03", "02-08", "02-12", "02-15", "02-20", "02-23")
    assert states(world, unpaid, other) == ["suspended", "active"]
    run(world, "02-24")
    assert states(world, unpaid, other) == ["suspended", "suspended"]
    document = next(one for one in world.documents() if one["due_on"] == day("02-13"))
    assert steps(world, document["id"])[-2:] == ["4 suspend 02-15", "5 suspend 02-24"]
    counted = world.rows(
        "SELECT DISTINCT step_no, counted_by FROM steps WHERE seller_id = %(seller)s AND action = 'suspend' ORDER BY 1"
    )
    assert counted == [(4, None), (5, holiday_data())]
    check_audit(world)


def test_working_days_are_those_of_the_sellers_country() -> None:
    """The same due date and the same step: in Chile Carnival is worked."""
    world = make_world("hosting_cl", change={"{ day = 5, do": "{ business_day = 3, do"})
    customer = world.customer()
    service = world.subscribe(customer, world.plan(price="10000"), start=day("02-13"), on=day("01-01"), continues=True)
    run(world, "02-03", "02-10", "02-13", "02-16", "02-17")
    assert state(world, service) == "active"
    run(world, "02-18")
    assert state(world, service) == "suspended"
    assert steps(world, first_request(world)["id"])[-1] == "4 suspend 02-18"


def test_the_days_around_the_turn_of_the_year_and_the_29th_of_february() -> None:
    """A yearly service that began on 29 February 2024 renews on 28 February; its steps cross the month."""
    world = make_world("hosting_cl")
    customer = world.customer()
    plan = world.plan(price="90000", cycle=("month", 12))
    service = world.subscribe(
        customer, plan, start=date(2026, 2, 28), on=day("01-01"), continues=True, cycle=Cycle("month", 12)
    )
    run(world, "02-18", "02-25", "02-28", "03-03", "03-04")
    assert state(world, service) == "active"
    run(world, "03-05")
    assert steps(world, first_request(world)["id"]) == [
        "0 issue 02-18",
        "1 remind 02-25",
        "2 remind 02-28",
        "3 remind 03-03",
        "4 suspend 03-05",
    ]
    check_audit(world)


def test_a_day_that_never_began_is_made_up_for_by_the_next() -> None:
    """Samoa had no 30 December 2011: the run of the 31st takes the steps of both days, and says so."""
    from abono.runs.daily import run_day

    chilean = builtin_policy("hosting_cl")
    samoan = replace(chilean, seller=replace(chilean.seller, time_zone="Pacific/Apia"))
    early = date(2011, 12, 1)
    world = make_world("hosting_cl", said=samoan, since=early)
    customer = world.customer(on=early)
    plan = world.plan(price="10000", effective_on=early)
    service = world.subscribe(customer, plan, start=date(2011, 12, 25), on=early, continues=True)
    for on in (date(2011, 12, one) for one in (15, 22, 25, 28, 29)):
        run_day(seller_id=world.seller_id, on=on, at=moment(on, 10), catch_up=True)
        leave(world.seller_id, on)
    assert state(world, service) == "active"
    on = date(2011, 12, 31)
    done = run_day(seller_id=world.seller_id, on=on, at=moment(on, 10))
    assert done.made_up == (date(2011, 12, 30),)
    assert state(world, service) == "suspended"
    assert steps(world, first_request(world)["id"])[-1] == "4 suspend 12-30 -> 12-31"


def leave(seller_id: int, on: date) -> None:
    """The day's messages leave."""
    from abono.runs.notifying.send import accept_due

    accept_due(seller_id=seller_id, on=on, at=moment(on, 20))
