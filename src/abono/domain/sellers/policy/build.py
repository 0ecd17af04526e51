"""Makes a policy of values that are known to be valid."""

from collections.abc import Mapping
from typing import Any, Literal, cast

from abono.domain.sellers.policy.keys import keys_of
from abono.domain.sellers.policy.kinds import Lengths, length_parts
from abono.domain.sellers.policy.lines import Place
from abono.domain.sellers.policy.model import (
    Arrangement,
    Calendar,
    Cycle,
    Documents,
    Length,
    Means,
    MeansTable,
    Objection,
    Partner,
    Policy,
    Profile,
    Recovery,
    Restoration,
    Runs,
    Seller,
    Step,
    Suspension,
)

Values = Mapping[Place, Any]


def policy_from(values: Values, steps: tuple[Step, ...]) -> Policy:
    """The policy of complete, valid values by place."""
    names = dict.fromkeys(place[1] for place in values if place[0] == "means")
    means = tuple((str(name), Means(**_table(values, ("means", name), "means.*"))) for name in names)
    return Policy(
        seller=Seller(**_section(values, "seller")),
        documents=Documents(**_section(values, "documents")),
        cycle=Cycle(**_section(values, "cycle")),
        profile=Profile(**_section(values, "profile")),
        means=MeansTable(means),
        partner=Partner(**_section(values, "partner")),
        runs=Runs(**_section(values, "runs")),
        calendar=Calendar(steps),
        suspension=Suspension(**_section(values, "suspension")),
        objection=Objection(**_section(values, "objection")),
        arrangement=Arrangement(**_section(values, "arrangement")),
        restoration=Restoration(**_section(values, "restoration")),
        recovery=Recovery(**_section(values, "recovery")),
    )


def step_from(values: Values, index: int) -> Step:
    """One valid step. Only a suspension or termination has a scope."""
    said = _table(values, ("calendar", "steps", index), "calendar.steps")
    kind: Literal["day", "business_day"] = "business_day" if said["day"] is None else "day"
    scope = said["scope"] if said["do"] in ("suspend", "terminate") else None
    return Step(kind=kind, number=said[kind], do=said["do"], scope=scope, text=said["text"], by=said["by"])


def length_of(text: str) -> Length:
    """The length that a valid text such as "3 months" states."""
    parts = length_parts(text)
    if parts is None:
        raise ValueError(f"{text!r} is not a period")
    return Length(cast(Any, parts[0]), parts[1])


def _section(values: Values, section: str) -> dict[str, Any]:
    return _table(values, (section,), section)


def _table(values: Values, place: Place, section: str) -> dict[str, Any]:
    said = {name: values[(*place, name)] for name in keys_of(section)}
    for name, row in keys_of(section).items():
        if isinstance(row.kind, Lengths):
            said[name] = tuple(length_of(text) for text in said[name])
    return said
