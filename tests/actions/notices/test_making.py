"""Messages are made of what happened, once each, for whom it concerns."""

from datetime import date
from uuid import UUID

import pytest

from abono.base.kernel.days import plus_days
from tests.letters import MORNING, active, due_of, flat, live, told
from tests.world import JANUARY, World, at, make_world

pytestmark = pytest.mark.usefixtures("database")

FEBRUARY = date(2026, 2, 1)


def days(*offsets: int) -> list[date]:
    return [plus_days(FEBRUARY, one) for one in offsets]


def contact(world: World, customer: UUID, role: str, *notices: str, email: str = "", language: str = "en") -> str:
    from abono.domain.customers.actions import add_contact

    address = email or f"{role}@contact.example"
    add_contact(
        seller_id=world.seller_id,
        customer_id=customer,
        name=f"{role} {customer.hex[-4:]}",
        language=language,
        role=role,
        notices=notices,
        email=address,
        on=JANUARY,
        at=at(JANUARY),
    )
    return address


def test_a_life_in_messages() -> None:
    world = make_world("hosting_ar")
    ana, _ = active(world)
    world.plan(price="280", cycle=("month", 3))
    live(world, *days(-15, -10, -5, -1, 2, 5))
    found = told(world, ana)
    assert [(one.kind, one.left_on) for one in found[2:]] == [
        ("issued", date(2026, 1, 17)),
        ("first-reminder", date(2026, 1, 22)),
        ("second-reminder", date(2026, 1, 27)),
        ("last-reminder", date(2026, 1, 31)),
        ("suspended", date(2026, 2, 3)),
        ("suspended", date(2026, 2, 6)),
    ]
    assert "mañana" in found[5].subject
    assert "3 de febrero de 2026: se suspenden los servicios de este" in flat(found[5].body)
    world.pay(ana, world.documents(ana)[-1]["open_minor"], date(2026, 2, 7))
    live(world, date(2026, 2, 7))
    assert {one.kind for one in told(world, ana)[8:]} == {"restored", "invoice", "longer-period-offer"}
    assert all(len(line) <= 72 for one in told(world, ana) for line in one.body.splitlines())
    offer = next(one for one in told(world, ana) if one.kind == "longer-period-offer")
    assert "Ahora:" in offer.body
    assert "280,00 por 3 meses, sin impuestos" in offer.body


def test_what_is_told_once_is_not_told_again() -> None:
    from abono.runs.notifying.prepare import prepare_messages

    world = make_world("hosting_ar")
    active(world)
    live(world, *days(-15, -10))
    before = len(told(world)), len(told(world, channel="portal"))
    for _ in range(3):
        again = prepare_messages(seller_id=world.seller_id, on=days(-10)[0], at=at(days(-10)[0], MORNING))
        assert again.messages == 0
    assert before == (4, 4 - 1)  # the first reminder goes by e-mail alone


def test_a_reminder_of_what_was_paid_meanwhile_is_not_made() -> None:
    from abono.runs.collecting.sweep import collect
    from abono.runs.notifying.prepare import prepare_messages

    world = make_world("hosting_ar")
    ana, _ = active(world)
    live(world, *days(-15))
    day = days(-10)[0]
    world.run(day)
    collect(seller_id=world.seller_id, on=day, at=at(day, 9))
    world.pay(ana, world.documents(ana)[-1]["open_minor"], day)
    prepare_messages(seller_id=world.seller_id, on=day, at=at(day, 12))
    assert "first-reminder" not in {one.kind for one in told(world, ana)}


def test_messages_of_missed_days_are_one_with_the_days_really_left() -> None:
    world = make_world("hosting_ar")
    ana, _ = active(world)
    live(world, *days(-15, -3))
    kinds = [one.kind for one in told(world, ana)]
    assert "first-reminder" not in kinds
    assert "vence en 3 días" in told(world, ana)[kinds.index("second-reminder")].subject


