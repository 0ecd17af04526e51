"""Charging saved methods on the due date: once, of whoever has one, whatever the gateway answers."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.actions.autopay.stage import DUE, Stage, make_stage
from tests.world import JANUARY, at

pytestmark = pytest.mark.usefixtures("database")


def day(number: int) -> date:
    """The due date and some days."""
    return DUE + timedelta(days=number)


def fate(**more: Any) -> Any:
    from abono.simulation.bank import Fate

    return Fate(**more)


def one_payer(policy: str = "booking_hu", *fates: Any, means: str = "card", **more: Any) -> Stage:
    """One payer whose February is asked for, and what its charges meet."""
    stage = make_stage(policy)
    stage.payer(means=means, **more)
    stage.bank.plan(f"{stage.token}_0x", *fates)
    return stage.open()


def test_a_card_is_charged_on_the_due_date_and_once() -> None:
    stage = make_stage()
    stage.payer()
    stage.payer(method=False)
    stage.open()
    owed = stage.open_minor()
    assert stage.charge(day(-1)).planned == 0
    done = stage.charge()
    assert (done.planned, done.made.settled) == (1, 1)
    assert stage.open_minor() == owed // 2
    assert stage.attempts("state", "try_no", "sent_on") == [("settled", 1, DUE)]
    for later in (DUE, day(1), day(30)):
        assert stage.charge(later).made == type(done.made)()
    assert len(stage.bank.calls) == 1
    stage.check()


def test_a_debit_is_pending_and_then_settled() -> None:
    stage = one_payer("franchise_us", means="ach")
    stage.charge()
    assert stage.payments() == [("pending", stage.open_minor())]
    assert stage.world.rows(
        "SELECT p.chosen_ids = jsonb_build_array(a.document_id::text) FROM payments AS p JOIN attempts AS a "
        "ON a.seller_id = p.seller_id AND a.key = p.key WHERE p.seller_id = %(seller)s"
    ) == [(True,)]
    for number in (1, 2):
        assert stage.charge(day(number)).made.settled == 0
        assert stage.attempts("state") == ["pending"]
    assert stage.charge(day(3)).made.settled == 1
    assert stage.open_minor() == 0
    stage.check()


def test_soft_declines_are_tried_again_as_the_table_says_and_then_no_more() -> None:
    stage = one_payer("booking_hu", *[fate(code="51") for _ in range(9)])
    for number in range(30):
        stage.charge(day(number))
    assert stage.attempts("sent_on") == [DUE, day(1), day(3), day(5), day(7)]
    assert set(stage.attempts("state")) == {"declined"}
    assert stage.attempts("retry_on") == [day(1), day(3), day(5), day(7), None]
    assert stage.method_states() == ["usable"]
    stage.check()


def test_days_without_a_run_crowd_no_retries_together() -> None:
    stage = one_payer("booking_hu", *[fate(code="51") for _ in range(9)])
    for number in (0, 10, 11, 12, 13, 14, 15):
        stage.charge(day(number))
    assert stage.attempts("sent_on") == [DUE, day(10), day(11), day(12), day(13)]


def test_a_hard_decline_ends_the_method_and_the_customer_pays_by_hand_until_another_is_added() -> None:
    from abono.domain.payments.methods import mode_of

    stage = one_payer("booking_hu", fate(code="41"))
    asked = {"seller_id": stage.world.seller_id, "customer_id": stage.payers[0]}
    assert mode_of(**asked, on=DUE) == "autopay"
    stage.charge()
    assert stage.method_states() == ["declined"]
    assert mode_of(**asked, on=DUE) == "by-hand"
    for number in range(1, 20):
        assert stage.charge(day(number)).planned == 0
    assert stage.world.rows("SELECT cause FROM facts WHERE seller_id = %(seller)s AND kind = 'AutopayDeclined'") == [
        ("visa 4242, code 41",)
    ]
    stage.add_method(stage.payers[0], token=f"{stage.token}_new", on=day(20))
    assert mode_of(**asked, on=day(20)) == "autopay"
    assert stage.charge(day(20)).made.settled == 1
    assert stage.open_minor() == 0
    stage.check()


def test_the_earlier_method_is_charged_when_the_later_one_ends() -> None:
    stage = one_payer()
    stage.add_method(stage.payers[0], token=f"{stage.token}_second")
    stage.bank.plan(f"{stage.token}_second", fate(code="04"))
    stage.charge()
    stage.charge(day(1))
    assert [stage.bank.entries[key].token for key in stage.bank.calls] == [
        f"{stage.token}_second",
        f"{stage.token}_0x",
    ]
    assert stage.open_minor() == 0


@pytest.mark.parametrize("means", ["card", "ach"])
def test_a_returned_payment_is_owed_again_and_only_what_may_be_is_charged_again(means: str) -> None:
    stage = one_payer("franchise_us", fate(code="R01" if means == "ach" else "10.4", returned_days=10), means=means)
    owed = stage.open_minor()
    for number in range(10):
        stage.charge(day(number))
    assert stage.open_minor() == 0
    assert stage.charge(day(10)).made.returned == 1
    assert stage.open_minor() == owed
    stage.check()
    for number in range(11, 60):
        stage.charge(day(number))
    if means == "ach":
        assert stage.attempts("state", "sent_on") == [("returned", DUE), ("settled", day(11))]
        assert stage.open_minor() == 0
    else:
        assert stage.attempts("state") == ["returned"]
        assert stage.method_states() == ["declined"]
    stage.check()


def test_insufficient_funds_are_presented_twice_more_and_never_again() -> None:
    stage = one_payer("franchise_us", *[fate(code="R01") for _ in range(9)], means="ach")
    for number in range(200):
        stage.charge(day(number))
    assert stage.attempts("sent_on") == [DUE, day(5), day(12)]
    assert stage.payments() == [("failed", stage.open_minor())] * 3
    assert stage.method_states() == ["usable"]
    stage.check()


@pytest.mark.parametrize("returned_day", [1, 2, 5, 59, 60, 61, 700])
def test_a_debit_may_come_back_on_any_day(returned_day: int) -> None:
    stage = one_payer("franchise_us", fate(code="R07", returned_days=returned_day), means="ach")
    owed = stage.open_minor()
    for number in (0, 3, returned_day, returned_day + 1):
        stage.charge(day(number))
    assert stage.open_minor() == owed
    assert stage.method_states() == ["revoked"]
    assert stage.attempts("retry_on") == [None]
    stage.check()


@pytest.mark.parametrize(
    "wrong", [{"short_minor": 1}, {"short_minor": -500}, {"currency": "EUR"}], ids=["short", "more", "currency"]
)
def test_an_answer_about_other_money_credits_nothing_and_waits_for_a_person(wrong: dict[str, Any]) -> None:
    stage = one_payer("booking_hu", fate(**wrong))
    owed = stage.open_minor()
    assert stage.charge().made.mismatch == 1
    assert stage.attempts("state") == ["mismatch"]
    assert stage.payments() == []
    assert stage.open_minor() == owed
    for number in range(1, 30):
        assert stage.charge(day(number)).planned == 0
    (words,) = stage.attempts("words")
    assert "asked for" in words
    from abono.domain.payments.attempts import close_attempt

    (attempt_id,) = stage.attempts("id")
    close_attempt(
        seller_id=stage.world.seller_id, attempt_id=attempt_id, cause="given back", on=day(30), at=at(day(30))
    )
    assert stage.attempts("state") == ["closed"]
    assert stage.charge(day(31)).planned == 0


def test_what_was_paid_by_hand_in_between_is_not_charged() -> None:
    from abono.runs.charging.making import make_attempts
    from abono.runs.charging.planning import plan_attempts

    stage = one_payer()
    now = {"seller_id": stage.world.seller_id, "gateways": stage.bank.open(on=DUE).gateways(), "on": DUE, "at": at(DUE)}
    assert plan_attempts(**now) == 1
    assert plan_attempts(**now) == 0
    stage.world.pay(stage.payers[0], stage.open_minor(), DUE)
    assert make_attempts(**now).dropped == 1
    assert stage.bank.calls == []
    assert stage.attempts("state", "words") == [("dropped", "the document is paid or changed")]


def test_a_part_paid_document_is_charged_for_the_rest() -> None:
    stage = one_payer()
    owed = stage.open_minor()
    stage.world.pay(stage.payers[0], 100, DUE)
    stage.charge()
    assert stage.attempts("amount_minor") == [owed - 100]
    assert stage.open_minor() == 0


def test_money_on_its_way_keeps_the_card_from_being_charged() -> None:
    stage = one_payer()
    (document,) = [row["id"] for row in stage.world.documents() if row["open_minor"]]
    pending = stage.world.pay(
        stage.payers[0], stage.open_minor(), DUE, means="transfer", state="pending", document_ids=[document]
    )
    assert stage.charge().planned == 0
    from abono.domain.payments.actions import move_payment

    move_payment(
        seller_id=stage.world.seller_id,
        payment_id=pending,
        after="failed",
        cause="no such transfer",
        on=DUE,
        at=at(DUE),
    )
    assert stage.charge().made.settled == 1


def test_a_reported_transfer_keeps_it_for_a_few_days() -> None:
    stage = one_payer()
    (document,) = [row["id"] for row in stage.world.documents() if row["open_minor"]]
    stage.world.pay(
        stage.payers[0], stage.open_minor(), DUE, means="transfer", state="reported", document_ids=[document]
    )
    assert [stage.charge(day(number)).made.settled for number in range(6)] == [0, 0, 0, 0, 1, 0]


def test_nobody_charges_without_a_gateway_and_nothing_is_planned_away() -> None:
    from abono.runs.charging.run import run_charging

    stage = one_payer()
    for gateways in (None, {}, {"ach": stage.bank.open(on=DUE)}):
        done = run_charging(seller_id=stage.world.seller_id, gateways=gateways, on=DUE, at=at(DUE))
        assert (done.planned, done.made.settled) == (0, 0)
    assert stage.attempts("id") == []


def test_an_expired_removed_or_unverified_method_is_not_charged() -> None:
    from abono.domain.payments.methods import revoke_method, verify_method

    stage = make_stage("franchise_us")
    stage.payer(expires_on=day(-1))
    stage.payer(expires_on=DUE)
    stage.payer()
    stage.payer(means="ach", verified=False)
    stage.open()
    now = {"seller_id": stage.world.seller_id, "on": DUE, "at": at(DUE)}
    revoke_method(**now, method_id=stage.methods[2], cause="asked by the customer")
    stage.charge()
    assert stage.world.rows("SELECT customer_id FROM attempts WHERE seller_id = %(seller)s") == [(stage.payers[1],)]
    verify_method(**now, method_id=stage.methods[3])
    assert stage.charge(day(1)).made.pending == 1


def test_a_charge_on_an_unverified_account_is_refused_by_the_database() -> None:
    from psycopg.errors import ForeignKeyViolation

    from abono.domain.payments.attempts import NewAttempt, write_attempts

    stage = make_stage("franchise_us")
    stage.payer(means="ach", verified=False)
    stage.open()
    (document,) = [row["id"] for row in stage.world.documents() if row["open_minor"]]
    wanted = NewAttempt(
        str(stage.payers[0]), str(document), str(document), str(stage.methods[0]), "ach", "USD", 100, 100, 1
    )
    with pytest.raises(ForeignKeyViolation, match="attempts_method"):
        write_attempts(seller_id=stage.world.seller_id, attempts=[wanted], on=DUE)


def test_the_card_fee_is_charged_only_where_it_may_be() -> None:
    stage = make_stage("partners_us")
    for funding, region in (("credit", "TX"), ("debit", "TX"), ("credit", "CA")):
        stage.payer(funding=funding, profile={"region": region, "city": "Dallas", "postal_code": "75201"})
    stage.open()
    stage.charge(DUE)
    amounts = dict(
        stage.world.rows("SELECT customer_id, amount_minor - owed_minor FROM attempts WHERE seller_id = %(seller)s")
    )
    owed = stage.attempts("owed_minor")
    assert [amounts[one] for one in stage.payers] == [(owed[0] * 3 + 50) // 100, 0, 0]
    assert stage.open_minor() == 0
    assert stage.world.rows("SELECT sum(free_minor)::int FROM payments WHERE seller_id = %(seller)s") == [(0,)]
    stage.check()


def test_the_due_date_without_a_method_is_the_policys_other_one() -> None:
    stage = make_stage("partners_us")
    stage.payer()
    stage.payer(method=False)
    stage.payer(expires_on=day(-1))
    stage.open()
    found = {row["customer_id"]: row["due_on"] for row in stage.world.documents() if row["open_minor"]}
    assert [found[one] for one in stage.payers] == [DUE, day(15), day(15)]


def test_january_of_one_day() -> None:
    """A first document is due on its day: a method on file is charged at once."""
    stage = make_stage()
    stage.payer()
    stage.world.run(JANUARY)
    assert stage.charge(JANUARY).made.settled == 1
    assert stage.open_minor() == 0


def test_a_later_date_puts_the_charge_off_to_that_day() -> None:
    from abono.domain.collections.actions import arrange_later_date

    stage = one_payer()
    (document,) = [row["id"] for row in stage.world.documents() if row["open_minor"]]
    now = {"seller_id": stage.world.seller_id, "on": DUE, "at": at(DUE)}
    arrange_later_date(**now, document_id=document, until=day(3), by="staff", reason="asked by telephone")
    assert [stage.charge(day(number)).made.settled for number in range(5)] == [0, 0, 0, 1, 0]


def test_what_is_objected_to_is_not_charged() -> None:
    from abono.domain.collections.actions import close_objection, raise_objection

    stage = one_payer()
    (document,) = [row["id"] for row in stage.world.documents() if row["open_minor"]]
    now = {"seller_id": stage.world.seller_id, "document_id": document, "on": DUE, "at": at(DUE)}
    raise_objection(**now, words="not ordered")
    assert stage.charge().planned == 0
    close_objection(**now, state="rejected", words="it was ordered")
    assert stage.charge().made.settled == 1


def test_a_planned_charge_is_dropped_when_its_document_is_objected_to() -> None:
    from abono.domain.collections.actions import raise_objection
    from abono.runs.charging.making import make_attempts
    from abono.runs.charging.planning import plan_attempts

    stage = one_payer()
    (document,) = [row["id"] for row in stage.world.documents() if row["open_minor"]]
    now = {"seller_id": stage.world.seller_id, "on": DUE, "at": at(DUE)}
    gateways = stage.bank.open(on=DUE).gateways()
    assert plan_attempts(**now, gateways=gateways) == 1
    raise_objection(**now, document_id=document, words="not ordered")
    assert make_attempts(**now, gateways=gateways).dropped == 1
    assert stage.attempts("words") == ["the document was put off"]
    assert stage.bank.calls == []
