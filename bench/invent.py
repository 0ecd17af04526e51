"""Invented sellers, customers and subscriptions, made by whole sets in SQL, with all constraints in force.

Every fifth payer has two subscriptions that renew on the same day, so a document has 1.2 lines on average.
A million documents of earlier months go in with the keys switched off: they are consistent by construction.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import psycopg

from abono.base.kernel.days import add_months
from abono.domain.sellers.policy import builtin_policy
from bench.ground import Connection, do

FIRST_RENEWAL = date(2026, 2, 1)
PLACES = 500


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of seller to measure with: a built-in policy and who it sells to."""

    name: str
    policy: str
    country: str
    currency: str
    language: str
    region: str
    digits: int
    prices: tuple[str, ...]


KINDS = (
    Kind("request", "hosting_cl", "CL", "CLP", "es", "", 0, ("9990", "14990", "24990", "1990", "490")),
    Kind("invoice", "franchise_us", "US", "USD", "en", "TX", 2, ("99.00", "149.90", "249.00", "19.90", "4.95")),
)


@dataclass(frozen=True, slots=True)
class World:
    """An invented seller in a database, with how many subscriptions it has and the payers of them."""

    kind: Kind
    url: str
    seller_id: int
    plans: tuple[UUID, ...]
    subscriptions: int
    payers: int

    def renewal(self, month: int) -> date:
        """The day on which the periods of a month begin; month 0 is the first to be billed."""
        return add_months(FIRST_RENEWAL, month, anchor_day=1)

    def day(self, month: int) -> str:
        """The day on which the policy issues the documents of a month."""
        days = builtin_policy(self.kind.policy).documents.issue_days
        return (self.renewal(month) + timedelta(days=days)).isoformat()


