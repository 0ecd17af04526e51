"""Is this customer entitled to use a service now? What a product asks at its door, with the reason and what to pay."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from abono.reports.service_screens import ServiceScreen, ToPay, services

FULL, NONE = "full", "none"
# Why a service cannot be used, by its state; `provider` where another owes what stops it.
_REASONS = {
    "ordered": "unpaid",
    "suspended": "unpaid",
    "frozen": "unpaid",
    "terminated": "terminated",
    "cancelled": "ended",
}


@dataclass(frozen=True, slots=True)
class Entitlement:
    """The answer for one service. `access` is full, read-only or none; `reason` is empty where access is full.

    `reason`: unpaid, provider (whoever pays for the customer owes it; no amount is told), terminated, ended.
    `to_pay` are the documents whose payment gives it back, with what is open of each.
    """

    service: ServiceScreen
    access: str
    reason: str
    to_pay: tuple[ToPay, ...]

    @property
    def entitled(self) -> bool:
        """Whether the customer may come in, if only to look."""
        return self.access != NONE


def entitlements(
    *, seller_id: int, customer_id: UUID, on: date, language: str, asked: str | None = None
) -> list[Entitlement]:
    """The answer for each of a customer's services; `asked` names one by reference or id, or all of a plan by its key.

    Of several services of one plan those that are over count only if no other is there.
    """
    found = services(
        seller_id=seller_id, on=on, language=language, customer_id=customer_id, projects=False, as_client=True
    )
    chosen = [one for one in found if asked is None or asked in (one.reference, str(one.id), one.plan)]
    alive = {one.plan for one in chosen if one.state not in ("terminated", "cancelled")}
    kept = [one for one in chosen if one.plan not in alive or one.state not in ("terminated", "cancelled")]
    return [_answer(one) for one in kept]


def _answer(service: ServiceScreen) -> Entitlement:
    reason = "" if service.access == FULL else _REASONS[service.state]
    if reason == "unpaid" and not service.to_pay and service.payer != service.customer:
        reason = "provider"
    return Entitlement(service, service.access, reason, service.to_pay if reason else ())
