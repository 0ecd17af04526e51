"""Giving back what a period asked too much: an open request is voided and issued anew, an invoice is credited."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from abono.base.kernel.languages import Words, in_language
from abono.base.store import sql
from abono.domain.invoicing.actions import new_line, profile_of_document, reissue_request, void_request
from abono.domain.invoicing.batch import NewLine
from abono.domain.invoicing.queries import DocumentCard, lines_of
from abono.domain.invoicing.taxation import Taxation, totals
from abono.domain.invoicing.words import CHARGE_WORDS, CREDIT_WORDS
from abono.domain.payments.actions import pay_documents, release_money
from abono.domain.payments.credit import credit_invoice
from abono.runs.asked import Asker, askers
from abono.runs.billing.desk import Desk
from abono.runs.contracts import Adjustment, Contract


def give_back(
    desk: Desk,
    contract: Contract,
    adjustments: Sequence[Adjustment],
    plans: tuple[UUID, UUID],
    reason: str,
    at: datetime,
) -> list[UUID]:
    """Correct the documents that asked too much, each by itself."""
    documents: list[UUID] = []
    for one in adjustments:
        if one.credit_minor == one.charge_minor:
            continue
        for asker, part in _parts(desk, contract, one):
            if asker.unpaid_request:
                documents += _reissue(desk, contract, asker.card, part, plans, reason, at)
            else:
                documents.append(_credit(desk, contract, asker.card, part, plans, reason, at))
    return documents


def _parts(desk: Desk, contract: Contract, one: Adjustment) -> list[tuple[Asker, Adjustment]]:
    """Share out what goes back among the documents that asked; one that can give all of it shows old and new price."""
    found = askers(desk, contract, one.document_id, one.period, unpaid_only=one.unpaid_only)
    left_minor = one.credit_minor - one.charge_minor
    if found and found[0].room_minor >= left_minor:
        return [(found[0], one)]
    parts = []
    for asker in found:
        part_minor = min(asker.room_minor, left_minor)
        if part_minor:
            parts.append((asker, replace(one, credit_minor=part_minor, charge_minor=0)))
            left_minor -= part_minor
    return parts


def words_for(desk: Desk, words: Words, plan_id: UUID, language: str) -> str:
    """Words of a correction, with the plan's name, in a language."""
    return in_language(words, language).format(plan=desk.plan_name(plan_id, language))


def _reissue(
    desk: Desk,
    contract: Contract,
    card: DocumentCard,
    one: Adjustment,
    plans: tuple[UUID, UUID],
    reason: str,
    at: datetime,
) -> list[UUID]:
    seller_id = desk.seller.id
    lines = [new_line(line=line) for line in lines_of(seller_id=seller_id, document_id=card.id)]
    lines += _correction_lines(desk, contract, card, one, plans)
    if sum(line.net_minor for line in lines) == 0:
        release_money(seller_id=seller_id, document_id=card.id, cause=reason, on=desk.on, at=at)
        void_request(
            seller_id=seller_id,
            document_id=card.id,
            reason=reason,
            on=desk.on,
            at=at,
            claim_reason="cancelled",
        )
        return []
    return [reissue_with(desk=desk, card=card, lines=lines, reason=reason, at=at)]


def reissue_with(*, desk: Desk, card: DocumentCard, lines: Sequence[NewLine], reason: str, at: datetime) -> UUID:
    """Void an open request and issue it anew with other lines, paid by what the old one was paid with; its id."""
    freed = release_money(seller_id=desk.seller.id, document_id=card.id, cause=reason, on=desk.on, at=at)
    net, tax, taxes = totals(
        lines=[(line.net_minor, _taxation(desk, card, line)) for line in lines],
        rounding=desk.policy.documents.tax_rounding,
    )
    anew = reissue_request(
        seller_id=desk.seller.id,
        document_id=card.id,
        reason=reason,
        on=desk.on,
        at=at,
        lines=lines,
        sums=(net, tax, taxes.text),
    )
    for payment_id in freed:
        pay_documents(seller_id=desk.seller.id, payment_id=payment_id, chosen=[anew], cause=reason, on=desk.on, at=at)
    return anew


def _correction_lines(
    desk: Desk, contract: Contract, card: DocumentCard, one: Adjustment, plans: tuple[UUID, UUID]
) -> list[NewLine]:
    language = str(card.extra.get("language", desk.seller.language))
    found = []
    for words, plan_id, net_minor in (
        (CREDIT_WORDS, plans[0], -one.credit_minor),
        (CHARGE_WORDS, plans[1], one.charge_minor),
    ):
        if net_minor:
            line = _line(desk, contract, one, words_for(desk, words, plan_id, language), net_minor, card, plan_id)
            found.append(line)
    return found


def _line(
    desk: Desk,
    contract: Contract,
    one: Adjustment,
    words: str,
    net_minor: int,
    card: DocumentCard,
    plan_id: UUID,
) -> NewLine:
    return NewLine(
        str(contract.id),
        "",
        words,
        one.day_from.isoformat(),
        one.period.period_to.isoformat(),
        1,
        "",
        "",
        net_minor,
        _tax_code(desk, contract, card),
    )


def _tax_code(desk: Desk, contract: Contract, card: DocumentCard) -> str:
    """How the contract's line of the document is taxed: its own, or the one that its locations are counted on."""
    code: str | None = sql.value(
        "SELECT l.tax_code FROM lines AS l WHERE l.seller_id = %(seller)s AND l.document_id = %(document)s "
        "AND (l.subscription_id = %(subscription)s OR l.line_no IN ("
        "SELECT r.line_no FROM annex_rows AS r WHERE r.seller_id = %(seller)s AND r.document_id = %(document)s "
        "AND r.subscription_id = %(subscription)s)) ORDER BY l.line_no LIMIT 1",
        {"seller": desk.seller.id, "document": card.id, "subscription": contract.id},
    )
    return code or "none"


def _taxation(desk: Desk, card: DocumentCard, line: NewLine) -> Taxation:
    """How a line of a request is taxed: by the category of its plan or charge, for the buyer as the profile is now."""
    seller_id = desk.seller.id
    category: Any = "service"
    if line.charge_id:
        category = sql.value(
            "SELECT category FROM charges WHERE seller_id = %(seller)s AND id = %(charge)s",
            {"seller": seller_id, "charge": line.charge_id},
        )
    elif line.subscription_id:
        category = sql.value(
            "SELECT p.category FROM subscriptions AS s "
            "JOIN plans AS p ON p.seller_id = s.seller_id AND p.id = s.plan_id "
            "WHERE s.seller_id = %(seller)s AND s.id = %(subscription)s",
            {"seller": seller_id, "subscription": line.subscription_id},
        )
    tax_key = sql.value(
        "SELECT tax_key FROM billing_profiles WHERE seller_id = %(seller)s AND id = %(profile)s",
        {"seller": seller_id, "profile": profile_of_document(seller_id=seller_id, card=card)},
    )
    return desk.taxation(tax_key, category)


def _credit(
    desk: Desk,
    contract: Contract,
    card: DocumentCard,
    one: Adjustment,
    plans: tuple[UUID, UUID],
    reason: str,
    at: datetime,
) -> UUID:
    language = str(card.extra.get("language", desk.seller.language))
    words = words_for(desk, CREDIT_WORDS, plans[0], language)
    line = _line(desk, contract, one, words, one.credit_minor - one.charge_minor, card, plans[0])
    return credit_invoice(seller_id=desk.seller.id, document_id=card.id, reason=reason, on=desk.on, at=at, lines=[line])
