"""The sweep of a day: every step that falls due is executed, once, whoever runs it and however often.

Messages are steps that a single statement notes for all documents alike. Harmful steps are decided document by
document, under the payer's lock, by `collections/rules.py`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from itertools import chain, groupby

from abono.base.kernel.days import plus_days
from abono.base.store import sql
from abono.base.store.crash import crash_point
from abono.domain.collections.calendar import MESSAGES, Calendar, calendar_of, falling, steps_ahead
from abono.domain.sellers.policy import Policy
from abono.domain.sellers.queries import policy_versions, seller_by_id
from abono.runs.billing.reading import lock_payers
from abono.runs.collecting.harm import Harm, Harmed, harm_documents, situations_of
from abono.runs.collecting.reading import (
    arranged_until,
    documents_owed_again,
    documents_with_harm,
    latest_day,
    objections_of,
    owed,
    postponed_until,
)
from abono.runs.collecting.recovering import expire_recoveries
from abono.runs.collecting.releasing import free_who_left

PAYERS_AT_ONCE = 500
# How far a first sweep looks back, for what is still open: no calendar reaches further from a due date (see the bounds
# of the policy's keys).
LONGEST_CALENDAR_DAYS = 800


@dataclass(slots=True)
class Swept:
    """What a sweep did: messages to send, harmful steps taken, services stopped, steps that had to wait."""

    messages: int = 0
    steps: int = 0
    suspended: int = 0
    terminated: int = 0
    postponed: int = 0
    recoveries_expired: int = 0

    def add(self, one: Harmed) -> None:
        """Count what some documents suffered."""
        self.steps += one.taken
        self.suspended += one.suspended
        self.terminated += one.terminated
        self.postponed += one.postponed


@dataclass(slots=True)
class Office:
    """One seller on one day, with the policy and calendar of every version that documents were issued under."""

    seller_id: int
    country: str
    on: date
    at: datetime
    after: date
    first: bool
    policies: dict[int, Policy] = field(default_factory=dict)
    calendars: dict[int, Calendar] = field(default_factory=dict)


def collect(*, seller_id: int, on: date, at: datetime) -> Swept:
    """Execute all steps up to a day. Again, or for an earlier day: writes nothing.

    After days that did not run, of several messages that a document missed the latest is sent and the others are noted
    as missed; harmful steps keep their distances from what really happened.
    """
    office = _office(seller_id, on, at)
    swept = Swept()
    if office.after > on:
        return swept
    sql.again_on_conflict(partial(free_who_left, seller_id=seller_id, on=on, at=at))
    swept.recoveries_expired = expire_recoveries(seller_id=seller_id, on=on, at=at)
    for version in office.policies:
        swept.messages += sql.again_on_conflict(partial(_note_messages, office, version))
        crash_point("collecting.messages")
    swept.messages += _messages_again(office)
    _sweep_harm(office, swept)
    crash_point("collecting.swept")
    _close(office)
    return swept


def _office(seller_id: int, on: date, at: datetime) -> Office:
    country = seller_by_id(seller_id=seller_id).country
    latest = latest_day(seller_id=seller_id)
    office = Office(seller_id, country, on, at, latest or plus_days(on, -LONGEST_CALENDAR_DAYS), latest is None)
    for one in policy_versions(seller_id=seller_id):
        office.policies[one.version] = one.policy
        office.calendars[one.version] = calendar_of(policy=one.policy, country=country)
    return office


def _note_messages(office: Office, version: int) -> int:
    """Note the messages of documents that were never returned: of those that fall together the latest is to be sent."""
    calendar = office.calendars[version]
    noted = 0
    with sql.in_transaction():
        sql.by_keys()
        if calendar.issue_step is not None:
            noted += sql.change(_ISSUED, {**_named(office, version), "step": calendar.issue_step})
        due = falling(calendar=calendar, numbers=calendar.numbered("remind"), after=office.after, until=office.on)
        if due:
            noted += sql.change(
                _REMINDED,
                {
                    **_named(office, version),
                    "days": sql.array(one.day_zero for one in due),
                    "steps": sql.array(one.step_no for one in due),
                    "scheduled": sql.array(one.on_date for one in due),
                    "counted": [calendar.counted_by(one.step_no) for one in due],
                },
            )
    return noted


def _named(office: Office, version: int) -> dict[str, object]:
    return {
        "seller": office.seller_id,
        "version": version,
        "after": office.after,
        "first": office.first,
        "on": office.on,
        "at": office.at,
    }


_ISSUED = """
    INSERT INTO steps
      (seller_id, document_id, round_no, step_no, customer_id, action, scheduled_on, on_date, at, outcome)
    SELECT d.seller_id, d.id, 0, %(step)s, d.customer_id, 'issue', d.issued_on, %(on)s, %(at)s, 'done'
    FROM documents AS d
    WHERE d.seller_id = %(seller)s AND d.policy_version = %(version)s AND d.issued_on > %(after)s - 1
      AND d.issued_on <= %(on)s AND d.state <> 'voided' AND (d.open_minor > 0 OR NOT %(first)s)
      AND (d.kind = 'request' OR (d.kind = 'invoice' AND d.basis <> 'settlement'))
    ON CONFLICT DO NOTHING
