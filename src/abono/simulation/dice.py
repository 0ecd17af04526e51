"""Chance that is the same for ever: what is drawn follows from the seed and from what it is about, never from order."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")
THOUSAND = 1000


@dataclass(frozen=True, slots=True)
class Dice:
    """Draws of one world. The same seed and the same words give the same draw in every process."""

    seed: str

    def of(self, *about: object) -> "Dice":
        """The dice of a part of this world: a customer's, a month's."""
        return Dice("|".join(map(str, (self.seed, *about))))

    def number(self, below: int, *about: object) -> int:
        """A whole number from 0 up to and not including `below`."""
        text = "|".join(map(str, (self.seed, *about)))
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") % below

    def between(self, least: int, most: int, *about: object) -> int:
        """A whole number from `least` to `most`, both included."""
        return least + self.number(most - least + 1, *about)

    def chance(self, per_mille: int, *about: object) -> bool:
        """Whether something that happens so many times in a thousand happens."""
        return self.number(THOUSAND, *about) < per_mille

    def pick(self, items: Sequence[Item], *about: object) -> Item:
        """One of the items."""
        return items[self.number(len(items), *about)]

    def weighted(self, weights: Mapping[str, int], *about: object) -> str:
        """One of the names, by weight."""
        left = self.number(sum(weights.values()), *about)
        for name, weight in weights.items():
            if left < weight:
                return name
            left -= weight
        raise AssertionError("weights sum to more than was drawn")

    def shuffled(self, items: Iterable[Item], *about: object) -> list[Item]:
        """All items in an order of chance."""
        return [
            item for _, item in sorted((self.number(2**62, *about, index), item) for index, item in enumerate(items))
        ]
