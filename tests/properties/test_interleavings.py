"""Payment, return and suspension at the same moment, statement by statement in random orders, on real connections.

Whatever the order, a service is active if and only if nothing holds it, and what holds it is owed. 160 orders here;
`make crash ROUNDS=63` tries ten thousand.
"""

import os
import random
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tests.actions.collecting.days import acting, day, moment, run
from tests.books import check_audit, check_sound
from tests.properties.turns import Turns
from tests.world import World, make_world

pytestmark = pytest.mark.usefixtures("database")
ROUNDS = int(os.environ.get("ABONO_CRASH_ROUNDS", "1"))
EACH = 160
TODAY = "01-22"
# What is owed is 1210: paid at once, in parts, not in full.
AMOUNTS = ([1210_00], [1210_00], [605_00, 605_00], [605_00])


def overdue_world() -> tuple[World, list[tuple[UUID, UUID, UUID]]]:
    """A seller whose every debtor's service is to be suspended today: debtor, service, document."""
    world = make_world("hosting_ar")
    plan = world.plan(price="1000")
    for number in range(EACH):
        customer = world.customer(f"Debtor {number}")
        world.subscribe(customer, plan, start=day("01-20"), on=day("01-01"), continues=True)
    run(world, "01-05", "01-10", "01-15", "01-19")
    world.run(day(TODAY), confirm=True)
    found = world.rows(
        "SELECT d.customer_id, l.subscription_id, d.id FROM documents AS d "
        "JOIN lines AS l ON l.seller_id = d.seller_id AND l.document_id = d.id "
        "WHERE d.seller_id = %(seller)s ORDER BY d.number"
    )
    assert len(found) == EACH
    return world, [(debtor, service, document) for debtor, service, document in found]


def sweeping(office: Any, debtor: UUID, document: UUID) -> Callable[[], None]:
    """The sweep of today, as far as it looks at one debtor."""
    from functools import partial

    from abono.base.store import sql
    from abono.runs.collecting import sweep

    def deed() -> None:
        chunk = [(str(debtor), str(document))]
        left = sql.again_on_conflict(partial(sweep._harm_chunk, office, sweep.Swept(), chunk, wait=True))
        assert not left

    return deed


def office_of(world: World) -> Any:
    """What the sweep knows of the seller and the day."""
    from abono.runs.collecting import sweep

    return sweep._office(world.seller_id, day(TODAY), moment(day(TODAY), 10))


def paying(world: World, debtor: UUID, document: UUID, key: str, amounts: list[int]) -> Callable[[], None]:
    """Pay these amounts of it, one after the other."""

    def deed() -> None:
        for part, amount in enumerate(amounts):
            world.pay(debtor, amount, day(TODAY), document_ids=[document], key=f"{key}-{part}")

    return deed


def returning(world: World, debtor: UUID) -> Callable[[], None]:
    """The bank takes back whatever has settled by now."""

    def deed() -> None:
        from abono.domain.payments.actions import return_payment

        for (payment,) in world.rows(
            "SELECT id FROM payments WHERE seller_id = %(seller)s AND customer_id = %(debtor)s AND state = 'settled'",
            debtor=debtor,
        ):
            return_payment(**acting(world, TODAY), payment_id=payment, cause="the bank")

    return deed


def outcome(world: World, debtor: UUID, service: UUID) -> str:
    """How it ended, if it is true: suspended by a document that is owed, or active and held by none."""
    ((state, holding, unowed, taken),) = world.rows(
        """
        SELECT s.state, count(h.document_id), count(*) FILTER (WHERE d.state <> 'open' OR d.open_minor = 0),
               (SELECT count(*) FROM steps AS t WHERE t.seller_id = s.seller_id AND t.customer_id = s.customer_id
                AND t.action = 'suspend')
        FROM subscriptions AS s
        LEFT JOIN holds AS h ON h.seller_id = s.seller_id AND h.subscription_id = s.id AND h.closed_on IS NULL
        LEFT JOIN documents AS d ON d.seller_id = h.seller_id AND d.id = h.document_id
        WHERE s.seller_id = %(seller)s AND s.id = %(service)s GROUP BY s.seller_id, s.customer_id, s.state
        """,
        service=service,
    )
    assert (state, holding > 0, unowed) in (("active", False, 0), ("suspended", True, 0)), (state, holding, unowed)
    owed = world.rows(
        "SELECT d.id FROM documents AS d WHERE d.seller_id = %(seller)s AND d.customer_id = %(debtor)s "
        "AND d.state = 'open' AND d.open_minor > 0 AND EXISTS (SELECT FROM steps AS t WHERE t.seller_id = d.seller_id "
        "AND t.document_id = d.id AND t.action = 'suspend' AND NOT EXISTS (SELECT FROM rounds AS r "
        "WHERE r.seller_id = t.seller_id AND r.document_id = t.document_id AND r.round_no > t.round_no))",
        debtor=debtor,
    )
    assert bool(owed) == (state == "suspended"), (state, owed)
    return f"{state} {'after' if taken else 'without'} a step"


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_a_service_is_active_if_and_only_if_nothing_holds_it(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    world, debts = overdue_world()
    office = office_of(world)
    dice = random.Random(seed)
    seen: Counter[str] = Counter()
    switches: list[int] = []
    for number, (debtor, service, document) in enumerate(debts):
        deeds: list[Callable[[], Any]] = [
            sweeping(office, debtor, document),
            paying(world, debtor, document, f"race-{number}", dice.choice(AMOUNTS)),
        ]
        if dice.random() < 0.3:
            deeds.append(returning(world, debtor))
        if dice.random() < 0.4:
            deeds.append(sweeping(office, debtor, document))
        turns = Turns(dice.getrandbits(32))
        turns.run(deeds, monkeypatch)
        switches.append(turns.switches)
        seen[outcome(world, debtor, service)] += 1
    assert min(switches) > 0, "one deed waited for the other from the first statement on"
    assert seen["active after a step"] > 0, seen
    assert seen["active without a step"] > 0, seen
    assert seen["suspended after a step"] > 0, seen
    check_sound(world)
    check_audit(world)
    run(world, "01-23", "01-24")
    check_audit(world)
