"""What a simulation is asked. It knows no database, so that it can be handed to another process."""

from dataclasses import dataclass
from datetime import date

from abono.base.kernel.days import add_months, plus_days


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: these months of a seller from `first` on, under a policy's text (None: those it has)."""

    seller_id: int
    first: date
    months: int
    seed: int
    text: str | None = None
    file: str = ""

    @property
    def last(self) -> date:
        """The last day that passes."""
        return plus_days(self.begin_of(self.months), -1)

    def begin_of(self, month: int) -> date:
        """The first day of a month, counted from 0: months as long as the calendar's, from `first` on."""
        return add_months(self.first, month, anchor_day=self.first.day)
