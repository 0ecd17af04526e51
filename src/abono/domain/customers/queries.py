"""Reading customers."""

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from abono.base.kernel.refusal import Missing, Refused
from abono.base.store import sql


class CustomerCard(NamedTuple):
    """A customer in short."""

    id: UUID
    number: int
    name: str
    email: str
    country: str
    language: str
    currency: str
    reference: str | None
    default_profile_id: UUID | None


_COLUMNS = "id, number, name, email, country, language, currency, reference, default_profile_id"


def customer_number(*, number: int) -> str:
    """What people see: `C-00042`."""
    return f"C-{number:05d}"


def customer_card(*, seller_id: int, customer_id: UUID) -> CustomerCard:
    """The customer; Missing when the seller has none with this id."""
    row = sql.one(
        f"SELECT {_COLUMNS} FROM customers WHERE seller_id = %(seller)s AND id = %(customer)s",
        {"seller": seller_id, "customer": customer_id},
    )
    if row is None:
        raise Missing("customers.unknown", "This seller has no such customer.")
    return CustomerCard(*row)


def find_customer(*, seller_id: int, asked: str) -> CustomerCard:
    """The customer named by `C-00042`, by reference or by id; Missing when there is none."""
    parameters: dict[str, Any] = {"seller": seller_id, "asked": asked}
    where = "(reference = %(asked)s OR id::text = lower(%(asked)s))"
    digits = asked[2:] if asked.upper().startswith("C-") else ""
    if digits.isascii() and digits.isdigit() and len(digits) < 10:
        parameters["number"] = int(digits)
        where = f"({where} OR number = %(number)s)"
    row = sql.one(f"SELECT {_COLUMNS} FROM customers WHERE seller_id = %(seller)s AND {where}", parameters)
    if row is None:
        raise Missing("customers.unknown", f"This seller has no customer {asked!r}.")
    return CustomerCard(*row)


def payer_on(*, seller_id: int, customer_id: UUID, on: date) -> UUID:
    """Who pays for the customer on a day: a sponsor, else the customer itself."""
    payer: UUID | None = sql.value(
        "SELECT payer_id FROM sponsorships WHERE seller_id = %(seller)s AND customer_id = %(customer)s "
        "AND from_on <= %(on)s AND (to_on IS NULL OR to_on > %(on)s)",
        {"seller": seller_id, "customer": customer_id, "on": on},
    )
    return payer or customer_id


class LocationCard(NamedTuple):
    """A location in short, active on `[active_from, active_to)`."""

    id: UUID
    name: str
    active_from: date
    active_to: date | None


def find_location(*, seller_id: int, customer_id: UUID, asked: str) -> LocationCard:
    """The customer's location named by id, reference or name; refuses a name that several have."""
    found = [
        LocationCard(*row)
        for row in sql.rows(
            "SELECT id, name, active_from, active_to FROM locations "
            "WHERE seller_id = %(seller)s AND customer_id = %(customer)s "
            "AND (id::text = lower(%(asked)s) OR reference = %(asked)s OR name = %(asked)s) ORDER BY id LIMIT 2",
            {"seller": seller_id, "customer": customer_id, "asked": asked},
        )
    ]
    if not found:
        raise Missing("customers.no_location", f"This customer has no location {asked!r}.")
    if len(found) > 1:
        raise Refused("customers.location_name", f"Several locations are called {asked!r}; name one by its id.")
    return found[0]
