"""What sets services free: a document owed no longer, a client that left its partner. In the same transaction."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from abono.base.store import sql
from abono.domain.invoicing.events import DocumentChanged
from abono.domain.subscriptions.moving import Cause, Moved, move_services
from abono.runs.collecting.offering import offer_longer_period
from abono.runs.collecting.recovering import recover_paid
from abono.runs.collecting.skipped import bill_what_was_skipped, claim_to_the_end


def release_document(closed: DocumentChanged) -> None:
    """Close a document's holds and restore what nothing else holds; a paid recovery brings its service back.

    Joined to the document's closing in `runs/wiring.py`. Money may be dated in the past; services come back now.
    """
    parameters = {"seller": closed.seller_id, "document": closed.document_id}
    latest, postponed, holds, recovery = sql.rows(_STANDING, parameters)[0]
    on = max(closed.on, latest) if latest else closed.on
    if postponed:
        sql.change(
            "DELETE FROM postponed_steps WHERE seller_id = %(seller)s AND document_id = %(document)s", parameters
        )
    if holds:
        _close_holds(closed, on)
    if recovery and closed.how == "paid":
        recover_paid(seller_id=closed.seller_id, document_id=closed.document_id, on=on, at=closed.at)


# The latest day that ran, and what there may be of a document to set free: for most there is nothing. One that was
# issued anew may stand for a recovery that another asked for.
_STANDING = """
    SELECT (SELECT on_date FROM run_days WHERE seller_id = %(seller)s),
      EXISTS (SELECT FROM postponed_steps WHERE seller_id = %(seller)s AND document_id = %(document)s),
      EXISTS (SELECT FROM holds WHERE seller_id = %(seller)s AND document_id = %(document)s AND closed_on IS NULL),
      EXISTS (SELECT FROM recoveries WHERE seller_id = %(seller)s AND document_id = %(document)s AND state = 'asked')
        OR EXISTS (SELECT FROM documents WHERE seller_id = %(seller)s AND id = %(document)s AND replaces_id IS NOT NULL)
"""


def _close_holds(closed: DocumentChanged, on: date) -> None:
    freed = sql.rows(
        "UPDATE holds SET closed_on = greatest(%(on)s, opened_on), closed_at = %(at)s, closed_by = %(how)s "
        "WHERE seller_id = %(seller)s AND document_id = %(document)s AND closed_on IS NULL RETURNING subscription_id",
        {
            "seller": closed.seller_id,
            "document": closed.document_id,
            "on": on,
            "at": closed.at,
            "how": closed.how,
        },
    )
    if freed:
        restore_services(
            seller_id=closed.seller_id,
            services={row[0] for row in freed},
            words=f"document {closed.how}",
            document_id=closed.document_id,
            on=on,
            at=closed.at,
        )


def open_round(reopened: DocumentChanged) -> None:
    """A payment came back: the document's calendar counts anew from that day, and its debtor is told."""
    parameters = {
        "seller": reopened.seller_id,
        "document": reopened.document_id,
        "customer": reopened.customer_id,
        "on": reopened.on,
        "at": reopened.at,
    }
    sql.change(
        "INSERT INTO rounds (seller_id, document_id, round_no, day_zero, on_date, at, cause) "
        "SELECT d.seller_id, d.id, 1 + (SELECT count(*) FROM rounds AS r WHERE r.seller_id = d.seller_id "
        "AND r.document_id = d.id), greatest(d.due_on, %(on)s), %(on)s, %(at)s, 'payment returned' "
        "FROM documents AS d WHERE d.seller_id = %(seller)s AND d.id = %(document)s",
        parameters,
    )
    sql.change(
        "INSERT INTO steps (seller_id, document_id, round_no, step_no, customer_id, action, scheduled_on, on_date, "
        "at, outcome) SELECT seller_id, document_id, max(round_no), -1, %(customer)s, 'returned', %(on)s, %(on)s, "
        "%(at)s, 'done' FROM rounds WHERE seller_id = %(seller)s AND document_id = %(document)s GROUP BY 1, 2",
        parameters,
    )


