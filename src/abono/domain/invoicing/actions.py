"""Commands on documents: one transaction each. Nothing fiscal is typed by hand: each comes from a settled request or
corrects a document."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from abono.base.facts.actions import fact_row, record_fact
from abono.base.kernel.ids import new_id
from abono.base.kernel.refusal import Refused
from abono.base.store import sql
from abono.base.store.together import Write, change, row, write
from abono.domain.customers.actions import check_profiles_again
from abono.domain.invoicing.batch import NewAnnexRow, NewDocument, NewLine, fresh_id, write_documents
from abono.domain.invoicing.digest import canonical_json
from abono.domain.invoicing.events import tell_closed
from abono.domain.invoicing.numbering import series_for
from abono.domain.invoicing.queries import (
    SUBSCRIPTIONS_OF_DOCUMENT,
    DocumentCard,
    LineCard,
    check_day,
    document_card,
    lines_of,
)
from abono.domain.invoicing.voucher_letter import voucher_letter
from abono.domain.ledger import rules as books
from abono.domain.ledger.batch import book, transfer_rows
from abono.domain.sellers.queries import SellerCard, seller_by_id


def settle_request(
    *, seller_id: int, request: DocumentCard, cause: str, on: date, at: datetime, along: Sequence[Write] = ()
) -> UUID | None:
    """A request is paid in full: note it for ever, reverse the memo, issue the invoice; the invoice's id.

    None when the invoice waits for a complete billing profile. A request whose invoice exists already (it was
    returned and paid again before) makes no second one. `along` is written in the same statement: what paid it.
    """
    with sql.in_transaction():
        settlement_id = new_id()
        settlement = {"seller_id": seller_id, "id": settlement_id, "request_id": request.id, "on_date": on, "at": at}
        memo = transfer_rows(
            seller_id=seller_id,
            cause="request_settled",
            cause_id=settlement_id,
            customer_id=request.customer_id,
            currency=request.currency,
            bookings=books.request_closed(gross_minor=request.gross_minor),
            on=on,
        )
        fact = fact_row(
            seller_id=seller_id,
            kind="RequestSettled",
            cause=cause,
            on=on,
            at=at,
            customer_id=request.customer_id,
            document_id=request.id,
        )
        write([*along, row("settlements", settlement), *memo, fact, change(_SETTLE, seller_id, request.id)])
        return invoice_settled(seller_id=seller_id, request=request, settlement_id=settlement_id, on=on, at=at)


_SETTLE = "UPDATE documents SET state = 'settled', open_minor = 0 WHERE seller_id = %s AND id = %s"


def invoice_settled(
    *, seller_id: int, request: DocumentCard, settlement_id: UUID, on: date, at: datetime
) -> UUID | None:
    """Issue the invoice of a settled request, or let it wait with the reasons; the invoice's id or None."""
    found = _standing(seller_id, request)
    if not found.complete:
        _let_wait(seller_id, request, settlement_id, found.problems, on, at)
        return None
    with sql.in_transaction():
        if found.waits:
            sql.change(
                "DELETE FROM waiting_invoices WHERE seller_id = %(seller)s AND request_id = %(request)s",
                {"seller": seller_id, "request": request.id},
            )
        return None if found.invoiced else _issue_from_request(seller_id, request, found, settlement_id, on, at)


class _Standing(NamedTuple):
    """What an invoice of a request depends on: the profile that it is made out to, as it is now, and what exists."""

    complete: bool
    problems: list[dict[str, object]]
    words_id: UUID
    tax_key: str
    waits: bool
    invoiced: bool
    has_annex: bool


def _standing(seller_id: int, request: DocumentCard) -> _Standing:
    found = sql.one(
        f"""
        SELECT coalesce(p.complete, true), p.problems, coalesce(p.words_id, %(words)s), coalesce(p.tax_key, '{{}}'),
          EXISTS (SELECT FROM waiting_invoices WHERE seller_id = %(seller)s AND request_id = %(document)s),
          EXISTS (SELECT FROM documents
                  WHERE seller_id = %(seller)s AND request_id = %(document)s AND kind = 'invoice'),
          EXISTS (SELECT FROM annex_rows WHERE seller_id = %(seller)s AND document_id = %(document)s)
        FROM (SELECT {_PROFILE_OF_DOCUMENT} AS id) AS named
        LEFT JOIN billing_profiles AS p ON p.seller_id = %(seller)s AND p.id = named.id
        """,
        {"seller": seller_id, "document": request.id, "customer": request.customer_id, "words": request.words_id},
    )
    assert found is not None
    return _Standing(*found)


