"""A day's charging of a seller: any number of times, by any number of processes, killed anywhere."""

from dataclasses import dataclass, field
from datetime import date, datetime

from abono.base.store import sql
from abono.domain.payments.gateways.port import Gateways
from abono.runs.charging.asking import poll_unknown, take_returns
from abono.runs.charging.making import Made, make_attempts
from abono.runs.charging.planning import plan_attempts


@dataclass(slots=True)
class Charging:
    """What a day's charging did: new attempts, and what became of those at work."""

    planned: int = 0
    made: Made = field(default_factory=Made)


def run_charging(*, seller_id: int, gateways: Gateways | None, on: date, at: datetime) -> Charging:
    """Hear what came of earlier charges, then charge what is due on or before `on`. Again: charges nothing more.

    Without gateways nobody charges and nothing is planned. A day before the latest one that ran does nothing.
    """
    result = Charging()
    if not gateways or _is_past(seller_id, on):
        return result
    result.made.add(take_returns(seller_id=seller_id, gateways=gateways, on=on, at=at))
    result.made.add(poll_unknown(seller_id=seller_id, gateways=gateways, on=on, at=at))
    result.planned = plan_attempts(seller_id=seller_id, gateways=gateways, on=on, at=at)
    result.made.add(make_attempts(seller_id=seller_id, gateways=gateways, on=on, at=at))
    return result


def _is_past(seller_id: int, on: date) -> bool:
    latest = sql.value("SELECT on_date FROM run_days WHERE seller_id = %(seller)s", {"seller": seller_id})
    return latest is not None and on < latest
