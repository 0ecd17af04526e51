"""Reading sellers and the policies in force."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from abono.base.kernel.refusal import Missing
from abono.base.store import sql
from abono.domain.sellers.policy import Policy, read_policy


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    """One version of a seller's policy."""

    version: int
    effective_on: date
    policy: Policy


@dataclass(frozen=True, slots=True)
class SellerCard:
    """A seller as the engine needs it: identity, words on paper (`words_id`), brand."""

    id: int
    key: str
    name: str
    legal_name: str
    tax_id: str
    tax_condition: str
    country: str
    region: str
    time_zone: str
    currency: str
    language: str
    email: str
    accent: str
    paper: str
    pay_url: str
    pay_to: str
    words_id: UUID


_COLUMNS = (
    "id, key, name, legal_name, tax_id, tax_condition, country, region, time_zone, currency, language, email, "
    "accent, paper, pay_url, pay_to, words_id"
)


def seller_named(*, key: str) -> SellerCard:
    """The seller with this key; Missing when there is none."""
    row = sql.one(f"SELECT {_COLUMNS} FROM sellers WHERE key = %(key)s", {"key": key})
    return _card(row, key)


def seller_by_id(*, seller_id: int) -> SellerCard:
    """The seller with this id; Missing when there is none."""
    row = sql.one(f"SELECT {_COLUMNS} FROM sellers WHERE id = %(id)s", {"id": seller_id})
    return _card(row, str(seller_id))


def _card(row: tuple[Any, ...] | None, asked: str) -> SellerCard:
    if row is None:
        raise Missing("sellers.unknown", f"There is no seller {asked!r}; `abono seller list` names them.")
    return SellerCard(*row)


def sellers() -> list[SellerCard]:
    """All sellers, by key."""
    return [SellerCard(*row) for row in sql.rows(f"SELECT {_COLUMNS} FROM sellers ORDER BY key")]


def policy_versions(*, seller_id: int) -> list[PolicyInForce]:
    """All versions of a seller's policy, the earliest first."""
    found = sql.rows(
        "SELECT version, effective_on, text FROM policy_versions WHERE seller_id = %(seller)s ORDER BY effective_on",
        {"seller": seller_id},
    )
    return [PolicyInForce(version, effective_on, _parsed(text)) for version, effective_on, text in found]


def policy_in_force(*, seller_id: int, on: date) -> PolicyInForce:
    """The version in force on a day; Missing when the seller had none yet."""
    return in_force_on(versions=policy_versions(seller_id=seller_id), on=on)


def in_force_on(*, versions: Iterable[PolicyInForce], on: date) -> PolicyInForce:
    """Of a seller's versions, the earliest first, the one in force on a day; Missing when there was none yet."""
    in_force = [one for one in versions if one.effective_on <= on]
    if not in_force:
        raise Missing("sellers.no_policy", f"The seller has no policy in force on {on}.")
    return in_force[-1]


def policy_of_version(*, seller_id: int, version: int) -> Policy:
    """The policy of one version; Missing when there is no such version."""
    text = sql.value(
        "SELECT text FROM policy_versions WHERE seller_id = %(seller)s AND version = %(version)s",
        {"seller": seller_id, "version": version},
    )
    if text is None:
        raise Missing("sellers.no_policy", f"The seller has no policy version {version}.")
    return _parsed(text)


@lru_cache(maxsize=64)
def _parsed(text: str) -> Policy:
    return read_policy(text=text, file="stored policy")
