"""Killed between "the server took it" and "that is noted", or elsewhere: none lost, at most that one sent twice."""

from collections import Counter
from datetime import date

import pytest

from abono.domain.notices.retries import LEASE
from tests.letters import MORNING, told
from tests.postbox import Postbox, smtp_server
from tests.properties.fleet import Fleet
from tests.world import World, at, make_world

DAY = date(2026, 1, 17)
NOW = at(DAY, MORNING)
CUSTOMERS = 6


def billed() -> World:
    """A seller with a new document for each of its customers."""
    world = make_world("hosting_ar")
    world.plan(price="100")
    for number in range(CUSTOMERS):
        world.subscribe(world.customer(f"C{number}"), world.plans["basic"], DAY, on=DAY)
    world.run(DAY, confirm=True)
    return world


def prepared() -> World:
    from abono.runs.notifying.prepare import prepare_messages

    world = billed()
    prepare_messages(seller_id=world.seller_id, on=DAY, at=at(DAY, 10))
    return world


def sent_by(box: Postbox) -> Counter[str]:
    return Counter(str(mail["Message-ID"]) for _, mail in box.taken)


@pytest.mark.parametrize("killed_at", range(1, CUSTOMERS + 1))
@pytest.mark.parametrize("point", ["notices.accepted", "notices.recorded"])
def test_killed_while_sending(fleet: Fleet, point: str, killed_at: int) -> None:
    world, box = prepared(), Postbox()
    with smtp_server(box) as port:
        known = {"seller_id": world.seller_id, "port": port}
        env = {"ABONO_CRASH_POINT": point, "ABONO_CRASH_PASS": str(killed_at)}
        killed = fleet.run("send_notices", env=env, **known, at_text=NOW.isoformat())
        assert killed.code == -9, killed.said
        assert len(box.taken) == killed_at, "the kill did not strike where it should"
        early = fleet.run("send_notices", **known, at_text=(NOW + LEASE / 2).isoformat())
        assert early.code == 0, early.said
        late = fleet.run("send_notices", **known, at_text=(NOW + LEASE).isoformat())
        assert late.code == 0, late.said
    found = sent_by(box)
    assert len(found) == CUSTOMERS, "none is lost"
    twice = [one for one, count in found.items() if count > 1]
    assert len(twice) == (point == "notices.accepted")
    assert sum(found.values()) == CUSTOMERS + len(twice)
    assert {one.state for one in told(world)} == {"sent"}


def test_two_senders_send_each_once(fleet: Fleet) -> None:
    world, box = prepared(), Postbox()
    with smtp_server(box) as port:
        workers = [
            fleet.start("send_notices", seller_id=world.seller_id, port=port, at_text=NOW.isoformat()) for _ in range(3)
        ]
        ended = [one.wait() for one in workers]
    assert [one.code for one in ended] == [0, 0, 0], [one.said for one in ended]
    assert sum(one.result["left"] for one in ended) == CUSTOMERS
    assert set(sent_by(box).values()) == {1}
    assert len(box.taken) == CUSTOMERS


def test_killed_while_preparing_and_prepared_by_three_at_once(fleet: Fleet) -> None:
    world = billed()
    known = {"seller_id": world.seller_id, "on": DAY.isoformat()}
    env = {"ABONO_CRASH_POINT": "notices.prepared", "ABONO_CRASH_PASS": "2"}
    killed = fleet.run("prepare_notices", env=env, **known)
    assert killed.code == -9, killed.said
    assert 0 < len(told(world)) < CUSTOMERS, "the kill did not strike in mid-work"
    workers = [fleet.start("prepare_notices", **known) for _ in range(3)]
    ended = [one.wait() for one in workers]
    assert [one.code for one in ended] == [0, 0, 0], [one.said for one in ended]
    for channel in ("email", "portal"):
        refs = Counter(one.ref for one in told(world, channel=channel))
        assert len(refs) == CUSTOMERS
        assert set(refs.values()) == {1}
