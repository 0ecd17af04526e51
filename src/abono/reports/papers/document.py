"""A document on paper, from its frozen rows and what has been paid on it since."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from abono.domain.invoicing.paper import Brand, Deduction, Fact, Paid, Reference, Sheet, Slip
from abono.domain.invoicing.paper import format as written
from abono.domain.invoicing.paper.sheet import Kind, Link
from abono.domain.invoicing.queries import DocumentCard, document_card, number_of
from abono.reports.papers import legal, party
from abono.reports.papers.lines import annex_of_paper, index_facts, lines_of_paper, summary_of
from abono.reports.papers.reading import Material, Share, corrections_of, material_of, paid_with, shares_of
from abono.reports.papers.words import by_means, said, sentence_case

_PAYABLE = (legal.REQUEST, legal.INVOICE)
_RECEIPT = "receipt"


def sheet_of_document(*, seller_id: int, document_id: UUID) -> Sheet:
    """The document as it stands: issued words and amounts, and what is paid or still open.

    Missing when the seller has none with this id.
    """
    found = material_of(seller_id=seller_id, document_id=document_id)
    card = found.card
    bare = bare_sheet(found, kind=card.kind, number=number_in(found, card))  # type: ignore[arg-type]
    bare = replace(bare, references=tuple(_references(found)))
    if card.kind in _PAYABLE:
        return _payable(found, bare)
    if card.kind == _RECEIPT:
        return _receipt(found, bare)
    return bare


def bare_sheet(found: Material, *, kind: Kind, number: str | None) -> Sheet:
    """The document without its references and without anything that was paid: as if it were issued this moment."""
    card, language = found.card, found.language
    column = lines_of_paper(found, contained=legal.tax_is_contained(found))
    annex = annex_of_paper(found, note=legal.annex_note(found))
    facts = [
        *_dated_details(found),
        *index_facts(found),
        *legal.tax_facts(found, column.contained),
    ]
    return Sheet(
        kind=kind,
        language=language,
        currency=card.currency,
        brand=Brand(str(found.issuer.get("name") or found.seller.name), found.seller.accent),
        issued_on=card.issued_on,
        number=number,
        paper="letter" if found.seller.paper == "letter" else "a4",
        home_currency=found.seller.currency,
        title=legal.title_in(found=found, kind=card.kind),
        summary=summary_of(found),
        issuer_line=party.issuer_line(words=found.issuer, language=language),
        due_on=card.due_on if card.kind in _PAYABLE else None,
        parties=(
            party.customer_party(words=found.customer, home=found.country, language=language),
            party.issuer_party(words=found.issuer, language=language),
        ),
        facts=tuple(facts),
        lines=column.lines,
        quantity_heading=said("location_count", language) if found.annex else "",
        taxes=column.taxes,
        net_minor=column.net_minor,
        gross_minor=card.gross_minor,
        due_minor=card.gross_minor,
        mark=legal.mark_of(found),
        notes=legal.notes_of(found),
        annex=annex,
    )


def number_in(found: Material, card: DocumentCard) -> str:
    """A document's number as people see it."""
    return number_of(card=card, country=found.country)


def slip_of(*, issuer: Mapping[str, Any], reference: str, link: str = "") -> Slip:
    """How to pay: the address (with `link` below it), the reference, to whom, to which account."""
    address = str(issuer.get("pay_url") or "").rstrip("/")
    if address and not address.startswith(("https://", "http://")):
        address = f"https://{address}"
    account = str(issuer.get("pay_to") or "").splitlines()
    return Slip(
        pay_url=f"{address}/{link}" if address and link else "",
        reference=reference,
        payable_to=str(issuer["legal_name"]),
        account_rows=tuple(row for row in account if row != issuer["legal_name"]),
    )


def _dated_details(found: Material) -> list[Fact]:
    card = found.card
    return party.details(
        kind=card.kind,
        country=found.country,
        from_payment=card.basis == "settlement",
        issued=written.short_day(card.issued_on, found.language),
        language=found.language,
    )


