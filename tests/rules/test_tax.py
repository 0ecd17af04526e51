"""Taxes by place, condition and evidence; what documents come to; letters; the tables themselves."""

import csv
import itertools
from datetime import UTC, date, datetime
from importlib import resources
from typing import Any

import pytest

from abono.base.kernel.languages import LANGUAGES
from abono.base.kernel.money import tax_on
from abono.base.kernel.refusal import Refused
from abono.domain.customers.profile_rules import tax_conditions
from abono.domain.invoicing.tax import (
    Buyer,
    Exemption,
    Party,
    Rounding,
    TaxDecision,
    TaxPart,
    TaxTotal,
    VatEvidence,
    buyer_of,
    decide_tax,
    tax_categories,
    tax_lines,
)
from abono.domain.invoicing.voucher_letter import VoucherLetter, voucher_letter

TODAY = date(2026, 11, 21)
CHILE, ARGENTINA, HUNGARY, STATES = Party("CL"), Party("AR", tax_condition="1"), Party("HU"), Party("US")
GERMAN_NUMBER = "DE136695976"
VALID = VatEvidence(GERMAN_NUMBER, date(2026, 11, 20), "VIES", "valid")


def decided(seller: Party, buyer: Buyer, category: str = "service", on: date = TODAY) -> TaxDecision:
    decision = decide_tax(seller=seller, buyer=buyer, category=category, on=on)
    assert set(decision.reason) == set(LANGUAGES)
    assert all(words and "{" not in words for words in decision.reason.values())
    assert bool(decision.parts) == (decision.treatment == "taxed")
    assert decision == decide_tax(seller=seller, buyer=buyer, category=category, on=on)
    return decision


def rates(decision: TaxDecision) -> list[tuple[str, int, int]]:
    return [(part.code, part.rate_bp, part.base_share_bp) for part in decision.parts]


@pytest.mark.parametrize(
    ("seller", "category", "expected"),
    [
        (CHILE, "service", ("CL-IVA", 1900, 10_000)),
        (ARGENTINA, "service", ("AR-IVA", 2100, 10_000)),
        (ARGENTINA, "reduced", ("AR-IVA", 1050, 10_000)),
        (ARGENTINA, "utility", ("AR-IVA", 2700, 10_000)),
        (HUNGARY, "service", ("HU-AFA", 2700, 10_000)),
        (HUNGARY, "reduced-18", ("HU-AFA", 1800, 10_000)),
        (HUNGARY, "reduced-5", ("HU-AFA", 500, 10_000)),
    ],
)
def test_at_home_the_national_rate(seller: Party, category: str, expected: tuple[str, int, int]) -> None:
    buyer = Buyer(seller.country, region="Anywhere", locality="Some-Town", tax_condition="1")
    decision = decided(seller, buyer, category)
    assert rates(decision) == [expected]
    assert decision.reason_code == "rate"
    assert decision.evidence["rule"]
    assert set(decision.parts[0].name) == set(LANGUAGES)


def test_a_day_or_category_outside_the_table_holds() -> None:
    for decision in (
        decided(CHILE, Buyer("CL"), on=date(1999, 1, 1)),
        decided(CHILE, Buyer("CL"), "spaceflight"),
        decided(STATES, Buyer("US")),
        decided(STATES, Buyer("US", "Texas")),
    ):
        assert (decision.treatment, decision.reason_code) == ("hold", "no-rate")
    assert decided(Party("ZZ"), Buyer("ZZ")).reason_code == "no-regime"
    assert decided(CHILE, Buyer("")).reason_code == "no-country"


@pytest.mark.parametrize(
    ("region", "locality", "on", "expected"),
    [
        ("TX", "", TODAY, [("US-TX", 625, 8_000)]),
        ("TX", "AUSTIN", TODAY, [("US-TX", 625, 8_000), ("US-TX-AUSTIN", 200, 8_000)]),
        ("PA", "Pittsburgh", TODAY, [("US-PA", 600, 10_000), ("US-PA-ALLEGHENY", 100, 10_000)]),
        ("CT", "", TODAY, [("US-CT", 100, 10_000)]),
        ("MD", "", date(2025, 6, 30), []),
        ("MD", "", date(2025, 7, 1), [("US-MD", 300, 10_000)]),
        ("DC", "", date(2026, 9, 30), [("US-DC", 600, 10_000)]),
        ("DC", "", date(2026, 10, 1), [("US-DC", 700, 10_000)]),
        ("SD", "", date(2027, 6, 30), [("US-SD", 420, 10_000)]),
        ("SD", "", date(2027, 7, 1), [("US-SD", 450, 10_000)]),
        ("VT", "", date(2024, 7, 1), [("US-VT", 600, 10_000)]),
        ("CA", "Fresno", TODAY, []),
        ("OR", "", TODAY, []),
    ],
)
def test_states_tax_by_place_and_day(
    region: str, locality: str, on: date, expected: list[tuple[str, int, int]]
) -> None:
    decision = decided(STATES, Buyer("US", region, locality), on=on)
    assert rates(decision) == expected
    assert decision.treatment == ("taxed" if expected else "outside-scope")


