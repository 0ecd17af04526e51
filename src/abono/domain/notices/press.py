"""A message as a letter: one page or more as PDF, the address where the window of an envelope is."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

import typst

from abono.base.kernel.refusal import Refused
from abono.domain.invoicing.paper.format import long_day
from abono.domain.notices.texts import COLUMNS

_TEMPLATES = Path(__file__).parent / "templates"
# Tenths of a millimetre. A4: DIN 5008 form B, address field 85 x 45 mm, 45 mm below the edge, text 25 mm from the left.
# Letter, folded in three in a No. 10 envelope (4 1/8 inch high): its window, 1 1/8 inch high, 7/8 inch from the left
# and 1/2 inch from the bottom, shows what stands 2 1/2 to 3 5/8 inch below the sheet's edge.
_PAPERS = {"a4": (2100, 2970), "letter": (2159, 2794)}
_WINDOWS = {
    "a4": {"top": 450, "left": 250, "width": 800, "height": 450},
    "letter": {"top": 640, "left": 254, "width": 1000, "height": 280},
}
_FACT = re.compile(r" {2}(\S.*?:) {2,}(\S.*)")


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says: `address` are the rows in the window, `body` the message as plain text."""

    seller: str
    sender: str
    foot: str
    address: Sequence[str]
    subject: str
    body: str
    language: str
    paper: str
    on: date


def letter_pdf(letter: Letter) -> bytes:
    """The letter as PDF bytes. Refuses one that cannot be printed."""
    said = {
        "seller": letter.seller,
        "sender": letter.sender,
        "foot": letter.foot,
        "address": list(letter.address),
        "subject": letter.subject,
        "day": long_day(letter.on, letter.language),
        "language": letter.language,
        "paper": _PAPERS[letter.paper],
        "window": _WINDOWS[letter.paper],
        "parts": parts_of(letter.body),
    }
    try:
        pdf = _press().compile(
            input=_TEMPLATES / "letter.typ",
            format="pdf",
            sys_inputs={"letter": json.dumps(said, ensure_ascii=False)},
            timestamp=datetime(letter.on.year, letter.on.month, letter.on.day, tzinfo=UTC),
        )
    except typst.TypstError as why:
        raise Refused("notices.unprintable", f"The letter cannot be printed: {why.message}.") from None
    assert isinstance(pdf, bytes)
    return pdf


def parts_of(body: str) -> list[Mapping[str, object]]:
    """The paragraphs of a plain text: running text with its line breaks undone, facts in two columns, or lines."""
    return [_part(_joined(one.split("\n"))) for one in body.strip("\n").split("\n\n")]


def _joined(lines: list[str]) -> list[str]:
    """Lines that were broken only because a word would not fit, made one again."""
    whole: list[str] = []
    last = 0
    for line in lines:
        word = line.split(" ", 1)[0] or line.strip().split(" ", 1)[0]
        if whole and not _FACT.fullmatch(line) and last + 1 + len(word) > COLUMNS:
            whole[-1] += " " + line.strip()
        else:
            whole.append(line)
        last = len(line)
    return whole


def _part(lines: list[str]) -> Mapping[str, object]:
    facts = [_FACT.fullmatch(line) for line in lines]
    if all(facts):
        return {"is": "rows", "rows": [[one[1], one[2]] for one in facts if one]}
    if len(lines) == 1 and not lines[0].startswith(" "):
        return {"is": "text", "text": lines[0]}
    shown = [{"indent": (len(line) - len(line.lstrip())) // 2, "text": line.strip()} for line in lines]
    return {"is": "lines", "lines": shown}


@cache
def _press() -> typst.Compiler:
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[str(files("fontpkg_inter") / "files")],
    )
    return typst.Compiler(root=_TEMPLATES, font_paths=fonts)
