"""The billing rule for one payer: which documents should exist, and what each line costs. Nothing is read or written.

The night's run and a person's act (an order, a preview of what comes next) call the same rule.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from abono.base.kernel.languages import in_language
from abono.base.kernel.refusal import Refused
from abono.domain.catalogue.prices import Price
from abono.domain.catalogue.pricing import amount, discounted, unit_price_at
from abono.domain.catalogue.queries import PlanCard
from abono.domain.invoicing.batch import NewAnnexRow, NewClaim, NewDocument, NewLine
from abono.domain.invoicing.taxation import Taxation, totals
from abono.domain.invoicing.words import SETUP_WORDS
from abono.domain.ledger import rules as books
from abono.domain.subscriptions.periods import Gap, Period, without
from abono.runs.billing.desk import MOST_KEPT, Desk
from abono.runs.billing.reading import Chunk, Due, OpenCharge, Planned

NO_UNIT_PRICE, NO_FRACTION = "", ""
WHOLE_TEXT = "1.000000000"


class Group(NamedTuple):
    """What one document groups: the same payer, profile, currency, renewal day and kind of due date, nothing else."""

    profile_id: str
    currency: str
    renewal_on: date
    first: bool
    alone: str | None


class Priced(NamedTuple):
    """A line with how it is taxed."""

    line: NewLine
    taxation: Taxation


class Rate(NamedTuple):
    """One period of a contract as its line says it, the same for all contracts that are alike; net before discounts."""

    plan: PlanCard
    net_minor: int
    setup_minor: int
    quantity: int
    unit_price: str
    fraction: str
    period_from: str
    period_to: str
    indexed: tuple[str, str, str] | None


@dataclass(slots=True)
class Draft:
    """A document being put together."""

    group: Group
    words_id: str
    tax_key: str
    language: str
    lines: list[Priced] = field(default_factory=list)
    claims: list[tuple[str, Period, str, bool]] = field(default_factory=list)
    charges: list[str] = field(default_factory=list)
    annex: list[NewAnnexRow] = field(default_factory=list)
    index: dict[str, list[str]] = field(default_factory=dict)


class Advance(NamedTuple):
    """Where a cursor goes: to `billed_to`, or away when the contract is billed to its end."""

    payer_id: str
    subscription_id: str
    billed_to: date
    last_net_minor: int | None
    ended: bool


class Credit(NamedTuple):
    """What goes back to a payer and finds no room on a document of this plan: it waits for the next one that has."""

    key: str
    customer_id: str
    payer_id: str
    profile_id: str
    subscription_id: str | None
    category: str
    words: str
    currency: str
    on_date: date
    period_from: date
    period_to: date
    net_minor: int


@dataclass(slots=True)
class Plan:
    """What should be written for a chunk of payers. `refused` are payers that could not be planned, with the reason.

    `closing` are counted services whose last period this is, and is over.
    """

    documents: list[NewDocument] = field(default_factory=list)
    claims: list[NewClaim] = field(default_factory=list)
    advances: list[Advance] = field(default_factory=list)
    charged: list[tuple[str, str]] = field(default_factory=list)
    applied: list[tuple[str, Planned, date]] = field(default_factory=list)
    refused: list[tuple[str, Refused]] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)
    closing: list[UUID] = field(default_factory=list)

    def sizes(self) -> list[int]:
        """How far the plan is, for `cut`."""
        return [len(rows) for rows in self._rows()]

    def cut(self, sizes: Iterable[int]) -> None:
        """Take back all that came after `sizes`."""
        for rows, size in zip(self._rows(), sizes, strict=True):
            del rows[size:]

    def _rows(self) -> tuple[list[Any], ...]:
        return self.documents, self.claims, self.advances, self.charged, self.applied, self.credits, self.closing


@dataclass(slots=True)
class Contract:
    """A due subscription on its way through its periods, with the changes that took effect on the way."""

    due: Due
    billed_to: date
    plan_id: UUID
    quantity: int
    own_price: Decimal | None
    cycle: tuple[str, int]
    terms_from: date
    last_net_minor: int | None = None
    moved: bool = False


def contract_of(due: Due) -> Contract:
    """The contract as it stands before this run."""
    return Contract(
        due,
        due.billed_to,
        due.plan_id,
        due.quantity,
        due.own_price,
        (due.cycle_unit, due.cycle_count),
        due.terms_from,
        due.last_net_minor,
    )


def plan_contracts(
    *, desk: Desk, chunk: Chunk, plan: Plan, drafts: dict[Group, Draft], dues: Iterable[Due], limit: date
) -> None:
    """Put all periods that begin on or before `limit` on their documents."""
    for due in dues:
        _bill_contract(desk, chunk, drafts, plan, due, limit)


def plan_charges(
    *, desk: Desk, drafts: dict[Group, Draft], charges: Iterable[OpenCharge], only: str | None, limit: date
) -> None:
    """Put open charges up to `limit` on documents of their profile, the same however late the run is.

    What is asked for goes on the document of its own day. A credit goes on the first one of its day or a later one
    that has enough of its tax to give back, else it waits.
    """
    mine = [one for one in charges if only is None or one.subscription_id == only or one.id == only]
    waiting = sorted((one for one in mine if one.on_date <= limit), key=lambda one: (one.on_date, one.id))
    for charge in waiting:
        if charge.net_minor >= 0:
            _put(desk, _draft_for_charge(desk, drafts, charge), charge)
    credits = [one for one in waiting if one.net_minor < 0]
    for draft in _in_order(drafts) if credits else ():
        for credit in list(credits):
            if credit.on_date <= draft.group.renewal_on and _takes(desk, draft, credit):
                _put(desk, draft, credit)
                credits.remove(credit)


def finish_all(*, desk: Desk, plan: Plan, drafts: dict[Group, Draft], payer_id: str, by_hand: bool) -> None:
    """Turn the payer's drafts into documents, the earliest renewal day first. `by_hand` as for `Desk.days`."""
    for draft in _in_order(drafts):
        _finish(desk, plan, draft, payer_id, by_hand)


