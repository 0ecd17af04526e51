"""What may be kept as a token: nothing that pays by itself."""

import random

import pytest
from stdnum import luhn

from abono.base.kernel.refusal import Refused
from abono.domain.payments.account_numbers import looks_like
from abono.domain.payments.token_rules import check_words


def refusal(token: str, **more: str) -> str:
    words = {"fingerprint": "", "means": "card", "brand": "visa", "last4": "4242", "funding": "credit", **more}
    code = ""
    try:
        check_words(token=token, **words)
    except Refused as why:
        code = why.code
        said = why.words
    assert not code or not token or token not in said
    return code


@pytest.mark.parametrize("token", ["pm_1NqQeD2eZvKYlo2C", "tok:7f9b-44aa-x", "a1b2c3d4e5f6", "card.Zx81kQ"])
def test_tokens_are_kept(token: str) -> None:
    assert refusal(token) == ""


@pytest.mark.parametrize(
    "token",
    [
        "4242424242424242",
        "4242-4242-4242-4242",
        "pm_4242424242424242",
        "card:378282246310005",
        "HU42117730161111101800000000",
        "DE89370400440532013000",
        "110000000",
        "000123456789",
        "ba_000123456789",
        "acct.000123456789",
        "tok_12345678",
        "２４２４２４２４２",
    ],
)
def test_numbers_are_not(token: str) -> None:
    assert refusal(token) in ("payments.not_a_token", "payments.token")


@pytest.mark.parametrize("token", ["", "short", "with space in it", "line\nbreak-token", "x" * 201, "ünïcode-token"])
def test_what_is_no_token_is_not_kept(token: str) -> None:
    assert refusal(token) == "payments.token"


def test_ten_thousand_card_numbers_under_any_prefix_are_refused() -> None:
    dice = random.Random(11)
    for _ in range(10_000):
        begins, digits = dice.choice((("4", 16), ("51", 16), ("34", 15), ("6011", 16)))
        stem = begins + "".join(dice.choices("0123456789", k=digits - len(begins) - 1))
        number = stem + luhn.calc_check_digit(stem)
        assert looks_like(number)
        for token in (number, f"pm_{number}", f"tok:{number}"):
            assert refusal(token) == "payments.not_a_token", token


def test_random_tokens_pass() -> None:
    dice = random.Random(7)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    for _ in range(10_000):
        assert refusal("pm_" + "".join(dice.choices(letters, k=24))) == ""


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"means": "cheque"}, "payments.means"),
        ({"brand": "4242424242424242"}, "payments.not_a_token"),
        ({"brand": "Visa!"}, "payments.brand"),
        ({"last4": "42424"}, "payments.last4"),
        ({"last4": "abcd"}, "payments.last4"),
        ({"fingerprint": "4242424242424242"}, "payments.not_a_token"),
        ({"funding": "charge"}, "payments.funding"),
    ],
)
def test_the_rest_of_a_method_is_checked_too(more: dict[str, str], code: str) -> None:
    assert refusal("pm_1NqQeD2eZvKYlo2C", **more) == code
