"""`abono demo`: five invented sellers, months of billing through the real runs, and the books checked."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from abono.interfaces.cli.options import as_json, whole
from abono.interfaces.cli.out import say, say_json
from abono.interfaces.cli.refusals import Answered, Unreadable

if TYPE_CHECKING:
    from abono.interfaces.cli.demo_workers import Done
    from abono.reports.audit.run import Report
    from abono.simulation.story import Story
    from abono.simulation.summary import Summary

MOST_MONTHS = 24
_MOST_PROCESSES = 4
# Each step of the calendar is told by itself; single messages are left to `abono timeline`.
_NOT_TOLD = ("MessageSent", "MessageShown", "PaymentRecorded", "MoneyUsed")
EXAMPLE = """\b
Examples:
  abono demo
  abono demo --seed 7 --months 3 --json
"""


@click.command("demo", epilog=EXAMPLE)
@click.option("--seed", type=whole, default="1", show_default=True, metavar="N", help="Another seed, another world.")
@click.option(
    "--months", type=whole, default="6", show_default=True, metavar="N", help="How many months pass, from January 2026."
)
@as_json
def demo(*, seed: int, months: int, as_json: bool) -> None:
    """Invent five sellers with a few hundred customers, pass six months day by day, and check the books.

    The sellers bill under the five policies that come with Abono. Each day runs as `abono run` would run it; people
    order, change, pay early, late, in part, too much or not at all. Then: what happened at each seller, one customer's
    story, and the audit. Nothing of it is real.

    Again, or after having been stopped: days that passed are not passed twice. Works on the PostgreSQL at
    DATABASE_URL, else on the embedded one.

    Exit codes: 0 the books are right, 1 they are not, 2 a wrong call or a database that holds another seed's world.
    """
    if not 1 <= months <= MOST_MONTHS:
        raise click.BadParameter(f"{months} is not between 1 and {MOST_MONTHS}.", param_hint="'--months'")
    url = _database()
    done = _pass(url, seed, months)
    if done.refused:
        names = ", ".join(f"{code} ({count})" for code, count in sorted(done.refused.items()))
        click.echo(f"refused to people on the way: {names}", err=True)
    summaries, story, report = _look()
    if as_json:
        say_json(_facts(seed, done, summaries, story, report))
    else:
        _tell(seed, summaries, story, report)
    if not report.ok:
        raise Answered


def _database() -> str:
    """A database that is set up, and Django assembled on it."""
    from abono.interfaces.cli.assembly import assemble
    from abono.interfaces.cli.database import make_database
    from abono.interfaces.cli.setup import set_up

    url = make_database()
    set_up(url=url)
    assemble(url=url)
    return url


def _pass(url: str, seed: int, months: int) -> "Done":
    """Pass what has not passed yet, in one process more than there are cores: worlds differ in size."""
    from django.db import connections

    from abono.interfaces.cli.demo_workers import Done, Task, pass_all

    until = _end(months)
    left = _days_left(seed, until)
    if not left:
        return Done()
    connections.close_all()
    task = Task(url, seed, until, tuple(left))
    processes = min(len(left), (os.cpu_count() or 1) + 1, _MOST_PROCESSES)
    with _progress(sum(left.values())) as progress:
        return pass_all(task=task, processes=processes, progress=progress)


def _end(months: int) -> date:
    from abono.base.kernel.days import add_months, plus_days
    from abono.simulation.demo import OPENING

    return plus_days(add_months(OPENING, months, anchor_day=OPENING.day), -1)


def _days_left(seed: int, until: date) -> dict[str, int]:
    """The policies whose world has days to pass, with how many; those with the most customers first."""
    from abono.base.kernel.days import days_between
    from abono.base.kernel.refusal import Refused
    from abono.simulation.demo import OPENING, first_day_left
    from abono.simulation.opening import check_origin
    from abono.simulation.world import worlds

    left = {}
    for world in sorted(worlds(), key=lambda world: -int(world.people["there"])):
        try:
            seller_id = check_origin(world=world, seed=seed, opening=OPENING)
        except Refused as refusal:
            raise Unreadable(refusal.words) from None
        first = OPENING if seller_id is None else first_day_left(seller_id=seller_id)
        if first <= until:
            left[world.policy_name] = days_between(first, until) + 1
    return left


@contextmanager
def _progress(days: int) -> Iterator[Callable[[str], None]]:
    """A bar on stderr that counts the days of each seller."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TextColumn("seller days"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("opening", total=days)
        yield lambda _: bar.update(task, advance=1, description="passing")


