"""Papers on the command line: documents as PDF, statements of account, samples, letters."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click

from abono.base.kernel.refusal import Missing, Refused
from abono.interfaces.cli import clock
from abono.interfaces.cli.options import currency, customer_argument, day, of_seller, word
from abono.interfaces.cli.out import say
from abono.interfaces.cli.refusals import Answered, Unreadable

if TYPE_CHECKING:
    from abono.domain.invoicing.paper import Sheet
    from abono.domain.sellers.queries import SellerCard

# So many PDFs are in memory at once.
_BATCH = 100
PDF, CSV = "pdf", "csv"

_file = click.Path(dir_okay=False, path_type=Path)
_place = click.Path(path_type=Path)
_out = click.option("--out", required=True, type=_file, help="The file to write.")


@click.command("pdf")
@click.argument("document", type=word, required=False)
@of_seller
@click.option("--all", "whole_day", is_flag=True, help="All documents issued on the day --on.")
@click.option("--on", type=day, help="The day of --all. Default: today at the seller's.")
@click.option("--out", required=True, type=_place, help="The file to write; with --all, the folder.")
def document_pdf(*, seller: "SellerCard", document: str | None, whole_day: bool, on: date | None, out: Path) -> None:
    """Write a document as PDF, or all that were issued on a day, each under its number.

    \b
    Examples:
      abono document pdf P-2026-000042 --seller shop --out note.pdf
      abono document pdf --all --on 2026-03-01 --seller shop --out papers/
    """
    from abono.domain.invoicing.paper import render_pdf
    from abono.domain.invoicing.queries import find_document
    from abono.reports.papers.document import sheet_of_document

    if whole_day == (document is not None) or (on is not None and not whole_day):
        raise click.UsageError("Name one document, or give --all with the day --on.")
    if document is not None:
        card = find_document(seller_id=seller.id, asked=document)
        _write(out, render_pdf(sheet_of_document(seller_id=seller.id, document_id=card.id)))
        say(f"{document} is in {out}")
        return
    issued_on = on or clock.today(seller=seller)
    count = _write_day(seller, issued_on, out)
    say(f"{count} documents of {issued_on} are in {out}")


def _write_day(seller: "SellerCard", on: date, folder: Path) -> int:
    from abono.domain.invoicing.paper import render_many
    from abono.reports.papers.document import sheet_of_document
    from abono.reports.papers.reading import documents_issued

    ids = documents_issued(seller_id=seller.id, on=on)
    if not ids:
        raise Missing("papers.none_issued", f"Nothing was issued on {on}.")
    _make_folder(folder)
    for start in range(0, len(ids), _BATCH):
        sheets = [sheet_of_document(seller_id=seller.id, document_id=one) for one in ids[start : start + _BATCH]]
        for sheet, pdf in zip(sheets, render_many(sheets), strict=True):
            _write(folder / f"{sheet.number}.pdf", pdf)
    return len(ids)


@click.command("statement")
@customer_argument
@of_seller
@click.option("--from", "from_on", required=True, type=day, help="The first day.")
@click.option("--to", "to_on", type=day, help="The day after the last one. Default: tomorrow at the seller's.")
@click.option("--currency", type=currency, help="Default: the customer's.")
@click.option("--pdf", "form", flag_value=PDF, help="On paper. Default, unless the file's name ends in .csv.")
@click.option("--csv", "form", flag_value=CSV, help="For a spreadsheet: UTF-8, ISO dates, a point before the decimals.")
@_out
def statement(
    *,
    seller: "SellerCard",
    customer: str,
    from_on: date,
    to_on: date | None,
    currency: str | None,
    form: str | None,
    out: Path,
) -> None:
    """Write a customer's statement of account: what was asked for, paid and credited, and the balance after each.

    \b
    Example:
      abono statement C-00042 --seller shop --from 2026-01-01 --to 2026-04-01 --out account.pdf
    """
    from abono.domain.customers.queries import find_customer
    from abono.domain.invoicing.paper import render_pdf
    from abono.reports.papers.statement import statement_csv, statement_of

    card = find_customer(seller_id=seller.id, asked=customer)
    today = clock.today(seller=seller)
    until = to_on or today + timedelta(days=1)
    if until <= from_on:
        raise click.UsageError(f"--to {until} is not after --from {from_on}.")
    money = currency or card.currency
    if (form or out.suffix.removeprefix(".").lower()) == CSV:
        text = statement_csv(seller_id=seller.id, customer_id=card.id, from_on=from_on, to_on=until, currency=money)
        _write(out, text.encode())
    else:
        sheet = statement_of(
            seller_id=seller.id, customer_id=card.id, from_on=from_on, to_on=until, currency=money, on=today
        )
        _write(out, render_pdf(sheet))
    say(f"the statement of {customer} is in {out}")


@click.command("sample")
@customer_argument
@of_seller
@click.option("--on", type=day, help="What comes next from this day. Default: today at the seller's.")
@_out
def sample(*, seller: "SellerCard", customer: str, on: date | None, out: Path) -> None:
    """Write a sample of what a customer's next document will be: no number, no link, nothing is issued.

    It is computed by the same rule as the run. Further documents of the same day go to FILE-2.pdf and so on.

    \b
    Example:
      abono sample C-00042 --seller shop --on 2026-03-01 --out sample.pdf
    """
    from abono.domain.customers.queries import find_customer
    from abono.reports.papers.sample import samples_of

    card = find_customer(seller_id=seller.id, asked=customer)
    sheets = samples_of(seller_id=seller.id, customer_id=card.id, on=on or clock.today(seller=seller))
    for path, sheet in _write_samples(out, sheets):
        say(f"{customer}: {sheet.title}, to be issued on {sheet.issued_on}, is in {path}")


@click.command("letter")
@click.argument("customer", type=word, required=False)
@of_seller
@click.option("--sign-in", "sign_in_at", required=True, type=word, help="The address where customers sign in.")
@click.option("--on", type=day, help="The day of the letter. Default: today at the seller's.")
@click.option("--all", "everyone", is_flag=True, help="To every customer who pays, each with the sample beside it.")
@click.option("--sample", "sample_out", type=_file, help="Write the sample that the letter speaks of to this file.")
@click.option("--out", required=True, type=_place, help="The file to write; with --all, the folder.")
def letter(
    *,
    seller: "SellerCard",
    customer: str | None,
    sign_in_at: str,
    on: date | None,
    everyone: bool,
    sample_out: Path | None,
    out: Path,
) -> None:
    """Write the letter to customers who moved here from an older system.

    It asks to sign in with one's e-mail address and to enter a payment method, and says what the sample is.

    \b
    Examples:
      abono letter C-00042 --seller shop --sign-in https://my.shop.example --out letter.pdf --sample sample.pdf
      abono letter --all --seller shop --sign-in https://my.shop.example --out letters/
    """
    from abono.domain.customers.queries import find_customer

    if everyone == (customer is not None) or (everyone and sample_out is not None):
        raise click.UsageError("Name one customer, or give --all without --sample.")
    if not sign_in_at.startswith(("https://", "http://")):
        raise click.BadParameter(f"{sign_in_at!r} is not an address such as https://my.shop.example.")
    written_on = on or clock.today(seller=seller)
    if customer is None:
        _write_letters(seller, written_on, sign_in_at, out)
        return
    card = find_customer(seller_id=seller.id, asked=customer)
    without = _write_letter(seller, card.id, written_on, sign_in_at, out, sample_out)
    say(f"the letter to {customer} is in {out}" + (f", without a sample: {without}" if without else ""))


def _write_letters(seller: "SellerCard", on: date, sign_in_at: str, folder: Path) -> None:
    """A letter and a sample for each; who gets none is told with the reason, and stops nobody."""
    from abono.reports.papers.sample import customers_to_tell

    told = customers_to_tell(seller_id=seller.id, on=on)
    if not told:
        raise Missing("papers.nobody", "No customer of this seller pays for anything.")
    _make_folder(folder)
    refused = 0
    for customer_id, number in told:
        letter_out, sample_out = folder / f"{number}-letter.pdf", folder / f"{number}-sample.pdf"
        try:
            without = _write_letter(seller, customer_id, on, sign_in_at, letter_out, sample_out)
        except Refused as why:
            refused += 1
            say(f"{number}: no letter: {why.words}")
            continue
        if without:
            say(f"{number}: no sample: {without}")
    say(f"{len(told) - refused} letters are in {folder}")
    if refused:
        raise Answered


def _write_letter(
    seller: "SellerCard", customer_id: UUID, on: date, sign_in_at: str, out: Path, sample_out: Path | None
) -> str:
    """Write the letter and, if asked for, the sample; why there is no sample, or nothing."""
    from abono.domain.invoicing.paper import render_pdf
    from abono.reports.papers.announcement import announcement_to
    from abono.reports.papers.sample import samples_of

    without, sheets = "", []
    try:
        sheets = samples_of(seller_id=seller.id, customer_id=customer_id, on=on)
    except Refused as why:
        without = why.words
    words = announcement_to(seller_id=seller.id, customer_id=customer_id, sign_in_at=sign_in_at, on=on, samples=sheets)
    _write(out, render_pdf(words))
    if sample_out is not None and sheets:
        _write_samples(sample_out, sheets)
    return without


def _write_samples(out: Path, sheets: Sequence["Sheet"]) -> list[tuple[Path, "Sheet"]]:
    from abono.domain.invoicing.paper import render_many

    paths = [out, *(out.with_stem(f"{out.stem}-{number}") for number in range(2, len(sheets) + 1))]
    for path, pdf in zip(paths, render_many(sheets), strict=True):
        _write(path, pdf)
    return list(zip(paths, sheets, strict=True))


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Unreadable(f"{path}: cannot be written: {error.strerror}.") from None


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unreadable(f"{folder}: cannot be made: {error.strerror}.") from None
