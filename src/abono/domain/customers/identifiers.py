"""National identifiers of customers: RUT, CUIT, adószám, EU VAT number, EIN, each a row of data.

The data file names shape, check and wording of each kind; the few check algorithms stand here by name.
Pure: the table is read once from the package, nothing else is touched.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from stdnum.eu import vat as eu_vat
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

from abono.base.kernel.refusal import Refused

# Longer text than this is no identifier in any country and is not looked at.
_LONGEST_TEXT = 64
_ODD_BLANKS = str.maketrans({"\u00a0": " ", "\u2007": " ", "\u202f": " "})
_ODD_DASHES = str.maketrans({"\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2212": "-"})
_SEED_STEP, _SEED_START = 7_654_321, 1_234_567


@dataclass(frozen=True, slots=True)
class Identifier:
    """A checked identifier: `canonical` is stored and compared, `display` is for people."""

    country: str
    kind: str
    canonical: str
    display: str


@dataclass(frozen=True, slots=True)
class _Fault:
    """What is wrong with a text, by the codes of the data file's `words`."""

    code: str
    kind: str
    count: int = 0


def identify(*, country: str, text: str) -> Identifier:
    """The identifier that `text` writes, by the rules of `country` (ISO 3166 alpha-2).

    Refuses with `customers.identifier_<what>`, where what is missing, characters, length, shape, check_digit
    or never; the fact `by_language` holds the sentence in every language. The number itself is never repeated
    in the sentence, so that it does not reach logs.
    """
    found = _examined(country.upper(), text)
    if isinstance(found, Identifier):
        return found
    words = _sentences(found)
    code = f"customers.identifier_{found.code.replace('-', '_')}"
    raise Refused(code, words["en"], kind=found.kind, country=country.upper(), by_language=words)


def display_identifier(*, country: str, canonical: str) -> str:
    """How people write a stored identifier; text that is none is shown as it is stored."""
    found = _examined(country.upper(), canonical)
    return found.display if isinstance(found, Identifier) else canonical


def invent_identifier(*, country: str, seed: int) -> str:
    """A valid canonical identifier for an invented customer; another seed gives another number.

    The same country and seed give the same number for ever. `seed` counts from 0; how many there are is
    what the country's pattern has room for (at least 100,000).
    """
    pattern = _invention(country.upper())
    room = 10 ** pattern.count("s")
    if not 0 <= seed < room:
        raise ValueError(f"seed must be 0 to {room - 1} for {country}")
    # Multiplying by a number that shares no factor with ten is one-to-one, and the results look unordered.
    digits = iter(str((seed * _SEED_STEP + _SEED_START) % room).zfill(pattern.count("s")))
    filled = "".join(next(digits) if sign == "s" else sign for sign in pattern)
    for x in "0123456789" if "x" in filled else "0":
        for c in "0123456789K" if "c" in filled else "0":
            found = _examined(country.upper(), filled.replace("x", x).replace("c", c))
            if isinstance(found, Identifier):
                return found.canonical
    raise ValueError(f"no valid number fits the pattern of {country}")


def identifier_kinds(*, country: str) -> tuple[str, ...]:
    """The kinds of identifier that `country` has, the usual one first; `("foreign",)` where none is known."""
    return tuple(_table()["countries"].get(country.upper(), ("foreign",)))


def vat_prefix(*, country: str) -> str:
    """The two letters with which the VAT numbers of a member state begin: EL for Greece, else its code."""
    return str(_table()["vat_prefixes"].get(country.upper(), country.upper()))


def _examined(country: str, text: str) -> Identifier | _Fault:
    written = text.translate(_ODD_BLANKS).translate(_ODD_DASHES).strip(" ").upper()
    kind = _kind_for(country, written)
    rule = _rule(kind)
    if not written:
        return _Fault("missing", kind)
    if len(written) > _LONGEST_TEXT:
        return _Fault("length", kind, len(written))
    if rule.never is not None and rule.never.fullmatch(written):
        return _Fault("never", kind)
    bare = written.translate(rule.strip)
    if not rule.characters.fullmatch(bare):
        return _Fault("characters", kind)
    if not rule.lengths[0] <= len(bare) <= rule.lengths[1]:
        return _Fault("length", kind, len(bare))
    match = rule.shape.fullmatch(bare)
    if match is None:
        return _Fault("shape", kind)
    return _checked(country, kind, rule, match.groupdict())


