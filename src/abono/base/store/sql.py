"""The PostgreSQL craft: plain statements with named parameters, and streams in and out.

All of it works on Django's connection, so a statement here and a model's `save` share one transaction.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from itertools import count
from typing import Any, TypeVar

import psycopg
from django.db import OperationalError, connections, transaction
from psycopg import pq, sql
from psycopg.types.json import JsonbLoader

from abono.base.store.behind import Behind

Row = tuple[Any, ...]
Parameters = Mapping[str, object] | Sequence[object]

ALIAS = "default"
CONFLICTS = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)

Result = TypeVar("Result")


class _Kept(threading.local):
    """What this thread keeps for its connection.

    Cursors, because making one costs more than most statements, so one of a kind does for all; and what is written
    behind.
    """

    def __init__(self) -> None:
        self.cursor: psycopg.Cursor[Row] | None = None
        self.numbered: psycopg.RawCursor[Row] | None = None
        self.behind = Behind()


_kept = _Kept()


def raw_connection() -> "psycopg.Connection[Row]":
    """psycopg's own connection behind Django's alias, opened when needed, and free for a statement."""
    if _kept.behind.busy:
        _kept.behind.settle()
    return _opened()


def _opened() -> "psycopg.Connection[Row]":
    wrapper = connections[ALIAS]
    if wrapper.connection is None:
        wrapper.ensure_connection()
    connection: psycopg.Connection[Row] = wrapper.connection
    return connection


def _cursor() -> "psycopg.Cursor[Row]":
    """A cursor to run one statement on and to read all of its rows from before the next."""
    connection = _ready()
    cursor = _kept.cursor
    if cursor is None or cursor.connection is not connection or cursor.closed:
        cursor = _kept.cursor = psycopg.Cursor(connection)
        _load_json(cursor)
    return cursor


def _numbered_cursor() -> "psycopg.RawCursor[Row]":
    """The same for statements whose places are numbered."""
    connection = _ready()
    cursor = _kept.numbered
    if cursor is None or cursor.connection is not connection or cursor.closed:
        cursor = _kept.numbered = psycopg.RawCursor(connection)
        _load_json(cursor)
    return cursor


def _ready() -> "psycopg.Connection[Row]":
    connection = raw_connection()
    if connections[ALIAS].needs_rollback:
        raise transaction.TransactionManagementError("something was refused in this transaction: it can only be undone")
    return connection


def _load_json(cursor: "psycopg.Cursor[Row]") -> None:
    """Django's models want JSON as text; statements here want the data."""
    cursor.adapters.register_loader("jsonb", JsonbLoader)


def in_transaction() -> AbstractContextManager[None]:
    """One transaction: all of it or nothing. A transaction inside another is a part of it, undone with all of it."""
    return _settled(transaction.atomic(using=ALIAS, savepoint=False))


def attempt() -> AbstractContextManager[None]:
    """A part of a transaction that may be undone alone, by whoever catches what it raised and goes on."""
    return _settled(transaction.atomic(using=ALIAS))


@contextmanager
def _settled(held: AbstractContextManager[None]) -> Iterator[None]:
    """Nothing written behind is left over where a transaction, or a part of it, begins or ends."""
    _kept.behind.settle()
    with held:
        try:
            yield
            _kept.behind.settle()
        except BaseException:
            _kept.behind.abandon()
            raise


def by_keys() -> None:
    """In this transaction rows are found by their keys, however small the statistics say that a table is.

    Without it a plan made while a table is new, those that check foreign keys too, would read the whole table for each
    row when it has grown.
    """
    change("SET LOCAL enable_seqscan = off")


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


def array(items: Iterable[object]) -> str:
    """An array parameter in PostgreSQL's own form, made many times quicker than element by element.

    For ids, days and numbers, whose text needs no quotes; None is NULL.
    """
    return "{" + ",".join(["NULL" if one is None else str(one) for one in items]) + "}"


def rows(statement: str, parameters: Parameters = ()) -> list[Row]:
    """All rows that a statement gives."""
    return _cursor().execute(statement, parameters).fetchall()


def one(statement: str, parameters: Parameters = ()) -> Row | None:
    """The first row, or None."""
    return _cursor().execute(statement, parameters).fetchone()


def value(statement: str, parameters: Parameters = ()) -> Any:
    """The first column of the first row, or None."""
    row = one(statement, parameters)
    return row[0] if row else None


def change(statement: str, parameters: Parameters = ()) -> int:
    """Run a statement that writes; how many rows it touched."""
    return _cursor().execute(statement, parameters).rowcount


def change_numbered(statement: str, values: Sequence[object]) -> None:
    """Run a statement that writes, whose places are `$1`, `$2`, ...: long ones are not read anew each time."""
    _numbered_cursor().execute(statement.encode(), values)


def insert(table: str, values: Mapping[str, object], *, on_conflict_do_nothing: bool = False) -> bool:
    """Insert one row given by column; whether it was written (False: it was there already)."""
    text = _insert_text(table, tuple(values), on_conflict_do_nothing)
    return _cursor().execute(text, list(values.values())).rowcount == 1


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
    with _cursor().copy(_copy_statement(table, tuple(columns))) as stream:
        for line in lines:
            stream.write_row(line)


def copy_text(table: str, columns: Sequence[str], block: bytes) -> None:
    """Write many rows by COPY from text in PostgreSQL's own form (tab, newline, escapes); an empty field is NULL."""
    with _cursor().copy(_copy_statement(table, tuple(columns), b" WITH (NULL '')")) as stream:
        stream.write(block)


def copy_behind(table: str, columns: Sequence[str], block: bytes) -> None:
    """The same, but PostgreSQL goes on with it while the program does: needs a transaction.

    The next statement, or the end of the transaction, waits for it and raises what it ended in.
    """
    connection = _opened()
    if connections[ALIAS].needs_rollback or connection.pgconn.transaction_status == pq.TransactionStatus.IDLE:
        copy_text(table, columns, block)  # refuses, or begins the transaction
    else:
        _kept.behind.write(connection.pgconn, _copy_statement(table, tuple(columns), b" WITH (NULL '')"), block)


def go_on_behind() -> None:
    """Let PostgreSQL go on with the next of what is written behind, if it has ended the one before. Waits for nothing.

    Call it now and then during long work between two statements.
    """
    if _kept.behind.busy:
        _kept.behind.go_on()


@cache
def _copy_statement(table: str, columns: tuple[str, ...], form: bytes = b"") -> bytes:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names).as_bytes(None) + form


def stream(statement: str, parameters: Parameters = (), *, chunk: int = 2000) -> Iterator[list[Row]]:
    """Rows in chunks through a server-side cursor, so that memory stays flat. Needs a transaction."""
    with psycopg.ServerCursor(raw_connection(), name="abono_stream") as cursor:
        _load_json(cursor)
        cursor.execute(statement, parameters)
        while block := cursor.fetchmany(chunk):
            yield block


def kept(statement: str, parameters: Parameters = (), *, chunk: int = 2000) -> Iterator[list[Row]]:
    """Rows in chunks, as they are now, while transactions come and go between them; memory stays flat.

    PostgreSQL keeps the rows itself (a cursor WITH HOLD); they are found by keys. Call it outside a transaction.
    """
    cursor = psycopg.ServerCursor(raw_connection(), name=f"abono_kept_{next(_kept_numbers)}", withhold=True)
    with cursor:
        _load_json(cursor)
        with in_transaction():
            by_keys()
            cursor.execute(statement, parameters)
        while block := cursor.fetchmany(chunk):
            yield block


_kept_numbers = count()
