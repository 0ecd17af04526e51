"""Simulate a policy on one's own customers: the months to come under two policies, on a copy, by the command line."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

import psycopg
import pytest

from abono.base.kernel.days import plus_days
from tests.conftest import WORKER
from tests.shop import call, refused
from tests.world import World, make_world

pytestmark = pytest.mark.usefixtures("database")

LATER_STOPS = {
    '{ day = 2, do = "suspend", scope = "document" }': '{ day = 10, do = "suspend", scope = "document" }',
    '{ business_day = 5, do = "suspend"': '{ business_day = 9, do = "suspend"',
}


@dataclass
class Past:
    """A seller with a past, and a policy that stops services later."""

    world: World
    later: Path
    folder: Path

    def simulated(self, *words: object) -> Any:
        """What the command tells programs."""
        own = ("--seller", self.world.key, "--months", 3, "--out", self.folder, "--json")
        result = call("simulate", *own, *words)
        assert result.exit_code == 0, result.stderr or result.exception
        assert re.search(r"[0-9.]+ s for 3 customers x [36] months", result.stderr)
        return json.loads(result.stdout)


@pytest.fixture(scope="module")
def past(django_ready: None, tmp_path_factory: pytest.TempPathFactory) -> Past:
    """Three months in which Ana paid early, Eva once she was stopped, and Ivo now and then and late."""
    from abono.domain.sellers.policy import builtin_text
    from abono.simulation.clock import pass_days

    world = make_world("hosting_ar")
    plan = world.plan()
    names = {world.customer(name): name for name in ("Ana", "Eva", "Ivo")}
    for customer_id in names:
        world.subscribe(customer_id, plan, date(2026, 1, 20), on=date(2026, 1, 1), continues=True)

    def people_pay(on: date) -> None:
        for document in world.documents():
            late = {
                "Ana": -document["number"] % 5,
                "Eva": 2 + document["number"] % 3,
                "Ivo": 1 + document["number"] % 7,
            }
            name = names[document["customer_id"]]
            day = late[name] if name != "Ana" else -late[name]
            if document["open_minor"] and on == plus_days(document["due_on"], day):
                world.pay(document["customer_id"], document["open_minor"], on, document_ids=[document["id"]])

    pass_days(seller_id=world.seller_id, first=date(2026, 1, 1), last=date(2026, 5, 31), people=people_pay)
    folder = tmp_path_factory.mktemp("simulated")
    text = builtin_text("hosting_ar")
    for now, then in LATER_STOPS.items():
        assert now in text
        text = text.replace(now, then)
    later = folder / "later.toml"
    later.write_text(text, encoding="utf-8")
    return Past(world, later, folder)


@pytest.fixture(scope="module")
def told(past: Past) -> Any:
    """The policy in force beside one that stops later."""
    found = past.simulated("--compare", past.later)
    return {**found, "drawn": Path(found["picture"]).read_text(encoding="utf-8")}


def months(told: Any, place: int) -> Any:
    return told["policies"][place]["months"]


def total(told: Any, place: int, figure: str) -> int:
    return sum(month[figure] for month in months(told, place))


def cash(told: Any, place: int) -> list[int]:
    return [month["money"][0]["cash_minor"] for month in months(told, place)]


@pytest.mark.mission("F1")
def test_a_policy_that_stops_later_brings_the_money_later(past: Past, told: Any) -> None:
    assert [month["from_on"] for month in months(told, 0)] == ["2026-06-01", "2026-07-01", "2026-08-01"]
    for place in (0, 1):
        assert total(told, place, "documents") == 9
        assert total(told, place, "suspensions") > 0
        assert total(told, place, "notices") > 0
    assert cash(told, 0) != cash(told, 1)
    debt = [months(told, place)[-1]["money"][0]["open_minor"] for place in (0, 1)]
    assert debt[1] - debt[0] == sum(cash(told, 0)) - sum(cash(told, 1)) >= 0
    assert total(told, 0, "suspensions") >= total(told, 1, "suspensions")
    assert any("pay as they did so far" in words for words in told["assumed"])


@pytest.mark.mission("F1")
def test_the_same_policy_twice_tells_the_same(past: Past, told: Any) -> None:
    again = past.simulated("--compare", "hosting_ar")
    assert months(again, 0) == months(again, 1) == months(told, 0)


@pytest.mark.mission("F1")
def test_another_seed_tells_another_future(past: Past, told: Any) -> None:
    others = (past.simulated("--seed", seed) for seed in (2, 3, 4, 5))
    other = next(one for one in others if months(one, 0) != months(told, 0))
    assert (len(other["policies"]), other["seed"] > told["seed"]) == (1, True)
    assert total(other, 0, "documents") == total(told, 0, "documents")


@pytest.mark.mission("F1")
def test_the_real_books_are_untouched(past: Past, told: Any, superuser: str) -> None:
    from abono.simulation.copying import checksum

    assert told["checksum_before"] == told["checksum_after"]
    assert told["checksum_after"] == checksum(url=os.environ["DATABASE_URL"], seller_id=past.world.seller_id)
    assert told["rows_copied"]["documents"] == len(past.world.documents())
    assert scratches(superuser) == []


def test_the_picture_reads_without_colour_and_without_eyes(told: Any) -> None:
    text = told["drawn"]
    root = ElementTree.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    assert [child.tag for child in root[:2]] == [f"{space}title", f"{space}desc"]
    said = root[1].text or ""
    for month, amount in zip(months(told, 1), cash(told, 1), strict=True):
        assert f"{month['from_on'][:7]} {amount // 100:,}" in said
    assert "stroke-dasharray" in text
    assert "prefers-color-scheme: dark" in text
    assert len(root.findall(f"{space}circle")) == len(root.findall(f"{space}rect[@class='mark B']")) == 5 * 3 + 1
    assert re.findall(r"\w+://[^\"]+", text) == ["http://www.w3.org/2000/svg"]
    assert "<script" not in text


def test_people_are_told_in_a_table(past: Past) -> None:
    result = call("simulate", "--seller", past.world.key, "--months", 1, "--out", past.folder, "--compare", past.later)
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    head = next(line for line in lines if line.startswith("month"))
    for name in ("documents", "cash ARS", "open ARS", "suspensions", "notices"):
        assert re.search(rf"{name} A +{name} B", head)
    assert any(line.startswith("B against A: cash received") for line in lines)
    assert lines[-1].endswith(", equal")


def test_wrong_calls_and_refusals_are_one_line(past: Past, superuser: str) -> None:
    own = ("simulate", "--seller", past.world.key, "--out", past.folder)
    assert "not between 1 and 36" in refused(*own, "--months", 0, code=2)
    assert "cannot be read" in refused(*own, "--policy", "no-such.toml", code=2)
    assert "no seller" in refused("simulate", "--seller", "nobody", code=2)
    assert "another currency, country or time zone" in refused(*own, "--policy", "booking_hu", code=1)
    assert scratches(superuser) == []


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_stopped_in_the_middle_it_leaves_nothing(past: Past, superuser: str, sent: signal.Signals) -> None:
    words = ("simulate", "--seller", past.world.key, "--months", "36", "--out", str(past.folder))
    with subprocess.Popen(
        [sys.executable, "-m", "abono.interfaces.cli.main", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=_hear_interrupts,
    ) as process:
        assert any(_simulating(superuser) for _ in _moments(process))
        process.send_signal(sent)
        out, _ = process.communicate(timeout=60)
    assert (process.returncode, out) == (1 if sent == signal.SIGINT else 143, b"")
    assert scratches(superuser) == []


def _hear_interrupts() -> None:
    """A shell lets what it starts in the background ignore the interrupt, and so whatever that starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _moments(process: "subprocess.Popen[bytes]") -> Iterator[UUID | None]:
    for _ in range(1200):
        assert process.poll() is None, process.communicate()
        yield None
        time.sleep(0.05)


def _simulating(superuser: str) -> bool:
    """Whether days pass in a scratch database now: its process, not the copy's, is signed in there."""
    with psycopg.connect(superuser) as connection:
        row = connection.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname LIKE %s AND application_name = 'abono'",
            [f"abono_{WORKER}_sim%"],
        ).fetchone()
    return row is not None


def scratches(superuser: str) -> list[str]:
    """Scratch databases of this worker's database."""
    with psycopg.connect(superuser) as connection:
        found = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"abono_{WORKER}_sim%"])
        return [name for (name,) in found]
