"""Booking: many transfers at once by COPY, or a few by INSERT. The same rows either way."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from abono.base.store.together import Write, row, write
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
    write(
        transfer_rows(
            seller_id=seller_id,
            cause=cause,
            cause_id=cause_id,
            customer_id=customer_id,
            currency=currency,
            bookings=bookings,
            on=on,
            first_part=first_part,
        )
    )


def transfer_rows(
    *,
    seller_id: int,
    cause: str,
    cause_id: UUID | str,
    customer_id: UUID | str,
    currency: str,
    bookings: Iterable[Booking],
    on: date | str,
    first_part: int = 0,
) -> list[Write]:
    """The same transfers, to be written together with other rows."""
    event = {"seller_id": seller_id, "cause_id": cause_id, "cause": cause, "customer_id": customer_id}
    return [
        row(
            "transfers",
            {
                **event,
                "part": part,
                "debit": booking.debit,
                "credit": booking.credit,
                "currency": currency,
                "amount_minor": booking.amount_minor,
                "on_date": on,
            },
        )
        for part, booking in enumerate(bookings, start=first_part)
    ]
