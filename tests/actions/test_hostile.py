"""What sly customers and unlucky operators try: money that would be lost or doubled, days that would be asked twice."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from abono.base.kernel.refusal import Refused
from tests.world import World, at, make_world

pytestmark = pytest.mark.usefixtures("database")

FIRST, TENTH, SIXTEENTH = date(2026, 1, 1), date(2026, 1, 10), date(2026, 1, 16)


def sound(world: World) -> None:
    """The audit finds nothing."""
    from abono.reports.audit.run import audit

    assert audit(seller_id=world.seller_id).findings == ()


def ordered(world: World, customer: UUID, plan: UUID, on: date = FIRST, **more: Any) -> UUID:
    from abono.domain.subscriptions.periods import Cycle
    from abono.runs.at_once import order_service

    return order_service(
        seller_id=world.seller_id,
        customer_id=customer,
        plan_id=plan,
        cycle=Cycle("month", 1),
        currency=world.currency,
        start=on,
        on=on,
        at=at(on),
        **more,
    ).subscription_id


def changed(world: World, subscription: UUID, on: date, **more: Any) -> Any:
    from abono.runs.changes import change_now

    return change_now(seller_id=world.seller_id, subscription_id=subscription, on=on, at=at(on), **more)


def cancelled(world: World, subscription: UUID, on: date, **more: Any) -> Any:
    from abono.runs.changes import cancel_service

    more = more or {"at_once": True}
    return cancel_service(seller_id=world.seller_id, subscription_id=subscription, on=on, at=at(on), **more)


def credited(world: World) -> list[int]:
    return [one["net_minor"] for one in world.documents() if one["kind"] == "credit_note"]


def test_a_service_cancelled_twice_gives_its_days_back_once() -> None:
    world = make_world("partners_us")
    subscription = ordered(world, world.customer(), world.plan(price="310"))
    cancelled(world, subscription, TENTH, end=date(2026, 1, 26))
    assert credited(world) == [60_00]
    cancelled(world, subscription, SIXTEENTH)
    cancelled(world, subscription, SIXTEENTH)
    assert credited(world) == [60_00, 100_00]
    sound(world)


@pytest.mark.parametrize("paid", [(), (121_00,), (121_00, 10_000_00)])
def test_a_service_can_be_cancelled_after_an_upgrade(paid: tuple[int, ...]) -> None:
    world = make_world("hosting_ar")
    customer = world.customer()
    subscription = ordered(world, customer, world.plan(price="100"))
    for amount in paid[:1]:
        world.pay(customer, amount, FIRST)
    changed(world, subscription, TENTH, plan_id=world.plan("large", "1000"))
    for amount in paid[1:]:
        world.pay(customer, amount, TENTH)
    done = cancelled(world, subscription, SIXTEENTH)
    assert done.quote.now_minor == -516_13
    asked = sum(one["net_minor"] for one in world.documents() if one["kind"] == "request" and one["state"] != "voided")
    assert asked - sum(credited(world)) == 100_00 + 638_71 - 516_13
    sound(world)


def test_up_and_down_on_one_day_comes_to_nothing() -> None:
    world = make_world("hosting_ar")
    basic, large = world.plan(price="100"), world.plan("large", "1000")
    subscription = ordered(world, world.customer(), basic)
    for plan in (large, basic, large, basic):
        changed(world, subscription, TENTH, plan_id=plan)
    assert sum(one["open_minor"] for one in world.documents()) == 121_00
    sound(world)


def test_what_was_credited_by_hand_does_not_stop_a_cancellation() -> None:
    from abono.runs.corrections import credit_by_hand

    world = make_world("partners_us")
    subscription = ordered(world, world.customer(), world.plan(price="310"))
    (invoice,) = world.documents()
    ids: dict[str, Any] = {"seller_id": world.seller_id, "on": FIRST, "at": at(FIRST)}
    credit_by_hand(document_id=invoice["id"], reason="no service", net_minor=100_00, **ids)
    cancelled(world, subscription, date(2026, 1, 2))
    assert credited(world) == [100_00, 210_00]
    sound(world)


@pytest.mark.parametrize("state", ["reported", "pending"])
def test_money_that_never_came_cannot_be_returned(state: str) -> None:
    from abono.domain.payments.actions import return_payment

    world = make_world("hosting_cl")
    payment = world.pay(world.customer(), 100, FIRST, state=state)
    with pytest.raises(Refused, match="let it fail"):
        return_payment(seller_id=world.seller_id, payment_id=payment, cause="bounced", on=TENTH, at=at(TENTH))
    sound(world)


def test_nothing_is_undone_before_it_was_done() -> None:
    from abono.domain.payments.actions import return_payment
    from abono.domain.payments.credit import credit_invoice
    from abono.runs.corrections import void_by_hand

    world = make_world("hosting_ar")
    customer = world.customer()
    ordered(world, customer, world.plan(), TENTH)
    ids: dict[str, Any] = {"seller_id": world.seller_id, "on": FIRST, "at": at(FIRST)}
    (request,) = world.documents()
    with pytest.raises(Refused, match="issued on 2026-01-10"):
        void_by_hand(document_id=request["id"], reason="slip", **ids)
    payment = world.pay(customer, 121_00, SIXTEENTH)
    invoice = world.documents()[-1]
    with pytest.raises(Refused, match="issued on 2026-01-16"):
        credit_invoice(document_id=invoice["id"], reason="slip", **ids)
    with pytest.raises(Refused, match="settled or was used on 2026-01-16"):
        return_payment(payment_id=payment, cause="bounced", **ids)
    sound(world)


def test_money_from_before_the_document_pays_it_on_the_day_of_its_issue() -> None:
    from abono.domain.ledger.queries import balances_of

    world = make_world("hosting_ar")
    customer = world.customer()
    ordered(world, customer, world.plan(), TENTH)
    world.pay(customer, 121_00, FIRST)
    (held,) = balances_of(seller_id=world.seller_id, customer_id=customer, on=date(2026, 1, 5))
    assert (held.asked_minor, held.receivable_minor, held.money_minor) == (0, 0, 121_00)
    sound(world)


def test_money_for_a_request_that_was_issued_anew_pays_the_new_one() -> None:
    from abono.runs.corrections import reissue_by_hand

    world = make_world("hosting_ar")
    customer = world.customer()
    ordered(world, customer, world.plan())
    old = world.documents()[0]["id"]
    ids: dict[str, Any] = {"seller_id": world.seller_id, "reason": "new address", "on": TENTH, "at": at(TENTH)}
    between = reissue_by_hand(document_id=old, **ids)
    reissue_by_hand(document_id=between, **ids)
    world.pay(customer, 121_00, SIXTEENTH, document_ids=[old])
    assert [one["state"] for one in world.documents()] == ["voided", "voided", "settled", "settled"]
    sound(world)


def test_a_refund_key_stands_for_one_amount() -> None:
    from abono.domain.payments.actions import refund_payment

    world = make_world("hosting_ar")
    payment = world.pay(world.customer(), 100_00, FIRST)
    ids: dict[str, Any] = {
        "seller_id": world.seller_id,
        "payment_id": payment,
        "cause": "twice",
        "on": TENTH,
        "at": at(TENTH),
    }
    assert refund_payment(amount_minor=20_00, key="r", **ids) == 20_00
    assert refund_payment(amount_minor=20_00, key="r", **ids) == 20_00
    with pytest.raises(Refused, match="another refund"):
        refund_payment(amount_minor=30_00, key="r", **ids)


def joined(world: World, client: UUID, partner: UUID, on: date) -> None:
    from abono.runs.partnership import join_partner

    join_partner(seller_id=world.seller_id, customer_id=client, payer_id=partner, from_on=on, on=on, at=at(on))


def left(world: World, client: UUID, to_on: date, on: date | None = None) -> Any:
    from abono.runs.partnership import leave_partner

    on = on or to_on
    return leave_partner(seller_id=world.seller_id, customer_id=client, to_on=to_on, on=on, at=at(on))


def partnered(world: World, *, price: str = "310") -> tuple[UUID, UUID, UUID]:
    """A partner, its client and the client's subscription, billed to the partner from the first of January."""
    partner, client = world.customer("Partner"), world.customer("Client")
    joined(world, client, partner, FIRST)
    return partner, client, world.subscribe(client, world.plan(price=price))


