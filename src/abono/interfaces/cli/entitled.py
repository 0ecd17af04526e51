"""`abono entitled`: what a product asks at its door."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from abono.base.kernel.languages import LANGUAGES
from abono.interfaces.cli.options import as_json, of_seller, on_day, word
from abono.interfaces.cli.out import money, say, say_json
from abono.interfaces.cli.refusals import Answered

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard
    from abono.reports.entitled import Entitlement

_WHY = {
    "unpaid": "it is not paid",
    "provider": "your provider's account is not in order",
    "terminated": "it was terminated",
    "ended": "it has ended",
}


@click.command("entitled")
@of_seller
@on_day
@click.option("--customer", required=True, type=word, help="Who wants to come in.")
@click.option("--service", "asked", type=word, help="To what: a subscription's reference or id, or a plan's key.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Default: the seller's own.")
@as_json
def command(
    *, seller: "SellerCard", on: date, customer: str, asked: str | None, language: str | None, as_json: bool
) -> None:
    """Say whether a customer is entitled to use its services now, and if not, why and what there is to pay.

    Read-only access is entitled, and said so. Of another's debts a client learns neither document nor amount.

    Exit code: 0 entitled to all that was asked about, 1 not, 2 a wrong call.

    \b
    Examples:
      abono entitled --seller shop --customer C-00042
      abono entitled --seller shop --customer C-00042 --service orders --json
    """
    from abono.domain.customers.queries import customer_number, find_customer
    from abono.reports.entitled import entitlements

    card = find_customer(seller_id=seller.id, asked=customer)
    found = entitlements(
        seller_id=seller.id, customer_id=card.id, on=on, language=language or seller.language, asked=asked
    )
    entitled = bool(found) and all(one.entitled for one in found)
    if as_json:
        who = customer_number(number=card.number)
        say_json({"customer": who, "on": on, "entitled": entitled, "services": [_facts(one) for one in found]})
    else:
        for one in found:
            say(_line(one))
        if not found:
            say("no: there is no such service")
    if not entitled:
        raise Answered


def _facts(one: "Entitlement") -> dict[str, Any]:
    return {
        "service": one.service.id,
        "reference": one.service.reference,
        "name": one.service.name,
        "plan": one.service.plan,
        "state": one.service.state,
        "entitled": one.entitled,
        "access": one.access,
        "reason": one.reason,
        "to_pay": [
            {"document": due.document, "due_on": due.due_on, "open_minor": due.open_minor, "currency": due.currency}
            for due in one.to_pay
        ],
    }


def _line(one: "Entitlement") -> str:
    answer = {"full": "yes", "read-only": "read-only", "none": "no"}[one.access]
    if not one.reason:
        return f"{answer}: {one.service.name}"
    pay = [f"{due.document}, {money(due.open_minor, due.currency)}" for due in one.to_pay]
    return f"{answer}: {one.service.name}: {_WHY[one.reason]}" + (f"; to pay: {'; '.join(pay)}" if pay else "")
