"""Looking at a seller's books in tests: fingerprints, the outcome without dates, and checks that share nothing with
the engine's rules or the audit's."""

from collections import Counter
from typing import Any
from uuid import UUID

from tests.world import World

# Asked, receivable and money, as sums over transfers.
_SIDES = ", ".join(
    f"coalesce(sum(CASE WHEN {plus} = '{account}' THEN amount_minor WHEN {minus} = '{account}' "
    "THEN -amount_minor ELSE 0 END), 0)::bigint"
    for account, plus, minus in (
        ("asked", "debit", "credit"),
        ("receivable", "debit", "credit"),
        ("money", "credit", "debit"),
    )
)
_BALANCES = f"""
    SELECT k.reference, {_SIDES} FROM customers AS k
    LEFT JOIN transfers AS t ON t.seller_id = k.seller_id AND t.customer_id = k.id
    WHERE k.seller_id = %(seller)s GROUP BY 1
"""


def sellers_tables() -> list[str]:
    """All tables with rows of sellers, from the catalogue of the database."""
    from abono.base.store import sql

    found = sql.rows(
        "SELECT r.relname::text FROM pg_class AS r JOIN pg_attribute AS a ON a.attrelid = r.oid "
        "WHERE r.relkind = 'r' AND r.relnamespace = 'public'::regnamespace AND a.attname = 'seller_id' ORDER BY 1"
    )
    return [name for (name,) in found]


def fingerprints(world: World) -> dict[str, tuple[int, int]]:
    """Rows and a checksum of every table of the seller, its own row too."""
    parts = [
        f"SELECT '{table}' AS name, count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) "
        f"FROM {table} AS t WHERE {'id' if table == 'sellers' else 'seller_id'} = %(seller)s"
        for table in [*sellers_tables(), "sellers"]
    ]
    return {name: (count, int(checksum)) for name, count, checksum in world.rows(" UNION ALL ".join(parts))}


def balance(world: World, customer_id: UUID | None = None) -> tuple[int, int, int]:
    """Asked, receivable and money of a customer (or of all), in minor units, from the transfers."""
    (row,) = world.rows(
        f"SELECT {_SIDES} FROM transfers WHERE seller_id = %(seller)s "
        "AND (%(customer)s::uuid IS NULL OR customer_id = %(customer)s)",
        customer=customer_id,
    )
    asked, receivable, money = row
    return asked, receivable, money


def outcome(world: World) -> dict[str, Any]:
    """What billing came to, without ids, numbers, dates of issue and due dates; comparable between worlds.

    Subscriptions and customers go by their `reference`.
    """
    found: dict[str, Any] = {name: Counter(world.rows(statement)) for name, statement in _OUTCOME.items()}
    found["balances"] = Counter(world.rows(_BALANCES))
    return found


