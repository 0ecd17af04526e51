"""What a gateway must be able to do. Adapters follow it; whoever assembles the program hands them to the runs.

A key makes a charge exist once: the same key again gives the outcome of the first time and takes nothing more. A key
is never used for anything else and is kept for ever on our side.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol


class Unreachable(Exception):
    """No answer, or none that can be trusted: whether the money was taken is not known."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a charge. `amount_minor` and `currency` are what the gateway took, is taking or was asked for.

    `settled`: the money is taken. `pending`: accepted, and settled or returned on a later day. `declined`: nothing is
    taken. `returned`: it was taken and went back. `code` is the scheme's own (see data/retries.toml), "" when settled
    or pending. `reference` is the gateway's name for it.
    """

    state: Literal["settled", "pending", "declined", "returned"]
    amount_minor: int
    currency: str
    code: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """Money of the charge under `key` that the bank took back, with the scheme's code."""

    key: str
    amount_minor: int
    currency: str
    code: str
    reference: str = ""


class Gateway(Protocol):
    """One account with whoever moves the money. Methods raise Unreachable when the answer did not come."""

    def charge(self, *, key: str, token: str, amount_minor: int, currency: str, means: str) -> Outcome:
        """Take the money, once per key. Called in no transaction."""

    def outcome_of(self, *, key: str) -> Outcome | None:
        """What became of the charge under a key; None when no charge under it ever arrived."""

    def returned_since(self, *, day: date) -> Sequence[Returned]:
        """All money that was taken back on this day or a later one, however long ago it was charged."""


# The gateways of one seller by the name of the means that each charges; without any, nobody charges.
Gateways = Mapping[str, Gateway]
