"""What sets a service free, and what it is asked for then: nothing but the last hold's end, at once."""

from uuid import UUID

import pytest

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
    steps,
)
from tests.books import balance, check_audit, check_sound
from tests.world import World, make_world

pytestmark = pytest.mark.usefixtures("database")


def two_debts() -> tuple[World, UUID, UUID, UUID]:
    """Services that renew on the 20th and the 23rd, both unpaid, each held by both documents on 30 January."""
    world, customer, first = argentine()
    second = world.subscribe(customer, world.plans["basic"], start=day("01-23"), on=day("01-01"), continues=True)
    run(world, "01-05", "01-08", "01-10", "01-15", "01-19", "01-22", "01-25", "01-27", "01-30")
    assert states(world, first, second) == ["suspended", "suspended"]
    return world, customer, first, second


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_service_is_free_when_the_last_of_several_documents_is_paid(order: tuple[int, int]) -> None:
    world, customer, first, second = two_debts()
    assert holds(world, first) == ["document 01-22", "debtor 01-27", "debtor 01-30"]
    assert holds(world, second) == ["document 01-25", "debtor 01-27", "debtor 01-30"]
    documents = world.documents()
    one, other = (documents[index] for index in order)
    world.pay(customer, one["open_minor"], day("01-31"), document_ids=[one["id"]])
    assert states(world, first, second) == ["suspended", "suspended"]
    world.pay(customer, other["open_minor"] - 1, day("01-31"), document_ids=[other["id"]])
    assert states(world, first, second) == ["suspended", "suspended"]
    world.pay(customer, 1, day("02-01"), document_ids=[other["id"]])
    assert states(world, first, second) == ["active", "active"]
    assert not [one for one in (*holds(world, first), *holds(world, second)) if "to" not in one]
    assert moves(world, first)[-1] == "02-01 suspended > active"
    check_audit(world)
    check_sound(world)


def test_one_payment_for_two_debts_pays_both_also_while_a_restoration_asks_for_more() -> None:
    """Restoring the first service asks for its next period: the money meant for the second debt still pays that."""
    world, customer, first = argentine()
    second = world.subscribe(customer, world.plans["basic"], start=day("02-10"), on=day("01-01"), continues=True)
    run(world, *TOLD, "01-22", "01-26", "01-27", "02-06")
    debts = [one for one in world.documents() if one["open_minor"]]
    assert [one["due_on"] for one in debts] == [day("01-20"), day("02-10")]
    world.pay(customer, sum(one["open_minor"] for one in debts), day("02-06"))
    assert states(world, first, second) == ["active", "active"]
    assert [one for one in papers(world) if one.startswith("request")] == [
        "request 01-05 due 01-20 1000 settled",
        "request 01-26 due 02-10 1000 settled",
        "request 02-06 due 02-20 1000 open",
    ]
    check_audit(world)
    check_sound(world)


