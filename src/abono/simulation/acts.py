"""What invented customers and the seller's people do besides paying: sign up, order, change, pause, cancel, correct.

Each month everybody may do each thing of the world's list once, on a day of chance. An act that finds nothing to act on
does nothing; one that the product refuses is counted with the refusal's code.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from abono.base.kernel.days import in_month, plus_days
from abono.base.kernel.refusal import Refused
from abono.base.store import sql
from abono.domain.invoicing.actions import reissue_request, void_request
from abono.domain.payments.actions import refund_payment, write_off
from abono.domain.payments.credit import credit_invoice
from abono.domain.subscriptions.actions import (
    activate_location,
    add_discount,
    add_pause,
    deactivate_location,
    plan_change_at_renewal,
)
from abono.domain.subscriptions.periods import Cycle
from abono.runs.at_once import add_one_off, order_service, save_profile
from abono.runs.changes import cancel_service, change_now
from abono.runs.partnership import leave_partner
from abono.simulation.collection_acts import COLLECTION_ACTS, let_staff_decide
from abono.simulation.deed import ACTS_AT, Deed, Running, reason_in
from abono.simulation.invented import Person, Taken, client_joining, people_joining, store_name
from abono.simulation.opening import Scene, activate_all, add_store, welcome

_LAST_DAY = 28
_GIVEN_UP_AFTER = 60


@dataclass(slots=True)
class Month:
    """Who does what on which day of a month, and how often the product refused so far, by code."""

    first: date
    by_day: dict[date, list[tuple[str, str]]] = field(default_factory=dict)
    joining: dict[date, list[Person]] = field(default_factory=dict)


def month_of(*, scene: Scene, first: date) -> Month:
    """The month as the dice of its world and seed have it; those who were there when it began take part."""
    month = Month(first)
    for person in people_joining(world=scene.world, dice=scene.dice, month=first):
        month.joining.setdefault(person.since or first, []).append(person)
    for reference in sorted(scene.people):
        mine = scene.people[reference].dice.of(f"{first:%Y-%m}")
        for name, per_mille in scene.world.acts.items():
            if mine.chance(per_mille, name):
                day = in_month(first.year, first.month, mine.between(1, _LAST_DAY, name, "day"))
                month.by_day.setdefault(day, []).append((reference, name))
    return month


def let_people_act(*, scene: Scene, month: Month, on: date, refused: Counter[str]) -> None:
    """All that is done on a day: newcomers, completed profiles, the month's acts, and giving up on old debts."""
    for person in month.joining.get(on, ()):
        welcome(scene=scene, person=person, on=on)
        _try(refused, lambda person=person: _order_all(scene, person, on))  # type: ignore[misc]
    for person in [one for one in scene.people.values() if one.mends_on == on]:
        _try(refused, lambda person=person: _mend(scene, person, on))  # type: ignore[misc]
    for reference, name in sorted(month.by_day.get(on, ())):
        deed = Deed(scene, scene.people[reference], on, scene.people[reference].dice.of(name, on))
        _try(refused, lambda name=name, deed=deed: _ACTS[name](deed))  # type: ignore[misc]
    for decide in let_staff_decide(scene=scene, on=on):
        _try(refused, decide)
    if on.day == _LAST_DAY:
        _give_up(scene, on, refused)


def _try(refused: Counter[str], act: Callable[[], None]) -> None:
    try:
        with sql.attempt():
            act()
    except Refused as why:
        refused[why.code] += 1


def _order_all(scene: Scene, person: Person, on: date) -> None:
    for taken in person.services:
        _order(scene, person, taken, on)


def _order(scene: Scene, person: Person, taken: Taken, on: date) -> None:
    ordered = order_service(
        seller_id=scene.seller_id,
        customer_id=scene.ids[person.reference],
        plan_id=scene.plans[taken.plan],
        cycle=taken.cycle,
        currency=scene.currency,
        start=on,
        quantity=taken.quantity,
        words=taken.words,
        anchor_day=person.anchor_day or None,
        on=on,
        at=scene.at(on, ACTS_AT),
    )
    if scene.world.plan(taken.plan).counted != "fixed":
        activate_all(scene=scene, person=person, subscription_id=ordered.subscription_id, on=on)


