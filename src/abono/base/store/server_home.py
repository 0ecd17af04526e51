"""The folder of an embedded PostgreSQL: its owner, its cluster, its settings, the folder of its socket."""

import fcntl
import hashlib
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from abono.base.kernel.refusal import Refused, Unavailable
from abono.base.store.server_programs import Account, Programs, reachable, reason_in

SUPERUSER = "postgres"
_LONGEST_SOCKET = 99  # bytes of a socket's whole path: the kernel allows 107, macOS 103
_KEPT_FOR_ROOT = Path("/var/lib/abono")

# A small server beside the program on one machine. No parallel queries: they need shared memory that
# containers withhold. The log repeats no statement and no row, since those hold people's data.
SETTINGS: Mapping[str, object] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": 60,
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "checkpoint_completion_target": "0.9",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "jit": "off",
    "max_parallel_workers_per_gather": 0,
    "max_parallel_maintenance_workers": 0,
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_checkpoints": "off",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# Commits are still written before they are answered, so that a crash of PostgreSQL alone loses none.
THROW_AWAY: Mapping[str, object] = {"fsync": "off", "full_page_writes": "off"}
_LEAST_BUFFERS_MB, _MOST_BUFFERS_MB = 128, 2048
# What a container may use, where the kernel says so.
_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


@contextmanager
def plain_refusals(*, data: Path) -> Iterator[None]:
    """What the operating system refuses becomes one line."""
    try:
        yield
    except PermissionError as error:
        what = error.filename or data
        words = f"{what}: permission denied; ask as the user it belongs to, or name another folder"
        raise Refused("store.server", words, folder=str(data)) from error
    except OSError as error:
        what = f"{error.filename or data}: {error.strerror or error}"
        raise Refused("store.server", f"the server in {data} cannot work: {what}", folder=str(data)) from error


