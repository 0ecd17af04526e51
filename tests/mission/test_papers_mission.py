"""Rows of the mission about papers, through the command line alone, as an operator works."""

import io
import itertools
import json
import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

pytestmark = pytest.mark.usefixtures("database")

_numbers = itertools.count(1)


class Shop:
    """A seller, and commands on it."""

    def __init__(self, policy: str, *more: str) -> None:
        self.key = f"paper-{policy.replace('_', '-')}-{os.getpid()}-{next(_numbers)}"
        call(
            *("seller", "add", "--seller", self.key, "--name", "Larkspur", "--legal-name", "Larkspur Systems"),
            *("--tax-id", "76086428-5", "--email", "billing@larkspur.example", "--address", "400 Harbor Street"),
            *("--policy", policy, "--from", "2020-01-01", "--pay-url", "https://pay.larkspur.example", *more),
        )

    def __call__(self, words: str, *more: str) -> str:
        return call(*words.split(), *more, "--seller", self.key)

    def customer(self, name: str, *fields: str) -> str:
        given = [word for field in fields for word in ("--set", field)]
        said = self("customer add --on 2026-01-01 --json --email owner@customer.example", "--name", name, *given)
        return str(json.loads(said)["customer"])

    def subscribe(self, customer: str, plan: str, start: str, *more: str) -> str:
        return self(f"subscription add {customer} --plan {plan} --cycle monthly --on {start} --start {start}", *more)

    def documents(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = json.loads(self("document list --json"))["documents"]
        return found


def call(*words: str) -> str:
    """What the command prints; it must succeed."""
    from abono.interfaces.cli.main import abono

    result = CliRunner().invoke(abono, list(words))
    assert result.exit_code == 0, (words, result.output, result.exception)
    return result.stdout


def refused(*words: str) -> str:
    """The one line of a command that says no."""
    from abono.interfaces.cli.main import abono

    result = CliRunner().invoke(abono, list(words))
    assert result.exit_code == 1, (words, result.output)
    return result.stderr.strip()


def read(file: Path) -> str:
    """All words of a PDF."""
    pages = PdfReader(io.BytesIO(file.read_bytes())).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


@pytest.mark.mission("A10", part="engine")
def test_each_migrated_customer_gets_a_letter_and_a_sample(tmp_path: Path) -> None:
    shop = Shop("franchise_us", "--region", "TX")
    shop("plan add register --name Register")
    shop("plan price register --cycle monthly --amount 99 --model per-unit --from 2020-01-01")
    place = ("address=91 Cedar Lane", "city=Waco", "region=TX", "postal_code=76701")
    owner, other = shop.customer("Two Rivers Burgers", *place), shop.customer("Elm Grill", *place)
    for customer in (owner, other):
        shop.subscribe(customer, "register", "2026-03-01", "--continues", "--quantity", "2")
    letters = tmp_path / "letters"
    shop("letter --all --sign-in https://my.larkspur.example --on 2026-01-20", "--out", str(letters))
    assert sorted(file.name for file in letters.iterdir()) == sorted(
        f"{customer}-{kind}.pdf" for customer in (owner, other) for kind in ("letter", "sample")
    )
    letter, sample = read(letters / f"{owner}-letter.pdf"), read(letters / f"{owner}-sample.pdf")
    for words in (
        "Two Rivers Burgers",
        "a new billing system",
        "https://my.larkspur.example",
        "owner@customer.example",
        "Enter a payment method",
        "no card or bank details were carried over",
        "It shows $207.90, due on March 1, 2026",
        "the document itself comes on February 9, 2026",
    ):
        assert words in letter, words
    for words in ("Sample invoice", "SAMPLE", "Register", "$207.90", "nothing to pay on it", "Waco, TX 76701"):
        assert words in sample, words
    assert "I-2026-" not in sample
    assert "pay.larkspur.example" not in sample
    assert shop.documents() == []
    shop("run --on 2026-02-09")
    issued = tmp_path / "invoice.pdf"
    shop("document pdf I-2026-000001", "--out", str(issued))
    assert "$207.90" in read(issued)


@pytest.mark.mission("A10", part="engine")
def test_the_sample_and_the_letter_of_one_customer(tmp_path: Path) -> None:
    shop = Shop("booking_hu")
    shop("plan add desk --name Desk --name hu=Pult")
    shop("plan price desk --cycle monthly --amount 9000 --from 2020-01-01")
    place = ("address=Fő utca 1.", "city=Budapest", "postal_code=1011")
    customer = shop.customer("Tükörfény Bt.", *place)
    nothing = refused("sample", customer, "--seller", shop.key, "--on", "2026-01-20", "--out", str(tmp_path / "x.pdf"))
    assert nothing.startswith("abono: Nothing will be asked")
    shop.subscribe(customer, "desk", "2026-02-05", "--continues")
    sample, letter = tmp_path / "sample.pdf", tmp_path / "letter.pdf"
    shop(f"sample {customer} --on 2026-01-20", "--out", str(sample))
    assert "Díjbekérő (minta)" in read(sample)
    assert "MINTA" in read(sample)
    shop(f"letter {customer} --on 2026-01-20 --sign-in https://hajnal.example", "--out", str(letter))
    assert "Új számlázási rendszerre váltottunk" in read(letter)
    assert "Összege: 11 430 Ft, fizetési határideje: 2026. február 5." in read(letter)


@pytest.mark.mission("D5", part="engine")
def test_the_partners_invoice_has_lines_and_an_annex_that_names_every_location(tmp_path: Path) -> None:
    shop = Shop("partners_us", "--region", "CA")
    shop("plan add hub --name", "Order hub", "--counted", "locations")
    shop("plan price hub --cycle monthly --model volume --tier 2:30 --tier -:20 --from 2020-01-01")
    place = ("address=12 Elm Street", "city=Fresno", "region=CA", "postal_code=93701")
    partner = shop.customer("Larkrow Kitchens", *place)
    for name, count in (("Copper Spoon", 2), ("Dune Street", 1)):
        client = shop.customer(name, *place)
        shop(f"customer sponsor {client} --payer {partner} --from 2026-01-01 --on 2026-01-01")
        said = shop.subscribe(client, "hub", "2026-01-01", "--json")
        subscription = json.loads(said)["subscription"]
        for number in range(1, count + 1):
            here = ("--name", f"{name} {number}")
            shop(f"customer location add {client} --from 2026-01-01 --on 2026-01-01", *here)
            locate = (f"{name} {number}", "--from", "2026-01-01", "--on", "2026-01-01")
            shop(f"subscription locate {subscription}", *locate)
    shop("run --on 2026-01-01")
    folder = tmp_path / "day"
    shop("document pdf --all --on 2026-01-01", "--out", str(folder))
    assert [file.name for file in folder.iterdir()] == ["I-2026-000001.pdf"]
    text = read(folder / "I-2026-000001.pdf")
    for words in (
        "3 active locations of 2 clients, Jan 1 to 31, 2026",
        "Locations Each Amount",
        "3 $20.00 $60.00",
        "Annex to invoice I-2026-000001",
        "Copper Spoon 1 Copper Spoon Order hub Jan 1 to 31 31 $20.00",
        "Copper Spoon 2",
        "Dune Street 1",
        "All locations $60.00",
    ):
        assert words in text, words


@pytest.mark.mission("B6", part="engine")
def test_the_charge_note_says_that_it_is_no_invoice_and_the_invoice_comes_with_the_payment(tmp_path: Path) -> None:
    shop = Shop("hosting_cl")
    shop("plan add norte --name Norte")
    shop("plan price norte --cycle monthly --amount 10000 --from 2020-01-01")
    fields = ("tax_id=76086428-5", "activity=Comercio", "address=Av. Uno 123", "district=Ñuñoa", "city=Santiago")
    customer = shop.customer("Viña Peñascal", *fields)
    shop.subscribe(customer, "norte", "2026-01-05")
    note, invoice, account = tmp_path / "note.pdf", tmp_path / "invoice.pdf", tmp_path / "account.csv"
    shop("document pdf P-2026-000001", "--out", str(note))
    text = read(note)
    for words in (
        "Nota de cobro P-2026-000001",
        "Esta nota de cobro no es un documento tributario ni da derecho a crédito fiscal.",
        "La factura se emite al recibir el pago.",
        "$ 11.900",
        "pay.larkspur.example/ P-2026-000001",
    ):
        assert words in text, words
    assert [one["kind"] for one in shop.documents()] == ["request"]
    missing = refused("document", "pdf", "F-1", "--seller", shop.key, "--out", str(invoice))
    assert missing == "abono: This seller has no document 'F-1'."
    shop(f"pay --customer {customer} --means transfer --amount 11900 --key t1 --state settled --on 2026-01-06")
    shop("document pdf F-1", "--out", str(invoice))
    text = read(invoice)
    for words in (
        "Factura F-1",
        "Nota de cobro P-2026-000001, 5 ene 2026",
        "Total pagado $ 11.900",
        "Por transferencia",
    ):
        assert words in text, words
    shop(f"statement {customer} --from 2026-01-01 --to 2026-02-01", "--out", str(account))
    last = account.read_text(encoding="utf-8").splitlines()[-1]
    assert last == "2026-01-31,Saldo final,,,,,0,CLP"
