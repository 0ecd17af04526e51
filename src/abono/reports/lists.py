"""Lists and cards for whoever looks: one SQL file each, read as named rows. Amounts are minor units."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, NamedTuple
from uuid import UUID

from abono.base.store import sql


class CustomerRow(NamedTuple):
    """A customer in a list; `open_minor` is what is asked for and not paid, in `currency`."""

    number: int
    id: UUID
    name: str
    email: str
    country: str
    currency: str
    reference: str | None
    created_on: date
    subscriptions: int
    open_minor: int


class ProfileRow(NamedTuple):
    """A billing profile with what is missing or wrong in it."""

    id: UUID
    is_default: bool
    country: str
    fields: dict[str, str]
    complete: bool
    problems: list[dict[str, Any]]
    vat_evidence: dict[str, Any] | None
    exemptions: list[dict[str, Any]]
    saved_on: date


class ContactRow(NamedTuple):
    """A person to write to."""

    id: UUID
    name: str
    email: str
    phone: str
    language: str
    role: str
    notices: list[str]


class LocationRow(NamedTuple):
    """A location with its active days `[active_from, active_to)`; `counted_by` subscriptions count it."""

    id: UUID
    name: str
    reference: str | None
    address: str
    region: str
    locality: str
    active_from: date
    active_to: date | None
    counted_by: int


class SponsorshipRow(NamedTuple):
    """Who pays for whom on `[from_on, to_on)`."""

    from_on: date
    to_on: date | None
    payer_number: int
    payer_name: str
    customer_number: int
    customer_name: str


class SubscriptionRow(NamedTuple):
    """A subscription; `billed_to` is None once nothing more will be asked for."""

    id: UUID
    reference: str | None
    customer_number: int
    customer_name: str
    plan: str
    plan_name: dict[str, str]
    words: str
    currency: str
    cycle_unit: str
    cycle_count: int
    anchor_day: int
    quantity: int
    own_price: Decimal | None
    state: str
    started_on: date
    ends_on: date | None
    billed_to: date | None
    payer_number: int | None


class PriceRow(NamedTuple):
    """A plan with one of its prices; without any, the price's fields are None."""

    id: UUID
    key: str
    name: dict[str, str]
    category: str
    counted: str
    currency: str | None
    cycle_unit: str | None
    cycle_count: int | None
    effective_on: date | None
    model: str | None
    unit_price: Decimal | None
    tiers: list[list[Any]] | None
    setup_minor: int | None
    index_name: str | None


class DocumentRow(NamedTuple):
    """A document in a list."""

    id: UUID
    kind: str
    series: str
    number: int
    customer_number: int
    customer_name: str
    currency: str
    issued_on: date
    due_on: date
    net_minor: int
    tax_minor: int
    gross_minor: int
    open_minor: int
    state: str


class RelatedRow(NamedTuple):
    """A document that another came from or led to."""

    id: UUID
    kind: str
    series: str
    number: int
    issued_on: date
    gross_minor: int
    state: str
    how: str


class AllocationRow(NamedTuple):
    """Money set against a document; negative when it was taken back."""

    on_date: date
    payment_id: UUID
    key: str
    means: str
    amount_minor: int
    cause: str


class PaymentRow(NamedTuple):
    """A payment in a list."""

    id: UUID
    key: str
    customer_number: int
    customer_name: str
    means: str
    funding: str
    currency: str
    amount_minor: int
    fee_minor: int
    free_minor: int
    state: str
    on_date: date
    reference: str


class MethodRow(NamedTuple):
    """A saved method in a list; `expires_on` is the last day on which it is good."""

    id: UUID
    customer_number: int
    customer_name: str
    means: str
    brand: str
    last4: str
    expires_on: date | None
    funding: str
    state: str
    added_on: date


