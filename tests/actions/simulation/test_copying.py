"""A seller's copy is all of it and nothing else; the real books are only read; nothing is left behind."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.conftest import with_database
from tests.world import World, at, make_world

pytestmark = pytest.mark.usefixtures("database")

DAY = date(2026, 1, 20)


def world_of_two() -> World:
    """A seller with a paid and an unpaid document, a second version of its policy to come; beside it another seller."""
    from abono.domain.sellers.actions import add_policy
    from abono.domain.sellers.policy import builtin_text
    from abono.runs.daily import run_day

    for policy in ("booking_hu", "hosting_ar"):
        world = make_world(policy)
        plan = world.plan()
        for name in ("Ana", "Eva"):
            world.subscribe(world.customer(name), plan, date(2026, 1, 25), on=date(2026, 1, 1), continues=True)
        run_day(seller_id=world.seller_id, on=DAY, at=at(DAY))
        paid = world.documents()[0]
        world.pay(paid["customer_id"], paid["gross_minor"], DAY)
    text = builtin_text("hosting_ar").replace("min_days_to_pay = 3", "min_days_to_pay = 4")
    add_policy(seller_id=world.seller_id, text=text, file="later", effective_on=date(2026, 9, 1), at=at(DAY))
    return world


class Copy:
    """The copy of a world, open for looking."""

    def __init__(self, world: World, url: str, copied: Any) -> None:
        self.world, self.url, self.copied = world, url, copied


@pytest.fixture(scope="module")
def copy(django_ready: None, database_url: str, superuser: str) -> Iterator[Copy]:
    from abono.interfaces.cli.setup import set_up
    from abono.simulation.copying import copy_seller
    from abono.simulation.scratch import workshop

    world = world_of_two()
    with workshop(url=database_url) as shop:
        copied = copy_seller(shop=shop, seller_id=world.seller_id, make_tables=lambda url: set_up(url=url))
        yield Copy(world, database_url, copied)
    assert scratches(superuser) == []


def scratches(superuser: str) -> list[str]:
    """Scratch databases of this worker's database."""
    from tests.conftest import WORKER

    with psycopg.connect(superuser) as connection:
        found = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"abono_{WORKER}_sim%"])
        return [name for (name,) in found]


def every_row(url: str, seller_id: int | None) -> dict[str, list[str]]:
    """All rows as text by table, of a seller where a table knows sellers, read by other statements than the copy's."""
    with psycopg.connect(url, options="-c timezone=UTC") as connection:
        named = connection.execute(
            "SELECT table_name, bool_or(column_name = 'seller_id') FROM information_schema.columns "
            "JOIN information_schema.tables USING (table_schema, table_name) "
            "WHERE table_schema = 'public' AND table_type = 'BASE TABLE' GROUP BY table_name"
        ).fetchall()
        found = {}
        for table, has_seller in named:
            column = "id" if table == "sellers" else "seller_id"
            which = (
                sql.SQL(" WHERE {} = {}").format(sql.Identifier(column), sql.Literal(seller_id))
                if seller_id is not None and (has_seller or table == "sellers")
                else sql.SQL("")
            )
            rows = connection.execute(
                sql.SQL("SELECT to_jsonb(t)::text FROM {} AS t{} ORDER BY 1").format(sql.Identifier(table), which)
            )
            found[table] = [text for (text,) in rows]
    found.pop("django_migrations")
    return found


def test_the_copy_is_all_of_the_seller_and_nothing_else(copy: Copy) -> None:
    real = every_row(copy.url, copy.world.seller_id)
    assert every_row(copy.copied.url, None) == real
    assert copy.copied.rows == {name: len(rows) for name, rows in real.items()}
    for table in ("documents", "payments", "allocations", "transfers", "steps", "messages", "facts", "policy_versions"):
        assert real[table], table


RULES = {
    "keys": "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
    "triggers": "SELECT tgrelid::regclass::text, tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger "
    "WHERE NOT tgisinternal ORDER BY 1, 2",
    "security": "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class "
    "WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
}


@pytest.mark.parametrize("what", list(RULES))
def test_the_copy_keeps_every_rule_of_the_database(copy: Copy, what: str) -> None:
    with psycopg.connect(copy.url) as real, psycopg.connect(copy.copied.url) as scratch:
        assert scratch.execute(RULES[what]).fetchall() == real.execute(RULES[what]).fetchall()


