"""The sweep killed anywhere, several at once, clocks that jump: the same steps, holds and moves as undisturbed.

Each test proves that it struck in mid-work. `make crash ROUNDS=20` kills more often at random.
"""

import os
import random
import time
from datetime import date
from typing import Any

import pytest

from abono.base.kernel.days import plus_days
from abono.base.store.crash import POINTS
from tests.actions.collecting.days import acting, day, moment, run
from tests.books import check_audit, check_sound, fingerprints
from tests.properties.fleet import Fleet, Worker
from tests.world import World, at, make_world

pytestmark = pytest.mark.usefixtures("database")
ROUNDS = int(os.environ.get("ABONO_CRASH_ROUNDS", "1"))
# On this day some are reminded, some suspended, some terminated.
TODAY = day("02-14")
DEBTORS = 18
# After how many passes a sweep is killed at a point; once a policy version, or once at all, where nothing is said.
PASSES = {"collecting.locked": 3, "collecting.written": 3, "collecting.committed": 2}


def indebted_world() -> World:
    """Debtors whose documents are due on 20 January, 12 and 19 February, up to the day before: nobody pays."""
    from abono.domain.customers.actions import begin_sponsorship
    from abono.runs.collecting.projects import open_project

    world = make_world("hosting_ar")
    plan = world.plan(price="1000")
    for number in range(DEBTORS):
        customer = world.customer(f"Debtor {number}")
        start = ("01-20", "02-12", "02-19")[number % 3]
        world.subscribe(customer, plan, start=day(start), on=day("01-01"), continues=True, reference=f"s{number}")
        if number % 4 == 0:
            client = world.customer(f"Client {number}")
            begin_sponsorship(**acting(world, "01-01"), customer_id=client, payer_id=customer, from_on=day("01-01"))
            world.subscribe(client, plan, start=day(start), on=day("01-01"), continues=True, reference=f"c{number}")
        if number % 5 == 0:
            open_project(**acting(world, "01-01"), customer_id=customer, words="A shop")
    run(world, "01-05", "01-10", "01-15", "01-19", "01-22", "01-27", "01-28", "02-02", "02-04", "02-07", "02-09")
    run(world, "02-11", "02-13")
    world.run(TODAY, confirm=True)
    return world


