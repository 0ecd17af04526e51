"""`make bench`: how fast it is, as ratios within one run. On a shared machine times mean little, ratios something.

  python bench/run.py [--quick | --full] [--subscriptions N] [--pairs N]

--quick is small and says only that the parts work; --full bills a million subscriptions too.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.billing import MILLION, Month, bill_month, bill_only
from bench.collecting import sweep_open, tell_and_stop
from bench.ground import TABLES, clone_database, make_database, server_version, settle, throw_away_server
from bench.history import add_history
from bench.invent import World, kind_named, make_world
from bench.measure import load, spread
from bench.partner import make_partner
from bench.small import cores_free, draw_papers, issue_unified, take_numbers
from bench.twins import make_twins


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small sizes")
    parser.add_argument("--full", action="store_true", help="a million subscriptions too")
    parser.add_argument("--subscriptions", type=int, default=100_000)
    parser.add_argument("--pairs", type=int, default=2, help="how often each comparison is made")
    chosen = parser.parse_args()
    count = 3_000 if chosen.quick else chosen.subscriptions
    pairs = 1 if chosen.quick else chosen.pairs
    with throw_away_server() as admin_url, tempfile.TemporaryDirectory(prefix="abono-bench-") as name:
        folder = Path(name)
        make_database(admin_url=admin_url, name="bench_first")
        say_ground(admin_url)
        invoices = with_invoices(admin_url=admin_url, count=count, pairs=pairs, folder=folder)
        with_requests(admin_url=admin_url, count=count, pairs=pairs, folder=folder)
        small_things(admin_url=admin_url, invoices=invoices, locations=200 if chosen.quick else 2_000)
        collections(admin_url=admin_url, subscriptions=count)
        if chosen.full:
            one_million(admin_url=admin_url)
        say_ground(admin_url)


def say(text: str) -> None:
    """One line of the report, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def say_ground(admin_url: str) -> None:
    """The server and how much of the machine is free."""
    free = cores_free(url=clone_database(admin_url=admin_url, name="bench_spin", of=TABLES), seconds=1.0)
    say(f"PostgreSQL {server_version(admin_url)}, fsync on; load {load()}; two processes together get {free:.2f} cores")


def with_invoices(*, admin_url: str, count: int, pairs: int, folder: Path) -> World:
    """Invoices at issue: one process, then two, month after month; beside them the same with a year of documents."""
    url = make_database(admin_url=admin_url, name="bench_invoices")
    world = make_world(kind=kind_named("invoice"), url=url, subscriptions=count)
    settle(url=url)
    stored = replace(world, url=clone_database(admin_url=admin_url, name="bench_stored", of="bench_invoices"))
    history = add_history(world=stored, months=12)
    say_world(world, make_twins(url=url))
    alone: list[Month] = []
    together: list[Month] = []
    beside: list[float] = []
    for pair in range(pairs):
        alone.append(bill_month(world=world, month=2 * pair, folder=folder))
        beside.append(bill_only(world=stored, month=pair).rate / alone[-1].rate)
        together.append(bill_month(world=world, month=2 * pair + 1, folder=folder, processes=2))
    say_months(alone)
    say(f"  with {history:,} documents stored / none, rate   {spread(beside)}   wanted >= 0.90")
    speedup = [two.rate / one.rate for one, two in zip(alone, together, strict=True)]
    say(f"  two processes / one, rate                        {spread(speedup)}   wanted >= 1.30 with two free cores")
    return world


def with_requests(*, admin_url: str, count: int, pairs: int, folder: Path) -> None:
    """Requests that ask before the invoice: one process."""
    url = make_database(admin_url=admin_url, name="bench_requests")
    world = make_world(kind=kind_named("request"), url=url, subscriptions=count)
    say_world(world, make_twins(url=url))
    say_months([bill_month(world=world, month=month, folder=folder) for month in range(pairs)])


def say_world(world: World, schema: str) -> None:
    """Which seller is measured, with the hash of the tables that the run writes and of their twins."""
    size = f"{world.subscriptions:,} subscriptions of {world.payers:,} payers"
    say(f"\n{world.kind.name}: {size}; tables {schema}, logged")


