"""Termination: what ends, what is asked for no longer, what stays owed, and the way back from the backup."""

from typing import Any
from uuid import UUID

import pytest

from abono.base.kernel.refusal import Refused
from abono.domain.subscriptions.periods import Cycle
from tests.actions.collecting.days import (
    TOLD,
    acting,
    argentine,
    claims,
    day,
    first_request,
    holds,
    moves,
    owed,
    papers,
    run,
    state,
    states,
)
from tests.books import balance, check_audit, check_sound
from tests.world import World, make_world

pytestmark = pytest.mark.usefixtures("database")

UNPAID = (*TOLD, "01-22", "01-27", "02-14")


def ended(**more: Any) -> tuple[World, UUID, UUID]:
    """A host's service that was terminated on 14 February."""
    world, customer, service = argentine(**more)
    run(world, *UNPAID)
    assert state(world, service) == "terminated"
    return world, customer, service


@pytest.mark.parametrize("start", ["01-05", "02-20"])
def test_what_was_ordered_and_never_paid_is_cancelled_when_its_document_ends(start: str) -> None:
    """Whether the service was to start at once or after the end of its document's calendar."""
    from abono.runs.at_once import order_service

    world = make_world("hosting_ar")
    customer = world.customer()
    ordered = order_service(
        customer_id=customer, plan_id=world.plan(price="1000"), cycle=Cycle("month", 1), currency="ARS",
        start=day(start), **acting(world, "01-05"),
    )  # fmt: skip
    run(world, "01-05", "01-07", "01-12")
    assert state(world, ordered.subscription_id) == "ordered"
    assert papers(world) == ["request 01-05 due 01-05 1000 open"]
    run(world, "01-30")
    assert papers(world)[0] == "request 01-05 due 01-05 1000 voided"
    assert owed(world) == 0
    asked = len(papers(world))
    run(world, "02-20", "03-05")
    assert state(world, ordered.subscription_id) == "cancelled"
    assert (owed(world), len(papers(world))) == (0, asked)
    assert world.rows("SELECT 1 FROM recoveries WHERE seller_id = %(seller)s") == []
    check_audit(world)
    check_sound(world)


def test_only_the_documents_own_services_end_and_what_it_held_besides_is_free() -> None:
    world, customer, first = argentine()
    second = world.subscribe(customer, world.plans["basic"], start=day("01-20"), on=day("01-01"), continues=True)
    other = world.subscribe(customer, world.plans["basic"], start=day("01-10"), on=day("01-01"), continues=True)
    run(world, "01-05")
    paid = next(one for one in world.documents() if one["due_on"] == day("01-10"))
    world.pay(customer, paid["open_minor"], day("01-06"), document_ids=[paid["id"]])
    run(world, *TOLD[1:], "01-22", "01-26")
    assert states(world, first, second, other) == ["suspended", "suspended", "active"]
    run(world, "01-27")
    assert states(world, first, second, other) == ["suspended"] * 3
    run(world, "02-13", "02-14")
    assert states(world, first, second, other) == ["terminated", "terminated", "active"]
    assert holds(world, other) == ["debtor 01-27 to 02-14 voided"]
    assert [one for one in papers(world) if one.startswith("request")] == [
        "request 01-05 due 01-10 1000 settled",
        "request 01-05 due 01-20 2000 voided",
        "request 01-26 due 02-10 1000 open",
    ], "asked for the day before all stopped: it has a calendar of its own"
    assert owed(world) == 1210_00
    check_audit(world)
    check_sound(world)


def test_a_charge_on_the_same_request_is_asked_for_again_alone() -> None:
    from abono.runs.at_once import add_one_off

    world, customer, service = argentine()
    add_one_off(
        customer_id=customer, words="Migration", net_minor=300_00, currency="ARS", key="m-1", at_once=False,
        **acting(world, "01-20"),
    )  # fmt: skip
    run(world, "01-20", "01-22", "01-25", "01-30")
    assert papers(world) == ["request 01-20 due 01-23 1300 open"]
    assert state(world, service) == "suspended"
    run(world, "02-17")
    assert state(world, service) == "terminated"
    assert papers(world) == ["request 01-20 due 01-23 1300 voided", "request 02-17 due 02-17 300 open"]
    assert owed(world) == 363_00
    assert claims(world, service) == ["01-20 to 02-17 terminated"]
    world.pay(customer, 363_00, day("02-18"))
    assert papers(world)[-1] == "invoice 02-18 due 02-18 300 settled"
    assert state(world, service) == "terminated", "a charge brings no service back"
    check_audit(world)
    check_sound(world)


