"""Small stories that turn on one key of a policy. Each plays in a world of its own and tells what came out."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from abono.domain.sellers.policy import Policy
from tests.world import FIELDS, JANUARY, World, at, make_world

FEBRUARY = date(2026, 2, 1)
BARE = {"calendar.steps": [], "recovery.within_days": 0, "recovery.fee_minor": 0, "documents.notes": []}


def world_under(policy: Policy) -> World:
    """A new seller under a policy. Only the country of the policy tells what kind of seller it is."""
    names = {"US": "franchise_us", "CL": "hosting_cl", "AR": "hosting_ar", "HU": "booking_hu"}
    return make_world(names[policy.seller.country], said=policy)


def refusal(act: Any, **given: Any) -> str:
    """The code with which an act is refused, or that it is done."""
    from abono.base.kernel.refusal import Refused

    try:
        act(**given)
    except Refused as why:
        return why.code
    return "done"


def _me(world: World, on: date) -> dict[str, Any]:
    return {"seller_id": world.seller_id, "on": on, "at": at(on)}


def _terms(world: World, customer_id: UUID, start: date, **more: Any) -> dict[str, Any]:
    from abono.domain.subscriptions.periods import Cycle

    plan = world.plans.get("basic") or world.plan()
    given = {"customer_id": customer_id, "plan_id": plan, "cycle": Cycle("month", 1), "currency": world.currency}
    return {**_me(world, start), "start": start, **given, **more}


def _order(world: World, customer_id: UUID, start: date = JANUARY, **more: Any) -> UUID:
    from abono.runs.at_once import order_service

    return order_service(**_terms(world, customer_id, start, **more)).subscription_id


def _service(world: World, subscription_id: UUID) -> tuple[str, date | None]:
    ((state, ends_on),) = world.rows(
        "SELECT state, ends_on FROM subscriptions WHERE seller_id = %(seller)s AND id = %(id)s", id=subscription_id
    )
    return state, ends_on


def _sheet(world: World, document: dict[str, Any]) -> Any:
    from abono.reports.papers.document import sheet_of_document

    return sheet_of_document(seller_id=world.seller_id, document_id=document["id"])


def _monthly(policy: Policy, *runs: date, price: str = "100") -> tuple[World, UUID]:
    """One service since January, and the runs of some days."""
    world = world_under(policy)
    ana = world.customer()
    world.subscribe(ana, world.plan(price=price))
    for day in (JANUARY, *runs):
        world.run(day)
    return world, ana


def taxed(policy: Policy) -> int:
    """The tax in per cent of the net, between a seller and a buyer of one country."""
    world, _ = _monthly(policy, price="10000")
    (document,) = world.documents()
    return round(100 * document["tax_minor"] / document["net_minor"])


def priced(policy: Policy) -> tuple[str, int]:
    """Currency and net of a customer of whom no currency was said, for a price of 100."""
    from abono.domain.customers.actions import add_customer
    from abono.domain.customers.queries import customer_card

    world = world_under(policy)
    ana = add_customer(**_me(world, JANUARY), name="Ana", country="AR")
    money = customer_card(seller_id=world.seller_id, customer_id=ana).currency
    world.subscribe(ana, world.plan())
    world.run(JANUARY)
    return money, world.documents(ana)[0]["net_minor"]


def today(policy: Policy) -> date:
    """What day it is at the seller's, at two in the morning of 1 March in Greenwich."""
    from abono.domain.sellers.queries import seller_by_id
    from abono.interfaces.cli import clock

    world = world_under(policy)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "clock", lambda: datetime(2026, 3, 1, 2, tzinfo=UTC))
        return clock.today(seller=seller_by_id(seller_id=world.seller_id))


