"""A million documents of earlier months, made by whole sets in SQL.

Foreign keys are not checked while they go in, because they are consistent by construction: that needs a superuser.
"""

from datetime import date

import psycopg

from abono.base.kernel.days import add_months
from bench.ground import Connection
from bench.invent import FIRST_RENEWAL, INVENTED_ID, World


def add_history(*, world: World, months: int, due: date | None = None) -> int:
    """Documents of `months` earlier months for all subscriptions, none of them paid; how many documents.

    Each is due on its renewal day, or all on `due`.
    """
    with psycopg.connect(world.url, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute("SET session_replication_role = replica")
        return _add(world, connection, months, due)


def _add(world: World, connection: Connection, months: int, due: date | None) -> int:
    connection.execute(INVENTED_ID)
    before = {"seller": world.seller_id, "series": "EARLIER", "asks": world.kind.name == "invoice"}
    for month in range(1, months + 1):
        day = add_months(FIRST_RENEWAL, -1 - month, anchor_day=1)
        parameters = {
            **before,
            "month": month,
            "first": (month - 1) * world.payers,
            "day": day,
            "due": due or day,
            "until": add_months(day, 1, anchor_day=1),
        }
        for statement in _HISTORY:
            connection.execute(statement, parameters)
    found = connection.execute(
        "SELECT count(*) FROM documents WHERE seller_id = %(seller)s AND series = %(series)s", before
    ).fetchone()
    assert found is not None
    return int(found[0])


_HISTORY = (
    """
    INSERT INTO documents (seller_id, id, kind, series, number, customer_id, words_id, issuer_id, policy_version,
                           invoice_when, basis, currency, issued_on, due_on, renewal_on, net_minor, tax_minor,
                           gross_minor, open_minor, state, taxes, extra, digest)
    SELECT s.id, pg_temp.invented('document ' || %(month)s || ' ', c.number - %(month)s * 2000000),
           CASE WHEN %(asks)s THEN 'invoice' ELSE 'request' END, %(series)s, c.number + %(first)s, c.id, p.words_id,
           s.words_id, v.version, v.invoice_when, CASE WHEN %(asks)s THEN 'asks' END, c.currency, %(day)s, %(due)s,
           %(day)s, 1000, 190, 1190, 1190, 'open', '[["TAX",1900,1000,190]]', '{"language":"en"}', sha256('')
    FROM sellers AS s
    JOIN policy_versions AS v ON v.seller_id = s.id
    JOIN customers AS c ON c.seller_id = s.id
    JOIN billing_profiles AS p ON p.seller_id = s.id AND p.id = c.default_profile_id
    WHERE s.id = %(seller)s ORDER BY c.id
    """,
    """
    INSERT INTO lines (seller_id, document_id, line_no, subscription_id, words, period_from, period_to, quantity,
                       unit_price, fraction, net_minor, tax_code)
    SELECT d.seller_id, d.id, row_number() OVER (PARTITION BY d.id), s.id, 'Plan, ' || s.words, %(day)s, %(until)s, 1,
           10, 1, 500, 'TAX'
    FROM documents AS d JOIN subscriptions AS s ON s.seller_id = d.seller_id AND s.customer_id = d.customer_id
    WHERE d.seller_id = %(seller)s AND d.series = %(series)s AND d.renewal_on = %(day)s ORDER BY d.id
    """,
    """
    INSERT INTO claims (seller_id, subscription_id, period_from, period_to, follows, document_id)
    SELECT d.seller_id, s.id, %(day)s, %(until)s, %(day)s, d.id
    FROM documents AS d JOIN subscriptions AS s ON s.seller_id = d.seller_id AND s.customer_id = d.customer_id
    WHERE d.seller_id = %(seller)s AND d.series = %(series)s AND d.renewal_on = %(day)s ORDER BY d.id
    """,
    """
    INSERT INTO transfers (seller_id, cause_id, cause, part, customer_id, debit, credit, currency, amount_minor,
                           on_date)
    SELECT seller_id, id, CASE WHEN %(asks)s THEN 'invoice_issued' ELSE 'request_issued' END, 0, customer_id,
           CASE WHEN %(asks)s THEN 'receivable' ELSE 'asked' END,
           CASE WHEN %(asks)s THEN 'revenue' ELSE 'asked_contra' END, currency, gross_minor, issued_on
    FROM documents WHERE seller_id = %(seller)s AND series = %(series)s AND renewal_on = %(day)s ORDER BY id
    """,
    """
    INSERT INTO facts (seller_id, id, kind, on_date, at, customer_id, document_id, cause)
    SELECT seller_id, id, 'RequestIssued', issued_on, issued_on::timestamp AT TIME ZONE 'UTC', customer_id, id,
           'earlier'
    FROM documents WHERE seller_id = %(seller)s AND series = %(series)s AND renewal_on = %(day)s ORDER BY id
    """,
)
