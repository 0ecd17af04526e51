"""The invented sellers, day by day: opening, what each day does, going on where an earlier call was stopped."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from abono.base.facts.actions import record_fact
from abono.base.kernel.days import plus_days
from abono.base.store import sql
from abono.simulation.acts import Month, let_people_act, month_of, rejoin
from abono.simulation.clock import Passed, pass_days
from abono.simulation.habits import let_people_pay, let_the_bank_answer
from abono.simulation.opening import Scene, open_seller, publish_index
from abono.simulation.saved import bank_of, keep_methods, keepers
from abono.simulation.world import World

OPENING = date(2026, 1, 1)


@dataclass(slots=True)
class _People:
    """What people do each day of a seller, in one transaction that also notes that the day is over."""

    scene: Scene
    month: Month | None = None
    refused: Counter[str] = field(default_factory=Counter)

    def __call__(self, on: date) -> None:
        if self.month is None or self.month.first != on.replace(day=1):
            self.month = month_of(scene=self.scene, first=on.replace(day=1))
        with sql.in_transaction():
            if on.day == 1:
                publish_index(world=self.scene.world, on=on)
            let_the_bank_answer(scene=self.scene, on=on)
            let_people_act(scene=self.scene, month=self.month, on=on, refused=self.refused)
            let_people_pay(scene=self.scene, on=on, kept=keepers(scene=self.scene))
            keep_methods(scene=self.scene, on=on)
            record_fact(
                seller_id=self.scene.seller_id,
                kind="DayPassed",
                cause="the test clock",
                on=on,
                at=self.scene.at(on, 23),
            )


def open_world(*, world: World, seed: int) -> Scene:
    """The scene of a world as far as its days have passed; its seller is made if it is not there.

    Until this connection ends it alone passes the world's days: another one waits here.
    """
    sql.change("SELECT pg_advisory_lock(hashtext('abono demo'), hashtext(%(key)s))", {"key": world.key})
    scene = open_seller(world=world, seed=seed, opening=OPENING)
    first = first_day_left(seller_id=scene.seller_id)
    if first > OPENING:
        rejoin(scene=scene, months=_months(OPENING, plus_days(first, -1)))
    return scene


def pass_world(
    *, scene: Scene, until: date, progress: Callable[[date], None] | None = None
) -> tuple[Passed, Counter[str]]:
    """Pass the days of a world up to `until` that have not passed yet.

    Stopped anywhere, the next call goes on: the day's run writes what it has not written, and what people do on a day
    is one transaction. Gives what passed now, and how often people were refused something, by code.
    """
    first = first_day_left(seller_id=scene.seller_id)
    people = _People(scene)
    if first.day > 1:
        people.month = _month_going_on(scene, first)
    bank = bank_of(scene=scene)
    passed = pass_days(
        seller_id=scene.seller_id,
        first=first,
        last=until,
        people=people,
        progress=progress,
        bank=lambda on: bank.open(on=on).gateways(),
    )
    return passed, people.refused


def first_day_left(*, seller_id: int) -> date:
    """The first day that has not passed yet."""
    latest: date | None = sql.value(
        "SELECT on_date FROM facts WHERE seller_id = %(seller)s AND kind = 'DayPassed' ORDER BY on_date DESC LIMIT 1",
        {"seller": seller_id},
    )
    return OPENING if latest is None else plus_days(latest, 1)


def _months(first: date, last: date) -> list[date]:
    found = [first.replace(day=1)]
    while (following := plus_days(found[-1], 31).replace(day=1)) <= last:
        found.append(following)
    return found


def _month_going_on(scene: Scene, day: date) -> Month:
    """A month that was begun by an earlier call: only those who were there when it began take part."""
    first = day.replace(day=1)
    there = {
        row[0]
        for row in sql.rows(
            "SELECT reference FROM customers WHERE seller_id = %(seller)s AND created_on < %(first)s",
            {"seller": scene.seller_id, "first": max(first, plus_days(OPENING, 1))},
        )
    }
    month = month_of(scene=scene, first=first)
    month.by_day = {
        day: [(reference, name) for reference, name in deeds if reference in there]
        for day, deeds in month.by_day.items()
    }
    return month