def spoken(policy: Policy) -> tuple[str, str]:
    """The language of who chose none, and what becomes of a customer who asks for Spanish."""
    from abono.domain.customers.actions import add_customer

    world = world_under(policy)
    ana = add_customer(**_me(world, JANUARY), name="Ana", country="US", profile=FIELDS["US"])
    world.subscribe(ana, world.plan())
    world.run(JANUARY)
    asked = refusal(add_customer, **_me(world, JANUARY), name="Eva", country="US", language="es")
    return _sheet(world, world.documents(ana)[0]).language, asked


def asked_by(policy: Policy) -> tuple[str, str]:
    """What asks for the money: the kind of document, and the name on its paper."""
    world, _ = _monthly(policy)
    (document,) = world.documents()
    return document["kind"], _sheet(world, document).title


def invoiced(policy: Policy) -> tuple[list[str], list[str]]:
    """The documents before and after the payment."""
    world, ana = _monthly(policy)
    before = world.documents()
    world.pay(ana, before[0]["gross_minor"], date(2026, 1, 2))
    return [one["kind"] for one in before], [one["kind"] for one in world.documents()]


def grouped(policy: Policy) -> list[int]:
    """The nets of the documents for three services of 100 that renew together, the last under a second profile."""
    from abono.runs.at_once import save_profile

    world = world_under(policy)
    ana = world.customer()
    fields = {**FIELDS["CL"], "legal_name": "Ana Dos"}
    second, _ = save_profile(**_me(world, JANUARY), customer_id=ana, country="CL", fields=fields)
    plan = world.plan()
    for profile_id in (None, None, second):
        world.subscribe(ana, plan, profile_id=profile_id)
    world.run(JANUARY)
    return sorted(one["net_minor"] for one in world.documents(ana))


def issued(policy: Policy) -> date:
    """The day on which February is asked for, with a run every day."""
    world, _ = _monthly(policy)
    for day in range(2, 32):
        world.run(date(2026, 1, day))
    return world.documents()[1]["issued_on"]


def due(policy: Policy) -> date:
    """When February is due, asked for in time."""
    return _monthly(policy, date(2026, 1, 17))[0].documents()[1]["due_on"]


def due_late(policy: Policy) -> date:
    """When February is due, asked for only on 31 January."""
    return _monthly(policy, date(2026, 1, 31))[0].documents()[1]["due_on"]


def noted(policy: Policy) -> bool:
    """Whether the paper carries the policy's wording of the document."""
    from abono.domain.invoicing.wording import wording

    world, _ = _monthly(policy)
    text = wording(name="proforma-ar", language="es").text.split("\n")[0]
    return text in _sheet(world, world.documents()[0]).notes


def credit_used(policy: Policy) -> list[int]:
    """What is open of January and February after January was paid twice, in advance of February."""
    world, ana = _monthly(policy)
    world.pay(ana, 2 * world.documents()[0]["gross_minor"], date(2026, 1, 2))
    world.run(date(2026, 1, 22))
    return [one["open_minor"] for one in world.documents(ana) if one["kind"] == "request"]


def indexed(policy: Policy) -> int:
    """The net of February at 1 UF, which is worth 30000 on the day of issue and 40000 on the due date."""
    from abono.domain.catalogue.actions import add_index_values

    issue = FEBRUARY + timedelta(days=policy.documents.issue_days)
    values = {issue: Decimal(30000), FEBRUARY: Decimal(40000)}
    add_index_values(name="UF-STORY", values=values, source="invented")
    world = world_under(policy)
    ana = world.customer()
    world.subscribe(ana, world.plan(price="1", index_name="UF-STORY"), FEBRUARY)
    world.run(issue)
    return world.documents(ana)[0]["net_minor"]


def tax_of_two_lines(policy: Policy) -> int:
    """The tax of 19 % on two lines of 3 pesos."""
    world = world_under(policy)
    ana = world.customer()
    plan = world.plan(price="3")
    for _ in range(2):
        world.subscribe(ana, plan)
    world.run(JANUARY)
    return world.documents(ana)[0]["tax_minor"]