def _let_wait(
    seller_id: int,
    request: DocumentCard,
    settlement_id: UUID,
    missing: list[dict[str, object]],
    on: date,
    at: datetime,
) -> None:
    """Note that a request's invoice waits for these fields, or for others than before; told once."""
    with sql.in_transaction():
        begins = sql.value(
            "INSERT INTO waiting_invoices (seller_id, request_id, settlement_id, customer_id, since, reasons) "
            "VALUES (%(seller)s, %(request)s, %(settlement)s, %(customer)s, %(on)s, %(reasons)s) "
            "ON CONFLICT (seller_id, request_id) DO UPDATE SET reasons = excluded.reasons "
            "WHERE waiting_invoices.reasons <> excluded.reasons RETURNING xmax = 0",
            {
                "seller": seller_id,
                "request": request.id,
                "settlement": settlement_id,
                "customer": request.customer_id,
                "on": on,
                "reasons": json.dumps(missing, ensure_ascii=False),
            },
        )
        if begins:
            record_fact(
                seller_id=seller_id,
                kind="InvoiceWaits",
                cause="billing profile incomplete",
                on=on,
                at=at,
                customer_id=request.customer_id,
                document_id=request.id,
                data={"fields_with_problems": sorted({str(one["field"]) for one in missing})},
            )


def profile_of_document(*, seller_id: int, card: DocumentCard) -> UUID | None:
    """The billing profile behind a document: the one its first subscription or charge names, else the default one."""
    profile_id: UUID | None = sql.value(
        f"SELECT {_PROFILE_OF_DOCUMENT}",
        {"seller": seller_id, "document": card.id, "customer": card.customer_id},
    )
    return profile_id


_PROFILE_OF_DOCUMENT = """coalesce(
  (SELECT CASE WHEN s.customer_id = %(customer)s THEN s.profile_id END FROM lines AS l
   JOIN subscriptions AS s ON s.seller_id = l.seller_id AND s.id = l.subscription_id
   WHERE l.seller_id = %(seller)s AND l.document_id = %(document)s ORDER BY l.line_no LIMIT 1),
  (SELECT g.profile_id FROM lines AS l JOIN charges AS g ON g.seller_id = l.seller_id AND g.id = l.charge_id
   WHERE l.seller_id = %(seller)s AND l.document_id = %(document)s ORDER BY l.line_no LIMIT 1),
  (SELECT default_profile_id FROM customers WHERE seller_id = %(seller)s AND id = %(customer)s))"""


def _issue_from_request(
    seller_id: int, request: DocumentCard, found: _Standing, settlement_id: UUID, on: date, at: datetime
) -> UUID:
    seller = seller_by_id(seller_id=seller_id)
    taxes = tuple((str(code), int(tax)) for code, _, _, tax in request.taxes)
    bookings = [
        *books.invoice_issued(net_minor=request.net_minor, taxes=taxes),
        *books.invoice_paid(amount_minor=request.gross_minor),
    ]
    letter = _letter(seller, json.loads(found.tax_key), on)
    on = _not_backdated(seller, request, letter, on)
    annex = _annex_of(seller_id, request.id) if found.has_annex else []
    invoice = _copy_of(seller, request, kind="invoice", on=on, words_id=found.words_id, annex=annex, letter=letter)
    invoice.basis = "settlement"
    invoice.request_id, invoice.settlement_id = str(request.id), str(settlement_id)
    invoice.state, invoice.open_minor = "settled", 0
    invoice.bookings, invoice.booked_as = bookings, "invoice_issued"
    write_documents(seller_id=seller_id, documents=[invoice], cause="request settled", on=on, at=at)
    return UUID(invoice.id)


def _not_backdated(seller: SellerCard, request: DocumentCard, letter: str, on: date) -> date:
    """Money may be recorded for a past day; the invoice it makes carries the latest day already numbered, if later."""
    letter = letter or str(request.extra.get("letter", ""))
    last_on: date | None = sql.value(
        "SELECT last_on FROM series WHERE seller_id = %(seller)s AND series = %(series)s",
        {"seller": seller.id, "series": series_for(kind="invoice", country=seller.country, letter=letter, on=on)},
    )
    return max(on, last_on) if last_on else on


