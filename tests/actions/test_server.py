"""The embedded PostgreSQL under the faults of real machines: crashes, leftovers, full and foreign folders."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from abono.base.kernel.refusal import Refused
from abono.base.store import server, server_home, server_programs
from abono.interfaces.cli.server import group

BIN_DIR = Path(os.environ["ABONO_TEST_PG_BIN"]) if os.environ.get("ABONO_TEST_PG_BIN") else None


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that any user may enter, so that PostgreSQL works there even when the tests run as root."""
    path = Path(tempfile.mkdtemp(prefix="abono-test-"))
    path.chmod(0o755)
    yield path
    for left in list(path.glob("**/start.lock")):
        server.remove(data=left.parent)
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """One server for the tests that leave it whole; they may stop it."""
    path = Path(tempfile.mkdtemp(prefix="abono-test-"))
    path.chmod(0o755)
    begin(path / "data")
    yield path / "data"
    server.remove(data=path / "data")
    path.rmdir()


def begin(data: Path, **more: object) -> str:
    return server.start(data=data, bin_dir=BIN_DIR, durable=False, **more)  # type: ignore[arg-type]


def answer(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row[0]


def crashed(data: Path) -> int:
    """Kill the first process of the server in `data` and wait until it is gone; the pid file stays behind."""
    running = server.server_in(data=data)
    assert running is not None
    os.kill(running.pid, signal.SIGKILL)
    for _ in range(200):
        if not server.is_running(data=data):
            break
        time.sleep(1 / 50)
    assert (data / "cluster" / "postmaster.pid").exists()
    return running.pid


def test_it_starts_is_reused_and_stops(made: Path) -> None:
    url = begin(made)
    assert url == server.admin_url(data=made)
    assert begin(made) == url
    running = server.server_in(data=made)
    assert running is not None
    assert running.url == url
    assert answer(url, "SELECT current_setting('server_version_num')::int / 10000") == running.major >= 15
    assert server.stop(data=made)
    assert not server.is_running(data=made)
    assert not server.stop(data=made)
    assert server.admin_url(data=made) == url


def test_it_listens_to_no_network_and_its_socket_is_private(made: Path) -> None:
    url = begin(made)
    assert answer(url, "SELECT current_setting('listen_addresses')") == ""
    sockets = Path(str(answer(url, "SELECT current_setting('unix_socket_directories')")))
    assert sockets.stat().st_mode & 0o777 == 0o700
    assert (made / "cluster").stat().st_mode & 0o777 == 0o700
    assert answer(url, "SELECT current_setting('server_encoding')") == "UTF8"
    assert answer(url, "SELECT lower('ÁRVÍZTŰRŐ')") == "árvíztűrő"


def test_settings_of_the_caller_win(made: Path) -> None:
    server.stop(data=made)
    url = begin(made, settings={"work_mem": "5MB", "application_name": "it's"})
    assert answer(url, "SELECT current_setting('work_mem')") == "5MB"
    assert answer(url, "SELECT current_setting('fsync')") == "off"
    with pytest.raises(Refused, match="no name of a PostgreSQL setting"):
        server_home.write_settings(home=made, settings={"x = 1\ny": 2}, account=None)


def test_a_durable_server_writes_through_and_checks_its_pages(folder: Path) -> None:
    url = server.start(data=folder / "data", bin_dir=BIN_DIR)
    for setting in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
        assert answer(url, f"SELECT current_setting('{setting}')") == "on"


def test_after_a_crash_it_recovers_what_was_committed(made: Path) -> None:
    url = begin(made)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS kept")
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        busy = psycopg.connect(url)
        busy.execute("INSERT INTO kept SELECT 1 FROM generate_series(1, 10)")
        crashed(made)
    assert answer(begin(made), "SELECT count(*) FROM kept") == 1000
    assert server.stop(data=made, mode="immediate")
    assert answer(begin(made), "SELECT count(*) FROM kept") == 1000


def test_a_pid_file_that_names_another_program_does_not_hinder(made: Path) -> None:
    begin(made)
    crashed(made)
    pid_file = made / "cluster" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    owner = made.stat().st_uid if os.geteuid() == 0 else None
    with subprocess.Popen(["sleep", "60"], user=owner) as other:
        try:
            with pid_file.open("r+") as file:
                file.write("\n".join([str(other.pid), *lines[1:], ""]))
                file.truncate()
            assert not server.is_running(data=made)
            assert not server.stop(data=made)
            assert answer(begin(made), "SELECT 1") == 1
            assert other.poll() is None
        finally:
            other.kill()


def test_several_starters_at_once_make_one_server(folder: Path) -> None:
    with ThreadPoolExecutor(3) as pool:
        urls = set(pool.map(lambda _: begin(folder / "data"), range(3)))
    assert len(urls) == 1
    assert answer(urls.pop(), "SELECT 1") == 1


def test_a_starter_killed_at_any_moment_hinders_nobody(folder: Path) -> None:
    words = (
        "import sys; from pathlib import Path; from abono.base.store import server;"
        "data, bins = sys.argv[1:];"
        "server.start(data=Path(data), bin_dir=Path(bins) if bins else None, durable=False)"
    )
    struck = 0
    for milliseconds in (250, 450, 650, 850):
        data = folder / str(milliseconds)
        starter = subprocess.Popen([sys.executable, "-c", words, str(data), str(BIN_DIR or "")])
        try:
            starter.wait(milliseconds / 1000)
        except subprocess.TimeoutExpired:
            starter.kill()
            struck += 1
        starter.wait()
        assert answer(begin(data), "SELECT 1") == 1
        server.remove(data=data)
    assert struck >= 1, "no starter was killed in the middle of its work"


def test_a_cluster_of_another_version_is_refused(made: Path) -> None:
    server.stop(data=made)
    version = made / "cluster" / "PG_VERSION"
    true = version.read_text()
    version.write_text("14\n")
    try:
        with pytest.raises(Refused, match=r"was made by PostgreSQL 14, but the programs in .* are"):
            begin(made)
    finally:
        version.write_text(true)
    begin(made)


def test_a_folder_that_holds_something_else_is_left_alone(folder: Path) -> None:
    (folder / "letters").mkdir(mode=0o755)
    (folder / "letters" / "dear.txt").write_text("x")
    with pytest.raises(Refused, match="not empty and holds no database of Abono"):
        begin(folder / "letters")
    assert (folder / "letters").stat().st_mode & 0o777 == 0o755
    assert not server.remove(data=folder / "letters")
    assert (folder / "letters" / "dear.txt").exists()


def test_impossible_folders_and_programs_are_refused_in_one_line(folder: Path) -> None:
    (folder / "file").touch()
    (folder / "bin").mkdir()
    cases = (
        (folder / "file", None, "File exists"),
        (folder / "file" / "below", None, "Not a directory"),
        (folder / "data", folder / "bin", "there is no program postgres"),
    )
    for data, bin_dir, words in cases:
        with pytest.raises(Refused, match=words) as refusal:
            server.start(data=data, bin_dir=bin_dir)
        assert refusal.value.code == "store.server"
        assert "\n" not in str(refusal.value)


def test_a_server_that_cannot_start_says_why(made: Path) -> None:
    server.stop(data=made)
    with pytest.raises(Refused, match=r"does not start in .* parameter \"shared_buffers\""):
        begin(made, settings={"shared_buffers": "much"})
    begin(made)


def test_a_socket_folder_that_somebody_else_made_is_refused(made: Path) -> None:
    server.stop(data=made)
    sockets = server_home.socket_path(home=Path(os.path.realpath(made)))
    if sockets.exists():
        sockets.rmdir()
    sockets.symlink_to(made.parent)
    try:
        with pytest.raises(Refused, match="belongs to somebody else"):
            begin(made)
    finally:
        sockets.unlink()
    begin(made)


def test_the_socket_path_stays_short(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = folder / ("a" * 120) / ("b" * 120)
    assert len(str(server_home.socket_path(home=deep))) < 90
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    assert str(server_home.socket_path(home=deep)).startswith("/tmp/abono-")
    monkeypatch.setattr(tempfile, "tempdir", "/tmp/a, 'b'")
    assert str(server_home.socket_path(home=deep)).startswith("/tmp/abono-")


def test_a_path_with_blanks_and_quotes_works(folder: Path) -> None:
    data = folder / "it's a small árvíz" / "data"
    assert answer(begin(data), "SELECT 1") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as somebody else")
def test_under_a_private_folder_of_root_the_data_lives_elsewhere(folder: Path) -> None:
    (folder / "private").mkdir(mode=0o700)
    data = folder / "private" / "data"
    url = begin(data)
    assert data.is_symlink()
    assert answer(url, "SELECT 1") == 1
    assert server.stop(data=data)
    assert answer(begin(data), "SELECT 1") == 1
    real = data.resolve()
    assert server.remove(data=data)
    assert not real.exists()
    assert not data.is_symlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as somebody else")
def test_programs_in_a_private_folder_of_root_are_copied(folder: Path) -> None:
    data = folder / "data"
    account = server_programs.account_for(folder=data)
    found = server_programs.programs_for(bin_dir=BIN_DIR, home=folder / "found", account=account).folder
    package = found.parents[1]
    private = folder / "private"
    for original in (found.parent, package.with_name(f"{package.name}.libs")):
        if original.exists():
            shutil.copytree(original, private / original.relative_to(package.parent), symlinks=True)
    private.chmod(0o700)
    bin_dir = private / found.relative_to(package.parent)
    for _ in range(2):
        url = server.start(data=data, bin_dir=bin_dir, durable=False)
        assert answer(url, "SELECT to_tsvector('spanish', 'las cuentas')::text") == "'cuent':2"
        server.stop(data=data)
    assert (data / "programs" / found.relative_to(package.parent) / "postgres").exists()


def test_the_commands(folder: Path) -> None:
    def say(*words: str) -> tuple[int, str]:
        told = CliRunner().invoke(group, [*words, "--data", str(folder / "data")])
        return told.exit_code, told.output

    bins = ["--bin", str(BIN_DIR)] if BIN_DIR else []
    assert say("status") == (3, "not running\n")
    code, output = say("start", *bins)
    assert code == 0
    assert output.startswith("running: PostgreSQL")
    assert say("status")[0] == 0
    assert '"running": true' in say("status", "--json")[1]
    assert say("stop") == (0, "stopped\n")
    assert say("stop") == (0, "was not running\n")
    for words in (["start"], ["stop"], ["status"], []):
        assert "Example" in CliRunner().invoke(group, [*words, "--help"]).output
