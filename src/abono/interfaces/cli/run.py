"""`abono run`: everything that is due for a seller on a day."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from abono.interfaces.cli import clock
from abono.interfaces.cli.exits import way_out
from abono.interfaces.cli.gateways import gateways_of
from abono.interfaces.cli.options import as_json, day, of_seller
from abono.interfaces.cli.out import money, say, say_json
from abono.interfaces.cli.refusals import Answered

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard
    from abono.runs.daily import Day

# A run that takes less long needs no bar.
_SECONDS_BEFORE_BAR = 2


@click.command("run")
@of_seller
@click.option("--on", required=True, type=day, help="The day to run for.")
@click.option("--catch-up", is_flag=True, help="Make up for more skipped days than the policy does unasked.")
@click.option("--confirm", is_flag=True, help="Let a run go that is held because its total is far from the last one.")
@as_json
def command(*, seller: "SellerCard", on: date, catch_up: bool, confirm: bool, as_json: bool) -> None:
    """Bill and collect everything that is due on a day. Again, or killed and started anew: nothing is done twice.

    After billing the calendar of each unpaid document does what falls on the day: messages are made, services are
    stopped or terminated where all that the policy needs for it holds. Documents bear the day of the run; days that
    were skipped are named and made up for. A customer who cannot be billed is parked with the reason and does not stop
    the others.

    Exit code: 0 it ran, 1 it is refused or held and wrote nothing, 2 a wrong call.

    \b
    Examples:
      abono run --seller shop --on 2026-03-01
      abono run --seller shop --on 2026-03-09 --catch-up --json
    """
    from abono.runs.daily import run_day

    at = clock.clock()
    with _progress() as progress:
        done = run_day(
            seller_id=seller.id,
            on=on,
            at=at,
            catch_up=catch_up,
            confirm=confirm,
            progress=progress,
            gateways=gateways_of(seller=seller.key),
        )
    facts = _facts(seller, done, at)
    if as_json:
        say_json(facts)
    else:
        _say(facts, seller.key)
    if done.billing.held is not None:
        raise Answered


@contextmanager
def _progress() -> Iterator[Callable[[int], None] | None]:
    """A count of documents on stderr, if that is a terminal and the run takes long; None otherwise."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("billing"), BarColumn(), TextColumn("{task.completed} documents"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("billing", total=None, visible=False)

        def told(documents: int) -> None:
            """One more chunk is written."""
            bar.advance(task, documents)
            started = bar.tasks[0].elapsed or 0
            bar.update(task, visible=started > _SECONDS_BEFORE_BAR)

        yield told


def _facts(seller: "SellerCard", done: "Day", at: datetime) -> dict[str, Any]:
    """What the run did, as data."""
    from abono.domain.customers.queries import customer_number
    from abono.reports.collection_lists import restored_at
    from abono.reports.lists import parked, run_totals

    held = done.billing.held
    now_parked = {payer_id for payer_id, _ in done.billing.written.parked}
    waiting = parked(seller_id=seller.id)
    return {
        "seller": seller.key,
        "on": done.on,
        "days_made_up": list(done.made_up),
        "documents": done.billing.written.documents,
        "totals": [one._asdict() for one in run_totals(seller_id=seller.id, run_ids=done.billing.run_ids)],
        "charging": {"planned": done.charging.planned, **asdict(done.charging.made)},
        "invoices_issued_late": done.billing.invoices_freed,
        "invoices_still_waiting": done.billing.alarms,
        "parked": [
            {
                "customer": customer_number(number=one.number),
                "name": one.name,
                "code": one.code,
                "reason": one.words,
                "exit": way_out(code=one.code, customer=customer_number(number=one.number), seller=seller.key),
            }
            for one in waiting
            if one.customer_id in now_parked
        ],
        "parked_before": _before(waiting_ids=[one.customer_id for one in waiting], now=now_parked),
        "collecting": {
            **asdict(done.collecting),
            "restored": restored_at(seller_id=seller.id, on=done.on, at=at),
            "messages_made": done.messages,
        },
        "held": held
        and {
            "subscriptions": held.subscriptions,
            "planned_minor": held.planned_minor,
            "before_minor": held.before_minor,
            "currency": seller.currency,
        },
    }


def _before(*, waiting_ids: list[UUID], now: set[UUID]) -> int:
    return sum(1 for one in waiting_ids if one not in now)


def _say(facts: dict[str, Any], seller: str) -> None:
    held, made_up = facts["held"], facts["days_made_up"]
    if held:
        say(
            f"held: {held['subscriptions']} subscriptions would cost {money(held['planned_minor'], held['currency'])} "
            f"net, and cost {money(held['before_minor'], held['currency'])} the last time. Nothing is written."
        )
        say(f"if that is right: abono run --seller {seller} --on {facts['on']} --confirm")
        return
    if made_up:
        which = str(made_up[0]) if len(made_up) == 1 else f"{made_up[0]} to {made_up[-1]}"
        say(f"made up for {len(made_up)} skipped day{'s' if len(made_up) > 1 else ''}: {which}")
    say(f"{facts['on']}: {facts['documents']} document{'' if facts['documents'] == 1 else 's'}")
    for one in facts["totals"]:
        name = one["kind"].replace("_", " ")
        say(f"  {one['documents']} {name}: {money(one['gross_minor'], one['currency'])}")
    if facts["invoices_issued_late"]:
        say(f"  {facts['invoices_issued_late']} invoices whose profile was completed")
    if facts["invoices_still_waiting"]:
        say(f"alarm: {facts['invoices_still_waiting']} paid requests still wait for their invoice and the month ends")
        say(f"  abono document waiting --seller {seller}")
    charged = {name: count for name, count in facts["charging"].items() if count}
    if charged:
        say("  charges: " + ", ".join(f"{count} {name}" for name, count in charged.items()))
    _say_collecting(facts["collecting"], seller)
    for one in facts["parked"]:
        say(f"parked: {one['customer']} {one['name']}: {one['reason']}")
        say(f"  {one['exit']}")
    if facts["parked_before"]:
        say(f"parked before: {facts['parked_before']} (abono parked list --seller {seller})")


def _say_collecting(did: dict[str, Any], seller: str) -> None:
    """What the calendars did, in a line each; nothing of what did not happen."""
    told = {
        "messages": ("step that tells a customer something", "steps that tell customers something"),
        "messages_made": ("message made", "messages made"),
        "suspended": ("service suspended", "services suspended"),
        "restored": ("service restored", "services restored"),
        "terminated": ("service terminated", "services terminated"),
        "recoveries_expired": ("recovery over, its backup gone", "recoveries over, their backups gone"),
    }
    for name, (one, many) in told.items():
        if did[name]:
            say(f"  {did[name]} {one if did[name] == 1 else many}")
    if did["postponed"]:
        waits = "harmful step waits" if did["postponed"] == 1 else "harmful steps wait"
        say(f"  {did['postponed']} {waits} (abono postponed list --seller {seller})")
