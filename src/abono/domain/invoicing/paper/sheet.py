"""What one document on paper says: plain frozen data, complete in itself, in one language.

Amounts are whole minor units of `currency`; periods are half-open; texts are the customer's or the seller's own words
and are printed literally, never read as markup.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from abono.base.kernel.languages import LANGUAGES
from abono.base.kernel.money import minor_digits
from abono.base.kernel.refusal import Refused

Kind = Literal["request", "invoice", "credit_note", "receipt", "sample", "statement", "letter"]
RequestKind = Literal["proforma", "charge-note", "payment-request"]
Paper = Literal["a4", "letter"]
Role = Literal["customer", "seller"]
Link = Literal["corrects", "made_from", "replaces", "settles"]

NUMBERED: frozenset[Kind] = frozenset({"request", "invoice", "credit_note", "receipt"})
ADDING_UP: frozenset[Kind] = NUMBERED | {"sample"}
ASKING: frozenset[Kind] = frozenset({"request", "invoice", "sample"})

# The longest text in one field. Running text (`body`, `notes`) may be longer; it goes over to the next page.
LONGEST_TEXT = 500
LONGEST_NAME = 120

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_ADDRESS = re.compile(r"https?://[^\s<>\"\\]+")


@dataclass(frozen=True, slots=True)
class Brand:
    """The seller as the customer knows it. Without a logo (SVG text) a tile with the initial stands in its place."""

    name: str
    accent: str = "#16181B"
    logo_svg: str | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """One side of the document. `label` replaces the usual "Billed to" or "From"."""

    role: Role
    name: str
    rows: tuple[str, ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled detail that law or the seller wants said: performance date, means of payment, exchange rate."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Reference:
    """Another document that this one corrects, was made from, replaces or settles."""

    link: Link
    title: str
    number: str
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `unit_price` in whole currency units, up to six decimals; `tax_words` ("27 %") opens a column."""

    words: str
    amount_minor: int
    detail: str = ""
    quantity: Decimal | int | None = None
    unit: str = ""
    unit_price: Decimal | None = None
    period_from: date | None = None
    period_to: date | None = None
    tax_words: str = ""


@dataclass(frozen=True, slots=True)
class Tax:
    """One tax of the document; `base_minor` is printed beside its name where it is given."""

    words: str
    amount_minor: int
    base_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Deduction:
    """What is taken from the total before it is asked for: credit used, a part already paid. Positive."""

    words: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Paid:
    """How and when the document was paid: ("Visa ending in 4412", 20 November)."""

    means: str
    on: date


@dataclass(frozen=True, slots=True)
class Mark:
    """A letter in a box at the head and the legend that goes with it.

    Argentina, RG 1415 annex IV: what is not an invoice carries "X" and "DOCUMENTO NO VÁLIDO COMO FACTURA".
    """

    letter: str
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Slip:
    """How to pay, for the tear-off slip: each part is optional, the sum and the date come from the sheet."""

    pay_url: str = ""
    reference: str = ""
    payable_to: str = ""
    account_rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnnexRow:
    """One location: what it used, from when to when (half-open), for how many days, and its share of the amount."""

    location: str
    products: str
    active_from: date
    active_to: date
    days: int
    amount_minor: int
    client: str = ""


