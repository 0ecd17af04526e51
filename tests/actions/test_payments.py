"""Money: what arrives, what it pays, what goes back. The books stand after every step."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from abono.base.kernel.money import tax_on
from abono.base.kernel.refusal import Missing, Refused
from tests.books import balance, check_audit, check_sound, fingerprints
from tests.world import JANUARY, World, at, make_world

pytestmark = pytest.mark.usefixtures("database")
FEBRUARY = date(2026, 1, 22)  # ten days before the renewal


def now(world: World, on: date = JANUARY) -> dict[str, Any]:
    return {"seller_id": world.seller_id, "on": on, "at": at(on)}


def sold(policy: str = "hosting_cl", price: str = "9990", **profile: str) -> tuple[World, UUID]:
    """A customer who is asked for January: 11888 in Chile."""
    world = make_world(policy)
    ana = world.customer(**profile)
    world.subscribe(ana, world.plan(price=price))
    world.run(JANUARY)
    return world, ana


def states(world: World, ana: UUID) -> list[tuple[str, str, int]]:
    return [(row["kind"], row["state"], row["open_minor"]) for row in world.documents(ana)]


def payment_of(world: World, payment: UUID) -> tuple[str, int, int]:
    (row,) = world.rows(
        "SELECT state, free_minor, fee_minor FROM payments WHERE seller_id = %(seller)s AND id = %(payment)s",
        payment=payment,
    )
    return row[0], row[1], row[2]


def check_whole(world: World) -> None:
    check_sound(world)
    check_audit(world)


# --- part, all, more than all


def test_part_of_the_money_neither_settles_nor_invoices() -> None:
    world, ana = sold()
    world.pay(ana, 11_887, JANUARY)
    assert states(world, ana) == [("request", "open", 1)]
    assert balance(world, ana) == (11_888, 0, 11_887)
    check_whole(world)
    world.pay(ana, 1, JANUARY)
    assert states(world, ana) == [("request", "settled", 0), ("invoice", "settled", 0)]
    assert balance(world, ana) == (0, 0, 0)
    check_whole(world)


def test_what_is_paid_too_much_is_used_for_the_next_document_at_its_issue() -> None:
    world, ana = sold()
    payment = world.pay(ana, 20_000, JANUARY)
    assert payment_of(world, payment) == ("settled", 8_112, 0)
    assert balance(world, ana) == (0, 0, 8_112)
    world.run(FEBRUARY)
    assert states(world, ana)[2] == ("request", "open", 11_888 - 8_112)
    assert payment_of(world, payment)[1] == 0
    world.pay(ana, 40_000, FEBRUARY)
    world.run(date(2026, 2, 19))
    # Covered in full by credit: paid and invoiced at once, with nobody in between.
    march = states(world, ana)[4:]
    assert march == [("request", "settled", 0), ("invoice", "settled", 0)]
    assert balance(world, ana) == (0, 0, 40_000 - 3_776 - 11_888)
    check_whole(world)


def test_credit_pays_the_same_documents_however_late_they_are_issued() -> None:
    """Issued late on one day, a charge is due sooner than the renewal before it; credit still pays the renewal."""
    from abono.runs.at_once import add_one_off

    found = []
    for days in ((FEBRUARY, date(2026, 1, 31)), (date(2026, 1, 31),)):
        world, ana = sold()
        world.pay(ana, 15_000, JANUARY)
        add_one_off(
            **{**now(world), "on": date(2026, 2, 10)},
            customer_id=ana,
            words="Training",
            net_minor=1_000,
            currency="CLP",
            key="training",
            at_once=False,
        )
        for day in days:
            world.run(day)
        owed = "SELECT renewal_on, open_minor FROM documents WHERE seller_id = %(seller)s AND state = 'open' ORDER BY 1"
        found.append(world.rows(owed))
        check_whole(world)
    assert found[0] == found[1] == [(date(2026, 2, 1), 11_888 - 3_112), (date(2026, 2, 10), 1_190)]


def test_money_for_nothing_is_the_customers() -> None:
    world = make_world("hosting_cl")
    ana = world.customer()
    world.pay(ana, 500, JANUARY)
    assert balance(world, ana) == (0, 0, 500)
    check_whole(world)


def test_the_oldest_due_is_paid_first_unless_others_are_chosen() -> None:
    world, ana = sold()
    world.run(FEBRUARY)
    january, february = world.documents(ana)
    world.pay(ana, 11_888, FEBRUARY, document_ids=[february["id"]])
    found = {row["id"]: row["state"] for row in world.documents(ana)}
    assert (found[january["id"]], found[february["id"]]) == ("open", "settled")
    world.pay(ana, 5_000, FEBRUARY)
    assert [row["open_minor"] for row in world.documents(ana) if row["id"] == january["id"]] == [6_888]
    # Chosen and paid already: the rest stays the customer's, it is not spent on what was not chosen.
    world.pay(ana, 1_000, FEBRUARY, document_ids=[february["id"]])
    assert balance(world, ana) == (11_888, 0, 6_000)
    check_whole(world)


def test_only_ones_own_documents_can_be_chosen() -> None:
    world, ana = sold()
    bea = world.customer("Bea")
    (request,) = world.documents(ana)
    before = fingerprints(world)
    for code, document in (("payments.not_theirs", request["id"]), ("invoicing.unknown", uuid4())):
        with pytest.raises(Refused) as why:
            world.pay(bea, 11_888, JANUARY, document_ids=[document])
        assert why.value.code == code
    assert fingerprints(world) == before


# --- how money comes about


def test_money_counts_when_it_is_settled_and_not_before() -> None:
    from abono.domain.payments.actions import move_payment, settle_payment

    world, ana = sold()
    payment = world.pay(ana, 11_888, JANUARY, state="reported")
    assert balance(world, ana) == (11_888, 0, 0)
    move_payment(**now(world), payment_id=payment, after="pending", cause="seen at the bank")
    assert payment_of(world, payment) == ("pending", 0, 0)
    settle_payment(**now(world), payment_id=payment, cause="arrived")
    assert states(world, ana)[1][0] == "invoice"
    before = fingerprints(world)
    settle_payment(**now(world), payment_id=payment, cause="arrived")
    assert fingerprints(world) == before
    moves = world.rows("SELECT move_no, before, after FROM payment_moves WHERE seller_id = %(seller)s ORDER BY 1")
    assert moves == [(1, None, "reported"), (2, "reported", "pending"), (3, "pending", "settled")]
    check_whole(world)


def test_states_only_follow_each_other_as_the_table_says() -> None:
    from abono.domain.payments.actions import move_payment, return_payment, settle_payment

    world, ana = sold()
    failed = world.pay(ana, 11_888, JANUARY, state="pending")
    move_payment(**now(world), payment_id=failed, after="failed", cause="declined")
    pending = world.pay(ana, 11_888, JANUARY, state="pending")
    for deed in (
        lambda: settle_payment(**now(world), payment_id=failed, cause="try"),
        lambda: move_payment(**now(world), payment_id=failed, after="pending", cause="try"),
        lambda: move_payment(**now(world), payment_id=pending, after="settled", cause="try"),
        lambda: return_payment(**now(world), payment_id=pending, cause="try"),
    ):
        before = fingerprints(world)
        with pytest.raises(Refused):
            deed()
        assert fingerprints(world) == before
    with pytest.raises(Missing):
        settle_payment(**now(world), payment_id=uuid4(), cause="try")
    check_whole(world)


def test_a_key_makes_a_payment_exist_once() -> None:
    world, ana = sold()
    first = world.pay(ana, 11_888, JANUARY, key="bank-1")
    before = fingerprints(world)
    assert world.pay(ana, 11_888, JANUARY, key="bank-1") == first
    assert world.pay(ana, 11_888, FEBRUARY, key="bank-1", state="pending") == first
    for other in ({"amount_minor": 11_887}, {"means": "deposit"}):
        with pytest.raises(Refused) as why:
            world.pay(ana, other.pop("amount_minor", 11_888), JANUARY, key="bank-1", **other)  # type: ignore[arg-type]
        assert why.value.code == "payments.key_taken"
    assert fingerprints(world) == before


# --- returns


def test_a_return_after_the_invoice_owes_the_same_invoice_again() -> None:
    from abono.domain.payments.actions import return_payment

    world, ana = sold()
    payment = world.pay(ana, 11_888, date(2026, 1, 5))
    _, invoice = world.documents(ana)
    return_payment(**now(world, date(2026, 3, 1)), payment_id=payment, cause="the bank")
    assert payment_of(world, payment) == ("returned", 0, 0)
    _, again = world.documents(ana)
    assert (again["id"], again["state"], again["open_minor"]) == (invoice["id"], "open", 11_888)
    assert again["due_on"] == invoice["due_on"], "its age is counted from the original due date"
    assert balance(world, ana) == (0, 11_888, 0)
    check_whole(world)
    before = fingerprints(world)
    return_payment(**now(world, date(2026, 3, 1)), payment_id=payment, cause="the bank")
    assert fingerprints(world) == before
    for _ in range(2):  # paid and returned again, as often as it pleases
        second = world.pay(ana, 11_888, date(2026, 3, 2))
        assert states(world, ana) == [("request", "settled", 0), ("invoice", "settled", 0)]
        return_payment(**now(world, date(2026, 3, 3)), payment_id=second, cause="the bank")
    world.pay(ana, 11_888, date(2026, 3, 4))
    assert [row["kind"] for row in world.documents(ana)] == ["request", "invoice"], "no second invoice"
    check_whole(world)


def test_a_return_of_part_payments_reopens_what_they_paid() -> None:
    from abono.domain.payments.actions import return_payment

    world, ana = sold()
    world.run(FEBRUARY)
    payment = world.pay(ana, 15_000, FEBRUARY)  # January in full, 3112 of February
    assert balance(world, ana) == (11_888, 0, 3_112)
    return_payment(**now(world, FEBRUARY), payment_id=payment, cause="the bank")
    owed = [(kind, state) for kind, state, left in states(world, ana) if left == 11_888]
    assert owed == [("request", "open"), ("invoice", "open")]
    assert balance(world, ana) == (11_888, 11_888, 0)
    check_whole(world)


# --- refunds and the card fee


def test_only_unused_money_is_refunded_and_only_once_by_its_key() -> None:
    from abono.domain.payments.actions import refund_payment, return_payment

    world, ana = sold()
    payment = world.pay(ana, 12_888, JANUARY)

    def refund(amount: int, key: str) -> int:
        return refund_payment(**now(world), payment_id=payment, amount_minor=amount, key=key, cause="asked for")

    for amount in (1_001, 0, -1):
        with pytest.raises(Refused) as why:
            refund(amount, f"too much {amount}")
        assert why.value.code == "payments.not_free"
    assert refund(400, "r1") == 400
    before = fingerprints(world)
    assert refund(400, "r1") == 400
    assert fingerprints(world) == before
    assert refund(600, "r2") == 600
    assert balance(world, ana) == (0, 0, 0)
    with pytest.raises(Refused) as why:
        return_payment(**now(world), payment_id=payment, cause="the bank")
    assert why.value.code == "payments.refunded"
    check_whole(world)


CARDS = [
    # region, funding, brand, whether a fee of 3 % may be taken
    ("TX", "credit", "visa", True),
    ("TX", "credit", "mastercard", True),
    ("TX", "debit", "visa", False),
    ("TX", "prepaid", "visa", False),
    ("TX", "unknown", "visa", False),
    ("TX", "", "visa", False),
    ("TX", "credit", "", False),
    ("CA", "credit", "visa", False),
    ("MA", "credit", "visa", False),
]


@pytest.mark.parametrize(("region", "funding", "brand", "allowed"), CARDS)
def test_a_card_fee_is_taken_only_where_the_law_allows_it(region: str, funding: str, brand: str, allowed: bool) -> None:
    world, ana = sold("partners_us", "100", region=region)
    (invoice,) = world.documents(ana)
    fee = tax_on(invoice["gross_minor"], 300) if allowed else 0
    payment = world.pay(ana, invoice["gross_minor"] + fee, JANUARY, funding=funding, brand=brand)
    receipts = [row for row in world.documents(ana) if row["kind"] == "receipt"]
    assert [(row["gross_minor"], row["state"]) for row in receipts] == ([(fee, "settled")] if allowed else [])
    assert payment_of(world, payment) == ("settled", 0, fee)
    assert world.documents(ana)[0]["state"] == "settled"
    fees = world.rows("SELECT sum(amount_minor) FROM transfers WHERE seller_id = %(seller)s AND credit = 'fee_income'")
    assert fees == [(fee or None,)]
    check_whole(world)


def test_a_refund_takes_its_share_of_the_fee_along_to_the_last_cent() -> None:
    from abono.domain.payments.actions import refund_payment
    from abono.domain.payments.credit import credit_invoice

    world, ana = sold("partners_us", "100", region="TX")
    (invoice,) = world.documents(ana)
    gross = invoice["gross_minor"]
    fee = tax_on(gross, 300)
    payment = world.pay(ana, gross + fee, JANUARY, funding="credit", brand="visa")
    credit_invoice(**now(world), document_id=invoice["id"], reason="left")
    third = gross // 3
    back = [
        refund_payment(**now(world), payment_id=payment, amount_minor=amount, key=key, cause="left")
        for key, amount in (("a", third), ("b", third), ("c", gross - 2 * third))
    ]
    assert back[0] == third + tax_on(third, 300)
    assert sum(back) == gross + fee
    assert payment_of(world, payment)[1] == 0
    assert balance(world, ana) == (0, 0, 0)
    for account in ("revenue", "fee_income", "clearing:card"):
        (row,) = world.rows(
            "SELECT coalesce(sum(CASE WHEN credit = %(account)s THEN amount_minor ELSE -amount_minor END), 0) "
            "FROM transfers WHERE seller_id = %(seller)s AND %(account)s IN (debit, credit)",
            account=account,
        )
        assert row[0] == 0, f"{account} is not back at nothing"
    check_whole(world)


# --- write-off


def test_a_write_off_gives_up_what_is_open_of_an_invoice_and_of_nothing_else() -> None:
    from abono.domain.payments.actions import write_off

    world, ana = sold("franchise_us", "100")
    (invoice,) = world.documents(ana)
    world.pay(ana, 4_000, JANUARY)
    gone = invoice["gross_minor"] - 4_000
    assert write_off(**now(world), document_id=invoice["id"], reason="bankrupt") == gone
    assert states(world, ana) == [("invoice", "settled", 0)]
    lost = world.rows("SELECT sum(amount_minor) FROM transfers WHERE seller_id = %(seller)s AND debit = 'bad_debt'")
    assert lost == [(gone,)]
    with pytest.raises(Refused) as why:
        write_off(**now(world), document_id=invoice["id"], reason="again")
    assert why.value.code == "invoicing.nothing_open"
    check_whole(world)
    world.pay(ana, 1_000, JANUARY)  # too late for the invoice: the customer's money
    assert balance(world, ana) == (0, 0, 1_000)
    check_whole(world)


def test_a_request_is_never_written_off() -> None:
    from abono.domain.payments.actions import write_off

    world, ana = sold()
    (request,) = world.documents(ana)
    with pytest.raises(Refused) as why:
        write_off(**now(world), document_id=request["id"], reason="try")
    assert why.value.code == "invoicing.nothing_open"
