"""A simulated month in figures, read from the tables at its end."""

from dataclasses import dataclass
from datetime import date

from abono.base.store import sql


@dataclass(frozen=True, slots=True)
class Money:
    """One currency of a month, in minor units: asked for, received less what went back, open and overdue at its end."""

    currency: str
    asked_minor: int
    cash_minor: int
    open_minor: int
    overdue_minor: int


@dataclass(frozen=True, slots=True)
class Month:
    """The days `[from_on, to_on)`: documents that ask for money; services suspended, restored, terminated; notices."""

    from_on: date
    to_on: date
    documents: int
    suspensions: int
    restorations: int
    terminations: int
    notices: int
    money: tuple[Money, ...]

    def of(self, currency: str) -> Money:
        """The month's money in a currency."""
        return next((one for one in self.money if one.currency == currency), Money(currency, 0, 0, 0, 0))


def month_figures(*, seller_id: int, from_on: date, to_on: date) -> Month:
    """The figures of the days `[from_on, to_on)`; call it when the last of them has passed and none after it."""
    parameters: dict[str, object] = {"seller": seller_id, "from": from_on, "to": to_on}
    documents, suspended, restored, terminated, notices = map(int, sql.rows(_COUNTS, parameters)[0])
    money = [Money(currency, *map(int, amounts)) for currency, *amounts in sql.rows(_MONEY, parameters)]
    return Month(from_on, to_on, documents, suspended, restored, terminated, notices, tuple(money))


_COUNTS = """
    SELECT
      (SELECT count(*) FROM documents WHERE seller_id = %(seller)s AND issued_on >= %(from)s AND issued_on < %(to)s
         AND (kind = 'request' OR basis = 'asks')),
      (SELECT count(*) FROM service_moves WHERE seller_id = %(seller)s AND on_date >= %(from)s AND on_date < %(to)s
         AND after IN ('suspended', 'frozen')),
      (SELECT count(*) FROM service_moves WHERE seller_id = %(seller)s AND on_date >= %(from)s AND on_date < %(to)s
         AND before IN ('suspended', 'frozen', 'terminated') AND after = 'active'),
      (SELECT count(*) FROM service_moves WHERE seller_id = %(seller)s AND on_date >= %(from)s AND on_date < %(to)s
         AND after = 'terminated'),
      (SELECT count(*) FROM messages WHERE seller_id = %(seller)s AND made_on >= %(from)s AND made_on < %(to)s)
"""
_MONEY = """
    SELECT currency, sum(asked), sum(cash), sum(owed), sum(overdue) FROM (
      SELECT currency, CASE WHEN issued_on >= %(from)s AND issued_on < %(to)s THEN gross_minor ELSE 0 END AS asked,
        0 AS cash, CASE WHEN state = 'open' THEN open_minor ELSE 0 END AS owed,
        CASE WHEN state = 'open' AND due_on < %(to)s - 1 THEN open_minor ELSE 0 END AS overdue
      FROM documents WHERE seller_id = %(seller)s AND (kind = 'request' OR kind = 'invoice')
        AND ((issued_on >= %(from)s AND issued_on < %(to)s AND (kind = 'request' OR basis = 'asks'))
             OR (state = 'open' AND open_minor > 0))
      UNION ALL
      SELECT p.currency, 0, CASE m.after WHEN 'settled' THEN p.amount_minor ELSE -p.amount_minor END, 0, 0
      FROM payment_moves AS m JOIN payments AS p ON p.seller_id = m.seller_id AND p.id = m.payment_id
      WHERE m.seller_id = %(seller)s AND m.after IN ('settled', 'returned')
        AND m.on_date >= %(from)s AND m.on_date < %(to)s
      UNION ALL
      SELECT p.currency, 0, -r.amount_minor, 0, 0
      FROM refunds AS r JOIN payments AS p ON p.seller_id = r.seller_id AND p.id = r.payment_id
      WHERE r.seller_id = %(seller)s AND r.on_date >= %(from)s AND r.on_date < %(to)s
    ) AS parts GROUP BY currency ORDER BY currency
"""
