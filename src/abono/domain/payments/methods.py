"""Saved methods: tokens that stand for a card or account, and who pays by them. No number that pays ever comes in."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from abono.base.facts.actions import record_fact
from abono.base.kernel.ids import new_id
from abono.base.kernel.refusal import Missing, Refused
from abono.base.store import sql
from abono.domain.payments.actions import lock_payer
from abono.domain.payments.autopay_rules import Mode, collection_mode
from abono.domain.payments.models import METHOD_STATES
from abono.domain.payments.token_rules import CHARGEABLE, TO_BE_VERIFIED, check_words
from abono.domain.sellers.policy import Policy
from abono.domain.sellers.queries import policy_in_force


class MethodCard(NamedTuple):
    """A saved method. `expires_on` is the last day on which it is good; None: it has no end."""

    id: UUID
    customer_id: UUID
    token: str
    fingerprint: str
    means: str
    brand: str
    last4: str
    expires_on: date | None
    funding: str
    state: str
    verified: bool
    added_on: date

    @property
    def alike(self) -> str:
        """The same for the same card or account, as far as the gateway tells."""
        return self.fingerprint or self.token


_COLUMNS = ", ".join(MethodCard._fields)
# What may be charged on a day; the same as `is_usable` of the rules, for statements with %(on)s and %(saved)s.
USABLE = """m.state = 'usable' AND m.verified AND m.means = ANY(%(saved)s)
  AND (m.expires_on IS NULL OR m.expires_on >= %(on)s)"""


def add_method(
    *,
    seller_id: int,
    customer_id: UUID,
    token: str,
    means: str,
    on: date,
    at: datetime,
    fingerprint: str = "",
    brand: str = "",
    last4: str = "",
    expires_on: date | None = None,
    funding: str = "",
    verified: bool | None = None,
) -> UUID:
    """Keep a token on file; its id. From then on the customer's documents are charged on their due dates.

    The same token again gives the same method. An account (ach, direct debit) is not charged before it is verified.
    Refuses what looks like a number that pays, means that the policy does not keep, and a card or account whose issuer
    said never to try it again.
    """
    check_words(token=token, fingerprint=fingerprint, means=means, brand=brand, last4=last4, funding=funding)
    saved = saved_means(seller_id=seller_id, on=on)
    if means not in saved:
        kept = ", ".join(saved) or "none"
        raise Refused("payments.not_kept", f"The policy keeps no {means!r} on file; kept: {kept}.")
    verified = means not in TO_BE_VERIFIED if verified is None else verified
    with sql.in_transaction():
        lock_payer(seller_id=seller_id, customer_id=customer_id)
        known = sql.one(
            f"SELECT {_COLUMNS} FROM methods WHERE seller_id = %(seller)s AND token = %(token)s",
            {"seller": seller_id, "token": token},
        )
        if known is not None:
            return _same_again(MethodCard(*known), customer_id, means)
        _check_not_declined(seller_id, fingerprint)
        method_id = new_id()
        identity = {"seller_id": seller_id, "id": method_id, "customer_id": customer_id, "token": token}
        kind = {"fingerprint": fingerprint, "means": means, "brand": brand, "last4": last4, "funding": funding}
        state = {"state": "usable" if verified else "unverified", "verified": verified}
        sql.insert("methods", {**identity, **kind, **state, "expires_on": expires_on, "added_on": on})
        _fact("MethodAdded", seller_id, customer_id, method_id, _name(means, brand, last4), on, at)
    return method_id


def verify_method(*, seller_id: int, method_id: UUID, on: date, at: datetime) -> None:
    """The account was shown to be the customer's: it may be charged. Again: changes nothing."""
    with sql.in_transaction():
        card = _held(seller_id, method_id)
        if card.state == "usable":
            return
        _move(seller_id, card, "usable", "MethodVerified", name_of(card=card), on, at)


def revoke_method(*, seller_id: int, method_id: UUID, cause: str, on: date, at: datetime) -> None:
    """The customer takes the consent back: it is not charged again. Again: changes nothing."""
    with sql.in_transaction():
        card = _held(seller_id, method_id)
        if card.state == "revoked":
            return
        _move(seller_id, card, "revoked", "MethodRemoved", f"{name_of(card=card)}: {cause}", on, at)


def end_method(*, seller_id: int, method_id: UUID, after: str) -> bool:
    """A charge was refused for good: the method ends as `declined` or `revoked`; whether it was usable until now."""
    sources = [one for one in METHOD_STATES.sources_of(after) if one != "declined"]
    return bool(
        sql.change(
            "UPDATE methods SET state = %(after)s WHERE seller_id = %(seller)s AND id = %(id)s "
            "AND state = ANY(%(sources)s)",
            {"after": after, "seller": seller_id, "id": method_id, "sources": sources},
        )
    )


