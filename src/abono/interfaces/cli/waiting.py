"""`abono document waiting`: paid requests whose invoice waits for a complete billing profile."""

from typing import TYPE_CHECKING, Any

import click

from abono.base.kernel.languages import LANGUAGES
from abono.interfaces.cli.options import as_json, of_seller
from abono.interfaces.cli.out import money, say, say_json

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard


@click.command("waiting")
@of_seller
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the problems.")
@as_json
def command(*, seller: "SellerCard", language: str, as_json: bool) -> None:
    """Name the paid requests whose invoice waits for a complete billing profile, with what is missing.

    Saving the profile issues the invoice; each day's run tries again too.

    \b
    Example:
      abono document waiting --seller shop
    """
    from abono.domain.customers.queries import customer_number
    from abono.domain.invoicing.numbering import number_text
    from abono.reports.lists import waiting

    found: list[dict[str, Any]] = [
        {
            "customer": customer_number(number=one.customer_number),
            "name": one.customer_name,
            "request": number_text(series=one.series, number=one.number, kind=one.kind, country=seller.country),
            "gross_minor": one.gross_minor,
            "currency": one.currency,
            "since": one.since,
            "reasons": one.reasons,
        }
        for one in waiting(seller_id=seller.id)
    ]
    if as_json:
        say_json({"waiting": found})
        return
    for row in found:
        paid = money(row["gross_minor"], row["currency"])
        say(f"{row['customer']} {row['name']}: {row['request']}, {paid}, waits since {row['since']}")
        for problem in row["reasons"]:
            say(f"  {problem['field']}: {problem['words'].get(language) or problem['words']['en']}")
        say(f"  abono customer profile {row['customer']} --seller {seller.key} --set FIELD=VALUE")
    if not found:
        say("no invoice waits")
