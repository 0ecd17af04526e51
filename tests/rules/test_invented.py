"""Invented worlds hold together for any seed: people who can be billed, plans that are sold, draws that stay."""

from datetime import date
from pathlib import Path

import pytest

from abono.domain.customers.identifiers import identify
from abono.domain.customers.profile_rules import check_profile
from abono.domain.sellers.policy.keys import key_named
from abono.simulation.dice import Dice
from abono.simulation.invented import own_tax_id, people_at_start, people_joining, slug
from abono.simulation.world import World, worlds

SIMULATION = Path(__file__).parents[2] / "src" / "abono" / "simulation"
OPENING = date(2026, 1, 1)
WORLDS = {world.key: world for world in worlds()}


def test_draws_follow_from_seed_and_words_alone() -> None:
    dice = Dice("1")
    assert [dice.number(1000, "a"), dice.number(1000, "b"), dice.of("a").number(1000)] == [297, 588, 297]
    assert {dice.between(3, 5, number) for number in range(99)} == {3, 4, 5}
    assert {dice.weighted({"x": 1, "y": 0, "z": 2}, number) for number in range(99)} == {"x", "z"}
    assert sorted(dice.shuffled(range(9), "c")) == list(range(9))
    assert not dice.chance(0, "d")
    assert dice.chance(1000, "d")


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
def test_a_world_sells_what_it_has_prices_for(world: World) -> None:
    sold = {(one.unit, one.count) for one in world.policy.cycle.sold}
    for plan in world.plans:
        assert {(price.cycle.unit, price.cycle.count) for price in plan.prices} <= sold
        assert set(world.policy.seller.languages) <= set(plan.name)
        assert not plan.bigger or world.plan(plan.bigger).prices
    for offer in world.offers:
        assert set(offer.cycles) <= {price.cycle for price in world.plan(offer.plan).prices}
    assert set(world.money["means"]) <= set(world.policy.means)


@pytest.mark.parametrize("seed", [1, 2, 77])
@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
def test_people_can_be_billed(world: World, seed: int) -> None:
    dice = Dice(str(seed))
    people = [
        *people_at_start(world=world, dice=dice, opening=OPENING),
        *people_joining(world=world, dice=dice, month=date(2026, 3, 1)),
    ]
    assert len({person.reference for person in people}) == len(people)
    assert len({person.profile.get("tax_id", person.reference) for person in people}) == len(people)
    for person in people:
        fields = {"legal_name": person.name, "email": person.email, **person.profile}
        check = check_profile(country=person.country, fields=fields, required=world.policy.profile.requires)
        assert [one.field for one in check.problems] == ([person.lacks] if person.lacks else [])
        if "tax_id" in person.profile:
            identify(country=person.country, text=person.profile["tax_id"])
        assert all(taken.start >= OPENING for taken in person.services)
        if person.payer:
            assert person.payer in {one.reference for one in people}


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
def test_the_same_seed_gives_the_same_people(world: World) -> None:
    one, again, other = (people_at_start(world=world, dice=Dice(seed), opening=OPENING) for seed in ("1", "1", "2"))
    assert one == again
    assert [person.name for person in one] != [person.name for person in other]


def test_names_become_addresses() -> None:
    assert slug("Óptica Ñirre S.A.") == "optica-nirre-sa"
    assert slug("Elm & Rye") == "elm-rye"


def test_every_seller_has_a_tax_number_of_its_own() -> None:
    numbers = [own_tax_id(world=world) for world in WORLDS.values()]
    assert len(set(numbers)) == len(numbers)
    for world, number in zip(WORLDS.values(), numbers, strict=True):
        assert identify(country=world.policy.seller.country, text=number).canonical == number


def test_words_in_spanish_are_those_of_more_than_one_country() -> None:
    """One Spanish serves the Chilean and the Argentine seller: `cartola` is a bank statement in Chile alone."""
    says = key_named("means.*.settles").say["when-matched"]
    assert any("extracto bancario" in sentence for sentence in says)
    texts = [path for kind in ("*.py", "*.toml") for path in SIMULATION.rglob(kind)]
    assert [path.name for path in texts if "cartola" in path.read_text(encoding="utf-8").casefold()] == []
    assert any("extracto bancario" in path.read_text(encoding="utf-8") for path in texts)
