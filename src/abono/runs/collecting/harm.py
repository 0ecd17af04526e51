"""Documents whose harmful step is due: it is taken, or waits with its reason. The caller holds their payers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from abono.base.store import sql
from abono.domain.collections.calendar import Calendar, Planned, steps_ahead
from abono.domain.collections.rules import Executed, Situation, Wait, wait_for
from abono.domain.notices.queries import steps_left
from abono.domain.sellers.policy import Policy
from abono.domain.subscriptions.moving import Cause, move_each
from abono.runs.collecting.ending import end_services
from abono.runs.collecting.reading import (
    Owed,
    arranged_until,
    executed_steps,
    objections_of,
    owed,
    pending_payments,
)

STOPPABLE = ("active", "suspended", "frozen")


@dataclass(slots=True)
class Harmed:
    """What happened to documents: steps taken and postponed, services that were stopped or ended."""

    taken: int = 0
    postponed: int = 0
    suspended: int = 0
    terminated: int = 0


class Taking(NamedTuple):
    """A step that is taken for a document, and the harmful ones that follow."""

    document: Owed
    planned: Planned
    following: tuple[Planned, ...]
    policy: Policy

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


@dataclass(frozen=True, slots=True)
class Harm:
    """One seller's harmful steps of a day, with the policy and calendar of every version."""

    seller_id: int
    policies: Mapping[int, Policy]
    calendars: Mapping[int, Calendar]
    on: date
    at: datetime


def harm_documents(*, harm: Harm, documents: Sequence[Owed], situations: Mapping[UUID, Situation]) -> Harmed:
    """Take each document's next harmful step if it is due and nothing speaks against it; at most one a day each.

    What has to wait is noted with its reason. Suspensions are written together, terminations one after the other.
    """
    takings: list[Taking] = []
    waiting: list[tuple[Owed, Planned, Wait]] = []
    for one in documents:
        decided = _decide(harm, one, situations[one.document_id])
        if isinstance(decided, Taking):
            takings.append(decided)
        elif decided is not None:
            waiting.append(decided)
    suspending = [one for one in takings if one.planned.step.do == "suspend"]
    _note(harm, takings)
    harmed = Harmed(taken=len(takings), postponed=len(waiting), suspended=_suspend(harm, suspending))
    _forget(harm, [one.document for one in takings])
    _postpone(harm, [*waiting, *_looking_ahead(harm, takings, situations)])
    for one_taking in takings:
        if one_taking.planned.step.do == "terminate":
            # One that ends before may have voided this document, which asked for the same service too.
            if harmed.terminated and not owed(seller_id=harm.seller_id, document_ids=[one_taking.document.document_id]):
                continue
            harmed.terminated += _terminate(harm, one_taking)
    return harmed


def _decide(harm: Harm, document: Owed, situation: Situation) -> "Taking | tuple[Owed, Planned, Wait] | None":
    """Take the next step, let it wait, or leave the document alone."""
    ahead = _not_taken(harm.calendars[document.policy_version], document, situation.executed)
    if not ahead or ahead[0].on_date > harm.on:
        return None
    planned = ahead[0]
    wait = wait_for(step_no=planned.step_no, scheduled_on=planned.on_date, situation=situation, on=harm.on)
    if wait is not None:
        return document, planned, wait
    return Taking(document, planned, tuple(ahead[1:]), harm.policies[document.policy_version])


def _not_taken(calendar: Calendar, document: Owed, executed: Sequence[Executed]) -> list[Planned]:
    taken = {one.step_no for one in executed}
    ahead = steps_ahead(
        calendar=calendar, day_zero=document.day_zero, begun_on=document.begun_on, numbers=calendar.harmful
    )
    return [planned for planned in ahead if planned.step_no not in taken]


