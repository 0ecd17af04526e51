"""One document whose harmful step is due: the step is taken, or waits with its reason. The caller holds its payer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from abono.base.store import sql
from abono.domain.collections.calendar import Calendar, Planned, steps_ahead
from abono.domain.collections.rules import Executed, Situation, Wait, wait_for
from abono.domain.invoicing.queries import SUBSCRIPTIONS_OF_DOCUMENT
from abono.domain.notices.queries import steps_left
from abono.domain.sellers.policy import Policy
from abono.domain.subscriptions.moving import Cause, move_services
from abono.runs.collecting.ending import end_services
from abono.runs.collecting.reading import (
    Owed,
    arranged_until,
    executed_steps,
    objections_of,
    pending_payments,
)

STOPPABLE = ("active", "suspended", "frozen")


@dataclass(slots=True)
class Harmed:
    """What happened to a document: steps taken and postponed, services that were stopped or ended."""

    taken: int = 0
    postponed: int = 0
    suspended: int = 0
    terminated: int = 0


class Taking(NamedTuple):
    """A step that is being taken for a document."""

    seller_id: int
    document: Owed
    planned: Planned
    policy: Policy
    on: date
    at: datetime

    @property
    def cause(self) -> Cause:
        """The step as the cause of what it does."""
        return Cause("step", self.document.document_id, self.document.round_no, self.planned.step_no)


def situations_of(
    *, seller_id: int, documents: Sequence[Owed], policies: Mapping[int, Policy], country: str, on: date
) -> dict[UUID, Situation]:
    """All that harm depends on, for documents whose payers are held."""
    left = steps_left(seller_id=seller_id, document_ids=[one.document_id for one in documents])
    executed = executed_steps(seller_id=seller_id, documents=documents, left=left)
    hold_days = {one.document_id: policies[one.policy_version].suspension.max_hold_days for one in documents}
    pending = pending_payments(seller_id=seller_id, documents=documents, hold_days=hold_days, country=country, on=on)
    objections = objections_of(seller_id=seller_id, documents=documents)
    arranged = arranged_until(seller_id=seller_id, documents=documents)
    found = {}
    for one in documents:
        is_open, ended_on = objections.get(one.document_id, (False, None))
        found[one.document_id] = Situation(
            due_on=one.due_on,
            executed=executed.get(one.document_id, []),
            pending=pending.get(one.document_id),
            objection_open=is_open,
            objection_ended_on=ended_on,
            arranged_until=arranged.get(one.document_id),
            needs=policies[one.policy_version].suspension.needs,
        )
    return found


def harm_document(
    *,
    seller_id: int,
    document: Owed,
    situation: Situation,
    calendar: Calendar,
    policy: Policy,
    on: date,
    at: datetime,
) -> Harmed:
    """Take the document's next harmful step if it is due and nothing speaks against it; at most one a day."""
    harmed = Harmed()
    ahead = _not_taken(calendar, document, situation.executed)
    if not ahead or ahead[0].on_date > on:
        return harmed
    planned = ahead[0]
    wait = wait_for(step_no=planned.step_no, scheduled_on=planned.on_date, situation=situation, on=on)
    if wait is not None:
        _postpone(seller_id, document, planned, wait, on)
        harmed.postponed = 1
        return harmed
    taking = Taking(seller_id, document, planned, policy, on, at)
    _note(taking)
    harmed.taken = 1
    if planned.step.do == "suspend":
        harmed.suspended = _suspend(taking)
    else:
        harmed.terminated = end_services(
            seller_id=seller_id,
            document_id=document.document_id,
            services=_services(taking),
            cause=taking.cause,
            policy=policy,
            on=on,
            at=at,
        )
    _look_ahead(taking, situation, ahead[1:])
    return harmed


def _not_taken(calendar: Calendar, document: Owed, executed: Sequence[Executed]) -> list[Planned]:
    taken = {one.step_no for one in executed}
    ahead = steps_ahead(
        calendar=calendar, day_zero=document.day_zero, begun_on=document.begun_on, numbers=calendar.harmful
    )
    return [planned for planned in ahead if planned.step_no not in taken]


def _postpone(seller_id: int, document: Owed, planned: Planned, wait: Wait, on: date) -> None:
    sql.change(
        """
        INSERT INTO postponed_steps (seller_id, document_id, round_no, step_no, scheduled_on, until_on, why, since_on)
        VALUES (%(seller)s, %(document)s, %(round)s, %(step)s, %(scheduled)s, %(until)s, %(why)s, %(on)s)
        ON CONFLICT (seller_id, document_id) DO UPDATE SET
          round_no = excluded.round_no, step_no = excluded.step_no, scheduled_on = excluded.scheduled_on,
          until_on = excluded.until_on, why = excluded.why,
          since_on = CASE WHEN postponed_steps.step_no = excluded.step_no AND postponed_steps.why = excluded.why
                          THEN postponed_steps.since_on ELSE excluded.since_on END
        """,
        {
            "seller": seller_id,
            "document": document.document_id,
            "round": document.round_no,
            "step": planned.step_no,
            "scheduled": planned.on_date,
            "until": wait.until_on,
            "why": wait.why,
            "on": on,
        },
    )


