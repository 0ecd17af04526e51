"""`abono payment`: what becomes of money on record."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import click

from abono.base.kernel.ids import new_id
from abono.interfaces.cli.options import as_json, at_most, dated, minor, most, number, of_seller, word
from abono.interfaces.cli.out import money, say, say_json, say_table
from abono.interfaces.cli.payment_rows import payment_facts, say_payment

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard

_payment = click.argument("payment", type=word)


@click.group("payment")
def group() -> None:
    """Payments on record: settle, fail, return, refund.

    A PAYMENT is named by its key or its id. New money is recorded with `abono pay`.
    """


@group.command("list")
@of_seller
@click.option("--customer", type=word, help="Only this customer's.")
@click.option(
    "--state",
    type=click.Choice(["reported", "unknown", "pending", "settled", "returned", "failed"]),
    help="Only those in this state.",
)
@at_most
@as_json
def list_(*, seller: "SellerCard", customer: str | None, state: str | None, limit: int, as_json: bool) -> None:
    """List payments, the latest first.

    \b
    Example:
      abono payment list --seller shop --state pending
    """
    from abono.domain.customers.queries import customer_number, find_customer
    from abono.reports.lists import payments

    customer_id = find_customer(seller_id=seller.id, asked=customer).id if customer else None
    found = payments(seller_id=seller.id, customer_id=customer_id, state=state, most=most(limit))
    shown = found[:limit] if limit else found
    if as_json:
        rows = [{**one._asdict(), "customer_number": customer_number(number=one.customer_number)} for one in shown]
        say_json({"payments": rows, "more": len(found) > len(shown)})
        return
    say_table(
        ("day", "customer", "means", "amount", "unused", "state", "key"),
        [
            (
                one.on_date,
                f"{customer_number(number=one.customer_number)} {one.customer_name}",
                one.means,
                money(one.amount_minor, one.currency),
                money(one.free_minor, one.currency) if one.free_minor else "",
                one.state,
                one.key,
            )
            for one in shown
        ],
        right=("amount", "unused"),
    )
    if len(found) > len(shown):
        say(f"and more; --limit 0 shows all (shown: {limit})")


@group.command("show")
@_payment
@of_seller
@as_json
def show(*, seller: "SellerCard", payment: str, as_json: bool) -> None:
    """Show a payment and what it pays.

    \b
    Example:
      abono payment show bank-20260301-7 --seller shop
    """
    from abono.domain.payments.queries import find_payment

    _tell(seller, find_payment(seller_id=seller.id, asked=payment).id, as_json=as_json)


@group.command("settle")
@_payment
@of_seller
@dated
@click.option("--cause", type=word, default="settled by staff", show_default=True, help="How one knows.")
@as_json
def settle(*, seller: "SellerCard", payment: str, on: date, at: datetime, cause: str, as_json: bool) -> None:
    """The money arrived: it pays what it is for.

    \b
    Example:
      abono payment settle bank-20260301-7 --seller shop --cause "on the statement of 2 March"
    """
    from abono.domain.payments.actions import settle_payment
    from abono.domain.payments.queries import find_payment

    found = find_payment(seller_id=seller.id, asked=payment)
    settle_payment(seller_id=seller.id, payment_id=found.id, cause=cause, on=on, at=at)
    _tell(seller, found.id, as_json=as_json)


@group.command("accept")
@_payment
@of_seller
@dated
@click.option("--cause", type=word, default="accepted by staff", show_default=True, help="How one knows.")
@as_json
def accept(*, seller: "SellerCard", payment: str, on: date, at: datetime, cause: str, as_json: bool) -> None:
    """Money that was reported, or whose fate was unknown, is on its way: it is pending now.

    \b
    Example:
      abono payment accept bank-20260301-7 --seller shop
    """
    from abono.domain.payments.actions import move_payment
    from abono.domain.payments.queries import find_payment

    found = find_payment(seller_id=seller.id, asked=payment)
    move_payment(seller_id=seller.id, payment_id=found.id, after="pending", cause=cause, on=on, at=at)
    _tell(seller, found.id, as_json=as_json)


@group.command("fail")
@_payment
@of_seller
@dated
@click.option("--cause", required=True, type=word, help="Why it failed.")
@as_json
def fail(*, seller: "SellerCard", payment: str, on: date, at: datetime, cause: str, as_json: bool) -> None:
    """The money never arrived.

    \b
    Example:
      abono payment fail bank-20260301-7 --seller shop --cause "no such transfer"
    """
    from abono.domain.payments.actions import move_payment
    from abono.domain.payments.queries import find_payment

    found = find_payment(seller_id=seller.id, asked=payment)
    move_payment(seller_id=seller.id, payment_id=found.id, after="failed", cause=cause, on=on, at=at)
    _tell(seller, found.id, as_json=as_json)


@group.command("return")
@_payment
@of_seller
@dated
@click.option("--cause", required=True, type=word, help="Why the bank took it back.")
@as_json
def return_(*, seller: "SellerCard", payment: str, on: date, at: datetime, cause: str, as_json: bool) -> None:
    """The bank took settled money back: what it paid is owed again, from its old due date.

    \b
    Example:
      abono payment return card-551 --seller shop --cause chargeback
    """
    from abono.domain.payments.actions import return_payment
    from abono.domain.payments.queries import find_payment

    found = find_payment(seller_id=seller.id, asked=payment)
    return_payment(seller_id=seller.id, payment_id=found.id, cause=cause, on=on, at=at)
    _tell(seller, found.id, as_json=as_json)


@group.command("refund")
@_payment
@of_seller
@dated
@click.option("--amount", type=number, help="Default: all of it that pays nothing.")
@click.option("--cause", required=True, type=word, help="Why.")
@click.option("--key", "once", type=word, help="Makes it exist once: again with the same key sends nothing.")
@as_json
def refund(
    *,
    seller: "SellerCard",
    payment: str,
    on: date,
    at: datetime,
    amount: Decimal | None,
    cause: str,
    once: str | None,
    as_json: bool,
) -> None:
    """Send money that pays nothing back, with its share of the card fee.

    \b
    Example:
      abono payment refund bank-20260301-7 --seller shop --amount 19.00 --cause "paid twice" --key refund-8
    """
    from abono.domain.payments.actions import refund_payment
    from abono.domain.payments.queries import find_payment

    found = find_payment(seller_id=seller.id, asked=payment)
    wanted = found.free_minor if amount is None else minor(amount, found.currency, option="--amount")
    sent_minor = refund_payment(
        seller_id=seller.id,
        payment_id=found.id,
        amount_minor=wanted,
        key=once or f"refund-{new_id()}",
        cause=cause,
        on=on,
        at=at,
    )
    if as_json:
        say_json({**payment_facts(seller=seller, payment_id=found.id), "refunded_minor": sent_minor})
    else:
        say(f"{money(sent_minor, found.currency)} go back to the customer")


def _tell(seller: "SellerCard", payment_id: UUID, *, as_json: bool) -> None:
    facts = payment_facts(seller=seller, payment_id=payment_id)
    if as_json:
        say_json(facts)
    else:
        say_payment(facts)
