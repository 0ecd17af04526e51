"""Papers from the database: what a person who receives them reads, in the right language, with the right sums."""

from datetime import date
from decimal import Decimal

import pytest

from tests.papers import of_kind, partner_with_clients, says, seller_of, sheet, text_of, with_uf
from tests.world import at

pytestmark = pytest.mark.usefixtures("database")

# --- documents of each policy


def test_a_chilean_charge_note_and_its_invoice() -> None:
    world = seller_of("hosting_cl", "76543210-3")
    with_uf(world, date(2026, 2, 1), 28)
    customer = world.customer("Viña Peñascal Limitada", district="Ñuñoa")
    world.subscribe(customer, world.plan("norte", "35000"), date(2026, 3, 5), words="penascal.example")
    world.subscribe(customer, world.plan("nube", "1.5", index_name="UF"), date(2026, 3, 5))
    world.run(date(2026, 2, 23))
    (note,) = world.documents(customer)
    text = text_of(sheet(world, note))
    says(text, "Nota de cobro P-2026-000001", "Viña Peñascal Limitada", "Giro: Comercio", "Ñuñoa, Santiago")
    says(text, "RUT 76.543.210-3", "Valor de la UF $ 39.643,10 al 23 feb 2026", "1,5 UF cada uno", "IVA 19 %")
    says(text, "$ 112.413", "no es un documento tributario", "pay.seller.example/ P-2026-000001", "Bank 000-12345-07")
    world.pay(customer, 112413, date(2026, 2, 27), reference="DEP 1")
    paid = sheet(world, of_kind(world, "invoice"))
    assert paid.paid.means == "Por transferencia"
    assert paid.slip is None
    text = text_of(paid)
    says(text, "Factura F-1", "Pagado el viernes 27 de febrero de 2026", "Total pagado $ 112.413", "Contado")
    says(text, "Emitida por el pago de Nota de cobro P-2026-000001, 23 feb 2026", "timbre electrónico del SII")


def test_an_argentine_proforma_bears_the_x_and_invoices_their_letters() -> None:
    world = seller_of("hosting_ar", "30712345671")
    plan = world.plan("delta", "78500")
    registered, exempt = world.customer("Ñandú S.A."), world.customer("Marta Gómez", tax_condition="4")
    for customer in (registered, exempt):
        world.subscribe(customer, plan, date(2026, 1, 6))
    world.run(date(2026, 1, 6))
    text = text_of(sheet(world, of_kind(world, "request", registered)))
    says(text, "X", "Factura proforma P-2026-0000", "DOCUMENTO NO VÁLIDO COMO FACTURA", "IVA Responsable Inscripto")
    says(text, "CUIT 30-71234567-1", "$ 94.985,00", "La factura se emite cuando se acredita el pago.")
    for customer in (registered, exempt):
        world.pay(customer, 9498500, date(2026, 1, 8))
    listed = sheet(world, of_kind(world, "invoice", registered))
    assert (listed.mark.letter, listed.mark.legend, listed.number) == ("A", "Cód. 01", "A-0001-00000001")
    assert [(tax.words.replace("\u00a0", " "), tax.amount_minor) for tax in listed.taxes] == [("IVA 21 %", 1648500)]
    contained = sheet(world, of_kind(world, "invoice", exempt))
    assert (contained.mark.letter, contained.taxes, contained.net_minor) == ("B", (), 9498500)
    assert sum(line.amount_minor for line in contained.lines) == contained.gross_minor == 9498500
    says(text_of(contained), "IVA 21 % contenido $ 16.485,00", "Régimen de Transparencia Fiscal al Consumidor")


def test_a_hungarian_request_and_its_invoice() -> None:
    from abono.domain.subscriptions.periods import Cycle

    world = seller_of("booking_hu", "12345676-2-41")
    customer = world.customer("Tükörfény Bt.")
    plan = world.plan("foglalás", "7200", model="per_unit", cycle=("month", 3))
    world.subscribe(customer, plan, date(2026, 1, 10), quantity=4, cycle=Cycle("month", 3))
    world.run(date(2026, 1, 10))
    (request,) = world.documents(customer)
    text = text_of(sheet(world, request))
    says(
        text,
        "Díjbekérő P-2026-000001",
        "Ez a díjbekérő nem számla",
        "1011 Budapest",
        "7 200 Ft",
        "ÁFA 27%",
        "36 576 Ft",
    )
    world.pay(customer, 36576, date(2026, 1, 12))
    text = text_of(sheet(world, of_kind(world, "invoice")))
    says(text, "Számla I-2026-000001", "Kifizetve: 2026. január 12., hétfő", "Bankkártyával")
    says(text, "Teljesítés napja 2026. jan. 12.", "Alapja Díjbekérő P-2026-000001, 2026. jan. 10.")


