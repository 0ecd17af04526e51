"""The shape of a row of the key table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from abono.domain.sellers.policy.kinds import Kind

# Which part of the product reads a key: I billing, II collection, III portal and gateways, IV channels and
# staff.
Part = Literal["I", "II", "III", "IV"]
PARTS: tuple[Part, ...] = get_args(Part)

# The parts that are built. A key of any other part is read and shown, and marked as not yet in effect.
IN_EFFECT: frozenset[Part] = frozenset({"I", "II"})

# A sentence in English, Spanish and Hungarian.
Sentences = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Required:
    """Stands where a default would: the key must be written."""


@dataclass(frozen=True, slots=True)
class Same:
    """A default that is whatever another key of the section says."""

    name: str


REQUIRED = Required()


@dataclass(frozen=True, slots=True)
class Key:
    """One key: where it stands, what it may be, which part reads it, and what it says.

    `about` says what the key settles, for the reference. `say` maps a case of the value to its sentence per
    language; `speak` names the vocabulary that puts the value into the sentence. A default, once released,
    never changes: the fingerprints of policies leave defaults out.
    """

    section: str
    name: str
    part: Part
    kind: Kind
    about: str
    say: Mapping[str, Sentences] = field(default_factory=dict)
    speak: str = "nothing"
    default: object = REQUIRED

    @property
    def path(self) -> str:
        """`section.key`, with `*` for the name of a means."""
        return f"{self.section}.{self.name}"

    @property
    def required(self) -> bool:
        """Whether the file must have the key."""
        return isinstance(self.default, Required)

    @property
    def in_effect(self) -> bool:
        """Whether something reads the key already."""
        return self.part in IN_EFFECT
