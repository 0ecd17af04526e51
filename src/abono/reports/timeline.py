"""What happened to a customer or to a document, in order, each with its cause, in plain words."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any, NamedTuple
from uuid import UUID

from abono.base.kernel.days import days_between
from abono.base.kernel.languages import in_language
from abono.base.store import sql
from abono.domain.customers.profile_rules import field_label
from abono.domain.customers.queries import customer_number
from abono.domain.invoicing.numbering import number_text
from abono.domain.invoicing.paper.format import money, short_day
from abono.domain.invoicing.wording import title_of
from abono.domain.sellers.policy import Length, Step
from abono.domain.sellers.policy.vocabulary import CHANNELS
from abono.domain.sellers.policy.words import length_words, message_words, when_words
from abono.domain.sellers.queries import SellerCard, policy_of_version, seller_by_id
from abono.domain.subscriptions.periods import Cycle

NBSP = "\u00a0"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `words` and `cause` are for people; the rest names what it is about, None if nothing.

    `amount_minor` is the amount in question, in `currency`. `at` is the instant of writing, None for money used.
    `scheduled_on` is the day that a document's calendar names for a step.
    """

    on: date
    at: datetime | None
    kind: str
    words: str
    cause: str
    document: str | None
    payment: str | None
    subscription_id: UUID | None
    amount_minor: int | None
    currency: str | None
    scheduled_on: date | None = None


class _Row(NamedTuple):
    kind: str
    on: date
    at: datetime | None
    cause: str
    data: dict[str, Any] | None
    used_minor: int | None
    customer_no: int
    customer: str
    document_id: UUID | None
    document_kind: str | None
    series: str | None
    document_no: int | None
    document_currency: str | None
    gross_minor: int | None
    due_on: date | None
    request_kind: str | None
    policy_version: int | None
    payment: str | None
    means: str | None
    payment_currency: str | None
    payment_minor: int | None
    subscription_id: UUID | None
    service: str | None
    service_currency: str | None
    plan: dict[str, str] | None
    location: str | None
    charge: str | None
    charge_minor: int | None
    charge_currency: str | None
    other_no: int | None
    other: str | None
    contact: str | None


def timeline_of_customer(*, seller_id: int, customer_id: UUID, language: str) -> list[Event]:
    """Everything that happened to a customer, by day and then in the order it was written."""
    return _events(seller_id, customer_id, None, language)


def timeline_of_document(*, seller_id: int, customer_id: UUID, document_id: UUID, language: str) -> list[Event]:
    """What happened to a customer's document, to those it came from or led to, and to the money that paid them."""
    family = [row[0] for row in sql.rows(_text("sql/family.sql"), {"seller": seller_id, "document": document_id})]
    return _events(seller_id, customer_id, family, language)


def timeline_of_service(*, seller_id: int, customer_id: UUID, subscription_id: UUID, language: str) -> list[Event]:
    """What happened to a service itself: ordered, started, changed, suspended, restored, ended."""
    events = _events(seller_id, customer_id, None, language)
    return [one for one in events if one.subscription_id == subscription_id]


def kinds_with_words() -> frozenset[str]:
    """The kinds of facts that have a sentence of their own; others are shown by their name."""
    return frozenset(_words()["kind"])


def _events(seller_id: int, customer_id: UUID, documents: list[UUID] | None, language: str) -> list[Event]:
    seller = seller_by_id(seller_id=seller_id)
    parameters = {"seller": seller_id, "customer": customer_id, "documents": documents}
    return [_event(_Row(*row), seller, language) for row in sql.rows(_text("sql/timeline.sql"), parameters)]


def _event(row: _Row, seller: SellerCard, language: str) -> Event:
    sentence = _words()["kind"].get(row.kind, {"en": f"{row.kind}."})
    amount_minor, currency = _amount(row)
    step = _step(row, seller)
    cause = _cause(row.cause, language) if step is None else _place_in_calendar(row, step, language)
    places = {
        "customer": f"{customer_number(number=row.customer_no)} {row.customer}",
        "other": "?" if row.other_no is None else f"{customer_number(number=row.other_no)} {row.other}",
        "document": _title(row, seller, language),
        "due": short_day(row.due_on, language) if row.due_on else "?",
        "amount": "?"
        if amount_minor is None
        else money(amount_minor, currency, language=language, home=seller.currency),
        "payment": f"{row.payment} ({row.means})",
        "service": _service(row, language),
        "location": row.location or "?",
        "charge": row.charge or "?",
        "contact": row.contact or "?",
        "missing": _missing(row.data, seller.country, language),
        "replaced": _replaced(row.data, language),
        "said": (row.data or {}).get("words", row.cause),
        "cause": cause,
        **_places_of_offer(row.data, language),
        **_places_of_step(row, step, language),
        **_places_of_message(row.data, language),
    }
    return Event(
        on=row.on,
        at=row.at,
        kind=row.kind,
        # A Hungarian date ends with a point of its own; a sentence that ends with one has enough.
        words=in_language(sentence, language).format(**places).replace(NBSP, " ").replace("..", "."),
        cause="" if sentence.get("tells_cause") else cause.replace(NBSP, " "),
        document=_number(row, seller),
        payment=row.payment,
        subscription_id=row.subscription_id,
        amount_minor=amount_minor,
        currency=currency or None,
        scheduled_on=_day(row.data, "scheduled_on"),
    )


