"""The program in processes of its own: set up from nothing with the embedded server, and on a database of one's own."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from abono.base.store import server


def program(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "ABONO_DATA")}
    return subprocess.run(
        [sys.executable, "-m", "abono.interfaces.cli.main", *words],
        capture_output=True,
        text=True,
        check=False,
        env={**kept, **environment},
        timeout=180,
    )


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that any user may enter, so that PostgreSQL works there even when the tests run as root."""
    path = Path(tempfile.mkdtemp(prefix="abono-test-"))
    path.chmod(0o755)
    yield path
    server.remove(data=path / "postgres")
    shutil.rmtree(path, ignore_errors=True)


def test_from_nothing_to_a_seller_with_the_embedded_server(folder: Path) -> None:
    here = {"ABONO_DATA": str(folder)}
    first = program("setup", **here)
    assert first.returncode == 0, first.stderr
    assert "roles made: abono_owner, abono_engine, abono_portal, abono_staff" in first.stdout
    again = program("setup", **here)
    assert (again.returncode, "roles made: none" in again.stdout) == (0, True)
    assert program("server", "stop", **here).stdout == "stopped\n"
    # The server is started by whichever command needs it.
    words = ("--name", "Shop", "--legal-name", "Shop SA", "--tax-id", "30-1", "--email", "a@shop.example")
    made = program("seller", "add", "--seller", "shop", *words, "--policy", "hosting_ar", **here)
    assert made.returncode == 0, made.stderr
    listed = json.loads(program("seller", "list", "--json", **here).stdout)
    assert [one["key"] for one in listed["sellers"]] == ["shop"]
    assert program("audit", **here).stdout.endswith("audit: ok\n")


def test_a_database_without_tables_names_setup(superuser: str) -> None:
    done = program("seller", "list", DATABASE_URL=superuser)
    assert done.returncode == 1
    assert done.stderr == "abono: The database lacks tables of this version of Abono. Run: abono setup\n"


def test_a_database_of_ones_own(database_url: str) -> None:
    done = program("seller", "list", "--json", DATABASE_URL=database_url)
    assert done.returncode == 0, done.stderr
    assert isinstance(json.loads(done.stdout)["sellers"], list)


def test_a_reader_that_goes_away_is_no_fault(database_url: str) -> None:
    done = subprocess.run(
        ["bash", "-c", f'"{sys.executable}" -m abono.interfaces.cli.main --help | head -n 1; exit ${{PIPESTATUS[1]}}'],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.startswith("Usage: abono")
    assert "Traceback" not in done.stderr
