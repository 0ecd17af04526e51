"""The demo as a person calls it: twice, stopped half way, with another seed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.conftest import WORKER, with_database

COMMAND = [sys.executable, "-m", "abono.interfaces.cli.main", "demo", "--months", "1"]
DAYS = 31 * 5
LONGEST_S = 240


@pytest.fixture
def databases(superuser: str) -> Iterator[list[str]]:
    """The addresses of two empty databases of this test's own."""
    names = [f"abono_demo_{number}_{WORKER}" for number in (1, 2)]
    with psycopg.connect(superuser, autocommit=True) as connection:
        for name in names:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name}")
        yield [with_database(superuser, name) for name in names]
        for name in names:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def call(url: str, *words: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "DATABASE_URL": url, "ABONO_NO_SERVE": "1"}
    return subprocess.run(
        [*COMMAND, *words], env=environment, capture_output=True, text=True, check=False, timeout=LONGEST_S
    )


def told(url: str, *words: str) -> dict[str, Any]:
    """What the demo says as data."""
    done = call(url, "--json", *words)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def world_of(found: dict[str, Any]) -> tuple[Any, Any]:
    """What does not depend on which call it was: numbers of the sellers, and the words of the story."""
    return found["sellers"], [(event["on"], event["words"], event["cause"]) for event in found["story"]["events"]]


def count(url: str, statement: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(statement).fetchone()
    assert row is not None
    return int(row[0])


def test_it_tells_what_happened_and_again_writes_nothing(databases: list[str]) -> None:
    url = databases[0]
    first = call(url)
    assert first.returncode == 0, first.stdout[-2000:] + first.stderr[-2000:]
    lines = first.stdout.splitlines()
    assert lines[-1] == "audit: ok"
    for name in (
        "Ferrybee Inc.",
        "Larkspur Systems LLC",
        "Andarivel SpA",
        "Calado Internet S.R.L.",
        "Hajnal Foglalás Kft.",
    ):
        assert any(line.startswith(f"{name}, policy ") for line in lines)
    assert any(line.startswith("The story of ") for line in lines)
    facts = count(url, "SELECT count(*) FROM facts")
    again = call(url)
    assert (again.returncode, again.stdout) == (0, first.stdout)
    assert count(url, "SELECT count(*) FROM facts") == facts
    other = call(url, "--seed", "2")
    assert (other.returncode, other.stdout, other.stderr.count("\n")) == (2, "", 1)
    assert "seed 1" in other.stderr


def test_stopped_half_way_it_goes_on_to_the_same_end(databases: list[str]) -> None:
    whole, broken = databases
    environment = {**os.environ, "DATABASE_URL": broken}
    passed = "SELECT count(*) FROM facts WHERE kind = 'DayPassed'"
    running = subprocess.Popen([*COMMAND, "--json"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + LONGEST_S
    while time.monotonic() < deadline:
        try:
            if count(broken, passed) > DAYS // 3:
                break
        except psycopg.errors.UndefinedTable:
            pass
        time.sleep(1 / 20)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert 0 < count(broken, passed) < DAYS, "it was to be stopped while days were passing"
    on_the_way = told(broken)
    assert 0 < on_the_way["days_passed_now"] < DAYS
    assert on_the_way["audit"] == {"ok": True, "findings": []}
    assert world_of(on_the_way) == world_of(told(whole))


def test_another_seed_is_another_world(databases: list[str]) -> None:
    one, other = (told(url, "--seed", seed) for url, seed in zip(databases, ("3", "4"), strict=True))
    assert one["seed"] == 3
    assert world_of(one) != world_of(other)
    assert one["audit"]["ok"]
    assert other["audit"]["ok"]
