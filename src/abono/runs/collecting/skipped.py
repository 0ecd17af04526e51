"""What a suspended service was not asked for, once it is restored.

Periods that were over before the service came back are not billed: a claim says why. The one that runs, and whatever
the policy would have asked for by now, is billed at once, by the same rule as the night's run.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from abono.base.store import sql
from abono.domain.subscriptions.periods import NO_CYCLE, Cycle, Terms, period_from
from abono.runs.billing.chunk import bill_chunk
from abono.runs.billing.desk import desk_of
from abono.runs.collecting.reading import real_day
from abono.runs.contracts import Contract, contract_of

REASON = "suspended"


def bill_what_was_skipped(*, seller_id: int, services: Sequence[UUID], on: date, at: datetime) -> None:
    """Claim what was over, then bill the services' payers as their next run would. A payer may be parked by it."""
    desk = desk_of(seller_id=seller_id, on=real_day(seller_id=seller_id, on=on))
    if desk.policy.suspension.bill_while_suspended:
        return
    for one in services:
        _claim_what_is_over(seller_id, contract_of(seller_id=seller_id, subscription_id=one, lock=True), on)
    payers = sql.rows(
        "SELECT DISTINCT payer_id::text FROM cursors WHERE seller_id = %(seller)s "
        "AND subscription_id = ANY(%(ids)s) AND billed_to <= %(horizon)s ORDER BY 1",
        {"seller": seller_id, "ids": sql.array(services), "horizon": desk.horizon},
    )
    if payers:
        bill_chunk(
            desk=desk,
            payers=[row[0] for row in payers],
            cause="restored",
            run_id="",
            wait=True,
            limit=desk.horizon,
            at=at,
        )


def _claim_what_is_over(seller_id: int, contract: Contract, on: date, reason: str = REASON) -> None:
    """Claims with a reason for the periods, not asked for yet, that ended on or before a day."""
    if contract.cycle_unit == NO_CYCLE:
        return
    billed_to: date | None = sql.value(
        "SELECT billed_to FROM cursors WHERE seller_id = %(seller)s AND subscription_id = %(subscription)s "
        "FOR NO KEY UPDATE",
        {"seller": seller_id, "subscription": contract.id},
    )
    if billed_to is None:
        return
    cycle = Cycle(contract.cycle_unit, contract.cycle_count)  # type: ignore[arg-type]
    terms = Terms(contract.terms_from, cycle, contract.anchor_day, contract.ends_on)
    day = billed_to
    while contract.ends_on is None or day < contract.ends_on:
        period = period_from(terms, day)
        if period.period_to > on:
            break
        claim_unbilled(
            seller_id=seller_id,
            subscription_id=contract.id,
            day_from=period.period_from,
            day_to=period.period_to,
            reason=reason,
        )
        day = period.period_to
    if day != billed_to:
        sql.change(
            "UPDATE cursors SET billed_to = %(day)s WHERE seller_id = %(seller)s "
            "AND subscription_id = %(subscription)s",
            {"day": day, "seller": seller_id, "subscription": contract.id},
        )


def claim_to_the_end(*, seller_id: int, services: Sequence[UUID], reason: str = REASON) -> None:
    """Nobody is asked for what contracts that are over were not asked for yet: claims up to their end say why."""
    if not services:
        return
    for one in services:
        contract = contract_of(seller_id=seller_id, subscription_id=one, lock=True)
        if contract.ends_on is not None:
            _claim_what_is_over(seller_id, contract, contract.ends_on, reason)
    sql.change(
        "DELETE FROM cursors WHERE seller_id = %(seller)s AND subscription_id = ANY(%(ids)s)",
        {"seller": seller_id, "ids": sql.array(services)},
    )


def claim_unbilled(*, seller_id: int, subscription_id: UUID, day_from: date, day_to: date, reason: str) -> None:
    """A claim with a reason instead of a document, following what is claimed already."""
    follows: date | None = sql.value(
        "SELECT max(period_to) FROM claims WHERE seller_id = %(seller)s AND subscription_id = %(subscription)s",
        {"seller": seller_id, "subscription": subscription_id},
    )
    sql.insert(
        "claims",
        {
            "seller_id": seller_id,
            "subscription_id": subscription_id,
            "period_from": day_from,
            "period_to": day_to,
            "follows": follows,
            "document_id": None,
            "reason": reason,
        },
    )
