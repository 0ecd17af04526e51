"""One seller on one day, as messages need it: its voice, its languages, the calendars of its policy versions."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from abono.base.kernel.days import days_between, plus_days
from abono.base.store import sql
from abono.domain.collections.calendar import Calendar, calendar_of, steps_ahead
from abono.domain.notices.rendering import Coming, Voice
from abono.domain.sellers.policy import Policy
from abono.domain.sellers.queries import SellerCard, in_force_on, policy_versions, seller_by_id

LEAVES_AT = time(8)


@dataclass(slots=True)
class Desk:
    """Where messages of a seller are written. `speaks_on` is the day on which they leave, at `leaves_at`."""

    seller: SellerCard
    voice: Voice
    languages: tuple[str, ...]
    on: date
    at: datetime
    leaves_at: datetime
    speaks_on: date
    policies: dict[int, Policy]
    calendars: dict[int, Calendar]
    in_force: Policy
    _foretold: dict[tuple[int, int | None, date, date, date | None], tuple[Coming, ...]] = field(default_factory=dict)
    _reminds: dict[tuple[int, date, date], bool] = field(default_factory=dict)

    def foretold(
        self, *, version: int, after_step: int | None, day_zero: date, begun_on: date, not_before: date | None
    ) -> tuple[Coming, ...]:
        """The harm that follows, with its days, if nothing is paid.

        After a message that leaves late harm keeps its distance from it (see `collections/rules.py`). `not_before` is a
        day that was granted. Without `after_step`: what lies ahead of the day.
        """
        key = (version, after_step, day_zero, begun_on, not_before)
        found = self._foretold.get(key)
        if found is None:
            found = self._foretold[key] = self._foretell(version, after_step, day_zero, begun_on, not_before)
        return found

    def reminds_first(self, *, version: int, due_on: date, issued_on: date) -> bool:
        """Whether a reminder still comes before the first harmful step of a document."""
        key = (version, due_on, issued_on)
        found = self._reminds.get(key)
        if found is None:
            calendar = self.calendars[version]
            numbers = calendar.numbered("remind", "suspend", "terminate")
            ahead = steps_ahead(calendar=calendar, day_zero=due_on, begun_on=issued_on, numbers=numbers)
            found = self._reminds[key] = bool(ahead) and ahead[0].step.do == "remind"
        return found

    def _foretell(
        self, version: int, after_step: int | None, day_zero: date, begun_on: date, not_before: date | None
    ) -> tuple[Coming, ...]:
        calendar = self.calendars[version]
        late = 0
        numbers = calendar.harmful
        if after_step is not None:
            sent_at_once = after_step < 0 or calendar.steps[after_step].do == "issue"
            scheduled = begun_on if sent_at_once else calendar.day_of(after_step, day_zero)
            late = max(0, days_between(scheduled, self.speaks_on))
            numbers = [one for one in numbers if one > after_step]
        earliest = plus_days(max(self.speaks_on, not_before or self.speaks_on), 1)
        ahead = steps_ahead(calendar=calendar, day_zero=day_zero, begun_on=begun_on, numbers=numbers)
        coming = []
        for one in ahead:
            day = plus_days(one.on_date, late)
            if after_step is None and not_before is None and day < earliest:
                continue
            day = max(day, earliest)
            coming.append(Coming(day, one.step.do, one.step.scope or "document"))
            earliest = plus_days(day, 1)
        return tuple(coming)


def desk_of(*, seller_id: int, on: date, at: datetime) -> Desk:
    """The desk for a day. What is written at it leaves at 08:00 of that day in the seller's zone, or now if later."""
    seller = seller_by_id(seller_id=seller_id)
    zone = ZoneInfo(seller.time_zone)
    leaves_at = max(datetime.combine(on, LEAVES_AT, tzinfo=zone), at)
    versions = policy_versions(seller_id=seller_id)
    policies = {one.version: one.policy for one in versions}
    in_force = in_force_on(versions=versions, on=on).policy
    return Desk(
        seller=seller,
        voice=voice_of(seller=seller),
        languages=in_force.seller.languages,
        on=on,
        at=at,
        leaves_at=leaves_at,
        speaks_on=leaves_at.astimezone(zone).date(),
        policies=policies,
        calendars={version: calendar_of(policy=policy, country=seller.country) for version, policy in policies.items()},
        in_force=in_force,
    )


def voice_of(*, seller: SellerCard) -> Voice:
    """The seller as it speaks."""
    return Voice(seller.name, seller.email, seller.country, seller.currency, seller.pay_url, seller.pay_to)


def latest_prepared(*, seller_id: int) -> date | None:
    """The latest day that messages were prepared for."""
    found: date | None = sql.value(
        "SELECT on_date FROM notice_days WHERE seller_id = %(seller)s", {"seller": seller_id}
    )
    return found
