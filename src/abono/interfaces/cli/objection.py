"""`abono objection`: a customer objects to a document; the seller decides."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from abono.interfaces.cli.collection_rows import customer_id_of, found_document, named
from abono.interfaces.cli.options import as_json, at_most, dated, most, of_seller, word
from abono.interfaces.cli.out import money, say, say_json

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard

_document = click.argument("document", type=word)
_words = click.option("--words", required=True, type=word, help="What is said; it stands in the timeline.")


@click.group("objection")
def group() -> None:
    """Objections to documents. While one is open nothing is stopped because of its document."""


@group.command("raise")
@_document
@of_seller
@dated
@_words
@as_json
def raise_(*, seller: "SellerCard", document: str, on: date, at: datetime, words: str, as_json: bool) -> None:
    """Object to a document that is owed. Its calendar stops until the objection is decided.

    \b
    Example:
      abono objection raise P-2026-000042 --seller shop --words "I did not order this"
    """
    from abono.runs.collecting.objections import object_to

    card, number = found_document(seller, document)
    made = object_to(seller_id=seller.id, document_id=card.id, words=words, on=on, at=at)
    if as_json:
        say_json({"objection": made, "document": number})
    else:
        say(f"objection to {number} is open")


@group.command("reject")
@_document
@of_seller
@dated
@_words
def reject(*, seller: "SellerCard", document: str, on: date, at: datetime, words: str) -> None:
    """Reject the open objection: the calendar goes on, but nothing is stopped on this day.

    \b
    Example:
      abono objection reject P-2026-000042 --seller shop --words "ordered on 3 March by phone"
    """
    _decide(seller, document, "rejected", words, on, at)


@group.command("withdraw")
@_document
@of_seller
@dated
@_words
def withdraw(*, seller: "SellerCard", document: str, on: date, at: datetime, words: str) -> None:
    """Withdraw the open objection for the customer: the calendar goes on, but nothing is stopped on this day.

    \b
    Example:
      abono objection withdraw P-2026-000042 --seller shop --words "found the order"
    """
    _decide(seller, document, "withdrawn", words, on, at)


@group.command("uphold")
@_document
@of_seller
@dated
@_words
def uphold(*, seller: "SellerCard", document: str, on: date, at: datetime, words: str) -> None:
    """Accept the open objection: a request is voided, an invoice credited in full, what it stopped is restored.

    \b
    Example:
      abono objection uphold P-2026-000042 --seller shop --words "asked for twice"
    """
    _decide(seller, document, "upheld", words, on, at)


@group.command("list")
@of_seller
@click.option("--customer", type=word, help="Only this customer's.")
@click.option("--all", "everything", is_flag=True, help="Decided ones too.")
@at_most
@as_json
def list_(*, seller: "SellerCard", customer: str | None, everything: bool, limit: int, as_json: bool) -> None:
    """List open objections, the oldest first: they wait for a decision.

    \b
    Example:
      abono objection list --seller shop
    """
    from abono.reports.collection_lists import objections

    found = objections(
        seller_id=seller.id, customer_id=customer_id_of(seller, customer), all_states=everything, most=most(limit)
    )
    rows = [named(one, seller) for one in (found[:limit] if limit else found)]
    if as_json:
        say_json({"objections": rows, "more": len(found) > len(rows)})
        return
    for row in rows:
        end = "" if row["decided_on"] is None else f"; {row['state']} on {row['decided_on']}: {row['decision']}"
        owed = money(row["open_minor"], row["currency"])
        who = f"{row['customer']} {row['name']}"
        say(f"{row['document']} of {who}, {owed} open, since {row['opened_on']}: {row['words']}{end}")
    if not rows:
        say("no objection is open" if not everything else "nobody objected")
    if len(found) > len(rows):
        say(f"and more; --limit 0 shows all (shown: {limit})")


def _decide(seller: "SellerCard", document: str, state: str, words: str, on: date, at: datetime) -> None:
    from abono.runs.collecting.objections import decide_objection

    card, number = found_document(seller, document)
    decide_objection(seller_id=seller.id, document_id=card.id, state=state, words=words, on=on, at=at)
    say(f"objection to {number} is {state}")
