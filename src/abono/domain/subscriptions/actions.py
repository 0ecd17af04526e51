"""Commands on subscriptions: one transaction each. Asking for money is not decided here but by the billing rule."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from abono.base.facts.actions import record_fact
from abono.base.kernel.days import span
from abono.base.kernel.ids import new_id
from abono.base.kernel.refusal import Missing, Refused
from abono.base.store import sql
from abono.domain.catalogue.prices import check_discount, check_quantity, check_unit_price
from abono.domain.catalogue.queries import check_plan, price_book
from abono.domain.customers.plain_text import plain
from abono.domain.customers.queries import payer_on
from abono.domain.sellers.queries import policy_in_force
from abono.domain.subscriptions.moving import Cause, move_services
from abono.domain.subscriptions.periods import Cycle
from abono.domain.subscriptions.planned import Change, Planned, merged
from abono.domain.subscriptions.queries import change_facts, programmes_begun
from abono.domain.subscriptions.rows import check_sold, fixed_anchor, subscription_row


def add_subscription(
    *,
    seller_id: int,
    customer_id: UUID,
    plan_id: UUID,
    cycle: Cycle,
    currency: str,
    start: date,
    on: date,
    at: datetime,
    quantity: int = 1,
    profile_id: UUID | None = None,
    anchor_day: int | None = None,
    end: date | None = None,
    own_price: object = None,
    words: str = "",
    reference: str | None = None,
    continues: bool = False,
) -> UUID:
    """Write a contract; its id. Nothing is asked for yet: the billing rule does that at once or in the next run.

    The anchor day follows from the policy (`cycle.anchor`) unless given; only a programme's may be given. A fixed
    quantity is a whole number from 0; a counted one is not given. `end` is read as `cycle.end_day` says: the last day
    with the service, or the first without it. Refuses a cycle that the policy does not sell.
    """
    policy = policy_in_force(seller_id=seller_id, on=on).policy
    row = subscription_row(
        rules=policy.cycle,
        plan_id=plan_id,
        cycle=cycle,
        currency=currency,
        start=start,
        end=end,
        quantity=quantity,
        own_price=own_price,
        words=words,
        reference=reference,
        continues=continues,
    )
    anchor = _anchor_day(seller_id, customer_id, policy.cycle.anchor, anchor_day, start)
    with sql.in_transaction():
        profile_id = _profile(seller_id, customer_id, profile_id)
        check_plan(seller_id=seller_id, plan_id=plan_id)
        _check_reference(seller_id, reference)
        subscription_id = new_id()
        head = {"seller_id": seller_id, "id": subscription_id, "customer_id": customer_id, "profile_id": profile_id}
        sql.insert("subscriptions", {**head, **row._asdict(), "anchor_day": anchor, "ordered_on": on})
        payer_id = payer_on(seller_id=seller_id, customer_id=customer_id, on=start)
        cursor = {"seller_id": seller_id, "payer_id": payer_id, "subscription_id": subscription_id, "billed_to": start}
        sql.insert("cursors", cursor)
        plan = {"plan": str(plan_id)}
        _record("SubscriptionOrdered", seller_id, customer_id, subscription_id, "order", on, at, data=plan)
    return subscription_id


def _anchor_day(seller_id: int, customer_id: UUID, rule: str, given: int | None, start: date) -> int:
    fixed = fixed_anchor(rule=rule, given=given, start=start)
    if fixed is not None:
        return fixed
    payer_id = payer_on(seller_id=seller_id, customer_id=customer_id, on=start)
    return programmes_begun(seller_id=seller_id, payers=[payer_id]).get(payer_id, start.day)


def _profile(seller_id: int, customer_id: UUID, chosen: UUID | None) -> UUID:
    profile_id: UUID | None = sql.value(
        "SELECT p.id FROM customers AS c JOIN billing_profiles AS p ON p.seller_id = c.seller_id "
        "AND p.customer_id = c.id AND p.id = coalesce(%(chosen)s, c.default_profile_id) "
        "WHERE c.seller_id = %(seller)s AND c.id = %(customer)s",
        {"seller": seller_id, "customer": customer_id, "chosen": chosen},
    )
    if profile_id is None:
        raise Missing("customers.unknown", "This seller has no such customer, or the customer no such billing profile.")
    return profile_id


def _check_reference(seller_id: int, reference: str | None) -> None:
    if reference is not None and sql.value(
        "SELECT 1 FROM subscriptions WHERE seller_id = %(seller)s AND reference = %(reference)s",
        {"seller": seller_id, "reference": reference},
    ):
        raise Refused(
            "subscriptions.reference_taken", f"There is a subscription with the reference {reference!r} already."
        )


def add_discount(
    *,
    seller_id: int,
    subscription_id: UUID,
    from_on: date,
    on: date,
    at: datetime,
    until_on: date | None = None,
    percent_bp: int | None = None,
    fixed_minor: int | None = None,
    words: str = "",
) -> UUID:
    """Give less on the periods that begin in `[from_on, until_on)`: basis points or minor units; the discount's id."""
    check_discount(
        name=words or "discount",
        valid_from=from_on,
        valid_to=until_on,
        percent_bp=percent_bp,
        fixed_minor=fixed_minor,
    )
    discount_id = new_id()
    with sql.in_transaction():
        customer_id, _ = _locked(seller_id, subscription_id)
        sql.insert(
            "discounts",
            {
                "seller_id": seller_id,
                "id": discount_id,
                "subscription_id": subscription_id,
                "percent_bp": percent_bp,
                "fixed_minor": fixed_minor,
                "from_on": from_on,
                "until_on": until_on,
                "words": plain(words, what="the discount's name", longest=200),
            },
        )
        _record("DiscountGiven", seller_id, customer_id, subscription_id, words or "discount", on, at)
    return discount_id


