"""The words that name a party on paper, frozen: equal words are one row for ever."""

import hashlib
import json
from collections.abc import Mapping
from uuid import UUID

from abono.base.store import sql


def freeze_words(*, seller_id: int, body: Mapping[str, object]) -> UUID:
    """Keep the words of a party; their id, which is made from the words (first half of SHA-256 of canonical JSON)."""
    words_id, text = frozen_words(body=body)
    sql.insert(
        "party_words",
        {"seller_id": seller_id, "id": words_id, "body": text},
        on_conflict_do_nothing=True,
    )
    return words_id


def freeze_all(*, seller_id: int, words: Mapping[UUID, str]) -> None:
    """Keep the words of many parties, as `frozen_words` made them."""
    sql.change(
        "INSERT INTO party_words (seller_id, id, body) SELECT %(seller)s, id, body::jsonb "
        "FROM unnest(%(ids)s::uuid[], %(bodies)s::text[]) AS new (id, body) ORDER BY id ON CONFLICT DO NOTHING",
        {"seller": seller_id, "ids": list(words), "bodies": list(words.values())},
    )


def frozen_words(*, body: Mapping[str, object]) -> tuple[UUID, str]:
    """The id and the canonical JSON of a party's words."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return UUID(bytes=hashlib.sha256(text.encode()).digest()[:16]), text


def freeze_issuer(*, seller_id: int) -> UUID:
    """Keep the seller's own words on paper and point the seller to them; call it when the seller's data changed."""
    row = sql.one(
        "SELECT legal_name, name, tax_id, tax_condition, country, region, address, email, pay_url, pay_to "
        "FROM sellers WHERE id = %(id)s",
        {"id": seller_id},
    )
    assert row is not None
    names = (
        "legal_name",
        "name",
        "tax_id",
        "tax_condition",
        "country",
        "region",
        "address",
        "email",
        "pay_url",
        "pay_to",
    )
    words_id = freeze_words(seller_id=seller_id, body=dict(zip(names, row, strict=True)))
    sql.change("UPDATE sellers SET words_id = %(words)s WHERE id = %(id)s", {"words": words_id, "id": seller_id})
    return words_id
