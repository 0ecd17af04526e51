"""Lists of the collection for whoever looks: holds, steps that wait, objections, later dates, recoveries, offers.

One SQL file each, read as named rows. Amounts are minor units.
"""

from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import NamedTuple
from uuid import UUID

from abono.base.store import sql


class HoldRow(NamedTuple):
    """A service that a document stops, by a step of its calendar. `debtor_id` owes the document."""

    subscription_id: UUID
    reference: str | None
    words: str
    plan_name: dict[str, str] | None
    customer_number: int
    customer_name: str
    document_id: UUID
    kind: str
    series: str
    number: int
    currency: str
    open_minor: int
    due_on: date
    debtor_id: UUID
    round_no: int
    step_no: int
    scope: str
    opened_on: date
    closed_on: date | None
    closed_by: str | None


class PostponedRow(NamedTuple):
    """A harmful step that had to wait since `since_on`, for `why`; it is looked at again on `until_on`."""

    document_id: UUID
    kind: str
    series: str
    number: int
    customer_id: UUID
    customer_number: int
    customer_name: str
    currency: str
    open_minor: int
    due_on: date
    policy_version: int
    round_no: int
    step_no: int
    scheduled_on: date
    since_on: date
    until_on: date
    why: str


class ObjectionRow(NamedTuple):
    """An objection to a document, with the decision once there is one."""

    id: UUID
    document_id: UUID
    kind: str
    series: str
    number: int
    customer_number: int
    customer_name: str
    currency: str
    open_minor: int
    words: str
    state: str
    opened_on: date
    decided_on: date | None
    decision: str


class ArrangementRow(NamedTuple):
    """A later date for a document, granted `by` the customer alone or staff."""

    id: UUID
    document_id: UUID
    kind: str
    series: str
    number: int
    customer_number: int
    customer_name: str
    currency: str
    open_minor: int
    due_on: date
    granted_on: date
    until_on: date
    by: str
    reason: str


class RecoveryRow(NamedTuple):
    """A terminated service that can come back until `expires_on`; the document asks for the fee, once it was asked."""

    id: UUID
    subscription_id: UUID
    reference: str | None
    words: str
    plan_name: dict[str, str] | None
    customer_number: int
    customer_name: str
    currency: str
    terminated_on: date
    expires_on: date
    fee_minor: int
    state: str
    decided_on: date | None
    document_id: UUID | None
    kind: str | None
    series: str | None
    number: int | None


class OfferRow(NamedTuple):
    """A longer period offered for a service from `from_on`, with what a period costs now and then, net."""

    id: UUID
    subscription_id: UUID
    reference: str | None
    words: str
    plan_name: dict[str, str] | None
    customer_number: int
    customer_name: str
    currency: str
    made_on: date
    from_on: date
    now_unit: str
    now_count: int
    now_minor: int
    new_unit: str
    new_count: int
    new_minor: int
    state: str
    decided_on: date | None


def holds(
    *, seller_id: int, customer_id: UUID | None = None, closed: bool = False, most: int | None = None
) -> list[HoldRow]:
    """Open holds, the earliest first; of all, or on the services or because of the debts of one customer."""
    parameters = {"seller": seller_id, "customer": customer_id, "services": None, "closed": closed, "most": most}
    return [HoldRow(*row) for row in sql.rows(_text("holds"), parameters)]


def postponed(*, seller_id: int, most: int | None = None) -> list[PostponedRow]:
    """Harmful steps that wait, the longest waiting first."""
    return [PostponedRow(*row) for row in sql.rows(_text("postponed"), {"seller": seller_id, "most": most})]


def objections(
    *, seller_id: int, customer_id: UUID | None = None, all_states: bool = False, most: int | None = None
) -> list[ObjectionRow]:
    """Objections, the oldest first."""
    return [
        ObjectionRow(*row) for row in sql.rows(_text("objections"), _given(seller_id, customer_id, all_states, most))
    ]


def arrangements(*, seller_id: int, customer_id: UUID | None = None, most: int | None = None) -> list[ArrangementRow]:
    """Later dates, the latest granted first."""
    parameters = {"seller": seller_id, "customer": customer_id, "most": most}
    return [ArrangementRow(*row) for row in sql.rows(_text("arrangements"), parameters)]


def recoveries(
    *, seller_id: int, customer_id: UUID | None = None, all_states: bool = False, most: int | None = None
) -> list[RecoveryRow]:
    """Recoveries, the one whose backup is gone first at the top."""
    return [
        RecoveryRow(*row) for row in sql.rows(_text("recoveries"), _given(seller_id, customer_id, all_states, most))
    ]


def period_offers(
    *, seller_id: int, customer_id: UUID | None = None, all_states: bool = False, most: int | None = None
) -> list[OfferRow]:
    """Longer periods on offer, the earliest made first."""
    return [
        OfferRow(*row) for row in sql.rows(_text("period_offers"), _given(seller_id, customer_id, all_states, most))
    ]


def restored_at(*, seller_id: int, on: date, at: datetime) -> int:
    """How many services a run of a day restored; it writes all at one instant."""
    found = sql.value(
        "SELECT count(*) FROM service_moves WHERE seller_id = %(seller)s AND on_date = %(on)s AND at = %(at)s "
        "AND before IN ('suspended', 'frozen') AND after = 'active'",
        {"seller": seller_id, "on": on, "at": at},
    )
    return int(found)


def _given(seller_id: int, customer_id: UUID | None, all_states: bool, most: int | None) -> dict[str, object]:
    return {"seller": seller_id, "customer": customer_id, "all": all_states, "most": most}


@cache
def _text(question: str) -> str:
    return resources.files("abono.reports").joinpath(f"sql/{question}.sql").read_text(encoding="utf-8")
