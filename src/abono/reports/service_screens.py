"""Services as whoever looks at them needs them: state, what holds them, price, next due date, what happens next."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, NamedTuple
from uuid import UUID

from abono.base.kernel.days import plus_days
from abono.base.kernel.languages import in_language
from abono.base.kernel.refusal import Refused
from abono.base.store import sql
from abono.domain.catalogue.pricing import net_of
from abono.domain.customers.queries import customer_number
from abono.domain.invoicing.paper.format import money, short_day
from abono.domain.sellers.policy import Length
from abono.domain.sellers.policy.words import joined, length_words
from abono.domain.subscriptions.periods import NO_CYCLE, due_on
from abono.reports.ahead import Next, Paper, in_order, papers_ahead, said
from abono.runs.billing.desk import Desk, desk_of
from abono.runs.contracts import contract_of, offer_of, whole_period

RUNNING = ("active", "suspended", "frozen")


@dataclass(frozen=True, slots=True)
class Held:
    """What stops a service: a document, by a step of its calendar. `scope`: its own services, or all of a debtor."""

    document: str
    document_id: UUID
    scope: str
    since: date
    due_on: date
    open_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class ToPay:
    """A document whose payment starts a service, restores it, or brings it back."""

    document: str
    document_id: UUID
    due_on: date
    open_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class ServiceScreen:
    """A service on a day. `access` is what its user may do: full, read-only or none.

    `price_minor` is what a whole period costs, net, None for a project and for what is counted. `next_due_on` is the
    due date of what is asked for, else of what will be. A client learns no document and no amount of what another pays.
    """

    id: UUID
    reference: str | None
    customer: str
    customer_id: UUID
    payer: str
    name: str
    plan: str | None
    cycle: str | None
    quantity: int
    state: str
    access: str
    price_minor: int | None
    currency: str
    next_renewal: date | None
    next_due_on: date | None
    to_pay: tuple[ToPay, ...]
    held_by: tuple[Held, ...]
    ahead: tuple[Next, ...]


class _Row(NamedTuple):
    id: UUID
    reference: str | None
    customer_id: UUID
    customer_no: int
    customer_name: str
    plan: str | None
    plan_name: dict[str, str] | None
    counted: str | None
    words: str
    currency: str
    cycle_unit: str
    cycle_count: int
    quantity: int
    state: str
    started_on: date
    ends_on: date | None
    billed_to: date | None
    payer_id: UUID
    payer_no: int
    change_on: date | None
    expires_on: date | None
    fee_minor: int | None
    recovery_id: UUID | None
    offer_id: UUID | None
    offer_from: date | None
    offer_unit: str | None
    offer_count: int | None
    offer_minor: int | None

    @property
    def is_project(self) -> bool:
        return self.cycle_unit == NO_CYCLE


class _Debts(NamedTuple):
    """What the payers owe: documents with what lies ahead of them, which of them bill a service, what holds it."""

    papers: Mapping[UUID, Paper]
    billing: Mapping[UUID, set[UUID]]
    holding: Mapping[UUID, list[tuple[UUID, str, date]]]


def services(
    *,
    seller_id: int,
    on: date,
    language: str,
    customer_id: UUID | None = None,
    service_id: UUID | None = None,
    state: str | None = None,
    projects: bool | None = None,
    as_client: bool = False,
    most: int | None = None,
) -> list[ServiceScreen]:
    """Services in the order they were made; of all customers or of one, in any state or in one.

    `projects`: only those, or none of them. `as_client`: as the services' own customer may see them.
    """
    parameters = {"seller": seller_id, "customer": customer_id, "service": service_id, "state": state, "on": on}
    rows = [_Row(*row) for row in sql.rows(_text("services"), {**parameters, "projects": projects, "most": most})]
    desk = desk_of(seller_id=seller_id, on=on)
    debts = _debts(seller_id, rows, on, language)
    return [_screen(row, desk, debts, language, as_client) for row in rows]


def ahead_of_customer(*, seller_id: int, customer_id: UUID, on: date, language: str) -> tuple[Next, ...]:
    """What happens next to a customer: to what they owe, and to their services; by day, without a day last."""
    owed = sql.rows(
        "SELECT id FROM documents WHERE seller_id = %(seller)s AND customer_id = %(customer)s AND state = 'open' "
        "AND open_minor > 0 AND kind IN ('request', 'invoice')",
        {"seller": seller_id, "customer": customer_id},
    )
    ids = [row[0] for row in owed]
    papers = papers_ahead(seller_id=seller_id, document_ids=ids, on=on, language=language)
    screens = services(seller_id=seller_id, on=on, language=language, customer_id=customer_id, as_client=True)
    found = [one for paper in papers.values() for one in paper.ahead]
    found += [one for screen in screens for one in screen.ahead]
    return in_order(dict.fromkeys(found))


def _debts(seller_id: int, rows: Sequence[_Row], on: date, language: str) -> _Debts:
    ids = sql.array(row.id for row in rows)
    billing: dict[UUID, set[UUID]] = defaultdict(set)
    documents: set[UUID] = set()
    holding: dict[UUID, list[tuple[UUID, str, date]]] = defaultdict(list)
    for subscription_id, document_id, scope, since in sql.rows(
        "SELECT subscription_id, document_id, scope, opened_on FROM holds WHERE seller_id = %(seller)s "
        "AND subscription_id = ANY(%(ids)s::uuid[]) AND closed_on IS NULL ORDER BY opened_on, document_id, scope",
        {"seller": seller_id, "ids": ids},
    ):
        documents.add(document_id)
        holding[subscription_id].append((document_id, scope, since))
    parameters = {"seller": seller_id, "services": ids, "payers": sql.array({row.payer_id for row in rows})}
    for document_id, subscription_id in sql.rows(_text("services_owed"), parameters):
        documents.add(document_id)
        if subscription_id is not None:
            billing[subscription_id].add(document_id)
    return _Debts(papers_ahead(seller_id=seller_id, document_ids=documents, on=on, language=language), billing, holding)


def _screen(row: _Row, desk: Desk, debts: _Debts, language: str, as_client: bool) -> ServiceScreen:
    told = not as_client or row.payer_id == row.customer_id
    price_minor = _price(row, desk) if told else None
    hidden = {one.id for one in debts.papers.values() if as_client and one.customer_id != row.customer_id}
    held = [(debts.papers[document_id], scope, since) for document_id, scope, since in debts.holding.get(row.id, ())]
    own = [one for one in debts.papers.values() if one.id in debts.billing.get(row.id, ()) and one.id not in hidden]
    recovering = [one for one in debts.papers.values() if one.id == row.recovery_id]
    to_pay = sorted({one.id: one for one, _, _ in held}.values() or own or recovering, key=lambda one: one.due_on)
    return ServiceScreen(
        id=row.id,
        reference=row.reference,
        customer=customer_number(number=row.customer_no),
        customer_id=row.customer_id,
        payer=customer_number(number=row.payer_no),
        name=_name(row, language),
        plan=row.plan,
        cycle=None if row.is_project else _cycle(row.cycle_unit, row.cycle_count, "en").replace("\u00a0", " "),
        quantity=row.quantity,
        state=row.state,
        access=_access(row, [paper for paper, _, _ in held], desk),
        price_minor=price_minor,
        currency=row.currency,
        next_renewal=row.billed_to,
        next_due_on=_next_due(row, desk, own) if told else None,
        to_pay=tuple(
            ToPay(one.number, one.id, one.due_on, one.open_minor, one.currency)
            for one in to_pay
            if one.id not in hidden
        ),
        held_by=tuple(
            Held(one.number, one.id, scope, since, one.due_on, one.open_minor, one.currency)
            for one, scope, since in held
            if one.id not in hidden
        ),
        ahead=in_order(
            [
                *_own_ahead(row, desk, to_pay, hidden, language),
                *(_asked_ahead(row, desk, price_minor, language) if told else ()),
                *_harm(row, debts, hidden),
            ]
        ),
    )


def _access(row: _Row, holders: Iterable[Paper], desk: Desk) -> str:
    """What the user may do: under the policies of the documents that hold the service, the strictest counts."""
    if row.state == "active":
        return "full"
    if row.state != "suspended":
        return "none"
    rules = {one.policy.suspension.access for one in holders} or {desk.policy.suspension.access}
    return "read-only" if rules == {"read-only"} else "none"


def _price(row: _Row, desk: Desk) -> int | None:
    """What a whole period costs from the next renewal on, minor units net."""
    if row.is_project or row.counted != "fixed" or row.state in ("terminated", "cancelled"):
        return None
    contract = contract_of(seller_id=desk.seller.id, subscription_id=row.id)
    period = whole_period(contract, row.billed_to or max(desk.on, contract.terms_from))
    try:
        return net_of(offer=offer_of(desk, contract, contract.plan_id, contract.quantity, contract.own_price, period))
    except Refused:
        return None  # no price is known for it yet


def _next_due(row: _Row, desk: Desk, own: Sequence[Paper]) -> date | None:
    if own:
        return min(one.due_on for one in own)
    if row.billed_to is None or (row.ends_on is not None and row.billed_to >= row.ends_on):
        return None
    rules = desk.policy.documents
    return due_on(
        renewal=row.billed_to,
        issued_on=_asked_on(row.billed_to, desk),
        due_days=rules.due_days,
        min_days_to_pay=rules.min_days_to_pay,
        first=False,
    )


def _asked_on(renewal: date, desk: Desk) -> date:
    """The day of the run that asks for a renewal: today, if that is over."""
    return max(plus_days(renewal, desk.policy.documents.issue_days), desk.on)


def _harm(row: _Row, debts: _Debts, hidden: set[UUID]) -> Iterable[Next]:
    """What is ahead of the documents that bill or hold the service, and of the debtor's others if it reaches it."""
    if row.state not in (*RUNNING, "ordered"):
        return
    mine = debts.billing.get(row.id, set()) | {document_id for document_id, _, _ in debts.holding.get(row.id, ())}
    for paper in debts.papers.values():
        if paper.id in hidden or (paper.id not in mine and paper.customer_id != row.payer_id):
            continue
        spared = paper.customer_id != row.customer_id and paper.policy.suspension.on_unpaid_partner == "partner-only"
        for one in paper.ahead:
            harms = one.kind.startswith(("suspend", "terminate"))
            if (paper.id in mine or one.kind == "suspend.debtor") and not (harms and spared):
                yield one


