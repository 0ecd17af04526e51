"""Moving services from state to state: always with a cause, which the database checks (`collections/checks.py`)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from abono.base.facts import actions as facts
from abono.base.kernel.ids import new_id
from abono.base.store import sql
from abono.domain.subscriptions.models import STATES
from abono.domain.subscriptions.periods import NO_CYCLE


class Cause(NamedTuple):
    """Why services move: `paid`, `free`, `step`, `released` or `ended`; the document and step where there is one."""

    why: str
    document_id: UUID | None = None
    round_no: int | None = None
    step_no: int | None = None


class Moved(NamedTuple):
    """A service that moved."""

    id: UUID
    customer_id: UUID
    move_no: int
    before: str
    after: str
    is_project: bool


# What is told of a move, by the states before and after; the rest is told by whoever ends a contract.
_FACTS = {
    ("ordered", "active"): "ServiceActivated",
    ("terminated", "active"): "ServiceRecovered",
    ("suspended", "active"): "ServiceRestored",
    ("frozen", "active"): "ProjectResumed",
    ("active", "suspended"): "ServiceSuspended",
    ("active", "frozen"): "ProjectFrozen",
    ("active", "terminated"): "ServiceTerminated",
    ("suspended", "terminated"): "ServiceTerminated",
}


def move_services(
    *,
    seller_id: int,
    subscriptions: Iterable[UUID | str],
    after: str,
    cause: Cause,
    words: str,
    on: date,
    at: datetime,
    before: Sequence[str] | None = None,
) -> list[Moved]:
    """Move those services that may go to `after` from where they stand; the moved ones, in order of id.

    `before` narrows the states that they may come from. Each is locked first, so that two causes come one after the
    other. A service asked to be suspended is frozen if it is a project. `words` is the cause as facts tell it.
    """
    causes = {UUID(str(one)): cause for one in subscriptions}
    return move_each(seller_id=seller_id, causes=causes, after=after, words=words, on=on, at=at, before=before)


def move_each(
    *,
    seller_id: int,
    causes: Mapping[UUID, Cause],
    after: str,
    words: str,
    on: date,
    at: datetime,
    before: Sequence[str] | None = None,
) -> list[Moved]:
    """The same for services that each have a cause of their own."""
    if not causes:
        return []
    sources = [one for one in STATES.sources_of(after) if before is None or one in before]
    ids = sql.array(causes)
    with sql.in_transaction():
        found = [
            Moved(*row)
            for row in sql.rows(
                """
                SELECT id, customer_id, coalesce(move_no, 0) + 1, state,
                       CASE WHEN cycle_unit = %(none)s AND %(after)s = 'suspended' THEN 'frozen' ELSE %(after)s END,
                       cycle_unit = %(none)s
                FROM subscriptions WHERE seller_id = %(seller)s AND id = ANY(%(ids)s) AND state = ANY(%(sources)s)
                ORDER BY id FOR NO KEY UPDATE
                """,
                {"seller": seller_id, "ids": ids, "after": after, "sources": sources, "none": NO_CYCLE},
            )
        ]
        if found:
            _write(seller_id, found, causes, on, at)
            _tell(seller_id, found, causes, words, on, at)
        return found


def _write(seller_id: int, found: Sequence[Moved], causes: Mapping[UUID, Cause], on: date, at: datetime) -> None:
    sql.copy_in(
        "service_moves",
        (
            "seller_id",
            "subscription_id",
            "move_no",
            "before",
            "after",
            "on_date",
            "at",
            "cause",
            "document_id",
            "round_no",
            "step_no",
        ),
        ((seller_id, one.id, one.move_no, one.before, one.after, on, at, *causes[one.id]) for one in found),
    )
    sql.change(
        """
        UPDATE subscriptions AS s SET state = m.after, move_no = m.move_no
        FROM unnest(%(ids)s::uuid[], %(numbers)s::int[], %(after)s::text[]) AS m (id, move_no, after)
        WHERE s.seller_id = %(seller)s AND s.id = m.id
        """,
        {
            "seller": seller_id,
            "ids": sql.array(one.id for one in found),
            "numbers": sql.array(one.move_no for one in found),
            "after": [one.after for one in found],
        },
    )


def _tell(
    seller_id: int, found: Sequence[Moved], causes: Mapping[UUID, Cause], words: str, on: date, at: datetime
) -> None:
    told = [(one, _FACTS[one.before, one.after]) for one in found if (one.before, one.after) in _FACTS]
    sql.copy_in(
        "facts",
        facts.COLUMNS,
        (
            (seller_id, new_id(), kind, on, at, one.customer_id, causes[one.id].document_id, one.id, words, None)
            for one, kind in told
        ),
    )
