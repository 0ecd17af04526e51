"""The billing run on random worlds: a day again writes nothing, late is the same as day by day, no cent is lost."""

from datetime import date, timedelta

import pytest
from hypothesis import given, note
from tests.books import check_audit, check_sound, outcome
from tests.properties.worlds import Spec, build, do, few, publish_index, some_worlds

DAY = timedelta(days=1)


@pytest.fixture(scope="module", autouse=True)
def index(django_ready: None) -> None:
    publish_index(date(2025, 11, 1), date(2026, 9, 1))
    publish_index(date(2027, 11, 1), date(2028, 9, 1))


@few(12)
@given(some_worlds())
def test_day_by_day_is_one_late_catch_up(spec: Spec) -> None:
    early, late = build(spec), build(spec)
    for built in (early, late):
        built.world.run(spec.first, confirm=True)
        do(built)
    note(f"sellers {early.world.seller_id} and {late.world.seller_id}")
    for number in range(1, spec.days + 1):
        early.world.run(early.day(number), confirm=True)
    late.world.run(late.day(spec.days), confirm=True)
    by_day, at_once = outcome(early.world), outcome(late.world)
    for what in by_day:
        assert by_day[what] == at_once[what], what
    for built in (early, late):
        check_sound(built.world)
        check_audit(built.world)
