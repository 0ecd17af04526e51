"""What a chunk of payers needs to be billed, read under the payers' locks. Statements only; nothing is decided here."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from abono.base.store import sql
from abono.domain.catalogue.prices import Discount
from abono.domain.subscriptions.periods import Gap


class Due(NamedTuple):
    """A subscription whose next period is due to be asked for, with the profile that its document is made out to."""

    payer_id: str
    subscription_id: str
    billed_to: date
    customer_id: str
    plan_id: UUID
    words: str
    currency: str
    cycle_unit: str
    cycle_count: int
    anchor_day: int
    started_on: date
    terms_from: date
    continues: bool
    ends_on: date | None
    quantity: int
    own_price: Decimal | None
    profile_id: str
    words_id: str
    tax_key: str
    complete: bool
    language: str
    last_net_minor: int | None


class OpenCharge(NamedTuple):
    """A charge or credit that no document asks for yet."""

    payer_id: str
    id: str
    profile_id: str
    subscription_id: str | None
    category: str
    words: str
    currency: str
    on_date: date
    period_from: date | None
    period_to: date | None
    quantity: int
    net_minor: int
    kind: str
    words_id: str
    tax_key: str
    complete: bool
    language: str


class Planned(NamedTuple):
    """A change that waits for its renewal day."""

    id: UUID
    on_date: date
    plan_id: UUID | None
    quantity: int | None
    own_price: Decimal | None
    cycle_unit: str | None
    cycle_count: int | None


class Span(NamedTuple):
    """Days `[from_on, to_on)` on which a payer pays for a customer."""

    from_on: date
    to_on: date | None
    payer_id: str


@dataclass(slots=True)
class Chunk:
    """All that the plan of a chunk of payers follows from. Ids are text, as COPY and array parameters want them.

    `by_hand` are payers without a usable method, read only where it matters.
    """

    payers: list[str]
    due: dict[str, list[Due]]
    charges: dict[str, list[OpenCharge]]
    discounts: dict[str, list[Discount]]
    gaps: dict[str, list[Gap]]
    changes: dict[str, list[Planned]]
    sponsors: dict[str, list[Span]]
    with_credit: set[str]
    by_hand: frozenset[str] = frozenset()


def payers_with_work(
    *,
    seller_id: int,
    after: str,
    horizon: date,
    most: int,
    only: Sequence[str] | None = None,
    with_suspended: bool = True,
) -> list[str]:
    """Payers beyond `after`, in order of id, with a renewal or charge on or before `horizon`; no parked ones.

    A credit alone is no work: it waits for a document that has room for it. The chunk leaves suspended services out;
    without `with_suspended` they are no work here either, which takes longer to read.
    """
    parameters: dict[str, Any] = {"seller": seller_id, "after": after, "horizon": horizon, "most": most}
    mine = ""
    if only is not None:
        mine = "AND payer_id = ANY(%(only)s)"
        parameters["only"] = sql.array(only)
    awake = "" if with_suspended else _NOT_SUSPENDED
    statement = f"""
        SELECT payer_id::text FROM (
            (SELECT DISTINCT payer_id FROM cursors
             WHERE seller_id = %(seller)s AND payer_id > %(after)s AND billed_to <= %(horizon)s {mine} {awake}
             ORDER BY payer_id LIMIT %(most)s)
            UNION
            (SELECT DISTINCT payer_id FROM charges
             WHERE seller_id = %(seller)s AND payer_id > %(after)s AND on_date <= %(horizon)s
               AND document_id IS NULL AND net_minor >= 0 {mine}
             ORDER BY payer_id LIMIT %(most)s)
        ) AS work
        WHERE NOT EXISTS (SELECT 1 FROM parked AS p WHERE p.seller_id = %(seller)s AND p.customer_id = payer_id)
        ORDER BY work.payer_id LIMIT %(most)s
    """
    return [row[0] for row in sql.rows(statement, parameters)]


_NOT_SUSPENDED = """AND NOT EXISTS (SELECT FROM subscriptions AS s WHERE s.seller_id = cursors.seller_id
    AND s.id = cursors.subscription_id AND s.state = 'suspended')"""


def lock_payers(*, seller_id: int, payers: Sequence[str], wait: bool) -> list[str]:
    """Lock the payers for this transaction; those held by another are left out, or waited for."""
    skip = "" if wait else "SKIP LOCKED"
    found = sql.rows(
        f"""
        SELECT id::text FROM customers WHERE seller_id = %(seller)s AND id = ANY(%(payers)s)
        ORDER BY customers.id FOR NO KEY UPDATE {skip}
        """,
        {"seller": seller_id, "payers": sql.array(payers)},
    )
    return [row[0] for row in found]


def read_chunk(
    *, seller_id: int, payers: Sequence[str], horizon: date, one_profile: bool, with_suspended: bool
) -> Chunk:
    """Read everything for payers that this transaction has locked, in order of id.

    Suspended services are left out unless `with_suspended`. `one_profile`: all that a payer pays for is made out to the
    payer's default profile. What few payers have is read for all between the first and the last, which is quicker than
    naming each.
    """
    if not payers:
        return Chunk([], {}, {}, {}, {}, {}, {}, set())
    parameters: dict[str, Any] = {
        "seller": seller_id,
        "payers": sql.array(payers),
        "first": payers[0],
        "last": payers[-1],
        "horizon": horizon,
        "whole": one_profile,
        "suspended": with_suspended,
    }
    due: dict[str, list[Due]] = {}
    ids: list[str] = []
    customers: set[str] = set()
    for row in sql.rows(_DUE, parameters):
        one = Due._make(row)
        due.setdefault(one.payer_id, []).append(one)
        ids.append(one.subscription_id)
        if one.customer_id != one.payer_id:
            customers.add(one.customer_id)
    charges: dict[str, list[OpenCharge]] = {}
    for row in sql.rows(_CHARGES, parameters):
        charge = OpenCharge._make(row)
        charges.setdefault(charge.payer_id, []).append(charge)
    parameters["ids"] = sql.array(ids)
    parameters["customers"] = sql.array([*customers, *payers])
    return Chunk(
        payers=list(payers),
        due=due,
        charges=charges,
        discounts=_discounts(parameters),
        gaps=_gaps(parameters),
        changes=_changes(parameters),
        sponsors=_sponsors(parameters),
        with_credit={row[0] for row in sql.rows(_CREDIT, parameters)},
    )


_DUE = """
    SELECT c.payer_id::text, c.subscription_id::text, c.billed_to, s.customer_id::text, s.plan_id, s.words,
           s.currency, s.cycle_unit, s.cycle_count, s.anchor_day, s.started_on, s.terms_from, s.continues,
           s.ends_on, s.quantity, s.own_price,
           p.id::text, p.words_id::text, p.tax_key, p.complete, k.language, c.last_net_minor
    FROM cursors AS c
    JOIN subscriptions AS s ON s.seller_id = c.seller_id AND s.id = c.subscription_id
    JOIN customers AS k ON k.seller_id = c.seller_id AND k.id = c.payer_id
    JOIN billing_profiles AS p ON p.seller_id = c.seller_id
      AND p.id = CASE WHEN c.payer_id = s.customer_id AND NOT %(whole)s THEN s.profile_id
                      ELSE k.default_profile_id END
    WHERE c.seller_id = %(seller)s AND c.payer_id = ANY(%(payers)s) AND c.billed_to <= %(horizon)s
      AND (s.state <> 'suspended' OR %(suspended)s)
    ORDER BY c.payer_id, c.billed_to, c.subscription_id
