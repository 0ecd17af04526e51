"""Payments on their way hold the calendar: accepted, for all of it, once for a document, and never for ever."""

from typing import Any

import pytest

from tests.actions.collecting.days import (
    TOLD,
    acting,
    argentine,
    day,
    first_request,
    run,
    state,
    states,
    steps,
    waiting,
)
from tests.books import check_audit

pytestmark = pytest.mark.usefixtures("database")


def test_it_holds_once_for_a_document_however_many_follow() -> None:
    world, customer, service = argentine()
    run(world, *TOLD, "01-21")
    document = first_request(world)
    for on in ("01-21", "01-25", "01-26"):
        world.pay(
            customer, document["open_minor"], day(on), state="pending", means="transfer", document_ids=[document["id"]]
        )
        run(world, on)
    assert waiting(world, document["id"]) == (4, "01-27", "no-pending-payment")
    run(world, "01-27")
    assert state(world, service) == "suspended"
    check_audit(world)


def test_one_that_fails_releases_the_day_after() -> None:
    from abono.domain.payments.actions import move_payment

    world, customer, service = argentine()
    run(world, *TOLD, "01-21")
    document = first_request(world)
    payment = world.pay(customer, document["open_minor"], day("01-21"), state="pending", means="transfer")
    run(world, "01-22")
    move_payment(payment_id=payment, after="failed", cause="R01", **acting(world, "01-23"))
    run(world, "01-23")
    assert state(world, service) == "active"
    run(world, "01-24")
    assert state(world, service) == "suspended"


def test_one_that_settles_while_it_holds_pays_and_nothing_was_stopped() -> None:
    from abono.domain.payments.actions import settle_payment

    world, customer, service = argentine()
    run(world, *TOLD, "01-21")
    payment = world.pay(customer, first_request(world)["open_minor"], day("01-21"), state="pending", means="transfer")
    run(world, "01-22", "01-25")
    settle_payment(payment_id=payment, cause="matched", **acting(world, "01-26"))
    run(world, "01-26", "01-27", "01-28")
    assert state(world, service) == "active"
    assert not [one for one in steps(world, first_request(world)["id"]) if "suspend" in one]


@pytest.mark.parametrize(
    ("more", "held"),
    [
        ({"state": "reported", "reference": "slip 7"}, True),
        ({"state": "reported", "reference": ""}, False),
        ({"state": "unknown"}, True),
    ],
)
def test_a_report_holds_with_a_proof_only_and_an_unknown_outcome_holds(more: dict[str, Any], held: bool) -> None:
    world, customer, service = argentine()
    run(world, *TOLD, "01-21")
    world.pay(customer, first_request(world)["open_minor"], day("01-21"), means="transfer", **more)
    run(world, "01-22")
    assert (state(world, service) == "active") == held


def test_a_report_on_a_friday_holds_two_working_days() -> None:
    """Reported on Friday the 23rd: Monday and Tuesday are its two days."""
    world, customer, service = argentine(start="01-22")
    run(world, "01-07", "01-12", "01-17", "01-21", "01-23")
    world.pay(
        customer, first_request(world)["open_minor"], day("01-23"), state="reported", means="transfer", reference="s"
    )
    run(world, "01-24", "01-27")
    assert state(world, service) == "active"
    run(world, "01-28")
    assert state(world, service) == "suspended"


def test_a_report_that_the_bank_confirms_holds_on_as_an_accepted_payment() -> None:
    """Two entitlements: two working days for the report, then the policy's days once the bank has accepted it."""
    from abono.domain.payments.actions import move_payment

    world, customer, service = argentine()
    run(world, *TOLD, "01-21")
    payment = world.pay(
        customer, first_request(world)["open_minor"], day("01-21"), state="reported", means="transfer", reference="s"
    )
    run(world, "01-22")
    move_payment(payment_id=payment, after="pending", cause="on its way", **acting(world, "01-23"))
    run(world, "01-24", "01-27", "01-28")
    assert state(world, service) == "active"
    run(world, "01-29")
    assert state(world, service) == "suspended"


def test_money_for_one_of_two_documents_holds_only_that_one() -> None:
    """Not chosen, it will pay the oldest due; the other document's calendar goes on."""
    world, customer, first = argentine()
    second = world.subscribe(customer, world.plans["basic"], start=day("01-21"), on=day("01-01"), continues=True)
    run(world, "01-05", "01-06", "01-10", "01-15", "01-19", "01-20", "01-21")
    one, other = world.documents()
    assert one["due_on"] < other["due_on"]
    world.pay(customer, one["open_minor"], day("01-21"), state="pending", means="transfer")
    run(world, "01-22", "01-23")
    assert states(world, first, second) == ["active", "suspended"]


def test_a_payment_of_a_part_holds_nothing() -> None:
    world, customer, service = argentine()
    run(world, *TOLD, "01-21")
    document = first_request(world)
    world.pay(
        customer, document["open_minor"] - 1, day("01-21"), state="pending", means="transfer",
        document_ids=[document["id"]],
    )  # fmt: skip
    run(world, "01-22")
    assert state(world, service) == "suspended"