def story(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """What happened to services, without ids and moments."""
    return {what: sorted(world.rows(statement), key=repr) for what, statement in _STORY.items()}


_DOCUMENT = "JOIN documents AS d ON d.seller_id = x.seller_id AND d.id = x.document_id"
_CUSTOMER = "JOIN customers AS c ON c.seller_id = x.seller_id AND c.id = x.customer_id"
_SERVICE = """JOIN subscriptions AS s ON s.seller_id = x.seller_id AND s.id = x.subscription_id
    JOIN customers AS o ON o.seller_id = s.seller_id AND o.id = s.customer_id"""
_STORY = {
    "steps": f"SELECT c.name, d.due_on, round_no, step_no, action, scope, scheduled_on, on_date, outcome "
    f"FROM steps AS x {_DOCUMENT} {_CUSTOMER} WHERE x.seller_id = %(seller)s",
    "holds": f"SELECT c.name, o.name, s.words, s.reference, d.due_on, round_no, scope, step_no, opened_on, closed_on, "
    f"closed_by FROM holds AS x {_DOCUMENT} {_CUSTOMER} {_SERVICE} WHERE x.seller_id = %(seller)s",
    "moves": f"SELECT o.name, s.words, s.reference, x.move_no, before, after, on_date, cause, round_no, step_no "
    f"FROM service_moves AS x {_SERVICE} WHERE x.seller_id = %(seller)s",
    "recoveries": f"SELECT o.name, s.reference, terminated_on, expires_on, fee_minor, x.state FROM recoveries AS x "
    f"{_SERVICE} WHERE x.seller_id = %(seller)s",
    "waiting": f"SELECT d.due_on, round_no, step_no, scheduled_on, until_on, why, since_on FROM postponed_steps AS x "
    f"{_DOCUMENT} WHERE x.seller_id = %(seller)s",
    "documents": f"SELECT c.name, kind, issued_on, due_on, gross_minor, open_minor, state FROM documents AS x "
    f"{_CUSTOMER} WHERE x.seller_id = %(seller)s",
    "states": "SELECT reference, words, state FROM subscriptions WHERE seller_id = %(seller)s",
    "day": "SELECT on_date FROM collection_days WHERE seller_id = %(seller)s",
}


def harmed(world: World) -> int:
    """Harmful steps of today."""
    ((found,),) = world.rows(
        "SELECT count(*) FROM steps WHERE seller_id = %(seller)s AND on_date = %(day)s "
        "AND action IN ('suspend', 'terminate')",
        day=TODAY,
    )
    return int(found)


def swept(world: World) -> date:
    ((found,),) = world.rows("SELECT on_date FROM collection_days WHERE seller_id = %(seller)s")
    return date.fromisoformat(str(found))


def collect(world: World, on: date = TODAY) -> Any:
    from abono.runs.collecting.sweep import collect

    return collect(seller_id=world.seller_id, on=on, at=at(on, 10))


@pytest.fixture(scope="module")
def undisturbed(django_ready: None) -> tuple[dict[str, list[tuple[Any, ...]]], int]:
    """What the day comes to when nothing goes wrong, and how many harmful steps it has."""
    world = indebted_world()
    collect(world)
    assert {row[6] for row in story(world)["steps"]} >= {day("01-22"), TODAY}
    assert {row[2] for row in story(world)["states"]} == {"active", "suspended", "terminated"}
    check_audit(world)
    return story(world), harmed(world)


def check_same(world: World, expected: dict[str, list[tuple[Any, ...]]]) -> None:
    found = story(world)
    for what, rows in expected.items():
        assert found[what] == rows, what
    check_sound(world)
    check_audit(world)


@pytest.mark.parametrize("point", [one for one in POINTS if one.startswith("collecting.")])
def test_killed_at_a_point_and_swept_again(
    fleet: Fleet, undisturbed: tuple[dict[str, list[tuple[Any, ...]]], int], point: str
) -> None:
    expected, total = undisturbed
    world = indebted_world()
    killed = fleet.run(
        "sweep",
        env={"ABONO_CRASH_POINT": point, "ABONO_CRASH_PASS": str(PASSES.get(point, 1))},
        seller_id=world.seller_id,
        on=TODAY.isoformat(),
    )
    assert killed.code == -9, killed.said
    after = harmed(world)
    if point == "collecting.messages":
        assert after == 0
        assert [row for row in story(world)["steps"] if row[4] == "remind" and row[7] == TODAY]
    elif point == "collecting.swept":
        assert after == total
    else:
        assert 0 < after < total, "the kill did not strike in mid-work"
    assert swept(world) < TODAY
    check_audit(world)
    assert collect(world).steps == total - after
    check_same(world, expected)
    whole = fingerprints(world)
    assert collect(world).steps == 0
    assert fingerprints(world) == whole


def test_killed_and_only_the_next_day_runs(fleet: Fleet) -> None:
    """Nobody notices; the next day's sweep does what was left, a day late, and nothing twice."""
    world = indebted_world()
    killed = fleet.run(
        "sweep",
        env={"ABONO_CRASH_POINT": "collecting.committed", "ABONO_CRASH_PASS": "2"},
        seller_id=world.seller_id,
        on=TODAY.isoformat(),
    )
    assert killed.code == -9, killed.said
    assert harmed(world) > 0
    half = set(world.rows("SELECT document_id, round_no, step_no FROM steps WHERE seller_id = %(seller)s"))
    run(world, "02-15")
    assert half < set(world.rows("SELECT document_id, round_no, step_no FROM steps WHERE seller_id = %(seller)s"))
    assert {row[2] for row in story(world)["states"]} == {"active", "suspended", "terminated"}
    check_sound(world)
    check_audit(world)


def start(fleet: Fleet, world: World) -> list[Worker]:
    return [
        fleet.start("sweep", seller_id=world.seller_id, on=TODAY.isoformat(), payers_at_once=1, slow=True)
        for _ in range(4)
    ]


def test_several_sweeps_at_once_come_to_the_same_as_one(
    fleet: Fleet, undisturbed: tuple[dict[str, list[tuple[Any, ...]]], int]
) -> None:
    expected, total = undisturbed
    world = indebted_world()
    ended = [worker.wait() for worker in start(fleet, world)]
    assert [one.code for one in ended] == [0] * 4, "\n".join(one.said for one in ended)
    assert sum(one.result["steps"] > 0 for one in ended) > 1, "one process did all, so nothing was shown"
    assert sum(one.result["steps"] for one in ended) == total
    check_same(world, expected)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_four_sweeps_killed_at_random_and_swept_again(
    fleet: Fleet, undisturbed: tuple[dict[str, list[tuple[Any, ...]]], int], seed: int
) -> None:
    expected, total = undisturbed
    dice = random.Random(seed)
    world = indebted_world()
    workers = start(fleet, world)
    latest = time.monotonic() + 60
    wanted = dice.randint(1, total // 2)
    while harmed(world) < wanted:
        assert time.monotonic() < latest, "the workers do not work"
    dice.shuffle(workers)
    for worker in workers:
        worker.kill()
    assert -9 in {worker.wait().code for worker in workers}
    after = harmed(world)
    assert 0 < after < total, "the kill did not strike in mid-work"
    assert swept(world) < TODAY
    check_audit(world)
    ended = [worker.wait() for worker in start(fleet, world)]
    assert [one.code for one in ended] == [0] * 4, "\n".join(one.said for one in ended)
    assert sum(one.result["steps"] for one in ended) == total - after
    check_same(world, expected)


def test_a_clock_that_jumps_back_writes_nothing() -> None:
    from abono.runs.daily import run_day

    world = indebted_world()
    collect(world)
    whole = fingerprints(world)
    for back in (1, 3, 20):
        earlier = plus_days(TODAY, -back)
        assert collect(world, earlier).steps == 0
        run_day(seller_id=world.seller_id, on=earlier, at=moment(earlier, 10), confirm=True)
        assert fingerprints(world) == whole
    check_audit(world)


def test_a_clock_that_jumps_ahead_is_asked_and_then_keeps_every_distance() -> None:
    from abono.base.kernel.refusal import Refused
    from abono.runs.daily import run_day

    world = indebted_world()
    collect(world)
    ahead = plus_days(TODAY, 60)
    whole = fingerprints(world)
    with pytest.raises(Refused, match="--catch-up"):
        run_day(seller_id=world.seller_id, on=ahead, at=moment(ahead, 10), confirm=True)
    assert fingerprints(world) == whole
    before = harmed(world)
    run_day(seller_id=world.seller_id, on=ahead, at=moment(ahead, 10), confirm=True, catch_up=True)
    taken = world.rows(
        "SELECT document_id, count(*), count(*) FILTER (WHERE action = 'remind' AND outcome = 'done') FROM steps "
        "WHERE seller_id = %(seller)s AND on_date = %(day)s AND action <> 'issue' GROUP BY 1",
        day=ahead,
    )
    assert taken, "the day ahead had nothing to do, so nothing was shown"
    assert all(messages <= 1 for _, _, messages in taken)
    assert harmed(world) == before
    check_sound(world)
    check_audit(world)
