"""Credits that no document to come can take: given back at the end, as a credit note on an invoice with room for them.

A credit waits for a document that asks for enough of the same tax. A payer of whom nothing will be asked any more, as
far as anybody knows, gets none. What fits no invoice either stays in the list (`abono charge list --waiting`).
"""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from abono.base.kernel.refusal import Refused
from abono.base.store import sql
from abono.domain.invoicing.batch import NewLine
from abono.domain.invoicing.queries import document_card, lines_of
from abono.domain.payments.credit import credit_invoice, left_to_credit
from abono.runs.billing.desk import Desk
from abono.runs.billing.reading import lock_payers

_CAUSE = "nothing more will be asked"
_MOST_INVOICES = 24


class _Left(NamedTuple):
    """A credit that waits; `net_minor` is below zero."""

    id: UUID
    payer_id: UUID
    subscription_id: UUID | None
    words: str
    currency: str
    category: str
    tax_key: str
    period_from: date | None
    period_to: date | None
    net_minor: int


def give_back_left_over(*, desk: Desk, at: datetime) -> int:
    """Give back the credits of payers of whom nothing more will be asked; how many were given back."""
    given = 0
    for payer_id in dict.fromkeys(one.payer_id for one in _waiting(desk)):
        with sql.in_transaction():
            lock_payers(seller_id=desk.seller.id, payers=[str(payer_id)], wait=True)
            given += sum(_give_back(desk, one, at) for one in _waiting(desk) if one.payer_id == payer_id)
    return given


def _waiting(desk: Desk) -> list[_Left]:
    return [_Left(*row) for row in sql.rows(_WAITING, {"seller": desk.seller.id, "on": desk.on})]


_WAITING = """
    SELECT g.id, g.payer_id, g.subscription_id, g.words, g.currency, g.category, p.tax_key, g.period_from, g.period_to,
           g.net_minor
    FROM charges AS g
    JOIN billing_profiles AS p ON p.seller_id = g.seller_id AND p.id = g.profile_id
    WHERE g.seller_id = %(seller)s AND g.document_id IS NULL AND g.net_minor < 0 AND g.on_date <= %(on)s
      AND NOT EXISTS (
        SELECT FROM charges AS h WHERE h.seller_id = g.seller_id AND h.payer_id = g.payer_id
          AND h.document_id IS NULL AND h.net_minor > 0)
      AND NOT EXISTS (SELECT FROM cursors AS c WHERE c.seller_id = g.seller_id AND c.payer_id = g.payer_id)
      AND NOT EXISTS (
        SELECT FROM sponsorships AS b
        JOIN subscriptions AS s ON s.seller_id = b.seller_id AND s.customer_id = b.customer_id
        JOIN cursors AS c ON c.seller_id = s.seller_id AND c.subscription_id = s.id
        WHERE b.seller_id = g.seller_id AND b.payer_id = g.payer_id AND (b.to_on IS NULL OR b.to_on > %(on)s))
    ORDER BY g.payer_id, g.on_date, g.id
"""


def _give_back(desk: Desk, credit: _Left, at: datetime) -> bool:
    """As a credit note on the latest invoice that has room for all of it and is taxed in this way alone."""
    seller_id = desk.seller.id
    try:
        code = desk.taxation(credit.tax_key, credit.category).code
    except Refused:
        return False  # a person must say first how it is taxed
    for (invoice_id,) in sql.rows(
        "SELECT id FROM documents WHERE seller_id = %(seller)s AND customer_id = %(payer)s AND kind = 'invoice' "
        "AND currency = %(currency)s AND issued_on <= %(on)s AND net_minor >= %(least)s "
        "ORDER BY issued_on DESC, id DESC LIMIT %(most)s",
        {
            "seller": seller_id,
            "payer": credit.payer_id,
            "currency": credit.currency,
            "on": desk.on,
            "least": -credit.net_minor,
            "most": _MOST_INVOICES,
        },
    ):
        if _has_room(seller_id, invoice_id, credit, code):
            return _credit(desk, invoice_id, credit, code, at)
    return False


def _has_room(seller_id: int, invoice_id: UUID, credit: _Left, code: str) -> bool:
    if {line.tax_code for line in lines_of(seller_id=seller_id, document_id=invoice_id)} != {code}:
        return False
    card = document_card(seller_id=seller_id, document_id=invoice_id)
    return left_to_credit(seller_id=seller_id, card=card)[0] >= -credit.net_minor


def _credit(desk: Desk, invoice_id: UUID, credit: _Left, code: str, at: datetime) -> bool:
    line = NewLine(
        str(credit.subscription_id or ""),
        str(credit.id),
        credit.words,
        credit.period_from.isoformat() if credit.period_from else "",
        credit.period_to.isoformat() if credit.period_to else "",
        1,
        "",
        "",
        -credit.net_minor,
        code,
    )
    seller_id = desk.seller.id
    try:
        with sql.in_transaction():
            note_id = credit_invoice(
                seller_id=seller_id, document_id=invoice_id, reason=_CAUSE, on=desk.on, at=at, lines=[line]
            )
            sql.change(
                "UPDATE charges SET document_id = %(note)s WHERE seller_id = %(seller)s AND id = %(charge)s",
                {"note": note_id, "seller": seller_id, "charge": credit.id},
            )
    except Refused:
        return False  # such as one whose authorised numbers are used up: it stays in the list
    return True
