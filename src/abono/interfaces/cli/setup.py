"""`abono setup`: the database, its roles and its tables."""

import os
import subprocess
import sys

import click
import psycopg

from abono.base.kernel.refusal import Refused
from abono.base.store.roles import make_roles
from abono.interfaces.cli.database import make_database

EXAMPLE = """\b
Examples:
  abono setup
  DATABASE_URL=postgresql://admin@db.example/abono abono setup
"""


@click.command("setup", epilog=EXAMPLE)
def command() -> None:
    """Make the database ready: roles and tables. Any number of times.

    Works on the PostgreSQL at DATABASE_URL (15 or later; it says which privileges it needs), else makes and starts
    the embedded one. Run it again after an upgrade: it brings the tables up to date.
    """
    own = bool(os.environ.get("DATABASE_URL"))
    made = set_up(url=make_database())
    click.echo("database: the one at DATABASE_URL" if own else "database: the embedded one (see: abono server status)")
    click.echo(f"roles made: {', '.join(made) or 'none, all are there'}")
    click.echo("tables: up to date")


def set_up(*, url: str) -> list[str]:
    """Make what is missing of roles and tables; the names of the roles made. Runs any number of times."""
    with psycopg.connect(url, autocommit=True) as connection:
        made = make_roles(connection)
    migrate(url=url)
    return made


def migrate(*, url: str) -> None:
    """Bring the tables up to date as their owner, in a process of its own so that this one stays the engine."""
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "abono.site.settings"}
    done = subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--database", "owner", "--verbosity", "0"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise Refused("store.migrate", f"The tables could not be made: {last}")
