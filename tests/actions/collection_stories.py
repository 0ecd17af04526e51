"""Small stories that turn on one key of the collection. Each plays in a world of its own and tells what came out.

The service of these stories renews on 20 January 2026, a Tuesday; it is asked for on the 5th and due on the 20th.
"""

from datetime import date
from typing import Any
from uuid import UUID

from abono.domain.sellers.policy import Policy
from tests.actions.effect_case import Case
from tests.actions.policy_stories import refusal, world_under
from tests.world import JANUARY, World, at

ISSUE, DUE, STOP = date(2026, 1, 5), date(2026, 1, 20), date(2026, 1, 22)
STEPS: list[dict[str, Any]] = [
    {"day": -15, "do": "issue"},
    {"day": -1, "do": "remind", "text": "last-reminder"},
    {"day": 2, "do": "suspend"},
    {"day": 25, "do": "terminate"},
]
CALENDAR = {"calendar.steps": STEPS}


def january(number: int) -> date:
    """A day of January."""
    return date(2026, 1, number)


def live(world: World, *days: date) -> None:
    """Days with their runs; their messages leave."""
    from abono.runs.daily import run_day
    from abono.runs.notifying.send import accept_due

    for on in days:
        run_day(seller_id=world.seller_id, on=on, at=at(on, 10), catch_up=True, confirm=True)
        accept_due(seller_id=world.seller_id, on=on, at=at(on, 14))


def _host(policy: Policy) -> tuple[World, UUID, UUID]:
    """A customer with a service that renews on 20 January."""
    world = world_under(policy)
    customer = world.customer()
    return world, customer, world.subscribe(customer, world.plan(price="1000"), start=DUE, continues=True)


def _unpaid(policy: Policy) -> tuple[World, UUID, UUID]:
    """The same, suspended on 22 January."""
    world, customer, service = _host(policy)
    live(world, ISSUE, january(19), STOP)
    return world, customer, service


def _state(world: World, service: UUID) -> str:
    ((state,),) = world.rows("SELECT state FROM subscriptions WHERE seller_id = %(seller)s AND id = %(id)s", id=service)
    return str(state)


def _stopped_on(world: World, service: UUID) -> date | None:
    """The day on which the service was suspended."""
    found = world.rows(
        "SELECT min(on_date) FROM service_moves WHERE seller_id = %(seller)s AND subscription_id = %(id)s "
        "AND after = 'suspended'",
        id=service,
    )
    return found[0][0]  # type: ignore[no-any-return]


def needed(policy: Policy) -> tuple[bool, bool, bool]:
    """Who is suspended in time: with a payment on its way, with an open objection, with a later date."""
    from abono.domain.collections.actions import arrange_later_date, raise_objection

    world = world_under(policy)
    plan = world.plan(price="1000")
    people = [world.customer() for _ in range(3)]
    services = [world.subscribe(one, plan, start=DUE, continues=True) for one in people]
    live(world, ISSUE, january(19))
    documents = [world.documents(one)[0] for one in people]
    me = {"seller_id": world.seller_id, "on": DUE, "at": at(DUE)}
    chosen = {"document_ids": [documents[0]["id"]]}
    world.pay(people[0], documents[0]["open_minor"], DUE, state="pending", **chosen)
    raise_objection(**me, document_id=documents[1]["id"], words="Not mine")
    arrange_later_date(**me, document_id=documents[2]["id"], until=january(26), by="staff", reason="told")
    live(world, STOP)
    first, second, third = (_state(world, one) == "suspended" for one in services)
    return first, second, third


def held_for(policy: Policy) -> date | None:
    """When a service is suspended whose payment is on its way since the due date."""
    world, customer, service = _host(policy)
    live(world, ISSUE, january(19))
    (document,) = world.documents()
    world.pay(customer, document["open_minor"], DUE, state="pending", document_ids=[document["id"]])
    live(world, *(january(number) for number in range(22, 28)))
    return _stopped_on(world, service)


def left_of_it(policy: Policy) -> tuple[str, bool]:
    """What may still be done with a suspended service, and whether a product lets its customer in."""
    from abono.reports.entitled import entitlements

    world, customer, _ = _unpaid(policy)
    (answer,) = entitlements(seller_id=world.seller_id, customer_id=customer, on=STOP, language="en")
    return answer.access, answer.entitled


def asked_while_suspended(policy: Policy) -> int:
    """How many documents ask a suspended customer for money when the next renewal is due to be asked for."""
    world, _, _ = _unpaid(policy)
    live(world, date(2026, 2, 5))
    return len(world.documents())