def _mend(scene: Scene, person: Person, on: date) -> None:
    profile = {"legal_name": person.name, "email": person.email, **person.profile}
    values = scene.world.people.get("fields", {}).get(person.lacks)
    words = {"street": scene.world.people["street"][0], "number": "77"}
    profile[person.lacks] = values[0] if values else scene.world.people["address"].format_map(words)
    profile_id = sql.value(
        "SELECT default_profile_id FROM customers WHERE seller_id = %(seller)s AND id = %(customer)s",
        {"seller": scene.seller_id, "customer": scene.ids[person.reference]},
    )
    save_profile(
        seller_id=scene.seller_id,
        customer_id=scene.ids[person.reference],
        country=person.country,
        fields=profile,
        profile_id=profile_id,
        on=on,
        at=scene.at(on, ACTS_AT),
    )
    if person.since is not None and not _has_services(scene, person):
        _order_all(scene, person, on)


def _has_services(scene: Scene, person: Person) -> bool:
    return bool(
        sql.value(
            "SELECT 1 FROM subscriptions WHERE seller_id = %(seller)s AND customer_id = %(customer)s LIMIT 1",
            {"seller": scene.seller_id, "customer": scene.ids[person.reference]},
        )
    )


def _upgrade(deed: Deed) -> None:
    world = deed.scene.world
    for one in deed.running():
        bigger = world.plan(one.plan).bigger
        cycle = Cycle(one.cycle_unit, one.cycle_count)  # type: ignore[arg-type]
        if bigger and any(price.cycle == cycle for price in world.plan(bigger).prices):
            plan_id = deed.scene.plans[bigger]
            _change(deed, one, plan_id=plan_id, quantity=None)
            return


def _quantity(deed: Deed) -> None:
    for one in deed.running():
        if one.counted == "fixed" and one.quantity > 1:
            more = deed.dice.pick((1, 1, 2, 3, -1), "more")
            _change(deed, one, plan_id=None, quantity=max(1, one.quantity + more))
            return


def _change(deed: Deed, one: Running, *, plan_id: UUID | None, quantity: int | None) -> None:
    """Now where the policy changes at once, else from the next renewal."""
    act = change_now if deed.scene.world.policy.cycle.change == "at-once" else plan_change_at_renewal
    act(seller_id=deed.seller_id, subscription_id=one.id, plan_id=plan_id, quantity=quantity, on=deed.on, at=deed.at)


def _cycle(deed: Deed) -> None:
    for one in deed.running():
        held = Cycle(one.cycle_unit, one.cycle_count)  # type: ignore[arg-type]
        others = [price.cycle for price in deed.scene.world.plan(one.plan).prices if price.cycle != held]
        if others:
            cycle = deed.dice.pick(others, "cycle")
            plan_change_at_renewal(
                seller_id=deed.seller_id, subscription_id=one.id, cycle=cycle, on=deed.on, at=deed.at
            )
            return


def _pause(deed: Deed) -> None:
    for one in deed.running():
        if one.cycle_count == 1:
            until = plus_days(one.billed_to, deed.dice.between(20, 45, "days"))
            add_pause(
                seller_id=deed.seller_id,
                subscription_id=one.id,
                from_on=one.billed_to,
                to_on=until,
                on=deed.on,
                at=deed.at,
            )
            return


def _cancel(deed: Deed) -> None:
    _end(deed, at_once=False)


def _cancel_now(deed: Deed) -> None:
    _end(deed, at_once=True)


def _end(deed: Deed, *, at_once: bool) -> None:
    running = deed.running()
    if running:
        cancel_service(
            seller_id=deed.seller_id,
            subscription_id=deed.dice.pick(running, "which").id,
            on=deed.on,
            at=deed.at,
            at_once=at_once,
        )


def _order_more(deed: Deed) -> None:
    world, person = deed.scene.world, deed.person
    if person.reference in {one.payer for one in deed.scene.people.values()}:
        return
    taken = {one.plan for one in deed.running()}
    free = [offer for offer in world.offers if offer.plan not in taken]
    if free:
        offer = deed.dice.pick(free, "offer")
        words = person.services[0].words if person.services else ""
        quantity = deed.dice.between(*offer.quantity, "quantity")
        cycle = deed.dice.pick(offer.cycles, "cycle")
        _order(deed.scene, person, Taken(offer.plan, cycle, quantity, words, deed.on), deed.on)


