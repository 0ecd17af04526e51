"""Moving in from a CSV file: no card or bank number comes in or is told, an import is taken back, the command."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from abono.base.kernel.refusal import Missing, Refused
from tests.moving_in import ANA, ANAS_SECOND, BO, CARD, DECEMBER, HEAD, MAPPING, Shop, all_rows
from tests.world import at

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


# --- card and bank numbers


@pytest.mark.parametrize("place", range(11))
def test_a_card_number_in_any_cell_refuses_the_file_and_is_told_nowhere(
    shop: Shop,
    tmp_path: Path,
    database: str,
    caplog: pytest.LogCaptureFixture,
    place: int,
) -> None:
    caplog.set_level(logging.DEBUG)
    cells = [*BO.split(","), ""]
    cells[place] = CARD if place % 2 else CARD.replace(" ", "")
    before = all_rows(database)
    report = tmp_path / "report.csv"
    shop.write(f"{ANA},", ",".join(cells), head=f"{HEAD},unmapped")
    result = shop.command("--skip-rejected", "--report", report, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["state"] == "forbidden"
    name = [*HEAD.split(","), "unmapped"][place]
    assert f"Column '{name}' holds what looks like a card number." in report.read_text(encoding="utf-8-sig")
    assert "3," in report.read_text(encoding="utf-8-sig")
    told = "".join([result.output, repr(result.exception), caplog.text, report.read_text(encoding="utf-8-sig")])
    people = shop.command()
    told += people.output
    assert people.exit_code == 1
    assert "line 3: " in people.output
    assert "1111" not in told
    assert all_rows(database) == before
    assert not in_database(database, "4111 ?1111")


def in_database(url: str, pattern: str) -> list[str]:
    """Tables of which some row's text matches a pattern."""
    with psycopg.connect(url) as connection:
        return [
            name
            for name in all_rows(url)
            if connection.execute(
                f'SELECT 1 FROM "{name}" AS t WHERE t::text ~ %s LIMIT 1',  # type: ignore[call-overload]
                [pattern],
            ).fetchone()
        ]


@pytest.mark.parametrize(
    "number", ["HU42 1177 3016 1111 1018 0000 0000", "2850590940090418135201", "021000021 123456789"]
)
def test_bank_numbers_are_refused_too(shop: Shop, number: str) -> None:
    found = shop.bring(ANA.replace("first", number))
    assert (found.state, found.forbidden) == ("forbidden", 1)
    assert [note.words for note in found.shown["forbidden"]] == [
        "Column 'words' holds what looks like a bank account number."
    ]


def test_a_file_without_a_header_tells_no_name(shop: Shop) -> None:
    found = shop.bring(BO, head=ANA.replace("first", CARD))
    assert found.state == "forbidden"
    assert [note.words for note in found.shown["forbidden"]] == ["Column 10 holds what looks like a card number."]


def test_a_mapping_brings_in_no_card_number_either(shop: Shop) -> None:
    with pytest.raises(Refused) as refused:
        shop.bring(ANA, mapping=MAPPING.replace("12 Elm Street", CARD))
    assert refused.value.code == "csv.forbidden"
    assert "4111" not in refused.value.words


# --- taking it back


def test_undo_removes_what_the_import_made_and_nothing_else(shop: Shop, database: str) -> None:
    stays = shop.world.customer("Zoe")
    shop.world.subscribe(stays, shop.world.plans["basic"], DECEMBER)
    before = all_rows(database)
    shop.bring(ANA, BO, ANAS_SECOND)
    (undone,) = shop.undo()
    assert (undone.customers, undone.subscriptions) == (2, 3)
    after = all_rows(database)
    changed = {name: count - before[name] for name, count in after.items() if count != before[name]}
    # What happened stays on record, and so do the words of parties, which are nobody's rows.
    assert changed == {"facts": 12, "import_batches": 1, "party_words": 2}
    assert shop.counts() == (1, 1)
    shop.audit()
    again = shop.bring()
    assert (again.written.customers, again.written.subscriptions) == (2, 3)
    shop.audit()


def test_undo_of_the_longer_file_leaves_the_first(shop: Shop) -> None:
    shop.bring(ANA)
    shop.bring(ANA, BO, ANAS_SECOND)
    shop.undo()
    assert shop.counts() == (1, 1)
    assert shop.world.rows(
        "SELECT kind FROM facts WHERE seller_id = %(seller)s AND kind LIKE '%%Removed' ORDER BY 1"
    ) == [
        ("CustomerRemoved",),
        ("SubscriptionRemoved",),
    ]
    shop.audit()


def test_undo_is_refused_once_something_was_billed(shop: Shop) -> None:
    shop.bring(ANA, BO)
    shop.world.run(DECEMBER)
    with pytest.raises(Refused) as refused:
        shop.undo()
    assert refused.value.code == "migration.in_use"
    assert "C-00001, C-00002 have documents" in refused.value.words
    assert shop.counts() == (2, 2)


