"""What the tests of charging share: a seller whose customers have methods, and a bank that does as it is told."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.world import JANUARY, World, at, make_world

ISSUE = date(2026, 1, 22)
DUE = date(2026, 2, 1)


@dataclass
class Stage:
    """A seller with a bank. The first month is paid by hand; the next is asked for and due on 1 February."""

    world: World
    bank: Any
    payers: list[UUID] = field(default_factory=list)
    methods: list[UUID] = field(default_factory=list)
    token: str = "pm_stage"

    def payer(self, *, means: str = "card", method: bool = True, price: str = "100", **more: Any) -> UUID:
        """A customer with one service, whose first document is paid; with a method unless said otherwise."""
        number = len(self.payers)
        customer = self.world.customer(f"Payer {number}", **more.pop("profile", {}))
        key = f"p{price}"
        self.world.subscribe(customer, self.world.plans.get(key) or self.world.plan(key, price))
        self.payers.append(customer)
        if method:
            self.methods.append(self.add_method(customer, token=f"{self.token}_{number}x", means=means, **more))
        return customer

    def add_method(self, customer: UUID, *, token: str, means: str = "card", **more: Any) -> UUID:
        from abono.domain.payments.methods import add_method

        on = more.pop("on", JANUARY)
        words = {"brand": "visa", "last4": "4242", "funding": "credit"} if means == "card" else {"verified": True}
        return add_method(
            seller_id=self.world.seller_id,
            customer_id=customer,
            token=token,
            means=means,
            on=on,
            at=at(on),
            **{**words, **more},
        )

    def open(self) -> "Stage":
        """Bill and pay January by hand, and issue February."""
        self.world.run(JANUARY)
        for row in self.world.documents():
            if row["kind"] in ("request", "invoice") and row["open_minor"]:
                self.world.pay(row["customer_id"], row["open_minor"], JANUARY)
        self.world.run(self.issue_day)
        return self

    @property
    def issue_day(self) -> date:
        """The day on which the documents due on 1 February are issued."""
        from abono.base.kernel.days import plus_days
        from abono.domain.sellers.queries import policy_in_force

        policy = policy_in_force(seller_id=self.world.seller_id, on=JANUARY).policy
        return plus_days(DUE, policy.documents.issue_days)

    def charge(self, on: date = DUE, *, minutes: int = 0) -> Any:
        """The day's charging at noon, or some minutes later."""
        from abono.runs.charging.run import run_charging

        when = at(on) + timedelta(minutes=minutes)
        return run_charging(seller_id=self.world.seller_id, gateways=self.bank.open(on=on).gateways(), on=on, at=when)

    def attempts(self, *names: str) -> list[Any]:
        """Columns of all attempts in the order they were made, bare where it is one."""
        found = self.world.rows(f"SELECT {', '.join(names)} FROM attempts WHERE seller_id = %(seller)s ORDER BY id")
        return [row[0] if len(names) == 1 else row for row in found]

    def payments(self) -> list[tuple[str, int]]:
        """State and amount of the payments that attempts made."""
        return self.world.rows(
            "SELECT p.state, p.amount_minor FROM payments AS p JOIN attempts AS a ON a.seller_id = p.seller_id "
            "AND a.key = p.key WHERE p.seller_id = %(seller)s ORDER BY a.id"
        )

    def method_states(self) -> list[str]:
        """The states of all methods in the order they were added."""
        found = self.world.rows("SELECT state FROM methods WHERE seller_id = %(seller)s ORDER BY id")
        return [state for (state,) in found]

    def open_minor(self) -> int:
        """What is asked for and not paid."""
        return sum(row["open_minor"] for row in self.world.documents())

    def check(self) -> None:
        """The books are sound, and they say what the bank says."""
        from tests.books import check_audit, check_sound

        check_sound(self.world)
        check_audit(self.world)
        settled = sum(amount for state, amount in self.payments() if state == "settled")
        assert settled == self.bank.taken_minor()


def make_stage(policy: str = "booking_hu", *, seed: int = 1, **more: Any) -> Stage:
    """A stage under a built-in policy, its bank refusing only what a test plans."""
    from abono.simulation.bank import Bank

    world = make_world(policy, **more)
    return Stage(world, Bank(seed=seed, unplanned=False), token=f"pm_{world.key}")


def moment(on: date, minutes: int) -> datetime:
    """Noon and some minutes."""
    return at(on) + timedelta(minutes=minutes)
