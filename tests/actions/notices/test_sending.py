"""Messages leave once, in their time, and what became of each is noted."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from abono.base.kernel.days import plus_days
from abono.base.kernel.refusal import Refused
from abono.domain.notices.channels.post import Outcome
from abono.domain.notices.retries import LEASE, WAITS
from tests.letters import MORNING, WatchedPost, active, flat, live, send, told
from tests.world import JANUARY, World, at, make_world

pytestmark = pytest.mark.usefixtures("database")

DAY = date(2026, 1, 17)  # a proforma is issued for February
NOW = at(DAY, MORNING)


@pytest.fixture
def world() -> World:
    """A seller whose messages of DAY are made and wait."""
    found = make_world("hosting_ar")
    active(found)
    live(found, plus_days(DAY, -1))
    prepared(found, DAY)
    return found


def prepared(world: World, day: date) -> None:
    from abono.runs.collecting.sweep import collect
    from abono.runs.notifying.prepare import prepare_messages

    world.run(day, confirm=True)
    collect(seller_id=world.seller_id, on=day, at=at(day, 10))
    prepare_messages(seller_id=world.seller_id, on=day, at=at(day, 10))


def another(world: World) -> None:
    """A second customer whose first document is issued on DAY."""
    world.subscribe(world.customer("Bela"), world.plans["basic"], DAY, on=DAY)
    prepared(world, DAY)


def latest(world: World):  # type: ignore[no-untyped-def]
    return told(world)[-1]


def events(world: World, message: UUID) -> list[str]:
    from abono.domain.notices.queries import events_of

    return [one.kind for one in events_of(seller_id=world.seller_id, message_id=message)]


def test_nothing_leaves_before_eight_in_the_sellers_zone(world: World) -> None:
    post = WatchedPost()
    send(world, post, datetime.fromisoformat("2026-01-17T07:59:59-03:00"))
    assert post.mails == []
    send(world, post, datetime.fromisoformat("2026-01-17T08:00:00-03:00"))
    assert len(post.mails) == 1


def test_a_mail_carries_its_document_and_a_stable_id(world: World) -> None:
    post = WatchedPost(Outcome("again", "451 later"))
    send(world, post, NOW)
    send(world, post, NOW + WAITS[0])
    first, second = post.mails
    assert first.message_id == second.message_id == f"<{latest(world).id}@seller.example>"
    assert [file.name for file in first.files] == ["P-2026-000002.pdf"]
    assert latest(world).state == "sent"
    assert events(world, latest(world).id) == ["tried", "sent"]


def test_it_is_sent_once_however_often_and_by_however_many(world: World) -> None:
    post = WatchedPost()
    for _ in range(3):
        send(world, post, NOW)
    assert len(post.mails) == 1


def test_retries_with_longer_and_longer_waits_and_then_gives_up_where_one_sees_it(world: World) -> None:
    post = WatchedPost(*[Outcome("again", "451 busy")] * 50)
    now, waits = NOW, []
    while latest(world).state in ("queued", "sending"):
        send(world, post, now)
        after = latest(world).next_try_at
        if after:
            waits.append(after - now)
            assert not send(world, post, after - timedelta(seconds=1)).again
            now = after
    assert waits[: len(WAITS)] == list(WAITS)
    assert latest(world).state == "failed"
    assert latest(world).reason == "451 busy"
    assert now - latest(world).leaves_at <= timedelta(hours=72)


def test_a_refused_recipient_bounced(world: World) -> None:
    from abono.domain.notices.queries import steps_left

    send(world, WatchedPost(Outcome("bounced", "550 no such user")), NOW)
    one = latest(world)
    assert (one.state, one.left_on) == ("bounced", None)
    assert steps_left(seller_id=world.seller_id, document_ids=[one.document_id]) == {}


def test_poison_is_set_aside_and_stops_no_other(world: World) -> None:
    another(world)
    waiting = [one for one in told(world) if one.state == "queued"]
    assert len(waiting) == 2
    poison = waiting[0].document_id

    def papers(seller_id: int, document_id: UUID) -> bytes:
        if document_id == poison:
            raise ZeroDivisionError("no paper")
        return b"%PDF"

    done = send(world, WatchedPost(), NOW, papers=papers)
    assert (done.parked, done.left) == (1, 1)
    (parked,) = [one for one in told(world) if one.state == "parked"]
    assert "ZeroDivisionError: no paper" in parked.reason


def test_a_dead_post_costs_one_try_and_leaves_the_rest_waiting(world: World) -> None:
    another(world)
    done = send(world, WatchedPost(Outcome("closed", "ConnectionRefusedError")), NOW)
    assert (done.again, done.closed) == (1, "ConnectionRefusedError")
    waiting = [one for one in told(world) if one.state == "queued"]
    assert sorted(one.attempts for one in waiting) == [0, 1]
    assert send(world, WatchedPost(), NOW + WAITS[0]).left == 2


def test_who_takes_a_message_keeps_it_until_the_lease_is_over(world: World) -> None:
    from abono.domain.notices.batch import lease

    mine = lease(seller_id=world.seller_id, channel="email", at=NOW, limit=10)
    assert len(mine) == 1
    post = WatchedPost()
    send(world, post, NOW + LEASE - timedelta(seconds=1))
    assert post.mails == []
    send(world, post, NOW + LEASE)
    assert len(post.mails) == 1


def test_a_late_word_of_who_lost_the_lease_changes_nothing(world: World) -> None:
    from abono.domain.notices.actions import record_tried
    from abono.domain.notices.batch import lease

    (mine,) = lease(seller_id=world.seller_id, channel="email", at=NOW, limit=10)
    send(world, WatchedPost(), NOW + LEASE)
    record_tried(
        seller_id=world.seller_id,
        message_id=mine.id,
        attempt=mine.attempts,
        words="too late",
        next_try_at=NOW,
        on=DAY,
        at=NOW,
    )
    assert latest(world).state == "sent"


def test_a_reminder_whose_document_was_paid_before_it_left_is_cancelled(world: World) -> None:
    customer = latest(world).customer_id
    send(world, WatchedPost(), NOW)
    day = date(2026, 1, 22)
    prepared(world, day)
    assert latest(world).kind == "first-reminder"
    world.pay(customer, world.documents(customer)[-1]["open_minor"], day)
    post = WatchedPost()
    assert send(world, post, at(day, MORNING)).cancelled == 1
    assert latest(world).state == "cancelled"
    assert [mail for mail in post.mails if "Recordatorio" in mail.subject] == []


def test_after_a_dead_week_one_reminder_leaves_with_the_days_that_are_left(world: World) -> None:
    send(world, WatchedPost(), NOW)
    for day in (date(2026, 1, 22), date(2026, 1, 27)):
        prepared(world, day)
        send(world, WatchedPost(Outcome("closed", "dead")), at(day, MORNING))
    post = WatchedPost()
    send(world, post, at(date(2026, 1, 28), MORNING))
    (mail,) = post.mails
    assert mail.subject == "Segundo recordatorio: la factura proforma P-2026-000002 vence en 4 días"
    assert "4 de febrero de 2026: se suspenden" in flat(mail.body), "the distance is kept"
    first, second = told(world)[-2:]
    assert (first.state, first.reason) == ("cancelled", "a later message takes its place")
    assert (second.state, second.body, second.speaks_on) == ("sent", mail.body, date(2026, 1, 28))
    assert "renewed" in events(world, second.id)


def test_people_note_bounces_and_receipts(world: World) -> None:
    from abono.domain.notices.actions import note_received, queue_again, record_bounced

    known = {"seller_id": world.seller_id, "message_id": latest(world).id, "on": DAY, "at": NOW}
    with pytest.raises(Refused, match="has not left"):
        note_received(**known, words="seen")
    with pytest.raises(Refused, match="cannot become bounced"):
        record_bounced(**known, words="no")
    send(world, WatchedPost(), NOW)
    note_received(**known, words="called back")
    record_bounced(**known, words="550")
    with pytest.raises(Refused, match="not sent twice"):
        queue_again(**known, words="again")
    assert events(world, latest(world).id) == ["sent", "received", "bounced"]


def test_a_bounced_notice_goes_to_another_address_and_counts_again(world: World) -> None:
    from abono.domain.notices.actions import send_elsewhere
    from abono.domain.notices.queries import steps_left

    send(world, WatchedPost(Outcome("bounced", "550 no such user")), NOW)
    old = latest(world)
    new = send_elsewhere(
        seller_id=world.seller_id, message_id=old.id, address="new@x.example", words="told by phone", on=DAY, at=NOW
    )
    post = WatchedPost()
    send(world, post, NOW)
    assert [mail.recipient for mail in post.mails] == ["new@x.example"]
    assert post.mails[0].id == new
    assert list(steps_left(seller_id=world.seller_id, document_ids=[old.document_id]).values()) == [DAY]


def test_accepting_is_as_good_as_sending() -> None:
    from abono.domain.notices.channels.accepting import AcceptingPost

    found = []
    for post in (None, AcceptingPost()):
        world = make_world("hosting_ar")
        active(world)
        live(world, DAY, date(2026, 1, 22), post=post)
        found.append([(one.kind, one.state, one.left_on) for one in told(world) if one.made_on > JANUARY])
    assert found[0] == found[1]
