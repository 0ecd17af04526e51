"""What each event books. Transfers are `debit <- credit`; see docs/reference/books.md.

Per customer: `asked` (memo: what requests ask for), `receivable` (what invoices ask for), `money` (theirs with us).
Per seller: `asked_contra`, `clearing:<means>`, `revenue`, `tax:<code>`, `fee_income`, `bad_debt`, `bank`, `opening`.
"""

from collections.abc import Iterable
from typing import NamedTuple

ACCOUNTS = (
    "asked",
    "receivable",
    "money",
    "asked_contra",
    "clearing",
    "revenue",
    "tax",
    "fee_income",
    "bad_debt",
    "bank",
    "opening",
)
CAUSES = (
    "request_issued",
    "request_voided",
    "request_settled",
    "request_reopened",
    "invoice_issued",
    "invoice_paid",
    "credit_note",
    "payment_settled",
    "payment_returned",
    "invoice_reopened",
    "fee",
    "fee_paid",
    "fee_returned",
    "refund",
    "payout",
    "write_off",
    "opening",
)


class Booking(NamedTuple):
    """One transfer to write: `debit <- credit`, amount in minor units, always positive."""

    debit: str
    credit: str
    amount_minor: int


def _all(*found: Booking) -> list[Booking]:
    return [one for one in found if one.amount_minor]


def _signed(debit: str, credit: str, amount_minor: int) -> Booking:
    """A part of a document may be below zero (a credit taxed otherwise than the rest): then it goes the other way."""
    return Booking(debit, credit, amount_minor) if amount_minor >= 0 else Booking(credit, debit, -amount_minor)


def request_issued(*, gross_minor: int) -> list[Booking]:
    """A request asks: memo only, never revenue or tax."""
    return _all(Booking("asked", "asked_contra", gross_minor))


def request_closed(*, gross_minor: int) -> list[Booking]:
    """A request is paid in full or voided: the memo is reversed."""
    return _all(Booking("asked_contra", "asked", gross_minor))


def invoice_issued(*, net_minor: int, taxes: Iterable[tuple[str, int]]) -> list[Booking]:
    """An invoice makes revenue and tax; `taxes` are (code, tax in minor units)."""
    return _all(
        _signed("receivable", "revenue", net_minor),
        *(_signed("receivable", f"tax:{code}", tax_minor) for code, tax_minor in taxes),
    )


def credit_note_issued(*, net_minor: int, taxes: Iterable[tuple[str, int]], paid_minor: int) -> list[Booking]:
    """A credit note takes revenue and tax back; the part that was paid becomes the customer's money again."""
    return _all(
        _signed("revenue", "receivable", net_minor),
        *(_signed(f"tax:{code}", "receivable", tax_minor) for code, tax_minor in taxes),
        Booking("receivable", "money", paid_minor),
    )


def invoice_paid(*, amount_minor: int) -> list[Booking]:
    """Money of the customer's is used for an invoice."""
    return _all(Booking("money", "receivable", amount_minor))


def invoice_reopened(*, amount_minor: int) -> list[Booking]:
    """The use of money for an invoice is undone."""
    return _all(Booking("receivable", "money", amount_minor))


def payment_settled(*, means: str, amount_minor: int) -> list[Booking]:
    """Money arrived, the whole amount, whatever it is for."""
    return _all(Booking(f"clearing:{means}", "money", amount_minor))


def payment_left(*, means: str, amount_minor: int) -> list[Booking]:
    """Money went back: a return or a refund."""
    return _all(Booking("money", f"clearing:{means}", amount_minor))


def fee_issued(*, net_minor: int) -> list[Booking]:
    """The card fee's receipt asks for it."""
    return _all(Booking("receivable", "fee_income", net_minor))


def fee_returned(*, net_minor: int) -> list[Booking]:
    """A share of the card fee goes back to the customer with a refund."""
    return _all(Booking("fee_income", "receivable", net_minor), Booking("receivable", "money", net_minor))


def written_off(*, amount_minor: int) -> list[Booking]:
    """An invoice's open amount is given up."""
    return _all(Booking("bad_debt", "receivable", amount_minor))


def paid_out(*, means: str, amount_minor: int) -> list[Booking]:
    """The processor paid collected money to the bank."""
    return _all(Booking("bank", f"clearing:{means}", amount_minor))