@dataclass(frozen=True, slots=True)
class Annex:
    """Every location behind the lines. `heading` and `note` replace the usual words under the title and at the foot."""

    rows: tuple[AnnexRow, ...]
    heading: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class StatementEntry:
    """One movement: what was charged, or what was paid or credited (both positive), and the balance after it."""

    on: date
    words: str
    balance_minor: int
    charged_minor: int | None = None
    paid_minor: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """The account over `[period_from, period_to)`. A positive balance is owed, a negative one is the customer's."""

    period_from: date
    period_to: date
    opening_minor: int
    closing_minor: int
    entries: tuple[StatementEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole document. Lines, taxes and totals must agree; a sample has no number and is always watermarked."""

    kind: Kind
    language: str
    currency: str
    brand: Brand
    issued_on: date
    number: str | None = None
    request_kind: RequestKind = "proforma"
    paper: Paper = "a4"
    home_currency: str = ""
    title: str = ""
    summary: str = ""
    issuer_line: str = ""
    due_on: date | None = None
    parties: tuple[Party, ...] = ()
    facts: tuple[Fact, ...] = ()
    references: tuple[Reference, ...] = ()
    lines: tuple[Line, ...] = ()
    lines_heading: str = ""
    quantity_heading: str = ""
    taxes: tuple[Tax, ...] = ()
    net_minor: int = 0
    gross_minor: int = 0
    deductions: tuple[Deduction, ...] = ()
    due_minor: int = 0
    paid: Paid | None = None
    mark: Mark | None = None
    body: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    slip: Slip | None = None
    annex: Annex | None = None
    statement: Statement | None = None
    watermark: str = ""

    def __post_init__(self) -> None:
        _check_words(self)
        _check_lengths(self)
        _check_number(self)
        if self.kind in ADDING_UP:
            _check_sums(self)
        if (self.kind == "statement") != (self.statement is not None):
            raise Refused("paper.statement_missing", "A statement of account carries its movements, nothing else does.")

    @property
    def home(self) -> str:
        """The seller's own currency, written with its bare sign."""
        return self.home_currency or self.currency


def _check_words(sheet: Sheet) -> None:
    if sheet.language not in LANGUAGES:
        raise Refused(
            "paper.unknown_language",
            f"No words for language {sheet.language!r}; allowed: {', '.join(LANGUAGES)}.",
            language=sheet.language,
        )
    minor_digits(sheet.currency)
    if not _HEX.fullmatch(sheet.brand.accent):
        raise Refused("paper.accent_not_hex", f"The accent {sheet.brand.accent!r} is not a colour like #2347C5.")
    if sheet.slip and sheet.slip.pay_url and not _ADDRESS.fullmatch(sheet.slip.pay_url):
        raise Refused("paper.pay_address", f"The pay address {sheet.slip.pay_url!r} is not an http address.")


def _check_lengths(sheet: Sheet) -> None:
    for text in (sheet.brand.name, sheet.title, sheet.number or ""):
        _check_length(text, LONGEST_NAME)
    short = [sheet.summary, sheet.issuer_line]
    short += [text for party in sheet.parties for text in (party.name, *party.rows)]
    short += [fact.text for fact in sheet.facts]
    short += [text for line in sheet.lines for text in (line.words, line.detail)]
    if sheet.annex:
        short += [text for row in sheet.annex.rows for text in (row.location, row.client, row.products)]
    if sheet.statement:
        short += [text for entry in sheet.statement.entries for text in (entry.words, entry.detail)]
    for text in short:
        _check_length(text, LONGEST_TEXT)


def _check_length(text: str, most: int) -> None:
    if len(text) > most:
        raise Refused(
            "paper.text_too_long",
            f"A text of {len(text)} characters does not fit in one field of a document; at most {most}: {text[:40]!r}.",
            length=len(text),
            most=most,
        )


def _check_number(sheet: Sheet) -> None:
    if sheet.kind in NUMBERED and not sheet.number:
        raise Refused("paper.number_missing", f"A document of kind {sheet.kind} has a number.", kind=sheet.kind)
    if sheet.kind == "sample" and sheet.number:
        raise Refused("paper.sample_with_number", "A sample has no number.", number=sheet.number)
    if sheet.kind == "sample" and sheet.slip:
        raise Refused("paper.sample_with_slip", "A sample asks for no money, so it has no tear-off slip.")


def _check_sums(sheet: Sheet) -> None:
    """No paper leaves whose column does not add up."""
    lines = sum(line.amount_minor for line in sheet.lines)
    taxes = sum(tax.amount_minor for tax in sheet.taxes)
    taken = sum(deduction.amount_minor for deduction in sheet.deductions)
    due = 0 if sheet.paid else sheet.gross_minor - taken
    for what, stated, summed in (
        ("net", sheet.net_minor, lines),
        ("gross", sheet.gross_minor, sheet.net_minor + taxes),
        ("due", sheet.due_minor if sheet.kind in ASKING else due, due),
    ):
        if stated != summed:
            raise Refused(
                "paper.sum_differs",
                f"The {what} amount of the document is {stated}, its parts sum to {summed}.",
                what=what,
                stated_minor=stated,
                summed_minor=summed,
            )