def test_an_unlisted_locality_is_charged_the_states_part_and_it_says_so() -> None:
    decision = decided(STATES, Buyer("US", "TX", "Winston-Salem"))
    assert rates(decision) == [("US-TX", 625, 8_000)]
    assert decision.reason_code == "rate-no-local"
    assert "Winston-Salem" in decision.reason["en"]


@pytest.mark.parametrize("place", [("NM", ""), ("HI", ""), ("NY", "New York"), ("IL", "Chicago"), ("CO", "Denver")])
def test_what_nobody_decided_holds(place: tuple[str, str]) -> None:
    decision = decided(STATES, Buyer("US", *place))
    assert (decision.treatment, decision.reason_code) == ("hold", "undecided-rate")


def test_without_registration_in_the_state_nothing_is_collected() -> None:
    seller = Party("US", registered_in=frozenset({"US-TX", "US-NY"}))
    assert decided(seller, Buyer("US", "TX")).treatment == "taxed"
    elsewhere = decided(seller, Buyer("US", "PA", "Philadelphia"))
    assert (elsewhere.treatment, elsewhere.reason_code) == ("outside-scope", "not-registered")
    assert "US-PA" in elsewhere.reason["en"]


def test_a_certificate_frees_its_jurisdiction_and_what_lies_below_while_it_is_valid() -> None:
    paper = Exemption("01-339", "US-TX", date(2026, 1, 1), date(2026, 12, 31))
    buyer = Buyer("US", "TX", "Austin", exemptions=(paper,))
    free = decided(STATES, buyer)
    assert (free.treatment, free.evidence["certificate"]) == ("exempt", "01-339")
    assert "01-339" in free.reason["hu"]
    for on in (date(2025, 12, 31), date(2027, 1, 1)):
        assert decided(STATES, buyer, on=on).treatment == "taxed"
    for on in (date(2026, 1, 1), date(2026, 12, 31)):
        assert decided(STATES, buyer, on=on).treatment == "exempt"


def test_a_certificate_of_the_city_frees_the_city_alone_and_another_states_nothing() -> None:
    city = Exemption("7", "us-tx-austin", date(2026, 1, 1))
    part = decided(STATES, Buyer("US", "TX", "Austin", exemptions=(city,)))
    assert rates(part) == [("US-TX", 625, 8_000)]
    assert part.evidence["certificate"] == "7"
    other = Exemption("8", "US-T", date(2026, 1, 1))
    nameless = Exemption(" ", "US-TX", date(2026, 1, 1))
    assert len(decided(STATES, Buyer("US", "TX", "Austin", exemptions=(other, nameless))).parts) == 2


def test_a_certificate_settles_what_the_table_left_open() -> None:
    paper = Exemption("9", "US-NM", date(2026, 1, 1))
    assert decided(STATES, Buyer("US", "NM", exemptions=(paper,))).treatment == "exempt"


def test_reverse_charge_needs_a_checked_number() -> None:
    decision = decided(HUNGARY, Buyer("DE", tax_id=GERMAN_NUMBER, vat_evidence=VALID))
    assert (decision.treatment, decision.parts) == ("reverse-charge", ())
    assert decision.evidence["vat_number"] == GERMAN_NUMBER
    assert decision.evidence["checked_at"] == "2026-11-20"
    assert (decision.evidence["source"], decision.evidence["result"]) == ("VIES", "valid")


