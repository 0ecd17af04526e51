"""What the run will issue to a payer next: the same plan, made for the day on which it will be due, and not written."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from abono.base.kernel.days import add_months, plus_days
from abono.base.store import sql
from abono.domain.catalogue.prices import Price
from abono.domain.invoicing.batch import NewDocument
from abono.domain.invoicing.digest import canonical_json
from abono.domain.invoicing.queries import DocumentCard, LineCard
from abono.runs.billing.chunk import plan_chunk
from abono.runs.billing.desk import Desk, desk_of
from abono.runs.billing.planning import Plan
from abono.runs.billing.reading import read_chunk

# Periods that ask for nothing (paused, free) are passed over, for two years at most: the longest cycle usually sold.
MOST_MONTHS = 24


class DeskAhead(Desk):
    """A seller on a day to come: where an index has no value yet, the latest one stands for it."""

    __slots__ = ()

    def index_value(self, price: Price, renewal: date) -> Decimal | None:
        """The value of the price's index for a renewal, or the latest one published before; None without index."""
        value = Desk.index_value(self, price, renewal)
        if value is not None or price.index_name is None:
            return value
        latest = _latest(price.index_name, self.index_day(renewal))
        return latest[1] if latest else None


def next_documents(*, seller_id: int, payer_id: UUID, on: date) -> list[NewDocument]:
    """The documents that the run issues to the payer next, on `on` or the first later day that has any; empty if none.

    Nothing is written and no number taken. Refuses what would park the payer in the run.
    """
    for day in _days(seller_id, payer_id, on):
        documents = _planned(seller_id, payer_id, day).documents
        if documents:
            # The day was found by steps of a month; the run will not wait that long.
            renewal = date.fromisoformat(documents[0].renewal_on)
            exact = max(on, plus_days(renewal, desk_of(seller_id=seller_id, on=day).policy.documents.issue_days))
            if exact < day:
                documents = _planned(seller_id, payer_id, exact).documents or documents
            return [_with_true_index_days(document) for document in documents]
    return []


def cards_of(document: NewDocument) -> tuple[DocumentCard, list[LineCard]]:
    """A planned document as it would be read back, with the number 0."""
    card = DocumentCard(
        id=UUID(document.id),
        kind=document.kind,
        series=document.series,
        number=document.number,
        customer_id=UUID(document.customer_id),
        words_id=UUID(document.words_id),
        issuer_id=UUID(document.issuer_id),
        policy_version=document.policy_version,
        invoice_when=document.invoice_when,
        basis=document.basis or None,
        currency=document.currency,
        issued_on=date.fromisoformat(document.issued_on),
        due_on=date.fromisoformat(document.due_on),
        renewal_on=date.fromisoformat(document.renewal_on),
        net_minor=document.net_minor,
        tax_minor=document.tax_minor,
        gross_minor=document.net_minor + document.tax_minor,
        open_minor=document.open_minor,
        state=document.state,
        taxes=json.loads(document.taxes),
        extra=json.loads(document.extra),
        request_id=None,
        settlement_id=None,
        corrects_id=None,
        replaces_id=None,
    )
    lines = [
        LineCard(
            line_no=line_no,
            subscription_id=UUID(line.subscription_id) if line.subscription_id else None,
            charge_id=UUID(line.charge_id) if line.charge_id else None,
            words=line.words,
            period_from=date.fromisoformat(line.period_from) if line.period_from else None,
            period_to=date.fromisoformat(line.period_to) if line.period_to else None,
            quantity=line.quantity,
            unit_price=Decimal(line.unit_price) if line.unit_price else None,
            fraction=Decimal(line.fraction) if line.fraction else None,
            net_minor=line.net_minor,
            tax_code=line.tax_code,
        )
        for line_no, line in enumerate(document.lines, start=1)
    ]
    return card, lines


def _days(seller_id: int, payer_id: UUID, on: date) -> Iterator[date]:
    """Days to plan for: when the earliest renewal or charge is to be asked for, then month by month."""
    first: date | None = sql.value(
        """
        SELECT least((SELECT min(billed_to) FROM cursors WHERE seller_id = %(seller)s AND payer_id = %(payer)s),
                     (SELECT min(on_date) FROM charges WHERE seller_id = %(seller)s AND payer_id = %(payer)s
                        AND document_id IS NULL))
        """,
        {"seller": seller_id, "payer": payer_id},
    )
    if first is None:
        return
    issue_days = desk_of(seller_id=seller_id, on=on).policy.documents.issue_days
    begin = max(on, plus_days(first, issue_days))
    for months in range(MOST_MONTHS + 1):
        yield add_months(begin, months, anchor_day=begin.day)


def _planned(seller_id: int, payer_id: UUID, on: date) -> Plan:
    found = desk_of(seller_id=seller_id, on=on)
    desk = DeskAhead(found.seller, found.version, found.policy, found.book, on)
    chunk = read_chunk(
        seller_id=seller_id,
        payers=[str(payer_id)],
        horizon=desk.horizon,
        one_profile=desk.policy.documents.group == "payer",
        with_suspended=desk.policy.suspension.bill_while_suspended,
    )
    plan = plan_chunk(desk=desk, chunk=chunk, limit=desk.horizon)
    if plan.refused:
        raise plan.refused[0][1]
    return plan


def _with_true_index_days(document: NewDocument) -> NewDocument:
    """Let the index values say the day they were really published for."""
    extra = json.loads(document.extra)
    if "index" not in extra:
        return document
    for name, found in extra["index"].items():
        latest = _latest(name, date.fromisoformat(found[0]))
        if latest:
            found[0] = latest[0].isoformat()
    return replace(document, extra=canonical_json(extra))


def _latest(name: str, day: date) -> tuple[date, Decimal] | None:
    found = sql.one(
        "SELECT on_date, value FROM index_values WHERE name = %(name)s AND on_date <= %(day)s "
        "ORDER BY on_date DESC LIMIT 1",
        {"name": name, "day": day},
    )
    return (found[0], found[1]) if found else None
