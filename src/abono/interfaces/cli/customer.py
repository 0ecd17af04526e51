"""`abono customer`: accounts, their profiles and contacts, and who pays for whom."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from abono.base.kernel.languages import LANGUAGES
from abono.interfaces.cli.location import group as locations
from abono.interfaces.cli.options import (
    as_json,
    at_most,
    country,
    currency,
    customer_argument,
    dated,
    day,
    line,
    most,
    of_seller,
    on_day,
    pair,
    word,
)
from abono.interfaces.cli.out import money, say, say_json, say_table
from abono.interfaces.cli.profile import command as profile
from abono.interfaces.cli.profile import say_problems
from abono.interfaces.cli.subscription_rows import numbers_of

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard


@click.group("customer")
def group() -> None:
    """Customers: profiles, contacts, locations, who pays.

    A CUSTOMER is named by its number (C-00042), its reference or its id.
    """


group.add_command(profile)
group.add_command(locations)


@group.command("add")
@of_seller
@dated
@click.option("--name", required=True, type=word, help="The customer's name.")
@click.option("--email", type=line, default="", help="Where to write to.")
@click.option("--country", type=country, help="Two letters. Default: the seller's.")
@click.option("--language", type=click.Choice(LANGUAGES), help="One of the policy's. Default: its first.")
@click.option("--currency", type=currency, help="The seller's (default), or one that a plan has a price in.")
@click.option("--reference", type=word, help="The customer's name in another system; once per seller.")
@click.option("--set", "fields", type=pair, multiple=True, help="A field of the billing profile.")
@as_json
def add(
    *,
    seller: "SellerCard",
    on: date,
    at: datetime,
    name: str,
    email: str,
    country: str | None,
    language: str | None,
    currency: str | None,
    reference: str | None,
    fields: tuple[tuple[str, str], ...],
    as_json: bool,
) -> None:
    """Open an account with its billing profile, complete or not.

    \b
    Example:
      abono customer add --seller shop --name "Ana Pérez" --email ana@example.com --set tax_id=11111111-1
    """
    from abono.domain.customers.queries import customer_card, customer_number
    from abono.reports.lists import profiles
    from abono.runs.at_once import open_account

    customer_id = open_account(
        seller_id=seller.id,
        name=name,
        country=country or seller.country,
        language=language,
        currency=currency,
        email=email,
        reference=reference,
        profile=dict(fields),
        on=on,
        at=at,
    )
    number = customer_number(number=customer_card(seller_id=seller.id, customer_id=customer_id).number)
    made = profiles(seller_id=seller.id, customer_id=customer_id)[0]
    if as_json:
        say_json({"customer": number, "id": customer_id, "complete": made.complete, "problems": made.problems})
        return
    say(f"{number} added")
    say_problems(made.problems, language="en")


@group.command("list")
@of_seller
@click.option("--search", type=word, help="Part of a name or e-mail address, or a reference.")
@at_most
@as_json
def list_(*, seller: "SellerCard", search: str | None, limit: int, as_json: bool) -> None:
    """List customers by number, with what they have not paid.

    \b
    Example:
      abono customer list --seller shop --search ana
    """
    from abono.domain.customers.queries import customer_number
    from abono.reports.lists import customers

    found = customers(seller_id=seller.id, search=search, most=most(limit))
    shown = found[:limit] if limit else found
    if as_json:
        rows = [{**one._asdict(), "number": customer_number(number=one.number)} for one in shown]
        say_json({"customers": rows, "more": len(found) > len(shown)})
        return
    say_table(
        ("customer", "name", "e-mail", "subscriptions", "open"),
        [
            (
                customer_number(number=one.number),
                one.name,
                one.email,
                one.subscriptions,
                money(one.open_minor, one.currency) if one.open_minor else "",
            )
            for one in shown
        ],
        right=("subscriptions", "open"),
    )
    if len(found) > len(shown):
        say(f"and more; --limit 0 shows all, --search fewer (shown: {limit})")


@group.command("show")
@customer_argument
@of_seller
@on_day
@as_json
def show(*, seller: "SellerCard", customer: str, on: date, as_json: bool) -> None:
    """Show a customer: balance on a day, profiles, contacts, subscriptions, documents.

    \b
    Example:
      abono customer show C-00042 --seller shop --on 2026-03-31
    """
    from abono.interfaces.cli.customer_sheet import say_sheet, sheet_of

    sheet = sheet_of(seller=seller, asked=customer, on=on)
    if as_json:
        say_json(sheet)
    else:
        say_sheet(sheet)


@group.command("contact")
@customer_argument
@of_seller
@dated
@click.option("--name", required=True, type=word, help="The person's name.")
@click.option("--email", type=line, default="", help="E-mail address.")
@click.option("--phone", type=line, default="", help="Telephone number.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Default: the customer's.")
@click.option(
    "--role",
    type=click.Choice(["owner", "accounting", "technical", "other"]),
    default="other",
    show_default=True,
    help="What the person does there.",
)
@click.option(
    "--notice",
    "notices",
    type=click.Choice(["documents", "reminders", "suspensions", "receipts", "news"]),
    multiple=True,
    help="What the person wants to hear of; give it again for more.",
)
@as_json
def contact(
    *,
    seller: "SellerCard",
    customer: str,
    on: date,
    at: datetime,
    name: str,
    email: str,
    phone: str,
    language: str | None,
    role: str,
    notices: tuple[str, ...],
    as_json: bool,
) -> None:
    """Add a person to write to.

    \b
    Example:
      abono customer contact C-00042 --seller shop --name "Eva" --email eva@example.com --notice documents
    """
    from abono.domain.customers.actions import add_contact
    from abono.domain.customers.queries import find_customer

    card = find_customer(seller_id=seller.id, asked=customer)
    contact_id = add_contact(
        seller_id=seller.id,
        customer_id=card.id,
        name=name,
        language=language or card.language,
        role=role,
        notices=notices,
        email=email,
        phone=phone,
        on=on,
        at=at,
    )
    if as_json:
        say_json({"contact": contact_id})
    else:
        say(f"contact {name} added")


@group.command("sponsor")
@customer_argument
@of_seller
@dated
@click.option("--payer", required=True, type=word, metavar="CUSTOMER", help="Who pays from then on.")
@click.option("--from", "from_on", required=True, type=day, help="The first day that the payer pays for.")
def sponsor(*, seller: "SellerCard", customer: str, on: date, at: datetime, payer: str, from_on: date) -> None:
    """Let another customer pay for a customer's subscriptions from a day on.

    \b
    Example:
      abono customer sponsor C-00042 --seller shop --payer C-00007 --from 2026-04-01
    """
    from abono.domain.customers.queries import find_customer
    from abono.runs.partnership import join_partner

    card = find_customer(seller_id=seller.id, asked=customer)
    paying = find_customer(seller_id=seller.id, asked=payer)
    join_partner(seller_id=seller.id, customer_id=card.id, payer_id=paying.id, from_on=from_on, on=on, at=at)
    say(f"{paying.name} pays for {card.name} from {from_on}")


@group.command("unsponsor")
@customer_argument
@of_seller
@dated
@click.option("--to", "to_on", required=True, type=day, help="The first day that the customer pays for itself.")
@as_json
def unsponsor(*, seller: "SellerCard", customer: str, on: date, at: datetime, to_on: date, as_json: bool) -> None:
    """Let a customer pay for itself again from a day on. What the payer was asked for beyond it is settled by day.

    \b
    Example:
      abono customer unsponsor C-00042 --seller shop --to 2026-07-01
    """
    from abono.domain.customers.queries import customer_card, customer_number, find_customer
    from abono.runs.partnership import leave_partner

    card = find_customer(seller_id=seller.id, asked=customer)
    left = leave_partner(seller_id=seller.id, customer_id=card.id, to_on=to_on, on=on, at=at)
    payer = customer_card(seller_id=seller.id, customer_id=left.payer_id)
    documents = numbers_of(seller=seller, document_ids=left.document_ids)
    if as_json:
        paid_by = customer_number(number=payer.number)
        say_json({"payer": paid_by, "credit_minor": left.credit_minor, "documents": documents})
        return
    say(f"{card.name} pays for itself from {to_on}")
    if left.credit_minor:
        say(f"{payer.name} gets back on its next document, net: {money(left.credit_minor, card.currency)}")
    if documents:
        say(f"asked for now: {', '.join(documents)}")
