"""What law and the seller's policy want said on a document: notes, the letter in its box, how tax is shown."""

from collections.abc import Iterator
from datetime import date

from abono.base.kernel.refusal import Refused
from abono.domain.invoicing.paper import Fact, Mark, Tax
from abono.domain.invoicing.paper import format as written
from abono.domain.invoicing.voucher_letter import VoucherLetter, voucher_letter
from abono.domain.invoicing.wording import Wording, title_of, wording
from abono.reports.papers.party import union_number
from abono.reports.papers.reading import Material
from abono.reports.papers.words import said

REQUEST, INVOICE, CREDIT_NOTE, ANNEX = "request", "invoice", "credit_note", "annex"
_FISCAL = (INVOICE, CREDIT_NOTE)


def title_in(*, found: Material, kind: str, request_kind: str = "") -> str:
    """What a document of this kind calls itself, in this document's language and its issuer's country."""
    asked = request_kind or str(found.card.extra.get("request", "proforma"))
    return title_of(kind=kind, request_kind=asked, language=found.language, country=found.country)


def notes_of(found: Material) -> tuple[str, ...]:
    """The policy's notes for this kind of document; a sentence about its tax treatment is said on each kind."""
    card = found.card
    notes: list[str] = []
    for one in _wordings(found):
        first, *about_tax = one.text.split("\n")
        if one.document == (card.extra.get("request") if card.kind == REQUEST else card.kind):
            notes += [first, *about_tax]
        elif one.document == INVOICE and card.kind in (REQUEST, CREDIT_NOTE):
            notes += about_tax
    letter = letter_of(found)
    return tuple([*notes, letter.legend] if letter and letter.legend else notes)


def annex_note(found: Material) -> str:
    """What the policy wants said about the annex."""
    return " ".join(one.text for one in _wordings(found) if one.document == ANNEX)


def mark_of(found: Material) -> Mark | None:
    """The letter in a box at the head: of what is no invoice by its wording, of a fiscal document by the tax table."""
    card = found.card
    if card.kind == REQUEST:
        for one in _wordings(found):
            if one.letter and one.document == card.extra.get("request"):
                return Mark(one.letter, one.legend)
        return None
    letter = str(card.extra.get("letter", ""))
    if card.kind not in _FISCAL or not letter:
        return None
    known = letter_of(found)
    code = known.codes.get(card.kind, "") if known else ""
    return Mark(letter, said("code", found.language, code=code) if code else "")


def tax_is_contained(found: Material) -> bool:
    """Whether this document must show prices with the tax in them."""
    letter = letter_of(found)
    return letter is not None and letter.tax_shown == "contained"


def letter_of(found: Material) -> VoucherLetter | None:
    """The row of the letter that was frozen with a fiscal document; None where the law has no letters."""
    card = found.card
    if card.kind not in _FISCAL or not card.extra.get("letter"):
        return None
    try:
        row = voucher_letter(
            seller_country=found.country,
            seller_condition=str(found.issuer.get("tax_condition", "")),
            buyer_country=str(found.customer.get("country", "")),
            buyer_condition=str(found.customer.get("tax_condition", "")),
            on=card.issued_on,
        )
    except Refused:
        return None
    return row if row and row.letter == card.extra["letter"] else None


def tax_facts(found: Material, contained: tuple[Tax, ...]) -> Iterator[Fact]:
    """Taxes that the prices contain, and what was relied on where none is charged."""
    language = found.language
    for tax in contained:
        amount = written.money(tax.amount_minor, found.card.currency, language=language, home=found.seller.currency)
        yield Fact(said("contained", language, tax=tax.words), amount)
    evidence = found.card.extra.get("evidence", {})
    if "vat_number" in evidence:
        day = written.short_day(date.fromisoformat(str(evidence["checked_at"])[:10]), language)
        text = said("checked", language, number=str(evidence["vat_number"]), day=day, source=str(evidence["source"]))
        yield Fact(said("vat_number", language), text)
        own = union_number(words=found.issuer)
        if own:
            yield Fact(said("own_vat_number", language), own)
    if "certificate" in evidence:
        yield Fact(said("certificate", language), str(evidence["certificate"]))


def _wordings(found: Material) -> Iterator[Wording]:
    for name in found.notes:
        yield wording(name=name, language=found.language, treatment=found.treatment)
