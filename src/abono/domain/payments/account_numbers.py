"""Finding card and bank numbers in text, so that they never come in. Pure; the table of issuers is a data file.

What counts as one (docs/howto/import.md says it for people):
- a card number: 13 to 19 digits of a known issuer's range and length with a right Luhn digit (ISO/IEC 7812-1), bare or
  with one kind of separator throughout, or grouped as on a card with any. Inside a longer row of digits only as a group
  of its own or grouped as on a card. Not after a plus sign (a telephone), not 13 digits in a column of telephones or
  articles;
- an IBAN (ISO 13616) with right check digits and its country's form; an Argentine CBU or CVU (22 digits, both check
  digits); a Hungarian account number (8-8 or 8-8-8, both blocks right; bare 16 digits only where the column says bank);
- a US routing number (ABA check digit) with an account number after it, or in a column that says routing;
- in a column whose name says card, bank account or security code, any number long enough to be one, because accounts
  of many countries (Chile's among them) have no check digit.
What is found is never repeated: an answer names the kind, the caller adds line and column.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from stdnum import iban, luhn
from stdnum.ar import cbu
from stdnum.us import rtn

CARD, SECURITY_CODE, BANK = "a card number", "a card's security code", "a bank account number"

_SEPARATOR = "[ \\t\u00a0\u2000-\u200a\u202f\u3000.\u00b7_/\u2010-\u2015\u2212-]{0,3}"
_RUN = re.compile(rf"[0-9](?:{_SEPARATOR}[0-9])*")
_GROUP = re.compile("[0-9]+")
_INVISIBLE = {ord(sign): None for sign in "\u00ad\u200b\u200c\u200d\u2060\ufeff"}
_IBAN = re.compile(r"(?=([A-Z]{2} ?[0-9]{2}(?:[ \u00a0.-]?[A-Z0-9]){11,30}))")
# Nothing above can be in a text without one of these, so that most lines cost one search.
_WORTH_A_LOOK = re.compile(r"\d(?:[\W_]{0,6}\d){8}|[^\W\d_]{2}\d\d(?:[\W_]?[^\W_]){11}")
_BETWEEN_CELLS = "\nx\n"
_AS_ON_CARDS = re.compile(r"4 4 4 [1-7]|4 4 4 4 [1-3]|4 6 [45]|4 3 3 3|6 1[0-3]")
_ROUTING_BEGINS = re.compile("0[0-9]|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80")
_BANK_WORDS = {
    "a",
    "aba",
    "ac",
    "acc",
    "account",
    "acct",
    "c",
    "checking",
    "chk",
    "no",
    "nr",
    "routing",
    "rtn",
    "savings",
}
_LONGEST_CARD, _LONGEST_PHONE, _SHORTEST_IBAN = 19, 15, 15
_CBU_DIGITS, _HUNGARIAN = 22, ("16", "24", "8 8", "8 8 8")
_FEWEST_OF_AN_ACCOUNT, _FEWEST_OF_A_NAMED_CARD = 6, 12


class Suspect(NamedTuple):
    """A cell that may hold a card or bank number: its place in the line, from 0, and what it looks like."""

    place: int
    kind: str


@dataclass(frozen=True, slots=True)
class Watch:
    """Looks at lines of a file whose header is known. Make it with `watch_over`."""

    says: tuple[frozenset[str], ...]
    named: tuple[int, ...]

    def suspects(self, cells: Sequence[str]) -> Iterator[Suspect]:
        """The cells of one line that must not come in, from left to right; each once."""
        worth = _WORTH_A_LOOK.search(_BETWEEN_CELLS.join(cells)) is not None
        if not worth and not self.named:
            return
        for place, cell in enumerate(cells):
            says = self.says[place] if place < len(self.says) else frozenset()
            kind = looks_like(cell, says=says) if worth or place in self.named else ""
            if kind:
                yield Suspect(place, kind)


def watch_over(*, header: Sequence[str]) -> Watch:
    """Read from the column names what their cells may hold."""
    says = [column_says(name=name) for name in header]
    if not any("routing" in words for words in says):
        says = [words - {"account"} for words in says]
    telling = {"card", "security_code", "bank", "account", "routing"}
    return Watch(tuple(says), tuple(place for place, words in enumerate(says) if words & telling))


def column_says(*, name: str) -> frozenset[str]:
    """What a column's name says: any of card, security_code, bank, account, routing, thirteen."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    spaced = re.sub("([a-z])([A-Z])", r"\1 \2", plain)
    tokens = set(re.findall("[a-z0-9]+", spaced.casefold()))
    squeezed = "".join(re.findall("[a-z0-9]+", plain.casefold()))
    return frozenset(
        what
        for what, words in _table()["column"].items()
        if tokens & set(words["tokens"]) or any(phrase in squeezed for phrase in words["phrases"])
    )


def looks_like(text: str, *, says: frozenset[str] = frozenset()) -> str:
    """What kind of number a cell looks like, or "". `says` is what its column's name says."""
    plain = _plain(text)
    named = _by_name(plain, says)
    if named:
        return named
    for run in _RUN.finditer(plain):
        kind = _of_run(run.group(), after_plus=plain[: run.start()].endswith("+"), says=says)
        if kind:
            return kind
    if _holds_iban(plain) or _holds_routing(plain, says):
        return BANK
    return ""


