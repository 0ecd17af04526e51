"""The benchmark's parts work at a tiny size, so that they do not rot. Nothing here is timed."""

import psycopg
import pytest

from bench.ground import do
from bench.invent import KINDS, add_history, make_world
from bench.run import copied
from bench.twins import make_twins
from tests.conftest import TEMPLATE, with_database


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_run_and_its_copy(kind, superuser: str) -> None:  # type: ignore[no-untyped-def]
    name = f"bench_{kind.name}"
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    url = with_database(superuser, name)
    world = make_world(kind=kind, url=url, subscriptions=120)
    with psycopg.connect(url) as connection:
        assert add_history(world=world, connection=connection, months=2) == 200
    make_twins(url=url)
    found = do("run", url=url, seller_id=world.seller_id, on=world.day(0))
    assert (found["documents"], found["lines"], found["parked"], found["held"]) == (100, 120, 0, False)
    assert do("run", url=url, seller_id=world.seller_id, on=world.day(0))["documents"] == 0
    _, rows = copied(url=url, world=world, month=0)
    assert (rows["documents"], rows["lines"], rows["claims"]) == (100, 120, 120)