def _postpone(harm: Harm, waiting: Sequence[tuple[Owed, Planned, Wait]]) -> None:
    if not waiting:
        return
    sql.change(
        """
        INSERT INTO postponed_steps (seller_id, document_id, round_no, step_no, scheduled_on, until_on, why, since_on)
        SELECT %(seller)s, w.*, %(on)s
        FROM unnest(%(documents)s::uuid[], %(rounds)s::int[], %(steps)s::int[], %(scheduled)s::date[],
                    %(until)s::date[], %(why)s::text[]) AS w
        ON CONFLICT (seller_id, document_id) DO UPDATE SET
          round_no = excluded.round_no, step_no = excluded.step_no, scheduled_on = excluded.scheduled_on,
          until_on = excluded.until_on, why = excluded.why,
          since_on = CASE WHEN postponed_steps.step_no = excluded.step_no AND postponed_steps.why = excluded.why
                          THEN postponed_steps.since_on ELSE excluded.since_on END
        """,
        {
            "seller": harm.seller_id,
            "documents": sql.array(document.document_id for document, _, _ in waiting),
            "rounds": sql.array(document.round_no for document, _, _ in waiting),
            "steps": sql.array(planned.step_no for _, planned, _ in waiting),
            "scheduled": sql.array(planned.on_date for _, planned, _ in waiting),
            "until": sql.array(wait.until_on for _, _, wait in waiting),
            "why": [wait.why for _, _, wait in waiting],
            "on": harm.on,
        },
    )


def _forget(harm: Harm, documents: Sequence[Owed]) -> None:
    """What waited was taken."""
    if documents:
        sql.change(
            "DELETE FROM postponed_steps WHERE seller_id = %(seller)s AND document_id = ANY(%(ids)s)",
            {"seller": harm.seller_id, "ids": sql.array(one.document_id for one in documents)},
        )


def _looking_ahead(
    harm: Harm, takings: Sequence[Taking], situations: Mapping[UUID, Situation]
) -> list[tuple[Owed, Planned, Wait]]:
    """A step that comes late pushes the next one, which keeps its distance."""
    found = []
    for one in takings:
        if not one.following:
            continue
        situation = situations[one.document.document_id]
        taken = Executed(one.planned.step_no, one.planned.step.do, one.planned.on_date, harm.on, "done", None)
        after = Situation(due_on=situation.due_on, executed=[*situation.executed, taken], needs=())
        following = one.following[0]
        wait = wait_for(
            step_no=following.step_no, scheduled_on=following.on_date, situation=after, on=following.on_date
        )
        if wait is not None:
            found.append((one.document, following, wait))
    return found


def _note(harm: Harm, takings: Sequence[Taking]) -> None:
    """The steps, before anything that they cause."""
    if takings:
        sql.copy_in(
            "steps",
            _STEP_COLUMNS,
            (
                (
                    harm.seller_id,
                    one.document.document_id,
                    one.document.round_no,
                    one.planned.step_no,
                    one.document.customer_id,
                    one.planned.step.do,
                    one.planned.step.scope,
                    one.planned.on_date,
                    harm.on,
                    harm.at,
                    "done",
                    harm.calendars[one.document.policy_version].counted_by(one.planned.step_no),
                )
                for one in takings
            ),
        )


def _suspend(harm: Harm, takings: Sequence[Taking]) -> int:
    """Hold the services in the steps' scopes; how many stopped by it."""
    stopped = 0
    for scope in ("document", "debtor"):
        chosen = {one.document.document_id: one for one in takings if one.planned.step.scope == scope}
        held = _services(harm, list(chosen.values()), scope, STOPPABLE) if chosen else []
        if not held:
            continue
        sql.copy_in(
            "holds",
            _HOLD_COLUMNS,
            (_hold(harm, chosen[document_id], subscription_id) for document_id, subscription_id in held),
        )
        causes = {subscription_id: chosen[document_id].cause for document_id, subscription_id in reversed(held)}
        moved = move_each(
            seller_id=harm.seller_id,
            causes=causes,
            after="suspended",
            before=["active"],
            words=f"{scope} unpaid",
            on=harm.on,
            at=harm.at,
        )
        stopped += len(moved)
    return stopped


def _hold(harm: Harm, taking: Taking, subscription_id: UUID) -> tuple[object, ...]:
    document, planned = taking.document, taking.planned
    return (
        harm.seller_id,
        subscription_id,
        document.document_id,
        document.round_no,
        planned.step.scope,
        planned.step_no,
        document.customer_id,
        harm.on,
        harm.at,
    )


def _terminate(harm: Harm, taking: Taking) -> int:
    services = _services(harm, [taking], "document", (*STOPPABLE, "ordered"))
    return end_services(
        seller_id=harm.seller_id,
        document_id=taking.document.document_id,
        services=[subscription_id for _, subscription_id in services],
        cause=taking.cause,
        policy=taking.policy,
        on=harm.on,
        at=harm.at,
    )