def method_card(*, seller_id: int, method_id: UUID) -> MethodCard:
    """The method; Missing when the seller has none with this id."""
    row = sql.one(
        f"SELECT {_COLUMNS} FROM methods WHERE seller_id = %(seller)s AND id = %(id)s",
        {"seller": seller_id, "id": method_id},
    )
    if row is None:
        raise Missing("payments.unknown_method", "This seller has no such method.")
    return MethodCard(*row)


def usable_methods(
    *, seller_id: int, customers: Iterable[object], means: Collection[str], on: date
) -> dict[UUID, MethodCard]:
    """The method by which each customer is charged on a day: the latest usable one; none, no entry."""
    found = sql.rows(
        f"SELECT DISTINCT ON (m.customer_id) {', '.join(f'm.{name}' for name in MethodCard._fields)} "
        f"FROM methods AS m WHERE m.seller_id = %(seller)s AND m.customer_id = ANY(%(customers)s) AND {USABLE} "
        "ORDER BY m.customer_id, m.id DESC",
        {"seller": seller_id, "customers": sql.array(customers), "saved": list(means), "on": on},
    )
    return {row[1]: MethodCard(*row) for row in found}


def with_method(*, seller_id: int, first: str, last: str, means: Collection[str], on: date) -> set[str]:
    """Ids of the customers between two ids who have a usable method on a day, as text."""
    found = sql.rows(
        f"SELECT DISTINCT m.customer_id::text FROM methods AS m WHERE m.seller_id = %(seller)s "
        f"AND m.customer_id BETWEEN %(first)s AND %(last)s AND {USABLE}",
        {"seller": seller_id, "first": first, "last": last, "saved": list(means), "on": on},
    )
    return {row[0] for row in found}


def mode_of(*, seller_id: int, customer_id: UUID, on: date) -> Mode:
    """How a customer's documents are collected on a day: charged to a saved method, or paid by hand."""
    saved = saved_means(seller_id=seller_id, on=on)
    return collection_mode(usable=len(usable_methods(seller_id=seller_id, customers=[customer_id], means=saved, on=on)))


def saved_means(*, seller_id: int, on: date) -> tuple[str, ...]:
    """The means that the policy in force keeps on file and that can be charged."""
    return kept_means(policy=policy_in_force(seller_id=seller_id, on=on).policy)


def kept_means(*, policy: Policy) -> tuple[str, ...]:
    """The means that a policy keeps on file and that can be charged."""
    return tuple(name for name, one in policy.means.items() if one.saved and name in CHARGEABLE)


def name_of(*, card: MethodCard) -> str:
    """The method in a few words that give nothing away: `visa 4242`."""
    return _name(card.means, card.brand, card.last4)


def _name(means: str, brand: str, last4: str) -> str:
    return f"{brand or means} {last4}".strip()


def _same_again(known: MethodCard, customer_id: UUID, means: str) -> UUID:
    if (known.customer_id, known.means) != (customer_id, means):
        raise Refused("payments.token_taken", "This token stands for another method already.")
    return known.id


def _check_not_declined(seller_id: int, fingerprint: str) -> None:
    if fingerprint and sql.value(
        "SELECT 1 FROM methods WHERE seller_id = %(seller)s AND fingerprint = %(fingerprint)s AND state = 'declined' "
        "LIMIT 1",
        {"seller": seller_id, "fingerprint": fingerprint},
    ):
        raise Refused(
            "payments.method_declined",
            "Its issuer said never to try this card or account again; another one is needed.",
        )


def _held(seller_id: int, method_id: UUID) -> MethodCard:
    """The method, its customer locked."""
    card = method_card(seller_id=seller_id, method_id=method_id)
    lock_payer(seller_id=seller_id, customer_id=card.customer_id)
    return method_card(seller_id=seller_id, method_id=method_id)


def _move(seller_id: int, card: MethodCard, after: str, kind: str, cause: str, on: date, at: datetime) -> None:
    if not METHOD_STATES.allows(card.state, after):
        raise Refused("payments.method_move", f"A method that is {card.state} cannot become {after}.")
    sql.change(
        "UPDATE methods SET state = %(after)s, verified = verified OR %(after)s = 'usable' "
        "WHERE seller_id = %(seller)s AND id = %(id)s",
        {"after": after, "seller": seller_id, "id": card.id},
    )
    _fact(kind, seller_id, card.customer_id, card.id, cause, on, at)


def _fact(kind: str, seller_id: int, customer_id: UUID, method_id: UUID, cause: str, on: date, at: datetime) -> None:
    record_fact(
        seller_id=seller_id, kind=kind, cause=cause, on=on, at=at, customer_id=customer_id, subject_id=method_id
    )
