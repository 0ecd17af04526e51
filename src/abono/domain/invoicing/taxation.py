"""How a line is taxed, in the small form that a run keeps in memory, and a document's totals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from abono.base.kernel.money import tax_on
from abono.domain.invoicing.digest import canonical_json
from abono.domain.invoicing.tax import Party, Rounding, TaxDecision, buyer_of, decide_tax, tax_lines
from abono.domain.sellers.queries import SellerCard

WHOLE_BASE = 10_000


@dataclass(frozen=True, slots=True)
class Taxation:
    """A decision with what a run asks of it often: the code on lines, the single whole rate if it is as simple as that.

    `hold` is the reason for which nothing may be issued yet, or empty.
    """

    decision: TaxDecision
    code: str
    single: tuple[str, int] | None
    hold: str

    @property
    def treatment(self) -> str:
        """taxed, exempt, reverse-charge, outside-scope or hold."""
        return self.decision.treatment

    @property
    def evidence(self) -> Mapping[str, str]:
        """What was relied on, to be frozen with the document."""
        return self.decision.evidence


class Taxes(NamedTuple):
    """A document's taxes: canonical JSON `[[code, rate_bp, base_minor, tax_minor], ...]`, and (code, tax) to book."""

    text: str
    amounts: tuple[tuple[str, int], ...]


def taxation_of(*, seller: SellerCard, buyer: Mapping[str, Any], category: str, on: date) -> Taxation:
    """How a category of sale is taxed for a buyer, given by a billing profile's `tax_key` data."""
    decision = decide_tax(
        seller=Party(seller.country, seller.region, seller.tax_id, seller.tax_condition),
        buyer=buyer_of(
            country=buyer["country"],
            fields={**_texts(buyer), "tax_id": buyer.get("tax_id") or ("known" if buyer.get("business") else "")},
            vat_evidence=buyer.get("evidence"),
            exemptions=buyer.get("exemptions", ()),
        ),
        category=category,
        on=on,
    )
    parts = decision.parts
    single = None
    if len(parts) == 1 and parts[0].base_share_bp == WHOLE_BASE:
        single = (parts[0].code, parts[0].rate_bp)
    return Taxation(
        decision,
        "+".join(part.code for part in parts) or decision.treatment,
        single,
        decision.reason["en"] if decision.treatment == "hold" else "",
    )


def _texts(buyer: Mapping[str, Any]) -> dict[str, str]:
    return {name: text for name, text in buyer.items() if isinstance(text, str)}


def totals(*, lines: Sequence[tuple[int, Taxation]], rounding: Rounding) -> tuple[int, int, Taxes]:
    """A document's net, tax and taxes in minor units, rounded as the policy says."""
    first = lines[0][1]
    alike = [net for net, taxation in lines if taxation is first]
    net_minor = sum(alike)
    if first.single is not None and len(alike) == len(lines):
        code, rate_bp = first.single
        if rounding == "document":
            tax_minor = tax_on(net_minor, rate_bp)
        else:
            tax_minor = sum([tax_on(net, rate_bp) for net in alike])
        text = f'[["{code}",{rate_bp},{net_minor},{tax_minor}]]'
        return net_minor, tax_minor, Taxes(text, ((code, tax_minor),))
    net_minor = sum(net for net, _ in lines)
    found = tax_lines(lines=[(net, taxation.decision) for net, taxation in lines], rounding=rounding)
    rows = [[one.code, one.rate_bp, one.base_minor, one.tax_minor] for one in found]
    booked: dict[str, int] = {}
    for one in found:
        booked[one.code] = booked.get(one.code, 0) + one.tax_minor
    return net_minor, sum(booked.values()), Taxes(canonical_json(rows), tuple(booked.items()))
