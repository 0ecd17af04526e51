"""`abono preview`: what a subscription will be asked for, period by period. Needs no database."""

import json
import re
import sys
from datetime import date
from typing import Any

import click

from abono.base.kernel.days import plus_days
from abono.base.kernel.money import GREATEST_MINOR, major
from abono.base.kernel.refusal import Refused
from abono.domain.catalogue.pricing import check_price
from abono.domain.subscriptions.periods import NAMED, Cycle, Terms, fraction_text
from abono.domain.subscriptions.preview import Line, preview, sum_of_fractions

EXAMPLE = """\b
Example: a monthly plan of 10.00 USD from 31 January, up to the end of April:
  abono preview --cycle monthly --price-minor 1000 --currency USD --from 2024-01-31 --on 2024-04-30
"""


class OneLine(click.ClickException):
    """A wrong call, told in one line. Exit code 2, like every wrong call."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        """Print `Error: ` and the sentence on one line, whatever it holds."""
        click.echo(f"Error: {' '.join(self.format_message().split())}", file=file or sys.stderr)


class PlainCommand(click.Command):
    """A command whose usage errors are one line, without the usage text around them."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; a wrong one becomes a `OneLine`."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as wrong:
            raise OneLine(wrong.format_message()) from None


def day(text: str) -> date:
    """A date written YYYY-MM-DD, and in no other way."""
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise click.BadParameter(f"{text[:40]!r} is not a date; write YYYY-MM-DD.")


def whole(text: str) -> int:
    """A whole number in plain digits."""
    if re.fullmatch(r"-?[0-9]{1,18}", text):
        return int(text)
    raise click.BadParameter(f"{text[:40]!r} is not a whole number.")


@click.command("preview", cls=PlainCommand, epilog=EXAMPLE)
@click.option("--cycle", required=True, type=click.Choice(list(NAMED)), help="How long a period is.")
@click.option("--price-minor", required=True, type=whole, help="Price of a whole cycle in minor units.")
@click.option("--currency", required=True, help="ISO 4217 code, such as USD.")
@click.option("--from", "start", required=True, type=day, metavar="YYYY-MM-DD", help="First day of the subscription.")
@click.option("--to", "end", type=day, metavar="YYYY-MM-DD", help="Its end; without it, it has none.")
@click.option(
    "--on",
    required=True,
    type=day,
    metavar="YYYY-MM-DD",
    help="Bill all periods that begin on or before this day.",
)
@click.option("--anchor-day", type=whole, help="Day of the month, 1 to 31; else the day of --from.")
@click.option(
    "--end-day",
    type=click.Choice(["exclusive", "inclusive"]),
    default="exclusive",
    show_default=True,
    help="Whether --to is the first day not billed any more, or the last one billed.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def command(
    *,
    cycle: str,
    price_minor: int,
    currency: str,
    start: date,
    end: date | None,
    on: date,
    anchor_day: int | None,
    end_day: str,
    as_json: bool,
) -> None:
    """Show what a subscription would be asked for: each period, its part of a whole cycle, its amount.

    Periods are half-open: the day in the second column is the first of the next one. Exit code 2: a wrong
    call, such as --on or --to before --from.
    """
    try:
        terms = _terms(cycle=cycle, start=start, end=end, anchor_day=anchor_day, end_day=end_day)
        if abs(price_minor) > GREATEST_MINOR:
            raise Refused("money.too_large", f"The price {price_minor} is beyond what one amount may be.")
        price = check_price(model="flat", currency=currency, unit_price=major(price_minor, currency))
        lines = preview(terms=terms, price=price, on=on)
    except Refused as refusal:
        raise OneLine(refusal.words) from None
    click.echo(_json(lines) if as_json else _table(lines, currency))


def _terms(*, cycle: str, start: date, end: date | None, anchor_day: int | None, end_day: str) -> Terms:
    """The terms that the options mean. An inclusive end is one day later, once it is known to be no slip."""
    anchor = start.day if anchor_day is None else anchor_day
    terms = Terms(start, Cycle.named(cycle), anchor, end)
    if end is None or end_day == "exclusive":
        return terms
    return Terms(start, terms.cycle, anchor, plus_days(end, 1))


def _json(lines: list[Line]) -> str:
    return json.dumps(
        {
            "lines": [
                {
                    "period_from": line.period.period_from.isoformat(),
                    "period_to": line.period.period_to.isoformat(),
                    "fraction": line.period.fraction_text,
                    "amount_minor": line.amount_minor,
                }
                for line in lines
            ],
            "periods": fraction_text(sum_of_fractions(lines)),
        },
        indent=2,
    )


def _table(lines: list[Line], currency: str) -> str:
    """Columns for people; amounts in whole units with the currency's decimals, and their sum below."""
    rows = [
        (
            str(line.period.period_from),
            str(line.period.period_to),
            line.period.fraction_text,
            f"{major(line.amount_minor, currency):,}",
        )
        for line in lines
    ]
    total = f"{major(sum(line.amount_minor for line in lines), currency):,}"
    last = ("sum", "", fraction_text(sum_of_fractions(lines)), total)
    wide = max(len(currency), *(len(row[3]) for row in [*rows, last]))
    table = [("from", "to", "cycles", currency), *rows, last]
    return "\n".join(f"{a:<10}  {b:<10}  {c:>13}  {d:>{wide}}" for a, b, c, d in table)


if __name__ == "__main__":
    command(prog_name="abono preview")
