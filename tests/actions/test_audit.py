"""The audit finds nothing wrong in sound books, and each of many corruptions by name.

Corruptions (`corruptions.sql`) are raw SQL, written past every key and trigger, as a superuser could; each is
rolled back.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from click.testing import CliRunner, Result

from abono.interfaces.cli.audit import audit as command
from abono.reports.audit.checks import MOST_SHOWN
from abono.reports.audit.run import Report, audit, audit_in, names
from tests.actions.sound_world import write_world
from tests.conftest import TEMPLATE, WORKER, with_database

Connection = psycopg.Connection[Any]


class Corruption(NamedTuple):
    """What must find it, what it is for people, and the SQL that does it."""

    found_by: str
    what: str
    spoil: str


def corruptions() -> list[Corruption]:
    text = Path(__file__).with_name("corruptions.sql").read_text(encoding="utf-8")
    found = re.findall(r"^-- ([a-z_]+\.[a-z_]+): (.+)\n((?:(?!--).+\n)+)", text, re.MULTILINE)
    return [Corruption(*one) for one in found]


CORRUPTIONS = corruptions()

# What `corruptions.sql` calls documents and customers by.
NAMES = """
CREATE FUNCTION pg_temp.doc(int, text, int) RETURNS uuid STABLE LANGUAGE sql AS
  'SELECT id FROM documents WHERE seller_id = $1 AND series = $2 AND number = $3';
CREATE FUNCTION pg_temp.customer(text) RETURNS uuid STABLE LANGUAGE sql AS
  'SELECT id FROM customers WHERE name = $1';
"""


@pytest.fixture(scope="module")
def world(superuser: str) -> Iterator[str]:
    """A database with the world of `sound_world` and nothing else, as the administrator's URL."""
    name = f"abono_audit_{WORKER}"
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        url = with_database(superuser, name)
        with psycopg.connect(url) as writing:
            write_world(writing)
        yield url
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def engine(world: str, django_ready: None) -> Iterator[str]:
    """Django connected to that database as the engine, and back to the worker's own after."""
    from django.db import connections

    from abono.base.store.address import database_settings

    default = connections["default"]
    before = dict(default.settings_dict)
    default.close()
    default.settings_dict.update(database_settings(world, role="abono_engine"))
    yield world
    default.close()
    default.settings_dict.update(before)


@pytest.fixture
def spoiled(world: str) -> Iterator[Connection]:
    """A transaction in which keys and triggers do not stop anybody; rolled back after."""
    with psycopg.connect(world) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(NAMES)
        yield connection
        connection.rollback()


def told(report: Report) -> str:
    return "\n".join(f"{one.name} {one.count} {[*map(dict, one.rows)]}" for one in report.findings)


def test_sound_books_are_ok(world: str) -> None:
    with psycopg.connect(world) as connection:
        report = audit_in(connection)
    assert report.ok, told(report)


@pytest.mark.parametrize("corruption", CORRUPTIONS, ids=lambda one: f"{one.found_by}: {one.what}")
def test_each_corruption_is_found_by_name(spoiled: Connection, corruption: Corruption) -> None:
    spoiled.execute(corruption.spoil)  # type: ignore[call-overload]
    report = audit_in(spoiled)
    assert corruption.found_by in {finding.name for finding in report.findings}, told(report)
    found = next(finding for finding in report.findings if finding.name == corruption.found_by)
    assert found.count >= len(found.rows) > 0
    assert len(found.proves) > 20


def test_every_check_has_a_corruption() -> None:
    assert set(names()) == {corruption.found_by for corruption in CORRUPTIONS}


def test_each_check_says_what_it_proves_in_a_sentence() -> None:
    for name, proves in names().items():
        assert proves[0].isupper(), name
        assert proves.endswith((".", ".)")), name
        assert "." in name, name


def test_the_reference_names_every_check_as_it_is() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "audit.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \| (.+) \|$", page, re.MULTILINE))
    assert told == names()


