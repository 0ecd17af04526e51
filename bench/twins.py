"""Twins of the tables that a run writes, and plain COPY of exactly its rows into them: the limit to compare with.

A twin has the same columns, checks, indexes, triggers, storage and row-level security, and the same foreign keys: to
the same parents, or to the parent's twin where that was written too. `description` of both must be equal.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from bench.ground import Connection

SCHEMA = "twin"
# In an order in which no row comes before the row that it points to.
TABLES = ("documents", "lines", "claims", "transfers", "facts")


@dataclass(frozen=True, slots=True)
class Block:
    """The rows of one table as COPY text in a file."""

    table: str
    columns: str
    file: str
    rows: int


def make_twins(*, url: str) -> str:
    """Make the twins with the rows that the tables have now; the hash of the schema, the same for both."""
    with psycopg.connect(url) as connection:
        connection.execute(f"CREATE SCHEMA {SCHEMA}")
        connection.execute(f"GRANT USAGE, CREATE ON SCHEMA {SCHEMA} TO abono_owner")
        connection.execute(f"GRANT USAGE ON SCHEMA {SCHEMA} TO abono_engine")
        connection.execute("SET ROLE abono_owner")
        for table in TABLES:
            connection.execute(f"CREATE TABLE {SCHEMA}.{table} (LIKE public.{table} INCLUDING ALL)")
        for table in TABLES:
            for statement in _likeness(connection, table):
                connection.execute(statement)
        connection.execute("RESET ROLE")
        _fill(connection)
        ours, theirs = description(connection, "public"), description(connection, SCHEMA)
    if ours != theirs:
        raise RuntimeError("the twins differ from their originals")
    return hashlib.sha256(ours.encode()).hexdigest()[:12]


def make_twin_of(*, url: str, table: str) -> None:
    """An empty twin of one table, with its keys, indexes, triggers and rights."""
    with psycopg.connect(url) as connection:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        connection.execute(f"GRANT USAGE, CREATE ON SCHEMA {SCHEMA} TO abono_owner")
        connection.execute(f"GRANT USAGE ON SCHEMA {SCHEMA} TO abono_engine")
        connection.execute("SET ROLE abono_owner")
        connection.execute(f"CREATE TABLE {SCHEMA}.{table} (LIKE public.{table} INCLUDING ALL)")
        for statement in _likeness(connection, table):
            connection.execute(statement)


def _likeness(connection: Connection, table: str) -> list[str]:
    """What LIKE does not copy: storage parameters, row-level security, rights, foreign keys, triggers."""
    found = [
        f"ALTER TABLE {SCHEMA}.{table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {SCHEMA}.{table} FORCE ROW LEVEL SECURITY",
        f"GRANT SELECT, INSERT, UPDATE ON {SCHEMA}.{table} TO abono_engine",
        f"SET LOCAL search_path = {SCHEMA}, public",
    ]
    name = {"name": f"public.{table}"}
    for (options,) in connection.execute(
        "SELECT array_to_string(reloptions, ', ') FROM pg_class "
        "WHERE oid = %(name)s::regclass AND reloptions IS NOT NULL",
        name,
    ):
        found.append(f"ALTER TABLE {SCHEMA}.{table} SET ({options})")
    connection.execute("SET LOCAL search_path = public")
    for constraint, text in connection.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %(name)s::regclass "
        "AND contype = 'f' ORDER BY conname",
        name,
    ):
        found.append(f"ALTER TABLE {SCHEMA}.{table} ADD CONSTRAINT {constraint} {text}")
    for (text,) in connection.execute(
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = %(name)s::regclass AND NOT tgisinternal "
        "ORDER BY tgname",
        name,
    ):
        found.append(text.replace(f" ON public.{table} ", f" ON {SCHEMA}.{table} "))
    return found


def _fill(connection: Connection) -> None:
    connection.execute("SET session_replication_role = replica")
    for table in TABLES:
        connection.execute(f"INSERT INTO {SCHEMA}.{table} SELECT * FROM public.{table} ORDER BY ctid")
    connection.execute("SET session_replication_role = origin")


def description(connection: Connection, schema: str) -> str:
    """Columns, constraints, indexes, triggers and storage of the tables in a schema, in words without its name."""
    others = f"{schema}, public" if schema != "public" else "public"
    connection.execute(f"SET LOCAL search_path = {others}")
    rows = connection.execute(_DESCRIPTION, {"tables": list(TABLES), "schema": schema}).fetchall()
    return "\n".join(f"{table}: {text.replace(f'{schema}.', '')}" for table, text in rows)


_DESCRIPTION = """
    WITH tables AS (
      SELECT c.oid, c.relname, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity, c.reloptions
      FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
      WHERE n.nspname = %(schema)s AND c.relname = ANY(%(tables)s)
    )
    SELECT relname, what FROM (
      SELECT relname, concat_ws(' ', 'table', relpersistence, relrowsecurity, relforcerowsecurity, reloptions) AS what
      FROM tables
      UNION ALL
      SELECT relname,
             concat_ws(' ', 'column', attnum, attname, format_type(atttypid, atttypmod), attnotnull, attstorage)
      FROM tables JOIN pg_attribute ON attrelid = oid WHERE attnum > 0 AND NOT attisdropped
      UNION ALL
      SELECT relname, concat_ws(' ', 'constraint', contype, pg_get_constraintdef(k.oid))
      FROM tables JOIN pg_constraint AS k ON conrelid = tables.oid
      UNION ALL
      SELECT relname, regexp_replace(pg_get_indexdef(indexrelid), ' INDEX \\S+ ON ', ' INDEX ON ')
      FROM tables JOIN pg_index ON indrelid = oid
      UNION ALL
      SELECT relname, pg_get_triggerdef(t.oid) FROM tables JOIN pg_trigger AS t ON tgrelid = tables.oid
      WHERE NOT tgisinternal
    ) AS found ORDER BY relname, what
