"""The test clock: whole days of a seller pass through the real runs. It is an edge like any other: it says what time it
is, and everything below believes it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from abono.base.kernel.days import plus_days
from abono.domain.payments.gateways.port import Gateways
from abono.domain.sellers.queries import seller_by_id
from abono.runs.daily import Day, run_day
from abono.runs.notifying.send import accept_due

RUNS_AT, MESSAGES_LEAVE_AT, CONFIRMED_AT = 6, 8, 9


@dataclass(slots=True)
class Passed:
    """What passed: days, documents that the runs issued, messages that left, days whose run a person had to confirm."""

    days: int = 0
    documents: int = 0
    messages: int = 0
    confirmed: list[date] = field(default_factory=list)


def pass_days(
    *,
    seller_id: int,
    first: date,
    last: date,
    people: Callable[[date], None] | None = None,
    progress: Callable[[date], None] | None = None,
    bank: Callable[[date], Gateways] | None = None,
) -> Passed:
    """Pass the days from `first` to `last`, both included: the day's run at 06:00 where the seller is, its messages at
    08:00, then `people`. Messages count as left at that moment; none is really sent.

    `bank` is opened each day and charges saved methods. A run that is held is confirmed at 09:00, as the person would
    who looked at it. `progress` hears of each day's end.
    """
    zone = seller_by_id(seller_id=seller_id).time_zone
    passed = Passed()
    day = first
    while day <= last:
        done = _run(seller_id, zone, day, passed, bank(day) if bank else None)
        passed.days += 1
        passed.documents += done.billing.written.documents
        hour = CONFIRMED_AT if day in passed.confirmed else MESSAGES_LEAVE_AT
        passed.messages += accept_due(seller_id=seller_id, on=day, at=hour_of(on=day, hour=hour, zone=zone))
        if people is not None:
            people(day)
        if progress is not None:
            progress(day)
        day = plus_days(day, 1)
    return passed


def hour_of(*, on: date, hour: int, zone: str) -> datetime:
    """An hour of a day in a time zone."""
    return datetime.combine(on, time(hour), tzinfo=ZoneInfo(zone))


def _run(seller_id: int, zone: str, day: date, passed: Passed, gateways: Gateways | None) -> Day:
    done = run_day(seller_id=seller_id, on=day, at=hour_of(on=day, hour=RUNS_AT, zone=zone), gateways=gateways)
    if done.billing.held is None:
        return done
    passed.confirmed.append(day)
    at = hour_of(on=day, hour=CONFIRMED_AT, zone=zone)
    return run_day(seller_id=seller_id, on=day, at=at, confirm=True, gateways=gateways)
