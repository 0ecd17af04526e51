"""What the sweep reads: documents whose harmful step is due, and all that the decision depends on. Decides nothing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from abono.base.kernel.days import plus_days
from abono.base.store import sql
from abono.domain.collections.business_days import nth_business_day
from abono.domain.collections.calendar import Falling
from abono.domain.collections.rules import REPORTED_HOLDS_DAYS, Executed, Pending


class Owed(NamedTuple):
    """A document that asks for money and has not been paid in full; `round_no` counts its returns."""

    document_id: UUID
    customer_id: UUID
    kind: str
    policy_version: int
    currency: str
    issued_on: date
    due_on: date
    open_minor: int
    round_no: int
    round_zero: date | None
    round_on: date | None

    @property
    def day_zero(self) -> date:
        """The day that the calendar counts from."""
        return self.round_zero or self.due_on

    @property
    def begun_on(self) -> date:
        """Steps on or before this day are dropped: the issue, or the return."""
        return self.round_on or self.issued_on


_OWED = """
    SELECT d.id, d.customer_id, d.kind, d.policy_version, d.currency, d.issued_on, d.due_on, d.open_minor,
           coalesce(r.round_no, 0), r.day_zero, r.on_date
    FROM documents AS d
    LEFT JOIN LATERAL (SELECT round_no, day_zero, on_date FROM rounds WHERE seller_id = d.seller_id
                       AND document_id = d.id ORDER BY round_no DESC LIMIT 1) AS r ON true
    WHERE d.seller_id = %(seller)s AND d.id = ANY(%(ids)s) AND d.state = 'open' AND d.open_minor > 0
      AND d.kind IN ('request', 'invoice')
    ORDER BY d.customer_id, d.due_on, d.id