def plan_change_at_renewal(
    *,
    seller_id: int,
    subscription_id: UUID,
    on: date,
    at: datetime,
    plan_id: UUID | None = None,
    quantity: int | None = None,
    cycle: Cycle | None = None,
    own_price: object = None,
) -> Planned:
    """Change plan, quantity, price or cycle from the first period not yet asked for; what then waits, and the day.

    What an earlier change asked for that waits still holds, unless this one says otherwise of the same. Refuses what an
    order would be refused for, a plan without a price for the contract's currency and cycle among it.
    """
    if quantity is not None:
        check_quantity(quantity)
    if cycle is not None:
        check_sold(rules=policy_in_force(seller_id=seller_id, on=on).policy.cycle, cycle=cycle)
    if plan_id is not None:
        check_plan(seller_id=seller_id, plan_id=plan_id)
    price = None if own_price is None else check_unit_price(own_price, what="The price")
    with sql.in_transaction():
        customer_id, _ = _locked(seller_id, subscription_id)
        planned = merged(
            earlier=_waiting_change(seller_id, subscription_id),
            later=Change(plan_id, quantity, price, cycle),
            from_on=next_renewal(seller_id=seller_id, subscription_id=subscription_id),
        )
        if plan_id is not None or cycle is not None:
            _check_priced(seller_id, subscription_id, planned)
        _store_planned(seller_id, subscription_id, planned)
        noted = {"change": change_facts(seller_id=seller_id, change=planned.change)}
        if any(one is not None for one in planned.replaced):
            noted["replaced"] = change_facts(seller_id=seller_id, change=planned.replaced)
        cause = f"from {planned.from_on}"
        _record("ChangePlanned", seller_id, customer_id, subscription_id, cause, on, at, data=noted)
    return planned


def _store_planned(seller_id: int, subscription_id: UUID, planned: Planned) -> None:
    change = planned.change
    sql.insert(
        "planned_changes",
        {
            "seller_id": seller_id,
            "id": new_id(),
            "subscription_id": subscription_id,
            "on_date": planned.from_on,
            "plan_id": change.plan_id,
            "quantity": change.quantity,
            "own_price": change.own_price,
            "cycle_unit": change.cycle.unit if change.cycle else None,
            "cycle_count": change.cycle.count if change.cycle else None,
            "applied_on": None,
        },
    )


