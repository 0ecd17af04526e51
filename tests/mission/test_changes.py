"""Orders, changes and cancellations: what they cost is shown before, what they do follows the policy."""

from collections.abc import Callable

import pytest

from tests.mission.story import Story, abono, says

pytestmark = pytest.mark.usefixtures("database")

JAN_16 = ("--on", "2026-01-16")


@pytest.fixture
def host() -> Story:
    story = Story("hosting_cl")
    story.plan("basic", 10_000)
    story.plan("large", 30_000)
    return story


def paid_service(story: Story, plan: str, gross: int) -> tuple[str, str]:
    """A customer whose service began on 2026-01-01 and is paid: the customer and the subscription."""
    ana = story.customer()
    subscription, _ = story.order(ana, plan, "2026-01-01")
    story.pay(ana, gross, "2026-01-01")
    return ana, subscription


def ledger_of(story: Story, customer: str) -> tuple[object, ...]:
    """What must stay as it is while one only asks what something would cost."""
    subscriptions = abono("subscription", "list", *story.own, "--customer", customer)["subscriptions"]
    return story.documents(customer), subscriptions, says("timeline", customer, *story.own)


# --- B10


@pytest.mark.mission("B10", part="engine")
def test_an_upgrade_at_once_is_prorated_and_shown_before(host: Story) -> None:
    ana, subscription = paid_service(host, "basic", 11_900)
    before = ledger_of(host, ana)
    upgrade = ("subscription", "change", subscription, *host.own, "--plan", "large", *JAN_16)
    quote = abono(*upgrade, "--quote")
    # 16 of January's 31 days are left: 30,000 × 16/31 − 10,000 × 16/31, each rounded once.
    assert (quote["now_minor"], quote["at_once"]) == (15_484 - 5_161, True)
    assert (quote["next_renewal"], quote["then_minor"]) == ("2026-02-01", 30_000)
    assert "to pay now, net: 10,323 CLP" in says(*upgrade, "--quote")
    assert ledger_of(host, ana) == before

    (note,) = abono(*upgrade)["documents"]
    shown = host.show(note)
    assert (shown["kind"], shown["net_minor"], shown["due_on"]) == ("request", quote["now_minor"], "2026-01-16")
    assert sorted(one["net_minor"] for one in shown["lines"]) == [-5_161, 15_484]
    assert {(one["period_from"], one["period_to"]) for one in shown["lines"]} == {("2026-01-16", "2026-02-01")}
    assert host.subscription(ana, subscription)["plan"] == "large"
    host.pay(ana, shown["gross_minor"], "2026-01-16")
    host.run("2026-01-22")
    renewal = host.documents(ana, "request")[-1]
    assert (renewal["due_on"], renewal["net_minor"]) == ("2026-02-01", quote["then_minor"])
    host.audit()


@pytest.mark.mission("B10", part="engine")
def test_an_upgrade_at_renewal_costs_nothing_now(host: Story) -> None:
    ana, subscription = paid_service(host, "basic", 11_900)
    upgrade = ("subscription", "change", subscription, *host.own, "--plan", "large", "--when", "renewal", *JAN_16)
    quote = abono(*upgrade, "--quote")
    assert (quote["at_once"], quote["next_renewal"], quote["then_minor"]) == (False, "2026-02-01", 30_000)
    assert "to pay now" not in says(*upgrade, "--quote")
    before = host.documents(ana)
    assert abono(*upgrade)["from"] == "2026-02-01"
    assert host.documents(ana) == before
    assert host.subscription(ana, subscription)["plan"] == "basic"
    host.run("2026-01-22")
    renewal = host.documents(ana, "request")[-1]
    assert (renewal["due_on"], renewal["net_minor"]) == ("2026-02-01", 30_000)
    host.audit()


@pytest.mark.mission("B10", part="engine")
def test_a_downgrade_at_once_gives_back_what_the_quote_shows(host: Story) -> None:
    ana, subscription = paid_service(host, "large", 35_700)
    less = ("subscription", "change", subscription, *host.own, "--plan", "basic", *JAN_16)
    quote = abono(*less, "--quote")
    assert quote["now_minor"] == 5_161 - 15_484
    (note,) = abono(*less)["documents"]
    shown = host.show(note)
    assert (shown["kind"], shown["net_minor"]) == ("credit_note", -quote["now_minor"])
    assert host.balance(ana, "2026-01-16") == (0, 0, shown["gross_minor"])
    host.audit()


@pytest.mark.mission("B10", part="engine")
def test_a_quantity_changes_the_same_way(host: Story) -> None:
    host.plan("seats", 1_000, "--model", "per-unit")
    ana = host.customer()
    subscription, _ = host.order(ana, "seats", "2026-01-01", "--quantity", 10)
    host.pay(ana, 11_900, "2026-01-01")
    more = ("subscription", "change", subscription, *host.own, "--quantity", 13, *JAN_16)
    quote = abono(*more, "--quote")
    # 13,000 × 16/31 − 10,000 × 16/31
    assert (quote["now_minor"], quote["then_minor"]) == (6_710 - 5_161, 13_000)
    (note,) = abono(*more)["documents"]
    assert host.show(note)["net_minor"] == quote["now_minor"]
    host.audit()


