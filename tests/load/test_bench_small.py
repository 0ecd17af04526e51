"""The benchmark's parts work at a tiny size, so that they do not rot. Nothing here is timed."""

from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from bench.billing import bill_month, bill_only
from bench.collecting import sweep_open, tell_and_stop
from bench.ground import clone_database
from bench.history import add_history
from bench.invent import kind_named, make_world
from bench.partner import make_partner
from bench.small import draw_papers, issue_unified, take_numbers
from bench.twins import make_twins
from tests.conftest import TEMPLATE, with_database


def database(admin_url: str, name: str) -> str:
    """A database with the tables, and the URL that leads to it."""
    clone_database(admin_url=admin_url, name=name, of=TEMPLATE)
    return with_database(admin_url, name)


@pytest.mark.parametrize("kind", ["request", "invoice"])
def test_a_run_its_copy_and_its_history(kind: str, superuser: str, tmp_path: Path) -> None:
    name = f"bench_{kind}"
    world = make_world(kind=kind_named(kind), url=database(superuser, name), subscriptions=120)
    clone_database(admin_url=superuser, name=f"{name}_stored", of=name)
    stored = replace(world, url=with_database(superuser, f"{name}_stored"))
    make_twins(url=world.url)
    month = bill_month(world=world, month=0, folder=tmp_path)
    assert (month.documents, month.lines) == (100, 120)
    assert (month.rows["documents"], month.rows["lines"], month.rows["claims"]) == (100, 120, 120)
    assert bill_month(world=world, month=1, folder=tmp_path, processes=2).documents == 100
    assert add_history(world=stored, months=2) == 200
    with psycopg.connect(stored.url) as connection:
        assert connection.execute("SELECT count(*) FROM lines").fetchone() == (240,)
    assert bill_only(world=stored, month=0).documents == 100


def test_numbers_papers_and_a_unified_invoice(superuser: str) -> None:
    partner = make_partner(admin_url=superuser, name="bench_small_partner", locations=12)
    assert issue_unified(world=partner)["documents"] == 1
    assert draw_papers(world=partner, count=1).kilobytes > 10
    assert take_numbers(world=partner, writers=2, block=10, seconds=0.2).per_second > 0


def test_a_sweep_messages_and_suspensions(superuser: str) -> None:
    world = make_world(kind=kind_named("invoice"), url=database(superuser, "bench_sweep"), subscriptions=120)
    swept = sweep_open(world=world, months=2)
    assert (swept.documents, swept.steps) == (200, 200)
    world = make_world(kind=kind_named("invoice"), url=database(superuser, "bench_told"), subscriptions=120)
    told, stopped = tell_and_stop(world=world)
    assert told.messages == 200, "by mail and in the portal"
    assert (stopped.documents, stopped.services) == (100, 120)
