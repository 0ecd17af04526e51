"""One process for each policy of a simulation, on a scratch database of its own, telling its parent of each day."""

import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from queue import Empty
from typing import TYPE_CHECKING, Any

from abono.base.kernel.refusal import Refused, Unavailable

if TYPE_CHECKING:
    from abono.simulation.forecast import Forecast
    from abono.simulation.question import Question

_SECONDS_BETWEEN_LOOKS = 1


@dataclass(frozen=True, slots=True)
class Task:
    """A question and the scratch database to answer it in."""

    url: str
    question: "Question"


def forecast_all(*, tasks: Sequence[Task], progress: Callable[[], None]) -> "list[Forecast]":
    """The answers in the order of the tasks, found side by side; `progress` is called for each day of each of them.

    A refusal in a process is raised here; one that was killed is `Unavailable`. No process is left when this returns.
    """
    # Started anew, not split off: the parent's settings and connections are those of the real database.
    context: Any = multiprocessing.get_context("spawn")
    said = context.Queue()
    started = [
        context.Process(target=_work, args=(place, task, said, os.getpid()), daemon=True)
        for place, task in enumerate(tasks)
    ]
    for process in started:
        process.start()
    try:
        found = _listen(said, started, progress)
    finally:
        for process in started:
            process.terminate()
            process.join()
    return [found[place] for place in range(len(tasks))]


def _listen(said: Any, started: Sequence[Any], progress: Callable[[], None]) -> "dict[int, Forecast]":
    found: dict[int, Forecast] = {}
    while len(found) < len(started):
        try:
            word, place, what = said.get(timeout=_SECONDS_BETWEEN_LOOKS)
        except Empty:
            if not all(process.is_alive() or process.exitcode == 0 for process in started):
                words = "A process of the simulation was stopped; the real books are untouched."
                raise Unavailable("simulation.stopped", words) from None
            continue
        if word == "day":
            progress()
        elif word == "found":
            found[place] = what
        elif word == "refused":
            raise Refused(*what)
        else:
            raise RuntimeError(what)
    return found


def _work(place: int, task: Task, said: Any, parent: int) -> None:
    """A process: answer one question. Ends when its parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from abono.interfaces.cli.assembly import assemble

    assemble(url=task.url)
    from django.db import connections

    from abono.simulation.forecast import forecast

    def day_over(_: date) -> None:
        if os.getppid() != parent:
            os._exit(1)
        said.put(("day", place, None))

    try:
        said.put(("found", place, forecast(question=task.question, progress=day_over)))
    except Refused as why:
        said.put(("refused", place, (why.code, why.words)))
    except Exception:
        said.put(("broken", place, traceback.format_exc()))
    finally:
        connections.close_all()
