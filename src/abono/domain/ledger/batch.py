"""Booking: many transfers at once by COPY, or a few by INSERT. The same rows either way."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from abono.base.store import sql
from abono.domain.ledger.rules import Booking

COLUMNS = (
    "seller_id",
    "cause_id",
    "cause",
    "part",
    "customer_id",
    "debit",
    "credit",
    "currency",
    "amount_minor",
    "on_date",
)


def copy_lines(
    *,
    seller_id: int,
    cause: str,
    cause_id: str,
    customer_id: str,
    currency: str,
    on: str,
    bookings: Iterable[Booking],
) -> str:
    """The event's transfers in PostgreSQL's COPY text, for `COLUMNS`; ids and the day are given as text."""
    found = []
    for part, (debit, credit, amount_minor) in enumerate(bookings):
        found.append(
            f"{seller_id}\t{cause_id}\t{cause}\t{part}\t{customer_id}\t{debit}\t{credit}\t{currency}\t{amount_minor}\t{on}\n"
        )
    return "".join(found)


def book(
    *,
    seller_id: int,
    cause: str,
    cause_id: UUID,
    customer_id: UUID,
    currency: str,
    bookings: Sequence[Booking],
    on: date,
    first_part: int = 0,
) -> None:
    """Write an event's transfers in the caller's transaction. The key (cause_id, cause, part) makes it happen once."""
    for part, booking in enumerate(bookings, start=first_part):
        sql.insert(
            "transfers",
            {
                "seller_id": seller_id,
                "cause_id": cause_id,
                "cause": cause,
                "part": part,
                "customer_id": customer_id,
                "debit": booking.debit,
                "credit": booking.credit,
                "currency": currency,
                "amount_minor": booking.amount_minor,
                "on_date": on,
            },
        )
