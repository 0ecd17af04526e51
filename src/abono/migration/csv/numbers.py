"""Numbers and days as people write them in tables. What could be read in two ways is refused, never guessed. Pure."""

import re
from datetime import date
from decimal import Decimal

from abono.base.kernel.refusal import Refused

# How numbers are written: with a decimal point, with a decimal comma, or found out number by number.
POINT, COMMA, AUTO = "point", "comma", "auto"
DECIMALS = (AUTO, POINT, COMMA)

# How days are written; the first letters of each part say which it is.
DATES = {
    "YYYY-MM-DD": r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})",
    "YYYY/MM/DD": r"(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})",
    "YYYY.MM.DD.": r"(?P<y>\d{4})\. ?(?P<m>\d{1,2})\. ?(?P<d>\d{1,2})\.?",
    "DD/MM/YYYY": r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})",
    "DD-MM-YYYY": r"(?P<d>\d{1,2})-(?P<m>\d{1,2})-(?P<y>\d{4})",
    "DD.MM.YYYY": r"(?P<d>\d{1,2})\. ?(?P<m>\d{1,2})\. ?(?P<y>\d{4})\.?",
    "MM/DD/YYYY": r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})",
}
_PATTERNS = {name: re.compile(pattern, re.ASCII) for name, pattern in DATES.items()}

_LONGEST = 40
_BARE = re.compile(r"[0-9]+")
_BLANKS = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f", " ") | {"\u2019": "'", "\u2212": "-"})
# Digits in groups of three after the first one to three; the same sign between all of them.
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:(?P<sign>[ '.,])[0-9]{3})(?:(?P=sign)[0-9]{3})*")


def read_decimal(text: str, *, decimal: str, what: str) -> Decimal:
    """The number that a cell writes, under one of DECIMALS; `what` names it in refusals.

    Thousands may be grouped by threes with a blank, an apostrophe, or the one of point and comma that is not the
    decimal sign. With `auto`, a single point or comma with exactly three digits behind it and one to three before it
    (`1.234`) could be either, and is refused.
    """
    clean = text.strip().translate(_BLANKS)
    minus = clean.startswith("-")
    bare = clean[1:].lstrip() if minus else clean
    number = _read(bare, decimal) if 0 < len(bare) <= _LONGEST else None
    if number is None:
        like = {POINT: "12.50 or 1,234.50", COMMA: "12,50 or 1.234,50"}.get(decimal, "12.50 or 1.234,50")
        raise Refused("csv.not_a_number", f"{what} is {clean[:_LONGEST]!r}; it must be a number such as {like}.")
    if number == "":
        raise Refused(
            "csv.ambiguous_number",
            f"{what} is {clean!r}, which could be thousands or decimals; say which in the mapping: "
            'decimal = "point" or decimal = "comma".',
        )
    return -Decimal(number) if minus else Decimal(number)


def read_day(text: str, *, dates: str, what: str) -> date:
    """The day that a cell writes, in the form named by `dates` (see DATES); `what` names it in refusals."""
    found = _PATTERNS[dates].fullmatch(text.strip())
    try:
        if found is not None:
            return date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        pass
    raise Refused("csv.not_a_day", f"{what} is {text.strip()[:_LONGEST]!r}; it must be a day written {dates}.")


def _read(text: str, decimal: str) -> str | None:
    """The number with a decimal point; "" when it could be two numbers, None when it is none."""
    if _BARE.fullmatch(text):
        return text
    if decimal != AUTO:
        return _with_sign(text, "." if decimal == POINT else ",")
    last = max(text.rfind("."), text.rfind(","))
    if last < 0:
        return _whole(text)
    sign, other = text[last], ".,"[text[last] == "."]
    if text.count(sign) > 1:
        # Written more than once it can only group thousands.
        return _whole(text) if other not in text else None
    if other in text or not _could_group(text):
        return _with_sign(text, sign)
    return ""


def _could_group(text: str) -> bool:
    """Whether a number with one sign in it could mean thousands: `1.234`, not `0.125`, `12.5` or `1234.567`."""
    return _GROUPED.fullmatch(text) is not None


def _with_sign(text: str, sign: str) -> str | None:
    """The number whose decimal sign is known; the other sign, blanks and apostrophes may group its thousands."""
    whole, _, places = text.partition(sign)
    if sign in text and not _BARE.fullmatch(places):
        return None
    left = _whole(whole) if whole else "0"
    return None if left is None else f"{left}.{places or 0}"


def _whole(text: str) -> str | None:
    if _BARE.fullmatch(text):
        return text
    return re.sub("[^0-9]", "", text) if _GROUPED.fullmatch(text) else None
