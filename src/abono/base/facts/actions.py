"""Recording what happened."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from abono.base.kernel.ids import new_id
from abono.base.store.together import Write, row, write

COLUMNS = (
    "seller_id",
    "id",
    "kind",
    "on_date",
    "at",
    "customer_id",
    "document_id",
    "subject_id",
    "cause",
    "data",
)


def record_fact(
    *,
    seller_id: int,
    kind: str,
    cause: str,
    on: date,
    at: datetime,
    customer_id: UUID | None = None,
    document_id: UUID | None = None,
    subject_id: UUID | None = None,
    data: Mapping[str, object] | None = None,
) -> None:
    """Write one fact in the caller's transaction. `cause` is one phrase: `order`, `run 2026-03-01`, ..."""
    fact = fact_row(
        seller_id=seller_id,
        kind=kind,
        cause=cause,
        on=on,
        at=at,
        customer_id=customer_id,
        document_id=document_id,
        subject_id=subject_id,
        data=data,
    )
    write([fact])


def fact_row(
    *,
    seller_id: int,
    kind: str,
    cause: str,
    on: date,
    at: datetime,
    customer_id: UUID | None = None,
    document_id: UUID | None = None,
    subject_id: UUID | None = None,
    data: Mapping[str, object] | None = None,
) -> Write:
    """The same fact, to be written together with other rows."""
    return row(
        "facts",
        {
            "seller_id": seller_id,
            "id": new_id(),
            "kind": kind,
            "on_date": on,
            "at": at,
            "customer_id": customer_id,
            "document_id": document_id,
            "subject_id": subject_id,
            "cause": cause,
            "data": None if data is None else json.dumps(data, default=str, ensure_ascii=False),
        },
    )
