"""What was said to happen next is what happens: the days foreseen are those on which the sweep acts."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from abono.base.kernel.days import plus_days
from abono.base.kernel.languages import LANGUAGES
from tests.actions.collecting.days import argentine, day
from tests.actions.collecting.days import run_each as pass_to
from tests.world import World, at, make_world

pytestmark = pytest.mark.usefixtures("database")


def ahead(world: World, document_id: UUID, on: date, language: str = "en") -> list[tuple[Any, ...]]:
    """The steps to come with their days and what keeps them."""
    from abono.reports.ahead import ahead_of_document

    found = ahead_of_document(seller_id=world.seller_id, document_id=document_id, on=on, language=language)
    return [(one.kind, one.on, one.need) for one in found if one.kind not in ("due", "arranged", "objection")]


def taken(world: World, document_id: UUID, after: date) -> list[tuple[str, date]]:
    """The steps that happened after a day, in order."""
    return world.rows(
        "SELECT concat_ws('.', action, scope), on_date FROM steps WHERE seller_id = %(seller)s "
        "AND document_id = %(id)s AND on_date > %(after)s AND outcome = 'done' ORDER BY on_date, step_no",
        id=document_id,
        after=after,
    )


def keeps_its_word(world: World, document_id: UUID, on: date, last: date) -> None:
    """What is foreseen at the end of a day happens to the day, when nobody pays."""
    said = [(kind, when) for kind, when, _ in ahead(world, document_id, on)]
    assert said
    pass_to(world, str(plus_days(on, 1))[5:], str(last)[5:])
    assert taken(world, document_id, on) == [one for one in said if one[1] is not None and one[1] <= last]


@pytest.mark.parametrize(("policy", "days"), [("hosting_ar", 26), ("franchise_us", 61), ("partners_us", 16)])
def test_a_calendar_is_foreseen_to_the_day(policy: str, days: int) -> None:
    world = make_world(policy)
    customer = world.customer()
    world.subscribe(customer, world.plan(), start=day("01-20"), continues=True)
    pass_to(world, "01-01", "01-20")
    (document, *_) = world.documents()
    keeps_its_word(world, document["id"], day("01-20"), plus_days(document["due_on"], days))


def test_the_distances_after_an_outage_are_foreseen() -> None:
    world, _, _ = argentine()
    pass_to(world, "01-05", "01-17")
    pass_to(world, "01-23", "01-23")
    (document,) = world.documents()
    found = ahead(world, document["id"], day("01-23"))
    assert found[0] == ("suspend.document", day("01-26"), "notified")
    keeps_its_word(world, document["id"], day("01-23"), day("02-19"))


def test_a_pending_payment_pushes_what_is_ahead_and_no_longer_than_it_may() -> None:
    world, customer, _ = argentine()
    pass_to(world, "01-05", "01-21")
    (document,) = world.documents()
    world.pay(customer, document["open_minor"], day("01-21"), state="pending", document_ids=[document["id"]])
    assert ahead(world, document["id"], day("01-21"))[0] == ("suspend.document", day("01-27"), "no-pending-payment")
    keeps_its_word(world, document["id"], day("01-21"), day("02-04"))


def test_a_payment_that_failed_pushes_no_more() -> None:
    from abono.domain.payments.actions import move_payment

    world, customer, _ = argentine()
    pass_to(world, "01-05", "01-21")
    (document,) = world.documents()
    chosen = {"state": "pending", "document_ids": [document["id"]]}
    payment = world.pay(customer, document["open_minor"], day("01-21"), **chosen)
    pass_to(world, "01-22", "01-23")
    move_payment(
        seller_id=world.seller_id,
        payment_id=payment,
        after="failed",
        cause="R01",
        on=day("01-23"),
        at=at(day("01-23"), 15),
    )
    assert ahead(world, document["id"], day("01-23"))[0][:2] == ("suspend.document", day("01-24"))
    keeps_its_word(world, document["id"], day("01-23"), day("01-30"))


def test_an_agreed_date_pushes_what_is_ahead() -> None:
    from abono.domain.collections.actions import arrange_later_date

    world, _, _ = argentine()
    pass_to(world, "01-05", "01-19")
    (document,) = world.documents()
    arrange_later_date(
        seller_id=world.seller_id,
        document_id=document["id"],
        until=day("01-27"),
        on=day("01-19"),
        at=at(day("01-19")),
    )
    assert ahead(world, document["id"], day("01-19"))[0] == ("suspend.document", day("01-28"), "no-arrangement")
    keeps_its_word(world, document["id"], day("01-19"), day("02-05"))


def test_under_an_open_objection_nothing_harmful_has_a_day() -> None:
    from abono.domain.collections.actions import close_objection, raise_objection

    world, _, _ = argentine()
    pass_to(world, "01-05", "01-19")
    (document,) = world.documents()
    which: dict[str, Any] = {"seller_id": world.seller_id, "document_id": document["id"]}
    raise_objection(**which, words="Not ordered", on=day("01-19"), at=at(day("01-19")))
    assert {one[1:] for one in ahead(world, document["id"], day("01-19"))} == {(None, "no-objection")}
    pass_to(world, "01-20", "01-30")
    close_objection(**which, state="rejected", words="It was ordered", on=day("01-30"), at=at(day("01-30")))
    keeps_its_word(world, document["id"], day("01-30"), day("02-12"))


def test_after_a_return_the_days_count_from_it() -> None:
    from abono.domain.payments.actions import return_payment

    world, customer, _ = argentine()
    pass_to(world, "01-05", "01-24")
    (document,) = world.documents()
    payment = world.pay(customer, document["open_minor"], day("01-24"))
    pass_to(world, "01-25", "01-30")
    return_payment(seller_id=world.seller_id, payment_id=payment, cause="R01", on=day("01-30"), at=at(day("01-30"), 15))
    (document,) = [one for one in world.documents() if one["kind"] == "invoice"]
    assert ahead(world, document["id"], day("01-30"))[0] == ("suspend.document", day("02-02"), "notified")
    keeps_its_word(world, document["id"], day("01-30"), day("02-08"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_said_in_every_language(language: str) -> None:
    from abono.reports.ahead import ahead_of_document
    from abono.reports.service_screens import ahead_of_customer, services

    world, customer, service = argentine()
    pass_to(world, "01-05", "01-23")
    (document,) = world.documents()
    which: dict[str, Any] = {"seller_id": world.seller_id, "on": day("01-23"), "language": language}
    (screen,) = services(service_id=service, **which)
    assert (screen.state, screen.access, screen.price_minor, len(screen.held_by)) == ("suspended", "none", 1000_00, 1)
    assert {one.kind for one in screen.ahead} == {"restore", "ask.suspended", "suspend.debtor", "terminate.document"}
    found = [
        *ahead_of_document(document_id=document["id"], **which),
        *ahead_of_customer(customer_id=customer, **which),
    ]
    assert all(one.words and "{" not in one.words and "?" not in one.words for one in found)
