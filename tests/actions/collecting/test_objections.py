"""An objection: while it is open nothing falls, on the day it is decided nothing harmful, and right means free."""

import pytest

from abono.base.kernel.refusal import Missing, Refused
from tests.actions.collecting.days import TOLD, acting, argentine, claims, day, first_request, holds, run, state, steps
from tests.books import check_audit
from tests.world import make_world

pytestmark = pytest.mark.usefixtures("database")


def test_an_objection_stops_reminders_and_harm_until_the_day_after_its_decision() -> None:
    from abono.runs.collecting.objections import decide_objection, object_to

    world, _, service = argentine()
    run(world, "01-05", "01-10")
    document = first_request(world)["id"]
    object_to(document_id=document, words="I cancelled this", **acting(world, "01-12"))
    run(world, "01-15", "01-19", "01-22", "01-27")
    assert steps(world, document) == [
        "0 issue 01-05",
        "1 remind 01-10",
        "2 remind 01-15 missed",
        "3 remind 01-19 missed",
    ]
    decide_objection(document_id=document, state="rejected", words="You did not", **acting(world, "01-28"))
    run(world, "01-28")
    assert state(world, service) == "active"
    run(world, "01-29")
    assert state(world, service) == "suspended"
    assert steps(world, document)[-1] == "4 suspend 01-22 -> 01-29"
    run(world, "02-02", "02-03")
    assert steps(world, document)[-1] == "5 suspend 01-27 -> 02-03"
    check_audit(world)


@pytest.mark.parametrize("ends", ["withdrawn", "rejected"])
def test_an_objection_while_suspended_stops_what_is_to_come_and_restores_nothing(ends: str) -> None:
    from abono.runs.collecting.objections import decide_objection, object_to

    world, _, service = argentine()
    run(world, *TOLD, "01-22")
    document = first_request(world)["id"]
    object_to(document_id=document, words="Too much", **acting(world, "01-23"))
    assert state(world, service) == "suspended"
    run(world, "01-27")
    assert holds(world, service) == ["document 01-22"]
    decide_objection(document_id=document, state=ends, words="ok", **acting(world, "01-27"))
    run(world, "01-27")
    assert holds(world, service) == ["document 01-22"]
    run(world, "01-28")
    assert holds(world, service) == ["document 01-22", "debtor 01-28"]
    check_audit(world)


def test_an_objection_that_is_right_takes_the_document_back_and_frees_the_service() -> None:
    from abono.runs.collecting.objections import decide_objection, object_to

    world, customer, service = argentine()
    run(world, *TOLD, "01-22")
    document = first_request(world)["id"]
    world.pay(customer, 100_00, acting(world, "01-22")["on"])
    object_to(document_id=document, words="Never ordered", **acting(world, "01-23"))
    decide_objection(document_id=document, state="upheld", words="Indeed", **acting(world, "01-24"))
    assert state(world, service) == "active"
    assert holds(world, service) == ["document 01-22 to 01-24 voided"]
    assert claims(world, service) == ["01-20 to 02-20 voided"]
    run(world, "01-24", "01-27", "02-05")
    assert [one["state"] for one in world.documents()][:1] == ["voided"]
    check_audit(world)


def test_only_what_is_owed_is_objected_to_and_once_at_a_time() -> None:
    from abono.runs.collecting.objections import decide_objection, object_to

    world, customer, _ = argentine()
    run(world, "01-05")
    document = first_request(world)
    object_to(document_id=document["id"], words="Why?", **acting(world, "01-06"))
    with pytest.raises(Refused, match="already"):
        object_to(document_id=document["id"], words="Why?", **acting(world, "01-07"))
    with pytest.raises(Refused, match="use that day or a later one"):
        decide_objection(document_id=document["id"], state="rejected", words="So.", **acting(world, "01-05"))
    decide_objection(document_id=document["id"], state="rejected", words="So.", **acting(world, "01-06"))
    with pytest.raises(Missing, match="no open objection"):
        decide_objection(document_id=document["id"], state="rejected", words="So.", **acting(world, "01-06"))
    object_to(document_id=document["id"], words="Still.", **acting(world, "01-07"))
    world.pay(customer, document["open_minor"], acting(world, "01-08")["on"])
    with pytest.raises(Refused, match="nothing to stop"):
        object_to(document_id=document["id"], words="And now?", **acting(world, "01-09"))
    check_audit(world)


def test_an_objection_that_is_right_after_the_payment_still_can_be_decided() -> None:
    """The money came while it was open: there is nothing to take back from a request that is settled."""
    from abono.runs.collecting.objections import decide_objection, object_to

    world, customer, service = argentine()
    run(world, *TOLD)
    document = first_request(world)
    object_to(document_id=document["id"], words="Too much", **acting(world, "01-19"))
    world.pay(customer, document["open_minor"], acting(world, "01-20")["on"])
    with pytest.raises(Refused, match="open request"):
        decide_objection(document_id=document["id"], state="upheld", words="Yes", **acting(world, "01-21"))
    decide_objection(document_id=document["id"], state="withdrawn", words="Paid", **acting(world, "01-21"))
    assert state(world, service) == "active"
    check_audit(world)


def test_an_objection_after_a_return_stops_what_comes_again() -> None:
    from abono.domain.payments.actions import return_payment
    from abono.runs.collecting.objections import decide_objection, object_to

    world = make_world("hosting_cl")
    customer = world.customer()
    service = world.subscribe(customer, world.plan(price="10000"), start=day("01-20"), on=day("01-01"), continues=True)
    run(world, "01-10", "01-17")
    payment = world.pay(customer, first_request(world)["open_minor"], day("01-18"))
    run(world, "01-20")
    return_payment(payment_id=payment, cause="R01", **acting(world, "02-10"))
    invoice = world.documents()[1]["id"]
    object_to(document_id=invoice, words="I did pay", **acting(world, "02-11"))
    run(world, "02-11", "02-13", "02-15")
    assert steps(world, invoice, round_no=1) == ["-1 returned 02-10", "3 remind 02-13 missed"]
    assert state(world, service) == "active"
    decide_objection(document_id=invoice, state="rejected", words="It came back", **acting(world, "02-16"))
    run(world, "02-16", "02-17")
    assert state(world, service) == "suspended"
    check_audit(world)
