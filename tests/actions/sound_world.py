"""A small world in good order, written without the engine, for the audit to find nothing wrong with.

Three sellers. Seller 1 asks by request and makes invoices of what is paid; seller 2 asks by invoice. Between them they
have every kind of document, claim and movement of money that there is; seller 3, all that collection does to a service.
"""

from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from tests.actions.books_by_hand import AT, Books, Line, day
from tests.actions.sound_collection import write_collection


def write_world(connection: "psycopg.Connection[Any]") -> None:
    """The sellers and all that happened to them."""
    books = Books(connection)
    books.seller(1, "north", "on-payment")
    books.seller(2, "south", "at-issue")
    _seller_that_asks_by_request(books)
    _returned_payments(books)
    _seller_that_asks_by_invoice(books)
    _card_fee_and_correction(books)
    _partner(books)
    write_collection(books)


def _seller_that_asks_by_request(books: Books) -> None:
    """A settled request with its invoice, a pause, a voided request with its successor, one whose invoice waits."""
    anna = books.customer(1, "Anna")
    service = books.subscription(1, anna, "01-31")
    period = (day("01-31"), day("02-28"))
    request = books.document("request", 1, anna, "01-20", [Line(10000, service, period)])
    settlement = books.settle(request, books.payment(1, anna, request.gross, "01-25"), "01-25")
    invoice = books.document(
        "invoice", 1, anna, "01-25", [Line(10000, service, period)], basis="settlement", request_id=request.id,
        settlement_id=settlement, claims=False,
    )  # fmt: skip
    books.transfer(invoice, "invoice_issued", invoice.id, ("money", "receivable", invoice.gross), on="01-25", first=9)
    books.update(invoice, left=0)

    books.insert("pauses", seller_id=1, subscription_id=service, from_on=day("02-28"), to_on=day("03-31"))
    books.claim(1, service, (day("02-28"), day("03-31")), None, "paused")

    charge = books.charge(1, anna, 2000, "03-20", service)
    lines = [Line(10000, service, (day("03-31"), day("04-30"))), Line(2000, service, charge=charge)]
    voided = books.document("request", 1, anna, "03-20", lines)
    books.update(voided, left=0, state="voided")
    books.transfer(voided, "request_voided", voided.id, ("asked_contra", "asked", voided.gross), on="03-22")
    again = books.document("request", 1, anna, "03-22", lines, replaces_id=voided.id, claims=False)
    for table in ("claims", "charges"):
        statement = sql.SQL("UPDATE {} SET document_id = %s WHERE seller_id = 1 AND document_id = %s")
        books.connection.execute(statement.format(sql.Identifier(table)), [again.id, voided.id])
    books.allocate(books.payment(1, anna, 3000, "03-25"), again, 3000, "03-25")
    books.update(again, left=again.gross - 3000)

    boris = books.customer(1, "Boris")
    service = books.subscription(1, boris, "03-15")
    request = books.document("request", 1, boris, "03-25", [Line(5000, service, (day("03-15"), day("04-15")))])
    settlement = books.settle(request, books.payment(1, boris, request.gross + 700, "03-26"), "03-26")
    books.insert(
        "waiting_invoices", seller_id=1, request_id=request.id, settlement_id=settlement, customer_id=boris,
        since=day("03-26"), reasons=["tax_id"],
    )  # fmt: skip
    books.subscription(1, boris, "05-01")
    books.subscription(1, boris, "05-01", ends="05-01", state="cancelled", cursor=False)


def _returned_payments(books: Books) -> None:
    """One payment returned before its invoice, so the request asks again; one after, so the invoice is owed again."""
    clara = books.customer(1, "Clara")
    service = books.subscription(1, clara, "04-10")
    request = books.document("request", 1, clara, "04-10", [Line(4000, service, (day("04-10"), day("05-10")))])
    payment = books.payment(1, clara, request.gross, "04-11")
    books.settle(request, payment, "04-11")
    undone = books.allocate(payment, request, -request.gross, "04-14")
    books.transfer(request, "request_reopened", undone, ("asked", "asked_contra", request.gross), on="04-14")
    books.update(request, left=request.gross)
    books.return_payment(payment, "04-14")

    dora = books.customer(1, "Dora")
    service = books.subscription(1, dora, "04-12")
    lines = [Line(4000, service, (day("04-12"), day("05-12")))]
    request = books.document("request", 1, dora, "04-12", lines)
    payment = books.payment(1, dora, request.gross, "04-13")
    settlement = books.settle(request, payment, "04-13")
    invoice = books.document(
        "invoice", 1, dora, "04-13", lines, basis="settlement", request_id=request.id, settlement_id=settlement,
        claims=False,
    )  # fmt: skip
    books.transfer(invoice, "invoice_issued", invoice.id, ("money", "receivable", invoice.gross), on="04-13", first=9)
    undone = books.allocate(payment, request, -request.gross, "04-20")
    books.transfer(invoice, "invoice_reopened", undone, ("receivable", "money", invoice.gross), on="04-20")
    books.return_payment(payment, "04-20")
    books.reported(1, dora, invoice.gross, "04-25", chosen=[invoice.id])