def test_what_was_paid_in_part_pays_what_is_asked_for_anew() -> None:
    from abono.runs.at_once import add_one_off

    world, customer, service = argentine()
    add_one_off(
        customer_id=customer, words="Migration", net_minor=300_00, currency="ARS", key="m-1", at_once=False,
        **acting(world, "01-20"),
    )  # fmt: skip
    run(world, "01-20", "01-22", "01-25")
    world.pay(customer, 400_00, day("01-26"))
    run(world, "01-30", "02-17")
    assert state(world, service) == "terminated"
    assert papers(world)[1:] == ["request 02-17 due 02-17 300 settled", "invoice 02-17 due 02-17 300 settled"]
    assert balance(world, customer) == (0, 0, 37_00)
    check_audit(world)
    check_sound(world)


def test_what_was_paid_in_part_is_the_customers_again() -> None:
    world, customer, service = argentine()
    run(world, *TOLD, "01-22")
    world.pay(customer, 500_00, day("01-23"))
    run(world, "01-27", "02-14")
    assert state(world, service) == "terminated"
    assert balance(world, customer) == (0, 0, 500_00)
    check_audit(world)


def test_an_invoice_stays_owed_and_paying_it_brings_nothing_back() -> None:
    world = make_world("franchise_us")
    customer = world.customer()
    service = world.subscribe(customer, world.plan(price="100"), start=day("02-01"), on=day("01-01"), continues=True)
    run(world, "01-12", "01-27", "02-04", "02-11", "02-16", "04-01")
    assert state(world, service) == "suspended"
    run(world, "04-02")
    assert state(world, service) == "terminated"
    assert holds(world, service) == ["document 02-16 to 04-02 ended"]
    invoices = world.documents()
    assert [one["state"] for one in invoices] == ["open", "open"], "February's, and March's from before the suspension"
    world.pay(customer, owed(world), day("04-05"))
    assert state(world, service) == "terminated"
    assert balance(world, customer) == (0, 0, 0)
    run(world, "04-05", "05-12")
    assert len(world.documents()) == 2
    check_audit(world)
    check_sound(world)


def test_what_a_stopped_service_was_not_asked_for_ends_with_its_contract() -> None:
    """No termination in this calendar: the contract ends in April, after two months in which nothing was asked."""
    from abono.domain.subscriptions.actions import end_subscription

    world = make_world("partners_us")
    customer = world.customer()
    service = world.subscribe(customer, world.plan(price="100"), start=day("01-10"), on=day("01-01"), continues=True)
    run(world, "01-10")
    due = first_request(world)["due_on"]
    assert due == day("01-25"), "nothing on file: fifteen days"
    run(world, "01-26", "01-30", "02-09")
    assert state(world, service) == "suspended"
    end_subscription(subscription_id=service, ends_on=day("04-20"), **acting(world, "02-09"))
    run(world, "03-10", "04-19")
    assert len(papers(world)) == 1
    run(world, "04-20", "05-10")
    assert moves(world, service)[-1] == "04-20 suspended > cancelled"
    assert claims(world, service) == [
        "01-10 to 02-10 asked",
        "02-10 to 03-10 suspended",
        "03-10 to 04-10 suspended",
        "04-10 to 04-20 suspended",
    ]
    assert len(papers(world)) == 1
    check_audit(world)
    check_sound(world)


