"""`abono audit` proves the books; its exit status says so; what somebody changed past all rules is found by name."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from tests.mission.story import Story, abono, call, says

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def books() -> Story:
    """Two customers over two months: paid in full, in part and not at all; an upgrade, a refund."""
    story = Story("hosting_cl")
    story.plan("basic", 10_000)
    story.plan("large", 30_000)
    ana, eva = story.customer("Ana"), story.customer("Eva")
    service, _ = story.order(ana, "basic", "2026-01-01")
    story.order(eva, "large", "2026-01-05")
    story.pay(ana, 11_900, "2026-01-02", "--key", f"{story.key}-1")
    abono("subscription", "change", service, *story.own, "--plan", "large", "--when", "at-once", "--on", "2026-01-16")
    story.pay(eva, 20_000, "2026-01-06")
    for day in ("2026-01-22", "2026-01-26", "2026-02-19"):
        story.run(day)
    return story


@pytest.mark.mission("F2", part="engine")
def test_sound_books_are_proved_and_the_exit_status_says_so(books: Story) -> None:
    result = call("audit", *books.own)
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "audit: ok")
    report = abono("audit", *books.own)
    assert (report["ok"], report["findings"]) == (True, [])
    proved = {one["name"].partition(".")[0] for one in report["checks"]}
    assert proved >= {"claims", "documents", "series", "books", "payments", "allocations", "settlements", "tenancy"}
    assert all(one["proves"] for one in report["checks"])


# The check that must name it, and what is done to which table by raw SQL; `{mine}` picks the seller's rows.
SPOILT = {
    "claims.missing": ("claims", "DELETE FROM claims WHERE {mine} AND period_from = '2026-03-01'"),
    "series.gap": ("documents", "UPDATE documents SET number = 99 WHERE {mine} AND kind = 'request' AND number = 2"),
    "documents.digest": ("documents", "UPDATE documents SET due_on = due_on + 1 WHERE {mine} AND kind = 'invoice'"),
    "documents.sum": ("lines", "UPDATE lines SET net_minor = net_minor - 1 WHERE {mine} AND net_minor = 30000"),
    "books.requests": ("transfers", "DELETE FROM transfers WHERE {mine} AND debit = 'asked'"),
    "settlements.state": (
        "documents",
        "UPDATE documents SET state = 'settled', open_minor = 0 WHERE {mine} AND state = 'open'",
    ),
    "payments.state": ("payments", "UPDATE payments SET state = 'pending' WHERE {mine} AND amount_minor = 20000"),
}


@pytest.mark.mission("F2", part="engine")
@pytest.mark.parametrize("check", SPOILT)
def test_a_row_changed_past_all_rules_is_found_by_name(books: Story, database: str, check: str) -> None:
    with spoilt(books, database, *SPOILT[check]):
        result = call("audit", *books.own)
        assert result.exit_code == 1
        last = result.stdout.splitlines()[-1]
        assert last.startswith("audit: failed: ")
        assert check in last
        found = json.loads(call("audit", *books.own, "--json").stdout)
        assert found["ok"] is False
        assert next(one for one in found["findings"] if one["name"] == check)["rows"]
    books.audit()


@contextmanager
def spoilt(story: Story, database: str, table: str, statement: str) -> Iterator[None]:
    """The seller's rows of a table changed as a superuser can, past keys and triggers; as they were afterwards."""
    mine = f"seller_id = (SELECT id FROM sellers WHERE key = '{story.key}')"
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(f"CREATE TEMP TABLE kept AS SELECT * FROM {table} WHERE {mine}")  # type: ignore[arg-type]
        assert connection.execute(statement.format(mine=mine)).rowcount > 0  # type: ignore[arg-type]
        try:
            yield
        finally:
            connection.execute(f"DELETE FROM {table} WHERE {mine}")  # type: ignore[arg-type]
            connection.execute(f"INSERT INTO {table} SELECT * FROM kept")  # type: ignore[arg-type]


@pytest.mark.mission("F2", part="engine")
def test_the_audit_only_reads(books: Story) -> None:
    before = says("document", "list", *books.own, "--limit", 0), says("payment", "list", *books.own)
    books.audit()
    assert (says("document", "list", *books.own, "--limit", 0), says("payment", "list", *books.own)) == before
