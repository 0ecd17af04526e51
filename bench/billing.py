"""One month of a seller, billed by one or more processes, again, and the same rows by plain COPY."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.ground import do, do_together, settle
from bench.invent import World
from bench.twins import SCHEMA, export

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Cost:
    """What work cost by the wall's clock and in processor time, in seconds, over all its processes."""

    seconds: float
    own_cpu: float
    server_cpu: float

    @property
    def cpu(self) -> float:
        """Processor seconds, ours and PostgreSQL's."""
        return self.own_cpu + self.server_cpu


@dataclass(frozen=True, slots=True)
class Month:
    """A month billed: the run, the same run again, and a plain COPY of exactly the rows that it wrote."""

    processes: int
    documents: int
    lines: int
    rows: Mapping[str, int]
    run: Cost
    again: Cost
    copy: Cost
    memory_mb: float

    @property
    def ratio(self) -> float:
        """How quick the run was, as a part of the plain COPY."""
        return self.copy.seconds / self.run.seconds

    @property
    def rate(self) -> float:
        """Documents a second."""
        return self.documents / self.run.seconds

    def micros(self, seconds: float) -> float:
        """Microseconds per document."""
        return seconds / self.documents * MILLION


@dataclass(frozen=True, slots=True)
class Billed:
    """A month billed, and nothing beside it."""

    documents: int
    run: Cost
    memory_mb: float

    @property
    def rate(self) -> float:
        """Documents a second."""
        return self.documents / self.run.seconds


def bill_only(*, world: World, month: int) -> Billed:
    """Bill a month with one process."""
    settle(url=world.url)
    found = do("run", url=world.url, seller_id=world.seller_id, on=world.day(month))
    return Billed(found["documents"], _cost([found]), found["highest_mb"] - found["idle_mb"])


def bill_month(*, world: World, month: int, folder: Path, processes: int = 1) -> Month:
    """Bill a month with that many processes, then the same day again, then COPY its rows into the twins.

    Statistics are brought up to date before each piece. Refuses a month in which anybody was left out.
    """
    day = world.day(month)
    arguments: dict[str, object] = {"seller_id": world.seller_id, "on": day}
    settle(url=world.url)
    answers = do_together("run", url=world.url, each=[arguments] * processes)
    documents = sum(one["documents"] for one in answers)
    lines = sum(one["lines"] for one in answers)
    if lines != world.subscriptions or any(one["parked"] or one["held"] for one in answers):
        raise RuntimeError(f"of {world.subscriptions} subscriptions {lines} were billed: {answers}")
    settle(url=world.url)
    again = do("run", url=world.url, **arguments)
    blocks = export(url=world.url, seller_id=world.seller_id, day=day, folder=folder)
    settle(url=world.url)
    files = [(one.table, one.columns, one.file) for one in blocks]
    copied = do("copy", url=world.url, schema=SCHEMA, blocks=files)
    return Month(
        processes,
        documents,
        lines,
        {one.table: one.rows for one in blocks},
        _cost(answers),
        _cost([again]),
        _cost([copied]),
        max(one["highest_mb"] - one["idle_mb"] for one in answers),
    )


def _cost(answers: Sequence[Mapping[str, Any]]) -> Cost:
    return Cost(
        max(one["ended"] for one in answers) - min(one["began"] for one in answers),
        sum(one["own_cpu"] for one in answers),
        sum(one["server_cpu"] for one in answers),
    )
