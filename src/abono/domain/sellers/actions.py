"""Commands on sellers: one transaction each."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from abono.base.facts.actions import record_fact
from abono.base.kernel.money import minor_digits
from abono.base.kernel.refusal import Missing, Refused
from abono.base.store import sql
from abono.domain.sellers.party import freeze_issuer
from abono.domain.sellers.policy import Policy, read_policy

LARGEST_ID = 32_767


def add_seller(
    *,
    key: str,
    name: str,
    legal_name: str,
    tax_id: str,
    country: str,
    time_zone: str,
    currency: str,
    language: str,
    address: Sequence[str],
    email: str,
    at: datetime,
    on: date,
    region: str = "",
    tax_condition: str = "",
    accent: str = "#16181B",
    paper: str = "a4",
    pay_url: str = "",
    pay_to: str = "",
) -> int:
    """Make a seller; its id. `key` names it on the command line and must be new; `address` is its lines on paper."""
    minor_digits(currency)
    if not key or not key.replace("_", "").replace("-", "").isalnum():
        raise Refused("sellers.key", f"A seller's key is made of letters, digits, - and _; not {key!r}.")
    with sql.in_transaction():
        if sql.value("SELECT 1 FROM sellers WHERE key = %(key)s", {"key": key}):
            raise Refused("sellers.key_taken", f"There is a seller {key!r} already.")
        sql.change("LOCK TABLE sellers IN SHARE ROW EXCLUSIVE MODE")
        seller_id = 1 + (sql.value("SELECT id FROM sellers ORDER BY id DESC LIMIT 1") or 0)
        if seller_id > LARGEST_ID:
            raise Refused("sellers.too_many", f"One installation serves at most {LARGEST_ID} sellers.")
        sql.insert(
            "sellers",
            {
                "id": seller_id,
                "key": key,
                "name": name,
                "legal_name": legal_name,
                "tax_id": tax_id,
                "tax_condition": tax_condition,
                "country": country,
                "region": region,
                "time_zone": time_zone,
                "currency": currency,
                "language": language,
                "address": json.dumps(list(address)),
                "email": email,
                "accent": accent,
                "paper": paper,
                "pay_url": pay_url,
                "pay_to": pay_to,
                "customers_made": 0,
                "created_on": on,
            },
        )
        freeze_issuer(seller_id=seller_id)
        record_fact(seller_id=seller_id, kind="SellerAdded", cause="set-up", on=on, at=at)
    return seller_id


EDITABLE = (
    "name",
    "legal_name",
    "tax_id",
    "tax_condition",
    "region",
    "language",
    "address",
    "email",
    "accent",
    "paper",
    "pay_url",
    "pay_to",
)


def edit_seller(*, seller_id: int, changes: Mapping[str, object], on: date, at: datetime) -> None:
    """Change what a seller is called, how it is reached and how its documents look (see EDITABLE).

    `address` is its lines. Issued documents keep the words they froze. Country, currency and zone are for ever.
    """
    unknown = sorted(set(changes) - set(EDITABLE))
    if unknown:
        raise Refused(
            "sellers.not_editable", f"A seller's {unknown[0]} cannot change; editable: {', '.join(EDITABLE)}."
        )
    values = {
        name: json.dumps(list(value)) if isinstance(value, list | tuple) else value for name, value in changes.items()
    }
    assignments = ", ".join(f"{name} = %({name})s" for name in values)
    with sql.in_transaction():
        if not sql.change(f"UPDATE sellers SET {assignments} WHERE id = %(id)s", {**values, "id": seller_id}):
            raise Missing("sellers.unknown", "There is no such seller.")
        freeze_issuer(seller_id=seller_id)
        record_fact(
            seller_id=seller_id,
            kind="SellerEdited",
            cause=", ".join(name.replace("_", " ") for name in changes),
            on=on,
            at=at,
        )


def add_policy(*, seller_id: int, text: str, file: str, effective_on: date, at: datetime) -> int:
    """Store a policy version in force from `effective_on`; its number.

    The same text again from the same day changes nothing. Refuses an invalid policy, one dated before the versions
    that are stored already, and another currency, country or time zone than the seller's.
    """
    policy = read_policy(text=text, file=file)
    with sql.in_transaction():
        seller = sql.one(
            "SELECT currency, country, time_zone FROM sellers WHERE id = %(id)s FOR UPDATE", {"id": seller_id}
        )
        if seller != (policy.seller.currency, policy.seller.country, policy.seller.time_zone):
            raise Refused(
                "sellers.policy_other_seller", f"{file} is a policy for another currency, country or time zone."
            )
        last = sql.one(
            "SELECT version, effective_on, fingerprint FROM policy_versions "
            "WHERE seller_id = %(id)s ORDER BY version DESC LIMIT 1",
            {"id": seller_id},
        )
        version, last_day, fingerprint = last or (0, None, None)
        if fingerprint == policy.fingerprint:
            return int(version)
        if last_day is not None and effective_on <= last_day:
            raise Refused(
                "sellers.policy_too_early",
                f"A version in force from {last_day} is stored; a new one must begin later than that.",
            )
        _store_version(seller_id, int(version) + 1, policy, text, effective_on, at)
        record_fact(
            seller_id=seller_id,
            kind="PolicyAdded",
            cause=f"version {version + 1}",
            on=effective_on,
            at=at,
            data={"fingerprint": policy.fingerprint},
        )
        return int(version) + 1


def _store_version(seller_id: int, version: int, policy: Policy, text: str, day: date, at: datetime) -> None:
    sql.insert(
        "policy_versions",
        {
            "seller_id": seller_id,
            "version": version,
            "effective_on": day,
            "invoice_when": policy.documents.invoice,
            "text": text,
            "fingerprint": policy.fingerprint,
            "added_at": at,
        },
    )
