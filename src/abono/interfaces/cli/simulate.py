"""`abono simulate`: the months to come under one policy or two, on a copy of the books that is dropped afterwards."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from abono.base.kernel.refusal import Refused
from abono.interfaces.cli import clock
from abono.interfaces.cli.options import as_json, of_seller, text_of, whole
from abono.interfaces.cli.out import say, say_json
from abono.interfaces.cli.refusals import Unreadable

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard
    from abono.simulation.copying import Copied
    from abono.simulation.forecast import Forecast
    from abono.simulation.question import Question

MOST_MONTHS = 36
_STOPPED = 143
EXAMPLE = """\b
Examples:
  abono simulate --seller shop
  abono simulate --seller shop --months 6 --compare stricter.toml --out pictures
  abono simulate --seller shop --policy now.toml --compare later.toml --seed 7 --json
"""


@dataclass(frozen=True, slots=True)
class Told:
    """All that a simulation has to say."""

    seller: "SellerCard"
    question: "Question"
    labels: tuple[str, ...]
    forecasts: "tuple[Forecast, ...]"
    copied: "Copied"
    checksum_after: str
    picture: Path


@click.command("simulate", epilog=EXAMPLE)
@of_seller
@click.option("--months", type=whole, default="12", show_default=True, metavar="N", help="How many months pass.")
@click.option("--policy", metavar="FILE|NAME", help="A policy for the future. Default: the one in force.")
@click.option("--compare", metavar="FILE|NAME", help="A second policy, for the same customers and the same chance.")
@click.option("--seed", type=whole, default="1", show_default=True, metavar="N", help="Another seed, another future.")
@click.option("--out", default="out", show_default=True, metavar="FOLDER", help="Where the picture goes.")
@as_json
def command(
    *, seller: "SellerCard", months: int, policy: str | None, compare: str | None, seed: int, out: str, as_json: bool
) -> None:
    """Show the months to come under a policy, or under two side by side: documents, cash, debt, suspensions, notices.

    The seller's rows are copied out of one snapshot into a scratch database, where the days pass through the same runs
    as `abono run`, from the day after the last one that ran. Customers pay as they did so far: what is assumed is
    printed. The real books are only read; their checksum is printed, before and after. The scratch database is
    dropped at the end, also after an error or ctrl-C.

    The same seed gives the same figures. Draws them as simulation-<seller>.svg.

    Exit codes: 0 done, 1 refused, 2 a wrong call.
    """
    if not 1 <= months <= MOST_MONTHS:
        raise click.BadParameter(f"{months} is not between 1 and {MOST_MONTHS}.", param_hint="'--months'")
    policies = [_policy(seller, policy), *([_policy(seller, compare)] if compare else [])]
    folder = _folder(out)
    begun = time.monotonic_ns()
    told = _simulate(seller, months, policies, seed, folder)
    from abono.interfaces.cli.simulate_words import drawn, facts, lines

    told.picture.write_text(drawn(told), encoding="utf-8")
    if as_json:
        say_json(facts(told))
    else:
        for line in lines(told):
            say(line)
    _tell_pace(told, (time.monotonic_ns() - begun) // 1_000_000)


def _policy(seller: "SellerCard", source: str | None) -> tuple[str, str | None]:
    """What a policy is called, and its text; None: the one in force. Refused before anything is copied."""
    from abono.domain.sellers.policy import builtin_names, builtin_text, read_policy

    if source is None:
        return "the policy in force", None
    text = builtin_text(source) if source in builtin_names() else text_of(Path(source))
    whose = read_policy(text=text, file=source).seller
    if (whose.currency, whose.country, whose.time_zone) != (seller.currency, seller.country, seller.time_zone):
        raise Refused(
            "sellers.policy_other_seller", f"{source} is a policy for another currency, country or time zone."
        )
    return source, text


def _folder(out: str) -> Path:
    try:
        Path(out).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unreadable(f"{out}: cannot be made: {error.strerror}.") from None
    return Path(out)


def _simulate(
    seller: "SellerCard", months: int, policies: list[tuple[str, str | None]], seed: int, folder: Path
) -> Told:
    from django.db import connections

    from abono.interfaces.cli.database import database_url
    from abono.interfaces.cli.setup import set_up
    from abono.interfaces.cli.simulate_workers import Task, forecast_all
    from abono.simulation.copying import checksum, copy_seller, forget_later_policies
    from abono.simulation.forecast import first_day
    from abono.simulation.question import Question
    from abono.simulation.scratch import workshop

    first = first_day(seller_id=seller.id, today=clock.today(seller=seller))
    questions = [Question(seller.id, first, months, seed, text, label) for label, text in policies]
    connections.close_all()
    url = database_url()
    days = (questions[0].last - first).days + 1
    with _ends_tidily(), workshop(url=url) as shop, _progress(days * len(questions)) as progress:
        copied = copy_seller(shop=shop, seller_id=seller.id, make_tables=lambda made: set_up(url=made))
        urls = [copied.url, *(shop.clone(copied.url) for _ in questions[1:])]
        for place, question in zip(urls, questions, strict=True):
            if question.text is not None:
                forget_later_policies(url=place, seller_id=seller.id, first=first)
        tasks = [Task(place, question) for place, question in zip(urls, questions, strict=True)]
        forecasts = forecast_all(tasks=tasks, progress=progress)
    labels = tuple(label for label, _ in policies)
    after = checksum(url=url, seller_id=seller.id)
    picture = folder / f"simulation-{seller.key}.svg"
    return Told(seller, questions[0], labels, tuple(forecasts), copied, after, picture)


@contextmanager
def _ends_tidily() -> Iterator[None]:
    """A polite end (SIGTERM) drops the scratch databases too, as ctrl-C does."""

    def leave(*_: object) -> None:
        sys.exit(_STOPPED)

    try:
        before = signal.signal(signal.SIGTERM, leave)
    except ValueError:  # not in the main thread: whoever runs this ends it
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _progress(days: int) -> Iterator[Callable[[], None]]:
    """A bar on stderr that counts the days of each policy."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TextColumn("days"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("copying", total=days)
        yield lambda: bar.update(task, advance=1, description="simulating")


def _tell_pace(told: Told, milliseconds: int) -> None:
    """How long it took, on stderr, so that the figures alone are the output."""
    customers = told.copied.rows["customers"]
    documents = sum(month.documents for forecast in told.forecasts for month in forecast.months)
    payments = sum(forecast.payments for forecast in told.forecasts)
    months = len(told.forecasts) * told.question.months
    click.echo(
        f"{milliseconds // 1000}.{milliseconds % 1000 // 100} s for {customers:,} customers x {months} months: "
        f"{documents:,} documents, {payments:,} payments; "
        f"{customers * months * 1000 // max(milliseconds, 1):,} customer months a second",
        err=True,
    )
