"""The mapping: which column of a file, or which constant, means what. TOML, checked whole before any line. Pure."""

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from abono.base.kernel.refusal import Refused
from abono.domain.customers.profile_rules import OWN_PREFIX, profile_fields
from abono.domain.sellers.policy.kinds import did_you_mean
from abono.domain.sellers.policy.lines import Place, line_at, lines_of
from abono.domain.sellers.policy.problems import Problem
from abono.migration.csv.numbers import DATES, DECIMALS

AUTO = "auto"
ENCODINGS = (AUTO, "utf-8", "utf-16", "cp1250", "cp1252", "iso-8859-1", "iso-8859-2", "iso-8859-15")
SEPARATORS = {AUTO: "", ",": ",", ";": ";", "|": "|", "tab": "\t"}
MOST_CHARACTERS = 65_536

# Keys of each section, those that must be there first. [profile] has the fields of a billing profile.
CUSTOMER = ("reference", "name", "email", "country", "language", "currency")
SUBSCRIPTION = ("reference", "plan", "cycle", "start", "price", "quantity", "end", "words")
_NEEDED = {"customer": ("reference",), "subscription": ("reference", "plan", "cycle", "start")}
_FILE = {
    "encoding": ENCODINGS,
    "separator": tuple(SEPARATORS),
    "decimal": DECIMALS,
    "dates": tuple(DATES),
}
_SECTIONS = ("file", "customer", "profile", "subscription")
_FORMS = ("column", "text", "constant")
_VALUE_KEYS = (*_FORMS, "default", "values")
_VALUE_FORMS = (
    'the name of a column as text, or a table with one of column = "...", text = "... {Column} ..." or '
    'constant = "...", and any of default = "..." and values = { "in the file" = "here" }'
)
_HOLE = re.compile(r"\{([^{}]+)\}")

Cells = Sequence[str]


class MappingError(Refused):
    """The mapping is not valid: every fault, one a line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        ordered = sorted(problems, key=lambda problem: problem.line)
        super().__init__("csv.mapping", "\n".join(map(str, ordered)))


@dataclass(frozen=True, slots=True)
class Value:
    """Where one field comes from. `pieces` alternate between words and names of columns, beginning with words."""

    pieces: tuple[str, ...]
    default: str = ""
    values: Mapping[str, str] | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it reads."""
        return self.pieces[1::2]


@dataclass(frozen=True, slots=True)
class CsvMapping:
    """A checked mapping. Sections are field -> Value; `digest` stands for what it says, not for how it is laid out."""

    file: str
    encoding: str
    separator: str
    decimal: str
    dates: str
    customer: Mapping[str, Value]
    profile: Mapping[str, Value]
    subscription: Mapping[str, Value]
    digest: str
    lines: Mapping[Place, int]

    @property
    def columns(self) -> dict[str, Place]:
        """All columns that are read, with the first place that names each."""
        found: dict[str, Place] = {}
        for section in ("customer", "profile", "subscription"):
            for key, value in getattr(self, section).items():
                for column in value.columns:
                    found.setdefault(column, (section, key))
        return found

    def no_column(self, column: str, place: Place, header: Sequence[str]) -> str:
        """That the file has no such column, and which it has."""
        names = [name for name in header if name]
        known = ", ".join(repr(name[:40]) for name in names[:50])
        hint = did_you_mean(column, names)
        wrong = f"the file has no column {column!r}{hint}"
        return str(Problem(self.file, line_at(self.lines, place), ".".join(map(str, place)), wrong, known))