def test_reverse_charge_says_so_with_both_numbers() -> None:
    from abono.domain.customers.actions import add_customer, save_profile

    world = seller_of("booking_hu", "12345676-2-41")
    day = date(2026, 1, 10)
    fields = {"legal_name": "Licht GmbH", "address": "Ring 1", "city": "Wien", "postal_code": "1010"}
    fields |= {"tax_id": "ATU12345675", "email": "a@licht.example"}
    who = {"seller_id": world.seller_id, "country": "AT", "on": day, "at": at(day)}
    customer = add_customer(name="Licht GmbH", language="en", currency="HUF", **who)
    (profile,) = world.rows("SELECT default_profile_id FROM customers WHERE id = %(id)s", id=customer)
    proof = {"number": "ATU12345675", "checked_at": "2026-01-02", "source": "VIES", "result": "valid"}
    save_profile(customer_id=customer, fields=fields, profile_id=profile[0], vat_evidence=proof, **who)
    world.subscribe(customer, world.plan("desk", "14400"), day)
    world.run(day)
    says(text_of(sheet(world, of_kind(world, "request"))), "the buyer accounts for the VAT", "14,400 Ft")
    world.pay(customer, 14400, day)
    invoice = sheet(world, of_kind(world, "invoice"))
    assert invoice.taxes == ()
    facts = {fact.label: fact.text.replace("\u00a0", " ") for fact in invoice.facts}
    assert facts["EU VAT number of the customer"] == "ATU12345675, checked on Jan 2, 2026 (VIES)"
    assert facts["EU VAT number of the issuer"] == "HU12345676"
    assert invoice.parties[0].rows[-1] == "Austria"
    assert "Reverse charge (fordított adózás): the buyer accounts for the VAT." in invoice.notes


def test_an_american_invoice_with_part_of_a_month_a_discount_and_credit() -> None:
    from abono.domain.subscriptions.actions import add_discount

    world = seller_of("franchise_us")
    customer = world.customer("Two Rivers LLC", city="Waco", region="TX", postal_code="76701")
    plan = world.plan("register", "100", model="per_unit", setup_minor=15000)
    subscription = world.subscribe(customer, plan, date(2026, 1, 16), quantity=2)
    world.run(date(2026, 1, 16))
    first, second = world.documents(customer)
    bill = sheet(world, first)
    text = text_of(bill)
    says(text, "Invoice I-2026-000001", "Waco, TX 76701", "16 of 31 days", "Sales tax, Texas 6.25% on $")
    says(text, "Payable to Larkspur Ltd", "Due on Friday, January 16, 2026", "Set-up: Plan register")
    world.pay(
        customer, int(first["gross_minor"]) + int(second["gross_minor"]) + 5000, date(2026, 1, 20), means="cheque"
    )
    assert sheet(world, first).paid.means == "By check"
    day = date(2026, 2, 9)
    add_discount(
        seller_id=world.seller_id,
        subscription_id=subscription,
        words="Spring",
        percent_bp=1000,
        from_on=day,
        on=day,
        at=at(day),
    )
    world.run(day)
    third = sheet(world, world.documents(customer)[-1])
    assert [line.detail for line in third.lines] == ["Discount: \u2212$20.00"]
    assert [(one.words, one.amount_minor) for one in third.deductions] == [("Your credit", 5000)]
    assert third.due_minor == third.gross_minor - 5000


# --- the partner's invoice, its annex, the card fee


def test_the_annex_names_every_location_with_its_days_and_adds_up() -> None:
    from abono.domain.subscriptions.actions import deactivate_location

    world = seller_of("partners_us")
    partner, places, subscription, _ = partner_with_clients(world)
    world.run(date(2026, 1, 1))
    invoice = sheet(world, world.documents(partner)[0])
    assert invoice.summary.replace("\u00a0", " ") == "5 active locations of 2 clients, Jan 1 to 31, 2026"
    assert [(line.quantity, line.unit_price, line.amount_minor) for line in invoice.lines] == [
        (5, Decimal("21.7"), 10850)
    ]
    left = date(2026, 1, 22)
    deactivate_location(
        seller_id=world.seller_id,
        subscription_id=subscription,
        location_id=places[-1],
        to_on=left,
        on=left,
        at=at(left),
    )
    world.run(date(2026, 2, 1))
    second = sheet(world, world.documents(partner)[1])
    assert sum(row.amount_minor for row in second.annex.rows) == second.net_minor == 4 * 2170 - 700
    rows = [(row.client, row.location, row.products, row.days, row.amount_minor) for row in second.annex.rows]
    assert rows[0] == ("Basil", "Basil 0", "Plan hub", 28, 2170)
    assert ("Basil", "Basil 2", "Plan hub, left", -10, -700) in rows
    text = text_of(second)
    says(
        text, "Annex to invoice I-2026-000002", "Every location and its days", "All locations $79.80", "10 days in all"
    )
    says(text, "Locations Each Amount", "Sales tax, Ohio 5.75%", "This annex belongs to the invoice")