def test_the_checksum_is_that_of_the_real_rows_and_sees_any_change(copy: Copy) -> None:
    from abono.simulation.copying import checksum

    def now(url: str = copy.url) -> str:
        return checksum(url=url, seller_id=copy.world.seller_id)

    assert now() == copy.copied.checksum == now(copy.copied.url)
    with psycopg.connect(copy.url, autocommit=True) as connection:
        text = "UPDATE customers SET name = name || ' ' WHERE seller_id = %s"
        connection.execute(text, [copy.world.seller_id])
        assert now() != copy.copied.checksum
        connection.execute(text.replace("name || ' '", "rtrim(name)"), [copy.world.seller_id])
    assert now() == copy.copied.checksum


def test_the_real_database_is_open_for_reading_only(copy: Copy) -> None:
    from abono.base.store.tenancy import ENGINE
    from abono.simulation.scratch import connect

    with (
        connect(copy.url, role=ENGINE, read_only=True) as reading,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
    ):
        reading.execute("UPDATE customers SET name = ''")


def test_only_in_a_scratch_database_policies_are_forgotten(copy: Copy) -> None:
    from abono.simulation.copying import forget_later_policies

    gone = forget_later_policies(url=copy.copied.url, seller_id=copy.world.seller_id, first=date(2026, 2, 1))
    assert gone == 1
    with pytest.raises(AssertionError, match="no scratch database"):
        forget_later_policies(url=copy.url, seller_id=copy.world.seller_id, first=date(2026, 2, 1))
    assert len(copy.world.rows("SELECT 1 FROM policy_versions WHERE seller_id = %(seller)s")) == 2


def test_nothing_is_simulated_in_a_database_of_ones_own(copy: Copy) -> None:
    from abono.base.kernel.refusal import Refused
    from abono.simulation.forecast import forecast
    from abono.simulation.question import Question

    with pytest.raises(Refused) as refused:
        forecast(question=Question(copy.world.seller_id, date(2026, 2, 1), 1, 1))
    assert refused.value.code == "simulation.not_scratch"


def test_a_failure_in_the_middle_leaves_nothing(copy: Copy, superuser: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from abono.interfaces.cli.setup import set_up
    from abono.simulation import copying
    from abono.simulation.scratch import workshop

    before = scratches(superuser)
    whole, copied = copying._copy, []

    def fails(source: Any, target: Any, table: Any, seller_id: int) -> tuple[int, str]:
        if len(copied) == 10:
            assert len(scratches(superuser)) == len(before) + 1
            raise OSError("the disk is full")
        copied.append(table.name)
        return whole(source, target, table, seller_id)

    monkeypatch.setattr(copying, "_copy", fails)
    with pytest.raises(OSError, match="disk is full"), workshop(url=copy.url) as shop:
        copying.copy_seller(shop=shop, seller_id=copy.world.seller_id, make_tables=lambda url: set_up(url=url))
    assert len(copied) == 10
    assert scratches(superuser) == before


def test_other_tables_than_those_of_this_version_are_refused(copy: Copy, superuser: str) -> None:
    from abono.base.kernel.refusal import Refused
    from abono.simulation.copying import copy_seller
    from abono.simulation.scratch import workshop

    with pytest.raises(Refused) as refused, workshop(url=copy.url) as shop:
        copy_seller(shop=shop, seller_id=copy.world.seller_id, make_tables=lambda url: None)
    assert refused.value.code == "simulation.other_tables"


def test_what_a_killed_process_left_is_swept_and_what_another_uses_is_not(copy: Copy, superuser: str) -> None:
    from abono.simulation.scratch import workshop
    from tests.conftest import WORKER

    left = f"abono_{WORKER}_simulation_0123456789ab"
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {left}")
    in_use = [name for name in scratches(superuser) if name != left]
    assert in_use, "the module's own copy is open"
    with workshop(url=copy.url):
        assert scratches(superuser) == in_use


def test_a_login_that_may_not_make_databases_is_told_what_it_needs(copy: Copy, superuser: str) -> None:
    from abono.base.kernel.refusal import Refused
    from abono.simulation.scratch import workshop

    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS abono_plain_login")
        connection.execute("CREATE ROLE abono_plain_login LOGIN")
    plain = psycopg.conninfo.make_conninfo(with_database(copy.url, "postgres"), user="abono_plain_login")
    with pytest.raises(Refused) as refused, workshop(url=plain) as shop:
        shop.make()
    assert (refused.value.code, "CREATEDB" in refused.value.words) == ("simulation.privileges", True)
