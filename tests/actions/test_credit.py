"""Credit notes: what was invoiced is taken back, in full or in parts, to the last minor unit of net and of tax."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abono.base.kernel.refusal import Refused
from tests.books import balance, check_audit, check_sound, fingerprints
from tests.properties.worlds import few
from tests.world import JANUARY, World, at, make_world

pytestmark = pytest.mark.usefixtures("database")


def now(world: World, on: date = JANUARY) -> dict[str, Any]:
    return {"seller_id": world.seller_id, "on": on, "at": at(on)}


def invoiced(policy: str = "hosting_cl", price: str = "9990", paid: bool = True) -> tuple[World, UUID, dict[str, Any]]:
    """An invoice for January; in Chile it comes with the payment, elsewhere it asks for it."""
    world = make_world(policy)
    ana = world.customer(**({"region": "TX"} if world.country == "US" else {}))
    world.subscribe(ana, world.plan(price=price))
    world.run(JANUARY)
    if paid:
        world.pay(ana, world.documents(ana)[0]["gross_minor"], JANUARY)
    return world, ana, world.documents(ana)[-1]


def give_back(world: World, invoice: dict[str, Any], net_minor: int | None = None) -> dict[str, Any]:
    """A credit note over a net amount, or over all that is left."""
    from abono.domain.invoicing.batch import NewLine
    from abono.domain.payments.credit import credit_invoice

    (code,) = world.rows("SELECT tax_code FROM lines WHERE document_id = %(one)s LIMIT 1", one=invoice["id"])[0]
    lines = None if net_minor is None else [NewLine("", "", "Less", "", "", 1, "", "", net_minor, code)]
    note_id = credit_invoice(**now(world), document_id=invoice["id"], reason="less", lines=lines)
    return next(row for row in world.documents() if row["id"] == note_id)


def accounts(world: World) -> dict[str, int]:
    """What stands on each account of the seller's, credit less debit; empty ones left out."""
    rows = world.rows(
        "SELECT account, sum(amount)::bigint FROM (SELECT credit AS account, amount_minor AS amount FROM transfers "
        "WHERE seller_id = %(seller)s UNION ALL SELECT debit, -amount_minor FROM transfers "
        "WHERE seller_id = %(seller)s) AS moves GROUP BY 1 HAVING sum(amount) <> 0"
    )
    return dict(rows)  # type: ignore[arg-type]


def check_whole(world: World) -> None:
    check_sound(world)
    check_audit(world)


def test_a_paid_invoice_in_full_is_the_customers_money_again() -> None:
    world, ana, invoice = invoiced()
    note = give_back(world, invoice)
    assert [note[name] for name in ("kind", "series", "number", "state")] == ["credit_note", "NC", 1, "issued"]
    assert (note["net_minor"], note["tax_minor"]) == (9_990, 1_898)
    assert balance(world, ana) == (0, 0, 11_888)
    assert accounts(world) == {"clearing:transfer": -11_888, "money": 11_888}
    with pytest.raises(Refused) as why:
        give_back(world, invoice)
    assert why.value.code == "invoicing.credit_too_much"
    check_whole(world)


def test_an_open_invoice_in_full_asks_for_nothing_any_more() -> None:
    world, ana, invoice = invoiced("franchise_us", "100", paid=False)
    give_back(world, invoice)
    assert [(row["kind"], row["open_minor"], row["state"]) for row in world.documents(ana)] == [
        ("invoice", 0, "settled"),
        ("credit_note", 0, "issued"),
    ]
    assert accounts(world) == {}
    check_whole(world)


def test_of_a_part_paid_invoice_the_open_part_goes_first() -> None:
    world, ana, invoice = invoiced("franchise_us", "100", paid=False)
    gross = invoice["gross_minor"]
    world.pay(ana, 6_000, JANUARY)
    give_back(world, invoice, 3_000)
    credited = world.documents(ana)[-1]["gross_minor"]
    assert balance(world, ana) == (0, gross - 6_000 - credited, 0)
    give_back(world, invoice)
    assert balance(world, ana) == (0, 0, 6_000)
    check_whole(world)


def test_a_credit_is_used_for_the_next_document() -> None:
    world, ana, invoice = invoiced()
    give_back(world, invoice, 5_000)
    assert balance(world, ana) == (0, 0, 5_950)
    world.run(date(2026, 1, 22))
    assert balance(world, ana) == (11_888, 0, 5_950)
    (left,) = world.rows("SELECT open_minor FROM documents WHERE seller_id = %(seller)s AND state = 'open'")
    assert left == (11_888 - 5_950,)
    check_whole(world)


@pytest.mark.parametrize("net_minor", [0, -1, 9_991])
def test_nothing_below_and_nothing_above_the_invoice_is_credited(net_minor: int) -> None:
    world, _, invoice = invoiced()
    before = fingerprints(world)
    with pytest.raises(Refused) as why:
        give_back(world, invoice, net_minor)
    assert why.value.code == "invoicing.credit_too_much"
    assert fingerprints(world) == before


def test_only_an_invoice_is_credited() -> None:
    world, ana, invoice = invoiced()
    note = give_back(world, invoice, 100)
    request = world.documents(ana)[0]
    for document in (request, note):
        with pytest.raises(Refused) as why:
            give_back(world, document)
        assert why.value.code == "invoicing.not_invoice"


@few(14)
@given(
    st.sampled_from(["hosting_cl", "hosting_ar", "booking_hu", "partners_us"]),
    st.integers(100, 999_999),
    st.lists(st.integers(1, 100), min_size=1, max_size=6),
    st.booleans(),
)
def test_parts_give_back_exactly_what_was_charged(policy: str, cents: int, weights: list[int], paid: bool) -> None:
    """However it is cut: net, base and each tax of all credit notes sum to those of the invoice."""
    from abono.base.kernel.money import split_minor

    world, ana, invoice = invoiced(policy, f"{cents // 100}.{cents % 100:02d}", paid)
    if invoice["kind"] != "invoice":
        world.pay(ana, invoice["gross_minor"], JANUARY)
        invoice = world.documents(ana)[-1]
    for part in split_minor(invoice["net_minor"], weights):
        if part:
            give_back(world, invoice, part)
            check_sound(world)
    rows = world.rows(
        "SELECT kind, sum(net_minor)::bigint, sum(tax_minor)::bigint, sum(gross_minor)::bigint FROM documents "
        "WHERE seller_id = %(seller)s AND kind IN ('invoice', 'credit_note') GROUP BY 1 ORDER BY 1"
    )
    assert rows[0][1:] == rows[1][1:]
    taxes = world.rows(
        "SELECT tax->>0, sum((tax->>2)::bigint * CASE kind WHEN 'invoice' THEN 1 ELSE -1 END), "
        "sum((tax->>3)::bigint * CASE kind WHEN 'invoice' THEN 1 ELSE -1 END) FROM documents, "
        "jsonb_array_elements(taxes) AS tax WHERE seller_id = %(seller)s AND kind IN ('invoice', 'credit_note') "
        "GROUP BY 1"
    )
    assert all(base == tax == 0 for _, base, tax in taxes)
    assert {name.split(":")[0] for name in accounts(world)} <= {"clearing", "money"}
    check_audit(world)
