"""A sample of what a customer's next document will be: made by the run's own rule, written nowhere."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from abono.base.kernel.refusal import Refused
from abono.base.store import sql
from abono.domain.customers.queries import customer_number, payer_on
from abono.domain.invoicing.paper import Sheet
from abono.domain.invoicing.paper import format as written
from abono.domain.invoicing.paper.sheet import Kind
from abono.domain.sellers.queries import seller_by_id
from abono.reports.papers import legal
from abono.reports.papers.document import bare_sheet
from abono.reports.papers.reading import AnnexCard, Material, material_from
from abono.reports.papers.words import said
from abono.runs.billing.ahead import cards_of, next_documents

_SAMPLE: Kind = "sample"


def samples_of(*, seller_id: int, customer_id: UUID, on: date) -> list[Sheet]:
    """Samples of the documents that the customer gets next, from `on`; without number, link or anything to pay.

    Refuses for a customer for whom another pays (those documents are the payer's), for one who gets none, and
    whatever the run itself would refuse.
    """
    payer_id = payer_on(seller_id=seller_id, customer_id=customer_id, on=on)
    if payer_id != customer_id:
        raise Refused("papers.paid_for", f"Another customer pays for this one on {on}; the next document is theirs.")
    seller = seller_by_id(seller_id=seller_id)
    sheets = []
    for document in next_documents(seller_id=seller_id, payer_id=customer_id, on=on):
        card, lines = cards_of(document)
        annex = [
            AnnexCard(
                line_no=row.line_no,
                location_id=UUID(row.location_id),
                location=row.location,
                client=row.client,
                product=row.product,
                active_from=date.fromisoformat(row.active_from),
                active_to=date.fromisoformat(row.active_to),
                days=row.days,
                net_minor=row.net_minor,
            )
            for row in document.annex
        ]
        sheets.append(_sample(material_from(seller=seller, card=card, lines=lines, annex=annex)))
    if not sheets:
        raise Refused(
            "papers.nothing_ahead", "Nothing will be asked of this customer: there is no subscription to bill."
        )
    return sheets


def _sample(found: Material) -> Sheet:
    language = found.language
    # A sample is no fiscal document, so it carries no letter of one.
    plain = replace(found, card=found.card._replace(extra=_without_letter(found.card.extra)))
    sheet = bare_sheet(plain, kind=_SAMPLE, number=None)
    title = legal.title_in(found=found, kind=found.card.kind)
    own = legal.title_in(found=found, kind=_SAMPLE)
    return replace(
        sheet,
        title=own if found.card.kind == legal.INVOICE else said("sample_of", language, title=title),
        notes=(*_sample_notes(found), *sheet.notes),
    )


def _without_letter(extra: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in extra.items() if name != "letter"}


def _sample_notes(found: Material) -> Iterator[str]:
    yield said("sample_note", found.language, day=written.long_day(found.card.issued_on, found.language))
    for name, (day, _) in found.card.extra.get("index", {}).items():
        if date.fromisoformat(day) < found.card.issued_on:
            yield said("sample_index", found.language, index=str(name))


def customers_to_tell(*, seller_id: int, on: date) -> list[tuple[UUID, str]]:
    """Everyone who pays for a subscription from `on`: id and number, by number."""
    found = sql.rows(
        """
        SELECT k.id, k.number FROM customers AS k
        WHERE k.seller_id = %(seller)s
          AND EXISTS (SELECT 1 FROM cursors AS c WHERE c.seller_id = k.seller_id AND c.payer_id = k.id)
          AND NOT EXISTS (SELECT 1 FROM sponsorships AS s WHERE s.seller_id = k.seller_id AND s.customer_id = k.id
                          AND s.from_on <= %(on)s AND (s.to_on IS NULL OR s.to_on > %(on)s))
        ORDER BY k.number
        """,
        {"seller": seller_id, "on": on},
    )
    return [(row[0], customer_number(number=row[1])) for row in found]