"""

# An open objection or an arrangement stops the document's calendar: what falls then is missed.
_REMINDED = """
    INSERT INTO steps
      (seller_id, document_id, round_no, step_no, customer_id, action, scheduled_on, on_date, at, counted_by, outcome)
    SELECT d.seller_id, d.id, 0, due.step_no, d.customer_id, 'remind', due.scheduled_on, %(on)s, %(at)s, due.counted_by,
           CASE WHEN due.step_no < max(due.step_no) OVER (PARTITION BY d.id)
                  OR EXISTS (SELECT FROM objections AS o WHERE o.seller_id = d.seller_id AND o.document_id = d.id
                             AND o.state = 'open')
                  OR EXISTS (SELECT FROM arrangements AS a WHERE a.seller_id = d.seller_id AND a.document_id = d.id
                             AND a.until_on >= %(on)s)
                THEN 'missed' ELSE 'done' END
    FROM unnest(%(days)s::date[], %(steps)s::int[], %(scheduled)s::date[], %(counted)s::text[])
      AS due (day_zero, step_no, scheduled_on, counted_by)
    JOIN documents AS d ON d.seller_id = %(seller)s AND d.due_on = due.day_zero AND d.state = 'open'
      AND d.open_minor > 0
    WHERE d.policy_version = %(version)s AND d.kind IN ('request', 'invoice') AND d.issued_on < due.scheduled_on
      AND NOT EXISTS (SELECT FROM rounds AS r WHERE r.seller_id = d.seller_id AND r.document_id = d.id)
    ON CONFLICT DO NOTHING
