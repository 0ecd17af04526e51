"""May a fee for paying by card be passed on, and how much: a dated law table; all else is forbidden."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Literal

from abono.base.kernel.languages import Words

Funding = Literal["credit", "debit", "prepaid", "unknown"]


@dataclass(frozen=True, slots=True)
class FeeDecision:
    """The fee in basis points of the amount paid (0: none), why in each language, and the row relied on."""

    bp: int
    reason_code: str
    reason: Words = field(hash=False)
    source: str = ""


def card_fee_bp(
    *,
    asked_bp: int,
    seller_country: str,
    payer_country: str,
    payer_region: str,
    funding: Funding,
    brand: str,
    on: date,
    merchant_cost_bp: int | None = None,
) -> FeeDecision:
    """The fee that may be taken when a seller asks for `asked_bp`: the least of that and of every cap.

    Credit cards alone; unknown funding, brand, region or country gives none. `merchant_cost_bp` is what the
    card costs the seller, which no fee may exceed (Visa and Mastercard rules, several states).
    """
    if asked_bp <= 0:
        return _decided(0, "not-asked", {})
    if funding != "credit":
        return _decided(0, "not-credit", {"funding": _table()["fundings"][funding]})
    region = f"{payer_country}-{payer_region}" if payer_region else payer_country
    card = next((row for row in _table()["brand"] if row["name"] == brand.lower() and _in_force(row, on)), None)
    if card is None:
        return _decided(0, "unknown-brand", {"brand": brand or "?"})
    places = [row for row in _table()["place"] if _holds(row, seller_country, payer_country, payer_region)]
    place = next((row for row in places if _in_force(row, on)), None)
    if place is None:
        return _decided(0, "no-rule", {"region": region})
    if place["verdict"] != "allowed":
        return _decided(0, "prohibited", {"region": region}, place["source"])
    caps = [asked_bp, card["max_bp"], place.get("max_bp"), merchant_cost_bp]
    limit = max(0, min(cap for cap in caps if cap is not None))
    facts = {"region": region, "limit": f"{limit // 100}.{limit % 100:02d} %"}
    return _decided(limit, "allowed", facts, f"{place['source']}; {card['source']}")


def _holds(row: Mapping[str, Any], seller_country: str, payer_country: str, payer_region: str) -> bool:
    regions = row["regions"]
    return (
        row["seller_country"] == seller_country
        and row["payer_country"] == payer_country
        and (regions == ["*"] or payer_region in regions)
    )


def _in_force(row: Mapping[str, Any], on: date) -> bool:
    begin: date = row["valid_from"]
    end: date | None = row.get("valid_to")
    return begin <= on and (end is None or on <= end)


def _decided(bp: int, code: str, facts: Mapping[str, Any], source: str = "") -> FeeDecision:
    reason = {}
    for language, sentence in _table()["words"][code].items():
        told = {name: fact[language] if isinstance(fact, dict) else fact for name, fact in facts.items()}
        reason[language] = sentence.format(**told)
    return FeeDecision(bp=bp, reason_code=code, reason=reason, source=source)


@cache
def _table() -> dict[str, Any]:
    file = resources.files("abono.domain.invoicing").joinpath("data/card_fees.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
