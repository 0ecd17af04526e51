"""Worker processes that a test may kill. One parent has Django loaded and forks a child per job: a tenth of a start.

`python -m tests.properties.fleet` reads jobs from its input, a line of JSON each, and answers with a line of JSON:
`{"start": task, "env": {...}, "arguments": {...}}` gives the child's process id, `{"poll": pid}` whether it has ended,
`{"wait": pid}` its exit code (the negative signal if it was killed) and what the task gave back. What the engine reads
from the environment when it is loaded, a child reads again.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LONGEST_S = 120


@dataclass
class Ended:
    """How a worker ended: exit code or negative signal, what its task gave back, what it said."""

    code: int
    result: Any
    said: str


@dataclass
class Worker:
    """A process at work."""

    fleet: "Fleet"
    pid: int

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def has_ended(self) -> bool:
        return bool(self.fleet.ask({"poll": self.pid}))

    def wait(self) -> Ended:
        """Wait until it has ended."""
        return Ended(**self.fleet.ask({"wait": self.pid}))


class Fleet:
    """Workers on the database at a URL."""

    def __init__(self, url: str) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="abono-fleet-")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.properties.fleet", self.folder.name],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": url},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, question: dict[str, Any]) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def start(self, task: str, *, env: dict[str, str] | None = None, **arguments: Any) -> Worker:
        """Start a task of `tests/properties/tasks.py`; arguments must be plain data."""
        return Worker(self, self.ask({"start": task, "env": env or {}, "arguments": arguments}))

    def run(self, task: str, *, env: dict[str, str] | None = None, **arguments: Any) -> Ended:
        """Start a task and wait for its end."""
        return self.start(task, env=env, **arguments).wait()

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=LONGEST_S)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.folder.cleanup()


@contextmanager
def fleet_on(url: str) -> Iterator[Fleet]:
    """A fleet for a while."""
    fleet = Fleet(url)
    try:
        yield fleet
    finally:
        fleet.close()


def _serve(folder: Path) -> None:
    from abono.interfaces.cli.assembly import assemble

    assemble(url=os.environ["DATABASE_URL"])
    # What reads no environment is loaded here, once.
    from abono.domain.payments import actions  # noqa: F401
    from abono.runs.billing import counted, hold  # noqa: F401

    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(_answer(folder, asked)), flush=True)  # noqa: T201


def _answer(folder: Path, asked: dict[str, Any]) -> Any:
    if "poll" in asked:
        return os.waitid(os.P_PID, asked["poll"], os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    return _wait(folder, asked["wait"]) if "wait" in asked else _fork(folder, asked)


def _fork(folder: Path, asked: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        code = _work(folder / str(os.getpid()), asked)
    finally:
        os._exit(code)


def _work(file: Path, asked: dict[str, Any]) -> int:
    """The child: no test may hang on it, and what it says goes into a file of its own."""
    signal.alarm(LONGEST_S)
    said = os.open(file.with_suffix(".said"), os.O_WRONLY | os.O_CREAT)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for stream, number in ((nothing, 0), (said, 1), (said, 2)):
        os.dup2(stream, number)
    os.environ.update(asked["env"])
    _heed()
    try:
        from tests.properties import tasks

        result = getattr(tasks, asked["start"])(**asked["arguments"])
    except BaseException:
        os.write(2, traceback.format_exc().encode())
        return 1
    file.with_suffix(".result").write_text(json.dumps(result), encoding="utf-8")
    return 0


def _heed() -> None:
    """The crash points and the size of chunks as this child's environment says."""
    import importlib

    from abono.base.store import crash
    from abono.runs.billing import chunk, run

    importlib.reload(crash)
    run.CHUNK = chunk.CHUNK = int(os.environ.get("ABONO_CHUNK", chunk.CHUNK))


def _wait(folder: Path, pid: int) -> dict[str, Any]:
    _, status = os.waitpid(pid, 0)
    file = folder / str(pid)
    result = file.with_suffix(".result")
    return {
        "code": os.waitstatus_to_exitcode(status),
        "result": json.loads(result.read_text(encoding="utf-8")) if result.exists() else None,
        "said": file.with_suffix(".said").read_text(encoding="utf-8", errors="replace"),
    }


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