def _look_ahead(taking: Taking, situation: Situation, ahead: Sequence[Planned]) -> None:
    """A step that comes late pushes the next one, which keeps its distance."""
    sql.change(
        "DELETE FROM postponed_steps WHERE seller_id = %(seller)s AND document_id = %(document)s",
        {"seller": taking.seller_id, "document": taking.document.document_id},
    )
    if not ahead:
        return
    taken = Executed(taking.planned.step_no, taking.planned.step.do, taking.planned.on_date, taking.on, "done", None)
    after = Situation(due_on=situation.due_on, executed=[*situation.executed, taken], needs=())
    following = ahead[0]
    wait = wait_for(step_no=following.step_no, scheduled_on=following.on_date, situation=after, on=following.on_date)
    if wait is not None:
        _postpone(taking.seller_id, taking.document, following, wait, taking.on)


def _note(taking: Taking) -> None:
    document, planned = taking.document, taking.planned
    sql.insert(
        "steps",
        {
            "seller_id": taking.seller_id,
            "document_id": document.document_id,
            "round_no": document.round_no,
            "step_no": planned.step_no,
            "customer_id": document.customer_id,
            "action": planned.step.do,
            "scope": planned.step.scope,
            "scheduled_on": planned.on_date,
            "on_date": taking.on,
            "at": taking.at,
            "outcome": "done",
        },
    )


def _suspend(taking: Taking) -> int:
    """Hold the services in the step's scope; how many stopped by it."""
    services = _services(taking)
    document = taking.document
    sql.copy_in(
        "holds",
        (
            "seller_id",
            "subscription_id",
            "document_id",
            "round_no",
            "scope",
            "step_no",
            "customer_id",
            "opened_on",
            "opened_at",
        ),
        (
            (
                taking.seller_id,
                one,
                document.document_id,
                document.round_no,
                taking.planned.step.scope,
                taking.planned.step_no,
                document.customer_id,
                taking.on,
                taking.at,
            )
            for one in services
        ),
    )
    moved = move_services(
        seller_id=taking.seller_id,
        subscriptions=services,
        after="suspended",
        before=["active"],
        cause=taking.cause,
        words=f"{taking.planned.step.scope} unpaid",
        on=taking.on,
        at=taking.at,
    )
    return len(moved)


def _services(taking: Taking) -> list[UUID]:
    """The services in the step's scope that the debtor pays for, as the policy treats a partner's clients; locked.

    Those on the document, or all. Clients that left the partner do not suffer its earlier debts.
    """
    scoped = "" if taking.planned.step.scope == "debtor" else f"AND s.id IN ({SUBSCRIPTIONS_OF_DOCUMENT} {_CHARGED})"
    own_only = taking.policy.suspension.on_unpaid_partner == "partner-only"
    return [
        row[0]
        for row in sql.rows(
            f"""
            SELECT s.id FROM subscriptions AS s
            WHERE s.seller_id = %(seller)s AND s.state = ANY(%(states)s) {scoped}
              AND CASE WHEN s.customer_id = %(debtor)s
                THEN %(document_scope)s OR NOT EXISTS (
                  SELECT FROM sponsorships AS p WHERE p.seller_id = s.seller_id AND p.customer_id = s.customer_id
                    AND p.from_on <= %(on)s AND (p.to_on IS NULL OR p.to_on > %(on)s))
                ELSE NOT %(own_only)s AND s.customer_id IN (
                  SELECT p.customer_id FROM sponsorships AS p WHERE p.seller_id = %(seller)s
                    AND p.payer_id = %(debtor)s AND p.from_on <= %(on)s AND (p.to_on IS NULL OR p.to_on > %(on)s))
              END
            ORDER BY s.id FOR NO KEY UPDATE OF s
            """,
            {
                "seller": taking.seller_id,
                "document": taking.document.document_id,
                "debtor": taking.document.customer_id,
                "document_scope": taking.planned.step.scope == "document",
                "own_only": own_only,
                "states": list(STOPPABLE if taking.planned.step.do == "suspend" else (*STOPPABLE, "ordered")),
                "on": taking.on,
            },
        )
    ]


_CHARGED = """
    UNION SELECT g.subscription_id FROM lines AS l JOIN charges AS g ON g.seller_id = l.seller_id AND g.id = l.charge_id
    WHERE l.seller_id = %(seller)s AND l.document_id = %(document)s AND g.subscription_id IS NOT NULL
"""
