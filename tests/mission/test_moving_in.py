"""F6 and A11: moving in from another system, and legacy card data staying out. All through the command line."""

import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.mission.story import Story, abono, call, says

pytestmark = pytest.mark.usefixtures("database")

ROOT = Path(__file__).resolve().parents[2]
TELCO = ROOT.parent / "shared" / "data" / "telco-customer-churn.csv"
MAPPING = ROOT / "docs" / "examples" / "telco.toml"
DAY, MONTHLY = "2026-12-01", "456116.60"


@pytest.fixture
def telco() -> Path:
    """The real input: 7,043 telephone and internet subscriptions."""
    if not TELCO.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{TELCO} is not there")
        pytest.skip("the sample telco-customer-churn.csv is not beside this checkout")
    return TELCO


@pytest.fixture
def story() -> Story:
    found = Story("partners_us")
    found.plan("telco", "50")
    return found


def bring(story: Story, file: Path, *more: str) -> Any:
    return abono("import", file, *story.own, "--mapping", MAPPING, "--on", DAY, *more)


@pytest.mark.mission("F6", part="engine")
def test_f6_a_telephone_company_moves_in_and_its_first_month_is_right_to_the_cent(story: Story, telco: Path) -> None:
    tried = bring(story, telco, "--dry-run")
    assert tried["state"] == "dry-run"
    assert tried["lines"] == {"read": 7043, "rejected": 0, "known": 0, "different": 0, "forbidden": 0}
    assert abono("customer", "list", *story.own)["customers"] == []
    brought = bring(story, telco)
    assert brought["state"] == "written"
    assert (brought["written"]["customers"], brought["written"]["subscriptions"]) == (7043, 7043)
    assert brought["prices_read"] == brought["written"]["prices"] == {"USD": MONTHLY}
    assert bring(story, telco)["state"] == "nothing-new"
    story.run(DAY)
    documents = story.documents()
    assert len(documents) == 7043
    assert sum(Decimal(one["net_minor"]) for one in documents) == Decimal(MONTHLY) * 100
    assert call("import", telco, *story.own, "--mapping", MAPPING, "--undo").exit_code == 1


@pytest.mark.mission("F6", part="engine")
def test_f6_a_file_moves_in_is_taken_back_and_moves_in_again(story: Story, tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text(SMALL, encoding="cp1252")
    assert bring(story, file)["written"]["customers"] == 2
    told = says("import", file, *story.own, "--mapping", MAPPING, "--undo", "--on", DAY)
    assert told == "undone: the import of 2026-12-01, 2 customers, 2 subscriptions\n"
    assert abono("customer", "list", *story.own)["customers"] == []
    story.audit()
    file.write_text(SMALL + "0003-CCCCC;20,5;No\r\n", encoding="cp1252")
    assert bring(story, file)["written"]["customers"] == 3
    story.run(DAY)
    assert [one["net_minor"] for one in story.documents()] == [2985, 5695, 2050]
    story.audit()


@pytest.mark.mission("F6", part="engine")
def test_f6_bad_lines_are_named_and_keep_all_out(story: Story, tmp_path: Path) -> None:
    file, report = tmp_path / "customers.csv", tmp_path / "report.csv"
    file.write_text(SMALL + "0003-CCCCC;twenty;No\r\n", encoding="cp1252")
    words = ("import", file, *story.own, "--mapping", MAPPING, "--on", DAY, "--report", report)
    result = call(*words)
    assert result.exit_code == 1
    assert "line 4: The price is 'twenty'; it must be a number such as 12.50" in result.stdout
    assert "nothing was written" in result.stdout
    assert report.read_text(encoding="utf-8-sig").splitlines()[1].startswith("4,rejected,csv.not_a_number,")
    assert abono("customer", "list", *story.own)["customers"] == []
    assert "imported" in says(*words, "--skip-rejected")


@pytest.mark.mission("A11", part="engine")
@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("4111 1111 1111 1111", "a card number"),
        ("378282246310005", "a card number"),
        ("HU42 1177 3016 1111 1018 0000 0000", "a bank account number"),
        ("2850590940090418135201", "a bank account number"),
        ("021000021 123456789", "a bank account number"),
    ],
)
def test_a11_a_file_with_a_card_or_bank_number_is_refused_and_the_number_is_told_nowhere(
    story: Story, tmp_path: Path, number: str, kind: str
) -> None:
    file, report = tmp_path / "customers.csv", tmp_path / "report.csv"
    lines = SMALL.splitlines()
    file.write_text("\n".join([f"{lines[0]};notes", f"{lines[1]};pays by {number}", f"{lines[2]};"]), encoding="cp1252")
    words = ("import", file, *story.own, "--mapping", MAPPING, "--on", DAY, "--skip-rejected", "--report", report)
    result = call(*words)
    assert result.exit_code == 1
    assert f"line 2: Column 'notes' holds what looks like {kind}." in result.stdout
    assert "nothing was written" in result.stdout.casefold()
    told = result.output + report.read_text(encoding="utf-8-sig")
    assert number not in told
    assert number.replace(" ", "") not in told
    assert abono("customer", "list", *story.own)["customers"] == []


SMALL = "customerID;MonthlyCharges;InternetService\r\n0001-AAAAA;29,85;DSL\r\n0002-BBBBB;56,95;Fiber optic\r\n"
