"""Which taxes a sale carries and what they come to, from dated tables of rates and rules.

No code here knows a country: rates stand in `data/tax_rates.csv`; what a country does with sales abroad,
within a union and by tax condition, in `data/tax_rules.toml`. What the tables do not settle is `hold`, never
a guess. Pure: the tables are read once from the package; decisions are plain frozen values, so callers may
cache by (seller, buyer, category, day).
"""

import csv
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal

from abono.base.kernel.languages import Words, in_language
from abono.base.kernel.money import tax_on
from abono.base.kernel.refusal import Refused
from abono.domain.customers.identifiers import vat_prefix
from abono.domain.customers.profile_rules import folded

Treatment = Literal["taxed", "exempt", "reverse-charge", "outside-scope", "hold"]
Rounding = Literal["document", "line"]

WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class Party:
    """The seller as the tax law sees it. `registered_in` names the regions ("US-TX") where it collects tax;
    None means everywhere in its country."""

    country: str
    region: str = ""
    tax_id: str = ""
    tax_condition: str = ""
    registered_in: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class VatEvidence:
    """What a VAT register answered: `result` is "valid", "invalid" or "unavailable"."""

    number: str
    checked_at: date
    source: str
    result: str


@dataclass(frozen=True, slots=True)
class Exemption:
    """A certificate that frees a buyer in `jurisdiction` ("US-TX", "AR") and all places below it, both days
    included; open-ended without `valid_to`."""

    number: str
    jurisdiction: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Buyer:
    """The buyer as the tax law sees it; hashable, so it is its own cache key."""

    country: str
    region: str = ""
    locality: str = ""
    tax_id: str = ""
    tax_condition: str = ""
    vat_evidence: VatEvidence | None = None
    exemptions: tuple[Exemption, ...] = ()


@dataclass(frozen=True, slots=True)
class TaxPart:
    """One tax on a sale: `rate_bp` on `base_share_bp` of the net, both in basis points."""

    code: str
    rate_bp: int
    base_share_bp: int
    name: Words = field(hash=False, compare=False)


@dataclass(frozen=True, slots=True)
class TaxDecision:
    """What a sale carries. `parts` is empty unless taxed; `reason` says why in each language, `reason_code`
    for programs; `evidence` is what was relied on, to be frozen with the document."""

    parts: tuple[TaxPart, ...]
    treatment: Treatment
    reason_code: str
    reason: Words = field(hash=False)
    evidence: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True, slots=True)
class TaxTotal:
    """One tax of a document, in minor units. `base_minor` is the taxed part of the net."""

    code: str
    rate_bp: int
    base_minor: int
    tax_minor: int


def decide_tax(*, seller: Party, buyer: Buyer, category: str = "service", on: date) -> TaxDecision:
    """The taxes on a sale of `category` on a day, by the seller's regime and the buyer's place."""
    regime = _rules()["regimes"].get(seller.country)
    if regime is None:
        return _held("no-regime", {"place": seller.country})
    if not buyer.country:
        return _held("no-country")
    own = _condition("seller_condition", seller.country, seller.tax_condition)
    if own is not None:
        return _decision(own["treatment"], own["reason"], {"rule": own["source"]})
    if buyer.country == seller.country:
        return _at_home(regime, seller, buyer, category, on)
    union = _rules()["unions"].get(regime.get("union"))
    if union is not None and on >= union["valid_from"] and buyer.country in union["members"]:
        return _within_union(union, buyer)
    return _abroad(regime, seller, buyer, on)


