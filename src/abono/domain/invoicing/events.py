"""What others hear of a document: that it is owed no longer, or owed again.

Contexts above join here, in `runs/wiring.py`; they act in the same transaction, so that a service is free in the moment
in which its document is paid.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Literal, NamedTuple
from uuid import UUID

How = Literal["paid", "voided", "credited", "written-off", "returned"]


class DocumentChanged(NamedTuple):
    """A document that is owed no longer, or (returned) owed again; `customer_id` is who owes it."""

    seller_id: int
    document_id: UUID
    customer_id: UUID
    how: How
    on: date
    at: datetime


Hears = Callable[[DocumentChanged], None]
_hear_of_closed: list[Hears] = []
_hear_of_reopened: list[Hears] = []


def when_closed(hears: Hears) -> None:
    """Let a function hear of each document that is owed no longer. Again: changes nothing."""
    if hears not in _hear_of_closed:
        _hear_of_closed.append(hears)


def when_reopened(hears: Hears) -> None:
    """Let a function hear of each document that is owed again. Again: changes nothing."""
    if hears not in _hear_of_reopened:
        _hear_of_reopened.append(hears)


def tell_closed(*, seller_id: int, document_id: UUID, customer_id: UUID, how: How, on: date, at: datetime) -> None:
    """Tell that nothing of a document is owed any longer, after it was written."""
    for hears in _hear_of_closed:
        hears(DocumentChanged(seller_id, document_id, customer_id, how, on, at))


def tell_reopened(*, seller_id: int, document_id: UUID, customer_id: UUID, on: date, at: datetime) -> None:
    """Tell that a document that had been paid in full is owed again, after it was written."""
    for hears in _hear_of_reopened:
        hears(DocumentChanged(seller_id, document_id, customer_id, "returned", on, at))
