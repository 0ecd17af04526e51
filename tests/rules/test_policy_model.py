"""Policies as values: what makes two the same, how they differ, and how long a period lasts at least."""

import pickle
from datetime import date

import pytest

from abono.base.kernel.days import add_months, days_between, plus_days
from abono.base.kernel.refusal import Missing
from abono.domain.sellers.policy import (
    KEYS,
    Length,
    PolicyError,
    builtin_names,
    builtin_policy,
    builtin_text,
    changed,
    differences,
    read_policy,
    reference_page,
)
from abono.domain.sellers.policy.calendar_checks import earliest, latest
from abono.domain.sellers.policy.kinds import countries, length_parts, time_zones
from abono.domain.sellers.policy.model import Step


def test_a_policy_is_a_value() -> None:
    policy = builtin_policy("partners_us")
    assert policy == builtin_policy("partners_us")
    assert hash(policy) == hash(builtin_policy("partners_us"))
    assert pickle.loads(pickle.dumps(policy)) == policy
    assert policy.means["card"].settles == "at-once"
    assert list(policy.means) == ["ach", "card"]
    with pytest.raises(KeyError):
        policy.means["cash"]
    with pytest.raises(AttributeError):
        policy.documents.due_days = 3  # type: ignore[misc]


def test_the_fingerprint_ignores_how_the_file_is_written() -> None:
    text = builtin_text("booking_hu")
    policy = builtin_policy("booking_hu")
    assert len(policy.fingerprint) == 64
    for other in (
        text.replace("due_days = 0\n", ""),
        text.replace('"1 month", "3 months", "6 months", "1 year"', '"12 months", "1 month", "6 months", "3 months"'),
        text.replace("# from the renewal day", "# whatever"),
        text.replace("[runs]", ""),
        text + '\n[partner]\ntrue_up = "days"\n',
    ):
        assert read_policy(text=other, file="other.toml").fingerprint == policy.fingerprint
    assert len({builtin_policy(name).fingerprint for name in builtin_names()}) == 5


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("seller.languages", ("en", "es")),
        ("documents.issue_days", -14),
        ("documents.min_days_to_pay", 4),
        ("cycle.sold", ("1 month", "3 months", "6 months")),
        ("means.card.fee_bp", 100),
        ("means.card.saved", False),
        ("calendar.steps", [{"day": -10, "do": "remind", "text": "soon"}]),
        ("suspension.needs", ("overdue", "notified")),
        ("runs.catch_up_days", 8),
        ("recovery.fee_minor", 1),
    ],
)
def test_each_change_is_one_difference_and_another_fingerprint(key: str, value: object) -> None:
    bare = {"calendar.steps": (), "recovery.fee_minor": 0, "recovery.within_days": 0}
    policy = changed(builtin_policy("hosting_ar"), {} if key == "recovery.fee_minor" else bare)
    other = changed(policy, {key: value})
    assert other.fingerprint != policy.fingerprint
    found = [difference.key for difference in differences(policy, other)]
    assert found == (["calendar.steps.remind.soon", "calendar.steps"] if key == "calendar.steps" else [key])


def test_a_moved_step_is_one_difference_and_a_new_one_another() -> None:
    text = builtin_text("hosting_ar").replace("{ day = -5, do", "{ day = -6, do")
    first = '  { day = 2, do = "suspend"'
    added = text.replace(first, '  { day = 1, do = "remind", text = "overdue" },\n' + first)
    other = read_policy(text=added, file="other.toml")
    found = differences(builtin_policy("hosting_ar"), other)
    assert [(one.key, one.before is None, one.after is None) for one in found] == [
        ("calendar.steps.remind.second-reminder", False, False),
        ("calendar.steps.remind.overdue", True, False),
    ]
    assert differences(other, other) == []


def test_differences_swap_with_the_sides() -> None:
    one, other = builtin_policy("hosting_ar"), builtin_policy("partners_us")
    there, back = differences(one, other), differences(other, one)
    assert {(a.key, a.before, a.after) for a in there if not isinstance(a.before or a.after, dict)} == {
        (b.key, b.after, b.before) for b in back if not isinstance(b.before or b.after, dict)
    }
    assert {a.key for a in there} == {b.key for b in back}


