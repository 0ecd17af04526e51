"""Work in progress: a service without a cycle, paid for by one-off charges. It freezes where services are suspended."""

from datetime import date, datetime
from uuid import UUID

from abono.base.facts.actions import record_fact
from abono.base.kernel.ids import new_id
from abono.base.kernel.refusal import Missing, Refused
from abono.base.store import sql
from abono.domain.customers.plain_text import plain
from abono.domain.customers.queries import customer_card
from abono.domain.subscriptions.actions import end_subscription
from abono.domain.subscriptions.periods import NO_CYCLE


def open_project(*, seller_id: int, customer_id: UUID, words: str, on: date, at: datetime) -> UUID:
    """Begin a project for a customer; its id. It is active until it is closed, or frozen by an unpaid document."""
    project_id = new_id()
    with sql.in_transaction():
        customer = customer_card(seller_id=seller_id, customer_id=customer_id)
        if customer.default_profile_id is None:
            raise Missing("customers.no_profile", "The customer has no billing profile; save one first.")
        sql.insert(
            "subscriptions",
            {
                "seller_id": seller_id,
                "id": project_id,
                "customer_id": customer_id,
                "profile_id": customer.default_profile_id,
                "plan_id": None,
                "words": plain(words, what="the project's name", longest=300),
                "currency": customer.currency,
                "cycle_unit": NO_CYCLE,
                "cycle_count": 0,
                "anchor_day": on.day,
                "ordered_on": on,
                "started_on": on,
                "terms_from": on,
                "continues": False,
                "ends_on": None,
                "quantity": 1,
                "state": "active",
            },
        )
        _note("ProjectOpened", seller_id, customer_id, project_id, "opened", on, at)
    return project_id


def close_project(*, seller_id: int, project_id: UUID, on: date, at: datetime) -> None:
    """The work is done, or given up. Refuses what is no project, and one that is closed."""
    with sql.in_transaction():
        row = sql.one(
            "SELECT cycle_unit, state FROM subscriptions WHERE seller_id = %(seller)s AND id = %(project)s "
            "FOR NO KEY UPDATE",
            {"seller": seller_id, "project": project_id},
        )
        if row is None or row[0] != NO_CYCLE:
            raise Missing("collections.no_project", "This seller has no such project.")
        if row[1] == "cancelled":
            raise Refused("collections.project_closed", "This project is closed already.")
        end_subscription(seller_id=seller_id, subscription_id=project_id, ends_on=on, on=on, at=at)


def _note(kind: str, seller_id: int, customer_id: UUID, project_id: UUID, cause: str, on: date, at: datetime) -> None:
    record_fact(
        seller_id=seller_id,
        kind=kind,
        cause=cause,
        on=on,
        at=at,
        customer_id=customer_id,
        subject_id=project_id,
    )