@pytest.mark.parametrize(
    ("buyer", "code"),
    [
        (Buyer("DE"), "no-vat-number"),
        (Buyer("DE", vat_evidence=VALID), "no-vat-number"),
        (Buyer("DE", tax_id=GERMAN_NUMBER), "no-vat-evidence"),
        (Buyer("DE", tax_id="DE811569869", vat_evidence=VALID), "vat-number-differs"),
        (Buyer("AT", tax_id=GERMAN_NUMBER, vat_evidence=VALID), "vat-number-differs"),
        (
            Buyer("DE", tax_id=GERMAN_NUMBER, vat_evidence=VatEvidence(GERMAN_NUMBER, TODAY, "VIES", "invalid")),
            "vat-number-not-valid",
        ),
        (
            Buyer(
                "DE",
                tax_id=GERMAN_NUMBER,
                vat_evidence=VatEvidence(GERMAN_NUMBER, TODAY, "VIES", "unavailable"),
            ),
            "vat-number-not-valid",
        ),
    ],
)
def test_without_evidence_the_sale_waits(buyer: Buyer, code: str) -> None:
    decision = decided(HUNGARY, buyer)
    assert (decision.treatment, decision.reason_code) == ("hold", code)


def test_greek_numbers_begin_with_el() -> None:
    evidence = VatEvidence("EL 094259216", TODAY, "VIES", "valid")
    buyer = Buyer("GR", tax_id="EL094259216", vat_evidence=evidence)
    assert decided(HUNGARY, buyer).treatment == "reverse-charge"


def test_a_number_of_ones_own_country_changes_nothing() -> None:
    evidence = VatEvidence("HU12345676", TODAY, "VIES", "valid")
    buyer = Buyer("HU", tax_id="HU12345676", vat_evidence=evidence)
    assert rates(decided(HUNGARY, buyer)) == [("HU-AFA", 2700, 10_000)]


def test_sales_abroad() -> None:
    assert decided(HUNGARY, Buyer("US", "TX")).treatment == "outside-scope"
    assert decided(HUNGARY, Buyer("GB")).treatment == "outside-scope"
    assert decided(ARGENTINA, Buyer("UY")).reason_code == "used-abroad"
    assert decided(STATES, Buyer("MX")).reason_code == "supplied-abroad"


def test_chilean_exports_need_the_word_of_customs() -> None:
    assert decided(CHILE, Buyer("PE")).reason_code == "export-not-qualified"
    paper = Exemption("Res. 2511", "CL", date(2026, 1, 1))
    decision = decided(CHILE, Buyer("PE", exemptions=(paper,)))
    assert (decision.treatment, decision.evidence["certificate"]) == ("exempt", "Res. 2511")


def test_conditions_of_the_seller() -> None:
    assert decided(Party("AR", tax_condition="6"), Buyer("AR")).reason_code == "small-taxpayer"
    assert decided(Party("AR", tax_condition="4"), Buyer("AR")).treatment == "exempt"
    assert decided(Party("HU", tax_condition="aam"), Buyer("HU")).treatment == "exempt"


def test_conditions_of_the_buyer_that_need_a_decision() -> None:
    assert decided(ARGENTINA, Buyer("AR", tax_condition="10")).reason_code == "exemption-needed"
    assert decided(ARGENTINA, Buyer("AR", tax_condition="9")).reason_code == "condition-abroad"
    paper = Exemption("19640-1", "AR", date(2026, 1, 1))
    assert decided(ARGENTINA, Buyer("AR", tax_condition="10", exemptions=(paper,))).treatment == "exempt"


def test_buyers_are_cache_keys() -> None:
    seen: dict[Any, int] = {}
    for index in (1, 2):
        buyer = Buyer("US", "TX", exemptions=(Exemption("1", "US-TX", date(2026, 1, 1)),), vat_evidence=VALID)
        seen[STATES, buyer, TODAY] = index
    assert list(seen.values()) == [2]
    assert len({decided(STATES, buyer), decided(STATES, buyer)}) == 1


def test_a_buyer_from_a_profile() -> None:
    buyer = buyer_of(
        country="US",
        fields={"region": "TX", "city": "Austin", "tax_id": "12-3456789", "own:x": "y"},
        vat_evidence={
            "number": GERMAN_NUMBER,
            "checked_at": "2026-11-20T10:00:00+00:00",
            "source": "VIES",
            "result": "valid",
        },
        exemptions=[{"number": "1", "jurisdiction": "US-TX", "valid_from": "2026-01-01", "valid_to": None}],
    )
    assert (buyer.region, buyer.locality, buyer.tax_id) == ("TX", "Austin", "12-3456789")
    assert buyer.vat_evidence is not None
    assert buyer.vat_evidence.checked_at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert buyer.exemptions == (Exemption("1", "US-TX", date(2026, 1, 1)),)


