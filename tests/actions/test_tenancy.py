"""Sellers are kept apart below the code: keys, rights and row-level security, walked over all tables that there are."""

import random
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from abono.base.store.roles import ENGINE, OWNER, PORTAL, STAFF
from tests.actions.full_world import WRITTEN, full_world, named
from tests.books import check_audit, check_sound
from tests.roles import Connection, acting_as, refusal
from tests.world import World

pytestmark = pytest.mark.usefixtures("database")

# Tables without a seller: few, small, the same for all.
FOR_ALL = {"index_values", "django_migrations"}
# Rows that are kept for ever; of some, a few columns may change.
FROZEN: dict[str, set[str]] = {
    "allocations": set(),
    "annex_rows": set(),
    "arrangements": set(),
    "attempts": {
        "state",
        "sent_on",
        "sent_at",
        "asked",
        "ask_at",
        "code",
        "reference",
        "retry_on",
        "ended_on",
        "words",
    },
    "charges": {"document_id"},
    "claims": {"document_id", "reason", "period_to"},
    "documents": {"state", "open_minor"},
    "facts": set(),
    "holds": {"closed_on", "closed_at", "closed_by"},
    "import_batches": {"state", "undone_on"},
    "lines": set(),
    "message_events": set(),
    "messages": {
        "subject",
        "body",
        "digest",
        "speaks_on",
        "state",
        "attempts",
        "next_try_at",
        "left_on",
        "left_at",
        "reason",
    },
    "methods": {"state", "verified"},
    "objections": {"state", "decided_on", "decision"},
    "party_words": set(),
    "payment_moves": set(),
    "payments": {"state", "free_minor"},
    "period_offers": {"state", "decided_on"},
    "policy_versions": set(),
    "prices": set(),
    "recoveries": {"state", "decided_on", "document_id"},
    "refunds": set(),
    "rounds": set(),
    "service_moves": set(),
    "settlements": set(),
    "steps": set(),
    "transfers": set(),
}
# What the engine may delete: rows that say where work stands, never what happened.
DELETABLE = {"contacts", "cursors", "import_rows", "parked", "planned_changes", "postponed_steps", "waiting_invoices"}


@pytest.fixture(scope="module")
def sellers(django_ready: None) -> tuple[World, World]:
    """Two sellers with the same books, so that every table has rows of both."""
    found = full_world(), full_world()
    for world in found:
        check_sound(world)
        check_audit(world)
    return found


@pytest.fixture
def admin(database: str) -> Iterator[Connection]:
    with acting_as(database, "postgres") as connection:
        yield connection


def sellers_tables(admin: Connection) -> list[str]:
    return [
        name
        for (name,) in admin.execute(
            "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') "
            "ORDER BY 1"
        )
        if name not in FOR_ALL
    ]


def columns(admin: Connection, table: str) -> list[str]:
    return [
        name
        for (name,) in admin.execute(
            "SELECT attname::text FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            [table],
        )
    ]


def keys(admin: Connection) -> list[tuple[str, str, list[str], str, list[str]]]:
    """All foreign keys: name, table, columns, table they lead to, columns there."""
    found = admin.execute(
        """
        SELECT c.conname::text, c.conrelid::regclass::text,
          ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY AS k (no, place)
                JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.no ORDER BY place),
          c.confrelid::regclass::text,
          ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY AS k (no, place)
                JOIN pg_attribute AS a ON a.attrelid = c.confrelid AND a.attnum = k.no ORDER BY place)
        FROM pg_constraint AS c WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace ORDER BY 2, 1
        """
    )
    return found.fetchall()


def keys_to_kept(admin: Connection) -> list[tuple[str, str, list[str], str, list[str]]]:
    """The same for keys to rows that are kept for ever, which triggers check once a statement."""
    found = admin.execute(
        """
        SELECT t.tgname::text, t.tgrelid::regclass::text, string_to_array('seller_id ' || a[1], ' '), a[2],
          string_to_array('seller_id ' || a[3], ' ')
        FROM pg_trigger AS t JOIN pg_class AS r ON r.oid = t.tgrelid
        CROSS JOIN LATERAL (SELECT string_to_array(encode(t.tgargs, 'escape'), '\\000')) AS arguments (a)
        WHERE t.tgname ~ '_fk$' AND t.tgtype = 4 AND r.relnamespace = 'public'::regnamespace ORDER BY 2, 1
        """
    )
    return found.fetchall()


