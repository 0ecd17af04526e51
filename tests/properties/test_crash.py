"""Killed anywhere, run again: nothing lost, nothing doubled, no gap. Each test proves that it struck in mid-work.

`make crash ROUNDS=20` kills more often at random; once is enough to see that it works.
"""

import ast
import os
import random
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from abono.base.store.crash import POINTS
from tests.books import check_audit, check_sound, fingerprints
from tests.properties.faults import CHUNK, RUN_DAYS, busy_world, plain_outcome, written
from tests.properties.fleet import Fleet, Worker, fleet_on
from tests.world import World

ROUNDS = int(os.environ.get("ABONO_CRASH_ROUNDS", "1"))
SOURCE = Path(__file__).resolve().parents[2] / "src" / "abono"
# Points that a run passes once; all others once a chunk.
ONCE = {"billing.checked", "billing.swept", "billing.closed"}
# After how many passes the run of each month is killed.
PASSES = dict(zip(RUN_DAYS, (1, 4), strict=True))

Outcomes = dict[date, dict[str, list[str]]]


@pytest.fixture(scope="module")
def undisturbed(django_ready: None) -> tuple[Outcomes, dict[date, int]]:
    """What the busy world comes to when nothing goes wrong, month by month, and how many documents there are then."""
    world = busy_world()
    outcomes: Outcomes = {}
    documents: dict[date, int] = {}
    for day in RUN_DAYS:
        world.run(day)
        outcomes[day], documents[day] = plain_outcome(world), written(world)
    return outcomes, documents


def check_whole(world: World, expected: dict[str, list[str]]) -> None:
    found = plain_outcome(world)
    for what in expected:
        assert found[what] == expected[what], what
    check_sound(world)


def test_every_crash_point_is_listed_and_every_listed_one_is_there() -> None:
    called: list[str] = []
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "crash_point(" in text else ():
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "crash_point":
                (name,) = node.args
                assert isinstance(name, ast.Constant), path
                called.append(str(name.value))
    assert sorted(called) == sorted(POINTS)


@pytest.mark.parametrize("point", [one for one in POINTS if one.startswith("billing.")])
def test_killed_at_a_point_and_run_again(
    fleet: Fleet, undisturbed: tuple[Outcomes, dict[date, int]], point: str
) -> None:
    outcomes, documents = undisturbed
    world = busy_world()
    for day, passes in PASSES.items():
        before = written(world)
        killed = fleet.run(
            "bill",
            env={**CHUNK, "ABONO_CRASH_POINT": point, "ABONO_CRASH_PASS": str(1 if point in ONCE else passes)},
            seller_id=world.seller_id,
            on=day.isoformat(),
        )
        assert killed.code == -9, killed.said
        after = written(world)
        if point in ONCE or passes == 1:
            assert before <= after <= documents[day]
        else:
            assert before < after < documents[day], "the kill did not strike in mid-work"
        assert world.run(day).written.documents == documents[day] - after
        check_whole(world, outcomes[day])
    whole = fingerprints(world)
    world.run(RUN_DAYS[-1])
    assert fingerprints(world) == whole
    check_audit(world)


def test_killed_at_half_and_run_again_with_a_newcomer(
    fleet: Fleet, undisturbed: tuple[Outcomes, dict[date, int]]
) -> None:
    outcomes, documents = undisturbed
    day = RUN_DAYS[0]
    world = busy_world()
    before = written(world)
    killed = fleet.run(
        "bill",
        env={**CHUNK, "ABONO_CRASH_POINT": "billing.committed", "ABONO_CRASH_PASS": "3"},
        seller_id=world.seller_id,
        on=day.isoformat(),
    )
    assert killed.code == -9, killed.said
    assert before < written(world) < documents[day]
    half = {row["id"]: row for row in world.documents()}
    newcomer = world.customer("Newcomer", on=day)
    service = world.subscribe(newcomer, world.plans["basic"], date(2026, 2, 1), on=day)
    world.run(day)
    assert {row["id"]: row for row in world.documents() if row["id"] in half} == half
    assert len(world.documents(newcomer)) == 1
    found = plain_outcome(world)
    for what in ("lines", "annex", "payments", "waiting", "parked", "charges"):
        alone = [one for one in found[what] if one not in outcomes[day][what]]
        assert sorted(set(found[what]) - set(alone)) == sorted(set(outcomes[day][what])), what
        assert len(found[what]) == len(outcomes[day][what]) + (what == "lines"), what
    claimed = world.rows(
        "SELECT period_from, period_to FROM claims WHERE seller_id = %(seller)s AND subscription_id = %(service)s",
        service=service,
    )
    assert claimed == [(date(2026, 2, 1), date(2026, 3, 1))]
    check_sound(world)
    check_audit(world)


