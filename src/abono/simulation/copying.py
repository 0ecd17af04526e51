"""One seller's rows, all of them, out of one snapshot of the real database into a scratch one; and checksums of both.

Which tables there are, the database itself says: every table with `seller_id` gives that seller's rows, `sellers` its
one row, and tables without a seller (published indexes) all of theirs. The real database is only read, in a transaction
that PostgreSQL holds read-only.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import psycopg
from psycopg import sql

from abono.base.kernel.refusal import Refused
from abono.base.store.tenancy import ENGINE, OWNER
from abono.simulation.scratch import Connection, Workshop, connect, is_scratch

_NOT_DATA = ("django_migrations",)


class Table(NamedTuple):
    """A table: its columns, its primary key, and which column names the seller (empty: it belongs to all)."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    seller: str


class Copied(NamedTuple):
    """What was copied: rows by table, and the checksum of it as it stands in the real database."""

    url: str
    rows: dict[str, int]
    checksum: str


def copy_seller(*, shop: Workshop, seller_id: int, make_tables: Callable[[str], object]) -> Copied:
    """A scratch database with all that there is of a seller, to the byte; made and filled here.

    `make_tables` brings an empty database up to date. Refuses when the real one has other tables than this version.
    """
    url = shop.make()
    make_tables(url)
    with connect(shop.url, role=ENGINE, read_only=True) as source, connect(url, role=OWNER) as target:
        with _snapshot(source):
            found = tables(source)
            _check_same(found, tables(target))
            with _open_to_copies(target, found):
                parts = {table.name: _copy(source, target, table, seller_id) for table in found}
        if checksum_of(target, seller_id=seller_id, among=found) != _sum(parts):
            raise AssertionError("the copy differs from what was read")
        target.execute("ANALYZE")
    return Copied(url, {name: rows for name, (rows, _) in parts.items()}, _sum(parts))


def checksum(*, url: str, seller_id: int) -> str:
    """SHA-256 over every row of a seller in the database at `url`, in one snapshot: equal rows, equal checksum."""
    with connect(url, role=ENGINE, read_only=True) as source, _snapshot(source):
        return checksum_of(source, seller_id=seller_id, among=tables(source))


def checksum_of(connection: Connection, *, seller_id: int, among: Sequence[Table]) -> str:
    """The checksum over these tables, read as this connection sees them."""
    return _sum({table.name: _read(connection, table, seller_id) for table in among})


def tables(connection: Connection) -> list[Table]:
    """All tables that hold data, by name, from the database's own catalogue."""
    found = connection.execute(_TABLES, [list(_NOT_DATA)]).fetchall()
    return [
        Table(name, tuple(columns), tuple(key), "id" if name == "sellers" else "seller_id" * ("seller_id" in columns))
        for name, columns, key in found
    ]


def forget_later_policies(*, url: str, seller_id: int, first: object) -> int:
    """In a scratch database: take away the versions that would begin on or after a day; how many."""
    with connect(url, role=OWNER) as target:
        if not is_scratch(name=target.info.dbname):
            raise AssertionError(f"{target.info.dbname} is no scratch database")
        with target.transaction():
            target.execute("ALTER TABLE policy_versions DISABLE TRIGGER USER")
            gone = target.execute(
                "DELETE FROM policy_versions WHERE seller_id = %s AND effective_on >= %s", [seller_id, first]
            ).rowcount
            target.execute("ALTER TABLE policy_versions ENABLE TRIGGER USER")
    return gone


_TABLES = """
    SELECT c.relname,
      (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute AS a
       WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''),
      coalesce((SELECT array_agg(a.attname::text ORDER BY k.place) FROM pg_index AS i
        CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.attnum
        WHERE i.indrelid = c.oid AND i.indisprimary), '{}')
    FROM pg_class AS c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND c.relname <> ALL (%s) ORDER BY c.relname COLLATE "C"
"""
_KEYS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND conparentid = 0 ORDER BY 1, 2
"""
_FORCED = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relforcerowsecurity ORDER BY 1
"""


@contextmanager
def _snapshot(connection: Connection) -> Iterator[None]:
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    with connection.transaction():
        yield


def _check_same(real: Sequence[Table], ours: Sequence[Table]) -> None:
    theirs = {table.name: set(table.columns) for table in real}
    if theirs != {table.name: set(table.columns) for table in ours}:
        raise Refused(
            "simulation.other_tables", "The database has other tables than this version of Abono. Run: abono setup"
        )


@contextmanager
def _open_to_copies(target: Connection, found: Sequence[Table]) -> Iterator[None]:
    """While rows come in, in any order: no foreign keys, no triggers, no row-level security for the owner.

    The owner of the tables may do all that. Making the keys anew afterwards checks every one of them.
    """
    keys = [
        (sql.SQL(table), sql.Identifier(name), sql.SQL(definition))
        for table, name, definition in target.execute(_KEYS).fetchall()
    ]
    forced = [sql.Identifier(name) for (name,) in target.execute(_FORCED).fetchall()]
    names = [sql.Identifier(table.name) for table in found]
    with target.transaction():
        for table, name, _ in keys:
            target.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(table, name))
        for one in forced:
            target.execute(sql.SQL("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY").format(one))
        for one in names:
            target.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(one))
            target.execute(sql.SQL("TRUNCATE {}").format(one))  # a migration may have put rows there
    yield
    with target.transaction():
        for one in names:
            target.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(one))
        for table, name, definition in keys:
            target.execute(sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(table, name, definition))
        for one in forced:
            target.execute(sql.SQL("ALTER TABLE {} FORCE ROW LEVEL SECURITY").format(one))


def _copy(source: Connection, target: Connection, table: Table, seller_id: int) -> tuple[int, str]:
    """Rows and digest of a table that went over."""
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), _names(table.columns))
    digest = hashlib.sha256()
    out = source.cursor()
    with out.copy(_out(table, seller_id)) as reading, target.cursor().copy(into) as writing:
        for block in reading:
            digest.update(block)
            writing.write(block)
    return out.rowcount, digest.hexdigest()


def _read(source: Connection, table: Table, seller_id: int) -> tuple[int, str]:
    digest = hashlib.sha256()
    out = source.cursor()
    with out.copy(_out(table, seller_id)) as reading:
        for block in reading:
            digest.update(block)
    return out.rowcount, digest.hexdigest()


def _out(table: Table, seller_id: int) -> sql.Composed:
    """A table's rows in the order of its key, so that equal rows give equal text."""
    which = (
        sql.SQL(" WHERE {} = {}").format(sql.Identifier(table.seller), sql.Literal(seller_id))
        if table.seller
        else sql.SQL("")
    )
    order = _names(table.key or table.columns)
    return sql.SQL("COPY (SELECT {} FROM {}{} ORDER BY {}) TO STDOUT").format(
        _names(table.columns), sql.Identifier(table.name), which, order
    )


def _names(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _sum(parts: dict[str, tuple[int, str]]) -> str:
    whole = hashlib.sha256()
    for name in sorted(parts):
        rows, digest = parts[name]
        whole.update(f"{name} {rows} {digest}\n".encode())
    return whole.hexdigest()