# --- laws of the database


def test_every_table_has_the_seller_first_in_its_key_and_in_every_unique_one(admin: Connection) -> None:
    rows = admin.execute(
        """
        SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, i.indisprimary,
          (SELECT attname::text FROM pg_attribute WHERE attrelid = i.indrelid AND attnum = i.indkey[0])
        FROM pg_index AS i JOIN pg_class AS t ON t.oid = i.indrelid
        WHERE t.relnamespace = 'public'::regnamespace AND (i.indisprimary OR i.indisunique)
        """
    ).fetchall()
    tables = set(sellers_tables(admin)) - {"sellers"}
    assert {table for table, _, primary, _ in rows if primary} >= tables
    assert not [row for row in rows if row[0] in tables and row[3] != "seller_id"]


def test_every_table_names_its_seller_always(admin: Connection) -> None:
    for table in set(sellers_tables(admin)) - {"sellers"}:
        row = admin.execute(
            "SELECT atttypid::regtype::text, attnotnull FROM pg_attribute "
            "WHERE attrelid = %s::regclass AND attname = 'seller_id'",
            [table],
        ).fetchone()
        assert row == ("smallint", True), table
    made = admin.execute("SELECT relname FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace")
    assert {name for (name,) in made} <= {"django_migrations_id_seq"}


def test_row_level_security_is_on_and_forced_everywhere(admin: Connection) -> None:
    for table in sellers_tables(admin):
        row = admin.execute(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", [table]
        ).fetchone()
        assert row == (True, True), table
    loose = admin.execute(
        "SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public' AND roles && %s::name[] "
        "AND (cmd <> 'SELECT' OR qual !~ 'abono\\.seller')",
        [[PORTAL, STAFF, "public"]],
    ).fetchall()
    # A row without a customer of its own is seen through its parent, whose policy names the seller.
    assert {table for table, _ in loose} <= set(sellers_tables(admin))
    assert not [one for one in loose if not one[1].endswith("_portal")]


def test_every_foreign_key_begins_with_the_seller_on_both_sides(admin: Connection) -> None:
    found = keys(admin) + keys_to_kept(admin)
    assert len(found) > 30
    for name, _, here, target, there in found:
        assert here[0] == "seller_id", name
        assert there[0] == ("id" if target == "sellers" else "seller_id"), name
        assert len(here) > 1 or target == "sellers", name
    with_keys = {table for _, table, *_ in found}
    assert with_keys >= set(sellers_tables(admin)) - {"sellers"}


def test_the_roles_are_what_they_must_be(admin: Connection) -> None:
    rows = admin.execute(
        "SELECT rolname::text, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles "
        "WHERE rolname = ANY(%s) ORDER BY 1",
        [[ENGINE, OWNER, PORTAL, STAFF]],
    ).fetchall()
    assert rows == [(name, False, name == ENGINE, False, False) for name in sorted((ENGINE, OWNER, PORTAL, STAFF))]


def test_who_may_do_what(admin: Connection) -> None:
    def rights(role: str, table: str) -> set[str]:
        words = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
        asked = admin.execute(
            "SELECT word FROM unnest(%s::text[]) AS word WHERE has_table_privilege(%s, %s, word)",
            [list(words), role, table],
        )
        return {word for (word,) in asked}

    for table in sellers_tables(admin):
        assert rights(STAFF, table) <= {"SELECT"}, table
        assert rights(PORTAL, table) <= {"SELECT"}, table
        engine = {"SELECT", "INSERT"}
        if table not in FROZEN or FROZEN[table]:
            engine.add("UPDATE")
        if table in DELETABLE:
            engine.add("DELETE")
        assert rights(ENGINE, table) <= engine, table
    assert not set(FROZEN) & DELETABLE
    frozen = admin.execute(
        "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE '%\\_kept'"
    )
    assert {name for (name,) in frozen} == set(FROZEN)


