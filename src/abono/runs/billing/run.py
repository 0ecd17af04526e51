"""The billing run of a seller for a day: any number of times, by any number of processes, killed anywhere."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from uuid import UUID

from abono.base.facts.actions import record_fact
from abono.base.kernel.days import plus_days
from abono.base.kernel.ids import new_id
from abono.base.kernel.refusal import Refused
from abono.base.store import sql
from abono.base.store.crash import crash_point
from abono.domain.invoicing.actions import retry_waiting
from abono.domain.subscriptions.batch import end_finished
from abono.runs.billing.chunk import CHUNK, Written, bill_chunk
from abono.runs.billing.closing import settle_ended
from abono.runs.billing.desk import Desk, desk_of
from abono.runs.billing.hold import Held, check_total
from abono.runs.billing.left_over import give_back_left_over
from abono.runs.billing.reading import payers_with_work
from abono.runs.billing.waiting import alarm_waiting

NOBODY = str(UUID(int=0))


@dataclass(slots=True)
class RunResult:
    """What a run did. `held` says why it wrote nothing; `alarms` counts invoices that still wait late in a month."""

    written: Written = field(default_factory=Written)
    invoices_freed: int = 0
    alarms: int = 0
    held: Held | None = None
    run_ids: list[UUID] = field(default_factory=list)


def run_billing(
    *,
    seller_id: int,
    on: date,
    at: datetime,
    confirm: bool = False,
    progress: Callable[[int], None] | None = None,
) -> RunResult:
    """Bill everything that is due on or before `on`. Running again writes nothing more.

    An earlier day than the latest one that ran exits quietly, and is refused only if it would write. A total far from
    the last one is held until `confirm`. `progress` is told how many documents each chunk wrote.
    """
    desk = desk_of(seller_id=seller_id, on=on)
    result = RunResult()
    if _is_past(seller_id, on):
        all_states = desk.policy.suspension.bill_while_suspended
        if payers_with_work(seller_id=seller_id, after=NOBODY, horizon=desk.horizon, most=1, with_suspended=all_states):
            raise Refused("runs.past_day", f"A later day than {on} ran already; run that day or a later one.")
        return result
    sql.again_on_conflict(partial(_follow_sponsors, seller_id))
    result.held = check_total(desk=desk, confirm=confirm, at=at)
    if result.held is not None:
        return result
    crash_point("billing.checked")
    sql.again_on_conflict(partial(settle_ended, desk=desk, at=at))
    run_id = new_id()
    for limit in (*_before_payers_change(desk), desk.horizon):
        _sweep(desk, limit, result, run_id, at, progress)
    crash_point("billing.swept")
    sql.again_on_conflict(partial(give_back_left_over, desk=desk, at=at))
    result.invoices_freed = retry_waiting(seller_id=seller_id, on=on, at=at)
    result.alarms = alarm_waiting(seller_id=seller_id, on=on, at=at)
    end_finished(seller_id=seller_id, on=on, at=at)
    _close(seller_id, result, run_id, on, at)
    crash_point("billing.closed")
    return result


def _is_past(seller_id: int, on: date) -> bool:
    latest = sql.value("SELECT on_date FROM run_days WHERE seller_id = %(seller)s", {"seller": seller_id})
    return latest is not None and on < latest


def _follow_sponsors(seller_id: int) -> None:
    """Let each cursor name who pays for the period that begins where it stands; who was never paid for pays itself."""
    sql.change(
        """
        WITH due_from AS (
          SELECT c.subscription_id, coalesce(p.payer_id, s.customer_id) AS payer_id
          FROM (SELECT DISTINCT customer_id FROM sponsorships WHERE seller_id = %(seller)s) AS sponsored
          JOIN subscriptions AS s ON s.seller_id = %(seller)s AND s.customer_id = sponsored.customer_id
          JOIN cursors AS c ON c.seller_id = s.seller_id AND c.subscription_id = s.id
          LEFT JOIN sponsorships AS p ON p.seller_id = s.seller_id AND p.customer_id = s.customer_id
            AND p.from_on <= c.billed_to AND (p.to_on IS NULL OR p.to_on > c.billed_to)
        )
        UPDATE cursors AS c SET payer_id = due_from.payer_id FROM due_from
        WHERE c.seller_id = %(seller)s AND c.subscription_id = due_from.subscription_id
          AND c.payer_id <> due_from.payer_id
        """,
        {"seller": seller_id},
    )


def _before_payers_change(desk: Desk) -> list[date]:
    """Renewal days to stop at when days are made up for: the last ones before a client's payer changes.

    So a client's periods come to the new payer together with that payer's own, as they do day by day.
    """
    found = sql.rows(
        """
        SELECT DISTINCT change.day FROM sponsorships AS p
        CROSS JOIN LATERAL (VALUES (p.from_on), (p.to_on)) AS change (day)
        JOIN subscriptions AS s ON s.seller_id = p.seller_id AND s.customer_id = p.customer_id
        JOIN cursors AS c ON c.seller_id = s.seller_id AND c.subscription_id = s.id
        WHERE p.seller_id = %(seller)s AND change.day > c.billed_to AND change.day <= %(horizon)s ORDER BY 1
        """,
        {"seller": desk.seller.id, "horizon": desk.horizon},
    )
    return [plus_days(day, -1) for (day,) in found]


def _sweep(
    desk: Desk,
    limit: date,
    result: RunResult,
    run_id: UUID,
    at: datetime,
    progress: Callable[[int], None] | None,
) -> None:
    """Chunks of payers until nothing is due up to `limit`; those that another process holds are waited for at last."""
    cause = f"run {desk.on.isoformat()}"
    wait = False
    while True:
        after, found = NOBODY, 0
        while payers := payers_with_work(seller_id=desk.seller.id, after=after, horizon=limit, most=CHUNK):
            after = payers[-1]
            chunk = partial(
                bill_chunk,
                desk=desk,
                payers=payers,
                cause=cause,
                run_id=str(run_id),
                wait=wait,
                limit=limit,
                at=at,
            )
            with _collector_at_rest():
                written = sql.again_on_conflict(chunk)
            found += written.documents + written.periods + len(written.parked)
            result.written.add(written)
            if progress is not None:
                progress(written.documents)
            if len(payers) < CHUNK:
                break
        sql.again_on_conflict(partial(_follow_sponsors, desk.seller.id))
        if found == 0 and not result.written.busy:
            return
        wait = found == 0
        result.written.busy.clear()


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Rows, drafts and documents form no cycles: looking for some among thousands costs a fifth of the run's time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _close(seller_id: int, result: RunResult, run_id: UUID, on: date, at: datetime) -> None:
    """Remember the day as run; a run that wrote something leaves a row."""
    with sql.in_transaction():
        sql.change(
            "INSERT INTO run_days (seller_id, on_date) VALUES (%(seller)s, %(on)s) ON CONFLICT (seller_id) "
            "DO UPDATE SET on_date = excluded.on_date WHERE run_days.on_date < excluded.on_date",
            {"seller": seller_id, "on": on},
        )
        if not (result.written.documents or result.invoices_freed or result.written.parked):
            return
        sql.insert(
            "billing_runs",
            {
                "seller_id": seller_id,
                "id": run_id,
                "on_date": on,
                "started_at": at,
                "ended_at": at,
                "state": "done",
                "documents": result.written.documents,
                "gross_minor": result.written.gross_minor,
            },
        )
        result.run_ids.append(run_id)
        record_fact(
            seller_id=seller_id,
            kind="BillingRan",
            cause=f"run {on}",
            on=on,
            at=at,
            subject_id=run_id,
            data={"documents": result.written.documents, "gross_minor": result.written.gross_minor},
        )
