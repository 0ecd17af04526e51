"""The ground to measure on: a throw-away server, databases with the real tables and roles, tasks of their own."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from abono.base.store.server import remove, start
from abono.interfaces.cli.setup import set_up

ROOT = Path(__file__).resolve().parents[1]
TABLES = "bench_tables"

# Vacuum and statistics are brought up to date between measured pieces, so that they never run within one.
SETTINGS: Mapping[str, object] = {"autovacuum": "off", "max_wal_size": "4GB"}

Connection = psycopg.Connection[tuple[Any, ...]]


@contextmanager
def throw_away_server() -> Iterator[str]:
    """A server as the product ships it, durable (fsync on), in a folder that goes away; its administrator's URL."""
    folder = Path(tempfile.mkdtemp(prefix="abono-bench-"))
    folder.chmod(0o755)
    try:
        yield start(data=folder / "pg", settings=SETTINGS)
    finally:
        remove(data=folder / "pg")
        shutil.rmtree(folder, ignore_errors=True)


def with_database(url: str, name: str) -> str:
    """The same server, another database."""
    parts: dict[str, Any] = {**conninfo_to_dict(url), "dbname": name}
    return make_conninfo(**parts)


def make_database(*, admin_url: str, name: str) -> str:
    """A new database with Abono's tables and roles; its administrator's URL. One of that name goes away first."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TABLES]).fetchone()
        if there is None:
            connection.execute(f"CREATE DATABASE {TABLES}")
            set_up(url=with_database(admin_url, TABLES))
    return clone_database(admin_url=admin_url, name=name, of=TABLES)


def clone_database(*, admin_url: str, name: str, of: str) -> str:
    """A copy of a database that nobody uses; its administrator's URL. One of that name goes away first."""
    drop_database(admin_url=admin_url, name=name)
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {of}")
    return with_database(admin_url, name)


def server_version(url: str) -> str:
    """What the server says it is."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    return str(row[0]) if row else "?"


def drop_database(*, admin_url: str, name: str) -> None:
    """Remove a database if it is there."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def settle(*, url: str) -> None:
    """Bring statistics and visibility up to date and write everything out, as a quiet hour would."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


class Task:
    """A task of `bench.tasks` in a process of its own: it gets ready, waits for `go`, works, and answers."""

    def __init__(self, name: str, *, url: str, **arguments: object) -> None:
        self.name = name
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.tasks", name, json.dumps(arguments, default=str)],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": url},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def await_ready(self) -> "Task":
        """Wait until all is loaded and connected."""
        self._line("ready")
        return self

    def go(self) -> "Task":
        """Let it work."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        return self

    def answer(self) -> dict[str, Any]:
        """What it found, once it has ended."""
        found: dict[str, Any] = json.loads(self._line("{"))
        self._process.communicate()
        return found

    def _line(self, beginning: str) -> str:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith(beginning):
                return line
        raise RuntimeError(f"the task {self.name} ended with {self._process.wait()} instead of an answer")


def do(name: str, *, url: str, **arguments: object) -> dict[str, Any]:
    """One task from beginning to end."""
    return Task(name, url=url, **arguments).await_ready().go().answer()


def do_together(name: str, *, url: str, each: Sequence[Mapping[str, object]]) -> list[dict[str, Any]]:
    """The same task in several processes that begin together."""
    tasks = [Task(name, url=url, **arguments) for arguments in each]
    for task in tasks:
        task.await_ready()
    for task in tasks:
        task.go()
    return [task.answer() for task in tasks]