def test_a_client_that_leaves_joins_and_leaves_in_one_month_pays_its_days_once() -> None:
    world = make_world("partners_us")
    partner, client, _ = partnered(world)
    world.run(FIRST)
    assert left(world, client, TENTH).credit_minor == 220_00
    joined(world, client, partner, TENTH)
    assert left(world, client, SIXTEENTH).credit_minor == 0
    assert [one["net_minor"] for one in world.documents(client)] == [220_00]
    sound(world)


def test_who_leaves_a_partner_takes_its_discount_along() -> None:
    from abono.domain.subscriptions.actions import add_discount

    world = make_world("partners_us")
    _, client, subscription = partnered(world)
    ids: dict[str, Any] = {"seller_id": world.seller_id, "from_on": FIRST, "on": FIRST, "at": at(FIRST)}
    add_discount(subscription_id=subscription, percent_bp=5000, **ids)
    world.run(FIRST)
    assert left(world, client, date(2026, 1, 22)).credit_minor == 50_00
    assert [one["net_minor"] for one in world.documents(client)] == [50_00]


def test_after_leaving_the_client_is_asked_and_given_back_and_not_the_partner() -> None:
    world = make_world("partners_us")
    partner, client, subscription = partnered(world)
    world.run(FIRST)
    left(world, client, TENTH)
    changed(world, subscription, SIXTEENTH, plan_id=world.plan("large", "3100"))
    cancelled(world, subscription, date(2026, 1, 22))
    assert [one["net_minor"] for one in world.documents(partner)] == [310_00]
    assert [one["net_minor"] for one in world.documents(client)] == [220_00, 16 * 90_00, 10 * 100_00]
    sound(world)


