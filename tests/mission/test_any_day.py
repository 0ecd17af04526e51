"""Any day again: the day's run any number of times, by several processes, killed anywhere, late: the same, once."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from tests.mission.story import Story, call, refused, says

pytestmark = pytest.mark.usefixtures("database")

FEB = "2026-02-01"
CUSTOMERS = 12


@pytest.fixture
def host() -> Story:
    """Twelve customers with a service each that renews on the 1st; nothing is asked for yet."""
    story = Story("hosting_ar")
    story.plan("site", 100)
    for number in range(CUSTOMERS):
        story.move_in(story.customer(f"Customer {number}"), "site", "2026-01-01", "--start", FEB)
    return story


def started(story: Story, on: str, **environment: str) -> "subprocess.Popen[str]":
    """The day's run in a process of its own, four customers at a time."""
    words = [sys.executable, "-m", "abono.interfaces.cli.main", "run", *story.own, "--on", on, "--catch-up", "--json"]
    return subprocess.Popen(
        words,
        env={**os.environ, "ABONO_CHUNK": "4", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def asked(story: Story) -> Counter[tuple[Any, ...]]:
    """What is asked for, without the days on which it happened."""
    return Counter(
        (one["customer_name"], line["period_from"], line["period_to"], line["net_minor"])
        for one in story.documents(kind="request")
        for line in story.show(one["document"])["lines"]
    )


def everyone_once(story: Story) -> None:
    """Each customer is asked for its February exactly once, under numbers without a gap, and the books are right."""
    assert asked(story) == {(f"Customer {one}", FEB, "2026-03-01", 10_000): 1 for one in range(CUSTOMERS)}
    assert sorted(one["number"] for one in story.documents()) == list(range(1, CUSTOMERS + 1))
    story.audit()


@pytest.mark.mission("F3", part="engine")
def test_the_same_day_again_writes_nothing(host: Story) -> None:
    assert host.run("2026-01-17")["documents"] == CUSTOMERS
    before = says("document", "list", *host.own, "--limit", 0)
    for _ in range(3):
        done = host.run("2026-01-17")
        assert (done["documents"], done["totals"], done["days_made_up"]) == (0, [], [])
    assert says("document", "list", *host.own, "--limit", 0) == before
    everyone_once(host)


@pytest.mark.mission("F3", part="engine")
def test_an_earlier_day_again_ends_well_and_is_refused_only_if_it_would_write(host: Story) -> None:
    host.run("2026-01-17")
    assert host.run("2026-01-05")["documents"] == 0
    everyone_once(host)
    newcomer = host.customer("Newcomer")
    host.move_in(newcomer, "site", "2026-01-17", "--start", "2026-01-17")
    assert "later day" in refused("run", *host.own, "--on", "2026-01-16")
    assert host.documents(newcomer) == []


@pytest.mark.mission("F3", part="engine")
def test_two_processes_share_a_day_and_do_it_once(host: Story) -> None:
    both = [started(host, "2026-01-17") for _ in range(2)]
    ended = [one.communicate(timeout=60) for one in both]
    assert [one.returncode for one in both] == [0, 0], ended
    done = [json.loads(words) for words, _ in ended]
    assert sum(one["documents"] for one in done) == CUSTOMERS
    everyone_once(host)


@pytest.mark.mission("F3", part="engine")
@pytest.mark.parametrize(
    ("point", "written"), [("billing.planned", 4), ("billing.written", 4), ("billing.committed", 8)]
)
def test_a_run_that_is_killed_is_finished_by_the_next_one(host: Story, point: str, written: int) -> None:
    killed = started(host, "2026-01-17", ABONO_CRASH_POINT=point, ABONO_CRASH_PASS="2")
    killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL
    # It struck mid-work: whole chunks stand, the one in hand left nothing.
    assert len(host.documents()) == written
    assert host.run("2026-01-17")["documents"] == CUSTOMERS - written
    everyone_once(host)


@pytest.mark.mission("F3", part="engine")
def test_a_newcomer_after_the_kill_is_billed_with_the_rest(host: Story) -> None:
    started(host, "2026-01-17", ABONO_CRASH_POINT="billing.committed", ABONO_CRASH_PASS="1").communicate(timeout=60)
    assert len(host.documents()) == 4
    newcomer = host.customer("Newcomer")
    host.move_in(newcomer, "site", "2026-01-17", "--start", "2026-01-17")
    host.run("2026-01-17")
    assert [one["net_minor"] for one in host.documents(newcomer)] == [10_000]
    assert len(host.documents()) == CUSTOMERS + 1
    assert max(asked(host).values()) == 1
    host.audit()


@pytest.mark.mission("F3", part="engine")
def test_day_by_day_asks_for_the_same_as_one_late_catch_up() -> None:
    daily, late = Story("hosting_ar"), Story("hosting_ar")
    people = []
    for story in (daily, late):
        story.plan("site", 100)
        people.append([story.customer(f"Customer {number}") for number in range(4)])
        for customer, start in zip(people[-1], ("2026-01-01", "2026-01-15", "2026-01-30", "2026-01-31"), strict=True):
            story.move_in(customer, "site", "2026-01-01", "--start", start)
    first, last = date(2026, 1, 1), date(2026, 3, 31)
    for step in range((last - first).days + 1):
        daily.run(str(first + timedelta(days=step)))
    late.run(str(first))
    assert call("run", *late.own, "--on", last).exit_code == 1, "so many skipped days are not made up for unasked"
    done = late.run(str(last))
    assert (done["days_made_up"][0], done["days_made_up"][-1]) == ("2026-01-02", "2026-03-30")
    assert asked(daily) == asked(late)
    assert max(asked(late).values()) == 1
    one, other = (
        [story.balance(who, str(last)) for who in mine] for story, mine in zip((daily, late), people, strict=True)
    )
    assert one == other
    daily.audit()
    late.audit()
