"""From what is to be said to a message's words. Pure: plain string work on texts that were made ready once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from abono.base.kernel.days import days_between
from abono.domain.invoicing.paper.format import NBSP, long_day, money
from abono.domain.invoicing.paper.literal import literal
from abono.domain.invoicing.wording import title_of
from abono.domain.notices import texts
from abono.domain.notices.kinds import KINDS, WITHOUT_AMOUNTS

_INDENT = "  "
_BULLET, _UNDER_BULLET = "- ", "  "


@dataclass(frozen=True, slots=True)
class Voice:
    """The seller as it speaks: `home` is its currency. `pay_url` and `pay_to` as the seller has told, perhaps empty."""

    name: str
    email: str
    country: str
    home: str
    pay_url: str = ""
    pay_to: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """The document that a notice is about. `kind` and `request_kind` as documents have them, amounts in minor units."""

    kind: str
    request_kind: str
    number: str
    currency: str
    gross_minor: int
    open_minor: int
    due_on: date


@dataclass(frozen=True, slots=True)
class Coming:
    """A harmful step that follows if nothing is paid: `do` is suspend or terminate, `scope` document or debtor."""

    on: date
    do: str
    scope: str


@dataclass(frozen=True, slots=True)
class Periods:
    """A service's period now and a longer one, each with its net price in minor units."""

    service: str
    currency: str
    now_unit: str
    now_count: int
    now_minor: int
    then_unit: str
    then_count: int
    then_minor: int
    from_on: date


@dataclass(frozen=True, slots=True)
class Matter:
    """What a notice says, as data. `on` is the day that its words count from; the rest is None or empty if unused.

    `form` chooses among the kind's forms; a reminder's follows from the days that are left.
    """

    kind: str
    on: date
    about: About | None = None
    form: str = ""
    day: date | None = None
    until: date | None = None
    services: Sequence[str] = ()
    projects: Sequence[str] = ()
    coming: Sequence[Coming] = ()
    access: str = "none"
    paid_minor: int | None = None
    fee_minor: int | None = None
    currency: str = ""
    corrected: str = ""
    words: str = ""
    periods: Periods | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A message's words: plain text, UTF-8, lines of at most 72 columns where words allow it."""

    subject: str
    body: str


def written(matter: Matter, *, voice: Voice, name: str, language: str) -> Written:
    """The words of a notice to somebody called `name`."""
    form = matter.form
    if KINDS[matter.kind].counts_days and matter.about:
        form = _side(days_between(matter.on, matter.about.due_on))
    text = texts.text_of(matter.kind, form, language, bool(voice.email))
    subject, body = text.filled(_values(matter, voice, name, language))
    return Written(subject.replace(NBSP, " "), body)


def _side(days: int) -> str:
    if days == 0:
        return "today"
    return "ahead" if days > 0 else "past"


@lru_cache(maxsize=4096)
def when(days: int, language: str) -> str:
    """How far away a day is: in 5 days, tomorrow, today, yesterday, 3 days ago."""
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days)
    if near:
        return texts.said(f"when.{near}", language)
    return texts.count_form("when.ahead" if days > 0 else "when.past", abs(days), language)


@lru_cache(maxsize=4096)
def _day(day: date, language: str) -> str:
    """A day in words, held together on one line."""
    return long_day(day, language).replace(" ", NBSP)


def _values(matter: Matter, voice: Voice, name: str, language: str) -> dict[str, str]:
    values = {"name": literal(name), "seller": literal(voice.name), "email": literal(voice.email)}
    about = matter.about
    if about is not None and matter.kind not in WITHOUT_AMOUNTS:
        values |= _document(about, matter, voice, language)
    if matter.services or matter.projects:
        values["services"] = listed(matter.services)
        if matter.projects:
            values["frozen"] = texts.said("frozen", language) + "\n\n" + listed(matter.projects)
    if matter.day is not None:
        values["day"] = _day(matter.day, language)
    if matter.until is not None:
        values["until"] = _day(matter.until, language)
    currency = matter.currency or (about.currency if about else voice.home)
    if matter.paid_minor is not None:
        values["paid"] = money(matter.paid_minor, currency, language=language, home=voice.home)
    if matter.fee_minor is not None:
        values["fee"] = money(matter.fee_minor, currency, language=language, home=voice.home)
    if matter.words:
        reason = texts.wrapped(literal(matter.words), first=_INDENT, later=_INDENT)
        values["words"] = texts.said("reason", language) + "\n\n" + reason
    if matter.periods:
        values["periods"] = _periods(matter.periods, voice, language)
    values["access"] = texts.said(f"access.{matter.access}", language)
    values["corrected"] = matter.corrected
    return values


