"""Every key in every table of a seller leads to a row of the same seller.

The foreign keys are read from the catalogue and followed again, because a key is no proof for rows that were written
past it. Columns that name a row without a foreign key are listed here; a column that is neither is found too.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import tuple_row

from abono.reports.audit.checks import MOST_SHOWN, Finding, offending

# Columns that name a row of a table by its id without a foreign key: (table, column, table of the row).
LISTED = (
    ("lines", "subscription_id", "subscriptions"),
    ("lines", "charge_id", "charges"),
    ("annex_rows", "subscription_id", "subscriptions"),
    ("annex_rows", "location_id", "locations"),
    ("documents", "settlement_id", "settlements"),
    ("facts", "customer_id", "customers"),
    ("facts", "document_id", "documents"),
)
# Facts outlive a customer that an undone import removed; imports.sums holds that removal against the import.
UNLESS = {
    ("facts", "customer_id"): """
        NOT EXISTS (
          SELECT FROM facts AS f
          JOIN import_batches AS b ON b.seller_id = f.seller_id AND b.id = f.subject_id AND b.state = 'undone'
          WHERE f.seller_id = here.seller_id AND f.customer_id = here.customer_id AND f.kind = 'CustomerRemoved'
        )"""
}
# Columns whose rows may be of several tables, or gone; checks of their own follow them: books.cause, tenancy.facts,
# tenancy.runs. A contact may be removed; the message to it stays.
FOLLOWED_ELSEWHERE = (
    ("transfers", "cause_id"),
    ("facts", "subject_id"),
    ("documents", "run_id"),
    ("messages", "contact_id"),
)

PROVES = {
    "tenancy.keys": "Every foreign key leads to a row that is there, of the same seller.",
    "tenancy.references": "Every id that a row names without a foreign key is that of a row of the same seller.",
    "tenancy.columns": "Every column that names another row is known to the audit.",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """`columns` of `table` name `target_columns` of `target`; both begin with the seller."""

    table: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]


def reference_findings(connection: "psycopg.Connection[Any]", *, seller_id: int | None) -> Iterator[Finding | None]:
    """One finding or None for each of PROVES."""
    keys = _foreign_keys(connection)
    there = {(table, column) for table, column in _id_columns(connection)}
    listed = [
        Reference(table, ("seller_id", column), target, ("seller_id", "id"))
        for table, column, target in LISTED
        if (table, column) in there
    ]
    yield _follow(connection, "tenancy.keys", keys, seller_id)
    yield _follow(connection, "tenancy.references", listed, seller_id)
    known = {(one.table, column) for one in (*keys, *listed) for column in one.columns} | set(FOLLOWED_ELSEWHERE)
    unknown = sorted(there - known)
    rows: tuple[dict[str, object], ...] = tuple({"table_name": table, "column": column} for table, column in unknown)
    yield Finding("tenancy.columns", PROVES["tenancy.columns"], len(rows), rows[:MOST_SHOWN]) if rows else None


def _foreign_keys(connection: "psycopg.Connection[Any]") -> list[Reference]:
    found = _rows(
        connection,
        """
        SELECT r.relname::text, f.relname::text,
          ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY AS k (no, place)
            JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.no ORDER BY k.place),
          ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY AS k (no, place)
            JOIN pg_attribute AS a ON a.attrelid = c.confrelid AND a.attnum = k.no ORDER BY k.place)
        FROM pg_constraint AS c
        JOIN pg_class AS r ON r.oid = c.conrelid
        JOIN pg_class AS f ON f.oid = c.confrelid
        WHERE c.contype = 'f' AND r.relnamespace = current_schema()::regnamespace
        UNION ALL
        -- Keys checked once a statement: the triggers say which, as columns, table, columns there; a null ends each.
        SELECT r.relname::text, arguments[2], string_to_array('seller_id ' || arguments[1], ' '),
          string_to_array('seller_id ' || arguments[3], ' ')
        FROM pg_trigger AS t
        JOIN pg_class AS r ON r.oid = t.tgrelid
        CROSS JOIN LATERAL (SELECT string_to_array(encode(t.tgargs, 'escape'), '\\000')) AS a (arguments)
        WHERE t.tgname ~ '_fk$' AND t.tgnewtable = 'fresh' AND r.relnamespace = current_schema()::regnamespace
        ORDER BY 1, 2, 3
        """,
    )
    references = (Reference(table, tuple(columns), target, tuple(there)) for table, target, columns, there in found)
    return [one for one in references if "seller_id" in one.columns]


def _id_columns(connection: "psycopg.Connection[Any]") -> list[tuple[str, str]]:
    """Columns of sellers' tables that by name and type hold the id of another row."""
    found = _rows(
        connection,
        """
        SELECT r.relname::text, a.attname::text
        FROM pg_attribute AS a
        JOIN pg_class AS r ON r.oid = a.attrelid AND r.relkind IN ('r', 'p')
        JOIN pg_attribute AS s ON s.attrelid = r.oid AND s.attname = 'seller_id' AND NOT s.attisdropped
        WHERE r.relnamespace = current_schema()::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
          AND a.atttypid = 'uuid'::regtype AND a.attname ~ '_id$'
        """,
    )
    return [(table, column) for table, column in found]


