"""Statements that agree with the books, samples that write nothing, letters."""

import io
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest

from abono.base.kernel.refusal import Refused
from tests.papers import of_kind, partner_with_clients, says, seller_of, sheet, text_of, with_uf
from tests.world import FIELDS, World, at

pytestmark = pytest.mark.usefixtures("database")


# --- statement


def busy_account() -> tuple[World, UUID]:
    """A Chilean customer with a request that waits for its invoice, a credit note, a refund and a voided request."""
    from abono.domain.invoicing.actions import void_request
    from abono.domain.payments.actions import refund_payment
    from abono.domain.payments.credit import credit_invoice
    from abono.runs.at_once import save_profile

    world = seller_of("hosting_cl")
    customer = world.customer("Ana", complete=False)
    world.subscribe(customer, world.plan("norte", "10000"), date(2026, 1, 5))
    world.run(date(2026, 1, 5))
    world.pay(customer, 15000, date(2026, 1, 10), reference="=DEP(1)")
    saved = date(2026, 1, 20)
    fields = {**FIELDS["CL"], "legal_name": "Ana", "tax_id": "76086428-5", "email": "ana@customer.example"}
    (profile,) = world.rows("SELECT default_profile_id FROM customers WHERE id = %(id)s", id=customer)
    save_profile(
        seller_id=world.seller_id,
        customer_id=customer,
        country="CL",
        fields=fields,
        profile_id=profile[0],
        on=saved,
        at=at(saved),
    )
    invoice = of_kind(world, "invoice")
    day = date(2026, 1, 22)
    ids = {"seller_id": world.seller_id, "on": day, "at": at(day)}
    credit_invoice(document_id=invoice["id"], reason="gone", **ids)
    (payment,) = world.rows("SELECT id FROM payments WHERE seller_id = %(seller)s")
    refund_payment(payment_id=payment[0], amount_minor=9000, key="r1", cause="asked", **ids)
    world.run(date(2026, 1, 26))
    from abono.base.store import sql

    open_request = sql.one(
        "SELECT id, open_minor, gross_minor FROM documents WHERE seller_id = %(seller)s AND state = 'open'",
        {"seller": world.seller_id},
    )
    if open_request and open_request[1] == open_request[2]:
        void_request(document_id=open_request[0], reason="stop", **ids)
    return world, customer


def test_the_statement_agrees_with_the_books_on_every_day() -> None:
    from abono.domain.ledger.queries import balances_of
    from abono.reports.papers.account import account_of
    from abono.reports.papers.statement import statement_of

    world, customer = busy_account()
    ids = {"seller_id": world.seller_id, "customer_id": customer}

    def owed(day: date) -> int:
        return sum(one.asked_minor + one.receivable_minor - one.money_minor for one in balances_of(on=day, **ids))

    days = [date(2026, 1, 1) + timedelta(days=count) for count in range(34)]
    for first, last in [(days[0], day) for day in days[1:]] + [(day, days[-1]) for day in days[1:-1]]:
        account = account_of(currency="CLP", from_on=first, to_on=last, **ids)
        end = last - timedelta(days=1)
        waits = date(2026, 1, 10) <= end < date(2026, 1, 20)
        assert account.waiting_minor == (11900 if waits else 0)
        assert account.closing_minor == owed(end) + account.waiting_minor, (first, last)
        before = account_of(currency="CLP", from_on=date(2025, 1, 1), to_on=first, **ids)
        assert account.opening_minor == before.closing_minor
    paper = statement_of(from_on=days[0], to_on=days[-1], **ids)
    assert paper.statement.entries[-1].balance_minor == paper.statement.closing_minor == owed(days[-2])
    text = text_of(paper)
    says(text, "Estado de cuenta", "1 ene al 2 feb 2026", "Número de cliente C-00001", "Pago por transferencia")
    says(text, "Nota de cobro P-2026-000001", "Factura F-1", "Ya pagada", "Nota de crédito NC-1", "Reembolso")


