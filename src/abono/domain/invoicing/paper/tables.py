"""The three tables of the paper (lines, movements, annex) as columns, rows and running sums."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import accumulate
from typing import Any

from abono.domain.invoicing.paper import format as written
from abono.domain.invoicing.paper.sheet import AnnexRow, Line, Sheet, StatementEntry
from abono.domain.invoicing.paper.words import label

Tree = dict[str, Any]


def line_table(sheet: Sheet) -> Tree | None:
    """What the document is for. Columns that no line uses are left out."""
    if not sheet.lines:
        return None
    say = sheet.language
    lines = sheet.lines
    receipt = sheet.kind == "receipt"
    heading = sheet.lines_heading or label("receipt_lines" if receipt else "lines", say)
    columns = [
        ("name", label("item" if receipt else "product", say), [_line_words(line, say) for line in lines]),
        ("number", sheet.quantity_heading or label("quantity", say), [_quantity(line, say) for line in lines]),
        ("number", label("each", say), [_price(line, sheet) for line in lines]),
        ("number", label("tax", say), [line.tax_words for line in lines]),
        ("number", label("amount", say), [_money(line.amount_minor, sheet) for line in lines]),
    ]
    running = accumulate(line.amount_minor for line in lines)
    return _table(sheet, heading, columns, running, _totals(sheet))


def statement_table(sheet: Sheet) -> Tree | None:
    """The movements between an opening and a closing balance."""
    statement = sheet.statement
    if statement is None:
        return None
    say = sheet.language
    entries = (
        StatementEntry(statement.period_from, label("opening", say), statement.opening_minor),
        *statement.entries,
    )
    columns = [
        ("day", label("day", say), [written.short_day(entry.on, say) for entry in entries]),
        ("name", label("movement", say), [[entry.words, entry.detail] if entry.detail else [entry.words] for entry in entries]),
        ("number", label("charged", say), [_money_or_blank(entry.charged_minor, sheet) for entry in entries]),
        ("number", label("credited", say), [_money_or_blank(entry.paid_minor, sheet) for entry in entries]),
        ("number", label("balance", say), [_money(entry.balance_minor, sheet) for entry in entries]),
    ]
    day = written.short_day(statement.period_to - timedelta(days=1), say)
    totals = [_total("total", label("closing", say, day=day), statement.closing_minor, sheet)]
    running = (entry.balance_minor for entry in entries)
    return _table(sheet, label("movements", say), columns, running, totals)


def annex_table(sheet: Sheet) -> Tree | None:
    """Every location with its products, days and amount."""
    if sheet.annex is None:
        return None
    say = sheet.language
    rows = sheet.annex.rows
    columns = [
        ("name", label("location", say), [[row.location] for row in rows]),
        ("text", label("client", say), [row.client for row in rows]),
        ("text", label("products", say), [row.products for row in rows]),
        ("day", label("active", say), [_active(row, say) for row in rows]),
        ("number", label("days", say), [written.number(row.days, language=say) for row in rows]),
        ("number", label("amount", say), [_money(row.amount_minor, sheet) for row in rows]),
    ]
    amounts = [row.amount_minor for row in rows]
    totals = [_total("total", label("total_annex", say), sum(amounts), sheet)]
    return _table(sheet, "", columns, accumulate(amounts), totals)


def _table(
    sheet: Sheet,
    heading: str,
    columns: Iterable[tuple[str, str, Sequence[str | list[str]]]],
    running: Iterable[int],
    totals: list[Tree],
) -> Tree:
    used = [column for column in columns if column[0] == "name" or any(column[2])]
    return {
        "heading": heading,
        "columns": [
            {"kind": kind, "head": head, "widest": _widest(head, cells)} for kind, head, cells in used
        ],
        "rows": list(zip(*(cells for _, _, cells in used), strict=True)),
        "running": [_money(amount, sheet) for amount in running],
        "carried": label("carried", sheet.language),
        "totals": totals,
    }


def _widest(head: str, cells: Sequence[str | list[str]]) -> list[str]:
    """The head and the cell that asks for most room, so that the template measures two texts and not all."""
    texts = [cell if isinstance(cell, str) else cell[0] for cell in cells]
    return [head, max(texts, key=_room, default="")]


def _room(text: str) -> tuple[int, str]:
    narrow = sum(text.count(sign) for sign in ".,: \u00a0ijl")
    return 2 * len(text) - narrow, text


def _totals(sheet: Sheet) -> list[Tree]:
    """The sums below the lines; the last one is the total, set larger under a dark rule."""
    say = sheet.language
    sums = []
    if sheet.taxes:
        sums.append(_total("plain", label("net", say), sheet.net_minor, sheet))
    for tax in sheet.taxes:
        words = tax.words
        if tax.base_minor is not None:
            words = label("tax_on", say, tax=tax.words, base=_money(tax.base_minor, sheet))
        sums.append(_total("plain", words, tax.amount_minor, sheet))
    if sheet.kind == "credit_note":
        return [*sums, _total("total", label("total_credited", say), sheet.gross_minor, sheet)]
    if sheet.kind == "receipt":
        return [*sums, _total("total", label("total_received", say), sheet.gross_minor, sheet)]
    if sheet.paid:
        return [*sums, _total("total", label("total_paid", say), sheet.gross_minor, sheet)]
    if sheet.deductions:
        sums.append(_total("strong", label("total", say), sheet.gross_minor, sheet))
        sums.extend(_total("plain", taken.words, -taken.amount_minor, sheet) for taken in sheet.deductions)
    return [*sums, _total("total", label("total_due", say), sheet.due_minor, sheet)]


def _total(kind: str, words: str, minor: int, sheet: Sheet) -> Tree:
    return {"kind": kind, "words": words, "amount": _money(minor, sheet)}


def _line_words(line: Line, language: str) -> list[str]:
    words = [line.words, line.detail]
    if line.period_from and line.period_to:
        words.append(written.stretch(line.period_from, line.period_to, language))
    return [word for word in words if word]


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


def _money_or_blank(minor: int | None, sheet: Sheet) -> str:
    return "" if minor is None else _money(minor, sheet)


def _money(minor: int, sheet: Sheet) -> str:
    return written.money(minor, sheet.currency, language=sheet.language, home=sheet.home)
