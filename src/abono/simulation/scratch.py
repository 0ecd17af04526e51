"""Scratch databases on the server of the real one: made empty, cloned, and dropped at the end, whatever happens.

Whoever makes them holds a lock on each name. A process that was killed leaves its databases without the lock, and the
next call drops them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from abono.base.kernel.ids import new_id
from abono.base.kernel.refusal import Refused

MARK = "_simulation_"
_LONGEST_STEM = 30
_LOCK = "abono simulation"
PRIVILEGES_NEEDED = (
    "abono simulate makes a scratch database beside the real one. Its login needs CREATEDB and must be a member of "
    "abono_owner and abono_engine; let a superuser run: ALTER ROLE <your login> CREATEDB;"
)

Connection = psycopg.Connection[tuple[Any, ...]]


def connect(url: str, *, role: str | None = None, read_only: bool = False) -> Connection:
    """A connection of our own beside Django's, outside any transaction, that writes days, bytes and instants one way.

    `read_only` lets PostgreSQL itself refuse every write.
    """
    options = [str(conninfo_to_dict(url).get("options") or ""), "-c timezone=UTC -c datestyle=ISO -c bytea_output=hex"]
    if role:
        options.append(f"-c role={role}")
    if read_only:
        options.append("-c default_transaction_read_only=on")
    found: Connection = psycopg.connect(
        make_conninfo(url, options=" ".join(options).strip(), application_name="abono simulate"), autocommit=True
    )
    return found


@dataclass(slots=True)
class Workshop:
    """Makes scratch databases while it is open."""

    url: str
    admin: Connection
    real: str
    names: list[str] = field(default_factory=list)

    def make(self) -> str:
        """A new database without tables, in the real one's encoding and order of letters; its address."""
        name = self._new_name()
        row = self.admin.execute(
            "SELECT to_jsonb(d), pg_encoding_to_char(d.encoding) FROM pg_database AS d WHERE datname = %s", [self.real]
        ).fetchone()
        assert row is not None
        self._create(name, sql.SQL("TEMPLATE template0 ") + _locale(row[0], row[1]))
        return self._address(name)

    def clone(self, url: str) -> str:
        """A copy of a scratch database that nobody is connected to; its address."""
        name = self._new_name()
        self._create(name, sql.SQL("TEMPLATE {}").format(sql.Identifier(str(conninfo_to_dict(url)["dbname"]))))
        return self._address(name)

    def _new_name(self) -> str:
        name = f"{_stem(self.real)}{new_id().hex[-12:]}"
        self.admin.execute("SELECT pg_advisory_lock(hashtext(%s), hashtext(%s))", [_LOCK, name])
        self.names.append(name)
        return name

    def _create(self, name: str, how: sql.Composable) -> None:
        try:
            self.admin.execute(sql.SQL("CREATE DATABASE {} ").format(sql.Identifier(name)) + how)
        except psycopg.errors.InsufficientPrivilege as why:
            raise Refused("simulation.privileges", f"{str(why).splitlines()[0]}. {PRIVILEGES_NEEDED}") from None

    def _address(self, name: str) -> str:
        return make_conninfo(self.url, dbname=name)


@contextmanager
def workshop(*, url: str) -> Iterator[Workshop]:
    """Scratch databases on the server at `url`, gone when the block is left: at its end, by an error or by ctrl-C.

    Refuses, with what is missing, a login that may not make databases.
    """
    with connect(url) as admin:
        real = admin.info.dbname
        _sweep(admin, real)
        shop = Workshop(url, admin, real)
        try:
            yield shop
        finally:
            # A connection of its own: the other may have been cut in the middle of a statement.
            with connect(url) as closing:
                for name in shop.names:
                    _drop(closing, name)


def is_scratch(*, name: str) -> bool:
    """Whether a database has the name of one of ours."""
    return MARK in name


def _stem(real: str) -> str:
    return f"{real[:_LONGEST_STEM]}{MARK}"


def _sweep(admin: Connection, real: str) -> None:
    """Drop what killed processes left behind: databases whose name nobody holds."""
    left = admin.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [_stem(real)]).fetchall()
    for (name,) in left:
        row = admin.execute("SELECT pg_try_advisory_lock(hashtext(%s), hashtext(%s))", [_LOCK, name]).fetchone()
        if row and row[0]:
            _drop(admin, name)
            admin.execute("SELECT pg_advisory_unlock(hashtext(%s), hashtext(%s))", [_LOCK, name])


def _drop(connection: Connection, name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _locale(row: dict[str, Any], encoding: str) -> sql.Composable:
    """The words of CREATE DATABASE for the same letters; the columns' names differ between versions of PostgreSQL."""
    icu = row.get("datlocale") or row.get("daticulocale")
    words = {"ENCODING": encoding, "LC_COLLATE": row["datcollate"], "LC_CTYPE": row["datctype"]}
    match row.get("datlocprovider"):
        case "i":
            words |= {"LOCALE_PROVIDER": "icu", "ICU_LOCALE": icu}
        case "b":
            words |= {"LOCALE_PROVIDER": "builtin", "BUILTIN_LOCALE": icu}
    return sql.SQL(" ").join(
        sql.SQL("{} {}").format(sql.SQL(name), sql.Literal(value)) for name, value in words.items()
    )