def strike(fleet: Fleet, world: World, day: date, at_least: int, count: Callable[[], int]) -> list[Worker]:
    """Four workers on one seller; gives them back once they have written that much."""
    workers = [
        fleet.start("bill", env={"ABONO_CHUNK": "1"}, seller_id=world.seller_id, on=day.isoformat()) for _ in range(4)
    ]
    latest = time.monotonic() + 60
    while count() < at_least:
        assert time.monotonic() < latest, "the workers do not work"
    return workers


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_four_workers_killed_at_random_and_run_again(
    fleet: Fleet, undisturbed: tuple[Outcomes, dict[date, int]], seed: int
) -> None:
    outcomes, documents = undisturbed
    dice = random.Random(seed)
    world = busy_world()
    for day in RUN_DAYS:
        before = written(world)
        point = dice.randint(before + 1, before + (documents[day] - before) // 2)
        workers = strike(fleet, world, day, point, lambda: written(world))
        dice.shuffle(workers)
        for worker in workers:
            worker.kill()
        assert -9 in {worker.wait().code for worker in workers}
        after = written(world)
        assert before < after < documents[day], "the kill did not strike in mid-work"
        ended = [worker.wait() for worker in strike(fleet, world, day, after, lambda: written(world))]
        assert [one.code for one in ended] == [0, 0, 0, 0], "\n".join(one.said for one in ended)
        assert sum(one.result["documents"] for one in ended) == documents[day] - after
        check_whole(world, outcomes[day])
    check_audit(world)


@pytest.fixture(scope="module")
def own_server() -> Iterator[Any]:
    """A durable PostgreSQL of this module's own, set up, with the folder of its data."""
    import shutil
    import tempfile

    from abono.base.store import server
    from abono.interfaces.cli.setup import set_up

    folder = Path(tempfile.mkdtemp(prefix="abono-test-"))
    folder.chmod(0o755)
    bins = os.environ.get("ABONO_TEST_PG_BIN")
    more = {"data": folder / "pg", "bin_dir": Path(bins) if bins else None}
    url = server.start(**more)  # type: ignore[arg-type]
    set_up(url=url)
    yield url, more
    server.remove(data=folder / "pg")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_postgresql_crashed_in_mid_run_and_run_again(
    own_server: Any, undisturbed: tuple[Outcomes, dict[date, int]], seed: int
) -> None:
    from abono.base.store import server

    outcomes, documents = undisturbed
    url, more = own_server
    dice = random.Random(seed)
    with fleet_on(url) as fleet:
        made = fleet.run("make_busy_world")
        assert made.code == 0, made.said
        world = World(**made.result)
        for day in RUN_DAYS:
            with psycopg.connect(url, autocommit=True) as connection:
                before = counted(connection, world)
                point = dice.randint(before + 1, before + (documents[day] - before) // 2)
                workers = strike(fleet, world, day, point, lambda seen=connection: counted(seen, world))  # type: ignore[misc]
                server.stop(data=more["data"], mode="immediate")
            ended = [worker.wait() for worker in workers]
            assert any(one.code == 1 and "psycopg" in one.said for one in ended), "no worker was in mid-work"
            server.start(**more)
            with psycopg.connect(url, autocommit=True) as connection:
                after = counted(connection, world)
            assert before < after < documents[day], "the crash did not strike in mid-work"
            again = fleet.run("bill", env=CHUNK, seller_id=world.seller_id, on=day.isoformat())
            assert again.code == 0, again.said
            assert again.result["documents"] == documents[day] - after
            told = fleet.run("tell", seller_id=world.seller_id)
            assert told.code == 0, told.said
            for what in outcomes[day]:
                assert told.result[what] == outcomes[day][what], what


def counted(connection: "psycopg.Connection[Any]", world: World) -> int:
    row = connection.execute(
        "SELECT count(*) FROM documents WHERE seller_id = %s AND kind = 'request'", [world.seller_id]
    ).fetchone()
    assert row is not None
    return int(row[0])