def tax_lines(*, lines: Sequence[tuple[int, TaxDecision]], rounding: Rounding) -> tuple[TaxTotal, ...]:
    """The taxes of a document from its lines' net amounts (minor units) and decisions, as they first appear.

    "document": the net of each tax and rate is summed, then base and tax are rounded once each, half up
    (Chile: SII Ord. 3257 of 2009, net first, then the tax on it). "line": base and tax of every line are
    rounded and summed. So with "document" every total is `tax_on(base_minor, rate_bp)`, also where only a
    share of the net is taxed. Refuses a line whose decision is on hold.
    """
    nets: dict[tuple[str, int, int], list[int]] = {}
    for net_minor, decision in lines:
        if decision.treatment == "hold":
            raise Refused("invoicing.tax_on_hold", decision.reason["en"], reason_code=decision.reason_code)
        for part in decision.parts:
            nets.setdefault((part.code, part.rate_bp, part.base_share_bp), []).append(net_minor)
    totals: dict[tuple[str, int], TaxTotal] = {}
    for (code, rate_bp, share_bp), amounts in nets.items():
        bases = [taxed_part(net, share_bp) for net in (amounts if rounding == "line" else [sum(amounts)])]
        before = totals.get((code, rate_bp), TaxTotal(code, rate_bp, 0, 0))
        totals[code, rate_bp] = TaxTotal(
            code=code,
            rate_bp=rate_bp,
            base_minor=before.base_minor + sum(bases),
            tax_minor=before.tax_minor + sum(tax_on(base, rate_bp) for base in bases),
        )
    return tuple(totals.values())


def buyer_of(
    *,
    country: str,
    fields: Mapping[str, str],
    vat_evidence: Mapping[str, object] | None = None,
    exemptions: Iterable[Mapping[str, object]] = (),
) -> Buyer:
    """The buyer that a billing profile describes; its city is the locality. Dates may be ISO texts.

    Refuses evidence or an exemption that lacks a part or has no readable date.
    """
    return Buyer(
        country=fields.get("country") or country,
        region=fields.get("region", ""),
        locality=fields.get("city", ""),
        tax_id=fields.get("tax_id", ""),
        tax_condition=fields.get("tax_condition", ""),
        vat_evidence=None if vat_evidence is None else _evidence_of(vat_evidence),
        exemptions=tuple(_exemption_of(one) for one in exemptions),
    )


def tax_categories(*, country: str) -> tuple[str, ...]:
    """The categories of sale that the table of rates knows for a country."""
    rows = [row for row in _rates() if row.place.split("-")[0] == country]
    return tuple(dict.fromkeys(row.category for row in rows))


def tax_name(*, code: str, language: str) -> str:
    """What people call a tax by its code: "IVA"; the code itself where the table has no name for it."""
    names = [row.name for row in _rates() if row.code == code]
    return in_language(names[-1], language) if names else code


def _at_home(regime: Mapping[str, Any], seller: Party, buyer: Buyer, category: str, on: date) -> TaxDecision:
    """The rows of all places that hold the buyer, less those that a certificate frees."""
    places = _places(buyer)
    region = places[min(1, len(places) - 1)]
    if regime.get("registration") == "region" and not _registered(seller, region):
        return _decision("outside-scope", "not-registered", {"rule": regime["source"]}, {"place": region})
    stack = [_rows_of(place, category, on) for place in places]
    rows = [row for found in stack for row in found]
    if not rows:
        facts = {"place": places[-1], "category": category, "on": on.isoformat()}
        return _held("no-rate", facts)
    unlisted = bool(regime.get("local_rates")) and bool(buyer.locality) and not stack[-1]
    return _decided(buyer, rows, on, buyer.locality if unlisted else "")


