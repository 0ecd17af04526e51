"""Reading messages."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from abono.base.kernel.refusal import Missing, Refused
from abono.base.store import sql

# A step of a document's calendar: (document, round, number of the step).
StepKey = tuple[UUID, int, int]


class MessageCard(NamedTuple):
    """A message. `left_on` is the day it really left, in the seller's zone."""

    id: UUID
    ref: str
    kind: str
    channel: str
    recipient: str
    customer_id: UUID
    document_id: UUID | None
    subscription_id: UUID | None
    round_no: int | None
    step_no: int | None
    contact_id: UUID | None
    words_id: UUID | None
    language: str
    subject: str
    body: str
    attachments: list[dict[str, str]]
    digest: bytes
    speaks_on: date
    made_on: date
    leaves_at: datetime
    state: str
    attempts: int
    next_try_at: datetime | None
    left_on: date | None
    left_at: datetime | None
    reason: str


class EventCard(NamedTuple):
    """What became of a message at one moment."""

    kind: str
    on: date
    at: datetime
    words: str
    data: dict[str, Any] | None


_COLUMNS = ", ".join(MessageCard._fields)


def steps_left(*, seller_id: int, document_ids: Sequence[UUID]) -> dict[StepKey, date]:
    """The steps whose message to the debtor really left, each with the earliest day that one did.

    A message that bounced has not left. The portal counts only where it is the step's only way.
    """
    found = sql.rows(
        """
        SELECT document_id, round_no, step_no,
          CASE WHEN bool_and(channel = 'portal') THEN min(left_on) FILTER (WHERE state = 'sent')
               ELSE min(left_on) FILTER (WHERE state = 'sent' AND channel <> 'portal') END
        FROM messages
        WHERE seller_id = %(seller)s AND document_id = ANY(%(documents)s::uuid[]) AND step_no IS NOT NULL
        GROUP BY document_id, round_no, step_no
        """,
        {"seller": seller_id, "documents": sql.array(document_ids)},
    )
    return {(document_id, round_no, step_no): day for document_id, round_no, step_no, day in found if day is not None}


def message_card(*, seller_id: int, message_id: UUID, lock: bool = False) -> MessageCard:
    """The message; Missing when the seller has none with this id. `lock` keeps others from changing it."""
    row = sql.one(
        f"SELECT {_COLUMNS} FROM messages WHERE seller_id = %(seller)s AND id = %(id)s"
        + (" FOR NO KEY UPDATE" if lock else ""),
        {"seller": seller_id, "id": message_id},
    )
    if row is None:
        raise Missing("notices.unknown", "This seller has no such message.")
    return MessageCard(*row)


def message_cards(*, seller_id: int, ids: Sequence[UUID]) -> list[MessageCard]:
    """Messages by id, by the names of their recipients."""
    return [
        MessageCard(*row)
        for row in sql.rows(
            f"SELECT {_COLUMNS} FROM messages WHERE seller_id = %(seller)s AND id = ANY(%(ids)s::uuid[]) "
            "ORDER BY recipient, customer_id, id",
            {"seller": seller_id, "ids": sql.array(ids)},
        )
    ]


def find_message(*, seller_id: int, asked: str) -> MessageCard:
    """The message whose id is, or ends with, what is asked for; refuses an end that several have."""
    text = asked.strip().lower()
    found = sql.rows(
        f"SELECT {_COLUMNS} FROM messages WHERE seller_id = %(seller)s "
        "AND (id::text = %(asked)s OR (length(%(asked)s) >= 8 AND right(id::text, length(%(asked)s)) = %(asked)s)) "
        "ORDER BY id LIMIT 2",
        {"seller": seller_id, "asked": text},
    )
    if not found:
        raise Missing("notices.unknown", f"This seller has no message {asked!r}.")
    if len(found) > 1:
        raise Refused("notices.several", f"Several messages have ids that end with {asked!r}; give more of it.")
    return MessageCard(*found[0])


def messages(
    *,
    seller_id: int,
    customer_id: UUID | None = None,
    document_id: UUID | None = None,
    states: Sequence[str] = (),
    limit: int | None = None,
) -> list[MessageCard]:
    """Messages, the latest made first; of a customer, of a document, in some states."""
    return [
        MessageCard(*row)
        for row in sql.rows(
            f"SELECT {_COLUMNS} FROM messages WHERE seller_id = %(seller)s "
            "AND (%(customer)s::uuid IS NULL OR customer_id = %(customer)s) "
            "AND (%(document)s::uuid IS NULL OR document_id = %(document)s) "
            "AND (%(states)s::text[] IS NULL OR state = ANY(%(states)s)) "
            "ORDER BY made_on DESC, id DESC LIMIT %(limit)s",
            {
                "seller": seller_id,
                "customer": customer_id,
                "document": document_id,
                "states": list(states) or None,
                "limit": limit,
            },
        )
    ]


def events_of(*, seller_id: int, message_id: UUID) -> list[EventCard]:
    """What became of a message, in order."""
    return [
        EventCard(*row)
        for row in sql.rows(
            "SELECT kind, on_date, at, words, data FROM message_events "
            "WHERE seller_id = %(seller)s AND message_id = %(id)s ORDER BY at, id",
            {"seller": seller_id, "id": message_id},
        )
    ]


def counts_by_state(*, seller_id: int) -> dict[tuple[str, str], int]:
    """How many messages there are: (channel, state) -> count."""
    return {
        (channel, state): int(count)
        for channel, state, count in sql.rows(
            "SELECT channel, state, count(*) FROM messages WHERE seller_id = %(seller)s GROUP BY 1, 2 ORDER BY 1, 2",
            {"seller": seller_id},
        )
    }


def letters_of_day(*, seller_id: int, on: date) -> list[MessageCard]:
    """The letters that were printed on a day, by the names on the envelopes."""
    return [
        MessageCard(*row)
        for row in sql.rows(
            f"SELECT {_COLUMNS} FROM messages WHERE seller_id = %(seller)s AND channel = 'letter' "
            "AND left_on = %(on)s ORDER BY recipient, customer_id, id",
            {"seller": seller_id, "on": on},
        )
    ]
