"""The small measurements: the machine, series numbers, papers, a unified invoice."""

from dataclasses import dataclass
from typing import Any

from bench.ground import do, do_together, settle
from bench.invent import World


def cores_free(*, url: str, seconds: float) -> float:
    """How much two processes get done together, in cores of what one gets done alone; 2.0 where two are free."""
    each = [{"seconds": seconds}]
    alone = do("spin", url=url, seconds=seconds)["counted"]
    together = sum(one["counted"] for one in do_together("spin", url=url, each=each * 2))
    return float(together / alone)


@dataclass(frozen=True, slots=True)
class Numbering:
    """Numbers of one series taken by several writers, each block in a transaction of its own, on disk when it ends."""

    writers: int
    block: int
    taken: int
    per_second: float


def take_numbers(*, world: World, writers: int, block: int, seconds: float) -> Numbering:
    """Let writers take numbers for a while. Refuses when the series has a gap afterwards."""
    before = _next_number(world)
    each = [{"seller_id": world.seller_id, "block": block, "seconds": seconds}] * writers
    answers = do_together("numbers", url=world.url, each=each)
    taken = sum(one["taken"] for one in answers)
    if _next_number(world) - before != taken:
        raise RuntimeError("the series has gaps")
    return Numbering(writers, block, taken, sum(one["taken"] / one["seconds"] for one in answers))


def _next_number(world: World) -> int:
    return int(do("next_number", url=world.url, seller_id=world.seller_id)["next"])


@dataclass(frozen=True, slots=True)
class Papers:
    """Documents on paper, by one process: per second and core, seconds each to read and to draw, kilobytes each."""

    count: int
    per_second_and_core: float
    read_ms: float
    drawn_ms: float
    kilobytes: float


def draw_papers(*, world: World, count: int) -> Papers:
    """Draw the latest documents of a seller."""
    found = do("papers", url=world.url, seller_id=world.seller_id, count=count)
    drawn = found["count"]
    return Papers(
        drawn,
        drawn / found["drawn"]["own_cpu"],
        (found["read"]["ended"] - found["read"]["began"]) / drawn * 1000,
        (found["drawn"]["ended"] - found["drawn"]["began"]) / drawn * 1000,
        found["bytes"] / drawn / 1024,
    )


def issue_unified(*, world: World) -> dict[str, Any]:
    """Bill the partner's first month, as the whole run does."""
    settle(url=world.url)
    return do("run", url=world.url, seller_id=world.seller_id, on=world.day(0))
