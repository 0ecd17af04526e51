"""Prices against a slow count unit by unit and day by day; and what must hold for any of them."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from abono.base.kernel.money import MINOR_DIGITS
from abono.domain.catalogue.pricing import (
    WHOLE,
    Discount,
    Model,
    Offer,
    Presence,
    Price,
    Tier,
    amount,
    annex_shares,
    cancellation_credit,
    change_lines,
    check_price,
    discounted,
    net_of,
    price_parts,
    true_up,
)
from abono.domain.subscriptions.periods import Period

DIGITS = Context(prec=200)


@st.composite
def some_prices(draw: st.DrawFn, currency: str | None = None) -> Price:
    money = draw(st.sampled_from(sorted(MINOR_DIGITS))) if currency is None else currency
    cost = st.decimals(0, 5000, allow_nan=False, allow_infinity=False, places=6)
    model: Model = draw(st.sampled_from(["flat", "per_unit", "graduated", "volume"]))
    if model in ("flat", "per_unit"):
        return check_price(model=model, currency=money, unit_price=draw(cost))
    limits = sorted(draw(st.sets(st.integers(1, 80), max_size=4)))
    tiers = [Tier(limit, draw(cost), draw(st.integers(0, 300))) for limit in [*limits, None]]
    return check_price(model=model, currency=money, tiers=tiers)


some_fractions = st.one_of(
    st.just(WHOLE), st.tuples(st.integers(0, 366), st.integers(28, 366)).map(lambda pair: Fraction(*pair))
)


def unit_by_unit(price: Price, quantity: int) -> Fraction:
    """Exact minor units of a whole cycle, by asking of each unit which tier it is in."""
    scale = int(10 ** MINOR_DIGITS[price.currency])
    if price.model == "flat":
        return Fraction(price.unit_price) * scale
    if price.model == "per_unit":
        return sum((Fraction(price.unit_price) * scale for _ in range(quantity)), Fraction(0))
    total = Fraction(0)
    used: set[Tier] = set()
    for unit in range(1, quantity + 1):
        decides = unit if price.model == "graduated" else quantity
        tier = next(t for t in price.tiers if t.up_to is None or t.up_to >= decides)
        total += Fraction(tier.unit_price) * scale
        used.add(tier)
    return total + sum(tier.flat_minor for tier in used)


def rounded(exact: Fraction) -> int:
    """Half up by decimal long division, which shares nothing with the whole-number way of the rule."""
    places = DIGITS.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    return int(places.quantize(Decimal(1), rounding=ROUND_HALF_UP, context=DIGITS))


@given(price=some_prices(), quantity=st.integers(0, 120), fraction=some_fractions)
@settings(max_examples=200, deadline=None)
def test_an_amount_is_that_counted_unit_by_unit(price: Price, quantity: int, fraction: Fraction) -> None:
    exact = unit_by_unit(price, quantity) * fraction
    assert amount(price=price, quantity=quantity, fraction=fraction) == rounded(exact)


@given(
    price=some_prices(),
    quantity=st.integers(0, 120),
    fraction=some_fractions,
    worth=st.integers(1, 5_000_000),
)
@settings(deadline=None)
def test_an_indexed_amount_is_the_price_times_the_days_value(
    price: Price, quantity: int, fraction: Fraction, worth: int
) -> None:
    value = Decimal(worth).scaleb(-2)
    tiers = tuple(Tier(tier.up_to, tier.unit_price) for tier in price.tiers)
    indexed = Price(price.model, price.currency, price.unit_price, tiers, "UF")
    plain = Price(price.model, price.currency, price.unit_price, tiers)
    exact = unit_by_unit(plain, quantity) * Fraction(value) * fraction
    assert amount(price=indexed, quantity=quantity, fraction=fraction, index_value=value) == rounded(exact)


@given(price=some_prices(), quantity=st.integers(0, 120), fraction=some_fractions)
@settings(deadline=None)
def test_the_rows_of_a_line_sum_to_it(price: Price, quantity: int, fraction: Fraction) -> None:
    parts = price_parts(price=price, quantity=quantity, fraction=fraction)
    assert sum(part.amount_minor for part in parts) == amount(price=price, quantity=quantity, fraction=fraction)
    assert all(part.amount_minor >= 0 for part in parts)


@given(line_minor=st.integers(-(10**9), 10**9), weights=st.lists(st.integers(0, 400), min_size=1, max_size=200))
def test_an_annex_loses_no_cent_and_no_share_is_off_by_one(line_minor: int, weights: list[int]) -> None:
    if not any(weights):
        weights[0] = 1
    shares = annex_shares(line_minor=line_minor, weights=dict(enumerate(weights)))
    assert sum(shares.values()) == line_minor
    for at, weight in enumerate(weights):
        assert abs(shares[at] - Fraction(line_minor * weight, sum(weights))) < 1


START = date(2024, 3, 10)
some_discounts = st.lists(
    st.one_of(
        st.integers(1, 10_000).map(lambda bp: Discount("p", START, None, bp, 0)),
        st.integers(1, 5_000).map(lambda minor: Discount("f", START, None, 0, minor)),
    ),
    max_size=3,
).map(tuple)


@st.composite
def some_offers(draw: st.DrawFn) -> Offer:
    return Offer(draw(some_prices("USD")), draw(st.integers(0, 100)), None, draw(some_discounts))


@st.composite
def some_periods(draw: st.DrawFn) -> Period:
    cycle_days = draw(st.integers(7, 366))
    days = draw(st.integers(1, cycle_days))
    return Period(START, START + timedelta(days=days), days, cycle_days)


@given(period=some_periods(), offer=some_offers(), ahead=st.integers(-10, 380))
@settings(deadline=None)
def test_a_change_to_the_same_comes_to_nothing(period: Period, offer: Offer, ahead: int) -> None:
    on = START + timedelta(days=ahead)
    change = change_lines(period=period, old=offer, new=offer, on=on)
    assert change.credit_minor == change.charge_minor


@given(period=some_periods(), one=some_offers(), other=some_offers(), ahead=st.integers(-10, 380))
@settings(deadline=None)
def test_there_and_back_on_one_day_comes_to_nothing(period: Period, one: Offer, other: Offer, ahead: int) -> None:
    on = START + timedelta(days=ahead)
    there = change_lines(period=period, old=one, new=other, on=on)
    back = change_lines(period=period, old=other, new=one, on=on)
    assert (there.credit_minor, there.charge_minor) == (back.charge_minor, back.credit_minor)


@given(period=some_periods(), offer=some_offers(), ahead=st.integers(-10, 380))
@settings(deadline=None)
def test_no_credit_is_beyond_what_was_charged(period: Period, offer: Offer, ahead: int) -> None:
    charged = net_of(offer=offer, fraction=period.fraction)
    credit, fraction = cancellation_credit(period=period, offer=offer, on=START + timedelta(days=ahead))
    assert 0 <= credit <= charged
    assert 0 <= fraction <= period.fraction
    if ahead <= 0:
        assert credit == charged
    if ahead >= period.days:
        assert credit == 0


@given(price=some_prices("USD"), quantity=st.integers(0, 100), period=some_periods(), ahead=st.integers(0, 365))
@settings(deadline=None)
def test_used_and_unused_days_are_the_whole_within_one_minor_unit(
    price: Price, quantity: int, period: Period, ahead: int
) -> None:
    offer, used = Offer(price, quantity), min(ahead, period.days)
    credit, _ = cancellation_credit(period=period, offer=offer, on=START + timedelta(days=used))
    kept = amount(price=price, quantity=quantity, fraction=Fraction(used, period.cycle_days))
    assert abs(kept + credit - net_of(offer=offer, fraction=period.fraction)) <= 1


@given(net_minor=st.integers(0, 10**9), discounts=some_discounts, fraction=some_fractions)
def test_discounts_and_net_are_the_line(net_minor: int, discounts: tuple[Discount, ...], fraction: Fraction) -> None:
    net, applied = discounted(net_minor=net_minor, discounts=discounts, fraction=fraction, on=START)
    assert net >= 0
    assert net + sum(row.amount_minor for row in applied) == net_minor
    assert all(row.amount_minor > 0 for row in applied)


some_presences = st.lists(
    st.tuples(
        st.booleans(),
        st.lists(st.tuples(st.integers(-20, 60), st.none() | st.integers(1, 50)), max_size=3),
    ),
    max_size=12,
)


@given(period=some_periods(), price=some_prices("USD"), rows=some_presences)
@settings(deadline=None)
def test_a_true_up_counts_each_day_of_each_location(
    period: Period, price: Price, rows: list[tuple[bool, list[tuple[int, int | None]]]]
) -> None:
    presences, extra = [], []
    for key, (counted, spans) in enumerate(rows):
        active = sum(
            any(begin <= day and (length is None or day < begin + length) for begin, length in spans)
            for day in range(period.days)
        )
        extra.append(active - (period.days if counted else 0))
        dates = tuple(
            (START + timedelta(days=a), None if n is None else START + timedelta(days=a + n)) for a, n in spans
        )
        presences.append(Presence(key, counted, dates))
    quantity = sum(counted for counted, _ in rows)
    result = true_up(period=period, offer=Offer(price, quantity), presences=presences)
    assert {share.key: share.days for share in result.shares} == {key: days for key, days in enumerate(extra) if days}
    assert result.joined_days - result.left_days == sum(extra)
    assert sum(share.amount_minor for share in result.shares) == result.joined_minor - result.left_minor
    assert all(share.amount_minor * share.days >= 0 for share in result.shares)