def _kind_for(country: str, written: str) -> str:
    """The kind whose beginning fits, else the country's usual one, whose wording then explains the fault."""
    kinds = identifier_kinds(country=country)
    for kind in kinds[1:]:
        begins = _rule(kind).begins
        if begins is not None and begins.match(written):
            return kind
    return kinds[0]


def _checked(country: str, kind: str, rule: "_Rule", parts: Mapping[str, str]) -> Identifier | _Fault:
    fault, parts = _CHECKS[rule.check](country, dict(parts))
    if fault:
        return _Fault(fault, kind, sum(map(len, parts.values())))
    shown = {name: _Part(value) for name, value in parts.items()}
    return Identifier(
        country=country,
        kind=kind,
        canonical=rule.canonical.format_map(shown),
        display=rule.display.format_map(shown),
    )


def _unchecked(country: str, parts: dict[str, str]) -> tuple[str, dict[str, str]]:
    return "", parts


def _rut(country: str, parts: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Modulo 11 with weights 2 to 7 from the right; 11 is written 0 and 10 is written K (SII)."""
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(parts["body"])))
    return _wrong_unless("0K987654321"[total % 11] == parts["check"]), parts


def _cuit(country: str, parts: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Modulo 11 with weights 5 4 3 2 7 6 5 4 3 2; 11 is written 0 and 10 is written 9 (RG 10/97)."""
    weights = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    digits = parts["type"] + parts["body"]
    total = sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True))
    return _wrong_unless("09987654321"[total % 11] == parts["check"]), parts


def _adoszam(country: str, parts: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Weights 9 7 3 1 9 7 3 1 over the eight digits; the sum is a multiple of ten."""
    weights = (9, 7, 3, 1, 9, 7, 3, 1)
    total = sum(weight * int(digit) for weight, digit in zip(weights, parts["body"], strict=True))
    return _wrong_unless(total % 10 == 0 and parts["body"] != "00000000"), parts


def _vat_number(country: str, parts: dict[str, str]) -> tuple[str, dict[str, str]]:
    prefix = vat_prefix(country=country)
    number = parts["number"] if parts["number"].startswith(prefix) else prefix + parts["number"]
    try:
        return "", {"number": eu_vat.validate(number)}
    except InvalidChecksum:
        return "check-digit", parts
    except InvalidLength:
        return "length", parts
    except ValidationError:
        return "shape", parts


def _wrong_unless(right: bool) -> str:
    return "" if right else "check-digit"


_CHECKS: Mapping[str, Callable[[str, dict[str, str]], tuple[str, dict[str, str]]]] = {
    "none": _unchecked,
    "modulo-11-rut": _rut,
    "modulo-11-cuit": _cuit,
    "weights-adoszam": _adoszam,
    "stdnum-eu-vat": _vat_number,
}


class _Part(str):
    """A part of a number in a format pattern; `{body:dots}` groups its digits by three."""

    __slots__ = ()

    def __format__(self, how: str) -> str:
        return f"{int(self):,}".replace(",", ".") if how == "dots" else str(self)


def _sentences(fault: _Fault) -> dict[str, str]:
    row = _table()["kinds"][fault.kind]
    return {
        language: sentence.format(label=row["label"], allowed=row["allowed"][language], count=fault.count)
        for language, sentence in _table()["words"][fault.code].items()
    }


def _invention(country: str) -> str:
    patterns = [_table()["invent_vat"].get(country, "")]
    patterns += [_table()["kinds"][kind].get("invent", "") for kind in identifier_kinds(country=country)]
    pattern = next(filter(None, patterns), "")
    if not pattern:
        raise ValueError(f"there is no pattern for invented identifiers of {country}")
    return pattern


@dataclass(frozen=True, slots=True)
class _Rule:
    strip: dict[int, None]
    characters: re.Pattern[str]
    lengths: tuple[int, int]
    shape: re.Pattern[str]
    begins: re.Pattern[str] | None
    never: re.Pattern[str] | None
    canonical: str
    display: str
    check: str


@cache
def _rule(kind: str) -> _Rule:
    row = _table()["kinds"][kind]
    return _Rule(
        strip={ord(sign): None for sign in row["strip"]},
        characters=re.compile(f"(?:{row['characters']})*"),
        lengths=(row["lengths"][0], row["lengths"][1]),
        shape=re.compile(row["shape"]),
        begins=re.compile(row["begins"]) if "begins" in row else None,
        never=re.compile(row["never"]) if "never" in row else None,
        canonical=row["canonical"],
        display=row["display"],
        check=row["check"],
    )


@cache
def _table() -> dict[str, Any]:
    file = resources.files("abono.domain.customers").joinpath("data/identifiers.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
