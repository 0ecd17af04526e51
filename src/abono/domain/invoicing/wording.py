"""Fixed legal sentences and titles of documents, by name and language, from `data/wordings.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from abono.base.kernel.languages import in_language
from abono.base.kernel.refusal import Refused

REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Wording:
    """One wording in one language. `document` is the kind it belongs to (request kind, `invoice`, `annex`).
    `letter` and `legend` go into a box at the head, in the language that the law fixed."""

    name: str
    document: str
    text: str
    letter: str
    legend: str


def wording(*, name: str, language: str, treatment: str = "taxed") -> Wording:
    """The wording `name`; where the tax treatment has a sentence of its own, that follows on a new line."""
    row = _table()["wording"].get(name)
    if row is None:
        allowed = ", ".join(wording_names())
        raise Refused("invoicing.unknown_wording", f"Unknown wording {name!r}; allowed: {allowed}.", name=name)
    more = row.get("treatment", {}).get(treatment)
    sentences = [in_language(row, language)] + ([in_language(more, language)] if more else [])
    return Wording(
        name=name,
        document=row["document"],
        text="\n".join(sentences),
        letter=row.get("letter", ""),
        legend=row.get("legend", ""),
    )


def wording_names() -> tuple[str, ...]:
    """The names that a policy may give in `documents.notes`."""
    return tuple(_table()["wording"])


def title_of(*, kind: str, request_kind: str, language: str, country: str) -> str:
    """What a document calls itself: `kind` is request, invoice, credit_note, receipt, sample or annex, and
    `request_kind` (proforma, charge-note, payment-request) is read for requests alone."""
    name = request_kind if kind == REQUEST else kind
    table = _table()
    row = table["country_title"].get(country, {}).get(name) or table["title"].get(name)
    if row is None:
        allowed = ", ".join(table["title"])
        raise Refused("invoicing.unknown_title", f"No document is called {name!r}; allowed: {allowed}.")
    return in_language(row, language)


@cache
def _table() -> dict[str, Any]:
    file = resources.files("abono.domain.invoicing").joinpath("data/wordings.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
