"""Commands on messages: what became of one, each in one transaction."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from abono.base.kernel.ids import new_id
from abono.base.kernel.refusal import Refused
from abono.base.store import sql
from abono.domain.customers.plain_text import plain
from abono.domain.notices.addressing import EMAIL
from abono.domain.notices.digest import message_digest
from abono.domain.notices.models import STATES
from abono.domain.notices.queries import message_card

LONGEST_WORDS = 500


def record_left(
    *,
    seller_id: int,
    message_id: UUID,
    words: str,
    on: date,
    at: datetime,
    files: Mapping[str, str] | None = None,
) -> bool:
    """The post took the message: it has left. `files` are the SHA-256 of what went with it, by name.

    False when another has said so before; the try is noted all the same.
    """
    with sql.in_transaction():
        new = sql.change(
            "UPDATE messages SET state = 'sent', next_try_at = NULL, left_on = %(on)s, left_at = %(at)s, reason = '' "
            "WHERE seller_id = %(seller)s AND id = %(id)s AND state IN ('queued', 'sending')",
            {"seller": seller_id, "id": message_id, "on": on, "at": at},
        )
        _note(seller_id, message_id, "sent", words, on, at, {"files": dict(files)} if files else None)
    return new == 1


def record_tried(
    *, seller_id: int, message_id: UUID, attempt: int, words: str, next_try_at: datetime | None, on: date, at: datetime
) -> None:
    """The message did not leave: it is tried again at `next_try_at`, or given up if that is None."""
    after = "queued" if next_try_at else "failed"
    with sql.in_transaction():
        if _end_lease(seller_id, message_id, attempt, after, words, next_try_at):
            _note(seller_id, message_id, "tried" if next_try_at else "failed", words, on, at)


def release(*, seller_id: int, message_id: UUID, attempt: int, at: datetime) -> None:
    """Put a message back that was taken but not tried."""
    sql.change(
        "UPDATE messages SET state = 'queued', attempts = attempts - 1, next_try_at = %(at)s "
        "WHERE seller_id = %(seller)s AND id = %(id)s AND state = 'sending' AND attempts = %(attempt)s",
        {"seller": seller_id, "id": message_id, "attempt": attempt, "at": at},
    )


def park(*, seller_id: int, message_id: UUID, attempt: int, words: str, on: date, at: datetime) -> None:
    """Set a message aside that cannot be sent as it is, with the reason; a person looks at it."""
    with sql.in_transaction():
        if _end_lease(seller_id, message_id, attempt, "parked", words, None):
            _note(seller_id, message_id, "parked", words, on, at)


def refuse_recipient(*, seller_id: int, message_id: UUID, attempt: int, words: str, on: date, at: datetime) -> None:
    """The other side has no such recipient: the message bounced while it was handed over."""
    with sql.in_transaction():
        if _end_lease(seller_id, message_id, attempt, "bounced", words, None):
            _note(seller_id, message_id, "bounced", words, on, at)


def record_bounced(*, seller_id: int, message_id: UUID, words: str, on: date, at: datetime) -> None:
    """A message that had left came back. Refuses one that never left."""
    with sql.in_transaction():
        _move(seller_id, message_id, "bounced", words, None)
        _note(seller_id, message_id, "bounced", words, on, at)


def queue_again(*, seller_id: int, message_id: UUID, words: str, on: date, at: datetime) -> None:
    """Let a message that failed, bounced on being handed over or was set aside be tried again. Refuses any other."""
    with sql.in_transaction():
        card = message_card(seller_id=seller_id, message_id=message_id, lock=True)
        if card.left_at is not None:
            raise Refused("notices.left", "The message has left; it is not sent twice.")
        _move(seller_id, message_id, "queued", "", at)
        sql.change(
            "UPDATE messages SET attempts = 0 WHERE seller_id = %(seller)s AND id = %(id)s",
            {"seller": seller_id, "id": message_id},
        )
        _note(seller_id, message_id, "queued", words, on, at)


def send_elsewhere(*, seller_id: int, message_id: UUID, address: str, words: str, on: date, at: datetime) -> UUID:
    """Send a mail that did not reach anybody to another address instead: a message of its own; its id.

    Refuses one that is still on its way or has left and did not come back, and an address that has it already.
    """
    with sql.in_transaction():
        card = message_card(seller_id=seller_id, message_id=message_id, lock=True)
        if card.channel != EMAIL or card.state not in ("bounced", "failed", "parked"):
            raise Refused(
                "notices.state", f"The message is {card.state}; only a mail that did not arrive goes elsewhere."
            )
        place = plain(address, what="the e-mail address", longest=254)
        new = new_id()
        attached = [one["digest"] for one in card.attachments]
        made = sql.change(
            "INSERT INTO messages (seller_id, id, ref, kind, channel, recipient, customer_id, document_id, "
            "subscription_id, round_no, step_no, contact_id, words_id, language, subject, body, attachments, digest, "
            "speaks_on, made_on, made_at, leaves_at, state, attempts, next_try_at, reason) "
            "SELECT seller_id, %(new)s, ref, kind, channel, %(place)s, customer_id, document_id, subscription_id, "
            "round_no, step_no, contact_id, words_id, language, subject, body, attachments, %(digest)s, speaks_on, "
            "%(on)s, %(at)s, %(at)s, 'queued', 0, %(at)s, '' FROM messages "
            "WHERE seller_id = %(seller)s AND id = %(id)s ON CONFLICT DO NOTHING",
            {
                "seller": seller_id,
                "id": message_id,
                "new": new,
                "place": place,
                "digest": message_digest(
                    channel=EMAIL, recipient=place, subject=card.subject, body=card.body, attached=attached
                ),
                "on": on,
                "at": at,
            },
        )
        if not made:
            raise Refused("notices.there_already", "That address has this message already.")
        _note(seller_id, message_id, "queued", f"to {place}: {words}", on, at)
    return new


def cancel(*, seller_id: int, message_id: UUID, words: str, on: date, at: datetime) -> None:
    """A message that has not left shall not leave."""
    with sql.in_transaction():
        _move(seller_id, message_id, "cancelled", words, None)
        _note(seller_id, message_id, "cancelled", words, on, at)


def note_received(*, seller_id: int, message_id: UUID, words: str, on: date, at: datetime) -> None:
    """A person notes how one knows that the recipient has the message. Refuses one that never left."""
    with sql.in_transaction():
        card = message_card(seller_id=seller_id, message_id=message_id, lock=True)
        if card.left_on is None:
            raise Refused("notices.not_left", "The message has not left, so nobody can have received it.")
        if on < card.left_on:
            raise Refused("notices.before_it_left", f"The message left on {card.left_on}; use that day or later.")
        _note(seller_id, message_id, "received", words, on, at)


def renew(
    *,
    seller_id: int,
    message_id: UUID,
    attempt: int,
    subject: str,
    body: str,
    digest: bytes,
    speaks_on: date,
    on: date,
    at: datetime,
) -> None:
    """Write a message that is about to leave late anew, with the days that are really left."""
    with sql.in_transaction():
        written = sql.change(
            "UPDATE messages SET subject = %(subject)s, body = %(body)s, digest = %(digest)s, speaks_on = %(speaks)s "
            "WHERE seller_id = %(seller)s AND id = %(id)s AND state = 'sending' AND attempts = %(attempt)s",
            {
                "seller": seller_id,
                "id": message_id,
                "attempt": attempt,
                "subject": subject,
                "body": body,
                "digest": digest,
                "speaks": speaks_on,
            },
        )
        if written:
            _note(seller_id, message_id, "renewed", f"speaks of {speaks_on} now", on, at)


def _end_lease(
    seller_id: int, message_id: UUID, attempt: int, after: str, words: str, next_try_at: datetime | None
) -> bool:
    """Give a taken message its next state, unless its lease was over and another has taken it."""
    return (
        sql.change(
            "UPDATE messages SET state = %(after)s, next_try_at = %(next)s, reason = %(words)s "
            "WHERE seller_id = %(seller)s AND id = %(id)s AND state = 'sending' AND attempts = %(attempt)s",
            {
                "seller": seller_id,
                "id": message_id,
                "attempt": attempt,
                "after": after,
                "next": next_try_at,
                "words": _short(words),
            },
        )
        == 1
    )


def _move(seller_id: int, message_id: UUID, after: str, words: str, next_try_at: datetime | None) -> None:
    card = message_card(seller_id=seller_id, message_id=message_id, lock=True)
    if not STATES.allows(card.state, after):
        raise Refused("notices.state", f"The message is {card.state}; from there it cannot become {after}.")
    sql.change(
        "UPDATE messages SET state = %(after)s, next_try_at = %(next)s, reason = %(words)s "
        "WHERE seller_id = %(seller)s AND id = %(id)s",
        {"seller": seller_id, "id": message_id, "after": after, "next": next_try_at, "words": _short(words)},
    )


def _note(
    seller_id: int,
    message_id: UUID,
    kind: str,
    words: str,
    on: date,
    at: datetime,
    data: Mapping[str, object] | None = None,
) -> None:
    sql.insert(
        "message_events",
        {
            "seller_id": seller_id,
            "id": new_id(),
            "message_id": message_id,
            "kind": kind,
            "on_date": on,
            "at": at,
            "words": _short(words),
            "data": None if data is None else json.dumps(data),
        },
    )


def _short(words: str) -> str:
    """What another program said, on one line and of bearable length."""
    return " ".join(words.replace("\x00", " ").split())[:LONGEST_WORDS]
