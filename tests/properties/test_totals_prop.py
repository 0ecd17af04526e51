"""The quick way to a document's totals, for lines that are taxed alike, gives what the rule gives."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from abono.base.kernel.money import half_up
from abono.domain.invoicing.digest import canonical_json
from abono.domain.invoicing.tax import Rounding, TaxDecision, TaxPart, tax_lines, taxed_part
from abono.domain.invoicing.taxation import Taxation, totals

NETS = st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=6)
PARTS = st.lists(
    st.tuples(st.sampled_from(["A", "B-1", "C"]), st.integers(0, 3000), st.sampled_from([10_000, 8_000, 3_333, 1])),
    max_size=4,
)


@given(nets=NETS, parts=PARTS, rounding=st.sampled_from(["document", "line"]))
def test_totals_are_those_of_the_rule(nets: list[int], parts: list[tuple[str, int, int]], rounding: Rounding) -> None:
    decision = TaxDecision(tuple(TaxPart(*part, {}) for part in parts), "taxed", "", {}, {})
    found = tax_lines(lines=[(net, decision) for net in nets], rounding=rounding)
    booked: dict[str, int] = {}
    for one in found:
        booked[one.code] = booked.get(one.code, 0) + one.tax_minor
    alike = len({code for code, *_ in parts}) == len(parts)
    taxation = Taxation(decision, "", tuple(parts) if alike else None, "")
    net_minor, tax_minor, taxes = totals(lines=[(net, taxation) for net in nets], rounding=rounding)
    assert (net_minor, tax_minor, dict(taxes.amounts)) == (sum(nets), sum(booked.values()), booked)
    assert taxes.text == canonical_json([[one.code, one.rate_bp, one.base_minor, one.tax_minor] for one in found])


@given(net_minor=st.integers(-(10**15), 10**15), share_bp=st.integers(0, 10_000))
def test_the_taxed_part_is_rounded_half_up(net_minor: int, share_bp: int) -> None:
    assert taxed_part(net_minor, share_bp) == half_up(Fraction(net_minor * share_bp, 10_000))
