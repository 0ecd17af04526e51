"""Card fees: nothing is allowed that the dated law table does not allow."""

import tomllib
from datetime import date
from importlib import resources

import pytest

from abono.base.kernel.languages import LANGUAGES
from abono.domain.invoicing.card_fee import FeeDecision, Funding, card_fee_bp

TODAY = date(2026, 11, 21)


def fee(
    *,
    asked: int = 300,
    seller: str = "US",
    country: str = "US",
    region: str = "TX",
    funding: Funding = "credit",
    brand: str = "visa",
    on: date = TODAY,
    cost: int | None = None,
) -> FeeDecision:
    decision = card_fee_bp(
        asked_bp=asked,
        seller_country=seller,
        payer_country=country,
        payer_region=region,
        funding=funding,
        brand=brand,
        on=on,
        merchant_cost_bp=cost,
    )
    assert set(decision.reason) == set(LANGUAGES)
    assert all(words and "{" not in words for words in decision.reason.values())
    assert (decision.bp > 0) <= (decision.reason_code == "allowed")
    return decision


def test_a_credit_card_in_an_allowing_state() -> None:
    decision = fee()
    assert (decision.bp, decision.reason_code) == (300, "allowed")
    assert "Visa" in decision.source
    assert "3.00 %" in decision.reason["en"]


@pytest.mark.parametrize("funding", ["debit", "prepaid", "unknown"])
def test_no_other_kind_of_card(funding: Funding) -> None:
    decision = fee(funding=funding)
    assert (decision.bp, decision.reason_code) == (0, "not-credit")


@pytest.mark.parametrize("region", ["CT", "MA", "ME", "PR", "CA"])
def test_states_that_forbid_it(region: str) -> None:
    decision = fee(region=region)
    assert (decision.bp, decision.reason_code) == (0, "prohibited")
    assert decision.source


@pytest.mark.parametrize(
    ("region", "on", "bp"),
    [
        ("OK", date(2025, 10, 31), 0),
        ("OK", date(2025, 11, 1), 200),
        ("CO", date(2023, 5, 1), 200),
        ("CA", date(2024, 7, 1), 0),
        ("NY", date(2024, 2, 11), 300),
        ("NY", date(2024, 2, 10), 0),
        ("TX", date(2023, 4, 14), 0),
    ],
)
def test_law_by_the_day(region: str, on: date, bp: int) -> None:
    assert fee(region=region, on=on).bp == bp


@pytest.mark.parametrize(
    ("asked", "brand", "cost", "bp"),
    [
        (500, "visa", None, 300),
        (500, "VISA", None, 300),
        (500, "mastercard", None, 400),
        (250, "visa", None, 250),
        (300, "visa", 210, 210),
        (300, "visa", 0, 0),
        (300, "amex", None, 300),
        (300, "unheard-of", None, 0),
        (300, "", None, 0),
        (0, "visa", None, 0),
        (-5, "visa", None, 0),
    ],
)
def test_the_least_of_all_caps(asked: int, brand: str, cost: int | None, bp: int) -> None:
    assert fee(asked=asked, brand=brand, cost=cost).bp == bp


@pytest.mark.parametrize(
    ("seller", "country", "region"),
    [
        ("US", "US", ""),
        ("US", "US", "ZZ"),
        ("US", "MX", "TX"),
        ("AR", "AR", ""),
        ("HU", "HU", ""),
        ("CL", "CL", ""),
        ("HU", "US", "TX"),
    ],
)
def test_elsewhere_there_is_none(seller: str, country: str, region: str) -> None:
    assert fee(seller=seller, country=country, region=region).bp == 0


def test_every_row_has_source_dates_and_a_place_for_its_reviewer() -> None:
    text = resources.files("abono.domain.invoicing").joinpath("data/card_fees.toml").read_text("utf-8")
    table = tomllib.loads(text)
    for row in table["brand"] + table["place"]:
        assert row["source"]
        assert "reviewer" in row
        assert row["valid_from"] <= row.get("valid_to", date.max)
    listed = [region for row in table["place"] if row["seller_country"] == "US" for region in row["regions"]]
    assert len(set(listed)) == 52