def sold(policy: Policy) -> str:
    """What becomes of an order by the quarter."""
    from abono.domain.subscriptions.periods import Cycle
    from abono.runs.at_once import order_service

    world = world_under(policy)
    world.plan(price="300", cycle=("month", 3))
    return refusal(order_service, **_terms(world, world.customer(), JANUARY, cycle=Cycle("month", 3)))


def anchored(policy: Policy) -> date:
    """When the second period begins of a service from 10 January, whose payer began on 5 January with another."""
    world = world_under(policy)
    ana = world.customer()
    plan = world.plan()
    for day in (5, 10):
        last = world.subscribe(ana, plan, date(2026, 1, day))
    world.run(FEBRUARY)
    world.run(date(2026, 2, 10))
    found = world.rows(
        "SELECT period_from FROM claims WHERE seller_id = %(seller)s AND subscription_id = %(id)s ORDER BY 1", id=last
    )
    return found[1][0]


def ended(policy: Policy) -> tuple[int, date | None, date | None]:
    """Net of a service ordered from 1 to 11 January, its first day without, and that of one cancelled to 21 January."""
    from abono.runs.changes import cancel_service

    world = world_under(policy)
    ana = world.customer()
    world.plan(price="31")
    short = _order(world, ana, end=date(2026, 1, 11))
    other = _order(world, ana)
    cancel_service(**_me(world, JANUARY), subscription_id=other, end=date(2026, 1, 21))
    return world.documents(ana)[0]["net_minor"], _service(world, short)[1], _service(world, other)[1]


def activated(policy: Policy) -> tuple[str, str]:
    """The state of a service when it is ordered, and when its first document is paid."""
    world = world_under(policy)
    ana = world.customer()
    service = _order(world, ana)
    before = _service(world, service)[0]
    world.pay(ana, world.documents(ana)[0]["gross_minor"], JANUARY)
    return before, _service(world, service)[0]


def bigger(policy: Policy) -> tuple[list[int], list[int]]:
    """The nets asked for after a change from one unit of 31 to two on 16 January, and those with February."""
    from abono.runs.changes import change_service

    world = world_under(policy)
    ana = world.customer()
    world.plan(price="31", model="per_unit")
    service = _order(world, ana)
    change_service(**_me(world, date(2026, 1, 16)), subscription_id=service, quantity=2)
    before = [one["net_minor"] for one in world.documents(ana)]
    world.run(FEBRUARY)
    return before, [one["net_minor"] for one in world.documents(ana)]


def cancelled(policy: Policy) -> tuple[str, date | None]:
    """State and first day without the service, of a cancellation on 16 January that says no more."""
    from abono.runs.changes import cancel_service

    world = world_under(policy)
    ana = world.customer()
    service = _order(world, ana)
    cancel_service(**_me(world, date(2026, 1, 16)), subscription_id=service)
    return _service(world, service)


def given_back(policy: Policy) -> list[tuple[str, int]]:
    """The documents of a paid January of 31 that is cancelled at once on the 16th."""
    from abono.runs.changes import cancel_service

    world = world_under(policy)
    ana = world.customer()
    world.plan(price="31")
    service = _order(world, ana)
    world.pay(ana, world.documents(ana)[0]["gross_minor"], JANUARY)
    cancel_service(**_me(world, date(2026, 1, 16)), subscription_id=service, at_once=True)
    return [(one["kind"], one["net_minor"]) for one in world.documents(ana)]


def without_city(policy: Policy) -> list[str]:
    """The documents of a paying customer whose profile says all but the city."""
    world = world_under(policy)
    ana = world.customer(city="")
    _order(world, ana)
    world.pay(ana, world.documents(ana)[0]["gross_minor"], JANUARY)
    return [one["kind"] for one in world.documents(ana)]


def ordered_incomplete(policy: Policy) -> tuple[str, int]:
    """What becomes of an order by a customer whose profile is incomplete, and how many documents ask for it."""
    from abono.runs.at_once import order_service

    world = world_under(policy)
    ana = world.customer(complete=False)
    return refusal(order_service, **_terms(world, ana, JANUARY)), len(world.documents(ana))


