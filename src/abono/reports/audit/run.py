"""Run the whole audit in one snapshot of the database."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from abono.base.store import sql
from abono.reports.audit.checks import Finding, checks_in, run_check
from abono.reports.audit.frozen import frozen_findings
from abono.reports.audit.references import PROVES, reference_findings

# Checks of the database itself, the same for all sellers.
OF_THE_SCHEMA = "schema."

# The settings that hold for the audit's transaction alone. Row-level security must not hide a row from it: with it off,
# a role that would see less than everything is refused by PostgreSQL instead of finding nothing wrong. Fresh tables
# have no statistics yet, and a nested loop over them would take hours; the rest is for speed.
_SETTINGS = """
SET LOCAL row_security = off;
SET LOCAL datestyle = 'ISO, YMD';
SET LOCAL enable_nestloop = off;
SET LOCAL jit = off;
SET LOCAL work_mem = '64MB';
"""


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked, as name -> what it proves, and what was found wrong."""

    checked: dict[str, str]
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return not self.findings


def audit(*, seller_id: int | None = None) -> Report:
    """Check the books of one seller or of all, read-only, as they stand at one moment.

    Call it outside a transaction: it opens its own, because all checks must see the same snapshot.
    """
    with sql.in_transaction():
        connection = sql.raw_connection()
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return audit_in(connection, seller_id=seller_id)


def audit_in(connection: "psycopg.Connection[Any]", *, seller_id: int | None = None) -> Report:
    """The same within the transaction that `connection` is in, seeing what that transaction sees."""
    connection.execute(_SETTINGS)
    found = tuple(one for one in _findings(connection, seller_id) if one is not None)
    return Report(checked=names(), findings=found)


def names() -> dict[str, str]:
    """All checks, in the order they run: name -> what it proves."""
    files = (*checks_in("sql"), *checks_in("frozen"))
    return {check.name: check.proves for check in files} | PROVES


def _findings(connection: "psycopg.Connection[Any]", seller_id: int | None) -> Iterator[Finding | None]:
    for check in checks_in("sql"):
        everywhere = check.name.startswith(OF_THE_SCHEMA)
        yield run_check(connection, check, seller_id=None if everywhere else seller_id)
    yield from frozen_findings(connection, seller_id=seller_id)
    yield from reference_findings(connection, seller_id=seller_id)