"""


def export(*, url: str, seller_id: int, day: str, folder: Path) -> list[Block]:
    """Exactly the rows that the run of a day wrote, in the order in which they lie in the tables."""
    blocks = []
    with psycopg.connect(url, cursor_factory=psycopg.ClientCursor) as connection:
        for table in TABLES:
            columns = _columns(connection, table)
            chosen = sql.SQL(_WRITTEN[table]).format(
                columns=sql.SQL(", ").join(sql.Identifier("t", one) for one in columns),
                seller=seller_id,
                day=day,
            )
            file = folder / f"{table}.copy"
            rows = 0
            with (
                file.open("wb") as out,
                connection.cursor().copy(sql.SQL("COPY ({}) TO STDOUT").format(chosen)) as stream,
            ):
                for row in stream:
                    out.write(row)
                    rows += 1
            blocks.append(Block(table, ", ".join(columns), str(file), rows))
    return blocks


def _columns(connection: Connection, table: str) -> Sequence[str]:
    found = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %(name)s::regclass AND attnum > 0 AND NOT attisdropped "
        "ORDER BY attnum",
        {"name": f"public.{table}"},
    )
    return [name for (name,) in found]


_OF_DOCUMENTS = """
    SELECT {columns} FROM %s AS t JOIN documents AS d ON d.seller_id = t.seller_id AND d.id = t.document_id
    WHERE d.seller_id = {seller} AND d.issued_on = {day} AND d.run_id IS NOT NULL ORDER BY t.ctid
"""
_WRITTEN = {
    "documents": "SELECT {columns} FROM documents AS t WHERE seller_id = {seller} AND issued_on = {day} "
    "AND run_id IS NOT NULL ORDER BY ctid",
    "lines": _OF_DOCUMENTS % "lines",
    "claims": _OF_DOCUMENTS % "claims",
    "transfers": "SELECT {columns} FROM transfers AS t WHERE seller_id = {seller} AND on_date = {day} ORDER BY ctid",
    "facts": "SELECT {columns} FROM facts AS t WHERE seller_id = {seller} AND on_date = {day} ORDER BY ctid",
}
