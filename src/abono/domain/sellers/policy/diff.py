"""What one policy says otherwise than another."""

from collections.abc import Iterator
from dataclasses import dataclass

from abono.domain.sellers.policy.model import Plain, Policy, same_setting


@dataclass(frozen=True, slots=True)
class Difference:
    """A key on which two policies differ; the side that lacks the key has nothing."""

    key: str
    before: Plain | None
    after: Plain | None


def differences(before: Policy, after: Policy) -> list[Difference]:
    """Every key on which the policies differ, in order. Steps are told apart by what they do."""
    one, other = before.settings(), after.settings()
    return [
        Difference(key, one.get(key), other.get(key))
        for key in _merged(list(one), list(other))
        if key not in one or key not in other or not same_setting(key, one[key], other[key])
    ]


def _merged(one: list[str], other: list[str]) -> Iterator[str]:
    """The keys of both, each once, those of the other right after the key that they follow there."""
    follows: dict[str, list[str]] = {}
    last = ""
    for key in other:
        if key in one:
            last = key
        else:
            follows.setdefault(last, []).append(key)
    yield from follows.get("", ())
    for key in one:
        yield key
        yield from follows.get(key, ())