def say_months(months: Sequence[Month]) -> None:
    """What billing with one process cost, beside a plain COPY by one process."""
    one = months[0]
    rows = ", ".join(f"{table} {count:,}" for table, count in one.rows.items())
    say(f"  rows a month, one process each: {rows}; lines a document: {one.lines / one.documents:.2f}")
    say(f"  run / plain COPY, rate                           {spread([m.ratio for m in months])}   wanted >= 0.60")
    say(f"  run / plain COPY, processor time                 {spread([m.copy.cpu / m.run.cpu for m in months])}")
    total = [m.micros(m.run.cpu) for m in months]
    say(f"  processor per document, us                       {spread(total, digits=0)}   wanted <= 160")
    parts = f"Python {micros(months, 'own_cpu')}, PostgreSQL {micros(months, 'server_cpu')}"
    say(f"    of it {parts}; COPY {copied(months)}")
    say(f"  documents a second                               {spread([m.rate for m in months], digits=0)}")
    again = [m.again.seconds / m.run.seconds for m in months]
    say(f"  the same day again / first                       {spread(again, digits=4)}   wanted <= 0.03")
    memory = spread([month.memory_mb for month in months], digits=1)
    say(f"  memory over idle, MB                             {memory}   wanted <= 64")


def micros(months: Sequence[Month], part: str) -> str:
    """The median microseconds per document of a part of the run's processor time."""
    return f"{median(month.micros(getattr(month.run, part)) for month in months):.0f}"


def copied(months: Sequence[Month]) -> str:
    """The median microseconds per document that the plain COPY cost."""
    return f"{median(month.micros(month.copy.cpu) for month in months):.0f}"


def small_things(*, admin_url: str, invoices: World, locations: int) -> None:
    """Numbers of a series, papers, a unified invoice."""
    say("")
    for block in (1, 1000):
        found = take_numbers(world=invoices, writers=4, block=block, seconds=2.0)
        say(f"numbers of one series, four writers, blocks of {block}: {found.per_second:,.0f} a second, no gap")
    drawn = draw_papers(world=invoices, count=100)
    say(
        f"one-page PDF/A of {drawn.kilobytes:.0f} kB: {drawn.per_second_and_core:.0f} a second and core; "
        f"{drawn.read_ms:.1f} ms to read the document, {drawn.drawn_ms:.1f} ms to draw it"
    )
    partner = make_partner(admin_url=admin_url, name="bench_partner", locations=locations)
    issued = issue_unified(world=partner)
    paper = draw_papers(world=partner, count=1)
    say(
        f"unified invoice of {locations:,} locations: issued in {issued['ended'] - issued['began']:.2f} s; "
        f"its PDF of {paper.kilobytes:,.0f} kB in {(paper.read_ms + paper.drawn_ms) / 1000:.2f} s"
    )


def collections(*, admin_url: str, subscriptions: int) -> None:
    """A day's sweep over six months of open documents, messages, suspensions."""
    say("")
    url = make_database(admin_url=admin_url, name="bench_sweep")
    world = make_world(kind=kind_named("invoice"), url=url, subscriptions=subscriptions)
    swept = sweep_open(world=world, months=6)
    say(
        f"sweep of {swept.documents:,} open documents, a message each / INSERT ... SELECT of its {swept.steps:,} rows, "
        f"rate   {swept.ratio:.2f}   wanted >= 0.50"
    )
    say(f"  a day with nothing due, seconds                  {swept.quiet_seconds:.2f}   wanted <= 1.00")
    say(f"  memory over idle, MB                             {swept.memory_mb:.1f}")
    url = make_database(admin_url=admin_url, name="bench_told")
    world = make_world(kind=kind_named("invoice"), url=url, subscriptions=max(300, subscriptions // 5))
    told, stopped = tell_and_stop(world=world)
    say(
        f"{told.messages:,} messages made: {told.per_minute_and_core:,.0f} a minute and core "
        f"(wanted 100,000 printed); memory over idle {told.memory_mb:.1f} MB"
    )
    say(
        f"{stopped.documents:,} documents suspend {stopped.services:,} services: {stopped.per_second:,.0f} documents a "
        f"second; memory over idle {stopped.memory_mb:.1f} MB"
    )


def one_million(*, admin_url: str) -> None:
    """Memory and rate with ten times as many subscriptions."""
    url = make_database(admin_url=admin_url, name="bench_million")
    world = make_world(kind=kind_named("invoice"), url=url, subscriptions=1_000_000)
    found = bill_only(world=world, month=0)
    micros_each = found.run.cpu / found.documents * MILLION
    say(
        f"1,000,000 subscriptions: memory over idle {found.memory_mb:.1f} MB (wanted <= 64), {found.rate:.0f} "
        f"documents a second, {micros_each:.0f} us of processor each"
    )


if __name__ == "__main__":
    main()
