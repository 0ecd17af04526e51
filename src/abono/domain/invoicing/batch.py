"""Writing documents: take numbers late, freeze, COPY. One document or a thousand go through the same door."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from abono.base.facts import actions as facts
from abono.base.kernel.ids import new_ids
from abono.base.kernel.refusal import Refused
from abono.base.store import sql
from abono.base.store.together import Write, row, write
from abono.domain.invoicing.digest import FIELD, RECORD, digest_of, digest_of_records
from abono.domain.ledger import batch as ledger
from abono.domain.ledger.rules import Booking

TAB = "\t"
# How many documents PostgreSQL is given at once, to work on while the next ones are made.
PART = 250
# Up to how many lines and annex rows one document is written by one statement; COPY is cheaper by the row.
FEW = 24
FACT_KINDS = {
    "request": "RequestIssued",
    "invoice": "InvoiceIssued",
    "credit_note": "CreditNoteIssued",
    "receipt": "ReceiptIssued",
}
_DOCUMENT_COLUMNS = [
    "seller_id",
    "id",
    "kind",
    "series",
    "number",
    "customer_id",
    "words_id",
    "issuer_id",
    "policy_version",
    "invoice_when",
    "basis",
    "currency",
    "issued_on",
    "due_on",
    "renewal_on",
    "net_minor",
    "tax_minor",
    "gross_minor",
    "taxes",
    "extra",
    "request_id",
    "settlement_id",
    "corrects_id",
    "replaces_id",
    "open_minor",
    "state",
    "run_id",
    "digest",
]
_LINE_COLUMNS = [
    "seller_id",
    "document_id",
    "line_no",
    "subscription_id",
    "charge_id",
    "words",
    "period_from",
    "period_to",
    "quantity",
    "unit_price",
    "fraction",
    "net_minor",
    "tax_code",
]
_ANNEX_COLUMNS = [
    "seller_id",
    "document_id",
    "row_no",
    "line_no",
    "subscription_id",
    "location_id",
    "location",
    "client",
    "product",
    "active_from",
    "active_to",
    "days",
    "net_minor",
]
_CLAIM_COLUMNS = [
    "seller_id",
    "subscription_id",
    "period_from",
    "period_to",
    "follows",
    "document_id",
    "reason",
]


class NewLine(NamedTuple):
    """A line as text, ready to freeze; empty text is nothing. `unit_price` has 6 decimals, `fraction` 9."""

    subscription_id: str
    charge_id: str
    words: str
    period_from: str
    period_to: str
    quantity: int
    unit_price: str
    fraction: str
    net_minor: int
    tax_code: str


class NewAnnexRow(NamedTuple):
    """One location's share of a line, as text."""

    line_no: int
    subscription_id: str
    location_id: str
    location: str
    client: str
    product: str
    active_from: str
    active_to: str
    days: int
    net_minor: int


class NewClaim(NamedTuple):
    """A period claimed by a document (`document_id`) or for a reason; empty text is nothing."""

    subscription_id: str
    period_from: str
    period_to: str
    follows: str
    document_id: str
    reason: str


@dataclass(slots=True)
class NewDocument:
    """A document to issue. Ids are text; `taxes` and `extra` are canonical JSON; empty text is nothing."""

    id: str
    kind: str
    series: str
    customer_id: str
    words_id: str
    issuer_id: str
    policy_version: int
    invoice_when: str
    basis: str
    currency: str
    issued_on: str
    due_on: str
    renewal_on: str
    net_minor: int
    tax_minor: int
    taxes: str
    extra: str
    lines: list[NewLine]
    bookings: Sequence[Booking] = ()
    booked_as: str = ""
    open_minor: int = 0
    state: str = "open"
    request_id: str = ""
    settlement_id: str = ""
    corrects_id: str = ""
    replaces_id: str = ""
    annex: list[NewAnnexRow] = field(default_factory=list)
    number: int = 0


def fresh_id() -> str:
    """A new id as text."""
    return new_ids(1)[0]


