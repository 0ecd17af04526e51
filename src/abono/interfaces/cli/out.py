"""What commands print: tables and amounts for people, JSON for programs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import click

from abono.base.kernel.money import major

Cell = object


def say(text: str = "") -> None:
    """Print a line."""
    click.echo(text)


def say_json(value: object) -> None:
    """Print data for programs: days and ids as text, money as whole minor units, exact numbers as text."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: object) -> object:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def money(minor: int, currency: str) -> str:
    """An amount for people: 1,250.00 USD."""
    return f"{major(minor, currency):,} {currency}"


def exact(value: Decimal) -> str:
    """A number without trailing zeros: 12.5."""
    return f"{value.normalize():f}"


def say_table(heads: Sequence[str], rows: Sequence[Sequence[Cell]], *, right: Sequence[str] = ()) -> None:
    """Print columns under heads; those named in `right` stand to the right."""
    for line in table_lines(heads, rows, right=right):
        say(line)


def table_lines(heads: Sequence[str], rows: Sequence[Sequence[Cell]], *, right: Sequence[str] = ()) -> Iterator[str]:
    """The lines of a table; see `say_table`."""
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    wide = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    to_right = [head in right for head in heads]
    for row in [list(heads), *cells]:
        padded = (
            cell.rjust(width) if right_side else cell.ljust(width)
            for cell, width, right_side in zip(row, wide, to_right, strict=True)
        )
        yield "  ".join(padded).rstrip()


def say_facts(facts: Mapping[str, Cell]) -> None:
    """Print names and values, one a line; what is empty is left out."""
    shown = {name: value for name, value in facts.items() if value not in (None, "", [], ())}
    wide = max(map(len, shown), default=0) + 1
    for name, value in shown.items():
        say(f"{name + ':':<{wide}} {value}")
