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
    air: g.Air
    head: Tree
    rows: list[list[list[str]]]
    heights: list[int]
    head_height: int
    carried_height: int
    sums: Tree
    sums_above: int
    sums_height: int

    def closing_height(self, last: bool) -> int:
        """The room that must be left below a row: for the sums if it is the last one, else for the sum carried."""
        return self.sums_above + self.sums_height if last else self.carried_height


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows `[first, last)` of a table on one page; after the last ones come the sums, else the sum carried on."""

    first: int
    last: int
    ends: bool


def set_table(table: Table, *, inner: int, full: bool, air: g.Air) -> SetTable:
    """Give the table its geometry within `inner`; `full` takes the margin column from the beginning."""
    fitting = [_asked(column) if column.kind in _FITTING else None for column in table.columns]
    gap, indent = _gap_and_indent(fitting, inner=inner, full=full)
    width = inner - indent
    widths = _widths(table.columns, fitting, gap=gap, width=width)
    set_columns = [
        _set_column(column, room)
        for column, room in zip(table.columns, _rooms(table.columns, widths, gap), strict=True)
    ]
    heights = [max(tall) + 2 * air.row for tall in zip(*(tall for _, tall in set_columns), strict=True)]
    sums, sums_height = _set_sums(table.sums, width=width, air=air)
    return SetTable(
        indent=indent,
        air=air,
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
        # A lone total draws its dark rule over the last row's pale one.
        sums_above=g.LEADING if len(table.sums) > 1 else 0,
        sums_height=sums_height,
    )


def least_height(table: SetTable) -> int:
    """The room that the head and the first row need, with what must follow them."""
    return table.head_height + table.heights[0] + table.closing_height(len(table.rows) == 1)


def chunks(table: SetTable, *, room: int, page: int) -> Iterator[Chunk]:
    """Cut the rows into pages: `room` is left on the current one, `page` is whole. Sums never stand without a row."""
    count = len(table.rows)
    first = 0
    while first < count:
        used, last = table.head_height, first
        while last < count:
            if used + table.heights[last] + table.closing_height(last == count - 1) > room:
                break
            used += table.heights[last]
            last += 1
        last = max(last, first + 1)
        yield Chunk(first, last, last == count)
        first, room = last, page


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

    gap = _WIDE if not full and taken(_WIDE) * 10 <= beside * 6 else _NARROW
    if full or taken(gap) * 100 > beside * 66:
        return gap, 0
    return gap, g.MARGIN_COLUMN


def _widths(columns: list[Column], fitting: list[int | None], *, gap: int, width: int) -> list[int]:
    """Fitting columns get their text and a gap. The others share the rest: each what it asks for if that is enough for
    all, else the widest give way; what is over is shared evenly."""
    rest = width - sum(asked + gap for asked in fitting if asked is not None)
    wishes = [_wish(column) + _AFTER_TEXT for column, asked in zip(columns, fitting, strict=True) if asked is None]
    level = _level(wishes, rest)
    spare = max(0, rest - sum(wishes)) // len(wishes)
    shares = iter([min(wish, level) + spare for wish in wishes])
    return [asked + gap if asked is not None else next(shares) for asked in fitting]


def _level(wishes: list[int], rest: int) -> int:
    """The width beyond which columns give way, so that together they have no more than `rest`."""
    left, level = rest, 0
    ordered = sorted(wishes)
    for index, wish in enumerate(ordered):
        level = left // (len(ordered) - index)
        if wish > level:
            return level
        left -= wish
    return max(level, ordered[-1])


def _wish(column: Column) -> int:
    texts = {text for cell in column.cells[:500] for text in cell} | {column.head}
    return max(width_of(text, g.BODY) for text in texts)


def _rooms(columns: list[Column], widths: list[int], gap: int) -> list[int]:
    """What is left for text in each column."""
    after = [gap if column.kind in _FITTING else _after(columns, index) for index, column in enumerate(columns)]
    return [width - free for width, free in zip(widths, after, strict=True)]


def _after(columns: list[Column], index: int) -> int:
    """Names and texts keep clear of a text beside them; days and numbers bring their own gap."""
    beside = columns[index + 1 : index + 2]
    return _AFTER_TEXT if beside and beside[0].kind not in _FITTING else 0


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
    rows, height = [], 0
    for each in sums:
        room = block - g.TOTAL_GAP - width_of(each.amount, _size(each))
        words = set_in(each.words, _size(each), room)
        around = air.sum + (2 * g.PT if each.kind == "total" else 0)
        height += g.text_height(words.lines, _size(each)) + 2 * around
        rows.append({"kind": each.kind, "words": words.text, "room": room, "amount": each.amount, "air": around})
    return {"is": "sums", "width": block, "rows": rows}, height


def _size(each: Sum) -> int:
    return g.TOTAL if each.kind == "total" else g.BODY
