"""A policy back as TOML, every key written out, and a policy with some keys changed."""

from collections.abc import Mapping
from typing import Any

from abono.base.kernel.refusal import Missing
from abono.domain.sellers.policy.keys import keys_of
from abono.domain.sellers.policy.model import Policy
from abono.domain.sellers.policy.read import read_tree


def policy_text(policy: Policy) -> str:
    """The policy as TOML that reads back to an equal policy, defaults written out."""
    written: list[str] = []
    for section, table in policy_tree(policy).items():
        written.append(f"[{section}]")
        written += [f"{name} = {_value(value)}" for name, value in table.items()]
        written.append("")
    return "\n".join(written)


def policy_tree(policy: Policy) -> dict[str, dict[str, Any]]:
    """The policy as the plain tree of its file."""
    tree: dict[str, dict[str, Any]] = {}
    for path, value in policy.settings().items():
        section, _, name = path.partition(".")
        table = tree.setdefault(section, {})
        if section == "calendar":
            steps = table.setdefault("steps", [])
            steps += [_raw(value)] if isinstance(value, Mapping) else []
        elif policy.follows_another(path):
            continue
        elif section == "means":
            means, _, field = name.partition(".")
            table.setdefault(means, {})[field] = _raw(value)
        else:
            table[name] = _raw(value)
    return tree


def changed(policy: Policy, changes: Mapping[str, Any]) -> Policy:
    """The same policy with other values for some keys; `calendar.steps` takes a sequence of plain tables.

    Raises PolicyError if the outcome is not valid, Missing if the policy has no such key.
    """
    tree = policy_tree(policy)
    for key, value in changes.items():
        *way, name = key.split(".")
        table: Any = tree
        for part in way:
            table = table.get(part) if isinstance(table, dict) else None
        section = "means.*" if key.startswith("means.") else ".".join(way)
        if not isinstance(table, dict) or name not in keys_of(section):
            raise Missing("policy.unknown_key", f"The policy has no key {key!r}.", key=key)
        table[name] = _raw(value)
    return read_tree(tree=tree, file="policy", lines={})


def _raw(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_raw(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _raw(item) for name, item in value.items()}
    return value


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        inner = [_value(item) for item in value]
        if any(isinstance(item, dict) for item in value):
            return "[\n" + "".join(f"  {item},\n" for item in inner) + "]"
        return f"[{', '.join(inner)}]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_value(item)}" for name, item in value.items()) + " }"
    return str(value) if isinstance(value, int) else f'"{value}"'
