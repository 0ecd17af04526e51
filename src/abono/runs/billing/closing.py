"""The last true-up of a counted service: who joined and who left in its last period, for the payer's next document.

While a service goes on, the next document trues up the period before. After its end, or after its client left the
partner, there is no such document: what it would have said waits as charges and credits for whatever the payer is
asked for next. Each period is settled so at most once; a fact says that it was.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import NamedTuple
from uuid import UUID

from abono.base.facts.actions import record_fact
from abono.base.kernel.days import days_between
from abono.base.kernel.ids import new_id
from abono.base.kernel.languages import Words, in_language
from abono.base.kernel.money import half_up
from abono.base.store import sql
from abono.domain.catalogue.prices import Price
from abono.domain.catalogue.pricing import Offer, Presence, TrueUp, true_up
from abono.domain.invoicing.words import JOINED_WORDS, LEFT_WORDS
from abono.domain.subscriptions.periods import Period
from abono.runs.billing.desk import Desk
from abono.runs.billing.reading import lock_payers

_FACT = "LocationsSettled"


class _Cut(NamedTuple):
    """A claimed period that no document of the service will follow, and the first day without the service."""

    subscription_id: UUID
    customer_id: UUID
    profile_id: UUID
    plan_id: UUID
    currency: str
    payer_id: UUID
    document_id: UUID
    period_from: date
    period_to: date
    day: date


def settle_ended(*, desk: Desk, at: datetime, only: Sequence[UUID] | None = None) -> int:
    """Settle the last periods of services that have ended, of all or of some; how many."""
    return _settle(desk, None, only, desk.on, at)


def settle_cut(*, desk: Desk, subscription_id: UUID, day: date, on: date, at: datetime) -> None:
    """Settle the period that is asked for around a day from which on somebody else pays."""
    _settle(desk, day, [subscription_id], on, at)


def closing_minor(*, desk: Desk, subscription_id: UUID, day: date) -> int:
    """What settling a service that ends on a day would put on the next document: minor units net, below zero back."""
    sums = (_true_up(desk, cut) for cut in _cuts(desk, day, [subscription_id]))
    return sum(one.joined_minor - one.left_minor for one in sums)


def _settle(desk: Desk, day: date | None, only: Sequence[UUID] | None, on: date, at: datetime) -> int:
    found = _cuts(desk, day, only)
    if not found:
        return 0
    with sql.in_transaction():
        lock_payers(seller_id=desk.seller.id, payers=sorted({str(one.payer_id) for one in found}), wait=True)
        found = _cuts(desk, day, only)  # another process may have settled some before the lock was had
        for cut in found:
            sums = _true_up(desk, cut)
            for kind, words, net_minor in (
                ("joined", JOINED_WORDS, sums.joined_minor),
                ("left", LEFT_WORDS, -sums.left_minor),
            ):
                if net_minor:
                    _charge(desk, cut, kind, words, net_minor)
            record_fact(
                seller_id=desk.seller.id,
                kind=_FACT,
                cause=f"from {cut.period_from} to {cut.day}",
                on=on,
                at=at,
                customer_id=cut.customer_id,
                subject_id=cut.subscription_id,
                data={"joined_minor": sums.joined_minor, "left_minor": sums.left_minor},
            )
    return len(found)


def _cuts(desk: Desk, day: date | None, only: Sequence[UUID] | None) -> list[_Cut]:
    """Periods to settle: the last one claimed of each service, if it was asked for and the end lies within it."""
    if not desk.counted or desk.policy.partner.true_up != "days":
        return []
    parameters = {
        "seller": desk.seller.id,
        "on": desk.on,
        "day": day,
        "plans": sql.array(desk.counted),
        "only": None if only is None else sql.array(only),
        "fact": _FACT,
    }
    return [_Cut(*row) for row in sql.rows(_CUTS, parameters)]


_CUTS = """
    SELECT s.id, s.customer_id, s.profile_id, s.plan_id, s.currency, d.customer_id, d.id, m.period_from, m.period_to,
           cut.day
    FROM subscriptions AS s
    CROSS JOIN LATERAL (SELECT coalesce(%(day)s::date, s.ends_on) AS day) AS cut
    CROSS JOIN LATERAL (
        SELECT c.document_id, c.period_from, c.period_to FROM claims AS c
        WHERE c.seller_id = s.seller_id AND c.subscription_id = s.id ORDER BY c.period_from DESC LIMIT 1
    ) AS m
    JOIN documents AS d ON d.seller_id = s.seller_id AND d.id = m.document_id
    WHERE s.seller_id = %(seller)s AND s.plan_id = ANY(%(plans)s::uuid[])
      AND (%(only)s::uuid[] IS NULL OR s.id = ANY(%(only)s::uuid[]))
      AND (%(day)s::date IS NOT NULL OR s.ends_on <= %(on)s AND NOT EXISTS (
        SELECT FROM cursors AS k WHERE k.seller_id = s.seller_id AND k.subscription_id = s.id))
      AND m.period_from < cut.day AND cut.day <= m.period_to
      AND NOT EXISTS (
        SELECT FROM facts AS f
        WHERE f.seller_id = s.seller_id AND f.customer_id = s.customer_id AND f.subject_id = s.id
          AND f.kind = %(fact)s AND f.cause LIKE 'from ' || m.period_from::text || ' %%')
    ORDER BY s.id
