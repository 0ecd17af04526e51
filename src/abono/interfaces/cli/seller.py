"""`abono seller`: the businesses that bill here."""

import re
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, available_timezones

import click

from abono.base.kernel.languages import LANGUAGES
from abono.interfaces.cli import clock
from abono.interfaces.cli.options import (
    as_json,
    country,
    currency,
    dated,
    day,
    key,
    line,
    no_given,
    of_seller,
    shown_as,
    text_of,
    word,
)
from abono.interfaces.cli.out import say, say_facts, say_json, say_table

if TYPE_CHECKING:
    from abono.domain.sellers.policy import Policy
    from abono.domain.sellers.queries import SellerCard


@shown_as("COLOUR")
def _accent(text: str) -> str:
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", text):
        raise click.BadParameter(f"{text[:40]!r} is not a colour such as #16181B.")
    return text


@shown_as("ZONE")
def _zone(text: str) -> str:
    if text not in available_timezones():
        raise click.BadParameter(f"{text[:40]!r} is not a time zone such as Europe/Budapest.")
    return text


_language = click.Choice(LANGUAGES)
_address = click.option("--address", type=word, multiple=True, help="A line of the address; give it again for more.")
_paper = click.Choice(["a4", "letter"])


@click.group("seller")
def group() -> None:
    """Sellers: the businesses that bill here, and their policies."""


@group.command("add")
@click.option("--seller", "seller_key", required=True, type=key, metavar="KEY", help="What commands will call it.")
@click.option("--name", required=True, type=word, help="What its customers call it.")
@click.option("--legal-name", required=True, type=word, help="Its name on documents.")
@click.option("--tax-id", required=True, type=word, help="Its tax number, as it stands on documents.")
@click.option("--email", required=True, type=word, help="Its address for customers.")
@_address
@click.option("--policy", "source", metavar="FILE|NAME", help="Its policy; country, currency and zone follow from it.")
@click.option("--from", "effective_on", type=day, help="The policy holds from here. Default: today.")
@click.option("--country", type=country, help="Two letters, as in ISO 3166. Default: the policy's.")
@click.option("--currency", type=currency, help="ISO 4217 code. Default: the policy's.")
@click.option("--time-zone", type=_zone, help="Where its days begin. Default: the policy's.")
@click.option("--language", type=_language, help="Its own language. Default: the policy's first.")
@click.option("--region", type=line, default="", help="State or province, where taxes follow from it.")
@click.option(
    "--tax-condition", type=line, default="", help="Its own condition before the tax office, where the law knows one."
)
@click.option("--accent", type=_accent, default="#16181B", show_default=True, help="Its colour on documents.")
@click.option("--paper", type=_paper, default="a4", show_default=True, help="Paper of its documents.")
@click.option("--pay-url", type=line, default="", help="Where customers pay, printed on documents.")
@click.option("--pay-to", type=line, default="", help="The bank account that customers pay to, printed on documents.")
@as_json
def add(*, seller_key: str, source: str | None, effective_on: date | None, as_json: bool, **given: Any) -> None:
    """Make a seller, with its policy if one is given.

    \b
    Example:
      abono seller add --seller shop --name Shop --legal-name "Shop Kft." --tax-id 10000000-2-41 \\
        --email billing@shop.example --address "Fő utca 1." --address "1011 Budapest" --policy shop.toml
    """
    from abono.base.store import sql
    from abono.domain.sellers.actions import add_policy, add_seller
    from abono.interfaces.cli.database import open_books

    text, file, policy = _policy(source) if source else ("", "", None)
    facts = _filled(given, policy)
    at = clock.clock()
    on = at.astimezone(ZoneInfo(facts["time_zone"])).date()
    open_books()
    with sql.in_transaction():
        seller_id = add_seller(key=seller_key, on=on, at=at, **facts)
        if policy is not None:
            add_policy(seller_id=seller_id, text=text, file=file, effective_on=effective_on or on, at=at)
    if as_json:
        say_json({"seller": seller_key, "id": seller_id, "policy": policy is not None})
        return
    say(f"seller {seller_key} added")
    if policy is None:
        say(f"it has no policy yet: abono seller set-policy --seller {seller_key} --from {on} FILE")


def _filled(given: dict[str, Any], policy: "Policy | None") -> dict[str, Any]:
    """What the policy says stands for what was not given; a wrong call when both are silent."""
    if policy is not None:
        own = policy.seller
        said = {
            "country": own.country,
            "currency": own.currency,
            "time_zone": own.time_zone,
            "language": own.languages[0],
        }
        given = {**given, **{name: given[name] or value for name, value in said.items()}}
    for name in ("country", "currency", "time_zone", "language"):
        if given[name] is None:
            option = "--" + name.replace("_", "-")
            raise click.UsageError(f"Without --policy the option '{option}' is needed.", click.get_current_context())
    return given