def test_a_last_reminder_after_the_due_date_does_not_say_tomorrow() -> None:
    world = make_world("hosting_ar")
    ana, _ = active(world)
    live(world, *days(-15, 4))
    last = told(world, ana)[-1]
    assert last.kind == "last-reminder"
    assert "mañana" not in last.subject + last.body
    assert "venció hace 4 días" in last.subject
    assert "8 de febrero de 2026: se suspenden los servicios" in flat(last.body)


def test_accounting_gets_the_papers_and_the_owner_what_harms() -> None:
    world = make_world("hosting_ar")
    ana, _ = active(world)
    own = told(world, ana)[0].recipient
    books = contact(world, ana, "accounting", "documents", "reminders")
    live(world, *days(-15, -10, -5, -1, 2))
    found = [(one.kind, one.recipient, one.language) for one in told(world, ana) if one.left_on > JANUARY]
    assert [(one.kind, one.recipient) for one in told(world, ana) if one.left_on == JANUARY] == [("issued", own)]
    assert sorted(one for one in found if one[0] not in ("invoice", "restored")) == [
        ("first-reminder", books, "en"),
        ("issued", books, "en"),
        ("last-reminder", books, "en"),
        ("last-reminder", own, "es"),
        ("second-reminder", books, "en"),
        ("suspended", own, "es"),
    ]


def test_who_has_no_address_gets_a_letter() -> None:
    world = make_world("hosting_cl")
    ana, _ = active(world)
    world.rows("UPDATE customers SET email = '' WHERE seller_id = %(seller)s AND id = %(id)s RETURNING 1", id=ana)
    live(world, *days(-10))
    (letter,) = [one for one in told(world, ana, channel="letter") if one.kind == "issued"]
    assert (letter.recipient, letter.words_id is not None) == ("Ana", True)
    assert [one.kind for one in told(world, ana) if one.left_on > JANUARY and one.kind == "issued"] == []


def test_a_clients_message_names_no_amount_and_no_document() -> None:
    from abono.domain.customers.actions import begin_sponsorship

    world = make_world("partners_us")
    partner, client = world.customer("Partner"), world.customer("Client")
    begin_sponsorship(
        seller_id=world.seller_id, customer_id=client, payer_id=partner, from_on=JANUARY, on=JANUARY, at=at(JANUARY)
    )
    world.subscribe(client, world.plan(price="100"), JANUARY)
    live(world, JANUARY)
    _, due = due_of(world, partner)
    live(world, *(plus_days(due, one) for one in (1, 5, 15)))
    (theirs,) = told(world, client)
    assert theirs.kind == "client-suspended"
    said = theirs.subject + theirs.body
    assert "provider's account" in said
    assert not any(one in said for one in ("$", "100", "I-2026", "Partner", "due"))
    mine = told(world, partner)[-1]
    assert mine.kind == "suspended"
    assert "Client: Plan basic" in mine.body
    assert "$" in mine.body
    world.pay(partner, world.documents(partner)[-1]["open_minor"], plus_days(due, 16), means="ach")
    live(world, plus_days(due, 16))
    assert [one.kind for one in told(world, client)] == ["client-suspended", "client-restored"]
    assert told(world, partner)[-1].kind == "restored"


def test_steps_left() -> None:
    from abono.domain.notices.queries import steps_left

    world = make_world("hosting_ar")
    ana, _ = active(world)
    live(world, *days(-15, -10))
    document, _ = due_of(world, ana)

    def left() -> dict[int, date]:
        found = steps_left(seller_id=world.seller_id, document_ids=[document])
        return {step_no: day for (_, _, step_no), day in found.items()}

    assert left() == {0: days(-15)[0], 1: days(-10)[0]}
    world.rows("UPDATE messages SET state = 'bounced' WHERE seller_id = %(seller)s AND channel = 'email' RETURNING 1")
    assert left() == {}, "the portal is not the only way of the first step, and the second went by e-mail alone"