_LIVE = "d.seller_id = %(seller)s AND d.state <> 'voided'"
# A key made by a deed names ids, which differ from world to world.
_KEY = "regexp_replace(g.key, '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', '*')"
_OUTCOME = {
    "claims": """
        SELECT s.reference, m.period_from, m.period_to, m.follows, m.reason, d.kind, k.reference
        FROM claims AS m JOIN subscriptions AS s ON s.seller_id = m.seller_id AND s.id = m.subscription_id
        LEFT JOIN documents AS d ON d.seller_id = m.seller_id AND d.id = m.document_id
        LEFT JOIN customers AS k ON k.seller_id = m.seller_id AND k.id = d.customer_id
        WHERE m.seller_id = %(seller)s
    """,
    "lines": f"""
        SELECT d.kind, k.reference, s.reference, {_KEY}, l.words, l.period_from, l.period_to, l.quantity, l.unit_price,
               l.fraction, l.net_minor, l.tax_code
        FROM lines AS l JOIN documents AS d ON d.seller_id = l.seller_id AND d.id = l.document_id
        JOIN customers AS k ON k.seller_id = d.seller_id AND k.id = d.customer_id
        LEFT JOIN subscriptions AS s ON s.seller_id = l.seller_id AND s.id = l.subscription_id
        LEFT JOIN charges AS g ON g.seller_id = l.seller_id AND g.id = l.charge_id
        WHERE {_LIVE}
    """,
    "annex": f"""
        SELECT d.kind, k.reference, s.reference, r.location, r.client, r.product, r.active_from, r.active_to, r.days,
               r.net_minor
        FROM annex_rows AS r JOIN documents AS d ON d.seller_id = r.seller_id AND d.id = r.document_id
        JOIN customers AS k ON k.seller_id = d.seller_id AND k.id = d.customer_id
        JOIN subscriptions AS s ON s.seller_id = r.seller_id AND s.id = r.subscription_id WHERE {_LIVE}
    """,
    "documents": f"""
        SELECT d.kind, d.series, k.reference, w.body->>'legal_name', d.currency, d.renewal_on, d.net_minor, d.tax_minor,
               d.gross_minor, d.open_minor, d.state, d.taxes::text, d.extra::text
        FROM documents AS d JOIN customers AS k ON k.seller_id = d.seller_id AND k.id = d.customer_id
        JOIN party_words AS w ON w.seller_id = d.seller_id AND w.id = d.words_id WHERE {_LIVE}
    """,
    "subscriptions": """
        SELECT s.reference, s.state, p.key, s.quantity, s.own_price, s.cycle_unit, s.cycle_count, s.terms_from,
               s.ends_on, c.billed_to, c.last_net_minor, k.reference
        FROM subscriptions AS s JOIN plans AS p ON p.seller_id = s.seller_id AND p.id = s.plan_id
        LEFT JOIN cursors AS c ON c.seller_id = s.seller_id AND c.subscription_id = s.id
        LEFT JOIN customers AS k ON k.seller_id = c.seller_id AND k.id = c.payer_id WHERE s.seller_id = %(seller)s
    """,
    "charges": f"SELECT {_KEY}, net_minor, document_id IS NULL FROM charges AS g WHERE seller_id = %(seller)s",
    "changes": """
        SELECT s.reference, c.on_date, c.applied_on FROM planned_changes AS c
        JOIN subscriptions AS s ON s.seller_id = c.seller_id AND s.id = c.subscription_id
        WHERE c.seller_id = %(seller)s
    """,
    "payments": "SELECT reference, state, amount_minor, free_minor FROM payments WHERE seller_id = %(seller)s",
    "waiting": "SELECT count(*) FROM waiting_invoices WHERE seller_id = %(seller)s",
    "parked": """
        SELECT k.reference, p.code FROM parked AS p
        JOIN customers AS k ON k.seller_id = p.seller_id AND k.id = p.customer_id WHERE p.seller_id = %(seller)s
    """,
}


def check_sound(world: World) -> None:
    """Nothing lost, nothing doubled, no gap: each rule is one query that must find nothing."""
    wrong = {what: found for what, statement in _NEVER.items() if (found := world.rows(statement))}
    assert not wrong, "\n".join(f"{what}: {rows[:5]}" for what, rows in wrong.items())


def check_audit(world: World) -> None:
    """The product's own audit finds nothing in the seller's books."""
    from abono.reports.audit.run import audit

    report = audit(seller_id=world.seller_id)
    assert report.ok, "\n".join(f"{one.name} {one.count} {[*map(dict, one.rows[:3])]}" for one in report.findings)


