"""Nobody stops or restores a service without a true cause: forged ones by raw SQL, as every role, are refused."""

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from abono.base.store.roles import ENGINE, OWNER, PORTAL, STAFF
from tests.actions.collecting.days import acting, day, moment, run, state
from tests.books import check_audit, fingerprints
from tests.roles import acting_as, refusal
from tests.world import World, make_world

pytestmark = pytest.mark.usefixtures("database")

MOVE = (
    "INSERT INTO service_moves (seller_id, subscription_id, move_no, before, after, on_date, at, cause, document_id, "
    "round_no, step_no) "
)
STEP = (
    "INSERT INTO steps (seller_id, document_id, round_no, step_no, customer_id, action, scope, scheduled_on, on_date, "
    "at, outcome) "
)
HOLD = (
    "INSERT INTO holds (seller_id, subscription_id, document_id, round_no, scope, step_no, customer_id, opened_on, "
    "opened_at) "
)


class Stage:
    """A seller on 14 February with a service in every state, and another seller; `facts` names its rows for SQL."""

    def __init__(self) -> None:
        self.world = world = make_world("hosting_ar")
        world.plan(price="1000")
        self.names: dict[str, Any] = {"seller": world.seller_id, "today": day("02-14"), "fresh": uuid4()}
        self._people()
        run(world, "01-05", "01-10", "01-15", "01-19", "01-22", "01-26")
        self._documents()
        run(world, "01-27", "01-31")
        world.pay(self.names["paid"], 1210_00, day("02-01"), document_ids=[self.names["paid_doc"]])
        run(world, "02-05", "02-09")
        self._objections()
        run(world, "02-12")
        world.pay(self.names["freed"], 1210_00, day("02-13"), document_ids=[self.names["freed_doc"]])
        self._leave()
        run(world, "02-14")
        self._order()
        self._elsewhere()

    def _people(self) -> None:
        from abono.domain.customers.actions import begin_sponsorship

        world = self.world
        for name in ("held", "paid", "owing", "freed", "partner", "client", "ended"):
            start = day("01-20" if name == "ended" else "02-10")
            self.names[name] = customer = world.customer(name.capitalize())
            self.names[f"{name}_service"] = world.subscribe(
                customer, world.plans["basic"], start=start, on=day("01-02"), continues=True
            )
        begin_sponsorship(
            **acting(world, "01-02"), customer_id=self.names["client"], payer_id=self.names["partner"],
            from_on=day("01-02"),
        )  # fmt: skip

    def _documents(self) -> None:
        for name in ("held", "paid", "owing", "freed", "partner", "ended"):
            (document,) = self.world.documents(self.names[name])
            self.names[f"{name}_doc"] = document["id"]

    def _objections(self) -> None:
        from abono.domain.collections.actions import raise_objection

        for name in ("owing", "partner"):
            raise_objection(**acting(self.world, "02-09"), document_id=self.names[f"{name}_doc"], words="Too much")

    def _leave(self) -> None:
        from abono.domain.customers.actions import end_sponsorship

        end_sponsorship(**acting(self.world, "02-13"), customer_id=self.names["client"], to_on=day("02-13"))

    def _order(self) -> None:
        from abono.domain.subscriptions.periods import Cycle
        from abono.runs.at_once import order_service

        self.names["new"] = customer = self.world.customer("New")
        order_service(
            **acting(self.world, "02-14"), customer_id=customer, plan_id=self.world.plans["basic"],
            cycle=Cycle("month", 1), currency="ARS", start=day("02-14"),
        )  # fmt: skip
        ((self.names["new_service"],),) = self.world.rows(
            "SELECT id FROM subscriptions WHERE customer_id = %(customer)s", customer=customer
        )
        (self.names["new_doc"],) = [one["id"] for one in self.world.documents(customer)]

    def _elsewhere(self) -> None:
        other = make_world("hosting_ar")
        other.plan(price="1000")
        customer = other.customer("Other")
        self.names["other_seller"] = other.seller_id
        self.names["other_service"] = other.subscribe(customer, other.plans["basic"], on=day("01-02"), continues=True)


