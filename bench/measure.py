"""What a process cost: time, processor, memory. Linux only; everything comes from /proc."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of work: when it began and ended on the machine's clock, processor seconds here and in PostgreSQL."""

    began: float
    ended: float
    own_cpu: float
    server_cpu: float

    @property
    def seconds(self) -> float:
        """How long it took by the clock on the wall."""
        return self.ended - self.began


class Stopwatch:
    """Measures from its making to `stop`; `server_pid` is the process in PostgreSQL that works for this one."""

    def __init__(self, server_pid: int | None) -> None:
        self._server = server_pid
        self._own_cpu = time.process_time()
        self._server_cpu = cpu_of(server_pid)
        self._began = time.monotonic()

    def stop(self) -> Span:
        """The work since the stopwatch was made."""
        ended = time.monotonic()
        own = time.process_time() - self._own_cpu
        return Span(self._began, ended, own, cpu_of(self._server) - self._server_cpu)


def cpu_of(pid: int | None) -> float:
    """Processor seconds that a process has used; 0 for None. Exact where the kernel tells, else in its ticks."""
    if pid is None:
        return 0.0
    exact = Path(f"/proc/{pid}/schedstat")
    if exact.exists():
        return int(exact.read_text(encoding="ascii").split()[0]) / NANOSECONDS
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(name: str) -> float:
    """Memory of this process in MB: `VmRSS` now, `VmHWM` at its highest."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"the kernel does not tell {name}")


def load() -> str:
    """The load average of the last 1, 5 and 15 minutes."""
    return " ".join(f"{one:.1f}" for one in os.getloadavg())


def spread(values: Sequence[float], *, digits: int = 2) -> str:
    """The median with the lowest and highest: `0.62 (0.58 to 0.65)`."""
    if len(values) == 1:
        return f"{values[0]:.{digits}f}"
    return f"{median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"
