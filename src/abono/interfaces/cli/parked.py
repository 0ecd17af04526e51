"""`abono parked`: customers whom the run could not bill."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from abono.interfaces.cli.exits import way_out
from abono.interfaces.cli.options import as_json, dated, of_seller, word
from abono.interfaces.cli.out import say, say_json

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard


@click.group("parked")
def group() -> None:
    """Customers whom the run could not bill, and letting them go on."""


@group.command("list")
@of_seller
@as_json
def list_(*, seller: "SellerCard", as_json: bool) -> None:
    """Name the parked customers, each with the reason and the way out.

    \b
    Example:
      abono parked list --seller shop
    """
    from abono.domain.customers.queries import customer_number
    from abono.reports.lists import parked

    found = [
        {
            "customer": customer_number(number=one.number),
            "name": one.name,
            "since": one.since,
            "code": one.code,
            "reason": one.words,
            "exit": way_out(code=one.code, customer=customer_number(number=one.number), seller=seller.key),
        }
        for one in parked(seller_id=seller.id)
    ]
    if as_json:
        say_json({"parked": found})
        return
    for row in found:
        say(f"{row['customer']} {row['name']}, since {row['since']}: {row['reason']}")
        say(f"  {row['exit']}")
    if not found:
        say("nobody is parked")


@group.command("free")
@click.argument("customers", type=word, nargs=-1, metavar="CUSTOMER...")
@of_seller
@dated
@click.option("--all", "everyone", is_flag=True, help="All who are parked.")
@click.option("--reason", type=word, default="the reason was put right", show_default=True, help="Why.")
def free(
    *,
    seller: "SellerCard",
    customers: tuple[str, ...],
    on: date,
    at: datetime,
    everyone: bool,
    reason: str,
) -> None:
    """Let parked customers be billed again, by the next run.

    \b
    Example:
      abono parked free C-00042 --seller shop
    """
    from abono.base.store import sql
    from abono.domain.customers.queries import find_customer
    from abono.reports.lists import parked
    from abono.runs.at_once import free_parked

    if everyone == bool(customers):
        raise click.UsageError("Name the customers, or give --all.", click.get_current_context())
    if everyone:
        ids = [one.customer_id for one in parked(seller_id=seller.id)]
    else:
        ids = [find_customer(seller_id=seller.id, asked=one).id for one in customers]
    with sql.in_transaction():
        for customer_id in ids:
            free_parked(seller_id=seller.id, customer_id=customer_id, reason=reason, on=on, at=at)
    say(f"{len(ids)} freed; the next run bills them")
