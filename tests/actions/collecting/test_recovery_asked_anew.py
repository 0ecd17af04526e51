"""What asks for a recovery is corrected by hand: the service still comes back once it is paid, and never twice."""

from uuid import UUID

import pytest

from tests.actions.collecting.days import TOLD, acting, argentine, day, run, state
from tests.books import check_audit, check_sound
from tests.world import World

pytestmark = pytest.mark.usefixtures("database")
FEE_MINOR = 25_000_00 * 121 // 100


def asked() -> tuple[World, UUID, UUID, UUID]:
    """A terminated service whose recovery is asked for on 15 February; its backup is kept until 16 March."""
    from abono.runs.collecting.recovering import ask_for_recovery

    world, customer, service = argentine()
    run(world, *TOLD, "01-22", "01-27", "02-14")
    assert state(world, service) == "terminated"
    document = ask_for_recovery(**acting(world, "02-15"), subscription_id=service)
    assert document is not None
    return world, customer, service, document


def check(world: World) -> None:
    check_audit(world)
    check_sound(world)


def test_after_it_was_voided_it_is_asked_for_anew() -> None:
    from abono.runs.collecting.recovering import ask_for_recovery
    from abono.runs.corrections import void_by_hand

    world, customer, service, document = asked()
    void_by_hand(**acting(world, "02-15"), document_id=document, reason="a slip")
    check(world)
    again = ask_for_recovery(**acting(world, "02-16"), subscription_id=service)
    assert again not in (None, document)
    assert ask_for_recovery(**acting(world, "02-16"), subscription_id=service) == again
    world.pay(customer, FEE_MINOR, day("02-16"), document_ids=[again] if again else [])
    assert state(world, service) == "active"
    check(world)


def test_issued_anew_it_brings_the_service_back_as_well() -> None:
    from abono.runs.collecting.recovering import ask_for_recovery
    from abono.runs.corrections import reissue_by_hand

    world, customer, service, document = asked()
    anew = reissue_by_hand(**acting(world, "02-15"), document_id=document, reason="new address")
    assert ask_for_recovery(**acting(world, "02-16"), subscription_id=service) == anew
    world.pay(customer, FEE_MINOR, day("02-16"), document_ids=[anew])
    assert state(world, service) == "active"
    check(world)


def test_issued_anew_it_is_void_when_the_backup_is_gone() -> None:
    from abono.runs.corrections import reissue_by_hand

    world, _, service, document = asked()
    anew = reissue_by_hand(**acting(world, "02-15"), document_id=document, reason="new address")
    run(world, "03-16")
    assert {one["id"]: one["state"] for one in world.documents()}[anew] == "open"
    run(world, "03-17")
    assert {one["id"]: one["state"] for one in world.documents()}[anew] == "voided"
    assert state(world, service) == "terminated"
    check(world)


def test_voided_it_is_over_when_the_backup_is_gone() -> None:
    from abono.runs.corrections import void_by_hand

    world, _, _, document = asked()
    void_by_hand(**acting(world, "02-15"), document_id=document, reason="a slip")
    run(world, "03-17")
    assert world.rows("SELECT state FROM recoveries WHERE seller_id = %(seller)s") == [("expired",)]
    check(world)


def test_its_money_comes_back_after_the_service_did() -> None:
    from abono.domain.payments.actions import return_payment

    world, customer, service, document = asked()
    payment = world.pay(customer, FEE_MINOR, day("02-16"), document_ids=[document])
    assert state(world, service) == "active"
    return_payment(**acting(world, "02-17"), payment_id=payment, cause="R01")
    check(world)
    run(world, "02-18", "02-19", "02-20", "02-27")
    assert state(world, service) == "suspended"
    check(world)
