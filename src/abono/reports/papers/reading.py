"""All that a document on paper follows from, read from frozen rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from abono.base.kernel.refusal import Missing
from abono.base.store import sql
from abono.domain.invoicing.queries import DocumentCard, LineCard, document_card, lines_of
from abono.domain.sellers.queries import SellerCard, policy_of_version, seller_by_id


class AnnexCard(NamedTuple):
    """One location's share of a line. `days` is negative where days are given back."""

    line_no: int
    location_id: UUID
    location: str
    client: str
    product: str
    active_from: date
    active_to: date
    days: int
    net_minor: int


class Share(NamedTuple):
    """What one payment stands for on a document now, in minor units; `credit`: it was used as credit.

    `paid_minor` is what it stood for before credit notes gave some of it back.
    """

    payment_id: UUID
    means: str
    amount_minor: int
    paid_minor: int
    on_date: date
    credit: bool


@dataclass(frozen=True, slots=True)
class Material:
    """A document with its lines and annex, the frozen words of both sides, and its policy's notes by name.

    Lines are told by the annex's rows (locations, joins, leaves) also where it is not shown.
    """

    seller: SellerCard
    card: DocumentCard
    lines: Sequence[LineCard]
    annex: Sequence[AnnexCard]
    shows_annex: bool
    issuer: Mapping[str, Any]
    customer: Mapping[str, Any]
    notes: Sequence[str]

    @property
    def language(self) -> str:
        """The language the document was issued in."""
        return str(self.card.extra.get("language", self.seller.language))

    @property
    def country(self) -> str:
        """The issuer's country when the document was issued."""
        return str(self.issuer["country"])

    @property
    def treatment(self) -> str:
        """taxed, exempt, reverse-charge or outside-scope."""
        return str(self.card.extra.get("treatment", "taxed"))


def material_of(*, seller_id: int, document_id: UUID) -> Material:
    """A document and what belongs to it; Missing when the seller has none with this id."""
    return material_from(
        seller=seller_by_id(seller_id=seller_id),
        card=document_card(seller_id=seller_id, document_id=document_id),
        lines=lines_of(seller_id=seller_id, document_id=document_id),
        annex=_annex_of(seller_id, document_id),
    )


def material_from(
    *, seller: SellerCard, card: DocumentCard, lines: Sequence[LineCard], annex: Sequence[AnnexCard]
) -> Material:
    """A document that is at hand, with the words of both sides and what its policy wants on paper."""
    policy = policy_of_version(seller_id=seller.id, version=card.policy_version)
    return Material(
        seller=seller,
        card=card,
        lines=lines,
        annex=annex,
        shows_annex=policy.partner.annex,
        issuer=words_of(seller_id=seller.id, words_id=card.issuer_id),
        customer=words_of(seller_id=seller.id, words_id=card.words_id),
        notes=policy.documents.notes,
    )


def words_of(*, seller_id: int, words_id: UUID) -> Mapping[str, Any]:
    """The frozen words of a party."""
    body: Mapping[str, Any] | None = sql.value(
        "SELECT body FROM party_words WHERE seller_id = %(seller)s AND id = %(words)s",
        {"seller": seller_id, "words": words_id},
    )
    if body is None:
        raise Missing("papers.words", "The words of this party are not in the database.")
    return body


def _annex_of(seller_id: int, document_id: UUID) -> list[AnnexCard]:
    names = ", ".join(AnnexCard._fields)
    return [
        AnnexCard(*row)
        for row in sql.rows(
            f"SELECT {names} FROM annex_rows WHERE seller_id = %(seller)s AND document_id = %(document)s "
            "ORDER BY row_no",
            {"seller": seller_id, "document": document_id},
        )
    ]


def shares_of(*, seller_id: int, card: DocumentCard) -> list[Share]:
    """The payments that stand on a document, or on the request that it was made from, the earliest first."""
    found = sql.rows(
        """
        SELECT p.id, p.means, sum(a.amount_minor)::bigint,
               coalesce(sum(a.amount_minor) FILTER (WHERE a.cause <> 'credited'), 0)::bigint,
               max(a.on_date) FILTER (WHERE a.amount_minor > 0), bool_or(a.cause = 'credit')
        FROM allocations AS a JOIN payments AS p ON p.seller_id = a.seller_id AND p.id = a.payment_id
        WHERE a.seller_id = %(seller)s AND a.document_id = ANY(%(documents)s)
        GROUP BY p.id, p.means
        HAVING sum(a.amount_minor) > 0 OR sum(a.amount_minor) FILTER (WHERE a.cause <> 'credited') > 0
        ORDER BY min(a.id::text)
        """,
        {"seller": seller_id, "documents": [one for one in (card.id, card.request_id) if one]},
    )
    return [Share(*row) for row in found]


def corrections_of(*, seller_id: int, document_id: UUID) -> list[DocumentCard]:
    """The credit notes that correct a document, in order."""
    found = sql.rows(
        "SELECT id FROM documents WHERE seller_id = %(seller)s AND corrects_id = %(document)s "
        "ORDER BY issued_on, series, number",
        {"seller": seller_id, "document": document_id},
    )
    return [document_card(seller_id=seller_id, document_id=row[0]) for row in found]


def paid_with(*, seller_id: int, receipt_id: UUID) -> tuple[Share | None, list[DocumentCard]]:
    """The payment that a receipt is about, with its whole amount, and the other documents which it paid."""
    key = {"seller": seller_id, "document": receipt_id}
    payment = sql.one(
        """
        SELECT p.id, p.means, a.amount_minor, p.amount_minor, a.on_date, false
        FROM allocations AS a JOIN payments AS p ON p.seller_id = a.seller_id AND p.id = a.payment_id
        WHERE a.seller_id = %(seller)s AND a.document_id = %(document)s AND a.amount_minor > 0
        ORDER BY a.id LIMIT 1
        """,
        key,
    )
    if payment is None:
        return None, []
    others = sql.rows(
        "SELECT DISTINCT document_id FROM allocations WHERE seller_id = %(seller)s AND payment_id = %(payment)s "
        "AND document_id <> %(document)s AND amount_minor > 0",
        {**key, "payment": payment[0]},
    )
    paid = [document_card(seller_id=seller_id, document_id=row[0]) for row in others]
    return Share(*payment), sorted(paid, key=lambda one: (one.due_on, one.series, one.number))


def documents_issued(*, seller_id: int, on: date) -> list[UUID]:
    """All documents issued on a day, by series and number."""
    found = sql.rows(
        "SELECT id FROM documents WHERE seller_id = %(seller)s AND issued_on = %(on)s ORDER BY series, number",
        {"seller": seller_id, "on": on},
    )
    return [row[0] for row in found]
