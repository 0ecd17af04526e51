"""Months on the test clock, and how a document reads in one line."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from tests.world import JANUARY, World, make_world


@dataclass
class Months:
    """A seller's months: days pass up to and including `to`, and `today` is the latest that passed."""

    world: World
    today: date | None = None

    def to(self, month: int, day: int) -> date:
        """Pass the days up to this one of 2026."""
        from abono.base.kernel.days import plus_days
        from abono.simulation.clock import pass_days

        last = date(2026, month, day)
        first = JANUARY if self.today is None else plus_days(self.today, 1)
        pass_days(seller_id=self.world.seller_id, first=first, last=last)
        self.today = last
        return last

    def now(self) -> dict[str, Any]:
        """What an action on the latest day is told: seller, day, an hour of the afternoon."""
        from abono.simulation.clock import hour_of

        assert self.today is not None
        return {
            "seller_id": self.world.seller_id,
            "on": self.today,
            "at": hour_of(on=self.today, hour=15, zone="UTC"),
        }

    def papers(self, customer_id: UUID | None = None) -> list[str]:
        """The documents as `2026-01-05 P-2026-000001 due 2026-01-20: 20000 + 4200 open`, in the order of issue."""
        from abono.domain.invoicing.numbering import number_text

        found = []
        for one in self.world.documents(customer_id):
            number = number_text(
                series=one["series"], number=one["number"], kind=one["kind"], country=self.world.country
            )
            owed = f" {one['open_minor']}" if 0 < one["open_minor"] < one["gross_minor"] else ""
            found.append(
                f"{one['issued_on']} {number} due {one['due_on']}: {one['net_minor']} + {one['tax_minor']} "
                f"{one['state']}{owed}"
            )
        return found

    def lines(self, number: int, *, kind: str = "request") -> list[str]:
        """The lines of a document as `[2026-01-20, 2026-02-20) 1 x Plan web: 10000`; true-ups have no unit."""
        rows = self.world.rows(
            "SELECT l.period_from, l.period_to, l.quantity, l.words, l.net_minor FROM lines AS l JOIN documents AS d "
            "ON d.seller_id = l.seller_id AND d.id = l.document_id WHERE d.seller_id = %(seller)s "
            "AND d.kind = %(kind)s AND d.number = %(number)s ORDER BY l.line_no",
            kind=kind,
            number=number,
        )
        return [f"[{day_from}, {day_to}) {count} x {words}: {net}" for day_from, day_to, count, words, net in rows]

    def annex(self, number: int) -> list[str]:
        """The annex of an invoice as `North, First Street, Plan hub: 31 days 2700`."""
        rows = self.world.rows(
            "SELECT a.client, a.location, a.product, a.days, a.net_minor FROM annex_rows AS a JOIN documents AS d "
            "ON d.seller_id = a.seller_id AND d.id = a.document_id WHERE d.seller_id = %(seller)s "
            "AND d.kind = 'invoice' AND d.number = %(number)s ORDER BY a.row_no",
            number=number,
        )
        return [f"{client}, {place}, {product}: {days} days {net}" for client, place, product, days, net in rows]

    def document(self, number: int, *, kind: str = "request") -> UUID:
        """The id of a document."""
        ((found,),) = self.world.rows(
            "SELECT id FROM documents WHERE seller_id = %(seller)s AND kind = %(kind)s AND number = %(number)s",
            kind=kind,
            number=number,
        )
        assert isinstance(found, UUID)
        return found

    def state(self, subscription_id: UUID) -> str:
        """The state of a service."""
        ((found,),) = self.world.rows(
            "SELECT state FROM subscriptions WHERE seller_id = %(seller)s AND id = %(id)s", id=subscription_id
        )
        return str(found)


def months_of(policy: str, **more: Any) -> Months:
    """The months of a new seller under a built-in policy; the first day that passes is 1 January 2026."""
    return Months(make_world(policy, **more))
