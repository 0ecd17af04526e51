"""The parts that a document is made of, each with its height, in reading order. Heights are never too small."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from abono.domain.invoicing.paper import format as written
from abono.domain.invoicing.paper import geometry as g
from abono.domain.invoicing.paper.metrics import set_in, width_of
from abono.domain.invoicing.paper.sheet import ASKING, Party, Sheet, Slip
from abono.domain.invoicing.paper.tables import money_of
from abono.domain.invoicing.paper.words import label, name_of

Tree = dict[str, Any]

# A paragraph longer than this is cut, so that it can go over to the next page.
_PIECE = 30


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to draw: what the template is told, the room above it and its own height."""

    tree: Tree
    above: int
    height: int


def opening(sheet: Sheet, *, inner: int) -> list[Part]:
    """What the amount is and when, or the headline of a letter."""
    if sheet.kind == "letter":
        title = set_in(name_of(sheet), g.HEADLINE, inner)
        tree = {"is": "headline", "text": title.text}
        return [Part(tree, 0, g.text_height(title.lines, g.HEADLINE))]
    lead = {"is": "lead", **_lead(sheet), "amount": _amount(sheet)}
    parts = [Part(lead, 0, g.LEAD + 7 * g.PT + g.AMOUNT)]
    for row in _summary(sheet):
        text = set_in(row, g.SUMMARY, inner)
        height = g.text_height(text.lines, g.SUMMARY)
        parts.append(Part({"is": "summary", "text": text.text}, g.LEADING, height))
    return parts


def section(heading: str, air: g.Air) -> Part:
    """A dark rule with a heading in the margin; what follows stands beside the heading."""
    text = set_in(heading, g.BODY, g.MARGIN_COLUMN - 12 * g.PT).text
    return Part({"is": "section", "text": text}, air.section, g.RULE_TO_ROWS)


def parties(sheet: Sheet, *, inner: int, page: int) -> list[Part]:
    """Both sides beside each other; one below the other where they are taller than a page."""
    count = max(2, len(sheet.parties))
    width = (inner - g.MARGIN_COLUMN - (count - 1) * g.COLUMN_GAP) // count
    columns, tallest = [], 0
    for party in sheet.parties:
        name = set_in(party.name, g.BODY, width)
        rows = [set_in(row, g.BODY, width) for row in party.rows if row]
        role = party.label or _role(party, sheet)
        height = (g.SMALL + g.LEADING if role else 0) + g.text_height(name.lines, g.BODY)
        height += sum(g.LEADING + g.text_height(row.lines, g.BODY) for row in rows)
        tallest = max(tallest, height)
        columns.append({"label": role, "name": name.text, "rows": [row.text for row in rows]})
    if tallest <= page:
        return [Part({"is": "parties", "columns": columns, "width": width}, 0, tallest)] if columns else []
    texts = [text for party in sheet.parties for text in (party.label or _role(party, sheet), party.name, *party.rows)]
    return paragraphs([text for text in texts if text], inner=inner)


