"""`abono charge`: what is asked for once."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import click

from abono.base.kernel.ids import new_id
from abono.interfaces.cli.options import (
    as_json,
    at_most,
    currency,
    customer_argument,
    dated,
    minor,
    most,
    number,
    of_seller,
    uid,
    whole,
    word,
)
from abono.interfaces.cli.out import money, say, say_json, say_table
from abono.interfaces.cli.profile import check_own
from abono.interfaces.cli.subscription_rows import numbers_of

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard


@click.group("charge")
def group() -> None:
    """One-off charges."""


@group.command("add")
@customer_argument
@of_seller
@dated
@click.option("--words", required=True, type=word, help="What it is, as it stands on the document.")
@click.option("--amount", required=True, type=number, help="The whole line, net.")
@click.option("--currency", type=currency, help="Default: the customer's.")
@click.option("--quantity", type=whole, default="1", show_default=True, help="How many units that is.")
@click.option("--category", type=word, default="service", show_default=True, help="What it is before the tax office.")
@click.option("--profile", type=uid, help="Billing profile. Default: the customer's default one.")
@click.option("--later", is_flag=True, help="With the next document instead of at once.")
@click.option("--key", "once", type=word, help="Makes it exist once: again with the same key changes nothing.")
@as_json
def add(
    *,
    seller: "SellerCard",
    customer: str,
    on: date,
    at: datetime,
    words: str,
    amount: Decimal,
    currency: str | None,
    quantity: int,
    category: str,
    profile: UUID | None,
    later: bool,
    once: str | None,
    as_json: bool,
) -> None:
    """Ask a customer for something once: at once, with a document of its own, or with the next one.

    \b
    Example:
      abono charge add C-00042 --seller shop --words "Moving a site" --amount 45.00 --key ticket-1093
    """
    from abono.domain.customers.queries import find_customer
    from abono.runs.at_once import add_one_off

    card = find_customer(seller_id=seller.id, asked=customer)
    if profile is not None:
        check_own(seller_id=seller.id, customer_id=card.id, profile_id=profile)
    money_of = currency or card.currency
    charge_id, document_ids = add_one_off(
        seller_id=seller.id,
        customer_id=card.id,
        words=words,
        net_minor=minor(amount, money_of, option="--amount"),
        currency=money_of,
        key=once or f"charge-{new_id()}",
        quantity=quantity,
        category=category,
        profile_id=profile,
        at_once=not later,
        on=on,
        at=at,
    )
    documents = numbers_of(seller=seller, document_ids=document_ids)
    if as_json:
        say_json({"charge": charge_id, "documents": documents})
        return
    if documents:
        say(f"charge {charge_id} asked for by {', '.join(documents)}")
    else:
        say(f"charge {charge_id} {'goes on the next document' if later else 'was there already'}")


@group.command("list")
@of_seller
@click.option("--customer", type=word, help="Only what is this customer's or goes to it as the payer.")
@click.option("--waiting", is_flag=True, help="Only credits: they wait for a document with room to give them back.")
@at_most
@as_json
def list_(*, seller: "SellerCard", customer: str | None, waiting: bool, limit: int, as_json: bool) -> None:
    """List charges and credits that no document asks for yet.

    A credit goes on the payer's next document that asks for enough of the same tax. If nothing more will be asked of
    the payer, the run gives it back with a credit note on an invoice that has room; what fits none stays here.

    \b
    Example:
      abono charge list --seller shop --waiting
    """
    from abono.domain.customers.queries import customer_number, find_customer
    from abono.reports.lists import open_charges

    customer_id = find_customer(seller_id=seller.id, asked=customer).id if customer else None
    found = open_charges(seller_id=seller.id, customer_id=customer_id, credits_only=waiting, most=most(limit))
    rows = found[:limit] if limit else found
    if as_json:
        shown = [
            {
                **one._asdict(),
                "customer_number": customer_number(number=one.customer_number),
                "payer_number": customer_number(number=one.payer_number),
            }
            for one in rows
        ]
        say_json({"charges": shown, "more": len(found) > len(rows)})
        return
    say_table(
        ("customer", "payer", "words", "from", "net", "key"),
        [
            (
                customer_number(number=one.customer_number),
                customer_number(number=one.payer_number),
                one.words,
                one.on_date,
                money(one.net_minor, one.currency),
                one.key,
            )
            for one in rows
        ],
    )
    if len(found) > len(rows):
        say(f"and more; --limit 0 shows all (shown: {limit})")