def test_undo_is_refused_when_people_have_built_on_it(shop: Shop) -> None:
    from abono.domain.customers.actions import add_contact

    shop.bring(ANA, BO)
    ((ana,),) = shop.world.rows("SELECT id FROM customers WHERE seller_id = %(seller)s AND reference = 'C1'")
    add_contact(
        seller_id=shop.world.seller_id,
        customer_id=ana,
        name="Eve",
        language="en",
        role="owner",
        notices=["news"],
        on=DECEMBER,
        at=at(DECEMBER),
    )
    shop.world.subscribe(ana, shop.world.plans["basic"], DECEMBER)
    with pytest.raises(Refused, match=r"C-00001 has contacts, subscriptions from elsewhere"):
        shop.undo()


def test_undo_finds_only_this_file_by_this_mapping(shop: Shop) -> None:
    shop.bring(ANA)
    with pytest.raises(Missing, match="another mapping"):
        shop.undo(MAPPING.replace("Elm", "Oak"))
    shop.write(ANA, BO)
    with pytest.raises(Missing, match="not imported"):
        shop.undo()
    shop.write(ANA)
    assert len(shop.undo(None)) == 1
    with pytest.raises(Missing, match="undone on 2026-12-01"):
        shop.undo()


def test_the_engine_itself_may_delete_no_customer(shop: Shop) -> None:
    shop.bring(ANA)
    for table in ("customers", "subscriptions", "billing_profiles", "import_rows", "import_batches"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            shop.world.rows(f"DELETE FROM {table} WHERE seller_id = %(seller)s RETURNING 1")


def test_the_door_for_undoing_leads_past_no_key(shop: Shop) -> None:
    shop.bring(ANA)
    shop.world.run(DECEMBER)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        shop.world.rows(
            "SELECT abono_remove_import(%(seller)s::smallint, id) FROM import_batches WHERE seller_id = %(seller)s"
        )
    assert shop.counts() == (1, 1)


def test_two_at_once_bring_the_file_in_once(shop: Shop) -> None:
    from django.db import connections

    shop.write(*(BO.replace("C2", f"C{n}").replace("S2", f"S{n}") for n in range(500)))

    def bring() -> str:
        try:
            return str(shop.bring().state)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        states = sorted(one.result() for one in [pool.submit(bring) for _ in range(4)])
    assert states == ["nothing-new", "nothing-new", "nothing-new", "written"]
    assert shop.counts() == (500, 500)


def test_undo_clears_what_a_run_could_not_bill(shop: Shop) -> None:
    shop.bring(ANA)
    shop.world.rows(
        "UPDATE subscriptions SET own_price = NULL, currency = 'EUR' WHERE seller_id = %(seller)s RETURNING 1"
    )
    assert len(shop.world.run(DECEMBER).written.parked) == 1
    assert len(shop.undo()) == 1
    assert shop.counts() == (0, 0)
    shop.audit()


# --- the command


def test_the_command_prints_the_same_sums_before_and_after(shop: Shop) -> None:
    shop.write(ANA, BO)
    result = shop.command()
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert [line.split() for line in lines if "USD" in line] == [
        ["read", "2", "59.85", "USD"],
        ["-", "rejected", "0", "0.00", "USD"],
        ["-", "known", "already", "0", "0.00", "USD"],
        ["=", "new", "2", "2", "2", "59.85", "USD"],
        ["written", "2", "2", "2", "59.85", "USD"],
    ]
    assert lines[-1] == "imported"
    assert shop.command("--undo").stdout == "undone: the import of 2026-12-01, 2 customers, 2 subscriptions\n"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--undo", "--dry-run"), 2, "--undo goes with"),
        (("--mapping", "none.toml"), 2, "none.toml: cannot be read"),
        (("--report", "/nowhere/report.csv"), 2, "cannot be written"),
        (("--seller", "nobody"), 2, "There is no seller 'nobody'"),
    ],
)
def test_wrong_calls_are_one_line(shop: Shop, words: tuple[str, ...], code: int, said: str) -> None:
    shop.write(ANA)
    result = shop.command(*words)
    assert (result.exit_code, result.stderr.count("\n")) == (code, 1), result.output
    assert said in result.stderr


def test_a_column_that_is_not_there_is_told_with_those_that_are(shop: Shop) -> None:
    shop.write("C1,Ana", head="id,nmae")
    result = shop.command()
    assert result.exit_code == 1
    assert (
        "customer.name: the file has no column 'name', did you mean \"nmae\"?; allowed: 'id', 'nmae'" in result.stderr
    )


def test_a_file_that_is_not_there_is_a_wrong_call(shop: Shop) -> None:
    result = shop.command()
    assert (result.exit_code, result.stderr) == (2, "abono: file.csv: there is no such file.\n")
