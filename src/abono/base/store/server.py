"""An embedded PostgreSQL: made, started and stopped here, reached only through a socket in a private folder.

One folder holds all of it: `cluster/` the database, `server.log` what the server says, `start.lock` so that
two starters wait for each other. The server runs on its own and outlives who started it, until `stop`. It
listens to no network; whoever may enter its socket folder (its own user, and root) is trusted.
"""

import os
import shutil
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from abono.base.kernel.refusal import Refused, Unavailable
from abono.base.store.server_home import (
    SETTINGS,
    SUPERUSER,
    THROW_AWAY,
    check_major,
    home_of,
    major_of,
    make_cluster,
    make_socket_folder,
    memory_settings,
    now_ms,
    own,
    pause,
    plain_refusals,
    socket_path,
    starting,
    usable_home,
    write_settings,
)
from abono.base.store.server_programs import Programs, account_for, exists, programs_for, reason_in

_LOG_BYTES = 16 * 1024 * 1024
_NO_SUCH_PROCESS = 4_194_999  # above the largest process number of any system


@dataclass(frozen=True)
class Server:
    """A running server: number of its first process, major version, administrator's URL, log."""

    pid: int
    major: int
    url: str
    log: Path


def data_folder(*, environ: Mapping[str, str]) -> Path:
    """Where the embedded server lives: `$ABONO_DATA/postgres`, else `.data/postgres` in the checkout.

    Installed without a checkout, `.data` is that of the folder one stands in.
    """
    checkout = Path(__file__).resolve().parents[4]
    root = checkout if (checkout / "pyproject.toml").is_file() else Path.cwd()
    return Path(environ.get("ABONO_DATA") or root / ".data").absolute() / "postgres"


def start(
    *,
    data: Path,
    bin_dir: Path | None = None,
    settings: Mapping[str, object] | None = None,
    durable: bool = True,
    timeout_s: int = 60,
) -> str:
    """Make the server in the folder `data` if there is none, start it unless it runs, wait until it answers.

    `bin_dir` is a folder with the programs `postgres`, `initdb`, `pg_ctl`; by default those of the installed
    wheel. `settings` are lines of postgresql.conf that win over ours; they count when the server starts, not
    when it already runs. `durable=False` is for throw-away servers: quicker, worthless after a power cut.
    Returns the administrator's URL. Refused `store.server` in one line: no programs, a folder that cannot be
    used or was made by another version, a full disk. Unavailable: still starting after `timeout_s` seconds.
    """
    deadline = now_ms() + timeout_s * 1000
    with plain_refusals(data=data):
        home = home_of(data=data)
        if _postmaster(home) is None or _phase(home) != "ready":
            account = account_for(folder=home)
            home = usable_home(data=data, account=account, durable=durable)
            with starting(home=home, deadline_ms=deadline):
                if _postmaster(home) is None:
                    programs = programs_for(bin_dir=bin_dir, home=home, account=account)
                    if not (home / "cluster").is_dir():
                        make_cluster(home=home, programs=programs, durable=durable)
                    check_major(home=home, programs=programs)
                    chosen = {**SETTINGS, **memory_settings(), **({} if durable else THROW_AWAY), **(settings or {})}
                    chosen["unix_socket_directories"] = make_socket_folder(home=home, account=account)
                    write_settings(home=home, settings=chosen, account=account)
                    _launch(home, programs, deadline)
                _await_ready(home, deadline)
    return admin_url(data=data)


def stop(*, data: Path, mode: Literal["fast", "immediate"] = "fast", timeout_s: int = 60) -> bool:
    """Stop the server in `data` and wait until it has ended. False: it did not run.

    `fast` undoes open transactions and writes a checkpoint; `immediate` is a crash on purpose, from which the
    next start recovers.
    """
    home = home_of(data=data)
    with plain_refusals(data=data):
        pid = _postmaster(home)
        if pid is None:
            return False
        sockets = _sockets(home)
        os.kill(pid, signal.SIGQUIT if mode == "immediate" else signal.SIGINT)
        deadline = now_ms() + timeout_s * 1000
        while _alive(pid, home):
            if now_ms() > deadline:
                words = f"the PostgreSQL server {pid} did not stop within {timeout_s} seconds"
                raise Unavailable("store.server", words, pid=pid)
            pause()
        if sockets.is_dir() and not any(sockets.iterdir()):
            sockets.rmdir()
    return True


