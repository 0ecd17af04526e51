"""One chunk of payers: read under their locks, plan, write; one transaction. A page's button is a chunk of one."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from abono.base.facts.actions import record_fact
from abono.base.kernel.ids import new_id
from abono.base.kernel.refusal import Refused
from abono.base.store import sql
from abono.base.store.crash import crash_point
from abono.domain.invoicing.actions import settle_request
from abono.domain.invoicing.batch import PART, NewDocument, book_documents, freeze_documents
from abono.domain.invoicing.queries import document_card
from abono.domain.payments.actions import use_credit
from abono.domain.payments.methods import kept_means, with_method
from abono.domain.subscriptions.batch import start_free
from abono.runs.billing.closing import settle_ended
from abono.runs.billing.counted import plan_counted, read_counts, renewal_of
from abono.runs.billing.desk import Desk
from abono.runs.billing.planning import Draft, Group, Plan, finish_all, plan_charges, plan_contracts
from abono.runs.billing.reading import Chunk, lock_payers, read_chunk


@dataclass(slots=True)
class Written:
    """What a chunk wrote: documents, their gross by currency, payers parked with the reason, payers held elsewhere.

    `periods` counts claims, also of periods for which nothing is asked.
    """

    documents: int = 0
    lines: int = 0
    periods: int = 0
    gross_minor: int = 0
    parked: list[tuple[UUID, str]] = field(default_factory=list)
    busy: list[UUID] = field(default_factory=list)
    document_ids: list[str] = field(default_factory=list)

    def add(self, other: "Written") -> None:
        """Count another chunk in; its ids are not kept, so that memory stays flat."""
        self.documents += other.documents
        self.lines += other.lines
        self.periods += other.periods
        self.gross_minor += other.gross_minor
        self.parked.extend(other.parked)
        self.busy.extend(other.busy)


def bill_chunk(
    *,
    desk: Desk,
    payers: Sequence[str],
    cause: str,
    run_id: str,
    wait: bool,
    limit: date,
    at: datetime,
    only: str | None = None,
    park: bool = True,
    charges_only: bool = False,
) -> Written:
    """Bill what is due of the payers up to the renewal day `limit`, in one transaction. See `Written`.

    `wait`: wait for payers whom another transaction holds, instead of leaving them out. `only`: one subscription or
    charge. A payer that cannot be planned is parked with the reason and does not stop the others; without `park` the
    reason is raised instead.
    """
    with sql.in_transaction():
        sql.by_keys()
        locked = lock_payers(seller_id=desk.seller.id, payers=payers, wait=wait)
        crash_point("billing.locked")
        one_profile = desk.policy.documents.group == "payer"
        chunk = read_chunk(
            seller_id=desk.seller.id,
            payers=locked,
            horizon=limit,
            one_profile=one_profile,
            with_suspended=desk.policy.suspension.bill_while_suspended,
        )
        crash_point("billing.read")
        if charges_only:
            chunk.due.clear()
        ahead = BookedAhead(desk, cause, at)
        plan = plan_chunk(desk=desk, chunk=chunk, limit=limit, only=only, meanwhile=ahead.book_planned)
        if plan.refused and not park:
            raise plan.refused[0][1]
        crash_point("billing.planned")
        ahead.book(plan.documents)
        write_plan(desk=desk, plan=plan, chunk=chunk, run_id=run_id, at=at)
        crash_point("billing.written")
    crash_point("billing.committed")
    held = set(locked)
    return Written(
        documents=len(plan.documents),
        lines=sum(len(document.lines) for document in plan.documents),
        periods=len(plan.claims),
        gross_minor=sum(document.net_minor + document.tax_minor for document in plan.documents),
        parked=[(UUID(payer_id), why.code) for payer_id, why in plan.refused],
        busy=[UUID(payer_id) for payer_id in payers if payer_id not in held],
        document_ids=[document.id for document in plan.documents],
    )


class BookedAhead:
    """Books documents while others are still being planned: PostgreSQL need not wait for the whole plan."""

    __slots__ = ("_at", "_booked", "_cause", "_desk")

    def __init__(self, desk: Desk, cause: str, at: datetime) -> None:
        self._desk, self._cause, self._at = desk, cause, at
        self._booked = 0

    def book_planned(self, documents: Sequence[NewDocument]) -> None:
        """Given all that is planned so far: book what is new, once it is enough to be worth a statement."""
        sql.go_on_behind()
        if len(documents) - self._booked >= PART:
            self.book(documents)

    def book(self, documents: Sequence[NewDocument]) -> None:
        """Book those of the documents that are not booked yet."""
        fresh, desk = documents[self._booked :], self._desk
        self._booked = len(documents)
        book_documents(seller_id=desk.seller.id, documents=fresh, cause=self._cause, on=desk.on, at=self._at)


def plan_chunk(
    *,
    desk: Desk,
    chunk: Chunk,
    limit: date,
    only: str | None = None,
    meanwhile: Callable[[Sequence[NewDocument]], None] | None = None,
) -> Plan:
    """The plan of all payers of a chunk, each by itself: one that is refused leaves nothing behind but its reason.

    `meanwhile` is called every few payers with the documents planned so far, of which none will be taken back.
    """
    plan = Plan()
    if desk.method_matters and chunk.payers:
        _read_methods(desk, chunk)
    for number, payer_id in enumerate(chunk.payers):
        if meanwhile is not None and number % BREATH == 0:
            meanwhile(plan.documents)
        before = plan.sizes()
        try:
            _plan_payer(desk, chunk, plan, payer_id, limit, only)
        except Refused as why:
            plan.cut(before)
            plan.refused.append((payer_id, why))
    return plan


def _plan_payer(desk: Desk, chunk: Chunk, plan: Plan, payer_id: str, limit: date, only: str | None) -> None:
    drafts: dict[Group, Draft] = {}
    dues = chunk.due.get(payer_id, [])
    if only is not None:
        dues = [due for due in dues if due.subscription_id == only]
    counted = [due for due in dues if due.plan_id in desk.counted] if desk.counted else []
    if counted:
        # The next document trues up the one before, so these go one renewal day at a time; the run comes back.
        days = {due.subscription_id: renewal_of(desk=desk, due=due) for due in counted}
        dues = [due for due in dues if due.subscription_id not in days]
        limit = min(limit, *days.values(), *(due.billed_to for due in dues))
        counts = read_counts(seller_id=desk.seller.id, payer_id=payer_id)
        today = [due for due in counted if days[due.subscription_id] <= limit]
        plan_counted(desk=desk, chunk=chunk, counts=counts, plan=plan, drafts=drafts, dues=today)
    plan_contracts(desk=desk, chunk=chunk, plan=plan, drafts=drafts, dues=dues, limit=limit)
    if charges := chunk.charges.get(payer_id):
        plan_charges(desk=desk, drafts=drafts, charges=charges, only=only, limit=limit)
    finish_all(desk=desk, plan=plan, drafts=drafts, payer_id=payer_id, by_hand=payer_id in chunk.by_hand)


def _read_methods(desk: Desk, chunk: Chunk) -> None:
    """Who of the chunk has no usable method today: what they are asked for is due on another day."""
    first, last, means = chunk.payers[0], chunk.payers[-1], kept_means(policy=desk.policy)
    having = with_method(seller_id=desk.seller.id, first=first, last=last, means=means, on=desk.on)
    chunk.by_hand = frozenset(chunk.payers) - having


def write_plan(*, desk: Desk, plan: Plan, chunk: Chunk, run_id: str, at: datetime) -> None:
    """Write a plan, whose documents are booked: cursors and changes first, documents with their numbers last."""
    seller_id = desk.seller.id
    _move_cursors(seller_id, plan)
    _apply_changes(seller_id, plan)
    _park(seller_id, plan, desk.on, at)
    for credit in plan.credits:
        sql.insert(
            "charges", {"seller_id": seller_id, "id": new_id(), "kind": "true-up", "quantity": 1, **credit._asdict()}
        )
    crash_point("billing.cursors")
    freeze_documents(seller_id=seller_id, documents=plan.documents, claims=plan.claims, run_id=run_id)
    free = [one.subscription_id for one in plan.claims if one.reason == "free" and not one.follows]
    if free:
        start_free(seller_id=seller_id, subscriptions=free, on=desk.on, at=at)
    for charge_id, document_id in plan.charged:
        sql.change(
            "UPDATE charges SET document_id = %(document)s WHERE seller_id = %(seller)s AND id = %(charge)s",
            {"document": document_id, "seller": seller_id, "charge": charge_id},
        )
    if plan.closing:
        settle_ended(desk=desk, at=at, only=plan.closing)
    for document in plan.documents:
        if document.kind == "request" and not document.net_minor + document.tax_minor:
            _settle_empty(desk, document, at)
    if chunk.with_credit and desk.policy.documents.use_credit == "at-issue":
        for payer_id in sorted({document.customer_id for document in plan.documents}):
            if payer_id in chunk.with_credit:
                use_credit(seller_id=seller_id, customer_id=UUID(payer_id), on=desk.on, at=at)


def _settle_empty(desk: Desk, document: NewDocument, at: datetime) -> None:
    """Charges and credits that cancel out ask for nothing: the request is settled at once, so its invoice follows."""
    card = document_card(seller_id=desk.seller.id, document_id=UUID(document.id))
    settle_request(seller_id=desk.seller.id, request=card, cause="nothing to pay", on=desk.on, at=at)


def _move_cursors(seller_id: int, plan: Plan) -> None:
    going = [one for one in plan.advances if not one.ended]
    if going:
        sql.change(
            """
            UPDATE cursors AS c SET billed_to = u.billed_to, last_net_minor = coalesce(u.net, c.last_net_minor)
            FROM unnest(%(ids)s::uuid[], %(days)s::date[], %(nets)s::bigint[]) AS u (subscription_id, billed_to, net)
            WHERE c.seller_id = %(seller)s AND c.subscription_id = u.subscription_id
            """,
            {
                "seller": seller_id,
                "ids": sql.array(one.subscription_id for one in going),
                "days": sql.array(one.billed_to for one in going),
                "nets": sql.array(one.last_net_minor for one in going),
            },
        )
    ended = [one.subscription_id for one in plan.advances if one.ended]
    if ended:
        sql.change(
            "DELETE FROM cursors WHERE seller_id = %(seller)s AND subscription_id = ANY(%(ids)s)",
            {"seller": seller_id, "ids": sql.array(ended)},
        )


def _apply_changes(seller_id: int, plan: Plan) -> None:
    for subscription_id, change, day in plan.applied:
        parameters = {
            "seller": seller_id,
            "subscription": subscription_id,
            "change": change.id,
            "plan": change.plan_id,
            "quantity": change.quantity,
            "own": change.own_price,
            "unit": change.cycle_unit,
            "count": change.cycle_count,
            "day": day,
        }
        sql.change(
            "UPDATE planned_changes SET applied_on = %(day)s WHERE seller_id = %(seller)s AND id = %(change)s",
            parameters,
        )
        sql.change(
            """
            UPDATE subscriptions SET
              plan_id = coalesce(%(plan)s, plan_id), quantity = coalesce(%(quantity)s, quantity),
              own_price = CASE WHEN %(plan)s::uuid IS NULL AND %(own)s::numeric IS NULL THEN own_price ELSE %(own)s END,
              terms_from = CASE WHEN %(unit)s::text IS NULL THEN terms_from ELSE %(day)s END,
              cycle_unit = coalesce(%(unit)s, cycle_unit), cycle_count = coalesce(%(count)s, cycle_count)
            WHERE seller_id = %(seller)s AND id = %(subscription)s
            """,
            parameters,
        )


def _park(seller_id: int, plan: Plan, on: date, at: datetime) -> None:
    for payer_id, why in plan.refused:
        sql.insert(
            "parked",
            {"seller_id": seller_id, "customer_id": payer_id, "code": why.code, "words": why.words, "since": on},
            on_conflict_do_nothing=True,
        )
        record_fact(
            seller_id=seller_id,
            kind="CustomerParked",
            cause=why.code,
            on=on,
            at=at,
            customer_id=UUID(payer_id),
            data={"words": why.words},
        )


# After how many payers the plan takes a breath: about as long as PostgreSQL needs for the least that it is given.
BREATH = 20
CHUNK = int(os.environ.get("ABONO_CHUNK", "1000"))
