"""State as a table of moves: the CHECK, the diagram and the bulk UPDATE are all made from it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moves:
    """Which state may follow which. `table` maps a state to the states that may follow it."""

    table: Mapping[str, frozenset[str]]

    @property
    def states(self) -> tuple[str, ...]:
        """All states, in the table's order."""
        return tuple(self.table)

    def allows(self, before: str, after: str) -> bool:
        """Whether a row in state `before` may go to `after`."""
        return after in self.table.get(before, frozenset())

    def sources_of(self, after: str) -> tuple[str, ...]:
        """The states from which `after` may be reached, for a bulk UPDATE's WHERE."""
        return tuple(state for state, followers in self.table.items() if after in followers)


def moves(**table: str) -> Moves:
    """Shorthand: `moves(open="settled voided", settled="open", voided="")`."""
    return Moves({state: frozenset(followers.split()) for state, followers in table.items()})
