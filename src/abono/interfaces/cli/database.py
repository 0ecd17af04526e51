"""Which database the commands work on, and opening it: the one at `DATABASE_URL`, else the embedded server's own."""

import os
from functools import cache
from pathlib import Path

from abono.base.kernel.refusal import Refused

NAME = "abono"


def open_books() -> None:
    """Assemble Django on the database, acting as the engine; refuse one that is not set up. Again: does nothing."""
    from abono.interfaces.cli.assembly import assemble

    assemble(url=database_url())
    _check()


@cache
def _check() -> None:
    """Once a process: the connection acts as the right role, and all tables are there."""
    from django.apps import apps

    from abono.base.store import sql
    from abono.base.store.roles import check_roles
    from abono.base.store.tenancy import ENGINE

    check_roles(sql.raw_connection(), acting_as=ENGINE)
    wanted = sorted({model._meta.db_table for model in apps.get_models()})
    missing = sql.rows(
        "SELECT name FROM unnest(%(names)s::text[]) AS name WHERE to_regclass('public.' || name) IS NULL",
        {"names": wanted},
    )
    if missing:
        raise Refused("store.not_set_up", "The database lacks tables of this version of Abono. Run: abono setup")


def database_url() -> str:
    """The address of the database; the embedded server is started when it is needed and does not run.

    Refuses when there is neither `DATABASE_URL` nor an embedded server made by `abono setup`.
    """
    given = _given()
    if given:
        return given
    folder = embedded_folder()
    if not (folder / "cluster").is_dir():
        raise Refused(
            "store.no_database",
            "There is no database yet. Run: abono setup, or set DATABASE_URL to a PostgreSQL of your own.",
        )
    return _started(folder)


def make_database() -> str:
    """The address of the database for setting up: the embedded server and its database are made if need be."""
    import psycopg

    given = _given()
    if given:
        return given
    url = _started(embedded_folder())
    with psycopg.connect(url, dbname="postgres", autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone()
        if not known:
            connection.execute(f"CREATE DATABASE {NAME}")
    return url


def _given() -> str:
    """What `DATABASE_URL` says, if it can be read as an address; the text itself may hold a password."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    given = os.environ.get("DATABASE_URL", "")
    try:
        conninfo_to_dict(given)
    except ProgrammingError:
        raise Refused(
            "store.bad_address", "DATABASE_URL is no address such as postgresql://user@host/database."
        ) from None
    return given


def embedded_folder() -> Path:
    """Where the embedded server keeps its data."""
    from abono.base.store.server import data_folder

    return data_folder(environ=os.environ)


def _started(folder: Path) -> str:
    from psycopg.conninfo import make_conninfo

    from abono.base.store.server import start

    return make_conninfo(start(data=folder), dbname=NAME)
