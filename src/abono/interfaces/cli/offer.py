"""`abono offer`: longer periods offered to services that were restored."""

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import click

from abono.base.kernel.refusal import Missing
from abono.interfaces.cli.collection_rows import customer_id_of, named
from abono.interfaces.cli.options import as_json, at_most, dated, most, of_seller, word
from abono.interfaces.cli.out import money, say, say_json, say_table

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard

_service = click.argument("service", type=word)


@click.group("offer")
def group() -> None:
    """Longer periods: offered after a restoration, from the first cycle not yet asked for, with their amounts."""


@group.command("list")
@of_seller
@click.option("--customer", type=word, help="Only this customer's.")
@click.option("--all", "everything", is_flag=True, help="Decided ones too.")
@at_most
@as_json
def list_(*, seller: "SellerCard", customer: str | None, everything: bool, limit: int, as_json: bool) -> None:
    """List open offers, the earliest first.

    \b
    Example:
      abono offer list --seller shop --customer C-00042
    """
    from abono.domain.subscriptions.periods import Cycle
    from abono.reports.collection_lists import period_offers

    found = period_offers(
        seller_id=seller.id, customer_id=customer_id_of(seller, customer), all_states=everything, most=most(limit)
    )
    rows = [named(one, seller) for one in (found[:limit] if limit else found)]
    for row in rows:
        row["now_cycle"] = Cycle(row.pop("now_unit"), row.pop("now_count")).text
        row["new_cycle"] = Cycle(row.pop("new_unit"), row.pop("new_count")).text
    if as_json:
        say_json({"offers": rows, "more": len(found) > len(rows)})
        return
    say_table(
        ("customer", "service", "now", "costs", "offered", "costs then", "from", "state", "id"),
        [
            (
                f"{row['customer']} {row['name']}",
                row["service"],
                row["now_cycle"],
                money(row["now_minor"], row["currency"]),
                row["new_cycle"],
                money(row["new_minor"], row["currency"]),
                row["from_on"],
                row["state"],
                row["subscription_id"],
            )
            for row in rows
        ],
        right=("costs", "costs then"),
    )
    if len(found) > len(rows):
        say(f"and more; --limit 0 shows all (shown: {limit})")


@group.command("accept")
@_service
@of_seller
@dated
@as_json
def accept(*, seller: "SellerCard", service: str, on: date, at: datetime, as_json: bool) -> None:
    """Take the longer period that is offered for a service, for its customer.

    \b
    Example:
      abono offer accept 0190a5b4-7c4e-7a31-8f00-3d2c1b0a9e8f --seller shop
    """
    from abono.runs.collecting.offering import accept_longer_period

    from_on = accept_longer_period(seller_id=seller.id, offer_id=_open(seller, service), on=on, at=at)
    if as_json:
        say_json({"from": from_on})
    else:
        say(f"the longer period begins on {from_on}")


@group.command("decline")
@_service
@of_seller
@dated
def decline(*, seller: "SellerCard", service: str, on: date, at: datetime) -> None:
    """Decline the longer period: the service keeps the one it has.

    \b
    Example:
      abono offer decline 0190a5b4-7c4e-7a31-8f00-3d2c1b0a9e8f --seller shop
    """
    from abono.runs.collecting.offering import decline_longer_period

    decline_longer_period(seller_id=seller.id, offer_id=_open(seller, service), on=on, at=at)
    say("declined; the period stays as it is")


def _open(seller: "SellerCard", service: str) -> UUID:
    """The open offer for the service."""
    from abono.domain.subscriptions.queries import find_subscription
    from abono.reports.collection_lists import period_offers

    found = find_subscription(seller_id=seller.id, asked=service)
    for one in period_offers(seller_id=seller.id, customer_id=found.customer_id):
        if one.subscription_id == found.id:
            return one.id
    raise Missing("collections.no_offer", "No longer period is offered for this service.")
