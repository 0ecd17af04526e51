"""The policies that come with Abono, one for each kind of business."""

from importlib.resources import files

from abono.base.kernel.refusal import Missing
from abono.domain.sellers.policy.model import Policy
from abono.domain.sellers.policy.read import read_policy

_FOLDER = "abono.policies"


def builtin_names() -> tuple[str, ...]:
    """The names of the policies that come with Abono."""
    names = (entry.name for entry in files(_FOLDER).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def builtin_text(name: str) -> str:
    """The TOML text of a policy that comes with Abono."""
    if name not in builtin_names():
        allowed = ", ".join(builtin_names())
        raise Missing("policy.unknown_name", f"There is no policy named {name!r}; there are: {allowed}.", name=name)
    return files(_FOLDER).joinpath(f"{name}.toml").read_text(encoding="utf-8")


def builtin_policy(name: str) -> Policy:
    """A policy that comes with Abono."""
    return read_policy(text=builtin_text(name), file=f"{name}.toml")