def write_documents(
    *,
    seller_id: int,
    documents: Sequence[NewDocument],
    claims: Iterable[NewClaim] = (),
    cause: str,
    run_id: str = "",
    on: date,
    at: datetime,
) -> None:
    """Issue documents in the caller's transaction: transfers and facts, numbers, then documents, lines, claims.

    Numbers are taken last, because whoever takes them holds the series until the commit. Each document's `number` is
    set. Refuses when an authorised range of numbers would run out.
    """
    claims = list(claims)
    if len(documents) == 1 and not claims and len(documents[0].lines) + len(documents[0].annex) <= FEW:
        take_numbers(seller_id=seller_id, documents=documents)
        write(_rows(seller_id, documents[0], cause, run_id, on, at))
        return
    book_documents(seller_id=seller_id, documents=documents, cause=cause, on=on, at=at)
    freeze_documents(seller_id=seller_id, documents=documents, claims=claims, run_id=run_id)


def book_documents(*, seller_id: int, documents: Sequence[NewDocument], cause: str, on: date, at: datetime) -> None:
    """The transfers and facts of documents that will be frozen; they need no number. PostgreSQL goes on with them."""
    if documents:
        sql.copy_behind("transfers", ledger.COLUMNS, "".join(_transfers(seller_id, documents)).encode())
        sql.copy_behind("facts", facts.COLUMNS, "".join(_facts(seller_id, documents, cause, on, at)).encode())


def freeze_documents(
    *, seller_id: int, documents: Sequence[NewDocument], claims: Iterable[NewClaim] = (), run_id: str = ""
) -> None:
    """Number documents that are booked, and write them with their lines, annexes and claims."""
    if documents:
        take_numbers(seller_id=seller_id, documents=documents)
    for begin in range(0, len(documents), PART):
        heads, lines, annex = _blocks(seller_id, documents[begin : begin + PART], run_id)
        sql.copy_behind("documents", _DOCUMENT_COLUMNS, heads)
        sql.copy_behind("lines", _LINE_COLUMNS, lines)
        if annex:
            sql.copy_behind("annex_rows", _ANNEX_COLUMNS, annex)
    block = "".join([f"{seller_id}\t{TAB.join(claim)}\n" for claim in claims])
    if block:
        sql.copy_behind("claims", _CLAIM_COLUMNS, block.encode())


def take_numbers(*, seller_id: int, documents: Sequence[NewDocument]) -> None:
    """Give each document the next number of its series, in the order given, in one block per series."""
    wanted: dict[str, list[NewDocument]] = {}
    for document in documents:
        wanted.setdefault(document.series, []).append(document)
    for series in sorted(wanted):
        block = wanted[series]
        number = _take(seller_id, series, len(block), block[0].issued_on)
        for document in block:
            document.number = number
            number += 1


def _take(seller_id: int, series: str, count: int, day: str) -> int:
    parameters = {"seller": seller_id, "series": series, "count": count, "day": day}
    statement = (
        "UPDATE series SET next_no = next_no + %(count)s, last_on = %(day)s "
        "WHERE seller_id = %(seller)s AND series = %(series)s AND (last_on IS NULL OR last_on <= %(day)s) "
        "AND (last_no IS NULL OR next_no + %(count)s <= last_no + 1) RETURNING next_no - %(count)s"
    )
    first: int | None = sql.value(statement, parameters)
    if first is None:
        sql.insert("series", {"seller_id": seller_id, "series": series, "next_no": 1}, on_conflict_do_nothing=True)
        first = sql.value(statement, parameters)
    if first is None:
        _refuse_backdating(parameters)
        raise Refused(
            "invoicing.range_used_up",
            f"The authorised numbers of series {series} are used up; load a new range with `abono series range`.",
        )
    return first


def _refuse_backdating(parameters: dict[str, object]) -> None:
    last_on = sql.value(
        "SELECT last_on FROM series WHERE seller_id = %(seller)s AND series = %(series)s AND last_on > %(day)s",
        parameters,
    )
    if last_on is not None:
        raise Refused(
            "invoicing.backdated",
            f"Documents of {last_on} are numbered already in series {parameters['series']}; none can be issued for "
            f"{parameters['day']}. Use {last_on} or a later day.",
        )


def _transfers(seller_id: int, documents: Sequence[NewDocument]) -> Iterable[str]:
    for document in documents:
        yield ledger.copy_lines(
            seller_id=seller_id,
            cause=document.booked_as,
            cause_id=document.id,
            customer_id=document.customer_id,
            currency=document.currency,
            on=document.issued_on,
            bookings=document.bookings,
        )


