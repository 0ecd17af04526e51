"""How a customer pays follows from what is on file and is typed nowhere."""

from datetime import UTC, date, datetime, time

import pytest

from abono.interfaces.cli import clock, gateways
from abono.simulation.bank import Bank
from tests.mission.story import Story, abono, call, refused, says

pytestmark = pytest.mark.usefixtures("database")
NOON = time(12)


@pytest.mark.mission("A12", part="engine")
def test_no_method_on_file_means_paid_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateways, "_registered", {})
    bank = Bank(seed=1, unplanned=False)
    story = Story("franchise_us")
    for means in ("card", "ach"):
        gateways.register_gateway(seller=story.key, means=means, gateway=bank)
    story.plan("desk", 100)
    hand, auto = story.customer("Hand"), story.customer("Auto")
    for customer in (hand, auto):
        story.order(customer, "desk", "2026-01-01")

    def owed(customer: str, day: str) -> int:
        asked, receivable, _ = story.balance(customer, day)
        return asked + receivable

    def run(day: str) -> None:
        today = date.fromisoformat(day)
        bank.open(on=today)
        monkeypatch.setattr(clock, "clock", lambda: datetime.combine(today, NOON, tzinfo=UTC))
        story.run(day)

    # Nobody has a method: both are asked and nobody is charged.
    run("2026-01-01")
    assert bank.calls == []
    assert [owed(one, "2026-01-01") > 0 for one in (hand, auto)] == [True, True]

    # One is added: from the next run on that customer is charged, the other still pays by hand.
    words = ("--token", f"ba_{story.key}_x", "--means", "ach", "--last4", "6789", "--verified", "--on", "2026-01-02")
    added = abono("method", "add", auto, *story.own, *words)
    assert added["mode"] == "autopay"
    run("2026-01-02")
    for day in (3, 4, 5):
        run(f"2026-01-{day:02d}")
    assert owed(auto, "2026-01-05") == 0
    assert owed(hand, "2026-01-05") > 0
    assert len(bank.calls) == 1

    # It is removed: paid by hand again, whatever is asked for next.
    removed = abono("method", "remove", added["method"], *story.own, "--on", "2026-01-06")
    assert (removed["state"], removed["mode"]) == ("revoked", "by-hand")
    for day in ("2026-01-12", "2026-02-01"):
        run(day)
    assert len(bank.calls) == 1
    assert owed(auto, "2026-02-01") > 0
    story.audit()


@pytest.mark.mission("A12", part="engine")
def test_the_mode_can_be_typed_nowhere() -> None:
    for words in (("customer", "add"), ("customer", "profile"), ("method", "add")):
        options = says(*words, "--help")
        assert "--autopay" not in options
        assert "--mode" not in options
    story = Story("franchise_us")
    customer = story.customer()
    assert call("method", "list", *story.own, "--customer", customer).exit_code == 0
    said = refused("method", "add", customer, *story.own, "--token", "4242424242424242", "--means", "card")
    assert "4242424242424242" not in said
