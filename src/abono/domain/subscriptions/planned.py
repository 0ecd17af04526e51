"""What two changes that wait for the same renewal day make together. Pure."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from abono.domain.subscriptions.periods import Cycle


class Change(NamedTuple):
    """What a change asks for; None leaves it as it is. Another plan without a price is sold at the catalogue's."""

    plan_id: UUID | None = None
    quantity: int | None = None
    own_price: Decimal | None = None
    cycle: Cycle | None = None


class Planned(NamedTuple):
    """A change that waits, and the day it begins. `replaced` was planned before and is dropped, `kept` still holds."""

    from_on: date
    change: Change
    replaced: Change
    kept: Change


def merged(*, earlier: Change, later: Change, from_on: date) -> Planned:
    """Both changes are meant, and of what both speak of the later one counts. A price goes with the plan it was for."""
    both = Change._make(before if now is None else now for before, now in zip(earlier, later, strict=True))
    if later.plan_id is not None and later.own_price is None:
        both = both._replace(own_price=None)
    return Planned(
        from_on,
        both,
        Change._make(before if before != now else None for before, now in zip(earlier, both, strict=True)),
        Change._make(now if said is None else None for said, now in zip(later, both, strict=True)),
    )
