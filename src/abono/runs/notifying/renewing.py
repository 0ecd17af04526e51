"""A reminder that leaves on a later day than it was written for is written anew, with the days that are really left."""

from datetime import date, datetime

from abono.domain.notices import actions
from abono.domain.notices.addressing import Address
from abono.domain.notices.batch import Draft, Leased
from abono.domain.notices.kinds import KINDS
from abono.runs.notifying.desk import desk_of
from abono.runs.notifying.drafting import drafts_of
from abono.runs.notifying.sources import items_of_steps, taken_steps

# New words by what caused the message and where it goes.
Fresh = dict[tuple[str, str], Draft]


def renewed(*, seller_id: int, channel: str, taken: list[Leased], on: date, at: datetime) -> list[Leased]:
    """The same messages; those that count days, and were written for another day than `on`, in new words."""
    late = [
        one
        for one in taken
        if KINDS[one.kind].counts_days and one.speaks_on != on and one.document_id is not None
        if one.round_no is not None and one.step_no is not None
    ]
    if not late:
        return taken
    places: dict[str, list[Address]] = {}
    for one in late:
        places.setdefault(one.ref, []).append(Address(channel, one.recipient, "", one.language, one.contact_id))
    keys = sorted({(one.document_id, one.round_no, one.step_no) for one in late}, key=str)
    desk = desk_of(seller_id=seller_id, on=on, at=at)
    items = items_of_steps(found=taken_steps(seller_id=seller_id, keys=keys), desk=desk)  # type: ignore[arg-type]
    fresh = {
        (one.ref, one.recipient): one
        for one in drafts_of(items=[one for one in items if one.ref in places], desk=desk, places=places)
    }
    return [_rewritten(seller_id, one, fresh, desk.speaks_on, on, at) if one in late else one for one in taken]


def _rewritten(seller_id: int, one: Leased, fresh: Fresh, speaks_on: date, on: date, at: datetime) -> Leased:
    draft = fresh.get((one.ref, one.recipient))
    if draft is None:
        return one
    actions.renew(
        seller_id=seller_id,
        message_id=one.id,
        attempt=one.attempts,
        subject=draft.subject,
        body=draft.body,
        digest=draft.digest,
        speaks_on=speaks_on,
        on=on,
        at=at,
    )
    return one._replace(subject=draft.subject, body=draft.body, speaks_on=speaks_on)
