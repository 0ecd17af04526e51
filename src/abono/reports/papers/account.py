"""A customer's account over a stretch of days, as a customer follows it: asked for, paid, credited, and the balance."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from abono.base.kernel.refusal import Refused
from abono.base.store import sql


class Movement(NamedTuple):
    """One event in the books: what it changes of what the customer owes, in minor units, and what it is about.

    `means` and `reference` are the payment's; `kind`, `series`, `number`, `request` the document's. `paid_before`
    marks an invoice that its payment issued: it moves nothing, because its request was asked for and paid.
    """

    on: date
    cause: str
    change_minor: int
    document_id: UUID | None
    kind: str | None
    series: str | None
    number: int | None
    request: str | None
    means: str | None
    reference: str | None
    paid_before: bool


@dataclass(frozen=True, slots=True)
class Account:
    """The account in one currency over `[from_on, to_on)`; a positive balance is owed by the customer.

    A balance is what stands on `asked` and `receivable` less `money`, where money that has settled a request whose
    invoice still waits counts as used (`waiting_minor` of the closing balance).
    """

    currency: str
    from_on: date
    to_on: date
    opening_minor: int
    movements: tuple[Movement, ...]
    waiting_minor: int

    @property
    def closing_minor(self) -> int:
        """The balance at the end of the last day."""
        return self.opening_minor + sum(one.change_minor for one in self.movements)


_INVOICE_OF_PAYMENT = "invoice of a payment"

# A settled request is no longer asked for, but its money is used: to the customer both together change nothing, as
# does the invoice that follows. Events of one day stand in the order in which they follow from each other.
_ORDER = (
    "opening",
    "request_voided",
    "request_issued",
    "invoice_issued",
    "payment_settled",
    _INVOICE_OF_PAYMENT,
    "fee",
    "credit_note",
    "fee_returned",
    "refund",
    "payment_returned",
    "write_off",
)

_EVENTS = """
    SELECT t.on_date AS on_date, t.cause AS cause, t.cause_id AS cause_id,
           sum(CASE WHEN t.debit IN ('asked', 'receivable', 'money') THEN t.amount_minor ELSE 0 END
             - CASE WHEN t.credit IN ('asked', 'receivable', 'money') THEN t.amount_minor ELSE 0 END)::bigint AS change
    FROM transfers AS t
    WHERE t.seller_id = %(seller)s AND t.customer_id = %(customer)s AND t.currency = %(currency)s
      AND t.on_date < %(to)s
    GROUP BY t.on_date, t.cause, t.cause_id
"""

_MOVEMENTS = f"""
    WITH events AS ({_EVENTS})
    SELECT e.on_date, e.cause, e.change, d.id, d.kind, d.series, d.number, d.extra ->> 'request',
           p.means, p.reference, coalesce(d.basis = 'settlement', false)
    FROM events AS e
    LEFT JOIN documents AS d ON d.seller_id = %(seller)s AND d.id = e.cause_id
    LEFT JOIN refunds AS r ON r.seller_id = %(seller)s AND r.id = e.cause_id
    LEFT JOIN payments AS p ON p.seller_id = %(seller)s AND p.id = coalesce(r.payment_id, e.cause_id)
    WHERE e.on_date >= %(from)s AND (e.change <> 0 OR e.cause = 'invoice_issued')
      AND e.cause NOT IN ('request_settled', 'request_reopened')
    ORDER BY e.on_date,
             array_position(%(order)s::text[],
                            CASE WHEN d.basis = 'settlement' THEN '{_INVOICE_OF_PAYMENT}' ELSE e.cause END),
             e.cause_id
"""

# What events changed before a day; `waiting` is the part of it that only stands for settled requests without invoice.
_BEFORE = f"""
    WITH events AS ({_EVENTS})
    SELECT coalesce(sum(e.change), 0)::bigint,
           coalesce(sum(e.change) FILTER (
             WHERE e.cause IN ('request_settled', 'request_reopened')
                OR (e.cause = 'invoice_issued' AND d.basis = 'settlement')), 0)::bigint
    FROM events AS e LEFT JOIN documents AS d ON d.seller_id = %(seller)s AND d.id = e.cause_id
"""


def account_of(*, seller_id: int, customer_id: UUID, currency: str, from_on: date, to_on: date) -> Account:
    """The customer's account in a currency over `[from_on, to_on)`; refuses a stretch without days."""
    if to_on <= from_on:
        raise Refused("papers.no_days", f"A statement ends after it begins: {to_on} is not after {from_on}.")
    base = {"seller": seller_id, "customer": customer_id, "currency": currency}
    opening, waiting_before = sql.one(_BEFORE, {**base, "to": from_on}) or (0, 0)
    _, waiting = sql.one(_BEFORE, {**base, "to": to_on}) or (0, 0)
    found = sql.rows(_MOVEMENTS, {**base, "from": from_on, "to": to_on, "order": list(_ORDER)})
    return Account(
        currency=currency,
        from_on=from_on,
        to_on=to_on,
        opening_minor=int(opening) - int(waiting_before),
        movements=tuple(_plain(found)),
        waiting_minor=-int(waiting),
    )


def _plain(found: list[tuple[object, ...]]) -> Iterator[Movement]:
    for row in found:
        one = Movement(*row)  # type: ignore[arg-type]
        yield one._replace(change_minor=0) if one.paid_before else one


def other_currencies(*, seller_id: int, customer_id: UUID, currency: str) -> list[str]:
    """Currencies besides this one in which the customer's account ever moved."""
    found = sql.rows(
        "SELECT DISTINCT currency FROM transfers WHERE seller_id = %(seller)s AND customer_id = %(customer)s "
        "AND currency <> %(currency)s ORDER BY currency",
        {"seller": seller_id, "customer": customer_id, "currency": currency},
    )
    return [row[0] for row in found]
