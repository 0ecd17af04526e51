"""Every key of the parts that are built does something: sellers that differ in one key alone fare differently."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner

from abono.base.kernel.languages import LANGUAGES
from abono.domain.sellers.policy import (
    IN_EFFECT,
    KEYS,
    builtin_names,
    builtin_policy,
    changed,
    differences,
    key_named,
    policy_text,
)
from abono.domain.sellers.policy.keys import STEP_KEYS
from abono.domain.sellers.policy.kinds import Choice
from tests.actions import policy_stories as stories
from tests.actions.collection_stories import CASES as COLLECTION
from tests.actions.collection_stories import HOST, STEP_CASES
from tests.actions.effect_case import Case
from tests.actions.policy_stories import BARE
from tests.world import JANUARY, at, make_world

PARTS = {"I", "II"}


CASES = (
    Case("seller.country", "hosting_cl", stories.taxed, (("CL", 19), ("HU", 27)), {"profile.requires": []}),
    Case(
        "seller.currency",
        "hosting_ar",
        stories.priced,
        (("ARS", ("ARS", 100_00)), ("CLP", ("CLP", 100))),
    ),
    Case(
        "seller.time_zone",
        "hosting_ar",
        stories.today,
        (("America/Argentina/Buenos_Aires", date(2026, 2, 28)), ("Europe/Madrid", date(2026, 3, 1))),
    ),
    Case(
        "seller.languages",
        "franchise_us",
        stories.spoken,
        (
            (("en", "es"), ("en", "done")),
            (("es", "en"), ("es", "done")),
            (("en",), ("en", "customers.language")),
        ),
        {"profile.requires": []},
    ),
    Case(
        "documents.request",
        "hosting_cl",
        stories.asked_by,
        (
            ("none", ("invoice", "Factura")),
            ("proforma", ("request", "Proforma")),
            ("charge-note", ("request", "Nota de cobro")),
            ("payment-request", ("request", "Solicitud de pago")),
        ),
        forced={"none": {"documents.invoice": "at-issue"}},
    ),
    Case(
        "documents.invoice",
        "hosting_cl",
        stories.invoiced,
        (
            ("on-payment", (["request"], ["request", "invoice"])),
            ("at-issue", (["invoice"], ["invoice"])),
        ),
        forced={"at-issue": {"documents.request": "none"}},
    ),
    Case(
        "documents.group",
        "hosting_cl",
        stories.grouped,
        (("each", [100, 100, 100]), ("same-day", [100, 200]), ("payer", [300])),
    ),
    Case(
        "documents.issue_days",
        "hosting_ar",
        stories.issued,
        ((-15, date(2026, 1, 17)), (-10, date(2026, 1, 22)), (-1, date(2026, 1, 31))),
    ),
    Case(
        "documents.due_days",
        "hosting_ar",
        stories.due,
        ((0, date(2026, 2, 1)), (5, date(2026, 2, 6)), (-7, date(2026, 1, 25))),
    ),
    Case(
        "documents.min_days_to_pay",
        "hosting_ar",
        stories.due_late,
        ((0, date(2026, 2, 1)), (3, date(2026, 2, 3)), (10, date(2026, 2, 10))),
    ),
    Case("documents.notes", "hosting_ar", stories.noted, ((("proforma-ar",), True), ((), False))),
    Case("documents.use_credit", "hosting_cl", stories.credit_used, (("at-issue", [0, 0]), ("never", [0, 119]))),
    Case("documents.index_day", "hosting_cl", stories.indexed, (("issue", 30_000), ("due", 40_000))),
    Case("documents.tax_rounding", "hosting_cl", stories.tax_of_two_lines, (("document", 1), ("line", 2))),
    Case(
        "cycle.sold",
        "partners_us",
        stories.sold,
        ((("1 month",), "subscriptions.cycle_not_sold"), (("1 month", "3 months"), "done")),
    ),
    Case(
        "cycle.anchor",
        "hosting_ar",
        stories.anchored,
        (
            ("service", date(2026, 2, 10)),
            ("first-of-month", date(2026, 2, 1)),
            ("programme", date(2026, 2, 5)),
        ),
    ),
    Case(
        "cycle.end_day",
        "hosting_ar",
        stories.ended,
        (
            ("exclusive", (10_00, date(2026, 1, 11), date(2026, 1, 21))),
            ("inclusive", (11_00, date(2026, 1, 12), date(2026, 1, 22))),
        ),
    ),
    Case(
        "cycle.activate",
        "hosting_ar",
        stories.activated,
        (("on-payment", ("ordered", "active")), ("at-once", ("active", "active"))),
    ),
    Case(
        "cycle.change",
        "hosting_ar",
        stories.bigger,
        (
            ("at-once", ([31_00, 16_00], [31_00, 16_00, 62_00])),
            ("renewal", ([31_00], [31_00, 62_00])),
        ),
    ),
    Case(
        "cycle.cancel",
        "hosting_ar",
        stories.cancelled,
        (
            ("at-once", ("cancelled", date(2026, 1, 16))),
            ("period-end", ("ordered", date(2026, 2, 1))),
        ),
    ),
    Case(
        "cycle.refund",
        "hosting_ar",
        stories.given_back,
        (
            ("prorated", [("request", 31_00), ("invoice", 31_00), ("credit_note", 16_00)]),
            ("none", [("request", 31_00), ("invoice", 31_00)]),
        ),
    ),
    Case(
        "profile.requires",
        "hosting_ar",
        stories.without_city,
        ((("legal_name", "city"), ["request"]), (("legal_name",), ["request", "invoice"])),
    ),
    Case(
        "profile.when_incomplete",
        "hosting_ar",
        stories.ordered_incomplete,
        (("wait", ("done", 1)), ("refuse", ("customers.profile_first", 0))),
    ),
    Case(
        "means.transfer.settles",
        "hosting_cl",
        stories.settled,
        (
            ("at-once", ("settled", "reported", 0)),
            ("when-cleared", ("pending", "reported", 119)),
            ("when-matched", ("reported", "reported", 119)),
            ("when-reported", ("settled", "settled", 0)),
        ),
    ),
    Case(
        "means.card.fee_bp", "partners_us", stories.fee_taken, ((0, [0, 0]), (300, [3_00, 0])), {"profile.requires": []}
    ),
    Case(
        "partner.count",
        "partners_us",
        stories.counted,
        (("at-issue", 1), ("at-renewal", 2)),
        {"documents.issue_days": -10},
    ),
    Case("partner.true_up", "partners_us", stories.trued_up, (("days", 72_00), ("none", 62_00))),
    Case("partner.annex", "partners_us", stories.annexed, ((True, ["First"]), (False, []))),
    Case(
        "runs.catch_up_days",
        "hosting_ar",
        stories.made_up,
        ((3, ("done", 0)), (2, ("runs.days_skipped", 3))),
    ),
    Case("runs.hold_total_percent", "hosting_ar", stories.held, ((30, True), (50, False))),
    *COLLECTION,
)


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.key)
def test_a_key_does_what_it_says(case: Case) -> None:
    for policy, end in case.policies():
        assert case.story(policy) == end


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(("name", "story", "ends"), STEP_CASES, ids=[name for name, _, _ in STEP_CASES])
def test_a_part_of_a_step_does_what_it_says(name: str, story: Any, ends: Any) -> None:
    found = [story(changed(builtin_policy(HOST), {**BARE, **calendar})) for calendar, _ in ends]
    assert found == [end for _, end in ends]
    assert len({str(one) for one in found}) == len(found)


def test_every_key_of_these_parts_has_a_case() -> None:
    known = sorted(key.path for key in KEYS if key.part in PARTS)
    assert sorted([*(key_named(case.key).path for case in CASES), "calendar.steps"]) == known
    assert {name for name, _, _ in STEP_CASES} == {key.name for key in STEP_KEYS if key.part in PARTS}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.key)
def test_a_case_changes_its_key_alone_and_tells_its_values_apart(case: Case) -> None:
    (first, _), *others = policies = case.policies()
    for other, _ in others:
        found = {one.key for one in differences(first, other)}
        # What has the key for its default changes with it.
        assert found - ({"documents.due_days_without_method"} - {case.key}) - _forced(case) == {case.key}
    ends = [end for _, end in policies]
    assert len(ends) > 1
    assert all(one not in ends[:place] for place, one in enumerate(ends))
    kind = key_named(case.key).kind
    if isinstance(kind, Choice):
        assert {value for value, _ in case.ends} == set(kind.values)


def _forced(case: Case) -> set[str]:
    return {key for more in case.forced.values() for key in more}


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    "change",
    [{"seller.country": "CL"}, {"seller.currency": "CLP"}, {"seller.time_zone": "UTC"}],
    ids=lambda change: next(iter(change)),
)
def test_a_seller_is_for_ever_where_it_is(change: Mapping[str, Any]) -> None:
    from abono.base.kernel.refusal import Refused
    from abono.domain.sellers.actions import add_policy

    world = make_world("hosting_ar")
    text = policy_text(changed(builtin_policy("hosting_ar"), change))
    with pytest.raises(Refused, match="another currency, country or time zone"):
        add_policy(seller_id=world.seller_id, text=text, file="moved.toml", effective_on=JANUARY, at=at(JANUARY))


@pytest.mark.usefixtures("database")
def test_a_language_that_is_offered_no_longer_gives_way_to_the_first() -> None:
    from abono.domain.sellers.actions import add_policy

    world = make_world("franchise_us")
    world.language = "es"
    world.subscribe(world.customer(), world.plan())
    text = policy_text(changed(builtin_policy("franchise_us"), {"seller.languages": ["en"]}))
    february = date(2026, 2, 1)
    add_policy(seller_id=world.seller_id, text=text, file="english.toml", effective_on=february, at=at(JANUARY))
    for day in (JANUARY, february):
        world.run(day)
    found = world.rows("SELECT extra->>'language' FROM documents WHERE seller_id = %(seller)s ORDER BY issued_on")
    assert found == [("es",), ("en",)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", builtin_names())
def test_keys_of_later_parts_are_shown_as_not_yet_in_effect(name: str, language: str) -> None:
    from abono.interfaces.cli.policy import policy as command

    mark = {"en": "[not yet in effect]", "es": "[aún sin efecto]", "hu": "[még nem hatályos]"}[language]
    shown = CliRunner().invoke(command, ["show", name, "--language", language], catch_exceptions=False)
    later = {line.split()[0] for line in shown.output.splitlines() if line.endswith(mark)}
    known = builtin_policy(name).settings()
    assert later == {key for key in known if key_named(key).part not in IN_EFFECT}
    assert PARTS <= IN_EFFECT