def clients(policy: Policy) -> str:
    """The state of a client's service whose partner did not pay."""
    from abono.runs.partnership import join_partner

    world = world_under(policy)
    partner, client = world.customer("Partner"), world.customer("Client")
    join_partner(
        seller_id=world.seller_id, payer_id=partner, customer_id=client, from_on=JANUARY, on=JANUARY, at=at(JANUARY)
    )
    service = world.subscribe(client, world.plan(price="1000"), start=DUE, continues=True)
    live(world, ISSUE, january(19), STOP)
    return _state(world, service)


def silence(policy: Policy) -> date | None:
    """From which day on silence counts, when the document was received on the 6th."""
    from abono.domain.notices.actions import note_received
    from abono.reports.ahead import silence_of

    world, _, _ = _host(policy)
    live(world, ISSUE)
    (document,) = world.documents()
    ((message,),) = world.rows(
        "SELECT id FROM messages WHERE seller_id = %(seller)s AND document_id = %(id)s AND channel = 'email'",
        id=document["id"],
    )
    on = january(6)
    note_received(seller_id=world.seller_id, message_id=message, words="opened", on=on, at=at(on))
    found = silence_of(seller_id=world.seller_id, document_id=document["id"], on=on, language="en")
    return found.counts_on if found else None


def put_off(policy: Policy) -> list[str]:
    """What becomes of asking alone for three days more, for six, and for three more of another document."""
    from abono.domain.collections.actions import arrange_later_date

    world, customer, _ = _host(policy)
    world.subscribe(customer, world.plans["basic"], start=DUE, continues=True)
    live(world, ISSUE)
    me = {"seller_id": world.seller_id, "on": ISSUE, "at": at(ISSUE)}
    first, second = (one["id"] for one in world.documents())
    return [
        refusal(arrange_later_date, **me, document_id=document, until=january(day))
        for document, day in ((first, 23), (first, 26), (second, 23))
    ]


def longer(policy: Policy) -> list[tuple[int, str]]:
    """The period offered after a restoration, in months, and what became of the offer."""
    world, customer, _ = _unpaid(policy)
    for months, price in ((3, "2700"), (6, "5000")):
        world.plan(price=price, cycle=("month", months))
    world.pay(customer, world.documents()[0]["open_minor"], STOP)
    return world.rows("SELECT new_count, state FROM period_offers WHERE seller_id = %(seller)s")


def recoverable(policy: Policy) -> list[tuple[date, str]]:
    """Until when a service that was terminated on 14 February can come back, and how it stands when asked for."""
    from abono.runs.collecting.recovering import ask_for_recovery

    world, _, service = _unpaid(policy)
    on = date(2026, 2, 14)
    live(world, on)
    refusal(ask_for_recovery, seller_id=world.seller_id, subscription_id=service, on=on, at=at(on))
    return world.rows("SELECT expires_on, state FROM recoveries WHERE seller_id = %(seller)s")


def kept_on_file(policy: Policy) -> str:
    """What becomes of a card that a customer wants to keep on file."""
    from abono.domain.payments.methods import add_method

    world = world_under(policy)
    words = {"token": f"pm_{world.key}", "means": "card", "brand": "visa", "last4": "4242", "funding": "credit"}
    me = {"seller_id": world.seller_id, "on": JANUARY, "at": at(JANUARY)}
    return refusal(add_method, **me, customer_id=world.customer(), **words)


def due_by_hand(policy: Policy) -> date:
    """When the renewal of a customer is due who has nothing on file."""
    world, _, _ = _host(policy)
    live(world, ISSUE)
    return world.documents()[0]["due_on"]  # type: ignore[no-any-return]


def with_debts_of_two(policy: Policy) -> tuple[str, str]:
    """The states on the 27th of a service whose document is unpaid, and of another one that is paid."""
    world, customer, service = _host(policy)
    other = world.subscribe(customer, world.plans["basic"], start=january(10), continues=True)
    live(world, ISSUE)
    (paid,) = [one for one in world.documents() if one["due_on"] != DUE]
    world.pay(customer, paid["open_minor"], ISSUE, document_ids=[paid["id"]])
    live(world, january(15), january(18), january(19), STOP, january(27))
    return _state(world, service), _state(world, other)


def said_by(policy: Policy) -> list[tuple[str, str, date]]:
    """The reminders of the document: what they are called, how they go, and when."""
    world, _, _ = _host(policy)
    live(world, ISSUE, january(15), january(19))
    return world.rows(
        "SELECT kind, channel, made_on FROM messages WHERE seller_id = %(seller)s AND kind <> 'issued' "
        "ORDER BY made_on, channel"
    )


HOST = "hosting_ar"
_ALL = ("overdue", "notified", "no-pending-payment", "no-objection", "no-arrangement")


def _without(need: str) -> tuple[str, ...]:
    return tuple(one for one in _ALL if one != need)


