"""`abono balance`: a customer's accounts on a day."""

from datetime import date
from typing import TYPE_CHECKING

import click

from abono.interfaces.cli.options import as_json, customer_argument, of_seller, on_day
from abono.interfaces.cli.out import money, say, say_json, say_table

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard


@click.command("balance")
@customer_argument
@of_seller
@on_day
@as_json
def command(*, seller: "SellerCard", customer: str, on: date, as_json: bool) -> None:
    """Show what a customer owes and has with us at the end of a day, by currency.

    "Asked for" is what open requests ask, "invoiced" what invoices ask, "theirs" the customer's money with us.

    \b
    Example:
      abono balance C-00042 --seller shop --on 2026-03-31
    """
    from abono.domain.customers.queries import customer_number, find_customer
    from abono.domain.ledger.queries import balances_of

    card = find_customer(seller_id=seller.id, asked=customer)
    found = balances_of(seller_id=seller.id, customer_id=card.id, on=on)
    if as_json:
        rows = [one._asdict() for one in found]
        say_json({"customer": customer_number(number=card.number), "on": on, "balances": rows})
        return
    if not found:
        say(f"{customer_number(number=card.number)} {card.name}: nothing was ever booked up to {on}")
        return
    say(f"{customer_number(number=card.number)} {card.name} on {on}")
    say_table(
        ("asked for", "invoiced", "theirs"),
        [
            [money(minor, one.currency) for minor in (one.asked_minor, one.receivable_minor, one.money_minor)]
            for one in found
        ],
        right=("asked for", "invoiced", "theirs"),
    )