def make_world(*, kind: Kind, url: str, subscriptions: int) -> World:
    """A seller with subscriptions, of 1.2 per payer; all renew on FIRST_RENEWAL and have one month behind them."""
    made = do("seller", url=url, kind=kind.name)
    world = World(
        kind,
        url,
        made["seller_id"],
        tuple(map(UUID, made["plans"])),
        subscriptions,
        -(-subscriptions * 5 // 6),
    )
    with psycopg.connect(url, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute("SET ROLE abono_engine")
        for statement in (_ID, _WORDS, _CUSTOMERS, _PROFILES, _DEFAULTS, _SUBSCRIPTIONS, _CURSORS, _CLAIMS):
            connection.execute(statement, _parameters(world))
    return world


def _parameters(world: World) -> dict[str, object]:
    kind = world.kind
    return {
        "seller": world.seller_id,
        "payers": world.payers,
        "subscriptions": world.subscriptions,
        "places": PLACES,
        "country": kind.country,
        "region": kind.region,
        "currency": kind.currency,
        "language": kind.language,
        "scale": 10**kind.digits,
        "plans": list(world.plans),
        "prices": list(kind.prices),
        "renewal": FIRST_RENEWAL,
        "before": add_months(FIRST_RENEWAL, -1, anchor_day=1),
    }


# Ids of version 7 as the program makes them, ordered by the time of making: `n` is a second, `kind` makes them differ.
_ID = """
    CREATE FUNCTION pg_temp.invented(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
      SELECT (lpad(to_hex(1700000000000 + n * 1000), 12, '0') || '7' || substr(md5(kind || n), 1, 3)
              || 'a' || substr(md5(kind || n), 5, 15))::uuid
    $$
"""

_BODY = """
    jsonb_strip_nulls(jsonb_build_object(
      'address', 'Elm Street ' || n, 'city', 'City ' || n %% %(places)s, 'country', %(country)s::text,
      'email', 'c' || n || '@customer.example', 'legal_name', 'Customer ' || n,
      'postal_code', lpad((n %% %(places)s)::text, 5, '0'), 'region', nullif(%(region)s, '')))
"""

_WORDS = f"""
    INSERT INTO party_words (seller_id, id, body)
    SELECT %(seller)s, pg_temp.invented('words', n), {_BODY} FROM generate_series(1, %(payers)s) AS n
"""

_CUSTOMERS = """
    INSERT INTO customers (seller_id, id, number, name, email, country, language, currency, created_on)
    SELECT %(seller)s, pg_temp.invented('customer', n), n, 'Customer ' || n, 'c' || n || '@customer.example',
           %(country)s, %(language)s, %(currency)s, %(before)s
    FROM generate_series(1, %(payers)s) AS n
"""

_PROFILES = f"""
    INSERT INTO billing_profiles (seller_id, id, customer_id, country, fields, complete, problems, exemptions, tax_key,
                                  words_id, saved_on)
    SELECT %(seller)s, pg_temp.invented('profile', n), pg_temp.invented('customer', n), %(country)s, {_BODY}, true,
           '[]', '[]',
           concat('{{"city":"City ', n %% %(places)s, '","country":"', %(country)s::text, '","postal_code":"',
                  lpad((n %% %(places)s)::text, 5, '0'), '"',
                  CASE WHEN %(region)s <> '' THEN concat(',"region":"', %(region)s::text, '"') END, '}}'),
           pg_temp.invented('words', n), %(before)s
    FROM generate_series(1, %(payers)s) AS n
"""

_DEFAULTS = """
    UPDATE customers AS c SET default_profile_id = p.id FROM billing_profiles AS p
    WHERE c.seller_id = %(seller)s AND p.seller_id = c.seller_id AND p.customer_id = c.id
"""

# Plans 4 and 5 are per unit; every fourth subscription has a price of its own, as imported ones do.
_OFFERS = """
    SELECT k, CASE WHEN k <= %(payers)s THEN k ELSE (k - %(payers)s) * 5 END AS n, k %% 5 + 1 AS plan,
           CASE WHEN k %% 5 >= 3 THEN 1 + k %% 7 ELSE 1 END AS quantity,
           CASE WHEN k %% 4 = 0 THEN (%(prices)s::numeric[])[k %% 5 + 1] + k %% 300 END AS own_price
    FROM generate_series(1, %(subscriptions)s) AS k
"""

_SUBSCRIPTIONS = f"""
    INSERT INTO subscriptions (seller_id, id, customer_id, profile_id, plan_id, words, currency, cycle_unit,
                               cycle_count, anchor_day, ordered_on, started_on, terms_from, continues, quantity,
                               own_price, state)
    SELECT %(seller)s, pg_temp.invented('subscription', k), pg_temp.invented('customer', n),
           pg_temp.invented('profile', n), (%(plans)s::uuid[])[plan], 'site-' || k || '.example', %(currency)s,
           'month', 1, 1, %(before)s, %(before)s, %(before)s, false, quantity, own_price, 'active'
    FROM ({_OFFERS}) AS offers
"""

_CURSORS = f"""
    INSERT INTO cursors (seller_id, payer_id, subscription_id, billed_to, last_net_minor)
    SELECT %(seller)s, pg_temp.invented('customer', n), pg_temp.invented('subscription', k), %(renewal)s,
           coalesce(own_price, (%(prices)s::numeric[])[plan]) * quantity * %(scale)s
    FROM ({_OFFERS}) AS offers
"""

_CLAIMS = """
    INSERT INTO claims (seller_id, subscription_id, period_from, period_to, reason)
    SELECT %(seller)s, pg_temp.invented('subscription', k), %(before)s, %(renewal)s, 'moved-in'
    FROM generate_series(1, %(subscriptions)s) AS k
"""


def add_history(*, world: World, connection: Connection, months: int) -> int:
    """Documents of `months` earlier months for all subscriptions, paid for nowhere; how many documents.

    Needs a superuser: foreign keys are not checked while the rows go in.
    """
    connection.execute("SET session_replication_role = replica")
    connection.execute(_ID)
    before = {"seller": world.seller_id, "series": "EARLIER", "asks": world.kind.name == "invoice"}
    for month in range(1, months + 1):
        day = add_months(FIRST_RENEWAL, -1 - month, anchor_day=1)
        parameters = {
            **before,
            "month": month,
            "first": (month - 1) * world.payers,
            "day": day,
            "until": add_months(day, 1, anchor_day=1),
        }
        for statement in _HISTORY:
            connection.execute(statement, parameters)
    connection.execute("SET session_replication_role = origin")
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
    SELECT s.id, pg_temp.invented('document' || %(month)s, -c.number - %(month)s * 1000000::bigint),
           CASE WHEN %(asks)s THEN 'invoice' ELSE 'request' END, %(series)s, c.number + %(first)s, c.id, p.words_id,
           s.words_id, v.version, v.invoice_when, CASE WHEN %(asks)s THEN 'asks' END, c.currency, %(day)s, %(day)s,
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
