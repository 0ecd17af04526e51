"""A partner that pays for 200 clients with 2,000 locations: one unified invoice that names each."""

import psycopg

from bench.ground import make_database, settle
from bench.invent import PEOPLE, World, kind_named, make_seller, parameters_of

LOCATIONS_EACH = 10


def make_partner(*, admin_url: str, name: str, locations: int) -> World:
    """A seller whose first customer pays for all others, each of them with ten active locations."""
    url = make_database(admin_url=admin_url, name=name)
    clients = -(-locations // LOCATIONS_EACH)
    world = make_seller(kind=kind_named("partner"), url=url, subscriptions=clients, payers=clients + 1)
    with psycopg.connect(url, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute("SET ROLE abono_engine")
        for statement in (*PEOPLE, *_CLIENTS):
            connection.execute(statement, {**parameters_of(world), "each": LOCATIONS_EACH})
    settle(url=url)
    return world


_CLIENTS = (
    """
    INSERT INTO sponsorships (seller_id, customer_id, from_on, payer_id)
    SELECT %(seller)s, pg_temp.invented('customer', n), %(before)s, pg_temp.invented('customer', 1)
    FROM generate_series(2, %(payers)s) AS n
    """,
    """
    INSERT INTO subscriptions (seller_id, id, customer_id, profile_id, plan_id, words, currency, cycle_unit,
                               cycle_count, anchor_day, ordered_on, started_on, terms_from, continues, quantity, state)
    SELECT %(seller)s, pg_temp.invented('subscription', n), pg_temp.invented('customer', n),
           pg_temp.invented('profile', n), (%(plans)s::uuid[])[1], '', %(currency)s, 'month', 1, 1, %(before)s,
           %(renewal)s, %(renewal)s, false, 0, 'active'
    FROM generate_series(2, %(payers)s) AS n
    """,
    """
    INSERT INTO cursors (seller_id, payer_id, subscription_id, billed_to)
    SELECT %(seller)s, pg_temp.invented('customer', 1), pg_temp.invented('subscription', n), %(renewal)s
    FROM generate_series(2, %(payers)s) AS n
    """,
    """
    INSERT INTO locations (seller_id, id, customer_id, name, address, region, locality, active_from)
    SELECT %(seller)s, pg_temp.invented('location', n * %(each)s + place), pg_temp.invented('customer', n),
           'Store ' || n || '-' || place, place || ' Elm Street', %(region)s, 'City ' || n, %(before)s
    FROM generate_series(2, %(payers)s) AS n, generate_series(1, %(each)s) AS place
    """,
    """
    INSERT INTO activations (seller_id, subscription_id, location_id, from_on)
    SELECT %(seller)s, pg_temp.invented('subscription', n), pg_temp.invented('location', n * %(each)s + place),
           %(before)s
    FROM generate_series(2, %(payers)s) AS n, generate_series(1, %(each)s) AS place
    """,
)