def test_one_seller_alone(spoiled: Connection) -> None:
    spoiled.execute("UPDATE documents SET due_on = '2026-12-31' WHERE id = pg_temp.doc(2, 'I-2026', 5)")
    assert audit_in(spoiled, seller_id=1).ok
    (found,) = audit_in(spoiled, seller_id=2).findings
    assert (found.name, found.count) == ("documents.digest", 1)


def test_of_many_offending_rows_some_are_shown_and_all_counted(spoiled: Connection) -> None:
    spoiled.execute("UPDATE transfers SET debit = 'opening', credit = 'bank'")
    found = next(one for one in audit_in(spoiled).findings if one.name == "books.shape")
    row = spoiled.execute("SELECT count(*) FROM transfers").fetchone()
    assert row is not None
    assert found.count == row[0] > MOST_SHOWN == len(found.rows)


def test_the_owner_of_a_foreign_row_is_named(spoiled: Connection) -> None:
    spoiled.execute(
        "UPDATE documents SET customer_id = (SELECT id FROM customers WHERE name = 'Gina') "
        "WHERE id = pg_temp.doc(1, 'P-2026', 1)"
    )
    found = next(one for one in audit_in(spoiled).findings if one.name == "tenancy.keys")
    foreign = next(row for row in found.rows if row["column_name"] == "customer_id")
    assert (foreign["table_name"], foreign["belongs_to"]) == ("documents", [2])


def test_a_role_that_sees_less_is_refused_and_finds_nothing_in_order(world: str) -> None:
    with psycopg.connect(world) as connection:
        connection.execute("SET ROLE abono_staff")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            audit_in(connection)


def test_it_writes_nothing_and_sees_one_moment(world: str, engine: str) -> None:
    """It runs as the engine, in a transaction of its own that PostgreSQL keeps from writing."""
    seen: list[str] = []
    from abono.reports.audit import run

    original = run.audit_in

    def looking(connection: Connection, *, seller_id: int | None = None) -> Report:
        for name in ("transaction_isolation", "transaction_read_only", "role"):
            row = connection.execute(f"SHOW {name}").fetchone()  # type: ignore[call-overload]
            seen.append(row[0])
        return original(connection, seller_id=seller_id)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "audit_in", looking)
        assert audit().ok
    assert seen == ["repeatable read", "on", "abono_engine"]


def run_command(*words: str) -> Result:
    return CliRunner().invoke(command, words)


def test_the_command_on_sound_books(world: str, engine: str) -> None:
    result = run_command()
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "audit: ok"
    assert run_command("--seller", "north").exit_code == 0


def test_the_command_used_wrongly(world: str, engine: str) -> None:
    result = run_command("--seller", "east")
    assert result.exit_code == 2
    assert result.stderr == "Error: There is no seller 'east'; there are: north, south, west.\n"
    assert result.stdout == ""
    assert run_command("--sellers").exit_code == 2


@pytest.fixture
def broken(world: str) -> Iterator[None]:
    """A committed corruption, put right after."""
    statement = (
        "UPDATE documents SET open_minor = open_minor + %s WHERE seller_id = 2 AND series = 'I-2026' AND number = 1"
    )
    with psycopg.connect(world, autocommit=True) as connection:
        connection.execute(statement, [-1])
        yield
        connection.execute(statement, [1])


@pytest.mark.usefixtures("broken")
def test_the_command_on_spoiled_books(engine: str) -> None:
    result = run_command()
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert "documents.open: 1 row" in lines
    assert any("series=I-2026 number=1 open_minor=3599 should_be=3600" in line for line in lines)
    assert lines[-1] == "audit: failed: books.receivable, documents.open"
    assert run_command("--seller", "north").exit_code == 0


@pytest.mark.usefixtures("broken")
def test_the_command_for_programs(engine: str) -> None:
    result = run_command("--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert found["ok"] is False
    assert {one["name"] for one in found["checks"]} == set(names())
    named = {one["name"]: one for one in found["findings"]}
    assert named["documents.open"]["count"] == 1
    assert named["documents.open"]["rows"][0]["should_be"] == 3600
