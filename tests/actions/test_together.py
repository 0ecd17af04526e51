"""Rows written together by one statement: few ways to PostgreSQL for a payment, and the same rows as by COPY."""

from collections import Counter
from datetime import date
from typing import Any

import psycopg
import pytest

from abono.base.store import sql
from abono.base.store.together import change, row, write
from abono.domain.invoicing import batch
from tests.world import World, at, make_world

JANUARY, FEBRUARY = date(2026, 1, 20), date(2026, 2, 20)
MOST_STATEMENTS = 16

pytestmark = pytest.mark.usefixtures("database")


def world_that_asks() -> tuple[World, dict[str, Any]]:
    world = make_world("hosting_ar")
    customer_id = world.customer()
    world.subscribe(customer_id, world.plan("a\\b", price="1000"), start=JANUARY)
    world.run(JANUARY)
    return world, world.documents(customer_id)[0]


def paid(world: World, asked: dict[str, Any]) -> None:
    world.pay(asked["customer_id"], asked["open_minor"], asked["issued_on"], document_ids=[asked["id"]])


def test_a_payment_that_settles_a_request_takes_few_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    world, asked = world_that_asks()
    paid(world, asked)  # the first invoice of a year makes its series
    world.run(FEBRUARY)
    asked = next(one for one in world.documents() if one["state"] == "open")
    done: Counter[str] = Counter()
    execute = psycopg.Cursor.execute

    def counted(self: Any, query: Any, *others: Any, **more: Any) -> Any:
        done[str(query)] += 1
        return execute(self, query, *others, **more)

    monkeypatch.setattr(psycopg.Cursor, "execute", counted)
    paid(world, asked)
    assert sum(done.values()) <= MOST_STATEMENTS
    assert all(times == 1 for times in done.values()), "nothing is read twice"


def test_a_document_is_the_same_by_one_statement_and_by_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for few in (batch.FEW, 0):
        monkeypatch.setattr(batch, "FEW", few)
        world, asked = world_that_asks()
        paid(world, asked)
        found.append([_contents(world, statement) for statement in _WRITTEN])
    assert found[0] == found[1]
    assert all(found[0])


_WRITTEN = (
    "SELECT to_jsonb(d) - '{seller_id,id,customer_id,words_id,issuer_id}'::text[] "
    "- '{request_id,settlement_id,run_id,digest}'::text[] FROM documents AS d WHERE seller_id = %(seller)s ORDER BY id",
    "SELECT to_jsonb(l) - '{seller_id,document_id,subscription_id}'::text[] "
    "FROM lines AS l WHERE seller_id = %(seller)s ORDER BY document_id, line_no",
    "SELECT cause, part, debit, credit, currency, amount_minor, on_date FROM transfers "
    "WHERE seller_id = %(seller)s ORDER BY 1, 2, 3, 4",
    "SELECT kind, on_date, at, cause, data, document_id IS NULL FROM facts "
    "WHERE seller_id = %(seller)s AND kind LIKE 'Invoice%%'",
)


def _contents(world: World, statement: str) -> list[tuple[Any, ...]]:
    return world.rows(statement)


def test_one_statement_writes_all_or_nothing() -> None:
    world, asked = world_that_asks()
    nobody = {"seller_id": world.seller_id, "payment_id": asked["id"], "move_no": 1, "after": "settled"}
    move = row("payment_moves", {**nobody, "on_date": JANUARY, "at": at(JANUARY), "cause": "a key to nothing"})
    lower = "UPDATE documents SET open_minor = %s WHERE seller_id = %s AND id = %s"
    lowered = change(lower, 1, world.seller_id, asked["id"])
    with pytest.raises(psycopg.errors.ForeignKeyViolation), sql.in_transaction():
        write([lowered, move])
    assert world.documents(asked["customer_id"])[0]["open_minor"] == asked["open_minor"]
    assert world.rows("SELECT 1 FROM payment_moves WHERE seller_id = %(seller)s") == []


def test_the_same_change_twice_in_one_statement_is_a_bug() -> None:
    lowered = change("UPDATE documents SET open_minor = %s WHERE false", 1)
    with pytest.raises(ValueError, match="twice"):
        write([lowered, lowered])
