"""Reading how a seller's customers paid so far: when, after what, and by which means."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from abono.base.store import sql
from abono.simulation.delays import Past


def past_documents(*, seller_id: int, first: date) -> list[Past]:
    """What was due before a day and asked for money: when it was paid in full, and what was done about it before.

    Left out: what is paid by credit or by a credit note alone, because nobody decided when.
    """
    return [Past(*row) for row in sql.rows(_PAST, {"seller": seller_id, "first": first})]


def usual_means(*, seller_id: int) -> Mapping[UUID, str]:
    """The means by which each customer paid most often, the latest where that is a tie."""
    return dict(sql.rows(_MEANS, {"seller": seller_id}))


_PAST = """
    WITH paid AS (
      SELECT document_id, max(on_date) FILTER (WHERE amount_minor > 0) AS on_date, sum(amount_minor) AS minor
      FROM allocations WHERE seller_id = %(seller)s AND cause <> 'credit' GROUP BY document_id
    ), taken AS (
      SELECT s.document_id,
        min(s.on_date) FILTER (WHERE s.action = 'remind') AS reminded_on,
        min(s.on_date) FILTER (WHERE s.action = 'suspend') AS suspended_on
      FROM steps AS s JOIN documents AS d ON d.seller_id = s.seller_id AND d.id = s.document_id
      WHERE s.seller_id = %(seller)s AND s.outcome = 'done' AND s.round_no = 0 AND s.on_date > d.due_on
      GROUP BY s.document_id
    ), given_up AS (
      SELECT cause_id AS document_id FROM transfers WHERE seller_id = %(seller)s AND cause = 'write_off'
      UNION SELECT f.document_id FROM facts AS f
        JOIN documents AS d ON d.seller_id = f.seller_id AND d.id = f.document_id
        WHERE f.seller_id = %(seller)s AND f.kind = 'RequestVoided' AND f.on_date > d.due_on
          AND NOT EXISTS (SELECT FROM documents AS a WHERE a.seller_id = d.seller_id AND a.replaces_id = d.id)
    )
    SELECT d.customer_id, d.due_on, CASE WHEN d.state = 'settled' AND g.document_id IS NULL THEN paid.on_date END,
           g.document_id IS NOT NULL, t.reminded_on, t.suspended_on
    FROM documents AS d
    LEFT JOIN paid ON paid.document_id = d.id AND paid.minor > 0
    LEFT JOIN taken AS t ON t.document_id = d.id
    LEFT JOIN given_up AS g ON g.document_id = d.id
    WHERE d.seller_id = %(seller)s AND (d.kind = 'request' OR d.basis = 'asks') AND d.gross_minor > 0
      AND d.due_on < %(first)s
      AND (g.document_id IS NOT NULL OR d.state = 'open' OR (d.state = 'settled' AND paid.on_date IS NOT NULL))
    ORDER BY d.customer_id, d.due_on, d.series, d.number
"""
_MEANS = """
    SELECT DISTINCT ON (customer_id) customer_id, means FROM payments
    WHERE seller_id = %(seller)s AND state = 'settled' GROUP BY customer_id, means
    ORDER BY customer_id, count(*) DESC, max(on_date) DESC, means
"""
