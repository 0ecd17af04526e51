"""`make bench`: how fast it is, as ratios within one run. On a shared machine times mean little, ratios something.

  python bench/run.py [--quick | --full] [--subscriptions N] [--pairs N]

--quick is small and says only that the parts work; --full adds a million subscriptions.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psycopg

from bench.ground import do, do_together, make_database, settle, throw_away_server
from bench.invent import KINDS, Kind, World, add_history, make_world
from bench.measure import load, spread
from bench.papers import papers, unified_invoice
from bench.twins import SCHEMA, TABLES, export, make_twins

MICRO = 1_000_000


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small sizes")
    parser.add_argument("--full", action="store_true", help="a million subscriptions too")
    parser.add_argument("--subscriptions", type=int, default=100_000)
    parser.add_argument("--pairs", type=int, default=3, help="how often run and COPY are compared")
    chosen = parser.parse_args()
    count = 2_000 if chosen.quick else chosen.subscriptions
    pairs = 1 if chosen.quick else chosen.pairs
    with throw_away_server() as admin_url:
        say(f"load before: {load()}; {free_cores(admin_url):.2f} of two cores free; {version(admin_url)}; fsync on")
        for kind in KINDS:
            compare(admin_url=admin_url, kind=kind, count=count, pairs=pairs)
        with_history(admin_url=admin_url, count=count, months=12)
        together(admin_url=admin_url, count=count, pairs=pairs)
        writers(admin_url=admin_url)
        if chosen.full:
            one_million(admin_url=admin_url)
        unified_invoice(admin_url=admin_url, locations=200 if chosen.quick else 2_000, say=say)
    papers(count=20 if chosen.quick else 200, say=say)
    say(f"load after: {load()}")


def say(text: str) -> None:
    """One line of the report, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def version(admin_url: str) -> str:
    """What the server says it is."""
    with psycopg.connect(admin_url) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    return f"PostgreSQL {row[0] if row else '?'}"


def free_cores(admin_url: str) -> float:
    """How far two busy processes get together, of twice what one gets alone: 1 when two cores are free."""
    alone = do("spin", url=admin_url, seconds=1)["counted"]
    both = do_together("spin", url=admin_url, each=[{"seconds": 1}, {"seconds": 1}])
    return float(sum(one["counted"] for one in both)) / (2 * alone)


def compare(*, admin_url: str, kind: Kind, count: int, pairs: int) -> None:
    """The run against a plain COPY of exactly its rows into twins of its tables, month after month, in turn."""
    url = make_database(admin_url=admin_url, name="bench_run")
    world = make_world(kind=kind, url=url, subscriptions=count)
    schema = make_twins(url=url)
    ratios, cpu, again, memory = [], [], [], []
    runs: list[dict[str, Any]] = []
    rows: dict[str, int] = {}
    for month in range(pairs):
        settle(url=url)
        found = do("run", url=url, seller_id=world.seller_id, on=world.day(month))
        runs.append(found)
        repeated = do("run", url=url, seller_id=world.seller_id, on=world.day(month))
        assert repeated["documents"] == 0, "the same day again must write nothing"
        plain, rows = copied(url=url, world=world, month=month)
        ratios.append(seconds(plain) / seconds(found))
        cpu.append((found["own_cpu"] + found["server_cpu"]) * MICRO / found["documents"])
        again.append(seconds(repeated) / seconds(found))
        memory.append(found["highest_mb"] - found["idle_mb"])
    one = runs[0]
    each = ", ".join(f"{table} {rows[table]:,}" for table in TABLES)
    say(
        f"\n{kind.name}: {count:,} subscriptions, {one['documents']:,} documents "
        f"of {one['lines'] / one['documents']:.2f} "
        f"lines; schema {schema}, logged, one process each; rows: {each}"
    )
    say(f"  run / plain COPY, rate           {spread(ratios)}   wanted >= 0.60")
    say(f"  processor per document, us       {spread(cpu, digits=0)}   wanted <= 160")
    say(f"  documents per second             {spread([run['documents'] / seconds(run) for run in runs], digits=0)}")
    say(f"  same day again / first           {spread(again, digits=4)}   wanted <= 0.03")
    say(f"  memory over idle, MB             {spread(memory, digits=1)}   wanted <= 64")