def _seller_that_asks_by_invoice(books: Books) -> None:
    """An invoice paid in part and credited in part, one written off, a weekly service that ended."""
    ernő = books.customer(2, "Ernő")
    service = books.subscription(2, ernő, "01-20", anchor=1)
    run = books.new_id()
    books.insert(
        "billing_runs", seller_id=2, id=run, on_date=day("01-20"), started_at=AT, ended_at=AT, state="done",
        documents=1, gross_minor=12000, planned_minor=12000,
    )  # fmt: skip
    books.insert("run_days", seller_id=2, on_date=day("01-20"))
    lines = [Line(10000, service, (day("01-20"), day("02-01")), code="T-A+T-B")]
    invoice = books.document("invoice", 2, ernő, "01-20", lines, run_id=run)
    payment = books.payment(2, ernő, 7000, "01-21")
    books.allocate(payment, invoice, 6000, "01-21", book="invoice_paid")
    credit = [Line(2000, service, (day("01-20"), day("02-01")), code="T-A+T-B")]
    note = books.document("credit_note", 2, ernő, "01-22", credit, corrects_id=invoice.id)
    books.update(invoice, left=invoice.gross - 6000 - note.gross)
    books.transfer(payment, "payout", books.new_id(), ("bank", "clearing:transfer", 7000), on="01-30")

    frida = books.customer(2, "Frida")
    service = books.subscription(
        2, frida, "02-04", unit="week", anchor=4, ends="02-15", cursor=False, state="cancelled"
    )
    first = [Line(700, service, (day("02-04"), day("02-11")))]
    lost = books.document("invoice", 2, frida, "02-04", [*first, Line(400, service, (day("02-11"), day("02-15")))])
    books.transfer(lost, "write_off", lost.id, ("bad_debt", "receivable", lost.gross), on="03-30")
    books.update(lost, left=0)


def _card_fee_and_correction(books: Books) -> None:
    """Paid by card with a fee; then credited in full and replaced; a part refunded with its share of the fee."""
    gina = books.customer(2, "Gina")
    service = books.subscription(2, gina, "03-01")
    period = (day("03-01"), day("04-01"))
    wrong = books.document("invoice", 2, gina, "03-01", [Line(10000, service, period)])
    payment = books.payment(2, gina, 11330, "03-02", means="card", fee=330)
    books.allocate(payment, wrong, 11000, "03-02", book="invoice_paid")
    receipt = books.document("receipt", 2, gina, "03-02", [Line(330, code="fee")])
    books.transfer(receipt, "fee", receipt.id, ("money", "receivable", 330), on="03-02", first=1)
    books.allocate(payment, receipt, 330, "03-02")
    books.update(receipt, left=0)
    note = books.document("credit_note", 2, gina, "03-05", [Line(10000, service, period)], corrects_id=wrong.id)
    books.transfer(note, "credit_note", note.id, ("receivable", "money", 11000), on="03-05", first=9)
    books.allocate(payment, wrong, -11000, "03-05")
    books.update(wrong, left=0)
    right = books.document(
        "invoice", 2, gina, "03-05", [Line(9000, service, period)], basis="replacement", replaces_id=wrong.id,
        claims=False,
    )  # fmt: skip
    books.allocate(payment, right, right.gross, "03-05", book="invoice_paid")
    books.update(right, left=0)
    back = books.document("credit_note", 2, gina, "03-06", [Line(15, code="fee")], corrects_id=receipt.id)
    books.transfer(back, "fee_returned", back.id, ("receivable", "money", 15), on="03-06", first=1)
    books.allocate(payment, receipt, -15, "03-06")
    refund = books.new_id()
    books.insert(
        "refunds", seller_id=2, id=refund, key="refund", payment_id=payment.id, customer_id=gina, amount_minor=515,
        fee_minor=15, on_date=day("03-06"), cause="by hand",
    )  # fmt: skip
    books.transfer(payment, "refund", refund, ("money", "clearing:card", 515), on="03-06")
    books.connection.execute("UPDATE payments SET free_minor = free_minor - 515 WHERE id = %s", [payment.id])


def _partner(books: Books) -> None:
    """One line over two clients' services, with an annex of their locations, and one that trues up the month before."""
    partner, ivan, juno = (books.customer(2, name) for name in ("Partner", "Ivan", "Juno"))
    period = (day("04-01"), day("05-01"))
    places: list[tuple[UUID, UUID]] = []
    for client, count in ((ivan, 3), (juno, 1)):
        books.insert("sponsorships", seller_id=2, customer_id=client, from_on=day("01-01"), payer_id=partner)
        service = books.subscription(2, client, "04-01", payer=partner)
        for _ in range(count):
            location = books.new_id()
            books.insert(
                "locations", seller_id=2, id=location, customer_id=client, name="Store", address="", region="",
                locality="", active_from=day("01-01"),
            )  # fmt: skip
            places.append((service, location))
    shares = [(service, location, net) for (service, location), net in zip(places, (334, 334, 333, 333), strict=True)]
    document = books.document("invoice", 2, partner, "04-01", [Line(1334, period=period, annex=shares)])
    for service in dict.fromkeys(service for service, _ in places):
        books.claim(2, service, period, document.id)
    later = (day("05-01"), day("06-01"))
    trued = Line(-11, period=period, annex=[(*places[3], -11)], fraction=False)
    again = [
        Line(1001, period=later, annex=[(*place, 333 + (i == 0) * 2) for i, place in enumerate(places[:3])]),
        trued,
    ]
    document = books.document("invoice", 2, partner, "05-01", again)
    books.claim(2, places[0][0], later, document.id)
    books.claim(2, places[3][0], later, None, "free")
