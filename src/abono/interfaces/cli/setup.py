"""`abono setup`: roles and tables in the database at DATABASE_URL."""

import os
import subprocess
import sys

import psycopg

from abono.base.kernel.refusal import Refused
from abono.base.store.roles import make_roles


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