def restore_services(
    *,
    seller_id: int,
    services: Iterable[UUID],
    words: str,
    document_id: UUID | None,
    on: date,
    at: datetime,
) -> list[Moved]:
    """Restore those of the services that no open hold is left for, and ask for what was skipped meanwhile."""
    locked = _locked(seller_id, services)
    free = sql.rows(
        "SELECT s.id FROM unnest(%(ids)s::uuid[]) AS s (id) WHERE NOT EXISTS (SELECT FROM holds AS h "
        "WHERE h.seller_id = %(seller)s AND h.subscription_id = s.id AND h.closed_on IS NULL)",
        {"seller": seller_id, "ids": sql.array(locked)},
    )
    restored = move_services(
        seller_id=seller_id,
        subscriptions=[row[0] for row in free],
        after="active",
        before=["suspended", "frozen"],
        cause=Cause("released", document_id),
        words=words,
        on=on,
        at=at,
    )
    if restored:
        bill_what_was_skipped(seller_id=seller_id, services=[one.id for one in restored], on=on, at=at)
        for one in restored:
            if not one.is_project:
                offer_longer_period(seller_id=seller_id, subscription_id=one.id, on=on, at=at)
    return restored


def _locked(seller_id: int, services: Iterable[UUID]) -> Sequence[UUID]:
    """The services, each locked before its holds are looked at: another document may be closing at this moment."""
    return [
        row[0]
        for row in sql.rows(
            "SELECT id FROM subscriptions WHERE seller_id = %(seller)s AND id = ANY(%(ids)s) "
            "ORDER BY id FOR NO KEY UPDATE",
            {"seller": seller_id, "ids": sql.array(services)},
        )
    ]


def free_who_left(*, seller_id: int, on: date, at: datetime) -> int:
    """Close holds on services that are over, or whose debtor pays for them no longer; how many. Again: none.

    What a service was not asked for while it was stopped, nobody is asked for once its contract is over.
    """
    with sql.in_transaction():
        ended = sql.rows(
            "UPDATE holds AS h SET closed_on = greatest(%(on)s, h.opened_on), closed_at = %(at)s, closed_by = 'ended' "
            "FROM subscriptions AS s WHERE h.seller_id = %(seller)s AND h.closed_on IS NULL "
            "AND s.seller_id = h.seller_id AND s.id = h.subscription_id AND s.state IN ('terminated', 'cancelled') "
            "RETURNING s.id",
            {"seller": seller_id, "on": on, "at": at},
        )
        claim_to_the_end(seller_id=seller_id, services=sorted({row[0] for row in ended}))
        left = sql.rows(
            """
            UPDATE holds AS h SET closed_on = greatest(%(on)s, h.opened_on), closed_at = %(at)s, closed_by = 'left'
            FROM subscriptions AS s
            WHERE h.seller_id = %(seller)s AND h.closed_on IS NULL AND s.seller_id = h.seller_id
              AND s.id = h.subscription_id AND s.customer_id <> h.customer_id AND NOT EXISTS (
                SELECT FROM sponsorships AS p WHERE p.seller_id = s.seller_id AND p.customer_id = s.customer_id
                  AND p.payer_id = h.customer_id AND p.from_on <= greatest(%(on)s, h.opened_on)
                  AND (p.to_on IS NULL OR p.to_on > greatest(%(on)s, h.opened_on)))
            RETURNING h.subscription_id, s.customer_id
            """,
            {"seller": seller_id, "on": on, "at": at},
        )
        for customer_id in sorted({row[1] for row in left}):
            restore_services(
                seller_id=seller_id,
                services=[row[0] for row in left if row[1] == customer_id],
                words="left the partner",
                document_id=None,
                on=on,
                at=at,
            )
        return len(ended) + len(left)
