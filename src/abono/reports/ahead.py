"""What happens next to documents, and when, in plain words: by the rules that the sweep itself decides by."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, NamedTuple
from uuid import UUID

from abono.base.kernel.days import plus_days
from abono.base.kernel.languages import in_language
from abono.base.store import sql
from abono.domain.collections.calendar import calendar_of
from abono.domain.collections.foresight import Coming, Looked, foreseen
from abono.domain.collections.rules import Situation, tacit_on
from abono.domain.invoicing.numbering import number_text
from abono.domain.invoicing.paper.format import money, short_day
from abono.domain.invoicing.wording import title_of
from abono.domain.payments.methods import MethodCard, name_of, saved_means, usable_methods
from abono.domain.sellers.policy import Policy
from abono.domain.sellers.policy.words import step_variables
from abono.domain.sellers.queries import SellerCard, policy_versions, seller_by_id
from abono.runs.collecting.harm import situations_of
from abono.runs.collecting.reading import Owed, latest_day, owed

NBSP = "\u00a0"


@dataclass(frozen=True, slots=True)
class Next:
    """Something to come. `on` is its day, None while nobody can say. `words` and `why` are for people.

    `need` names what keeps a step from happening on `scheduled_on`, the day of the calendar: one of the policy's needs,
    or `distance`. `amount_minor` is what is still open of the document, or the price or fee in question.
    """

    on: date | None
    kind: str
    words: str
    why: str = ""
    need: str | None = None
    scheduled_on: date | None = None
    document: str | None = None
    document_id: UUID | None = None
    subscription_id: UUID | None = None
    amount_minor: int | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A document with what lies ahead of it. `title` is what it calls itself, with its number."""

    id: UUID
    customer_id: UUID
    kind: str
    number: str
    title: str
    policy: Policy
    currency: str
    open_minor: int
    due_on: date
    ahead: tuple[Next, ...]


@dataclass(frozen=True, slots=True)
class Silence:
    """What it means that nobody objected. `counts_on`: from this day silence counts; None: it counts for nothing."""

    received_on: date | None
    counts_on: date | None
    words: str


class _Row(NamedTuple):
    id: UUID
    customer_id: UUID
    kind: str
    request_kind: str | None
    series: str
    number: int
    policy_version: int
    currency: str
    state: str
    open_minor: int
    issued_on: date
    due_on: date
    round_no: int | None
    step_no: int | None
    until_on: date | None
    why: str | None
    arranged_until: date | None
    objected_on: date | None
    received_on: date | None
    charge: str | None
    retry_on: date | None


def papers_ahead(*, seller_id: int, document_ids: Iterable[UUID], on: date, language: str) -> dict[UUID, Paper]:
    """Documents by id, the earliest due first, each with what lies ahead of it from a day on."""
    ids = list(document_ids)
    seller = seller_by_id(seller_id=seller_id)
    policies = {one.version: one.policy for one in policy_versions(seller_id=seller_id)}
    documents = {one.document_id: one for one in owed(seller_id=seller_id, document_ids=ids)}
    situations = situations_of(
        seller_id=seller_id, documents=list(documents.values()), policies=policies, country=seller.country, on=on
    )
    swept_on = latest_day(seller_id=seller_id)
    first = on if swept_on is None or swept_on < on else plus_days(swept_on, 1)
    rows = _rows(seller_id, ids)
    payers = {row.customer_id for row in rows}
    methods = usable_methods(
        seller_id=seller_id, customers=payers, means=saved_means(seller_id=seller_id, on=on), on=first
    )
    found = {}
    for row in rows:
        ahead: list[Next] = []
        if row.id in documents:
            policy, situation = policies[row.policy_version], situations[row.id]
            coming = _coming(row, documents[row.id], situation, policy, seller.country, first, swept_on)
            ahead = _nexts(row, coming, situation, methods.get(row.customer_id), seller, on, first, language)
        found[row.id] = Paper(
            id=row.id,
            customer_id=row.customer_id,
            kind=row.kind,
            number=_number(row, seller),
            title=_title(row, seller, language),
            policy=policies[row.policy_version],
            currency=row.currency,
            open_minor=row.open_minor,
            due_on=row.due_on,
            ahead=tuple(ahead),
        )
    return found


def ahead_of_document(*, seller_id: int, document_id: UUID, on: date, language: str) -> tuple[Next, ...]:
    """What happens next to a document, by day; what has no day yet comes last."""
    found = papers_ahead(seller_id=seller_id, document_ids=[document_id], on=on, language=language)
    return found[document_id].ahead if document_id in found else ()