def _waiting_change(seller_id: int, subscription_id: UUID) -> Change:
    """Take away the change that waits, to be planned anew with what is added."""
    row = sql.one(
        "DELETE FROM planned_changes WHERE seller_id = %(seller)s AND subscription_id = %(subscription)s "
        "AND applied_on IS NULL RETURNING plan_id, quantity, own_price, cycle_unit, cycle_count",
        {"seller": seller_id, "subscription": subscription_id},
    )
    if row is None:
        return Change()
    return Change(row[0], row[1], row[2], Cycle(row[3], row[4]) if row[3] else None)


def _check_priced(seller_id: int, subscription_id: UUID, planned: Planned) -> None:
    """Refuse what would park the payer on the renewal day: a plan that has no price for currency and cycle then."""
    row = sql.one(
        "SELECT plan_id, currency, cycle_unit, cycle_count, own_price FROM subscriptions "
        "WHERE seller_id = %(seller)s AND id = %(subscription)s",
        {"seller": seller_id, "subscription": subscription_id},
    )
    assert row is not None
    plan_id, currency, unit, count, own_price = row
    change = planned.change
    if change.own_price is not None or (change.plan_id is None and own_price is not None):
        return
    cycle = change.cycle or Cycle(unit, count)
    key = (change.plan_id or plan_id, currency, cycle.unit, cycle.count)
    price_book(seller_id=seller_id).dated_price(key=key, on=planned.from_on)


def next_renewal(*, seller_id: int, subscription_id: UUID) -> date:
    """The day the first period begins that is not asked for yet; refuses when the contract has ended."""
    day: date | None = sql.value(
        "SELECT billed_to FROM cursors WHERE seller_id = %(seller)s AND subscription_id = %(subscription)s",
        {"seller": seller_id, "subscription": subscription_id},
    )
    if day is None:
        raise Refused("subscriptions.ended", "This subscription has ended; nothing more will be asked for.")
    return day


def end_subscription(*, seller_id: int, subscription_id: UUID, ends_on: date, on: date, at: datetime) -> None:
    """Set the first day no longer contracted. Refuses a day before the start, and a later end than one already set."""
    with sql.in_transaction():
        customer_id, _ = _locked(seller_id, subscription_id)
        touched = sql.change(
            "UPDATE subscriptions SET ends_on = %(day)s WHERE seller_id = %(seller)s AND id = %(subscription)s "
            "AND started_on <= %(day)s AND (ends_on IS NULL OR ends_on >= %(day)s)",
            {"seller": seller_id, "subscription": subscription_id, "day": ends_on},
        )
        if not touched:
            raise _no_such_end(seller_id, subscription_id, ends_on)
        sql.change(
            "DELETE FROM cursors WHERE seller_id = %(seller)s AND subscription_id = %(subscription)s "
            "AND billed_to >= %(day)s",
            {"seller": seller_id, "subscription": subscription_id, "day": ends_on},
        )
        if ends_on <= on:
            move_services(
                seller_id=seller_id,
                subscriptions=[subscription_id],
                after="cancelled",
                cause=Cause("ended"),
                words=f"ends on {ends_on}",
                on=on,
                at=at,
            )
        _record("SubscriptionCancelled", seller_id, customer_id, subscription_id, f"ends on {ends_on}", on, at)


def _no_such_end(seller_id: int, subscription_id: UUID, ends_on: date) -> Refused:
    row = sql.one(
        "SELECT started_on, ends_on FROM subscriptions WHERE seller_id = %(seller)s AND id = %(subscription)s",
        {"seller": seller_id, "subscription": subscription_id},
    )
    assert row is not None
    allowed = f"its first day without service may be {span(*row, most_included=True)}"
    return Refused("subscriptions.end", f"This subscription cannot end on {ends_on}; {allowed}.")


