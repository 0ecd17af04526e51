"""`abono plan`: what is sold again and again, and its prices."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from abono.interfaces.cli.options import (
    as_json,
    currency,
    cycle,
    dated,
    day,
    key,
    minor,
    number,
    of_seller,
    pair,
    whole,
    word,
)
from abono.interfaces.cli.out import exact, money, say, say_json, say_table

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard
    from abono.domain.subscriptions.periods import Cycle
    from abono.reports.lists import PriceRow

_MODELS = {"flat": "flat", "per-unit": "per_unit", "graduated": "graduated", "volume": "volume"}
_OPEN = "-"

Tier = tuple[int | None, Decimal, Decimal]


def _name(text: str) -> tuple[str, str]:
    """A name, or a name in a language written `es=Básico`."""
    language, name = pair(text) if text[2:3] == "=" else ("en", text)
    return language, word(name)


def _tier(text: str) -> Tier:
    """UP_TO:PRICE or UP_TO:PRICE:FEE; UP_TO is `-` for the last one."""
    parts = text.split(":")
    if len(parts) not in (2, 3):
        raise click.BadParameter(f"{text[:40]!r} is not UP_TO:PRICE, such as 10:5.00, or -:4.50 for the rest.")
    limit = None if parts[0] == _OPEN else whole(parts[0])
    return limit, number(parts[1]), number(parts[2]) if len(parts) == 3 else Decimal(0)


@click.group("plan")
def group() -> None:
    """Plans and their prices."""


@group.command("add")
@click.argument("plan", type=key)
@of_seller
@dated
@click.option("--name", "names", type=_name, multiple=True, required=True, help="Its name, or es=NAME by language.")
@click.option("--category", type=word, default="service", show_default=True, help="What it is before the tax office.")
@click.option(
    "--counted",
    type=click.Choice(["fixed", "locations"]),
    default="fixed",
    show_default=True,
    help="Where the quantity comes from: the contract, or the active locations.",
)
@as_json
def add(
    *,
    seller: "SellerCard",
    plan: str,
    on: date,
    at: datetime,
    names: tuple[tuple[str, str], ...],
    category: str,
    counted: str,
    as_json: bool,
) -> None:
    """Add something to sell. Its prices are added with `abono plan price`.

    \b
    Example:
      abono plan add basic --seller shop --name Basic --name es=Básico
    """
    from abono.domain.catalogue.actions import add_plan

    plan_id = add_plan(
        seller_id=seller.id, key=plan, name=dict(names), category=category, counted=counted, on=on, at=at
    )
    if as_json:
        say_json({"plan": plan, "id": plan_id})
    else:
        say(f"plan {plan} added")


@group.command("price")
@click.argument("plan", type=key)
@of_seller
@dated
@click.option("--cycle", required=True, type=cycle, help="monthly, yearly, '3 months', '2 weeks'.")
@click.option("--model", type=click.Choice(list(_MODELS)), default="flat", show_default=True, help="How it is counted.")
@click.option("--amount", type=number, help="Price of a whole cycle, or of a unit of it.")
@click.option(
    "--tier", "tiers", type=_tier, multiple=True, metavar="UP_TO:PRICE[:FEE]", help="Of graduated and volume."
)
@click.option("--setup", type=number, default="0", help="Asked for once, with the first document.")
@click.option("--currency", type=currency, help="Default: the seller's.")
@click.option("--index", "index_name", type=word, metavar="NAME", help="The price is in this index, such as UF.")
@click.option("--from", "effective_on", type=day, help="Periods that begin here or later. Default: --on.")
@as_json
def price(
    *,
    seller: "SellerCard",
    plan: str,
    on: date,
    at: datetime,
    cycle: "Cycle",
    model: str,
    amount: Decimal | None,
    tiers: tuple[Tier, ...],
    setup: Decimal,
    currency: str | None,
    index_name: str | None,
    effective_on: date | None,
    as_json: bool,
) -> None:
    """Add what a plan costs for one cycle from a day on, net. Earlier prices stay for earlier periods.

    \b
    Examples:
      abono plan price basic --seller shop --cycle monthly --amount 10.00 --setup 25
      abono plan price seats --seller shop --cycle monthly --model graduated --tier 10:5.00 --tier -:4.50
    """
    from abono.domain.catalogue.actions import add_price, plan_named

    money_of = currency or seller.currency
    price_id = add_price(
        seller_id=seller.id,
        plan_id=plan_named(seller_id=seller.id, key=plan),
        currency=money_of,
        cycle_unit=cycle.unit,
        cycle_count=cycle.count,
        model=_MODELS[model],
        unit_price=amount,
        tiers=[[limit, unit, minor(fee, money_of, option="--tier")] for limit, unit, fee in tiers],
        setup_minor=minor(setup, money_of, option="--setup"),
        index_name=index_name,
        effective_on=effective_on or on,
        on=on,
        at=at,
    )
    if as_json:
        say_json({"plan": plan, "price": price_id})
    else:
        say(f"price of {plan} added, for {cycle.text} from {effective_on or on}")


@group.command("list")
@of_seller
@as_json
def list_(*, seller: "SellerCard", as_json: bool) -> None:
    """List plans with their prices, the earlier ones too.

    \b
    Example:
      abono plan list --seller shop
    """
    from abono.reports.lists import prices

    found = prices(seller_id=seller.id)
    if as_json:
        say_json({"plans": [one._asdict() for one in found]})
        return
    say_table(
        ("plan", "name", "counted", "cycle", "price", "set-up", "from"),
        [(one.key, one.name.get(seller.language) or one.name["en"], one.counted, *_price_cells(one)) for one in found],
    )


def _price_cells(row: "PriceRow") -> tuple[Any, ...]:
    from abono.domain.subscriptions.periods import Cycle

    if row.currency is None or row.cycle_unit is None or row.cycle_count is None:
        return ("", "no price yet", "", "")
    unit = row.index_name or row.currency
    if row.unit_price is not None:
        each = " each" if row.model == "per_unit" else ""
        words = f"{exact(row.unit_price)} {unit}{each}"
    else:
        steps = [f"{tier[0] or 'more'}: {tier[1]}" for tier in row.tiers or ()]
        words = f"{row.model} {', '.join(steps)} {unit}"
    setup = money(row.setup_minor, row.currency) if row.setup_minor else ""
    cycle = Cycle(row.cycle_unit, row.cycle_count).text  # type: ignore[arg-type]
    return (cycle, words, setup, row.effective_on)
