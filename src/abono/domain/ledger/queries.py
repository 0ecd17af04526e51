"""Reading the books."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from abono.base.store import sql


class Balance(NamedTuple):
    """What stands on a customer's accounts in one currency: minor units, none negative in sound books."""

    currency: str
    asked_minor: int
    receivable_minor: int
    money_minor: int


def balances_of(*, seller_id: int, customer_id: UUID, on: date) -> list[Balance]:
    """The customer's accounts at the end of a day, one row per currency ever used."""
    found = sql.rows(
        """
        SELECT currency,
               sum(CASE WHEN debit = 'asked' THEN amount_minor WHEN credit = 'asked' THEN -amount_minor ELSE 0 END),
               sum(CASE WHEN debit = 'receivable' THEN amount_minor
                        WHEN credit = 'receivable' THEN -amount_minor ELSE 0 END),
               sum(CASE WHEN credit = 'money' THEN amount_minor WHEN debit = 'money' THEN -amount_minor ELSE 0 END)
        FROM transfers
        WHERE seller_id = %(seller)s AND customer_id = %(customer)s AND on_date <= %(on)s
        GROUP BY currency ORDER BY currency
        """,
        {"seller": seller_id, "customer": customer_id, "on": on},
    )
    return [Balance(currency, int(asked), int(receivable), int(money)) for currency, asked, receivable, money in found]
