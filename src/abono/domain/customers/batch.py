"""Writing many customers at once, by COPY."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from abono.base.facts import actions as facts
from abono.base.kernel.ids import new_id
from abono.base.kernel.refusal import Missing
from abono.base.store import sql
from abono.domain.customers.rows import CustomerRow, ProfileRow
from abono.domain.sellers.party import freeze_all

_HEAD = ("seller_id", "id", "number", "created_on")
_PROFILE_HEAD = ("seller_id", "id", "customer_id", "words_id", "saved_on")


class NewCustomer(NamedTuple):
    """A customer to write with its first profile. `words` is canonical JSON and `words_id` its id, as frozen."""

    id: UUID
    profile_id: UUID
    customer: CustomerRow
    profile: ProfileRow
    words_id: UUID
    words: str
    cause: str


def take_numbers(*, seller_id: int, count: int) -> int:
    """Take the next `count` customer numbers in one block, in the caller's transaction; the first of them."""
    first: int | None = sql.value(
        "UPDATE sellers SET customers_made = customers_made + %(count)s WHERE id = %(id)s "
        "RETURNING customers_made - %(count)s + 1",
        {"id": seller_id, "count": count},
    )
    if first is None:
        raise Missing("sellers.unknown", "There is no such seller.")
    return first


def write_customers(
    *, seller_id: int, customers: Sequence[NewCustomer], first_number: int, on: date, at: datetime
) -> None:
    """Write customers and their first profiles in the caller's transaction, numbered in the order given."""
    freeze_all(seller_id=seller_id, words={one.words_id: one.words for one in customers})
    sql.copy_in(
        "customers",
        [*_HEAD, *CustomerRow._fields],
        ((seller_id, one.id, number, on, *one.customer) for number, one in enumerate(customers, start=first_number)),
    )
    sql.copy_in(
        "billing_profiles",
        [*_PROFILE_HEAD, *ProfileRow._fields],
        ((seller_id, one.profile_id, one.id, one.words_id, on, *one.profile) for one in customers),
    )
    sql.change(
        "UPDATE customers AS c SET default_profile_id = new.profile_id "
        "FROM unnest(%(ids)s::uuid[], %(profiles)s::uuid[]) AS new (id, profile_id) "
        "WHERE c.seller_id = %(seller)s AND c.id = new.id",
        {
            "seller": seller_id,
            "ids": [one.id for one in customers],
            "profiles": [one.profile_id for one in customers],
        },
    )
    sql.copy_in("facts", facts.COLUMNS, _facts(seller_id, customers, on, at))


def _facts(seller_id: int, customers: Iterable[NewCustomer], on: date, at: datetime) -> Iterable[Sequence[object]]:
    for one in customers:
        head = (seller_id, new_id(), "CustomerAdded", on, at, one.id, None)
        yield (*head, None, one.cause, None)
        faults = [problem["field"] for problem in json.loads(one.profile.problems)]
        data = json.dumps({"fields_with_problems": faults}, ensure_ascii=False)
        how = "complete" if one.profile.complete else "incomplete"
        yield (seller_id, new_id(), "ProfileSaved", on, at, one.id, None, one.profile_id, how, data)
