"""What is foreseen is what a sweep that runs every day does: against one that is walked through day by day."""

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from abono.base.kernel.days import plus_days
from abono.domain.collections.calendar import Calendar, steps_ahead
from abono.domain.collections.foresight import foreseen
from abono.domain.collections.rules import Executed, Pending, Situation, wait_for
from abono.domain.sellers.policy import Step

DUE, ISSUED = date(2026, 3, 10), date(2026, 2, 20)
LONGEST = 160


def step(day: int, do: str, name: int) -> Step:
    scope = "document" if do != "remind" else None
    return Step("day", day, do, scope, f"text-{name}" if do == "remind" else None, ("email",))  # type: ignore[arg-type]


@st.composite
def calendars(draw: Any) -> Calendar:
    """Reminders, a suspension or two, perhaps a termination; days in order, harm after the due date and announced."""
    before = sorted(draw(st.sets(st.integers(-15, 0), min_size=1, max_size=3)))
    found = [("remind", day) for day in before]
    day = 0
    for do in ("suspend", "suspend", "terminate")[: draw(st.integers(1, 3))]:
        reminded = draw(st.none() | st.integers(0, 4))
        if reminded is not None:
            day += reminded
            found.append(("remind", max(day, 1)))
        day = max(day + draw(st.integers(0, 6)), 1 + max((at for what, at in found if what != "remind"), default=0))
        found.append((do, day))
    return Calendar("AR", tuple(step(at, do, number) for number, (do, at) in enumerate(found)))


@st.composite
def situations(draw: Any) -> Situation:
    """A payment on its way, a later date, an objection that was decided: each or none."""
    pending = None
    if draw(st.booleans()):
        since = plus_days(DUE, draw(st.integers(-3, 12)))
        pending = Pending(since, plus_days(since, draw(st.integers(1, 6))), None)
    return Situation(
        due_on=DUE,
        pending=pending,
        objection_ended_on=draw(st.none() | st.integers(-5, 20).map(lambda days: plus_days(DUE, days))),
        arranged_until=draw(st.none() | st.integers(1, 20).map(lambda days: plus_days(DUE, days))),
    )


def walked(calendar: Calendar, situation: Situation, first: date, after: date) -> list[tuple[int, date]]:
    """The steps that a sweep takes from a day on, run by run; each day's messages leave after its run."""
    executed = list(situation.executed)
    ahead = steps_ahead(calendar=calendar, day_zero=DUE, begun_on=ISSUED, numbers=range(len(calendar.steps)))
    found: list[tuple[int, date]] = []
    for day in (plus_days(first, number) for number in range(LONGEST)):
        fallen = [one for one in ahead if one.step.do == "remind" and after < one.on_date <= day]
        new = []
        for one in fallen:
            sent = one is fallen[-1] and not (situation.arranged_until and situation.arranged_until >= day)
            new.append(Executed(one.step_no, "remind", one.on_date, day, "done" if sent else "missed"))
            if sent:
                found.append((one.step_no, day))
        taken = {one.step_no for one in executed}
        due = [one for one in ahead if one.step.harmful and one.step_no not in taken and one.on_date <= day]
        if due:
            now = replace(situation, executed=[*executed, *new])
            if wait_for(step_no=due[0].step_no, scheduled_on=due[0].on_date, situation=now, on=day) is None:
                found.append((due[0].step_no, day))
                executed.append(Executed(due[0].step_no, due[0].step.do, due[0].on_date, day, "done"))
        executed += [one._replace(left_on=day) if one.outcome == "done" else one for one in new]
        after = day
    return found


@settings(max_examples=300, deadline=None)
@given(calendar=calendars(), situation=situations(), late=st.integers(-18, 15), gap=st.integers(1, 8))
def test_what_is_foreseen_is_what_the_sweep_does(calendar: Calendar, situation: Situation, late: int, gap: int) -> None:
    first = plus_days(DUE, late)
    after = plus_days(first, -gap)
    coming = foreseen(calendar=calendar, day_zero=DUE, begun_on=ISSUED, situation=situation, first=first, after=after)
    said = sorted((one.on, one.step_no) for one in coming if one.on is not None)
    assert said == sorted((day, number) for number, day in walked(calendar, situation, first, after))