def _follow(
    connection: "psycopg.Connection[Any]", name: str, references: list[Reference], seller_id: int | None
) -> Finding | None:
    count = 0
    shown: list[dict[str, object]] = []
    for one in references:
        more, rows = offending(connection, _broken(one), seller_id=seller_id)
        count += more
        room = MOST_SHOWN - len(shown)
        if rows and room > 0:
            shown.extend(_with_owners(connection, one, rows[:room]))
    return Finding(name, PROVES[name], count, tuple(shown)) if count else None


def _broken(one: Reference) -> sql.Composable:
    """The rows whose key leads nowhere within their seller. A key with a null in it names nothing."""
    columns = [sql.Identifier("here", column) for column in one.columns]
    pairs = zip(one.columns, one.target_columns, strict=True)
    named = [column for column in one.columns if column != "seller_id"]
    key = sql.SQL(" || ' ' || ").join(
        sql.SQL("coalesce({}::text, '')").format(sql.Identifier("here", column)) for column in named or ["seller_id"]
    )
    return sql.SQL(
        "SELECT here.seller_id, {table_name} AS table_name, {column} AS column_name, {key} AS names, {whole} AS row "
        "FROM {table} AS here "
        "WHERE {present} AND NOT EXISTS (SELECT FROM {target} AS there WHERE {same}) AND {unless}"
    ).format(
        table_name=sql.Literal(one.table),
        column=sql.Literal(" ".join(named)),
        key=key,
        whole=sql.SQL("left(to_jsonb(here)::text, 300)"),
        table=sql.Identifier(one.table),
        target=sql.Identifier(one.target),
        unless=sql.SQL(UNLESS.get((one.table, " ".join(named)), "true")),
        present=sql.SQL(" AND ").join(sql.SQL("{} IS NOT NULL").format(column) for column in columns),
        same=sql.SQL(" AND ").join(
            sql.SQL("{} = {}").format(sql.Identifier("there", target), sql.Identifier("here", column))
            for column, target in pairs
        ),
    )


def _with_owners(
    connection: "psycopg.Connection[Any]", one: Reference, rows: tuple[dict[str, object], ...]
) -> Iterator[dict[str, object]]:
    """Say of each row whose the named thing is: sellers that have a row with that id, or nobody."""
    owners: dict[str, list[int]] = defaultdict(list)
    if one.target_columns == ("seller_id", "id"):
        statement = sql.SQL("SELECT id::text, seller_id FROM {} WHERE id = ANY(%s::uuid[])")
        with connection.cursor(row_factory=tuple_row) as cursor:
            cursor.execute(statement.format(sql.Identifier(one.target)), [[str(row["names"]) for row in rows]])
            for row_id, owner in cursor:
                owners[row_id].append(owner)
    for row in rows:
        yield {**row, "points_to": one.target, "belongs_to": owners.get(str(row["names"]))}


def _rows(connection: "psycopg.Connection[Any]", statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(statement).fetchall()
