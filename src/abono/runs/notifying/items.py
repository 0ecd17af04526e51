"""What is to be told to one customer: an item becomes a message for each place that it goes to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from abono.domain.notices.rendering import Periods

# How what has no step of its own reaches the customer, and a step whose policy does not say.
EVERYWHERE = ("email", "portal")


class Service(NamedTuple):
    """A service as it is named in a message: its own words, its plan's name by language, whose it is."""

    subscription_id: UUID
    customer_id: UUID
    customer: str
    words: str
    plan: dict[str, str] | None
    is_project: bool


@dataclass(slots=True)
class Item:
    """Something to tell. `ref` makes it exist once. `step_no` names the calendar step that it is the notice of.

    `after_step` says from which step on harm is foretold; None: what lies ahead of the day that it is told.
    """

    ref: str
    kind: str
    customer_id: UUID
    by: Sequence[str] = EVERYWHERE
    document_id: UUID | None = None
    subscription_id: UUID | None = None
    round_no: int | None = None
    step_no: int | None = None
    after_step: int | None = None
    foretells: bool = False
    form: str = ""
    owner_too: bool = False
    day: date | None = None
    until: date | None = None
    services: Sequence[Service] = ()
    paid_minor: int | None = None
    fee_minor: int | None = None
    words: str = ""
    periods: Periods | None = None
    service: Service | None = field(default=None)
