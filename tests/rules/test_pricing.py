"""Prices, discounts, changes inside a period, true-up and annexes: the cases one can check by hand."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from abono.base.kernel.refusal import Refused
from abono.domain.catalogue.pricing import (
    Discount,
    Offer,
    Presence,
    Price,
    PricePart,
    Tier,
    amount,
    annex_shares,
    applying,
    cancellation_credit,
    change_lines,
    check_discount,
    check_price,
    check_quantity,
    discounted,
    net_of,
    price_parts,
    true_up,
    unit_price_at,
)
from abono.domain.subscriptions.periods import Period

JANUARY = Period(date(2024, 1, 1), date(2024, 2, 1), 31, 31)
UF = Decimal("39274.92")


def flat(unit_price: str, currency: str = "USD", index: str | None = None) -> Price:
    return check_price(model="flat", currency=currency, unit_price=unit_price, index_name=index)


def per_unit(unit_price: str, currency: str = "USD") -> Price:
    return check_price(model="per_unit", currency=currency, unit_price=unit_price)


def tiered(model: str, *tiers: list[Any]) -> Price:
    return check_price(model=model, currency="USD", tiers=tiers)


def code_of(call: Any, **arguments: Any) -> str:
    with pytest.raises(Refused) as refusal:
        call(**arguments)
    assert refusal.value.words.endswith(".")
    return refusal.value.code


def test_flat_is_the_same_for_any_quantity() -> None:
    assert amount(price=flat("12.50"), quantity=1) == 1250
    assert amount(price=flat("12.50"), quantity=0) == 1250
    assert amount(price=flat("9990", "CLP"), quantity=7) == 9990


def test_per_unit_keeps_six_places_until_the_line() -> None:
    assert amount(price=per_unit("0.000001"), quantity=5_000) == 1
    assert amount(price=per_unit("0.000001"), quantity=4_999) == 0
    assert amount(price=per_unit("1.333333", "CLP"), quantity=3) == 4


def test_halves_go_up() -> None:
    assert amount(price=flat("0.01"), quantity=1, fraction=Fraction(1, 2)) == 1
    assert amount(price=flat("2.5", "CLP"), quantity=1) == 3
    assert amount(price=flat("10"), quantity=1, fraction=Fraction(11, 31)) == 355


GRADUATED = tiered("graduated", [10, "3"], [100, "2.5"], [None, "2"])
VOLUME = tiered("volume", [10, "3"], [100, "2.5"], [None, "2"])


@pytest.mark.parametrize(
    ("quantity", "graduated", "volume"),
    [
        (0, 0, 0),
        (1, 300, 300),
        (10, 3000, 3000),
        (11, 3250, 2750),
        (100, 25500, 25000),
        (101, 25700, 20200),
        (2000, 405500, 400000),
    ],
)
def test_tiers_include_their_limit(quantity: int, graduated: int, volume: int) -> None:
    assert amount(price=GRADUATED, quantity=quantity) == graduated
    assert amount(price=VOLUME, quantity=quantity) == volume


def test_a_tiers_fee_is_due_once_when_the_tier_is_used() -> None:
    graduated = tiered("graduated", [10, "3", 500], [None, "2", 700])
    volume = tiered("volume", [10, "3", 500], [None, "2", 700])
    assert [amount(price=graduated, quantity=n) for n in (0, 1, 10, 11)] == [0, 800, 3500, 4400]
    assert [amount(price=volume, quantity=n) for n in (0, 1, 10, 11)] == [0, 800, 3500, 2900]


def test_a_price_in_uf_is_worth_the_days_value() -> None:
    price = flat("1.25", "CLP", "UF")
    assert amount(price=price, quantity=1, index_value=UF) == 49094  # 49,093.65
    assert amount(price=price, quantity=1, index_value=UF, fraction=Fraction(1, 2)) == 24547
    assert code_of(amount, price=price, quantity=1) == "catalogue.no_index_value"
    assert code_of(amount, price=price, quantity=1, index_value=Decimal(0)) == "catalogue.no_index_value"


def test_amounts_beyond_a_column_are_refused() -> None:
    price = per_unit("999999999999.999999")
    assert code_of(amount, price=price, quantity=10**9) == "money.too_large"
    assert code_of(amount, price=price, quantity=-1) == "catalogue.negative_quantity"


def test_the_rows_of_a_line() -> None:
    parts = price_parts(price=tiered("graduated", [10, "3", 500], [None, "2"]), quantity=15)
    assert parts == [
        PricePart(1, 10, Decimal(3), None, 3000),
        PricePart(1, 1, Decimal("5.00"), None, 500),
        PricePart(11, 5, Decimal(2), None, 1000),
    ]
    assert price_parts(price=flat("0"), quantity=1) == [PricePart(1, 1, Decimal(0), None, 0)]
    assert price_parts(price=VOLUME, quantity=0) == []
    uf = price_parts(price=flat("1.25", "CLP", "UF"), quantity=1, index_value=UF)
    assert uf == [PricePart(1, 1, Decimal("1.25"), "UF", 49094)]


def test_rows_of_a_stub_still_sum_to_the_line() -> None:
    price = tiered("graduated", [1, "0.01"], [2, "0.01"], [None, "0.01"])
    parts = price_parts(price=price, quantity=3, fraction=Fraction(1, 2))
    assert [part.amount_minor for part in parts] == [1, 1, 0]
    assert amount(price=price, quantity=3, fraction=Fraction(1, 2)) == 2


def test_what_one_more_unit_costs() -> None:
    assert unit_price_at(price=flat("12.50"), quantity=3) == 0
    assert unit_price_at(price=per_unit("12.50"), quantity=3) == Decimal("12.50")
    assert unit_price_at(price=VOLUME, quantity=0) == 3
    assert unit_price_at(price=VOLUME, quantity=2000) == 2


def test_tiers_are_stored_and_read_again() -> None:
    price = tiered("graduated", [10, "3", 500], [None, "2.50"])
    assert price.tier_rows == [[10, "3", 500], [None, "2.50"]]
    assert tiered("graduated", *price.tier_rows) == price
    assert check_price(model="graduated", currency="USD", tiers=price.tiers) == price


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"model": "stairs"}, "catalogue.unknown_model"),
        ({"model": None}, "catalogue.unknown_model"),
        ({"currency": "XXX"}, "money.unknown_currency"),
        ({"currency": "usd"}, "money.unknown_currency"),
        ({"currency": 840}, "money.unknown_currency"),
        ({"unit_price": "-1"}, "catalogue.negative_price"),
        ({"unit_price": Decimal("-0.01")}, "catalogue.negative_price"),
        ({"unit_price": "ten"}, "catalogue.not_a_number"),
        ({"unit_price": "1,50"}, "catalogue.not_a_number"),
        ({"unit_price": "1e3"}, "catalogue.not_a_number"),
        ({"unit_price": "NaN"}, "catalogue.not_a_number"),
        ({"unit_price": Decimal("Infinity")}, "catalogue.not_a_number"),
        ({"unit_price": "١٢"}, "catalogue.not_a_number"),
        ({"unit_price": ""}, "catalogue.not_a_number"),
        ({"unit_price": None}, "catalogue.not_a_number"),
        ({"unit_price": True}, "catalogue.not_a_number"),
        ({"unit_price": 1 / 2}, "catalogue.not_a_number"),
        ({"unit_price": "9" * 500}, "catalogue.not_a_number"),
        ({"unit_price": "0.0000001"}, "catalogue.price_too_fine"),
        ({"unit_price": 10**12}, "catalogue.price_too_large"),
        ({"tiers": [[None, "1"]]}, "catalogue.unwanted_tiers"),
    ],
)
def test_wrong_prices_are_refused(wrong: dict[str, Any], code: str) -> None:
    right = {"model": "flat", "currency": "USD", "unit_price": "1"}
    assert code_of(check_price, **{**right, **wrong}) == code


@pytest.mark.parametrize(
    ("tiers", "code"),
    [
        ([], "catalogue.no_tiers"),
        ([[10, "1"], [10, "2"], [None, "3"]], "catalogue.tiers_overlap"),
        ([[None, "1"], [None, "2"]], "catalogue.tiers_overlap"),
        ([[None, "1"], [10, "2"]], "catalogue.tiers_overlap"),
        ([[20, "1"], [10, "2"], [None, "3"]], "catalogue.tiers_unordered"),
        ([[10, "1"], [20, "2"]], "catalogue.no_open_tier"),
        ([[0, "1"], [None, "2"]], "catalogue.bad_tier"),
        ([[10], [None, "2"]], "catalogue.bad_tier"),
        (["10:1"], "catalogue.bad_tier"),
        ([["ten", "1"], [None, "2"]], "catalogue.not_a_number"),
        ([[10, "x"], [None, "2"]], "catalogue.not_a_number"),
        ([["1.5", "1"], [None, "2"]], "catalogue.broken_quantity"),
        ([[10, "-1"], [None, "2"]], "catalogue.negative_price"),
        ([[10, "1", -5], [None, "2"]], "catalogue.bad_quantity"),
    ],
)
@pytest.mark.parametrize("model", ["graduated", "volume"])
def test_wrong_tiers_are_refused(model: str, tiers: list[Any], code: str) -> None:
    assert code_of(check_price, model=model, currency="USD", tiers=tiers) == code


def test_a_tiered_price_has_no_single_unit_price() -> None:
    code = code_of(check_price, model="volume", currency="USD", unit_price="1", tiers=[[None, "1"]])
    assert code == "catalogue.unwanted_unit_price"


def test_a_price_built_without_an_open_tier_does_not_bill_too_little() -> None:
    broken = Price("volume", "USD", Decimal(0), (Tier(10, Decimal(1)),))
    assert code_of(amount, price=broken, quantity=11) == "catalogue.no_open_tier"
    broken = Price("graduated", "USD", Decimal(0), (Tier(10, Decimal(1)),))
    assert code_of(amount, price=broken, quantity=11) == "catalogue.no_open_tier"


def test_quantities() -> None:
    assert check_quantity("12") == 12
    assert code_of(check_quantity, value="twelve") == "catalogue.not_a_number"
    assert code_of(check_quantity, value=-1) == "catalogue.bad_quantity"


def percent(bp: int, name: str = "spring") -> Discount:
    return check_discount(name=name, valid_from=date(2024, 1, 1), valid_to=date(2024, 3, 1), percent_bp=bp)


def fixed(minor: int, name: str = "loyal") -> Discount:
    return check_discount(name=name, valid_from=date(2024, 1, 1), fixed_minor=minor)


def test_per_cent_comes_before_fixed_and_each_on_what_is_left() -> None:
    discounts = [fixed(100), percent(5000), percent(1000, "friends")]
    net, applied = discounted(net_minor=1000, discounts=discounts, on=date(2024, 1, 1))
    assert net == 350
    assert [(row.discount.name, row.amount_minor) for row in applied] == [
        ("spring", 500),
        ("friends", 50),
        ("loyal", 100),
    ]


def test_discounts_never_go_below_zero() -> None:
    net, applied = discounted(net_minor=80, discounts=[fixed(100), fixed(1)], on=date(2024, 1, 1))
    assert (net, [row.amount_minor for row in applied]) == (0, [80])


def test_a_discount_counts_by_the_day_on_which_the_period_begins() -> None:
    discounts = [percent(5000)]
    by_day = [applying(discounts=discounts, on=date(2024, 1, 1).replace(month=m)) for m in (1, 2, 3)]
    assert [len(found) for found in by_day] == [1, 1, 0]
    assert applying(discounts=discounts, on=date(2023, 12, 31)) == ()


def test_a_stub_gets_its_fraction_of_a_fixed_discount() -> None:
    offer = Offer(flat("31"), 1, None, (fixed(310),))
    assert net_of(offer=offer) == 2790
    assert net_of(offer=offer, fraction=Fraction(10, 31)) == 900


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"percent_bp": 100, "fixed_minor": 100},
        {"percent_bp": 0},
        {"percent_bp": 10_001},
        {"fixed_minor": -1},
        {"percent_bp": 100, "valid_to": date(2024, 1, 1)},
    ],
)
def test_wrong_discounts_are_refused(wrong: dict[str, Any]) -> None:
    given = {"name": "x", "valid_from": date(2024, 1, 1), **wrong}
    assert code_of(check_discount, **given) == "catalogue.bad_discount"


def test_a_change_credits_and_charges_the_rest_of_the_period() -> None:
    change = change_lines(period=JANUARY, old=Offer(flat("31"), 1), new=Offer(per_unit("31"), 2), on=date(2024, 1, 22))
    assert (change.credit_minor, change.charge_minor) == (1000, 2000)
    assert change.fraction == Fraction(10, 31)


def test_a_change_before_the_period_is_of_all_of_it_and_after_it_of_nothing() -> None:
    old, new = Offer(flat("31"), 1), Offer(flat("62"), 1)
    before = change_lines(period=JANUARY, old=old, new=new, on=date(2023, 12, 1))
    assert (before.credit_minor, before.charge_minor, before.fraction) == (3100, 6200, Fraction(1))
    after = change_lines(period=JANUARY, old=old, new=new, on=date(2024, 2, 1))
    assert (after.credit_minor, after.charge_minor, after.fraction) == (0, 0, Fraction(0))


def test_a_change_of_currency_inside_a_period_is_refused() -> None:
    code = code_of(
        change_lines,
        period=JANUARY,
        old=Offer(flat("31"), 1),
        new=Offer(flat("31", "CLP"), 1),
        on=date(2024, 1, 22),
    )
    assert code == "catalogue.other_currency"


def test_a_credit_keeps_the_index_value_of_its_document() -> None:
    price = flat("1.25", "CLP", "UF")
    change = change_lines(
        period=JANUARY,
        old=Offer(price, 1, UF),
        new=Offer(price, 1, UF + 1000),
        on=date(2024, 1, 1),
    )
    assert (change.credit_minor, change.charge_minor) == (49094, 50344)


def test_cancelling_gives_back_the_days_left_at_the_price_paid() -> None:
    offer = Offer(flat("31"), 1, None, (percent(5000),))
    assert cancellation_credit(period=JANUARY, offer=offer, on=date(2024, 1, 31)) == (50, Fraction(1, 31))
    assert cancellation_credit(period=JANUARY, offer=offer, on=date(2024, 2, 1)) == (0, Fraction(0))
    assert cancellation_credit(period=JANUARY, offer=offer, on=date(2024, 1, 1)) == (1550, Fraction(1))


def test_a_rest_never_gives_back_more_than_the_whole() -> None:
    offer = Offer(flat("1.4", "CLP"), 1, None, (fixed(1),))
    assert net_of(offer=offer) == 0
    assert net_of(offer=offer, fraction=Fraction(14, 31)) == 1
    for day in range(1, 32):
        assert cancellation_credit(period=JANUARY, offer=offer, on=date(2024, 1, day))[0] == 0


def presence(key: str, counted: bool, *spans: tuple[int, int | None]) -> Presence:
    return Presence(
        key,
        counted,
        tuple((date(2024, 1, a), None if b is None else date(2024, 1, b)) for a, b in spans),
    )


def test_joins_and_leaves_are_trued_up_in_days() -> None:
    result = true_up(
        period=JANUARY,
        offer=Offer(per_unit("31"), 3),
        presences=[
            presence("stays", True, (1, None)),
            presence("left on the 11th", True, (1, 11)),
            presence("away for a week", True, (1, 11), (18, None)),
            presence("joined on the 31st", False, (31, None)),
            presence("came and went", False, (5, 7)),
            presence("never", False),
        ],
    )
    assert (result.joined_days, result.joined_minor) == (3, 300)
    assert (result.left_days, result.left_minor) == (28, 2800)
    assert [(share.key, share.days, share.amount_minor) for share in result.shares] == [
        ("left on the 11th", -21, -2100),
        ("away for a week", -7, -700),
        ("joined on the 31st", 1, 100),
        ("came and went", 2, 200),
    ]


def test_true_up_uses_the_price_of_the_counted_total() -> None:
    late = [presence("late", False, (1, None))]
    assert true_up(period=JANUARY, offer=Offer(VOLUME, 10), presences=late).joined_minor == 300
    assert true_up(period=JANUARY, offer=Offer(VOLUME, 2000), presences=late).joined_minor == 200
    off = Offer(VOLUME, 2000, None, (percent(2500), fixed(10)))
    assert true_up(period=JANUARY, offer=off, presences=late).joined_minor == 150
    assert true_up(period=JANUARY, offer=Offer(flat("5"), 1), presences=late).joined_minor == 0


def test_days_before_and_after_the_period_and_twice_over_do_not_count() -> None:
    spans = (
        (date(2023, 1, 1), date(2024, 1, 3)),
        (date(2024, 1, 2), date(2024, 1, 5)),
        (date(2024, 2, 1), None),
    )
    result = true_up(period=JANUARY, offer=Offer(per_unit("31"), 0), presences=[Presence("x", False, spans)])
    assert result.joined_days == 4


def test_the_annex_of_2000_locations_is_the_line_to_the_cent() -> None:
    price = check_price(model="volume", currency="USD", tiers=[[500, "3.333333"], [None, "2.777777"]])
    line = amount(price=price, quantity=2000, fraction=Fraction(17, 31))
    shares = annex_shares(line_minor=line, weights=dict.fromkeys(range(2000), 1))
    assert line == 304_659  # 2,000 x 2.777777 x 17/31 = 3,046.594...
    assert sum(shares.values()) == line
    assert set(shares.values()) == {152, 153}


def test_an_annex_by_days_and_an_empty_one() -> None:
    assert annex_shares(line_minor=-100, weights={"a": 1, "b": 2, "c": 0}) == {"a": -33, "b": -67, "c": 0}
    assert annex_shares(line_minor=0, weights={"a": 0}) == {"a": 0}
    assert code_of(annex_shares, line_minor=5, weights={}) == "catalogue.empty_annex"