def test_changing_an_unknown_key_or_to_a_wrong_value_is_refused() -> None:
    policy = builtin_policy("hosting_cl")
    for key in ("documents.colour", "means.cash.settles", "colours.red", "seller", "calendar.steps.issue"):
        with pytest.raises(Missing):
            changed(policy, {key: "red"})
    with pytest.raises(PolicyError) as caught:
        changed(policy, {"documents.due_days": -100})
    assert str(caught.value).startswith("policy: documents.due_days: payment would be due before the issue")


def test_a_key_that_follows_another_goes_with_it() -> None:
    policy = changed(builtin_policy("booking_hu"), {"calendar.steps": ()})
    assert changed(policy, {"documents.due_days": 4}).documents.due_days_without_method == 4
    apart = changed(policy, {"documents.due_days_without_method": 9})
    assert changed(apart, {"documents.due_days": 4}).documents.due_days_without_method == 9


@pytest.mark.parametrize("months", range(1, 25))
def test_no_period_of_months_is_shorter_than_said(months: int) -> None:
    lengths = {
        days_between(
            add_months(date(year, month, 1), 0, anchor_day=day),
            add_months(date(year, month, 1), months, anchor_day=day),
        )
        for year in range(2021, 2029)
        for month in range(1, 13)
        for day in (1, 28, 29, 30, 31)
    }
    said = Length("month", months).shortest_days
    assert said <= min(lengths)
    assert months > 12 or said == min(lengths)


def working_day(due: date, number: int, holidays: frozenset[date]) -> date:
    """The n-th working day from a date, counted one by one."""
    day, step, left = due, 1 if number > 0 else -1, abs(number)
    while left:
        day = plus_days(day, step)
        left -= day.weekday() < 5 and day not in holidays
    return day


@pytest.mark.parametrize("number", [*range(-12, 0), *range(1, 23)])
def test_the_bounds_of_business_days_hold_on_every_weekday_with_up_to_five_holidays(number: int) -> None:
    step = Step("business_day", number, "remind", None, "soon", ("email",))
    offsets = set()
    for weekday in range(7):
        due = date(2026, 6, 1 + weekday)
        side = 1 if number > 0 else -1
        working = [working_day(due, side * count, frozenset()) for count in range(1, 6)]
        for count in range(6):
            offsets.add(days_between(due, working_day(due, number, frozenset(working[:count]))))
    assert (earliest(step), latest(step)) == (min(offsets), max(offsets))


def test_lengths_are_written_in_one_way() -> None:
    assert [length_parts(text) for text in ("1 month", "2 weeks", "1 year", "12 months", "10 years")] == [
        ("month", 1),
        ("week", 2),
        ("month", 12),
        ("month", 12),
        ("month", 120),
    ]
    for text in (
        "1 months",
        "2 week",
        "0 months",
        "01 month",
        "1  month",
        "month",
        "1 day",
        "121 months",
        "１ month",
    ):
        assert length_parts(text) is None, text


def test_the_lists_of_the_world_are_plausible() -> None:
    assert len(countries()) == 249
    assert {"AR", "CL", "HU", "US", "GB"} <= countries()
    assert countries().isdisjoint({"EU", "ZZ", "UN", "XK", "AC", "419"})
    assert {"America/Santiago", "Europe/Budapest", "UTC"} <= time_zones()
    assert time_zones().isdisjoint({"localtime", "EST", "posixrules", "Factory", "America"})


def test_every_key_is_named_once() -> None:
    paths = [key.path for key in KEYS]
    assert len(paths) == len(set(paths))


def test_the_reference_is_current(request: pytest.FixtureRequest) -> None:
    """If this fails: `abono policy reference > docs/reference/policy.md`."""
    page = (request.config.rootpath / "docs" / "reference" / "policy.md").read_text(encoding="utf-8")
    assert page == reference_page()
    for key in KEYS:
        assert f"| `{key.name}` |" in page
