"""Reading documents."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from abono.base.kernel.refusal import Missing, Refused
from abono.base.store import sql
from abono.domain.invoicing.numbering import number_text


class DocumentCard(NamedTuple):
    """A document without its lines."""

    id: UUID
    kind: str
    series: str
    number: int
    customer_id: UUID
    words_id: UUID
    issuer_id: UUID
    policy_version: int
    invoice_when: str
    basis: str | None
    currency: str
    issued_on: date
    due_on: date
    renewal_on: date
    net_minor: int
    tax_minor: int
    gross_minor: int
    open_minor: int
    state: str
    taxes: list[list[Any]]
    extra: dict[str, Any]
    request_id: UUID | None
    settlement_id: UUID | None
    corrects_id: UUID | None
    replaces_id: UUID | None


class LineCard(NamedTuple):
    """A line of a document."""

    line_no: int
    subscription_id: UUID | None
    charge_id: UUID | None
    words: str
    period_from: date | None
    period_to: date | None
    quantity: int
    unit_price: Decimal | None
    fraction: Decimal | None
    net_minor: int
    tax_code: str


# The subscriptions that a document bills, from its lines and its annex; for statements with %(seller)s, %(document)s.
SUBSCRIPTIONS_OF_DOCUMENT = """
    SELECT subscription_id FROM lines WHERE seller_id = %(seller)s AND document_id = %(document)s
      AND subscription_id IS NOT NULL
    UNION SELECT subscription_id FROM annex_rows WHERE seller_id = %(seller)s AND document_id = %(document)s
"""

_DOCUMENT = ", ".join(DocumentCard._fields)
_LINE = ", ".join(LineCard._fields)


def document_card(*, seller_id: int, document_id: UUID, lock: bool = False) -> DocumentCard:
    """The document; Missing when the seller has none with this id. `lock` keeps others from changing its state."""
    row = sql.one(
        f"SELECT {_DOCUMENT} FROM documents WHERE seller_id = %(seller)s AND id = %(id)s"
        + (" FOR NO KEY UPDATE" if lock else ""),
        {"seller": seller_id, "id": document_id},
    )
    if row is None:
        raise Missing("invoicing.unknown", "This seller has no such document.")
    return DocumentCard(*row)


def find_document(*, seller_id: int, asked: str) -> DocumentCard:
    """The document named by its number as people see it, or by its id; Missing when there is none."""
    series, _, digits = asked.strip().rpartition("-")
    if series and digits.isascii() and digits.isdigit() and len(digits) < 11:
        for row in sql.rows(
            f"SELECT {_DOCUMENT} FROM documents WHERE seller_id = %(seller)s AND series = %(series)s "
            "AND number = %(number)s",
            {"seller": seller_id, "series": series, "number": int(digits)},
        ):
            return DocumentCard(*row)
    found = sql.one(
        f"SELECT {_DOCUMENT} FROM documents WHERE seller_id = %(seller)s AND id::text = lower(%(asked)s)",
        {"seller": seller_id, "asked": asked},
    )
    if found is None:
        raise Missing("invoicing.unknown", f"This seller has no document {asked!r}.")
    return DocumentCard(*found)


def lines_of(*, seller_id: int, document_id: UUID) -> list[LineCard]:
    """The document's lines in order."""
    return [
        LineCard(*row)
        for row in sql.rows(
            f"SELECT {_LINE} FROM lines WHERE seller_id = %(seller)s AND document_id = %(id)s ORDER BY line_no",
            {"seller": seller_id, "id": document_id},
        )
    ]


def check_day(*, card: DocumentCard, on: date) -> None:
    """Refuse to correct a document on a day before it was issued."""
    if on < card.issued_on:
        raise Refused("invoicing.before_issue", f"The document was issued on {card.issued_on}; use that day or later.")


def standing_for(*, seller_id: int, document_id: UUID) -> UUID:
    """The document that stands in the place of one that was issued anew, perhaps more than once; else itself."""
    last: UUID = sql.value(
        "WITH RECURSIVE anew (id, turn) AS (SELECT %(id)s::uuid, 0 UNION ALL SELECT d.id, a.turn + 1 FROM anew AS a "
        "JOIN documents AS d ON d.seller_id = %(seller)s AND d.replaces_id = a.id) "
        "SELECT id FROM anew ORDER BY turn DESC LIMIT 1",
        {"seller": seller_id, "id": document_id},
    )
    return last


def number_of(*, card: DocumentCard, country: str) -> str:
    """The document's number as people see it."""
    return number_text(series=card.series, number=card.number, kind=card.kind, country=country)


def owed_documents(*, seller_id: int, customer_id: UUID, currency: str) -> list[DocumentCard]:
    """What the customer has not paid in full, the oldest due first, locked against changes beside this one."""
    return [
        DocumentCard(*row)
        for row in sql.rows(
            f"SELECT {_DOCUMENT} FROM documents WHERE seller_id = %(seller)s AND customer_id = %(customer)s "
            "AND currency = %(currency)s AND state = 'open' AND open_minor > 0 "
            "ORDER BY due_on, issued_on, series, number FOR NO KEY UPDATE",
            {"seller": seller_id, "customer": customer_id, "currency": currency},
        )
    ]