def _in_order(drafts: dict[Group, Draft]) -> Iterable[Draft]:
    if len(drafts) < 2:
        return drafts.values()
    return sorted(drafts.values(), key=lambda one: (one.group.renewal_on, not one.group.first))


def _bill_contract(desk: Desk, chunk: Chunk, drafts: dict[Group, Draft], plan: Plan, due: Due, limit: date) -> None:
    contract = contract_of(due)
    gaps = chunk.gaps.get(due.subscription_id, ())
    ends_on = due.ends_on
    while contract.billed_to <= limit and (ends_on is None or contract.billed_to < ends_on):
        renewal = contract.billed_to
        if chunk.sponsors and payer_for(chunk, due.customer_id, renewal) != due.payer_id:
            break
        apply_changes(chunk=chunk, plan=plan, contract=contract)
        period = next_period(desk=desk, contract=contract)
        draft = draft_for(desk=desk, drafts=drafts, due=due, renewal=renewal)
        for piece, reason in pieces(period=period, gaps=gaps):
            begins = piece.period_from == due.started_on
            draft.claims.append((due.subscription_id, piece, reason or "", begins))
            if reason is None:
                _add_period(desk, chunk, draft, contract, piece)
        contract.billed_to = period.period_to
        contract.moved = True
    if contract.moved or (ends_on is not None and contract.billed_to >= ends_on):
        ended = ends_on is not None and contract.billed_to >= ends_on
        plan.advances.append(
            Advance(due.payer_id, due.subscription_id, contract.billed_to, contract.last_net_minor, ended)
        )


def pieces(*, period: Period, gaps: Iterable[Gap]) -> Iterable[tuple[Period, str | None]]:
    """What of a period is billed and what is claimed for a reason, in order."""
    return [(part.period, part.reason) for part in without(period, gaps)] if gaps else ((period, None),)


def payer_for(chunk: Chunk, customer_id: str, day: date) -> str:
    """Who pays for a customer's period that begins on `day`."""
    for span in chunk.sponsors.get(customer_id, ()):
        if span.from_on <= day and (span.to_on is None or day < span.to_on):
            return span.payer_id
    return customer_id


def apply_changes(*, chunk: Chunk, plan: Plan, contract: Contract) -> None:
    """Let the changes that waited for this renewal day take effect."""
    waiting = chunk.changes.get(contract.due.subscription_id)
    if not waiting:
        return
    for change in list(waiting):
        if change.on_date > contract.billed_to:
            continue
        waiting.remove(change)
        contract.plan_id = change.plan_id or contract.plan_id
        contract.quantity = contract.quantity if change.quantity is None else change.quantity
        contract.own_price = change.own_price if change.plan_id or change.own_price else contract.own_price
        if change.cycle_unit is not None and change.cycle_count is not None:
            contract.cycle = (change.cycle_unit, change.cycle_count)
            contract.terms_from = contract.billed_to
        plan.applied.append((contract.due.subscription_id, change, contract.billed_to))


