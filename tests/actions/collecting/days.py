"""Days of 2026 in which steps fall, and how a document's story reads in tests of the collection."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from abono.base.kernel.days import plus_days
from tests.world import World, make_world


def day(text: str) -> date:
    """`01-20` is 20 January 2026."""
    return date.fromisoformat(f"2026-{text}")


def moment(on: date, hour: int = 15) -> datetime:
    """An hour of a day, in UTC."""
    return datetime.combine(on, time(hour), tzinfo=ZoneInfo("UTC"))


def acting(world: World, text: str) -> dict[str, Any]:
    """What an action on a day is told."""
    return {"seller_id": world.seller_id, "on": day(text), "at": moment(day(text))}


def run(world: World, *days: str, leaving: bool = True) -> Any:
    """Run these days, and no others, in order; their messages leave at once unless told otherwise. The last result."""
    from abono.runs.daily import run_day
    from abono.runs.notifying.send import accept_due

    done = None
    for text in days:
        done = run_day(seller_id=world.seller_id, on=day(text), at=moment(day(text), 10), catch_up=True, confirm=True)
        if leaving:
            accept_due(seller_id=world.seller_id, on=day(text), at=moment(day(text), 20))
    return done


def run_each(world: World, first: str, last: str) -> None:
    """Run every day from the first to the last."""
    run(world, *spelled(day(first), day(last)))


def spelled(first: date, last: date) -> Iterable[str]:
    """The days from the first to the last as `01-20`."""
    one = first
    while one <= last:
        yield f"{one:%m-%d}"
        one = plus_days(one, 1)


def state(world: World, subscription_id: UUID) -> str:
    """The state of a service."""
    ((found,),) = world.rows(
        "SELECT state FROM subscriptions WHERE seller_id = %(seller)s AND id = %(id)s", id=subscription_id
    )
    return str(found)


def states(world: World, *services: UUID) -> list[str]:
    """The states of several services."""
    return [state(world, one) for one in services]


def steps(world: World, document_id: UUID, *, round_no: int = 0) -> list[str]:
    """The executed steps as `3 remind 01-19`, a later day behind an arrow, `missed` where it was not sent."""
    found = []
    for number, action, scheduled, on, outcome in world.rows(
        "SELECT step_no, action, scheduled_on, on_date, outcome FROM steps WHERE seller_id = %(seller)s "
        "AND document_id = %(id)s AND round_no = %(round)s ORDER BY step_no",
        id=document_id,
        round=round_no,
    ):
        late = "" if scheduled == on else f" -> {on:%m-%d}"
        found.append(f"{number} {action} {scheduled:%m-%d}{late}" + ("" if outcome == "done" else " missed"))
    return found


def holds(world: World, subscription_id: UUID) -> list[str]:
    """The holds on a service as `document 01-22 to 01-25 paid`, open ones without an end."""
    return [
        f"{scope} {opened:%m-%d}" + (f" to {closed:%m-%d} {how}" if closed else "")
        for scope, opened, closed, how in world.rows(
            "SELECT scope, opened_on, closed_on, closed_by FROM holds WHERE seller_id = %(seller)s "
            "AND subscription_id = %(id)s ORDER BY opened_on, document_id, scope DESC",
            id=subscription_id,
        )
    ]


def moves(world: World, subscription_id: UUID) -> list[str]:
    """What a service went through, as `01-22 active > suspended`."""
    return [
        f"{on:%m-%d} {before} > {after}"
        for on, before, after in world.rows(
            "SELECT on_date, before, after FROM service_moves WHERE seller_id = %(seller)s "
            "AND subscription_id = %(id)s ORDER BY move_no",
            id=subscription_id,
        )
    ]


def claims(world: World, subscription_id: UUID) -> list[str]:
    """The periods of a service as `01-20 to 02-20 asked`, or the reason why they are not."""
    return [
        f"{first:%m-%d} to {to:%m-%d} {reason or 'asked'}"
        for first, to, reason in world.rows(
            "SELECT period_from, period_to, reason FROM claims WHERE seller_id = %(seller)s "
            "AND subscription_id = %(id)s ORDER BY period_from",
            id=subscription_id,
        )
    ]


def waiting(world: World, document_id: UUID) -> tuple[int, str, str] | None:
    """The step of a document that has to wait, until when and why."""
    for number, until, why in world.rows(
        "SELECT step_no, until_on, why FROM postponed_steps WHERE seller_id = %(seller)s AND document_id = %(id)s",
        id=document_id,
    ):
        return number, f"{until:%m-%d}", why
    return None


def papers(world: World, customer_id: UUID | None = None) -> list[str]:
    """The documents as `request 01-05 due 01-20 1000 open`, net in major units, in the order of issue."""
    digits = 100 if world.currency in ("USD", "ARS", "EUR") else 1
    return [
        f"{one['kind']} {one['issued_on']:%m-%d} due {one['due_on']:%m-%d} {one['net_minor'] // digits} {one['state']}"
        for one in world.documents(customer_id)
    ]


def owed(world: World, customer_id: UUID | None = None) -> int:
    """What is open of all documents, in minor units."""
    return sum(one["open_minor"] for one in world.documents(customer_id))


def first_request(world: World, customer_id: UUID | None = None) -> dict[str, Any]:
    """The first document of a customer."""
    return world.documents(customer_id)[0]


def argentine(*, start: str = "01-20", price: str = "1000", **more: Any) -> tuple[World, UUID, UUID]:
    """A host's seller with one customer and a service that renews on 20 January 2026: asked for on the 5th.

    Reminders fall on the 10th, 15th and 19th, suspensions on the 22nd and 27th, the end on 14 February.
    """
    world = make_world("hosting_ar", **more)
    customer = world.customer()
    service = world.subscribe(customer, world.plan(price=price), start=day(start), on=day("01-01"), continues=True)
    return world, customer, service


TOLD = ("01-05", "01-10", "01-15", "01-19")
