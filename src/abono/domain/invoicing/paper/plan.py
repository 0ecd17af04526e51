"""From a `Sheet` to finished pages: which part stands where, with page numbers, heads, feet and sums carried over.

The plan is made here and not by the template, in exact lengths that are never too small. So every page knows its number
and its sums in one pass, ten thousand lines cost ten thousand rows, and the rules about pages are tested without a PDF.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from abono.domain.invoicing.paper import format as written
from abono.domain.invoicing.paper import geometry as g
from abono.domain.invoicing.paper.literal import made_literal
from abono.domain.invoicing.paper.metrics import set_in, width_of
from abono.domain.invoicing.paper.parts import Part, facts, opening, paragraphs, parties, section, slip
from abono.domain.invoicing.paper.sheet import Sheet
from abono.domain.invoicing.paper.tables import Table, annex_table, main_table, money_of
from abono.domain.invoicing.paper.tableset import SetTable, chunks, least_height, set_table
from abono.domain.invoicing.paper.words import label, name_of, title_of, within_sentence

Tree = dict[str, Any]

# From so many rows on a table stands close.
_LONG = 60
# From the rule of a section to what stands below its heading instead of beside it.
_BELOW_HEADING = g.BODY + 12 * g.PT


@dataclass(slots=True)
class Page:
    """A page being filled."""

    annex: bool = False
    used: int = 0
    parts: list[Tree] = field(default_factory=list)


@dataclass(slots=True)
class Pages:
    """Pages being filled from the top, each with `room` for its parts."""

    room: int
    done: list[Page] = field(default_factory=lambda: [Page()])

    @property
    def left(self) -> int:
        """The room below what already stands on the last page."""
        return self.room - self.done[-1].used

    def turn(self, *, annex: bool = False) -> None:
        """Begin a new page."""
        self.done.append(Page(annex=annex))

    def put(self, part: Part) -> None:
        """Set a part on the page; at the top of a page nothing is left free above it."""
        page = self.done[-1]
        above = part.above if page.parts else 0
        page.parts.append(part.tree | {"above": above})
        page.used += above + part.height

    def flow(self, parts: list[Part], *, head: Part | None = None) -> None:
        """Set parts one after the other, turning pages; `head` stays with the first of them."""
        for index, part in enumerate(parts):
            with_head = head if index == 0 else None
            needed = part.above + part.height + (with_head.above + with_head.height if with_head else 0)
            if needed > self.left and self.done[-1].parts:
                self.turn()
            if with_head:
                self.put(with_head)
            self.put(part)


def planned(raw: Sheet) -> Tree:
    """The template's input for one document."""
    sheet = made_literal(replace(raw, body=_split(raw.body), notes=_split(raw.notes)))
    paper = g.PAPERS[sheet.paper]
    inner = paper[0] - 2 * g.SIDE
    heads = _heads(sheet, inner)
    foot = _foot(sheet, inner)
    room = paper[1] - heads["top"] - foot["room"]
    pages = _main_pages(sheet, inner=inner, room=room)
    annex = annex_table(sheet)
    if annex:
        air = g.CLOSE if len(annex.running) > _LONG else g.AIRY
        pages.turn(annex=True)
        _put_table(pages, set_table(annex, inner=inner, full=True, air=air), annex, sheet)
    return {
        "language": sheet.language,
        "paper": list(paper),
        "top": heads["top"],
        "bottom": foot["room"],
        "foot": {"width": foot["width"], "name": foot["name"]},
        "name": name_of(sheet),
        "issued": [sheet.issued_on.year, sheet.issued_on.month, sheet.issued_on.day],
        "watermark": sheet.watermark or (label("watermark", sheet.language) if sheet.kind == "sample" else ""),
        "brand": heads["brand"],
        "mark": {"letter": sheet.mark.letter, "legend": heads["legend"]} if sheet.mark else None,
        "pages": [_finished(page, index, len(pages.done), sheet, heads, foot) for index, page in enumerate(pages.done)],
    }