def _services(harm: Harm, takings: Sequence[Taking], scope: str, states: Sequence[str]) -> list[tuple[UUID, UUID]]:
    """Document and service, for all services in the steps' scope that the debtors pay for; the services are locked.

    Those on the document, or all; a partner's clients as the policy says. Clients that left do not suffer.
    """
    found = sql.rows(
        _ON_DOCUMENTS if scope == "document" else _OF_DEBTORS,
        {
            "seller": harm.seller_id,
            "documents": sql.array(one.document.document_id for one in takings),
            "debtors": sql.array(one.document.customer_id for one in takings),
            "own_only": [one.policy.suspension.on_unpaid_partner == "partner-only" for one in takings],
            "states": list(states),
            "on": harm.on,
        },
    )
    return [(document_id, subscription_id) for document_id, subscription_id in found]


_SERVICES_OF_DOCUMENT = """(
      SELECT l.subscription_id FROM lines AS l WHERE l.seller_id = %(seller)s AND l.document_id = x.document_id
        AND l.subscription_id IS NOT NULL
      UNION SELECT r.subscription_id FROM annex_rows AS r
        WHERE r.seller_id = %(seller)s AND r.document_id = x.document_id
      UNION SELECT g.subscription_id FROM lines AS l JOIN charges AS g ON g.seller_id = l.seller_id
        AND g.id = l.charge_id
        WHERE l.seller_id = %(seller)s AND l.document_id = x.document_id AND g.subscription_id IS NOT NULL
    )"""

_ON_DOCUMENTS = f"""
    SELECT x.document_id, s.id
    FROM unnest(%(documents)s::uuid[], %(debtors)s::uuid[], %(own_only)s::bool[]) AS x (document_id, debtor, own_only)
    CROSS JOIN LATERAL {_SERVICES_OF_DOCUMENT} AS n
    JOIN subscriptions AS s ON s.seller_id = %(seller)s AND s.id = n.subscription_id AND s.state = ANY(%(states)s)
    WHERE s.customer_id = x.debtor OR (NOT x.own_only AND EXISTS (
      SELECT FROM sponsorships AS p WHERE p.seller_id = %(seller)s AND p.customer_id = s.customer_id
        AND p.payer_id = x.debtor AND p.from_on <= %(on)s AND (p.to_on IS NULL OR p.to_on > %(on)s)))
    ORDER BY s.id, x.document_id FOR NO KEY UPDATE OF s
"""

# What asks only for services that never began, or for one to come back, stops nothing else.
_OF_DEBTORS = f"""
    SELECT x.document_id, s.id
    FROM unnest(%(documents)s::uuid[], %(debtors)s::uuid[], %(own_only)s::bool[]) AS x (document_id, debtor, own_only)
    CROSS JOIN LATERAL (
      SELECT x.debtor AS customer_id WHERE NOT EXISTS (
        SELECT FROM sponsorships AS p WHERE p.seller_id = %(seller)s AND p.customer_id = x.debtor
          AND p.from_on <= %(on)s AND (p.to_on IS NULL OR p.to_on > %(on)s))
      UNION SELECT p.customer_id FROM sponsorships AS p
        WHERE p.seller_id = %(seller)s AND p.payer_id = x.debtor AND NOT x.own_only
          AND p.from_on <= %(on)s AND (p.to_on IS NULL OR p.to_on > %(on)s)
    ) AS n
    JOIN subscriptions AS s ON s.seller_id = %(seller)s AND s.customer_id = n.customer_id
      AND s.state = ANY(%(states)s)
    WHERE NOT EXISTS (SELECT FROM recoveries AS r WHERE r.seller_id = %(seller)s AND r.document_id = x.document_id)
      AND NOT EXISTS (SELECT FROM {_SERVICES_OF_DOCUMENT} AS o JOIN subscriptions AS b ON b.seller_id = %(seller)s
                      AND b.id = o.subscription_id HAVING bool_and(b.state = 'ordered'))
    ORDER BY s.id, x.document_id FOR NO KEY UPDATE OF s
"""

_STEP_COLUMNS = (
    "seller_id",
    "document_id",
    "round_no",
    "step_no",
    "customer_id",
    "action",
    "scope",
    "scheduled_on",
    "on_date",
    "at",
    "outcome",
    "counted_by",
)
_HOLD_COLUMNS = (
    "seller_id",
    "subscription_id",
    "document_id",
    "round_no",
    "scope",
    "step_no",
    "customer_id",
    "opened_on",
    "opened_at",
)
