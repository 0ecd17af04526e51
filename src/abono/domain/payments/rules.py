"""Pure decisions about money that arrived: what it settles, and what part of it is a fee."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple
from uuid import UUID

from abono.base.kernel.money import half_up, tax_on

WHOLE_BP = 10_000


# The state in which money by a means begins, by when the policy lets it count (`means.*.settles`).
_FIRST_STATES: Mapping[str, str] = {
    "at-once": "settled",
    "when-reported": "settled",
    "when-cleared": "pending",
    "when-matched": "reported",
}


def first_state(*, settles: str, said: str | None) -> str:
    """The state in which a payment begins: as was said, else as its means settles; some count once reported."""
    if said is None or (said, settles) == ("reported", "when-reported"):
        return _FIRST_STATES[settles]
    return said


class Owed(NamedTuple):
    """An open document, in the order in which it is to be paid."""

    document_id: UUID
    open_minor: int


class Share(NamedTuple):
    """Part of the money for one document."""

    document_id: UUID
    amount_minor: int


def allocate(*, free_minor: int, owed: Iterable[Owed]) -> list[Share]:
    """Money goes to documents in the order given until it is used up; the rest stays the customer's."""
    shares: list[Share] = []
    for document_id, open_minor in owed:
        amount_minor = min(free_minor, open_minor)
        if amount_minor > 0:
            shares.append(Share(document_id, amount_minor))
            free_minor -= amount_minor
    return shares


def in_chosen_order(*, owed: Sequence[Owed], chosen: Sequence[UUID]) -> list[Owed]:
    """The documents that were chosen, in that order, each once; all of them, oldest due first, if none was chosen."""
    if not chosen:
        return list(owed)
    by_id = {one.document_id: one for one in owed}
    return [by_id[document_id] for document_id in dict.fromkeys(chosen) if document_id in by_id]


def fee_within(*, amount_minor: int, fee_bp: int) -> int:
    """The card fee inside an amount that was paid with its fee: base + fee on the base = amount, as near as can be."""
    if fee_bp == 0:
        return 0
    base = half_up(Fraction(amount_minor * WHOLE_BP, WHOLE_BP + fee_bp))
    for candidate in (base, base - 1, base + 1):
        if candidate + tax_on(candidate, fee_bp) == amount_minor:
            return amount_minor - candidate
    return amount_minor - base


def fee_on(*, base_minor: int, fee_bp: int) -> int:
    """The card fee to be added to an amount, shown before paying."""
    return tax_on(base_minor, fee_bp)


def fee_share(*, fee_minor: int, refunded_minor: int, base_minor: int) -> int:
    """The share of the fee that goes back with a refund of part of the base, half up."""
    if base_minor <= 0:
        return 0
    return half_up(Fraction(fee_minor * refunded_minor, base_minor))
