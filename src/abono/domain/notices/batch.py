"""Writing messages, many at once: each exists once, however often and by however many processes it is made."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from abono.base.kernel.ids import new_ids
from abono.base.store import sql
from abono.domain.notices.addressing import PORTAL
from abono.domain.notices.retries import LEASE


class Draft(NamedTuple):
    """A message to make. `attachments` is JSON text; `digest` as `digest.message_digest` makes it."""

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
    attachments: str
    digest: bytes


class Leased(NamedTuple):
    """A message that one process has taken to send it; nobody else does before the lease is over."""

    id: UUID
    ref: str
    kind: str
    recipient: str
    customer_id: UUID
    document_id: UUID | None
    subscription_id: UUID | None
    round_no: int | None
    step_no: int | None
    contact_id: UUID | None
    language: str
    subject: str
    body: str
    attachments: list[dict[str, str]]
    speaks_on: date
    leaves_at: datetime
    attempts: int


_TYPES = {
    "customer_id": "uuid",
    "document_id": "uuid",
    "subscription_id": "uuid",
    "contact_id": "uuid",
    "words_id": "uuid",
    "round_no": "smallint",
    "step_no": "smallint",
    "attachments": "jsonb",
    "digest": "bytea",
}
_COLUMNS = Draft._fields
# Arrays of ids and numbers are made as text, many times quicker than element by element.
_PLAIN = {name for name, kind in _TYPES.items() if kind in ("uuid", "smallint")}
_ADD = f"""
    INSERT INTO messages (seller_id, id, speaks_on, made_on, made_at, leaves_at, state, next_try_at, left_on, left_at,
      attempts, reason, {", ".join(_COLUMNS)})
    SELECT %(seller)s, new.id, %(speaks)s, %(on)s, %(at)s, %(leaves)s,
      CASE WHEN new.channel = '{PORTAL}' THEN 'sent' ELSE 'queued' END,
      CASE WHEN new.channel = '{PORTAL}' THEN NULL ELSE %(leaves)s::timestamptz END,
      CASE WHEN new.channel = '{PORTAL}' THEN %(speaks)s::date END,
      CASE WHEN new.channel = '{PORTAL}' THEN %(leaves)s::timestamptz END,
      0, '', {", ".join(f"new.{name}" for name in _COLUMNS)}
    FROM unnest(%(id)s::uuid[], {", ".join(f"%({name})s::{_TYPES.get(name, 'text')}[]" for name in _COLUMNS)})
      AS new (id, {", ".join(_COLUMNS)})
    ON CONFLICT DO NOTHING
