"""The preview is the run: the same periods, fractions and amounts for the same terms, whenever the run happens."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abono.domain.catalogue.pricing import Discount, Price
from abono.domain.catalogue.queries import price_book
from abono.domain.subscriptions.periods import Cycle, Terms
from abono.domain.subscriptions.preview import line_of, preview
from tests.properties.worlds import (
    ANCHORED,
    CYCLES,
    INCLUSIVE,
    LEADS,
    OTHER_CYCLES,
    Built,
    ContractSpec,
    build,
    few,
    index_on,
    some_worlds,
)

pytestmark = pytest.mark.usefixtures("database", "index")

Row = tuple[int, date, date, str, int]


@pytest.mark.parametrize("policy", LEADS)
@few(3)
@given(data=st.data())
def test_the_preview_is_the_run(data: st.DataObject, policy: str) -> None:
    """One catch-up, or several runs on the way: the lines are those that the preview showed before."""
    spec = data.draw(some_worlds(policy, fixed_only=True, most=10))
    days = data.draw(st.lists(st.integers(-40, 60), max_size=2))
    built = build(spec)
    last = built.day(spec.days)
    for day in sorted({built.day(number) for number in days} | {last}):
        if day <= last:
            built.world.run(day, confirm=True)
    horizon = last + timedelta(days=LEADS[spec.policy])
    shown = list(previewed(built, horizon))
    assert Counter(row for row in shown if row[4]) == Counter(billed(built))
    assert Counter(row[:3] for row in shown) == Counter(claimed(built))


def previewed(built: Built, on: date) -> Iterator[Row]:
    book = price_book(seller_id=built.world.seller_id)
    for number, contract in enumerate(built.spec.contracts):
        start = built.day(contract.start)
        if start > on:
            continue
        plan = built.plans[contract.plan]
        dated = book.prices[plan, built.world.currency, *contract.cycle][0]
        terms = Terms(
            start,
            Cycle(*contract.cycle),  # type: ignore[arg-type]
            anchor_of(built, contract, start),
            None if contract.end is None else built.day(contract.end + (built.spec.policy in INCLUSIVE)),
        )
        offer: dict[str, Any] = {
            "price": dated.price,
            "quantity": contract.quantity,
            "discounts": discounts_of(contract, start),
        }
        first_index = index_of(built, dated.price, start)
        for line in preview(terms=terms, **offer, index_value=first_index, on=on):
            period = line.period
            if first_index is not None:  # each period has the value of its own day
                line = line_of(period=period, **offer, index_value=index_of(built, dated.price, period.period_from))
            yield number, period.period_from, period.period_to, period.fraction_text, line.amount_minor


def index_of(built: Built, price: Price, renewal: date) -> Decimal | None:
    return index_on(renewal - timedelta(days=LEADS[built.spec.policy])) if price.index_name else None


def anchor_of(built: Built, contract: ContractSpec, start: date) -> int:
    if built.spec.policy in ANCHORED:
        return contract.anchor_day
    return 1 if CYCLES.get(built.spec.policy, OTHER_CYCLES) == [("month", 1)] else start.day


def discounts_of(contract: ContractSpec, start: date) -> tuple[Discount, ...]:
    until = start + timedelta(days=contract.discount_days)
    if not (contract.percent_bp or contract.fixed_minor):
        return ()
    return (Discount("discount", start, until, contract.percent_bp, contract.fixed_minor),)


def billed(built: Built) -> list[Row]:
    """What the run put on documents, without set-up fees and lines that cost nothing."""
    return [
        (built.contracts.index(one), *rest)
        for one, *rest in built.world.rows(
            "SELECT subscription_id, period_from, period_to, fraction::text, net_minor FROM lines "
            "WHERE seller_id = %(seller)s AND fraction IS NOT NULL AND net_minor <> 0"
        )
    ]


def claimed(built: Built) -> list[tuple[int, date, date]]:
    rows: list[tuple[UUID, date, date]] = built.world.rows(  # type: ignore[assignment]
        "SELECT subscription_id, period_from, period_to FROM claims WHERE seller_id = %(seller)s"
    )
    return [(built.contracts.index(one), begin, end) for one, begin, end in rows]