def _discount(deed: Deed) -> None:
    running = deed.running()
    if running:
        add_discount(
            seller_id=deed.seller_id,
            subscription_id=deed.dice.pick(running, "which").id,
            from_on=deed.on,
            until_on=plus_days(deed.on, 95),
            percent_bp=100 * deed.dice.between(10, 30, "per cent"),
            words=reason_in("discount", deed.person.language),
            on=deed.on,
            at=deed.at,
        )


def _extra(deed: Deed) -> None:
    extra = deed.dice.pick(deed.scene.world.extras, "extra")
    add_one_off(
        seller_id=deed.seller_id,
        customer_id=deed.customer_id,
        words=extra["words"],
        net_minor=extra["net_minor"],
        currency=deed.scene.currency,
        key=f"{deed.person.reference}-extra-{deed.on}",
        at_once=extra["at_once"],
        on=deed.on,
        at=deed.at,
    )


def _reissue(deed: Deed) -> None:
    document_id = sql.value(
        "SELECT id FROM documents WHERE seller_id = %(seller)s AND customer_id = %(customer)s AND kind = 'request' "
        "AND state = 'open' AND open_minor = gross_minor ORDER BY number LIMIT 1",
        {"seller": deed.seller_id, "customer": deed.customer_id},
    )
    if document_id is not None:
        reissue_request(
            seller_id=deed.seller_id,
            document_id=document_id,
            reason=deed.reason("reissue"),
            on=deed.on,
            at=deed.at,
        )


def _credit(deed: Deed) -> None:
    document_id = sql.value(
        "SELECT id FROM documents AS d WHERE seller_id = %(seller)s AND customer_id = %(customer)s "
        "AND kind = 'invoice' AND NOT EXISTS (SELECT 1 FROM documents AS n WHERE n.seller_id = d.seller_id "
        "AND n.corrects_id = d.id) ORDER BY issued_on DESC, number DESC LIMIT 1",
        {"seller": deed.seller_id, "customer": deed.customer_id},
    )
    if document_id is not None:
        credit_invoice(
            seller_id=deed.seller_id, document_id=document_id, reason=deed.reason("credit"), on=deed.on, at=deed.at
        )


def _refund(deed: Deed) -> None:
    found = sql.one(
        "SELECT id, key, free_minor FROM payments WHERE seller_id = %(seller)s AND customer_id = %(customer)s "
        "AND free_minor > 0 ORDER BY key LIMIT 1",
        {"seller": deed.seller_id, "customer": deed.customer_id},
    )
    if found is not None:
        refund_payment(
            seller_id=deed.seller_id,
            payment_id=found[0],
            amount_minor=found[2],
            key=f"{found[1]}-back-{deed.on}",
            cause=deed.reason("refund"),
            on=deed.on,
            at=deed.at,
        )


def _place_opens(deed: Deed) -> None:
    world, person = deed.scene.world, deed.person
    counted = [one for one in deed.running() if one.counted != "fixed"]
    if counted:
        street = deed.dice.pick(world.people["street"], "street")
        name = store_name(world.people, deed.dice, street, len(person.stores))
        location_id = add_store(scene=deed.scene, person=person, name=name, on=deed.on)
        for one in counted:
            activate_location(
                seller_id=deed.seller_id,
                subscription_id=one.id,
                location_id=location_id,
                from_on=deed.on,
                on=deed.on,
                at=deed.at,
            )


def _place_closes(deed: Deed) -> None:
    counting = sql.rows(
        "SELECT a.location_id, a.subscription_id FROM activations AS a JOIN subscriptions AS s "
        "ON s.seller_id = a.seller_id AND s.id = a.subscription_id "
        "WHERE a.seller_id = %(seller)s AND s.customer_id = %(customer)s AND a.to_on IS NULL "
        "AND a.from_on < %(on)s ORDER BY a.location_id, a.subscription_id",
        {"seller": deed.seller_id, "customer": deed.customer_id, "on": deed.on},
    )
    places = sorted({location_id for location_id, _ in counting})
    if len(places) > 1:
        for location_id, subscription_id in counting:
            if location_id == places[-1]:
                deactivate_location(
                    seller_id=deed.seller_id,
                    subscription_id=subscription_id,
                    location_id=location_id,
                    to_on=deed.on,
                    on=deed.on,
                    at=deed.at,
                )


