"""Suspension by the calendar, and what sets services free again: on real PostgreSQL, day by day."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from tests.books import check_audit
from tests.world import World, at, make_world

pytestmark = pytest.mark.usefixtures("database")


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def pass_to(world: World, first: str, last: str) -> None:
    """Let the days pass, both included; messages leave at once."""
    from abono.base.kernel.days import plus_days
    from abono.runs.daily import run_day
    from abono.runs.notifying.send import accept_due

    on = day(first)
    while on <= day(last):
        run_day(seller_id=world.seller_id, on=on, at=at(on, 10), catch_up=True, confirm=True)
        accept_due(seller_id=world.seller_id, on=on, at=at(on, 14))
        on = plus_days(on, 1)


def state_of(world: World, subscription_id: UUID) -> str:
    return str(world.rows("SELECT state FROM subscriptions WHERE id = %(id)s", id=subscription_id)[0][0])


def steps_of(world: World, document_id: UUID) -> list[tuple[Any, ...]]:
    return world.rows(
        "SELECT round_no, step_no, action, scheduled_on, on_date, outcome FROM steps WHERE seller_id = %(seller)s "
        "AND document_id = %(id)s ORDER BY round_no, step_no",
        id=document_id,
    )


def test_an_unpaid_service_is_suspended_to_the_day_and_payment_restores_it_at_once() -> None:
    world, customer, service = argentine()
    pass_to(world, "01-05", "01-21")
    (document,) = world.documents()
    assert (document["issued_on"], document["due_on"]) == (day("01-05"), day("01-20"))
    assert [row[2:] for row in steps_of(world, document["id"])] == [
        ("issue", day("01-05"), day("01-05"), "done"),
        ("remind", day("01-10"), day("01-10"), "done"),
        ("remind", day("01-15"), day("01-15"), "done"),
        ("remind", day("01-19"), day("01-19"), "done"),
    ]
    assert state_of(world, service) == "active"
    pass_to(world, "01-22", "01-22")
    assert state_of(world, service) == "suspended"
    world.pay(customer, document["open_minor"], day("01-22"))
    assert state_of(world, service) == "active"
    check_audit(world)


def argentine(*, price: str = "1000", **more: Any) -> tuple[World, UUID, UUID]:
    """A host's seller with one customer and a service that renews on 20 January, asked for on the 5th."""
    world = make_world("hosting_ar")
    customer = world.customer()
    plan = world.plan(price=price)
    return world, customer, world.subscribe(customer, plan, start=day("01-20"), continues=True, **more)


def holds_of(world: World, subscription_id: UUID) -> list[tuple[Any, ...]]:
    return world.rows(
        "SELECT scope, opened_on, closed_on, closed_by FROM holds WHERE subscription_id = %(id)s ORDER BY opened_on",
        id=subscription_id,
    )


def test_all_that_the_debtor_pays_for_stops_after_five_working_days_and_projects_freeze() -> None:
    from abono.runs.collecting.projects import open_project

    world, customer, service = argentine()
    other = world.subscribe(customer, world.plans["basic"], start=day("01-10"), continues=True)
    project = open_project(
        seller_id=world.seller_id, customer_id=customer, words="New shop", on=day("01-02"), at=at(day("01-02"))
    )
    pass_to(world, "01-05", "01-05")
    for document in world.documents():
        if document["due_on"] == day("01-10"):
            world.pay(customer, document["open_minor"], day("01-06"), document_ids=[document["id"]])
    pass_to(world, "01-06", "01-26")
    assert [state_of(world, one) for one in (service, other, project)] == ["suspended", "active", "active"]
    # 20 January 2026 is a Tuesday: the fifth working day after it is the 27th.
    pass_to(world, "01-27", "01-27")
    assert [state_of(world, one) for one in (service, other, project)] == ["suspended", "suspended", "frozen"]
    assert [row[0] for row in holds_of(world, service)] == ["document", "debtor"]
    owed = sum(row["open_minor"] for row in world.documents(customer))
    world.pay(customer, owed, day("01-28"))
    assert [state_of(world, one) for one in (service, other, project)] == ["active"] * 3
    assert {row[3] for row in holds_of(world, service)} == {"paid"}
    check_audit(world)


def test_a_service_is_terminated_its_open_request_voided_and_it_comes_back_from_its_backup() -> None:
    from abono.runs.collecting.recovering import ask_for_recovery

    world, customer, service = argentine()
    pass_to(world, "01-05", "02-13")
    assert state_of(world, service) == "suspended"
    pass_to(world, "02-14", "02-14")
    assert state_of(world, service) == "terminated"
    assert [one["state"] for one in world.documents(customer)] == ["voided"]
    assert (
        {row[3] for row in holds_of(world, service)} == {"ended", "voided"}
        or {row[3] for row in holds_of(world, service)} == {"ended"}
        or {row[3] for row in holds_of(world, service)} == {"voided"}
    )
    pass_to(world, "02-15", "02-20")
    document_id = ask_for_recovery(
        seller_id=world.seller_id, subscription_id=service, on=day("02-20"), at=at(day("02-20"))
    )
    (asked,) = [one for one in world.documents(customer) if one["id"] == document_id]
    assert asked["net_minor"] == 25_000_00
    world.pay(customer, asked["open_minor"], day("02-22"), document_ids=[asked["id"]])
    assert state_of(world, service) == "active"
    assert world.rows("SELECT billed_to FROM cursors WHERE subscription_id = %(id)s", id=service) == [(day("03-22"),)]
    check_audit(world)