@pytest.mark.parametrize("column", ["subject", "recipient"])
@pytest.mark.parametrize("sign", ["\r", "\n", "\r\nBcc: x@y.example"])
def test_the_database_takes_no_line_ends_where_headers_are_made(column: str, sign: str) -> None:
    from abono.base.store import sql

    world = make_world("hosting_ar")
    active(world)
    with pytest.raises(Exception, match="messages_one_line"), sql.in_transaction():
        sql.change(
            "INSERT INTO messages SELECT * FROM jsonb_populate_record(NULL::messages, "
            "(SELECT to_jsonb(m) FROM messages AS m WHERE seller_id = %(seller)s AND channel = 'email' LIMIT 1) "
            "|| jsonb_build_object('id', gen_random_uuid(), 'ref', 'x', %(column)s::text, %(sign)s::text))",
            {"seller": world.seller_id, "column": column, "sign": f"a{sign}b"},
        )


def test_words_that_left_are_frozen() -> None:
    from abono.base.store import sql

    world = make_world("hosting_ar")
    active(world)
    with pytest.raises(Exception, match="frozen"), sql.in_transaction():
        sql.change("UPDATE messages SET body = 'other' WHERE seller_id = %(seller)s", {"seller": world.seller_id})


def test_money_that_arrived_and_charges_that_were_declined_are_told() -> None:
    from abono.domain.payments.methods import add_method
    from abono.runs.charging.run import run_charging
    from abono.runs.notifying.prepare import prepare_messages
    from abono.simulation.bank import Bank, Fate

    world = make_world("franchise_us")
    ana = world.customer("Ana")
    world.subscribe(ana, world.plan(price="100"), FEBRUARY, on=JANUARY)
    live(world, date(2026, 1, 12))
    _, due = due_of(world, ana)
    known = {"seller_id": world.seller_id, "on": due, "at": at(due, MORNING)}
    add_method(**known, customer_id=ana, token="pm_told_to_ana", means="card", brand="visa", verified=True)
    bank = Bank(seed=1).open(on=due)
    bank.plan("pm_told_to_ana", Fate(code="51"))
    run_charging(**known, gateways=bank.gateways())
    world.pay(ana, 40_00, due, means="ach")
    for _ in range(2):
        prepare_messages(**known)
    world.pay(ana, world.documents(ana)[-1]["open_minor"], due, means="ach")
    prepare_messages(**known)
    kinds = [one.kind for one in told(world, ana)]
    assert sorted(kinds) == ["issued", "payment-failed", "payment-received", "payment-received"]
    said = {one.body: flat(one.body) for one in told(world, ana)}
    assert any("We will try again on" in body for body in said.values())
    assert any("$40.00" in body and "Still to pay:" in body for body in said.values())
    assert any("paid in full" in body for body in said.values())


def test_objections_and_arrangements_are_told() -> None:
    from abono.base.kernel.ids import new_id
    from abono.base.store import sql
    from abono.runs.notifying.at_once import tell_arrangement, tell_objection

    world = make_world("hosting_ar")
    ana, _ = active(world)
    live(world, *days(-15))
    document, _ = due_of(world, ana)
    day = days(-12)[0]
    head = {"seller_id": world.seller_id, "document_id": document, "customer_id": ana}
    known = {"seller_id": world.seller_id, "on": day, "at": at(day, MORNING)}
    objection, arrangement = new_id(), new_id()
    sql.insert(
        "objections",
        {**head, "id": objection, "words": "No es mío {x}", "state": "open", "opened_on": day, "decision": ""},
    )
    tell_objection(**known, objection_id=objection)
    sql.change(
        "UPDATE objections SET state = 'rejected', decided_on = %(on)s, decision = 'Está bien' "
        "WHERE seller_id = %(seller)s AND id = %(id)s",
        {"on": day, "seller": world.seller_id, "id": objection},
    )
    tell_objection(**known, objection_id=objection)
    until = days(6)[0]
    sql.insert(
        "arrangements",
        {**head, "id": arrangement, "granted_on": day, "until_on": until, "by": "customer", "reason": ""},
    )
    tell_arrangement(**known, arrangement_id=arrangement)
    received, decided, granted = told(world, ana)[-3:]
    assert "No es mío {x}" in received.body
    assert decided.kind == "objection-decided"
    assert "Está bien" in decided.body
    assert granted.subject.endswith("hasta el 7 de febrero de 2026")
    assert "8 de febrero de 2026: se suspenden los servicios" in flat(granted.body)