def read_mapping(*, text: str, file: str) -> CsvMapping:
    """The mapping of a TOML text; `file` is its name in messages. Raises MappingError with every fault."""
    if len(text) > MOST_CHARACTERS:
        raise MappingError([Problem(file, 1, "", "the file is too long", f"at most {MOST_CHARACTERS} characters")])
    try:
        tree = tomllib.loads(text)
        lines = lines_of(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        found = re.search(r" ?\(at line (\d+), column \d+\)", str(error))
        words = str(error).replace(found.group(), "") if found else str(error)
        raise MappingError([Problem(file, int(found[1]) if found else 1, "", f"is no TOML: {words}", "")]) from None
    return _Reader(file, lines).read(tree)


def bound(value: Value, *, places: Mapping[str, int]) -> Callable[[Cells], str]:
    """How the field is had from the cells of a line, once it is known where the columns are.

    Cells are trimmed, and line breaks in them become blanks. An empty one takes the default. Refuses a value that a
    table of values does not have.
    """
    pieces = [piece if index % 2 == 0 else places[piece] for index, piece in enumerate(value.pieces)]
    if len(pieces) == 1:
        return lambda cells: value.pieces[0]

    def read(cells: Cells) -> str:
        text = _filled(pieces, cells)
        if value.values is not None and text:
            return _looked_up(text, value.values, value)
        return text or value.default

    return read


def _trimmed(cell: str) -> str:
    clean = cell.strip()
    return " ".join(clean.split()) if "\n" in clean or "\r" in clean or "\t" in clean else clean


def _filled(pieces: Sequence[str | int], cells: Cells) -> str:
    """A text with its holes filled; empty where all its columns are."""
    if len(pieces) == 3 and pieces[0] == pieces[2] == "":
        return _trimmed(cells[int(pieces[1])])
    filled = [_trimmed(cells[piece]) if isinstance(piece, int) else piece for piece in pieces]
    return " ".join("".join(filled).split()) if any(filled[1::2]) else ""


def _looked_up(text: str, table: Mapping[str, str], value: Value) -> str:
    if text in table:
        return table[text]
    raise Refused(
        "csv.value_unknown",
        f"{text[:40]!r} in column {value.columns[0]!r} is none of the values that the mapping knows: "
        f"{', '.join(map(repr, table))}.",
    )


@dataclass(slots=True)
class _Reader:
    """Reads a tree of plain values, collecting faults."""

    file: str
    lines: Mapping[Place, int]
    problems: list[Problem] = field(default_factory=list)

    def read(self, tree: Mapping[str, Any]) -> CsvMapping:
        for name in tree:
            if name not in _SECTIONS:
                self._fault((name,), "unknown section", ", ".join(f"[{one}]" for one in _SECTIONS), near=_SECTIONS)
            elif not isinstance(tree[name], dict):
                self._fault((name,), "is not a section", f"[{name}] on a line of its own, its keys below it")
        choices = self._choices(self._section(tree, "file"))
        customer = self._values("customer", self._section(tree, "customer"), CUSTOMER)
        profile = self._values("profile", self._section(tree, "profile"), profile_fields())
        subscription = self._values("subscription", self._section(tree, "subscription"), SUBSCRIPTION)
        if not tree.get("customer"):
            self._fault(("customer",), "is missing", "a section with at least reference")
        if (profile or len(customer) > 1) and "name" not in customer:
            self._fault(
                ("customer",), "name is missing", "name, or reference alone where the customers are there already"
            )
        for section, values in (("customer", customer), ("subscription", subscription)):
            if "reference" in values and not values["reference"].columns:
                self._fault((section, "reference"), "is the same on every line", "a column or a text with one")
        if self.problems:
            raise MappingError(self.problems)
        digest = hashlib.sha256(json.dumps(tree, sort_keys=True, default=str).encode()).hexdigest()
        return CsvMapping(self.file, *choices, customer, profile, subscription, digest=digest, lines=self.lines)

    def _section(self, tree: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        found = tree.get(name, {})
        return found if isinstance(found, dict) else {}

    def _choices(self, given: Mapping[str, Any]) -> tuple[str, str, str, str]:
        for key, value in given.items():
            if key not in _FILE:
                self._fault(("file", key), "unknown key", ", ".join(_FILE), near=_FILE)
            elif value not in _FILE[key]:
                allowed = ", ".join(f'"{one}"' for one in _FILE[key])
                self._fault(("file", key), f"is {value!r}", allowed)
        encoding, separator = str(given.get("encoding", AUTO)), str(given.get("separator", AUTO))
        decimal, dates = str(given.get("decimal", AUTO)), str(given.get("dates", "YYYY-MM-DD"))
        return encoding, SEPARATORS.get(separator, ""), decimal, dates

    def _values(self, section: str, given: Mapping[str, Any], known: Sequence[str]) -> dict[str, Value]:
        found = {}
        for key, raw in given.items():
            own = section == "profile" and key.startswith(OWN_PREFIX) and len(key) > len(OWN_PREFIX)
            if key not in known and not own:
                allowed = ", ".join(known) + (f', "{OWN_PREFIX}..."' if section == "profile" else "")
                self._fault((section, key), "unknown key", allowed, near=known)
                continue
            wrong = _wrong_value(raw)
            if wrong is None:
                found[key] = _value(raw)
            else:
                self._fault((section, key, *wrong[0]), wrong[1], wrong[2], near=wrong[3])
        for key in _NEEDED.get(section, ()):
            if given and key not in given:
                self._fault((section,), f"{key} is missing", _VALUE_FORMS)
        return found

    def _fault(self, place: Place, wrong: str, allowed: str, near: Sequence[str] | Mapping[str, Any] = ()) -> None:
        hint = did_you_mean(str(place[-1]), list(near)) if near else ""
        key = ".".join(map(str, place))
        self.problems.append(Problem(self.file, line_at(self.lines, place), key, f"{wrong}{hint}", allowed))


_Wrong = tuple[tuple[str, ...], str, str, tuple[str, ...]]


def _wrong_value(raw: object) -> _Wrong | None:
    """What is wrong with how a field is given: key below it, what is wrong, what is allowed, words to guess from."""
    if isinstance(raw, str) and raw.strip():
        return None
    if not isinstance(raw, dict):
        return (), f"is {raw!r}"[:60], _VALUE_FORMS, ()
    for key in raw:
        if key not in _VALUE_KEYS:
            return (key,), "unknown key", ", ".join(_VALUE_KEYS), _VALUE_KEYS
    forms = [form for form in _FORMS if form in raw]
    if len(forms) != 1:
        return (), f"has {len(forms)} of {', '.join(_FORMS)}", "exactly one of them", ()
    if not isinstance(raw[forms[0]], str) or not isinstance(raw.get("default", ""), str):
        return (), "has a value that is not text", "text in quotes, numbers and days too", ()
    values = raw.get("values", {"": ""})
    if not isinstance(values, dict) or not values or not all(isinstance(one, str) for one in values.values()):
        return ("values",), "is no table of texts", '{ "in the file" = "here" }', ()
    words = _HOLE.split(raw[forms[0]])
    if forms == ["text"] and (len(words) == 1 or any(sign in "".join(words[::2]) for sign in "{}")):
        return ("text",), f"is {raw['text']!r}"[:60], "words with at least one {Column} in braces", ()
    return None


def _value(raw: Any) -> Value:
    if isinstance(raw, str):
        return Value(("", raw, ""))
    default, values = raw.get("default", ""), raw.get("values")
    if "constant" in raw:
        return Value((raw["constant"],), default, values)
    return Value(("", raw["column"], "") if "column" in raw else tuple(_HOLE.split(raw["text"])), default, values)
