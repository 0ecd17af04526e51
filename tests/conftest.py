"""What tests share: one throw-away PostgreSQL for the session, one migrated database per worker, sellers of their own.

Tests commit for real. They do not disturb each other because each makes a seller of its own, as tenants do.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

pytest_plugins = ["tests.mission_table"]

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
TEMPLATE = "abono_template"


def pytest_configure(config: pytest.Config) -> None:
    """The main process names the folder of the session's server; workers inherit it."""
    if not hasattr(config, "workerinput"):
        os.environ["ABONO_TEST_DATA"] = tempfile.mkdtemp(prefix="abono-test-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the session's server, if any test needed it, and remove its data."""
    if hasattr(config, "workerinput"):
        return
    folder = Path(os.environ["ABONO_TEST_DATA"])
    if (folder / "pg").exists():
        from abono.base.store.server import remove

        remove(data=folder / "pg")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def superuser() -> str:
    """The administrator's URL of a throw-away server (or of DATABASE_URL), with the template database made."""
    folder = Path(os.environ["ABONO_TEST_DATA"])
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        url = os.environ.get("DATABASE_URL_FOR_TESTS") or _server(folder)
        _make_template(url, folder)
    return url


def _server(folder: Path) -> str:
    from abono.base.store.server import start

    bins = os.environ.get("ABONO_TEST_PG_BIN")
    return start(data=folder / "pg", bin_dir=Path(bins) if bins else None, durable=False)


def _make_template(url: str, folder: Path) -> None:
    done = folder / "template-made"
    if done.exists():
        return
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}")
        connection.execute(f"CREATE DATABASE {TEMPLATE}")
    from abono.interfaces.cli.setup import set_up

    set_up(url=with_database(url, TEMPLATE))
    done.touch()


def with_database(url: str, name: str) -> str:
    """The same server, another database."""
    parts = psycopg.conninfo.conninfo_to_dict(url)
    return psycopg.conninfo.make_conninfo(**{**parts, "dbname": name})


@pytest.fixture(scope="session")
def database_url(superuser: str) -> str:
    """A migrated database of this worker's own, as the administrator's URL."""
    name = f"abono_{WORKER}"
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    return with_database(superuser, name)


@pytest.fixture(scope="session")
def django_ready(database_url: str) -> Iterator[None]:
    """Django, assembled on the worker's database and acting as the engine."""
    os.environ["DATABASE_URL"] = database_url
    from abono.interfaces.cli.assembly import assemble

    assemble(url=database_url)
    yield
    from django.db import connections

    connections.close_all()
    _check_books(database_url)


def _check_books(url: str) -> None:
    """Whatever the tests did, the books of all their sellers hold at the end: nobody leaves behind what is wrong.

    A test that corrupts rows on purpose does so in a transaction that it rolls back, or puts them back.
    """
    from abono.reports.audit.run import audit_in
    from tests.world import MADE_BY

    with psycopg.connect(url) as connection:
        found = audit_in(connection).findings
    if found:
        rows = [(one.name, dict(row)) for one in found for row in one.rows]
        made = {MADE_BY.get(row.get("seller_id"), "another way") for _, row in rows}  # type: ignore[call-overload]
        pytest.fail(f"The audit finds {rows[:20]}. The sellers were made by: {', '.join(sorted(made))}")


@pytest.fixture
def database(django_ready: None, database_url: str) -> str:
    """Ask for it to use the database; gives the administrator's URL for looking behind the engine's back."""
    return database_url