"""


def owed(*, seller_id: int, document_ids: Iterable[UUID | str]) -> list[Owed]:
    """Those of the documents that are still owed, by payer, the oldest due first."""
    return [Owed(*row) for row in sql.rows(_OWED, {"seller": seller_id, "ids": sql.array(document_ids)})]


def documents_with_harm(*, seller_id: int, version: int, due: Sequence[Falling]) -> Iterator[list[tuple[str, str]]]:
    """Open documents of a policy version, not postponed, on one of the due dates: payer and document, by payer."""
    return sql.kept(
        """
        SELECT d.customer_id::text, d.id::text
        FROM (SELECT DISTINCT day FROM unnest(%(days)s::date[]) AS day) AS due
        JOIN documents AS d ON d.seller_id = %(seller)s AND d.due_on = due.day AND d.state = 'open'
          AND d.open_minor > 0
        WHERE d.policy_version = %(version)s AND d.kind IN ('request', 'invoice')
          AND NOT EXISTS (SELECT FROM postponed_steps AS p WHERE p.seller_id = d.seller_id AND p.document_id = d.id)
          AND NOT EXISTS (SELECT FROM rounds AS r WHERE r.seller_id = d.seller_id AND r.document_id = d.id)
        ORDER BY 1, 2
        """,
        {"seller": seller_id, "version": version, "days": sql.array(one.day_zero for one in due)},
    )


def postponed_until(*, seller_id: int, on: date) -> list[tuple[str, str]]:
    """Documents whose postponed step is to be looked at again: payer and document, by payer.

    What waits for a payment is looked at every day: it may have failed meanwhile.
    """
    found = sql.rows(
        "SELECT d.customer_id::text, d.id::text FROM postponed_steps AS p JOIN documents AS d "
        "ON d.seller_id = p.seller_id AND d.id = p.document_id "
        "WHERE p.seller_id = %(seller)s AND (p.until_on <= %(on)s OR p.why = 'no-pending-payment') ORDER BY 1, 2",
        {"seller": seller_id, "on": on},
    )
    return [(payer_id, document_id) for payer_id, document_id in found]


def documents_owed_again(*, seller_id: int) -> list[tuple[str, str]]:
    """Open documents that a returned payment opened again: payer and document, by payer."""
    found = sql.rows(
        "SELECT DISTINCT d.customer_id::text, d.id::text FROM rounds AS r JOIN documents AS d "
        "ON d.seller_id = r.seller_id AND d.id = r.document_id AND d.state = 'open' AND d.open_minor > 0 "
        "WHERE r.seller_id = %(seller)s ORDER BY 1, 2",
        {"seller": seller_id},
    )
    return [(payer_id, document_id) for payer_id, document_id in found]


def executed_steps(
    *, seller_id: int, documents: Sequence[Owed], left: Mapping[tuple[UUID, int, int], date]
) -> dict[UUID, list[Executed]]:
    """The executed steps of each document's present round; `left` says when a step's message left."""
    rounds = {one.document_id: one.round_no for one in documents}
    found: dict[UUID, list[Executed]] = defaultdict(list)
    for document_id, round_no, step_no, action, scheduled_on, on_date, outcome in sql.rows(
        "SELECT document_id, round_no, step_no, action, scheduled_on, on_date, outcome FROM steps "
        "WHERE seller_id = %(seller)s AND document_id = ANY(%(ids)s) ORDER BY document_id, round_no, step_no",
        {"seller": seller_id, "ids": sql.array(rounds)},
    ):
        if rounds[document_id] == round_no:
            left_on = left.get((document_id, round_no, step_no))
            found[document_id].append(Executed(step_no, action, scheduled_on, on_date, outcome, left_on))
    return found


def pending_payments(
    *, seller_id: int, documents: Sequence[Owed], hold_days: Mapping[UUID, int], country: str, on: date
) -> dict[UUID, Pending]:
    """What was on its way for all of a document since its present round began: the one that holds longest from `on`.

    Only the first of each kind counts: an accepted payment holds the policy's number of days, one that the customer
    reported with a reference two working days.
    """
    found: dict[UUID, Pending] = {}
    on_the_way = _payments_for(seller_id, documents)
    for one in documents:
        first: dict[bool, Pending] = {}
        for since_on, accepted, ended_on in on_the_way.get(one.document_id, ()):
            if since_on < one.begun_on or accepted in first:
                continue
            if accepted:
                until_on = plus_days(since_on, hold_days[one.document_id])
            else:
                until_on = nth_business_day(country=country, start=since_on, number=REPORTED_HOLDS_DAYS)
            first[accepted] = Pending(since_on, until_on, ended_on)
        if first:
            found[one.document_id] = max(
                first.values(), key=lambda each: min(each.until_on, each.ended_on or each.until_on)
            )
    return found


def _payments_for(seller_id: int, documents: Sequence[Owed]) -> dict[UUID, list[tuple[date, bool, date | None]]]:
    """Per document, the earliest first: since when, whether accepted or only reported, when it ended.

    Only payments that pay all of it: what they pay before it, as chosen or else the oldest due, is counted too.
    """
    found: dict[UUID, list[tuple[date, bool, date | None]]] = defaultdict(list)
    rows = sql.rows(_ON_THE_WAY, {"seller": seller_id, "documents": sql.array(one.document_id for one in documents)})
    for document_id, since_on, accepted, ended_on in rows:
        found[document_id].append((since_on, accepted, ended_on))
    return found


_ON_THE_WAY = """
    SELECT d.id, m.on_date, m.after <> 'reported',
           (SELECT min(e.on_date) FROM payment_moves AS e WHERE e.seller_id = p.seller_id AND e.payment_id = p.id
            AND e.after IN ('settled', 'failed'))
    FROM documents AS d
    JOIN payments AS p ON p.seller_id = d.seller_id AND p.customer_id = d.customer_id AND p.currency = d.currency
      AND (p.chosen_ids @> to_jsonb(ARRAY[d.id::text]) OR p.chosen_ids = '[]')
    JOIN payment_moves AS m ON m.seller_id = p.seller_id AND m.payment_id = p.id
      AND (m.after IN ('pending', 'unknown') OR (m.after = 'reported' AND p.reference <> ''))
    WHERE d.seller_id = %(seller)s AND d.id = ANY(%(documents)s) AND p.state <> 'returned'
      AND p.amount_minor - p.fee_minor >= CASE WHEN p.chosen_ids = '[]' THEN
        (SELECT sum(o.open_minor) FROM documents AS o
         WHERE o.seller_id = d.seller_id AND o.customer_id = d.customer_id AND o.currency = d.currency
           AND o.state = 'open' AND o.open_minor > 0
           AND (o.due_on, o.issued_on, o.series, o.number) <= (d.due_on, d.issued_on, d.series, d.number))
        ELSE
        (SELECT sum(o.open_minor) FROM jsonb_array_elements_text(p.chosen_ids) WITH ORDINALITY AS c (id, place)
         JOIN documents AS o ON o.seller_id = d.seller_id AND o.id = c.id::uuid
         WHERE c.place <= (SELECT min(mine.place) FROM jsonb_array_elements_text(p.chosen_ids) WITH ORDINALITY
                           AS mine (id, place) WHERE mine.id = d.id::text)) END
    ORDER BY d.id, m.on_date, p.id, m.move_no
"""


def objections_of(*, seller_id: int, documents: Sequence[Owed]) -> dict[UUID, tuple[bool, date | None]]:
    """Whether an objection is open, and the latest day on which one was decided."""
    return {
        document_id: (is_open, ended_on)
        for document_id, is_open, ended_on in _of_documents(
            seller_id,
            documents,
            "SELECT document_id, bool_or(state = 'open'), max(decided_on) FROM objections",
        )
    }


def arranged_until(*, seller_id: int, documents: Sequence[Owed]) -> dict[UUID, date]:
    """The latest day to which a later payment was arranged."""
    return dict(_of_documents(seller_id, documents, "SELECT document_id, max(until_on) FROM arrangements"))


def _of_documents(seller_id: int, documents: Sequence[Owed], select: str) -> list[tuple[Any, ...]]:
    if not documents:
        return []
    return sql.rows(
        f"{select} WHERE seller_id = %(seller)s AND document_id = ANY(%(ids)s) GROUP BY document_id",
        {"seller": seller_id, "ids": sql.array(one.document_id for one in documents)},
    )


def latest_day(*, seller_id: int) -> date | None:
    """The latest day whose steps were all executed; None before the first."""
    day: date | None = sql.value(
        "SELECT on_date FROM collection_days WHERE seller_id = %(seller)s", {"seller": seller_id}
    )
    return day


def real_day(*, seller_id: int, on: date) -> date:
    """The day on which something really happens: money recorded for a past day acts on the latest day that ran."""
    latest: date | None = sql.value("SELECT on_date FROM run_days WHERE seller_id = %(seller)s", {"seller": seller_id})
    return max(on, latest) if latest else on