def remove(*, data: Path) -> bool:
    """Stop the server in `data` and delete all that it holds. False: there was nothing of ours."""
    home = home_of(data=data)
    with plain_refusals(data=data):
        if not (home / "start.lock").exists():
            return False
        sockets = _sockets(home)
        stop(data=data, mode="immediate")
        shutil.rmtree(sockets, ignore_errors=True)
        for _ in range(20):  # a starter that was killed may have left a program that still writes
            shutil.rmtree(home, ignore_errors=True)
            if not home.exists():
                break
            pause()
        else:
            shutil.rmtree(home)
        if data.is_symlink():
            data.unlink()
            if not any(home.parent.iterdir()):
                home.parent.rmdir()
    return True


def is_running(*, data: Path) -> bool:
    """Whether a server works in `data` now, be it ready or still starting."""
    return server_in(data=data) is not None


def server_in(*, data: Path) -> Server | None:
    """The server that works in `data` now; None if none does."""
    home = home_of(data=data)
    with plain_refusals(data=data):
        pid = _postmaster(home)
        if pid is None:
            return None
        return Server(pid, major_of(home=home), admin_url(data=data), home / "server.log")


def admin_url(*, data: Path) -> str:
    """How libpq reaches the server in `data` as its superuser: for set-up only, never for the work itself."""
    with plain_refusals(data=data):
        folder = quote(str(_sockets(home_of(data=data))), safe="")
    return f"postgresql://{SUPERUSER}@/postgres?host={folder}"


def _launch(home: Path, programs: Programs, deadline_ms: int) -> None:
    log = home / "server.log"
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        log.replace(home / "server.log.old")
    log.touch(exist_ok=True)
    own(path=log, account=programs.account)
    _disown_pid(home)
    while True:
        before = log.stat().st_size
        pid = programs.launch("postgres", "-D", home / "cluster", log=log)
        while exists(pid=pid):
            if _phase(home) == "ready" or now_ms() > deadline_ms:
                return
            pause()
        said = _log_lines(log, before)
        # After a crash the old server's last processes may need a moment to see that it is gone.
        if not any("shared memory block" in line for line in said) or now_ms() > deadline_ms:
            words = f"PostgreSQL does not start in {home}: {reason_in(said)}"
            raise Refused("store.server", words, log=str(log))
        for _ in range(5):
            pause()


def _disown_pid(home: Path) -> None:
    """Tell PostgreSQL that the process named in postmaster.pid, if any, is not a server of this folder.

    After a restart of a container the number often belongs to another program, and PostgreSQL would refuse to
    start. Only the number and the phase are replaced: from the rest it finds out whether the old memory is
    still in use.
    """
    lines = _pid_file(home)
    if lines:
        with (home / "cluster" / "postmaster.pid").open("r+", encoding="utf-8") as file:
            file.write("\n".join([str(_NO_SUCH_PROCESS), *lines[1:7], "stale", ""]))
            file.truncate()


def _await_ready(home: Path, deadline_ms: int) -> None:
    while (phase := _phase(home)) != "ready":
        if _postmaster(home) is None:
            log = home / "server.log"
            reason = reason_in(_log_lines(log, 0)[-5:])
            raise Refused("store.server", f"PostgreSQL ended while starting in {home}: {reason}", log=str(log))
        if now_ms() > deadline_ms:
            words = f"PostgreSQL in {home} is still {phase or 'starting'}; it goes on, try again"
            raise Unavailable("store.server", words, phase=phase)
        pause()


def _log_lines(log: Path, start_byte: int) -> list[str]:
    with log.open("rb") as file:
        file.seek(start_byte)
        return file.read().decode("utf-8", "replace").splitlines()


def _pid_file(home: Path) -> list[str]:
    """The lines of postmaster.pid: process, folder, start, port, socket folder, address, memory, phase."""
    path = home / "cluster" / "postmaster.pid"
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return []


def _phase(home: Path) -> str:
    lines = _pid_file(home)
    return lines[7].strip() if len(lines) > 7 else ""


def _sockets(home: Path) -> Path:
    lines = _pid_file(home)
    return Path(lines[4]) if len(lines) > 4 and lines[4] else socket_path(home=home)


def _postmaster(home: Path) -> int | None:
    lines = _pid_file(home)
    if not lines or not lines[0].lstrip("-").isdigit():
        return None
    pid = abs(int(lines[0]))
    return pid if _alive(pid, home) else None


def _alive(pid: int, home: Path) -> bool:
    """Whether this process is a server that works in `home`, and not another program that got its number."""
    if not exists(pid=pid):
        return False
    try:
        return os.readlink(f"/proc/{pid}/cwd") == str(home / "cluster")
    except PermissionError:
        return True  # somebody else's process, which may not be looked at
    except FileNotFoundError:
        return not Path("/proc/self").exists() and exists(pid=pid)