class AttemptRow(NamedTuple):
    """An attempt to charge a method, with the document it is for; `ask_at` None and unknown: a person must look."""

    id: UUID
    key: str
    customer_number: int
    customer_name: str
    kind: str
    series: str
    number: int
    means: str
    brand: str
    last4: str
    currency: str
    amount_minor: int
    try_no: int
    state: str
    planned_on: date
    sent_on: date | None
    code: str
    retry_on: date | None
    asked: int
    ask_at: datetime | None
    words: str


class ParkedRow(NamedTuple):
    """A customer whom the run cannot bill, and why."""

    number: int
    name: str
    code: str
    words: str
    since: date
    customer_id: UUID


class ChargeRow(NamedTuple):
    """A charge, or below zero a credit, that no document asks for yet."""

    id: UUID
    key: str
    customer_number: int
    customer_name: str
    payer_number: int
    kind: str
    words: str
    currency: str
    on_date: date
    net_minor: int


class WaitingRow(NamedTuple):
    """A paid request whose invoice waits; `reasons` are the problems of its billing profile."""

    customer_number: int
    customer_name: str
    series: str
    number: int
    kind: str
    gross_minor: int
    currency: str
    since: date
    reasons: list[dict[str, Any]]


class SeriesRow(NamedTuple):
    """A series of documents; `last_no` is None where no authority gives ranges."""

    series: str
    next_no: int
    last_no: int | None


class TotalRow(NamedTuple):
    """What a run issued of one kind in one currency."""

    kind: str
    currency: str
    documents: int
    net_minor: int
    gross_minor: int


def address_of(*, seller_id: int) -> list[str]:
    """The lines of a seller's own address."""
    found = sql.value("SELECT address FROM sellers WHERE id = %(seller)s", {"seller": seller_id})
    return [str(one) for one in found or ()]


def series(*, seller_id: int) -> list[SeriesRow]:
    """The series that have issued something."""
    return [SeriesRow(*row) for row in sql.rows(_text("series"), {"seller": seller_id})]


def customers(*, seller_id: int, search: str | None, most: int | None) -> list[CustomerRow]:
    """Customers by number; `search` is part of a name or e-mail address, or a reference."""
    return [
        CustomerRow(*row) for row in sql.rows(_text("customers"), {"seller": seller_id, "search": search, "most": most})
    ]


def profiles(*, seller_id: int, customer_id: UUID) -> list[ProfileRow]:
    """The customer's billing profiles, the default one first."""
    return [ProfileRow(*row) for row in sql.rows(_text("profiles"), {"seller": seller_id, "customer": customer_id})]


def contacts(*, seller_id: int, customer_id: UUID) -> list[ContactRow]:
    """The customer's contacts."""
    return [ContactRow(*row) for row in sql.rows(_text("contacts"), {"seller": seller_id, "customer": customer_id})]


def locations(*, seller_id: int, customer_id: UUID, on: date) -> list[LocationRow]:
    """The customer's locations by name, and who counts them on a day."""
    parameters = {"seller": seller_id, "customer": customer_id, "on": on}
    return [LocationRow(*row) for row in sql.rows(_text("locations"), parameters)]


def sponsorships(*, seller_id: int, customer_id: UUID) -> list[SponsorshipRow]:
    """Who pays or paid for the customer, and for whom the customer pays or paid."""
    return [
        SponsorshipRow(*row) for row in sql.rows(_text("sponsorships"), {"seller": seller_id, "customer": customer_id})
    ]


def subscriptions(
    *, seller_id: int, customer_id: UUID | None = None, state: str | None = None, most: int | None = None
) -> list[SubscriptionRow]:
    """Subscriptions of all customers or of one, in any state or in one."""
    parameters = {"seller": seller_id, "customer": customer_id, "state": state, "most": most}
    return [SubscriptionRow(*row) for row in sql.rows(_text("subscriptions"), parameters)]


def prices(*, seller_id: int) -> list[PriceRow]:
    """All plans with all their prices."""
    return [PriceRow(*row) for row in sql.rows(_text("plans"), {"seller": seller_id})]


