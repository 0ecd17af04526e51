"""`abono recovery`: bringing terminated services back from their backups."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from abono.interfaces.cli.collection_rows import customer_id_of, named
from abono.interfaces.cli.options import as_json, at_most, dated, most, of_seller, word
from abono.interfaces.cli.out import money, say, say_json, say_table
from abono.interfaces.cli.subscription_rows import numbers_of

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard


@click.group("recovery")
def group() -> None:
    """Terminated services that can come back from their backups, for the policy's fee and days."""


@group.command("list")
@of_seller
@click.option("--customer", type=word, help="Only this customer's.")
@click.option("--all", "everything", is_flag=True, help="Those that are over too.")
@at_most
@as_json
def list_(*, seller: "SellerCard", customer: str | None, everything: bool, limit: int, as_json: bool) -> None:
    """List recoveries on offer, the one whose backup goes first at the top.

    \b
    Example:
      abono recovery list --seller shop
    """
    from abono.reports.collection_lists import recoveries

    found = recoveries(
        seller_id=seller.id, customer_id=customer_id_of(seller, customer), all_states=everything, most=most(limit)
    )
    rows = [named(one, seller) for one in (found[:limit] if limit else found)]
    if as_json:
        say_json({"recoveries": rows, "more": len(found) > len(rows)})
        return
    names = ("state", "terminated_on", "expires_on", "document", "subscription_id")
    say_table(
        ("customer", "service", "fee", "state", "terminated", "until", "document", "id"),
        [
            (
                f"{row['customer']} {row['name']}",
                row["service"],
                money(row["fee_minor"], row["currency"]),
                *(row[name] for name in names),
            )
            for row in rows
        ],
        right=("fee",),
    )
    if len(found) > len(rows):
        say(f"and more; --limit 0 shows all (shown: {limit})")


@group.command("ask")
@click.argument("service", type=word)
@of_seller
@dated
@as_json
def ask(*, seller: "SellerCard", service: str, on: date, at: datetime, as_json: bool) -> None:
    """Ask for a terminated service to come back: at once if that is free, else by a request for the fee.

    Again: names the same request. Once it is paid, the service begins anew on that day.

    \b
    Example:
      abono recovery ask 0190a5b4-7c4e-7a31-8f00-3d2c1b0a9e8f --seller shop
    """
    from abono.domain.subscriptions.queries import find_subscription
    from abono.runs.collecting.recovering import ask_for_recovery

    found = find_subscription(seller_id=seller.id, asked=service)
    document_id = ask_for_recovery(seller_id=seller.id, subscription_id=found.id, on=on, at=at)
    documents = numbers_of(seller=seller, document_ids=[document_id] if document_id else [])
    if as_json:
        say_json({"service": found.id, "document": next(iter(documents), None)})
    elif documents:
        say(f"{documents[0]} asks for the fee; the service comes back when it is paid")
    else:
        say("the service is back")
