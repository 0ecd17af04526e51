"""Rows of several tables written by one statement: one way to PostgreSQL and back instead of one for each row."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from abono.base.store import sql


class Write(NamedTuple):
    """One row to insert, or one change, with its values in the order of the text's places.

    `text` of an insert ends before its row, whose places are `places`; of a change it is all, and `places` is empty.
    """

    text: str
    places: str
    values: tuple[object, ...]


def row(table: str, values: Mapping[str, object]) -> Write:
    """A row to insert, given by column."""
    head, places = _head(table, tuple(values))
    return Write(head, places, _plain(values.values()))


def change(statement: str, *values: object) -> Write:
    """A statement that writes, with `%s` for each value, where the place says the type of a number."""
    return Write(statement, "", _plain(values))


def write(writes: Iterable[Write]) -> None:
    """Do all of it at once, in the caller's transaction; keys between the rows are checked at its end.

    None sees what another wrote, so no two may touch the same row.
    """
    # Rows of one table become one INSERT, in the order given.
    parts: dict[str, tuple[str, list[tuple[object, ...]]]] = {}
    for text, places, values in writes:
        parts.setdefault(text, (places, []))[1].append(values)
    if parts:
        shape = tuple([(text, places, len(given)) for text, (places, given) in parts.items()])
        sql.change_numbered(
            _statement(shape), [one for _, given in parts.values() for values in given for one in values]
        )


def _plain(values: Iterable[object]) -> tuple[object, ...]:
    """A number as text has one type whatever its size, so that PostgreSQL keeps one plan for all."""
    return tuple([str(one) if type(one) is int else one for one in values])


@lru_cache(maxsize=1024)
def _head(table: str, columns: tuple[str, ...]) -> tuple[str, str]:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ", f"({', '.join(['%s'] * len(columns))})"


@lru_cache(maxsize=1024)
def _statement(shape: tuple[tuple[str, str, int], ...]) -> str:
    """All parts but the last stand before it as WITH; PostgreSQL does each once whether or not it is read."""
    if any(count > 1 for _, places, count in shape if not places):
        raise ValueError("the same change twice in one statement")
    *before, last = [text + ", ".join([places] * count) for text, places, count in shape]
    if before:
        last = f"WITH {', '.join(f'w{number} AS ({text})' for number, text in enumerate(before))} {last}"
    head, *rest = last.split("%s")
    return head + "".join([f"${place}{text}" for place, text in enumerate(rest, start=1)])