def silence_of(*, seller_id: int, document_id: UUID, on: date, language: str) -> Silence | None:
    """What silence about a document means; None where it asks for nothing, or the policy takes no silence for consent.

    It counts only from proved receipt of the message that carried the document (see `tacit_on`).
    """
    (row,) = _rows(seller_id, [document_id])
    policies = {one.version: one.policy for one in policy_versions(seller_id=seller_id)}
    within_days = policies[row.policy_version].objection.within_days
    if row.kind not in ("request", "invoice") or row.state == "voided" or not within_days:
        return None
    counts_on = tacit_on(received_on=row.received_on, within_days=within_days)
    if row.objected_on is not None and (counts_on is None or row.objected_on <= counts_on):
        return Silence(row.received_on, None, _said("silence", "objected", language, day=row.objected_on))
    if counts_on is None:
        return Silence(None, None, _said("silence", "unproved", language))
    which = f"{row.kind}_{'after' if counts_on <= on else 'before'}"
    return Silence(row.received_on, counts_on, _said("silence", which, language, day=counts_on))


def head(language: str) -> tuple[str, str]:
    """What stands above what happens next, and what is said when that is nothing."""
    return in_language(_words()["head"], language), in_language(_words()["nothing"], language)


def said(kind: str, language: str, **places: str) -> str:
    """The sentence of something to come."""
    words = in_language(_words()["kind"][kind], language).format(**places)
    return words[:1].upper() + words[1:].replace(NBSP, " ").replace("..", ".")


def reason(need: str, language: str) -> str:
    """Why a step waits, in words."""
    return _said("why", need, language)


def in_order(ahead: Iterable[Next]) -> tuple[Next, ...]:
    """By day; what has no day yet comes last."""
    return tuple(sorted(ahead, key=lambda one: (one.on is None, one.on or date.max)))


def _rows(seller_id: int, ids: Iterable[UUID]) -> list[_Row]:
    parameters = {"seller": seller_id, "documents": sql.array(ids)}
    return [_Row(*row) for row in sql.rows(_text("sql/papers_ahead.sql"), parameters)]


def _coming(
    row: _Row,
    document: Owed,
    situation: Situation,
    policy: Policy,
    country: str,
    first: date,
    swept_on: date | None,
) -> list[Coming]:
    waiting = None
    # What waits for a payment, or was owed again after a return, is looked at every day.
    looked_daily = row.why == "no-pending-payment" or document.round_no > 0
    if row.step_no is not None and row.until_on is not None and not looked_daily:
        waiting = Looked(row.step_no, row.until_on, row.why or "distance")
    return foreseen(
        calendar=calendar_of(policy=policy, country=country),
        day_zero=document.day_zero,
        begun_on=document.begun_on,
        situation=situation,
        first=first,
        after=swept_on,
        waiting=waiting,
    )


def _nexts(
    row: _Row,
    coming: Iterable[Coming],
    situation: Situation,
    method: MethodCard | None,
    seller: SellerCard,
    on: date,
    first: date,
    language: str,
) -> list[Next]:
    document = _title(row, seller, language)
    amount = money(row.open_minor, row.currency, language=language, home=seller.currency)
    about: dict[str, Any] = {
        "document": _number(row, seller),
        "document_id": row.id,
        "amount_minor": row.open_minor,
        "currency": row.currency,
    }
    found = []
    if row.due_on >= on:
        found.append(Next(row.due_on, "due", said("due", language, document=document, amount=amount), **about))
    if row.arranged_until is not None and row.arranged_until >= on:
        found.append(Next(row.arranged_until, "arranged", said("arranged", language, document=document), **about))
    if situation.objection_open:
        found.append(Next(None, "objection", said("objection", language, document=document), **about))
    if method is not None and not situation.objection_open and _is_charged(row):
        day = max(first, *(one for one in (row.due_on, row.retry_on, row.arranged_until) if one is not None))
        words = said("charge", language, document=document, amount=amount, method=name_of(card=method))
        found.append(Next(day, "charge", words, **about))
    for one in coming:
        kind = ".".join(filter(None, (one.step.do, one.step.scope if one.step.harmful else None)))
        places = {"document": document, **step_variables(one.step, language)}
        places["Message"] = places["message"][:1].upper() + places["message"][1:]
        why = _said("why", one.why, language) if one.why else ""
        found.append(Next(one.on, kind, said(kind, language, **places), why, one.why, one.scheduled_on, **about))
    return list(in_order(found))


def _is_charged(row: _Row) -> bool:
    """Whether a saved method will be charged: not tried yet, or refused so that it may be tried again."""
    return row.charge is None or (row.charge in ("declined", "returned") and row.retry_on is not None)


def _number(row: _Row, seller: SellerCard) -> str:
    return number_text(series=row.series, number=row.number, kind=row.kind, country=seller.country)


def _title(row: _Row, seller: SellerCard, language: str) -> str:
    title = title_of(
        kind=row.kind, request_kind=row.request_kind or "proforma", language=language, country=seller.country
    )
    return f"{title} {_number(row, seller)}"


def _said(section: str, name: str, language: str, *, day: date | None = None) -> str:
    words = in_language(_words()[section][name], language)
    shown = words.format(day=short_day(day, language)) if day else words
    return shown.replace(NBSP, " ").replace("..", ".")


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(_text("data/ahead.toml"))


@cache
def _text(path: str) -> str:
    return resources.files("abono.reports").joinpath(path).read_text(encoding="utf-8")
