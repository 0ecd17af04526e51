"""What a value of a policy may be. Each kind tells what it allows and what is wrong with a value."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, time
from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

from babel import Locale

from abono.base.kernel.money import MINOR_DIGITS

# A path into a value: indexes of lists and keys of inline tables.
Path = tuple[str | int, ...]

_OWN = re.compile(r"own:[a-z][a-z0-9_]{0,39}")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LENGTH = re.compile(r"([1-9][0-9]{0,3}) (week|month|year)(s?)")
MOST_OF = {"week": 520, "month": 120, "year": 10}
_CONTINENTS = frozenset(
    (
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    )
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a value: where in it, what, and what is allowed instead."""

    path: Path
    wrong: str
    allowed: str


@dataclass(frozen=True, slots=True)
class FloatText:
    """Stands in the tree where the file has a number with a point or an exponent, `inf` or `nan`."""

    text: str


def shown(value: object) -> str:
    """A value as a message quotes it: short, on one line, nothing unprintable. Lone quotes as in TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, FloatText):
        return value.text[:40]
    if isinstance(value, int) and abs(value) >= 10**40:
        return "a number of more than 40 digits"
    text = f'"{repr(value)[1:-1]}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def type_words(value: object) -> str:
    """What sort of value this is, in the words of a message."""
    if isinstance(value, bool):
        return "true or false"
    for sort, words in (
        (str, "text"),
        (int, "a whole number"),
        (FloatText, "a decimal number"),
        (list, "a list"),
        (dict, "a table"),
        ((date, time), "a date or time"),
    ):
        if isinstance(value, sort):
            return words
    return "something else"


def did_you_mean(value: str, known: Collection[str]) -> str:
    """The nearest known word as the end of a message, whatever its capitals; empty if none is near."""
    folded = {word.casefold(): word for word in known}
    near = get_close_matches(value[:80].casefold(), list(folded), n=1)
    return f", did you mean {shown(folded[near[0]])}?" if near else ""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value may be. `ordered` says whether the order of a list means something."""

    ordered: bool = field(default=True, kw_only=True)

    @property
    def allowed(self) -> str:
        """What is allowed, as messages and the reference say it."""
        return ""

    def faults(self, value: object) -> Iterator[Fault]:
        """Everything wrong with a raw value of the file; nothing when it is valid."""
        yield from ()

    def _wrong_type(self, value: object, wanted: str) -> Fault:
        return Fault((), f"is {type_words(value)} ({shown(value)}), not {wanted}", self.allowed)


@dataclass(frozen=True, slots=True)
class Choice(Kind):
    """One word of a few."""

    values: tuple[str, ...]

    @property
    def allowed(self) -> str:
        return ", ".join(f'"{value}"' for value in self.values)

    def faults(self, value: object) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield self._wrong_type(value, "text")
        elif value not in self.values:
            yield Fault((), f"unknown value {shown(value)}{did_you_mean(value, self.values)}", self.allowed)


@dataclass(frozen=True, slots=True)
class Flag(Kind):
    """Yes or no."""

    @property
    def allowed(self) -> str:
        return "true, false"

    def faults(self, value: object) -> Iterator[Fault]:
        if not isinstance(value, bool):
            yield self._wrong_type(value, "true or false")


@dataclass(frozen=True, slots=True)
class Whole(Kind):
    """A whole number within bounds, both included; `zero` says whether 0 has a meaning."""

    low: int
    high: int
    zero: bool = True

    @property
    def allowed(self) -> str:
        return f"{self.low} to {self.high}" + ("" if self.zero else " without 0")

    def faults(self, value: object) -> Iterator[Fault]:
        if isinstance(value, bool) or not isinstance(value, int):
            yield self._wrong_type(value, "a whole number")
        elif not self.low <= value <= self.high:
            yield Fault((), f"{shown(value)} is out of range", self.allowed)
        elif value == 0 and not self.zero:
            yield Fault((), "0 has no meaning here", self.allowed)


@dataclass(frozen=True, slots=True)
class Name(Kind):
    """A name that the policy makes up: lower case letters, digits and hyphens."""

    @property
    def allowed(self) -> str:
        return 'a name of at most 40 lower case letters, digits and hyphens, such as "last-reminder"'

    def faults(self, value: object) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield self._wrong_type(value, "text")
        elif len(value) > 40 or not _NAME.fullmatch(value):
            yield Fault((), f"{shown(value)} is not a name", self.allowed)


