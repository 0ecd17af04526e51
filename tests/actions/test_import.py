"""Moving in from a CSV file on real PostgreSQL: checked, all or nothing, again changes nothing."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from abono.base.kernel.refusal import Refused
from tests.moving_in import ANA, ANAS_SECOND, BO, DECEMBER, MAPPING, Shop, all_rows, rejected
from tests.world import at

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_lines_become_customers_with_profiles_and_running_subscriptions(shop: Shop) -> None:
    found = shop.bring(ANA, BO, ANAS_SECOND)
    assert found.state == "written"
    assert (found.written.customers, found.written.subscriptions) == (2, 3)
    assert found.written.prices == found.new.prices == found.prices_read == {"USD": Decimal("65.35")}
    assert shop.world.rows(
        "SELECT c.number, c.name, c.email, c.country, c.reference, p.complete, p.fields->>'city', "
        "w.body->>'legal_name' FROM customers AS c "
        "JOIN billing_profiles AS p ON p.seller_id = c.seller_id AND p.id = c.default_profile_id "
        "JOIN party_words AS w ON w.seller_id = p.seller_id AND w.id = p.words_id "
        "WHERE c.seller_id = %(seller)s ORDER BY c.number"
    ) == [
        (1, "Ana", "C1@customer.example", "US", "C1", True, "Fresno", "Ana"),
        (2, "Bo", "C2@customer.example", "US", "C2", True, "Fresno", "Bo"),
    ]
    assert shop.world.rows(
        "SELECT s.reference, s.words, s.started_on, s.anchor_day, s.quantity, s.own_price, s.continues, s.state, "
        "c.billed_to, c.payer_id = s.customer_id, s.profile_id = k.default_profile_id "
        "FROM subscriptions AS s JOIN cursors AS c ON c.seller_id = s.seller_id AND c.subscription_id = s.id "
        "JOIN customers AS k ON k.seller_id = s.seller_id AND k.id = s.customer_id "
        "WHERE s.seller_id = %(seller)s ORDER BY s.reference"
    ) == [
        ("S1", "first", DECEMBER, 1, 1, Decimal("29.85"), True, "active", DECEMBER, True, True),
        ("S2", "", DECEMBER, 1, 3, Decimal(10), True, "active", DECEMBER, True, True),
        # The programme began with the first line, so this one renews on its day.
        ("S3", "second", date(2026, 12, 15), 1, 1, Decimal("5.5"), True, "active", date(2026, 12, 15), True, True),
    ]
    shop.audit()


def test_a_moved_in_service_is_billed_as_a_renewal_without_a_setup_fee(tmp_path: Path) -> None:
    shop = Shop(tmp_path, "franchise_us")
    shop.world.plan("dear", "100", setup_minor=5000)
    shop.bring("C1,Ana,US,Fresno,S1,dear,2026-12-01,,1,", mapping=MAPPING.replace('"price"', '{ column = "price" }'))
    assert shop.world.run(date(2026, 11, 11)).written.documents == 1
    (document,) = shop.world.documents()
    assert (document["net_minor"], document["due_on"]) == (10_000, DECEMBER)
    shop.audit()


def test_a_sponsor_pays_for_what_is_moved_in_for_its_client(shop: Shop) -> None:
    from abono.domain.customers.actions import begin_sponsorship

    shop.bring("C1,Ana,US,Fresno,S1,basic,,1,1,", "C2,Bo,US,Fresno,S2,basic,,1,1,")
    ids = dict(shop.world.rows("SELECT reference, id FROM customers WHERE seller_id = %(seller)s"))
    begin_sponsorship(
        seller_id=shop.world.seller_id,
        customer_id=ids["C2"],
        payer_id=ids["C1"],
        from_on=DECEMBER,
        on=DECEMBER,
        at=at(DECEMBER),
    )
    shop.bring("C2,Bo,US,Fresno,S9,basic,2026-12-20,1,1,")
    assert shop.world.rows(
        "SELECT c.payer_id, s.anchor_day FROM cursors AS c JOIN subscriptions AS s "
        "ON s.seller_id = c.seller_id AND s.id = c.subscription_id "
        "WHERE s.seller_id = %(seller)s AND s.reference = 'S9'"
    ) == [(ids["C1"], 1)]


def test_the_same_file_again_changes_nothing(shop: Shop, database: str) -> None:
    shop.bring(ANA, BO, ANAS_SECOND)
    before = all_rows(database)
    again = shop.bring()
    assert (again.state, again.written) == ("nothing-new", None)
    assert (again.counts.lines, again.counts.known, again.counts.different) == (3, 3, 0)
    assert again.prices_known == {"USD": Decimal("65.35")}
    shop.world.run(DECEMBER)
    assert shop.bring().counts.different == 0
    assert {**all_rows(database)}["subscriptions"] == before["subscriptions"]


def test_a_longer_file_adds_its_new_lines_alone(shop: Shop) -> None:
    shop.bring(ANA)
    found = shop.bring(ANA, BO, ANAS_SECOND)
    assert (found.counts.known, found.written.customers, found.written.subscriptions) == (1, 1, 2)
    assert shop.counts() == (2, 3)
    assert shop.world.rows("SELECT number FROM customers WHERE seller_id = %(seller)s ORDER BY 1") == [(1,), (2,)]


def test_a_changed_line_is_told_and_the_books_are_left_as_they_are(shop: Shop) -> None:
    shop.bring(ANA, BO)
    changed = "C1,Anna,US,Selma,S1,basic,2026-12-01,30,2,first"
    found = shop.bring(changed, BO, ANAS_SECOND.replace("Fresno", "Selma").replace("Ana", "Anna"))
    assert found.state == "written"
    assert (found.counts.known, found.counts.different, found.written.subscriptions) == (2, 2, 1)
    told = {note.line: note.words for note in found.shown["different"]}
    assert told[2].startswith("The books say otherwise about: name, city, price, quantity.")
    assert told[4].startswith("The books say otherwise about: name, city.")
    assert "Selma" not in str(told)
    assert shop.world.rows(
        "SELECT c.name, s.own_price FROM customers AS c JOIN subscriptions AS s "
        "ON s.seller_id = c.seller_id AND s.customer_id = c.id WHERE c.seller_id = %(seller)s AND s.reference = 'S1'"
    ) == [("Ana", Decimal("29.85"))]


def test_empty_cells_say_nothing_about_what_is_known(shop: Shop) -> None:
    shop.bring(ANA)
    shop.world.rows(
        "UPDATE subscriptions SET words = 'renamed' WHERE seller_id = %(seller)s AND reference = 'S1' RETURNING 1"
    )
    assert shop.bring("C1,Ana,,,S1,basic,,,1,").counts.different == 0


def test_with_a_rejected_line_nothing_is_written(shop: Shop, database: str) -> None:
    before = all_rows(database)
    found = shop.bring(ANA, BO.replace("10", "ten"))
    assert (found.state, found.written, rejected(found)) == ("rejected", None, [(3, "csv.not_a_number")])
    assert all_rows(database) == before
    skipped = shop.bring(skip_rejected=True)
    assert (skipped.state, skipped.counts.rejected, skipped.written.subscriptions) == ("written", 1, 1)
    assert shop.counts() == (1, 1)
    mended = shop.bring(ANA, BO)
    assert (mended.counts.known, mended.written.subscriptions) == (1, 1)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("C1,Ana,US,Fresno,S1,basic,2026-12-01,29.85,1", "csv.width"),
        ("C1,Ana,US,Fresno,S1,basic,2026-12-01,29.85,1,x,y", "csv.width"),
        (",Ana,US,Fresno,S1,basic,,1,1,", "csv.no_reference"),
        ("C1,,US,Fresno,S1,basic,,1,1,", "csv.no_name"),
        ("C1,Ana,USA,Fresno,S1,basic,,1,1,", "csv.country"),
        ("C1,Ana\u202e,US,Fresno,S1,basic,,1,1,", "customers.unprintable"),
        ("C1,Ana\x07,US,Fresno,S1,basic,,1,1,", "customers.unprintable"),
        (f"C1,{'x' * 500},US,Fresno,S1,basic,,1,1,", "customers.too_long"),
        ("C1,Ana,US,,S1,basic,,1,1,", "csv.profile"),
        ("C1,Ana,US,Fresno,,basic,,1,1,", "csv.no_reference"),
        ("C1,Ana,US,Fresno,S1,gold,,1,1,", "csv.plan"),
        ("C1,Ana,US,Fresno,S1,basic,1/12/2026,1,1,", "csv.not_a_day"),
        ("C1,Ana,US,Fresno,S1,basic,2026-11-01,1,1,", "csv.start_past"),
        ("C1,Ana,US,Fresno,S1,basic,2019-01-05,1,1,", "csv.start_past"),
        ("C1,Ana,US,Fresno,S1,basic,,-1,1,", "catalogue.negative_price"),
        ("C1,Ana,US,Fresno,S1,basic,,1.234,1,", "csv.ambiguous_number"),
        ("C1,Ana,US,Fresno,S1,basic,,1.2345678,1,", "catalogue.price_too_fine"),
        ("C1,Ana,US,Fresno,S1,basic,,1,-1,", "catalogue.bad_quantity"),
        ("C1,Ana,US,Fresno,S1,basic,,1,1.5,", "catalogue.broken_quantity"),
    ],
)
def test_each_fault_rejects_its_line_with_a_reason(shop: Shop, line: str, code: str) -> None:
    found = shop.bring(BO.replace("C2", "C0").replace("S2", "S0"), line)
    assert rejected(found) == [(3, code)]
    assert shop.counts() == (0, 0)


def test_spreadsheets_and_break_lines_may_add_blanks(shop: Shop) -> None:
    found = shop.bring(f"{ANA},,", '"C2 ","Bo\nand Co",,Fresno,S2,basic,0000-00-00,10,3,'.replace("0000-00-00", ""))
    assert found.written.customers == 2
    assert shop.world.rows("SELECT name FROM customers WHERE seller_id = %(seller)s AND reference = 'C2'") == [
        ("Bo and Co",)
    ]


@pytest.mark.parametrize("cycle", ["quarterly", "3 months", "fortnightly"])
def test_a_cycle_that_is_not_sold_is_rejected(shop: Shop, cycle: str) -> None:
    found = shop.bring(ANA, mapping=MAPPING.replace("monthly", cycle))
    assert rejected(found)[0][1] in ("subscriptions.cycle_not_sold", "subscriptions.unknown_cycle")


def test_without_a_price_of_its_own_the_catalogue_must_have_one(shop: Shop) -> None:
    from abono.domain.catalogue.actions import add_plan

    add_plan(seller_id=shop.world.seller_id, key="bare", name={"en": "Bare"}, on=DECEMBER, at=at(DECEMBER))
    found = shop.bring("C1,Ana,US,Fresno,S1,bare,,,1,", "C2,Bo,US,Fresno,S2,bare,,7,1,")
    assert rejected(found) == [(2, "catalogue.no_price")]


def test_repeats_and_contradictions_in_one_file_are_rejected(shop: Shop) -> None:
    twice = ANA.replace("29.85", "31")
    otherwise = ANAS_SECOND.replace("Ana", "Anna")
    found = shop.bring(ANA, BO, twice, otherwise)
    assert rejected(found) == [(4, "csv.twice"), (5, "csv.contradicts")]
    assert [note.words for note in found.shown["rejected"]] == [
        "The subscription's reference is on line 2 already.",
        "Line 2 says something else about the same customer.",
    ]


def test_a_rejected_first_line_leaves_its_customer_to_the_next(shop: Shop) -> None:
    found = shop.bring(ANA.replace("29.85", "x"), ANAS_SECOND, skip_rejected=True)
    assert (found.counts.rejected, found.written.customers, found.written.subscriptions) == (1, 1, 1)
    assert shop.world.rows("SELECT line_no FROM import_rows WHERE seller_id = %(seller)s") == [(3,)]


def test_a_reference_of_another_customer_is_rejected(shop: Shop) -> None:
    shop.bring(ANA)
    found = shop.bring(BO.replace("S2", "S1"))
    assert rejected(found) == [(2, "csv.other_customer")]


def test_customers_first_and_subscriptions_from_another_file(shop: Shop) -> None:
    customers = MAPPING.partition("[subscription]")[0]
    assert shop.bring(ANA, BO, mapping=customers).written.subscriptions == 0
    contracts = "[customer]\nreference = 'id'\n[subscription]" + MAPPING.partition("[subscription]")[2]
    found = shop.bring(ANA, BO, ANAS_SECOND, ANA.replace("C1", "C7").replace("S1", "S7"), mapping=contracts)
    assert rejected(found) == [(5, "csv.unknown_customer")]
    assert shop.bring(ANA, BO, ANAS_SECOND, mapping=contracts).written[1:3] == (0, 3)
    shop.audit()


def test_a_customer_is_billed_in_one_currency(shop: Shop) -> None:
    shop.bring(ANA)
    euros = MAPPING.replace("email = {", 'currency = { constant = "EUR" }\nemail = {')
    found = shop.bring(ANAS_SECOND, mapping=euros)
    assert rejected(found) == [(2, "csv.currency")]
    assert shop.bring(BO, mapping=euros).written.prices == {"EUR": Decimal(30)}
    # Without a service that brings its price, only what the catalogue sells in.
    alone = euros.partition("[subscription]")[0]
    nine = BO.replace("C2", "C9")
    assert rejected(shop.bring(nine, mapping=alone)) == [(2, "catalogue.currency")]
    world = shop.world
    home, world.currency = world.currency, "EUR"
    world.plan(price="9")
    world.currency = home
    assert shop.bring(nine, mapping=alone).written.customers == 1


def test_incomplete_profiles_come_in_where_the_policy_waits_for_them(tmp_path: Path) -> None:
    shop = Shop(tmp_path, "franchise_us")
    found = shop.bring(ANA.replace("Fresno", ""), BO)
    assert (found.new.customers, found.new.incomplete) == (2, 1)
    assert shop.world.rows(
        "SELECT data->'fields_with_problems' FROM facts WHERE seller_id = %(seller)s AND kind = 'ProfileSaved' "
        "AND cause = 'incomplete'"
    ) == [(["city"],)]


@pytest.mark.parametrize("policy", ["hosting_cl", "hosting_ar", "booking_hu"])
def test_every_kind_of_seller_can_be_moved_in_to(tmp_path: Path, policy: str) -> None:
    shop = Shop(tmp_path, policy)
    sold = {"hosting_cl": "yearly"}.get(policy, "monthly")
    mapping = MAPPING.replace('"US"', f'"{shop.world.country}"').replace("monthly", sold)
    shop.world.plan("basic2")
    found = shop.bring(BO.replace("10", "1200"), mapping=mapping)
    assert found.state == "written", found.shown
    assert found.written.prices == {shop.world.currency: Decimal(3600)}
    shop.audit()


def test_a_dry_run_writes_nothing_anywhere(shop: Shop, database: str) -> None:
    before = all_rows(database)
    found = shop.bring(ANA, BO, ANAS_SECOND, dry_run=True)
    assert (found.state, found.written) == ("dry-run", None)
    assert found.new[:3] == (2, 0, 3)
    assert found.new.prices == {"USD": Decimal("65.35")}
    assert all_rows(database) == before
    assert "import_batches" in before


def test_the_report_names_every_line_and_runs_nothing_in_a_spreadsheet(shop: Shop, tmp_path: Path) -> None:
    report = tmp_path / "report.csv"
    lines = [ANA.replace("C1", f"C{n}").replace("S1", f"S{n}").replace("29.85", "=1+1") for n in range(30)]
    found = shop.bring(*lines, report=report)
    assert (found.counts.rejected, len(found.shown["rejected"])) == (30, 20)
    with report.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["line"]) for row in rows] == list(range(2, 32))
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    with pytest.raises(Refused, match="overwrite"):
        shop.bring(report=shop.file)


def test_the_import_is_all_or_nothing_under_a_fault(shop: Shop, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from abono.migration.csv import writing

    struck: list[tuple[int, int]] = []

    def fail(*arguments: object) -> None:
        struck.append(shop.counts())
        raise RuntimeError("the power went")

    before = all_rows(database)
    monkeypatch.setattr(writing, "_write_rows", fail)
    with pytest.raises(RuntimeError):
        shop.bring(ANA, BO)
    assert struck == [(2, 2)]
    assert all_rows(database) == before
    monkeypatch.undo()
    assert shop.bring(ANA, BO).state == "written"
