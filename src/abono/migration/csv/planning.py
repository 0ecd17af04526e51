"""Planning: which lines are new, which the books know, and which of those say something else; that is only told."""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from abono.base.store import sql
from abono.migration.csv.mapping import CsvMapping
from abono.migration.csv.stage import BESIDE, DIFFERENT, REJECTED, Note, analyse, reject_repeats, stage_new, stage_notes


class Beside(NamedTuple):
    """A staged line, and beside it what the books have under its references (None: nothing)."""

    line: int
    money: str
    name: str | None
    email: str | None
    country: str | None
    language: str | None
    fields: str | None
    reference: str | None
    plan_id: UUID | None
    words: str | None
    cycle_unit: str | None
    cycle_count: int | None
    start: date | None
    end: date | None
    quantity: int | None
    price: Decimal | None
    known_id: UUID | None
    known_name: str
    known_email: str
    known_country: str
    known_language: str
    known_money: str
    known_fields: Mapping[str, str] | None
    owner_id: UUID | None
    known_plan_id: UUID
    known_words: str
    known_unit: str
    known_count: int
    known_start: date
    known_end: date | None
    known_quantity: int
    known_price: Decimal | None


def plan_lines(*, seller_id: int, mapping: CsvMapping) -> None:
    """Settle what becomes of every staged line, in the caller's transaction: rejected, known, different, new."""
    reject_repeats(with_subscriptions=bool(mapping.subscription))
    analyse()
    for block in sql.stream(BESIDE, {"seller": seller_id}):
        notes: list[Note] = []
        new: list[tuple[int, object, bool]] = []
        for row in block:
            line = Beside._make(row)
            fault = _fault(line)
            if fault is not None:
                notes.append(Note(line.line, REJECTED, *fault))
                continue
            names = list(differences(line, mapped=mapping))
            if names:
                words = f"The books say otherwise about: {', '.join(names)}. They were left as they are."
                notes.append(Note(line.line, DIFFERENT, "csv.different", words))
            if _is_new(line):
                new.append((line.line, line.known_id, line.reference is not None))
        stage_notes(notes)
        stage_new(new)
    analyse()


def _fault(line: Beside) -> tuple[str, str] | None:
    if line.known_id is None and line.name is None:
        return (
            "csv.unknown_customer",
            "There is no customer with this reference; import the customers first, or map their names too.",
        )
    if line.owner_id is not None and line.owner_id != line.known_id:
        return "csv.other_customer", "The subscription's reference is in use already, by another customer."
    if line.reference is not None and line.known_id is not None and line.known_money != line.money:
        return "csv.currency", f"The customer is billed in {line.known_money}, not in {line.money}."
    return None


def _is_new(line: Beside) -> bool:
    return line.known_id is None if line.reference is None else line.owner_id is None


def differences(line: Beside, *, mapped: CsvMapping) -> Iterator[str]:
    """What the line says otherwise than the books: names of fields, never their values. Empty cells say nothing."""
    if line.known_id is not None and line.name is not None:
        yield from _customer_differences(line, mapped)
    if line.owner_id is not None:
        yield from _subscription_differences(line, mapped.subscription)


def _customer_differences(line: Beside, mapped: CsvMapping) -> Iterator[str]:
    pairs = {
        "name": (line.name, line.known_name),
        "email": (line.email, line.known_email),
        "country": (line.country, line.known_country),
        "language": (line.language, line.known_language),
        "currency": (line.money, line.known_money),
    }
    yield from (key for key, (said, known) in pairs.items() if key in mapped.customer and said and said != known)
    said_fields, known_fields = json.loads(line.fields or "{}"), line.known_fields or {}
    yield from (key for key in mapped.profile if said_fields.get(key, "") not in ("", known_fields.get(key)))


def _subscription_differences(line: Beside, mapped: Collection[str]) -> Iterator[str]:
    if line.plan_id != line.known_plan_id:
        yield "plan"
    if (line.cycle_unit, line.cycle_count) != (line.known_unit, line.known_count):
        yield "cycle"
    if line.start != line.known_start:
        yield "start"
    if line.end is not None and line.end != line.known_end:
        yield "end"
    if line.price is not None and line.price != line.known_price:
        yield "price"
    if "quantity" in mapped and line.quantity != line.known_quantity:
        yield "quantity"
    if line.words and line.words != line.known_words:
        yield "words"