def test_locations_that_all_left_stop_no_run_and_their_days_come_back_later() -> None:
    from abono.domain.subscriptions.actions import activate_location, deactivate_location

    world = make_world("partners_us")
    partner, client = world.customer("Partner"), world.customer("Client")
    joined(world, client, partner, FIRST)
    plan = world.plan("hub", "31", model="per_unit", counted="locations")
    subscription = world.subscribe(client, plan)
    ids: dict[str, Any] = {"seller_id": world.seller_id, "subscription_id": subscription, "at": at(FIRST)}
    places = [_place(world, client, str(number)) for number in range(2)]
    for place in places:
        activate_location(location_id=place, from_on=FIRST, on=FIRST, **ids)
    world.run(FIRST)
    for place in places:
        deactivate_location(location_id=place, to_on=TENTH, on=TENTH, **ids)
    assert world.run(date(2026, 2, 1)).written.documents == 0
    activate_location(location_id=places[0], from_on=date(2026, 2, 20), on=date(2026, 2, 20), **ids)
    activate_location(location_id=places[1], from_on=date(2026, 2, 20), on=date(2026, 2, 20), **ids)
    world.run(date(2026, 3, 1))
    assert [one["net_minor"] for one in world.documents(partner)] == [62_00, 62_00 - 44_00]
    assert world.run(date(2026, 2, 25)).written.documents == 0
    sound(world)


def _place(world: World, client: UUID, name: str) -> UUID:
    from abono.domain.customers.actions import add_location

    return add_location(
        seller_id=world.seller_id, customer_id=client, name=name, active_from=FIRST, on=FIRST, at=at(FIRST)
    )


def test_leaving_after_the_end_of_the_service_moves_no_days_that_nobody_has() -> None:
    world = make_world("partners_us")
    _, client, subscription = partnered(world)
    world.run(FIRST)
    cancelled(world, subscription, TENTH, end=date(2026, 1, 26))
    assert left(world, client, SIXTEENTH).credit_minor == 100_00
    assert [one["net_minor"] for one in world.documents(client)] == [100_00]
    sound(world)


