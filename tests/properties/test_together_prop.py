"""Several processes on one seller at once: the same result as one, also while people act on pages."""

import random
import time
from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest

from tests.books import check_audit, check_sound, fingerprints
from tests.properties.deeds import PAGE_DEEDS
from tests.properties.faults import RUN_DAYS, busy_world, plain_outcome
from tests.properties.fleet import Fleet, Worker
from tests.world import JANUARY, World, make_world

pytestmark = pytest.mark.usefixtures("database")
ALONE = {"ABONO_CHUNK": "1"}
FEW = {"ABONO_CHUNK": "3"}
DAY = date(2026, 1, 22)


@pytest.mark.parametrize("policy", ["hosting_cl", "hosting_ar"])
def test_four_runs_at_once_come_to_the_same_as_one(fleet: Fleet, policy: str) -> None:
    alone, together = busy_world(policy), busy_world(policy)
    for day in RUN_DAYS:
        alone.run(day)
        workers = [fleet.start("bill", env=ALONE, seller_id=together.seller_id, on=day.isoformat()) for _ in range(4)]
        ended = [worker.wait() for worker in workers]
        assert [one.code for one in ended] == [0] * 4, "\n".join(one.said for one in ended)
        assert sum(one.result["documents"] > 0 for one in ended) > 1, "one process did all, so nothing was shown"
        found, expected = plain_outcome(together), plain_outcome(alone)
        for what in expected:
            assert found[what] == expected[what], what
    check_sound(together)
    check_audit(together)


@pytest.mark.parametrize("seed", range(2))
def test_runs_and_pages_at_once(fleet: Fleet, seed: int) -> None:
    world = busy_world()
    for day in RUN_DAYS:
        runs = [fleet.start("bill", env=ALONE, seller_id=world.seller_id, on=day.isoformat()) for _ in range(2)]
        pages = [
            fleet.start("act", seller_id=world.seller_id, on=day.isoformat(), seed=10 * seed + number, rounds=40)
            for number in range(2)
        ]
        ended = [worker.wait() for worker in (*runs, *pages)]
        assert [one.code for one in ended] == [0] * 4, "\n".join(one.said for one in ended)
        assert sum(count for one in ended[2:] for name, count in one.result.items() if ":" not in name) > 20
        world.run(day)
        check_sound(world)
    check_audit(world)
    world.run(RUN_DAYS[-1] + timedelta(days=1))
    whole = fingerprints(world)
    world.run(RUN_DAYS[-1] + timedelta(days=1))
    assert fingerprints(world) == whole


def small_world() -> tuple[World, UUID, UUID]:
    """Two payers; the second one's service and itself are what a deed is done to."""
    world = make_world("hosting_cl")
    world.plan("basic", "9990")
    world.plan("large", "3500", model="per_unit")
    customers = [world.customer(f"Payer {number}") for number in range(2)]
    services = [world.subscribe(customer, world.plans["basic"]) for customer in customers]
    world.run(JANUARY)
    world.pay(customers[1], 11_888, JANUARY)
    return world, customers[1], services[1]


@pytest.mark.parametrize("point", ["billing.planned", "billing.written"])
@pytest.mark.parametrize("deed", sorted(PAGE_DEEDS))
def test_a_page_acts_in_the_middle_of_a_chunk(
    fleet: Fleet, superuser: str, monkeypatch: pytest.MonkeyPatch, deed: str, point: str
) -> None:
    """The run stops at a point until the page has acted, or waits for the run; then both go on."""
    world, customer, service = small_world()
    if deed == "leave":
        PAGE_DEEDS["join"](world, customer, service, random.Random(1), JANUARY, "before")
    acting: list[Worker] = []

    def act(name: str) -> None:
        if name == point and not acting:
            acting.append(
                fleet.start(
                    "act_once",
                    seller_id=world.seller_id,
                    on=DAY.isoformat(),
                    name=deed,
                    customer=str(customer),
                    service=str(service),
                )
            )
            await_lock_or_end(superuser, acting[0])

    monkeypatch.setattr("abono.runs.billing.chunk.crash_point", act)
    world.run(DAY)
    ended = acting[0].wait()
    assert ended.code == 0, ended.said
    check_sound(world)
    check_audit(world)
    world.run(DAY)
    world.run(date(2026, 2, 19))
    check_sound(world)
    check_audit(world)


def await_lock_or_end(superuser: str, worker: Worker) -> None:
    latest = time.monotonic() + 30
    with psycopg.connect(superuser, autocommit=True) as connection:
        while not worker.has_ended():
            if connection.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
                return
            assert time.monotonic() < latest, "the page neither acts nor waits"


def test_one_payment_told_by_eight_is_one_payment(fleet: Fleet) -> None:
    world, customer, _ = small_world()
    world.run(DAY)
    paying = [
        fleet.start("pay", seller_id=world.seller_id, customer=str(customer), amount_minor=11_888, key="bank-7")
        for _ in range(8)
    ]
    ended = [one.wait() for one in paying]
    assert [one.code for one in ended] == [0] * 8, "\n".join(one.said for one in ended)
    assert len({one.result for one in ended}) == 1
    assert world.rows("SELECT count(*) FROM payments WHERE seller_id = %(seller)s AND key = 'bank-7'") == [(1,)]
    check_sound(world)
    check_audit(world)


def test_eight_refunds_at_once_never_give_back_more_than_there_is(fleet: Fleet) -> None:
    world, customer, _ = small_world()
    payment = world.pay(customer, 10_000, JANUARY)
    asking = [
        fleet.start("refund", seller_id=world.seller_id, payment=str(payment), amount_minor=3_000, key=f"r{number}")
        for number in range(8)
    ]
    ended = [one.wait() for one in asking]
    assert [one.code for one in ended] == [0] * 8, "\n".join(one.said for one in ended)
    assert sorted(one.result for one in ended) == [0] * 5 + [3_000] * 3
    check_sound(world)
    check_audit(world)
