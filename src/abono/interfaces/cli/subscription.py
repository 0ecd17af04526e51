"""`abono subscription`: contracts to pay for a plan every cycle."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from abono.interfaces.cli.options import (
    as_json,
    at_most,
    currency,
    customer_argument,
    cycle,
    dated,
    day,
    line,
    minor,
    most,
    number,
    of_seller,
    percent_bp,
    uid,
    whole,
    word,
)
from abono.interfaces.cli.out import say, say_json, say_table
from abono.interfaces.cli.subscription_changes import cancel, change
from abono.interfaces.cli.subscription_rows import numbers_of, subscription_facts

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard
    from abono.domain.subscriptions.periods import Cycle

subscription_argument = click.argument("subscription", type=word)


@click.group("subscription")
def group() -> None:
    """Subscriptions: order, change, pause, cancel.

    A SUBSCRIPTION is named by its reference or its id.
    """


group.add_command(change)
group.add_command(cancel)


@group.command("add")
@customer_argument
@of_seller
@dated
@click.option("--plan", required=True, type=word, metavar="KEY", help="What is ordered.")
@click.option("--cycle", required=True, type=cycle, help="monthly, yearly, '3 months', '2 weeks'.")
@click.option("--start", type=day, help="The first day of the service. Default: the day of the order.")
@click.option("--quantity", type=whole, default="1", show_default=True, help="How many units.")
@click.option("--currency", type=currency, help="Default: the customer's.")
@click.option("--price", type=number, help="An agreed price per unit instead of the catalogue's.")
@click.option("--anchor-day", type=whole, help="Day of the month it renews on, where the policy lets one.")
@click.option("--end", type=day, help="Its end: the last day or the first day without it, as the policy says.")
@click.option("--words", type=line, default="", help="What it is called on documents, such as a domain.")
@click.option("--profile", type=uid, help="Billing profile. Default: the customer's default one.")
@click.option("--reference", type=word, help="Its name in another system; once per seller.")
@click.option("--continues", is_flag=True, help="It ran before and is moved in: the next run asks, as for a renewal.")
@as_json
def add(
    *,
    seller: "SellerCard",
    customer: str,
    on: date,
    at: datetime,
    plan: str,
    cycle: "Cycle",
    start: date | None,
    quantity: int,
    currency: str | None,
    price: Decimal | None,
    anchor_day: int | None,
    end: date | None,
    words: str,
    profile: UUID | None,
    reference: str | None,
    continues: bool,
    as_json: bool,
) -> None:
    """Order a service: the contract, and at once the document that asks for its first period.

    \b
    Example:
      abono subscription add C-00042 --seller shop --plan basic --cycle monthly --words example.com
    """
    from abono.domain.catalogue.actions import plan_named
    from abono.domain.customers.queries import find_customer
    from abono.runs.at_once import order_service

    card = find_customer(seller_id=seller.id, asked=customer)
    terms: dict[str, Any] = {
        "seller_id": seller.id,
        "customer_id": card.id,
        "plan_id": plan_named(seller_id=seller.id, key=plan),
        "cycle": cycle,
        "currency": currency or card.currency,
        "start": start or on,
        "quantity": quantity,
        "profile_id": profile,
        "anchor_day": anchor_day,
        "end": end,
        "own_price": price,
        "words": words,
        "reference": reference,
        "on": on,
        "at": at,
    }
    made = order_service(**terms, continues=continues)
    documents = numbers_of(seller=seller, document_ids=made.document_ids)
    if as_json:
        say_json({"subscription": made.subscription_id, "documents": documents})
        return
    say(f"subscription {made.subscription_id}")
    say(f"asked for by {', '.join(documents)}" if documents else "nothing is asked for yet; the run will")


@group.command("list")
@of_seller
@click.option("--customer", type=word, help="Only this customer's.")
@click.option(
    "--state",
    type=click.Choice(["ordered", "active", "suspended", "terminated", "cancelled"]),
    help="Only those in this state.",
)
@at_most
@as_json
def list_(*, seller: "SellerCard", customer: str | None, state: str | None, limit: int, as_json: bool) -> None:
    """List subscriptions with their next renewal.

    \b
    Example:
      abono subscription list --seller shop --customer C-00042
    """
    from abono.domain.customers.queries import find_customer
    from abono.reports.lists import subscriptions

    customer_id = find_customer(seller_id=seller.id, asked=customer).id if customer else None
    found = subscriptions(seller_id=seller.id, customer_id=customer_id, state=state, most=most(limit))
    shown = [subscription_facts(one) for one in (found[:limit] if limit else found)]
    if as_json:
        say_json({"subscriptions": shown, "more": len(found) > len(shown)})
        return
    names = ("customer", "plan", "words", "cycle", "quantity", "state", "next_renewal", "reference", "id")
    say_table([name.replace("_", " ") for name in names], [[row[name] for name in names] for row in shown])
    if len(found) > len(shown):
        say(f"and more; --limit 0 shows all (shown: {limit})")


@group.command("pause")
@subscription_argument
@of_seller
@dated
@click.option("--from", "from_on", required=True, type=day, help="The first day not billed.")
@click.option("--to", "to_on", type=day, help="The first day billed again. Default: until it is resumed.")
def pause(
    *, seller: "SellerCard", subscription: str, on: date, at: datetime, from_on: date, to_on: date | None
) -> None:
    """Do not bill some days. Only days that are not asked for yet can be paused.

    \b
    Example:
      abono subscription pause 0190a5b4-7c4e-7a31-8f00-3d2c1b0a9e8f --seller shop --from 2026-05-01 --to 2026-06-01
    """
    from abono.domain.subscriptions.actions import add_pause
    from abono.domain.subscriptions.queries import find_subscription

    found = find_subscription(seller_id=seller.id, asked=subscription)
    add_pause(seller_id=seller.id, subscription_id=found.id, from_on=from_on, to_on=to_on, on=on, at=at)
    say(f"paused from {from_on} to {to_on}" if to_on else f"paused from {from_on} until it is resumed")


@group.command("resume")
@subscription_argument
@of_seller
@dated
@click.option("--from", "to_on", required=True, type=day, help="The first day that is billed again.")
def resume(*, seller: "SellerCard", subscription: str, on: date, at: datetime, to_on: date) -> None:
    """End the open pause.

    \b
    Example:
      abono subscription resume 0190a5b4-7c4e-7a31-8f00-3d2c1b0a9e8f --seller shop --from 2026-06-01
    """
    from abono.domain.subscriptions import actions
    from abono.domain.subscriptions.queries import find_subscription

    found = find_subscription(seller_id=seller.id, asked=subscription)
    actions.resume(seller_id=seller.id, subscription_id=found.id, to_on=to_on, on=on, at=at)
    say(f"billed again from {to_on}")


@group.command("discount")
@subscription_argument
@of_seller
@dated
@click.option("--percent", type=percent_bp, help="Per cent of each period, such as 12.5.")
@click.option("--amount", type=number, help="Or an amount off each whole period.")
@click.option("--from", "from_on", type=day, help="Periods that begin here or later. Default: --on.")
@click.option("--until", "until_on", type=day, help="Periods that begin before this day.")
@click.option("--words", type=line, default="", help="What it is called on documents.")
@as_json
def discount(
    *,
    seller: "SellerCard",
    subscription: str,
    on: date,
    at: datetime,
    percent: int | None,
    amount: Decimal | None,
    from_on: date | None,
    until_on: date | None,
    words: str,
    as_json: bool,
) -> None:
    """Give less to pay on periods not asked for yet.

    \b
    Example:
      abono subscription discount 0190a5b4-7c4e-7a31-8f00-3d2c1b0a9e8f --seller shop --percent 25 --until 2026-12-31
    """
    from abono.domain.subscriptions.actions import add_discount
    from abono.domain.subscriptions.queries import find_subscription

    if (percent is None) == (amount is None):
        raise click.UsageError("Give either --percent or --amount.", click.get_current_context())
    found = find_subscription(seller_id=seller.id, asked=subscription)
    discount_id = add_discount(
        seller_id=seller.id,
        subscription_id=found.id,
        from_on=from_on or on,
        until_on=until_on,
        percent_bp=percent,
        fixed_minor=None if amount is None else minor(amount, found.currency, option="--amount"),
        words=words,
        on=on,
        at=at,
    )
    if as_json:
        say_json({"discount": discount_id})
    else:
        say("discount given")


@group.command("locate")
@subscription_argument
@click.argument("location", type=word)
@of_seller
@dated
@click.option("--from", "from_on", type=day, help="The location counts from this day on.")
@click.option("--to", "to_on", type=day, help="The location counts no longer from this day on.")
def locate(
    *,
    seller: "SellerCard",
    subscription: str,
    location: str,
    on: date,
    at: datetime,
    from_on: date | None,
    to_on: date | None,
) -> None:
    """Let a location of the customer count for a subscription, or no longer.

    \b
    Example:
      abono subscription locate 0190a5b4-7c4e-7a31-8f00-3d2c1b0a9e8f "Elm Street" --seller shop --from 2026-03-01
    """
    from abono.base.store import sql
    from abono.domain.customers.queries import find_location
    from abono.domain.subscriptions.actions import activate_location, deactivate_location
    from abono.domain.subscriptions.queries import find_subscription

    if from_on is None and to_on is None:
        raise click.UsageError("Give --from or --to.", click.get_current_context())
    found = find_subscription(seller_id=seller.id, asked=subscription)
    place = find_location(seller_id=seller.id, customer_id=found.customer_id, asked=location)
    which: dict[str, Any] = {"seller_id": seller.id, "subscription_id": found.id, "location_id": place.id}
    with sql.in_transaction():
        if from_on is not None:
            activate_location(**which, from_on=from_on, on=on, at=at)
        if to_on is not None:
            deactivate_location(**which, to_on=to_on, on=on, at=at)
    parts = [f"from {from_on}" if from_on else "", f"to {to_on}" if to_on else ""]
    say(f"{place.name} counts {' '.join(filter(None, parts))}")