"""


def _messages_again(office: Office) -> int:
    """The same for documents that a return opened again; they are few, and each counts from a day of its own."""
    noted = 0
    ids = [document_id for _, document_id in documents_owed_again(seller_id=office.seller_id)]
    again = owed(seller_id=office.seller_id, document_ids=ids) if ids else []
    objections = objections_of(seller_id=office.seller_id, documents=again)
    arranged = arranged_until(seller_id=office.seller_id, documents=again)
    for one in again:
        is_open, _ = objections.get(one.document_id, (False, None))
        stopped = is_open or arranged.get(one.document_id, office.after) >= office.on
        calendar = office.calendars[one.policy_version]
        ahead = steps_ahead(
            calendar=calendar,
            day_zero=one.day_zero,
            begun_on=one.begun_on,
            numbers=calendar.numbered(*MESSAGES),
        )
        fallen = [planned for planned in ahead if office.after < planned.on_date <= office.on]
        for planned in fallen:
            sent = planned is fallen[-1] and not stopped
            noted += sql.change(
                "INSERT INTO steps (seller_id, document_id, round_no, step_no, customer_id, action, scheduled_on, "
                "on_date, at, outcome) VALUES (%(seller)s, %(document)s, %(round)s, %(step)s, %(customer)s, "
                "%(action)s, %(scheduled)s, %(on)s, %(at)s, %(outcome)s) ON CONFLICT DO NOTHING",
                {
                    "seller": office.seller_id,
                    "document": one.document_id,
                    "round": one.round_no,
                    "step": planned.step_no,
                    "customer": one.customer_id,
                    "action": planned.step.do,
                    "scheduled": planned.on_date,
                    "on": office.on,
                    "at": office.at,
                    "outcome": "done" if sent else "missed",
                },
            )
    return noted


def _sweep_harm(office: Office, swept: Swept) -> None:
    """Payers in chunks; those that another process holds are waited for at last."""
    busy: list[tuple[str, str]] = []
    for chunk in _chunks(office):
        busy += sql.again_on_conflict(partial(_harm_chunk, office, swept, chunk, wait=False))
    while busy:
        chunk, busy = busy[:PAYERS_AT_ONCE], busy[PAYERS_AT_ONCE:]
        sql.again_on_conflict(partial(_harm_chunk, office, swept, chunk, wait=True))


def _chunks(office: Office) -> Iterator[Sequence[tuple[str, str]]]:
    """Documents whose harmful step is to be looked at, by payers."""
    for version, calendar in office.calendars.items():
        due = falling(calendar=calendar, numbers=calendar.harmful, after=office.after, until=office.on)
        if due:
            blocks = documents_with_harm(seller_id=office.seller_id, version=version, due=due)
            yield from _by_payers(chain.from_iterable(blocks))
    later = {
        *postponed_until(seller_id=office.seller_id, on=office.on),
        *documents_owed_again(seller_id=office.seller_id),
    }
    yield from _by_payers(sorted(later))


def _by_payers(rows: Iterable[tuple[str, str]]) -> Iterator[Sequence[tuple[str, str]]]:
    """Payers and documents, by payer, so many payers at a time."""
    chunk: list[tuple[str, str]] = []
    payers = 0
    for _, documents in groupby(rows, key=lambda row: row[0]):
        chunk.extend(documents)
        payers += 1
        if payers == PAYERS_AT_ONCE:
            yield chunk
            chunk, payers = [], 0
    if chunk:
        yield chunk


def _harm_chunk(office: Office, swept: Swept, chunk: Sequence[tuple[str, str]], *, wait: bool) -> list[tuple[str, str]]:
    """Decide and do what is due for the payers' documents; those of payers that are held come back."""
    harm = Harm(office.seller_id, office.policies, office.calendars, office.on, office.at)
    with sql.in_transaction():
        sql.by_keys()
        payers = sorted({payer_id for payer_id, _ in chunk})
        held = set(lock_payers(seller_id=office.seller_id, payers=payers, wait=wait))
        crash_point("collecting.locked")
        mine = [document_id for payer_id, document_id in chunk if payer_id in held]
        documents = owed(seller_id=office.seller_id, document_ids=mine)
        situations = situations_of(
            seller_id=office.seller_id,
            documents=documents,
            policies=office.policies,
            country=office.country,
            on=office.on,
        )
        harmed = harm_documents(harm=harm, documents=documents, situations=situations)
        crash_point("collecting.written")
    crash_point("collecting.committed")
    swept.add(harmed)
    return [row for row in chunk if row[0] not in held]


def _close(office: Office) -> None:
    """Remember the day as swept."""
    sql.change(
        "INSERT INTO collection_days (seller_id, on_date) VALUES (%(seller)s, %(on)s) ON CONFLICT (seller_id) "
        "DO UPDATE SET on_date = excluded.on_date WHERE collection_days.on_date < excluded.on_date",
        {"seller": office.seller_id, "on": office.on},
    )