def move(service: str, before: str, after: str, cause: str, document: str = "", step: int | None = None) -> list[str]:
    """The next move of a service and its state with it, with a cause."""
    named = f"%({document})s" if document else "NULL"
    where = f"0, {step}" if step is not None else "NULL, NULL"
    return [
        f"{MOVE} SELECT seller_id, id, coalesce(move_no, 0) + 1, '{before}', '{after}', %(today)s, now(), '{cause}', "
        f"{named}, {where} FROM subscriptions WHERE seller_id = %(seller)s AND id = %({service})s",
        f"UPDATE subscriptions SET state = '{after}', move_no = coalesce(move_no, 0) + 1 WHERE seller_id = %(seller)s "
        f"AND id = %({service})s",
    ]


def step(
    document: str, customer: str, *, number: int = 4, action: str = "suspend", scope: str = "document",
    scheduled: str = "%(today)s", on: str = "%(today)s",
) -> str:  # fmt: skip
    """A harmful step of a document; 4 is its suspension, 6 its end in this seller's calendar."""
    return (
        f"{STEP} VALUES (%(seller)s, %({document})s, 0, {number}, %({customer})s, '{action}', '{scope}', {scheduled}, "
        f"{on}, now(), 'done')"
    )


def hold(
    service: str, document: str, customer: str, *, number: int = 4, scope: str = "document", opened: str = "%(today)s",
    seller: str = "seller",
) -> str:  # fmt: skip
    return (
        f"{HOLD} VALUES (%({seller})s, %({service})s, %({document})s, 0, '{scope}', {number}, %({customer})s, "
        f"{opened}, now())"
    )


def closing(how: str, document: str = "held_doc", *, on: str = "%(today)s") -> str:
    return (
        f"UPDATE holds SET closed_on = {on}, closed_at = now(), closed_by = '{how}' WHERE seller_id = %(seller)s "
        f"AND document_id = %({document})s AND closed_on IS NULL"
    )


SET = "UPDATE subscriptions SET {} WHERE seller_id = %(seller)s AND id = %({})s"
CLAIM = "UPDATE claims SET {} WHERE seller_id = %(seller)s AND subscription_id = %({})s"
SUSPEND = [step("owing_doc", "owing"), hold("owing_service", "owing_doc", "owing")]

