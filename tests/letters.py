"""A seller whose customers are written to: what happened, prepared and sent as a day does it, and posts to watch."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from abono.domain.notices.channels.post import Mail, Outcome
from tests.world import JANUARY, World, at

MORNING = 18  # o'clock UTC: after 08:00, and the same day, for every seller


def due_of(world: World, customer: UUID) -> tuple[UUID, date]:
    """The customer's latest document that asks for money, with its due date."""
    found = [one for one in world.documents(customer) if one["kind"] in ("request", "invoice")]
    return found[-1]["id"], found[-1]["due_on"]


def active(world: World, name: str = "Ana") -> tuple[UUID, UUID]:
    """A customer with a service that runs and is paid until the end of January."""
    customer = world.customer(name)
    plan = world.plans.get("basic") or world.plan(price="100")
    service = world.subscribe(customer, plan, JANUARY)
    live(world, JANUARY)
    world.pay(customer, world.documents(customer)[0]["open_minor"], JANUARY, means=_means(world))
    return customer, service


def _means(world: World) -> str:
    return "transfer" if world.country in ("CL", "HU") else "card" if world.country == "AR" else "ach"


def live(world: World, *days: date, post: Any = None) -> None:
    """Days on which something happens: bill, collect, prepare, send. What lies between them is made up for."""
    from abono.runs.collecting.sweep import collect
    from abono.runs.notifying.prepare import prepare_messages
    from abono.runs.notifying.send import accept_due

    for day in days:
        early = at(day, 12)
        world.run(day, confirm=True)
        collect(seller_id=world.seller_id, on=day, at=early)
        prepare_messages(seller_id=world.seller_id, on=day, at=early)
        if post is None:
            accept_due(seller_id=world.seller_id, on=day, at=at(day, MORNING))
        else:
            send(world, post, at(day, MORNING))


def send(world: World, post: Any, when: datetime, *, papers: Any = None, **more: Any) -> Any:
    """Send once through at an instant."""
    from abono.runs.notifying.send import send_due

    def pdf(seller_id: int, document_id: UUID) -> bytes:
        return b"%PDF-1.7 " + document_id.bytes.hex().encode()

    return send_due(seller_id=world.seller_id, post=post, papers=papers or pdf, clock=lambda: when, **more)


def told(world: World, customer: UUID | None = None, *, channel: str = "email") -> list[Any]:
    """The messages of a customer by one channel, in the order they were made."""
    from abono.domain.notices.queries import messages

    found = messages(seller_id=world.seller_id, customer_id=customer)
    return [one for one in reversed(found) if one.channel == channel]


def flat(text: str) -> str:
    """A text on one line, with plain spaces."""
    return " ".join(text.split())


class WatchedPost:
    """Keeps what it is handed and answers as it is told; by default it takes everything."""

    name = "watched"

    def __init__(self, *answers: Outcome) -> None:
        self.answers = list(answers)
        self.mails: list[Mail] = []

    def deliver(self, mails: Iterable[Mail]) -> Iterator[Outcome]:
        for mail in mails:
            self.mails.append(mail)
            yield self.answers.pop(0) if self.answers else Outcome("left", "250 taken")


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
