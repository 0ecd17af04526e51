"""Billing profiles: what each field may hold and what is missing before a fiscal document can be issued.

Every country is rows of the data files: lengths, required fields, known districts, regions, tax conditions.
Nothing here knows a country. Pure: the tables are read once from the package.
"""

import csv
import difflib
import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from abono.base.kernel.languages import LANGUAGES, Words
from abono.base.kernel.refusal import Refused
from abono.domain.customers.identifiers import identify

OWN_PREFIX = "own:"
_OWN_NAME = re.compile(r"[^\W_][\w .-]{0,39}")
# The marks that turn the direction of writing (Unicode UAX 9), and the invisible ones that hide text.
_DIRECTION_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_HIDDEN_MARKS = frozenset("\u200b\u2028\u2029\ufeff")
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])")
# What is kept of a text that is too long for its field, so that its owner can shorten it.
_LONGEST_KEPT = 500
_PHONE = re.compile(r"\+?[0-9 ()./-]+")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one field: `code` for programs, `words` a sentence in each language."""

    field: str
    code: str
    words: Words


@dataclass(frozen=True, slots=True)
class ProfileCheck:
    """The cleaned fields, what is wrong with them, and whether a fiscal document may name this profile."""

    fields: Mapping[str, str]
    problems: tuple[Problem, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class _Fault:
    """A problem before it is put into words; `by_language` where another rule has already worded it."""

    code: str
    by_language: Words | None = None
    facts: Mapping[str, object] | None = None


def check_profile(*, country: str, fields: Mapping[str, str], required: Sequence[str]) -> ProfileCheck:
    """Clean the fields and name every problem, for the buyer's country.

    `country` holds where the profile names none itself. Required is what the seller asks for (`required`)
    and what the country's law wants on a document; fields that mean nothing in the country are waived.
    Cleaned fields are trimmed, in Unicode NFC, districts and regions in official spelling, tax number and
    tax condition as stored. A field with a problem keeps what was typed, but never a character that cannot be
    printed or stored, and 500 characters at most; a field that does not exist is dropped.
    """
    home = _home(country, fields)
    cleaned: dict[str, str] = {}
    faults: dict[str, _Fault] = {}
    for name, text in fields.items():
        trimmed = unicodedata.normalize("NFC", text).strip(" \u00a0\u2007\u202f\u3000")
        value, fault = _cleaned(home, name, trimmed)
        if value:
            cleaned[name] = value
        if fault is not None:
            faults[name] = fault
    cleaned.setdefault("country", home)
    for name in _required(home, cleaned, required):
        if name not in cleaned:
            faults[name] = _Fault("missing")
    problems = tuple(_problem(home, name, faults[name]) for name in sorted(faults, key=_place))
    return ProfileCheck(fields=cleaned, problems=problems, complete=not problems)


def required_by_law(*, country: str) -> tuple[str, ...]:
    """The fields without which no fiscal document of `country` is complete."""
    return tuple(_rule(country)["by_law"])


def field_label(*, field: str, country: str, language: str) -> str:
    """What people call a field in a country: `activity` is "Giro" in Chile. Own fields are their name."""
    labels = _table()["labels"]
    row = labels.get(country, {}).get(field) or labels["default"].get(field)
    return str(row[language]) if row else field.removeprefix(OWN_PREFIX)


def tax_conditions(*, country: str) -> Mapping[str, str]:
    """Code and name of each tax condition that a buyer may have; empty where the law knows none."""
    return {row["code"]: row["name"] for row in _table()["tax_condition"] if row["country"] == country}


def text_fault(*, text: str) -> str:
    """Why a one-line text may not be kept: "control", "direction", or "" for a good one.

    Control characters (also CR, LF, TAB and NUL), invisible separators, unpaired surrogates and the marks
    that turn the direction of writing are refused; letters of every script are allowed.
    """
    for sign in text:
        if sign in _DIRECTION_MARKS:
            return "direction"
        if sign in _HIDDEN_MARKS or unicodedata.category(sign) in ("Cc", "Cs", "Cn"):
            return "control"
    return ""


def folded(*, text: str) -> str:
    """Letters and digits alone, without case and accents, for comparing names: "Ñuñoa" is "NUNOA"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if sign.isalnum())