def _references(found: Material) -> Iterator[Reference]:
    card = found.card
    links: tuple[tuple[Link, UUID | None], ...] = (
        ("made_from", card.request_id),
        ("corrects", card.corrects_id),
        ("replaces", card.replaces_id),
    )
    for link, document_id in links:
        if document_id is not None:
            yield _reference(found, link, document_card(seller_id=found.seller.id, document_id=document_id))


def _reference(found: Material, link: Link, card: DocumentCard) -> Reference:
    title = legal.title_in(found=found, kind=card.kind, request_kind=str(card.extra.get("request", "")))
    return Reference(link, title, number_in(found, card), card.issued_on)


def _receipt(found: Material, bare: Sheet) -> Sheet:
    """A receipt with the payment that it is about and what else that payment paid."""
    payment, documents = paid_with(seller_id=found.seller.id, receipt_id=found.card.id)
    if payment is None:
        return replace(bare, paid=Paid("", found.card.issued_on))
    language, currency = found.language, found.card.currency
    whole = written.money(payment.paid_minor, currency, language=language, home=found.seller.currency)
    return replace(
        bare,
        paid=Paid(sentence_case(by_means(payment.means, language)), payment.on_date),
        references=tuple(_reference(found, "settles", one) for one in documents),
        facts=(*bare.facts, Fact(said("whole_payment", language), whole)),
    )


@dataclass(frozen=True, slots=True)
class _Standing:
    """What stands against a document's total, in minor units."""

    shares: list[Share]
    credited: list[DocumentCard]
    given_up_minor: int


def _payable(found: Material, bare: Sheet) -> Sheet:
    """A request or invoice with what was paid, credited or given up, and the slip for what is open."""
    card = found.card
    if card.state == "voided":
        taken = (Deduction(said("voided", found.language), card.gross_minor),)
        mark = said("void_mark", found.language)
        return replace(bare, deductions=taken if card.gross_minor else (), due_minor=0, watermark=mark)
    standing = _standing(found)
    paid_minor = sum(share.paid_minor for share in standing.shares)
    if card.open_minor == 0 and paid_minor == card.gross_minor and standing.shares:
        # Paid in full it stays, whatever a credit note gave back afterwards; that is a document of its own.
        facts = (*bare.facts, *_corrected_by(found, standing.credited))
        return replace(bare, paid=_paid(standing.shares, found.language), due_minor=0, facts=facts)
    deductions = tuple(_deductions(found, standing))
    number = bare.number or ""
    slip = slip_of(issuer=found.issuer, reference=number, link=number) if card.open_minor else None
    return replace(bare, deductions=deductions, due_minor=card.open_minor, slip=slip)


def _standing(found: Material) -> _Standing:
    card = found.card
    shares = shares_of(seller_id=found.seller.id, card=card)
    credited = corrections_of(seller_id=found.seller.id, document_id=card.id)
    explained = sum(share.amount_minor for share in shares) + sum(note.gross_minor for note in credited)
    return _Standing(shares, credited, card.gross_minor - card.open_minor - explained)


def _paid(shares: list[Share], language: str) -> Paid:
    ways = [said("paid_from_credit", language) if one.credit else by_means(one.means, language) for one in shares]
    return Paid(sentence_case(", ".join(dict.fromkeys(ways))), max(one.on_date for one in shares))


def _deductions(found: Material, standing: _Standing) -> Iterator[Deduction]:
    language = found.language
    for share in standing.shares:
        if not share.amount_minor:
            continue
        day = written.short_day(share.on_date, language)
        part = said("paid_part", language, means=by_means(share.means, language), day=day)
        yield Deduction(said("credit_used", language) if share.credit else part, share.amount_minor)
    for note in standing.credited:
        yield Deduction(_named(found, note), note.gross_minor)
    if standing.given_up_minor:
        yield Deduction(said("written_off", language), standing.given_up_minor)


def _corrected_by(found: Material, notes: list[DocumentCard]) -> Iterator[Fact]:
    for note in notes:
        day = written.short_day(note.issued_on, found.language)
        yield Fact(said("corrected_by", found.language), f"{_named(found, note)}, {day}")


def _named(found: Material, card: DocumentCard) -> str:
    return f"{legal.title_in(found=found, kind=card.kind)} {number_in(found, card)}"
