"""What commands share: reading words as days, numbers and money, and the options that most of them have."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import click

from abono.base.kernel.money import MINOR_DIGITS, to_minor
from abono.base.kernel.refusal import Missing, Refused
from abono.domain.customers.plain_text import plain
from abono.interfaces.cli import clock
from abono.interfaces.cli.refusals import Unreadable

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard
    from abono.domain.subscriptions.periods import Cycle

Body = Callable[..., None]
Reader = TypeVar("Reader", bound=Callable[[str], Any])

# Days beyond these are slips of the pen: 0026 for 2026 would bill two thousand years.
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)
DAY = "YYYY-MM-DD"
LONGEST_LINE = 300
_HUNDREDTHS = 100


def shown_as(name: str) -> Callable[[Reader], Reader]:
    """What help calls the values that a function reads."""

    def named(reader: Reader) -> Reader:
        reader.__name__ = name
        return reader

    return named


@shown_as(DAY)
def day(text: str) -> date:
    """A date written YYYY-MM-DD, and in no other way."""
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        found = date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text[:40]!r} is not a date; write YYYY-MM-DD.") from None
    if not EARLIEST <= found <= LATEST:
        raise click.BadParameter(f"{text} is not between {EARLIEST} and {LATEST}.")
    return found


@shown_as("N")
def whole(text: str) -> int:
    """A whole number from 0, in plain digits."""
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise click.BadParameter(f"{text[:40]!r} is not a whole number such as 12.")
    return int(text)


@shown_as("AMOUNT")
def number(text: str) -> Decimal:
    """A number such as 12 or 12.50: plain digits and one point, at most six decimals."""
    if not re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,6})?", text):
        raise click.BadParameter(f"{text[:40]!r} is not a number such as 12.50.")
    return Decimal(text)


@shown_as("CYCLE")
def cycle(text: str) -> "Cycle":
    """A cycle by its name or as `3 months`."""
    from abono.domain.subscriptions.periods import Cycle

    try:
        return Cycle.parse(text)
    except Refused as refusal:
        raise click.BadParameter(refusal.words) from None


@shown_as("ID")
def uid(text: str) -> UUID:
    """An id as commands print it."""
    try:
        return UUID(text)
    except ValueError:
        raise click.BadParameter(f"{text[:40]!r} is not an id.") from None


@shown_as("N")
def percent_bp(text: str) -> int:
    """A percentage such as 12.5, as basis points."""
    exact = number(text.removesuffix("%").strip()) * _HUNDREDTHS
    if exact != exact.to_integral_value():
        raise click.BadParameter(f"{text[:40]!r} has more than two decimals.")
    return int(exact)


@shown_as("CODE")
def currency(text: str) -> str:
    """A currency that Abono knows, by its ISO 4217 code."""
    if text not in MINOR_DIGITS:
        raise click.BadParameter(f"{text[:40]!r} is not a known currency; known: {', '.join(sorted(MINOR_DIGITS))}.")
    return text


@shown_as("CODE")
def country(text: str) -> str:
    """A country by the two letters of ISO 3166."""
    if not re.fullmatch(r"[A-Z]{2}", text):
        raise click.BadParameter(f"{text[:40]!r} is not a country's two letters, such as HU.")
    return text


@shown_as("TEXT")
def line(text: str) -> str:
    """One line of printable characters, or nothing."""
    try:
        return plain(text, what="the text", longest=LONGEST_LINE)
    except Refused as refusal:
        raise click.BadParameter(refusal.words) from None


@shown_as("TEXT")
def word(text: str) -> str:
    """A name or reference: one line of printable characters."""
    clean = line(text)
    if not clean:
        raise click.BadParameter("it is empty.")
    return clean


@shown_as("KEY")
def key(text: str) -> str:
    """A short name for commands: letters, digits, - and _."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", text):
        raise click.BadParameter(f"{text[:40]!r} is not a key: up to 40 letters, digits, - and _.")
    return text


@shown_as("FIELD=VALUE")
def pair(text: str) -> tuple[str, str]:
    """A field and its value, written field=value; the value may be empty."""
    name, sign, value = text.partition("=")
    if not sign or not name.strip() or not name.isprintable():
        raise click.BadParameter(f"{text[:60]!r} is not of the form field=value.")
    return name.strip(), value


def minor(amount: Decimal, money: str, *, option: str) -> int:
    """An amount in whole units as minor units; a wrong call when it has more decimals than the currency."""
    try:
        return to_minor(amount, money)
    except Refused as refusal:
        raise click.BadParameter(refusal.words, param_hint=f"'{option}'") from None


def text_of(file: Path) -> str:
    """A file's text in UTF-8, with or without byte order mark; unreadable when it is no such file."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Unreadable(f"{file}: cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise Unreadable(f"{file}: is not text in UTF-8.") from None


def of_seller(body: Body) -> Body:
    """A command on one seller's books: adds --seller, opens the books, gives `seller` to the body."""

    @click.option("--seller", "seller_key", required=True, metavar="KEY", help="The seller, by its key.")
    @wraps(body)
    def command(*, seller_key: str, **given: Any) -> None:
        from abono.domain.sellers.queries import seller_named
        from abono.interfaces.cli.database import open_books

        open_books()
        try:
            seller = seller_named(key=seller_key)
        except Missing as missing:
            raise Unreadable(missing.words) from None
        body(seller=seller, **given)

    return command


def dated(body: Body) -> Body:
    """A command that does something on a day: adds --on and gives `on` and `at` to the body of `of_seller`."""

    @click.option("--on", "on", type=day, help="The day it counts for. Default: today at the seller's.")
    @wraps(body)
    def command(*, seller: "SellerCard", on: date | None, **given: Any) -> None:
        body(seller=seller, on=on or clock.today(seller=seller), at=clock.clock(), **given)

    return command


def on_day(body: Body) -> Body:
    """A command that reads how things stand on a day: adds --on and gives `on` to the body of `of_seller`."""

    @click.option("--on", "on", type=day, help="At the end of this day. Default: today at the seller's.")
    @wraps(body)
    def command(*, seller: "SellerCard", on: date | None, **given: Any) -> None:
        body(seller=seller, on=on or clock.today(seller=seller), **given)

    return command


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
customer_argument = click.argument("customer", type=word)
at_most = click.option("--limit", type=whole, default="100", show_default=True, help="Show at most so many; 0: all.")


def most(limit: int) -> int | None:
    """The rows to read: one more than the limit, to know whether there are more; None for all."""
    return limit + 1 if limit else None


def no_given(values: Mapping[str, object]) -> bool:
    """Whether none of these options was given."""
    return all(value is None or value == () for value in values.values())
