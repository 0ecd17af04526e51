"""Any order of payments, returns, objections, corrections and days: what is stopped is what the contract says, no more.

An oracle in `holds_oracle.py` says which services must be active, suspended or terminated after every deed.
`make crash ROUNDS=20` tries that many times more.
"""

import os
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from abono.base.kernel.days import plus_days
from abono.base.kernel.refusal import Refused
from abono.reports.audit.checks import checks_in, run_check
from tests.actions.collecting.days import moment
from tests.books import check_audit, check_sound
from tests.properties.holds_oracle import Oracle, Paper
from tests.world import World, at, make_world

pytestmark = pytest.mark.usefixtures("database")

# The calendar of `holds_oracle`, in the words of a policy.
CALENDAR = {
    "issue_days = -15": "issue_days = -3",
    '{ day = -15, do = "issue"': '{ day = -3, do = "issue"',
    '  { day = -10, do = "remind", text = "first-reminder", by = ["email", "whatsapp"] },\n': "",
    '  { day = -5, do = "remind", text = "second-reminder", by = ["email", "whatsapp"] },\n': "",
    '{ day = 2, do = "suspend"': '{ day = 1, do = "suspend"',
    "{ business_day = 5, do": "{ day = 3, do",
    "{ day = 25, do": "{ day = 6, do",
}
CHECKED = ("services.", "holds.", "steps.", "rounds.", "objections.", "arrangements.", "recoveries.", "documents.open")
FIRST = date(2026, 1, 2)
ROUNDS = int(os.environ.get("ABONO_CRASH_ROUNDS", "1"))


