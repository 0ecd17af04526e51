"""`abono arrangement`: a later date for one document."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from abono.interfaces.cli.collection_rows import customer_id_of, found_document, named
from abono.interfaces.cli.options import as_json, at_most, dated, day, line, most, of_seller, word
from abono.interfaces.cli.out import money, say, say_json, say_table

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard


@click.group("arrangement")
def group() -> None:
    """Later dates for documents. Until the agreed day is over nothing is stopped because of the document."""


@group.command("grant")
@click.argument("document", type=word)
@of_seller
@dated
@click.option("--until", required=True, type=day, help="The last day of the later date.")
@click.option("--staff", is_flag=True, help="Beyond what the customer may take alone; needs --reason.")
@click.option("--reason", type=line, default="", help="Why staff grants it.")
@as_json
def grant(
    *,
    seller: "SellerCard",
    document: str,
    on: date,
    at: datetime,
    until: date,
    staff: bool,
    reason: str,
    as_json: bool,
) -> None:
    """Agree on a later date: as the customer within the policy's days and times a year, or as staff with a reason.

    \b
    Examples:
      abono arrangement grant P-2026-000042 --seller shop --until 2026-03-10
      abono arrangement grant P-2026-000042 --seller shop --until 2026-04-30 --staff --reason "agreed by phone"
    """
    from abono.runs.collecting.objections import put_off

    if staff != bool(reason):
        raise click.UsageError("Give --staff and --reason together, or neither.", click.get_current_context())
    card, number = found_document(seller, document)
    by = "staff" if staff else "customer"
    made = put_off(seller_id=seller.id, document_id=card.id, until=until, on=on, at=at, by=by, reason=reason)
    if as_json:
        say_json({"arrangement": made, "document": number, "until": until, "by": by})
    else:
        say(f"{number} is put off until {until}")


@group.command("list")
@of_seller
@click.option("--customer", type=word, help="Only this customer's.")
@at_most
@as_json
def list_(*, seller: "SellerCard", customer: str | None, limit: int, as_json: bool) -> None:
    """List later dates, the latest granted first.

    \b
    Example:
      abono arrangement list --seller shop --customer C-00042
    """
    from abono.reports.collection_lists import arrangements

    found = arrangements(seller_id=seller.id, customer_id=customer_id_of(seller, customer), most=most(limit))
    rows = [named(one, seller) for one in (found[:limit] if limit else found)]
    if as_json:
        say_json({"arrangements": rows, "more": len(found) > len(rows)})
        return
    names = ("document", "due_on", "until_on", "by", "granted_on", "reason")
    say_table(
        ("customer", "open", *(name.removesuffix("_on") for name in names)),
        [
            (
                f"{row['customer']} {row['name']}",
                money(row["open_minor"], row["currency"]),
                *(row[one] for one in names),
            )
            for row in rows
        ],
        right=("open",),
    )
    if len(found) > len(rows):
        say(f"and more; --limit 0 shows all (shown: {limit})")
