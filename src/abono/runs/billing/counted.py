"""Plans counted by active locations: one line per plan over all clients, an annex that names every location, a true-up.

A location counted on the counting day is billed for the whole period; the next document charges who joined and credits
who left in the period before, by day. The annex shows both, and its rows sum to their lines to the cent.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple
from uuid import UUID

from abono.base.kernel.days import plus_days
from abono.base.kernel.languages import in_language
from abono.base.kernel.money import half_up
from abono.base.store import sql
from abono.domain.catalogue.prices import Price
from abono.domain.catalogue.pricing import (
    WHOLE,
    Offer,
    Presence,
    amount,
    annex_shares,
    discounted,
    true_up,
    unit_price_at,
)
from abono.domain.invoicing.batch import NewAnnexRow, NewLine
from abono.domain.invoicing.words import JOINED_WORDS, LEFT_WORDS
from abono.domain.subscriptions.periods import Part, Period, without
from abono.runs.billing.desk import Desk
from abono.runs.billing.planning import (
    NO_FRACTION,
    NO_UNIT_PRICE,
    WHOLE_TEXT,
    Advance,
    Contract,
    Credit,
    Draft,
    Group,
    Plan,
    Priced,
    apply_changes,
    contract_of,
    draft_for,
    next_period,
    payer_for,
    price_of,
)
from abono.runs.billing.reading import Chunk, Due


class Place(NamedTuple):
    """One location of a counted subscription on the days `[from_on, to_on)`."""

    subscription_id: str
    location_id: str
    location: str
    client: str
    from_on: date
    to_on: date | None


class Before(NamedTuple):
    """The period before of a subscription, as it was billed: who was counted, at what price a day."""

    subscription_id: str
    period_from: date
    period_to: date
    unit_price: Decimal
    fraction: Decimal
    locations: frozenset[str]


@dataclass(slots=True)
class Counts:
    """What the counted subscriptions of one payer follow from."""

    places: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))
    plan_of: dict[str, UUID] = field(default_factory=dict)
    before: dict[tuple[str, date], Before] = field(default_factory=dict)


def read_counts(*, seller_id: int, payer_id: str) -> Counts:
    """Locations and periods before of all counted subscriptions that the payer pays for."""
    counts = Counts()
    parameters: dict[str, Any] = {"seller": seller_id, "payer": payer_id}
    for plan_id, *rest in sql.rows(_PLACES, parameters):
        place = Place(*rest)
        counts.places[place.subscription_id].append(place)
        counts.plan_of[place.subscription_id] = plan_id
    for row in sql.rows(_BEFORE, parameters):
        subscription_id, period_from, period_to, unit_price, fraction, locations = row
        counts.before[subscription_id, period_to] = Before(
            subscription_id, period_from, period_to, unit_price, fraction, frozenset(locations)
        )
    return counts


_PLACES = """
    SELECT s.plan_id, a.subscription_id::text, a.location_id::text, l.name, k.name, a.from_on, a.to_on
    FROM cursors AS c
    JOIN subscriptions AS s ON s.seller_id = c.seller_id AND s.id = c.subscription_id
    JOIN plans AS p ON p.seller_id = s.seller_id AND p.id = s.plan_id AND p.counted = 'locations'
    JOIN activations AS a ON a.seller_id = s.seller_id AND a.subscription_id = s.id
    JOIN locations AS l ON l.seller_id = a.seller_id AND l.id = a.location_id
    JOIN customers AS k ON k.seller_id = s.seller_id AND k.id = s.customer_id
    WHERE c.seller_id = %(seller)s AND c.payer_id = %(payer)s
    ORDER BY k.name, l.name, a.location_id, a.from_on
"""

_BEFORE = """
    SELECT m.subscription_id::text, m.period_from, m.period_to, max(n.unit_price), max(n.fraction),
           array_agg(r.location_id::text)
    FROM cursors AS c
    JOIN claims AS m ON m.seller_id = c.seller_id AND m.subscription_id = c.subscription_id
      AND m.document_id IS NOT NULL AND m.period_to > c.billed_to - 400
    JOIN documents AS d ON d.seller_id = m.seller_id AND d.id = m.document_id AND d.customer_id = c.payer_id
    JOIN annex_rows AS r ON r.seller_id = m.seller_id AND r.document_id = m.document_id
      AND r.subscription_id = m.subscription_id
    JOIN lines AS n ON n.seller_id = r.seller_id AND n.document_id = r.document_id AND n.line_no = r.line_no
      AND n.unit_price IS NOT NULL
    WHERE c.seller_id = %(seller)s AND c.payer_id = %(payer)s
    GROUP BY m.subscription_id, m.period_from, m.period_to
