"""Abono's roles in the database, and the check that a connection acts as the right one.

`abono_owner` owns the tables and runs migrations. `abono_engine` sees all sellers: it bypasses row-level security,
because COPY FROM refuses it, and every statement of the engine carries `seller_id`. `abono_portal` sees one customer of
one seller, `abono_staff` one seller; both are held by row-level security.
"""

from typing import Any

import psycopg
from psycopg import sql

from abono.base.kernel.refusal import Refused
from abono.base.store.tenancy import ENGINE, FUNCTIONS, OWNER, PORTAL, STAFF

OLDEST_SERVER = 150_000
ROLES = (OWNER, ENGINE, PORTAL, STAFF)
PRIVILEGES_NEEDED = (
    "abono setup needs to sign in as a superuser once, or as the owner of the database with CREATEROLE and BYPASSRLS "
    "(PostgreSQL 16 or later); or let a superuser run: "
    "CREATE ROLE abono_owner; CREATE ROLE abono_engine BYPASSRLS; CREATE ROLE abono_portal; CREATE ROLE abono_staff; "
    "GRANT abono_owner, abono_engine, abono_portal, abono_staff TO <your login>; "
    "GRANT CREATE, USAGE ON SCHEMA public TO abono_owner; "
    "GRANT USAGE ON SCHEMA public TO abono_engine, abono_portal, abono_staff;"
)


def make_roles(connection: "psycopg.Connection[Any]") -> list[str]:
    """Make what is missing of the roles, their rights and the trigger functions; the names of the roles made.

    Runs any number of times. Refuses, with the rights that are missing, when the login may not do it.
    """
    if connection.info.server_version < OLDEST_SERVER:
        raise Refused("store.server_too_old", "Abono needs PostgreSQL 15 or later.")
    try:
        with connection.transaction():
            return _make(connection)
    except psycopg.errors.InsufficientPrivilege as why:
        said = str(why).splitlines()[0]
        raise Refused("store.privileges", f"{said}. {PRIVILEGES_NEEDED}") from None


def _make(connection: "psycopg.Connection[Any]") -> list[str]:
    there = {
        name for (name,) in connection.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(ROLES)])
    }
    made = [name for name in ROLES if name not in there]
    for name in made:
        extra = sql.SQL(" BYPASSRLS") if name == ENGINE else sql.SQL("")
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(name)) + extra)
    me = connection.execute("SELECT current_user").fetchone()
    assert me is not None
    for name in ROLES:
        if not _member(connection, name):
            connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(name), sql.Identifier(me[0])))
    public = sql.SQL("GRANT {} ON SCHEMA public TO {}")
    if not _may(connection, OWNER, "CREATE"):
        connection.execute(public.format(sql.SQL("CREATE, USAGE"), sql.Identifier(OWNER)))
    for name in (ENGINE, PORTAL, STAFF):
        if not _may(connection, name, "USAGE"):
            connection.execute(public.format(sql.SQL("USAGE"), sql.Identifier(name)))
    return made


def _member(connection: "psycopg.Connection[Any]", role: str) -> bool:
    row = connection.execute("SELECT pg_has_role(current_user, %s, 'MEMBER')", [role]).fetchone()
    return bool(row and row[0])


def _may(connection: "psycopg.Connection[Any]", role: str, right: str) -> bool:
    row = connection.execute("SELECT has_schema_privilege(%s, 'public', %s)", [role, right]).fetchone()
    return bool(row and row[0])


def check_roles(connection: "psycopg.Connection[Any]", *, acting_as: str) -> None:
    """Refuse a connection that acts as the wrong role: rights are only as good as who is asking."""
    row = connection.execute(
        "SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    assert row is not None
    name, is_super, bypasses = row
    if name != acting_as or is_super or bypasses != (acting_as == ENGINE):
        raise Refused(
            "store.wrong_role",
            f"This connection acts as {name!r} with the wrong rights; it must act as {acting_as!r}. Run: abono setup",
        )


__all__ = ["FUNCTIONS", "PRIVILEGES_NEEDED", "ROLES", "check_roles", "make_roles"]