def test_what_runs_with_the_owners_rights_is_known(admin: Connection) -> None:
    """Such a function is a door around the rights: each is named here, finds its names safely, and is the engine's."""
    rows = admin.execute(
        "SELECT proname::text, coalesce(array_to_string(proconfig, ';'), ''), "
        "has_function_privilege(%s, oid, 'EXECUTE') OR has_function_privilege(%s, oid, 'EXECUTE') "
        "FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef ORDER BY 1",
        [STAFF, PORTAL],
    ).fetchall()
    assert [name for name, *_ in rows] == ["abono_analyse_import", "abono_remove_import"]
    assert all("search_path=" in settings and not open_to_pages for _, settings, open_to_pages in rows)


# --- the same, tried


def test_there_are_rows_of_both_sellers(database: str, sellers: tuple[World, World]) -> None:
    """What is tried below would prove nothing about a table without rows."""
    with acting_as(database, "postgres") as admin:
        for table in WRITTEN:
            assert set(dict(visible(admin, table))) >= {world.seller_id for world in sellers}, table


@pytest.mark.parametrize("table", sorted(FROZEN))
def test_frozen_rows_stay(database: str, sellers: tuple[World, World], table: str) -> None:
    """Neither the engine nor the owner of the tables changes, deletes or truncates them."""
    mine = {"seller": sellers[0].seller_id}
    with acting_as(database, "postgres") as admin:
        names = [name for name in columns(admin, table) if name not in FROZEN[table]]
        there = admin.execute(f"SELECT count(*) FROM {table} WHERE seller_id = %(seller)s", mine).fetchone()  # type: ignore[call-overload]
    for role, expected in ((ENGINE, "InsufficientPrivilege"), (OWNER, "IntegrityConstraintViolation")):
        with acting_as(database, role) as connection:
            assert refusal(connection, f"TRUNCATE {table} CASCADE") is not None
            if there == (0,):
                continue
            assert refusal(connection, f"DELETE FROM {table} WHERE seller_id = %(seller)s", mine) == expected
            for name in names:
                change = (
                    f"UPDATE {table} SET {name} = {other_value(name, connection, table)} WHERE seller_id = %(seller)s"
                )
                assert refusal(connection, change, mine) in (
                    "InsufficientPrivilege",
                    "IntegrityConstraintViolation",
                ), f"{role} {change}"


def other_value(name: str, connection: Connection, table: str) -> str:
    """SQL for a value that differs from what the row has."""
    row = connection.execute(
        "SELECT atttypid::regtype::text FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s", [table, name]
    ).fetchone()
    assert row is not None
    return {
        "uuid": "gen_random_uuid()",
        "date": f"coalesce({name}, '2026-01-01') + 1",
        "timestamp with time zone": f"{name} + interval '1 day'",
        "jsonb": "'{\"other\": 1}'",
        "bytea": "'other'",
        "text": f"coalesce({name}, '') || 'x'",
        "character varying": f"coalesce(overlay({name} placing 'X' from 1 for 1), 'X')",
        "boolean": f"NOT coalesce({name}, false)",
    }.get(row[0], f"coalesce({name}, 0) + 1")


def test_no_key_leads_to_another_seller(database: str, sellers: tuple[World, World]) -> None:
    """Of every foreign key: a row of one seller pointed at a row of the other is refused, triggers or not."""
    mine, other = (world.seller_id for world in sellers)
    tried = 0
    with acting_as(database, "postgres") as admin:
        for name, table, here, target, there in keys(admin):
            if len(here) == 1:
                continue
            admin.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")  # type: ignore[call-overload]
            foreign = ", ".join(f"t.{column}" for column in there[1:])
            # A row that is the other seller's alone: days, versions and equal words are alike for all.
            alone = " AND ".join(f"own.{column} = t.{column}" for column in there[1:])
            theirs = (
                f"SELECT {foreign} FROM {target} AS t WHERE t.seller_id = {other} "
                f"AND NOT EXISTS (SELECT FROM {target} AS own WHERE own.seller_id = {mine} AND {alone}) LIMIT 1"
            )
            own = f"SELECT ctid FROM {table} WHERE seller_id = {mine} AND {here[1]} IS NOT NULL LIMIT 1"
            both = admin.execute(f"SELECT EXISTS ({theirs}) AND EXISTS ({own})").fetchone()  # type: ignore[call-overload]
            if both == (True,):
                tried += 1
                change = f"UPDATE {table} SET ({', '.join(here[1:])}) = ({theirs}) WHERE ctid = ({own})"
                found = refusal(admin, change)
                assert found in ("ForeignKeyViolation", "CheckViolation", "UniqueViolation"), f"{name}: {found}"
    assert tried > 25