FORGED: dict[str, list[str]] = {
    # a state without a move, a move without a state
    "restored without a move": [SET.format("state = 'active'", "held_service")],
    "suspended without a move": [SET.format("state = 'suspended'", "paid_service")],
    "ended without a move": [SET.format("state = 'terminated', move_no = 9", "paid_service")],
    "restored by a move that is not there": [SET.format("state = 'active', move_no = move_no + 1", "held_service")],
    "restored by its move of long ago": [SET.format("state = 'active', move_no = 2", "freed_service")] * 2
    + [SET.format("state = 'suspended', move_no = 1", "freed_service")],
    "a move number without a state": [SET.format("move_no = coalesce(move_no, 0) + 1", "paid_service")],
    "a move number forgotten": [SET.format("move_no = NULL", "freed_service")],
    "a service that begins suspended": [
        "INSERT INTO subscriptions SELECT (jsonb_populate_record(NULL::subscriptions, to_jsonb(s) || "
        "jsonb_build_object('id', %(fresh)s::uuid, 'reference', NULL))).* FROM subscriptions AS s "
        "WHERE seller_id = %(seller)s AND id = %(held_service)s"
    ],
    "a service that begins suspended without a number": [
        "INSERT INTO subscriptions SELECT (jsonb_populate_record(NULL::subscriptions, to_jsonb(s) || "
        "jsonb_build_object('id', %(fresh)s::uuid, 'reference', NULL, 'move_no', NULL))).* FROM subscriptions AS s "
        "WHERE seller_id = %(seller)s AND id = %(held_service)s"
    ],
    # restored though it is held
    "released while held": move("held_service", "suspended", "active", "released", "held_doc"),
    "paid while held": move("held_service", "suspended", "active", "paid", "held_doc"),
    "free while held": move("held_service", "suspended", "active", "free"),
    "released, its hold closed as paid": [closing("paid"), *move("held_service", "suspended", "active", "released")],
    "released, its hold closed as voided": [
        closing("voided"),
        *move("held_service", "suspended", "active", "released"),
    ],
    "released, its hold closed as credited": [closing("credited")],
    "released, its hold closed as written off": [closing("written-off")],
    "released, its hold closed as left": [closing("left")],
    "released, its hold closed as left one day": [closing("left", on="'2099-01-01'")],
    "released, its hold closed as ended": [closing("ended")],
    "released, its hold deleted": [
        "DELETE FROM holds WHERE seller_id = %(seller)s AND document_id = %(held_doc)s",
        *move("held_service", "suspended", "active", "released"),
    ],
    "released, its hold turned to a paid document": [
        "UPDATE holds SET document_id = %(paid_doc)s WHERE seller_id = %(seller)s AND document_id = %(held_doc)s"
    ],
    "a closed hold opened again": [
        "UPDATE holds SET closed_on = NULL, closed_at = NULL, closed_by = NULL WHERE seller_id = %(seller)s "
        "AND document_id = %(freed_doc)s"
    ],
    "a closed hold closed for another reason": [
        "UPDATE holds SET closed_by = 'credited' WHERE seller_id = %(seller)s AND document_id = %(freed_doc)s"
    ],
    # suspended because of a paid document
    "a step of a paid document": [step("paid_doc", "paid")],
    "a hold by a paid document": [hold("paid_service", "paid_doc", "paid", number=1)],
    "suspended by a paid document": move("paid_service", "active", "suspended", "step", "paid_doc", 1),
    "suspended by a document that was paid": move("freed_service", "active", "suspended", "step", "freed_doc", 4),
    "held again by a step of a document that was paid": [
        hold("freed_service", "freed_doc", "freed", opened="'2026-02-12'", scope="document")
    ],
    "terminated by a paid document": [step("paid_doc", "paid", number=6, action="terminate")],
    "a step of a voided document": [step("ended_doc", "ended", number=5, scope="debtor")],
    # suspended by a step to come, or one that is not due
    "a step of a day to come": [step("owing_doc", "owing", on="'2026-02-15'")],
    "a step of a year to come": [step("owing_doc", "owing", scheduled="'2027-02-15'", on="'2027-02-15'")],
    "a step executed before its day": [step("owing_doc", "owing", scheduled="'2026-02-15'")],
    "a step on the due date": [step("owing_doc", "owing", scheduled="'2026-02-10'", on="'2026-02-10'")],
    "a step from before the issue": [step("owing_doc", "owing", scheduled="'2026-01-20'")],
    "a step of a document that is not due": [step("new_doc", "new")],
    "a missed step that stops": [step("owing_doc", "owing").replace("'done'", "'missed'")],
    "a step executed twice": [step("held_doc", "held")],
    "a step of an unknown scope": [step("owing_doc", "owing", scope="world")],
    "suspended by nothing": move("owing_service", "active", "suspended", "step", "owing_doc", 4),
    "suspended by a reminder": [
        hold("owing_service", "owing_doc", "owing", number=1),
        *move("owing_service", "active", "suspended", "step", "owing_doc", 1),
    ],
    "suspended without a hold": [
        step("owing_doc", "owing"),
        *move("owing_service", "active", "suspended", "step", "owing_doc", 4),
    ],
    "a hold without a step": [hold("owing_service", "owing_doc", "owing")],
    "a hold of another day than its step": [
        step("owing_doc", "owing"),
        hold("owing_service", "owing_doc", "owing", opened="'2026-02-13'"),
    ],
    "a hold of another scope than its step": [
        step("owing_doc", "owing"),
        hold("owing_service", "owing_doc", "owing", scope="debtor"),
    ],
    "a hold that is closed already": [
        step("owing_doc", "owing"),
        HOLD.replace("opened_at)", "opened_at, closed_on, closed_at, closed_by)")
        + "VALUES (%(seller)s, %(owing_service)s, %(owing_doc)s, 0, 'document', 4, %(owing)s, %(today)s, now(), "
        "%(today)s, now(), 'paid')",
    ],
    # another payer's, another seller's
    "held by another payer's document": [hold("paid_service", "held_doc", "held", opened="'2026-02-12'")],
    "suspended by another payer's document": move("paid_service", "active", "suspended", "step", "held_doc", 4),
    "a step for another customer": [step("owing_doc", "paid")],
    "a hold in another customer's name": [SUSPEND[0], hold("owing_service", "owing_doc", "paid")],
    "all that another pays for": [
        step("owing_doc", "owing", number=5, scope="debtor"),
        hold("paid_service", "owing_doc", "owing", number=5, scope="debtor"),
    ],
    "a client that left its partner": [
        step("partner_doc", "partner"),
        hold("client_service", "partner_doc", "partner"),
    ],
    "a client that left, with all its partner pays for": [
        step("partner_doc", "partner", number=5, scope="debtor"),
        hold("client_service", "partner_doc", "partner", number=5, scope="debtor"),
    ],
    "a client that left, terminated": [
        step("partner_doc", "partner", number=6, action="terminate"),
        *move("client_service", "active", "terminated", "step", "partner_doc", 6),
    ],
    "another seller's service": [SUSPEND[0], hold("other_service", "owing_doc", "owing")],
    "another seller's service in its name": [
        SUSPEND[0],
        hold("other_service", "owing_doc", "owing", seller="other_seller"),
    ],
    # ended, begun and recovered
    "terminated by a suspension": move("held_service", "suspended", "terminated", "step", "held_doc", 4),
    "terminated by another payer's document": [
        step("owing_doc", "owing", number=6, action="terminate"),
        *move("held_service", "suspended", "terminated", "step", "owing_doc", 6),
    ],
    "cancelled without an end": move("paid_service", "active", "cancelled", "ended"),
    "begun before it was paid": move("new_service", "ordered", "active", "paid", "new_doc"),
    "begun by another's payment": move("new_service", "ordered", "active", "paid", "paid_doc"),
    "begun for nothing": move("new_service", "ordered", "active", "free"),
    "recovered for nothing": move("ended_service", "terminated", "active", "free"),
    "recovered by another's payment": move("ended_service", "terminated", "active", "paid", "paid_doc"),
    "recovered as if released": move("ended_service", "terminated", "active", "released"),
    # moves out of turn
    "a move number used again": [
        f"{MOVE} SELECT seller_id, id, move_no, 'suspended', 'active', %(today)s, now(), 'released', NULL, NULL, NULL "
        "FROM subscriptions WHERE seller_id = %(seller)s AND id = %(freed_service)s"
    ],
    "a move number left out": [
        *SUSPEND,
        f"{MOVE} VALUES (%(seller)s, %(owing_service)s, 2, 'active', 'suspended', %(today)s, now(), 'step', "
        "%(owing_doc)s, 0, 4)",
    ],
    "a move from a state it is not in": move("freed_service", "suspended", "active", "released"),
    "two moves at once": [
        *SUSPEND,
        f"{MOVE} VALUES (%(seller)s, %(owing_service)s, 1, 'active', 'suspended', %(today)s, now(), 'step', "
        "%(owing_doc)s, 0, 4), (%(seller)s, %(owing_service)s, 2, 'suspended', 'active', %(today)s, now(), 'released', "
        "NULL, NULL, NULL)",
    ],
    "a move of an unknown cause": move("held_service", "suspended", "active", "mercy"),
    "a move that is not allowed": move("ended_service", "terminated", "cancelled", "ended"),
    "a move told differently": [
        "UPDATE service_moves SET cause = 'free' WHERE seller_id = %(seller)s AND subscription_id = %(held_service)s"
    ],
    "a move forgotten": [
        "DELETE FROM service_moves WHERE seller_id = %(seller)s AND subscription_id = %(held_service)s"
    ],
    "a step forgotten": ["DELETE FROM steps WHERE seller_id = %(seller)s AND document_id = %(held_doc)s"],
    "a step told differently": [
        "UPDATE steps SET outcome = 'missed' WHERE seller_id = %(seller)s AND document_id = %(held_doc)s"
    ],
    # periods
    "a period that is asked for made shorter": [CLAIM.format("period_to = period_to - 5", "held_service")],
    "a period that is asked for made longer": [CLAIM.format("period_to = period_to + 5", "held_service")],
    "a period nobody asks for made longer": [CLAIM.format("period_to = period_to + 5", "ended_service")],
    "a period turned around": [CLAIM.format("period_to = period_from", "ended_service")],
    "a period moved": [CLAIM.format("period_from = period_from - 1", "ended_service")],
}


