"""Which attempts should exist on a day: what is due of payers whose documents are charged, and is not at work yet."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple, cast
from uuid import UUID

from abono.base.store import sql
from abono.base.store.crash import crash_point
from abono.domain.invoicing.card_fee import Funding, card_fee_bp
from abono.domain.payments.attempts import AT_WORK, NewAttempt, charged_before, paid_otherwise, write_attempts
from abono.domain.payments.autopay_rules import Charged, is_due, scheme_of
from abono.domain.payments.gateways.port import Gateways
from abono.domain.payments.methods import USABLE, MethodCard, saved_means, usable_methods
from abono.domain.payments.quotes import KNOWN_FUNDINGS
from abono.domain.payments.rules import fee_on
from abono.domain.sellers.policy import Policy
from abono.domain.sellers.queries import SellerCard, policy_in_force, seller_by_id
from abono.runs.billing.reading import lock_payers

CHUNK = 1000
# A document that its payer objects to, or has until later for, is not charged; `d` is the document.
NOT_PUT_OFF = """
    NOT EXISTS (SELECT 1 FROM objections AS o WHERE o.seller_id = d.seller_id AND o.document_id = d.id
                AND o.state = 'open')
    AND NOT EXISTS (SELECT 1 FROM arrangements AS r WHERE r.seller_id = d.seller_id AND r.document_id = d.id
                    AND r.until_on > %(on)s)
"""
NOBODY = UUID(int=0)


class Owed(NamedTuple):
    """A document that is due. `debt_id` is the document where its debt began; the rest is the payer's place."""

    customer_id: UUID
    document_id: UUID
    debt_id: UUID
    currency: str
    open_minor: int
    country: str | None
    region: str | None


@dataclass(frozen=True, slots=True)
class Day:
    """What all attempts planned by a seller on a day have in common."""

    seller: SellerCard
    policy: Policy
    means: tuple[str, ...]
    on: date


def plan_attempts(*, seller_id: int, gateways: Gateways, on: date, at: datetime) -> int:
    """Plan a charge of everything that is due of payers with a usable method; how many are new. Again: none.

    Nothing is planned for means without a gateway: such documents are collected as if no method were on file.
    """
    saved = saved_means(seller_id=seller_id, on=on)
    means = tuple(name for name in saved if name in gateways)
    if not means:
        return 0
    day = Day(seller_by_id(seller_id=seller_id), policy_in_force(seller_id=seller_id, on=on).policy, means, on)
    planned, after = 0, NOBODY
    while payers := payers_to_charge(seller_id=seller_id, means=means, after=after, on=on, most=CHUNK):
        after = payers[-1]
        planned += sql.again_on_conflict(partial(_plan_chunk, day, payers))
        crash_point("charging.planned")
    return planned


def payers_to_charge(*, seller_id: int, means: Collection[str], after: UUID, on: date, most: int) -> list[UUID]:
    """Payers beyond `after` with a usable method and a document due that no attempt is open for, in order of id."""
    found = sql.rows(
        f"""
        SELECT DISTINCT m.customer_id FROM methods AS m
        WHERE m.seller_id = %(seller)s AND m.customer_id > %(after)s AND {USABLE}
          AND EXISTS (SELECT 1 FROM documents AS d WHERE d.seller_id = m.seller_id AND d.customer_id = m.customer_id
                      AND d.due_on <= %(on)s AND d.state = 'open' AND d.open_minor > 0
                      AND d.kind IN ('request', 'invoice')
                      AND NOT EXISTS (SELECT 1 FROM attempts AS a WHERE a.seller_id = d.seller_id
                                      AND a.document_id = d.id AND a.state = ANY(%(open)s)))
        ORDER BY m.customer_id LIMIT %(most)s
        """,
        {
            "seller": seller_id,
            "after": after,
            "saved": list(means),
            "on": on,
            "open": list(AT_WORK),
            "most": most,
        },
    )
    return [row[0] for row in found]