def _split(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Running text by paragraphs: a new line begins one."""
    return tuple(line for text in texts for line in text.splitlines() if line.strip())


def _main_pages(sheet: Sheet, *, inner: int, room: int) -> Pages:
    """The document without its annex: on one page if it can be, with the slip torn off below if that fits too."""
    table = main_table(sheet)
    pay = slip(sheet, inner=inner)
    torn = pay.height + g.SLIP_CLEAR + g.SLIP_ABOVE + g.SLIP_BELOW if pay else 0
    long = table is not None and len(table.running) > _LONG
    tried = []
    for air in (g.CLOSE,) if long else (g.AIRY, g.CLOSE):
        pages = _filled(sheet, table, air, inner=inner, room=room)
        if len(pages.done) == 1 and pages.left >= torn:
            if pay:
                pages.put(Part(pay.tree | {"torn": True}, 0, 0))
            return pages
        if pay:
            flat = Part(pay.tree | {"torn": False}, _BELOW_HEADING, pay.height)
            pages.flow([flat], head=section(label("payment", sheet.language), air))
        tried.append(pages)
    return min(tried, key=lambda pages: len(pages.done))


def _filled(sheet: Sheet, table: Table | None, air: g.Air, *, inner: int, room: int) -> Pages:
    pages = Pages(room)
    pages.flow(opening(sheet, inner=inner))
    letter = sheet.kind == "letter"
    sides = parties(sheet, inner=inner, page=room * 2 // 3)
    pages.flow(sides, head=section(label("recipient" if letter else "parties", sheet.language), air))
    pages.flow(facts(sheet, inner=inner), head=section(label("facts", sheet.language), air))
    body = paragraphs(sheet.body, inner=inner)
    pages.flow(body, head=Part({"is": "space"}, air.section, 0))
    if table:
        _put_table(
            pages, set_table(table, inner=inner, full=False, air=air), table, sheet, head=section(table.heading, air)
        )
    notes = paragraphs(sheet.notes, inner=inner)
    pages.flow(notes, head=section(label("notes", sheet.language), air))
    return pages


def _put_table(pages: Pages, done: SetTable, table: Table, sheet: Sheet, head: Part | None = None) -> None:
    """Set a table over as many pages as it needs, its head repeated, its sums carried."""
    # A table that takes the margin column stands below the section's heading instead of beside it.
    below = Part({"is": "space"}, _BELOW_HEADING, 0)
    before = [] if head is None else [head] if done.indent else [head, below]
    if least_height(done) + sum(part.above + part.height for part in before) > pages.left and pages.done[-1].parts:
        pages.turn(annex=pages.done[-1].annex)
    for part in before:
        pages.put(part)
    for chunk in chunks(done, room=pages.left, page=pages.room):
        if chunk.first:
            pages.turn(annex=pages.done[-1].annex)
        pages.put(_chunk_part(done, chunk.first, chunk.last))
        if chunk.ends:
            pages.put(Part(done.sums, done.sums_above, done.sums_height))
        else:
            words = label("carried", sheet.language, page=str(len(pages.done) + 1))
            amount = money_of(sheet, table.running[chunk.last - 1])
            tree = {"is": "carried", "indent": done.indent, "words": words, "amount": amount, "air": done.air.row}
            pages.put(Part(tree, 0, done.carried_height))


def _chunk_part(done: SetTable, first: int, last: int) -> Part:
    heights = [done.head_height, *done.heights[first:last]]
    tree = {
        "is": "table",
        "indent": done.indent,
        "air": done.air.row,
        "rows": done.rows[first:last],
        "heights": heights,
    }
    return Part(done.head | tree, 0, sum(heights))


def _heads(sheet: Sheet, inner: int) -> Tree:
    """The texts of the masthead, set in their columns, and how far down the page begins."""
    gap = 18 * g.PT if sheet.mark is None else 42 * g.PT + 12 * g.PT
    right = (inner - gap) * 14 // 24 if sheet.mark is None else (inner - gap) // 2
    left = inner - gap - right
    brand = set_in(sheet.brand.name, g.TITLE, left - 33 * g.PT)
    legend = set_in(sheet.mark.legend if sheet.mark else "", g.SMALL, right)
    day = written.long_day(sheet.issued_on, sheet.language)
    letter = sheet.kind == "letter"
    title = _title(day if letter else title_of(sheet), "" if letter else sheet.number or "", right)
    second = set_in("" if letter else label("issued", sheet.language, day=day), g.SMALL, right)
    annex_words = label("annex", sheet.language, document=within_sentence(title_of(sheet)))
    annex = _title(annex_words, sheet.number or "", right)
    heading = (sheet.annex.heading if sheet.annex else "") or label("annex_heading", sheet.language)
    under_annex = set_in(heading, g.SMALL, right)
    titles = max(title["lines"], annex["lines"] if sheet.annex else 0)
    small = legend.lines * bool(legend.text) + max(second.lines, under_annex.lines if sheet.annex else 0) + 1
    words = g.text_height(titles, g.TITLE) + small * (g.SMALL + g.LEADING) + 2 * g.PT
    tall = max(words, g.text_height(brand.lines, g.TITLE), 30 * g.PT)
    return {
        "top": g.HEAD_AT + tall + g.HEAD_GAP,
        "brand": {
            "name": brand.text,
            "initial": sheet.brand.name[:1].upper(),
            "logo": sheet.brand.logo_svg is not None,
            "width": left,
        },
        "legend": legend.text,
        "main": title | {"second": second.text},
        "annex": annex | {"second": under_annex.text},
    }


def _title(words: str, number: str, width: int) -> Tree:
    """Title and number; the number is never broken, so it may take a line of its own."""
    done = set_in(words, g.TITLE, width)
    beside = width_of(f"{words} {number}", g.TITLE) <= width or not number
    return {"title": done.text, "document": number, "lines": done.lines + (not beside)}


def _foot(sheet: Sheet, inner: int) -> Tree:
    """The texts of the foot, set in their columns, and the height kept free for them."""
    title = name_of(sheet)
    width = inner - 24 * g.PT - min(inner * 2 // 5, width_of(title, g.FOOT))
    note = sheet.annex.note if sheet.annex else ""
    left, annex = set_in(sheet.issuer_line, g.FOOT, width), set_in(note or sheet.issuer_line, g.FOOT, width)
    name = set_in(title, g.FOOT, inner - 24 * g.PT - width)
    tall = g.text_height(max(left.lines, annex.lines, name.lines), g.FOOT)
    room = g.FOOT_AT + tall + g.FOOT_GAP
    return {"room": room, "width": width, "main": left.text, "annex": annex.text, "name": name.text}


def _finished(page: Page, index: int, count: int, sheet: Sheet, heads: Tree, foot: Tree) -> Tree:
    which = "annex" if page.annex else "main"
    return {
        "title": heads[which]["title"],
        "document": heads[which]["document"],
        "second": heads[which]["second"],
        "number": label("page", sheet.language, page=str(index + 1), pages=str(count)),
        "foot": foot[which],
        "parts": page.parts,
    }
