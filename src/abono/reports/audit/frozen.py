"""Digests worked out again, from the definition of the canonical text and not from the code that wrote it.

The canonical text of a document: its fields, then its lines, then its annex rows; fields joined by U+001F, records by
U+001E, nothing as empty text, JSON compact with sorted keys and nothing escaped. Its SHA-256 is the digest.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from abono.reports.audit.checks import MOST_SHOWN, Check, Finding, checks_in

FIELD = "\x1f"

# Rows held in memory at a time, so that memory stays flat however many documents there are.
CHUNK = 500

Row = Mapping[str, Any]


def frozen_findings(connection: "psycopg.Connection[Any]", *, seller_id: int | None) -> Iterator[Finding | None]:
    """Check that nothing frozen was changed: one finding or None for each file in `frozen/`."""
    still = {"documents.digest": _document_holds, "words.digest": _words_hold}
    for check in checks_in("frozen"):
        holds = still[check.name]
        count = 0
        shown: list[dict[str, object]] = []
        for row in _rows(connection, check, seller_id):
            if holds(row):
                continue
            count += 1
            if len(shown) < MOST_SHOWN:
                shown.append({name: row[name] for name in row if name in _SHOWN})
        yield Finding(check.name, check.proves, count, tuple(shown)) if count else None


_SHOWN = ("seller_id", "document_id", "kind", "series", "number", "words_id")


def _rows(connection: "psycopg.Connection[Any]", check: Check, seller_id: int | None) -> Iterator[Row]:
    text = sql.SQL("SELECT * FROM (\n{}\n) AS found").format(sql.SQL(check.statement))
    if seller_id is not None:
        text += sql.SQL(" WHERE seller_id = {}").format(sql.Literal(seller_id))
    with connection.cursor(name="abono_audit", row_factory=dict_row) as cursor:
        cursor.execute(text)
        while block := cursor.fetchmany(CHUNK):
            yield from block


def _document_holds(row: Row) -> bool:
    fields = FIELD.join((row["head"], _canonical(row["taxes"]), _canonical(row["extra"]), row["tail"]))
    text = fields + row["lines"] + row["annex"]
    return hashlib.sha256(text.encode()).digest() == bytes(row["digest"])


def _words_hold(row: Row) -> bool:
    digest = hashlib.sha256(_canonical(row["body"]).encode()).digest()
    return bool(UUID(bytes=digest[:16]) == row["words_id"])


@lru_cache(maxsize=1024)
def _canonical(text: str) -> str:
    return json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
