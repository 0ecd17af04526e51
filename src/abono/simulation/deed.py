"""One act of one invented person on a day, with what acts need to know."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from abono.base.kernel.languages import Words, in_language
from abono.base.store import sql
from abono.simulation.dice import Dice
from abono.simulation.invented import Person
from abono.simulation.opening import Scene

ACTS_AT = 12
_REASONS: dict[str, Words] = {
    "reissue": {"en": "new purchase order number", "es": "nuevo número de orden de compra", "hu": "új megrendelésszám"},
    "credit": {"en": "service was down", "es": "el servicio estuvo caído", "hu": "szolgáltatáskiesés"},
    "refund": {"en": "asked for by the customer", "es": "pedida por el cliente", "hu": "a vevő kérésére"},
    "given-up": {"en": "nobody answers any more", "es": "ya nadie responde", "hu": "senki sem válaszol"},
    "objection": {
        "en": "We did not order this",
        "es": "Esto no lo pedimos",
        "hu": "Ezt nem rendeltük meg",
    },
    "upheld": {"en": "You are right", "es": "Tienen razón", "hu": "Önöknek van igazuk"},
    "rejected": {
        "en": "Your order of that day is attached",
        "es": "Adjuntamos su pedido de ese día",
        "hu": "Mellékeljük az aznapi megrendelésüket",
    },
    "discount": {"en": "Spring offer", "es": "Descuento de temporada", "hu": "Szezonális kedvezmény"},
}


class Running(NamedTuple):
    """A service that goes on."""

    id: UUID
    plan: str
    cycle_unit: str
    cycle_count: int
    quantity: int
    counted: str
    billed_to: date


@dataclass(frozen=True, slots=True)
class Deed:
    """One act of one person on a day."""

    scene: Scene
    person: Person
    on: date
    dice: Dice

    @property
    def seller_id(self) -> int:
        """Whose customer it is."""
        return self.scene.seller_id

    @property
    def customer_id(self) -> UUID:
        """Who acts."""
        return self.scene.ids[self.person.reference]

    @property
    def at(self) -> datetime:
        """When on the day."""
        return self.scene.at(self.on, ACTS_AT)

    def reason(self, name: str) -> str:
        """Words for a reason, as the seller's people write."""
        return reason_in(name, self.scene.world.policy.seller.languages[0])

    def running(self) -> list[Running]:
        """The person's services that go on, in the order they were taken."""
        return [
            Running(*row)
            for row in sql.rows(
                "SELECT s.id, p.key, s.cycle_unit, s.cycle_count, s.quantity, p.counted, c.billed_to "
                "FROM subscriptions AS s JOIN plans AS p ON p.seller_id = s.seller_id AND p.id = s.plan_id "
                "JOIN cursors AS c ON c.seller_id = s.seller_id AND c.subscription_id = s.id "
                "WHERE s.seller_id = %(seller)s AND s.customer_id = %(customer)s AND s.ends_on IS NULL ORDER BY s.id",
                {"seller": self.seller_id, "customer": self.customer_id},
            )
        ]


def reason_in(name: str, language: str) -> str:
    """Words for a reason, as the seller's people or its customers write in a language."""
    return in_language(_REASONS[name], language)
