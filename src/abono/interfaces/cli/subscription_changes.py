"""`abono subscription change` and `cancel`: at once or at the next renewal, with a quote before."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from abono.interfaces.cli.options import as_json, cycle, dated, day, number, of_seller, whole, word
from abono.interfaces.cli.out import money, say, say_json
from abono.interfaces.cli.subscription_rows import numbers_of

if TYPE_CHECKING:
    from abono.domain.sellers.policy.model import Policy
    from abono.domain.sellers.queries import SellerCard
    from abono.domain.subscriptions.periods import Cycle
    from abono.domain.subscriptions.planned import Planned
    from abono.runs.changes import Quote

AT_ONCE, RENEWAL = "at-once", "renewal"
_quote = click.option("--quote", is_flag=True, help="Only show what it would cost or give back.")
_subscription = click.argument("subscription", type=word)


@click.command("change")
@_subscription
@of_seller
@dated
@click.option("--plan", type=word, metavar="KEY", help="Another plan.")
@click.option("--quantity", type=whole, help="Another quantity.")
@click.option("--price", type=number, help="An agreed price per unit.")
@click.option("--cycle", type=cycle, help="Another cycle, from the next renewal on.")
@click.option("--when", type=click.Choice([AT_ONCE, RENEWAL]), help="Default: as the policy says.")
@_quote
@as_json
def change(
    *,
    seller: "SellerCard",
    subscription: str,
    on: date,
    at: datetime,
    plan: str | None,
    quantity: int | None,
    price: Decimal | None,
    cycle: "Cycle | None",
    when: str | None,
    quote: bool,
    as_json: bool,
) -> None:
    """Change plan, quantity, price or cycle: at once, by day, or from the next renewal.

    \b
    Example:
      abono subscription change 0190a5b4-7c4e-7a31-8f00-3d2c1b0a9e8f --seller shop --plan large --quote
    """
    from abono.domain.catalogue.actions import plan_named
    from abono.domain.subscriptions.queries import find_subscription
    from abono.runs.changes import change_service, changes_at_once, quote_change

    if plan is None and quantity is None and price is None and cycle is None:
        raise click.UsageError("Nothing to change was given.", click.get_current_context())
    found = find_subscription(seller_id=seller.id, asked=subscription)
    wanted: dict[str, Any] = {"seller_id": seller.id, "subscription_id": found.id, "on": on, "quantity": quantity}
    wanted["plan_id"] = plan_named(seller_id=seller.id, key=plan) if plan else None
    wanted["own_price"] = price
    said = None if when is None else when == AT_ONCE
    at_once = changes_at_once(seller_id=seller.id, on=on, cycle=cycle, at_once=said)
    if quote:
        _say_quote(quote_change(**wanted), as_json=as_json, at_once=at_once)
        return
    made = change_service(**wanted, cycle=cycle, at_once=at_once, at=at)
    if made.planned is not None:
        _say_planned(seller, made.planned, as_json=as_json)
        return
    documents = numbers_of(seller=seller, document_ids=made.document_ids)
    _say_done(made.quote, documents, as_json=as_json)


def _say_planned(seller: "SellerCard", planned: "Planned", *, as_json: bool) -> None:
    """The day it begins, and what becomes of a change that waited already."""
    from abono.domain.subscriptions.queries import change_facts

    replaced, kept = (change_facts(seller_id=seller.id, change=one) for one in (planned.replaced, planned.kept))
    if as_json:
        say_json({"from": planned.from_on, "replaced": replaced, "kept": kept})
        return
    say(f"the change takes effect on {planned.from_on}")
    if replaced:
        say(f"it replaces what was planned before: {_named(replaced)}")
    if kept:
        say(f"it comes with what was planned before: {_named(kept)}")


def _named(facts: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in facts.items())


@click.command("cancel")
@_subscription
@of_seller
@dated
@click.option("--when", type=click.Choice([AT_ONCE, "period-end"]), help="Default: as the policy says.")
@click.option("--end", type=day, help="Or its end date: the last day or the first without it, as the policy says.")
@_quote
@as_json
def cancel(
    *,
    seller: "SellerCard",
    subscription: str,
    on: date,
    at: datetime,
    when: str | None,
    end: date | None,
    quote: bool,
    as_json: bool,
) -> None:
    """End a service: at once, when what is asked for runs out, or on a named day. The policy says what goes back.

    \b
    Example:
      abono subscription cancel 0190a5b4-7c4e-7a31-8f00-3d2c1b0a9e8f --seller shop --when period-end
    """
    from abono.domain.subscriptions.queries import find_subscription
    from abono.runs.changes import cancel_service, quote_cancellation

    if when and end:
        raise click.UsageError("Give either --when or --end.", click.get_current_context())
    found = find_subscription(seller_id=seller.id, asked=subscription)
    at_once = end is None and (when or _policy(seller, on).cycle.cancel) == AT_ONCE
    which: dict[str, Any] = {"seller_id": seller.id, "subscription_id": found.id, "on": on}
    which |= {"at_once": at_once, "end": end}
    if quote:
        quoted = quote_cancellation(**which)
        _say_quote(quoted, as_json=as_json, at_once=at_once or bool(quoted.adjustments))
        return
    made = cancel_service(**which, at=at)
    documents = numbers_of(seller=seller, document_ids=made.document_ids)
    _say_done(made.quote, documents, as_json=as_json)


def _policy(seller: "SellerCard", on: date) -> "Policy":
    from abono.domain.sellers.queries import policy_in_force

    return policy_in_force(seller_id=seller.id, on=on).policy


def _facts(quote: "Quote") -> dict[str, Any]:
    return {
        "now_minor": quote.now_minor,
        "currency": quote.currency,
        "next_renewal": quote.next_renewal,
        "then_minor": quote.then_minor,
        "later_minor": quote.later_minor,
    }


def _say_quote(quote: "Quote", *, as_json: bool, at_once: bool) -> None:
    if as_json:
        say_json({**_facts(quote), "at_once": at_once})
        return
    _say_money(quote if at_once else None, quote)
    say("nothing was changed; leave out --quote to do it")


def _say_done(quote: "Quote", documents: list[str], *, as_json: bool) -> None:
    if as_json:
        say_json({**_facts(quote), "documents": documents})
        return
    _say_money(quote, quote)
    say(f"documents: {', '.join(documents)}" if documents else "no document was needed")


def _say_money(now: "Quote | None", then: "Quote") -> None:
    """What is to pay or to get back now, and what a whole period costs afterwards; net."""
    if now is not None and now.now_minor > 0:
        say(f"to pay now, net: {money(now.now_minor, now.currency)}")
    elif now is not None and now.now_minor < 0:
        say(f"given back now, net: {money(-now.now_minor, now.currency)}")
    if then.later_minor:
        say(f"on the next document, for locations that joined or left, net: {money(then.later_minor, then.currency)}")
    if then.next_renewal is not None and then.then_minor is not None:
        say(f"a whole period from {then.next_renewal}, net: {money(then.then_minor, then.currency)}")