def next_period(*, desk: Desk, contract: Contract) -> Period:
    """The contract's next period."""
    due = contract.due
    return desk.period(contract.terms_from, contract.cycle, due.anchor_day, due.ends_on, contract.billed_to)


def draft_for(*, desk: Desk, drafts: dict[Group, Draft], due: Due, renewal: date) -> Draft:
    """The document that a period which begins on `renewal` goes on."""
    first = renewal == due.started_on and not due.continues
    alone = due.subscription_id if desk.policy.documents.group == "each" else None
    group = Group(due.profile_id, due.currency, renewal, first, alone)
    draft = drafts.get(group)
    if draft is None:
        if not due.complete:
            desk.check_incomplete()
        draft = drafts[group] = Draft(group, due.words_id, due.tax_key, desk.spoken(due.language))
    return draft


def price_of(*, desk: Desk, contract: Contract, renewal: date) -> tuple[Price, int]:
    """The price of one cycle and the set-up fee in minor units, as they hold on the renewal day."""
    if contract.own_price is not None:
        return desk.own_price(contract.due.currency, contract.own_price), 0
    dated = desk.dated_price(contract.plan_id, contract.due.currency, *contract.cycle, renewal)
    return dated.price, dated.setup_minor


def _add_period(desk: Desk, chunk: Chunk, draft: Draft, contract: Contract, period: Period) -> None:
    due = contract.due
    rate = _rate(desk, contract, draft.group.renewal_on, period)
    net_minor = rate.net_minor
    discounts = chunk.discounts.get(due.subscription_id)
    if discounts:
        fraction, day = period.fraction, period.period_from
        net_minor, _ = discounted(net_minor=net_minor, discounts=discounts, fraction=fraction, on=day)
    if rate.indexed is not None:
        draft.index[rate.indexed[0]] = [*rate.indexed[1:]]
    taxation = desk.taxation(draft.tax_key, rate.plan.category)
    if draft.group.first and rate.setup_minor and period.period_from == due.started_on:
        draft.lines.append(Priced(_setup_line(desk, draft, contract, rate.setup_minor, taxation), taxation))
    name = in_language(rate.plan.name, draft.language)
    line = NewLine(
        due.subscription_id,
        "",
        f"{name}, {due.words}" if due.words else name,
        rate.period_from,
        rate.period_to,
        rate.quantity,
        rate.unit_price,
        rate.fraction,
        net_minor,
        taxation.code,
    )
    draft.lines.append(Priced(line, taxation))
    if period.days == period.cycle_days:
        contract.last_net_minor = net_minor


def _rate(desk: Desk, contract: Contract, renewal: date, period: Period) -> Rate:
    """What a period costs before discounts; worked out once for all contracts that are alike."""
    key = (
        contract.plan_id,
        contract.own_price,
        contract.quantity,
        contract.due.currency,
        contract.cycle,
        renewal,
        period.period_from,
        period.period_to,
        period.cycle_days,
    )
    found: Rate | None = desk.rates.get(key)
    if found is None:
        found = _new_rate(desk, contract, renewal, period)
        if len(desk.rates) < MOST_KEPT:
            desk.rates[key] = found
    return found


def _new_rate(desk: Desk, contract: Contract, renewal: date, period: Period) -> Rate:
    price, setup_minor = price_of(desk=desk, contract=contract, renewal=renewal)
    value = desk.index_value(price, renewal)
    index = None
    if price.index_name and value is not None:
        index = (price.index_name, desk.index_day(renewal).isoformat(), str(value))
    return Rate(
        desk.book.plans[contract.plan_id],
        amount(price=price, quantity=contract.quantity, fraction=period.fraction, index_value=value),
        setup_minor,
        1 if price.model == "flat" else contract.quantity,
        unit_text(price, contract.quantity),
        period.fraction_text,
        period.period_from.isoformat(),
        period.period_to.isoformat(),
        index,
    )


def unit_text(price: Price, quantity: int) -> str:
    """The unit price with 6 decimals as it stands on the line; empty where tiers make more than one."""
    if price.model == "graduated":
        return NO_UNIT_PRICE
    unit_price = price.unit_price if price.model == "flat" else unit_price_at(price=price, quantity=quantity)
    return f"{unit_price:.6f}"


def _setup_line(desk: Desk, draft: Draft, contract: Contract, setup_minor: int, taxation: Taxation) -> NewLine:
    words = f"{SETUP_WORDS[draft.language]}: {desk.plan_name(contract.plan_id, draft.language)}"
    subscription = contract.due.subscription_id
    return NewLine(subscription, "", words, "", "", 1, NO_UNIT_PRICE, NO_FRACTION, setup_minor, taxation.code)


