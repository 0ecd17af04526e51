"""The calendar of a document: on which days its steps fall, and which due dates have a step on given days.

Days count from day zero: the due date in round 0, the day of the return in later rounds. A document can be paid all of
day zero. A step dated on or before the issue (or the return) is dropped, never caught up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from abono.base.kernel.days import days_between, plus_days
from abono.domain.collections.business_days import holiday_data, nth_business_day
from abono.domain.sellers.policy import Policy, Step

MESSAGES = ("issue", "remind")
# A working-day count never spans more calendar days than this per working day, plus a run of holidays.
DAYS_PER_WORKING_DAY, LONGEST_HOLIDAYS = 2, 14


@dataclass(frozen=True, slots=True)
class Calendar:
    """The steps of one policy version, for a seller's country."""

    country: str
    steps: tuple[Step, ...]

    def day_of(self, step_no: int, day_zero: date) -> date:
        """The day on which a step falls."""
        step = self.steps[step_no]
        if step.kind == "day":
            return plus_days(day_zero, step.number)
        return nth_business_day(country=self.country, start=day_zero, number=step.number)

    def counted_by(self, step_no: int) -> str | None:
        """The holiday data that the step's day is counted by; None for calendar days."""
        return holiday_data() if self.steps[step_no].kind == "business_day" else None

    def numbered(self, *kinds: str) -> list[int]:
        """The numbers of the steps that do one of these things, in order."""
        return [number for number, step in enumerate(self.steps) if step.do in kinds]

    @property
    def harmful(self) -> list[int]:
        """The numbers of the steps that take something away, in order."""
        return [number for number, step in enumerate(self.steps) if step.harmful]

    @property
    def issue_step(self) -> int | None:
        """The step that sends the document on its issue, if there is one."""
        return next(iter(self.numbered("issue")), None)


class Falling(NamedTuple):
    """Documents due on `day_zero` have this step on `on_date`."""

    day_zero: date
    step_no: int
    on_date: date


class Planned(NamedTuple):
    """A step of a document's calendar with the day on which it falls."""

    step_no: int
    step: Step
    on_date: date


def calendar_of(*, policy: Policy, country: str) -> Calendar:
    """The calendar of a policy for a seller of a country."""
    return Calendar(country, policy.calendar.steps)


def falling(*, calendar: Calendar, numbers: Iterable[int], after: date, until: date) -> list[Falling]:
    """Which due dates have one of the steps on a day in `(after, until]`: in order of the step, then the due date."""
    found = []
    for number in numbers:
        for day_zero in _candidates(calendar.steps[number], after, until):
            day = calendar.day_of(number, day_zero)
            if after < day <= until:
                found.append(Falling(day_zero, number, day))
    return found


def _candidates(step: Step, after: date, until: date) -> list[date]:
    """Due dates among which all with the step in `(after, until]` are."""
    if step.kind == "day":
        first, last = plus_days(after, 1 - step.number), plus_days(until, -step.number)
    else:
        span = abs(step.number) * DAYS_PER_WORKING_DAY + LONGEST_HOLIDAYS
        first, last = (after, until) if step.number < 0 else (plus_days(after, -span), until)
        if step.number < 0:
            last = plus_days(until, span)
    return [plus_days(first, one) for one in range(days_between(first, last) + 1)]


def steps_ahead(*, calendar: Calendar, day_zero: date, begun_on: date, numbers: Sequence[int]) -> list[Planned]:
    """The chosen steps of a document that are not dropped, with their days; `begun_on` is its issue or return."""
    found = []
    for number in numbers:
        day = calendar.day_of(number, day_zero)
        if day > begun_on:
            found.append(Planned(number, calendar.steps[number], day))
    return found
