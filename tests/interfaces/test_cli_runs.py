"""The day's run, the timeline and the audit through the command line."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from abono.interfaces.cli import clock
from tests.shop import FEB, JAN, Shop, call, data, refused, told

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(scope="module")
def shop(django_ready: None) -> Shop:
    return Shop()


# --- runs


def test_a_run_tells_what_it_did_and_does_it_once() -> None:
    shop = Shop()
    for name in ("Ana", "Eva"):
        words = ("subscription", "add", shop.customer(name), *shop.own, "--plan", "basic", "--cycle", "monthly")
        told(*words, "--continues", "--on", JAN)
    done = data("run", *shop.own, "--on", JAN)
    assert done["documents"] == 2
    assert done["totals"] == [
        {"kind": "request", "currency": "ARS", "documents": 2, "net_minor": 20_000, "gross_minor": 24_200}
    ]
    assert (done["days_made_up"], done["parked"], done["parked_before"], done["held"]) == ([], [], 0, None)
    assert data("run", *shop.own, "--on", JAN)["documents"] == 0
    assert told("run", *shop.own, "--on", JAN) == f"{JAN}: 0 documents\n"


def test_skipped_days_are_named_and_beyond_the_policy_asked_for() -> None:
    shop = Shop()
    told("run", *shop.own, "--on", JAN)
    done = data("run", *shop.own, "--on", "2026-01-04")
    assert done["days_made_up"] == ["2026-01-02", "2026-01-03"]
    words = refused("run", *shop.own, "--on", FEB)
    assert "2026-01-05 to 2026-01-31" in words
    assert "--catch-up" in words
    assert "made up for 27 skipped days: 2026-01-05 to 2026-01-31" in told("run", *shop.own, "--on", FEB, "--catch-up")
    assert data("run", *shop.own, "--on", JAN)["documents"] == 0


def test_a_customer_who_cannot_be_billed_is_parked_with_a_way_out() -> None:
    shop = Shop()
    told("plan", "add", "free", *shop.own, "--name", "Free", "--on", JAN)
    bad, good = shop.customer("Bad"), shop.customer("Good")
    words = ("--cycle", "monthly", "--continues", "--on", JAN)
    told("subscription", "add", good, *shop.own, "--plan", "basic", *words)
    # No command sells what has no price; another program may have written the contract.
    assert "no price" in refused("subscription", "add", bad, *shop.own, "--plan", "free", *words)
    world = shop.world
    rows = world.rows(
        "SELECT c.id, p.id FROM customers AS c JOIN plans AS p USING (seller_id) "
        "WHERE seller_id = %(seller)s AND c.name = 'Bad' AND p.key = 'free'"
    )
    world.subscribe(*rows[0])
    done = data("run", *shop.own, "--on", JAN)
    assert done["documents"] == 1
    assert [(one["customer"], one["code"]) for one in done["parked"]] == [(bad, "catalogue.no_price")]
    assert done["parked"][0]["exit"].endswith(f"abono parked free {bad} --seller {shop.world.key}")
    assert data("run", *shop.own, "--on", JAN)["parked_before"] == 1
    assert [one["customer"] for one in data("parked", "list", *shop.own)["parked"]] == [bad]
    price = ("--cycle", "monthly", "--amount", "1", "--from", JAN, "--on", JAN)
    told("plan", "price", "free", *shop.own, *price)
    assert told("parked", "free", bad, *shop.own, "--on", JAN) == "1 freed; the next run bills them\n"
    assert data("run", *shop.own, "--on", JAN)["documents"] == 1
    assert told("parked", "list", *shop.own) == "nobody is parked\n"
    assert "not parked" in refused("parked", "free", good, *shop.own)
    assert "Name the customers" in refused("parked", "free", *shop.own, code=2)


def test_a_run_far_from_the_last_is_held_until_confirmed() -> None:
    shop = Shop()
    plan_id = shop.world.rows("SELECT id FROM plans WHERE seller_id = %(seller)s")[0][0]
    for _ in range(20):
        shop.world.subscribe(shop.world.customer(), plan_id)
    told("run", *shop.own, "--on", JAN)
    told("plan", "price", "basic", *shop.own, "--cycle", "monthly", "--amount", "200", "--from", FEB, "--on", JAN)
    result = call("run", *shop.own, "--on", FEB, "--catch-up")
    assert result.exit_code == 1
    assert result.stderr == ""
    assert f"abono run --seller {shop.world.key} --on {FEB} --confirm" in result.stdout
    held = call("run", *shop.own, "--on", FEB, "--catch-up", "--json")
    assert held.exit_code == 1
    assert json.loads(held.stdout)["held"] == {
        "subscriptions": 20,
        "planned_minor": 400_000,
        "before_minor": 200_000,
        "currency": "ARS",
    }
    assert data("run", *shop.own, "--on", FEB, "--catch-up", "--confirm")["documents"] == 20


# --- looking


def test_the_timeline_tells_each_thing_with_its_cause(shop: Shop) -> None:
    ana = shop.customer("Ana")
    made = shop.order(ana, words="ana.example")
    document = made["documents"][0]
    paid = ("--customer", ana, "--means", "transfer", "--key", f"t-{ana}", "--on", "2026-01-05")
    told("pay", *shop.own, *paid, "--amount", "121", "--state", "settled")
    events = data("timeline", ana, *shop.own, "--language", "en")["events"]
    kinds = [one["kind"] for one in events]
    assert kinds[:4] == ["CustomerAdded", "ProfileSaved", "SubscriptionOrdered", "RequestIssued"]
    assert kinds[4:7] == ["PaymentRecorded", "PaymentSettled", "MoneyUsed"]
    assert "ServiceActivated" in kinds
    asked = events[3]
    assert (asked["document"], asked["amount_minor"], asked["cause"]) == (document, 12_100, "order")
    assert asked["words"] == f"Proforma invoice {document} asks for $121.00 by Jan 1, 2026."
    assert events[6]["words"] == f"$121.00 of payment t-{ana} (transfer) went to Proforma invoice {document}."
    story = data("timeline", document, *shop.own)["events"]
    assert {"RequestIssued", "PaymentSettled", "MoneyUsed", "RequestSettled"} <= {one["kind"] for one in story}
    assert "CustomerAdded" not in {one["kind"] for one in story}
    assert "Factura proforma" in told("timeline", document, *shop.own)
    assert "[megrendelés]" in told("timeline", ana, *shop.own, "--language", "hu")
    assert "no customer, no document and no service" in refused("timeline", "nothing", *shop.own)


def test_days_left_out_are_today_where_the_seller_is(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    # In Buenos Aires it is still the day before.
    monkeypatch.setattr(clock, "clock", lambda: datetime(2026, 5, 2, 1, 30, tzinfo=UTC))
    ana = str(data("customer", "add", *shop.own, "--name", "Now")["customer"])
    assert data("balance", ana, *shop.own)["on"] == "2026-05-01"
    added = data("timeline", ana, *shop.own)["events"][0]
    assert (added["on"], added["at"][:16]) == ("2026-05-01", "2026-05-02 01:30")
    assert date.fromisoformat(added["on"]) == clock.today(seller=_card(shop))


def _card(shop: Shop) -> Any:
    from abono.domain.sellers.queries import seller_named

    return seller_named(key=shop.world.key)


def test_audit_is_mounted_and_finds_nothing_wrong_with_all_that(shop: Shop) -> None:
    assert told("audit", *shop.own).endswith("audit: ok\n")


@pytest.mark.parametrize(
    "name", ['O\'Hara "Ltd"', "שלום עולם", "#set page(1cm) $x$", "a" * 200, "<b>&amp;</b>", "50 % off"]
)
def test_odd_names_go_through_whole(shop: Shop, name: str) -> None:
    number = str(data("customer", "add", *shop.own, "--name", name, "--on", JAN)["customer"])
    assert data("customer", "show", number, *shop.own)["name"] == name
    shop.order(number, words=name)
    assert name in told("timeline", number, *shop.own, "--language", "en")


def test_a_range_of_numbers_that_is_used_up_is_told_and_extended() -> None:
    shop = Shop()
    shop.order(shop.customer())
    assert data("series", "list", *shop.own)["series"] == [{"series": "P-2026", "next_no": 2, "last_no": None}]
    assert "goes on with 2" in told("series", "range", "P-2026", *shop.own, "--to", 1, "--on", JAN)
    order = ("subscription", "add", shop.customer(), *shop.own, "--plan", "basic", "--cycle", "monthly", "--on", JAN)
    assert "abono series range" in refused(*order)
    assert data("series", "range", "P-2026", *shop.own, "--to", 2, "--on", JAN)["next_no"] == 2
    told(*order)
    assert "passed 1 already" in refused("series", "range", "P-2026", *shop.own, "--to", 1)
    assert "nothing in a series" in refused("series", "range", "X", *shop.own, "--to", 1)