def _facts(seller_id: int, documents: Sequence[NewDocument], cause: str, on: date, at: datetime) -> Iterable[str]:
    tail = f"\t{_escaped(cause)}\t\n"
    day, instant = on.isoformat(), at.isoformat()
    for fact_id, document in zip(new_ids(len(documents)), documents, strict=True):
        yield (
            f"{seller_id}\t{fact_id}\t{FACT_KINDS[document.kind]}\t{day}\t{instant}\t{document.customer_id}\t"
            f"{document.id}\t{tail}"
        )


def _rows(seller_id: int, document: NewDocument, cause: str, run_id: str, on: date, at: datetime) -> Iterable[Write]:
    """All rows of one numbered document: the same as by COPY, from the same text."""
    yield from ledger.transfer_rows(
        seller_id=seller_id,
        cause=document.booked_as,
        cause_id=document.id,
        customer_id=document.customer_id,
        currency=document.currency,
        bookings=document.bookings,
        on=document.issued_on,
    )
    yield facts.fact_row(
        seller_id=seller_id,
        kind=FACT_KINDS[document.kind],
        cause=cause,
        on=on,
        at=at,
        customer_id=UUID(document.customer_id),
        document_id=UUID(document.id),
    )
    head = _fields(document)
    lines = [tuple(map(str, (no, *line))) for no, line in enumerate(document.lines, start=1)]
    annex = [tuple(map(str, (no, *one))) for no, one in enumerate(document.annex, start=1)]
    rest = (str(document.open_minor), document.state, run_id, f"\\x{digest_of(head, lines, annex).hex()}")
    yield _row("documents", _DOCUMENT_COLUMNS, (str(seller_id), document.id, *head, *rest))
    for one in lines:
        yield _row("lines", _LINE_COLUMNS, (str(seller_id), document.id, *one))
    for one in annex:
        yield _row("annex_rows", _ANNEX_COLUMNS, (str(seller_id), document.id, *one))


def _row(table: str, columns: Sequence[str], fields: Iterable[str]) -> Write:
    return row(table, dict(zip(columns, [one or None for one in fields], strict=True)))


def _blocks(seller_id: int, documents: Sequence[NewDocument], run_id: str) -> tuple[bytes, bytes, bytes]:
    """The COPY text of documents, lines and annex rows; the digests are computed on the way from the same text."""
    heads: list[str] = []
    lines: list[str] = []
    annex: list[str] = []
    for document in documents:
        head = FIELD.join(_fields(document))
        of_lines = [FIELD.join(map(str, (no, *line))) for no, line in enumerate(document.lines, start=1)]
        of_annex = [FIELD.join(map(str, (no, *row))) for no, row in enumerate(document.annex, start=1)]
        digest = digest_of_records([head, *of_lines, *of_annex]).hex()
        key = f"{seller_id}{FIELD}{document.id}{FIELD}"
        rest = FIELD.join(("", str(document.open_minor), document.state, run_id, f"\\x{digest}"))
        heads.append(f"{key}{head}{rest}")
        lines += [key + record for record in of_lines]
        annex += [key + record for record in of_annex]
    return _copied(heads), _copied(lines), _copied(annex)


def _copied(records: Iterable[str]) -> bytes:
    """Records of a digest as rows of COPY text."""
    text = _escaped("".join([record + RECORD for record in records]))
    return text.replace(FIELD, TAB).replace(RECORD, "\n").encode()


def _fields(document: NewDocument) -> tuple[str, ...]:
    """The document's fields in the digest's order, which is the COPY's order too."""
    return (
        document.kind,
        document.series,
        str(document.number),
        document.customer_id,
        document.words_id,
        document.issuer_id,
        str(document.policy_version),
        document.invoice_when,
        document.basis,
        document.currency,
        document.issued_on,
        document.due_on,
        document.renewal_on,
        str(document.net_minor),
        str(document.tax_minor),
        str(document.net_minor + document.tax_minor),
        document.taxes,
        document.extra,
        document.request_id,
        document.settlement_id,
        document.corrects_id,
        document.replaces_id,
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