_NEVER = {
    "a period claimed twice or a gap between claims": """
        SELECT subscription_id, period_from, ended FROM (
          SELECT m.subscription_id, m.period_from, coalesce(
            lag(m.period_to) OVER (PARTITION BY m.subscription_id ORDER BY m.period_from), s.started_on) AS ended
          FROM claims AS m JOIN subscriptions AS s ON s.seller_id = m.seller_id AND s.id = m.subscription_id
          WHERE m.seller_id = %(seller)s) AS chain WHERE period_from <> ended
    """,
    "a cursor that does not stand where the claims end": """
        SELECT c.subscription_id, c.billed_to, m.claimed FROM cursors AS c
        LEFT JOIN (SELECT subscription_id, max(period_to) AS claimed FROM claims
                   WHERE seller_id = %(seller)s GROUP BY 1) AS m ON m.subscription_id = c.subscription_id
        JOIN subscriptions AS s ON s.seller_id = c.seller_id AND s.id = c.subscription_id
        WHERE c.seller_id = %(seller)s AND c.billed_to <> coalesce(m.claimed, s.started_on)
    """,
    "a subscription without a cursor that is not claimed to its end": """
        SELECT s.id, s.ends_on FROM subscriptions AS s WHERE s.seller_id = %(seller)s AND s.cycle_unit <> 'none'
          AND NOT EXISTS (SELECT 1 FROM cursors AS c WHERE c.seller_id = s.seller_id AND c.subscription_id = s.id)
          AND (s.ends_on IS NULL OR coalesce((SELECT max(period_to) FROM claims AS m WHERE m.seller_id = s.seller_id
               AND m.subscription_id = s.id), s.started_on) < s.ends_on)
    """,
    "a paused day that is asked for": """
        SELECT m.subscription_id, m.period_from, p.from_on FROM pauses AS p
        JOIN claims AS m ON m.seller_id = p.seller_id AND m.subscription_id = p.subscription_id
        WHERE p.seller_id = %(seller)s AND m.document_id IS NOT NULL
          AND p.from_on < m.period_to AND (p.to_on IS NULL OR p.to_on > m.period_from)
    """,
    "a planned change that was passed over": """
        SELECT c.subscription_id, c.on_date, k.billed_to FROM planned_changes AS c
        JOIN cursors AS k ON k.seller_id = c.seller_id AND k.subscription_id = c.subscription_id
        WHERE c.seller_id = %(seller)s AND c.applied_on IS NULL AND c.on_date < k.billed_to
    """,
    "a whole line asked for twice": """
        SELECT l.subscription_id, l.period_from, count(*) FROM lines AS l
        JOIN documents AS d ON d.seller_id = l.seller_id AND d.id = l.document_id
        WHERE l.seller_id = %(seller)s AND l.fraction IS NOT NULL AND l.subscription_id IS NOT NULL
          AND d.state <> 'voided' AND (d.kind = 'request' OR d.basis = 'asks')
        GROUP BY 1, 2 HAVING count(*) > 1
    """,
    "a charge asked for twice, or on another document than it says": """
        SELECT g.key, count(*) FROM charges AS g JOIN lines AS l ON l.seller_id = g.seller_id AND l.charge_id = g.id
        JOIN documents AS d ON d.seller_id = l.seller_id AND d.id = l.document_id
        WHERE g.seller_id = %(seller)s AND d.state <> 'voided' AND (d.kind = 'request' OR d.basis = 'asks')
        GROUP BY 1 HAVING count(*) > 1 OR bool_or(g.document_id IS DISTINCT FROM d.id)
    """,
    "a document whose lines, taxes or annex do not add up": """
        SELECT d.series, d.number FROM documents AS d WHERE d.seller_id = %(seller)s AND (
          d.net_minor <> (SELECT coalesce(sum(net_minor), 0) FROM lines AS l
                          WHERE l.seller_id = d.seller_id AND l.document_id = d.id)
          OR d.tax_minor <> (SELECT coalesce(sum((tax->>3)::bigint), 0) FROM jsonb_array_elements(d.taxes) AS tax)
          OR EXISTS (SELECT 1 FROM annex_rows AS r JOIN lines AS l ON l.seller_id = r.seller_id
                     AND l.document_id = r.document_id AND l.line_no = r.line_no
                     WHERE r.seller_id = d.seller_id AND r.document_id = d.id
                     GROUP BY l.line_no, l.net_minor HAVING sum(r.net_minor) <> l.net_minor))
    """,
    "a gap or a double in a series": """
        SELECT s.series, s.next_no, count(d.number), max(d.number) FROM series AS s
        LEFT JOIN documents AS d ON d.seller_id = s.seller_id AND d.series = s.series
        WHERE s.seller_id = %(seller)s GROUP BY 1, 2
        HAVING count(d.number) <> s.next_no - 1 OR coalesce(max(d.number), 0) <> s.next_no - 1
    """,
    "numbers that run against the days of issue": """
        SELECT series, number FROM (
          SELECT series, number, issued_on, max(issued_on) OVER (PARTITION BY series ORDER BY number) AS latest
          FROM documents WHERE seller_id = %(seller)s) AS ordered WHERE issued_on < latest
    """,
    "what requests ask for, against the books": """
        SELECT c.id, asked.owed, books.owed FROM customers AS c
        CROSS JOIN LATERAL (SELECT coalesce(sum(gross_minor), 0) AS owed FROM documents AS d
          WHERE d.seller_id = c.seller_id AND d.customer_id = c.id AND d.kind = 'request' AND d.state = 'open') AS asked
        CROSS JOIN LATERAL (SELECT coalesce(sum(CASE WHEN debit = 'asked' THEN amount_minor
            WHEN credit = 'asked' THEN -amount_minor ELSE 0 END), 0) AS owed FROM transfers AS t
          WHERE t.seller_id = c.seller_id AND t.customer_id = c.id) AS books
        WHERE c.seller_id = %(seller)s AND asked.owed <> books.owed
    """,
    "what invoices ask for, against the books": """
        SELECT c.id, asked.owed, books.owed FROM customers AS c
        CROSS JOIN LATERAL (SELECT coalesce(sum(open_minor), 0) AS owed FROM documents AS d
          WHERE d.seller_id = c.seller_id AND d.customer_id = c.id AND d.kind IN ('invoice', 'receipt')) AS asked
        CROSS JOIN LATERAL (SELECT coalesce(sum(CASE WHEN debit = 'receivable' THEN amount_minor
            WHEN credit = 'receivable' THEN -amount_minor ELSE 0 END), 0) AS owed FROM transfers AS t
          WHERE t.seller_id = c.seller_id AND t.customer_id = c.id) AS books
        WHERE c.seller_id = %(seller)s AND asked.owed <> books.owed
    """,
    "the money that is a customer's, against the books": """
        SELECT c.id, held.free, held.reserved, books.money FROM customers AS c
        CROSS JOIN LATERAL (SELECT
          coalesce((SELECT sum(free_minor) FROM payments AS p
                    WHERE p.seller_id = c.seller_id AND p.customer_id = c.id), 0) AS free,
          coalesce((SELECT sum(a.amount_minor) FROM allocations AS a
                    JOIN documents AS d ON d.seller_id = a.seller_id AND d.id = a.document_id
                    WHERE a.seller_id = c.seller_id AND a.customer_id = c.id AND d.kind = 'request'
                      AND NOT EXISTS (SELECT 1 FROM documents AS i WHERE i.seller_id = d.seller_id
                                      AND i.request_id = d.id AND i.kind = 'invoice')), 0) AS reserved) AS held
        CROSS JOIN LATERAL (SELECT coalesce(sum(CASE WHEN credit = 'money' THEN amount_minor
            WHEN debit = 'money' THEN -amount_minor ELSE 0 END), 0) AS money FROM transfers AS t
          WHERE t.seller_id = c.seller_id AND t.customer_id = c.id) AS books
        WHERE c.seller_id = %(seller)s AND held.free + held.reserved <> books.money
    """,
    "a payment that does not add up": """
        SELECT p.key, p.amount_minor, p.free_minor FROM payments AS p
        WHERE p.seller_id = %(seller)s AND p.free_minor <> CASE WHEN p.state = 'settled' THEN p.amount_minor ELSE 0 END
          - coalesce((SELECT sum(amount_minor) FROM allocations AS a
                      WHERE a.seller_id = p.seller_id AND a.payment_id = p.id), 0)
          - coalesce((SELECT sum(amount_minor) FROM refunds AS r
                      WHERE r.seller_id = p.seller_id AND r.payment_id = p.id), 0)
    """,
    "a paid request without its invoice, or an unpaid one with": """
        SELECT d.series, d.number, d.state FROM documents AS d
        LEFT JOIN documents AS i ON i.seller_id = d.seller_id AND i.request_id = d.id AND i.kind = 'invoice'
        LEFT JOIN waiting_invoices AS w ON w.seller_id = d.seller_id AND w.request_id = d.id
        WHERE d.seller_id = %(seller)s AND d.kind = 'request'
          AND (d.state = 'settled') <> (i.id IS NOT NULL OR w.request_id IS NOT NULL)
    """,
}
