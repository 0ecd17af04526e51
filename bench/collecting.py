"""The sweep over many open documents, beside one INSERT ... SELECT of exactly its rows; messages; suspensions."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import psycopg

from bench.ground import do, settle
from bench.history import add_history
from bench.invent import World
from bench.twins import SCHEMA, make_twin_of

DUE = date(2026, 2, 20)
# Days from the due date under the policy of the seller that is measured.
REMINDED, QUIET, SUSPENDED = 3, 4, 15


@dataclass(frozen=True, slots=True)
class Sweep:
    """A reminder's day for all open documents, a day on which nothing falls due, and the plain INSERT of the rows."""

    documents: int
    steps: int
    sweep_seconds: float
    insert_seconds: float
    quiet_seconds: float
    memory_mb: float

    @property
    def ratio(self) -> float:
        """How quick the sweep was, as a part of the plain INSERT ... SELECT."""
        return self.insert_seconds / self.sweep_seconds


def sweep_open(*, world: World, months: int) -> Sweep:
    """Sweep the documents of so many months, all due on one day and none of them paid."""
    documents = add_history(world=world, months=months, due=DUE)
    _as_if_swept(world, DUE + timedelta(days=REMINDED - 1))
    settle(url=world.url)
    reminded = _collect(world, REMINDED)
    settle(url=world.url)
    quiet = _collect(world, QUIET)
    make_twin_of(url=world.url, table="steps")
    settle(url=world.url)
    inserted = do(
        "statement",
        url=world.url,
        text=f"INSERT INTO {SCHEMA}.steps SELECT * FROM public.steps WHERE seller_id = {world.seller_id}",
    )
    return Sweep(
        documents,
        reminded["messages"],
        reminded["ended"] - reminded["began"],
        inserted["ended"] - inserted["began"],
        quiet["ended"] - quiet["began"],
        max(one["highest_mb"] - one["idle_mb"] for one in (reminded, quiet)),
    )


@dataclass(frozen=True, slots=True)
class Told:
    """Messages made of a day's steps, by one process: per minute and core, and the memory that took."""

    messages: int
    per_minute_and_core: float
    memory_mb: float


@dataclass(frozen=True, slots=True)
class Stopped:
    """Documents whose services were suspended on one day, by one process."""

    documents: int
    services: int
    per_second: float
    memory_mb: float


def tell_and_stop(*, world: World) -> tuple[Told, Stopped]:
    """Make the messages of a reminder's day for all documents of a seller, then suspend what is on them."""
    add_history(world=world, months=1, due=DUE)
    _as_if_swept(world, DUE + timedelta(days=REMINDED - 1))
    settle(url=world.url)
    _collect(world, REMINDED)
    settle(url=world.url)
    made = do("prepare", url=world.url, seller_id=world.seller_id, on=str(DUE + timedelta(days=REMINDED)))
    told = Told(
        made["messages"],
        made["messages"] / (made["own_cpu"] + made["server_cpu"]) * 60,
        made["highest_mb"] - made["idle_mb"],
    )
    _as_if_swept(world, DUE + timedelta(days=SUSPENDED - 1))
    settle(url=world.url)
    stopped = _collect(world, SUSPENDED)
    seconds = stopped["ended"] - stopped["began"]
    memory = stopped["highest_mb"] - stopped["idle_mb"]
    return told, Stopped(stopped["steps"], stopped["suspended"], stopped["steps"] / seconds, memory)


def _collect(world: World, days: int) -> dict[str, Any]:
    return do("collect", url=world.url, seller_id=world.seller_id, on=str(DUE + timedelta(days=days)))


def _as_if_swept(world: World, day: date) -> None:
    """As if billing and collecting had run up to a day."""
    with psycopg.connect(world.url) as connection:
        for table, on in (("collection_days", day), ("run_days", day + timedelta(days=30))):
            connection.execute(
                f"INSERT INTO {table} (seller_id, on_date) VALUES (%s, %s) "
                "ON CONFLICT (seller_id) DO UPDATE SET on_date = excluded.on_date",
                [world.seller_id, on],
            )