def seconds(span: dict[str, Any]) -> float:
    """How long a task took by the clock on the wall."""
    return float(span["ended"] - span["began"])


def copied(*, url: str, world: World, month: int) -> tuple[dict[str, Any], dict[str, int]]:
    """A plain COPY of the rows that a month's run wrote, into the twins; its span and the rows per table."""
    with tempfile.TemporaryDirectory(prefix="abono-bench-") as folder:
        blocks = export(url=url, seller_id=world.seller_id, day=world.day(month), folder=Path(folder))
        given = [(block.table, block.columns, block.file) for block in blocks]
        return do("copy", url=url, blocks=given, schema=SCHEMA), {block.table: block.rows for block in blocks}


def with_history(*, admin_url: str, count: int, months: int) -> None:
    """The rate with a year of earlier documents stored, against none, on worlds made alike."""
    rates = []
    stored = 0
    for history in (0, months):
        url = make_database(admin_url=admin_url, name="bench_history")
        world = make_world(kind=KINDS[0], url=url, subscriptions=count)
        if history:
            with psycopg.connect(url) as connection:
                stored = add_history(world=world, connection=connection, months=history)
        measured = []
        for month in range(2):
            settle(url=url)
            found = do("run", url=url, seller_id=world.seller_id, on=world.day(month))
            measured.append(found["documents"] / seconds(found))
        rates.append(max(measured))
    say(f"\nrate with {stored:,} documents stored / with none   {rates[1] / rates[0]:.2f}   wanted >= 0.90")


def together(*, admin_url: str, count: int, pairs: int) -> None:
    """Two processes on one seller against one, month after month, in turn."""
    url = make_database(admin_url=admin_url, name="bench_together")
    world = make_world(kind=KINDS[0], url=url, subscriptions=count)
    ratios, month = [], 0
    for _ in range(pairs):
        settle(url=url)
        alone = do("run", url=url, seller_id=world.seller_id, on=world.day(month))
        settle(url=url)
        task = {"seller_id": world.seller_id, "on": world.day(month + 1)}
        both = do_together("run", url=url, each=[task, task])
        assert sum(one["documents"] for one in both) == alone["documents"], "each document once"
        took = max(one["ended"] for one in both) - min(one["began"] for one in both)
        ratios.append(seconds(alone) / took)
        month += 2
    free = free_cores(admin_url)
    say(
        f"two processes / one, rate        {spread(ratios)}   wanted >= 1.30 where two cores are free ({free:.2f} free)"
    )


def writers(*, admin_url: str) -> None:
    """Four writers that take numbers of one series, one by one and in blocks as a run does."""
    url = make_database(admin_url=admin_url, name="bench_numbers")
    made = do("seller", url=url, kind=KINDS[0].name)
    for block in (1, 1000):
        each = [{"seller_id": made["seller_id"], "block": block, "seconds": 3}] * 4
        found = do_together("numbers", url=url, each=each)
        rate = sum(one["taken"] / one["seconds"] for one in found)
        say(f"numbers of one series, four writers, blocks of {block}: {rate:,.0f} per second")


def one_million(*, admin_url: str) -> None:
    """Memory with ten times as many subscriptions."""
    url = make_database(admin_url=admin_url, name="bench_million")
    world = make_world(kind=KINDS[0], url=url, subscriptions=1_000_000)
    settle(url=url)
    began = time.monotonic()
    found = do("run", url=url, seller_id=world.seller_id, on=world.day(0))
    memory = found["highest_mb"] - found["idle_mb"]
    say(f"1,000,000 subscriptions: memory over idle {memory:.1f} MB, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
