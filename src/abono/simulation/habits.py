"""How invented customers pay: when, by what means, how much; and what the bank then makes of it."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from abono.base.kernel.days import days_between, plus_days
from abono.base.kernel.languages import Words, in_language
from abono.base.kernel.money import tax_on
from abono.base.store import sql
from abono.domain.invoicing.card_fee import card_fee_bp
from abono.domain.payments.actions import move_payment, record_payment, return_payment, settle_payment
from abono.domain.payments.rules import first_state
from abono.simulation.invented import Person
from abono.simulation.opening import Scene

WHOLE_BP = 10_000
BANK_AT, PAYS_AT = 10, 17
_CAUSES: dict[str, Words] = {
    "returned": {"en": "R01, insufficient funds", "es": "fondos insuficientes", "hu": "nincs fedezet"},
    "failed": {
        "en": "not on the bank statement",
        "es": "no figura en el extracto bancario",
        "hu": "nincs a bankkivonaton",
    },
    "matched": {
        "en": "found on the bank statement",
        "es": "figura en el extracto bancario",
        "hu": "szerepel a bankkivonaton",
    },
    "cleared": {"en": "cleared by the bank", "es": "acreditado por el banco", "hu": "a bank jóváírta"},
    "reported": {"en": "reported by the customer", "es": "informado por el cliente", "hu": "a vevő jelezte"},
    "paid": {"en": "paid by the customer", "es": "pagado por el cliente", "hu": "a vevő fizette"},
}
_DAYS_TO_CLEAR, _MOST_DAYS_TO_MATCH, _DAYS_TO_RETURN = 2, 3, 4
_FAILS, _RETURNS = 12, 9


class Asked(NamedTuple):
    """An open document, as somebody sees it who is to pay it. `wanted`: it asks for a service to come back."""

    id: UUID
    name: str
    reference: str
    currency: str
    issued_on: date
    due_on: date
    open_minor: int
    wanted: bool


class Moment(NamedTuple):
    """A day on which somebody pays a share of what is open then, in basis points."""

    on: date
    share_bp: int


@dataclass(frozen=True, slots=True)
class _Sent:
    """A payment on its way, or one that the bank may still take back."""

    id: UUID
    key: str
    means: str
    state: str
    on_date: date
    reference: str


def let_the_bank_answer(*, scene: Scene, on: date) -> None:
    """Settle, fail or return the payments whose day it is."""
    for sent in _sent(scene, on):
        person = scene.people[sent.reference]
        mine = person.dice.of(sent.key)
        age = days_between(sent.on_date, on)
        bounces = person.habit == "bounces" and sent.key.endswith("-1")
        at = scene.at(on, BANK_AT)
        if sent.state == "settled":
            if age == _DAYS_TO_RETURN and (bounces or mine.chance(_RETURNS, "returns")):
                cause = _cause(scene, "returned")
                return_payment(seller_id=scene.seller_id, payment_id=sent.id, cause=cause, on=on, at=at)
        elif age >= _days_on_its_way(scene, sent, person):
            if sent.state == "reported" and (bounces or mine.chance(_FAILS, "fails")):
                cause = _cause(scene, "failed")
                move_payment(seller_id=scene.seller_id, payment_id=sent.id, after="failed", cause=cause, on=on, at=at)
            else:
                cause = _cause(scene, "matched" if sent.state == "reported" else "cleared")
                settle_payment(seller_id=scene.seller_id, payment_id=sent.id, cause=cause, on=on, at=at)


def _cause(scene: Scene, name: str) -> str:
    return in_language(_CAUSES[name], scene.world.policy.seller.languages[0])


def _sent(scene: Scene, on: date) -> list[_Sent]:
    cleared = [name for name, means in scene.world.policy.means.items() if means.settles == "when-cleared"]
    found = sql.rows(
        "SELECT p.id, p.key, p.means, p.state, p.on_date, c.reference FROM payments AS p "
        "JOIN customers AS c ON c.seller_id = p.seller_id AND c.id = p.customer_id "
        "WHERE p.seller_id = %(seller)s AND NOT EXISTS (SELECT FROM attempts AS a WHERE a.seller_id = p.seller_id "
        "AND a.key = p.key) AND (p.state IN ('reported', 'pending') "
        "OR (p.state = 'settled' AND p.means = ANY(%(cleared)s) AND p.on_date = %(returned)s)) ORDER BY p.key",
        {"seller": scene.seller_id, "cleared": cleared, "returned": plus_days(on, -_DAYS_TO_RETURN)},
    )
    return [_Sent(*row) for row in found]


def _days_on_its_way(scene: Scene, sent: _Sent, person: Person) -> int:
    if scene.world.policy.means[sent.means].settles == "when-cleared":
        return _DAYS_TO_CLEAR
    return person.dice.between(1, _MOST_DAYS_TO_MATCH, sent.key, "matched")


def let_people_pay(*, scene: Scene, on: date, kept: Set[str] = frozenset()) -> None:
    """Everybody whose day it is pays, each what it means to; those in `kept` let their saved method be charged."""
    on_its_way = _on_its_way(scene)
    for asked in _asked(scene, on):
        person = scene.people.get(asked.reference)
        if person is None or asked.id in on_its_way or (asked.reference in kept and not asked.wanted):
            continue
        for attempt, moment in enumerate(moments(person=person, asked=asked), start=1):
            if moment.on == on:
                _pay(scene, person, asked, attempt, moment.share_bp, on)
                break


def _asked(scene: Scene, on: date) -> Iterable[Asked]:
    for row in sql.rows(
        "SELECT d.id, d.series || '-' || d.number, c.reference, d.currency, d.issued_on, d.due_on, d.open_minor, "
        "EXISTS (SELECT FROM recoveries AS r WHERE r.seller_id = d.seller_id AND r.document_id = d.id) "
        "FROM documents AS d JOIN customers AS c ON c.seller_id = d.seller_id AND c.id = d.customer_id "
        "WHERE d.seller_id = %(seller)s AND d.state = 'open' AND d.open_minor > 0 AND d.issued_on <= %(on)s "
        "AND c.reference IS NOT NULL ORDER BY d.due_on, d.series, d.number",
        {"seller": scene.seller_id, "on": on},
    ):
        yield Asked(*row)


def _on_its_way(scene: Scene) -> set[UUID]:
    """Documents that a payment which has not arrived yet is for."""
    return {
        UUID(one)
        for (chosen,) in sql.rows(
            "SELECT chosen_ids FROM payments WHERE seller_id = %(seller)s AND state IN ('reported', 'pending')",
            {"seller": scene.seller_id},
        )
        for one in chosen
    }


def moments(*, person: Person, asked: Asked) -> list[Moment]:
    """The days on which a person tries to pay a document, by its habit; never before the document is there."""
    mine, due = person.dice.of("pays", asked.name), asked.due_on
    if asked.wanted:
        return [Moment(plus_days(asked.issued_on, mine.between(0, 3)), WHOLE_BP)]
    later = [Moment(plus_days(due, mine.between(7, 11, "again")), WHOLE_BP), Moment(plus_days(due, 23), WHOLE_BP)]
    match person.habit:
        case "early":
            first = [Moment(plus_days(asked.issued_on, mine.between(0, 5)), WHOLE_BP)]
        case "late":
            first = [Moment(plus_days(due, mine.between(2, 13)), WHOLE_BP)]
        case "slow":
            return [Moment(plus_days(due, mine.between(16, 24)), WHOLE_BP), Moment(plus_days(due, 33), WHOLE_BP)]
        case "halves":
            first = [Moment(plus_days(due, -mine.between(0, 2)), WHOLE_BP // 2)]
        case "more":
            first = [Moment(plus_days(due, -mine.between(0, 3)), WHOLE_BP + 500 * mine.between(0, 4, "more"))]
        case "stops":
            if days_between(date(due.year, 1, 1), due) > person.dice.between(40, 150, "stops"):
                return []
            first = [Moment(plus_days(due, -mine.between(0, 1)), WHOLE_BP)]
        case _:
            first = [Moment(plus_days(due, -mine.between(0, 3)), WHOLE_BP)]
    days = {one.on: one for one in reversed(first + later)}
    return [Moment(max(day, asked.issued_on), days[day].share_bp) for day in sorted(days)]


def _pay(scene: Scene, person: Person, asked: Asked, attempt: int, share_bp: int, on: date) -> None:
    amount_minor = max(1, asked.open_minor * share_bp // WHOLE_BP)
    means = scene.world.policy.means[person.means]
    funding, brand = person.card
    amount_minor += tax_on(amount_minor, _fee_bp(scene, person, means.fee_bp, on))
    record_payment(
        seller_id=scene.seller_id,
        customer_id=scene.ids[person.reference],
        means=person.means,
        amount_minor=amount_minor,
        currency=asked.currency,
        key=f"{person.reference}-{asked.name}-{attempt}",
        state=first_state(settles=means.settles, said=None),
        document_ids=[asked.id],
        funding=funding,
        brand=brand,
        reference=asked.name,
        cause=_cause(scene, "reported" if means.settles == "when-matched" else "paid"),
        on=on,
        at=scene.at(on, PAYS_AT),
    )


def _fee_bp(scene: Scene, person: Person, asked_bp: int, on: date) -> int:
    """The card fee that is shown before paying, and so paid on top."""
    funding, brand = person.card
    if not asked_bp or not funding:
        return 0
    return card_fee_bp(
        asked_bp=asked_bp,
        seller_country=scene.world.policy.seller.country,
        payer_country=person.country,
        payer_region=person.profile.get("region", ""),
        funding=funding,  # type: ignore[arg-type]
        brand=brand,
        on=on,
    ).bp
