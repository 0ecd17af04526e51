"""Customers' words made harmless for paper: one line, composed, without invisible steering."""

import unicodedata
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

Value = TypeVar("Value")

REPLACEMENT = "\ufffd"

# C0 and C1 controls, line and paragraph separators: a space. Zero-width and bidirectional controls (a right-to-left
# override would turn the rest of the line round), byte order marks, language tags: nothing. Halves of surrogate
# pairs and characters that Unicode leaves without meaning: a visible replacement.
_TABLE = (
    dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029], " ")
    | dict.fromkeys([0xAD, 0x061C, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF], "")
    | dict.fromkeys([*range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080)], "")
    | dict.fromkeys([*range(0xD800, 0xE000), *range(0xFDD0, 0xFDF0), 0xFFFE, 0xFFFF], REPLACEMENT)
)
_AS_THEY_ARE = frozenset({"logo_svg", "pay_url"})


def literal(text: str) -> str:
    """The text as it may be printed: one line, composed (NFC), single spaces, none at its ends."""
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFC", text.translate(_TABLE))
    return " ".join(filter(None, text.split(" ")))


def made_literal(value: Value) -> Value:
    """The same for every text inside a tree of frozen data; what needs no change stays the same object."""
    plain: Any = value
    if isinstance(plain, str):
        plain = literal(plain)
    elif isinstance(plain, tuple):
        plain = tuple([made_literal(inner) for inner in plain])
    elif is_dataclass(plain) and not isinstance(plain, type):
        changed = {}
        for field in fields(plain):
            before = getattr(plain, field.name)
            if isinstance(before, str | tuple) or is_dataclass(before):
                after = before if field.name in _AS_THEY_ARE else made_literal(before)
                if after != before:
                    changed[field.name] = after
        plain = replace(plain, **changed) if changed else plain
    return plain  # type: ignore[no-any-return]