def _plain(text: str) -> str:
    """The text with digits of every script as 0 to 9, letters wide or narrow as A to Z, nothing invisible."""
    if text.isascii():
        return text
    seen = unicodedata.normalize("NFKC", text.translate(_INVISIBLE))
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in seen)


def _by_name(text: str, says: frozenset[str]) -> str:
    """What the column's name makes of the number, whatever its check digits say."""
    if not says:
        return ""
    digits = sum(map(len, _GROUP.findall(text)))
    if "security_code" in says and re.fullmatch(r"\s*[0-9]{3,4}\s*", text):
        return SECURITY_CODE
    if "card" in says and digits >= _FEWEST_OF_A_NAMED_CARD:
        return CARD
    if says & {"bank", "account"} and digits >= _FEWEST_OF_AN_ACCOUNT and not re.search("[*•xX]{3}", text):
        return BANK
    return ""


def _of_run(run: str, *, after_plus: bool, says: frozenset[str]) -> str:
    """What a row of digits with separators is: the whole of it, or groups of it."""
    groups = _GROUP.findall(run)
    digits = "".join(groups)
    if len(digits) == _CBU_DIGITS and cbu.is_valid(digits):
        return BANK
    if _is_hungarian(" ".join(str(len(group)) for group in groups), digits, bank="bank" in says):
        return BANK
    if after_plus and len(digits) <= _LONGEST_PHONE:
        return ""
    one_kind = len(set(_GROUP.split(run)[1:-1])) <= 1
    for first in range(len(groups)):
        for last in range(first + 1, len(groups) + 1):
            number = "".join(groups[first:last])
            if len(number) > _LONGEST_CARD:
                break
            whole = one_kind and last - first == len(groups)
            if _is_card(number, groups[first:last], whole=whole, thirteen="thirteen" not in says):
                return CARD
    return ""


def _is_card(number: str, groups: Sequence[str], *, whole: bool, thirteen: bool) -> bool:
    grouped = _AS_ON_CARDS.fullmatch(" ".join(str(len(group)) for group in groups))
    if not (len(groups) == 1 or grouped or whole):
        return False
    # Telephones of many countries have 13 digits and begin like the oldest cards.
    if len(number) == 13 and not (thirteen and (len(groups) == 1 or grouped)):
        return False
    return _has_issuer(number) and luhn.is_valid(number)


def _has_issuer(number: str) -> bool:
    return any(first <= number[: len(first)] <= last for first, last in _issuers().get(len(number), ()))


def _is_hungarian(shape: str, digits: str, *, bank: bool) -> bool:
    """Blocks of eight, each weighed 9 7 3 1 to a multiple of ten, the bank's block first (MNB)."""
    if shape not in _HUNGARIAN or (shape == "16" and not bank) or digits[0] not in "15678":
        return False
    return _weighs_ten(digits[:8]) and _weighs_ten(digits[8:])


def _weighs_ten(digits: str) -> bool:
    return sum(int(digit) * (9, 7, 3, 1)[place % 4] for place, digit in enumerate(digits)) % 10 == 0


def _holds_iban(text: str) -> bool:
    for found in _IBAN.finditer(text.upper()):
        squeezed = re.sub("[^A-Z0-9]", "", found.group(1))
        for length in range(_SHORTEST_IBAN, len(squeezed) + 1):
            number = squeezed[:length]
            if _mod_97(number) == 1 and iban.is_valid(number, check_country=False):
                return True
    return False


def _mod_97(number: str) -> int:
    """ISO 7064 MOD 97-10 of an IBAN: the first four signs last, letters as 10 to 35."""
    return int("".join(str(int(sign, 36)) for sign in number[4:] + number[:4])) % 97


def _holds_routing(text: str, says: frozenset[str]) -> bool:
    """A routing number where the column or the cell speaks of one, or one with an account number behind it."""
    words = set(re.findall("[a-z]+", text.casefold()))
    spoken = bool(says & {"routing", "bank"}) or bool(words & {"routing", "rtn", "aba"})
    groups = list(_GROUP.finditer(text))
    for place, group in enumerate(groups):
        if not _is_routing(group.group()):
            continue
        if spoken:
            return True
        if place + 1 < len(groups):
            following = groups[place + 1]
            between = set(re.findall("[a-z]+", text[group.end() : following.start()].casefold()))
            fewest = 4 if between else _FEWEST_OF_AN_ACCOUNT
            if between <= _BANK_WORDS and fewest <= len(following.group()) <= 17:
                return True
    return False


def _is_routing(digits: str) -> bool:
    """Nine digits that begin as the Federal Reserve's districts do, with a right check digit (ABA)."""
    return len(digits) == 9 and bool(_ROUTING_BEGINS.match(digits)) and rtn.is_valid(digits)


@cache
def _issuers() -> dict[int, tuple[tuple[str, str], ...]]:
    """Ranges of leading digits by the length of the number."""
    found: dict[int, list[tuple[str, str]]] = {}
    for issuer in _table()["issuer"]:
        for text in issuer["ranges"]:
            first, _, last = text.partition("-")
            for length in issuer["lengths"]:
                found.setdefault(length, []).append((first, last))
    return {length: tuple(ranges) for length, ranges in found.items()}


@cache
def _table() -> dict[str, Any]:
    file = resources.files("abono.domain.payments").joinpath("data/account_numbers.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
