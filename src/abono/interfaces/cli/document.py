"""`abono document`: what was issued, and correcting it."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import click

from abono.interfaces.cli.lazy import LazyGroup, Table
from abono.interfaces.cli.options import as_json, at_most, dated, line, minor, most, number, of_seller, on_day, word
from abono.interfaces.cli.out import money, say, say_json, say_table
from abono.interfaces.cli.subscription_rows import numbers_of

if TYPE_CHECKING:
    from abono.domain.invoicing.queries import DocumentCard
    from abono.domain.sellers.queries import SellerCard

_HERE = "abono.interfaces.cli.document"
# Commands that live in files of their own are one line here, as in `main.py`.
COMMANDS: Table = {
    "Look": {
        "list": (f"{_HERE}:list_", "List documents, the latest first."),
        "show": (f"{_HERE}:show", "Show a document with its lines, and what became of it."),
        "pdf": ("abono.interfaces.cli.papers:document_pdf", "Write a document, or all of a day, as PDF."),
        "waiting": ("abono.interfaces.cli.waiting:command", "Name paid requests whose invoice waits for a profile."),
    },
    "Correct": {
        "void": (f"{_HERE}:void", "Void an open request."),
        "reissue": (f"{_HERE}:reissue", "Void an open request and issue it anew in one step."),
        "credit": (f"{_HERE}:credit", "Take an invoice back by a credit note, in full or in part."),
        "write-off": (f"{_HERE}:write_off", "Give up what is still open of an invoice."),
    },
}

_document = click.argument("document", type=word)
_reason = click.option("--reason", required=True, type=word, help="Why; it stands in the timeline.")


@click.command("document", cls=LazyGroup, table=COMMANDS)
def group() -> None:
    """Documents: show, void, reissue, credit, write off.

    A DOCUMENT is named by its number as people see it (P-2026-000042) or by its id.
    """


@click.command("list")
@of_seller
@on_day
@click.option("--customer", type=word, help="Only this customer's.")
@click.option("--kind", type=click.Choice(["request", "invoice", "credit_note", "receipt"]), help="Only of this kind.")
@click.option("--state", type=click.Choice(["open", "settled", "voided", "issued"]), help="Only those in this state.")
@click.option("--overdue", is_flag=True, help="Only those open and due before --on.")
@at_most
@as_json
def list_(
    *,
    seller: "SellerCard",
    on: date,
    customer: str | None,
    kind: str | None,
    state: str | None,
    overdue: bool,
    limit: int,
    as_json: bool,
) -> None:
    """List documents, the latest first.

    \b
    Example:
      abono document list --seller shop --overdue
    """
    from abono.domain.customers.queries import customer_number, find_customer
    from abono.domain.invoicing.numbering import number_text
    from abono.reports.lists import documents

    found = documents(
        seller_id=seller.id,
        customer_id=find_customer(seller_id=seller.id, asked=customer).id if customer else None,
        kind=kind,
        state=state,
        overdue_on=on if overdue else None,
        most=most(limit),
    )
    rows = [
        {
            **one._asdict(),
            "document": number_text(series=one.series, number=one.number, kind=one.kind, country=seller.country),
            "customer_number": customer_number(number=one.customer_number),
        }
        for one in (found[:limit] if limit else found)
    ]
    if as_json:
        say_json({"documents": rows, "more": len(found) > len(rows)})
        return
    say_table(
        ("document", "kind", "customer", "issued", "due", "amount", "open", "state"),
        [
            (
                row["document"],
                row["kind"],
                f"{row['customer_number']} {row['customer_name']}",
                row["issued_on"],
                row["due_on"],
                money(row["gross_minor"], row["currency"]),
                money(row["open_minor"], row["currency"]) if row["open_minor"] else "",
                row["state"],
            )
            for row in rows
        ],
        right=("amount", "open"),
    )
    if len(found) > len(rows):
        say(f"and more; --limit 0 shows all (shown: {limit})")


@click.command("show")
@_document
@of_seller
@on_day
@as_json
def show(*, seller: "SellerCard", document: str, on: date, as_json: bool) -> None:
    """Show a document with its lines, what became of it, what silence about it means, and what happens next.

    \b
    Example:
      abono document show P-2026-000042 --seller shop
    """
    from abono.interfaces.cli.document_sheet import document_facts, say_document

    facts = document_facts(seller=seller, card=_found(seller, document), on=on)
    if as_json:
        say_json(facts)
    else:
        say_document(facts)


@click.command("void")
@_document
@of_seller
@dated
@_reason
def void(*, seller: "SellerCard", document: str, on: date, at: datetime, reason: str) -> None:
    """Void an open request. Its periods are not asked for again; to ask anew: reissue.

    What was paid on it is the customer's money again.

    \b
    Example:
      abono document void P-2026-000042 --seller shop --reason "ordered by mistake"
    """
    from abono.runs.corrections import void_by_hand

    card = _found(seller, document)
    void_by_hand(seller_id=seller.id, document_id=card.id, reason=reason, on=on, at=at)
    say(f"{_number(seller, card)} is void")


@click.command("reissue")
@_document
@of_seller
@dated
@_reason
@as_json
def reissue(*, seller: "SellerCard", document: str, on: date, at: datetime, reason: str, as_json: bool) -> None:
    """Void an open request and issue it anew in one step, made out to the billing profile as it is now.

    \b
    Example:
      abono document reissue P-2026-000042 --seller shop --reason "new address"
    """
    from abono.runs.corrections import reissue_by_hand

    card = _found(seller, document)
    made = reissue_by_hand(seller_id=seller.id, document_id=card.id, reason=reason, on=on, at=at)
    (new,) = numbers_of(seller=seller, document_ids=[made])
    if as_json:
        say_json({"voided": _number(seller, card), "document": new, "id": made})
    else:
        say(f"{_number(seller, card)} is void; {new} stands in its place")


@click.command("credit")
@_document
@of_seller
@dated
@_reason
@click.option("--net", type=number, help="A part of it, without tax. Default: all that is left.")
@click.option("--words", type=line, default="", help="What the part is, on the credit note. Default: the reason.")
@as_json
def credit(
    *,
    seller: "SellerCard",
    document: str,
    on: date,
    at: datetime,
    reason: str,
    net: Decimal | None,
    words: str,
    as_json: bool,
) -> None:
    """Take an invoice back by a credit note, in full or in part. What was paid of it is the customer's money again.

    \b
    Example:
      abono document credit I-2026-000042 --seller shop --net 10.00 --reason "two days without service"
    """
    from abono.runs.corrections import credit_by_hand

    card = _found(seller, document)
    made = credit_by_hand(
        seller_id=seller.id,
        document_id=card.id,
        reason=reason,
        net_minor=None if net is None else minor(net, card.currency, option="--net"),
        words=words,
        on=on,
        at=at,
    )
    (new,) = numbers_of(seller=seller, document_ids=[made])
    if as_json:
        say_json({"document": new, "id": made, "corrects": _number(seller, card)})
    else:
        say(f"{new} credits {_number(seller, card)}")


@click.command("write-off")
@_document
@of_seller
@dated
@_reason
@as_json
def write_off(*, seller: "SellerCard", document: str, on: date, at: datetime, reason: str, as_json: bool) -> None:
    """Give up what is still open of an invoice. Requests are voided instead.

    \b
    Example:
      abono document write-off I-2026-000042 --seller shop --reason "the company is dissolved"
    """
    from abono.domain.payments import actions

    card = _found(seller, document)
    given_up = actions.write_off(seller_id=seller.id, document_id=card.id, reason=reason, on=on, at=at)
    if as_json:
        say_json({"document": _number(seller, card), "written_off_minor": given_up, "currency": card.currency})
    else:
        say(f"{money(given_up, card.currency)} of {_number(seller, card)} given up")


def _found(seller: "SellerCard", asked: str) -> "DocumentCard":
    from abono.domain.invoicing.queries import find_document

    return find_document(seller_id=seller.id, asked=asked)


def _number(seller: "SellerCard", card: "DocumentCard") -> str:
    from abono.domain.invoicing.queries import number_of

    return number_of(card=card, country=seller.country)
