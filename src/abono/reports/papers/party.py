"""Both sides of a document as their country writes them, from their frozen words and `data/jurisdictions.toml`."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from babel import Locale

from abono.base.kernel.languages import in_language
from abono.domain.customers.identifiers import display_identifier
from abono.domain.customers.profile_rules import OWN_PREFIX, field_label, tax_conditions
from abono.domain.invoicing.paper import Fact, Party

# The words of one side as they were frozen: fields of a billing profile, or the seller's own.
Words = Mapping[str, Any]

_FIELD = re.compile(r"\{([a-z_]+)(:label)?\}")
_LOOSE_ENDS = " ,:"


def customer_party(*, words: Words, home: str, language: str) -> Party:
    """Whom the document is made out to; `home` is the seller's country, another one is named."""
    country = str(words.get("country") or home)
    rows = list(_rows(_rules(country)["customer"], words, country, language))
    for name in sorted(words):
        if name.startswith(OWN_PREFIX) and words[name]:
            rows.append(f"{name.removeprefix(OWN_PREFIX)}: {words[name]}")
    if country != home:
        rows.append(str(Locale.parse(language).territories.get(country, country)))
    return Party("customer", str(words.get("legal_name", "")), tuple(rows))


def issuer_party(*, words: Words, language: str) -> Party:
    """Who issued the document."""
    country = str(words["country"])
    rows = [
        *_rows(_rules(country)["issuer"], words, country, language),
        *(str(row) for row in words.get("address", ())),
        str(words.get("email", "")),
    ]
    return Party("seller", str(words["legal_name"]), tuple(filter(None, rows)))


def issuer_line(*, words: Words, language: str) -> str:
    """The issuer on one line, for the foot of each page."""
    country = str(words["country"])
    rows = _rows(["{tax}", "{condition}"], words, country, language)
    return ", ".join(filter(None, [str(words["legal_name"]), *rows, *map(str, words.get("address", ()))]))


def union_number(*, words: Words) -> str:
    """The issuer's number for sales within a customs union, made from its tax number; empty where there is none."""
    rule = _rules(str(words["country"])).get("union_number")
    number = str(words.get("tax_id", ""))
    return str(rule["prefix"]) + number[: rule["length"]] if rule and number else ""


def details(*, kind: str, country: str, from_payment: bool, issued: str, language: str) -> list[Fact]:
    """What law or custom of the issuer's country wants among the details; `issued` is the day in words."""
    return [
        Fact(in_language(row["label"], language), in_language(row["text"], language).format(issued=issued))
        for row in _rules(country).get("details", ())
        if row["kind"] == kind and (from_payment or not row["paid"])
    ]


def _rows(templates: list[str], words: Words, country: str, language: str) -> Iterator[str]:
    """The templates filled in; a row that says nothing, or says again what the one before said, is left out."""
    fields = {name: str(value) for name, value in words.items() if isinstance(value, str)}
    fields["tax"] = _tax(fields.get("tax_id", ""), country, language)
    condition = fields.get("tax_condition", "")
    fields["condition"] = tax_conditions(country=country).get(condition, "")
    for template in templates:
        if any(fields.get(name) for name, label in _FIELD.findall(template) if not label):
            yield _filled(template, fields, country, language)


def _filled(template: str, fields: Mapping[str, str], country: str, language: str) -> str:
    def word(found: re.Match[str]) -> str:
        if found[2]:
            return field_label(field=found[1], country=country, language=language)
        return fields.get(found[1], "")

    parts = [part.strip(_LOOSE_ENDS) for part in _FIELD.sub(word, template).split(", ")]
    return ", ".join(dict.fromkeys(filter(None, parts)))


def _tax(number: str, country: str, language: str) -> str:
    if not number:
        return ""
    label = field_label(field="tax_id", country=country, language=language)
    shown = display_identifier(country=country, canonical=number)
    return str(_rules(country)["tax"]).format(label=label, number=shown)


def _rules(country: str) -> dict[str, Any]:
    table = _table()
    return {**table["default"], **table.get(country, {})}


@cache
def _table() -> dict[str, Any]:
    file = resources.files("abono.reports.papers").joinpath("data/jurisdictions.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
