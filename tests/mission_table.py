"""`--mission-table`: which parts of the mission hold, printed from the tests that ran, never by hand."""

import os
import re
from collections import defaultdict
from pathlib import Path

import pytest

MISSION = Path(__file__).parents[2] / "shared" / "mission.md"
ROWS = Path(__file__).parent / "mission" / "rows.txt"
PARTS = ("engine", "page", "staff", "channel", "api")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The switch."""
    parser.addoption("--mission-table", action="store_true", help="print the mission's rows and which parts hold")


def pytest_configure(config: pytest.Config) -> None:
    """The marker and the place for results."""
    config.stash[RESULTS] = defaultdict(lambda: defaultdict(list))


RESULTS: pytest.StashKey[dict[str, dict[str, list[str]]]] = pytest.StashKey()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    """Remember the marker with the report, so that it reaches the main process from any worker."""
    outcome = yield
    report = outcome.get_result()
    for marker in item.iter_markers("mission"):
        report.user_properties.append(("mission", (*marker.args, marker.kwargs.get("part", "engine"))))


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:  # type: ignore[no-untyped-def]
    """Print the table: the mark, the row id, its words, the parts that were tested."""
    if not config.getoption("--mission-table"):
        return
    results: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for outcome in ("passed", "failed", "error", "skipped"):
        for report in terminalreporter.stats.get(outcome, []):
            if outcome == "passed" and report.when != "call":
                continue
            for name, value in getattr(report, "user_properties", ()):
                if name == "mission":
                    row, part = value
                    results[row][part].append(outcome)
    terminalreporter.write_line("")
    for row, wanted, words in rows():
        terminalreporter.write_line(line_of(row, wanted, words, results.get(row, {})))


def line_of(row: str, wanted: tuple[str, ...], words: str, found: dict[str, list[str]]) -> str:
    """One line: ✔ all parts pass, ◐ some, ✘ none."""
    good = [part for part in PARTS if found.get(part) and set(found[part]) == {"passed"}]
    bad = [part for part in PARTS if found.get(part) and set(found[part]) != {"passed"}]
    whole = wanted and set(wanted) <= set(good) and not bad
    mark = "✔" if whole else "◐" if good else "✘"
    parts = ", ".join([*good, *(f"{part} fails" for part in bad)]) or "nothing yet"
    missing = [part for part in wanted if part not in good and part not in bad]
    tail = f"; to come: {', '.join(missing)}" if missing else ""
    return f"{mark} {row:<4} {words.replace('*', '')} ({parts}{tail})"


def rows() -> list[tuple[str, tuple[str, ...], str]]:
    """The mission's rows: id, the parts that it needs, its words."""
    found = []
    for line in ROWS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            row, parts, words = (piece.strip() for piece in line.split("|", 2))
            found.append((row, tuple(parts.split()), words))
    return found


def rows_of_mission_file() -> dict[str, str] | None:
    """The rows of the mission's own file, where it is at hand: id and words."""
    if not MISSION.exists():
        if os.environ.get("CI"):
            raise FileNotFoundError(MISSION)
        return None
    return dict(re.findall(r"^\| ([A-F]\d+) \| (.+?) \|", MISSION.read_text(encoding="utf-8"), re.M))
