"""Pure decisions about documents."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from abono.base.kernel.money import half_up


def credited_sums(
    *, taxes: Sequence[Sequence[object]], net_minor: int, left_net: int, left_tax: Mapping[str, int]
) -> list[list[object]]:
    """The taxes of a credit note, `[code, rate_bp, base_minor, tax_minor]`, in minor units.

    Each tax that is left goes back in proportion to the net that is left, half up; the last credit takes all of it, so
    that credits of all parts give back exactly what was charged.
    """
    rows: list[list[object]] = []
    for code, rate_bp, base_minor, _ in taxes:
        left = left_tax.get(str(code), 0)
        share = Fraction(net_minor, left_net) if left_net else Fraction(0)
        rows.append([code, rate_bp, half_up(int(str(base_minor)) * share), half_up(left * share)])
    return rows