# --- C15


@pytest.fixture
def strict() -> Story:
    story = Story("hosting_ar")
    story.plan("site", 100)
    return story


@pytest.mark.mission("C15", part="engine")
@pytest.mark.parametrize("means", ["card", "transfer", "voucher"])
def test_a_service_is_activated_by_its_payment_with_nobody_in_between(strict: Story, means: str) -> None:
    ana = strict.customer()
    subscription, (proforma,) = strict.order(ana, "site", "2026-01-10")
    state = _state_of(strict, ana, subscription)
    assert state() == "ordered"
    strict.run("2026-01-11")
    strict.pay(ana, 120, "2026-01-11", "--document", proforma, means=means)
    assert state() == "ordered"
    words = ("pay", *strict.own, "--customer", ana, "--means", means, "--amount", 1, "--on", "2026-01-12")
    says(*words, "--state", "pending", "--key", f"{strict.key}-rest")
    assert state() == "ordered"
    says("payment", "settle", f"{strict.key}-rest", *strict.own, "--on", "2026-01-13")
    assert state() == "active"
    started = [one for one in abono("timeline", ana, *strict.own)["events"] if one["kind"] == "ServiceActivated"]
    assert [one["on"] for one in started] == ["2026-01-13"]
    strict.audit()


@pytest.mark.mission("C15", part="engine")
def test_paying_something_else_activates_nothing(strict: Story) -> None:
    ana = strict.customer()
    paid, (first,) = strict.order(ana, "site", "2026-01-10")
    unpaid, _ = strict.order(ana, "site", "2026-01-10")
    strict.pay(ana, 121, "2026-01-10", "--document", first)
    assert strict.subscription(ana, paid)["state"] == "active"
    assert strict.subscription(ana, unpaid)["state"] == "ordered"


def _state_of(story: Story, customer: str, subscription: str) -> Callable[[], str]:
    return lambda: str(story.subscription(customer, subscription)["state"])


# --- C16


@pytest.mark.mission("C16", part="engine")
def test_cancelling_at_once_shows_before_what_it_gives_back(strict: Story) -> None:
    ana, subscription = paid_service(strict, "site", 121)
    before = ledger_of(strict, ana)
    cancel = ("subscription", "cancel", subscription, *strict.own, "--when", "at-once", *JAN_16)
    quote = abono(*cancel, "--quote")
    # 100.00 × 16/31
    assert (quote["now_minor"], quote["next_renewal"]) == (-5_161, None)
    assert "given back now, net: 51.61 ARS" in says(*cancel, "--quote")
    assert ledger_of(strict, ana) == before

    (note,) = abono(*cancel)["documents"]
    shown = strict.show(note)
    assert (shown["kind"], shown["net_minor"], shown["issued_on"]) == ("credit_note", 5_161, "2026-01-16")
    assert strict.balance(ana, "2026-01-16") == (0, 0, shown["gross_minor"])
    row = strict.subscription(ana, subscription)
    assert (row["ends_on"], row["next_renewal"]) == ("2026-01-16", None)
    assert strict.run("2026-03-01")["documents"] == 0
    assert strict.subscription(ana, subscription)["state"] == "cancelled"
    strict.audit()


@pytest.mark.mission("C16", part="engine")
def test_cancelling_at_the_end_of_the_period_gives_nothing_back_and_renews_no_more(strict: Story) -> None:
    ana, subscription = paid_service(strict, "site", 121)
    cancel = ("subscription", "cancel", subscription, *strict.own, "--when", "period-end", "--on", "2026-01-10")
    assert abono(*cancel, "--quote")["now_minor"] == 0
    assert abono(*cancel)["documents"] == []
    row = strict.subscription(ana, subscription)
    assert (row["state"], row["ends_on"]) == ("active", "2026-02-01")
    assert strict.run("2026-01-17")["documents"] == 0
    strict.run("2026-02-01")
    assert strict.subscription(ana, subscription)["state"] == "cancelled"
    strict.audit()


@pytest.mark.mission("C16", part="engine")
def test_a_renewal_already_asked_for_is_not_owed_after_a_cancellation(strict: Story) -> None:
    ana, subscription = paid_service(strict, "site", 121)
    strict.run("2026-01-17")
    assert strict.balance(ana, "2026-01-17") == (12_100, 0, 0)
    abono("subscription", "cancel", subscription, *strict.own, "--when", "at-once", "--on", "2026-01-20")
    asked, receivable, _ = strict.balance(ana, "2026-01-20")
    assert (asked, receivable) == (0, 0)
    strict.audit()
