"""A case of `test_policy_effects`: one key, a story, and what comes out of it for each value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from abono.domain.sellers.policy import Policy, builtin_policy, changed
from tests.actions.policy_stories import BARE


@dataclass(frozen=True)
class Case:
    """A story told once for each value of a key, on a built-in policy with some keys changed for all of them.

    `ends` maps each value to what must come out. `forced` are other keys that a value needs changed too, because the
    policy would be refused otherwise.
    """

    key: str
    policy: str
    story: Callable[[Policy], Any]
    ends: tuple[tuple[Any, Any], ...]
    base: Mapping[str, Any] = field(default_factory=dict)
    forced: Mapping[Any, Mapping[str, Any]] = field(default_factory=dict)

    def policies(self) -> list[tuple[Policy, Any]]:
        """The policy for each value, with what must come out under it."""
        base = changed(builtin_policy(self.policy), {**BARE, **self.base})
        return [(changed(base, {**self.forced.get(value, {}), self.key: value}), end) for value, end in self.ends]
