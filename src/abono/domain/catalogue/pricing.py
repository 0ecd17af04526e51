"""What a quantity costs for a whole cycle or a part of one: exact, and rounded half up once per line.

All arithmetic is on whole numbers: unit price x quantity x index value x fraction of the cycle, then minor
units. No units cost nothing; the flat fee of a tier is due once, as soon as the tier is used, and is never
indexed. Discounts come after that: per cent first, each on what the one before it left, then fixed ones;
never below zero.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Protocol, TypeVar

from abono.base.kernel.days import days_between
from abono.base.kernel.money import GREATEST_MINOR, MINOR_DIGITS, half_up, major, minor_digits, split_minor
from abono.base.kernel.refusal import Refused
from abono.domain.catalogue.prices import (
    MODELS,
    Discount,
    Model,
    Price,
    Tier,
    check_discount,
    check_price,
    check_quantity,
    check_unit_price,
)

__all__ = [
    "MODELS",
    "WHOLE",
    "Applied",
    "Change",
    "Discount",
    "Model",
    "Offer",
    "Presence",
    "Price",
    "PricePart",
    "Tier",
    "TrueUp",
    "TrueUpShare",
    "amount",
    "annex_shares",
    "applying",
    "cancellation_credit",
    "change_lines",
    "check_discount",
    "check_price",
    "check_quantity",
    "check_unit_price",
    "discounted",
    "minor_per_whole",
    "net_of",
    "price_parts",
    "rest_of",
    "true_up",
    "unit_price_at",
]

WHOLE = Fraction(1)

_MINOR_PER_WHOLE = {currency: int(10**digits) for currency, digits in MINOR_DIGITS.items()}


@dataclass(frozen=True, slots=True)
class PricePart:
    """One row of how a line's amount comes about. Units count from 1; the unit price may be in an index."""

    first_unit: int
    quantity: int
    unit_price: Decimal
    index_name: str | None
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Applied:
    """What one discount took off a line, in minor units."""

    discount: Discount
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Offer:
    """What one line is billed at. `discounts` are those that apply, whatever their dates (see `applying`)."""

    price: Price
    quantity: int
    index_value: Decimal | None = None
    discounts: tuple[Discount, ...] = ()


