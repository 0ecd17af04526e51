"""`abono customer profile`: show or save who documents are made out to."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from abono.base.kernel.languages import LANGUAGES
from abono.interfaces.cli.options import (
    as_json,
    country,
    customer_argument,
    dated,
    day,
    no_given,
    of_seller,
    pair,
    word,
)
from abono.interfaces.cli.out import say, say_facts, say_json

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard
    from abono.reports.lists import ProfileRow

NEW = "new"
_EVIDENCE = {
    "vat_number": "number",
    "vat_checked_on": "checked_at",
    "vat_source": "source",
    "vat_result": "result",
}


def _exemption(text: str) -> dict[str, object]:
    """NUMBER,JURISDICTION,FROM[,TO]."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) not in (3, 4) or not all(parts[:3]):
        raise click.BadParameter(f"{text[:60]!r} is not NUMBER,JURISDICTION,FROM or NUMBER,JURISDICTION,FROM,TO.")
    found: dict[str, object] = {"number": word(parts[0]), "jurisdiction": word(parts[1])}
    found["valid_from"] = day(parts[2]).isoformat()
    found["valid_to"] = day(parts[3]).isoformat() if len(parts) == 4 else None
    return found


@click.command("profile")
@customer_argument
@of_seller
@dated
@click.option("--set", "fields", type=pair, multiple=True, help="Save a field; empty removes it.")
@click.option("--profile", "asked", metavar="ID|new", help="Which profile; `new` adds one. Default: the default one.")
@click.option("--country", type=country, help="The country of the one who is billed.")
@click.option("--vat-number", type=word, help="VAT number that was checked; with the three options below.")
@click.option("--vat-checked-on", type=day, help="When it was checked.")
@click.option("--vat-source", type=word, help="Where it was checked.")
@click.option("--vat-result", type=click.Choice(["valid", "invalid", "unavailable"]), help="What the answer was.")
@click.option(
    "--exemption",
    "exemptions",
    type=_exemption,
    multiple=True,
    metavar="NUMBER,PLACE,FROM[,TO]",
    help="A certificate of exemption from tax; those given replace those stored.",
)
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the problems.")
@as_json
def command(
    *,
    seller: "SellerCard",
    customer: str,
    on: date,
    at: datetime,
    asked: str | None,
    language: str,
    as_json: bool,
    **given: Any,
) -> None:
    """Show a billing profile, or save fields of it. What is missing or wrong is said, never refused.

    Saving issues at once the invoices that waited for the profile.

    \b
    Examples:
      abono customer profile C-00042 --seller shop
      abono customer profile C-00042 --seller shop --set tax_id=11111111-1 --set city=Santiago
    """
    from abono.domain.customers.queries import find_customer
    from abono.reports.lists import profiles

    card = find_customer(seller_id=seller.id, asked=customer)
    known = profiles(seller_id=seller.id, customer_id=card.id)
    chosen = _chosen(known, asked)
    freed = 0
    if asked == NEW or not no_given(given):
        saved = _saved(chosen, card.country, given)
        profile_id, freed = _save(seller.id, card.id, chosen, saved, on, at)
        known = profiles(seller_id=seller.id, customer_id=card.id)
        chosen = next(one for one in known if one.id == profile_id)
    assert chosen is not None
    if as_json:
        say_json({**chosen._asdict(), "invoices_issued": freed})
        return
    say_facts({"profile": chosen.id, **chosen.fields, "saved": chosen.saved_on})
    say_problems(chosen.problems, language=language)
    if freed:
        say(f"invoices that waited for it and are issued now: {freed}")


def say_problems(problems: Sequence[dict[str, Any]], *, language: str) -> None:
    """Say what is missing or wrong in a profile, a line each."""
    if not problems:
        say("the billing profile is complete")
        return
    say("the billing profile is not complete:")
    for problem in problems:
        say(f"  {problem['field']}: {problem['words'].get(language) or problem['words']['en']}")


def check_own(*, seller_id: int, customer_id: UUID, profile_id: UUID) -> None:
    """Refuse a billing profile that is not the customer's own."""
    from abono.reports.lists import profiles

    _chosen(profiles(seller_id=seller_id, customer_id=customer_id), str(profile_id))


def _chosen(known: "Sequence[ProfileRow]", asked: str | None) -> "ProfileRow | None":
    from abono.base.kernel.refusal import Missing

    if asked == NEW:
        return None
    for one in known:
        if (asked is None and one.is_default) or str(one.id) == (asked or "").lower():
            return one
    raise Missing("customers.no_profile", f"The customer has no billing profile {asked or ''}".rstrip() + ".")


def _saved(chosen: "ProfileRow | None", home: str, given: dict[str, Any]) -> dict[str, Any]:
    """The whole profile as it will be: what is stored, with what was given in its place."""
    fields = dict(chosen.fields) if chosen else {}
    fields |= dict(given["fields"])
    country = given["country"] or (chosen.country if chosen else home)
    if given["country"]:
        fields["country"] = country
    parts = {key: given[name] for name, key in _EVIDENCE.items()}
    if any(parts.values()) and not all(parts.values()):
        raise click.UsageError(
            "Evidence of a VAT number needs all four: --vat-number, --vat-checked-on, --vat-source, --vat-result.",
            click.get_current_context(),
        )
    stored = chosen.vat_evidence if chosen else None
    evidence = {**parts, "checked_at": parts["checked_at"].isoformat()} if all(parts.values()) else stored
    return {
        "country": country,
        "fields": fields,
        "vat_evidence": evidence,
        "exemptions": list(given["exemptions"]) or (chosen.exemptions if chosen else []),
    }


def _save(
    seller_id: int,
    customer_id: UUID,
    chosen: "ProfileRow | None",
    saved: dict[str, Any],
    on: date,
    at: datetime,
) -> tuple[UUID, int]:
    from abono.runs.at_once import save_profile

    return save_profile(
        seller_id=seller_id,
        customer_id=customer_id,
        profile_id=chosen.id if chosen else None,
        on=on,
        at=at,
        **saved,
    )
