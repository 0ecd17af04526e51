"""How a table stands on paper: widths of its columns, heights of its rows, and which rows go on which page."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from abono.domain.invoicing.paper import geometry as g
from abono.domain.invoicing.paper.metrics import set_in, width_of
from abono.domain.invoicing.paper.tables import Column, Sum, Table

Tree = dict[str, Any]

_FITTING = frozenset({"day", "number"})
_WIDE, _NARROW, _AFTER_TEXT = 22 * g.PT, 14 * g.PT, 9 * g.PT
# The widest that a number column may ask for; a longer text in it is broken.
_MOST = 150 * g.PT


@dataclass(frozen=True, slots=True)
class SetTable:
    """A table with its geometry: ready to be cut into pages. Heights are of whole rows, air included."""

    indent: int
    width: int
    head: Tree
    rows: list[list[list[str]]]
    heights: list[int]
    head_height: int
    carried_height: int
    sums: Tree
    sums_height: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows `[first, last)` of a table on one page; after the last ones come the sums, else the sum carried on."""

    first: int
    last: int
    fresh_page: bool
    ends: bool


def set_table(table: Table, *, inner: int, full: bool, air: g.Air) -> SetTable:
    """Give the table its geometry within `inner`; `full` takes the margin column from the beginning."""
    fitting = [_asked(column) if column.kind in _FITTING else None for column in table.columns]
    gap, indent = _gap_and_indent(fitting, inner=inner, full=full)
    width = inner - indent
    widths = _widths(table.columns, fitting, gap=gap, width=width)
    set_columns = [
        _set_column(column, room) for column, room in zip(table.columns, _rooms(table.columns, widths, gap), strict=True)
    ]
    heights = [max(tall) + 2 * air.row for tall in zip(*(tall for _, tall in set_columns), strict=True)]
    sums, sums_height = _set_sums(table.sums, width=width, air=air)
    return SetTable(
        indent=indent,
        width=width,
        head={
            "widths": widths,
            "gap": gap,
            "kinds": [column.kind for column in table.columns],
            "heads": [column.head for column in table.columns],
        },
        rows=[list(row) for row in zip(*(cells for cells, _ in set_columns), strict=True)],
        heights=heights,
        head_height=g.SMALL + air.row,
        carried_height=g.BODY + 2 * air.row,
        sums=sums,
        sums_height=sums_height,
    )


def chunks(table: SetTable, *, room: int, page: int) -> Iterator[Chunk]:
    """Cut the rows into pages: `room` is left on the current one, `page` is a whole one. Sums never stand without a row."""
    count = len(table.rows)
    first, fresh = 0, False
    while first < count:
        used, last = table.head_height, first
        while last < count:
            closing = table.sums_height if last == count - 1 else table.carried_height
            if used + table.heights[last] + closing > room:
                break
            used += table.heights[last]
            last += 1
        if last == first and not fresh:
            room, fresh = page, True
            continue
        last = max(last, first + 1)
        yield Chunk(first, last, fresh, last == count)
        first, room, fresh = last, page, True


def _asked(column: Column) -> int:
    """The width of the widest text of a column that fits its text."""
    cells = max((width_of(text, g.BODY) for text in {cell[0] for cell in column.cells}), default=0)
    return min(_MOST, max(width_of(column.head, g.SMALL), cells))


def _gap_and_indent(fitting: list[int | None], *, inner: int, full: bool) -> tuple[int, int]:
    """Where numbers leave too little for names, they stand closer, or the table takes the margin column too."""
    beside = inner - g.MARGIN_COLUMN
    numbers = [width for width in fitting if width is not None]

    def taken(gap: int) -> int:
        return sum(numbers) + gap * len(numbers)

    gap = _WIDE if taken(_WIDE) * 10 <= beside * 6 else _NARROW
    if full or taken(gap) * 100 > beside * 66:
        return gap, 0
    return gap, g.MARGIN_COLUMN


def _widths(columns: list[Column], fitting: list[int | None], *, gap: int, width: int) -> list[int]:
    """Fitting columns get their text and a gap, the others share the rest by what they ask for."""
    weights = [0 if asked is not None else min(240, max(70, _wish(column))) for column, asked in zip(columns, fitting, strict=True)]
    rest = width - sum(asked + gap for asked in fitting if asked is not None)
    whole = sum(weights)
    return [
        asked + gap if asked is not None else rest * weight // whole
        for asked, weight in zip(fitting, weights, strict=True)
    ]


def _wish(column: Column) -> int:
    """What a column would like, in points."""
    texts = {text for cell in column.cells[:500] for text in cell} | {column.head}
    return max(width_of(text, g.BODY) for text in texts) // g.PT


def _rooms(columns: list[Column], widths: list[int], gap: int) -> list[int]:
    """What is left for text in each column."""
    last = len(columns) - 1
    return [
        width - (gap if column.kind in _FITTING else _AFTER_TEXT if index < last else 0)
        for index, (column, width) in enumerate(zip(columns, widths, strict=True))
    ]


def _set_column(column: Column, room: int) -> tuple[list[list[str]], list[int]]:
    cells, heights = [], []
    for cell in column.cells:
        texts, height = [], 0
        for index, text in enumerate(cell):
            size = g.SMALL if index else g.BODY
            piece = set_in(text, size, room)
            texts.append(piece.text)
            height += g.text_height(piece.lines, size) + (g.LEADING if index else 0)
        cells.append(texts)
        heights.append(height)
    return cells, heights


def _set_sums(sums: list[Sum], *, width: int, air: g.Air) -> tuple[Tree, int]:
    """The sums at the right; as wide as drawn, or wider for a long name of a tax."""
    asked = [width_of(each.words, _size(each)) + g.TOTAL_GAP + width_of(each.amount, _size(each)) for each in sums]
    block = min(width, max(188 * g.PT, min(max(asked), 255 * g.PT)))
    above = 0 if len(sums) == 1 else g.LEADING
    rows, height = [], above
    for each in sums:
        words = set_in(each.words, _size(each), block - g.TOTAL_GAP - width_of(each.amount, _size(each)))
        more = 2 * g.PT if each.kind == "total" else 0
        height += g.text_height(words.lines, _size(each)) + 2 * (air.sum + more)
        rows.append({"kind": each.kind, "words": words.text, "amount": each.amount, "air": air.sum + more})
    return {"is": "sums", "above": above, "width": block, "rows": rows}, height


def _size(each: Sum) -> int:
    return g.TOTAL if each.kind == "total" else g.BODY
