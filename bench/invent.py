"""Invented sellers, customers and subscriptions, made by whole sets in SQL, with all constraints in force.

Every fifth payer has two subscriptions that renew on the same day, so a document has 1.2 lines on average. Buyers live
in 500 places, three plans are flat, two per unit, and every fourth subscription has a price of its own.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import psycopg

from abono.base.kernel.days import add_months
from abono.domain.sellers.policy import builtin_policy
from bench.ground import do

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
    counted: bool = False


KINDS = (
    Kind("request", "hosting_cl", "CL", "CLP", "es", "", 0, ("9990", "14990", "24990", "1990", "490")),
    Kind("invoice", "franchise_us", "US", "USD", "en", "TX", 2, ("99.00", "149.90", "249.00", "19.90", "4.95")),
    Kind("partner", "partners_us", "US", "USD", "en", "CA", 2, ("31.00",), counted=True),
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


def kind_named(name: str) -> Kind:
    """The kind of seller with this name."""
    return next(one for one in KINDS if one.name == name)


def make_seller(*, kind: Kind, url: str, subscriptions: int, payers: int) -> World:
    """A seller with its policy and plans, for whom nobody has been invented yet."""
    made = do("seller", url=url, kind=kind.name)
    return World(kind, url, made["seller_id"], tuple(map(UUID, made["plans"])), subscriptions, payers)


def make_world(*, kind: Kind, url: str, subscriptions: int) -> World:
    """A seller with subscriptions, of 1.2 per payer; all renew on FIRST_RENEWAL and have one month behind them."""
    world = make_seller(kind=kind, url=url, subscriptions=subscriptions, payers=-(-subscriptions * 5 // 6))
    with psycopg.connect(url, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute("SET ROLE abono_engine")
        for statement in (*PEOPLE, _SUBSCRIPTIONS, _CURSORS, _CLAIMS):
            connection.execute(statement, parameters_of(world))
    return world


def parameters_of(world: World) -> dict[str, object]:
    """What the statements are told of a world."""
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
INVENTED_ID = """
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

# Customers with a complete profile, which is their default.
PEOPLE = (INVENTED_ID, _WORDS, _CUSTOMERS, _PROFILES, _DEFAULTS)

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