def add_pause(
    *, seller_id: int, subscription_id: UUID, from_on: date, on: date, at: datetime, to_on: date | None = None
) -> None:
    """Do not bill the days `[from_on, to_on)`; without `to_on` until it is resumed.

    Only days not asked for yet can be paused: the pause begins on the next renewal day or later.
    """
    if to_on is not None and to_on <= from_on:
        raise Refused("subscriptions.pause_days", "A pause must end after it begins.")
    with sql.in_transaction():
        customer_id, _ = _locked(seller_id, subscription_id)
        earliest = next_renewal(seller_id=seller_id, subscription_id=subscription_id)
        if from_on < earliest:
            raise Refused(
                "subscriptions.pause_asked", f"Days before {earliest} are asked for already; pause from then on."
            )
        known = sql.one(
            "SELECT from_on, to_on FROM pauses WHERE seller_id = %(seller)s AND subscription_id = %(subscription)s "
            "AND (to_on IS NULL OR to_on > %(from_on)s) AND (%(to_on)s::date IS NULL OR from_on < %(to_on)s) "
            "ORDER BY from_on LIMIT 1",
            {"seller": seller_id, "subscription": subscription_id, "from_on": from_on, "to_on": to_on},
        )
        if known is not None:
            words = f"Some of these days are paused already, {span(*known)}; pause others, or resume it first."
            raise Refused("subscriptions.paused_already", words)
        sql.insert(
            "pauses",
            {"seller_id": seller_id, "subscription_id": subscription_id, "from_on": from_on, "to_on": to_on},
        )
        _record("SubscriptionPaused", seller_id, customer_id, subscription_id, f"from {from_on}", on, at)


def resume(*, seller_id: int, subscription_id: UUID, to_on: date, on: date, at: datetime) -> None:
    """End the open pause on `to_on`, the first day that is billed again; not before days already claimed as paused."""
    with sql.in_transaction():
        customer_id, _ = _locked(seller_id, subscription_id)
        claimed = sql.value(
            "SELECT billed_to FROM cursors WHERE seller_id = %(seller)s AND subscription_id = %(subscription)s",
            {"seller": seller_id, "subscription": subscription_id},
        )
        if claimed is not None and to_on < claimed:
            raise Refused(
                "subscriptions.resume_claimed", f"Days before {claimed} are settled as paused; resume from then on."
            )
        if not sql.change(
            "UPDATE pauses SET to_on = %(day)s WHERE seller_id = %(seller)s AND subscription_id = %(subscription)s "
            "AND to_on IS NULL AND from_on < %(day)s",
            {"seller": seller_id, "subscription": subscription_id, "day": to_on},
        ):
            raise _no_open_pause(seller_id, subscription_id, to_on)
        _record("SubscriptionResumed", seller_id, customer_id, subscription_id, f"from {to_on}", on, at)


def _no_open_pause(seller_id: int, subscription_id: UUID, to_on: date) -> Refused:
    from_on = sql.value(
        "SELECT from_on FROM pauses WHERE seller_id = %(seller)s AND subscription_id = %(subscription)s "
        "AND to_on IS NULL",
        {"seller": seller_id, "subscription": subscription_id},
    )
    if from_on is None:
        words = "No pause is open; one that was given its end when it was made ends by itself."
    else:
        words = f"The pause begins on {from_on}; it can end on a later day, not on {to_on}."
    return Refused("subscriptions.not_paused", words)