def _policy(source: str) -> "tuple[str, str, Policy]":
    """Text, file name and policy of a file, or of a policy that comes with Abono."""
    from abono.domain.sellers.policy import builtin_names, builtin_text, read_policy

    if source in builtin_names():
        text, file = builtin_text(source), f"{source}.toml"
    else:
        text, file = text_of(Path(source)), source
    return text, file, read_policy(text=text, file=file)


@group.command("list")
@as_json
def list_(*, as_json: bool) -> None:
    """Name all sellers.

    \b
    Example:
      abono seller list
    """
    from abono.domain.sellers.queries import sellers
    from abono.interfaces.cli.database import open_books

    open_books()
    found = sellers()
    if as_json:
        names = ("key", "id", "name", "legal_name", "country", "currency", "language", "time_zone")
        say_json({"sellers": [{name: getattr(one, name) for name in names} for one in found]})
        return
    say_table(
        ("seller", "name", "legal name", "country", "currency", "zone"),
        [(one.key, one.name, one.legal_name, one.country, one.currency, one.time_zone) for one in found],
    )


@group.command("show")
@of_seller
@as_json
def show(*, seller: "SellerCard", as_json: bool) -> None:
    """Show a seller and the versions of its policy.

    \b
    Example:
      abono seller show --seller shop
    """
    from abono.domain.sellers.queries import policy_versions
    from abono.reports.lists import address_of

    names = [name for name in seller.__dataclass_fields__ if name not in ("id", "words_id")]
    facts: dict[str, Any] = {name: getattr(seller, name) for name in names}
    facts["address"] = address_of(seller_id=seller.id)
    versions: list[dict[str, Any]] = [
        {"version": one.version, "from": one.effective_on, "fingerprint": one.policy.fingerprint}
        for one in policy_versions(seller_id=seller.id)
    ]
    if as_json:
        say_json({**facts, "policies": versions})
        return
    say_facts({name.replace("_", " "): value for name, value in facts.items() if name != "address"})
    say_facts({"address": " / ".join(facts["address"])})
    say()
    say_table(
        ("policy", "from", "fingerprint"), [(one["version"], one["from"], one["fingerprint"][:12]) for one in versions]
    )


@group.command("set-policy")
@click.argument("source", metavar="FILE|NAME")
@of_seller
@click.option("--from", "effective_on", required=True, type=day, help="The first day it holds.")
@as_json
def set_policy(*, seller: "SellerCard", source: str, effective_on: date, as_json: bool) -> None:
    """Put a policy in force from a day on. Documents keep the version that they were issued under.

    \b
    Example:
      abono seller set-policy --seller shop --from 2027-01-01 shop.toml
    """
    from abono.domain.sellers.actions import add_policy

    text, file, _ = _policy(source)
    version = add_policy(seller_id=seller.id, text=text, file=file, effective_on=effective_on, at=clock.clock())
    if as_json:
        say_json({"seller": seller.key, "version": version, "from": effective_on})
    else:
        say(f"version {version} of the policy of {seller.key} holds from {effective_on}")


@group.command("edit")
@of_seller
@dated
@click.option("--name", type=word, help="What its customers call it.")
@click.option("--legal-name", type=word, help="Its name on documents.")
@click.option("--tax-id", type=word, help="Its tax number.")
@click.option("--tax-condition", type=line, help="Its own condition before the tax office.")
@click.option("--region", type=line, help="State or province.")
@click.option("--language", type=_language, help="Its own language.")
@click.option("--email", type=word, help="Its address for customers.")
@_address
@click.option("--accent", type=_accent, help="Its colour on documents.")
@click.option("--paper", type=_paper, help="Paper of its documents.")
@click.option("--pay-url", type=line, help="Where customers pay.")
@click.option("--pay-to", type=line, help="The bank account that customers pay to.")
def edit(*, seller: "SellerCard", on: date, at: datetime, **given: Any) -> None:
    """Change what a seller is called, how it is reached and how its documents look. Issued documents keep theirs.

    \b
    Example:
      abono seller edit --seller shop --email accounts@shop.example --accent "#0A5C4A"
    """
    from abono.domain.sellers.actions import edit_seller

    if no_given(given):
        raise click.UsageError("Nothing to change was given.", click.get_current_context())
    changes = {name: value for name, value in given.items() if value not in (None, ())}
    edit_seller(seller_id=seller.id, changes=changes, on=on, at=at)
    say(f"seller {seller.key}: {', '.join(name.replace('_', ' ') for name in changes)} changed")