# A row like one that is there, but of its own; `t` is that one.
LIKE_ANOTHER = {
    "documents": "jsonb_build_object('id', gen_random_uuid(), 'number', 900000)",
    "lines": "jsonb_build_object('line_no', 900000)",
    "claims": "jsonb_build_object('period_from', t.period_to, 'follows', t.period_to, 'period_to', t.period_to + 30)",
}


def test_a_key_checked_once_a_statement_refuses_as_others_do(database: str, sellers: tuple[World, World]) -> None:
    """A row that names nothing, or the other seller's row, is refused; the same row with its own key is not."""
    mine, other = (world.seller_id for world in sellers)
    with acting_as(database, "postgres") as admin:
        found = keys_to_kept(admin)
    assert [name for name, *_ in found] == [
        "claims_document_id_fk",
        "documents_issuer_id_fk",
        "documents_policy_version_invoice_when_fk",
        "documents_words_id_fk",
        "lines_document_id_fk",
    ]
    for name, table, here, target, there in found:
        assert target in FROZEN, name
        assert not FROZEN[target] & {*there}, name
        strange = f"SELECT {', '.join(there[1:])} FROM {target} WHERE seller_id = {other} LIMIT 1"
        if "version" in there:
            strange = "SELECT 77, 'at-issue'"  # both sellers have a version 1
        source = (
            f"FROM {table} AS t WHERE t.seller_id = {mine} AND t.{here[1]} IS NOT NULL AND NOT EXISTS (SELECT FROM "
            "claims AS n WHERE n.seller_id = t.seller_id AND to_jsonb(n) ->> 'follows' = to_jsonb(t) ->> 'period_to')"
        )
        like = f"SELECT to_jsonb(t) || {LIKE_ANOTHER[table]} {source} LIMIT 1"
        wrong = ", ".join(f"'{column}', bad.c{no}" for no, column in enumerate(here[1:]))
        places = ", ".join(f"c{no}" for no in range(len(here) - 1))
        into = f"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, "
        sound = f"{into}body)).* FROM ({like}) AS found (body)"
        spoiled = f"body || jsonb_build_object({wrong})"
        unsound = f"{into}{spoiled})).* FROM ({like}) AS found (body), ({strange}) AS bad ({places})"
        with acting_as(database, ENGINE) as engine:
            assert refusal(engine, sound) is None, name
            assert refusal(engine, unsound) == "ForeignKeyViolation", name
            if here[1] in FROZEN[table]:
                change = (
                    f"UPDATE {table} SET {here[1]} = ({strange}) WHERE seller_id = {mine} AND {here[1]} IS NOT NULL"
                )
                assert refusal(engine, change) == "ForeignKeyViolation", name


def test_actions_refuse_another_sellers_customer(sellers: tuple[World, World]) -> None:
    """By a plain word, before the keys would."""
    from abono.base.kernel.refusal import Missing, Refused
    from abono.domain.customers.queries import customer_card
    from abono.runs.partnership import join_partner
    from tests.properties.deeds import PAGE_DEEDS
    from tests.properties.faults import sorted_by_reference
    from tests.world import JANUARY, at

    mine, other = sellers
    strange = sorted_by_reference(other, "customers")[0]
    own = sorted_by_reference(mine, "customers")[0]
    service = sorted_by_reference(other, "subscriptions")[0]
    dice = random.Random(1)
    for name, deed in PAGE_DEEDS.items():
        if name != "take back":
            with pytest.raises(Refused):
                deed(mine, strange, service, dice, JANUARY, f"strange-{name}")
    with pytest.raises(Missing):
        customer_card(seller_id=mine.seller_id, customer_id=strange)
    with pytest.raises(Missing):
        join_partner(
            seller_id=mine.seller_id, customer_id=own, payer_id=strange, from_on=JANUARY, on=JANUARY, at=at(JANUARY)
        )
    with pytest.raises(Missing):
        mine.subscribe(own, other.plans["basic"])


