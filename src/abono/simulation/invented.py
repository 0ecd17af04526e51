"""Invented customers: who they are, what they take and how they pay. All of it follows from the seed and a name.

Nothing is read or written here; the same seed, world and month give the same people in every process.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from abono.base.kernel.days import add_months, in_month, plus_days
from abono.domain.customers.identifiers import invent_identifier
from abono.domain.subscriptions.periods import Cycle
from abono.simulation.dice import Dice
from abono.simulation.world import OfferCard, World

# Identifiers are numbered: so many are set apart for each seller and seed, and each kind of reference has its own part.
_NUMBERS, _SET_APART = 100_000, 5_000
_REFERENCES: tuple[tuple[re.Pattern[str], Callable[..., int]], ...] = (
    (re.compile(r"(\d{3})"), lambda number: number),
    (re.compile(r"p(\d+)"), lambda partner: 1_000 + partner),
    (re.compile(r"p(\d+)-(\d\d)"), lambda partner, client: 1_100 + 100 * partner + client),
    (re.compile(r"(\d\d)(\d\d)-(\d+)"), lambda year, month, number: 2_000 + 40 * _month(year, month) + number),
    (re.compile(r"p(\d+)-n(\d\d)(\d\d)"), lambda partner, year, month: 3_500 + 40 * partner + _month(year, month)),
)
_FIRST_YEAR, _LAST_DAY = 26, 28
_OWN_NUMBER = 99_417


@dataclass(frozen=True, slots=True)
class Taken:
    """A service that a customer takes: plan, cycle, quantity, what it is called, the day its next period begins."""

    plan: str
    cycle: Cycle
    quantity: int
    words: str
    start: date
    discount_bp: int = 0


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to write to."""

    name: str
    email: str
    role: str


@dataclass(slots=True)
class Person:
    """An invented customer. `since` is the day it came; None: it was there at the beginning.

    `lacks` is the profile's field that is missing at first, or empty. `payer` is the reference of who pays for it.
    `stores` are its locations by name.
    """

    reference: str
    name: str
    country: str
    language: str
    email: str
    profile: dict[str, str]
    dice: Dice
    habit: str
    means: str
    card: tuple[str, str]
    since: date | None = None
    lacks: str = ""
    mends_on: date | None = None
    evidence: bool = False
    exempt: bool = False
    payer: str = ""
    anchor_day: int = 0
    contacts: list[Contact] = field(default_factory=list)
    stores: list[str] = field(default_factory=list)
    services: list[Taken] = field(default_factory=list)


def people_at_start(*, world: World, dice: Dice, opening: date) -> list[Person]:
    """Everybody who is there on the opening day: partners before their clients, then those who pay for themselves."""
    found: list[Person] = []
    for number in range(int(world.partners.get("there", 0))):
        found += _partner_with_clients(world, dice, number, opening)
    for number in range(int(world.people["there"])):
        found.append(_person(world, dice, f"{number + 1:03d}", opening))
    return found


def people_joining(*, world: World, dice: Dice, month: date) -> Iterator[Person]:
    """Who signs up in a month (given by its first day)."""
    for number in range(int(world.people["joining"])):
        reference = f"{month:%y%m}-{number + 1}"
        day = in_month(month.year, month.month, dice.between(2, _LAST_DAY, reference, "joins"))
        person = _person(world, dice, reference, day)
        person.since = day
        person.services = person.services[:1]
        yield person


def client_joining(*, world: World, dice: Dice, payer: Person, name: str, on: date) -> Person:
    """A client that comes to a partner on a day."""
    person = _client(world, dice, payer, name, on)
    person.since = on
    return person


def _person(world: World, dice: Dice, reference: str, opening: date) -> Person:
    person = _somebody(world, dice.of(world.key, reference), reference, world.people)
    mine, people = person.dice, world.people
    proven = person.evidence or person.exempt
    if not proven and mine.chance(int(people.get("incomplete", 0)), "incomplete"):
        person.lacks = mine.pick(people["lacks"], "lacks")
        person.profile.pop(person.lacks, None)
        if mine.chance(int(people["mends"]), "mends"):
            person.mends_on = plus_days(opening, mine.between(9, 75, "mends on"))
    _add_services(world, person, opening)
    return person


def _somebody(world: World, mine: Dice, reference: str, like: Mapping[str, Any]) -> Person:
    """A customer without services: names, places and habits."""
    people, seller = world.people, world.policy.seller
    abroad = people.get("abroad", {})
    away = mine.chance(int(abroad.get("share", 0)), "abroad")
    home = dict(mine.pick((abroad if away else people)["home"], "home"))
    country = home.pop("country", seller.country)
    words = _words({**people, **like}, mine)
    name = mine.pick([like["name"]] if isinstance(like["name"], str) else like["name"], "name").format_map(words)
    mail = f"{slug(name)}-{reference}.example"
    profile = {**home, "address": people["address"].format_map(words), "country": country}
    profile |= {field: mine.pick(values, field) for field, values in people.get("fields", {}).items()}
    profile["tax_id"] = invent_identifier(country=country, seed=_identifier_number(world, mine, reference))
    role = mine.pick(("accounting", "owner", "technical"), "role")
    contacts = []
    if mine.chance(int(people["contacts"]), "contact"):
        contacts.append(Contact(people["full"].format_map(words), f"{slug(words['first'])}@{mail}", role))
    means = mine.weighted(world.money["means"], "means")
    funding, _, brand = mine.pick(world.money["cards"], "card").partition(" ")
    return Person(
        reference=reference,
        name=name,
        country=country,
        language=str(abroad["language"]) if away else seller.languages[0],
        email=f"office@{mail}",
        profile=profile,
        dice=mine,
        habit=mine.weighted(world.money["habits"], "habit"),
        means=means,
        card=(funding, brand) if means == "card" else ("", ""),
        evidence=away,
        exempt=mine.chance(int(people.get("exempt", 0)), "exempt"),
        contacts=contacts,
        stores=_stores(people, mine, words),
    )


