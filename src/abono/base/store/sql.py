"""The PostgreSQL craft: plain statements with named parameters, and streams in and out.

All of it works on Django's connection, so a statement here and a model's `save` share one transaction.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cache
from typing import Any, TypeVar

import psycopg
from django.db import OperationalError, connections, transaction
from psycopg import sql
from psycopg.types.json import JsonbLoader

Row = tuple[Any, ...]
Parameters = Mapping[str, object] | Sequence[object]

ALIAS = "default"
CONFLICTS = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)

Result = TypeVar("Result")


def raw_connection() -> "psycopg.Connection[Row]":
    """psycopg's own connection behind Django's alias, opened when needed."""
    wrapper = connections[ALIAS]
    wrapper.ensure_connection()
    connection: psycopg.Connection[Row] = wrapper.connection
    return connection


def _cursor() -> "psycopg.Cursor[Row]":
    cursor: psycopg.Cursor[Row] = psycopg.Cursor(raw_connection())
    _load_json(cursor)
    return cursor


def _load_json(cursor: "psycopg.Cursor[Row]") -> None:
    """Django's models want JSON as text; statements here want the data."""
    cursor.adapters.register_loader("jsonb", JsonbLoader)


def in_transaction() -> AbstractContextManager[None]:
    """One transaction: all of it or nothing. A transaction inside another is a savepoint."""
    held: AbstractContextManager[None] = transaction.atomic(using=ALIAS)
    return held


def again_on_conflict(work: Callable[[], Result], *, tries: int = 5) -> Result:
    """Do a whole transaction again when PostgreSQL ended it in favour of another (deadlock, serialization failure)."""
    for left in range(tries, 0, -1):
        try:
            return work()
        except OperationalError as why:
            if left == 1 or not isinstance(why.__cause__, CONFLICTS):
                raise
        except CONFLICTS:
            if left == 1:
                raise
    raise AssertionError("unreachable: the last try returns or raises")


def rows(statement: str, parameters: Parameters = ()) -> list[Row]:
    """All rows that a statement gives."""
    with _cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def one(statement: str, parameters: Parameters = ()) -> Row | None:
    """The first row, or None."""
    with _cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone()


def value(statement: str, parameters: Parameters = ()) -> Any:
    """The first column of the first row, or None."""
    row = one(statement, parameters)
    return row[0] if row else None


def change(statement: str, parameters: Parameters = ()) -> int:
    """Run a statement that writes; how many rows it touched."""
    with _cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount


def insert(table: str, values: Mapping[str, object], *, on_conflict_do_nothing: bool = False) -> bool:
    """Insert one row given by column; whether it was written (False: it was there already)."""
    text = _insert_text(table, tuple(values), on_conflict_do_nothing)
    with _cursor() as cursor:
        cursor.execute(text, list(values.values()))
        return cursor.rowcount == 1


@cache
def _insert_text(table: str, columns: tuple[str, ...], quietly: bool) -> bytes:
    """The statement, composed once: the names are the program's own and few."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    places = sql.SQL(", ").join(sql.Placeholder() * len(columns))
    text = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table), names, places)
    if quietly:
        text += sql.SQL(" ON CONFLICT DO NOTHING")
    return text.as_bytes(None)


def copy_in(table: str, columns: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
    """Write many rows by COPY."""
    text = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with _cursor() as cursor, cursor.copy(text) as stream:
        for line in lines:
            stream.write_row(line)


def copy_text(table: str, columns: Sequence[str], block: bytes) -> None:
    """Write many rows by COPY from text already in PostgreSQL's own COPY form (tab, newline, \\N)."""
    text = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with _cursor() as cursor, cursor.copy(text) as stream:
        stream.write(block)


def stream(statement: str, parameters: Parameters = (), *, chunk: int = 2000) -> Iterator[list[Row]]:
    """Rows in chunks through a server-side cursor, so that memory stays flat. Needs a transaction."""
    with psycopg.ServerCursor(raw_connection(), name="abono_stream") as cursor:
        _load_json(cursor)
        cursor.execute(statement, parameters)
        while block := cursor.fetchmany(chunk):
            yield block
