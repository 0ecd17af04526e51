"""Each step once, to the day; what is caught up after days that did not run, and what is not."""

import pytest

from tests.actions.collecting.days import (
    TOLD,
    acting,
    argentine,
    day,
    first_request,
    moment,
    run,
    run_each,
    state,
    steps,
    waiting,
)
from tests.books import check_audit, fingerprints
from tests.world import at, make_world

pytestmark = pytest.mark.usefixtures("database")


def test_each_step_once_to_the_day_and_never_for_what_is_paid() -> None:
    world, customer, service = argentine()
    paying = world.customer("Bea")
    paid_for = world.subscribe(paying, world.plans["basic"], start=day("01-20"), on=day("01-01"), continues=True)
    run(world, "01-05", "01-10")
    world.pay(paying, first_request(world, paying)["open_minor"], day("01-12"))
    run(world, "01-15", "01-19", "01-20", "01-21", "01-22", "01-26", "01-27", "02-13")
    document = first_request(world, customer)
    assert steps(world, document["id"]) == [
        "0 issue 01-05",
        "1 remind 01-10",
        "2 remind 01-15",
        "3 remind 01-19",
        "4 suspend 01-22",
        "5 suspend 01-27",
    ]
    assert steps(world, first_request(world, paying)["id"]) == ["0 issue 01-05", "1 remind 01-10"]
    assert (state(world, service), state(world, paid_for)) == ("suspended", "active")
    check_audit(world)


def test_a_run_again_later_the_same_day_writes_nothing_but_what_is_new() -> None:
    world, customer, _ = argentine()
    run(world, *TOLD, "01-22")
    before = fingerprints(world)
    run(world, "01-22")
    assert fingerprints(world) == before
    from abono.runs.daily import run_day

    run_day(seller_id=world.seller_id, on=day("01-22"), at=moment(day("01-22"), 23))
    assert fingerprints(world) == before
    from abono.domain.subscriptions.periods import Cycle
    from abono.runs.at_once import order_service

    ordered = order_service(
        customer_id=world.customer("Bea"),
        plan_id=world.plans["basic"],
        cycle=Cycle("month", 1),
        currency="ARS",
        start=day("01-22"),
        **acting(world, "01-22"),
    )
    run(world, "01-22")
    assert steps(world, ordered.document_ids[0]) == ["0 issue 01-22"]
    assert steps(world, first_request(world, customer)["id"])[-1] == "4 suspend 01-22"


def test_an_earlier_day_again_writes_nothing_while_a_service_is_suspended() -> None:
    world, _, service = argentine()
    run(world, *TOLD, "01-22", "02-06")
    assert state(world, service) == "suspended"
    before = fingerprints(world)
    run(world, "02-05")
    assert fingerprints(world) == before


def test_an_outage_over_several_harmful_steps_ends_in_one_a_day_at_their_distances() -> None:
    """The run returns on 20 February: everything has fallen. Five days lie between the suspensions, 18 to the end."""
    world, _, service = argentine()
    run(world, *TOLD, "02-20")
    document = first_request(world)["id"]
    assert steps(world, document)[-1] == "4 suspend 01-22 -> 02-20"
    assert waiting(world, document) == (5, "02-25", "distance")
    run(world, "02-21", "02-24")
    assert len(steps(world, document)) == 5
    run(world, "02-25")
    assert steps(world, document)[-1] == "5 suspend 01-27 -> 02-25"
    assert waiting(world, document) == (6, "03-15", "distance")
    run(world, "03-14")
    assert state(world, service) == "suspended"
    run(world, "03-15")
    assert steps(world, document)[-1] == "6 terminate 02-14 -> 03-15"
    assert state(world, service) == "terminated"
    check_audit(world)


def test_an_outage_over_messages_too_sends_the_latest_and_stops_nothing_before_its_distance() -> None:
    world, _, service = argentine()
    run(world, "01-05", "01-10", "02-20")
    document = first_request(world)["id"]
    assert steps(world, document) == [
        "0 issue 01-05",
        "1 remind 01-10",
        "2 remind 01-15 -> 02-20 missed",
        "3 remind 01-19 -> 02-20",
    ]
    assert waiting(world, document) == (4, "02-21", "notified"), "the message leaves after the run"
    run(world, "02-21", "02-22")
    assert state(world, service) == "active"
    run(world, "02-23")
    assert steps(world, document)[-1] == "4 suspend 01-22 -> 02-23"
    run(world, "02-27")
    assert len(steps(world, document)) == 5
    run(world, "02-28")
    assert steps(world, document)[-1] == "5 suspend 01-27 -> 02-28"
    check_audit(world)


