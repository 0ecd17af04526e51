"""The billing run on random worlds: a day again writes nothing, late is the same as day by day, no cent is lost."""

from datetime import timedelta

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from abono.base.kernel.refusal import Refused
from tests.books import check_audit, check_sound, fingerprints, outcome
from tests.properties.worlds import LEADS, Built, build, do, few, some_worlds

pytestmark = pytest.mark.usefixtures("database", "index")
DAY = timedelta(days=1)


@pytest.mark.parametrize("policy", LEADS)
@few(2)
@given(data=st.data())
def test_any_day_again_writes_nothing(data: st.DataObject, policy: str) -> None:
    """Nor does an earlier day; no table of the seller changes by a single row or value."""
    spec = data.draw(some_worlds(policy))
    built = build(spec)
    for day in (spec.first, built.day(9), built.day(spec.days)):
        built.world.run(day, confirm=True)
        check_again(built, day)
        if day == spec.first:
            do(built)
    check_sound(built.world)


def check_again(built: Built, day: object) -> None:
    before = fingerprints(built.world)
    assert before["documents"][0] <= before["facts"][0]
    built.world.run(day, confirm=True)  # type: ignore[arg-type]
    built.world.run(built.day(-20))
    assert fingerprints(built.world) == before


def test_an_earlier_day_that_would_write_is_refused_and_writes_nothing() -> None:
    from tests.world import JANUARY, make_world

    world = make_world("hosting_ar")
    plan = world.plan()
    world.subscribe(world.customer(), plan)
    world.run(JANUARY)
    world.subscribe(world.customer(), plan, JANUARY - 20 * DAY)
    before = fingerprints(world)
    with pytest.raises(Refused) as why:
        world.run(JANUARY - DAY)
    assert why.value.code == "runs.past_day"
    assert fingerprints(world) == before


@pytest.mark.parametrize("policy", LEADS)
@few(3)
@given(data=st.data())
def test_day_by_day_is_one_late_catch_up(data: st.DataObject, policy: str) -> None:
    """The same periods, amounts, documents, balances and states; only numbers and dates of issue differ."""
    spec = data.draw(some_worlds(policy))
    early, late = build(spec), build(spec)
    note(f"sellers {early.world.seller_id} and {late.world.seller_id}")
    for built in (early, late):
        built.world.run(spec.first, confirm=True)
        do(built)
    for number in range(1, spec.days + 1):
        early.world.run(early.day(number), confirm=True)
    late.world.run(late.day(spec.days), confirm=True)
    by_day, at_once = outcome(early.world), outcome(late.world)
    for what in by_day:
        assert by_day[what] == at_once[what], what
    for built in (early, late):
        check_sound(built.world)
        check_audit(built.world)