class BilledPeriod(Protocol):
    """The days `[period_from, period_to)` already asked for, in a whole cycle of `cycle_days`."""

    @property
    def period_from(self) -> date: ...
    @property
    def period_to(self) -> date: ...
    @property
    def cycle_days(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Change:
    """Two adjustment lines, neither negative: `credit_minor` is given back, `charge_minor` is asked.

    Both are for `fraction` of a whole cycle.
    """

    credit_minor: int
    charge_minor: int
    fraction: Fraction


@dataclass(frozen=True, slots=True)
class Presence:
    """One location: whether the document counted it, and the days `[from, to)` on which it was active."""

    key: Hashable
    counted: bool
    spans: tuple[tuple[date, date | None], ...]


@dataclass(frozen=True, slots=True)
class TrueUpShare:
    """A location's row in the annex: days beyond what was billed (negative: fewer) and their minor units."""

    key: Hashable
    days: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class TrueUp:
    """Two lines for a period already billed: joins to charge, leaves to credit. The shares sum to both."""

    joined_days: int
    joined_minor: int
    left_days: int
    left_minor: int
    shares: tuple[TrueUpShare, ...]


Key = TypeVar("Key", bound=Hashable)


def amount(*, price: Price, quantity: int, fraction: Fraction = WHOLE, index_value: Decimal | None = None) -> int:
    """Minor units of a line: exact price of `quantity` units, times the fraction of the cycle, half up once.

    `index_value`, for indexed prices only: one unit of the index in whole units of the currency.
    """
    if quantity < 0:
        raise Refused(
            "catalogue.negative_quantity",
            f"The quantity is {quantity}; it cannot be negative.",
            quantity=quantity,
        )
    model = price.model
    if model == "flat" or model == "per_unit":
        numerator, denominator = price.unit_price.as_integer_ratio()
        numerator *= minor_per_whole(price.currency)
        if model == "per_unit":
            numerator *= quantity
        if price.index_name is not None:
            value = _index_ratio(price, index_value)
            numerator, denominator = numerator * value[0], denominator * value[1]
    else:
        numerator, denominator = _tiered(price, quantity, index_value).as_integer_ratio()
    if fraction is not WHOLE:
        numerator, denominator = numerator * fraction.numerator, denominator * fraction.denominator
    minor = (2 * numerator + denominator) // (2 * denominator)
    if minor > GREATEST_MINOR:
        raise Refused("money.too_large", f"{minor} minor units of {price.currency} are beyond what one line may be.")
    return minor


def price_parts(
    *, price: Price, quantity: int, fraction: Fraction = WHOLE, index_value: Decimal | None = None
) -> list[PricePart]:
    """How the amount of a line comes about, row by row: the units of each tier used, and each flat fee.

    The rows sum to `amount` exactly: its minor units are shared among them by largest remainder.
    """
    total = amount(price=price, quantity=quantity, fraction=fraction, index_value=index_value)
    rows = _rows(price, quantity, index_value)
    shares = _shares(total, [exact for *_, exact in rows])
    return [
        PricePart(first, units, unit_price, index_name, share)
        for (first, units, unit_price, index_name, _), share in zip(rows, shares, strict=True)
    ]


def unit_price_at(*, price: Price, quantity: int) -> Decimal:
    """The price of one unit more or less when `quantity` units are billed: flat has none and gives zero.

    Volume: the tier of the total. Graduated: the tier of the last unit. No units: the tier of the first.
    """
    if price.model == "flat":
        return Decimal(0)
    if price.model == "per_unit":
        return price.unit_price
    return _tier_of(price, quantity).unit_price


def applying(*, discounts: Iterable[Discount], on: date) -> tuple[Discount, ...]:
    """The discounts for a period that begins on `on`, in the order in which they are taken off."""
    valid = [
        discount
        for discount in discounts
        if discount.valid_from <= on and (discount.valid_to is None or on < discount.valid_to)
    ]
    return tuple(sorted(valid, key=lambda discount: discount.percent_bp == 0))


def discounted(
    *, net_minor: int, discounts: Iterable[Discount], fraction: Fraction = WHOLE, on: date
) -> tuple[int, list[Applied]]:
    """A line's net after the discounts for a period that begins on `on`, and what each took off.

    Per cent first, each half up on what is left, then fixed ones, both in the order given; never below zero.
    """
    return _take_off(net_minor, applying(discounts=discounts, on=on), fraction)


def net_of(*, offer: Offer, fraction: Fraction = WHOLE) -> int:
    """Minor units of a line after its discounts."""
    full = amount(price=offer.price, quantity=offer.quantity, fraction=fraction, index_value=offer.index_value)
    return _take_off(full, offer.discounts, fraction)[0] if offer.discounts else full


def rest_of(*, period: BilledPeriod, on: date) -> Fraction:
    """What is left of a billed period from day `on`, as a part of a whole cycle; before it, all of it."""
    days = days_between(max(on, period.period_from), period.period_to)
    return WHOLE if days == period.cycle_days else Fraction(max(days, 0), period.cycle_days)


def change_lines(*, period: BilledPeriod, old: Offer, new: Offer, on: date) -> Change:
    """A change of plan or quantity on day `on` of a billed period: the rest of it credited and charged anew.

    `old` is the offer as it was billed, with the index value and the discounts of its document, so that a
    change back, or to the same, comes to nothing. Never more than the whole period would cost.
    """
    if old.price.currency != new.price.currency:
        raise Refused(
            "catalogue.other_currency",
            f"A plan in {old.price.currency} cannot become one in {new.price.currency} inside a period.",
        )
    rest = rest_of(period=period, on=on)
    return Change(_rest_minor(old, period, rest), _rest_minor(new, period, rest), rest)


def cancellation_credit(*, period: BilledPeriod, offer: Offer, on: date) -> tuple[int, Fraction]:
    """What goes back for a service that ends on day `on` of a billed period: minor units, fraction unused."""
    rest = rest_of(period=period, on=on)
    return _rest_minor(offer, period, rest), rest


def true_up(*, period: BilledPeriod, offer: Offer, presences: Iterable[Presence]) -> TrueUp:
    """Joins and leaves inside a period that was billed by a count at its issue, in days.

    `offer` is as it was billed, so a day costs what the counted total made it cost; its per-cent discounts
    hold, fixed ones were spent on the document itself. Joins and leaves are one line each, rounded once.
    """
    extra_days = [(presence.key, _days_beyond(presence, period)) for presence in presences]
    joins = {at: days for at, (_, days) in enumerate(extra_days) if days > 0}
    leaves = {at: -days for at, (_, days) in enumerate(extra_days) if days < 0}
    joined, left = sum(joins.values()), sum(leaves.values())
    joined_minor, left_minor = _days_minor(offer, period, joined), _days_minor(offer, period, left)
    minor = annex_shares(line_minor=joined_minor, weights=joins)
    minor |= annex_shares(line_minor=-left_minor, weights=leaves)
    shares = tuple(TrueUpShare(key, days, minor[at]) for at, (key, days) in enumerate(extra_days) if days)
    return TrueUp(joined, joined_minor, left, left_minor, shares)


def annex_shares(*, line_minor: int, weights: Mapping[Key, int]) -> dict[Key, int]:
    """Share a line among the locations it stands for, by largest remainder: the shares sum to it exactly."""
    if not any(weights.values()):
        if line_minor:
            raise Refused("catalogue.empty_annex", "A line with an amount needs a location to stand for it.")
        return dict.fromkeys(weights, 0)
    return dict(zip(weights, split_minor(line_minor, list(weights.values())), strict=True))


def minor_per_whole(currency: str) -> int:
    """Minor units in one whole unit of the currency: 100 for USD, 1 for CLP. Refuses an unknown currency."""
    if currency not in _MINOR_PER_WHOLE:
        minor_digits(currency)  # refuses it, naming those allowed
    return _MINOR_PER_WHOLE[currency]


def _index_ratio(price: Price, index_value: Decimal | None) -> tuple[int, int]:
    if index_value is None or index_value <= 0:
        raise Refused(
            "catalogue.no_index_value",
            f"The price is in {price.index_name}, and there is no value of {price.index_name} for the day.",
            index_name=price.index_name,
        )
    return index_value.as_integer_ratio()


def _tiered(price: Price, quantity: int, index_value: Decimal | None) -> Fraction:
    """Exact minor units of a tiered price for a whole cycle."""
    return sum((exact for *_, exact in _rows(price, quantity, index_value)), Fraction(0))


_Row = tuple[int, int, Decimal, str | None, Fraction]


def _rows(price: Price, quantity: int, index_value: Decimal | None) -> list[_Row]:
    """(first unit, units, unit price, index, exact minor units of a whole cycle) of each tier and fee."""
    rate = Fraction(minor_per_whole(price.currency))
    if price.index_name is not None:
        rate *= Fraction(*_index_ratio(price, index_value))
    rows: list[_Row] = []
    for first, units, tier in _used_tiers(price, quantity):
        rows.append((first, units, tier.unit_price, price.index_name, units * Fraction(tier.unit_price) * rate))
        if tier.flat_minor:
            fee = major(tier.flat_minor, price.currency)
            rows.append((first, 1, fee, None, Fraction(tier.flat_minor)))
    return rows


def _used_tiers(price: Price, quantity: int) -> list[tuple[int, int, Tier]]:
    """(first unit, units, tier) of each tier in use; a price without tiers is one tier."""
    if price.model == "flat":
        return [(1, 1, Tier(None, price.unit_price))]
    if price.model == "per_unit":
        return [(1, quantity, Tier(None, price.unit_price))]
    if quantity == 0:
        return []
    highest = _tier_of(price, quantity)
    if price.model == "volume":
        return [(1, quantity, highest)]
    used: list[tuple[int, int, Tier]] = []
    before = 0
    for tier in price.tiers:
        last = quantity if tier.up_to is None else min(tier.up_to, quantity)
        used.append((before + 1, last - before, tier))
        before = last
        if tier is highest:
            break
    return used


def _tier_of(price: Price, unit: int) -> Tier:
    for tier in price.tiers:
        if tier.up_to is None or unit <= tier.up_to:
            return tier
    raise Refused("catalogue.no_open_tier", f"No tier of the price covers unit {unit}.", unit=unit)


def _shares(total: int, exact: Sequence[Fraction]) -> list[int]:
    """Share a total among rows in proportion to their exact amounts, losing nothing."""
    common = lcm(*(row.denominator for row in exact))
    weights = [int(row * common) for row in exact]
    if not any(weights):
        return [0] * len(weights)
    return split_minor(total, weights)


def _take_off(net_minor: int, discounts: Sequence[Discount], fraction: Fraction) -> tuple[int, list[Applied]]:
    left, applied = net_minor, []
    for discount in discounts:
        if discount.percent_bp:
            off = half_up(Fraction(left * discount.percent_bp, 10_000))
        else:
            off = min(left, half_up(discount.fixed_minor * fraction))
        if off:
            left -= off
            applied.append(Applied(discount, off))
    return left, applied


def _rest_minor(offer: Offer, period: BilledPeriod, rest: Fraction) -> int:
    """The price of the rest of a period, at most that of the whole period.

    A discount is rounded apart from the price, so without the limit a rest could come out one unit dearer.
    """
    part = net_of(offer=offer, fraction=rest)
    if not offer.discounts:
        return part
    return min(part, net_of(offer=offer, fraction=rest_of(period=period, on=period.period_from)))


def _days_beyond(presence: Presence, period: BilledPeriod) -> int:
    """Days active in the period less the days billed for it; overlapping spans count once."""
    active, at = 0, period.period_from
    for span_from, span_to in sorted(presence.spans, key=lambda span: span[0]):
        begin = max(at, span_from)
        end = period.period_to if span_to is None else min(span_to, period.period_to)
        if begin < end:
            active += days_between(begin, end)
            at = end
    return active - (days_between(period.period_from, period.period_to) if presence.counted else 0)


def _days_minor(offer: Offer, period: BilledPeriod, days: int) -> int:
    unit_price = unit_price_at(price=offer.price, quantity=offer.quantity)
    price = Price("per_unit", offer.price.currency, unit_price, (), offer.price.index_name)
    percents = tuple(discount for discount in offer.discounts if discount.percent_bp)
    daily = Offer(price, 1, offer.index_value, percents)
    return net_of(offer=daily, fraction=Fraction(days, period.cycle_days))
