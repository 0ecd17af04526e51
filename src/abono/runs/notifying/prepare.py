"""Making messages: what should exist minus what exists, in chunks, as often and by as many processes as one likes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from abono.base.kernel.days import plus_days
from abono.base.store import sql
from abono.base.store.crash import crash_point
from abono.domain.notices.batch import add_messages
from abono.runs.notifying.desk import Desk, desk_of, latest_prepared
from abono.runs.notifying.drafting import drafts_of
from abono.runs.notifying.items import Item
from abono.runs.notifying.money import items_of_money
from abono.runs.notifying.sources import (
    ISSUED,
    TAKEN,
    Issued,
    Taken,
    items_of_issued,
    items_of_moves,
    items_of_steps,
)

CHUNK = 1_000
# The first preparation of a seller looks back so far: what happened at once on the evening before is told too.
FIRST_LOOKS_BACK_DAYS = 1


@dataclass(frozen=True, slots=True)
class Prepared:
    """How many messages were made, and when they may leave."""

    messages: int
    leaves_at: datetime


def prepare_messages(
    *, seller_id: int, on: date, at: datetime, progress: Callable[[int], None] | None = None
) -> Prepared:
    """Make the messages of all that happened up to a day and has none yet. Again: makes nothing more.

    They may leave at 08:00 of that day in the seller's zone, or at `at` if that is later, and speak of the days that
    are left then. Nothing is made of what has lost its point, such as a reminder of a document paid meanwhile.
    `progress` is told after each chunk how many it made.
    """
    desk = desk_of(seller_id=seller_id, on=on, at=at)
    latest = latest_prepared(seller_id=seller_id)
    since = plus_days(on, -FIRST_LOOKS_BACK_DAYS) if latest is None else min(latest, on)
    made = 0
    for items in _chunks(desk, since):
        made_now = write_items(items=items, desk=desk)
        crash_point("notices.prepared")
        made += made_now
        if progress and made_now:
            progress(made_now)
    sql.change(
        "INSERT INTO notice_days (seller_id, on_date) VALUES (%(seller)s, %(on)s) "
        "ON CONFLICT (seller_id) DO UPDATE SET on_date = excluded.on_date "
        "WHERE notice_days.on_date < excluded.on_date",
        {"seller": seller_id, "on": on},
    )
    return Prepared(made, desk.leaves_at)


def write_items(*, items: Sequence[Item], desk: Desk) -> int:
    """Make the messages of these items that do not exist yet, in one transaction; how many."""

    def write() -> int:
        with sql.in_transaction():
            return add_messages(
                seller_id=desk.seller.id,
                drafts=drafts_of(items=items, desk=desk),
                speaks_on=desk.speaks_on,
                leaves_at=desk.leaves_at,
                on=desk.on,
                at=desk.at,
            )

    return sql.again_on_conflict(write) if items else 0


def _chunks(desk: Desk, since: date) -> Iterator[list[Item]]:
    """All that has no message yet, some at a time."""
    span = {"seller": desk.seller.id, "since": since, "until": desk.on}
    for rows in sql.kept(ISSUED, span, chunk=CHUNK):
        yield items_of_issued(found=[Issued(*row) for row in rows], desk=desk)
    for rows in sql.kept(TAKEN, span, chunk=CHUNK):
        yield items_of_steps(found=[Taken(*row) for row in rows], desk=desk)
    others = [*items_of_moves(since=since, desk=desk), *items_of_money(since=since, desk=desk)]
    for start in range(0, len(others), CHUNK):
        yield others[start : start + CHUNK]