def _decided(buyer: Buyer, rows: Sequence["_Row"], on: date, unlisted: str) -> TaxDecision:
    """The decision from the rows of a buyer's places; `unlisted` is a locality that has no row of its own."""
    certificates = [_certificate(buyer, row.place, on) if row.treatment != "untaxed" else None for row in rows]
    numbers = ", ".join(dict.fromkeys(one.number for one in certificates if one is not None))
    proof = {"certificate": numbers} if numbers else {}
    due = [
        row
        for row, certificate in zip(rows, certificates, strict=True)
        if certificate is None and row.treatment != "untaxed"
    ]
    undecided = next((row for row in due if row.treatment == "hold"), None)
    if undecided is not None:
        return _held("undecided-rate", {"place": undecided.place, "source": undecided.source})
    condition = _condition("buyer_condition", buyer.country, buyer.tax_condition)
    if condition is not None and due:
        return _held(condition["reason"])
    place = rows[-1].place
    if not due:
        if numbers:
            return _decision("exempt", "certificate", proof, {"number": numbers})
        rule = {"rule": _sources(rows)}
        return _decision("outside-scope", "not-taxed-here", rule, {"place": place})
    parts = tuple(TaxPart(row.code, row.rate_bp, row.base_share_bp, row.name) for row in due)
    reason = "rate-no-local" if unlisted else "rate"
    facts = {"place": place, "locality": unlisted}
    return _decision("taxed", reason, {"rule": _sources(due)} | proof, facts, parts)


def _sources(rows: Iterable["_Row"]) -> str:
    return "; ".join(dict.fromkeys(row.source for row in rows))


def _abroad(regime: Mapping[str, Any], seller: Party, buyer: Buyer, on: date) -> TaxDecision:
    """A buyer outside the country and its union; some laws want a certificate before they waive the tax."""
    rule = {"rule": str(regime["source"])}
    if not regime.get("abroad_certificate"):
        return _decision(regime["abroad"], regime["abroad_reason"], rule)
    certificate = _certificate(buyer, seller.country, on)
    if certificate is None:
        return _held(regime["abroad_missing"])
    proof = rule | {"certificate": certificate.number}
    return _decision(regime["abroad"], regime["abroad_reason"], proof, {"number": certificate.number})


def _within_union(union: Mapping[str, Any], buyer: Buyer) -> TaxDecision:
    """Reverse charge needs a VAT number of the buyer's state and a register's word that it is valid."""
    evidence = buyer.vat_evidence
    number = _bare(buyer.tax_id)
    if not number:
        return _held("no-vat-number")
    if evidence is None:
        return _held("no-vat-evidence")
    if _bare(evidence.number) != number or not number.startswith(vat_prefix(country=buyer.country)):
        return _held("vat-number-differs")
    if evidence.result != "valid":
        return _held("vat-number-not-valid", {"result": evidence.result})
    proof = {
        "rule": union["reverse_charge"],
        "vat_number": number,
        "checked_at": evidence.checked_at.isoformat(),
        "source": evidence.source,
        "result": evidence.result,
    }
    return _decision("reverse-charge", "reverse-charge", proof, {"number": number})


def _places(buyer: Buyer) -> list[str]:
    """Country, country-region, country-region-locality, as far as they are known."""
    places = [buyer.country]
    for part in (buyer.region, buyer.locality):
        if not part:
            break
        places.append(f"{places[-1]}-{part}")
    return places


@lru_cache(maxsize=4096)
def _folded(place: str) -> str:
    """A place as the table compares it: without case and accents, country and region kept apart."""
    return "-".join(folded(text=part) for part in place.split("-", 2))


def _registered(seller: Party, region: str) -> bool:
    if seller.registered_in is None:
        return True
    return _folded(region) in {_folded(place) for place in seller.registered_in}


def _certificate(buyer: Buyer, place: str, on: date) -> Exemption | None:
    for one in buyer.exemptions:
        held = _folded(one.jurisdiction)
        covers = _folded(place) == held or _folded(place).startswith(f"{held}-")
        in_force = one.valid_from <= on and (one.valid_to is None or on <= one.valid_to)
        if covers and in_force and one.number.strip():
            return one
    return None


def taxed_part(net_minor: int, share_bp: int) -> int:
    """The part of a net amount that is taxed; it is rounded as a tax is."""
    return net_minor if share_bp == WHOLE_BP else tax_on(net_minor, share_bp)


def _bare(number: str) -> str:
    return "".join(sign for sign in number.upper() if sign.isalnum())