"""


def add_messages(
    *, seller_id: int, drafts: Sequence[Draft], speaks_on: date, leaves_at: datetime, on: date, at: datetime
) -> int:
    """Make the messages that do not exist yet, in the caller's transaction; how many were made.

    They wait until `leaves_at`, whose day is `speaks_on`. One in the portal is there from then on, and sent.
    """
    if not drafts:
        return 0
    ordered = sorted(drafts, key=lambda one: (one.ref, one.channel, one.recipient))
    columns: dict[str, Any] = {
        name: sql.array(column) if name in _PLAIN else list(column)
        for name, column in zip(_COLUMNS, zip(*ordered, strict=True), strict=True)
    }
    given = {"seller": seller_id, "speaks": speaks_on, "leaves": leaves_at, "on": on, "at": at}
    return sql.change(_ADD, {**given, "id": sql.array(new_ids(len(ordered))), **columns})


def lease(*, seller_id: int, channel: str, at: datetime, limit: int) -> list[Leased]:
    """Take messages whose time has come, the longest waiting first, in a transaction of its own.

    Takes those too whose taker has not said in time what became of them.
    """
    columns = ", ".join(f"m.{name}" for name in Leased._fields)
    with sql.in_transaction():
        found = sql.rows(
            f"""
            WITH due AS (
              SELECT id FROM messages WHERE seller_id = %(seller)s AND channel = %(channel)s
                AND state IN ('queued', 'sending') AND next_try_at <= %(at)s
              ORDER BY next_try_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
            UPDATE messages AS m SET state = 'sending', attempts = m.attempts + 1, next_try_at = %(until)s
            FROM due WHERE m.seller_id = %(seller)s AND m.id = due.id RETURNING {columns}
            """,
            {"seller": seller_id, "channel": channel, "at": at, "limit": limit, "until": at + LEASE},
        )
    return sorted((Leased(*row) for row in found), key=lambda one: (one.leaves_at, one.id))


def accept_all(*, seller_id: int, zone: str, at: datetime) -> int:
    """Mark all mails and letters whose time has come as sent when they were to leave, without sending any.

    For simulated time: what the post would have taken, at once. How many.
    """
    return sql.change(
        "UPDATE messages SET state = 'sent', attempts = attempts + 1, left_at = leaves_at, "
        "left_on = (leaves_at AT TIME ZONE %(zone)s)::date, next_try_at = NULL "
        "WHERE seller_id = %(seller)s AND channel IN ('email', 'letter') AND state IN ('queued', 'sending') "
        "AND next_try_at <= %(at)s",
        {"seller": seller_id, "zone": zone, "at": at},
    )


PAID = "the document is owed no longer"
OVERTAKEN = "a later message takes its place"
# Messages of some kinds that are about to leave: those that were taken, or all whose time has come.
_TAKEN = "m.seller_id = %(seller)s AND m.kind = ANY(%(kinds)s) AND m.state = 'sending' AND m.id = ANY(%(ids)s::uuid[])"
_ALL_DUE = (
    "m.seller_id = %(seller)s AND m.kind = ANY(%(kinds)s) AND m.state = 'queued' "
    "AND m.channel IN ('email', 'letter') AND m.next_try_at <= %(at)s"
)


def cancel_settled(
    *, seller_id: int, ids: Sequence[UUID] | None, kinds: Sequence[str], on: date, at: datetime
) -> list[UUID]:
    """Cancel messages about to leave whose document is owed no longer; those cancelled.

    `ids` are those that the caller has taken; None: all whose time has come.
    """
    given = {"seller": seller_id, "ids": sql.array(ids or ()), "kinds": list(kinds), "at": at, "why": PAID}
    found = sql.rows(
        f"""
        UPDATE messages AS m SET state = 'cancelled', next_try_at = NULL, reason = %(why)s FROM documents AS d
        WHERE {_ALL_DUE if ids is None else _TAKEN} AND d.seller_id = m.seller_id AND d.id = m.document_id
          AND (d.open_minor = 0 OR d.state = 'voided')
        RETURNING m.id
        """,
        given,
    )
    return _note_cancelled(seller_id, found, PAID, on, at)


def cancel_overtaken(
    *, seller_id: int, ids: Sequence[UUID] | None, kinds: Sequence[str], on: date, at: datetime
) -> list[UUID]:
    """Cancel reminders about to leave while a later one about the same document may go to the same place.

    After an outage one message is sent, the latest that applies. `ids` as in `cancel_settled`; those cancelled.
    """
    given = {"seller": seller_id, "ids": sql.array(ids or ()), "kinds": list(kinds), "at": at, "why": OVERTAKEN}
    found = sql.rows(
        f"""
        UPDATE messages AS m SET state = 'cancelled', next_try_at = NULL, reason = %(why)s
        WHERE {_ALL_DUE if ids is None else _TAKEN} AND EXISTS (
          SELECT FROM messages AS n WHERE n.seller_id = m.seller_id AND n.document_id = m.document_id
            AND n.round_no = m.round_no AND n.step_no > m.step_no AND n.channel = m.channel
            AND n.recipient = m.recipient AND n.kind = ANY(%(kinds)s) AND n.state IN ('queued', 'sending', 'sent')
            AND n.leaves_at <= %(at)s)
        RETURNING m.id
        """,
        given,
    )
    return _note_cancelled(seller_id, found, OVERTAKEN, on, at)


def _note_cancelled(seller_id: int, found: list[sql.Row], words: str, on: date, at: datetime) -> list[UUID]:
    ids: list[UUID] = [one for (one,) in found]
    if ids:
        sql.change(
            "INSERT INTO message_events (seller_id, id, message_id, kind, on_date, at, words) "
            "SELECT %(seller)s, new.id, new.message_id, 'cancelled', %(on)s, %(at)s, %(words)s "
            "FROM unnest(%(event)s::uuid[], %(ids)s::uuid[]) AS new (id, message_id)",
            {
                "seller": seller_id,
                "event": sql.array(new_ids(len(ids))),
                "ids": sql.array(ids),
                "on": on,
                "at": at,
                "words": words,
            },
        )
    return ids
