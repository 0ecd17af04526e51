"""Two documents that ask for one service end on the same day."""

import pytest

from tests.actions.collecting.days import acting, day, papers, run, states
from tests.books import check_audit, check_sound
from tests.world import make_world

pytestmark = pytest.mark.usefixtures("database")


def test_what_ends_first_takes_its_service_off_the_other_and_the_day_goes_on() -> None:
    """The other request is issued anew for what is left on it, and that has a calendar of its own."""
    from abono.domain.collections.actions import close_objection, raise_objection

    world = make_world("booking_hu")
    customer = world.customer()
    plan = world.plan("basic", "10000")
    first = world.subscribe(customer, plan, start=day("01-20"), on=day("01-01"), continues=True)
    second = world.subscribe(customer, plan, start=day("02-20"), on=day("01-01"), continues=True)
    run(world, "01-12", "01-17", "01-20")
    (request,) = world.documents()
    raise_objection(**acting(world, "01-21"), document_id=request["id"], words="Too much")
    run(world, "02-12", "02-17", "02-20")
    other = world.documents()[-1]
    raise_objection(**acting(world, "02-21"), document_id=other["id"], words="Too much")
    for one in (request, other):
        close_objection(**acting(world, "03-05"), document_id=one["id"], state="rejected", words="No")
    run(world, "03-06")
    assert states(world, first, second) == ["suspended", "suspended"]
    assert papers(world) == ["request 01-12 due 01-20 10000 open", "request 02-12 due 02-20 20000 open"]
    run(world, "03-27")
    assert states(world, first, second) == ["suspended", "suspended"]
    run(world, "03-28")
    assert papers(world)[:3] == [
        "request 01-12 due 01-20 10000 voided",
        "request 02-12 due 02-20 20000 voided",
        "request 03-28 due 03-31 10000 open",
    ]
    assert states(world, first, second) == ["terminated", "active"]
    check_audit(world)
    check_sound(world)
    run(world, "03-29", "03-30")
    check_audit(world)