# --- what pages see


def visible(connection: Connection, table: str) -> list[tuple[Any, ...]]:
    key = "id" if table == "sellers" else "seller_id"
    found: list[tuple[Any, ...]] = connection.execute(f"SELECT {key}, count(*) FROM {table} GROUP BY 1").fetchall()  # type: ignore[call-overload]
    return found


def test_staff_see_their_seller_alone(database: str, sellers: tuple[World, World]) -> None:
    mine = sellers[0].seller_id
    with acting_as(database, "postgres") as admin:
        tables = sellers_tables(admin)
        whole = {table: dict(visible(admin, table)) for table in tables}
    with acting_as(database, STAFF, seller=mine) as staff:
        for table in tables:
            assert dict(visible(staff, table)) == {k: v for k, v in whole[table].items() if k == mine}, table


def test_a_customer_sees_its_own_rows_alone(database: str, sellers: tuple[World, World]) -> None:
    from tests.properties.faults import sorted_by_reference

    mine = sellers[0].seller_id
    for customer in [*sorted_by_reference(sellers[0], "customers")[3:10], *named(sellers[0])]:
        with acting_as(database, "postgres") as admin:
            tables = sellers_tables(admin)
            expected = {table: own_rows(admin, table, mine, customer) for table in tables}
        with acting_as(database, PORTAL, seller=mine, customer=customer) as portal:
            for table in tables:
                if expected[table] is None:
                    assert refusal(portal, f"SELECT * FROM {table}") == "InsufficientPrivilege", table
                else:
                    assert sum(count for _, count in visible(portal, table)) == expected[table], table


# How a row is a customer's, where it does not name the customer itself: through its parent.
_OF = "IN (SELECT id FROM {} WHERE seller_id = %(seller)s AND customer_id = %(customer)s)"
PARENTS = {
    "annex_rows": "document_id " + _OF.format("documents"),
    "lines": "document_id " + _OF.format("documents"),
    "postponed_steps": "document_id " + _OF.format("documents"),
    "rounds": "document_id " + _OF.format("documents"),
    "settlements": "request_id " + _OF.format("documents"),
    "message_events": "message_id " + _OF.format("messages"),
    "payment_moves": "payment_id " + _OF.format("payments"),
    "customers": "id = %(customer)s",
    "charges": "payer_id = %(customer)s",
    **{
        table: "subscription_id " + _OF.format("subscriptions")
        for table in ("activations", "claims", "discounts", "holds", "pauses", "planned_changes", "service_moves")
    },
}
# What pages of customers never read.
HIDDEN = {
    "billing_runs",
    "collection_days",
    "cursors",
    "gateway_looks",
    "import_batches",
    "import_rows",
    "notice_days",
    "parked",
    "party_words",
    "plans",
    "policy_versions",
    "prices",
    "run_days",
    "series",
}


def own_rows(admin: Connection, table: str, seller: int, customer: UUID) -> int | None:
    if table == "sellers":
        return 1
    if table in HIDDEN:
        return None
    where = PARENTS.get(table, "customer_id = %(customer)s")
    row = admin.execute(
        f"SELECT count(*) FROM {table} WHERE seller_id = %(seller)s AND {where}",  # type: ignore[call-overload]
        {"seller": seller, "customer": customer},
    ).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("role", [STAFF, PORTAL])
def test_without_a_seller_nothing_is_seen_not_even_by_mistake(
    database: str, sellers: tuple[World, World], role: str
) -> None:
    """Neither in a session that never named one, nor after the transaction that did."""
    with acting_as(database, role) as connection:
        tables = ["customers", "documents", "payments", "facts", "sellers"]
        for table in tables:
            assert refusal(connection, f"SELECT * FROM {table}") == "UndefinedObject", table
        connection.execute("SELECT set_config('abono.seller', '1', true)")
        connection.commit()
        connection.execute(f"SET ROLE {role}")  # type: ignore[call-overload]
        for table in tables:
            assert refusal(connection, f"SELECT * FROM {table}") in ("InvalidTextRepresentation", "UndefinedObject"), (
                table
            )
