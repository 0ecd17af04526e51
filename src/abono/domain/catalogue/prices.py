"""What a price and a discount are, and the checks that stand between what people and files say and the two.

Models: `flat` costs the same whatever the quantity; `per_unit` a unit price for each; `graduated` prices each
unit by the tier it falls in; `volume` prices every unit by the tier that the total falls in. Unit prices are
in whole units of the currency with at most six decimals, or in those of an index such as the UF.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from abono.base.kernel.money import GREATEST_MINOR, minor_digits
from abono.base.kernel.refusal import Refused

Model = Literal["flat", "per_unit", "graduated", "volume"]

MODELS: tuple[Model, ...] = ("flat", "per_unit", "graduated", "volume")
PLACES = 6

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_LARGEST = Decimal(10) ** 12
_MOST_UNITS = 10**9


@dataclass(frozen=True, slots=True)
class Tier:
    """Units up to and including `up_to` (None: all further ones); `flat_minor` is due once it is used."""

    up_to: int | None
    unit_price: Decimal
    flat_minor: int = 0


@dataclass(frozen=True, slots=True)
class Price:
    """What a plan costs for one whole cycle. `check_price` makes one from what people and files say.

    `unit_price` belongs to flat and per-unit prices, `tiers` to the others. With `index_name`, unit prices
    are in that index; the flat fees of tiers are always in minor units of the currency.
    """

    model: Model
    currency: str
    unit_price: Decimal = Decimal(0)
    tiers: tuple[Tier, ...] = ()
    index_name: str | None = None

    @property
    def tier_rows(self) -> list[list[int | str | None]]:
        """The tiers as rows to store, as `check_price` reads them: `[up_to, unit price]`, any flat fee."""
        return [
            [tier.up_to, str(tier.unit_price), *([tier.flat_minor] if tier.flat_minor else [])] for tier in self.tiers
        ]


@dataclass(frozen=True, slots=True)
class Discount:
    """Less to pay for the periods that begin in `[valid_from, valid_to)`.

    Either `percent_bp` (2500 = 25 %) or `fixed_minor` is above zero. A fixed discount is for one whole cycle;
    a stub gets its fraction of it, half up.
    """

    name: str
    valid_from: date
    valid_to: date | None = None
    percent_bp: int = 0
    fixed_minor: int = 0


def check_price(
    *,
    model: object,
    currency: object,
    unit_price: object = None,
    tiers: Sequence[object] = (),
    index_name: str | None = None,
) -> Price:
    """The price that people, files or rows describe, or a refusal that says what is wrong and what is right.

    Numbers are Decimal, whole numbers or text such as "12.50". A tier is a `Tier` or `[up_to, unit price]` or
    `[up_to, unit price, flat fee in minor units]`; the last tier has no upper limit (None).
    """
    if model not in MODELS:
        raise Refused(
            "catalogue.unknown_model",
            f"Unknown price model {model!r}; allowed: {', '.join(MODELS)}.",
            model=model,
        )
    if not isinstance(currency, str):
        raise Refused("money.unknown_currency", f"The currency is {currency!r}; it must be text such as USD.")
    minor_digits(currency)
    if model in ("flat", "per_unit"):
        if tiers:
            raise Refused("catalogue.unwanted_tiers", f"A {model} price has one unit price and no tiers.")
        number = check_unit_price(unit_price, what="The price")
        return Price(model, currency, number, (), index_name)
    if unit_price is not None:
        raise Refused("catalogue.unwanted_unit_price", f"A {model} price has its unit prices in its tiers.")
    return Price(model, currency, Decimal(0), _checked_tiers(tiers), index_name)


def check_discount(
    *,
    name: str,
    valid_from: date,
    valid_to: date | None = None,
    percent_bp: int | None = None,
    fixed_minor: int | None = None,
) -> Discount:
    """A discount, or a refusal: either per cent (1 to 10,000 basis points) or a fixed amount above zero."""
    if (percent_bp is None) == (fixed_minor is None):
        raise Refused("catalogue.bad_discount", f"Discount {name!r} must be either per cent or a fixed amount.")
    if percent_bp is not None and not 1 <= percent_bp <= 10_000:
        raise Refused("catalogue.bad_discount", f"Discount {name!r} must be 1 to 10000 basis points.")
    if fixed_minor is not None and not 1 <= fixed_minor <= GREATEST_MINOR:
        raise Refused("catalogue.bad_discount", f"Discount {name!r} must take off at least one minor unit.")
    if valid_to is not None and valid_to <= valid_from:
        raise Refused("catalogue.bad_discount", f"Discount {name!r} ends on {valid_to}, before it begins.")
    return Discount(name, valid_from, valid_to, percent_bp or 0, fixed_minor or 0)


def check_unit_price(value: object, *, what: str) -> Decimal:
    """A price per unit: a number, not negative, at most six decimals and twelve digits before the point."""
    number = _number(value, what=what)
    if number < 0:
        raise Refused("catalogue.negative_price", f"{what} is {number}; it cannot be negative.", value=str(value))
    if number >= _LARGEST:
        raise Refused("catalogue.price_too_large", f"{what} must be less than {_LARGEST:f}.", value=str(value))
    if number != number.quantize(Decimal(1).scaleb(-PLACES)):
        raise Refused(
            "catalogue.price_too_fine",
            f"{what} is {number}; at most {PLACES} decimals are allowed.",
            value=str(value),
        )
    return number


def check_quantity(value: object, *, what: str = "The quantity") -> int:
    """A whole number of units, 0 to a thousand million."""
    number = _number(value, what=what)
    if number != number.to_integral_value():
        raise Refused("catalogue.broken_quantity", f"{what} is {number}; it must be whole.", value=str(value))
    if not 0 <= number <= _MOST_UNITS:
        raise Refused("catalogue.bad_quantity", f"{what} is {number}; allowed: 0 to {_MOST_UNITS}.", value=str(value))
    return int(number)


def _checked_tiers(tiers: Sequence[object]) -> tuple[Tier, ...]:
    if not tiers:
        raise Refused("catalogue.no_tiers", "A graduated or volume price needs at least one tier.")
    checked = tuple(_checked_tier(number, tier) for number, tier in enumerate(tiers, start=1))
    for number, (tier, following) in enumerate(pairwise(checked), start=1):
        if tier.up_to is None or tier.up_to == following.up_to:
            raise Refused(
                "catalogue.tiers_overlap",
                f"Tier {number + 1} covers units that tier {number} covers already.",
            )
        if following.up_to is not None and following.up_to < tier.up_to:
            raise Refused(
                "catalogue.tiers_unordered",
                f"Tier {number + 1} ends at {following.up_to}, tier {number} before it at {tier.up_to}.",
            )
    if checked[-1].up_to is not None:
        raise Refused(
            "catalogue.no_open_tier",
            f"The last tier ends at {checked[-1].up_to}; it must be open, without a limit.",
        )
    return checked


def _checked_tier(number: int, tier: object) -> Tier:
    up_to: object
    unit_price: object
    flat_minor: object
    if isinstance(tier, Tier):
        up_to, unit_price, flat_minor = tier.up_to, tier.unit_price, tier.flat_minor
    elif isinstance(tier, list | tuple) and len(tier) in (2, 3):
        up_to, unit_price, flat_minor = (*tier, 0)[:3]
    else:
        raise Refused("catalogue.bad_tier", f"Tier {number} must be [up to, unit price] or with a flat fee third.")
    limit = None if up_to is None else check_quantity(up_to, what=f"The limit of tier {number}")
    if limit == 0:
        raise Refused("catalogue.bad_tier", f"Tier {number} must reach at least unit 1.")
    fee = check_quantity(flat_minor, what=f"The flat fee of tier {number}")
    return Tier(limit, check_unit_price(unit_price, what=f"The price of tier {number}"), fee)


def _number(value: object, *, what: str) -> Decimal:
    """An exact number; binary fractions and text that is no plain number are refused."""
    if isinstance(value, Decimal) and value.is_finite():
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str) and len(value) <= 40 and _NUMBER.fullmatch(value.strip()):
        return Decimal(value.strip())
    raise Refused(
        "catalogue.not_a_number",
        f"{what} is {str(value)[:40]!r}; it must be a number such as 12.50.",
        value=str(value)[:40],
    )