def test_locations_are_sorted_as_people_do() -> None:
    from abono.reports.papers.lines import _parts

    names = ["Store 10", "store 9", "Annex 11", "Zoo", "Store 9 b", "Ñandú", "Store"]
    in_order = ["Annex 11", "Ñandú", "Store", "store 9", "Store 9 b", "Store 10", "Zoo"]
    assert sorted(names, key=_parts) == in_order


def test_the_card_fee_has_a_receipt_that_names_its_payment() -> None:
    world = seller_of("partners_us")
    partner, *_ = partner_with_clients(world)
    world.run(date(2026, 1, 1))
    gross = int(world.documents(partner)[0]["gross_minor"])
    fee = (gross * 3 + 50) // 100
    world.pay(partner, gross + fee, date(2026, 1, 2), funding="credit", brand="visa")
    receipt = sheet(world, of_kind(world, "receipt"))
    assert receipt.gross_minor == fee
    text = text_of(receipt)
    says(
        text, "Receipt R-2026-000001", "Received on Friday, January 2, 2026", "Invoice I-2026-000001", "Total received"
    )
    assert sheet(world, of_kind(world, "invoice")).paid.means == "By card"


# --- what becomes of documents


def test_a_credit_note_names_its_invoice_and_the_invoice_the_note() -> None:
    from abono.domain.payments.credit import credit_invoice

    world = seller_of("hosting_cl")
    customer = world.customer()
    world.subscribe(customer, world.plan("norte", "10000"), date(2026, 1, 5))
    world.run(date(2026, 1, 5))
    world.pay(customer, 11900, date(2026, 1, 6))
    invoice = of_kind(world, "invoice")
    day = date(2026, 1, 9)
    credit_invoice(seller_id=world.seller_id, document_id=invoice["id"], reason="gone", on=day, at=at(day))  # type: ignore[arg-type]
    note = sheet(world, of_kind(world, "credit_note"))
    text = text_of(note)
    says(text, "Nota de crédito NC-1", "Corrige Factura F-1, 6 ene 2026", "Total a tu favor $ 11.900")
    assert "Pagada al contado" not in text
    paid = sheet(world, invoice)
    assert paid.paid is not None
    assert [fact.text.replace("\u00a0", " ") for fact in paid.facts if fact.label == "Corregida por"] == [
        "Nota de crédito NC-1, 9 ene 2026"
    ]


def test_part_paid_voided_written_off_and_returned_are_said() -> None:
    from abono.domain.invoicing.actions import reissue_request
    from abono.domain.payments.actions import return_payment, write_off

    world = seller_of("hosting_ar")
    customer = world.customer()
    world.subscribe(customer, world.plan("delta", "100"), date(2026, 1, 6))
    world.run(date(2026, 1, 6))
    (old,) = world.documents(customer)
    day = date(2026, 1, 7)
    when = {"seller_id": world.seller_id, "on": day, "at": at(day)}
    reissue_request(document_id=old["id"], reason="address", **when)
    voided = sheet(world, old)
    assert (voided.watermark, voided.due_minor, voided.slip) == ("ANULADO", 0, None)
    new = world.documents(customer)[1]
    assert [(one.link, one.number) for one in sheet(world, new).references] == [("replaces", "P-2026-000001")]
    world.pay(customer, 2100, day, means="transfer")
    part = sheet(world, new)
    assert (part.deductions[0].words.replace("\u00a0", " "), part.due_minor) == (
        "Pagado por transferencia, 7 ene 2026",
        10000,
    )
    assert part.slip is not None
    payment = world.pay(customer, 10000, day, means="transfer")
    return_payment(payment_id=payment, cause="bounced", **when)
    invoice = of_kind(world, "invoice")
    owed = sheet(world, invoice)
    assert (owed.due_minor, owed.paid, owed.slip.reference) == (10000, None, "A-0001-00000001")
    write_off(document_id=invoice["id"], reason="lost", **when)
    given_up = sheet(world, invoice)
    assert [one.words for one in given_up.deductions][-1] == "Saldo dado de baja"
    assert (given_up.due_minor, given_up.slip) == (0, None)