def settled(policy: Policy) -> tuple[str, str, int]:
    """The states of a transfer of which nothing was said and of a reported one; what the first left open."""
    world, ana = _monthly(policy)
    amount_minor = world.documents(ana)[0]["gross_minor"]
    found = []
    for state in (None, "reported"):
        payment = world.pay(ana, amount_minor, JANUARY, means="transfer", state=state)
        found += world.rows("SELECT state FROM payments WHERE seller_id = %(seller)s AND id = %(id)s", id=payment)
        if state is None:
            open_minor = world.documents(ana)[0]["open_minor"]
    return found[0][0], found[1][0], open_minor


def fee_taken(policy: Policy) -> list[int]:
    """The fees on 103 paid by credit card, where the law allows a fee and where it forbids one."""
    world = world_under(policy)
    plan = world.plan()
    fees = []
    for region in ("TX", "CA"):
        ana = world.customer(region=region)
        world.subscribe(ana, plan)
        world.run(JANUARY)
        payment = world.pay(ana, 103_00, JANUARY, means="card", funding="credit", brand="visa")
        fees += world.rows("SELECT fee_minor FROM payments WHERE seller_id = %(seller)s AND id = %(id)s", id=payment)
    return [fee for (fee,) in fees]


def _partner(policy: Policy) -> tuple[World, UUID, UUID, Any]:
    """A counted service with one location from January, and how to open another one."""
    from abono.domain.customers.actions import add_location
    from abono.domain.subscriptions.actions import activate_location

    world = world_under(policy)
    ana = world.customer()
    service = world.subscribe(ana, world.plan("hub", "31", model="per_unit", counted="locations"), anchor_day=1)

    def open_another(name: str, day: date) -> None:
        place = add_location(**_me(world, JANUARY), customer_id=ana, name=name, active_from=day)
        activate_location(**_me(world, JANUARY), subscription_id=service, location_id=place, from_on=day)

    open_another("First", JANUARY)
    return world, ana, service, open_another


def counted(policy: Policy) -> int:
    """How many locations February bills, with one that opens between the day of issue and the renewal."""
    world, _, _, open_another = _partner(policy)
    world.run(JANUARY)
    open_another("Second", date(2026, 1, 28))
    world.run(date(2026, 1, 22))
    return world.documents()[1]["net_minor"] // 31_00


def trued_up(policy: Policy) -> int:
    """The net of February, when a second location of 31 opened ten days before."""
    world, _, _, open_another = _partner(policy)
    world.run(JANUARY)
    open_another("Second", date(2026, 1, 22))
    world.run(FEBRUARY)
    return world.documents()[1]["net_minor"]


def annexed(policy: Policy) -> list[str]:
    """The locations that the paper names."""
    world, _, _, _ = _partner(policy)
    world.run(JANUARY)
    annex = _sheet(world, world.documents()[0]).annex
    return [row.location for row in annex.rows] if annex else []


def made_up(policy: Policy) -> tuple[str, int]:
    """What becomes of a day after three that did not run, and how many days it makes up for when it is asked to."""
    from abono.runs.daily import run_day

    world = world_under(policy)
    run_day(**_me(world, JANUARY))
    unasked = refusal(run_day, **_me(world, date(2026, 1, 5)))
    again = run_day(**_me(world, date(2026, 1, 5)), catch_up=True)
    return unasked, len(again.made_up)


def held(policy: Policy) -> bool:
    """Whether February is held, when twenty services cost 40 % more than in January."""
    world = world_under(policy)
    ana = world.customer()
    plan = world.plan()
    for _ in range(20):
        world.subscribe(ana, plan)
    world.run(JANUARY)
    world.plan(price="140", effective_on=FEBRUARY)
    return world.run(FEBRUARY).held is not None
