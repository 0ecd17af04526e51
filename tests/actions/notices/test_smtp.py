"""Mails at a real SMTP peer: what arrives, what a failure at any call leaves, a server that dies and comes back."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from abono.base.kernel.ids import new_id
from abono.base.kernel.refusal import Refused
from abono.domain.notices.channels.folder import FolderPost
from abono.domain.notices.channels.post import File, Mail
from abono.domain.notices.channels.smtp import SmtpPost, smtp_address
from abono.domain.notices.retries import WAITS
from tests.letters import MORNING, active, live, send, told
from tests.postbox import Postbox, certificate, smtp_server
from tests.world import World, at, make_world

DAY = date(2026, 1, 17)
NOW = at(DAY, MORNING)


def mail(recipient: str = "ana@x.example", subject: str = "Nota ñandú", **more: object) -> Mail:
    known = {
        "id": new_id(),
        "seller": "shop",
        "day": "2026-01-17",
        "message_id": "<1@seller.example>",
        "sender_name": "Müller & Co, Inc.",
        "sender": "billing@seller.example",
        "reply_to": "billing@seller.example",
        "recipient": recipient,
        "subject": subject,
        "body": "Árvíztűrő\n\n.\n..dots\n",
        "language": "es",
        "at": datetime(2026, 1, 17, 9, tzinfo=UTC),
    }
    return Mail(**{**known, **more})  # type: ignore[arg-type]


def post_at(port: int) -> SmtpPost:
    return SmtpPost(smtp_address(f"smtp://127.0.0.1:{port}"))


def test_what_arrives_is_what_was_written() -> None:
    box = Postbox()
    with smtp_server(box) as port:
        (outcome,) = post_at(port).deliver([mail(files=(File("P-1.pdf", b"%PDF-1"),))])
    assert outcome.kind == "left"
    ((recipients, found),) = box.taken
    assert recipients == ["ana@x.example"]
    assert found["Subject"] == "Nota ñandú"
    assert found["From"].addresses[0].display_name == "Müller & Co, Inc."
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["Message-ID"] == "<1@seller.example>"
    body = found.get_body()
    assert body is not None
    assert body.get_content().splitlines() == ["Árvíztűrő", "", ".", "..dots"]
    (attached,) = found.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("P-1.pdf", b"%PDF-1")


HEADERS = ["\r\nBcc: evil@x.example", "\nTo: evil@x.example", "\r\n\r\nbody", "\r\n.\r\nMAIL FROM:<a@b>", "\x00"]
ADDRESSES = [
    "a@b.example, evil@x.example",
    "a@b.example> RCPT TO:<evil@x.example",
    "a@b.example\r\nBcc: evil@x.example",
    "<evil@x.example>",
    "a b@c.example",
    "",
    "@",
    "a@",
]


@pytest.mark.parametrize("value", [f"{place}{sign}" for sign in HEADERS for place in ("", "a@b.example", "x")])
@pytest.mark.parametrize("field", ["subject", "recipient", "sender_name"])
def test_no_value_adds_a_header_or_a_recipient(field: str, value: str) -> None:
    box = Postbox()
    with smtp_server(box) as port:
        (outcome,) = post_at(port).deliver([mail(**{field: value})])
    for recipients, found in box.taken:
        assert recipients == ["ana@x.example"]
        assert "Bcc" not in found
        assert len(found.get_all("To", [])) == 1
    assert outcome.kind in ("refused", "left")
    assert (outcome.kind == "left") == bool(box.taken)


@pytest.mark.parametrize("value", ADDRESSES)
def test_what_is_no_single_address_is_refused(value: str) -> None:
    box = Postbox()
    with smtp_server(box) as port:
        (outcome,) = post_at(port).deliver([mail(value)])
    assert (outcome.kind, box.taken) == ("refused", [])


@pytest.mark.parametrize(
    ("stage", "line", "kind"),
    [
        ("RCPT", "550 5.1.1 no such user", "bounced"),
        ("RCPT", "450 mailbox busy", "again"),
        ("MAIL", "451 later", "again"),
        ("MAIL", "550 not you", "again"),
        ("DATA", "452 full", "again"),
        ("DATA", "554 5.7.1 refused as spam", "refused"),
        ("DATA", "421 shutting down", "again"),
    ],
)
def test_what_the_server_answers_decides(stage: str, line: str, kind: str) -> None:
    box = Postbox(lambda there, calls: line if there == stage else None)
    with smtp_server(box) as port:
        (outcome,) = post_at(port).deliver([mail()])
    assert outcome.kind == kind
    assert line[:3] in outcome.words


def test_a_server_that_is_not_there() -> None:
    (outcome,) = post_at(1).deliver([mail()])
    assert outcome.kind == "closed"


def test_passwords_go_only_through_tls(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    theirs, ours = certificate(tmp_path)
    box = Postbox()
    with smtp_server(box, tls=theirs) as port:
        good = smtp_address(f"smtp+starttls://shop:s%25cret@127.0.0.1:{port}")
        assert "cret" not in repr(good)
        assert next(SmtpPost(good, context=ours).deliver([mail()])).kind == "left"
        distrusted = next(SmtpPost(good).deliver([mail()]))
        assert (distrusted.kind, "certificate" in distrusted.words.lower()) == ("closed", True)
        wrong = smtp_address(f"smtp+starttls://shop:wr0ng-secret@127.0.0.1:{port}")
        refused = next(SmtpPost(wrong, context=ours).deliver([mail()]))
        assert (refused.kind, "wr0ng" in refused.words) == ("closed", False)
    assert len(box.taken) == 1
    with smtp_server(Postbox()) as port:
        bare = smtp_address(f"smtp+starttls://shop:s%25cret@127.0.0.1:{port}")
        assert next(SmtpPost(bare, context=ours).deliver([mail()])).kind == "closed", "no TLS, no mail"


@pytest.mark.parametrize("text", ["smtp://shop:hunter2@mail.example", "ftp://hunter2@x", "hunter2", "smtps://:hunter2"])
def test_addresses_that_are_refused_are_not_repeated(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        smtp_address(text)
    assert "hunter2" not in refusal.value.words


def test_a_folder_holds_whole_files_once(tmp_path: Path) -> None:
    one = mail()
    for _ in range(2):
        assert [outcome.kind for outcome in FolderPost(tmp_path).deliver([one])] == ["left"]
    (file,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert file == tmp_path / "shop" / "2026-01-17" / f"{one.id}.eml"
    assert "Árvíztűrő" in file.read_text(encoding="utf-8")
    shut = tmp_path / "shut"
    shut.write_text("no folder", encoding="utf-8")
    assert next(FolderPost(shut).deliver([one])).kind == "closed"


# --- with a seller's messages


def waiting_world(customers: int) -> World:
    """A seller with so many mails that wait, each to a customer of its own."""
    from abono.runs.notifying.prepare import prepare_messages

    world = make_world("hosting_ar")
    world.plan(price="100")
    for number in range(customers):
        world.subscribe(world.customer(f"C{number}"), world.plans["basic"], DAY, on=DAY)
    world.run(DAY, confirm=True)
    prepare_messages(seller_id=world.seller_id, on=DAY, at=at(DAY, 10))
    assert len(told(world)) == customers
    return world


def check_each_once(world: World, box: Postbox, customers: int) -> None:
    counts = Counter(str(found["Message-ID"]) for _, found in box.taken)
    assert len(counts) == customers
    assert set(counts.values()) == {1}
    assert {one.state for one in told(world)} == {"sent"}


@pytest.mark.usefixtures("database")
def test_a_failure_at_each_call_loses_and_doubles_nothing() -> None:
    customers = 3
    calls = 0
    for failing in range(3 * customers + 1):
        world = waiting_world(customers)
        box = Postbox(lambda stage, count, failing=failing: "451 failed here" if count == failing else None)  # type: ignore[misc]
        with smtp_server(box) as port:
            now = NOW
            for _ in range(4):
                send(world, post_at(port), now)
                now += WAITS[1]
        assert box.calls > failing or failing == 3 * customers, "the failure did not strike"
        check_each_once(world, box, customers)
        calls = max(calls, box.calls)
    assert calls > 3 * customers


@pytest.mark.usefixtures("database")
def test_a_server_that_was_dead_for_a_day_gets_each_mail_once() -> None:
    customers = 45
    world = waiting_world(customers)
    box = Postbox()
    with smtp_server(box) as port:
        pass
    now = NOW
    while now < NOW + timedelta(hours=24):
        assert send(world, post_at(port), now).closed
        now += timedelta(hours=1)
    assert box.taken == []
    with smtp_server(box, port=port):
        send(world, post_at(port), now)
        send(world, post_at(port), now + WAITS[-1])
    check_each_once(world, box, customers)


@pytest.mark.usefixtures("database")
def test_a_week_of_outage_reaches_a_real_peer_as_one_reminder_before_any_suspension() -> None:
    world = make_world("hosting_ar")
    _, service = active(world)
    with smtp_server(Postbox()) as port:
        live(world, date(2026, 1, 17), post=post_at(port))
    box = Postbox()
    with smtp_server(box) as port:
        live(world, date(2026, 1, 28), post=post_at(port))
        live(world, date(2026, 2, 2), date(2026, 2, 3), post=post_at(port))
    assert [one for one in box.subjects if "ecordatorio" in one] == [
        "Segundo recordatorio: la factura proforma P-2026-000002 vence en 4 días",
        "Último recordatorio: la factura proforma P-2026-000002 venció ayer",
    ]
    state = world.rows("SELECT state FROM subscriptions WHERE seller_id = %(seller)s AND id = %(id)s", id=service)
    assert state == [("active",)], "the distance from the message that left late is kept"
    live(world, date(2026, 2, 5))
    state = world.rows("SELECT state FROM subscriptions WHERE seller_id = %(seller)s AND id = %(id)s", id=service)
    assert state == [("suspended",)]