def _document(about: About, matter: Matter, voice: Voice, language: str) -> dict[str, str]:
    heading, title = _titles(about.kind, about.request_kind, language, voice.country)
    due = _day(about.due_on, language)
    amount = money(about.gross_minor, about.currency, language=language, home=voice.home)
    still = (
        amount
        if about.open_minor == about.gross_minor
        else money(about.open_minor, about.currency, language=language, home=voice.home)
    )
    labels = _labels(heading, language)
    rows = [f"{labels[0]}{about.number}", f"{labels[1]}{amount}"]
    if about.open_minor not in (0, about.gross_minor):
        rows.append(f"{labels[2]}{still}")
    rows.append(f"{labels[3]}{due}")
    return {
        "heading": heading,
        "title": title,
        "number": about.number,
        "amount": amount,
        "open": still,
        "due": due,
        "when": when(days_between(matter.on, about.due_on), language),
        "facts": "\n".join(rows),
        "pay": paying(voice, about.number, language),
        "automatic": _automatic(due, language),
        "next": _next(tuple(matter.coming), language) if matter.coming else "",
    }


@lru_cache(maxsize=256)
def _titles(kind: str, request_kind: str, language: str, country: str) -> tuple[str, str]:
    """What the document calls itself, at the head of a line and within a sentence."""
    heading = title_of(kind=kind, request_kind=request_kind, language=language, country=country)
    return heading, heading[:1].lower() + heading[1:]


@lru_cache(maxsize=256)
def _labels(heading: str, language: str) -> tuple[str, ...]:
    names = [heading, *(texts.said(f"label.{one}", language) for one in ("amount", "open", "due"))]
    return _aligned(names)


def _aligned(names: Sequence[str]) -> tuple[str, ...]:
    wide = max(map(len, names)) + 3
    return tuple(_INDENT + f"{one}:".ljust(wide) for one in names)


def listed(items: Sequence[str]) -> str:
    """Things one below the other."""
    return "\n".join([texts.wrapped(literal(one), first=_INDENT + _BULLET, later=_INDENT * 2) for one in items])


@lru_cache(maxsize=1024)
def _next(coming: tuple[Coming, ...], language: str) -> str:
    """What follows and when."""
    row = texts.said("next.row", language)
    lines = [texts.wrapped(texts.said("next.head", language)), ""]
    for one in coming:
        what = texts.said(f"next.{one.do}-{one.scope}", language)
        said = row.replace("{day}", _day(one.on, language)).replace("{what}", what)
        lines.append(texts.wrapped(said, first=_INDENT + _BULLET, later=_INDENT * 2))
    return "\n".join(lines)


def paying(voice: Voice, number: str, language: str) -> str:
    """How to pay a document, as far as the seller has told; otherwise to ask."""
    address = voice.pay_url.rstrip("/")
    if address and not address.startswith(("https://", "http://")):
        address = f"https://{address}"
    account = [literal(row) for row in voice.pay_to.splitlines() if row.strip()]
    lines = []
    if address:
        lines += [texts.said("pay.online", language), f"{_INDENT}{literal(address)}/{number}"]
    if account:
        lines.append(texts.said("pay.account" if address else "pay.account-only", language))
        lines += [_INDENT + row for row in account]
        lines.append(texts.wrapped(texts.said("pay.reference", language).replace("{number}", number)))
    if lines:
        return "\n".join(lines)
    return texts.wrapped(texts.said("pay.ask", language)) if voice.email else ""


def _automatic(due: str, language: str) -> str:
    return texts.wrapped(texts.said("pay.automatic", language).replace("{due}", due))


def _periods(one: Periods, voice: Voice, language: str) -> str:
    def price(minor: int, unit: str, count: int) -> str:
        length = texts.count_form(f"length.{unit}", count, language)
        amount = money(minor, one.currency, language=language, home=voice.home)
        return texts.said("price", language).replace("{length}", length).replace("{amount}", amount)

    labels = _aligned([texts.said(f"label.{name}", language) for name in ("service", "now", "then", "from")])
    values = (
        literal(one.service),
        price(one.now_minor, one.now_unit, one.now_count),
        price(one.then_minor, one.then_unit, one.then_count),
        _day(one.from_on, language),
    )
    return "\n".join([f"{label}{value}" for label, value in zip(labels, values, strict=True)])


__all__ = ["About", "Coming", "Matter", "Periods", "Voice", "Written", "when", "written"]
