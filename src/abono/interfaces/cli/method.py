"""`abono method`: cards and accounts on file, by the tokens that stand for them."""

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from abono.base.kernel.days import in_month
from abono.interfaces.cli.options import (
    as_json,
    at_most,
    customer_argument,
    dated,
    line,
    most,
    of_seller,
    shown_as,
    uid,
    word,
)
from abono.interfaces.cli.out import say, say_json, say_table

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard

_LAST_OF_ANY_MONTH = 31


@shown_as("YYYY-MM")
def month(text: str) -> date:
    """A month, as its last day."""
    found = re.fullmatch(r"(20[0-9]{2})-(0[1-9]|1[0-2])", text)
    if not found:
        raise click.BadParameter(f"{text[:40]!r} is not a month; write YYYY-MM.")
    return in_month(int(found[1]), int(found[2]), _LAST_OF_ANY_MONTH)


_method = click.argument("method", type=uid)


@click.group("method")
def group() -> None:
    """Cards and accounts on file. Only tokens of a vault or gateway come in, never numbers.

    A customer with a usable method is charged on the due date; without one the customer pays by hand.
    """


@group.command("add")
@customer_argument
@of_seller
@dated
@click.option("--token", required=True, type=word, help="The token that the vault or gateway answered with.")
@click.option("--means", required=True, type=click.Choice(["card", "ach", "direct-debit"]), help="What it stands for.")
@click.option("--brand", type=line, default="", help="A card's brand, such as visa.")
@click.option("--last4", type=line, default="", help="The last four digits.")
@click.option("--expires", "expires_on", type=month, help="A card's last month.")
@click.option("--funding", type=click.Choice(["credit", "debit", "prepaid"]), help="How a card is funded.")
@click.option("--fingerprint", type=line, default="", help="The same for the same card under another token.")
@click.option("--verified", is_flag=True, help="The account is known to be the customer's.")
@as_json
def add(
    *,
    seller: "SellerCard",
    customer: str,
    on: date,
    at: datetime,
    token: str,
    means: str,
    brand: str,
    last4: str,
    expires_on: date | None,
    funding: str | None,
    fingerprint: str,
    verified: bool,
    as_json: bool,
) -> None:
    """Keep a card or account on file. An account is charged once it is verified.

    \b
    Examples:
      abono method add C-00042 --seller shop --token pm_7Hq2x --means card --brand visa --last4 4242 --expires 2028-05
      abono method add C-00042 --seller shop --token ba_9Kz1q --means ach --last4 6789 --verified
    """
    from abono.domain.customers.queries import find_customer
    from abono.domain.payments.methods import add_method

    method_id = add_method(
        seller_id=seller.id,
        customer_id=find_customer(seller_id=seller.id, asked=customer).id,
        token=token,
        means=means,
        brand=brand,
        last4=last4,
        expires_on=expires_on,
        funding=funding or "",
        fingerprint=fingerprint,
        verified=True if verified else None,
        on=on,
        at=at,
    )
    _tell(seller, method_id, on, as_json=as_json)


@group.command("list")
@of_seller
@click.option("--customer", type=word, help="Only this customer's.")
@at_most
@as_json
def list_(*, seller: "SellerCard", customer: str | None, limit: int, as_json: bool) -> None:
    """List cards and accounts on file, the latest first.

    \b
    Example:
      abono method list --seller shop --customer C-00042
    """
    from abono.domain.customers.queries import customer_number, find_customer
    from abono.reports.lists import methods

    customer_id = find_customer(seller_id=seller.id, asked=customer).id if customer else None
    found = methods(seller_id=seller.id, customer_id=customer_id, most=most(limit))
    shown = found[:limit] if limit else found
    if as_json:
        rows = [{**one._asdict(), "customer_number": customer_number(number=one.customer_number)} for one in shown]
        say_json({"methods": rows, "more": len(found) > len(shown)})
        return
    say_table(
        ("added", "customer", "means", "card or account", "good until", "state", "method"),
        [
            (
                one.added_on,
                f"{customer_number(number=one.customer_number)} {one.customer_name}",
                one.means,
                f"{one.brand} {one.last4}".strip(),
                one.expires_on,
                one.state,
                one.id,
            )
            for one in shown
        ],
    )
    if len(found) > len(shown):
        say(f"and more; --limit 0 shows all (shown: {limit})")


@group.command("verify")
@_method
@of_seller
@dated
@as_json
def verify(*, seller: "SellerCard", method: UUID, on: date, at: datetime, as_json: bool) -> None:
    """An account was shown to be the customer's: it may be charged.

    \b
    Example:
      abono method verify 0196f0c2-5a1e-7c1d-9a57-0d7d7cf0a111 --seller shop
    """
    from abono.domain.payments.methods import verify_method

    verify_method(seller_id=seller.id, method_id=method, on=on, at=at)
    _tell(seller, method, on, as_json=as_json)


@group.command("remove")
@_method
@of_seller
@dated
@click.option("--cause", type=word, default="asked by the customer", show_default=True, help="Why.")
@as_json
def remove(*, seller: "SellerCard", method: UUID, on: date, at: datetime, cause: str, as_json: bool) -> None:
    """Charge a card or account no more.

    \b
    Example:
      abono method remove 0196f0c2-5a1e-7c1d-9a57-0d7d7cf0a111 --seller shop
    """
    from abono.domain.payments.methods import revoke_method

    revoke_method(seller_id=seller.id, method_id=method, cause=cause, on=on, at=at)
    _tell(seller, method, on, as_json=as_json)


def _tell(seller: "SellerCard", method_id: UUID, on: date, *, as_json: bool) -> None:
    facts = _facts(seller, method_id, on)
    if as_json:
        say_json(facts)
        return
    say(f"{facts['name']}: {facts['state']} (method {method_id})")
    pays = "is charged on the due date" if facts["mode"] == "autopay" else "pays by hand"
    say(f"{facts['customer']} {pays}")


def _facts(seller: "SellerCard", method_id: UUID, on: date) -> dict[str, Any]:
    from abono.domain.customers.queries import customer_card, customer_number
    from abono.domain.payments.methods import method_card, mode_of, name_of

    card = method_card(seller_id=seller.id, method_id=method_id)
    owner = customer_card(seller_id=seller.id, customer_id=card.customer_id)
    return {
        "method": card.id,
        "customer": customer_number(number=owner.number),
        "name": name_of(card=card),
        "means": card.means,
        "expires_on": card.expires_on,
        "state": card.state,
        "mode": mode_of(seller_id=seller.id, customer_id=card.customer_id, on=on),
    }
