"""Several processes that pass the days of invented sellers side by side, and tell their parent how far they are."""

import multiprocessing
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from queue import Empty
from typing import Any

from abono.base.kernel.refusal import Refused, Unavailable

_SECONDS_BETWEEN_LOOKS = 1


@dataclass(frozen=True, slots=True)
class Task:
    """What all processes do: for each world of the list, taken from a common number, pass the days up to `until`."""

    url: str
    seed: int
    until: date
    worlds: tuple[str, ...]


@dataclass(slots=True)
class Done:
    """What came of it: days passed now, and how often people were refused something, by code."""

    days: int = 0
    refused: Counter[str] = field(default_factory=Counter)


def pass_all(*, task: Task, processes: int, progress: Callable[[str], None]) -> Done:
    """Pass all worlds in so many processes; `progress` hears the world of each day that is over.

    Call it while this process has no connection open. A refusal in a process is raised here; a process that dies
    otherwise is `Unavailable`: what it has written stays, and the next call goes on from there.
    """
    # On Linux a process that is split off has everything in memory already; elsewhere it starts anew.
    context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    said, taken = context.Queue(), context.Value("i", 0)
    started = [
        context.Process(target=_work, args=(task, said, taken, os.getpid()), daemon=True) for _ in range(processes)
    ]
    for process in started:
        process.start()
    try:
        return _listen(said, started, progress)
    finally:
        for process in started:
            process.terminate()
            process.join()


def _listen(said: Any, started: Sequence[Any], progress: Callable[[str], None]) -> Done:
    done, working = Done(), len(started)
    while working:
        try:
            word, key, what = said.get(timeout=_SECONDS_BETWEEN_LOOKS)
        except Empty:
            if not all(process.is_alive() or process.exitcode == 0 for process in started):
                words = "A process of the demo was stopped; what it wrote stays. Call the demo again to go on."
                raise Unavailable("simulation.stopped", words) from None
            continue
        if word == "day":
            done.days += 1
            progress(key)
        elif word == "passed":
            done.refused.update(what)
        elif word == "refused":
            raise Refused(*what)
        else:
            working -= 1
    return done


def _work(task: Task, said: Any, taken: Any, parent: int) -> None:
    """A process: take the next world until none is left. Ends when its parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from abono.interfaces.cli.assembly import assemble

    assemble(url=task.url)
    try:
        while (number := _next(taken)) < len(task.worlds):
            _pass_one(task, task.worlds[number], said, parent)
        said.put(("ended", "", None))
    except Refused as why:
        said.put(("refused", "", (why.code, why.words)))


def _next(taken: Any) -> int:
    with taken.get_lock():
        number = int(taken.value)
        taken.value = number + 1
    return number


def _pass_one(task: Task, policy_name: str, said: Any, parent: int) -> None:
    from abono.simulation.demo import open_world, pass_world
    from abono.simulation.world import read_world

    def day_over(_: date) -> None:
        if os.getppid() != parent:
            os._exit(1)
        said.put(("day", world.key, None))

    world = read_world(policy_name)
    make_quick()
    scene = open_world(world=world, seed=task.seed)
    take_statistics()
    _, refused = pass_world(scene=scene, until=task.until, progress=day_over)
    said.put(("passed", world.key, dict(refused)))


def make_quick() -> None:
    """Settings of this connection for many small transactions that nobody waits for.

    A crash of the machine may lose the last moments, whole and in order; the next call makes them again.
    """
    from abono.base.store import sql

    sql.change("SET synchronous_commit = off")
    sql.raw_connection().prepare_threshold = 2


def take_statistics() -> None:
    """Let PostgreSQL look at the fresh tables once, as their owner, so that it plans well from the first day."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "ANALYZE customers, billing_profiles, subscriptions, cursors, sponsorships, locations, activations"
        )
    connections["owner"].close()