def _own_ahead(row: _Row, desk: Desk, to_pay: Sequence[Paper], hidden: set[UUID], language: str) -> Iterable[Next]:
    """What lies ahead of the service itself: how it begins and comes back, its change, its end."""
    documents = joined([one.title for one in to_pay if one.id not in hidden], language)
    if row.state == "ordered" and documents:
        yield _next(row, desk, "start", None, language, documents=documents)
    if row.state in ("suspended", "frozen"):
        if any(one.id in hidden for one in to_pay):
            yield _next(row, desk, "restore.provider", None, language)
        else:
            owed = sum(one.open_minor for one in to_pay)
            yield _next(row, desk, "restore", None, language, owed, documents=documents)
    if row.change_on is not None:
        yield _next(row, desk, "change", row.change_on, language)
    if row.ends_on is not None and row.state in (*RUNNING, "ordered"):
        yield _next(row, desk, "end", row.ends_on, language)


def _asked_ahead(row: _Row, desk: Desk, price_minor: int | None, language: str) -> Iterable[Next]:
    """What whoever pays for it will be asked for, or may choose: the next period, a longer one, a recovery."""
    if row.expires_on is not None:
        yield _next(row, desk, "recovery", row.expires_on, language, row.fee_minor)
    if row.offer_from is not None and row.offer_unit and row.offer_count:
        longer = _cycle(row.offer_unit, row.offer_count, language)
        yield _next(row, desk, "offer", row.offer_from, language, row.offer_minor, cycle=longer)
    if row.state == "suspended" and not desk.policy.suspension.bill_while_suspended:
        yield _next(row, desk, "ask.suspended", None, language)
    elif row.billed_to is not None and (row.ends_on is None or row.billed_to < row.ends_on):
        cycle, begins = _cycle(row.cycle_unit, row.cycle_count, language), short_day(row.billed_to, language)
        kind = "ask" if price_minor is not None else "ask.counted"
        yield _next(row, desk, kind, _asked_on(row.billed_to, desk), language, price_minor, cycle=cycle, day=begins)


def _next(
    row: _Row, desk: Desk, kind: str, on: date | None, language: str, minor: int | None = None, **places: str
) -> Next:
    amount = "?" if minor is None else money(minor, row.currency, language=language, home=desk.seller.currency)
    words = said(kind, language, service=_name(row, language), amount=amount, **places)
    currency = None if minor is None else row.currency
    return Next(on, kind, words, subscription_id=row.id, amount_minor=minor, currency=currency)


def _name(row: _Row, language: str) -> str:
    """The service by its own words, with its plan's name."""
    plan = in_language(row.plan_name, language) if row.plan_name else ""
    return f"{row.words} ({plan})" if row.words and plan else row.words or plan or "?"


def _cycle(unit: Any, count: int, language: str) -> str:
    return length_words(Length(unit, count), language)


@cache
def _text(question: str) -> str:
    return resources.files("abono.reports").joinpath(f"sql/{question}.sql").read_text(encoding="utf-8")