class Services(RuleBasedStateMachine):
    """One debtor with three services on two documents or more, and a client that it pays for."""

    @initialize()
    def begin(self) -> None:
        from abono.domain.customers.actions import begin_sponsorship

        self.world = world = make_world("hosting_ar", change=CALENDAR)
        plan = world.plan(price="1000")
        self.debtor, self.client = world.customer("Debtor"), world.customer("Client")
        begin_sponsorship(**self._now(FIRST), customer_id=self.client, payer_id=self.debtor, from_on=date(2026, 1, 1))
        owners: dict[UUID, UUID] = {}
        for owner, start in ((self.debtor, 5), (self.debtor, 6), (self.debtor, 5), (self.client, 6)):
            service = world.subscribe(owner, plan, start=date(2026, 1, start), on=date(2026, 1, 1), continues=True)
            owners[service] = owner
        self.oracle = Oracle(owners, {self.client: self.debtor})
        self.on = FIRST
        self._morning()
        self._days(2)

    # --- deeds

    @rule(count=st.integers(1, 3))
    def days(self, count: int) -> None:
        self._days(count)

    @rule(which=st.integers(0, 9), share=st.sampled_from([1, 1, 2, 3]))
    def pay(self, which: int, share: int) -> None:
        if one := self._pick(which):
            amount = max(one["open_minor"] // share, 1)
            self.world.pay(one["customer_id"], amount, self.on, document_ids=[one["id"]])

    @rule(part=st.integers(1, 4))
    def pay_into_account(self, part: int) -> None:
        self.world.pay(self.debtor, 600_00 * part, self.on)

    @rule(which=st.integers(0, 9))
    def take_back(self, which: int) -> None:
        from abono.domain.payments.actions import return_payment

        paid = self.world.rows(
            "SELECT id FROM payments WHERE seller_id = %(seller)s AND state = 'settled' ORDER BY on_date, id"
        )
        if paid:
            before = {one["id"] for one in self._owed()}
            known = set(self.oracle.papers)
            self._try(return_payment, payment_id=paid[which % len(paid)][0], cause="the bank")
            self._look()
            for one in self._owed():
                if one["id"] not in before and (one["id"] in known or one["kind"] == "invoice"):
                    self.oracle.returned(one["id"], self.on)

    @rule(which=st.integers(0, 9))
    def object(self, which: int) -> None:
        from abono.domain.collections.actions import raise_objection

        one = self._pick(which)
        if one and self._try(raise_objection, document_id=one["id"], words="Not mine"):
            self.oracle.papers[one["id"]].objected = True

    @rule(which=st.integers(0, 9), state=st.sampled_from(["rejected", "withdrawn", "upheld"]))
    def decide(self, which: int, state: str) -> None:
        from abono.domain.collections.actions import close_objection
        from abono.runs.collecting.objections import uphold_objection

        open_ones = [key for key, paper in self.oracle.papers.items() if paper.objected]
        if not open_ones:
            return
        document = open_ones[which % len(open_ones)]
        if state == "upheld":
            done = self._try(uphold_objection, document_id=document, words="Right")
        else:
            done = self._try(close_objection, document_id=document, state=state, words="No")
        if done:
            self.oracle.papers[document].objected = False
            self.oracle.papers[document].decided = self.on

    @rule(which=st.integers(0, 9), more=st.integers(1, 3))
    def put_off(self, which: int, more: int) -> None:
        from abono.domain.collections.actions import arrange_later_date

        if one := self._pick(which):
            until = plus_days(max(self.on, one["due_on"]), more)
            if self._try(arrange_later_date, document_id=one["id"], until=until, by="staff", reason="asked"):
                paper = self.oracle.papers[one["id"]]
                paper.put_off = max(until, paper.put_off or until)

    @rule(which=st.integers(0, 9))
    def take_document_back(self, which: int) -> None:
        from abono.domain.payments.actions import write_off
        from abono.runs.corrections import credit_by_hand, void_by_hand

        if one := self._pick(which):
            deeds: list[Callable[..., Any]] = (
                [void_by_hand] if one["kind"] == "request" else [write_off, credit_by_hand]
            )
            self._try(deeds[which % len(deeds)], document_id=one["id"], reason="by hand")

    @rule()
    def leave(self) -> None:
        from abono.runs.partnership import leave_partner

        if self._try(leave_partner, customer_id=self.client, to_on=self.on):
            self.oracle.left(self.client)

    # --- what must hold

    @invariant()
    def what_is_stopped_is_what_is_owed(self) -> None:
        if not hasattr(self, "oracle"):
            return
        self._look()
        found = dict(self.world.rows("SELECT id, state FROM subscriptions WHERE seller_id = %(seller)s"))
        expected = {service: self.oracle.state(service) for service in self.oracle.owner}
        assert found == expected, f"on {self.on}"
        self._audited()

    def teardown(self) -> None:
        if hasattr(self, "oracle"):
            check_sound(self.world)
            check_audit(self.world)

    # --- how

    def _now(self, on: date) -> dict[str, Any]:
        return {"seller_id": self.world.seller_id, "on": on, "at": moment(on)}

    def _try(self, deed: Callable[..., Any], **what: Any) -> bool:
        try:
            deed(**self._now(self.on), **what)
        except Refused:
            return False
        return True

    def _days(self, count: int) -> None:
        for _ in range(count):
            self.on = plus_days(self.on, 1)
            self._morning()

    def _morning(self) -> None:
        """A run of the engine, and one of the oracle on what was owed before it and what it issued."""
        from abono.runs.daily import run_day
        from abono.runs.notifying.send import accept_due

        self._look()
        run_day(seller_id=self.world.seller_id, on=self.on, at=at(self.on, 10), catch_up=True, confirm=True)
        accept_due(seller_id=self.world.seller_id, on=self.on, at=at(self.on, 14))
        self._discover(self.on)
        self.oracle.owed |= {key for key, paper in self.oracle.papers.items() if paper.begun == self.on} & {
            one["id"] for one in self._owed()
        }
        order = sorted(self.oracle.papers, key=lambda key: (self.oracle.papers[key].due, key))
        self.oracle.morning(self.on, order=order)

    def _look(self) -> None:
        """What was issued since the morning is told on the next one."""
        self._discover(plus_days(self.on, 1))
        self.oracle.settle({one["id"] for one in self._owed()})

    def _discover(self, told_on: date) -> None:
        for one in self.world.documents():
            if one["kind"] not in ("request", "invoice") or one["id"] in self.oracle.papers:
                continue
            services = self.world.rows(
                "SELECT DISTINCT coalesce(l.subscription_id, g.subscription_id) FROM lines AS l LEFT JOIN charges AS g "
                "ON g.seller_id = l.seller_id AND g.id = l.charge_id WHERE l.seller_id = %(seller)s "
                "AND l.document_id = %(id)s AND coalesce(l.subscription_id, g.subscription_id) IS NOT NULL",
                id=one["id"],
            )
            paper = Paper(
                one["customer_id"], frozenset(row[0] for row in services), one["due_on"], one["due_on"],
                one["issued_on"], (one["issued_on"], told_on),
            )  # fmt: skip
            self.oracle.issued(one["id"], paper)

    def _owed(self) -> list[dict[str, Any]]:
        return [
            one
            for one in self.world.documents()
            if one["kind"] in ("request", "invoice") and one["state"] == "open" and one["open_minor"]
        ]

    def _pick(self, which: int) -> dict[str, Any] | None:
        owed = self._owed()
        return owed[which % len(owed)] if owed else None

    def _audited(self) -> None:
        from abono.base.store import sql

        with sql.in_transaction():
            connection = sql.raw_connection()
            for check in checks_in("sql"):
                if check.name.startswith(CHECKED):
                    finding = run_check(connection, check, seller_id=self.world.seller_id)
                    assert finding is None, f"{check.name} on {self.on}: {finding}"


def test_holds_agree_with_the_contract_whatever_happens() -> None:
    run_state_machine_as_test(
        Services,
        settings=settings(
            max_examples=10 * ROUNDS, stateful_step_count=16, deadline=None, suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        ),
    )  # fmt: skip


def test_the_world_is_told_apart(database: str) -> None:
    """Without a deed: the documents' own services stop, then all, then they end; the oracle agrees on each day."""
    machine = Services()
    machine.begin()
    seen = []
    for _ in range(10):
        machine.days(1)
        machine.what_is_stopped_is_what_is_owed()
        seen.append({machine.oracle.state(one) for one in machine.oracle.owner})
    assert {"active"} in seen
    assert {"suspended"} in seen
    assert seen[-1] == {"terminated"}
    machine.teardown()
    assert isinstance(machine.world, World)
