"""Any day again, for what collecting does: killed anywhere, by two processes, late: the same, once."""

import json
import os
import signal
import subprocess
import sys
from typing import Any

import pytest

from tests.mission.story import Story, abono

pytestmark = pytest.mark.usefixtures("database")

ISSUED, REMINDED, STOPPED = "2026-01-05", "2026-01-19", "2026-01-22"
CUSTOMERS = 6


@pytest.fixture
def host() -> Story:
    """Six customers whose services are to be suspended on 22 January."""
    story = Story("hosting_ar")
    story.plan("site", 100)
    for number in range(CUSTOMERS):
        story.move_in(story.customer(f"Customer {number}"), "site", "2026-01-01", "--start", "2026-01-20")
    story.live(ISSUED, REMINDED)
    return story


def started(story: Story, **environment: str) -> "subprocess.Popen[str]":
    """The day's run in a process of its own."""
    words = [
        sys.executable,
        "-m",
        "abono.interfaces.cli.main",
        "run",
        *story.own,
        "--on",
        STOPPED,
        "--catch-up",
        "--json",
    ]
    return subprocess.Popen(
        words, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def states(story: Story) -> list[str]:
    """The states of all services."""
    return [one["state"] for one in abono("service", "list", *story.own)["services"]]


def each_once(story: Story) -> None:
    """Every service is suspended by one hold and told of once; the books are right."""
    assert states(story) == ["suspended"] * CUSTOMERS
    held = abono("hold", "list", *story.own)["holds"]
    assert len(held) == len({one["subscription_id"] for one in held}) == CUSTOMERS
    told = [one for one in story.messages() if one["kind"] == "suspended" and one["channel"] == "email"]
    assert len(told) == len({one["customer_id"] for one in told}) == CUSTOMERS
    story.audit()


@pytest.mark.mission("F3", part="engine")
@pytest.mark.parametrize(
    ("point", "stopped"),
    [
        ("collecting.messages", 0),
        ("collecting.written", 0),
        ("collecting.committed", CUSTOMERS),
        ("collecting.swept", CUSTOMERS),
    ],
)
def test_a_sweep_that_is_killed_is_finished_by_the_next_run(host: Story, point: str, stopped: int) -> None:
    killed = started(host, ABONO_CRASH_POINT=point)
    killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert states(host).count("suspended") == stopped, "it struck in the middle of the work"
    done = abono("run", *host.own, "--on", STOPPED, "--catch-up")
    assert done["collecting"]["suspended"] == CUSTOMERS - stopped
    each_once(host)


@pytest.mark.mission("F3", part="engine")
def test_two_processes_share_a_sweep_and_do_it_once(host: Story) -> None:
    both = [started(host) for _ in range(2)]
    ended: list[Any] = [one.communicate(timeout=60) for one in both]
    assert [one.returncode for one in both] == [0, 0], ended
    assert sum(json.loads(words)["collecting"]["suspended"] for words, _ in ended) == CUSTOMERS
    each_once(host)
