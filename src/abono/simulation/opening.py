"""Opening an invented seller: the seller with its policy, catalogue and prices, and everybody who is there at first.

All of a seller is one transaction with the fact `WorldOpened`, so that a seller is there whole or not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from abono.base.facts.actions import record_fact
from abono.base.kernel.days import days_between, plus_days
from abono.base.kernel.refusal import Refused
from abono.base.store import sql
from abono.domain.catalogue.actions import add_index_values, add_plan, add_price
from abono.domain.customers.actions import add_contact, add_customer, add_location, save_profile
from abono.domain.sellers.actions import add_policy, add_seller
from abono.domain.subscriptions.actions import activate_location, add_discount, add_subscription
from abono.runs.partnership import join_partner
from abono.simulation.dice import Dice
from abono.simulation.invented import Person, Taken, own_tax_id, people_at_start
from abono.simulation.world import PlanCard, World

SINCE = date(2024, 1, 1)
_INDEX_SOURCE = "invented for the demo; not a published value"
_INDEX_FIRST = date(2025, 12, 1)
_INDEX_BEGIN, _INDEX_DAILY = Decimal("39180.40"), Decimal("3.87")
_KNOWN_BEFORE, _KNOWN_AHEAD = 20, 40


@dataclass(slots=True)
class Scene:
    """An invented seller at work: its world, its plans' ids, everybody who came so far by reference, with their ids."""

    seller_id: int
    world: World
    dice: Dice
    plans: dict[str, UUID]
    people: dict[str, Person]
    ids: dict[str, UUID]

    @property
    def currency(self) -> str:
        """What the seller counts in."""
        return self.world.policy.seller.currency

    def at(self, on: date, hour: int) -> datetime:
        """An hour of a day where the seller is."""
        return datetime.combine(on, time(hour), tzinfo=ZoneInfo(self.world.policy.seller.time_zone))


def open_seller(*, world: World, seed: int, opening: date) -> Scene:
    """The seller of a world with all that it begins with, made now if it is not there.

    Refuses `simulation.other_seed` when it was made from another seed or day, and `simulation.not_invented` when the
    key belongs to a seller that was not invented.
    """
    dice = Dice(str(seed))
    known = check_origin(world=world, seed=seed, opening=opening)
    if known is not None:
        return _scene(world, dice, known, opening)
    people = people_at_start(world=world, dice=dice, opening=opening)
    with sql.in_transaction():
        publish_index(world=world, on=opening)
        seller_id = _add_seller(world, opening)
        plans = {plan.key: _add_plan(seller_id, world, plan, opening) for plan in world.plans}
        scene = Scene(seller_id, world, dice, plans, {person.reference: person for person in people}, {})
        for person in people:
            welcome(scene=scene, person=person, on=opening)
            for taken in person.services:
                add_service(scene=scene, person=person, taken=taken, on=opening)
        record_fact(
            seller_id=seller_id,
            kind="WorldOpened",
            cause=f"seed {seed}",
            on=opening,
            at=scene.at(opening, 0),
            data={"seed": seed},
        )
    return scene


def check_origin(*, world: World, seed: int, opening: date) -> int | None:
    """The id of the world's seller, or None while there is none; the refusals of `open_seller`."""
    seller_id: int | None = sql.value("SELECT id FROM sellers WHERE key = %(key)s", {"key": world.key})
    if seller_id is None:
        return None
    row = sql.one(
        "SELECT data, on_date FROM facts WHERE seller_id = %(seller)s AND kind = 'WorldOpened'", {"seller": seller_id}
    )
    if row is None:
        raise Refused("simulation.not_invented", f"The seller {world.key!r} is here already and is none of the demo's.")
    if row[0].get("seed") != seed or row[1] != opening:
        raise Refused(
            "simulation.other_seed",
            f"This database holds the world of seed {row[0].get('seed')}; for another one: make clean, or another "
            "database.",
        )
    return seller_id


