"""Three months in which customers pay by card, by debit and by hand; the bank refuses, is silent and takes back."""

from collections import Counter
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from abono.simulation.bank import Bank, Fate
from tests.books import check_audit, check_sound, fingerprints
from tests.world import JANUARY, World, at, make_world

pytestmark = pytest.mark.usefixtures("database")
LAST = date(2026, 3, 31)


class Months:
    """A seller's days with a bank: bill, charge, collect."""

    def __init__(self, policy: str, bank: Bank) -> None:
        self.world: World = make_world(policy)
        self.bank = bank
        self.world.plan("desk", "100")
        self.customers: dict[str, UUID] = {}
        self.told: Counter[str] = Counter()

    def customer(self, name: str, *, means: str = "", start: date = JANUARY, **more: Any) -> None:
        """A customer with a service; `means` keeps a method on file."""
        customer = self.world.customer(name, on=start)
        self.world.subscribe(customer, self.world.plans["desk"], start)
        self.customers[name] = customer
        if means:
            self.method(name, means, on=start, **more)

    def method(self, name: str, means: str, *, on: date, **more: Any) -> None:
        from abono.domain.payments.methods import add_method

        words = {"brand": "visa", "last4": "4242", "funding": "debit"} if means == "card" else {"verified": True}
        add_method(
            seller_id=self.world.seller_id,
            customer_id=self.customers[name],
            token=more.pop("token", f"pm_{name.lower()}_{means}"),
            means=means,
            on=on,
            at=at(on),
            **{**words, **more},
        )

    def pass_days(self, first: date, last: date) -> None:
        """Days pass as the scheduler lets them."""
        from abono.runs.daily import run_day

        day = first
        while day <= last:
            gateways = self.bank.open(on=day).gateways()
            done = run_day(seller_id=self.world.seller_id, on=day, at=at(day, 6), gateways=gateways, confirm=True)
            made = done.charging.made
            self.told.update(planned=done.charging.planned, settled=made.settled, declined=made.declined)
            self.told.update(returned=made.returned, unknown=made.unknown, pending=made.pending)
            day += timedelta(days=1)

    def attempts(self, name: str) -> list[tuple[str, date, str]]:
        """A customer's attempts: state, day, code."""
        return self.world.rows(
            "SELECT state, sent_on, code FROM attempts WHERE seller_id = %(seller)s AND customer_id = %(customer)s "
            "ORDER BY id",
            customer=self.customers[name],
        )

    def owed(self, name: str, *, on: date = LAST) -> int:
        """What of the customer's documents is due on a day and not paid."""
        return sum(row["open_minor"] for row in self.world.documents(self.customers[name]) if row["due_on"] <= on)

    def check(self) -> None:
        """The books are sound, and the bank's books say the same as ours."""
        check_sound(self.world)
        check_audit(self.world)
        ((ours,),) = self.world.rows(
            "SELECT coalesce(sum(p.amount_minor), 0)::bigint FROM payments AS p JOIN attempts AS a "
            "ON a.seller_id = p.seller_id AND a.key = p.key WHERE p.seller_id = %(seller)s AND p.state = 'settled'"
        )
        assert ours == self.bank.taken_minor()


def test_three_months_by_card_and_by_debit() -> None:
    months = Months("franchise_us", Bank(seed=1, unplanned=False))
    for name, means in (("Card", "card"), ("Debit", "ach"), ("Poor", "ach"), ("Lost", "card"), ("Silent", "card")):
        months.customer(name, means=means)
    months.customer("Late", means="ach")
    months.bank.plan("pm_poor_ach", Fate(), Fate(code="R01"), Fate())
    months.bank.plan("pm_lost_card", Fate(), Fate(code="41"))
    months.bank.plan("pm_silent_card", Fate(), Fate(silent="after"), Fate(silent="before"))
    months.bank.plan("pm_late_ach", Fate(code="R10", returned_days=40))
    months.pass_days(JANUARY, LAST)

    firsts = [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
    for name in ("Card", "Debit", "Silent"):
        assert [(state, day) for state, day, _ in months.attempts(name)] == [("settled", day) for day in firsts], name
        assert months.owed(name) == 0
    assert months.attempts("Poor") == [
        ("settled", firsts[0], ""),
        ("declined", firsts[1], "R01"),
        ("settled", firsts[1] + timedelta(days=5), ""),
        ("settled", firsts[2], ""),
    ]
    # A card that was lost is never charged again: what followed is to be paid by hand.
    assert months.attempts("Lost") == [("settled", firsts[0], ""), ("declined", firsts[1], "41")]
    assert months.owed("Lost") > 0
    # January went back in February, after the debit of that month was under way, and ended the consent.
    assert months.attempts("Late")[0] == ("returned", firsts[0], "R10")
    assert len(months.attempts("Late")) == 2
    months.check()

    before = fingerprints(months.world)
    months.pass_days(LAST, LAST)
    assert fingerprints(months.world) == before

    april = date(2026, 4, 1)
    months.method("Lost", "card", on=april, token="pm_lost_another")
    months.pass_days(april, april)
    assert months.owed("Lost", on=april) == 0
    months.check()


def test_an_invented_bank_tells_the_same_story_again() -> None:
    def story() -> tuple[Counter[str], list[tuple[str, date, str]]]:
        months = Months("franchise_us", Bank(seed=42))
        for number in range(24):
            months.customer(f"N{number}", means=("card", "ach")[number % 2])
        months.pass_days(JANUARY, date(2026, 3, 10))
        months.check()
        tried = [one for number in range(24) for one in months.attempts(f"N{number}")]
        return months.told, tried

    first, second = story(), story()
    assert first == second
    told, tried = first
    assert told["declined"] > 0
    assert told["settled"] > 48
    assert len(tried) == told["planned"]


def test_gaining_and_losing_a_method_moves_the_next_due_date() -> None:
    """Partners without a method pay 15 days later; the mode follows from what is on file and is typed nowhere."""
    from abono.domain.payments.methods import mode_of, revoke_method

    months = Months("partners_us", Bank(seed=1, unplanned=False))
    months.customer("Hand", start=date(2026, 1, 10))
    months.pass_days(date(2026, 1, 10), date(2026, 1, 20))
    customer = months.customers["Hand"]
    months.world.pay(customer, months.owed("Hand"), date(2026, 1, 20))
    months.pass_days(date(2026, 1, 21), date(2026, 2, 12))
    assert months.world.documents(customer)[-1]["due_on"] == date(2026, 2, 25)
    months.method("Hand", "ach", on=date(2026, 2, 13))
    asked = {"seller_id": months.world.seller_id, "customer_id": customer}
    assert mode_of(**asked, on=date(2026, 2, 13)) == "autopay"
    months.pass_days(date(2026, 2, 13), date(2026, 3, 14))
    assert months.owed("Hand") == 0
    assert [row["due_on"] for row in months.world.documents(customer) if row["kind"] == "invoice"][-1] == date(
        2026, 3, 10
    )
    ((method_id,),) = months.world.rows("SELECT id FROM methods WHERE seller_id = %(seller)s")
    day = date(2026, 3, 15)
    revoke_method(
        seller_id=months.world.seller_id, method_id=method_id, cause="asked by the customer", on=day, at=at(day)
    )
    months.pass_days(day, date(2026, 4, 10))
    assert months.world.documents(customer)[-1]["due_on"] == date(2026, 4, 25)
    months.check()
