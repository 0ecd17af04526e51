"""The statement of account: on paper and as CSV, from the same movements."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from abono.base.kernel.money import major
from abono.domain.customers.queries import CustomerCard, customer_card, customer_number
from abono.domain.invoicing.numbering import number_text
from abono.domain.invoicing.paper import Brand, Fact, Sheet, Statement, StatementEntry
from abono.domain.invoicing.wording import title_of
from abono.domain.sellers.queries import SellerCard, seller_by_id
from abono.reports.papers import party
from abono.reports.papers.account import Account, Movement, account_of, other_currencies
from abono.reports.papers.csv_text import csv_text
from abono.reports.papers.document import slip_of
from abono.reports.papers.parties_now import words_now
from abono.reports.papers.words import by_means, said

CSV_HEADS = ("date", "movement", "document", "detail", "charged", "paid", "balance", "currency")

_OF_CAUSE = {
    "payment_settled": "of_payment",
    "payment_returned": "of_return",
    "refund": "of_refund",
    "fee": "of_fee",
    "fee_returned": "of_fee_back",
    "write_off": "written_off",
    "opening": "of_opening",
}


@dataclass(frozen=True, slots=True)
class Told:
    """A movement in words: what it was, the document's number, what more there is to say."""

    movement: Movement
    words: str
    document: str
    detail: str


def statement_of(
    *, seller_id: int, customer_id: UUID, from_on: date, to_on: date, currency: str = "", on: date | None = None
) -> Sheet:
    """The account over `[from_on, to_on)` on paper, in the customer's currency or the one asked for.

    `on` is the day of issue; by default the last day of the statement.
    """
    seller, customer = _sides(seller_id, customer_id)
    found = _account(customer, seller_id, from_on, to_on, currency)
    language = customer.language
    number = customer_number(number=customer.number)
    theirs, ours = words_now(seller=seller, customer=customer)
    return Sheet(
        kind="statement",
        language=language,
        currency=found.currency,
        brand=Brand(seller.name, seller.accent),
        issued_on=on or to_on - timedelta(days=1),
        paper="letter" if seller.paper == "letter" else "a4",
        home_currency=seller.currency,
        issuer_line=party.issuer_line(words=ours, language=language),
        parties=(
            party.customer_party(words=theirs, home=seller.country, language=language),
            party.issuer_party(words=ours, language=language),
        ),
        facts=(Fact(said("customer_number", language), number),),
        notes=tuple(_about_other_money(seller_id, customer, found)),
        slip=slip_of(issuer=ours, reference=number) if found.closing_minor > 0 else None,
        statement=Statement(
            from_on, to_on, found.opening_minor, found.closing_minor, tuple(_entries(found, seller, language))
        ),
    )


def statement_csv(*, seller_id: int, customer_id: UUID, from_on: date, to_on: date, currency: str = "") -> str:
    """The same as CSV: ISO dates, amounts in whole units with the currency's decimals, opening and closing rows."""
    seller, customer = _sides(seller_id, customer_id)
    found = _account(customer, seller_id, from_on, to_on, currency)
    return csv_text(heads=CSV_HEADS, rows=_csv_rows(found, seller, customer.language))


def _sides(seller_id: int, customer_id: UUID) -> tuple[SellerCard, CustomerCard]:
    return seller_by_id(seller_id=seller_id), customer_card(seller_id=seller_id, customer_id=customer_id)


def _account(customer: CustomerCard, seller_id: int, from_on: date, to_on: date, currency: str) -> Account:
    return account_of(
        seller_id=seller_id,
        customer_id=customer.id,
        currency=currency or customer.currency,
        from_on=from_on,
        to_on=to_on,
    )


def _entries(found: Account, seller: SellerCard, language: str) -> Iterator[StatementEntry]:
    balance = found.opening_minor
    for movement in found.movements:
        told = _told(movement, seller, language)
        balance += movement.change_minor
        yield StatementEntry(
            on=movement.on,
            words=told.words,
            balance_minor=balance,
            charged_minor=movement.change_minor if movement.change_minor > 0 else None,
            paid_minor=-movement.change_minor if movement.change_minor < 0 else None,
            detail=told.detail,
        )


def _csv_rows(found: Account, seller: SellerCard, language: str) -> Iterator[tuple[str, ...]]:
    def amount(minor: int) -> str:
        return f"{major(minor, found.currency)}"

    balance = found.opening_minor
    yield (found.from_on.isoformat(), said("opening", language), "", "", "", "", amount(balance), found.currency)
    for movement in found.movements:
        told = _told(movement, seller, language)
        change = movement.change_minor
        balance += change
        charged, paid = amount(change) if change > 0 else "", amount(-change) if change < 0 else ""
        yield (
            movement.on.isoformat(),
            told.words,
            told.document,
            told.detail,
            charged,
            paid,
            amount(balance),
            found.currency,
        )
    last = found.to_on - timedelta(days=1)
    yield (last.isoformat(), said("closing", language), "", "", "", "", amount(balance), found.currency)


def _told(movement: Movement, seller: SellerCard, language: str) -> Told:
    number = title = ""
    if movement.kind and movement.series and movement.number:
        number = number_text(series=movement.series, number=movement.number, kind=movement.kind, country=seller.country)
        request = movement.request or "proforma"
        title = title_of(kind=movement.kind, request_kind=request, language=language, country=seller.country)
    document = f"{title} {number}".strip()
    key = _OF_CAUSE.get(movement.cause)
    if movement.cause == "payment_settled" and movement.means:
        words = said("of_payment", language, means=by_means(movement.means, language))
    elif movement.cause == "request_voided":
        words = said("of_void", language, document=document)
    else:
        words = said(key, language) if key else document
    detail = said("of_settled", language) if movement.paid_before else movement.reference or ""
    return Told(movement, words, number, document if key and document else detail)


def _about_other_money(seller_id: int, customer: CustomerCard, found: Account) -> Iterator[str]:
    others = other_currencies(seller_id=seller_id, customer_id=customer.id, currency=found.currency)
    if others:
        yield said("other_currencies", customer.language, currencies=", ".join(others))