def _scene(world: World, dice: Dice, seller_id: int, opening: date) -> Scene:
    """The scene as it stood on the opening day; newcomers join it again as their days are looked at."""
    plans: dict[str, UUID] = dict(
        sql.rows("SELECT key, id FROM plans WHERE seller_id = %(seller)s", {"seller": seller_id})
    )
    ids: dict[str, UUID] = dict(
        sql.rows(
            "SELECT reference, id FROM customers WHERE seller_id = %(seller)s AND reference IS NOT NULL",
            {"seller": seller_id},
        )
    )
    people = people_at_start(world=world, dice=dice, opening=opening)
    return Scene(seller_id, world, dice, plans, {person.reference: person for person in people}, ids)


def publish_index(*, world: World, on: date) -> None:
    """Post invented values of the index that prices of the world are in, some weeks ahead, as offices do.

    The index has a name of its own: values of the real one would count for every seller in the database.
    """
    names = {price.index for plan in world.plans for price in plan.prices if price.index}
    values = {day: _value_on(day) for day in (plus_days(on, one) for one in range(-_KNOWN_BEFORE, _KNOWN_AHEAD))}
    for name in sorted(names):
        add_index_values(name=name, values=values, source=_INDEX_SOURCE)


def _value_on(day: date) -> Decimal:
    return _INDEX_BEGIN + _INDEX_DAILY * days_between(_INDEX_FIRST, day)


def _add_seller(world: World, opening: date) -> int:
    mine, terms = world.seller, world.policy.seller
    at = datetime.combine(opening, time(0), tzinfo=ZoneInfo(terms.time_zone))
    seller_id = add_seller(
        key=world.key,
        name=mine["name"],
        legal_name=mine["legal_name"],
        tax_id=own_tax_id(world=world),
        country=terms.country,
        region=mine.get("region", ""),
        tax_condition=mine.get("tax_condition", ""),
        time_zone=terms.time_zone,
        currency=terms.currency,
        language=terms.languages[0],
        address=mine["address"],
        email=mine["email"],
        accent=mine["accent"],
        paper=mine.get("paper", "a4"),
        pay_url=mine["pay_url"],
        pay_to=mine["pay_to"],
        on=opening,
        at=at,
    )
    add_policy(seller_id=seller_id, text=world.policy_text, file=f"{world.policy_name}.toml", effective_on=SINCE, at=at)
    return seller_id


def _add_plan(seller_id: int, world: World, plan: PlanCard, opening: date) -> UUID:
    at = datetime.combine(opening, time(0), tzinfo=ZoneInfo(world.policy.seller.time_zone))
    plan_id = add_plan(seller_id=seller_id, key=plan.key, name=plan.name, counted=plan.counted, on=opening, at=at)
    for price in plan.prices:
        add_price(
            seller_id=seller_id,
            plan_id=plan_id,
            currency=world.policy.seller.currency,
            cycle_unit=price.cycle.unit,
            cycle_count=price.cycle.count,
            model="graduated" if price.tiers and price.model == "flat" else price.model,
            unit_price=None if price.tiers else price.price,
            tiers=[list(tier) for tier in price.tiers],
            setup_minor=price.setup_minor,
            index_name=price.index or None,
            effective_on=SINCE,
            on=opening,
            at=at,
        )
    return plan_id


def welcome(*, scene: Scene, person: Person, on: date) -> UUID:
    """Open the account of an invented customer, with profile, contacts, locations, and its payer if it has one."""
    seller_id, at = scene.seller_id, scene.at(on, 9)
    customer_id = add_customer(
        seller_id=seller_id,
        name=person.name,
        country=person.country,
        language=person.language,
        currency=scene.currency,
        email=person.email,
        reference=person.reference,
        profile=person.profile,
        on=on,
        at=at,
    )
    scene.ids[person.reference], scene.people[person.reference] = customer_id, person
    if person.evidence or person.exempt:
        save_proofs(scene=scene, person=person, on=on)
    for contact in person.contacts:
        notices = ("documents", "reminders") if contact.role == "accounting" else ("news", "suspensions")
        add_contact(
            seller_id=seller_id,
            customer_id=customer_id,
            name=contact.name,
            email=contact.email,
            language=person.language,
            role=contact.role,
            notices=notices,
            on=on,
            at=at,
        )
    for store in person.stores:
        add_store(scene=scene, person=person, name=store, on=on)
    if person.payer:
        payer_id = scene.ids[person.payer]
        join_partner(seller_id=seller_id, customer_id=customer_id, payer_id=payer_id, from_on=on, on=on, at=at)
    return customer_id