def _look() -> "tuple[list[Summary], Story | None, Report]":
    from abono.domain.sellers.queries import seller_named
    from abono.reports.audit.run import audit
    from abono.simulation.story import liveliest_story
    from abono.simulation.summary import summary_of
    from abono.simulation.world import worlds

    ids = [seller_named(key=world.key).id for world in worlds()]
    return [summary_of(seller_id=one) for one in ids], liveliest_story(seller_ids=ids), audit()


def _tell(seed: int, summaries: "list[Summary]", story: "Story | None", report: "Report") -> None:
    from abono.simulation.world import worlds

    policies = {world.key: world.policy_name for world in worlds()}
    for summary in summaries:
        _tell_seller(summary, policies[summary.key])
    if story is not None:
        _tell_story(story)
    say(f"All of it is invented, from seed {seed}. More of it: abono timeline, abono document, abono audit.")
    for finding in report.findings:
        say(
            f"audit: {finding.name}: {finding.count} rows: {finding.proves}",
        )
    say("audit: ok" if report.ok else "audit: failed")


def _tell_seller(one: "Summary", policy: str) -> None:
    from abono.domain.invoicing.paper.format import money

    def shown(minor: int) -> str:
        return money(minor, one.currency, language=one.language, home=one.currency).replace("\u00a0", " ")

    kinds = ", ".join(_count(count, kind.replace("_", " ")) for kind, count in one.documents.items())
    voided = f" ({one.voided} voided)" if one.voided else ""
    annex = f", {one.annex_rows} annex rows" if one.annex_rows else ""
    fees = f"; card fees {shown(one.fees_minor)}" if one.fees_minor else ""
    paid = {state: one.payments.get(state, 0) for state in ("settled", "returned", "failed")}
    say(f"{one.name}, policy {policy}, up to {one.until}")
    for name, words in {
        "customers": f"{one.customers} with {one.subscriptions} subscriptions",
        "documents": f"{kinds}{voided}, {one.lines} lines{annex}",
        "asked": f"{shown(one.asked_minor)}; credited {shown(one.credited_minor)}, "
        f"given up {shown(one.given_up_minor)}",
        "received": f"{shown(one.received_minor)} in {paid['settled']} payments, refunded {shown(one.refunded_minor)}; "
        f"{paid['returned']} returned, {paid['failed']} failed{fees}",
        "open": f"{shown(one.open_minor)} in {_count(one.open_documents, 'document')}, "
        f"{shown(one.overdue_minor)} of it overdue",
        "waiting": f"{_count(one.waiting, 'invoice')}, for a complete profile",
        "told": f"{_count(one.messages, 'message')} by mail or letter; {_count(one.reminders, 'reminder')} fell due",
        "stopped": _stopped(one),
        "disputed": f"{_count(one.objections, 'objection')}, {_count(one.arrangements, 'later date')} agreed",
        "parked": _count(one.parked, "customer"),
        "credit": f"{shown(one.credit_minor)} of customers' money pays nothing yet",
    }.items():
        say(f"  {name:<10} {words}")
    say()


def _stopped(one: "Summary") -> str:
    frozen = f", {_count(one.frozen, 'project')} frozen" if one.frozen else ""
    return (
        f"{_count(one.suspended, 'suspension')}{frozen}, {_count(one.restored, 'restoration')}, "
        f"{_count(one.terminated, 'termination')}, {one.recovered} recovered; "
        f"{_count(one.stopped_now, 'service')} stopped now"
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _tell_story(story: "Story") -> None:
    say(f"The story of {story.customer}, customer of {story.seller}")
    before = None
    for event in story.events:
        if event.kind in _NOT_TOLD:
            continue
        on = "" if event.on == before else event.on.isoformat()
        before = event.on
        say(f"  {on:<10}  {event.words}" + (f" [{event.cause}]" if event.cause else ""))
    say()


def _facts(
    seed: int, done: "Done", summaries: "list[Summary]", story: "Story | None", report: "Report"
) -> dict[str, Any]:
    return {
        "seed": seed,
        "days_passed_now": done.days,
        "refused_now": dict(sorted(done.refused.items())),
        "sellers": [summary._asdict() for summary in summaries],
        "story": story and asdict(story),
        "audit": {"ok": report.ok, "findings": [finding.name for finding in report.findings]},
    }


if __name__ == "__main__":
    sys.argv[0] = "abono demo"
    demo(prog_name="abono demo")
