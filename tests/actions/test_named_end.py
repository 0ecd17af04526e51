"""A service that ends on a named day: what is asked for beyond it goes back, at once, for exactly those days."""

from datetime import date
from uuid import UUID

import pytest

from abono.base.kernel.refusal import Refused
from tests.world import JANUARY, World, at, make_world

pytestmark = pytest.mark.usefixtures("database")

TOLD, END = date(2026, 1, 5), date(2026, 1, 22)


def _shop() -> tuple[World, UUID, UUID]:
    world = make_world("hosting_ar")
    ana = world.customer()
    service = world.subscribe(ana, world.plan(price="31"))
    world.run(JANUARY)
    return world, ana, service


def _cancel(world: World, service: UUID, **more: date) -> int:
    from abono.runs.changes import cancel_service, quote_cancellation

    day = {"seller_id": world.seller_id, "subscription_id": service, "on": TOLD}
    quote = quote_cancellation(**day, **more)
    assert cancel_service(**day, **more, at=at(TOLD)).quote == quote
    return quote.now_minor


def _last_line(world: World, document_id: UUID) -> tuple[date, date, int]:
    rows = world.rows(
        "SELECT period_from, period_to, net_minor FROM lines WHERE seller_id = %(seller)s AND document_id = %(id)s "
        "ORDER BY line_no",
        id=document_id,
    )
    return rows[-1]


def _sound(world: World) -> bool:
    from abono.reports.audit.run import audit

    return audit(seller_id=world.seller_id).ok


def test_paid_days_beyond_the_end_are_credited() -> None:
    world, ana, service = _shop()
    world.pay(ana, world.documents(ana)[0]["gross_minor"], JANUARY)
    assert _cancel(world, service, end=END) == -10_00
    note = world.documents(ana)[-1]
    assert (note["kind"], note["issued_on"], note["net_minor"]) == ("credit_note", TOLD, 10_00)
    assert _last_line(world, note["id"])[:2] == (END, date(2026, 2, 1))
    assert _sound(world)


def test_unpaid_days_beyond_the_end_are_not_asked_for() -> None:
    world, ana, service = _shop()
    assert _cancel(world, service, end=END) == -10_00
    assert [(one["state"], one["net_minor"]) for one in world.documents(ana)] == [("voided", 31_00), ("open", 21_00)]
    assert _sound(world)


def test_an_end_in_a_later_period_is_billed_to_that_day() -> None:
    world, ana, service = _shop()
    assert _cancel(world, service, end=date(2026, 2, 15)) == 0
    world.run(date(2026, 3, 20))
    assert _last_line(world, world.documents(ana)[-1]["id"]) == (date(2026, 2, 1), date(2026, 2, 15), 15_50)
    assert len(world.documents(ana)) == 2
    assert _sound(world)


def test_a_past_end_is_refused() -> None:
    world, _, service = _shop()
    with pytest.raises(Refused, match="is past"):
        _cancel(world, service, end=date(2026, 1, 4))