"""


@dataclass(slots=True)
class _Roll:
    """One line to be: the same plan, price and days, over several subscriptions."""

    price: Price
    period: Period
    plan_id: UUID
    renewal: date
    contracts: list[Contract] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)


def renewal_of(*, desk: Desk, due: Due) -> date:
    """The renewal day whose document bills a counted subscription next.

    A client that joins a partner inside a cycle waits for the partner's next document: its first days are trued up.
    """
    stub = _joining_stub(desk, contract_of(due))
    return due.billed_to if stub is None else stub.period_to


def _joining_stub(desk: Desk, contract: Contract) -> Period | None:
    due = contract.due
    if due.payer_id == due.customer_id or contract.billed_to != due.started_on or due.continues:
        return None
    period = next_period(desk=desk, contract=contract)
    return None if period.days == period.cycle_days else period


def plan_counted(
    *, desk: Desk, chunk: Chunk, counts: Counts, plan: Plan, drafts: dict[Group, Draft], dues: Sequence[Due]
) -> None:
    """Put the next period of each counted subscription in `dues` (one renewal day, one payer) on its document."""
    rolls: dict[tuple[Group, UUID, Price, Period], _Roll] = {}
    ups: dict[tuple[Group, UUID, date, date], list[tuple[Contract, Before]]] = defaultdict(list)
    for due in dues:
        contract = contract_of(due)
        if payer_for(chunk, due.customer_id, contract.billed_to) != due.payer_id:
            continue
        stub = _joining_stub(desk, contract)
        if stub is not None:
            _join(desk, chunk, counts, drafts, ups, contract, stub)
            ended = due.ends_on is not None and stub.period_to >= due.ends_on
            if ended or payer_for(chunk, due.customer_id, stub.period_to) != due.payer_id:
                plan.advances.append(Advance(due.payer_id, due.subscription_id, stub.period_to, None, ended))
                continue
        renewal = contract.billed_to
        apply_changes(chunk=chunk, plan=plan, contract=contract)
        period = next_period(desk=desk, contract=contract)
        draft = draft_for(desk=desk, drafts=drafts, due=due, renewal=renewal)
        gaps = chunk.gaps.get(due.subscription_id, ())
        price, _ = price_of(desk=desk, contract=contract, renewal=renewal)
        for part in without(period, gaps) if gaps else (Part(period, None),):
            begins = part.period.period_from == due.started_on
            there = _counted_on(desk, counts, contract, renewal)
            reason = part.reason or ("" if there else "free")
            draft.claims.append((due.subscription_id, part.period, reason, begins))
            if not reason:
                key = (draft.group, contract.plan_id, price, part.period)
                roll = rolls.setdefault(key, _Roll(price, part.period, contract.plan_id, renewal))
                roll.contracts.append(contract)
                roll.places.extend(there)
        before = counts.before.get((due.subscription_id, renewal))
        if before is not None and desk.policy.partner.true_up == "days":
            ups[draft.group, contract.plan_id, before.period_from, before.period_to].append((contract, before))
        ended = due.ends_on is not None and period.period_to >= due.ends_on
        if ended and due.ends_on is not None and due.ends_on <= desk.on:
            plan.closing.append(UUID(due.subscription_id))
        plan.advances.append(Advance(due.payer_id, due.subscription_id, period.period_to, None, ended))
    for (group, *_), roll in rolls.items():
        _add_roll(desk, chunk, counts, drafts[group], roll)
    for (group, plan_id, _, _), found in ups.items():
        _add_true_up(desk, chunk, counts, plan, drafts[group], plan_id, found)


def _join(
    desk: Desk,
    chunk: Chunk,
    counts: Counts,
    drafts: dict[Group, Draft],
    ups: dict[tuple[Group, UUID, date, date], list[tuple[Contract, Before]]],
    contract: Contract,
    stub: Period,
) -> None:
    """Claim the days between joining and the partner's renewal day, to be charged as locations that joined."""
    due = contract.due
    price, _ = price_of(desk=desk, contract=contract, renewal=stub.period_to)
    total = max(_total_of_plan(desk, chunk, counts, contract.plan_id, stub.period_to), 1)
    draft = draft_for(desk=desk, drafts=drafts, due=due, renewal=stub.period_to)
    there = any(place.from_on < stub.period_to for place in counts.places.get(due.subscription_id, ()))
    draft.claims.append((due.subscription_id, stub, "" if there else "free", True))
    if there:
        cycle_from = plus_days(stub.period_to, -stub.cycle_days)
        before = Before(
            due.subscription_id,
            cycle_from,
            stub.period_to,
            _price_within(price, total).unit_price,
            Decimal(1),
            frozenset(),
        )
        ups[draft.group, contract.plan_id, before.period_from, before.period_to].append((contract, before))
    contract.billed_to = stub.period_to


