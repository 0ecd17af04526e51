"""An invented seller as its file in `worlds/` describes it: who it is, what it sells, what its customers are like.

The name of the file is the name of the built-in policy that the seller bills under. Nothing here is real.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from abono.domain.sellers.policy import Policy, builtin_names, builtin_policy, builtin_text
from abono.domain.subscriptions.periods import Cycle


@dataclass(frozen=True, slots=True)
class PriceCard:
    """What a plan costs for one cycle; `index` is the name of the index that the price is in, or empty."""

    cycle: Cycle
    model: str
    price: str
    tiers: tuple[tuple[int | None, str], ...]
    setup_minor: int
    index: str


@dataclass(frozen=True, slots=True)
class PlanCard:
    """A plan of the catalogue. `bigger` is the plan that who outgrows it moves to, or empty."""

    key: str
    name: Mapping[str, str]
    counted: str
    prices: tuple[PriceCard, ...]
    bigger: str


@dataclass(frozen=True, slots=True)
class OfferCard:
    """What a customer may take: a plan for one of the cycles, a quantity within bounds, by weight."""

    plan: str
    cycles: tuple[Cycle, ...]
    quantity: tuple[int, int]
    weight: int


@dataclass(frozen=True, slots=True)
class World:
    """All that a file says. `people`, `partners`, `acts` and `extras` are read where they are used."""

    policy_name: str
    policy: Policy
    seller: Mapping[str, Any]
    plans: tuple[PlanCard, ...]
    offers: tuple[OfferCard, ...]
    people: Mapping[str, Any]
    partners: Mapping[str, Any]
    money: Mapping[str, Any]
    acts: Mapping[str, int]
    extras: tuple[Mapping[str, Any], ...]
    projects: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The seller's key on the command line."""
        return str(self.seller["key"])

    @property
    def policy_text(self) -> str:
        """The policy as it is stored with the seller."""
        return builtin_text(self.policy_name)

    def plan(self, key: str) -> PlanCard:
        """The plan of a key."""
        return next(plan for plan in self.plans if plan.key == key)

    def offer_of(self, key: str) -> OfferCard:
        """The offer of a plan."""
        return next(offer for offer in self.offers if offer.plan == key)


def worlds() -> tuple[World, ...]:
    """The worlds of all policies that come with Abono, in the policies' order."""
    return tuple(read_world(name) for name in builtin_names())


@cache
def read_world(policy_name: str) -> World:
    """The world of a built-in policy."""
    file = resources.files("abono.simulation").joinpath(f"worlds/{policy_name}.toml")
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    return World(
        policy_name=policy_name,
        policy=builtin_policy(policy_name),
        seller=data["seller"],
        plans=tuple(_plan(row) for row in data["plan"]),
        offers=tuple(_offer(row) for row in data["offer"]),
        people=data["people"],
        partners=data.get("partners", {}),
        money=data["money"],
        acts=data["acts"],
        extras=tuple(data.get("extra", ())),
        projects=tuple(data.get("projects", {}).get("words", ())),
    )


def _plan(row: Mapping[str, Any]) -> PlanCard:
    prices = tuple(
        PriceCard(
            Cycle.parse(one["cycle"]),
            one.get("model", row.get("model", "flat")),
            one.get("price", ""),
            tuple((tier[0] or None, tier[1]) for tier in one.get("tiers", ())),
            one.get("setup_minor", 0),
            one.get("index", ""),
        )
        for one in row["prices"]
    )
    return PlanCard(row["key"], row["name"], row.get("counted", "fixed"), prices, row.get("bigger", ""))


def _offer(row: Mapping[str, Any]) -> OfferCard:
    cycles = tuple(Cycle.parse(one) for one in row["cycles"])
    least, most = row.get("quantity", [1, 1])
    return OfferCard(row["plan"], cycles, (least, most), row.get("weight", 1))
