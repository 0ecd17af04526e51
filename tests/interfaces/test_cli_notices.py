"""`abono notices`: mails into a folder, letters on paper, what became of each."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.shop import Shop, call, data, refused, told

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shop:
    """A shop with two customers, one without an e-mail address, each told of a proforma of today."""
    from abono.runs.notifying.prepare import prepare_messages

    monkeypatch.delenv("ABONO_SMTP_URL", raising=False)
    monkeypatch.setenv("ABONO_MAIL_FOLDER", str(tmp_path / "mail"))
    found = Shop("hosting_ar")
    world = found.world
    today = datetime.now(UTC).date() - timedelta(days=2)
    for name in ("Ana", "Bela"):
        customer = world.customer(name, on=today)
        world.subscribe(
            customer, world.rows("SELECT id FROM plans WHERE seller_id = %(seller)s")[0][0], today, on=today
        )
        if name == "Bela":
            world.rows(
                "UPDATE customers SET email = '' WHERE seller_id = %(seller)s AND id = %(id)s RETURNING 1", id=customer
            )
    world.run(today, confirm=True)
    prepare_messages(seller_id=world.seller_id, on=today, at=datetime(today.year, today.month, today.day, tzinfo=UTC))
    return found


def test_mails_go_into_a_folder_and_open(shop: Shop, tmp_path: Path) -> None:
    assert told("notices", "send", *shop.own).strip() == "1 left"
    assert told("notices", "send", *shop.own).strip() == "nothing is due"
    (file,) = (tmp_path / "mail").rglob("*.eml")
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert str(mail["From"]) == "Testing <billing@seller.example>"
    assert str(mail["To"]).endswith("@customer.example")
    (pdf,) = mail.iter_attachments()  # type: ignore[attr-defined]
    assert pdf.get_content().startswith(b"%PDF")
    (message,) = data("notices", "list", *shop.own, "--state", "sent", "--customer", "C-00001")["messages"][:1]
    shown = data("notices", "show", message["id"][-12:], *shop.own)
    assert shown["id"] == message["id"]
    said = told("notices", "show", message["id"], *shop.own)
    assert message["subject"] in said


def test_a_dead_server_is_told(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABONO_SMTP_URL", "smtp://127.0.0.1:1")
    result = call("notices", "send", *shop.own)
    assert result.exit_code == 1
    assert "1 to be tried again" in result.stdout
    assert "cannot be reached" in result.stdout


def test_a_password_in_the_clear_is_refused(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABONO_SMTP_URL", "smtp://me:hunter2@mail.example")
    assert "hunter2" not in refused("notices", "send", *shop.own)


def test_letters_are_printed_once_and_again_by_their_day(shop: Shop, tmp_path: Path) -> None:
    first, second = tmp_path / "letters.pdf", tmp_path / "again.pdf"
    assert "1 letter in" in told("notices", "letters", *shop.own, "--out", first)
    pages = [page.extract_text() for page in PdfReader(first).pages]
    assert len(pages) == 2
    assert "Bela" in pages[0]
    assert "La Plata" in pages[0]
    assert "P-" in pages[1]
    refused("notices", "letters", *shop.own, "--out", second)
    from abono.domain.sellers.queries import seller_by_id
    from abono.interfaces.cli.clock import today

    on = today(seller=seller_by_id(seller_id=shop.world.seller_id))
    assert "1 letter in" in told("notices", "letters", *shop.own, "--out", second, "--again", on)
    assert [page.extract_text() for page in PdfReader(second).pages] == pages


def test_what_became_of_a_message_is_noted(shop: Shop) -> None:
    told("notices", "send", *shop.own)
    (message,) = [
        one
        for one in data("notices", "list", *shop.own)["messages"]
        if (one["channel"], one["state"]) == ("email", "sent")
    ]
    told("notices", "received", message["id"], *shop.own, "--words", "answered by telephone")
    told("notices", "bounced", message["id"], *shop.own, "--reason", "550 no such user")
    refused("notices", "again", message["id"], *shop.own)
    told("notices", "again", message["id"], *shop.own, "--to", "new@customer.example")
    assert told("notices", "send", *shop.own).strip() == "1 left"
    events = [one["kind"] for one in data("notices", "show", message["id"], *shop.own)["events"]]
    assert events == ["sent", "received", "bounced", "queued"]
    refused("notices", "show", "ffffffff-nothing", *shop.own)