@pytest.fixture(scope="module")
def stage(django_ready: None) -> Stage:
    found = Stage()
    states = {name: state(found.world, found.names[f"{name}_service"]) for name in ("held", "paid", "owing", "freed")}
    assert states == {"held": "suspended", "paid": "active", "owing": "active", "freed": "active"}
    assert state(found.world, found.names["ended_service"]) == "terminated"
    assert state(found.world, found.names["new_service"]) == "ordered"
    check_audit(found.world)
    return found


def tried(url: str, role: str, names: dict[str, Any], statements: list[str]) -> str | None:
    """The class of the error that the statements end in, committed if they pass; None then."""
    seller, customer = names["seller"], names["held"]
    try:
        with acting_as(url, role, seller=seller, customer=customer) as connection:
            for statement in statements:
                connection.execute(statement, names)  # type: ignore[call-overload]
            connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            connection.commit()
    except psycopg.Error as why:
        return type(why).__name__
    return None


@pytest.mark.parametrize("role", [ENGINE, OWNER, STAFF, PORTAL])
def test_forged_causes_are_refused(database: str, stage: Stage, role: str) -> None:
    before = fingerprints(stage.world)
    wrong = {}
    for what, statements in FORGED.items():
        found = tried(database, role, stage.names, statements)
        if role in (STAFF, PORTAL):
            expected: tuple[str, ...] = ("InsufficientPrivilege",)
        else:
            expected = (
                "IntegrityConstraintViolation", "ForeignKeyViolation", "CheckViolation", "UniqueViolation",
                "InsufficientPrivilege",
            )  # fmt: skip
        if found not in expected:
            wrong[what] = found
    assert not wrong
    assert fingerprints(stage.world) == before
    check_audit(stage.world)


