"""Documents: asked for, paid, invoiced in the same moment; no fiscal document before its payment, whoever tries."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from abono.base.kernel.refusal import Refused
from abono.base.store.roles import ENGINE, OWNER
from tests.books import balance, check_audit, check_sound, fingerprints
from tests.roles import acting_as, refusal
from tests.world import FIELDS, JANUARY, World, at, make_world

pytestmark = pytest.mark.usefixtures("database")
FEBRUARY = date(2026, 1, 22)  # ten days before the renewal


def now(world: World, on: date = JANUARY) -> dict[str, Any]:
    return {"seller_id": world.seller_id, "on": on, "at": at(on)}


def asked(policy: str = "hosting_cl", *, complete: bool = True) -> tuple[World, UUID, dict[str, Any]]:
    """A seller, a customer, and the request for the first month: 9990 net, 11888 with tax."""
    world = make_world(policy)
    ana = world.customer(complete=complete)
    world.subscribe(ana, world.plan(price="9990"))
    world.run(JANUARY)
    (request,) = world.documents(ana)
    return world, ana, request


def transfers(world: World) -> list[tuple[Any, ...]]:
    return sorted(world.rows("SELECT cause, debit, credit, amount_minor FROM transfers WHERE seller_id = %(seller)s"))


# --- request, payment, invoice


def test_a_request_asks_and_books_no_revenue_and_no_tax() -> None:
    world, ana, request = asked()
    assert (request["kind"], request["state"], request["gross_minor"]) == ("request", "open", 11_888)
    assert transfers(world) == [("request_issued", "asked", "asked_contra", 11_888)]
    assert balance(world, ana) == (11_888, 0, 0)
    assert world.rows("SELECT state FROM subscriptions WHERE seller_id = %(seller)s") == [("ordered",)]


def test_the_payment_settles_and_the_invoice_follows_in_the_same_moment() -> None:
    world, ana, request = asked()
    world.pay(ana, 11_888, date(2026, 1, 5))
    before, invoice = world.documents(ana)
    assert (before["id"], before["state"], before["open_minor"]) == (request["id"], "settled", 0)
    assert (invoice["kind"], invoice["state"], invoice["issued_on"]) == ("invoice", "settled", date(2026, 1, 5))
    assert [invoice[name] for name in ("net_minor", "tax_minor", "gross_minor")] == [9_990, 1_898, 11_888]
    assert (invoice["series"], invoice["number"]) == ("F", 1)
    assert transfers(world) == sorted(
        [
            ("request_issued", "asked", "asked_contra", 11_888),
            ("payment_settled", "clearing:transfer", "money", 11_888),
            ("request_settled", "asked_contra", "asked", 11_888),
            ("invoice_issued", "receivable", "revenue", 9_990),
            ("invoice_issued", "receivable", "tax:CL-IVA", 1_898),
            ("invoice_issued", "money", "receivable", 11_888),
        ]
    )
    assert balance(world, ana) == (0, 0, 0)
    assert world.rows("SELECT state FROM subscriptions WHERE seller_id = %(seller)s") == [("active",)]
    lines = "SELECT words, period_from, period_to, net_minor FROM lines WHERE document_id = %(one)s ORDER BY line_no"
    assert world.rows(lines, one=invoice["id"]) == world.rows(lines, one=request["id"])
    check_sound(world)
    check_audit(world)


def test_an_invoice_that_asks_for_the_money_itself() -> None:
    world = make_world("franchise_us")
    ana = world.customer()
    world.subscribe(ana, world.plan(price="100"))
    world.run(JANUARY)
    (invoice,) = world.documents(ana)
    assert (invoice["kind"], invoice["state"], invoice["open_minor"]) == ("invoice", "open", invoice["gross_minor"])
    assert balance(world, ana) == (0, invoice["gross_minor"], 0)
    world.pay(ana, invoice["gross_minor"], JANUARY)
    (paid,) = world.documents(ana)
    assert (paid["id"], paid["state"], balance(world, ana)) == (invoice["id"], "settled", (0, 0, 0))
    check_sound(world)
    check_audit(world)


# --- incomplete profiles


def save(world: World, ana: UUID, on: date, **fields: str) -> int:
    from abono.domain.customers.identifiers import invent_identifier
    from abono.runs.at_once import save_profile

    (row,) = world.rows(
        "SELECT default_profile_id FROM customers WHERE seller_id = %(seller)s AND id = %(customer)s", customer=ana
    )
    whole = {
        **FIELDS[world.country],
        "tax_id": invent_identifier(country=world.country, seed=7),
        "legal_name": "Ana SpA",
    }
    whole |= {"email": "ana@customer.example", **fields}
    return save_profile(**now(world, on), customer_id=ana, country=world.country, fields=whole, profile_id=row[0])[1]


def test_an_incomplete_profile_is_asked_its_invoice_waits_and_comes_on_the_save() -> None:
    world, ana, request = asked(complete=False)
    assert request["state"] == "open"
    world.pay(ana, 11_888, date(2026, 1, 5))
    assert [row["kind"] for row in world.documents(ana)] == ["request"]
    (waiting,) = world.rows("SELECT request_id, since, reasons FROM waiting_invoices WHERE seller_id = %(seller)s")
    assert waiting[:2] == (request["id"], date(2026, 1, 5))
    assert "tax_id" in [one["field"] for one in waiting[2]]
    check_sound(world)
    check_audit(world)
    assert save(world, ana, date(2026, 1, 8), tax_id="") == 0
    world.run(date(2026, 1, 9))
    (waits,) = told_of(world, ana, "InvoiceWaits")
    assert waits.on == date(2026, 1, 5), "told once, however often it is tried again for other reasons"
    assert "waits for a complete billing profile; missing or wrong: " in waits.words
    assert len(world.documents(ana)) == 1
    assert save(world, ana, date(2026, 1, 10)) == 1
    _, invoice = world.documents(ana)
    assert (invoice["kind"], invoice["issued_on"]) == ("invoice", date(2026, 1, 10))
    assert save(world, ana, date(2026, 1, 10)) == 0
    named = world.rows(
        "SELECT w.body->>'legal_name' FROM documents AS d JOIN party_words AS w ON w.seller_id = d.seller_id "
        "AND w.id = d.words_id WHERE d.seller_id = %(seller)s ORDER BY d.kind"
    )
    assert named == [("Ana SpA",), ("Ana",)], "the invoice takes the new words, the request keeps its own"
    check_sound(world)
    check_audit(world)


def test_money_that_goes_back_while_the_invoice_waits_makes_no_invoice() -> None:
    from abono.domain.payments.actions import return_payment

    world, ana, request = asked(complete=False)
    payment = world.pay(ana, 11_888, date(2026, 1, 5))
    return_payment(**now(world, date(2026, 1, 6)), payment_id=payment, cause="the bank")
    assert save(world, ana, date(2026, 1, 7)) == 0
    (again,) = world.documents(ana)
    assert (again["id"], again["state"], again["open_minor"]) == (request["id"], "open", 11_888)
    assert balance(world, ana) == (11_888, 0, 0)
    world.pay(ana, 11_888, date(2026, 1, 8))
    assert [row["kind"] for row in world.documents(ana)] == ["request", "invoice"]
    check_sound(world)
    check_audit(world)


def told_of(world: World, customer: UUID, kind: str) -> list[Any]:
    from abono.reports.timeline import timeline_of_customer

    told = timeline_of_customer(seller_id=world.seller_id, customer_id=customer, language="en")
    return [one for one in told if one.kind == kind]


# --- no fiscal document before payment, by any way


def forged(world: World, request: dict[str, Any], **changes: Any) -> tuple[str, dict[str, Any]]:
    """The statement that copies a request as an invoice, with some columns changed."""
    columns = [
        name
        for (name,) in world.rows(
            "SELECT attname::text FROM pg_attribute WHERE attrelid = 'documents'::regclass AND attnum > 0 "
            "AND NOT attisdropped ORDER BY attnum"
        )
    ]
    values = {"id": uuid4(), "kind": "invoice", "series": "F", "number": 999, "state": "settled", **changes}
    taken = ", ".join(f"%({name})s" if name in values else name for name in columns)
    statement = (
        f"INSERT INTO documents ({', '.join(columns)}) SELECT {taken} FROM documents "
        "WHERE seller_id = %(of_seller)s AND id = %(of_id)s"
    )
    return statement, {**values, "of_seller": world.seller_id, "of_id": request["id"]}


def test_the_database_refuses_a_fiscal_document_before_payment(database: str) -> None:
    world, ana, request = asked()
    bea = world.customer("Bea")
    world.subscribe(bea, world.plans["basic"])
    world.run(JANUARY)
    world.pay(bea, 11_888, JANUARY)
    (others,) = world.rows("SELECT id, request_id FROM settlements WHERE seller_id = %(seller)s")
    tries: list[tuple[str, dict[str, Any]]] = [
        ("CheckViolation", {"basis": None}),
        ("CheckViolation", {"basis": "asks"}),
        # The policy's word comes through a key: a lie about it leads nowhere.
        ("ForeignKeyViolation", {"basis": "asks", "invoice_when": "at-issue"}),
        ("CheckViolation", {"basis": "settlement"}),
        ("CheckViolation", {"basis": "settlement", "request_id": request["id"]}),
        ("ForeignKeyViolation", {"basis": "settlement", "settlement_id": uuid4(), "request_id": request["id"]}),
        # The settlement of another request is none of this one.
        ("ForeignKeyViolation", {"basis": "settlement", "settlement_id": others[0], "request_id": request["id"]}),
        # A request that has its invoice gets no second one.
        ("UniqueViolation", {"basis": "settlement", "settlement_id": others[0], "request_id": others[1]}),
        ("CheckViolation", {"basis": "replacement"}),
        ("CheckViolation", {"basis": "because", "settlement_id": others[0], "request_id": others[1]}),
        ("CheckViolation", {"kind": "fattura", "basis": None}),
        ("CheckViolation", {"kind": "credit_note", "basis": None}),
        ("CheckViolation", {"kind": "invoice", "state": "voided", "basis": None}),
    ]
    with acting_as(database, ENGINE) as connection:
        for expected, changes in tries:
            statement, values = forged(world, request, **changes)
            assert refusal(connection, statement, values) == expected, changes
    assert len(world.documents(ana)) == 1


def test_no_action_makes_a_fiscal_document_of_an_open_request() -> None:
    from abono.domain.payments.credit import credit_invoice
    from abono.runs.at_once import save_profile

    world, ana, request = asked()
    before = len(world.documents())
    for deed in (
        lambda: credit_invoice(**now(world), document_id=request["id"], reason="try"),
        lambda: save_profile(**now(world), customer_id=uuid4(), country="CL", fields={}),
    ):
        with pytest.raises(Refused):
            deed()
    for state in ("reported", "unknown", "pending"):
        world.pay(ana, 11_888, JANUARY, state=state)
    world.run(JANUARY)
    assert len(world.documents()) == before


@pytest.mark.parametrize("role", [ENGINE, OWNER])
def test_issued_means_frozen(database: str, role: str) -> None:
    """Only what is still open and the state may change, for the engine as for the owner of the tables."""
    world, ana, request = asked()
    world.pay(ana, 11_888, JANUARY)
    mine = {"seller": world.seller_id, "id": request["id"]}
    with acting_as(database, role) as connection:
        for change in (
            "gross_minor = 1, net_minor = 1, tax_minor = 0",
            "due_on = due_on + 30",
            "issued_on = issued_on - 1",
            "number = 77",
            "customer_id = gen_random_uuid()",
            "taxes = '[]'",
            "digest = 'x'",
            "kind = 'receipt'",
        ):
            statement = f"UPDATE documents SET {change} WHERE seller_id = %(seller)s AND id = %(id)s"
            assert refusal(connection, statement, mine) == "IntegrityConstraintViolation", change
        for table in ("documents", "lines", "transfers", "facts", "settlements", "allocations"):
            statement = f"DELETE FROM {table} WHERE seller_id = %(seller)s"
            assert refusal(connection, statement, mine) is not None, table
            assert refusal(connection, f"TRUNCATE {table} CASCADE") is not None, table
        change = "UPDATE lines SET net_minor = 1 WHERE seller_id = %(seller)s"
        assert refusal(connection, change, mine) is not None
        state = "UPDATE documents SET state = 'paid' WHERE seller_id = %(seller)s AND id = %(id)s"
        assert refusal(connection, state, mine) == "CheckViolation"
        opened = "UPDATE documents SET open_minor = gross_minor + 1 WHERE seller_id = %(seller)s AND id = %(id)s"
        assert refusal(connection, opened, mine) == "CheckViolation"


# --- void and reissue


def claims(world: World) -> list[tuple[Any, ...]]:
    return world.rows(
        "SELECT period_from, period_to, follows, document_id, reason FROM claims WHERE seller_id = %(seller)s "
        "ORDER BY subscription_id, period_from"
    )


def test_void_and_reissue_keeps_the_periods_claimed_once() -> None:
    from abono.domain.invoicing.actions import reissue_request

    world, ana, request = asked()
    world.subscribe(ana, world.plans["basic"])
    world.run(FEBRUARY)
    before = claims(world)
    new_id = reissue_request(**now(world, FEBRUARY), document_id=request["id"], reason="new address")
    documents = {row["id"]: row for row in world.documents(ana)}
    old, new = documents[request["id"]], documents[new_id]
    assert (old["state"], old["open_minor"]) == ("voided", 0)
    assert (new["kind"], new["state"], new["gross_minor"]) == ("request", "open", old["gross_minor"])
    assert new["number"] > old["number"]
    moved = [(*one[:3], new_id if one[3] == old["id"] else one[3], one[4]) for one in before]
    assert claims(world) == moved
    whole = fingerprints(world)
    world.run(FEBRUARY)
    assert fingerprints(world) == whole, "nothing is asked for again"
    with pytest.raises(Refused) as why:
        reissue_request(**now(world, FEBRUARY), document_id=request["id"], reason="again")
    assert why.value.code == "invoicing.not_open"
    check_sound(world)
    check_audit(world)


def test_a_voided_request_leaves_its_period_claimed_with_the_reason() -> None:
    from abono.domain.invoicing.actions import void_request

    world, ana, request = asked()
    void_request(**now(world), document_id=request["id"], reason="a gift")
    assert claims(world) == [(JANUARY, date(2026, 2, 1), None, None, "voided")]
    assert balance(world, ana) == (0, 0, 0)
    world.run(FEBRUARY)
    assert claims(world)[1][:3] == (date(2026, 2, 1), date(2026, 3, 1), date(2026, 2, 1))
    check_sound(world)
    check_audit(world)


def test_what_is_paid_or_part_paid_is_not_voided() -> None:
    from abono.domain.invoicing.actions import reissue_request, void_request

    world, ana, request = asked()
    world.pay(ana, 5_000, JANUARY)
    for deed in (void_request, reissue_request):
        with pytest.raises(Refused) as why:
            deed(**now(world), document_id=request["id"], reason="try")
        assert why.value.code == "invoicing.part_paid"
    world.pay(ana, 6_888, JANUARY)
    invoice = world.documents(ana)[1]
    for document in (request, invoice):
        with pytest.raises(Refused) as why:
            void_request(**now(world), document_id=document["id"], reason="try")
        assert why.value.code == "invoicing.not_open"


def test_frozen_words_outlive_their_party() -> None:
    """A document says what it said on the day, whatever the profile and the seller say now."""
    from abono.domain.sellers.actions import edit_seller

    world, ana, request = asked()
    frozen = (
        "SELECT w.body, i.body FROM documents AS d "
        "JOIN party_words AS w ON w.seller_id = d.seller_id AND w.id = d.words_id "
        "JOIN party_words AS i ON i.seller_id = d.seller_id AND i.id = d.issuer_id WHERE d.id = %(document)s"
    )
    before = world.rows(frozen, document=request["id"])
    save(world, ana, JANUARY, legal_name="Ana and Daughters")
    edit_seller(seller_id=world.seller_id, changes={"legal_name": "New Owner Inc."}, on=JANUARY, at=at(JANUARY))
    assert world.rows(frozen, document=request["id"]) == before
    world.pay(ana, 11_888, JANUARY)
    (words,) = world.rows(frozen, document=world.documents(ana)[1]["id"])
    assert (words[0]["legal_name"], words[1]["legal_name"]) == ("Ana and Daughters", "New Owner Inc.")
    check_audit(world)
