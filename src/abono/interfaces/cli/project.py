"""`abono project`: work in progress, a service without a cycle."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from abono.interfaces.cli.collection_rows import customer_id_of
from abono.interfaces.cli.options import as_json, at_most, customer_argument, dated, most, of_seller, on_day, word
from abono.interfaces.cli.out import say, say_json, say_table

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard


@click.group("project")
def group() -> None:
    """Projects: work in progress, paid for by one-off charges. They freeze where services are suspended."""


@group.command("open")
@customer_argument
@of_seller
@dated
@click.option("--words", required=True, type=word, help="What the work is.")
@as_json
def open_(*, seller: "SellerCard", customer: str, on: date, at: datetime, words: str, as_json: bool) -> None:
    """Begin a project for a customer.

    \b
    Example:
      abono project open C-00042 --seller shop --words "New online shop"
    """
    from abono.domain.customers.queries import find_customer
    from abono.runs.collecting.projects import open_project

    card = find_customer(seller_id=seller.id, asked=customer)
    made = open_project(seller_id=seller.id, customer_id=card.id, words=words, on=on, at=at)
    if as_json:
        say_json({"project": made})
    else:
        say(f"project {made}")


@group.command("close")
@click.argument("project", type=word)
@of_seller
@dated
def close(*, seller: "SellerCard", project: str, on: date, at: datetime) -> None:
    """The work is done, or given up.

    \b
    Example:
      abono project close 0190a5b4-7c4e-7a31-8f00-3d2c1b0a9e8f --seller shop
    """
    from abono.domain.subscriptions.queries import find_subscription
    from abono.runs.collecting.projects import close_project

    found = find_subscription(seller_id=seller.id, asked=project)
    close_project(seller_id=seller.id, project_id=found.id, on=on, at=at)
    say("project closed")


@group.command("list")
@of_seller
@on_day
@click.option("--customer", type=word, help="Only this customer's.")
@at_most
@as_json
def list_(*, seller: "SellerCard", on: date, customer: str | None, limit: int, as_json: bool) -> None:
    """List projects: active, frozen, or closed.

    \b
    Example:
      abono project list --seller shop
    """
    from abono.reports.service_screens import services

    found = services(
        seller_id=seller.id,
        on=on,
        language=seller.language,
        customer_id=customer_id_of(seller, customer),
        projects=True,
        most=most(limit),
    )
    shown = found[:limit] if limit else found
    rows: list[dict[str, Any]] = [
        {
            "project": one.id,
            "customer": one.customer,
            "words": one.name,
            "state": "closed" if one.state == "cancelled" else one.state,
            "held_by": [held.document for held in one.held_by],
        }
        for one in shown
    ]
    if as_json:
        say_json({"projects": rows, "more": len(found) > len(rows)})
        return
    say_table(
        ("customer", "words", "state", "held by", "id"),
        [(row["customer"], row["words"], row["state"], ", ".join(row["held_by"]), row["project"]) for row in rows],
    )
    if len(found) > len(rows):
        say(f"and more; --limit 0 shows all (shown: {limit})")