def profile_fields() -> tuple[str, ...]:
    """The fields that a profile may have, in the order of a form; a seller's own fields begin with OWN_PREFIX."""
    return tuple(_table()["fields"])


def is_country(*, code: str) -> bool:
    """Whether this is a country's two letters (ISO 3166)."""
    return code in _countries()


def comunas() -> Mapping[str, tuple[str, str]]:
    """Official code of each Chilean comuna, with its name and region."""
    return {row["code"]: (row["name"], row["region"]) for row in _rows("comunas.csv")}


def _home(country: str, fields: Mapping[str, str]) -> str:
    own = fields.get("country", "").strip().upper()
    return own if own in _countries() else country.upper()


def _required(country: str, cleaned: Mapping[str, str], required: Sequence[str]) -> list[str]:
    rule = _rule(country)
    waived = set(rule["not_asked"])
    names = [name for name in required if name not in waived] + list(rule["by_law"])
    condition = _conditions(country).get(folded(text=cleaned.get("tax_condition", "")))
    if condition is not None and condition["needs_tax_id"]:
        names.append("tax_id")
    return list(dict.fromkeys(names))


def _cleaned(country: str, name: str, text: str) -> tuple[str, _Fault | None]:
    """The value to keep and what is wrong with it. Plain faults first, then the field's own check."""
    own = name.startswith(OWN_PREFIX)
    if name not in _table()["fields"] and not (own and _OWN_NAME.fullmatch(name.removeprefix(OWN_PREFIX))):
        return "", _Fault("unknown-field")
    if not text:
        return "", None
    plain = _plain_fault(country, "own" if own else name, text)
    if plain is not None:
        return _printable(text), plain
    return _FIELD_CHECKS.get(name, _any_text)(country, text)


def _plain_fault(country: str, name: str, text: str) -> _Fault | None:
    limit = _limit(country, name)
    if len(text) > limit:
        return _Fault("too-long", facts={"count": len(text), "limit": limit})
    code = text_fault(text=text)
    if code:
        return _Fault(code)
    alphabet = _rule(country).get("alphabet")
    sign = next((sign for sign in text if alphabet and not _fits(sign, alphabet)), "")
    return _Fault("alphabet", facts={"sign": sign}) if sign else None


def _printable(text: str) -> str:
    """The text with spaces for its control characters and without hidden marks, cut to what may be kept."""
    signs = (" " if unicodedata.category(sign) == "Cc" else sign for sign in text)
    return "".join(sign for sign in signs if not text_fault(text=sign))[:_LONGEST_KEPT].strip()


def _fits(sign: str, alphabet: str) -> bool:
    try:
        sign.encode(alphabet)
    except UnicodeEncodeError:
        return False
    return True


def _any_text(country: str, text: str) -> tuple[str, _Fault | None]:
    return text, None if any(sign.isalnum() for sign in text) else _Fault("no-letter")


def _tax_id(country: str, text: str) -> tuple[str, _Fault | None]:
    try:
        return identify(country=country, text=text).canonical, None
    except Refused as refusal:
        by_language = refusal.facts["by_language"]
        assert isinstance(by_language, dict)
        code = refusal.code.removeprefix("customers.identifier_").replace("_", "-")
        return text, _Fault(code, by_language=by_language)


def _tax_condition(country: str, text: str) -> tuple[str, _Fault | None]:
    known = _conditions(country)
    if not known:
        return _any_text(country, text)
    row = known.get(folded(text=text))
    if row is None:
        allowed = ", ".join(f"{code} {name}" for code, name in tax_conditions(country=country).items())
        return text, _Fault("tax-condition", facts={"allowed": allowed})
    return str(row["code"]), None


def _district(country: str, text: str) -> tuple[str, _Fault | None]:
    known = _districts(country)
    if not known:
        return _any_text(country, text)
    official = known.get(folded(text=text))
    return (official, None) if official else (text, _Fault("unknown-district", facts=_guess(text, known)))


def _region(country: str, text: str) -> tuple[str, _Fault | None]:
    known = _regions(country)
    if not known:
        return _any_text(country, text)
    stored = known.get(folded(text=text))
    return (stored, None) if stored else (text, _Fault("unknown-region", facts=_guess(text, known)))


def _postal_code(country: str, text: str) -> tuple[str, _Fault | None]:
    rule = _rule(country)
    if re.fullmatch(rule["postal_code"], text.upper()):
        return text.upper(), None
    return text, _Fault("postal-code", facts={"allowed": rule["postal_code_allowed"]})