def _held(code: str, facts: Mapping[str, str] = MappingProxyType({})) -> TaxDecision:
    return _decision("hold", code, {}, facts)


def _decision(
    treatment: Treatment,
    code: str,
    evidence: Mapping[str, str],
    facts: Mapping[str, str] = MappingProxyType({}),
    parts: tuple[TaxPart, ...] = (),
) -> TaxDecision:
    words = _rules()["words"][code]
    return TaxDecision(
        parts=parts,
        treatment=treatment,
        reason_code=code,
        reason={language: sentence.format(**facts) for language, sentence in words.items()},
        evidence=evidence,
    )


def _condition(table: str, country: str, condition: str) -> dict[str, Any] | None:
    for row in _rules()[table]:
        if row["country"] == country and condition in row["conditions"]:
            found: dict[str, Any] = row
            return found
    return None


def _evidence_of(given: Mapping[str, object]) -> VatEvidence:
    texts = {name: _text(given, name, "VAT evidence") for name in ("number", "source", "result")}
    return VatEvidence(checked_at=_day(given.get("checked_at"), "VAT evidence"), **texts)


def _exemption_of(given: Mapping[str, object]) -> Exemption:
    until = given.get("valid_to")
    return Exemption(
        number=_text(given, "number", "exemption"),
        jurisdiction=_text(given, "jurisdiction", "exemption"),
        valid_from=_day(given.get("valid_from"), "exemption"),
        valid_to=None if until in (None, "") else _day(until, "exemption"),
    )


def _text(given: Mapping[str, object], name: str, what: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Refused("invoicing.tax_proof", f"The {what} lacks its {name}, which must be a text.")
    return value.strip()


def _day(value: object, what: str) -> date:
    if isinstance(value, date):
        return value
    try:
        return datetime.fromisoformat(str(value)) if "T" in str(value) else date.fromisoformat(str(value)[:10])
    except ValueError:
        raise Refused("invoicing.tax_proof", f"The {what} has no readable date; allowed: 2026-01-31.") from None


@dataclass(frozen=True, slots=True)
class _Row:
    place: str
    category: str
    treatment: str
    code: str
    rate_bp: int
    base_share_bp: int
    valid_from: date
    valid_to: date | None
    name: Words = field(hash=False)
    source: str


def _rows_of(place: str, category: str, on: date) -> list[_Row]:
    """The rows of exactly this place in force on a day."""
    return [
        row
        for row in _rates_by_place().get((_folded(place), category), ())
        if row.valid_from <= on and (row.valid_to is None or on <= row.valid_to)
    ]


@cache
def _rates_by_place() -> dict[tuple[str, str], list[_Row]]:
    found: dict[tuple[str, str], list[_Row]] = {}
    for row in _rates():
        found.setdefault((_folded(row.place), row.category), []).append(row)
    return found


@cache
def _rates() -> tuple[_Row, ...]:
    lines = (line for line in _read("tax_rates.csv").splitlines() if not line.startswith("#"))
    return tuple(_row(given) for given in csv.DictReader(lines))


def _row(given: Mapping[str, str]) -> _Row:
    """One row of the table; int() refuses a rate finer than a basis point."""
    return _Row(
        place=given["place"],
        category=given["category"],
        treatment=given["treatment"],
        code=given["code"],
        rate_bp=int(given["rate_bp"] or 0),
        base_share_bp=int(given["base_share_bp"] or 0),
        valid_from=date.fromisoformat(given["valid_from"]),
        valid_to=date.fromisoformat(given["valid_to"]) if given["valid_to"] else None,
        name={language: given[f"name_{language}"] for language in ("en", "es", "hu")},
        source=given["source"],
    )


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads(_read("tax_rules.toml"))


def _read(file: str) -> str:
    return resources.files("abono.domain.invoicing").joinpath("data", file).read_text(encoding="utf-8")