def test_a_recovery_for_a_fee_happens_once() -> None:
    from abono.domain.payments.actions import return_payment
    from abono.runs.collecting.recovering import ask_for_recovery

    world, customer, service = ended()
    asked = ask_for_recovery(subscription_id=service, **acting(world, "02-20"))
    assert ask_for_recovery(subscription_id=service, **acting(world, "02-21")) == asked
    fee = 25_000_00 * 121 // 100
    world.pay(customer, fee - 1, day("02-21"))
    assert state(world, service) == "terminated"
    payment = world.pay(customer, 1, day("02-22"))
    assert moves(world, service)[-1] == "02-22 terminated > active"
    assert claims(world, service) == [
        "01-20 to 02-14 terminated",
        "02-14 to 02-22 terminated",
        "02-22 to 03-22 asked",
    ]
    before = len(papers(world))
    world.pay(customer, fee, day("02-23"))
    assert (len(moves(world, service)), len(papers(world))) == (3, before + 1), "what came in paid the new period"
    with pytest.raises(Refused, match="no backup"):
        ask_for_recovery(subscription_id=service, **acting(world, "02-24"))
    return_payment(payment_id=payment, cause="R01", **acting(world, "02-25"))
    run(world, "02-25", "02-26", "02-28")
    assert state(world, service) == "suspended", "the fee is owed again"
    check_audit(world)
    check_sound(world)


def test_a_recovery_without_a_fee_is_there_at_once() -> None:
    from abono.runs.collecting.recovering import ask_for_recovery

    world, _, service = ended(change={"fee_minor = 25_000_00": "fee_minor = 0"})
    assert ask_for_recovery(subscription_id=service, **acting(world, "02-20")) is None
    assert moves(world, service)[-1] == "02-20 terminated > active"
    assert papers(world)[-1].endswith("1000 open")
    assert claims(world, service)[-1] == "02-20 to 03-20 asked"
    check_audit(world)


def test_money_after_the_backup_is_gone_stays_the_customers() -> None:
    from abono.runs.collecting.recovering import ask_for_recovery

    world, customer, service = ended()
    ask_for_recovery(subscription_id=service, **acting(world, "03-10"))
    run(world, "03-16")
    assert papers(world)[-1].endswith("25000 open")
    run(world, "03-17")
    assert papers(world)[-1].endswith("25000 voided")
    world.pay(customer, 25_000_00 * 121 // 100, day("03-17"))
    assert state(world, service) == "terminated"
    assert balance(world, customer)[2] == 25_000_00 * 121 // 100
    with pytest.raises(Refused, match="no backup"):
        ask_for_recovery(subscription_id=service, **acting(world, "03-17"))
    check_audit(world)


def test_an_invoice_for_a_recovery_is_credited_when_the_backup_is_gone() -> None:
    from abono.runs.collecting.recovering import ask_for_recovery

    recovery = "[recovery]\nwithin_days = 10\nfee_minor = 5000\n\n[arrangement]"
    world = make_world("franchise_us", change={"[arrangement]": recovery})
    customer = world.customer()
    service = world.subscribe(customer, world.plan(price="100"), start=day("02-01"), on=day("01-01"), continues=True)
    run(world, "01-12", "01-27", "02-04", "02-11", "02-16", "04-02")
    asked = ask_for_recovery(subscription_id=service, **acting(world, "04-03"))
    (invoice,) = [one for one in world.documents() if one["id"] == asked]
    assert (invoice["kind"], invoice["open_minor"]) == ("invoice", 50_00)
    world.pay(customer, 20_00, day("04-04"), means="ach", document_ids=[invoice["id"]])
    run(world, "04-12")
    assert papers(world)[-1] == "invoice 04-03 due 04-03 50 open"
    run(world, "04-13")
    assert papers(world)[-1] == "credit_note 04-13 due 04-13 50 issued"
    assert state(world, service) == "terminated"
    assert balance(world, customer)[2] == 20_00
    check_audit(world)
    check_sound(world)


def test_a_policy_without_recovery_offers_none() -> None:
    from abono.runs.collecting.recovering import ask_for_recovery

    world = make_world("booking_hu")
    customer = world.customer()
    service = world.subscribe(customer, world.plan(price="1000"), start=day("01-20"), on=day("01-01"), continues=True)
    run(world, "01-12", "01-17", "01-20", "01-28", "02-19")
    assert state(world, service) == "terminated"
    with pytest.raises(Refused, match="no backup"):
        ask_for_recovery(subscription_id=service, **acting(world, "02-19"))
    assert [one["state"] for one in world.documents()] == ["voided"]
    assert first_request(world)["open_minor"] == 0
    check_audit(world)
