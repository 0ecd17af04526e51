"""Changes of what is bought and by whom: nothing is asked for twice, and the quote is what happens."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abono.base.kernel.refusal import Refused
from tests.books import balance, check_audit, check_sound, fingerprints
from tests.properties.worlds import few
from tests.world import JANUARY, World, at, make_world

pytestmark = pytest.mark.usefixtures("database")
FEBRUARY = date(2026, 2, 1)


def now(world: World, on: date = JANUARY) -> dict[str, Any]:
    return {"seller_id": world.seller_id, "on": on, "at": at(on)}


def check_whole(world: World) -> None:
    check_sound(world)
    check_audit(world)


def net_asked(world: World) -> int:
    """Net of all that is asked for and not voided, less credit notes."""
    (row,) = world.rows(
        "SELECT coalesce(sum(CASE WHEN kind = 'credit_note' THEN -net_minor ELSE net_minor END), 0)::bigint "
        "FROM documents WHERE seller_id = %(seller)s AND state <> 'voided' "
        "AND (kind IN ('request', 'credit_note') OR basis = 'asks')"
    )
    return int(row[0])


# --- which document


def test_each_profile_has_its_documents_and_issued_ones_never_move() -> None:
    from abono.domain.customers.actions import save_profile

    world = make_world("hosting_cl")
    ana = world.customer("Ana")
    (row,) = world.rows("SELECT id, fields FROM billing_profiles WHERE seller_id = %(seller)s")
    branch_fields = {**row[1], "legal_name": "Ana, branch"}
    branch = save_profile(**now(world), customer_id=ana, country="CL", fields=branch_fields)
    plan = world.plan(price="1000")
    services = [world.subscribe(ana, plan, profile_id=profile) for profile in (None, branch, branch)]
    world.run(JANUARY)
    named = (
        "SELECT w.body->>'legal_name', d.net_minor, d.id FROM documents AS d JOIN party_words AS w "
        "ON w.seller_id = d.seller_id AND w.id = d.words_id WHERE d.seller_id = %(seller)s ORDER BY 1, 2"
    )
    january = world.rows(named)
    assert [one[:2] for one in january] == [("Ana", 1_000), ("Ana, branch", 2_000)]
    # The service moves to the other profile: what was issued stays, the next month follows.
    world.rows(
        "UPDATE subscriptions SET profile_id = (SELECT profile_id FROM subscriptions WHERE id = %(of)s) "
        "WHERE seller_id = %(seller)s AND id = %(one)s RETURNING 1",
        of=services[0],
        one=services[1],
    )
    world.run(date(2026, 1, 22))
    both = world.rows(named)
    assert [one[:2] for one in both] == [("Ana", 1_000), ("Ana", 2_000), ("Ana, branch", 1_000), ("Ana, branch", 2_000)]
    assert set(january) <= set(both)
    world.pay(ana, 10_000, FEBRUARY)
    check_whole(world)


@pytest.mark.parametrize(("group", "documents"), [("same-day", 1), ("each", 2)])
def test_services_that_renew_together_share_a_document_where_the_policy_says_so(group: str, documents: int) -> None:
    change = {'group = "same-day"': f'group = "{group}"'}
    world = make_world("hosting_cl", change=change)
    ana = world.customer()
    plan = world.plan(price="1000")
    for _ in range(2):
        world.subscribe(ana, plan)
    assert world.run(JANUARY).written.documents == documents
    check_whole(world)


def test_a_service_added_later_has_a_document_of_its_own() -> None:
    from abono.domain.subscriptions.periods import Cycle
    from abono.runs.at_once import order_service

    world = make_world("hosting_cl")
    ana = world.customer()
    plan = world.plan(price="1000")
    world.subscribe(ana, plan)
    world.run(JANUARY)
    before = world.documents(ana)
    order: dict[str, Any] = {"customer_id": ana, "plan_id": plan, "cycle": Cycle("month", 1), "currency": "CLP"}
    ordered = order_service(**now(world), **order, start=JANUARY)
    (document,) = ordered.document_ids
    assert world.documents(ana)[0] in before
    mine = world.rows("SELECT subscription_id FROM lines WHERE document_id = %(one)s", one=document)
    assert mine == [(ordered.subscription_id,)]
    whole = fingerprints(world)
    world.run(JANUARY)
    assert fingerprints(world) == whole
    world.run(date(2026, 1, 22))
    assert len(world.documents(ana)) == 3, "from the next renewal on they share one"
    check_whole(world)


# --- changes within a period


POLICIES = ["hosting_cl", "hosting_ar", "partners_us", "booking_hu"]


@few(16)
@given(
    st.sampled_from(POLICIES),
    st.booleans(),
    st.lists(st.tuples(st.integers(0, 27), st.integers(0, 6), st.sampled_from(["small", "large"])), max_size=4),
)
def test_a_change_does_what_its_quote_says(policy: str, paid: bool, changes: list[tuple[int, int, str]]) -> None:
    """Any number of changes on any days: the quote is what the books show after, and the same again is nothing."""
    from abono.runs.changes import change_now, quote_change

    world = make_world(policy)
    ana = world.customer()
    world.plan("small", "310.07", model="per_unit")
    world.plan("large", "1240.5", model="graduated", tiers=[[2, "900.11"], [None, "450.33"]])
    service = world.subscribe(ana, world.plans["small"], quantity=3)
    world.run(JANUARY)
    if paid:
        world.pay(ana, world.documents(ana)[0]["gross_minor"], JANUARY)
    for offset, quantity, plan in sorted(changes):
        day = JANUARY + timedelta(days=offset)
        terms = {"subscription_id": service, "quantity": quantity, "plan_id": world.plans[plan]}
        before, whole = net_asked(world), fingerprints(world)
        quote = quote_change(seller_id=world.seller_id, on=day, **terms)  # type: ignore[arg-type]
        assert fingerprints(world) == whole, "a quote writes nothing"
        done = change_now(**now(world, day), **terms)  # type: ignore[arg-type]
        assert done.quote == quote
        assert net_asked(world) - before == quote.now_minor
        documents = len(world.documents())
        again = change_now(**now(world, day), **terms)  # type: ignore[arg-type]
        assert (again.quote.now_minor, again.document_ids, len(world.documents())) == (0, (), documents)
        check_sound(world)
    world.run(FEBRUARY)
    check_whole(world)


def test_there_and_back_on_one_day_costs_nothing() -> None:
    from abono.runs.changes import change_now

    world = make_world("hosting_cl")
    ana = world.customer()
    service = world.subscribe(ana, world.plan(price="999.5", model="per_unit"), quantity=3)
    world.run(JANUARY)
    world.pay(ana, world.documents(ana)[0]["gross_minor"], JANUARY)
    day = date(2026, 1, 11)
    before = net_asked(world)
    for quantity in (7, 3):
        change_now(**now(world, day), subscription_id=service, quantity=quantity)
    assert net_asked(world) == before
    check_whole(world)


def test_a_change_at_renewal_waits_for_it_however_late_the_run() -> None:
    from abono.domain.subscriptions.actions import plan_change_at_renewal
    from abono.domain.subscriptions.periods import Cycle

    world = make_world("partners_us")
    ana = world.customer()
    world.plan("small", "100")
    world.plan("large", "300", model="per_unit")
    service = world.subscribe(ana, world.plans["small"])
    world.run(JANUARY)
    first = plan_change_at_renewal(**now(world), subscription_id=service, quantity=5)
    second = plan_change_at_renewal(**now(world), subscription_id=service, plan_id=world.plans["large"])
    assert first.from_on == second.from_on == FEBRUARY
    world.run(date(2026, 4, 2))
    nets = world.rows("SELECT net_minor FROM lines WHERE seller_id = %(seller)s ORDER BY period_from")
    assert nets == [(10_000,), (150_000,), (150_000,), (150_000,)], "both changes are meant"
    with pytest.raises(Refused):
        plan_change_at_renewal(**now(world), subscription_id=service, cycle=Cycle("week", 1))
    check_whole(world)


def test_of_two_planned_changes_the_later_counts_where_both_speak_of_the_same_and_says_so() -> None:
    from abono.domain.subscriptions.actions import plan_change_at_renewal
    from abono.reports.timeline import timeline_of_customer

    world = make_world("partners_us")
    ana = world.customer()
    for key, price in (("small", "100"), ("large", "300"), ("huge", "500")):
        world.plan(key, price, model="per_unit")
    service = world.subscribe(ana, world.plans["small"])
    world.run(JANUARY)
    plans: list[dict[str, Any]] = [
        {"plan_id": world.plans["large"], "own_price": "250", "quantity": 4},
        {"quantity": 6},
        {"plan_id": world.plans["huge"]},
    ]
    planned = [plan_change_at_renewal(**now(world), subscription_id=service, **one) for one in plans]
    assert [one.replaced.quantity for one in planned] == [None, 4, None]
    assert (planned[1].kept.plan_id, planned[2].kept.quantity) == (world.plans["large"], 6)
    # An agreed price belongs to the plan it was agreed for.
    assert (planned[2].replaced.plan_id, str(planned[2].replaced.own_price)) == (world.plans["large"], "250.000000")
    told = timeline_of_customer(seller_id=world.seller_id, customer_id=ana, language="en")
    assert "it replaces what was planned before: plan large, price 250" in next(
        one.words for one in reversed(told) if one.kind == "ChangePlanned"
    )
    world.run(FEBRUARY)
    nets = world.rows("SELECT net_minor FROM lines WHERE seller_id = %(seller)s ORDER BY period_from")
    assert nets == [(10_000,), (6 * 50_000,)]
    check_whole(world)


def test_a_change_that_would_have_no_price_at_renewal_is_refused_when_it_is_planned() -> None:
    from abono.domain.subscriptions.actions import plan_change_at_renewal
    from abono.domain.subscriptions.periods import Cycle

    world = make_world("hosting_ar")
    ana = world.customer()
    world.plan("small", "100")
    world.plan("large", "300", cycle=("month", 12))
    world.plan("later", "300", effective_on=date(2026, 2, 2))
    service = world.subscribe(ana, world.plans["small"])
    world.run(JANUARY)
    whole = fingerprints(world)
    year = Cycle("month", 12)
    without: list[dict[str, Any]] = [
        {"plan_id": world.plans["large"]},
        {"plan_id": world.plans["later"]},
        {"cycle": year},
    ]
    for terms in without:
        with pytest.raises(Refused) as why:
            plan_change_at_renewal(**now(world), subscription_id=service, **terms)
        assert why.value.code == "catalogue.no_price"
        assert ("it has: ARS for 12 month(s)" in why.value.words) == (terms.get("plan_id") == world.plans["large"])
    assert fingerprints(world) == whole
    # With a price of its own, or for the cycle that is planned already, it can be.
    plan_change_at_renewal(**now(world), subscription_id=service, plan_id=world.plans["large"], cycle=year)
    with pytest.raises(Refused):
        plan_change_at_renewal(**now(world), subscription_id=service, plan_id=world.plans["small"])
    plan_change_at_renewal(**now(world), subscription_id=service, plan_id=world.plans["small"], own_price="7")
    assert world.run(FEBRUARY).written.parked == []
    check_whole(world)


# --- ends and pauses


@pytest.mark.parametrize(("policy", "refunds"), [("hosting_ar", True), ("hosting_cl", False), ("partners_us", True)])
def test_a_cancellation_at_once_gives_back_what_the_policy_says(policy: str, refunds: bool) -> None:
    from abono.runs.changes import cancel_service, quote_cancellation

    world = make_world(policy)
    ana = world.customer()
    service = world.subscribe(ana, world.plan(price="310"))
    world.run(JANUARY)
    world.pay(ana, world.documents(ana)[0]["gross_minor"], JANUARY)
    day = date(2026, 1, 11)
    before = net_asked(world)
    quote = quote_cancellation(seller_id=world.seller_id, subscription_id=service, on=day, at_once=True)
    cancel_service(**now(world, day), subscription_id=service, at_once=True)
    assert net_asked(world) - before == quote.now_minor
    assert (quote.now_minor < 0) == refunds
    if refunds:  # 21 of 31 days
        assert quote.now_minor == -(310 * 21 * 10 ** (0 if world.currency == "CLP" else 2)) // 31
    world.run(date(2026, 6, 1))
    assert net_asked(world) == before + quote.now_minor, "nothing is asked for any more"
    with pytest.raises(Refused):
        cancel_service(**now(world, day), subscription_id=service, at_once=False)
    check_whole(world)


def test_days_nobody_paid_for_are_not_asked_for_after_a_cancellation() -> None:
    from abono.runs.changes import cancel_service

    world = make_world("hosting_cl")
    ana = world.customer()
    service = world.subscribe(ana, world.plan(price="3100"))
    world.run(date(2026, 1, 22))  # January and, ten days before, February
    cancel_service(**now(world, date(2026, 1, 22)), subscription_id=service, at_once=True)
    open_now = [(row["renewal_on"], row["net_minor"]) for row in renewals(world)]
    assert open_now == [(JANUARY, 2_100)], "21 of 31 days of January, nothing of February"
    check_whole(world)


def renewals(world: World) -> list[dict[str, Any]]:
    rows = world.rows(
        "SELECT renewal_on, net_minor FROM documents WHERE seller_id = %(seller)s AND state = 'open' ORDER BY 1"
    )
    return [dict(zip(("renewal_on", "net_minor"), row, strict=True)) for row in rows]


def test_paused_days_are_not_billed_and_leave_no_gap() -> None:
    from abono.domain.subscriptions.actions import add_pause, resume

    world = make_world("partners_us")
    ana = world.customer()
    service = world.subscribe(ana, world.plan(price="310"))
    world.run(JANUARY)
    with pytest.raises(Refused) as why:
        add_pause(**now(world), subscription_id=service, from_on=date(2026, 1, 20))
    assert why.value.code == "subscriptions.pause_asked"
    add_pause(**now(world), subscription_id=service, from_on=date(2026, 3, 11))
    for again in (date(2026, 3, 5), date(2026, 3, 20)):
        with pytest.raises(Refused) as why:
            add_pause(**now(world), subscription_id=service, from_on=again)
        assert why.value.code == "subscriptions.paused_already"
    world.run(date(2026, 4, 1))
    resume(**now(world, date(2026, 4, 20)), subscription_id=service, to_on=date(2026, 5, 11))
    world.run(date(2026, 6, 1))
    claimed = world.rows(
        "SELECT period_from, period_to, reason FROM claims WHERE seller_id = %(seller)s ORDER BY period_from"
    )
    assert claimed == [
        (JANUARY, FEBRUARY, None),
        (FEBRUARY, date(2026, 3, 1), None),
        (date(2026, 3, 1), date(2026, 3, 11), None),
        (date(2026, 3, 11), date(2026, 4, 1), "paused"),
        (date(2026, 4, 1), date(2026, 5, 1), "paused"),
        (date(2026, 5, 1), date(2026, 5, 11), "paused"),
        (date(2026, 5, 11), date(2026, 6, 1), None),
        (date(2026, 6, 1), date(2026, 7, 1), None),
    ]
    nets = world.rows("SELECT net_minor FROM lines WHERE seller_id = %(seller)s ORDER BY period_from")
    assert nets == [(31_000,), (31_000,), (10_000,), (21_000,), (31_000,)]
    check_whole(world)


def test_refusals_say_what_is_allowed() -> None:
    from abono.domain.customers.actions import add_location
    from abono.domain.subscriptions.actions import (
        activate_location,
        add_pause,
        deactivate_location,
        end_subscription,
        resume,
    )
    from abono.domain.subscriptions.locations import close_location
    from abono.runs.partnership import join_partner, leave_partner

    world = make_world("partners_us")
    ana, ben = world.customer("Ana"), world.customer("Ben")
    service = world.subscribe(ana, world.plan(price="310"), FEBRUARY)
    hub = world.subscribe(ana, world.plan("hub", "5", model="per_unit", counted="locations"), FEBRUARY)
    place = add_location(**now(world), customer_id=ana, name="Elm", active_from=FEBRUARY)
    close_location(**now(world), location_id=place, active_to=date(2026, 3, 11))
    march, april = date(2026, 3, 1), date(2026, 4, 1)
    one: dict[str, Any] = {**now(world), "subscription_id": service}
    counted: dict[str, Any] = {**now(world), "subscription_id": hub, "location_id": place}
    add_pause(**one, from_on=march)
    says = [
        (lambda: close_location(**now(world), location_id=place, active_to=JANUARY), "from 2026-02-02 to 2026-03-11"),
        (lambda: close_location(**now(world), location_id=place, active_to=april), "from 2026-02-02 to 2026-03-11"),
        (lambda: end_subscription(**one, ends_on=JANUARY), "may be from 2026-02-01 on"),
        (lambda: add_pause(**one, from_on=april), "paused already, from 2026-03-01 on"),
        (lambda: resume(**one, to_on=march), "begins on 2026-03-01; it can end on a later day"),
        (lambda: activate_location(**counted, from_on=JANUARY), "is active from 2026-02-01 to 2026-03-10"),
        (lambda: activate_location(**counted, from_on=april), "is active from 2026-02-01 to 2026-03-10"),
        (lambda: deactivate_location(**counted, to_on=march), "does not count for this subscription"),
        (lambda: leave_partner(**now(world), customer_id=ana, to_on=march), "pays for itself already"),
        (lambda: world.plan(price="9"), "another may hold from another day"),
    ]
    for deed, words in says:
        with pytest.raises(Refused) as why:
            deed()
        assert words in why.value.words
    activate_location(**counted, from_on=FEBRUARY)
    resume(**one, to_on=april)
    join_partner(**now(world), customer_id=ana, payer_id=ben, from_on=FEBRUARY)
    end_subscription(**one, ends_on=FEBRUARY)
    more = [
        (lambda: activate_location(**counted, from_on=march), "counts already, from 2026-02-01 to 2026-03-10"),
        (lambda: resume(**one, to_on=april), "No pause is open"),
        (lambda: join_partner(**now(world), customer_id=ana, payer_id=ben, from_on=march), "C-00002 pays for"),
        (lambda: leave_partner(**now(world), customer_id=ana, to_on=JANUARY), "from 2026-02-01 on; that can end"),
        (lambda: end_subscription(**one, ends_on=march), "may be from 2026-02-01 to 2026-02-01"),
    ]
    for deed, words in more:
        with pytest.raises(Refused) as why:
            deed()
        assert words in why.value.words


def test_a_location_counts_until_it_closes_also_when_that_was_known_before_or_comes_sooner() -> None:
    from abono.domain.customers.actions import add_location
    from abono.domain.subscriptions.actions import activate_location
    from abono.domain.subscriptions.locations import close_location

    world = make_world("partners_us")
    ana = world.customer()
    hub = world.subscribe(ana, world.plan("hub", "31", model="per_unit", counted="locations"))
    place = add_location(**now(world), customer_id=ana, name="Elm", active_from=JANUARY, active_to=date(2026, 3, 1))
    activate_location(**now(world), subscription_id=hub, location_id=place, from_on=JANUARY)
    counted = "SELECT to_on FROM activations WHERE seller_id = %(seller)s"
    assert world.rows(counted) == [(date(2026, 3, 1),)]
    world.run(JANUARY)
    close_location(**now(world), location_id=place, active_to=date(2026, 1, 11))
    assert world.rows(counted) == [(date(2026, 1, 11),)]
    world.run(FEBRUARY)
    ((waits,),) = world.rows("SELECT net_minor FROM charges WHERE seller_id = %(seller)s")
    assert waits == -2_100, "21 days not used"


# --- who pays


def sponsored() -> tuple[World, UUID, UUID]:
    """A partner who pays for a client since 1 January; a month costs 310."""
    from abono.runs.partnership import join_partner

    world = make_world("partners_us")
    partner, client = world.customer("Partner"), world.customer("Client")
    join_partner(**now(world), customer_id=client, payer_id=partner, from_on=JANUARY)
    world.subscribe(client, world.plan(price="310"), anchor_day=1)
    world.run(JANUARY)
    return world, partner, client


def test_off_boarding_moves_the_unused_days_and_no_debt() -> None:
    from abono.runs.partnership import leave_partner

    world, partner, client = sponsored()
    (invoice,) = world.documents()
    assert invoice["customer_id"] == partner
    left = leave_partner(**now(world, date(2026, 1, 11)), customer_id=client, to_on=date(2026, 1, 11))
    assert (left.payer_id, left.credit_minor) == (partner, 21_000)
    (own,) = world.documents(client)
    assert own["net_minor"] == 21_000
    assert world.documents(partner) == [invoice], "the partner's debt stays the partner's"
    assert world.run(date(2026, 1, 11)).written.documents == 0
    world.run(FEBRUARY)
    assert [row["net_minor"] for row in world.documents(client)] == [21_000, 31_000]
    with pytest.raises(Refused) as why:
        leave_partner(**now(world, FEBRUARY), customer_id=client, to_on=FEBRUARY)
    assert why.value.code == "customers.not_sponsored"
    # Nothing more would have been asked of the partner, so no document could have taken the credit.
    world.subscribe(partner, world.plans["basic"], FEBRUARY, anchor_day=1)
    world.run(FEBRUARY)
    asked = [(row["kind"], row["net_minor"]) for row in world.documents(partner)]
    assert asked == [("invoice", 31_000), ("credit_note", 21_000), ("invoice", 31_000)]
    gross = [row["gross_minor"] for row in world.documents(partner)]
    assert balance(world, partner)[1] == gross[0] - gross[1] + gross[2]
    check_whole(world)


def test_one_level_of_payers_and_one_payer_at_a_time() -> None:
    from abono.runs.partnership import join_partner

    world, partner, client = sponsored()
    other = world.customer("Other")
    before = fingerprints(world)
    for code, customer, payer in (
        ("customers.sponsored_already", client, other),
        ("customers.sponsor_chain", partner, other),
        ("customers.sponsor_chain", other, client),
        ("customers.pays_itself", other, other),
    ):
        with pytest.raises(Refused) as why:
            join_partner(**now(world), customer_id=customer, payer_id=payer, from_on=FEBRUARY)
        assert why.value.code == code
    assert fingerprints(world) == before


def test_a_client_that_joins_shares_the_partners_document_however_late_the_run() -> None:
    from abono.runs.partnership import join_partner

    found = []
    for days in ((JANUARY, FEBRUARY, date(2026, 3, 1)), (date(2026, 3, 1),)):
        world = make_world("partners_us")
        partner, client = world.customer("Partner"), world.customer("Client")
        for customer in (partner, client):
            world.subscribe(customer, world.plans.get("basic") or world.plan(price="310"), anchor_day=1)
        join_partner(**now(world), customer_id=client, payer_id=partner, from_on=FEBRUARY)
        for day in days:
            world.run(day)
        found.append([sorted(row["net_minor"] for row in world.documents(one)) for one in (partner, client)])
        check_whole(world)
    assert found[0] == found[1] == [[31_000, 62_000, 62_000], [31_000]]
