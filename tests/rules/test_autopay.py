"""When a refused charge may be made again, and when never: the dated table, code by code."""

import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from abono.domain.payments.autopay_rules import (
    Charged,
    advice_on,
    ask_after,
    collection_mode,
    fits,
    is_due,
    is_usable,
    may_charge,
    next_charge_on,
    scheme_of,
)

DAY = date(2026, 2, 1)
FILE = Path(__file__).resolve().parents[2] / "src/abono/domain/payments/data/retries.toml"
TABLE: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))

# Written down a second time, so that a slip in the table is seen: what must never be charged again by itself.
NEVER = {
    "visa": ["04", "07", "12", "14", "15", "41", "43", "46", "57", "R0", "R1", "R3"],
    "mastercard": ["MAC03", "MAC21", "MAC 03", "mac-21"],
    "ach": ["R02", "R03", "R04", "R05", "R07", "R08", "R10", "R11", "R16", "R20", "R29"],
}
ALL_ACH = [f"R{number:02d}" for number in range(1, 86)]


@pytest.mark.parametrize(("scheme", "code"), [(scheme, code) for scheme, codes in NEVER.items() for code in codes])
def test_hard_declines_are_never_charged_again(scheme: str, code: str) -> None:
    for returned in (False, True):
        for made in range(1, 9):
            days = [DAY + timedelta(days=one) for one in range(made)]
            found = next_charge_on(scheme=scheme, code=code, sent_days=days, known_on=days[-1], returned=returned)
            assert found is None
        assert advice_on(scheme=scheme, code=code, on=DAY, returned=returned).ends in ("declined", "revoked")


@pytest.mark.parametrize("code", ALL_ACH)
def test_of_all_return_codes_two_may_be_presented_again(code: str) -> None:
    found = next_charge_on(scheme="ach", code=code, sent_days=[DAY], known_on=DAY + timedelta(days=2))
    assert (found is not None) == (code in ("R01", "R09"))


@pytest.mark.parametrize("code", ["R07", "R10", "R29", "R0", "R1", "R3", "MAC21"])
def test_consent_that_was_taken_back_ends_the_mandate(code: str) -> None:
    scheme = "ach" if len(code) == 3 else "mastercard"
    assert advice_on(scheme=scheme, code=code, on=DAY).ends == "revoked"


@pytest.mark.parametrize("code", ["51", "05", "61", "65", "whatever", ""])
def test_soft_declines_are_spaced(code: str) -> None:
    days = [DAY]
    while (following := next_charge_on(scheme="visa", code=code, sent_days=days, known_on=days[-1])) is not None:
        days.append(following)
    assert days == [DAY + timedelta(days=number) for number in (0, 1, 3, 5, 7)]


def test_a_retry_is_never_on_the_day_on_which_the_refusal_became_known() -> None:
    late = DAY + timedelta(days=30)
    assert next_charge_on(scheme="ach", code="R01", sent_days=[DAY], known_on=late) == late + timedelta(days=1)


def test_a_debit_is_not_presented_again_after_half_a_year() -> None:
    at_last = DAY + timedelta(days=180)
    assert may_charge(scheme="ach", sent_days=[DAY], on=at_last)
    assert not may_charge(scheme="ach", sent_days=[DAY], on=at_last + timedelta(days=1))
    assert next_charge_on(scheme="ach", code="R01", sent_days=[DAY], known_on=at_last) is None
    assert next_charge_on(scheme="ach", code="R01", sent_days=[DAY], known_on=at_last - timedelta(days=1)) == at_last


def test_a_debit_is_presented_at_most_three_times() -> None:
    three = [DAY, DAY + timedelta(days=5), DAY + timedelta(days=12)]
    assert next_charge_on(scheme="ach", code="R01", sent_days=three, known_on=DAY + timedelta(days=14)) is None
    assert not may_charge(scheme="ach", sent_days=three, on=DAY + timedelta(days=100))


def test_a_card_is_charged_eight_times_in_fourteen_days() -> None:
    eight = [DAY] * 8
    assert not may_charge(scheme="visa", sent_days=eight, on=DAY + timedelta(days=13))
    assert may_charge(scheme="visa", sent_days=eight, on=DAY + timedelta(days=14))