def test_day_by_day_and_late_come_to_the_same_services_and_money() -> None:
    daily, _, one = argentine()
    run_each(daily, "01-05", "01-30")
    late, _, other = argentine()
    run(late, "01-05", "01-30", "01-31", "02-01", "02-02", "02-07")
    assert state(daily, one) == state(late, other) == "suspended"
    for world in (daily, late):
        ((scope, count),) = world.rows(
            "SELECT max(scope), count(*) FROM holds WHERE seller_id = %(seller)s AND closed_on IS NULL"
        )
        assert (scope, count) == ("document", 2)


def test_nothing_is_stopped_before_the_message_has_left() -> None:
    from tests.letters import WatchedPost, send

    world, _, service = argentine()
    run(world, *TOLD[:-1])
    run(world, "01-19", "01-22", "01-24", leaving=False)
    document = first_request(world)["id"]
    assert waiting(world, document) == (4, "01-25", "notified")
    send(world, WatchedPost(), moment(day("01-24"), 20))
    run(world, "01-25", "01-26")
    assert state(world, service) == "active"
    run(world, "01-27")
    assert steps(world, document)[-1] == "4 suspend 01-22 -> 01-27"
    assert state(world, service) == "suspended"


def test_a_document_issued_late_drops_what_lies_behind_it() -> None:
    """Found on the 18th: due three days later, as the policy grants; two reminders lie behind the issue."""
    world, _, service = argentine()
    run(world, "01-18", "01-20", "01-21", "01-22")
    document = first_request(world)
    assert (document["issued_on"], document["due_on"]) == (day("01-18"), day("01-21"))
    assert steps(world, document["id"]) == ["0 issue 01-18", "3 remind 01-20"]
    run(world, "01-23")
    assert state(world, service) == "suspended"


def test_a_document_keeps_the_calendar_of_its_issue_and_new_ones_get_the_new() -> None:
    from abono.domain.sellers.actions import add_policy
    from abono.domain.sellers.policy import builtin_text

    world, customer, service = argentine()
    later = world.subscribe(
        world.customer("Bea"), world.plans["basic"], start=day("02-10"), on=day("01-01"), continues=True
    )
    run(world, "01-05", "01-10", "01-15")
    text = builtin_text("hosting_ar").replace("day = 2, ", "day = 4, ").replace("day = 25,", "day = 40,")
    add_policy(seller_id=world.seller_id, text=text, file="new", effective_on=day("01-16"), at=at(day("01-15")))
    run(world, "01-19", "01-22")
    assert state(world, service) == "suspended", "its document is older than the new policy"
    run(world, "01-26", "01-27", "01-31", "02-05", "02-09", "02-12")
    assert state(world, later) == "active", "its own document counts four days"
    run(world, "02-14")
    assert steps(world, first_request(world, customer)["id"])[-1] == "6 terminate 02-14"
    assert (state(world, service), state(world, later)) == ("terminated", "suspended")
    check_audit(world)


def test_a_first_run_sends_one_message_for_what_is_open_and_stops_nothing_that_day() -> None:
    """A seller whose documents are older than its first sweep: as after an outage that began with the issue."""
    world = make_world("hosting_cl")
    customer = world.customer()
    world.subscribe(customer, world.plan(price="10000"), start=day("01-20"), on=day("01-01"), continues=True)
    world.run(day("01-10"))
    run(world, "02-10")
    document = first_request(world)["id"]
    assert steps(world, document) == [
        "0 issue 01-10 -> 02-10",
        "1 remind 01-17 -> 02-10 missed",
        "2 remind 01-20 -> 02-10 missed",
        "3 remind 01-23 -> 02-10",
    ]
    run(world, "02-11")
    assert waiting(world, document) == (4, "02-12", "notified")
    run(world, "02-12")
    assert steps(world, document)[-1] == "4 suspend 01-25 -> 02-12"


def test_an_order_never_paid_for_stops_nothing_but_itself() -> None:
    """What had not begun is no debt for a service given: the others go on, and the order ends with its request."""
    from abono.domain.subscriptions.periods import Cycle
    from abono.runs.at_once import order_service

    world, customer, service = argentine()
    run(world, "01-05")
    world.pay(customer, first_request(world, customer)["open_minor"], day("01-06"))
    ordered = order_service(
        **acting(world, "01-07"),
        customer_id=customer,
        plan_id=world.plans["basic"],
        cycle=Cycle("month", 1),
        currency="ARS",
        start=day("01-07"),
    )
    run_each(world, "01-08", "01-31")
    assert "5 suspend 01-14 -> 01-15" in steps(world, ordered.document_ids[0])
    assert (state(world, service), state(world, ordered.subscription_id)) == ("active", "ordered")
    run_each(world, "02-01", "02-02")
    assert (state(world, service), state(world, ordered.subscription_id)) == ("active", "cancelled")
    check_audit(world)