def _plan_chunk(day: Day, payers: list[UUID]) -> int:
    seller_id = day.seller.id
    with sql.in_transaction():
        sql.by_keys()
        locked = lock_payers(seller_id=seller_id, payers=[str(one) for one in payers], wait=True)
        crash_point("charging.locked")
        owed = _owed(seller_id, locked, day.on)
        methods = usable_methods(seller_id=seller_id, customers=locked, means=day.means, on=day.on)
        before = charged_before(seller_id=seller_id, debts=[one.debt_id for one in owed])
        others = paid_otherwise(seller_id=seller_id, customers=locked, on=day.on)
        wanted = _wanted(day, owed, methods, before, others)
        return write_attempts(seller_id=seller_id, attempts=list(wanted), on=day.on)


def _wanted(
    day: Day,
    owed: list[Owed],
    methods: dict[UUID, MethodCard],
    before: dict[tuple[UUID, str], list[Charged]],
    others: set[tuple[UUID, str | None]],
) -> Iterator[NewAttempt]:
    """The attempts that should be there: the rule for each document that is due."""
    rates: dict[tuple[object, ...], int] = defaultdict(int)
    for one in owed:
        method = methods.get(one.customer_id)
        if method is None or (one.customer_id, None) in others:
            continue
        if (one.customer_id, str(one.document_id)) in others:
            continue
        charged = before.get((one.debt_id, method.alike), [])
        if not is_due(scheme=scheme_of(means=method.means, brand=method.brand), charged=charged, on=day.on):
            continue
        yield NewAttempt(
            str(one.customer_id),
            str(one.document_id),
            str(one.debt_id),
            str(method.id),
            method.means,
            one.currency,
            one.open_minor + _fee(day, one, method, rates),
            one.open_minor,
            len(charged) + 1,
        )


def _fee(day: Day, one: Owed, method: MethodCard, rates: dict[tuple[object, ...], int]) -> int:
    """The card fee on top, as policy and law allow it on this card for this payer's place."""
    asked_bp = day.policy.means[method.means].fee_bp
    if not asked_bp:
        return 0
    key = (method.means, one.country, one.region, method.funding, method.brand)
    if key not in rates:
        rates[key] = card_fee_bp(
            asked_bp=asked_bp,
            seller_country=day.seller.country,
            payer_country=one.country or "",
            payer_region=one.region or "",
            funding=cast(Funding, method.funding if method.funding in KNOWN_FUNDINGS else "unknown"),
            brand=method.brand,
            on=day.on,
        ).bp
    return fee_on(base_minor=one.open_minor, fee_bp=rates[key])


def _owed(seller_id: int, payers: list[str], on: date) -> list[Owed]:
    parameters: dict[str, Any] = {"seller": seller_id, "payers": sql.array(payers), "on": on}
    return [Owed(*row) for row in sql.rows(_OWED, parameters)]


# A debt begins with the request of an invoice, and with the first of documents that were issued anew.
_OWED = f"""
    WITH RECURSIVE due AS (
      SELECT d.id, d.customer_id, d.currency, d.open_minor, d.due_on, coalesce(d.request_id, d.replaces_id) AS came_from
      FROM documents AS d
      WHERE d.seller_id = %(seller)s AND d.customer_id = ANY(%(payers)s) AND d.due_on <= %(on)s
        AND d.state = 'open' AND d.open_minor > 0 AND d.kind IN ('request', 'invoice') AND {NOT_PUT_OFF}
    ), origin (document_id, id, came_from) AS (
      SELECT due.id, due.id, due.came_from FROM due
      UNION ALL
      SELECT o.document_id, d.id, coalesce(d.request_id, d.replaces_id)
      FROM origin AS o JOIN documents AS d ON d.seller_id = %(seller)s AND d.id = o.came_from
    )
    SELECT due.customer_id, due.id, o.id, due.currency, due.open_minor, p.country, p.fields ->> 'region'
    FROM due JOIN origin AS o ON o.document_id = due.id AND o.came_from IS NULL
    JOIN customers AS c ON c.seller_id = %(seller)s AND c.id = due.customer_id
    LEFT JOIN billing_profiles AS p ON p.seller_id = c.seller_id AND p.id = c.default_profile_id
    ORDER BY due.customer_id, due.due_on, due.id
"""