def activate_location(
    *, seller_id: int, subscription_id: UUID, location_id: UUID, from_on: date, on: date, at: datetime
) -> None:
    """The location counts for the subscription from a day on, until it closes. It must be the same customer's."""
    with sql.in_transaction():
        customer_id, _ = _locked(seller_id, subscription_id)
        key = {"seller": seller_id, "subscription": subscription_id, "location": location_id, "day": from_on}
        place = sql.one(
            "SELECT active_from, active_to FROM locations WHERE seller_id = %(seller)s AND id = %(location)s "
            "AND customer_id = %(customer)s",
            {**key, "customer": customer_id},
        )
        if place is None:
            raise Missing("subscriptions.location", "The location belongs to another customer than the subscription.")
        if from_on < place[0] or (place[1] is not None and from_on >= place[1]):
            words = f"The location is active {span(*place)}; it cannot count from {from_on}."
            raise Refused("subscriptions.location", words)
        known = sql.one(
            "SELECT from_on, to_on FROM activations WHERE seller_id = %(seller)s "
            "AND subscription_id = %(subscription)s AND location_id = %(location)s "
            "AND (to_on IS NULL OR to_on > %(day)s) ORDER BY from_on LIMIT 1",
            key,
        )
        if known is not None:
            words = f"The location counts already, {span(*known)}."
            raise Refused("subscriptions.location_active", words)
        sql.insert(
            "activations",
            {
                "seller_id": seller_id,
                "subscription_id": subscription_id,
                "location_id": location_id,
                "from_on": from_on,
                "to_on": place[1],
            },
        )
        _record("LocationActivated", seller_id, customer_id, location_id, f"from {from_on}", on, at)


def deactivate_location(
    *, seller_id: int, subscription_id: UUID, location_id: UUID, to_on: date, on: date, at: datetime
) -> None:
    """The location counts no longer from `to_on` on."""
    with sql.in_transaction():
        customer_id, _ = _locked(seller_id, subscription_id)
        if not sql.change(
            "UPDATE activations SET to_on = %(day)s WHERE seller_id = %(seller)s "
            "AND subscription_id = %(subscription)s AND location_id = %(location)s "
            "AND from_on < %(day)s AND (to_on IS NULL OR to_on > %(day)s)",
            {"seller": seller_id, "subscription": subscription_id, "location": location_id, "day": to_on},
        ):
            raise _does_not_count(seller_id, subscription_id, location_id, to_on)
        _record("LocationDeactivated", seller_id, customer_id, location_id, f"from {to_on}", on, at)


def _does_not_count(seller_id: int, subscription_id: UUID, location_id: UUID, to_on: date) -> Refused:
    known = sql.one(
        "SELECT from_on, to_on FROM activations WHERE seller_id = %(seller)s "
        "AND subscription_id = %(subscription)s AND location_id = %(location)s ORDER BY from_on DESC LIMIT 1",
        {"seller": seller_id, "subscription": subscription_id, "location": location_id},
    )
    if known is None:
        words = "The location does not count for this subscription."
    elif known[1] is None:
        words = f"The location counts {span(*known)}; it can stop on a later day than that, not on {to_on}."
    else:
        words = f"The location counted {span(*known)}, and no longer."
    return Refused("subscriptions.location_inactive", words)


def _locked(seller_id: int, subscription_id: UUID) -> tuple[UUID, UUID]:
    """The subscription's customer and profile, locked against changes beside this one; its payer first, as a run does.

    So what is read next, such as the days that are asked for already, still holds when the change is written.
    """
    parameters = {"seller": seller_id, "subscription": subscription_id}
    sql.rows(
        "SELECT 1 FROM cursors AS c JOIN customers AS k ON k.seller_id = c.seller_id AND k.id = c.payer_id "
        "WHERE c.seller_id = %(seller)s AND c.subscription_id = %(subscription)s FOR NO KEY UPDATE OF k",
        parameters,
    )
    row = sql.one(
        "SELECT customer_id, profile_id FROM subscriptions "
        "WHERE seller_id = %(seller)s AND id = %(subscription)s FOR NO KEY UPDATE",
        parameters,
    )
    if row is None:
        raise Missing("subscriptions.unknown", "This seller has no such subscription.")
    return row[0], row[1]


def _record(
    kind: str,
    seller_id: int,
    customer_id: UUID,
    subject_id: UUID,
    cause: str,
    on: date,
    at: datetime,
    *,
    data: Mapping[str, object] | None = None,
) -> None:
    record_fact(
        seller_id=seller_id,
        kind=kind,
        cause=cause,
        on=on,
        at=at,
        customer_id=customer_id,
        subject_id=subject_id,
        data=data,
    )
