"""One worked example of the calendar per business, lived day by day on the test clock from 1 January 2026."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from tests.journeys.months import Months, months_of
from tests.world import JANUARY, World, at

# What the page leaves out of `abono timeline`: who signed up, how money came, each single message.
LEFT_OUT = (
    "BillingProfileSaved", "ContactAdded", "CustomerAdded", "MessageBounced", "MessageCancelled", "MessageFailed",
    "MessageSent", "MessageShown", "MoneyUsed", "PaymentPending", "PaymentRecorded", "PaymentReported",
    "PaymentSettled", "ProfileSaved", "SubscriptionOrdered",
)  # fmt: skip


def told(world: World, customer_id: UUID) -> list[str]:
    """The customer's story as `abono timeline --language en` prints it, without what the page leaves out."""
    from abono.reports.timeline import timeline_of_customer

    return [
        f"{one.on}  {one.words}" + (f" [{one.cause}]" if one.cause else "")
        for one in timeline_of_customer(seller_id=world.seller_id, customer_id=customer_id, language="en")
        if one.kind not in LEFT_OUT
    ]


def renewing(world: World, customer: UUID, plan: UUID, start: date, **more: Any) -> UUID:
    """A service that ran before and renews on a day."""
    return world.subscribe(customer, plan, start, on=JANUARY, continues=True, **more)


def paid(story: Months, customer: UUID, number: int, *, kind: str = "request", **more: Any) -> UUID:
    """The customer pays what is open of a document today."""
    document = story.document(number, kind=kind)
    (open_minor,) = [one["open_minor"] for one in story.world.documents(customer) if one["id"] == document]
    assert story.today is not None
    return story.world.pay(customer, open_minor, story.today, document_ids=[document], **more)


def hosting_ar() -> tuple[Months, UUID]:
    """Two services: the shop's proforma is paid on the 20th, the web's is due that day and is not, until 7 February."""
    story = months_of("hosting_ar")
    world = story.world
    nandu = world.customer("Ferretería El Ñandú")
    renewing(world, nandu, world.plan("web", "10000"), date(2026, 1, 20))
    world.plan("web", "27000", cycle=("month", 3))
    renewing(world, nandu, world.plan("shop", "4000"), date(2026, 1, 28))
    story.to(1, 20)
    paid(story, nandu, 2)
    story.to(2, 7)
    paid(story, nandu, 1)
    story.to(2, 9)
    return story, nandu


def hosting_ar_ended() -> tuple[Months, UUID]:
    """Nobody pays; the service ends and comes back from its backup."""
    from abono.runs.collecting.recovering import ask_for_recovery

    story = months_of("hosting_ar")
    world = story.world
    rio = world.customer("Editorial Río Seco")
    web = renewing(world, rio, world.plan("web", "10000"), date(2026, 1, 20))
    story.to(2, 20)
    ask_for_recovery(subscription_id=web, **story.now())
    story.to(2, 22)
    paid(story, rio, 2)
    story.to(2, 23)
    return story, rio


def hosting_cl() -> tuple[Months, UUID]:
    """A transfer reported on a Saturday holds two working days; the bank shows it on the second."""
    from abono.domain.payments.actions import settle_payment

    story = months_of("hosting_cl")
    world = story.world
    alerce = world.customer("Panadería El Alerce")
    renewing(world, alerce, world.plan("web", "20000"), date(2026, 1, 20))
    story.to(1, 24)
    payment = paid(story, alerce, 1, state="reported", reference="transfer 77120")
    story.to(1, 27)
    settle_payment(payment_id=payment, cause="found on the bank statement", **story.now())
    story.to(1, 28)
    return story, alerce


def booking_hu() -> tuple[Months, UUID]:
    """The customer takes a later date alone, lets it pass, and pays."""
    from abono.runs.collecting.objections import put_off

    story = months_of("booking_hu")
    world = story.world
    szalon = world.customer("Napsugár Szalon Kft.")
    renewing(world, szalon, world.plan("seat", "9000"), date(2026, 1, 20))
    story.to(1, 20)
    put_off(document_id=story.document(1), until=date(2026, 1, 28), **story.now())
    story.to(2, 3)
    paid(story, szalon, 1)
    return story, szalon


def franchise_us() -> tuple[Months, UUID]:
    """An objection stops the calendar until the day after its answer; an ACH debit holds what comes next."""
    from abono.domain.payments.actions import settle_payment
    from abono.runs.collecting.objections import decide_objection, object_to

    story = months_of("franchise_us")
    world = story.world
    owner = world.customer("Blue Kettle Diners LLC")
    renewing(world, owner, world.plan("pos", "150"), date(2026, 2, 1))
    story.to(2, 10)
    object_to(document_id=story.document(1, kind="invoice"), words="The Elm Street store is closed", **story.now())
    story.to(2, 20)
    decide_objection(
        document_id=story.document(1, kind="invoice"), state="rejected", words="It closed in March", **story.now()
    )
    story.to(2, 23)
    payment = paid(story, owner, 1, kind="invoice", means="ach", state="pending")
    story.to(2, 25)
    settle_payment(payment_id=payment, cause="cleared", **story.now())
    return story, owner


def partners_us() -> tuple[Months, UUID]:
    """A partner without a method on file; its client stops with it and comes back with its cheque."""
    from abono.runs.partnership import join_partner

    story = months_of("partners_us")
    world = story.world
    larkrow = world.customer("Larkrow Kitchens LLC")
    renewing(world, larkrow, world.plan("desk", "40"), JANUARY)
    north = world.customer("North Grill")
    join_partner(
        seller_id=world.seller_id, customer_id=north, payer_id=larkrow, from_on=JANUARY, on=JANUARY, at=at(JANUARY)
    )
    renewing(world, north, world.plan("hub", "25"), JANUARY)
    story.to(2, 3)
    paid(story, larkrow, 1, kind="invoice", means="ach")
    story.to(2, 4)
    return story, larkrow


STORIES: dict[str, Callable[[], tuple[Months, UUID]]] = {
    "hosting_ar": hosting_ar,
    "hosting_ar_ended": hosting_ar_ended,
    "hosting_cl": hosting_cl,
    "booking_hu": booking_hu,
    "franchise_us": franchise_us,
    "partners_us": partners_us,
}