@pytest.mark.parametrize(
    "proof",
    [
        {"number": "1", "jurisdiction": "US-TX"},
        {"number": "1", "jurisdiction": "US-TX", "valid_from": "soon"},
        {"number": "", "jurisdiction": "US-TX", "valid_from": "2026-01-01"},
        {"number": 1, "jurisdiction": "US-TX", "valid_from": "2026-01-01"},
    ],
)
def test_proof_that_cannot_be_read_is_refused(proof: dict[str, object]) -> None:
    with pytest.raises(Refused) as refusal:
        buyer_of(country="US", fields={}, exemptions=[proof])
    assert refusal.value.code == "invoicing.tax_proof"


def test_chile_rounds_the_net_first_and_the_tax_once() -> None:
    iva = decided(CHILE, Buyer("CL"))
    # SII Ord. 3257 of 2009: net 3 gives tax 1 and total 4.
    assert tax_lines(lines=[(3, iva)], rounding="document") == (TaxTotal("CL-IVA", 1900, 3, 1),)
    lines = [(3, iva), (3, iva), (3, iva)]
    assert tax_lines(lines=lines, rounding="document") == (TaxTotal("CL-IVA", 1900, 9, 2),)
    assert tax_lines(lines=lines, rounding="line") == (TaxTotal("CL-IVA", 1900, 9, 3),)


def test_credit_lines_count_against_the_base() -> None:
    iva = decided(CHILE, Buyer("CL"))
    assert tax_lines(lines=[(1000, iva), (-300, iva)], rounding="document")[0].tax_minor == 133
    assert tax_lines(lines=[(-3, iva)], rounding="document")[0].tax_minor == -1


def test_rates_of_one_tax_stay_apart() -> None:
    totals = tax_lines(
        lines=[
            (10_000, decided(ARGENTINA, Buyer("AR"))),
            (10_000, decided(ARGENTINA, Buyer("AR"), "reduced")),
            (5_000, decided(ARGENTINA, Buyer("AR"))),
        ],
        rounding="document",
    )
    assert totals == (TaxTotal("AR-IVA", 2100, 15_000, 3_150), TaxTotal("AR-IVA", 1050, 10_000, 1_050))


def test_four_fifths_of_the_net_are_taxed_in_texas() -> None:
    texas = decided(STATES, Buyer("US", "TX", "Austin"))
    totals = tax_lines(lines=[(10_000, texas), (2_345, texas)], rounding="document")
    assert totals == (
        TaxTotal("US-TX", 625, 9_876, 617),
        TaxTotal("US-TX-AUSTIN", 200, 9_876, 198),
    )


@pytest.mark.parametrize("rounding", ["document", "line"])
def test_base_and_tax_always_agree_line_by_line(rounding: Rounding) -> None:
    texas = decided(STATES, Buyer("US", "TX"))
    for net in range(-200, 200):
        for total in tax_lines(lines=[(net, texas)], rounding=rounding):
            assert total.tax_minor == tax_on(total.base_minor, total.rate_bp)
            assert abs(5 * total.base_minor - 4 * net) <= 2


def test_untaxed_lines_give_no_totals_and_held_ones_are_refused() -> None:
    free = decided(STATES, Buyer("US", "OR"))
    assert tax_lines(lines=[(500, free)], rounding="document") == ()
    assert tax_lines(lines=[], rounding="document") == ()
    held = decided(HUNGARY, Buyer("DE", tax_id=GERMAN_NUMBER))
    with pytest.raises(Refused) as refusal:
        tax_lines(lines=[(500, free), (500, held)], rounding="document")
    assert refusal.value.code == "invoicing.tax_on_hold"


def test_categories_are_those_of_the_table() -> None:
    assert tax_categories(country="HU") == ("service", "reduced-18", "reduced-5")
    assert tax_categories(country="US") == ("service",)
    assert tax_categories(country="ZZ") == ()


