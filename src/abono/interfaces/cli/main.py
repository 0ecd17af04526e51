"""`abono`: the table of all commands, and how each of them ends."""

import sys
from typing import Any

import click

from abono import __version__
from abono.interfaces.cli.lazy import LazyGroup, Table
from abono.interfaces.cli.refusals import told

_CLI = "abono.interfaces.cli"

# A new group of commands is one line here: its name, where it is, and what it does in a few words.
COMMANDS: Table = {
    "Set up": {
        "setup": (f"{_CLI}.setup:command", "Make the database ready: roles and tables."),
        "server": (f"{_CLI}.server:group", "Start, stop and look at the embedded PostgreSQL."),
        "seller": (f"{_CLI}.seller:group", "Sellers: the businesses that bill here, and their policies."),
        "policy": (f"{_CLI}.policy:policy", "Check, show and compare policies."),
        "plan": (f"{_CLI}.plan:group", "Plans and their prices."),
        "index": (f"{_CLI}.index:group", "Published values that prices follow, such as the UF."),
    },
    "Customers": {
        "customer": (f"{_CLI}.customer:group", "Customers: profiles, contacts, locations, who pays."),
        "subscription": (f"{_CLI}.subscription:group", "Subscriptions: order, change, pause, cancel."),
        "charge": (f"{_CLI}.charge:group", "One-off charges."),
        "import": (f"{_CLI}.import_:command", "Bring customers and subscriptions in from a CSV file."),
    },
    "Day by day": {
        "run": (f"{_CLI}.run:command", "Bill and collect everything that is due on a day."),
        "parked": (f"{_CLI}.parked:group", "Customers whom the run could not bill, and letting them go on."),
        "pay": (f"{_CLI}.pay:command", "Record money, or show the card fee before paying."),
        "payment": (f"{_CLI}.payment:group", "Payments on record: settle, fail, return, refund."),
        "notices": (f"{_CLI}.notices:group", "Messages to customers: look, send, print, note what became of them."),
        "method": (f"{_CLI}.method:group", "Cards and accounts on file, by their tokens."),
        "autopay": (f"{_CLI}.autopay:group", "Charging cards and accounts on file on the due date."),
        "document": (f"{_CLI}.document:group", "Documents: show, void, reissue, credit, write off."),
        "series": (f"{_CLI}.series:group", "Series of document numbers, and the ranges that authorities give."),
    },
    "Collect": {
        "service": (f"{_CLI}.service_look:group", "Services: how they stand, what holds them, what happens next."),
        "hold": (f"{_CLI}.hold:holds", "Which document stops which service."),
        "postponed": (f"{_CLI}.hold:postponed", "Harmful steps that wait, and why: what needs a human."),
        "objection": (f"{_CLI}.objection:group", "Objections to documents: raise, reject, withdraw, uphold."),
        "arrangement": (f"{_CLI}.arrangement:group", "Later dates for documents."),
        "recovery": (f"{_CLI}.recovery:group", "Bringing terminated services back from their backups."),
        "offer": (f"{_CLI}.offer:group", "Longer periods offered to services that were restored."),
        "project": (f"{_CLI}.project:group", "Work in progress: a service without a cycle, which freezes."),
        "entitled": (f"{_CLI}.entitled:command", "Is this customer entitled to use a service now, and if not, why."),
    },
    "Look": {
        "balance": (f"{_CLI}.balance:command", "What a customer owes and has with us on a day."),
        "statement": (f"{_CLI}.papers:statement", "A customer's statement of account, as PDF or CSV."),
        "sample": (f"{_CLI}.papers:sample", "A sample of what a customer's next document will be, as PDF."),
        "letter": (f"{_CLI}.papers:letter", "The letter to customers who moved here from an older system."),
        "timeline": (f"{_CLI}.timeline:command", "What happened, and why; what happens next, and when."),
        "preview": (f"{_CLI}.preview:command", "What a subscription would be asked for. Needs no database."),
        "audit": (f"{_CLI}.audit:audit", "Check the books against themselves."),
        "simulate": (f"{_CLI}.simulate:command", "The months to come under one policy or two, on a copy of the books."),
        "demo": (f"{_CLI}.demo:demo", "Five invented sellers, months of billing, and the books checked."),
    },
}


class Abono(LazyGroup):
    """The program: every refusal of any command is one line and an exit code."""

    def main(  # type: ignore[override]
        self, args: Any = None, prog_name: str | None = None, standalone_mode: bool = True, **extra: Any
    ) -> int:
        """Run a command; ends the process with its exit code, or returns it when not in standalone mode."""
        try:
            ended = super().main(args, prog_name or "abono", standalone_mode=False, **extra)
            code = ended if isinstance(ended, int) else 0
        except click.exceptions.NoArgsIsHelpError as help_wanted:
            help_wanted.show()
            code = help_wanted.exit_code
        except Exception as error:
            answer = told(error)
            if answer is None:
                raise
            lines, code = answer
            for line in lines:
                click.echo(f"abono: {line}", err=True)
        if standalone_mode:
            sys.exit(code)
        return code


@click.command(
    cls=Abono,
    table=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Exit codes: 0 done, 1 refused or something found wrong, 2 a wrong call. Days are those where the seller "
    "is; amounts are in whole units with the currency's decimals, and net where not said otherwise.",
)
@click.version_option(version=__version__, message="%(version)s")
def abono() -> None:
    """Subscription billing from policies: documents, books, payments.

    The database is the one at DATABASE_URL, else the embedded one that `abono setup` makes.

    \b
    Example:
      abono run --seller shop --on 2026-03-01
    """


def main() -> None:
    """The entry point of the program `abono`."""
    abono()


if __name__ == "__main__":
    main()
