"""What happened at an invented seller, read from the tables alone: the same numbers whoever asks and however often."""

from datetime import date
from typing import NamedTuple

from abono.base.store import sql


class Summary(NamedTuple):
    """One seller's months in numbers; money is minor units of `currency`.

    `documents` and `payments` count by kind and by state; `voided` are requests among the documents. `asked` is what
    documents asked for, without voided ones; `credited`, `given_up`, `received` and `refunded` are what was taken back,
    written off, paid and sent back; `fees` is what card fees came to. `open` is still asked for, `overdue` its part
    that was due before `until`, the latest day that ran. `credit` is customers' money that pays nothing yet.
    `messages` left by mail or letter; `reminders` are steps of calendars. `suspended` to `recovered` count moves of
    services, `stopped_now` those that are suspended or frozen at the end.
    """

    key: str
    name: str
    currency: str
    language: str
    until: date | None
    customers: int
    subscriptions: int
    voided: int
    lines: int
    annex_rows: int
    asked_minor: int
    credited_minor: int
    given_up_minor: int
    received_minor: int
    refunded_minor: int
    fees_minor: int
    open_minor: int
    open_documents: int
    overdue_minor: int
    credit_minor: int
    waiting: int
    parked: int
    messages: int
    reminders: int
    suspended: int
    frozen: int
    restored: int
    terminated: int
    recovered: int
    stopped_now: int
    objections: int
    arrangements: int
    documents: dict[str, int]
    payments: dict[str, int]


def summary_of(*, seller_id: int) -> Summary:
    """The seller's numbers as they stand."""
    parameters: dict[str, object] = {"seller": seller_id}
    row = sql.one(_ONE, parameters)
    assert row is not None
    documents = {kind: int(count) for kind, count in sql.rows(_KINDS, parameters)}
    payments = {state: int(count) for state, count in sql.rows(_PAYMENTS, parameters)}
    return Summary._make((*row[:5], *map(int, row[5:]), documents, payments))


_KINDS = "SELECT kind, count(*) FROM documents WHERE seller_id = %(seller)s GROUP BY kind ORDER BY kind"
_PAYMENTS = "SELECT state, count(*) FROM payments WHERE seller_id = %(seller)s GROUP BY state ORDER BY state"
_ONE = """
    SELECT s.key, s.legal_name, s.currency, s.language, r.on_date,
      (SELECT count(*) FROM customers WHERE seller_id = %(seller)s),
      (SELECT count(*) FROM subscriptions WHERE seller_id = %(seller)s),
      (SELECT count(*) FROM documents WHERE seller_id = %(seller)s AND state = 'voided'),
      (SELECT count(*) FROM lines WHERE seller_id = %(seller)s),
      (SELECT count(*) FROM annex_rows WHERE seller_id = %(seller)s),
      (SELECT coalesce(sum(gross_minor), 0) FROM documents WHERE seller_id = %(seller)s AND state <> 'voided'
         AND (kind = 'request' OR basis = 'asks')),
      (SELECT coalesce(sum(gross_minor), 0) FROM documents WHERE seller_id = %(seller)s AND kind = 'credit_note'),
      (SELECT coalesce(sum(amount_minor), 0) FROM transfers WHERE seller_id = %(seller)s AND cause = 'write_off'),
      (SELECT coalesce(sum(amount_minor), 0) FROM payments WHERE seller_id = %(seller)s AND state = 'settled'),
      (SELECT coalesce(sum(amount_minor), 0) FROM refunds WHERE seller_id = %(seller)s),
      (SELECT coalesce(sum(gross_minor), 0) FROM documents WHERE seller_id = %(seller)s AND kind = 'receipt'),
      (SELECT coalesce(sum(open_minor), 0) FROM documents WHERE seller_id = %(seller)s AND state = 'open'),
      (SELECT count(*) FROM documents WHERE seller_id = %(seller)s AND state = 'open'),
      (SELECT coalesce(sum(open_minor), 0) FROM documents WHERE seller_id = %(seller)s AND state = 'open'
         AND due_on < r.on_date),
      (SELECT coalesce(sum(free_minor), 0) FROM payments WHERE seller_id = %(seller)s),
      (SELECT count(*) FROM waiting_invoices WHERE seller_id = %(seller)s),
      (SELECT count(*) FROM parked WHERE seller_id = %(seller)s),
      (SELECT count(*) FROM messages WHERE seller_id = %(seller)s AND channel <> 'portal' AND state = 'sent'),
      (SELECT count(*) FROM steps WHERE seller_id = %(seller)s AND action = 'remind' AND outcome = 'done'),
      moved.suspended, moved.frozen, moved.restored, moved.terminated, moved.recovered,
      (SELECT count(*) FROM subscriptions WHERE seller_id = %(seller)s AND state IN ('suspended', 'frozen')),
      (SELECT count(*) FROM objections WHERE seller_id = %(seller)s),
      (SELECT count(*) FROM arrangements WHERE seller_id = %(seller)s)
    FROM sellers AS s LEFT JOIN run_days AS r ON r.seller_id = s.id
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE after = 'suspended') AS suspended,
        count(*) FILTER (WHERE after = 'frozen') AS frozen,
        count(*) FILTER (WHERE before IN ('suspended', 'frozen') AND after = 'active') AS restored,
        count(*) FILTER (WHERE after = 'terminated') AS terminated,
        count(*) FILTER (WHERE before = 'terminated') AS recovered
      FROM service_moves WHERE seller_id = %(seller)s
    ) AS moved
    WHERE s.id = %(seller)s
"""