"""

_CHARGES = """
    SELECT g.payer_id::text, g.id::text, g.profile_id::text, g.subscription_id::text, g.category, g.words,
           g.currency, g.on_date, g.period_from, g.period_to, g.quantity, g.net_minor, g.kind, p.words_id::text,
           p.tax_key, p.complete, k.language
    FROM charges AS g
    JOIN customers AS k ON k.seller_id = g.seller_id AND k.id = g.payer_id
    JOIN billing_profiles AS p ON p.seller_id = g.seller_id AND p.id = g.profile_id
    WHERE g.seller_id = %(seller)s AND g.payer_id BETWEEN %(first)s AND %(last)s AND g.document_id IS NULL
      AND g.on_date <= %(horizon)s
    ORDER BY g.payer_id, g.on_date, g.id
"""

_CREDIT = """
    SELECT DISTINCT customer_id::text FROM payments
    WHERE seller_id = %(seller)s AND customer_id BETWEEN %(first)s AND %(last)s AND free_minor > 0
"""


def _discounts(parameters: dict[str, Any]) -> dict[str, list[Discount]]:
    found: dict[str, list[Discount]] = defaultdict(list)
    for subscription_id, words, from_on, until_on, percent_bp, fixed_minor in sql.rows(
        "SELECT subscription_id::text, words, from_on, until_on, percent_bp, fixed_minor FROM discounts "
        "WHERE seller_id = %(seller)s AND subscription_id = ANY(%(ids)s) ORDER BY id",
        parameters,
    ):
        found[subscription_id].append(Discount(words, from_on, until_on, percent_bp or 0, fixed_minor or 0))
    return found


def _gaps(parameters: dict[str, Any]) -> dict[str, list[Gap]]:
    found: dict[str, list[Gap]] = defaultdict(list)
    for subscription_id, from_on, to_on in sql.rows(
        "SELECT subscription_id::text, from_on, to_on FROM pauses "
        "WHERE seller_id = %(seller)s AND subscription_id = ANY(%(ids)s) ORDER BY from_on",
        parameters,
    ):
        found[subscription_id].append(Gap(from_on, to_on, "paused"))
    return found


def _changes(parameters: dict[str, Any]) -> dict[str, list[Planned]]:
    found: dict[str, list[Planned]] = defaultdict(list)
    for subscription_id, *rest in sql.rows(
        "SELECT subscription_id::text, id, on_date, plan_id, quantity, own_price, cycle_unit, cycle_count "
        "FROM planned_changes WHERE seller_id = %(seller)s AND subscription_id = ANY(%(ids)s) "
        "AND applied_on IS NULL ORDER BY on_date, id",
        parameters,
    ):
        found[subscription_id].append(Planned(*rest))
    return found


def _sponsors(parameters: dict[str, Any]) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = defaultdict(list)
    for customer_id, *rest in sql.rows(
        "SELECT customer_id::text, from_on, to_on, payer_id::text FROM sponsorships "
        "WHERE seller_id = %(seller)s AND customer_id = ANY(%(customers)s) ORDER BY from_on",
        parameters,
    ):
        found[customer_id].append(Span(*rest))
    return found
