"""What a check is, what it finds, and how the files in `sql/` become checks."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

HERE = Path(__file__).parent

# How many offending rows are shown of each check; all are counted.
MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold. `proves` is one sentence; `statement` finds the rows that break it."""

    name: str
    proves: str
    statement: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that failed: how many rows break it, and the first of them as column -> value."""

    name: str
    proves: str
    count: int
    rows: tuple[Mapping[str, object], ...]


@cache
def checks_in(folder: str) -> tuple[Check, ...]:
    """The checks of a folder, by name: `claims.gap.sql` is the check `claims.gap`."""
    return tuple(_read(path) for path in sorted((HERE / folder).glob("*.sql")))


def _read(path: Path) -> Check:
    text = path.read_text(encoding="utf-8")
    header: list[str] = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        header.append(line.removeprefix("--").strip())
    return Check(path.stem, " ".join(header), text)


def run_check(connection: "psycopg.Connection[Any]", check: Check, *, seller_id: int | None) -> Finding | None:
    """Run one check; what it found, or None. Rows of other sellers are left out when a seller is given."""
    count, rows = offending(connection, sql.SQL(check.statement), seller_id=seller_id)
    return Finding(check.name, check.proves, count, rows) if count else None


def offending(
    connection: "psycopg.Connection[Any]", statement: sql.Composable, *, seller_id: int | None
) -> tuple[int, tuple[dict[str, object], ...]]:
    """How many rows a query gives and the first of them, in an order that stays."""
    only: sql.Composable = sql.SQL("")
    if seller_id is not None:
        only = sql.SQL(" WHERE found.seller_id = {}").format(sql.Literal(seller_id))
    text = sql.SQL(
        "SELECT count(*) OVER () AS counted, found.* FROM (\n{}\n) AS found{} ORDER BY 2, 3 LIMIT {}"
    ).format(statement, only, sql.Literal(MOST_SHOWN))
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(text).fetchall()
    count = int(rows[0]["counted"]) if rows else 0
    return count, tuple({name: value for name, value in row.items() if name != "counted"} for row in rows)
