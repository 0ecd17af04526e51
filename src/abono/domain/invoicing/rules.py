"""Pure decisions about documents."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from abono.base.kernel.money import half_up


class LeftTax(NamedTuple):
    """What earlier credit notes have left of one tax of an invoice, in minor units."""

    code: str
    rate_bp: int
    base_minor: int
    tax_minor: int


def credited_sums(*, left: Sequence[LeftTax], net_minor: int, left_net: int) -> list[list[object]]:
    """The taxes of a credit note, `[code, rate_bp, base_minor, tax_minor]`, in minor units.

    Base and tax that are left go back in proportion to the net that is left, half up; the last credit takes all of
    it, so that credits of all parts give back exactly what was charged.
    """
    share = Fraction(net_minor, left_net) if left_net else Fraction(0)
    return [[one.code, one.rate_bp, half_up(one.base_minor * share), half_up(one.tax_minor * share)] for one in left]