def table() -> list[dict[str, str]]:
    text = resources.files("abono.domain.invoicing").joinpath("data/tax_rates.csv").read_text("utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def test_every_row_has_a_source_dates_and_sane_figures() -> None:
    for row in table():
        assert row["source"], row
        assert row["treatment"] in ("taxed", "untaxed", "hold"), row
        begin, end = date.fromisoformat(row["valid_from"]), row["valid_to"]
        assert not end or date.fromisoformat(end) >= begin, row
        if row["treatment"] == "taxed":
            assert 0 < int(row["rate_bp"]) <= 3_000, row
            assert 0 < int(row["base_share_bp"]) <= 10_000, row
            assert row["code"], row
            assert all(row[f"name_{language}"] for language in LANGUAGES), row


def test_rows_of_one_place_and_tax_never_overlap() -> None:
    rows = table()
    for one, other in itertools.combinations(rows, 2):
        same = all(one[name] == other[name] for name in ("place", "category"))
        if same and (one["code"] == other["code"] or not one["code"] or not other["code"]):
            first, last = sorted((one, other), key=lambda row: row["valid_from"])
            assert first["valid_to"], (one, other)
            assert first["valid_to"] < last["valid_from"], (one, other)


def test_every_state_has_rows_and_every_local_row_has_its_state() -> None:
    places = {row["place"] for row in table()}
    states = {place for place in places if place.count("-") == 1}
    assert len([place for place in states if place.startswith("US-")]) == 51
    assert all("-".join(place.split("-")[:2]) in states for place in places if place.count("-") == 2)


@pytest.mark.parametrize("state", sorted({row["place"] for row in table() if row["place"].count("-") == 1}))
def test_no_state_changes_without_a_successor(state: str) -> None:
    for on in (date(2025, 3, 1), TODAY, date(2028, 1, 1)):
        decision = decided(STATES, Buyer("US", state.removeprefix("US-")), on=on)
        assert decision.reason_code != "no-rate"


@pytest.mark.parametrize(
    ("seller", "buyer", "country", "on", "letter", "shown"),
    [
        ("1", "1", "AR", TODAY, "A", "listed"),
        ("1", "6", "AR", TODAY, "A", "listed"),
        ("1", "6", "AR", date(2021, 6, 30), "B", "contained"),
        ("1", "13", "AR", date(2021, 7, 1), "A", "listed"),
        ("1", "16", "AR", TODAY, "A", "listed"),
        ("1", "4", "AR", TODAY, "B", "contained"),
        ("1", "5", "AR", TODAY, "B", "contained"),
        ("1", "10", "AR", TODAY, "B", "contained"),
        ("1", "", "UY", TODAY, "E", "none"),
        ("1", "9", "US", TODAY, "E", "none"),
        ("6", "1", "AR", TODAY, "C", "none"),
        ("6", "5", "AR", TODAY, "C", "none"),
        ("4", "6", "AR", TODAY, "C", "none"),
        ("6", "9", "BR", TODAY, "E", "none"),
    ],
)
def test_argentine_letters(seller: str, buyer: str, country: str, on: date, letter: str, shown: str) -> None:
    found = voucher_letter(
        seller_country="AR", seller_condition=seller, buyer_country=country, buyer_condition=buyer, on=on
    )
    assert found is not None
    assert (found.letter, found.tax_shown) == (letter, shown)
    assert found.source
    assert set(found.codes) == {"invoice", "debit_note", "credit_note"}


def at_home(buyer: str) -> VoucherLetter:
    found = voucher_letter(
        seller_country="AR", seller_condition="1", buyer_country="AR", buyer_condition=buyer, on=TODAY
    )
    assert found is not None
    return found


def test_letters_carry_their_legends() -> None:
    assert at_home("1").legend == ""
    assert "27.618" in at_home("6").legend
    assert "27.743" in at_home("5").legend


def test_every_condition_has_a_letter_or_is_refused() -> None:
    abroad = {"8", "9"}
    for buyer in tax_conditions(country="AR"):
        if buyer in abroad:
            with pytest.raises(Refused, match="No letter"):
                at_home(buyer)
        else:
            assert at_home(buyer).letter in "AB"


def test_countries_without_letters_have_none() -> None:
    found = voucher_letter(seller_country="CL", seller_condition="", buyer_country="CL", buyer_condition="", on=TODAY)
    assert found is None


def test_parts_compare_by_their_figures() -> None:
    assert TaxPart("A", 1, 2, {"en": "x"}) == TaxPart("A", 1, 2, {"en": "y"})