TRUE: dict[str, list[str]] = {
    "suspended by its own overdue document": [
        *SUSPEND,
        *move("owing_service", "active", "suspended", "step", "owing_doc", 4),
    ],
    "all that the debtor pays for": [
        step("held_doc", "held", number=5, scope="debtor"),
        hold("held_service", "held_doc", "held", number=5, scope="debtor"),
    ],
    "terminated by its own overdue document": [
        step("held_doc", "held", number=6, action="terminate"),
        *move("held_service", "suspended", "terminated", "step", "held_doc", 6),
        closing("ended"),
    ],
    "cancelled at its end": [
        "UPDATE subscriptions SET ends_on = %(today)s WHERE seller_id = %(seller)s AND id = %(paid_service)s",
        *move("paid_service", "active", "cancelled", "ended"),
    ],
}


@pytest.mark.parametrize("what", TRUE)
@pytest.mark.parametrize("role", [ENGINE, OWNER])
def test_the_same_with_a_true_cause_passes(database: str, stage: Stage, role: str, what: str) -> None:
    """What is refused above is refused for its cause, not for how it is written."""
    with acting_as(database, role) as connection:
        for statement in TRUE[what]:
            connection.execute(statement, stage.names)  # type: ignore[call-overload]
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        connection.rollback()


def test_before_a_first_run_nothing_is_stopped(database: str) -> None:
    """A seller that never ran has no day on which a step could have been executed."""
    world = make_world("hosting_ar")
    customer = world.customer()
    world.subscribe(customer, world.plan(price="1000"), start=day("01-20"), continues=True)
    world.run(day("01-05"))
    ((document,),) = world.rows("SELECT id FROM documents WHERE seller_id = %(seller)s")
    names = {"seller": world.seller_id, "customer": customer, "doc": document, "today": day("06-01")}
    with acting_as(database, "postgres") as admin:
        admin.execute("DELETE FROM run_days WHERE seller_id = %s", [world.seller_id])
        admin.execute(f"SET ROLE {ENGINE}")  # type: ignore[call-overload]
        assert refusal(admin, step("doc", "customer"), names) == "IntegrityConstraintViolation"


def test_names_are_of_ids(stage: Stage) -> None:
    """The forger knows what it names."""
    assert all(isinstance(stage.names[name], UUID) for name in stage.names if name.endswith(("_doc", "_service")))
    assert moment(day("02-14")).date() == stage.names["today"]
    assert isinstance(stage.world, World)
