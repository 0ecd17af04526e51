"""Numbers of documents: no gap, no double, in order, with four processes that often change their mind."""

import os
from collections.abc import Iterator
from itertools import pairwise

import psycopg
import pytest

from abono.base.kernel.refusal import Refused
from tests.properties.fleet import Fleet
from tests.world import make_world

SERIES = ["F", "A-0001", "P-2026"]
WRITERS = 4


@pytest.fixture
def taken(database: str) -> Iterator[str]:
    """A table in which writers note the numbers that they keep, in the order in which they do."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE taken (seller int, series text, number int, noted bigserial, writer int);"
            "GRANT ALL ON taken, taken_noted_seq TO abono_engine"
        )
        yield database
        # The numbers belong to no documents: the books of these sellers are to hold again.
        connection.execute("DELETE FROM series WHERE seller_id IN (SELECT seller FROM taken)")
        connection.execute("DROP TABLE taken")


@pytest.mark.parametrize("seed", range(int(os.environ.get("ABONO_CRASH_ROUNDS", "1"))))
def test_writers_with_rollbacks_leave_no_gap(taken: str, fleet: Fleet, seed: int) -> None:
    world = make_world("hosting_cl")
    writers = [
        fleet.start("take_numbers", seller_id=world.seller_id, series=SERIES, seed=10 * seed + number, rounds=80)
        for number in range(WRITERS)
    ]
    ended = [writer.wait() for writer in writers]
    assert [one.code for one in ended] == [0] * WRITERS, "\n".join(one.said for one in ended)
    assert all(one.result["undone"] > 10 for one in ended), "nobody changed their mind"
    noted = world.rows("SELECT series, number, writer FROM taken WHERE seller = %(seller)s ORDER BY noted")
    assert len(noted) == sum(one.result["kept"] for one in ended)
    for series in SERIES:
        mine = [(number, writer) for name, number, writer in noted if name == series]
        # Written in the order of their numbers, each once, from 1 to the last.
        assert [number for number, _ in mine] == list(range(1, len(mine) + 1)), series
        assert sum(before[1] != after[1] for before, after in pairwise(mine)) > WRITERS, "they wrote one after another"
        next_no = world.rows(
            "SELECT next_no FROM series WHERE seller_id = %(seller)s AND series = %(name)s", name=series
        )
        assert next_no == [(len(mine) + 1,)]


def test_a_range_that_runs_out_refuses_and_takes_nothing(database: str) -> None:
    from tests.properties.tasks import Wanted, take

    world = make_world("hosting_cl")
    world.rows("INSERT INTO series (seller_id, series, next_no, last_no) VALUES (%(seller)s, 'F', 8, 10) RETURNING 1")
    with pytest.raises(Refused) as why:
        take(seller_id=world.seller_id, documents=[Wanted("F") for _ in range(4)])
    assert why.value.code == "invoicing.range_used_up"
    wanted = [Wanted("F") for _ in range(3)]
    take(seller_id=world.seller_id, documents=wanted)
    assert [one.number for one in wanted] == [8, 9, 10]
    with psycopg.connect(database) as connection:
        connection.execute("DELETE FROM series WHERE seller_id = %s", [world.seller_id])