def _amount(row: _Row) -> tuple[int | None, str]:
    """The amount that the sentence is about: money used, else the charge's, the payment's or the document's."""
    if row.used_minor is not None:
        return row.used_minor, row.document_currency or ""
    if row.charge_minor is not None:
        return row.charge_minor, row.charge_currency or ""
    if row.payment_minor is not None:
        return row.payment_minor, row.payment_currency or ""
    noted = (row.data or {}).get("amount_minor")
    if "net_minor" in (row.data or {}):
        return int((row.data or {})["net_minor"]), row.service_currency or ""
    return (row.gross_minor if noted is None else int(noted)), row.document_currency or ""


def _number(row: _Row, seller: SellerCard) -> str | None:
    if row.document_kind is None or row.series is None or row.document_no is None:
        return None
    return number_text(series=row.series, number=row.document_no, kind=row.document_kind, country=seller.country)


def _title(row: _Row, seller: SellerCard, language: str) -> str:
    """What the document calls itself, with its number: Charge note P-2026-000042."""
    number = _number(row, seller)
    if number is None or row.document_kind is None:
        return "?"
    title = title_of(
        kind=row.document_kind,
        request_kind=row.request_kind or "proforma",
        language=language,
        country=seller.country,
    )
    return f"{title} {number}"


def _service(row: _Row, language: str) -> str:
    """The service by its own words, with its plan's name."""
    plan = in_language(row.plan, language) if row.plan else "?"
    return f"{row.service} ({plan})" if row.service else plan


def _missing(data: Mapping[str, Any] | None, country: str, language: str) -> str:
    fields = (data or {}).get("fields_with_problems") or ()
    if not fields:
        return ""
    labels = [field_label(field=str(one), country=country, language=language) for one in fields]
    return in_language(_words()["missing"], language).format(fields=", ".join(labels))


def _replaced(data: Mapping[str, Any] | None, language: str) -> str:
    """What a planned change dropped of an earlier one."""
    facts = dict((data or {}).get("replaced") or {})
    if "cycle" in facts:
        cycle = Cycle.parse(facts.pop("cycle"))
        facts[cycle.unit] = cycle.count
    words = _words()["replaced"]
    said = [in_language(words[name], language).format(value) for name, value in facts.items()]
    return in_language(words["all"], language).format(changes=", ".join(said)) if said else ""


def _places_of_offer(data: Mapping[str, Any] | None, language: str) -> dict[str, str]:
    """The period that is offered, and the day from which."""
    if not data or "cycle" not in data or "from" not in data:
        return {}
    cycle = Cycle.parse(str(data["cycle"]))
    begins = date.fromisoformat(str(data["from"]))
    return {"cycle": length_words(Length(cycle.unit, cycle.count), language), "from": short_day(begins, language)}


def _step(row: _Row, seller: SellerCard) -> Step | None:
    """The step of the policy that an executed step is; None for anything else, and for a return."""
    number = (row.data or {}).get("step_no")
    if number is None or int(number) < 0 or row.policy_version is None:
        return None
    return policy_of_version(seller_id=seller.id, version=row.policy_version).calendar.steps[int(number)]


def _place_in_calendar(row: _Row, step: Step, language: str) -> str:
    """Where the step stands in its calendar: 2 days after the due date. Counted anew from a return, nothing.

    A document that went out late, or at once, went out as many days before its due date as it did.
    """
    if step.do == "issue" and row.due_on is not None:
        step = replace(step, number=days_between(row.due_on, row.on))
    words = when_words(step, language)
    return words[:1].lower() + words[1:] if (row.data or {}).get("round_no") == 0 else ""


def _places_of_step(row: _Row, step: Step | None, language: str) -> dict[str, str]:
    """The message of a step, and for a step that came late the day that its calendar names."""
    message = message_words(step.text, language) if step is not None and step.text else "?"
    scheduled_on = _day(row.data, "scheduled_on")
    late = ""
    if scheduled_on is not None and scheduled_on != row.on:
        late = in_language(_words()["late"], language).format(day=short_day(scheduled_on, language))
    return {"message": message, "Message": message[:1].upper() + message[1:], "late": late}


def _places_of_message(data: Mapping[str, Any] | None, language: str) -> dict[str, str]:
    """How a message goes, and to whom."""
    if not data or "channel" not in data:
        return {}
    return {"way": in_language(CHANNELS[data["channel"]], language), "recipient": str(data["recipient"])}


def _day(data: Mapping[str, Any] | None, name: str) -> date | None:
    found = (data or {}).get(name)
    return None if found is None else date.fromisoformat(str(found))


def _cause(cause: str, language: str) -> str:
    """The cause in the language, if the engine wrote it; a person's reason as it was typed."""
    for row in _words()["cause"]:
        found = re.fullmatch(row["is"], cause)
        if found:
            return str(row.get(language) or row["en"]).format(found.group(), *map(_shown(language), found.groups()))
    return cause


def _shown(language: str) -> Any:
    """How what a pattern found is shown: a day as people write it, all else as it is."""

    def shown(text: str) -> str:
        return short_day(date.fromisoformat(text), language) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else text

    return shown


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(_text("data/timeline.toml"))


@cache
def _text(path: str) -> str:
    return resources.files("abono.reports").joinpath(path).read_text(encoding="utf-8")