def test_a_part_pays_no_service_free_and_makes_no_invoice() -> None:
    world, customer, service = argentine()
    run(world, *TOLD, "01-22")
    open_minor = first_request(world)["open_minor"]
    world.pay(customer, open_minor // 2, day("01-23"))
    assert state(world, service) == "suspended"
    assert papers(world) == ["request 01-05 due 01-20 1000 open"]
    world.pay(customer, open_minor - open_minor // 2, day("01-24"))
    assert state(world, service) == "active"
    assert papers(world)[-1].startswith("invoice 01-24")
    assert holds(world, service) == ["document 01-22 to 01-24 paid"]


def test_credit_pays_at_issue_and_nothing_is_ever_stopped() -> None:
    world, customer, service = argentine()
    world.pay(customer, 1210_00, day("01-02"))
    run(world, *TOLD, "01-22", "01-27")
    assert papers(world)[0] == "request 01-05 due 01-20 1000 settled"
    assert [one for one in steps(world, first_request(world)["id"]) if "issue" not in one] == []
    assert state(world, service) == "active"
    assert moves(world, service) == []


def test_too_much_money_pays_what_the_restoration_asks_for_and_the_rest_stays_theirs() -> None:
    world, customer, service = argentine()
    run(world, *TOLD, "01-22", "02-07")
    world.pay(customer, 3 * 1210_00, day("02-07"))
    assert state(world, service) == "active"
    assert [one for one in papers(world) if one.startswith("request")] == [
        "request 01-05 due 01-20 1000 settled",
        "request 02-07 due 02-20 1000 settled",
    ]
    assert balance(world, customer)[2] == 1210_00
    check_audit(world)


@pytest.mark.parametrize("complete", [True, False])
def test_a_return_opens_the_calendar_anew_before_and_after_the_invoice(complete: bool) -> None:
    from abono.domain.payments.actions import return_payment

    world = make_world("hosting_ar")
    customer = world.customer(complete=complete)
    service = world.subscribe(customer, world.plan(price="1000"), start=day("01-20"), on=day("01-01"), continues=True)
    run(world, *TOLD, "01-22")
    request = first_request(world)
    payment = world.pay(customer, request["open_minor"], day("01-23"))
    assert state(world, service) == "active"
    assert len(world.documents()) == (2 if complete else 1), "an incomplete profile keeps the invoice waiting"
    return_payment(payment_id=payment, cause="R01", **acting(world, "01-26"))
    again = world.documents()[-1]
    assert (again["kind"], again["open_minor"]) == ("invoice" if complete else "request", request["open_minor"])
    assert steps(world, again["id"], round_no=1) == ["-1 returned 01-26"]
    run(world, "01-26", "01-27")
    assert state(world, service) == "active"
    run(world, "01-28", "02-02")
    assert state(world, service) == "suspended"
    assert [one for one in steps(world, again["id"], round_no=1) if "suspend" in one] == [
        "4 suspend 01-28",
        "5 suspend 02-02",
    ]
    world.pay(customer, again["open_minor"], day("02-03"))
    assert state(world, service) == "active"
    assert len([one for one in world.documents() if one["kind"] == "invoice"]) == (1 if complete else 0)
    check_audit(world)


def test_reminders_after_the_day_zero_are_sent_again_after_a_return() -> None:
    from abono.domain.payments.actions import return_payment

    world = make_world("hosting_cl")
    customer = world.customer()
    service = world.subscribe(customer, world.plan(price="10000"), start=day("01-20"), on=day("01-01"), continues=True)
    run(world, "01-10", "01-17", "01-20", "01-22")
    payment = world.pay(customer, first_request(world)["open_minor"], day("01-22"))
    run(world, "01-23")
    return_payment(payment_id=payment, cause="R01", **acting(world, "02-10"))
    invoice = world.documents()[1]["id"]
    run(world, "02-10", "02-11", "02-13", "02-14")
    assert steps(world, invoice, round_no=1) == ["-1 returned 02-10", "3 remind 02-13"]
    assert state(world, service) == "active"
    run(world, "02-15")
    assert state(world, service) == "suspended"
    check_audit(world)


def test_when_one_of_two_payments_comes_back_its_part_is_owed_and_later_the_other_too() -> None:
    from abono.domain.payments.actions import return_payment

    world, customer, service = argentine()
    run(world, *TOLD, "01-20")
    open_minor = first_request(world)["open_minor"]
    one = world.pay(customer, 400_00, day("01-20"))
    other = world.pay(customer, open_minor - 400_00, day("01-20"))
    return_payment(payment_id=one, cause="R01", **acting(world, "01-23"))
    invoice = world.documents()[-1]
    assert invoice["open_minor"] == 400_00
    run(world, "01-23", "01-25")
    assert state(world, service) == "suspended"
    return_payment(payment_id=other, cause="R01", **acting(world, "01-26"))
    assert steps(world, invoice["id"], round_no=2) == [], "it was owed already: its calendar goes on"
    world.pay(customer, 400_00, day("01-27"))
    assert state(world, service) == "suspended"
    world.pay(customer, open_minor - 400_00, day("01-27"))
    assert state(world, service) == "active"
    check_audit(world)


def test_a_request_issued_anew_frees_the_service_and_begins_its_own_calendar() -> None:
    from abono.runs.corrections import reissue_by_hand, void_by_hand

    world, customer, service = argentine()
    run(world, *TOLD, "01-22")
    anew = reissue_by_hand(document_id=first_request(world)["id"], reason="address", **acting(world, "01-23"))
    assert state(world, service) == "active"
    assert holds(world, service) == ["document 01-22 to 01-23 voided"]
    run(world, "01-23", "01-24")
    assert state(world, service) == "active"
    run(world, "01-25")
    assert state(world, service) == "suspended"
    assert steps(world, anew) == ["0 issue 01-23", "4 suspend 01-25"]
    void_by_hand(document_id=anew, reason="a gift", **acting(world, "01-26"))
    assert state(world, service) == "active"
    assert claims(world, service) == ["01-20 to 02-20 voided"]
    assert owed(world, customer) == 0
    check_audit(world)


@pytest.mark.parametrize("how", ["written-off", "credited"])
def test_an_invoice_given_up_or_credited_frees_its_services(how: str) -> None:
    from abono.domain.payments.actions import write_off
    from abono.runs.corrections import credit_by_hand

    world = make_world("franchise_us")
    customer = world.customer()
    service = world.subscribe(customer, world.plan(price="100"), start=day("02-01"), on=day("01-01"), continues=True)
    run(world, "01-12", "01-27", "02-04", "02-11", "02-15")
    assert state(world, service) == "active"
    run(world, "02-16")
    assert state(world, service) == "suspended"
    invoice = first_request(world)
    if how == "credited":
        credit_by_hand(document_id=invoice["id"], reason="half", net_minor=50_00, **acting(world, "02-17"))
        assert state(world, service) == "suspended"
        credit_by_hand(document_id=invoice["id"], reason="the rest", **acting(world, "02-17"))
    else:
        write_off(document_id=invoice["id"], reason="not worth it", **acting(world, "02-17"))
    assert state(world, service) == "active"
    assert holds(world, service) == [f"document 02-16 to 02-17 {how}"]
    check_audit(world)


def test_money_of_a_past_day_frees_the_service_now_and_its_documents_bear_the_latest_day() -> None:
    """Found on 10 February, dated 18 January: before the suspension, after the next document should have gone out."""
    world, customer, service = argentine()
    run(world, *TOLD, "01-22", "01-27", "02-10")
    world.pay(customer, first_request(world)["open_minor"], day("01-18"))
    assert state(world, service) == "active"
    assert holds(world, service) == ["document 01-22 to 02-10 paid", "debtor 01-27 to 02-10 paid"]
    assert moves(world, service) == ["01-22 active > suspended", "02-10 suspended > active"]
    assert papers(world)[-1] == "request 02-10 due 02-20 1000 open"
    run(world, "02-10", "02-15", "02-19", "02-22")
    assert state(world, service) == "suspended", "by the next document, unpaid"
    check_audit(world)


def test_a_period_that_passed_whole_while_suspended_is_claimed_and_never_asked_for() -> None:
    """Chile: suspended on 25 January, the end only a month after the due date; restored inside the third period."""
    world = make_world("hosting_cl", change={"day = 30, do": "day = 90, do"})
    customer = world.customer()
    service = world.subscribe(customer, world.plan(price="10000"), start=day("01-20"), on=day("01-01"), continues=True)
    run(world, "01-10", "01-17", "01-20", "01-23", "01-25", "02-10", "03-10", "03-25")
    assert papers(world) == ["request 01-10 due 01-20 10000 open"]
    world.pay(customer, owed(world), day("03-25"))
    assert claims(world, service) == [
        "01-20 to 02-20 asked",
        "02-20 to 03-20 suspended",
        "03-20 to 04-20 asked",
    ]
    assert papers(world)[-1] == "request 03-25 due 03-28 10000 open"
    run(world, "03-25", "04-10")
    assert papers(world)[-1] == "request 04-10 due 04-20 10000 open"
    check_audit(world)
    check_sound(world)


def test_a_policy_may_bill_on_while_suspended() -> None:
    world, customer, service = argentine(
        change={"bill_while_suspended = false": "bill_while_suspended = true", "day = 25, do": "day = 60, do"}
    )
    run(world, *TOLD, "01-22", "02-05")
    assert state(world, service) == "suspended"
    assert papers(world)[-1] == "request 02-05 due 02-20 1000 open"
    world.pay(customer, first_request(world)["open_minor"], day("02-06"))
    assert state(world, service) == "active"
    assert len(claims(world, service)) == 2
    check_audit(world)


def test_what_was_skipped_is_asked_for_under_the_terms_of_the_day() -> None:
    """A service suspended over its planned change renews under the new terms when it is restored."""
    from abono.domain.catalogue.actions import add_price
    from tests.world import JANUARY, at

    world, customer, service = argentine()
    add_price(
        seller_id=world.seller_id, plan_id=world.plans["basic"], currency="ARS", cycle_unit="month", cycle_count=1,
        model="flat", unit_price="1500", effective_on=day("02-15"), on=JANUARY, at=at(JANUARY),
    )  # fmt: skip
    run(world, *TOLD, "01-22", "02-05", "02-08")
    world.pay(customer, owed(world), day("02-08"))
    assert papers(world)[-1] == "request 02-08 due 02-20 1500 open"
    assert state(world, service) == "active"