def _letter(seller: SellerCard, buyer: dict[str, str], on: date) -> str:
    """The letter of a fiscal document by both tax conditions, where the law has letters; else empty."""
    found = voucher_letter(
        seller_country=seller.country,
        seller_condition=seller.tax_condition,
        buyer_country=buyer.get("country", ""),
        buyer_condition=buyer.get("tax_condition", ""),
        on=on,
    )
    return found.letter if found else ""


def _copy_of(
    seller: SellerCard,
    card: DocumentCard,
    *,
    kind: str,
    on: date,
    words_id: UUID,
    annex: list[NewAnnexRow],
    letter: str = "",
) -> NewDocument:
    """A new document with the same lines and sums, and this annex, open and not booked yet."""
    extra = {**card.extra, **({"letter": letter} if letter else {})}
    return NewDocument(
        id=fresh_id(),
        kind=kind,
        series=series_for(kind=kind, country=seller.country, letter=extra.get("letter", ""), on=on),
        customer_id=str(card.customer_id),
        words_id=str(words_id),
        issuer_id=str(seller.words_id),
        policy_version=card.policy_version,
        invoice_when=card.invoice_when,
        basis="",
        currency=card.currency,
        issued_on=on.isoformat(),
        due_on=max(on, card.due_on).isoformat(),
        renewal_on=card.renewal_on.isoformat(),
        net_minor=card.net_minor,
        tax_minor=card.tax_minor,
        taxes=canonical_json(card.taxes),
        extra=canonical_json(extra),
        lines=[new_line(line=line) for line in lines_of(seller_id=seller.id, document_id=card.id)],
        annex=annex,
        open_minor=card.gross_minor,
    )


def new_line(*, line: LineCard) -> NewLine:
    """A stored line as a line to write again."""
    return NewLine(
        str(line.subscription_id or ""),
        str(line.charge_id or ""),
        line.words,
        line.period_from.isoformat() if line.period_from else "",
        line.period_to.isoformat() if line.period_to else "",
        line.quantity,
        "" if line.unit_price is None else f"{line.unit_price:.6f}",
        "" if line.fraction is None else f"{line.fraction:.9f}",
        line.net_minor,
        line.tax_code,
    )


def _annex_of(seller_id: int, document_id: UUID) -> list[NewAnnexRow]:
    found = sql.rows(
        "SELECT line_no, subscription_id::text, location_id::text, location, client, product, active_from::text, "
        "active_to::text, days, net_minor FROM annex_rows "
        "WHERE seller_id = %(seller)s AND document_id = %(document)s ORDER BY row_no",
        {"seller": seller_id, "document": document_id},
    )
    return [NewAnnexRow(*row) for row in found]


def retry_waiting(*, seller_id: int, on: date, at: datetime, customer_id: UUID | None = None) -> int:
    """Issue the invoices that waited for a billing profile which is complete now; how many were issued.

    Profiles are held against the policy of the day again: it may ask for less than when they were saved. Where
    something is still missing, the waiting row says what.
    """
    parameters = {"seller": seller_id, "customer": customer_id}
    mine = "w.seller_id = %(seller)s AND (%(customer)s::uuid IS NULL OR w.customer_id = %(customer)s)"
    customers = f"SELECT DISTINCT w.customer_id FROM waiting_invoices AS w WHERE {mine} ORDER BY 1"
    for (one,) in sql.rows(customers, parameters):
        check_profiles_again(seller_id=seller_id, customer_id=one, on=on)
    # The others wait for what they waited for before; there may be many of them for long.
    changed = sql.rows(
        f"SELECT w.request_id, w.settlement_id FROM waiting_invoices AS w WHERE {mine} "
        "AND EXISTS (SELECT 1 FROM billing_profiles AS p WHERE p.seller_id = w.seller_id "
        "AND p.customer_id = w.customer_id AND (p.complete OR p.problems <> w.reasons)) "
        "ORDER BY w.since, w.request_id",
        parameters,
    )
    freed = 0
    for request_id, settlement_id in changed:
        with sql.in_transaction():
            request = document_card(seller_id=seller_id, document_id=request_id, lock=True)
            if not _still_waits(seller_id, request_id):
                continue
            if invoice_settled(seller_id=seller_id, request=request, settlement_id=settlement_id, on=on, at=at):
                freed += 1
    return freed