def _counted_on(desk: Desk, counts: Counts, contract: Contract, renewal: date) -> list[Place]:
    day = (
        renewal
        if desk.policy.partner.count == "at-renewal"
        else max(desk.scheduled_issue(renewal), contract.due.started_on)
    )
    return [
        place
        for place in counts.places.get(contract.due.subscription_id, ())
        if place.from_on <= day and (place.to_on is None or place.to_on > day)
    ]


def _total_of_plan(desk: Desk, chunk: Chunk, counts: Counts, plan_id: UUID, renewal: date) -> int:
    """Active locations of the plan over all that the payer pays for: it chooses the volume price."""
    return sum(
        place.from_on <= renewal and (place.to_on is None or place.to_on > renewal)
        for subscription_id, places in counts.places.items()
        if counts.plan_of.get(subscription_id) == plan_id
        for place in places
    )


def _add_roll(desk: Desk, chunk: Chunk, counts: Counts, draft: Draft, roll: _Roll) -> None:
    quantity = len(roll.places)
    whole = roll.period.days == roll.period.cycle_days
    fraction = WHOLE if whole else roll.period.fraction
    index_value = desk.index_value(roll.price, roll.renewal)
    total = max(_total_of_plan(desk, chunk, counts, roll.plan_id, roll.renewal), quantity)
    price = _price_within(roll.price, total)
    net_minor = amount(price=price, quantity=quantity, fraction=fraction, index_value=index_value)
    for contract in roll.contracts:
        discounts = chunk.discounts.get(contract.due.subscription_id)
        if discounts and len(roll.contracts) == 1:
            net_minor, _ = discounted(
                net_minor=net_minor, discounts=discounts, fraction=fraction, on=roll.period.period_from
            )
    if price.index_name and index_value is not None:
        draft.index[price.index_name] = [desk.index_day(roll.renewal).isoformat(), str(index_value)]
    taxation = desk.taxation(draft.tax_key, desk.category(roll.plan_id))
    alone = roll.contracts[0].due.subscription_id if len(roll.contracts) == 1 else ""
    line = NewLine(
        alone,
        "",
        desk.plan_name(roll.plan_id, draft.language),
        roll.period.period_from.isoformat(),
        roll.period.period_to.isoformat(),
        quantity,
        f"{price.unit_price:.6f}",
        WHOLE_TEXT if whole else roll.period.fraction_text,
        net_minor,
        taxation.code,
    )
    draft.lines.append(Priced(line, taxation))
    _annex_of_roll(desk, draft, roll, net_minor)


def _price_within(price: Price, total: int) -> Price:
    """What one location costs when `total` are active: volume by the tier of the total, graduated by its average."""
    if price.model in ("flat", "per_unit"):
        return Price("per_unit", price.currency, price.unit_price, (), price.index_name)
    by_tier = price.model == "volume"
    unit_price = unit_price_at(price=price, quantity=total) if by_tier else _average(price, total)
    return Price("per_unit", price.currency, unit_price, (), price.index_name)


def _average(price: Price, total: int) -> Decimal:
    exact, before = Fraction(0), 0
    for tier in price.tiers:
        last = total if tier.up_to is None else min(tier.up_to, total)
        exact += Fraction(tier.unit_price) * max(last - before, 0)
        before = max(last, before)
    millionths = exact * 10**6 / max(total, 1)
    return Decimal(half_up(millionths)).scaleb(-6)


def _annex_of_roll(desk: Desk, draft: Draft, roll: _Roll, net_minor: int) -> None:
    days = roll.period.days
    shares = annex_shares(line_minor=net_minor, weights=dict.fromkeys(range(len(roll.places)), 1))
    product = desk.plan_name(roll.plan_id, draft.language)
    for index, place in enumerate(roll.places):
        draft.annex.append(
            _row(draft, place, product, roll.period.period_from, roll.period.period_to, days, shares[index])
        )


