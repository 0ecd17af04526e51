"""The five businesses collect by themselves: worked examples, day by day, as the page on the calendar shows them."""

import os
import re
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from abono.base.kernel.days import plus_days
from tests.books import balance, check_audit, check_sound
from tests.journeys.calendar_stories import STORIES, renewing, told
from tests.journeys.months import months_of
from tests.world import World

pytestmark = pytest.mark.usefixtures("database")

PAGE = Path(__file__).parents[2] / "docs" / "why" / "calendar.md"
# Set, the page is written anew with what the program says.
WRITE = "ABONO_WRITE_PAGES"


def shown(name: str) -> list[str]:
    """The story as the page shows it."""
    block = re.search(rf"^```text {name}\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert block, f"the page has no story {name}"
    return block[1].splitlines()


def show(name: str, lines: list[str]) -> None:
    """Write the story into the page."""
    text = PAGE.read_text(encoding="utf-8")
    block = f"```text {name}\n" + "".join(f"{line}\n" for line in lines) + "```"
    PAGE.write_text(re.sub(rf"^```text {name}\n.*?^```$", lambda _: block, text, flags=re.M | re.S), encoding="utf-8")


@pytest.mark.parametrize("name", STORIES)
def test_the_worked_example_happens_as_the_page_says(name: str) -> None:
    story, customer = STORIES[name]()
    lines = told(story.world, customer)
    if os.environ.get(WRITE):
        show(name, lines)
    assert happened(story.world) == DATED[name]
    assert lines == shown(name), f"read the new story, then run this test with {WRITE}=1"
    check_audit(story.world)
    check_sound(story.world)


# On which days something stops, ends or comes back: said here too, so that a page written anew cannot hide a change.
DATED: dict[str, dict[str, list[str]]] = {
    "hosting_ar": {"ServiceSuspended": ["01-22", "01-27"], "ServiceRestored": ["02-07", "02-07"]},
    "hosting_ar_ended": {"ServiceSuspended": ["01-22"], "ServiceTerminated": ["02-14"], "ServiceRecovered": ["02-22"]},
    "hosting_cl": {},
    "booking_hu": {"ServiceSuspended": ["01-29"], "ServiceRestored": ["02-03"]},
    "franchise_us": {"ServiceSuspended": ["02-21"], "ServiceRestored": ["02-25"]},
    "partners_us": {"ServiceSuspended": ["01-31", "01-31"], "ServiceRestored": ["02-03", "02-03"]},
}


def happened(world: World) -> dict[str, list[str]]:
    """The days on which services stopped, ended and came back."""
    found: dict[str, list[str]] = {}
    for kind, on in world.rows(
        "SELECT kind, on_date FROM facts WHERE seller_id = %(seller)s AND kind IN ('ServiceSuspended', "
        "'ServiceRestored', 'ServiceTerminated', 'ServiceRecovered') ORDER BY on_date"
    ):
        found.setdefault(kind, []).append(f"{on:%m-%d}")
    return found


# When the service renews, the last day that ran before the outage, the first one after it, and the last of all.
OUTAGES = {
    "hosting_ar": ("01-20", "01-18", "01-24", "02-10"),
    "hosting_cl": ("01-20", "01-23", "01-28", "02-12"),
    "booking_hu": ("01-20", "01-26", "01-31", "02-10"),
    "franchise_us": ("02-01", "02-13", "02-19", "03-02"),
    # Here a service stops the day before it renews: an outage over that lets it run on, and it is asked for.
    "partners_us": ("01-10", "01-25", "01-28", "02-20"),
}


@pytest.mark.parametrize("policy", OUTAGES)
def test_day_by_day_and_one_late_run_come_to_the_same(policy: str) -> None:
    """The outage lies over the suspension, or what announces it: services, periods and balances agree in the end."""
    start, before, after, last = (date.fromisoformat(f"2026-{text}") for text in OUTAGES[policy])
    ends = []
    for late in (False, True):
        story = months_of(policy)
        world = story.world
        customer = world.customer("Ana")
        service = renewing(world, customer, world.plan("web", "9000"), start)
        if late:
            story.to(before.month, before.day)
            story.today = plus_days(after, -1)
        story.to(last.month, last.day)
        unpaid = final(world, service)
        assert unpaid[0] == "suspended"
        world.pay(customer, sum(one["open_minor"] for one in world.documents()), last)
        ends.append((unpaid, final(world, service)))
        check_audit(world)
        check_sound(world)
    assert ends[0] == ends[1]


def final(world: World, service: UUID) -> tuple[Any, ...]:
    """State, holds, periods with what became of them, balances: all that does not name a day of a run."""
    holds = world.rows(
        "SELECT scope, closed_by FROM holds WHERE seller_id = %(seller)s AND subscription_id = %(id)s ORDER BY scope",
        id=service,
    )
    periods = world.rows(
        "SELECT period_from, period_to, reason FROM claims WHERE seller_id = %(seller)s AND subscription_id = %(id)s "
        "ORDER BY period_from",
        id=service,
    )
    amounts = sorted((one["kind"], one["net_minor"], one["state"]) for one in world.documents())
    ((state,),) = world.rows("SELECT state FROM subscriptions WHERE seller_id = %(seller)s AND id = %(id)s", id=service)
    return state, holds, periods, amounts, balance(world)
