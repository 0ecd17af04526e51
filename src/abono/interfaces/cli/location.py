"""`abono customer location`: the places of a customer."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from abono.interfaces.cli.options import as_json, customer_argument, dated, day, line, of_seller, word
from abono.interfaces.cli.out import say, say_json

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard


@click.group("location")
def group() -> None:
    """Locations: the stores, kitchens and salons of a customer."""


@group.command("add")
@customer_argument
@of_seller
@dated
@click.option("--name", required=True, type=word, help="What the place is called.")
@click.option("--from", "active_from", required=True, type=day, help="Its first active day.")
@click.option("--to", "active_to", type=day, help="The first day it is no longer active.")
@click.option("--address", type=line, default="", help="Street and number.")
@click.option("--region", type=line, default="", help="State or province.")
@click.option("--locality", type=line, default="", help="City or district.")
@click.option("--reference", type=word, help="Its name in another system.")
@as_json
def add(
    *,
    seller: "SellerCard",
    customer: str,
    on: date,
    at: datetime,
    name: str,
    active_from: date,
    active_to: date | None,
    address: str,
    region: str,
    locality: str,
    reference: str | None,
    as_json: bool,
) -> None:
    """Add a location. It counts for a subscription once `abono subscription locate` says so.

    \b
    Example:
      abono customer location add C-00042 --seller shop --name "Elm Street" --from 2026-03-01
    """
    from abono.domain.customers.actions import add_location
    from abono.domain.customers.queries import find_customer

    card = find_customer(seller_id=seller.id, asked=customer)
    location_id = add_location(
        seller_id=seller.id,
        customer_id=card.id,
        name=name,
        active_from=active_from,
        active_to=active_to,
        address=address,
        region=region,
        locality=locality,
        reference=reference,
        on=on,
        at=at,
    )
    if as_json:
        say_json({"location": location_id})
    else:
        say(f"location {name} added: {location_id}")


@group.command("close")
@customer_argument
@click.argument("location", type=word)
@of_seller
@dated
@click.option("--to", "active_to", required=True, type=day, help="The first day it is no longer active.")
def close(*, seller: "SellerCard", customer: str, location: str, on: date, at: datetime, active_to: date) -> None:
    """Close a location, named by id, reference or name: from that day no subscription counts it.

    \b
    Example:
      abono customer location close C-00042 "Elm Street" --seller shop --to 2026-09-01
    """
    from abono.domain.customers.queries import find_customer, find_location
    from abono.domain.subscriptions.locations import close_location

    card = find_customer(seller_id=seller.id, asked=customer)
    found = find_location(seller_id=seller.id, customer_id=card.id, asked=location)
    close_location(seller_id=seller.id, location_id=found.id, active_to=active_to, on=on, at=at)
    say(f"location {found.name} closes on {active_to}")
