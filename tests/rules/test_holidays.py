"""Business days by country."""

from datetime import date, timedelta
from importlib.metadata import version

import pytest

from abono.base.kernel.refusal import Refused
from abono.domain.customers.holidays import calendar_for, data_version


@pytest.mark.parametrize(
    ("country", "day", "business"),
    [
        ("CL", date(2026, 9, 18), False),
        ("CL", date(2026, 9, 17), True),
        ("AR", date(2026, 11, 23), False),
        ("AR", date(2026, 12, 7), False),
        ("AR", date(2026, 5, 25), False),
        ("HU", date(2026, 10, 23), False),
        ("HU", date(2026, 3, 15), False),
        ("US", date(2026, 11, 26), False),
        ("US", date(2026, 11, 27), True),
        ("US", date(2026, 11, 28), False),
        ("US", date(2026, 11, 29), False),
    ],
)
def test_days_off(country: str, day: date, business: bool) -> None:
    assert calendar_for(country).is_business_day(day) == business


def test_the_fifth_business_day_after_a_due_date() -> None:
    # Friday; Monday the 23rd is a holiday in Argentina, so the count runs 24, 25, 26, 27, 30.
    assert calendar_for("AR").nth_business_day_after(date(2026, 11, 20), 5) == date(2026, 11, 30)
    assert calendar_for("AR").nth_business_day_after(date(2026, 11, 21), 1) == date(2026, 11, 24)
    assert calendar_for("US").nth_business_day_after(date(2026, 12, 31), 1) == date(2027, 1, 4)


def test_the_day_itself_never_counts_and_order_is_kept() -> None:
    calendar = calendar_for("HU")
    for offset in range(60):
        day = date(2026, 12, 1) + timedelta(days=offset)
        found = [calendar.nth_business_day_after(day, n) for n in range(1, 8)]
        assert found == sorted(set(found))
        assert found[0] > day
        assert all(calendar.is_business_day(one) for one in found)
        between = (day + timedelta(days=n) for n in range(1, (found[0] - day).days))
        assert not any(calendar.is_business_day(one) for one in between)


def test_a_day_off_in_one_country_is_a_day_off_together() -> None:
    both = calendar_for("AR", "US")
    assert both.countries == ("AR", "US")
    assert not both.is_business_day(date(2026, 11, 23))
    assert not both.is_business_day(date(2026, 11, 26))
    assert both.is_business_day(date(2026, 11, 24))


def test_the_data_version_is_recorded_and_names_are_known() -> None:
    assert calendar_for("CL").data_version == data_version() == f"holidays {version('holidays')}"
    assert calendar_for("US").holiday_name(date(2026, 11, 26)) == "Thanksgiving Day"
    assert calendar_for("US").holiday_name(date(2026, 11, 27)) == ""


def test_refusals() -> None:
    with pytest.raises(Refused, match="No holidays are known") as refusal:
        calendar_for("ZZ")
    assert refusal.value.code == "customers.no_holidays"
    with pytest.raises(ValueError, match="1 or more"):
        calendar_for("CL").nth_business_day_after(date(2026, 1, 1), 0)
    with pytest.raises(ValueError, match="at least one"):
        calendar_for()
