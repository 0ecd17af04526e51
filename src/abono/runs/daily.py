"""What a day does for a seller, in order: billing, charging, collecting, making messages. Whatever else time does joins
here, so that a command, a scheduler and the test clock pass the same day.

A run for a day makes up for the days before it that did not run. That is told in a fact, and beyond the policy's limit
it happens only when it is asked for.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from abono.base.facts.actions import record_fact
from abono.base.kernel.days import days_between, plus_days
from abono.base.kernel.refusal import Refused
from abono.base.store import sql
from abono.domain.payments.gateways.port import Gateways
from abono.domain.sellers.queries import policy_in_force
from abono.runs.billing.run import RunResult, run_billing
from abono.runs.charging.run import Charging, run_charging
from abono.runs.collecting.sweep import Swept, collect
from abono.runs.notifying.prepare import prepare_messages

LONGEST_FIRST_DAYS = 400


@dataclass(frozen=True, slots=True)
class Day:
    """What a day did. `made_up` are the skipped days that it made up for, the earliest first.

    `messages` were made; they leave when they are sent.
    """

    on: date
    made_up: tuple[date, ...]
    billing: RunResult
    collecting: Swept
    charging: Charging = field(default_factory=Charging)
    messages: int = 0


def run_day(
    *,
    seller_id: int,
    on: date,
    at: datetime,
    catch_up: bool = False,
    confirm: bool = False,
    progress: Callable[[int], None] | None = None,
    gateways: Gateways | None = None,
) -> Day:
    """Do all that a day does for a seller. Again: writes nothing more.

    Refuses, and names the days, when more were skipped than the policy makes up for unasked, unless `catch_up`.
    `confirm` and `progress` are those of `run_billing`; a billing run that is held leaves the day undone.
    `gateways` charge saved methods, by means; without them nobody does.
    """
    skipped = days_skipped(seller_id=seller_id, on=on)
    if not catch_up:
        check_skipped(seller_id=seller_id, skipped=skipped, on=on)
        _check_first(seller_id, on)
    billing = run_billing(seller_id=seller_id, on=on, at=at, confirm=confirm, progress=progress)
    if billing.held is not None:
        return Day(on, (), billing, Swept())
    if skipped:
        _note_made_up(seller_id, skipped, on, at)
    charging = run_charging(seller_id=seller_id, gateways=gateways, on=on, at=at)
    collecting = collect(seller_id=seller_id, on=on, at=at)
    prepared = prepare_messages(seller_id=seller_id, on=on, at=at)
    return Day(on, skipped, billing, collecting, charging, prepared.messages)


def days_skipped(*, seller_id: int, on: date) -> tuple[date, ...]:
    """The days between the latest one that ran and `on`; none before a seller's first run."""
    latest: date | None = sql.value("SELECT on_date FROM run_days WHERE seller_id = %(seller)s", {"seller": seller_id})
    if latest is None:
        return ()
    return tuple(plus_days(latest, one) for one in range(1, days_between(latest, on)))


def check_skipped(*, seller_id: int, skipped: tuple[date, ...], on: date) -> None:
    """Refuse more skipped days than the policy in force on `on` makes up for unasked."""
    if not skipped:
        return
    limit = policy_in_force(seller_id=seller_id, on=on).policy.runs.catch_up_days
    if len(skipped) <= limit:
        return
    which = str(skipped[0]) if len(skipped) == 1 else f"{skipped[0]} to {skipped[-1]}"
    days = "1 day" if len(skipped) == 1 else f"{len(skipped)} days"
    raise Refused(
        "runs.days_skipped",
        f"{days} did not run ({which}), more than the {limit} that the policy makes up for unasked; use --catch-up.",
        days=[day.isoformat() for day in skipped],
        limit=limit,
    )


def _check_first(seller_id: int, on: date) -> None:
    """A first run has no day before it to count from; one that would reach over a year of periods is likely a slip."""
    if sql.value("SELECT 1 FROM run_days WHERE seller_id = %(seller)s", {"seller": seller_id}):
        return
    earliest: date | None = sql.value(
        "SELECT min(billed_to) FROM cursors WHERE seller_id = %(seller)s", {"seller": seller_id}
    )
    if earliest is not None and days_between(earliest, on) > LONGEST_FIRST_DAYS:
        raise Refused(
            "runs.far_first_day",
            f"This first run would ask for everything from {earliest} to {on}. If that is meant: --catch-up",
        )


def _note_made_up(seller_id: int, skipped: tuple[date, ...], on: date, at: datetime) -> None:
    record_fact(
        seller_id=seller_id,
        kind="DaysMadeUp",
        cause=f"run {on}",
        on=on,
        at=at,
        data={"from": skipped[0].isoformat(), "to": skipped[-1].isoformat(), "days": len(skipped)},
    )
