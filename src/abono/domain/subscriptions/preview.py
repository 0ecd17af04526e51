"""What a subscription will be asked for: the same rule as the billing run, without a database."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from abono.base.kernel.refusal import Refused
from abono.domain.catalogue.pricing import Discount, Offer, Price, applying, net_of
from abono.domain.subscriptions.periods import Period, Terms, periods


@dataclass(frozen=True, slots=True)
class Line:
    """One period to be asked for, and its net amount in minor units of the price's currency."""

    period: Period
    amount_minor: int


def preview(
    *,
    terms: Terms,
    price: Price,
    quantity: int = 1,
    discounts: tuple[Discount, ...] = (),
    index_value: Decimal | None = None,
    on: date,
) -> list[Line]:
    """The lines of all periods that begin on or before `on` and before the end of the terms.

    Refuses a day before the start: on it there is no subscription to ask about.
    """
    if on < terms.start:
        raise Refused(
            "subscriptions.before_start", f"{on} is before the start {terms.start}.", on=on, start=terms.start
        )
    return [
        line_of(period=period, price=price, quantity=quantity, discounts=discounts, index_value=index_value)
        for period in periods(terms, on)
    ]


def line_of(
    *,
    period: Period,
    price: Price,
    quantity: int,
    discounts: tuple[Discount, ...] = (),
    index_value: Decimal | None = None,
) -> Line:
    """One line: exact price x exact fraction, half up once, then the discounts of the period's first day."""
    valid = applying(discounts=discounts, on=period.period_from) if discounts else ()
    return Line(period, net_of(offer=Offer(price, quantity, index_value, valid), fraction=period.fraction))


def sum_of_fractions(lines: list[Line]) -> Fraction:
    """How many whole cycles the lines come to, exactly."""
    return sum((line.period.fraction for line in lines), Fraction(0))
