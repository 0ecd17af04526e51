"""`abono hold` and `abono postponed`: what stops services, and which steps wait."""

from typing import TYPE_CHECKING, Any

import click

from abono.interfaces.cli.collection_rows import customer_id_of, named
from abono.interfaces.cli.options import as_json, at_most, most, of_seller, word
from abono.interfaces.cli.out import money, say, say_json, say_table

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard
    from abono.reports.collection_lists import PostponedRow


@click.group("hold")
def holds() -> None:
    """Holds: which document stops which service. They close by themselves when the document is owed no longer."""


@holds.command("list")
@of_seller
@click.option("--customer", type=word, help="Only on this customer's services, or because of its debts.")
@click.option("--all", "everything", is_flag=True, help="Closed ones too, with what closed them.")
@at_most
@as_json
def list_holds(*, seller: "SellerCard", customer: str | None, everything: bool, limit: int, as_json: bool) -> None:
    """List open holds, the earliest first.

    \b
    Example:
      abono hold list --seller shop --customer C-00042
    """
    from abono.reports.collection_lists import holds as found_holds

    found = found_holds(
        seller_id=seller.id, customer_id=customer_id_of(seller, customer), closed=everything, most=most(limit)
    )
    rows = [named(one, seller) for one in (found[:limit] if limit else found)]
    if as_json:
        say_json({"holds": rows, "more": len(found) > len(rows)})
        return
    heads = [
        "customer",
        "service",
        "document",
        "due",
        "open",
        "stops",
        "since",
        *(["closed", "by"] if everything else []),
    ]
    say_table(heads, [_hold(row, everything) for row in rows], right=("open",))
    if len(found) > len(rows):
        say(f"and more; --limit 0 shows all (shown: {limit})")


def _hold(row: dict[str, Any], everything: bool) -> list[object]:
    cells = [
        f"{row['customer']} {row['name']}",
        row["service"],
        row["document"],
        row["due_on"],
        money(row["open_minor"], row["currency"]),
        "its services" if row["scope"] == "document" else "all the debtor pays for",
        row["opened_on"],
    ]
    return [*cells, row["closed_on"], row["closed_by"]] if everything else cells


@click.group("postponed")
def postponed() -> None:
    """Harmful steps that wait because one of the policy's conditions does not hold."""


@postponed.command("list")
@of_seller
@at_most
@as_json
def list_postponed(*, seller: "SellerCard", limit: int, as_json: bool) -> None:
    """List steps that wait, the longest waiting first, each with the reason: what needs a human.

    A step that waits for its notice: look at `abono notices list`; for an objection: decide it.

    \b
    Example:
      abono postponed list --seller shop
    """
    from abono.reports.collection_lists import postponed as found_postponed

    found = found_postponed(seller_id=seller.id, most=most(limit))
    rows = [{**named(one, seller), **_step(one, seller)} for one in (found[:limit] if limit else found)]
    if as_json:
        say_json({"postponed": rows, "more": len(found) > len(rows)})
        return
    for row in rows:
        say(
            f"{row['document']} of {row['customer']} {row['name']}, {money(row['open_minor'], row['currency'])} open: "
            f"{row['step']} planned for {row['scheduled_on']} waits since {row['since_on']}: {row['reason']}; "
            f"looked at again on {row['until_on']}"
        )
    if not rows:
        say("nothing waits")
    if len(found) > len(rows):
        say(f"and more; --limit 0 shows all (shown: {limit})")


def _step(row: "PostponedRow", seller: "SellerCard") -> dict[str, Any]:
    """What the step would do, and why it does not, in words."""
    from abono.domain.sellers.queries import policy_of_version
    from abono.reports.ahead import reason

    step = policy_of_version(seller_id=seller.id, version=row.policy_version).calendar.steps[row.step_no]
    return {"step": step.do, "scope": step.scope, "reason": reason(row.why, "en")}
