"""Taking an import back: what it made goes, as long as nothing hangs on it; that it was there stays on record."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import psycopg
from psycopg import sql as text

from abono.base.facts import actions as facts
from abono.base.facts.actions import record_fact
from abono.base.kernel.ids import new_id
from abono.base.kernel.refusal import Missing, Refused
from abono.base.store import sql
from abono.domain.customers.queries import customer_number

MOST_NAMED = 5
# What the import itself made beside customers and contracts, and what a run left of those it could not bill.
_ITS_OWN = ("import_rows", "cursors", "parked")
_WORDS = {
    "claims": "billed periods",
    "sponsorships": "somebody who pays for them, or for whom they pay",
    "billing_profiles": "further billing profiles",
    "subscriptions": "subscriptions from elsewhere",
}


class Undone(NamedTuple):
    """One import that was taken back: when it was made, and how much of what went."""

    batch_id: UUID
    imported_on: date
    customers: int
    subscriptions: int


def undo_import(
    *, seller_id: int, file_name: str, file_digest: str, mapping_digest: str | None, on: date, at: datetime
) -> list[Undone]:
    """Remove what imports of this file made, the latest first, in one transaction; what went.

    With a mapping, only imports by that mapping. Refuses, and removes nothing, when anything was billed for one of the
    customers or contracts, or added to them since; the refusal names them. Missing when the file was not imported.
    """
    with sql.in_transaction():
        found = sql.rows(
            "SELECT id, imported_on, customers, subscriptions FROM import_batches WHERE seller_id = %(seller)s "
            "AND file_digest = %(file)s AND (%(mapping)s::text IS NULL OR mapping_digest = %(mapping)s) "
            "AND state = 'done' ORDER BY id DESC FOR UPDATE",
            {"seller": seller_id, "file": file_digest, "mapping": mapping_digest},
        )
        if not found:
            raise _nothing_to_undo(seller_id, file_name, file_digest)
        undone = [Undone(*row) for row in found]
        for one in undone:
            _remove(seller_id, one.batch_id, file_name, on, at)
    return undone


def _nothing_to_undo(seller_id: int, file_name: str, file_digest: str) -> Refused:
    row = sql.one(
        "SELECT state, undone_on FROM import_batches WHERE seller_id = %(seller)s AND file_digest = %(file)s "
        "ORDER BY state, id DESC LIMIT 1",
        {"seller": seller_id, "file": file_digest},
    )
    if row is None:
        return Missing("migration.not_imported", f"{file_name}, as it is now, was not imported for this seller.")
    if row[0] == "undone":
        return Missing("migration.undone", f"The import of {file_name} was undone on {row[1]} already.")
    return Missing(
        "migration.other_mapping", f"{file_name} was imported, but by another mapping; undo it with that one."
    )


def _remove(seller_id: int, batch_id: UUID, file_name: str, on: date, at: datetime) -> None:
    of_batch = {"seller": seller_id, "batch": batch_id}
    sql.rows(
        "SELECT 1 FROM customers AS c JOIN import_rows AS r ON r.seller_id = c.seller_id AND r.customer_id = c.id "
        "WHERE r.seller_id = %(seller)s AND r.batch_id = %(batch)s ORDER BY c.id FOR UPDATE OF c",
        of_batch,
    )
    hanging = "; ".join(_hanging(seller_id, batch_id))
    if hanging:
        raise Refused(
            "migration.in_use", f"Nothing was undone, for something hangs on the import of {file_name}: {hanging}."
        )
    _record_removals(seller_id, batch_id, on, at)
    try:
        sql.one("SELECT abono_remove_import(%(seller)s::smallint, %(batch)s)", of_batch)
    except psycopg.errors.ForeignKeyViolation as error:
        table = error.diag.table_name or "something"
        raise Refused("migration.in_use", f"Nothing was undone: {table} hang on the import of {file_name}.") from None
    sql.change(
        "UPDATE import_batches SET state = 'undone', undone_on = %(on)s "
        "WHERE seller_id = %(seller)s AND id = %(batch)s",
        {**of_batch, "on": on},
    )
    record_fact(seller_id=seller_id, kind="ImportUndone", cause=file_name, on=on, at=at, subject_id=batch_id)


def _hanging(seller_id: int, batch_id: UUID) -> Iterator[str]:
    """What hangs on customers and contracts of the batch, by kind, naming the first customers of each.

    The tables are found by their foreign keys, so that one added later is not forgotten.
    """
    kinds: dict[str, list[str]] = {}
    for target, made in (("customers", "customer_id"), ("subscriptions", "subscription_id")):
        for table, column in _keys_to(target):
            if table not in _ITS_OWN:
                statement = _users(table, column, made)
                found = sql.rows(statement, {"seller": seller_id, "batch": batch_id})
                if found:
                    kinds.setdefault(_named([row[0] for row in found]), []).append(_words_for(table))
    for who, what in kinds.items():
        yield f"{who} {', '.join(dict.fromkeys(what))}"


def _named(numbers: Sequence[int]) -> str:
    names = ", ".join(customer_number(number=number) for number in numbers[:MOST_NAMED])
    more = " and more" if len(numbers) > MOST_NAMED else ""
    return f"{names}{more} {'has' if len(numbers) == 1 else 'have'}"


def _words_for(table: str) -> str:
    return _WORDS.get(table, table.replace("_", " "))


def _keys_to(target: str) -> list[tuple[str, str]]:
    """Tables and columns whose foreign key, after the seller, leads to the id of `target`."""
    return [
        (table, column)
        for table, column in sql.rows(
            """
            SELECT r.relname::text, a.attname::text
            FROM pg_constraint AS c
            JOIN pg_class AS r ON r.oid = c.conrelid
            JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[2]
            WHERE c.contype = 'f' AND c.confrelid = to_regclass(%(target)s) AND array_length(c.conkey, 1) = 2
            ORDER BY 1, 2
            """,
            {"target": target},
        )
    ]


def _users(table: str, column: str, made: str) -> str:
    """The customers whose rows are used by a table in a way that the import did not make."""
    statement = text.SQL(
        """
        SELECT DISTINCT c.number FROM import_rows AS r
        JOIN {table} AS t ON t.seller_id = r.seller_id AND t.{column} = r.{made}
        LEFT JOIN subscriptions AS s ON s.seller_id = r.seller_id AND s.id = r.subscription_id
        JOIN customers AS c ON c.seller_id = r.seller_id AND c.id = coalesce(r.customer_id, s.customer_id)
        WHERE r.seller_id = %(seller)s AND r.batch_id = %(batch)s {otherwise} ORDER BY c.number LIMIT {most}
        """
    )
    otherwise = {
        "subscriptions": "AND NOT EXISTS (SELECT FROM import_rows AS x WHERE x.seller_id = t.seller_id "
        "AND x.subscription_id = t.id AND x.batch_id = r.batch_id)",
        "billing_profiles": "AND t.id IS DISTINCT FROM c.default_profile_id",
    }
    names = {"table": text.Identifier(table), "column": text.Identifier(column), "made": text.Identifier(made)}
    extra = text.SQL(otherwise.get(table, ""))
    return statement.format(**names, otherwise=extra, most=text.Literal(MOST_NAMED + 1)).as_string(None)


def _record_removals(seller_id: int, batch_id: UUID, on: date, at: datetime) -> None:
    """One fact for each customer, and for each contract that came on a line without one."""
    statement = (
        "SELECT r.customer_id, r.subscription_id, s.customer_id, r.line_no FROM import_rows AS r "
        "LEFT JOIN subscriptions AS s ON s.seller_id = r.seller_id AND s.id = r.subscription_id "
        "WHERE r.seller_id = %(seller)s AND r.batch_id = %(batch)s ORDER BY r.line_no"
    )
    for block in sql.stream(statement, {"seller": seller_id, "batch": batch_id}):
        rows = []
        for customer_id, subscription_id, owner_id, line in block:
            kind = "CustomerRemoved" if customer_id else "SubscriptionRemoved"
            subject_id = batch_id if customer_id else subscription_id
            head = (seller_id, new_id(), kind, on, at, customer_id or owner_id)
            rows.append((*head, None, subject_id, f"import undone, line {line}", None))
        sql.copy_in("facts", facts.COLUMNS, rows)