"""


def _true_up(desk: Desk, cut: _Cut) -> TrueUp:
    parameters = {
        "seller": desk.seller.id,
        "document": cut.document_id,
        "subscription": cut.subscription_id,
        "from": cut.period_from,
    }
    billed = sql.rows(
        "SELECT r.location_id, n.unit_price, n.fraction FROM annex_rows AS r "
        "JOIN lines AS n ON n.seller_id = r.seller_id AND n.document_id = r.document_id AND n.line_no = r.line_no "
        "WHERE r.seller_id = %(seller)s AND r.document_id = %(document)s AND r.subscription_id = %(subscription)s "
        "AND n.unit_price IS NOT NULL AND n.period_from = %(from)s",
        parameters,
    )
    if not billed:
        return TrueUp(0, 0, 0, 0, ())
    spans: dict[UUID, list[tuple[date, date | None]]] = defaultdict(list)
    for location_id, from_on, to_on in sql.rows(
        "SELECT location_id, from_on, to_on FROM activations WHERE seller_id = %(seller)s "
        "AND subscription_id = %(subscription)s ORDER BY location_id, from_on",
        parameters,
    ):
        spans[location_id].append((from_on, to_on))
    _, unit_price, fraction = billed[0]
    whole_days = days_between(cut.period_from, cut.period_to)
    cycle_days = whole_days if fraction == 1 else half_up(Fraction(whole_days) / Fraction(fraction))
    counted = {row[0] for row in billed}
    return true_up(
        period=Period(cut.period_from, cut.day, days_between(cut.period_from, cut.day), cycle_days),
        offer=Offer(Price("per_unit", cut.currency, unit_price), 1),
        presences=[Presence(one, one in counted, tuple(days)) for one, days in spans.items()],
    )


def _charge(desk: Desk, cut: _Cut, kind: str, words: Words, net_minor: int) -> None:
    row = sql.one(
        "SELECT default_profile_id, language FROM customers WHERE seller_id = %(seller)s AND id = %(payer)s",
        {"seller": desk.seller.id, "payer": cut.payer_id},
    )
    assert row is not None
    profile_id, language = row[0], desk.spoken(row[1])
    if cut.payer_id == cut.customer_id and desk.policy.documents.group != "payer":
        profile_id = cut.profile_id
    sql.insert(
        "charges",
        {
            "seller_id": desk.seller.id,
            "id": new_id(),
            "key": f"closed-{cut.subscription_id}-{cut.period_from}-{kind}",
            "customer_id": cut.customer_id,
            "payer_id": cut.payer_id,
            "profile_id": profile_id,
            "subscription_id": cut.subscription_id,
            "kind": "true-up",
            "category": desk.category(cut.plan_id),
            "words": f"{desk.plan_name(cut.plan_id, language)}: {in_language(words, language)}",
            "currency": cut.currency,
            "on_date": cut.day,
            "period_from": cut.period_from,
            "period_to": cut.day,
            "quantity": 1,
            "net_minor": net_minor,
        },
    )
