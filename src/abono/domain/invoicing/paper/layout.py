"""From a `Sheet` to the plain tree that the template draws: every text final, every amount formatted.

The template knows no language, no currency and no kind of document; it only places what stands here.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from abono.domain.invoicing.paper import format as written
from abono.domain.invoicing.paper.sheet import ASKING, Party, Sheet, Slip
from abono.domain.invoicing.paper.tables import annex_table, line_table, statement_table
from abono.domain.invoicing.paper.words import label, name_of, within_sentence

Tree = dict[str, Any]


def laid_out(sheet: Sheet) -> Tree:
    """The template's input for one document. Texts are still raw: `literal_all` comes after."""
    return {
        "language": sheet.language,
        "paper": {"a4": "a4", "letter": "us-letter"}[sheet.paper],
        "name": name_of(sheet),
        "issued": [sheet.issued_on.year, sheet.issued_on.month, sheet.issued_on.day],
        "watermark": sheet.watermark or (label("watermark", sheet.language) if sheet.kind == "sample" else ""),
        "brand": _brand(sheet),
        "headline": name_of(sheet) if sheet.kind == "letter" else "",
        "head": _head(sheet),
        "foot": {"left": sheet.issuer_line, "annex": sheet.annex.note if sheet.annex else ""},
        "lead": _lead(sheet),
        "amount": _amount(sheet),
        "summary": _summary(sheet),
        "parties": _parties(sheet),
        "facts": _facts(sheet),
        "table": statement_table(sheet) if sheet.statement else line_table(sheet),
        "body": list(sheet.body),
        "notes": {"heading": label("notes", sheet.language), "paragraphs": list(sheet.notes)},
        "slip": _slip(sheet),
        "annex": annex_table(sheet),
    }


def _brand(sheet: Sheet) -> Tree:
    return {
        "name": sheet.brand.name,
        "initial": sheet.brand.name.strip()[:1].upper(),
        "accent": sheet.brand.accent,
        "logo": sheet.brand.logo_svg is not None,
    }


def _head(sheet: Sheet) -> Tree:
    """The right side of the masthead. A letter has its title as a headline, so its head gives the day alone."""
    day = written.long_day(sheet.issued_on, sheet.language)
    issued = label("issued", sheet.language, day=day)
    return {
        "title": day if sheet.kind == "letter" else name_of(sheet),
        "issued": "" if sheet.kind == "letter" else issued,
        "page": label("page", sheet.language),
        "letter": sheet.mark.letter if sheet.mark else "",
        "legend": sheet.mark.legend if sheet.mark else "",
        "annex_title": label("annex", sheet.language, document=within_sentence(name_of(sheet))),
        "annex_heading": (sheet.annex.heading if sheet.annex else "") or label("annex_heading", sheet.language),
    }


def _lead(sheet: Sheet) -> Tree | None:
    """The line above the amount: a few words and a day with its weekday, which the template sets in semibold."""
    if sheet.kind == "letter":
        return None
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


def _amount(sheet: Sheet) -> Tree | None:
    if sheet.kind == "letter":
        return None
    if sheet.statement:
        minor = abs(sheet.statement.closing_minor)
    else:
        minor = sheet.due_minor if sheet.kind in ASKING and not sheet.paid else sheet.gross_minor
    parts = written.money_parts(minor, sheet.currency, language=sheet.language, home=sheet.home)
    return {"before": parts.before.rstrip(written.NBSP), "whole": parts.whole, "fraction": parts.fraction, "after": parts.after}


def _summary(sheet: Sheet) -> list[str]:
    """What the amount is for, and how it was paid."""
    rows = [sheet.summary] if sheet.summary else []
    if sheet.statement and not rows:
        period = sheet.statement.period_from, sheet.statement.period_to
        rows.append(written.stretch(*period, sheet.language))
    if sheet.paid:
        rows.append(sheet.paid.means)
    return rows


def _parties(sheet: Sheet) -> Tree:
    letter = sheet.kind == "letter"
    return {
        "heading": label("recipient" if letter else "parties", sheet.language),
        "columns": [
            {"label": party.label or _role(party, sheet), "name": party.name, "rows": list(party.rows)}
            for party in sheet.parties
        ],
    }


def _role(party: Party, sheet: Sheet) -> str:
    if sheet.kind == "letter":
        return ""
    return label("payer" if sheet.kind == "receipt" and party.role == "customer" else party.role, sheet.language)


def _facts(sheet: Sheet) -> Tree:
    rows: list[Sequence[str]] = []
    for reference in sheet.references:
        document = f"{reference.title} {reference.number}"
        if reference.issued_on:
            day = written.short_day(reference.issued_on, sheet.language)
            document = label("reference_day", sheet.language, document=document, day=day)
        rows.append((label(reference.link, sheet.language), document))
    rows.extend((fact.label, fact.text) for fact in sheet.facts)
    return {"heading": label("facts", sheet.language), "rows": rows}


def _slip(sheet: Sheet) -> Tree | None:
    owed = sheet.statement.closing_minor if sheet.statement else sheet.due_minor
    if sheet.slip is None or sheet.paid or owed <= 0:
        return None
    language = sheet.language
    day = written.short_day(sheet.due_on, language) if sheet.due_on else ""
    return {
        "heading": label("payment", language),
        "online": _online(sheet.slip, language),
        "transfer": _transfer(sheet.slip, language),
        "due": {
            "label": label("due_short", language, day=day) if day else label("due_plain", language),
            "amount": written.money(owed, sheet.currency, language=language, home=sheet.home),
        },
    }


def _online(slip: Slip, language: str) -> Tree | None:
    if not slip.pay_url:
        return None
    return {
        "label": label("pay_online", language),
        "url": slip.pay_url,
        "shown": slip.pay_url.partition("://")[2],
        "note": label("pay_online_note", language),
    }


def _transfer(slip: Slip, language: str) -> Tree | None:
    rows = [label("payable_to", language, name=slip.payable_to)] if slip.payable_to else []
    rows.extend(slip.account_rows)
    if not slip.reference and not rows:
        return None
    return {"label": label("transfer", language), "reference": slip.reference, "rows": rows}
