"""`abono autopay`: charging cards and accounts on file."""

from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from abono.base.kernel.refusal import Refused
from abono.interfaces.cli.gateways import gateways_of
from abono.interfaces.cli.options import as_json, at_most, dated, most, of_seller, word
from abono.interfaces.cli.out import money, say, say_json, say_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abono.domain.sellers.queries import SellerCard
    from abono.reports.lists import AttemptRow

STATES = (
    "planned",
    "sent",
    "pending",
    "settled",
    "declined",
    "returned",
    "unknown",
    "mismatch",
    "dropped",
    "closed",
)


@click.group("autopay")
def group() -> None:
    """Charging cards and accounts on file on the due date.

    Each charge is an attempt that is written down first and made once. When a refused one may be made again follows
    the card networks' and ACH rules.
    """


@group.command("run")
@of_seller
@dated
@as_json
def run(*, seller: "SellerCard", on: date, at: datetime, as_json: bool) -> None:
    """Charge what is due, and ask what became of earlier charges. Again: nothing is charged twice.

    The day's `abono run` does it too; call this more often, so that what is unknown is known within minutes.

    \b
    Example:
      abono autopay run --seller shop
    """
    from abono.runs.charging.run import run_charging

    gateways = gateways_of(seller=seller.key)
    if not gateways:
        raise Refused(
            "autopay.no_gateway",
            f"No gateway is set up for {seller.key}: nothing is charged, and nothing was planned.",
        )
    done = run_charging(seller_id=seller.id, gateways=gateways, on=on, at=at)
    facts = {"on": on, "planned": done.planned, **asdict(done.made)}
    if as_json:
        say_json(facts)
        return
    say(f"{on}: {done.planned} planned")
    for name, count in asdict(done.made).items():
        if count:
            say(f"  {count} {name}")
    if done.made.mismatch or done.made.unknown:
        say(f"  to look at: abono autopay unknown --seller {seller.key}")


@group.command("list")
@of_seller
@click.option("--customer", type=word, help="Only this customer's.")
@click.option("--state", type=click.Choice(STATES), help="Only those in this state.")
@at_most
@as_json
def list_(*, seller: "SellerCard", customer: str | None, state: str | None, limit: int, as_json: bool) -> None:
    """List attempts, the latest first.

    \b
    Example:
      abono autopay list --seller shop --state declined
    """
    from abono.domain.customers.queries import find_customer
    from abono.reports.lists import attempts

    customer_id = find_customer(seller_id=seller.id, asked=customer).id if customer else None
    states = None if state is None else (state,)
    found = attempts(seller_id=seller.id, customer_id=customer_id, states=states, most=most(limit))
    _say_attempts(seller, found, limit, as_json=as_json)


@group.command("unknown")
@of_seller
@at_most
@as_json
def unknown(*, seller: "SellerCard", limit: int, as_json: bool) -> None:
    """List charges of unknown outcome, and those whose answer does not fit what was asked for.

    An unknown one is asked about until a week has passed. Then, and for one that does not fit, a person must look at
    the bank's statement: record what is so (`abono payment settle`, under the attempt's key), then close it.

    \b
    Example:
      abono autopay unknown --seller shop
    """
    from abono.reports.lists import attempts

    found = attempts(seller_id=seller.id, states=("unknown", "mismatch"), most=most(limit))
    _say_attempts(seller, found, limit, as_json=as_json)


@group.command("close")
@click.argument("attempt", type=word)
@of_seller
@dated
@click.option("--cause", required=True, type=word, help="What was found out.")
def close(*, seller: "SellerCard", attempt: str, on: date, at: datetime, cause: str) -> None:
    """An attempt of unknown outcome, or one that does not fit, was cleared up. It is not made again by itself.

    \b
    Example:
      abono autopay close autopay-0196f0c2-5a1e-7c1d-9a57-0d7d7cf0a111 --seller shop --cause "nothing was taken"
    """
    from abono.domain.payments.attempts import close_attempt, find_attempt

    found = find_attempt(seller_id=seller.id, asked=attempt)
    close_attempt(seller_id=seller.id, attempt_id=found.id, cause=cause, on=on, at=at)
    say(f"{found.key}: closed")


def _say_attempts(seller: "SellerCard", found: "Sequence[AttemptRow]", limit: int, *, as_json: bool) -> None:
    shown = found[:limit] if limit else found
    rows = [_facts(seller, one) for one in shown]
    if as_json:
        say_json({"attempts": rows, "more": len(found) > len(shown)})
        return
    say_table(
        ("planned", "customer", "document", "amount", "by", "try", "state", "next"),
        [
            (
                row["planned_on"],
                f"{row['customer']} {row['name']}",
                row["document"],
                money(row["amount_minor"], row["currency"]),
                row["by"],
                row["try_no"],
                f"{row['state']} {row['code']}".strip(),
                row["next"],
            )
            for row in rows
        ],
        right=("amount", "try"),
    )
    if len(found) > len(shown):
        say(f"and more; --limit 0 shows all (shown: {limit})")


def _facts(seller: "SellerCard", one: "AttemptRow") -> dict[str, Any]:
    from abono.domain.customers.queries import customer_number
    from abono.domain.invoicing.numbering import number_text

    return {
        "attempt": one.id,
        "key": one.key,
        "customer": customer_number(number=one.customer_number),
        "name": one.customer_name,
        "document": number_text(series=one.series, number=one.number, kind=one.kind, country=seller.country),
        "means": one.means,
        "by": f"{one.brand or one.means} {one.last4}".strip(),
        "currency": one.currency,
        "amount_minor": one.amount_minor,
        "try_no": one.try_no,
        "state": one.state,
        "planned_on": one.planned_on,
        "sent_on": one.sent_on,
        "code": one.code,
        "retry_on": one.retry_on,
        "asked": one.asked,
        "ask_at": one.ask_at,
        "next": _next(one),
        "words": one.words,
    }


def _next(one: "AttemptRow") -> str:
    """What happens next with an attempt, in words."""
    if one.state == "mismatch":
        return f"a person: {one.words}"
    if one.state == "unknown":
        return f"asked at {one.ask_at:%Y-%m-%d %H:%M} UTC" if one.ask_at else "a person"
    if one.retry_on:
        return f"again from {one.retry_on}"
    return one.words if one.state in ("dropped", "closed") else ""