def _words(people: Mapping[str, Any], mine: Dice) -> dict[str, str]:
    words = {name: mine.pick(people[name], name) for name in ("kind", "word", "form", "first", "last", "street")}
    others = [one for one in people["last"] if one != words["last"]]
    return words | {
        "last2": mine.pick(others, "last2"),
        "number": str(mine.between(*people.get("numbers", (20, 1980)), "number")),
    }


def own_tax_id(*, world: World) -> str:
    """The invented seller's own tax number; two sellers of one country have two."""
    return invent_identifier(country=world.policy.seller.country, seed=world.seller.get("number", _OWN_NUMBER))


def _identifier_number(world: World, mine: Dice, reference: str) -> int:
    for form, number in _REFERENCES:
        found = form.fullmatch(reference)
        if found:
            block = Dice(mine.seed.partition("|")[0]).number(_NUMBERS // _SET_APART, world.key, "identifiers")
            return block * _SET_APART + number(*map(int, found.groups()))
    raise ValueError(f"{reference} is no reference of an invented customer")


def _month(year: int, month: int) -> int:
    return 12 * (year - _FIRST_YEAR) + month


def _stores(people: Mapping[str, Any], mine: Dice, words: Mapping[str, str]) -> list[str]:
    if "stores" not in people:
        return []
    count = mine.between(*people["stores"], "stores")
    streets = mine.shuffled(people["street"], "store streets")
    return [store_name(people, mine, streets[index % len(streets)], index) for index in range(count)]


def store_name(people: Mapping[str, Any], mine: Dice, street: str, index: int) -> str:
    """What a location is called."""
    number = mine.between(1, 480, "store", index)
    return str(people["place"].format(street=street, number=number))


def _add_services(world: World, person: Person, opening: date) -> None:
    """What a person takes: so many services; or, where services are named after places, so many for each place."""
    least, most = world.people["services"]
    if world.people.get("named") == "place":
        for store in person.stores:
            for offer in _offers(world, person.dice.of(store), least, most):
                person.services.append(_taken(person.dice.of(store), offer, store, opening, 0))
        return
    day = person.dice.between(1, 31, "day")
    for index, offer in enumerate(_offers(world, person.dice, least, most)):
        mine = person.dice.of("service", index)
        if index and not mine.chance(int(world.people.get("together", 0)), "together"):
            day = mine.between(1, 31, "day")
        words = f"{slug(person.name)}.example" if world.people.get("named") == "domain" else ""
        person.services.append(_taken(mine, offer, words, opening, day))


def _offers(world: World, mine: Dice, least: int, most: int) -> list[OfferCard]:
    """Different plans, by weight."""
    left = list(world.offers)
    found = []
    for index in range(min(mine.between(least, most, "services"), len(left))):
        key = mine.weighted({offer.plan: offer.weight for offer in left}, "offer", index)
        found.append(world.offer_of(key))
        left = [offer for offer in left if offer.plan != key]
    return found


def _taken(mine: Dice, offer: OfferCard, words: str, opening: date, day: int) -> Taken:
    """A service that renews on a day of the month (0: the first), the next time within its cycle."""
    cycle = mine.pick(offer.cycles, "cycle")
    quantity = mine.between(*offer.quantity, "quantity")
    discount_bp = 100 * mine.between(5, 25, "per cent") if mine.chance(90, "discount") else 0
    month = mine.number(cycle.count, "month") if cycle.unit == "month" else 0
    start = add_months(opening.replace(day=1), month, anchor_day=day or 1)
    if start < opening:
        start = add_months(opening.replace(day=1), month + 1, anchor_day=day or 1)
    return Taken(offer.plan, cycle, quantity, words, start, discount_bp)


def _partner_with_clients(world: World, dice: Dice, number: int, opening: date) -> Iterator[Person]:
    reference = f"p{number + 1}"
    partner = _somebody(world, dice.of(world.key, reference), reference, world.partners)
    words = dice.shuffled(world.partners["word"], world.key, "partner words")
    kind = partner.dice.pick(world.partners["kind"], "kind")
    partner.name = world.partners["name"].format(word=words[number % len(words)], kind=kind)
    partner.anchor_day = world.partners["programme_days"][number % len(world.partners["programme_days"])]
    partner.stores = []
    yield partner
    least, most = world.partners["clients"]
    for index in range(partner.dice.between(least, most, "clients")):
        yield _client(world, dice, partner, f"{reference}-{index + 1:02d}", opening)


def _client(world: World, dice: Dice, payer: Person, reference: str, opening: date) -> Person:
    person = _somebody(world, dice.of(world.key, reference), reference, world.people)
    person.payer, person.anchor_day = payer.reference, payer.anchor_day
    for offer in _offers(world, person.dice, *world.people["services"]):
        person.services.append(_taken(person.dice.of(offer.plan), offer, "", opening, payer.anchor_day))
    return person


def slug(name: str) -> str:
    """A name as it stands in an address: letters and digits without accents, dashes between words."""
    plain = unicodedata.normalize("NFKD", name.lower())
    kept = "".join(sign if sign.isascii() and sign.isalnum() else " " if sign in " -&" else "" for sign in plain)
    return "-".join(kept.split())