def test_a_recovery_is_over_when_the_backup_is_gone() -> None:
    from abono.base.kernel.refusal import Refused
    from abono.runs.collecting.recovering import ask_for_recovery

    world, customer, service = argentine()
    pass_to(world, "01-05", "02-14")
    asked = ask_for_recovery(seller_id=world.seller_id, subscription_id=service, on=day("03-01"), at=at(day("03-01")))
    pass_to(world, "02-15", "03-17")
    assert {one["id"]: one["state"] for one in world.documents(customer)}[asked] == "voided"
    with pytest.raises(Refused, match="no backup"):
        ask_for_recovery(seller_id=world.seller_id, subscription_id=service, on=day("03-18"), at=at(day("03-18")))
    assert state_of(world, service) == "terminated"
    check_audit(world)


def test_a_return_owes_the_document_again_and_the_calendar_counts_from_it() -> None:
    from abono.domain.payments.actions import return_payment

    world, customer, service = argentine()
    pass_to(world, "01-05", "01-24")
    (document,) = world.documents()
    payment = world.pay(customer, document["open_minor"], day("01-24"))
    assert state_of(world, service) == "active"
    pass_to(world, "01-25", "01-30")
    return_payment(seller_id=world.seller_id, payment_id=payment, cause="R01", on=day("01-30"), at=at(day("01-30"), 15))
    pass_to(world, "01-31", "01-31")
    assert state_of(world, service) == "active"
    pass_to(world, "02-01", "02-01")
    assert state_of(world, service) == "active", "that it came back was told on the 31st, and two days must pass"
    pass_to(world, "02-02", "02-02")
    assert state_of(world, service) == "suspended"
    found = world.rows(
        "SELECT s.round_no, s.step_no, s.action, s.on_date FROM steps AS s WHERE s.seller_id = %(seller)s "
        "AND s.round_no = 1 ORDER BY s.step_no"
    )
    assert found == [(1, -1, "returned", day("01-30")), (1, 4, "suspend", day("02-02"))]
    check_audit(world)


def test_nothing_is_issued_while_suspended_and_the_skipped_one_at_restoration() -> None:
    world, customer, _ = argentine()
    pass_to(world, "01-05", "02-10")
    assert len(world.documents()) == 1, "the renewal of 20 February was to be asked for on the 5th"
    world.pay(customer, world.documents()[0]["open_minor"], day("02-10"))
    requests = [one for one in world.documents() if one["kind"] == "request"]
    assert [(one["issued_on"], one["due_on"]) for one in requests] == [
        (day("01-05"), day("01-20")),
        (day("02-10"), day("02-20")),
    ]
    check_audit(world)


def test_after_a_restoration_a_longer_period_is_offered_with_its_amounts() -> None:
    from abono.runs.collecting.offering import accept_longer_period

    world, customer, _ = argentine()
    world.plan(price="2700", cycle=("month", 3))
    pass_to(world, "01-05", "01-23")
    world.pay(customer, world.documents()[0]["open_minor"], day("01-23"))
    ((offer, from_on, now, new, state),) = world.rows(
        "SELECT id, from_on, now_minor, new_minor, state FROM period_offers WHERE seller_id = %(seller)s"
    )
    assert (from_on, now, new, state) == (day("02-20"), 1000_00, 2700_00, "open")
    accept_longer_period(seller_id=world.seller_id, offer_id=offer, on=day("01-24"), at=at(day("01-24")))
    pass_to(world, "01-24", "02-06")
    last = world.documents()[-1]
    assert (last["kind"], last["net_minor"]) == ("request", 2700_00)
    check_audit(world)


def test_after_an_outage_one_message_is_sent_and_the_suspension_keeps_its_distance() -> None:
    world, _, service = argentine()
    pass_to(world, "01-05", "01-17")
    pass_to(world, "01-23", "01-23")
    (document,) = world.documents()
    assert steps_of(world, document["id"])[-1] == (0, 3, "remind", day("01-19"), day("01-23"), "done")
    pass_to(world, "01-24", "01-25")
    assert state_of(world, service) == "active", "the last reminder left on the 23rd, three days before a suspension"
    pass_to(world, "01-26", "01-26")
    assert state_of(world, service) == "suspended"
    check_audit(world)


def test_of_two_missed_messages_the_later_is_sent() -> None:
    world, _, _ = argentine()
    pass_to(world, "01-05", "01-09")
    pass_to(world, "01-16", "01-16")
    (document,) = world.documents()
    assert [row[1:] for row in steps_of(world, document["id"])] == [
        (0, "issue", day("01-05"), day("01-05"), "done"),
        (1, "remind", day("01-10"), day("01-16"), "missed"),
        (2, "remind", day("01-15"), day("01-16"), "done"),
    ]


@pytest.mark.parametrize("state", ["pending", "reported"])
def test_a_payment_on_its_way_holds_the_calendar_and_not_for_ever(state: str) -> None:
    world, customer, service = argentine()
    pass_to(world, "01-05", "01-21")
    (document,) = world.documents()
    world.pay(
        customer, document["open_minor"], day("01-21"), state=state, means="transfer", reference="slip 7",
        document_ids=[document["id"]],
    )  # fmt: skip
    last_held = "01-26" if state == "pending" else "01-23"
    pass_to(world, "01-22", last_held)
    assert state_of(world, service) == "active"
    following = "01-27" if state == "pending" else "01-24"
    pass_to(world, following, following)
    assert state_of(world, service) == "suspended"


def test_a_payment_of_a_part_holds_nothing() -> None:
    world, customer, service = argentine()
    pass_to(world, "01-05", "01-21")
    (document,) = world.documents()
    world.pay(customer, document["open_minor"] - 1, day("01-21"), state="pending", document_ids=[document["id"]])
    pass_to(world, "01-22", "01-22")
    assert state_of(world, service) == "suspended"