@dataclass(frozen=True, slots=True)
class Known(Kind):
    """One of a long list kept elsewhere: countries, currencies, time zones."""

    noun: str
    described: str
    known: Callable[[], Collection[str]]

    @property
    def allowed(self) -> str:
        return self.described

    def faults(self, value: object) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield self._wrong_type(value, "text")
        elif value not in self.known():
            hint = did_you_mean(value, self.known())
            yield Fault((), f"unknown {self.noun} {shown(value)}{hint}", self.allowed)


@dataclass(frozen=True, slots=True)
class Listed(Kind):
    """A list of known words, none twice. With `own`, also `own:NAME` for the seller's own fields."""

    values: tuple[str, ...]
    least: int = 0
    own: bool = False

    @property
    def allowed(self) -> str:
        words = ", ".join(f'"{value}"' for value in self.values)
        return "a list of " + words + (', "own:NAME"' if self.own else "")

    def faults(self, value: object) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield self._wrong_type(value, "a list")
            return
        if len(value) < self.least:
            yield Fault((), "the list is empty", self.allowed)
        for index, item in enumerate(value):
            if not isinstance(item, str):
                yield Fault((index,), f"is {type_words(item)} ({shown(item)}), not text", self.allowed)
            elif item in value[:index]:
                yield Fault((index,), f"{shown(item)} is named twice", self.allowed)
            elif item not in self.values and not (self.own and _OWN.fullmatch(item)):
                yield Fault((index,), f"unknown value {shown(item)}{did_you_mean(item, self.values)}", self.allowed)


@dataclass(frozen=True, slots=True)
class Lengths(Kind):
    """A list of periods such as "2 weeks", "1 month", "1 year", none twice (12 months are 1 year)."""

    least: int = 0

    @property
    def allowed(self) -> str:
        return 'a list of periods such as "2 weeks", "1 month", "3 months", "1 year"'

    def faults(self, value: object) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield self._wrong_type(value, "a list")
            return
        if len(value) < self.least:
            yield Fault((), "the list is empty", self.allowed)
        seen: list[tuple[str, int]] = []
        for index, item in enumerate(value):
            length = length_parts(item) if isinstance(item, str) else None
            if length is None:
                yield Fault((index,), f"{shown(item)} is not a period", self.allowed)
            elif length in seen:
                yield Fault((index,), f"{shown(item)} is named twice", self.allowed)
            else:
                seen.append(length)


def length_parts(text: str) -> tuple[str, int] | None:
    """("month", 12) for "1 year" or "12 months"; nothing when the text is no period of at most ten years."""
    match = _LENGTH.fullmatch(text)
    if not match:
        return None
    count, unit, plural = int(match[1]), match[2], match[3]
    if (count == 1) == bool(plural) or count > MOST_OF[unit]:
        return None
    return ("month", 12 * count) if unit == "year" else (unit, count)


@dataclass(frozen=True, slots=True)
class Steps(Kind):
    """The calendar's list of inline tables; its parts are checked by the rows of `calendar.steps`."""

    most: int

    @property
    def allowed(self) -> str:
        example = '{ day = -5, do = "remind", text = "first-reminder" }'
        return f"a list of at most {self.most} steps such as {example}"

    def faults(self, value: object) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield self._wrong_type(value, "a list")
            return
        if len(value) > self.most:
            yield Fault((), f"there are {len(value)} steps", self.allowed)
        for index, item in enumerate(value):
            if not isinstance(item, dict):
                yield Fault((index,), f"is {type_words(item)} ({shown(item)}), not a step", self.allowed)


@cache
def countries() -> frozenset[str]:
    """Two-letter codes of ISO 3166-1, without the other codes that locale data knows (groups, tests)."""
    others = ["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"]
    territories: dict[str, str] = dict(Locale("en").territories)
    return frozenset(code for code in territories if re.fullmatch("[A-Z]{2}", code)) - set(others)


@cache
def time_zones() -> frozenset[str]:
    """Names of the time zone database of the form Continent/City, and UTC."""
    return frozenset(zone for zone in available_timezones() if zone.split("/")[0] in _CONTINENTS) | {"UTC"}


COUNTRY = Known("country", 'an ISO 3166 code of two capital letters, such as "DE"', countries)
CURRENCY = Known("currency", ", ".join(f'"{code}"' for code in sorted(MINOR_DIGITS)), lambda: MINOR_DIGITS)
TIME_ZONE = Known("time zone", 'a name of the time zone database, such as "America/Santiago", or "UTC"', time_zones)
