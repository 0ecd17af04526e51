"""Ranges of numbers that an authority gives: how far a series may count."""

from datetime import date, datetime

from abono.base.facts.actions import record_fact
from abono.base.kernel.refusal import Missing, Refused
from abono.base.store import sql

GREATEST_NUMBER = 999_999_999


def load_range(*, seller_id: int, series: str, last_no: int, on: date, at: datetime) -> int:
    """Let a series count up to `last_no`, included; the number it goes on with. The series must have issued already.

    Numbers stay gapless: a range goes on where the one before it ended. Refuses an end that is passed already.
    """
    if not 0 < last_no <= GREATEST_NUMBER:
        raise Refused("invoicing.range", f"A range ends at a number from 1 to {GREATEST_NUMBER}.")
    with sql.in_transaction():
        next_no: int | None = sql.value(
            "SELECT next_no FROM series WHERE seller_id = %(seller)s AND series = %(series)s FOR UPDATE",
            {"seller": seller_id, "series": series},
        )
        if next_no is None:
            raise Missing("invoicing.no_series", f"This seller has issued nothing in a series {series!r} yet.")
        if last_no < next_no - 1:
            raise Refused(
                "invoicing.range", f"Series {series} has passed {last_no} already and goes on with {next_no}."
            )
        sql.change(
            "UPDATE series SET last_no = %(last)s WHERE seller_id = %(seller)s AND series = %(series)s",
            {"last": last_no, "seller": seller_id, "series": series},
        )
        record_fact(
            seller_id=seller_id,
            kind="RangeLoaded",
            cause=f"series {series} up to {last_no}",
            on=on,
            at=at,
        )
    return next_no