def save_proofs(*, scene: Scene, person: Person, on: date) -> None:
    """Save the profile with what its tax depends on: a register's answer about its number, or a certificate."""
    customer_id = scene.ids[person.reference]
    profile = {"legal_name": person.name, "email": person.email, **person.profile}
    register = {"number": profile["tax_id"], "checked_at": str(on), "source": "invented register", "result": "valid"}
    place = "-".join(filter(None, (person.country, profile.get("region", ""))))
    certificate = {"number": f"EX-{person.reference}", "jurisdiction": place, "valid_from": str(SINCE)}
    save_profile(
        seller_id=scene.seller_id,
        customer_id=customer_id,
        country=person.country,
        fields=profile,
        profile_id=sql.value(
            "SELECT default_profile_id FROM customers WHERE seller_id = %(seller)s AND id = %(customer)s",
            {"seller": scene.seller_id, "customer": customer_id},
        ),
        vat_evidence=register if person.evidence else None,
        exemptions=[certificate] if person.exempt else [],
        on=on,
        at=scene.at(on, 9),
    )


def add_store(*, scene: Scene, person: Person, name: str, on: date) -> UUID:
    """A location of the customer, active from a day on."""
    return add_location(
        seller_id=scene.seller_id,
        customer_id=scene.ids[person.reference],
        name=name,
        address=name,
        region=person.profile.get("region", ""),
        locality=person.profile.get("city", ""),
        active_from=on,
        on=on,
        at=scene.at(on, 9),
    )


def add_service(*, scene: Scene, person: Person, taken: Taken, on: date) -> UUID:
    """A service that runs already when the books open: its next period is a renewal like any other."""
    counted = scene.world.plan(taken.plan).counted != "fixed"
    subscription_id = add_subscription(
        seller_id=scene.seller_id,
        customer_id=scene.ids[person.reference],
        plan_id=scene.plans[taken.plan],
        cycle=taken.cycle,
        currency=scene.currency,
        start=taken.start,
        quantity=taken.quantity,
        words=taken.words,
        anchor_day=person.anchor_day or None,
        continues=True,
        on=on,
        at=scene.at(on, 9),
    )
    if counted:
        activate_all(scene=scene, person=person, subscription_id=subscription_id, on=on)
    if taken.discount_bp:
        words: Mapping[str, str] = {"en": "Loyalty", "es": "Fidelidad", "hu": "Hűségkedvezmény"}
        add_discount(
            seller_id=scene.seller_id,
            subscription_id=subscription_id,
            from_on=on,
            percent_bp=taken.discount_bp,
            words=words.get(person.language, words["en"]),
            on=on,
            at=scene.at(on, 9),
        )
    return subscription_id


def activate_all(*, scene: Scene, person: Person, subscription_id: UUID, on: date) -> None:
    """Let every location of the customer count for a subscription."""
    for (location_id,) in sql.rows(
        "SELECT id FROM locations WHERE seller_id = %(seller)s AND customer_id = %(customer)s ORDER BY id",
        {"seller": scene.seller_id, "customer": scene.ids[person.reference]},
    ):
        activate_location(
            seller_id=scene.seller_id,
            subscription_id=subscription_id,
            location_id=location_id,
            from_on=on,
            on=on,
            at=scene.at(on, 9),
        )
