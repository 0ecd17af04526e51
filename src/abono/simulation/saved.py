"""What invented customers keep on file, and the invented bank that it is charged at."""

from datetime import date

from abono.base.kernel.days import plus_days
from abono.base.store import sql
from abono.domain.payments.methods import add_method
from abono.simulation.bank import Bank
from abono.simulation.invented import Person
from abono.simulation.opening import Scene

# Of a thousand who pay by something that can be kept, so many keep it; those who pay badly keep nothing.
_KEEP_PER_MILLE = 650
_KEEPERS = ("early", "punctual", "more", "bounces")
_LAST4 = {"visa": "4242", "mastercard": "4444", "amex": "0005", "": "6789"}
_LIFE_DAYS = 1200


def keep_methods(*, scene: Scene, on: date) -> None:
    """Whoever came and keeps what they pay with on file does so, once."""
    means = scene.world.policy.means
    if not any(one.saved for _, one in means.items()):
        return
    statement = "SELECT token FROM methods WHERE seller_id = %(seller)s"
    there = {row[0] for row in sql.rows(statement, {"seller": scene.seller_id})}
    for reference, customer_id in sorted(scene.ids.items()):
        person = scene.people[reference]
        if _token(scene, reference) in there or person.means not in means or not means[person.means].saved:
            continue
        if person.payer or not _keeps(person):
            continue
        funding, brand = person.card
        add_method(
            seller_id=scene.seller_id,
            customer_id=customer_id,
            token=_token(scene, reference),
            means=person.means,
            brand=brand,
            last4=_LAST4.get(brand, "4242"),
            funding=funding,
            expires_on=plus_days(on, _LIFE_DAYS) if person.means == "card" else None,
            verified=True,
            on=on,
            at=scene.at(on, 11),
        )


def _token(scene: Scene, reference: str) -> str:
    return f"pm_{scene.world.key}_{reference}"


def _keeps(person: Person) -> bool:
    return person.habit in _KEEPERS and person.dice.chance(_KEEP_PER_MILLE, "keeps a method")


def bank_of(*, scene: Scene) -> Bank:
    """The seller's bank as it stands: charges of an earlier call are known to it again."""
    bank = Bank(seed=scene.seller_id, silent=False)
    for key, token, means, amount_minor, currency, sent_on in sql.rows(
        "SELECT a.key, m.token, a.means, a.amount_minor, a.currency, a.sent_on FROM attempts AS a "
        "JOIN methods AS m ON m.seller_id = a.seller_id AND m.id = a.method_id "
        "WHERE a.seller_id = %(seller)s AND a.sent_on IS NOT NULL ORDER BY m.token, a.sent_at, a.id",
        {"seller": scene.seller_id},
    ):
        bank.remember(key=key, token=token, means=means, amount_minor=amount_minor, currency=currency, on=sent_on)
    return bank


def keepers(*, scene: Scene) -> set[str]:
    """References of those whose method is charged, who need not think of paying."""
    return {
        reference
        for (reference,) in sql.rows(
            "SELECT c.reference FROM methods AS m JOIN customers AS c ON c.seller_id = m.seller_id "
            "AND c.id = m.customer_id WHERE m.seller_id = %(seller)s AND m.state = 'usable'",
            {"seller": scene.seller_id},
        )
    }
