"""The test clock: days through the real runs, days that were skipped, a run that a person has to confirm."""

from datetime import date

import pytest

from tests.journeys.months import months_of
from tests.world import at

pytestmark = pytest.mark.usefixtures("database")


def test_skipped_days_are_made_up_for_and_told() -> None:
    from abono.base.kernel.refusal import Refused
    from abono.runs.daily import run_day

    story = months_of("booking_hu", harmless=True)
    world = story.world
    world.subscribe(
        world.customer(), world.plan("seat", "1000"), date(2026, 1, 16), on=date(2026, 1, 1), continues=True
    )
    story.to(1, 6)
    late = date(2026, 1, 9)  # the request was due on the 8th
    done = run_day(seller_id=world.seller_id, on=late, at=at(late))
    assert done.made_up == (date(2026, 1, 7), date(2026, 1, 8))
    assert story.papers() == ["2026-01-09 P-2026-000001 due 2026-01-16: 1000 + 270 open"]
    told = "SELECT on_date, data FROM facts WHERE seller_id = %(seller)s AND kind = 'DaysMadeUp'"
    assert world.rows(told) == [(late, {"from": "2026-01-07", "to": "2026-01-08", "days": 2})]
    assert run_day(seller_id=world.seller_id, on=late, at=at(late)).made_up == ()

    later = date(2026, 1, 18)  # eight days between: one more than the policy makes up for unasked
    with pytest.raises(Refused) as refused:
        run_day(seller_id=world.seller_id, on=later, at=at(later))
    assert refused.value.code == "runs.days_skipped"
    assert refused.value.facts["days"] == [f"2026-01-{day}" for day in range(10, 18)]
    assert len(run_day(seller_id=world.seller_id, on=later, at=at(later), catch_up=True).made_up) == 8
    assert len(world.rows(told)) == 2


def test_a_run_that_is_held_is_confirmed_by_a_person() -> None:
    from abono.simulation.clock import pass_days

    world = months_of("partners_us", harmless=True).world
    plan = world.plan("desk", "40")
    world.plan("desk", "60", effective_on=date(2026, 2, 1))
    for number in range(20):
        ana = world.customer(f"Client {number}")
        world.subscribe(ana, plan, date(2026, 1, 5), on=date(2026, 1, 1), anchor_day=5, continues=True)
    heard: list[date] = []
    passed = pass_days(seller_id=world.seller_id, first=date(2026, 1, 1), last=date(2026, 2, 28), progress=heard.append)
    assert (passed.days, passed.documents, passed.confirmed) == (59, 40, [date(2026, 2, 5)])
    assert heard[-1] == date(2026, 2, 28)


def test_people_act_after_the_run_of_their_day() -> None:
    from abono.simulation.clock import pass_days

    world = months_of("hosting_ar", harmless=True).world
    ana = world.customer()
    world.subscribe(ana, world.plan(), date(2026, 1, 20), on=date(2026, 1, 1), continues=True)

    def pay_at_once(on: date) -> None:
        if world.documents() and on == world.documents()[0]["issued_on"]:
            world.pay(ana, 12_100, on)

    pass_days(seller_id=world.seller_id, first=date(2026, 1, 1), last=date(2026, 1, 10), people=pay_at_once)
    kinds = [(one["kind"], one["issued_on"]) for one in world.documents()]
    assert kinds == [("request", date(2026, 1, 5)), ("invoice", date(2026, 1, 5))]