def _client_joins(deed: Deed) -> None:
    if not deed.person.anchor_day or deed.person.services:
        return  # no partner: those have a day on which their programme began, and nothing of their own
    name = f"{deed.person.reference}-n{deed.on:%y%m}"
    client = client_joining(world=deed.scene.world, dice=deed.scene.dice, payer=deed.person, name=name, on=deed.on)
    welcome(scene=deed.scene, person=client, on=deed.on)
    _order_all(deed.scene, client, deed.on)


def _client_leaves(deed: Deed) -> None:
    if deed.person.payer:
        leave_partner(seller_id=deed.seller_id, customer_id=deed.customer_id, to_on=deed.on, on=deed.on, at=deed.at)
        deed.person.payer = ""


def _give_up(scene: Scene, on: date, refused: Counter[str]) -> None:
    """Once a month the seller's people give up on debts that are old: voided or written off, their services ended."""
    for document_id, kind, reference in sql.rows(
        "SELECT d.id, d.kind, c.reference FROM documents AS d JOIN customers AS c ON c.seller_id = d.seller_id "
        "AND c.id = d.customer_id WHERE d.seller_id = %(seller)s AND d.state = 'open' AND d.open_minor > 0 "
        "AND d.due_on < %(old)s AND (d.kind = 'invoice' OR d.open_minor = d.gross_minor) "
        "AND c.reference IS NOT NULL ORDER BY d.due_on, d.series, d.number",
        {"seller": scene.seller_id, "old": plus_days(on, -_GIVEN_UP_AFTER)},
    ):
        person = scene.people[reference]
        deed = Deed(scene, person, on, person.dice.of("given up", on))
        _try(refused, lambda deed=deed, given=document_id, kind=kind: _let_go(deed, given, kind))  # type: ignore[misc]


def _let_go(deed: Deed, document_id: UUID, kind: str) -> None:
    if not sql.value(
        "SELECT 1 FROM documents WHERE seller_id = %(seller)s AND id = %(document)s AND state = 'open'",
        {"seller": deed.seller_id, "document": document_id},
    ):
        return  # giving up on another one has closed this one too
    act = write_off if kind == "invoice" else void_request
    act(
        seller_id=deed.seller_id,
        document_id=document_id,
        reason=deed.reason("given-up"),
        on=deed.on,
        at=deed.at,
    )
    for one in deed.running():
        cancel_service(seller_id=deed.seller_id, subscription_id=one.id, on=deed.on, at=deed.at, at_once=True)


_ACTS: dict[str, Callable[[Deed], None]] = {
    "upgrade": _upgrade,
    "quantity": _quantity,
    "cycle": _cycle,
    "pause": _pause,
    "cancel": _cancel,
    "cancel-now": _cancel_now,
    "order": _order_more,
    "discount": _discount,
    "extra": _extra,
    "reissue": _reissue,
    "credit": _credit,
    "refund": _refund,
    "place-opens": _place_opens,
    "place-closes": _place_closes,
    "client-joins": _client_joins,
    "client-leaves": _client_leaves,
    **COLLECTION_ACTS,
}


def rejoin(*, scene: Scene, months: Iterable[date]) -> None:
    """After a new start: let those who came in earlier months be known again."""
    for first in months:
        for person in people_joining(world=scene.world, dice=scene.dice, month=first):
            if person.reference in scene.ids:
                scene.people[person.reference] = person
    for reference in sorted(set(scene.ids) - set(scene.people)):
        payer, _, _ = reference.partition("-n")
        on = sql.value(
            "SELECT created_on FROM customers WHERE seller_id = %(seller)s AND reference = %(reference)s",
            {"seller": scene.seller_id, "reference": reference},
        )
        scene.people[reference] = client_joining(
            world=scene.world, dice=scene.dice, payer=scene.people[payer], name=reference, on=on
        )
    for (reference,) in sql.rows(
        "SELECT DISTINCT c.reference FROM sponsorships AS p JOIN customers AS c ON c.seller_id = p.seller_id "
        "AND c.id = p.customer_id WHERE p.seller_id = %(seller)s AND p.to_on IS NOT NULL",
        {"seller": scene.seller_id},
    ):
        scene.people[reference].payer = ""
