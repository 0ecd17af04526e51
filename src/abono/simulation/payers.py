"""What customers do in the simulated future: hear of documents, reminders and suspensions; pay when they mean to."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from abono.base.kernel.refusal import Refused
from abono.base.store import sql
from abono.domain.payments.actions import record_payment, settle_payment
from abono.domain.sellers.policy import Policy
from abono.domain.sellers.queries import policy_in_force, policy_of_version
from abono.simulation.clock import hour_of
from abono.simulation.delays import Habits, Intent, intent_for, on_step
from abono.simulation.dice import Dice

PAYS_AT = 17
_BUSINESS_DAYS, _DAYS = 5, 7


@dataclass(slots=True)
class Payers:
    """All who owe a seller something, called once for each simulated day after the day's run."""

    seller_id: int
    zone: str
    habits: Habits
    means: Mapping[UUID, str]
    dice: Dice
    first: date
    payments: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    intents: dict[UUID, Intent] = field(default_factory=dict)
    _by_day: dict[date, list[UUID]] = field(default_factory=dict)
    _drawn: Counter[tuple[UUID, date]] = field(default_factory=Counter)

    def __call__(self, on: date) -> None:
        """Let the day pass for everybody."""
        if on == self.first:
            self._settle_on_its_way(on)
        for document_id, customer_id, due_on, renewal_on, version in self._new(on):
            self._hear_of(document_id, customer_id, due_on, renewal_on, version, on)
        for document_id, do in _steps(self.seller_id, on):
            if intent := self.intents.get(document_id):
                on_step(intent=intent, habits=self.habits, do=do, on=on)
                self._note(document_id, intent)
        self._pay(self._by_day.pop(on, ()), on)

    def _settle_on_its_way(self, on: date) -> None:
        """Money that was on its way when the simulation began arrives on its first day."""
        for (payment_id,) in sql.rows(
            "SELECT id FROM payments WHERE seller_id = %(seller)s AND state IN ('reported', 'unknown', 'pending') "
            "AND on_date < %(on)s ORDER BY on_date, key",
            {"seller": self.seller_id, "on": on},
        ):
            try:
                settle_payment(
                    seller_id=self.seller_id, payment_id=payment_id, cause="simulated", on=on, at=self._at(on)
                )
            except Refused as why:
                self.refused[why.code] += 1

    def _new(self, on: date) -> Iterable[tuple[UUID, UUID, date, date, int]]:
        """Documents that ask for money: those of the day; on the first day all that are open."""
        found: Sequence[tuple[UUID, UUID, date, date, int]] = sql.rows(
            "SELECT id, customer_id, due_on, renewal_on, policy_version FROM documents "
            "WHERE seller_id = %(seller)s AND issued_on BETWEEN %(since)s AND %(on)s AND state = 'open' "
            "AND open_minor > 0 AND (kind = 'request' OR basis = 'asks') "
            "ORDER BY customer_id, renewal_on, issued_on, series, number",
            {"seller": self.seller_id, "since": date.min if on == self.first else on, "on": on},
        )
        return found

    def _hear_of(
        self, document_id: UUID, customer_id: UUID, due_on: date, renewal_on: date, version: int, on: date
    ) -> None:
        which = (customer_id, renewal_on)
        self._drawn[which] += 1
        intent = intent_for(
            habits=self.habits,
            customer_id=customer_id,
            dice=self.dice.of(customer_id, renewal_on, self._drawn[which]),
            due_on=due_on,
            today=on,
            planned=planned_steps(policy_of_version(seller_id=self.seller_id, version=version)),
            happened=_steps_before(self.seller_id, document_id, on) if on == self.first else None,
        )
        self.intents[document_id] = intent
        self._note(document_id, intent)

    def _note(self, document_id: UUID, intent: Intent) -> None:
        if intent.pays_on is not None:
            self._by_day.setdefault(intent.pays_on, []).append(document_id)

    def _pay(self, noted: Sequence[UUID], on: date) -> None:
        """Pay what is still open of the documents whose payer means to pay today, each with one payment."""
        today = {one for one in noted if one in self.intents and self.intents[one].pays_on == on}
        for document_id in today:
            del self.intents[document_id]
        policy = policy_in_force(seller_id=self.seller_id, on=on).policy
        for document_id, customer_id, currency, open_minor in _still_open(self.seller_id, today):
            usual = self.means.get(customer_id, "")
            try:
                record_payment(
                    seller_id=self.seller_id,
                    customer_id=customer_id,
                    means=usual if usual in policy.means else next(iter(policy.means)),
                    amount_minor=open_minor,
                    currency=currency,
                    key=f"simulated-{document_id}",
                    state="settled",
                    document_ids=[document_id],
                    cause="simulated",
                    on=on,
                    at=self._at(on),
                )
                self.payments += 1
            except Refused as why:
                self.refused[why.code] += 1

    def _at(self, on: date) -> datetime:
        return hour_of(on=on, hour=PAYS_AT, zone=self.zone)


def planned_steps(policy: Policy) -> dict[str, int | None]:
    """On which day after the due date a policy first reminds and first suspends; None: never. Five business days: 7."""
    found: dict[str, int | None] = {"remind": None, "suspend": None}
    for step in policy.calendar.steps:
        number = step.number if step.kind == "day" else -(-step.number * _DAYS // _BUSINESS_DAYS)
        if step.do in found and number > 0:
            before = found[step.do]
            found[step.do] = number if before is None else min(before, number)
    return found


def _steps(seller_id: int, on: date) -> list[tuple[UUID, str]]:
    """The reminders and suspensions of a day against documents that are overdue."""
    found: list[tuple[UUID, str]] = sql.rows(
        "SELECT s.document_id, s.action FROM steps AS s "
        "JOIN documents AS d ON d.seller_id = s.seller_id AND d.id = s.document_id "
        "WHERE s.seller_id = %(seller)s AND s.on_date = %(on)s AND s.outcome = 'done' "
        "AND s.action IN ('remind', 'suspend') AND d.due_on < s.on_date ORDER BY s.document_id, s.action",
        {"seller": seller_id, "on": on},
    )
    return found


def _steps_before(seller_id: int, document_id: UUID, on: date) -> dict[str, date]:
    """The first reminder and the first suspension against a document that is overdue, before a day."""
    return dict(
        sql.rows(
            "SELECT s.action, min(s.on_date) FROM steps AS s "
            "JOIN documents AS d ON d.seller_id = s.seller_id AND d.id = s.document_id "
            "WHERE s.seller_id = %(seller)s AND s.document_id = %(document)s AND s.outcome = 'done' "
            "AND s.action IN ('remind', 'suspend') AND d.due_on < s.on_date AND s.on_date < %(on)s GROUP BY s.action",
            {"seller": seller_id, "document": document_id, "on": on},
        )
    )


def _still_open(seller_id: int, documents: Iterable[UUID]) -> list[tuple[UUID, UUID, str, int]]:
    wanted = sorted(documents)
    if not wanted:
        return []
    found: list[tuple[UUID, UUID, str, int]] = sql.rows(
        "SELECT id, customer_id, currency, open_minor FROM documents WHERE seller_id = %(seller)s "
        "AND id = ANY(%(ids)s) AND state = 'open' AND open_minor > 0 ORDER BY customer_id, due_on, series, number",
        {"seller": seller_id, "ids": sql.array(wanted)},
    )
    return found
