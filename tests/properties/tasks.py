"""What worker processes of the tests do, by name. Each opens its own connection and imports the engine anew."""

import os
from datetime import date
from typing import Any

from tests.world import at


def bill(seller_id: int, on: str) -> dict[str, int]:
    """Run billing for a day; how many documents and periods this process wrote."""
    from abono.runs.billing.run import run_billing

    day = date.fromisoformat(on)
    written = run_billing(seller_id=seller_id, on=day, at=at(day), confirm=True).written
    return {"documents": written.documents, "periods": written.periods, "parked": len(written.parked)}


def take_numbers(seller_id: int, series: list[str], seed: int, rounds: int) -> dict[str, int]:
    """Take blocks of random sizes from several series, many rolled back; how many numbers and blocks that made."""
    import random

    from abono.base.store import sql

    dice = random.Random(seed)
    kept = undone = 0
    for _ in range(rounds):
        wanted = [Wanted(dice.choice(series)) for _ in range(dice.randint(1, 4))]
        try:
            with sql.in_transaction():
                take(seller_id=seller_id, documents=wanted)
                for one in wanted:
                    sql.insert(
                        "taken",
                        {"seller": seller_id, "series": one.series, "number": one.number, "writer": os.getpid()},
                    )
                if dice.random() < 0.4:
                    raise ChangedTheirMind
        except ChangedTheirMind:
            undone += 1
            continue
        kept += len(wanted)
    return {"kept": kept, "undone": undone}


class ChangedTheirMind(Exception):
    """Why a block is rolled back."""


class Wanted:
    """A document as far as numbering looks at it."""

    def __init__(self, series: str) -> None:
        self.series = series
        self.issued_on = "2026-01-01"
        self.number = 0


def take(*, seller_id: int, documents: list[Wanted]) -> None:
    """The engine's numbering."""
    from abono.domain.invoicing.batch import take_numbers as numbers

    numbers(seller_id=seller_id, documents=documents)  # type: ignore[arg-type]


def make_busy_world() -> dict[str, Any]:
    """A busy world on this process's database, as the arguments of a World."""
    from tests.properties.faults import busy_world

    return vars(busy_world()) | {"plans": {}}


def tell(seller_id: int) -> dict[str, list[str]]:
    """What a seller's books came to; fails where they are not sound."""
    from tests.books import check_audit, check_sound
    from tests.properties.faults import plain_outcome, world_of

    world = world_of(seller_id)
    check_sound(world)
    check_audit(world)
    return plain_outcome(world)


def act(seller_id: int, on: str, seed: int, rounds: int) -> dict[str, int]:
    """Do what people do on pages, at random, while runs go on; how often each deed was done and refused."""
    import random
    from collections import Counter

    from abono.base.kernel.refusal import Refused
    from tests.properties.deeds import PAGE_DEEDS
    from tests.properties.faults import sorted_by_reference, world_of

    world, day, dice = world_of(seller_id), date.fromisoformat(on), random.Random(seed)
    customers = sorted_by_reference(world, "customers")
    services = sorted_by_reference(world, "subscriptions")
    found: Counter[str] = Counter()
    for number in range(rounds):
        name = dice.choice(sorted(PAGE_DEEDS))
        try:
            PAGE_DEEDS[name](world, dice.choice(customers), dice.choice(services), dice, day, f"{seed}-{number}")
            found[name] += 1
        except Refused as why:
            found[f"{name}: {why.code}"] += 1
    return dict(found)


def act_once(seller_id: int, on: str, name: str, customer: str, service: str) -> str:
    """Do one deed of a page; the code of the refusal, or nothing."""
    import random
    from uuid import UUID

    from abono.base.kernel.refusal import Refused
    from tests.properties.deeds import PAGE_DEEDS
    from tests.properties.faults import world_of

    try:
        PAGE_DEEDS[name](
            world_of(seller_id), UUID(customer), UUID(service), random.Random(name), date.fromisoformat(on), name
        )
    except Refused as why:
        return why.code
    return ""


def pay(seller_id: int, customer: str, amount_minor: int, key: str) -> str:
    """Record one payment; its id."""
    from uuid import UUID

    from tests.properties.faults import world_of
    from tests.world import JANUARY

    return str(world_of(seller_id).pay(UUID(customer), amount_minor, JANUARY, key=key))


def refund(seller_id: int, payment: str, amount_minor: int, key: str) -> int:
    """Refund what may be refunded of a payment; minor units, none if it is refused."""
    from uuid import UUID

    from abono.base.kernel.refusal import Refused
    from abono.domain.payments.actions import refund_payment
    from tests.world import JANUARY

    try:
        return refund_payment(
            seller_id=seller_id,
            payment_id=UUID(payment),
            amount_minor=amount_minor,
            key=key,
            cause="asked for",
            on=JANUARY,
            at=at(JANUARY),
        )
    except Refused:
        return 0


def charge(seller_id: int, on: str, folder: str) -> dict[str, int]:
    """Charge a day at a bank that outlives this process; what became of the attempts."""
    from dataclasses import asdict
    from pathlib import Path

    from abono.runs.charging.run import run_charging
    from tests.properties.kept_bank import KeptBank

    day = date.fromisoformat(on)
    bank = KeptBank(folder=Path(folder)).open(on=day)
    done = run_charging(seller_id=seller_id, gateways=bank.gateways(), on=day, at=at(day))
    return {"planned": done.planned, **asdict(done.made)}


def send_notices(seller_id: int, port: int, at_text: str) -> dict[str, int]:
    """Send the mails that are due at an instant to a server on this machine; how many left."""
    from datetime import datetime

    from abono.domain.notices.channels.smtp import SmtpPost, smtp_address
    from tests.letters import send
    from tests.properties.faults import world_of

    post = SmtpPost(smtp_address(f"smtp://127.0.0.1:{port}"))
    done = send(world_of(seller_id), post, datetime.fromisoformat(at_text))
    return {"left": done.left, "again": done.again, "parked": done.parked}


def prepare_notices(seller_id: int, on: str) -> dict[str, int]:
    """Make the messages of a day, few at a time; how many were made."""
    from abono.runs.notifying import prepare

    prepare.CHUNK = 2
    day = date.fromisoformat(on)
    return {"messages": prepare.prepare_messages(seller_id=seller_id, on=day, at=at(day)).messages}


def sweep(seller_id: int, on: str, payers_at_once: int = 3, slow: bool = False) -> dict[str, int]:
    """Execute a day's steps, so many payers in a transaction; `slow` gives others time to do the same."""
    import time
    from dataclasses import asdict

    from abono.runs.collecting import sweep as running

    running.PAYERS_AT_ONCE = payers_at_once
    if slow:
        running.crash_point = lambda name: time.sleep(0.02)
    day = date.fromisoformat(on)
    return asdict(running.collect(seller_id=seller_id, on=day, at=at(day, 10)))
