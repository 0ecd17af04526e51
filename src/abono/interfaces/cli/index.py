"""`abono index`: published values that prices follow, such as the UF in pesos."""

import csv
import io
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import click

from abono.interfaces.cli.options import as_json, day, text_of, word
from abono.interfaces.cli.out import say, say_json
from abono.interfaces.cli.refusals import Unreadable

_SEPARATORS = (";", "\t", ",")
_POINT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")
_COMMA = re.compile(r"([0-9]{1,12}|[0-9]{1,3}(\.[0-9]{3}){1,3})(,[0-9]{1,6})?")


@click.group("index")
def group() -> None:
    """Published values that prices follow, such as the UF. They are the same for all sellers."""


@group.command("load")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--name", required=True, type=word, help="The name that prices call the index by.")
@click.option("--source", required=True, type=word, help="Who published the values, and where.")
@click.option(
    "--decimal",
    type=click.Choice(["point", "comma"]),
    default="point",
    show_default=True,
    help="How decimals are written; with comma, points group thousands.",
)
@as_json
def load(*, file: Path, name: str, source: str, decimal: str, as_json: bool) -> None:
    """Load a file of days and values, one pair a line: 2026-03-01;38123.45. All of it or nothing.

    Columns are separated by semicolon, tab or comma; a first line of heads is passed over. A value that is
    stored already never changes.

    \b
    Example:
      abono index load uf-2026.csv --name UF --source "Banco Central de Chile, bcentral.cl"
    """
    from abono.domain.catalogue.actions import add_index_values
    from abono.interfaces.cli.database import open_books

    values = index_values(text_of(file), comma=decimal == "comma", file=str(file))
    open_books()
    new = add_index_values(name=name, values=values, source=source)
    if as_json:
        say_json({"index": name, "values": len(values), "new": new})
    else:
        say(f"{name}: {len(values)} values read, {new} of them new")


def index_values(text: str, *, comma: bool, file: str) -> dict[date, Decimal]:
    """Day -> value of a file's text; unreadable, with the line, at the first that is not a day and a value."""
    first = text.partition("\n")[0]
    separator = next((one for one in _SEPARATORS if one in first), ";")
    values: dict[date, Decimal] = {}
    for place, row in enumerate(csv.reader(io.StringIO(text), delimiter=separator), start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (place == 1 and not re.search("[0-9]", cells[0])):
            continue
        try:
            on, value = day(cells[0]), _value(cells[1] if len(cells) > 1 else "", comma=comma)
        except click.BadParameter as wrong:
            raise Unreadable(f"{file}:{place}: {wrong.message}") from None
        if values.setdefault(on, value) != value:
            raise Unreadable(f"{file}:{place}: {on} has two values, {values[on]} and {value}.")
    if not values:
        raise Unreadable(f"{file}: holds no values.")
    return values


def _value(text: str, *, comma: bool) -> Decimal:
    if not (_COMMA if comma else _POINT).fullmatch(text):
        written = "38.123,45" if comma else "38123.45"
        raise click.BadParameter(f"{text[:40]!r} is not a value such as {written}.")
    return Decimal(text.replace(".", "").replace(",", ".") if comma else text)