def documents(
    *,
    seller_id: int,
    customer_id: UUID | None = None,
    kind: str | None = None,
    state: str | None = None,
    overdue_on: date | None = None,
    most: int | None = None,
) -> list[DocumentRow]:
    """Documents, the latest first; `overdue_on`: only those open and due before that day."""
    parameters = {
        "seller": seller_id,
        "customer": customer_id,
        "kind": kind,
        "state": state,
        "overdue_on": overdue_on,
        "most": most,
    }
    return [DocumentRow(*row) for row in sql.rows(_text("documents"), parameters)]


def related_documents(*, seller_id: int, document_id: UUID) -> list[RelatedRow]:
    """What a document came from and led to."""
    return [RelatedRow(*row) for row in sql.rows(_text("related"), {"seller": seller_id, "document": document_id})]


def party_words(*, seller_id: int, words_id: UUID) -> dict[str, Any]:
    """The frozen words that name a party on a document."""
    return dict(sql.value(_text("party_words"), {"seller": seller_id, "words": words_id}) or {})


def annex_size(*, seller_id: int, document_id: UUID) -> int:
    """How many rows the annex of a document has."""
    return int(sql.value(_text("annex_size"), {"seller": seller_id, "document": document_id}))


def allocations(*, seller_id: int, document_id: UUID) -> list[AllocationRow]:
    """What paid a document."""
    return [
        AllocationRow(*row)
        for row in sql.rows(_text("payments_of_document"), {"seller": seller_id, "document": document_id})
    ]


def payments(
    *, seller_id: int, customer_id: UUID | None = None, state: str | None = None, most: int | None = None
) -> list[PaymentRow]:
    """Payments, the latest first."""
    parameters = {"seller": seller_id, "customer": customer_id, "state": state, "most": most}
    return [PaymentRow(*row) for row in sql.rows(_text("payments"), parameters)]


def methods(*, seller_id: int, customer_id: UUID | None = None, most: int | None = None) -> list[MethodRow]:
    """Saved methods, the latest first."""
    parameters = {"seller": seller_id, "customer": customer_id, "most": most}
    return [MethodRow(*row) for row in sql.rows(_text("methods"), parameters)]


def attempts(
    *,
    seller_id: int,
    customer_id: UUID | None = None,
    states: Sequence[str] | None = None,
    most: int | None = None,
) -> list[AttemptRow]:
    """Attempts to charge saved methods, the latest first; in any state or in some."""
    wanted = None if states is None else list(states)
    parameters = {"seller": seller_id, "customer": customer_id, "states": wanted, "most": most}
    return [AttemptRow(*row) for row in sql.rows(_text("attempts"), parameters)]


def parked(*, seller_id: int) -> list[ParkedRow]:
    """Customers whom the run leaves out until they are freed."""
    return [ParkedRow(*row) for row in sql.rows(_text("parked"), {"seller": seller_id})]


def open_charges(
    *, seller_id: int, customer_id: UUID | None = None, credits_only: bool = False, most: int | None = None
) -> list[ChargeRow]:
    """Charges and credits that no document asks for yet, the oldest first: a customer's own and those it pays for."""
    parameters = {"seller": seller_id, "customer": customer_id, "credits": credits_only, "most": most}
    return [ChargeRow(*row) for row in sql.rows(_text("open_charges"), parameters)]


def waiting(*, seller_id: int) -> list[WaitingRow]:
    """Paid requests whose invoice waits for a complete billing profile."""
    return [WaitingRow(*row) for row in sql.rows(_text("waiting"), {"seller": seller_id})]


def run_totals(*, seller_id: int, run_ids: list[UUID]) -> list[TotalRow]:
    """What runs issued, by kind and currency."""
    if not run_ids:
        return []
    return [TotalRow(*row) for row in sql.rows(_text("run_totals"), {"seller": seller_id, "runs": run_ids})]


@cache
def _text(question: str) -> str:
    return resources.files("abono.reports").joinpath(f"sql/{question}.sql").read_text(encoding="utf-8")
