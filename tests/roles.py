"""Connections that act as one of Abono's roles, for going behind the engine's back in tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg

Connection = psycopg.Connection[Any]


@contextmanager
def acting_as(url: str, role: str, *, seller: int | None = None, customer: UUID | None = None) -> Iterator[Connection]:
    """One transaction as a role, rolled back in the end; pages name the seller and the customer in it."""
    with psycopg.connect(url) as connection:
        connection.execute(f"SET ROLE {role}")  # type: ignore[call-overload]
        for name, value in (("abono.seller", seller), ("abono.customer", customer)):
            if value is not None:
                connection.execute("SELECT set_config(%s, %s, true)", [name, str(value)])
        yield connection
        connection.rollback()


def refusal(connection: Connection, statement: str, parameters: Any = ()) -> str | None:
    """The class of the error that a statement ends in, or None when it passes; either way it is undone."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement, parameters)  # type: ignore[call-overload]
    except psycopg.Error as why:
        return type(why).__name__
    return None