def test_the_statement_as_csv_runs_nothing_in_a_spreadsheet() -> None:
    import csv as reader

    from abono.reports.papers.csv_text import safe_cell
    from abono.reports.papers.statement import statement_csv

    world, customer = busy_account()
    stretch = {"from_on": date(2026, 1, 1), "to_on": date(2026, 2, 1)}
    text = statement_csv(seller_id=world.seller_id, customer_id=customer, **stretch)
    rows = list(reader.DictReader(io.StringIO(text)))
    paid = next(row for row in rows if row["paid"] == "15000")
    assert (paid["date"], paid["detail"], paid["balance"]) == ("2026-01-10", "'=DEP(1)", "-3100")
    assert rows[0]["movement"] == "Saldo anterior"
    assert rows[-1]["balance"] == rows[-2]["balance"]
    for cell, safe in (
        ("=1+1", "'=1+1"),
        ("+cmd", "'+cmd"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("-12.50", "-12.50"),
        ("+3", "+3"),
        ("Ana = Eva", "Ana = Eva"),
    ):
        assert safe_cell(cell) == safe


# --- sample and letter


def counts(world: World) -> dict[str, int]:
    """Rows of every table of the database."""
    tables = world.rows(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
        "AND has_table_privilege(oid, 'SELECT')"
    )
    return {name: world.rows(f'SELECT count(*) FROM "{name}"')[0][0] for (name,) in tables}


def sample_worlds() -> Iterator[tuple[World, UUID, date]]:
    """Customers whose next document is quite different: indexed, counted, first of the month, with a credit to come."""
    world = seller_of("hosting_cl")
    with_uf(world, date(2026, 5, 1), 4)
    customer = world.customer()
    world.subscribe(customer, world.plan("nube", "2", index_name="UF"), date(2026, 5, 16))
    yield world, customer, date(2026, 5, 3)
    world = seller_of("partners_us")
    partner, *_ = partner_with_clients(world)
    world.run(date(2026, 1, 1))
    yield world, partner, date(2026, 1, 12)
    world = seller_of("booking_hu")
    customer = world.customer()
    world.subscribe(customer, world.plan("desk", "9000"), date(2026, 1, 31))
    world.run(date(2026, 1, 31))
    yield world, customer, date(2026, 2, 1)


def test_a_sample_is_what_the_run_will_issue_and_writes_nothing() -> None:
    from abono.reports.papers.sample import samples_of

    for world, customer, on in sample_worlds():
        before = counts(world)
        (sample,) = samples_of(seller_id=world.seller_id, customer_id=customer, on=on)
        assert counts(world) == before
        assert (sample.kind, sample.number, sample.slip) == ("sample", None, None)
        if world.policy_name == "hosting_cl":
            assert any("último valor publicado" in note for note in sample.notes)
            with_uf(world, date(2026, 5, 5), 10)
        world.run(sample.issued_on - timedelta(days=1))
        issued_before = len(world.documents(customer))
        world.run(sample.issued_on)
        assert len(world.documents(customer)) == issued_before + 1
        issued = sheet(world, world.documents(customer)[-1])
        assert (issued.lines, issued.taxes, issued.annex) == (sample.lines, sample.taxes, sample.annex)
        assert (issued.due_on, issued.gross_minor) == (sample.due_on, sample.gross_minor)


def test_no_sample_of_what_another_pays_or_nobody_is_asked() -> None:
    from abono.reports.papers.sample import samples_of

    world = seller_of("partners_us")
    partner_with_clients(world)
    ids = dict(world.rows("SELECT name, id FROM customers WHERE seller_id = %(seller)s"))
    on = date(2026, 1, 2)
    with pytest.raises(Refused, match="Another customer pays"):
        samples_of(seller_id=world.seller_id, customer_id=ids["Copper"], on=on)
    with pytest.raises(Refused, match="Nothing will be asked"):
        samples_of(seller_id=world.seller_id, customer_id=world.customer("Nobody"), on=on)


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (
            "franchise_us",
            (
                "Forgot password",
                "a bank account or a card",
                "by e-check or by check",
                "It shows $131.25",
                "comes on February 9, 2026",
            ),
        ),
        ("hosting_ar", ("Olvidé mi contraseña", "una tarjeta", "por transferencia o con cupón de pago", "$ 121,00")),
        ("booking_hu", ("Elfelejtett jelszó", "bankkártyát", "átutalással", "Összege: 127 Ft")),
    ],
)
def test_the_letter_asks_to_sign_in_and_says_what_the_sample_is(policy: str, words: tuple[str, ...]) -> None:
    from abono.reports.papers.announcement import announcement_to
    from abono.reports.papers.sample import samples_of

    world = seller_of(policy)
    places = {"region": "TX", "city": "Waco", "postal_code": "76701"} if policy == "franchise_us" else {}
    customer = world.customer("Two Rivers", **places)
    plan = world.plan("basic", "125" if places else "100")
    world.subscribe(customer, plan, date(2026, 3, 1))
    ids = {"seller_id": world.seller_id, "customer_id": customer, "on": date(2026, 1, 20)}
    samples = samples_of(**ids)
    letter = text_of(announcement_to(sign_in_at="https://my.seller.example", samples=samples, **ids))
    says(letter, "Two Rivers", "https://my.seller.example", "@customer.example", *words)


def test_every_word_is_there_in_every_language_with_the_same_blanks() -> None:
    from string import Formatter

    from abono.base.kernel.languages import LANGUAGES
    from abono.reports.papers import words
    from abono.reports.papers.announcement import _sentences

    tables = [words._SAID, words._BY, words._METHODS, _sentences()]
    for name, row in ((name, row) for table in tables for name, row in table.items()):
        assert set(row) == set(LANGUAGES), name
        blanks = [{field for _, field, _, _ in Formatter().parse(row[language]) if field} for language in LANGUAGES]
        if name != "moved":
            assert blanks[0] == blanks[1] == blanks[2], name
