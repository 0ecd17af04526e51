"""Methods and charging through the command line."""

from datetime import date

import pytest

from abono.interfaces.cli import gateways
from abono.simulation.bank import Bank, Fate
from tests.shop import JAN, Shop, data, refused, told

pytestmark = pytest.mark.usefixtures("database")
CARD = ("--means", "card", "--brand", "visa", "--last4", "4242", "--expires", "2028-05", "--funding", "credit")


@pytest.fixture
def shop(django_ready: None) -> Shop:
    return Shop()


@pytest.fixture
def bank(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Bank:
    """A bank that charges the shop's cards."""
    monkeypatch.setattr(gateways, "_registered", {})
    bank = Bank(seed=1, unplanned=False).open(on=date(2026, 1, 1))
    gateways.register_gateway(seller=shop.world.key, means="card", gateway=bank)
    return bank


def add(shop: Shop, customer: str, token: str = "pm_cli_example") -> dict[str, object]:
    return dict(data("method", "add", customer, *shop.own, "--token", token, *CARD, "--on", JAN))


def test_a_method_makes_autopay_and_its_removal_ends_it(shop: Shop) -> None:
    customer = shop.customer()
    added = add(shop, customer)
    assert (added["name"], added["state"], added["mode"]) == ("visa 4242", "usable", "autopay")
    assert added["expires_on"] == "2028-05-31"
    assert add(shop, customer)["method"] == added["method"]
    (listed,) = data("method", "list", *shop.own, "--customer", customer)["methods"]
    assert (listed["id"], listed["state"]) == (added["method"], "usable")
    assert "token" not in listed
    assert "visa 4242" in told("method", "list", *shop.own)
    removed = data("method", "remove", added["method"], *shop.own, "--on", JAN)
    assert (removed["state"], removed["mode"]) == ("revoked", "by-hand")
    lines = told("timeline", customer, *shop.own)
    assert "Guardado para el pago automático: visa 4242." in lines
    assert "Ya no se cobra en: visa 4242, pedido por el cliente." in lines


@pytest.mark.parametrize("token", ["4242424242424242", "pm_4242424242424242", "HU42117730161111101800000000"])
def test_a_number_is_refused_and_not_repeated(shop: Shop, token: str) -> None:
    said = refused("method", "add", shop.customer(), *shop.own, "--token", token, *CARD, "--on", JAN)
    assert "looks like a card or bank number" in said
    assert token not in said
    assert data("method", "list", *shop.own)["methods"] == []


def test_wrong_calls(shop: Shop) -> None:
    customer = shop.customer()
    words = ("method", "add", customer, *shop.own, "--token", "pm_cli_example", "--on", JAN)
    assert "keeps no 'ach'" in refused(*words, "--means", "ach")
    assert "not a month" in refused(*words, "--means", "card", "--expires", "05/28", code=2)
    assert "last four" in refused(*words, "--means", "card", "--last4", "424242")
    assert "no such method" in refused("method", "verify", "0196f0c2-5a1e-7c1d-9a57-0d7d7cf0a111", *shop.own)
    assert "no attempt" in refused("autopay", "close", "autopay-1", *shop.own, "--cause", "none")


def test_without_a_gateway_it_says_so_and_plans_nothing(shop: Shop) -> None:
    customer = shop.customer()
    shop.order(customer)
    add(shop, customer)
    assert "No gateway" in refused("autopay", "run", *shop.own, "--on", JAN)
    assert data("run", *shop.own, "--on", JAN)["charging"]["planned"] == 0
    assert data("autopay", "list", *shop.own)["attempts"] == []


def test_the_days_run_charges_and_autopay_goes_on(shop: Shop, bank: Bank) -> None:
    customer = shop.customer()
    shop.order(customer)
    add(shop, customer)
    bank.plan("pm_cli_example", Fate(code="51"))
    done = data("run", *shop.own, "--on", JAN)
    assert (done["charging"]["planned"], done["charging"]["declined"]) == (1, 1)
    (tried,) = data("autopay", "list", *shop.own, "--state", "declined")["attempts"]
    assert (tried["code"], tried["next"], tried["by"]) == ("51", "again from 2026-01-02", "visa 4242")
    assert "charges: 0" not in told("run", *shop.own, "--on", JAN)
    assert "código 51, se reintenta el" in told("timeline", customer, *shop.own)
    bank.open(on=date(2026, 1, 2))
    assert data("autopay", "run", *shop.own, "--on", "2026-01-02")["settled"] == 1
    assert "settled" in told("autopay", "list", *shop.own, "--customer", customer)


def test_what_a_person_must_look_at_is_listed_and_closed(shop: Shop, bank: Bank) -> None:
    customer = shop.customer()
    shop.order(customer)
    add(shop, customer)
    bank.plan("pm_cli_example", Fate(short_minor=1))
    assert "1 mismatch" in told("run", *shop.own, "--on", JAN)
    (held,) = data("autopay", "unknown", *shop.own)["attempts"]
    assert held["state"] == "mismatch"
    assert "a person" in told("autopay", "unknown", *shop.own)
    told("autopay", "close", held["key"], *shop.own, "--cause", "given back by the bank", "--on", JAN)
    assert data("autopay", "unknown", *shop.own)["attempts"] == []
