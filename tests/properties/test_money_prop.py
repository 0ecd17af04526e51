"""Any sequence of payments, returns, refunds, credits, changes and runs leaves the books sound after every step."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from abono.base.kernel.refusal import Refused
from tests.books import balance, check_audit, check_sound, fingerprints
from tests.properties.worlds import LEADS, few
from tests.world import JANUARY, World, at, make_world

pytestmark = pytest.mark.usefixtures("database")


@dataclass
class Till:
    """A customer with two services, and the day on which things happen."""

    world: World
    customer: UUID
    services: list[UUID]
    day: date = JANUARY
    number: int = 0

    def now(self) -> dict[str, Any]:
        return {"seller_id": self.world.seller_id, "on": self.day, "at": at(self.day)}

    def key(self) -> str:
        self.number += 1
        return f"deed-{self.number}"

    def one(self, statement: str, choice: int) -> UUID | None:
        """One of the rows that a statement gives, by a number; None if there are none."""
        found = self.world.rows(statement)
        return found[choice % len(found)][0] if found else None


def month(till: Till, choice: int, amount: int) -> None:
    till.day += timedelta(days=10 + choice)
    till.world.run(till.day, confirm=True)


def pay(till: Till, choice: int, amount: int) -> None:
    due = sum(balance(till.world, till.customer)[:2])
    means = "transfer" if till.world.policy_name == "hosting_cl" else "card"
    funding = {"funding": "credit", "brand": "visa"} if choice % 2 and means == "card" else {}
    wanted = due if choice % 3 == 0 and due else amount
    till.world.pay(till.customer, wanted, till.day, means=means, key=till.key(), **funding)


def pay_chosen(till: Till, choice: int, amount: int) -> None:
    document = till.one("SELECT id FROM documents WHERE seller_id = %(seller)s AND open_minor > 0 ORDER BY id", choice)
    if document:
        till.world.pay(till.customer, amount, till.day, key=till.key(), document_ids=[document])


def take_back(till: Till, choice: int, amount: int) -> None:
    from abono.domain.payments.actions import return_payment

    payment = till.one("SELECT id FROM payments WHERE seller_id = %(seller)s ORDER BY id", choice)
    if payment:
        return_payment(**till.now(), payment_id=payment, cause="the bank")


def refund(till: Till, choice: int, amount: int) -> None:
    from abono.domain.payments.actions import refund_payment

    payment = till.one("SELECT id FROM payments WHERE seller_id = %(seller)s AND free_minor > 0 ORDER BY id", choice)
    if payment:
        (free,) = till.world.rows("SELECT free_minor FROM payments WHERE id = %(one)s", one=payment)[0]
        wanted = free if choice % 2 else min(free, amount)
        refund_payment(**till.now(), payment_id=payment, amount_minor=wanted, key=till.key(), cause="asked for")


def credit(till: Till, choice: int, amount: int) -> None:
    from abono.domain.invoicing.batch import NewLine
    from abono.domain.payments.credit import credit_invoice

    invoice = till.one(
        "SELECT id FROM documents WHERE seller_id = %(seller)s AND kind = 'invoice' ORDER BY issued_on, id", choice
    )
    if invoice:
        (code,) = till.world.rows("SELECT tax_code FROM lines WHERE document_id = %(one)s LIMIT 1", one=invoice)[0]
        part = [NewLine("", "", "Less", "", "", 1, "", "", amount, code)]
        credit_invoice(**till.now(), document_id=invoice, reason="less", lines=part if choice % 3 else None)


def write_off(till: Till, choice: int, amount: int) -> None:
    from abono.domain.payments.actions import write_off as give_up

    document = till.one("SELECT id FROM documents WHERE seller_id = %(seller)s AND open_minor > 0 ORDER BY id", choice)
    if document:
        give_up(**till.now(), document_id=document, reason="lost")


def reissue(till: Till, choice: int, amount: int) -> None:
    from abono.domain.invoicing.actions import reissue_request, void_request

    document = till.one(
        "SELECT id FROM documents WHERE seller_id = %(seller)s AND kind = 'request' ORDER BY issued_on, id", choice
    )
    if document:
        (void_request if choice % 4 == 0 else reissue_request)(**till.now(), document_id=document, reason="wrong")


def change(till: Till, choice: int, amount: int) -> None:
    from abono.runs.changes import change_now

    change_now(**till.now(), subscription_id=till.services[choice % 2], quantity=1 + amount % 5)


def cancel(till: Till, choice: int, amount: int) -> None:
    from abono.runs.changes import cancel_service

    cancel_service(**till.now(), subscription_id=till.services[choice % 2], at_once=choice % 3 == 0)


def charge(till: Till, choice: int, amount: int) -> None:
    from abono.runs.at_once import add_one_off

    add_one_off(
        **till.now(),
        customer_id=till.customer,
        words="Training",
        net_minor=amount,
        currency=till.world.currency,
        key=till.key(),
        at_once=bool(choice % 2),
    )


Deed = Callable[[Till, int, int], None]
DEEDS: list[Deed] = [
    *[month, pay] * 3,
    pay_chosen,
    take_back,
    refund,
    credit,
    write_off,
    reissue,
    change,
    cancel,
    charge,
]
some_deeds = st.lists(
    st.tuples(st.integers(0, len(DEEDS) - 1), st.integers(0, 11), st.integers(1, 30_000)), min_size=20, max_size=30
)


@pytest.mark.parametrize("policy", LEADS)
@few(3)
@given(deeds=some_deeds)
def test_the_books_stand_after_every_step(deeds: list[tuple[int, int, int]], policy: str) -> None:
    world = make_world(policy)
    more = {"region": "TX"} if world.country == "US" else {}
    ana = world.customer(**more)
    plan = world.plan(price="73.37", model="per_unit")
    till = Till(world, ana, [world.subscribe(ana, plan, quantity=number) for number in (1, 3)])
    world.run(JANUARY)
    for which, choice, amount in deeds:
        deed = DEEDS[which]
        note(f"{deed.__name__}({choice}, {amount}) on {till.day}")
        before = fingerprints(world)
        try:
            deed(till, choice, amount)
        except Refused as why:
            note(f"refused: {why.code}")
            assert fingerprints(world) == before, "a refusal writes nothing"
        check_sound(world)
        assert min(balance(world, ana)) >= 0
    check_audit(world)