def _country(country: str, text: str) -> tuple[str, _Fault | None]:
    code = text.upper()
    return (code, None) if code in _countries() else (text, _Fault("country"))


def _email(country: str, text: str) -> tuple[str, _Fault | None]:
    """One mailbox as RFC 5321 writes it, without quoted parts, comments or addresses in figures."""
    local, at, domain = text.rpartition("@")
    good = at and len(local) <= 64 and _LOCAL_PART.fullmatch(local) and _DOMAIN.fullmatch(domain)
    return (f"{local}@{domain.lower()}", None) if good else (text, _Fault("email"))


def _phone(country: str, text: str) -> tuple[str, _Fault | None]:
    """ITU E.164 allows 15 digits at most."""
    digits = sum(sign.isdigit() for sign in text)
    return text, None if _PHONE.fullmatch(text) and 6 <= digits <= 15 else _Fault("phone")


_FIELD_CHECKS: Mapping[str, Callable[[str, str], tuple[str, _Fault | None]]] = {
    "tax_id": _tax_id,
    "tax_condition": _tax_condition,
    "district": _district,
    "region": _region,
    "postal_code": _postal_code,
    "country": _country,
    "email": _email,
    "phone": _phone,
}


def _guess(text: str, known: Mapping[str, str]) -> dict[str, object]:
    near = difflib.get_close_matches(folded(text=text), known, n=1)
    return {"guess": known[near[0]]} if near else {}


def _place(name: str) -> tuple[int, str]:
    """The order of fields on a form: the known ones as listed, then the seller's own by name."""
    known = _table()["fields"]
    return (known.index(name) if name in known else len(known), name)


def _problem(country: str, name: str, fault: _Fault) -> Problem:
    words = fault.by_language or {language: _sentence(country, name, fault, language) for language in LANGUAGES}
    return Problem(field=name, code=fault.code, words=words)


def _sentence(country: str, name: str, fault: _Fault, language: str) -> str:
    sentences = _table()["words"]
    facts = dict(fault.facts or {})
    hint = sentences["hint"][language].format(guess=facts["guess"]) if "guess" in facts else ""
    label = field_label(field=name, country=country, language=language)
    # A question already ends its sentence.
    return str(sentences[fault.code][language].format(label=label, hint=hint, **facts)).replace("?.", "?")


def _limit(country: str, name: str) -> int:
    return int(_rule(country)["lengths"].get(name) or _table()["default"]["lengths"][name])


@cache
def _rule(country: str) -> dict[str, Any]:
    default = _table()["default"]
    own = _table()["country"].get(country, {})
    return {**default, **own, "lengths": {**default["lengths"], **own.get("lengths", {})}}


@cache
def _conditions(country: str) -> dict[str, dict[str, Any]]:
    rows = [row for row in _table()["tax_condition"] if row["country"] == country]
    return {folded(text=text): row for row in rows for text in (row["code"], row["name"], *row["also"])}


@cache
def _districts(country: str) -> dict[str, str]:
    """Official name of each district by every folded spelling; empty where none are known."""
    file = _rule(country).get("known_districts")
    if not file:
        return {}
    also = _table()["districts_also"].get(country, {})
    return {folded(text=name): str(official) for name, official in also.items()} | {
        folded(text=row["name"]): row["name"] for row in _rows(file)
    }


@cache
def _regions(country: str) -> dict[str, str]:
    """What is stored of each region by every folded spelling; empty where none are known."""
    stored = _rule(country).get("stored")
    known: dict[str, str] = {}
    for row in _rows("regions.csv"):
        if stored and row["country"] == country:
            spellings = [row["name"], *filter(None, row["also"].split("|"))]
            known |= {folded(text=text): row[stored] for text in [row["code"], *spellings]}
    return known


@cache
def _countries() -> frozenset[str]:
    return frozenset(_table()["countries"].split())


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(_read("profile_rules.toml"))


@cache
def _rows(file: str) -> tuple[dict[str, str], ...]:
    lines = (line for line in _read(file).splitlines() if not line.startswith("#"))
    return tuple(csv.DictReader(lines))


def _read(file: str) -> str:
    return resources.files("abono.domain.customers").joinpath("data", file).read_text(encoding="utf-8")