def test_a_disputed_card_is_not_charged_again() -> None:
    for code in ("10.4", "13.1", "4837", ""):
        for scheme in ("visa", "mastercard", "card"):
            advice = advice_on(scheme=scheme, code=code, on=DAY, returned=True)
            assert (advice.after_days, advice.ends) == ((), "declined")


@pytest.mark.parametrize(
    ("means", "brand", "scheme"),
    [
        ("card", "visa", "visa"),
        ("card", "Mastercard", "mastercard"),
        ("card", "amex", "card"),
        ("card", "", "card"),
        ("card", "ach", "card"),
        ("ach", "", "ach"),
        ("direct-debit", "", "direct-debit"),
        ("voucher", "", "direct-debit"),
    ],
)
def test_the_scheme_of_a_method(means: str, brand: str, scheme: str) -> None:
    assert scheme_of(means=means, brand=brand) == scheme


def test_what_leads_to_another_charge() -> None:
    def due(*charged: Charged, on: date = DAY) -> bool:
        return is_due(scheme="visa", charged=charged, on=on)

    assert due()
    for state in ("settled", "closed", "mismatch", "pending", "unknown", "sent"):
        assert not due(Charged(DAY, state, None))
    assert not due(Charged(DAY, "declined", None))
    again = Charged(DAY, "declined", DAY + timedelta(days=1))
    assert not due(again)
    assert due(again, on=DAY + timedelta(days=1))
    assert not due(*[again] * 8, on=DAY + timedelta(days=1))
    assert not due(again, Charged(DAY, "settled", None), on=DAY + timedelta(days=9))


def test_questions_go_on_for_a_week_and_then_a_person_looks() -> None:
    waits = [ask_after(asked=number) for number in range(13)]
    minutes = [one // timedelta(minutes=1) if one else None for one in waits]
    assert minutes == [1, 5, 15, 60, 360, *[1440] * 7, None]


@pytest.mark.parametrize(
    ("change", "usable"),
    [
        ({}, True),
        ({"state": "declined"}, False),
        ({"state": "revoked"}, False),
        ({"state": "unverified", "verified": False}, False),
        ({"verified": False}, False),
        ({"expires_on": DAY}, True),
        ({"expires_on": DAY - timedelta(days=1)}, False),
        ({"saved": ("ach",)}, False),
        ({"saved": ()}, False),
    ],
)
def test_what_makes_a_method_usable(change: dict[str, Any], usable: bool) -> None:
    method: dict[str, Any] = {
        "state": "usable",
        "verified": True,
        "expires_on": None,
        "means": "card",
        "saved": ("card",),
        "on": DAY,
    }
    assert is_usable(**{**method, **change}) == usable
    assert collection_mode(usable=usable) == ("autopay" if usable else "by-hand")


@pytest.mark.parametrize(
    ("amount", "currency", "same"), [(100, "USD", True), (100, "usd", True), (99, "USD", False), (100, "ARS", False)]
)
def test_an_answer_must_speak_of_the_money_that_was_asked_for(amount: int, currency: str, same: bool) -> None:
    assert fits(amount_minor=amount, currency=currency, asked_minor=100, asked_currency="USD") == same


def rows() -> Iterator[dict[str, Any]]:
    yield from TABLE["scheme"]
    yield from TABLE["code"]


def test_every_row_has_a_source_a_day_and_an_advice_that_is_there() -> None:
    advices = {one["name"] for one in TABLE["advice"]}
    for row in rows():
        assert row["source"], row
        assert isinstance(row["valid_from"], date), row
        assert "reviewer" in row, row
        for name in ("advice", "otherwise", "returned"):
            assert row.get(name, "end") in advices, row
    assert {one["ends"] for one in TABLE["advice"]} <= {"", "declined", "revoked"}
    for one in TABLE["advice"]:
        assert one["after_days"] == sorted({*one["after_days"]}), one


def test_no_code_of_a_scheme_has_two_rows_in_force() -> None:
    seen = set()
    for row in TABLE["code"]:
        for scheme in row["schemes"]:
            for code in row["codes"]:
                key = (scheme, code, row["valid_from"])
                assert key not in seen, key
                seen.add(key)


def test_a_day_before_all_rows_has_the_first_ones() -> None:
    old = date(1999, 1, 1)
    assert advice_on(scheme="visa", code="41", on=old).ends == "declined"
    assert not advice_on(scheme="ach", code="R10", on=old).after_days