def _row(
    draft: Draft, place: Place, product: str, day_from: date, day_to: date, days: int, net_minor: int
) -> NewAnnexRow:
    return NewAnnexRow(
        len(draft.lines),
        place.subscription_id,
        place.location_id,
        place.location,
        place.client,
        product,
        day_from.isoformat(),
        day_to.isoformat(),
        days,
        net_minor,
    )


def _add_true_up(
    desk: Desk,
    chunk: Chunk,
    counts: Counts,
    plan: Plan,
    draft: Draft,
    plan_id: UUID,
    found: Sequence[tuple[Contract, Before]],
) -> None:
    """Two lines for the period before: who joined, who left. What the document has no room to take back waits."""
    first = found[0][1]
    days = (first.period_to - first.period_from).days
    period = Period(first.period_from, first.period_to, days, _cycle_days(first, days))
    price = Price("per_unit", draft.group.currency, first.unit_price)
    presences, places = _presences(chunk, counts, found, draft)
    result = true_up(period=period, offer=Offer(price, 1), presences=presences)
    joined = [share for share in result.shares if share.days > 0]
    left = [share for share in result.shares if share.days < 0]
    for shares, line_minor, words in (
        (joined, result.joined_minor, JOINED_WORDS),
        (left, -result.left_minor, LEFT_WORDS),
    ):
        if not shares or not line_minor:
            continue
        said = f"{desk.plan_name(plan_id, draft.language)}: {in_language(words, draft.language)}"
        if _has_room(desk, draft, plan_id, line_minor):
            _true_up_line(desk, draft, plan_id, period, shares, places, line_minor, said)
        else:
            plan.credits.append(_waiting(desk, draft, plan_id, found[0], period, line_minor, said))


def _has_room(desk: Desk, draft: Draft, plan_id: UUID, line_minor: int) -> bool:
    code = desk.taxation(draft.tax_key, desk.category(plan_id)).code
    return line_minor + sum(one.line.net_minor for one in draft.lines if one.taxation.code == code) >= 0


def _waiting(
    desk: Desk,
    draft: Draft,
    plan_id: UUID,
    first: tuple[Contract, Before],
    period: Period,
    line_minor: int,
    words: str,
) -> Credit:
    due = first[0].due
    return Credit(
        key=f"left-{due.subscription_id}-{period.period_from}",
        customer_id=due.payer_id,
        payer_id=due.payer_id,
        profile_id=draft.group.profile_id,
        subscription_id=draft.group.alone,
        category=desk.category(plan_id),
        words=words,
        currency=draft.group.currency,
        on_date=draft.group.renewal_on,
        period_from=period.period_from,
        period_to=period.period_to,
        net_minor=line_minor,
    )


def _cycle_days(before: Before, days: int) -> int:
    """Days of the whole cycle around a period, back from its frozen fraction."""
    return days if before.fraction == 1 else half_up(Fraction(days) / Fraction(before.fraction))


def _presences(
    chunk: Chunk, counts: Counts, found: Iterable[tuple[Contract, Before]], draft: Draft
) -> tuple[list[Presence], dict[Any, Place]]:
    spans: dict[tuple[str, str], list[tuple[date, date | None]]] = defaultdict(list)
    counted: set[tuple[str, str]] = set()
    places: dict[Any, Place] = {}
    for contract, before in found:
        subscription_id = contract.due.subscription_id
        counted.update((subscription_id, location_id) for location_id in before.locations)
        for place in counts.places.get(subscription_id, ()):
            key = (subscription_id, place.location_id)
            places[key] = place
            spans[key].append((place.from_on, place.to_on))
    presences = [Presence(key, key in counted, tuple(spans[key])) for key in spans]
    return presences, places


def _true_up_line(
    desk: Desk,
    draft: Draft,
    plan_id: UUID,
    period: Period,
    shares: Sequence[Any],
    places: dict[Any, Place],
    line_minor: int,
    words: str,
) -> None:
    taxation = desk.taxation(draft.tax_key, desk.category(plan_id))
    product = desk.plan_name(plan_id, draft.language)
    line = NewLine(
        "",
        "",
        words,
        period.period_from.isoformat(),
        period.period_to.isoformat(),
        sum(abs(share.days) for share in shares),
        NO_UNIT_PRICE,
        NO_FRACTION,
        line_minor,
        taxation.code,
    )
    draft.lines.append(Priced(line, taxation))
    for share in shares:
        place = places[share.key]
        begin = max(place.from_on, period.period_from)
        end = min(place.to_on or period.period_to, period.period_to)
        draft.annex.append(_row(draft, place, product, begin, max(end, begin), share.days, share.amount_minor))
