"""What invented people do when payment is late or disputed: object, put off, want a service back, pay less often."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from uuid import UUID

from abono.base.kernel.days import plus_days
from abono.base.store import sql
from abono.domain.collections.actions import arrange_later_date, close_objection, raise_objection
from abono.runs.collecting.objections import uphold_objection
from abono.runs.collecting.offering import accept_longer_period, decline_longer_period
from abono.runs.collecting.projects import close_project, open_project
from abono.runs.collecting.recovering import ask_for_recovery
from abono.simulation.deed import ACTS_AT, Deed, reason_in
from abono.simulation.opening import Scene

_DAYS_TO_DECIDE = 6
_UPHELD_PER_MILLE, _ACCEPTED_PER_MILLE = 350, 550


def let_staff_decide(*, scene: Scene, on: date) -> Iterator[Callable[[], None]]:
    """The seller's people decide objections that have been open for some days: one call each."""
    for objection_id, document_id in sql.rows(
        "SELECT id, document_id FROM objections WHERE seller_id = %(seller)s AND state = 'open' "
        "AND opened_on <= %(old)s ORDER BY opened_on, id",
        {"seller": scene.seller_id, "old": plus_days(on, -_DAYS_TO_DECIDE)},
    ):
        yield partial(_decide, scene, objection_id, document_id, on)


def _decide(scene: Scene, objection_id: UUID, document_id: UUID, on: date) -> None:
    language = scene.world.policy.seller.languages[0]
    number = sql.value(
        "SELECT series || '-' || number FROM documents WHERE seller_id = %(seller)s AND id = %(document)s",
        {"seller": scene.seller_id, "document": document_id},
    )
    upheld = scene.dice.of("objections", number).chance(_UPHELD_PER_MILLE)
    at = scene.at(on, ACTS_AT)
    if upheld:
        words = reason_in("upheld", language)
        uphold_objection(seller_id=scene.seller_id, document_id=document_id, words=words, on=on, at=at)
    else:
        words = reason_in("rejected", language)
        close_objection(seller_id=scene.seller_id, document_id=document_id, state="rejected", words=words, on=on, at=at)


def _object(deed: Deed) -> None:
    document_id = _open_document(deed, "d.due_on >= %(on)s")
    if document_id is not None:
        raise_objection(
            seller_id=deed.seller_id,
            document_id=document_id,
            words=deed.reason("objection"),
            on=deed.on,
            at=deed.at,
        )


def _put_off(deed: Deed) -> None:
    limits = deed.scene.world.policy.arrangement
    if not limits.per_year:
        return
    document_id = _open_document(deed, "d.due_on BETWEEN %(on)s - 1 AND %(on)s + 6")
    if document_id is not None:
        due_on = sql.value(
            "SELECT due_on FROM documents WHERE seller_id = %(seller)s AND id = %(document)s",
            {"seller": deed.seller_id, "document": document_id},
        )
        arrange_later_date(
            seller_id=deed.seller_id,
            document_id=document_id,
            until=plus_days(max(due_on, deed.on), deed.dice.between(2, limits.max_days)),
            on=deed.on,
            at=deed.at,
        )


def _want_back(deed: Deed) -> None:
    for (subscription_id,) in sql.rows(
        "SELECT subscription_id FROM recoveries WHERE seller_id = %(seller)s AND customer_id = %(customer)s "
        "AND state = 'offered' AND expires_on >= %(on)s ORDER BY id LIMIT 1",
        {"seller": deed.seller_id, "customer": deed.customer_id, "on": deed.on},
    ):
        ask_for_recovery(seller_id=deed.seller_id, subscription_id=subscription_id, on=deed.on, at=deed.at)


def _answer_offer(deed: Deed) -> None:
    for (offer_id,) in sql.rows(
        "SELECT id FROM period_offers WHERE seller_id = %(seller)s AND customer_id = %(customer)s "
        "AND state = 'open' ORDER BY id LIMIT 1",
        {"seller": deed.seller_id, "customer": deed.customer_id},
    ):
        answer = accept_longer_period if deed.dice.chance(_ACCEPTED_PER_MILLE) else decline_longer_period
        answer(seller_id=deed.seller_id, offer_id=offer_id, on=deed.on, at=deed.at)


def _begin_project(deed: Deed) -> None:
    words = deed.scene.world.projects
    if words:
        open_project(
            seller_id=deed.seller_id,
            customer_id=deed.customer_id,
            words=words[deed.dice.between(0, len(words) - 1)],
            on=deed.on,
            at=deed.at,
        )


def _finish_project(deed: Deed) -> None:
    for (project_id,) in sql.rows(
        "SELECT id FROM subscriptions WHERE seller_id = %(seller)s AND customer_id = %(customer)s "
        "AND cycle_unit = 'none' AND state = 'active' ORDER BY id LIMIT 1",
        {"seller": deed.seller_id, "customer": deed.customer_id},
    ):
        close_project(seller_id=deed.seller_id, project_id=project_id, on=deed.on, at=deed.at)


def _open_document(deed: Deed, when: str) -> UUID | None:
    """The first of the person's documents that is owed, fits, and is objected to by nobody."""
    document_id: UUID | None = sql.value(
        "SELECT d.id FROM documents AS d WHERE d.seller_id = %(seller)s AND d.customer_id = %(customer)s "
        f"AND d.state = 'open' AND d.open_minor = d.gross_minor AND {when} AND NOT EXISTS (SELECT FROM objections AS o "
        "WHERE o.seller_id = d.seller_id AND o.document_id = d.id) ORDER BY d.due_on, d.series, d.number LIMIT 1",
        {"seller": deed.seller_id, "customer": deed.customer_id, "on": deed.on},
    )
    return document_id


COLLECTION_ACTS: Mapping[str, Callable[[Deed], None]] = {
    "object": _object,
    "put-off": _put_off,
    "want-back": _want_back,
    "answer-offer": _answer_offer,
    "project": _begin_project,
    "project-done": _finish_project,
}