def test_leaving_inside_a_period_to_come_is_refused_and_at_its_beginning_it_is_not() -> None:
    world = make_world("partners_us")
    partner, client, _ = partnered(world)
    world.run(FIRST)
    with pytest.raises(Refused, match="leave on 2026-03-01"):
        left(world, client, date(2026, 3, 10), on=TENTH)
    left(world, client, date(2026, 3, 1), on=TENTH)
    for month in (2, 3):
        world.run(date(2026, month, 1))
    assert [one["net_minor"] for one in world.documents(partner)] == [310_00, 310_00]
    assert [one["net_minor"] for one in world.documents(client)] == [310_00]
    sound(world)


def test_a_part_paid_request_is_voided_issued_anew_and_cancelled_and_no_money_is_lost() -> None:
    from abono.runs.corrections import reissue_by_hand, void_by_hand

    world = make_world("hosting_ar")
    plan = world.plan(price="310")
    customers = [world.customer() for _ in range(3)]
    subscriptions = [ordered(world, one, plan) for one in customers]
    for one in customers:
        world.pay(one, 50_00, FIRST)
    first, second, _ = (world.documents(one)[0]["id"] for one in customers)
    ids: dict[str, Any] = {"seller_id": world.seller_id, "reason": "slip", "on": TENTH, "at": at(TENTH)}
    void_by_hand(document_id=first, **ids)
    reissue_by_hand(document_id=second, **ids)
    cancelled(world, subscriptions[2], TENTH)
    assert world.rows("SELECT free_minor FROM payments WHERE seller_id = %(seller)s ORDER BY id") == [
        (50_00,),
        (0,),
        (0,),
    ]
    assert [[one["open_minor"] for one in world.documents(who)] for who in customers] == [
        [0],
        [0, 375_10 - 50_00],
        [0, 108_90 - 50_00],
    ]
    sound(world)


def test_a_charge_key_stands_for_one_charge() -> None:
    from abono.runs.at_once import add_one_off

    world = make_world("hosting_ar")
    ids: dict[str, Any] = {"seller_id": world.seller_id, "on": FIRST, "at": at(FIRST), "key": "k", "words": "Moving"}
    more: dict[str, Any] = {"currency": world.currency, "at_once": True, **ids}
    customer = world.customer()
    charge, _ = add_one_off(customer_id=customer, net_minor=10_00, **more)
    assert add_one_off(customer_id=customer, net_minor=10_00, **more) == (charge, ())
    with pytest.raises(Refused, match="another charge"):
        add_one_off(customer_id=customer, net_minor=20_00, **more)
    with pytest.raises(Refused, match="another charge"):
        add_one_off(customer_id=world.customer(), net_minor=10_00, **more)


def test_a_service_whose_first_period_is_free_begins_and_one_that_is_free_later_still_waits() -> None:
    from abono.domain.subscriptions.actions import add_discount

    world = make_world("hosting_ar")
    plan = world.plan(price="100")
    free = ordered(world, world.customer(), plan, own_price="0")
    unpaid = ordered(world, world.customer(), plan)
    ids: dict[str, Any] = {"seller_id": world.seller_id, "from_on": TENTH, "on": TENTH, "at": at(TENTH)}
    add_discount(subscription_id=unpaid, percent_bp=10_000, **ids)
    world.run(date(2026, 2, 1))
    states = dict(world.rows("SELECT id, state FROM subscriptions WHERE seller_id = %(seller)s"))
    assert (states[free], states[unpaid]) == ("active", "ordered")
    sound(world)


def test_a_card_payment_that_is_returned_leaves_no_fee_to_pay() -> None:
    from abono.domain.payments.actions import return_payment

    world = make_world("partners_us")
    customer = world.customer(region="NY", city="Albany", postal_code="12207")
    ordered(world, customer, world.plan(price="100"))
    invoice = world.documents(customer)[0]["gross_minor"]
    payment = world.pay(customer, invoice + 3_12, FIRST, funding="credit", brand="visa")
    assert [one["kind"] for one in world.documents(customer)] == ["invoice", "receipt"]
    return_payment(seller_id=world.seller_id, payment_id=payment, cause="chargeback", on=TENTH, at=at(TENTH))
    assert sum(one["open_minor"] for one in world.documents(customer)) == invoice
    sound(world)
