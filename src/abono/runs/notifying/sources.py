"""Where messages come from: issued documents, executed steps, services that came back, offers. Each becomes an item."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from abono.base.store import sql
from abono.domain.collections.calendar import Calendar
from abono.domain.notices.kinds import reminder_kind
from abono.domain.notices.rendering import Periods
from abono.runs.notifying.desk import Desk
from abono.runs.notifying.items import EVERYWHERE, Item, Service
from abono.runs.notifying.reading import (
    Back,
    Offered,
    longer_periods,
    recoveries_offered,
    services_back,
    services_stopped,
)

_OF_INVOICES = {"asks": "issued", "settlement": "invoice", "replacement": "issued"}
_OF_OTHERS = {"request": "issued", "credit_note": "credit-note", "receipt": "receipt"}


class Issued(NamedTuple):
    """An issued document that nobody was told of yet."""

    document_id: UUID
    customer_id: UUID
    kind: str
    basis: str | None
    policy_version: int


class Taken(NamedTuple):
    """An executed step that nobody was told of yet."""

    document_id: UUID
    round_no: int
    step_no: int
    customer_id: UUID
    do: str
    scope: str | None
    on_date: date
    policy_version: int


# Which of them have no message yet. A reminder that a later one has overtaken, and a step of a round that is over, are
# told no more.
ISSUED = """
    SELECT d.id, d.customer_id, d.kind, d.basis, d.policy_version FROM documents AS d
    WHERE d.seller_id = %(seller)s AND d.issued_on BETWEEN %(since)s AND %(until)s AND d.state <> 'voided'
      AND NOT EXISTS (SELECT FROM messages AS m WHERE m.seller_id = d.seller_id AND m.ref = 'issued:' || d.id)
"""
TAKEN = """
    SELECT t.document_id, t.round_no, t.step_no, t.customer_id, t.action, t.scope, t.on_date, d.policy_version
    FROM steps AS t JOIN documents AS d ON d.seller_id = t.seller_id AND d.id = t.document_id
    WHERE t.seller_id = %(seller)s AND t.on_date BETWEEN %(since)s AND %(until)s AND t.outcome = 'done'
      AND t.action IN ('remind', 'suspend', 'terminate', 'returned')
      AND NOT EXISTS (SELECT FROM messages AS m WHERE m.seller_id = t.seller_id
        AND m.ref = 'step:' || t.document_id || ':' || t.round_no || ':' || t.step_no)
      AND NOT EXISTS (SELECT FROM rounds AS r WHERE r.seller_id = t.seller_id AND r.document_id = t.document_id
        AND r.round_no > t.round_no)
      AND NOT (t.action = 'remind' AND EXISTS (SELECT FROM steps AS n WHERE n.seller_id = t.seller_id
        AND n.document_id = t.document_id AND n.round_no = t.round_no AND n.step_no > t.step_no AND n.action = 'remind'
        AND n.outcome = 'done' AND n.on_date <= %(until)s))
"""


def step_ref(*, document_id: UUID, round_no: int, step_no: int) -> str:
    """What the message of a step is known by."""
    return f"step:{document_id}:{round_no}:{step_no}"


def items_of_issued(*, found: Sequence[Issued], desk: Desk) -> list[Item]:
    """A message for each document; the notice of the calendar's first step, where the calendar has it."""
    return [_issued(one, desk) for one in found]


def _issued(one: Issued, desk: Desk) -> Item:
    kind = _OF_INVOICES[one.basis] if one.basis else _OF_OTHERS[one.kind]
    item = Item(f"issued:{one.document_id}", kind, one.customer_id, document_id=one.document_id)
    calendar = desk.calendars[one.policy_version]
    number = calendar.issue_step
    if kind == "issued" and number is not None:
        item.by, item.round_no, item.step_no = calendar.steps[number].by, 0, number
        item.after_step = number
    # Where no reminder is left before harm, this message is what announces it (see drafting).
    item.foretells = kind == "issued"
    return item


def items_of_steps(*, found: Sequence[Taken], desk: Desk) -> list[Item]:
    """A message for each step: to the debtor, and to each client of a partner whose services it took."""
    harmed = [one.document_id for one in found if one.do in ("suspend", "terminate")]
    stopped = services_stopped(seller_id=desk.seller.id, document_ids=harmed) if harmed else {}
    items: list[Item] = []
    for one in found:
        calendar = desk.calendars[one.policy_version]
        if one.do == "remind":
            items.append(_reminder(one, calendar))
        elif one.do == "returned":
            items.append(_step_item(one, "returned", EVERYWHERE))
        else:
            services = stopped.get((one.document_id, one.round_no, one.step_no), [])
            items.extend(_harm(one, calendar, services))
    return items


def _step_item(one: Taken, kind: str, by: Sequence[str]) -> Item:
    return Item(
        step_ref(document_id=one.document_id, round_no=one.round_no, step_no=one.step_no),
        kind,
        one.customer_id,
        by=by,
        document_id=one.document_id,
        round_no=one.round_no,
        step_no=one.step_no,
        after_step=one.step_no,
        foretells=True,
        day=one.on_date,
    )


