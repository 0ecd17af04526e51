"""Rows that are written while the program goes on: nothing is lost, and what goes wrong is told in time."""

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import psycopg
import pytest
from django.db import OperationalError

from abono.base.store import sql

pytestmark = pytest.mark.usefixtures("database")

COLUMNS = ("name", "on_date", "value")


@pytest.fixture(autouse=True)
def table() -> None:
    """A table of this connection alone."""
    sql.change("DROP TABLE IF EXISTS written")
    sql.change("CREATE TEMPORARY TABLE written (name text PRIMARY KEY, on_date date, value numeric CHECK (value > 0))")


def block(first: int, count: int, value: int = 1) -> bytes:
    return "".join(f"{number}\t2026-01-01\t{value}\n" for number in range(first, first + count)).encode()


def count() -> int:
    found: int = sql.value("SELECT count(*) FROM written")
    return found


def test_all_is_there_at_the_next_statement_and_after_the_end() -> None:
    """Also blocks that are too large to be on the way at once, in the order in which they were given."""
    with sql.in_transaction():
        sql.by_keys()
        for number in range(10):
            sql.copy_behind("written", COLUMNS, block(number * 20_000, 20_000))
            sql.go_on_behind()
        assert count() == 200_000
        sql.copy_behind("written", COLUMNS, block(200_000, 1))
    assert count() == 200_001


def test_without_a_transaction_it_is_written_at_once() -> None:
    sql.copy_behind("written", COLUMNS, block(0, 2))
    assert count() == 2
    with sql.in_transaction():
        sql.copy_behind("written", COLUMNS, block(2, 2))
    assert count() == 4


def undone(error: type[BaseException], *works: Callable[[], object]) -> None:
    """One transaction of all these works ends in an error and leaves nothing."""

    def whole() -> None:
        with sql.in_transaction():
            sql.by_keys()
            for work in works:
                work()

    with pytest.raises(error):
        whole()
    assert count() == 0


def behind(*given: int, table: str = "written") -> Callable[[], None]:
    return lambda: sql.copy_behind(table, COLUMNS, block(*given))


def never() -> None:
    pytest.fail("this was reached behind rows that were refused")


def test_what_was_refused_is_raised_by_the_next_statement() -> None:
    ask = partial(sql.value, "SELECT 1")
    undone(psycopg.errors.CheckViolation, behind(0, 2), behind(2, 2, -1), behind(4, 2), ask, never)


def test_what_was_refused_is_raised_at_the_end_at_the_latest() -> None:
    undone(psycopg.errors.UniqueViolation, behind(0, 2), behind(1, 2))


def test_a_table_that_is_not_there_is_told() -> None:
    undone(psycopg.errors.UndefinedTable, behind(0, 2, table="not_there"))


def test_an_error_elsewhere_undoes_all_while_rows_are_on_their_way() -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    undone(KeyboardInterrupt, *(behind(number * 20_000, 20_000) for number in range(5)), interrupt)


def test_a_part_may_be_undone_alone() -> None:
    with sql.in_transaction():
        sql.by_keys()
        sql.copy_behind("written", COLUMNS, block(0, 2))
        with pytest.raises(psycopg.errors.UniqueViolation), sql.attempt():
            sql.copy_behind("written", COLUMNS, block(1, 2))
        with sql.attempt():
            sql.copy_behind("written", COLUMNS, block(10, 1))
        with sql.in_transaction():
            sql.copy_behind("written", COLUMNS, block(11, 1))
        sql.copy_behind("written", COLUMNS, block(12, 1))
    assert count() == 5


def test_rows_refused_before_a_part_are_not_that_parts_fault() -> None:
    """Whoever catches what a part raised cannot go on: the whole transaction is lost."""

    def part() -> None:
        with suppress(psycopg.errors.UniqueViolation), sql.attempt():
            never()

    ask = partial(sql.value, "SELECT 1")
    undone(psycopg.errors.InFailedSqlTransaction, behind(0, 2), behind(1, 2), part, ask, never)


def test_a_connection_that_was_cut_is_told(superuser: str) -> None:
    def cut() -> None:
        pid = sql.value("SELECT pg_backend_pid()")
        with psycopg.connect(superuser, autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    def whole() -> None:
        with sql.in_transaction():
            cut()
            for number in range(5):
                behind(number * 20_000, 20_000)()

    with pytest.raises((psycopg.OperationalError, OperationalError)):
        whole()
    assert sql.value("SELECT to_regclass('written')") is None


def test_each_thread_has_its_own(database: str) -> None:
    """What is on its way on one connection is nothing to another thread."""
    seen: list[object] = []

    def look() -> None:
        from django.db import connections

        seen.append(sql.value("SELECT to_regclass('written')"))
        connections.close_all()

    with sql.in_transaction():
        sql.by_keys()
        sql.copy_behind("written", COLUMNS, block(0, 50_000))
        other = threading.Thread(target=look)
        other.start()
        other.join()
    assert seen == [None]
    assert count() == 50_000
