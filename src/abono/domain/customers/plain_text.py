"""Names and addresses that can be printed anywhere: one line, no control and no direction-changing characters."""

import unicodedata

from abono.base.kernel.refusal import Refused

# Characters that change the direction of text (Unicode UAX #9); they can make a document read as what it is not.
DIRECTION_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain(text: str, *, what: str, longest: int) -> str:
    """The text trimmed and composed (Unicode NFC); refuses control and direction marks and too many characters."""
    clean = unicodedata.normalize("NFC", text.strip())
    for character in clean:
        if character in DIRECTION_MARKS or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp"):
            raise Refused(
                "customers.unprintable",
                f"In {what} the character U+{ord(character):04X} cannot be printed; letters, digits and signs can.",
            )
    if len(clean) > longest:
        raise Refused("customers.too_long", f"For {what} {len(clean)} characters are too many; allowed: {longest}.")
    return clean
