"""`abono series`: how far document numbers have come and may go."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from abono.interfaces.cli.options import as_json, dated, of_seller, whole, word
from abono.interfaces.cli.out import say, say_json, say_table

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard


@click.group("series")
def group() -> None:
    """Series of document numbers, and the ranges that authorities give."""


@group.command("list")
@of_seller
@as_json
def list_(*, seller: "SellerCard", as_json: bool) -> None:
    """List the series with the number that each goes on with.

    \b
    Example:
      abono series list --seller shop
    """
    from abono.reports.lists import series

    found = series(seller_id=seller.id)
    if as_json:
        say_json({"series": [one._asdict() for one in found]})
        return
    say_table(
        ("series", "next", "authorised to"),
        [(one.series, one.next_no, one.last_no) for one in found],
        right=("next", "authorised to"),
    )


@group.command("range")
@click.argument("series", type=word)
@of_seller
@dated
@click.option("--to", "last_no", required=True, type=whole, help="The last number that is authorised.")
@as_json
def range_(*, seller: "SellerCard", series: str, on: date, at: datetime, last_no: int, as_json: bool) -> None:
    """Let a series count up to the end of a newly authorised range. Documents beyond it are refused.

    \b
    Example:
      abono series range F --seller shop --to 5000
    """
    from abono.domain.invoicing.ranges import load_range

    next_no = load_range(seller_id=seller.id, series=series, last_no=last_no, on=on, at=at)
    if as_json:
        say_json({"series": series, "next_no": next_no, "last_no": last_no})
    else:
        say(f"series {series} goes on with {next_no} and may count to {last_no}")