def memory_settings() -> Mapping[str, object]:
    """How much memory the server may share: a quarter of the machine's, of which it takes only what it uses."""
    shared = min(max(_memory_mb() // 4, _LEAST_BUFFERS_MB), _MOST_BUFFERS_MB)
    return {"shared_buffers": f"{shared}MB", "effective_cache_size": f"{2 * shared}MB"}


def home_of(*, data: Path) -> Path:
    """The real folder behind `data`, which may be a link."""
    return Path(os.path.realpath(data))


def usable_home(*, data: Path, account: Account | None, durable: bool) -> Path:
    """The real folder behind `data`: made, private, owned and reachable by who runs the server.

    Below a private folder of root (a checkout in root's home) nobody else can work; then the server lives
    elsewhere and `data` becomes a link to it.
    """
    home = home_of(data=data)
    home.mkdir(parents=True, exist_ok=True)
    if any(home.iterdir()) and not (home / "start.lock").exists():
        raise Refused("store.server", f"{home} is not empty and holds no database of Abono; name another folder")
    own(path=home, account=account)
    if not reachable(folder=home, account=account):
        if any(home.iterdir()) or account is None:
            who = account.name if account else "you"
            raise Refused("store.server", f"{home} cannot be used by {who}, who runs PostgreSQL")
        home = _moved_home(data, account, durable)
    (home / "start.lock").touch(exist_ok=True)
    return home


def own(*, path: Path, account: Account | None) -> None:
    """Make `path` private to who runs the server."""
    if account is not None:
        os.chown(path, account.uid, account.gid)
    path.chmod(0o700 if path.is_dir() else 0o600)


@contextmanager
def starting(*, home: Path, deadline_ms: int) -> Iterator[None]:
    """Hold the right to start the server in `home`. Unavailable: somebody else holds it past the deadline."""
    with (home / "start.lock").open("a") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if now_ms() > deadline_ms:
                    words = f"somebody else is starting the server in {home}"
                    raise Unavailable("store.server", words) from None
                pause()
        yield


def make_cluster(*, home: Path, programs: Programs, durable: bool) -> None:
    """Make `home/cluster`: made aside, then moved there whole, so that nobody meets half a cluster."""
    for left in home.glob("cluster.new-*"):
        shutil.rmtree(left, ignore_errors=True)
    said: list[str] = []
    for locale in ("C.UTF-8", "C"):  # not every system has the first
        fresh = Path(tempfile.mkdtemp(prefix="cluster.new-", dir=home))
        own(path=fresh, account=programs.account)
        made = programs.run("initdb", "-D", fresh, *_initdb_words(programs, locale, durable), timeout_s=300)
        if made.returncode == 0:
            fresh.rename(home / "cluster")
            return
        shutil.rmtree(fresh, ignore_errors=True)
        said = made.stderr.splitlines()
        if "locale" not in made.stderr:
            break
    words = f"a database cannot be made in {home}: {reason_in(said)}"
    raise Refused("store.server", words, folder=str(home))


def check_major(*, home: Path, programs: Programs) -> None:
    """Refused: the cluster in `home` was made by another major version than that of these programs."""
    made_by = major_of(home=home)
    if made_by != programs.major:
        words = (
            f"the database in {home} was made by PostgreSQL {made_by}, but the programs in {programs.folder} "
            f"are {programs.major}: use programs of {made_by}, or another folder"
        )
        raise Refused("store.server", words, made_by=made_by, programs=programs.major)


def major_of(*, home: Path) -> int:
    """The major version of PostgreSQL that made the cluster in `home`."""
    return int((home / "cluster" / "PG_VERSION").read_text(encoding="ascii").strip())


def write_settings(*, home: Path, settings: Mapping[str, object], account: Account | None) -> None:
    """Write postgresql.conf and pg_hba.conf of the cluster in `home` anew."""
    lines = ["# Written by Abono at each start. ALTER SYSTEM wins over it."]
    for name, value in settings.items():
        if not re.fullmatch(r"[a-z_][a-z0-9_.]*", name):
            raise Refused("store.server", f"{name!r} is no name of a PostgreSQL setting")
        quoted = str(value).replace("\\", "\\\\").replace("'", "''")
        lines.append(f"{name} = '{quoted}'")
    _write(home / "cluster" / "postgresql.conf", lines, account)
    trusted = ["# Only through the socket, whose folder is private.", "local all all trust"]
    _write(home / "cluster" / "pg_hba.conf", trusted, account)


def socket_path(*, home: Path) -> Path:
    """A short folder for the socket of `home`: a socket's path is limited, a checkout's path is not."""
    name = "abono-" + hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / name
    short = len(os.fsencode(folder / ".s.PGSQL.5432")) <= _LONGEST_SOCKET
    plain = re.fullmatch(r"[\w/.+-]+", str(folder), re.ASCII)  # the setting is a list with commas and quotes
    return folder if short and plain else Path("/tmp") / name


def make_socket_folder(*, home: Path, account: Account | None) -> Path:
    """Make the private folder of the socket. Refused: somebody else made it first, so it is not private."""
    folder = socket_path(home=home)
    if account and not reachable(folder=folder.parent, account=account):
        folder = Path("/tmp") / folder.name
    if not folder.is_symlink() and not folder.exists():
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    owners = (os.geteuid(), account.uid if account else os.geteuid())
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
        words = f"{folder} belongs to somebody else; remove it"
        raise Refused("store.server", words, folder=str(folder))
    own(path=folder, account=account)
    for left in folder.glob(".s.PGSQL.*"):  # nobody listens: the starter holds the lock and no server works here
        left.unlink()
    return folder


def now_ms() -> int:
    """Milliseconds of a clock that only goes forward; its zero means nothing."""
    return time.monotonic_ns() // 1_000_000


def pause() -> None:
    """Wait a twentieth of a second."""
    time.sleep(1 / 20)


def _memory_mb() -> int:
    """The memory of this machine, or of the container it is; 0 where nobody tells."""
    try:
        found = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    except (ValueError, OSError):
        return 0
    for limit in _LIMITS:
        try:
            text = limit.read_text(encoding="ascii").strip()
        except OSError:
            continue
        if text.isdecimal():
            found.append(int(text))
    return min(found) // (1024 * 1024)


def _moved_home(data: Path, account: Account, durable: bool) -> Path:
    parent = _KEPT_FOR_ROOT if durable else Path(tempfile.gettempdir())
    parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    home = Path(os.path.realpath(tempfile.mkdtemp(prefix="abono-data-", dir=parent)))
    own(path=home, account=account)
    if not reachable(folder=home, account=account):
        home.rmdir()
        words = f"{account.name}, who runs PostgreSQL, can enter neither {data} nor {parent}; set ABONO_DATA"
        raise Refused("store.server", words)
    if data.is_symlink():
        data.unlink()
    else:
        data.rmdir()
    data.symlink_to(home)
    return home


def _initdb_words(programs: Programs, locale: str, durable: bool) -> list[str]:
    words = ["-U", SUPERUSER, "-E", "UTF8", "-A", "trust", f"--locale={locale}", "--no-instructions"]
    if programs.major >= 17:  # its own C.UTF-8, the same on every system
        words += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    if durable:
        words.append("--data-checksums")
    else:
        words.append("--no-sync")
        words += ["--no-data-checksums"] if programs.major >= 18 else []
    return words


def _write(path: Path, lines: list[str], account: Account | None) -> None:
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text("\n".join([*lines, ""]), encoding="utf-8")
    own(path=fresh, account=account)
    fresh.replace(path)
