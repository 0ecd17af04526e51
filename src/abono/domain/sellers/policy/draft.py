"""A policy on its way in: the values that are valid so far, and the faults found."""

from collections.abc import Mapping
from typing import Any

from abono.domain.sellers.policy.kinds import FloatText, shown
from abono.domain.sellers.policy.lines import Place, line_at
from abono.domain.sellers.policy.model import Step
from abono.domain.sellers.policy.problems import Problem


def key_of(place: Place) -> str:
    """A place as messages name it: `section.key`; entries count from 1: `calendar.steps[2].day`."""
    words = ""
    for part in place:
        words += f"[{part + 1}]" if isinstance(part, int) else ("." if words else "") + _bare(part)
    return words


def _bare(key: str) -> str:
    plain = key.isascii() and key.replace("_", "").replace("-", "").isalnum() and len(key) <= 60
    return key if plain else shown(key)


class Draft:
    """Values by place, and problems. A place without a value is missing or wrong, and its fault is noted.

    `steps` is the calendar once each of its steps is valid by itself.
    """

    def __init__(self, file: str, lines: Mapping[Place, int]) -> None:
        self.file = file
        self.lines = lines
        self.values: dict[Place, Any] = {}
        self.steps: tuple[Step, ...] | None = None
        self.problems: list[Problem] = []

    def blame(self, place: Place, wrong: str, allowed: str, *, key: Place | None = None) -> None:
        """Note a fault at `place`, once; `key` names another key than the place whose line is told."""
        line = line_at(self.lines, place)
        problem = Problem(self.file, line, key_of(place if key is None else key), wrong, allowed)
        if problem not in self.problems:
            self.problems.append(problem)

    def blame_floats(self, place: Place, value: object) -> set[Place]:
        """Note every number with a point at or below `place`, and tell where they are."""
        if isinstance(value, FloatText):
            allowed = "whole numbers: money in minor units, rates in basis points"
            self.blame(place, f"{shown(value)} is a decimal number (float)", allowed)
            return {place}
        inner: list[tuple[str | int, object]] = []
        if isinstance(value, dict):
            inner = list(value.items())
        elif isinstance(value, list):
            inner = list(enumerate(value))
        return {found for name, item in inner for found in self.blame_floats((*place, name), item)}

    def put(self, place: Place, value: object) -> None:
        """Keep a valid value."""
        self.values[place] = value

    def value(self, path: str) -> Any:
        """The valid value of `section.key`; nothing when it is missing or wrong."""
        return self.values.get(tuple(path.split(".")))

    def blame_key(self, path: str, wrong: str, allowed: str) -> None:
        """Note a fault of `section.key`, at its line or else its section's."""
        self.blame(tuple(path.split(".")), wrong, allowed)
