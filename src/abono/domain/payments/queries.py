"""Reading payments."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from abono.base.kernel.refusal import Missing
from abono.base.store import sql


class PaymentCard(NamedTuple):
    """A payment. `chosen_ids` are the documents that it is for, as text, empty when none was chosen."""

    id: UUID
    key: str
    customer_id: UUID
    means: str
    funding: str
    currency: str
    amount_minor: int
    fee_minor: int
    free_minor: int
    state: str
    on_date: date
    reference: str
    chosen_ids: list[str]


_COLUMNS = ", ".join(PaymentCard._fields)


def payment_card(*, seller_id: int, payment_id: UUID, lock: bool = False) -> PaymentCard:
    """The payment; Missing when the seller has none with this id."""
    row = sql.one(
        f"SELECT {_COLUMNS} FROM payments WHERE seller_id = %(seller)s AND id = %(id)s"
        + (" FOR NO KEY UPDATE" if lock else ""),
        {"seller": seller_id, "id": payment_id},
    )
    if row is None:
        raise Missing("payments.unknown", "This seller has no such payment.")
    return PaymentCard(*row)


def payment_with_key(*, seller_id: int, key: str) -> PaymentCard | None:
    """The payment recorded under a key, or None."""
    row = sql.one(
        f"SELECT {_COLUMNS} FROM payments WHERE seller_id = %(seller)s AND key = %(key)s",
        {"seller": seller_id, "key": key},
    )
    return PaymentCard(*row) if row else None


def find_payment(*, seller_id: int, asked: str) -> PaymentCard:
    """The payment named by its key or its id; Missing when there is none."""
    row = sql.one(
        f"SELECT {_COLUMNS} FROM payments WHERE seller_id = %(seller)s "
        "AND (key = %(asked)s OR id::text = lower(%(asked)s))",
        {"seller": seller_id, "asked": asked},
    )
    if row is None:
        raise Missing("payments.unknown", f"This seller has no payment {asked!r}.")
    return PaymentCard(*row)


def free_payments(*, seller_id: int, customer_id: UUID) -> list[PaymentCard]:
    """Payments of the customer with money that is not used, the earliest first, locked."""
    return [
        PaymentCard(*row)
        for row in sql.rows(
            f"SELECT {_COLUMNS} FROM payments WHERE seller_id = %(seller)s AND customer_id = %(customer)s "
            "AND free_minor > 0 ORDER BY on_date, id FOR NO KEY UPDATE",
            {"seller": seller_id, "customer": customer_id},
        )
    ]


def allocated(*, seller_id: int, payment_id: UUID) -> list[tuple[UUID, int]]:
    """What a payment stands for now: (document, minor units), the last allocated first."""
    return [
        (row[0], int(row[1]))
        for row in sql.rows(
            "SELECT document_id, sum(amount_minor) FROM allocations "
            "WHERE seller_id = %(seller)s AND payment_id = %(payment)s "
            "GROUP BY document_id HAVING sum(amount_minor) > 0 ORDER BY max(id::text) DESC",
            {"seller": seller_id, "payment": payment_id},
        )
    ]
