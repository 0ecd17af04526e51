"""How a line is taxed, in the small form that a run keeps in memory, and a document's totals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from abono.base.kernel.money import tax_on
from abono.domain.invoicing.digest import canonical_json
from abono.domain.invoicing.tax import Party, Rounding, TaxDecision, buyer_of, decide_tax, tax_lines, taxed_part
from abono.domain.sellers.queries import SellerCard


@dataclass(frozen=True, slots=True)
class Taxation:
    """A decision with what a run asks of it often: the code on lines, and `parts`, as (code, rate, share of the base).

    `parts` is None where a tax has several. `hold` is the reason for which nothing may be issued yet, or empty.
    """

    decision: TaxDecision
    code: str
    parts: tuple[tuple[str, int, int], ...] | None
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
    parts = tuple((part.code, part.rate_bp, part.base_share_bp) for part in decision.parts)
    simple = len({code for code, *_ in parts}) == len(parts) and decision.treatment != "hold"
    return Taxation(
        decision,
        "+".join(code for code, *_ in parts) or decision.treatment,
        parts if simple else None,
        decision.reason["en"] if decision.treatment == "hold" else "",
    )


def _texts(buyer: Mapping[str, Any]) -> dict[str, str]:
    return {name: text for name, text in buyer.items() if isinstance(text, str)}


def totals(*, lines: Sequence[tuple[int, Taxation]], rounding: Rounding) -> tuple[int, int, Taxes]:
    """A document's net, tax and taxes in minor units, rounded as the policy says."""
    first = lines[0][1]
    alike = [net for net, taxation in lines if taxation is first]
    if first.parts is not None and len(alike) == len(lines):
        return _totals_alike(alike, first.parts, rounding)
    net_minor = sum(net for net, _ in lines)
    found = tax_lines(lines=[(net, taxation.decision) for net, taxation in lines], rounding=rounding)
    rows = [[one.code, one.rate_bp, one.base_minor, one.tax_minor] for one in found]
    booked: dict[str, int] = {}
    for one in found:
        booked[one.code] = booked.get(one.code, 0) + one.tax_minor
    return net_minor, sum(booked.values()), Taxes(canonical_json(rows), tuple(booked.items()))


def _totals_alike(nets: list[int], parts: Sequence[tuple[str, int, int]], rounding: Rounding) -> tuple[int, int, Taxes]:
    """The same for lines that are all taxed alike, many times quicker: nearly all documents of a run are so."""
    net_minor = sum(nets)
    summed = nets if rounding == "line" else [net_minor]
    texts, booked, tax_minor = [], [], 0
    for code, rate_bp, share_bp in parts:
        bases = [taxed_part(net, share_bp) for net in summed]
        tax = sum([tax_on(base, rate_bp) for base in bases])
        tax_minor += tax
        texts.append(f'["{code}",{rate_bp},{sum(bases)},{tax}]')
        booked.append((code, tax))
    return net_minor, tax_minor, Taxes(f"[{','.join(texts)}]", tuple(booked))