def _reminder(one: Taken, calendar: Calendar) -> Item:
    step = calendar.steps[one.step_no]
    item = _step_item(one, reminder_kind(text=step.text), step.by)
    item.owner_too = announces_harm(calendar=calendar, step_no=one.step_no)
    return item


def announces_harm(*, calendar: Calendar, step_no: int) -> bool:
    """Whether no other message stands between this step and the next harmful one."""
    following = (step for step in calendar.steps[step_no + 1 :] if step.do == "remind" or step.harmful)
    return next((step.harmful for step in following), False)


def _harm(one: Taken, calendar: Calendar, services: Sequence[Service]) -> Iterator[Item]:
    """What a harmful step took, to the debtor; to its clients without a word of what is owed."""
    by = calendar.steps[one.step_no].by
    ended = one.do == "terminate"
    item = _step_item(one, "terminated" if ended else "suspended", by)
    item.form = "" if ended else one.scope or "document"
    item.services, item.foretells = services, not ended
    if services:
        yield item
    for customer_id, theirs in _by_client(services, one.customer_id).items():
        client = _step_item(one, "client-terminated" if ended else "client-suspended", by)
        client.ref, client.customer_id = f"{client.ref}:{customer_id}", customer_id
        client.services, client.foretells, client.round_no, client.step_no = theirs, False, None, None
        yield client


def _by_client(services: Iterable[Service], payer_id: UUID) -> dict[UUID, list[Service]]:
    found: dict[UUID, list[Service]] = defaultdict(list)
    for one in services:
        if one.customer_id != payer_id:
            found[one.customer_id].append(one)
    return found


def items_of_moves(*, since: date, desk: Desk) -> list[Item]:
    """Services that came back, offers to recover, longer periods: since a day, until the desk's."""
    span = {"seller_id": desk.seller.id, "since": since, "until": desk.on}
    items = list(_restored(services_back(**span)))  # type: ignore[arg-type]
    items.extend(_recoveries(recoveries_offered(**span)))  # type: ignore[arg-type]
    for one in longer_periods(**span):  # type: ignore[arg-type]
        kind = "longer-period-offer" if one.state == "open" else "longer-period-applied"
        item = Item(f"period:{one.id}", kind, one.customer_id, subscription_id=one.service.subscription_id)
        item.day, item.service = one.from_on, one.service
        item.periods = Periods(one.service.words, one.currency, *one.now, *one.then, one.from_on)
        items.append(item)
    return items


def _restored(found: Sequence[Back]) -> Iterator[Item]:
    """One message for what came back together, to the payer; and one to each client."""

    def together(one: Back) -> tuple[datetime, str, str]:
        return one.at, str(one.payer_id), str(one.document_id)

    for _, group in groupby(sorted(found, key=together), key=together):
        backs = sorted(group, key=lambda one: str(one.service.subscription_id))
        first = backs[0]
        ref = f"restored:{first.service.subscription_id}:{first.move_no}"
        services = [one.service for one in backs]
        item = Item(ref, "restored", first.payer_id, subscription_id=first.service.subscription_id, day=first.on_date)
        item.form, item.services = "paid" if first.by == "paid" else "other", services
        yield item
        for customer_id, theirs in _by_client(services, first.payer_id).items():
            subscription_id = theirs[0].subscription_id
            client = Item(f"{ref}:{customer_id}", "client-restored", customer_id, subscription_id=subscription_id)
            client.day, client.services = first.on_date, theirs
            yield client


def _recoveries(found: Sequence[Offered]) -> Iterator[Item]:
    """One offer for what was terminated together, to whoever pays."""

    def together(one: Offered) -> tuple[str, date, date, int]:
        return str(one.payer_id), one.terminated_on, one.expires_on, one.fee_minor

    for _, group in groupby(sorted(found, key=together), key=together):
        offers = sorted(group, key=lambda one: str(one.id))
        first = offers[0]
        item = Item(f"recovery:{first.id}", "recovery-offer", first.payer_id, until=first.expires_on)
        item.subscription_id, item.services = first.service.subscription_id, [one.service for one in offers]
        item.form, item.fee_minor = ("fee" if first.fee_minor else "free"), first.fee_minor
        yield item


def taken_steps(*, seller_id: int, keys: Sequence[tuple[UUID, int, int]]) -> list[Taken]:
    """These executed steps, whether anybody was told or not."""
    documents, rounds, numbers = zip(*keys, strict=True) if keys else ((), (), ())
    return [
        Taken(*row)
        for row in sql.rows(
            "SELECT t.document_id, t.round_no, t.step_no, t.customer_id, t.action, t.scope, t.on_date, "
            "d.policy_version "
            "FROM unnest(%(documents)s::uuid[], %(rounds)s::smallint[], %(numbers)s::smallint[]) "
            "AS k (document_id, round_no, step_no) "
            "JOIN steps AS t ON t.seller_id = %(seller)s AND t.document_id = k.document_id "
            "AND t.round_no = k.round_no AND t.step_no = k.step_no "
            "JOIN documents AS d ON d.seller_id = t.seller_id AND d.id = t.document_id",
            {
                "seller": seller_id,
                "documents": sql.array(documents),
                "rounds": sql.array(rounds),
                "numbers": sql.array(numbers),
            },
        )
    ]
