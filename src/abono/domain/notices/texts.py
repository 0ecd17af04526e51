"""The texts of the notices, from `data/`: each kind, form and language made ready once to be filled in many times.

Filling in is plain substitution of known {names}, once. A text is never an engine: what stands in a value, braces and
markup too, is printed as it is. A paragraph that is one {name} alone is a part put together elsewhere; empty, it is
left out with its paragraph.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from babel import Locale

from abono.base.kernel.refusal import Missing, Refused

# What may be filled in within a sentence, and what takes a paragraph of its own.
WORDS = frozenset(
    {"access", "amount", "corrected", "day", "due", "email", "fee", "heading", "name", "number", "open", "paid"}
    | {"seller", "title", "until", "when"}
)
PARTS = frozenset({"automatic", "facts", "frozen", "next", "pay", "periods", "services", "words"})
COLUMNS = 72
_PLACE = re.compile(r"\{([a-z_]+)\}")

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Template:
    """Words with places: `pattern` has a %s for each of `names`, in order."""

    pattern: str
    names: tuple[str, ...]

    def filled(self, values: Values) -> str:
        """The words with the values put in, once."""
        return self.pattern % tuple([values[name] for name in self.names])


@dataclass(frozen=True, slots=True)
class Text:
    """A notice in one language: its subject and its paragraphs. A paragraph is a template, or the name of a part."""

    subject: Template
    paragraphs: tuple[Template | str, ...]

    @property
    def places(self) -> frozenset[str]:
        """All names that it fills in."""
        found = set(self.subject.names)
        for one in self.paragraphs:
            found |= {one} if isinstance(one, str) else set(one.names)
        return frozenset(found)

    def filled(self, values: Values) -> tuple[str, str]:
        """Subject and body; lines of the body are at most 72 columns where words allow it."""
        parts = []
        for one in self.paragraphs:
            part = values.get(one, "") if isinstance(one, str) else wrapped(one.filled(values))
            if part:
                parts.append(part)
        return self.subject.filled(values), "\n\n".join(parts) + "\n"


def template(text: str) -> Template:
    """The text made ready. Refuses a place that has no known name."""
    names = tuple(_PLACE.findall(text))
    for name in names:
        if name not in WORDS:
            allowed = ", ".join(sorted(WORDS))
            raise Refused("notices.place", f"A text names {{{name}}}, which is not known; allowed: {allowed}.")
    return Template("%s".join([piece.replace("%", "%%") for piece in _PLACE.split(text)[::2]]), names)


def wrapped(text: str, *, first: str = "", later: str = "", columns: int = COLUMNS) -> str:
    """The text on lines of at most so many columns, `first` before the first line and `later` before the others."""
    return "\n".join([_wrapped(line, first, later, columns) for line in text.split("\n")])


def _wrapped(text: str, first: str, later: str, columns: int) -> str:
    start = first
    lines = []
    while len(start) + len(text) > columns:
        cut = text.rfind(" ", 0, columns - len(start) + 1)
        if cut <= 0:
            cut = text.find(" ")
            if cut < 0:
                break
        lines.append(start + text[:cut])
        text, start = text[cut + 1 :], later
    lines.append(start + text)
    return "\n".join(lines)


@cache
def text_of(kind: str, form: str, language: str, signed: bool) -> Text:
    """A kind's text, with greeting and signature; `signed`: the seller has an e-mail address to write to.

    Missing when there is no such kind, form or language.
    """
    try:
        said = _table(kind)[language]
        said = said[form] if form else said
        subject, body = said["subject"], said.get("text") or frame(_table(kind)["frame"])[language]
    except KeyError:
        raise Missing("notices.no_text", f"There is no text {kind!r} {form!r} in {language!r}.") from None
    around = frame()[language]
    body = body.replace("{opening}", said.get("opening", ""))
    whole = [around["greeting"], *_paragraphs(body), *_paragraphs(around["closing" if signed else "without"])]
    return Text(template(subject), tuple(map(_paragraph, whole)))


def _paragraphs(text: str) -> list[str]:
    return [one.strip() for one in text.split("\n\n") if one.strip()]


def _paragraph(text: str) -> Template | str:
    alone = _PLACE.fullmatch(text)
    return alone[1] if alone and alone[1] in PARTS else template(text)


def forms_of(*, kind: str) -> tuple[str, ...]:
    """The forms that a kind's text has; one empty name when it has a single one."""
    said = _table(kind)["en"]
    return ("",) if "subject" in said else tuple(said)


def said(name: str, language: str) -> str:
    """One of the frame's small texts: `pay.online`, `label.due`."""
    table: Any = frame()
    for part in name.split("."):
        table = table[part]
    return str(table[language])


@cache
def count_form(name: str, count: int, language: str) -> str:
    """A counted text of the frame (`when.ahead`, `length.month`) for a number, by the plural rules of CLDR."""
    section, _, key = name.partition(".")
    forms = frame()[section][key][language]
    form = _plural(language)(count)
    return str(forms.get(form) or forms["other"]).replace("{n}", str(count))


@cache
def _plural(language: str) -> Any:
    return Locale.parse(language).plural_form


@cache
def frame(section: str = "") -> dict[str, Any]:
    """What all notices share, or one section of it."""
    table = tomllib.loads(_data("frame.toml"))
    return table[section] if section else table


@cache
def _table(kind: str) -> dict[str, Any]:
    try:
        return tomllib.loads(_data(f"texts/{kind}.toml"))
    except FileNotFoundError:
        raise Missing("notices.no_text", f"There is no text {kind!r}.") from None


def _data(name: str) -> str:
    return resources.files("abono.domain.notices").joinpath("data", name).read_text(encoding="utf-8")
