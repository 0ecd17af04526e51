"""`abono service`: how services stand, what holds them, and what happens next."""

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from abono.base.kernel.languages import LANGUAGES
from abono.interfaces.cli.ahead_lines import say_ahead
from abono.interfaces.cli.collection_rows import customer_id_of
from abono.interfaces.cli.options import as_json, at_most, most, of_seller, on_day, word
from abono.interfaces.cli.out import money, say, say_facts, say_json, say_table

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard
    from abono.reports.service_screens import ServiceScreen

_STATES = ("ordered", "active", "suspended", "frozen", "terminated", "cancelled")
_language = click.option("--language", type=click.Choice(LANGUAGES), help="Default: the seller's own.")


@click.group("service")
def group() -> None:
    """Services: how they stand, what holds them, what happens next. Nobody switches one by hand.

    A SERVICE is named by its subscription's reference or id; a project is a service without a cycle.
    """


@group.command("list")
@of_seller
@on_day
@click.option("--customer", type=word, help="Only this customer's.")
@click.option("--state", type=click.Choice(_STATES), help="Only those in this state.")
@_language
@at_most
@as_json
def list_(
    *,
    seller: "SellerCard",
    on: date,
    customer: str | None,
    state: str | None,
    language: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List services with state, next due date, price, and what happens next and when.

    \b
    Example:
      abono service list --seller shop --customer C-00042
    """
    from abono.reports.service_screens import services

    found = services(
        seller_id=seller.id,
        on=on,
        language=language or seller.language,
        customer_id=customer_id_of(seller, customer),
        state=state,
        most=most(limit),
    )
    shown = found[:limit] if limit else found
    if as_json:
        say_json({"services": [asdict(one) for one in shown], "more": len(found) > len(shown)})
        return
    heads = ("customer", "service", "state", "next due", "price", "every", "next", "id")
    say_table(heads, [_row(one) for one in shown], right=("price",))
    if len(found) > len(shown):
        say(f"and more; --limit 0 shows all (shown: {limit})")


@group.command("show")
@click.argument("service", type=word)
@of_seller
@on_day
@_language
@as_json
def show(*, seller: "SellerCard", service: str, on: date, language: str | None, as_json: bool) -> None:
    """Show a service: its state, why it is stopped and how that ends, price, due date, what happens next and when.

    \b
    Example:
      abono service show 0190a5b4-7c4e-7a31-8f00-3d2c1b0a9e8f --seller shop --on 2026-03-01
    """
    from abono.domain.subscriptions.queries import find_subscription
    from abono.reports.service_screens import services

    found = find_subscription(seller_id=seller.id, asked=service)
    spoken = language or seller.language
    (one,) = services(seller_id=seller.id, on=on, language=spoken, service_id=found.id)
    if as_json:
        say_json(asdict(one))
        return
    say(f"{one.name}  {one.state}")
    say_facts(_facts(one))
    for held in one.held_by:
        say(
            f"stopped since {held.since} by {held.document}, due {held.due_on}, "
            f"{money(held.open_minor, held.currency)} open ({_SCOPES[held.scope]})"
        )
    say()
    say_ahead(one.ahead, spoken)


_SCOPES = {"document": "its own document", "debtor": "all that the debtor pays for"}


def _facts(one: "ServiceScreen") -> dict[str, Any]:
    return {
        "customer": one.customer,
        "payer": one.payer if one.payer != one.customer else None,
        "plan": one.plan,
        "price": _price(one),
        "next renewal": one.next_renewal,
        "next due": one.next_due_on,
        "access": one.access,
        "to pay": ", ".join(due.document for due in one.to_pay),
        "reference": one.reference,
        "id": one.id,
    }


def _price(one: "ServiceScreen") -> str:
    if one.price_minor is None:
        return ""
    return f"{money(one.price_minor, one.currency)} net" + (f", {one.cycle}" if one.cycle else "")


def _row(one: "ServiceScreen") -> tuple[object, ...]:
    upcoming = next(iter(one.ahead), None)
    said = "" if upcoming is None else f"{upcoming.on or ''} {upcoming.words}".strip()
    price = "" if one.price_minor is None else money(one.price_minor, one.currency)
    return one.customer, one.name, one.state, one.next_due_on, price, one.cycle, said, one.id