def _takes(desk: Desk, draft: Draft, credit: OpenCharge) -> bool:
    """Whether a credit may go on a document: of the same profile, with enough net that is taxed as the credit is."""
    group = draft.group
    if (group.profile_id, group.currency, group.alone) != (credit.profile_id, credit.currency, _alone(desk, credit)):
        return False
    code = desk.taxation(credit.tax_key, credit.category).code
    return sum(one.line.net_minor for one in draft.lines if one.taxation.code == code) + credit.net_minor >= 0


def _put(desk: Desk, draft: Draft, charge: OpenCharge) -> None:
    taxation = desk.taxation(charge.tax_key, charge.category)
    draft.charges.append(charge.id)
    draft.lines.append(Priced(_charge_line(charge, taxation), taxation))


def _alone(desk: Desk, charge: OpenCharge) -> str | None:
    return charge.subscription_id or charge.id if desk.policy.documents.group == "each" else None


def _draft_for_charge(desk: Desk, drafts: dict[Group, Draft], charge: OpenCharge) -> Draft:
    """The draft of the charge's profile and day, made if there is none."""
    alone = _alone(desk, charge)
    for first in (False, True):
        group = Group(charge.profile_id, charge.currency, charge.on_date, first, alone)
        if group in drafts:
            return drafts[group]
    if not charge.complete:
        desk.check_incomplete()
    drafts[group] = Draft(group, charge.words_id, charge.tax_key, desk.spoken(charge.language))
    return drafts[group]


def _charge_line(charge: OpenCharge, taxation: Taxation) -> NewLine:
    return NewLine(
        charge.subscription_id or "",
        charge.id,
        charge.words,
        charge.period_from.isoformat() if charge.period_from else "",
        charge.period_to.isoformat() if charge.period_to else "",
        charge.quantity,
        NO_UNIT_PRICE,
        NO_FRACTION,
        charge.net_minor,
        taxation.code,
    )


def _finish(desk: Desk, plan: Plan, draft: Draft, payer_id: str, by_hand: bool) -> None:
    """A draft becomes a document with its claims; one that asks for nothing becomes claims with a reason."""
    free = not draft.charges and all(one.line.net_minor == 0 for one in draft.lines)
    document_id = "" if free else desk.fresh_id()
    _claim(plan, draft, document_id)
    if free:
        return
    group, documents = draft.group, desk.policy.documents
    net_minor, tax_minor, taxes = totals(
        lines=[(one.line.net_minor, one.taxation) for one in draft.lines], rounding=documents.tax_rounding
    )
    gross_minor = net_minor + tax_minor
    extra = desk.extra(draft.language, draft.tax_key, {"index": draft.index} if draft.index else None)
    days, kind = desk.days(group.renewal_on, group.first, by_hand), desk.kind
    asks = kind == "request"
    if asks:
        bookings = books.request_issued(gross_minor=gross_minor)
    else:
        bookings = books.invoice_issued(net_minor=net_minor, taxes=taxes.amounts)
    plan.documents.append(
        NewDocument(
            id=document_id,
            kind=kind,
            series=desk.series(kind, extra),
            customer_id=payer_id,
            words_id=draft.words_id,
            issuer_id=desk.issuer_id,
            policy_version=desk.version,
            invoice_when=documents.invoice,
            basis="" if asks else "asks",
            currency=group.currency,
            issued_on=days.issued_on,
            due_on=days.due_on,
            renewal_on=days.renewal_on,
            net_minor=net_minor,
            tax_minor=tax_minor,
            taxes=taxes.text,
            extra=extra,
            lines=[one.line for one in draft.lines],
            bookings=bookings,
            booked_as="request_issued" if asks else "invoice_issued",
            open_minor=gross_minor,
            state="open" if gross_minor or asks else "settled",
            annex=draft.annex,
        )
    )
    plan.charged.extend((charge_id, document_id) for charge_id in draft.charges)


def _claim(plan: Plan, draft: Draft, document_id: str) -> None:
    """Claim the draft's periods for its document, or for a reason: their own, or that nothing is asked for them."""
    for subscription_id, period, reason, begins in draft.claims:
        why = reason or ("" if document_id else "free")
        day = period.period_from.isoformat()
        plan.claims.append(
            NewClaim(
                subscription_id,
                day,
                period.period_to.isoformat(),
                "" if begins else day,
                "" if why else document_id,
                why,
            )
        )
