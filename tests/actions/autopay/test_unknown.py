"""When no answer comes: nothing is taken to have failed, nothing is charged twice, and in the end somebody knows."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from tests.actions.autopay.stage import DUE, Stage, make_stage
from tests.world import at

pytestmark = pytest.mark.usefixtures("database")


def fate(**more: Any) -> Any:
    from abono.simulation.bank import Fate

    return Fate(**more)


def silent(when: str, *, means: str = "card", policy: str = "booking_hu") -> Stage:
    """One payer whose charge gets no answer, made already."""
    stage = make_stage(policy)
    stage.payer(means=means)
    stage.bank.plan(f"{stage.token}_0x", fate(silent=when))
    stage.open()
    assert stage.charge().made.unknown == 1, "the fault did not strike"
    return stage


def poll(stage: Stage, minutes: int) -> Any:
    """Ask the bank so many minutes after noon of the due date."""
    from abono.runs.charging.asking import poll_unknown

    when = at(DUE) + timedelta(minutes=minutes)
    stage.bank.open(on=when.date())
    return poll_unknown(seller_id=stage.world.seller_id, gateways=stage.bank.gateways(), on=when.date(), at=when)


@pytest.mark.parametrize(("when", "taken"), [("before", 0), ("after", 1)])
def test_a_lost_answer_is_unknown_and_found_out_within_minutes(when: str, taken: int) -> None:
    stage = silent(when)
    owed = stage.open_minor()
    assert len(stage.bank.entries) == taken
    assert stage.payments() == [("unknown", owed)]
    assert stage.attempts("state") == ["unknown"]
    assert poll(stage, 0).settled == 0
    assert poll(stage, 1).settled == 1
    assert stage.open_minor() == 0
    assert len(stage.bank.entries) == 1
    assert len({*stage.bank.calls}) == 1, "a second key was used"
    stage.check()


def test_a_debit_whose_answer_was_lost_goes_on_as_pending() -> None:
    stage = silent("after", means="ach", policy="franchise_us")
    assert poll(stage, 1).pending == 1
    assert [state for state, _ in stage.payments()] == ["pending"]
    assert stage.charge(DUE + timedelta(days=3)).made.settled == 1
    stage.check()


def test_a_declined_charge_whose_answer_was_lost_fails_then() -> None:
    stage = make_stage()
    stage.payer()
    stage.bank.plan(f"{stage.token}_0x", fate(silent="after", code="51"))
    stage.open()
    assert stage.charge().made.unknown == 1
    assert poll(stage, 1).declined == 1
    assert [state for state, _ in stage.payments()] == ["failed"]
    assert stage.attempts("retry_on") == [DUE + timedelta(days=1)]


def test_the_bank_is_asked_as_often_as_the_table_says_and_then_a_person_looks() -> None:
    stage = silent("after")
    stage.bank.reachable = False
    asked = []
    for minutes in range(600):
        before = stage.attempts("asked")
        poll(stage, minutes)
        if stage.attempts("asked") != before:
            asked.append(minutes)
    assert asked == [1, 6, 21, 81, 441]
    for day in range(1, 9):
        poll(stage, 441 + day * 24 * 60)
    assert stage.attempts("state", "asked", "ask_at") == [("unknown", 12, None)]
    stage.bank.reachable = True
    assert poll(stage, 30 * 24 * 60).settled == 0, "nobody asks any more"
    assert stage.charge(DUE + timedelta(days=31)).planned == 0, "it is still not known to have failed"

    from abono.domain.payments.actions import settle_payment
    from abono.domain.payments.attempts import close_attempt
    from abono.domain.payments.queries import payment_with_key

    late = DUE + timedelta(days=31)
    now = {"seller_id": stage.world.seller_id, "on": late, "at": at(late)}
    ((key, attempt_id),) = stage.attempts("key", "id")
    payment = payment_with_key(seller_id=stage.world.seller_id, key=key)
    assert payment is not None
    settle_payment(**now, payment_id=payment.id, cause="on the statement")
    close_attempt(**now, attempt_id=attempt_id, cause="found on the statement")
    close_attempt(**now, attempt_id=attempt_id, cause="found on the statement")
    assert stage.open_minor() == 0
    stage.check()


def test_what_never_arrived_and_is_paid_by_hand_meanwhile_is_dropped_in_the_end() -> None:
    stage = silent("before")
    stage.world.pay(stage.payers[0], stage.open_minor(), DUE)
    for minutes in (1, 6, 21, 81, 441):
        assert poll(stage, minutes).unknown == 1
    assert poll(stage, 441 + 24 * 60).dropped == 1
    assert stage.bank.entries == {}
    assert [state for state, _ in stage.payments()] == ["failed"]
    stage.check()


def test_money_that_was_taken_beside_one_paid_by_hand_stays_the_customers() -> None:
    stage = silent("after")
    owed = stage.open_minor()
    stage.world.pay(stage.payers[0], owed, DUE)
    assert poll(stage, 1).settled == 1
    assert stage.world.rows("SELECT sum(free_minor)::int FROM payments WHERE seller_id = %(seller)s") == [(owed,)]
    stage.check()


def test_a_gateway_that_never_answers_is_left_alone_after_three() -> None:
    stage = make_stage()
    for _ in range(6):
        stage.payer()
    stage.open()
    stage.bank.reachable = False
    made = stage.charge().made
    assert (made.unknown, made.left) == (3, 3)
    stage.bank.reachable = True
    assert stage.charge(minutes=1).made.settled == 6
    assert stage.open_minor() == 0
    stage.check()


def test_a_fault_of_an_adapter_is_told_and_its_outcome_is_unknown() -> None:
    stage = make_stage()
    stage.payer()
    stage.payer()
    stage.open()
    charge, calls = stage.bank.charge, []

    def faulty(**asked: Any) -> Any:
        calls.append(charge(**asked))
        if len(calls) == 1:
            raise KeyError("an answer without its amount")
        return calls[-1]

    stage.bank.charge = faulty
    with pytest.raises(KeyError):
        stage.charge()
    assert stage.attempts("state") == ["unknown", "planned"]
    stage.charge(minutes=1)
    assert stage.attempts("state") == ["settled", "settled"]
    assert len(stage.bank.entries) == 2
    stage.check()


def test_a_gateway_is_never_called_in_a_transaction() -> None:
    from abono.base.store import sql

    stage = make_stage()
    stage.payer()
    stage.open()
    with pytest.raises(AssertionError, match="in a transaction"), sql.in_transaction():
        stage.charge()
    assert stage.bank.calls == []


def test_twenty_makers_at_once_charge_once() -> None:
    from django.db import connections

    stage = make_stage()
    for _ in range(5):
        stage.payer()
    stage.open()
    stage.bank.open(on=DUE)
    together, slow = threading.Barrier(20), threading.Event()
    charge = stage.bank.charge
    within: list[int] = []

    def waiting(**asked: Any) -> Any:
        within.append(threading.active_count())
        slow.wait(0.2)
        return charge(**asked)

    stage.bank.charge = waiting
    faults: list[BaseException] = []

    def work() -> None:
        try:
            connections["default"].ensure_connection()
            together.wait()
            stage.charge()
        except BaseException as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(20)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert not faults
    assert max(within) > 3, "the others had ended before the charges began"
    assert len(stage.bank.calls) == 5
    assert stage.attempts("state") == ["settled"] * 5
    assert stage.open_minor() == 0
    stage.check()


def test_a_debt_has_one_open_attempt() -> None:
    from psycopg.errors import UniqueViolation

    from abono.base.store import sql
    from abono.domain.payments.attempts import NewAttempt, write_attempts
    from abono.runs.charging.planning import plan_attempts

    stage = make_stage()
    stage.payer()
    stage.open()
    now = {"seller_id": stage.world.seller_id, "on": DUE}
    plan_attempts(**now, gateways=stage.bank.open(on=DUE).gateways(), at=at(DUE))
    ((document, method),) = stage.attempts("document_id", "method_id")
    again = NewAttempt(str(stage.payers[0]), str(document), str(document), str(method), "card", "HUF", 9, 9, 2)
    assert write_attempts(**now, attempts=[again]) == 0
    with pytest.raises(UniqueViolation, match="attempts_one_open"):
        sql.change(
            "INSERT INTO attempts SELECT (jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid(), "
            "'key', 'another'))).* FROM attempts AS a WHERE a.seller_id = %(seller)s",
            {"seller": stage.world.seller_id},
        )