def facts(sheet: Sheet, *, inner: int) -> list[Part]:
    """References and labelled details, one row each."""
    rows = [*_references(sheet), *((fact.label, fact.text) for fact in sheet.facts)]
    if not rows:
        return []
    width = inner - g.MARGIN_COLUMN
    names = min(width // 2, max(width_of(name, g.BODY) for name, _ in rows))
    parts: list[Part] = []
    for name, value in rows:
        left, right = set_in(name, g.BODY, names), set_in(value, g.BODY, width - names - g.FACT_GAP)
        tree = {"is": "fact", "name": left.text, "text": right.text, "width": names}
        height = g.text_height(max(left.lines, right.lines), g.BODY)
        parts.append(Part(tree, g.LEADING if parts else 0, height))
    return parts


def paragraphs(texts: tuple[str, ...] | list[str], *, inner: int) -> list[Part]:
    """Running text beside the margin; a very long paragraph in pieces."""
    width = inner - g.MARGIN_COLUMN
    parts: list[Part] = []
    for text in texts:
        above = g.PARAGRAPH if parts else 0
        for piece in _pieces(text, width):
            done = set_in(piece, g.BODY, width)
            tree = {"is": "paragraph", "text": done.text}
            parts.append(Part(tree, above, g.text_height(done.lines, g.BODY)))
            above = g.LEADING
    return parts


def slip(sheet: Sheet, *, inner: int) -> Part | None:
    """How to pay: address, reference, sum. The height is of the words alone."""
    owed = sheet.statement.closing_minor if sheet.statement else sheet.due_minor
    if sheet.slip is None or sheet.paid or owed <= 0:
        return None
    day = written.short_day(sheet.due_on, sheet.language) if sheet.due_on else ""
    due = label("due_short", sheet.language, day=day) if day else label("due_plain", sheet.language)
    amount = money_of(sheet, owed)
    right = min(inner // 3, max(width_of(due, g.SMALL), width_of(amount, g.SLIP_AMOUNT)))
    rest = inner - right - 2 * g.SLIP_GAP
    second = min(rest // 2, max(120 * g.PT, _transfer_wish(sheet.slip, sheet.language)))
    widths = [rest - second, second, right]
    online, online_height = _online(sheet.slip, sheet.language, widths[0])
    transfer, transfer_height = _transfer(sheet.slip, sheet.language, widths[1])
    due_set = set_in(due, g.SMALL, right)
    due_height = g.text_height(due_set.lines, g.SMALL) + g.LEADING + g.SLIP_AMOUNT
    tree = {
        "is": "slip",
        "widths": widths,
        "online": online,
        "transfer": transfer,
        "due": {"label": due_set.text, "amount": amount},
    }
    return Part(tree, 0, max(online_height, transfer_height, due_height))


def _lead(sheet: Sheet) -> Tree:
    """A few words and a day with its weekday, which the template sets in semibold."""
    key, day = "issued_on", sheet.issued_on
    if sheet.statement:
        owed = sheet.statement.closing_minor
        key = "owed_on" if owed > 0 else "in_favor_on" if owed < 0 else "even_on"
        day = sheet.statement.period_to - timedelta(days=1)
    elif sheet.kind == "credit_note":
        key = "credited_on"
    elif sheet.kind == "receipt":
        key, day = "received_on", sheet.paid.on if sheet.paid else sheet.issued_on
    elif sheet.paid:
        key, day = "paid_on", sheet.paid.on
    elif sheet.kind in ASKING and sheet.due_minor <= 0:
        return {"words": label("nothing_due", sheet.language), "day": ""}
    elif sheet.due_on:
        key, day = "due_on", sheet.due_on
    return {"words": label(key, sheet.language), "day": written.weekday_and_day(day, sheet.language)}


def _amount(sheet: Sheet) -> Tree:
    if sheet.statement:
        minor = abs(sheet.statement.closing_minor)
    else:
        minor = sheet.due_minor if sheet.kind in ASKING and not sheet.paid else sheet.gross_minor
    parts = written.money_parts(minor, sheet.currency, language=sheet.language, home=sheet.home)
    return {
        "before": parts.before.rstrip(written.NBSP),
        "whole": parts.whole,
        "after": f"{parts.fraction}{parts.after}",
    }


def _summary(sheet: Sheet) -> Iterator[str]:
    """What the amount is for, and how it was paid."""
    if sheet.summary:
        yield sheet.summary
    elif sheet.statement:
        yield written.stretch(sheet.statement.period_from, sheet.statement.period_to, sheet.language)
    if sheet.paid and sheet.paid.means:
        yield sheet.paid.means


def _role(party: Party, sheet: Sheet) -> str:
    if sheet.kind == "letter":
        return ""
    return label("payer" if sheet.kind == "receipt" and party.role == "customer" else party.role, sheet.language)


def _references(sheet: Sheet) -> Iterator[tuple[str, str]]:
    for reference in sheet.references:
        document = f"{reference.title} {reference.number}"
        if reference.issued_on:
            day = written.short_day(reference.issued_on, sheet.language)
            document = label("reference_day", sheet.language, document=document, day=day)
        yield label(reference.link, sheet.language), document


def _pieces(text: str, width: int) -> Iterator[str]:
    """The text itself, or if it is very long, pieces of it at spaces."""
    if width_of(text, g.BODY) <= width * (_PIECE - 4):
        yield text
        return
    most = width * _PIECE // (g.BODY * 2)
    rest = text
    while len(rest) > most:
        cut = rest.rfind(" ", most // 2, most)
        cut = most if cut < 0 else cut
        yield rest[:cut]
        rest = rest[cut:].lstrip(" ")
    if rest:
        yield rest


def _online(slip: Slip, language: str, width: int) -> tuple[Tree | None, int]:
    if not slip.pay_url:
        return None, 0
    shown = set_in(slip.pay_url.partition("://")[2], g.SLIP, width)
    note = set_in(label("pay_online_note", language), g.SMALL, width)
    height = g.SMALL + 2 * g.LEADING + g.text_height(shown.lines, g.SLIP) + g.text_height(note.lines, g.SMALL)
    name = label("pay_online", language)
    return {"label": name, "url": slip.pay_url, "text": shown.text, "rows": [note.text]}, height


def _transfer_wish(slip: Slip, language: str) -> int:
    texts = [label("transfer", language), *_transfer_rows(slip, language)]
    return max(width_of(slip.reference, g.SLIP), *(width_of(text, g.SMALL) for text in texts))


def _transfer_rows(slip: Slip, language: str) -> list[str]:
    rows = [label("payable_to", language, name=slip.payable_to)] if slip.payable_to else []
    return [*rows, *(row for row in slip.account_rows if row)]


def _transfer(slip: Slip, language: str, width: int) -> tuple[Tree | None, int]:
    rows = _transfer_rows(slip, language)
    if not slip.reference and not rows:
        return None, 0
    name = set_in(label("transfer", language), g.SMALL, width)
    reference = set_in(slip.reference, g.SLIP, width)
    done = [set_in(row, g.SMALL, width) for row in rows]
    height = g.text_height(name.lines, g.SMALL) + g.LEADING + g.text_height(reference.lines, g.SLIP)
    height += sum(g.LEADING + g.text_height(row.lines, g.SMALL) for row in done)
    return {"label": name.text, "url": "", "text": reference.text, "rows": [row.text for row in done]}, height