CASES = (
    Case(
        "suspension.needs",
        HOST,
        needed,
        (
            (_ALL, (False, False, False)),
            (_without("no-pending-payment"), (True, False, False)),
            (_without("no-objection"), (False, True, False)),
            (_without("no-arrangement"), (False, False, True)),
        ),
        CALENDAR,
    ),
    Case("suspension.max_hold_days", HOST, held_for, ((3, january(24)), (5, january(26))), CALENDAR),
    Case(
        "suspension.access",
        HOST,
        left_of_it,
        (("none", ("none", False)), ("read-only", ("read-only", True))),
        CALENDAR,
    ),
    Case("suspension.bill_while_suspended", HOST, asked_while_suspended, ((False, 1), (True, 2)), CALENDAR),
    Case(
        "suspension.on_unpaid_partner",
        HOST,
        clients,
        (("suspend-clients", "suspended"), ("partner-only", "active")),
        CALENDAR,
    ),
    Case("objection.within_days", HOST, silence, ((0, None), (10, january(16)), (5, january(11)))),
    Case(
        "arrangement.max_days",
        HOST,
        put_off,
        (
            (3, ["done", "collections.arrangement_far", "done"]),
            (7, ["done", "done", "collections.arrangements_used"]),
        ),
        {"documents.group": "each"},
    ),
    Case(
        "arrangement.per_year",
        HOST,
        put_off,
        (
            (1, ["done", "collections.arrangements_used", "collections.arrangements_used"]),
            (2, ["done", "done", "collections.arrangements_used"]),
        ),
        {"documents.group": "each"},
    ),
    Case(
        "restoration.longer_period",
        HOST,
        longer,
        ((("1 month", "3 months"), [(3, "open")]), (("1 month", "6 months"), [(6, "open")])),
        CALENDAR,
    ),
    Case(
        "restoration.longer_period_mode",
        HOST,
        longer,
        (("off", []), ("offer", [(3, "open")]), ("automatic", [(3, "applied")])),
        CALENDAR,
    ),
    Case(
        "recovery.within_days",
        HOST,
        recoverable,
        ((0, []), (10, [(date(2026, 2, 24), "recovered")]), (30, [(date(2026, 3, 16), "recovered")])),
        CALENDAR,
    ),
    Case(
        "recovery.fee_minor",
        HOST,
        recoverable,
        ((0, [(date(2026, 2, 24), "recovered")]), (50_00, [(date(2026, 2, 24), "asked")])),
        {**CALENDAR, "recovery.within_days": 10},
    ),
    Case("means.card.saved", HOST, kept_on_file, ((True, "done"), (False, "payments.not_kept"))),
    Case("documents.due_days_without_method", HOST, due_by_hand, ((0, DUE), (4, january(24)))),
)


def steps(**change: Any) -> dict[str, Any]:
    """A calendar whose suspension and reminder differ from the usual one as said."""
    reminder = {"day": -1, "do": "remind", "text": "last-reminder", **change.get("reminder", {})}
    suspension = {"day": 2, "do": "suspend", **change.get("suspension", {})}
    found = [
        STEPS[0],
        *change.get("before", ()),
        {name: value for name, value in reminder.items() if value is not None},
    ]
    return {"calendar.steps": [*found, {name: value for name, value in suspension.items() if value is not None}]}


REMINDER = [("last-reminder", "email", january(19)), ("last-reminder", "portal", january(19))]
# The part of a step, and what comes out of a story under calendars that differ in it.
STEP_CASES = (
    (
        "day",
        said_by,
        (
            (steps(), REMINDER),
            (
                steps(reminder={"day": -5}),
                [("last-reminder", "email", january(15)), ("last-reminder", "portal", january(15))],
            ),
        ),
    ),
    (
        "text",
        said_by,
        (
            (steps(), REMINDER),
            (
                steps(reminder={"text": "last-notice"}),
                [("last-notice", "email", january(19)), ("last-notice", "portal", january(19))],
            ),
        ),
    ),
    ("by", said_by, ((steps(), REMINDER), (steps(reminder={"by": ["email"]}), REMINDER[:1]))),
    (
        "do",
        with_debts_of_two,
        (
            (steps(), ("suspended", "active")),
            (steps(suspension={"do": "remind", "text": "overdue"}), ("active", "active")),
        ),
    ),
    (
        "scope",
        with_debts_of_two,
        (
            (steps(), ("suspended", "active")),
            (steps(suspension={"scope": "debtor"}), ("suspended", "suspended")),
        ),
    ),
    (
        "business_day",
        with_debts_of_two,
        (
            (steps(suspension={"day": None, "business_day": 5}), ("suspended", "active")),
            (steps(suspension={"day": None, "business_day": 6}), ("active", "active")),
        ),
    ),
)
