"""The three tables of the paper (lines, movements, annex): what stands in them, column by column, and their sums."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from typing import Literal

from abono.domain.invoicing.paper import format as written
from abono.domain.invoicing.paper.sheet import AnnexRow, Line, Sheet, StatementEntry
from abono.domain.invoicing.paper.words import label

# A name shares the free room and is semibold, a text shares it; days and numbers take what they need.
ColumnKind = Literal["name", "text", "day", "number"]
SumKind = Literal["plain", "strong", "total"]
# A cell is a text and the smaller lines under it.
Cell = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its head and one cell per row."""

    kind: ColumnKind
    head: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Sum:
    """One line of the sums under a table; the total is larger and stands under a dark rule."""

    kind: SumKind
    words: str
    amount: str


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of equal length, the sum up to and with each row in minor units, and the sums at the end."""

    heading: str
    columns: list[Column]
    running: list[int]
    sums: list[Sum]


def money_of(sheet: Sheet, minor: int) -> str:
    """An amount of this document in words of its language."""
    return written.money(minor, sheet.currency, language=sheet.language, home=sheet.home)


def main_table(sheet: Sheet) -> Table | None:
    """The table of the document itself: its movements, or its lines."""
    if sheet.statement is not None:
        return _statement_table(sheet)
    return _line_table(sheet) if sheet.lines else None


def annex_table(sheet: Sheet) -> Table | None:
    """Every location with its products, days and amount."""
    if sheet.annex is None or not sheet.annex.rows:
        return None
    say = sheet.language
    rows = sheet.annex.rows
    amounts = [row.amount_minor for row in rows]
    columns = [
        Column("name", label("location", say), [(row.location,) for row in rows]),
        Column("text", label("client", say), [(row.client,) for row in rows]),
        Column("text", label("products", say), [(row.products,) for row in rows]),
        Column("day", label("active", say), [(_active(row, say),) for row in rows]),
        Column("number", label("days", say), [(written.number(row.days, language=say),) for row in rows]),
        Column("number", label("amount", say), [(money_of(sheet, amount),) for amount in amounts]),
    ]
    total = Sum("total", label("total_annex", say), money_of(sheet, sum(amounts)))
    return Table("", _used(columns), list(accumulate(amounts)), [total])


def _line_table(sheet: Sheet) -> Table:
    say = sheet.language
    lines = sheet.lines
    receipt = sheet.kind == "receipt"
    quantity = sheet.quantity_heading or label("quantity", say)
    columns = [
        Column("name", label("item" if receipt else "product", say), [_line_words(line, say) for line in lines]),
        Column("number", quantity, [(_quantity(line, say),) for line in lines]),
        Column("number", label("each", say), [(_price(line, sheet),) for line in lines]),
        Column("number", label("tax", say), [(line.tax_words,) for line in lines]),
        Column("number", label("amount", say), [(money_of(sheet, line.amount_minor),) for line in lines]),
    ]
    heading = sheet.lines_heading or label("receipt_lines" if receipt else "lines", say)
    running = list(accumulate(line.amount_minor for line in lines))
    return Table(heading, _used(columns), running, _sums(sheet))


def _statement_table(sheet: Sheet) -> Table | None:
    statement = sheet.statement
    if statement is None:
        return None
    say = sheet.language
    opening = StatementEntry(statement.period_from, label("opening", say), statement.opening_minor)
    entries = (opening, *statement.entries)
    columns = [
        Column("day", label("day", say), [(written.short_day(entry.on, say),) for entry in entries]),
        Column("name", label("movement", say), [_filled(entry.words, entry.detail) for entry in entries]),
        Column("number", label("charged", say), [_money_or_blank(sheet, entry.charged_minor) for entry in entries]),
        Column("number", label("credited", say), [_money_or_blank(sheet, entry.paid_minor) for entry in entries]),
        Column("number", label("balance", say), [(money_of(sheet, entry.balance_minor),) for entry in entries]),
    ]
    day = written.short_day(statement.period_to - timedelta(days=1), say)
    closing = Sum("total", label("closing", say, day=day), money_of(sheet, statement.closing_minor))
    return Table(label("movements", say), columns, [entry.balance_minor for entry in entries], [closing])


def _used(columns: list[Column]) -> list[Column]:
    """The columns in which something stands."""
    return [column for column in columns if column.kind == "name" or any(cell[0] for cell in column.cells)]


def _sums(sheet: Sheet) -> list[Sum]:
    say = sheet.language
    sums = [Sum("plain", label("net", say), money_of(sheet, sheet.net_minor))] if sheet.taxes else []
    for tax in sheet.taxes:
        words = tax.words
        if tax.base_minor is not None:
            words = label("tax_on", say, tax=tax.words, base=money_of(sheet, tax.base_minor))
        sums.append(Sum("plain", words, money_of(sheet, tax.amount_minor)))
    closed = {"credit_note": "total_credited", "receipt": "total_received"}.get(sheet.kind)
    if closed or sheet.paid:
        return [*sums, Sum("total", label(closed or "total_paid", say), money_of(sheet, sheet.gross_minor))]
    if sheet.deductions:
        sums.append(Sum("strong", label("total", say), money_of(sheet, sheet.gross_minor)))
        sums += [Sum("plain", taken.words, money_of(sheet, -taken.amount_minor)) for taken in sheet.deductions]
    return [*sums, Sum("total", label("total_due", say), money_of(sheet, sheet.due_minor))]


def _filled(*texts: str) -> Cell:
    """The first text and those of the others that say something."""
    return (texts[0], *filter(None, texts[1:]))


def _line_words(line: Line, language: str) -> Cell:
    period = ""
    if line.period_from and line.period_to:
        period = written.stretch(line.period_from, line.period_to, language)
    return _filled(line.words, line.detail, period)


def _quantity(line: Line, language: str) -> str:
    if line.quantity is None:
        return ""
    count = written.number(line.quantity, language=language)
    return f"{count}{written.NBSP}{line.unit}" if line.unit else count


def _price(line: Line, sheet: Sheet) -> str:
    if line.unit_price is None:
        return ""
    return written.unit_price(line.unit_price, sheet.currency, language=sheet.language, home=sheet.home)


def _active(row: AnnexRow, language: str) -> str:
    return written.stretch_without_year(row.active_from, row.active_to, language)


def _money_or_blank(sheet: Sheet, minor: int | None) -> Cell:
    return ("" if minor is None else money_of(sheet, minor),)
