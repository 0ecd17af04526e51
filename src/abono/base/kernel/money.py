"""Exact money: whole minor units plus a currency. No float, two doors for rounding."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from abono.base.kernel.refusal import Refused

# Digits after the point on documents. ISO 4217 where not noted; HUF has two by ISO but none in practice
# (amounts and tax are rounded to 1 Ft), CLP has none (ISO 4217 and the Chilean tax office's integer totals).
MINOR_DIGITS: dict[str, int] = {
    "ARS": 2,
    "BRL": 2,
    "CAD": 2,
    "CHF": 2,
    "CLP": 0,
    "COP": 2,
    "CZK": 2,
    "EUR": 2,
    "GBP": 2,
    "HUF": 0,
    "JPY": 0,
    "KWD": 3,
    "MXN": 2,
    "PEN": 2,
    "PLN": 2,
    "RON": 2,
    "USD": 2,
    "UYU": 2,
}

# The widest amount that a bigint column holds with room for sums over many documents.
GREATEST_MINOR = 10**15


def minor_digits(currency: str) -> int:
    """Digits after the point of `currency`; refuses a currency that Abono does not know."""
    try:
        return MINOR_DIGITS[currency]
    except KeyError:
        allowed = ", ".join(sorted(MINOR_DIGITS))
        raise Refused(
            "money.unknown_currency", f"Unknown currency {currency!r}; allowed: {allowed}.", currency=currency
        ) from None


def half_up(value: Fraction | Decimal) -> int:
    """Round to a whole number, halves away from zero (Chile: Ley 18.267 art. 21, on the absolute value)."""
    exact = Fraction(value)
    numerator, denominator = abs(exact.numerator), exact.denominator
    whole = (2 * numerator + denominator) // (2 * denominator)
    return -whole if exact < 0 else whole


def tax_on(net_minor: int, rate_bp: int) -> int:
    """Tax in minor units on a net amount, at a rate in basis points (1900 = 19 %), halves away from zero."""
    scaled = (2 * abs(net_minor) * rate_bp + 10_000) // 20_000
    return -scaled if net_minor < 0 else scaled


def split_minor(total_minor: int, weights: Sequence[int]) -> list[int]:
    """Split a total by weights so that the shares sum to it exactly (largest remainder, first wins a tie).

    Weights are whole, not negative, and not all zero.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights must not be negative and not all zero")
    sign = -1 if total_minor < 0 else 1
    total = abs(total_minor)
    shares = [total * weight // whole for weight in weights]
    left = total - sum(shares)
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for index in order[:left]:
        shares[index] += 1
    return [sign * share for share in shares]


def to_minor(amount: str | Decimal, currency: str) -> int:
    """Whole minor units of an amount like `12.50`; refuses text that is no number and digits beyond the currency's."""
    digits = minor_digits(currency)
    try:
        value = amount if isinstance(amount, Decimal) else Decimal(amount.strip())
    except InvalidOperation:
        raise Refused("money.not_a_number", f"{amount!r} is not a number.", amount=str(amount)) from None
    if not value.is_finite():
        raise Refused("money.not_a_number", f"{amount!r} is not a number.", amount=str(amount))
    scaled = value.scaleb(digits)
    if scaled != scaled.to_integral_value():
        raise Refused(
            "money.too_fine",
            f"{amount} has more than the {digits} decimals that {currency} has.",
            amount=str(amount),
            currency=currency,
        )
    if abs(scaled) > GREATEST_MINOR:
        raise Refused("money.too_large", f"{amount} {currency} is beyond what one amount may be.")
    return int(scaled)


def major(minor: int, currency: str) -> Decimal:
    """The amount in whole units with exactly the currency's decimals: (1250, "USD") gives Decimal("12.50")."""
    digits = minor_digits(currency)
    return Decimal(minor).scaleb(-digits).quantize(Decimal(1).scaleb(-digits))