def _still_waits(seller_id: int, request_id: UUID) -> bool:
    """Another process may have issued the invoice meanwhile."""
    return bool(
        sql.value(
            "SELECT 1 FROM waiting_invoices WHERE seller_id = %(seller)s AND request_id = %(request)s",
            {"seller": seller_id, "request": request_id},
        )
    )


def void_request(
    *, seller_id: int, document_id: UUID, reason: str, on: date, at: datetime, claim_reason: str = "voided"
) -> None:
    """Void an open request that nothing was paid on. Its periods keep a claim with a reason instead of the document."""
    with sql.in_transaction():
        card = _open_request(seller_id, document_id, on)
        _void(seller_id, card, reason, on, at)
        sql.change(
            "UPDATE claims SET document_id = NULL, reason = %(why)s WHERE seller_id = %(seller)s "
            f"AND document_id = %(document)s AND subscription_id IN ({SUBSCRIPTIONS_OF_DOCUMENT})",
            {"why": claim_reason, "seller": seller_id, "document": document_id},
        )


def reissue_request(
    *,
    seller_id: int,
    document_id: UUID,
    reason: str,
    on: date,
    at: datetime,
    lines: Sequence[NewLine] | None = None,
    sums: tuple[int, int, str] | None = None,
    words_id: UUID | None = None,
) -> UUID:
    """Void an open request and issue its replacement in one action; the new document's id.

    `lines` with `sums` (net, tax, taxes as canonical JSON) replace the old ones; `words_id` is who it is made out to.
    """
    with sql.in_transaction():
        card = _open_request(seller_id, document_id, on)
        profile_id = profile_of_document(seller_id=seller_id, card=card)
        words = words_id or sql.value(
            "SELECT words_id FROM billing_profiles WHERE seller_id = %(seller)s AND id = %(profile)s",
            {"seller": seller_id, "profile": profile_id},
        )
        _void(seller_id, card, reason, on, at)
        seller = seller_by_id(seller_id=seller_id)
        annex = _annex_of(seller_id, card.id)
        document = _copy_of(seller, card, kind="request", on=on, words_id=words, annex=annex)
        if lines is not None and sums is not None:
            document.lines = list(lines)
            document.net_minor, document.tax_minor, document.taxes = sums
        gross_minor = document.net_minor + document.tax_minor
        document.open_minor = gross_minor
        document.replaces_id = str(card.id)
        document.bookings, document.booked_as = books.request_issued(gross_minor=gross_minor), "request_issued"
        write_documents(seller_id=seller_id, documents=[document], cause=reason, on=on, at=at)
        moved = {"new": document.id, "seller": seller_id, "document": card.id}
        sql.change(
            "UPDATE claims SET document_id = %(new)s WHERE seller_id = %(seller)s AND document_id = %(document)s "
            f"AND subscription_id IN ({SUBSCRIPTIONS_OF_DOCUMENT})",
            moved,
        )
        sql.change(
            "UPDATE charges SET document_id = %(new)s WHERE seller_id = %(seller)s AND document_id = %(document)s "
            "AND id IN (SELECT charge_id FROM lines WHERE seller_id = %(seller)s AND document_id = %(document)s)",
            moved,
        )
        return UUID(document.id)


def _open_request(seller_id: int, document_id: UUID, on: date) -> DocumentCard:
    card = document_card(seller_id=seller_id, document_id=document_id, lock=True)
    if card.kind != "request" or card.state != "open":
        raise Refused("invoicing.not_open", "Only an open request can be voided; an invoice needs a credit note.")
    if card.open_minor != card.gross_minor:
        raise Refused("invoicing.part_paid", "Money is reserved for this request; it must be released first.")
    check_day(card=card, on=on)
    return card


def _void(seller_id: int, card: DocumentCard, reason: str, on: date, at: datetime) -> None:
    sql.change(
        "UPDATE documents SET state = 'voided', open_minor = 0 WHERE seller_id = %(seller)s AND id = %(id)s",
        {"seller": seller_id, "id": card.id},
    )
    book(
        seller_id=seller_id,
        cause="request_voided",
        cause_id=card.id,
        customer_id=card.customer_id,
        currency=card.currency,
        bookings=books.request_closed(gross_minor=card.gross_minor),
        on=on,
    )
    record_fact(
        seller_id=seller_id,
        kind="RequestVoided",
        cause=reason,
        on=on,
        at=at,
        customer_id=card.customer_id,
        document_id=card.id,
    )
    tell_closed(seller_id=seller_id, document_id=card.id, customer_id=card.customer_id, how="voided", on=on, at=at)
