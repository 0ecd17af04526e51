"""Writing what is new, in one transaction, and counting it again in the books."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from abono.base.facts.actions import record_fact
from abono.base.kernel.ids import new_id
from abono.base.kernel.refusal import Refused
from abono.base.store import sql
from abono.domain.customers.batch import NewCustomer, take_numbers, write_customers
from abono.domain.subscriptions.batch import NewSubscription, write_subscriptions
from abono.migration.csv.reading import Source
from abono.migration.csv.stage import NewCounts, NewLine, new_lines


class Written(NamedTuple):
    """What an import wrote, counted in the books: customers, subscriptions, their own prices by currency."""

    batch_id: UUID
    customers: int
    subscriptions: int
    prices: dict[str, Decimal]


class LineCounts(NamedTuple):
    """Lines of the file, and how many were rejected, known already, and saying something else than the books."""

    lines: int
    rejected: int
    known: int
    different: int


def write_new(
    *,
    seller_id: int,
    anchor: str,
    source: Source,
    mapping_digest: str,
    lines: LineCounts,
    new: NewCounts,
    on: date,
    at: datetime,
) -> Written:
    """Write all new lines in the caller's transaction, as one batch. Refuses if the books then hold another sum."""
    batch_id = new_id()
    sql.insert(
        "import_batches",
        {
            "seller_id": seller_id,
            "id": batch_id,
            "file_name": source.path.name,
            "file_digest": source.digest,
            "mapping_digest": mapping_digest,
            "imported_on": on,
            "imported_at": at,
            "lines": lines.lines,
            "lines_rejected": lines.rejected,
            "lines_known": lines.known,
            "lines_different": lines.different,
            "customers": new.customers,
            "subscriptions": new.subscriptions,
            "prices": json.dumps({currency: f"{total:f}" for currency, total in new.prices.items()}),
            "state": "done",
        },
    )
    number = take_numbers(seller_id=seller_id, count=new.customers)
    for block in new_lines():
        customers = [_customer(line) for line in block if line.party is not None]
        subscriptions = [_subscription(line) for line in block if line.subscription is not None]
        if customers:
            write_customers(seller_id=seller_id, customers=customers, first_number=number, on=on, at=at)
            number += len(customers)
        if subscriptions:
            write_subscriptions(seller_id=seller_id, anchor=anchor, subscriptions=subscriptions, on=on, at=at)
        _write_rows(seller_id, batch_id, block)
    _record(seller_id, batch_id, source, new, on, at)
    sql.one("SELECT abono_analyse_import()")
    return _counted(seller_id, batch_id, new)


def _customer(line: NewLine) -> NewCustomer:
    assert line.party is not None
    customer, profile, profile_id, words_id, words = line.party
    return NewCustomer(line.owner_id, profile_id, customer, profile, words_id, words, f"import, line {line.line}")


def _subscription(line: NewLine) -> NewSubscription:
    assert line.subscription is not None
    return NewSubscription(line.subscription_id, line.owner_id, line.subscription, f"import, line {line.line}")


def _write_rows(seller_id: int, batch_id: UUID, block: Sequence[NewLine]) -> None:
    sql.copy_in(
        "import_rows",
        ("seller_id", "batch_id", "line_no", "customer_id", "subscription_id"),
        (
            (
                seller_id,
                batch_id,
                line.line,
                line.owner_id if line.party is not None else None,
                line.subscription_id if line.subscription is not None else None,
            )
            for line in block
        ),
    )


def _record(seller_id: int, batch_id: UUID, source: Source, new: NewCounts, on: date, at: datetime) -> None:
    record_fact(
        seller_id=seller_id,
        kind="ImportDone",
        cause=source.path.name,
        on=on,
        at=at,
        subject_id=batch_id,
        data={"file": source.digest, "customers": new.customers, "subscriptions": new.subscriptions},
    )


def _counted(seller_id: int, batch_id: UUID, new: NewCounts) -> Written:
    """Count in the books what the batch made, and hold it against what was to be written."""
    of_batch = {"seller": seller_id, "batch": batch_id}
    customers = sql.value(
        "SELECT count(*) FROM import_rows AS r "
        "JOIN customers AS c ON c.seller_id = r.seller_id AND c.id = r.customer_id "
        "WHERE r.seller_id = %(seller)s AND r.batch_id = %(batch)s",
        of_batch,
    )
    sums = sql.rows(
        "SELECT s.currency, count(*), sum(s.own_price * s.quantity) FROM import_rows AS r "
        "JOIN subscriptions AS s ON s.seller_id = r.seller_id AND s.id = r.subscription_id "
        "JOIN cursors AS k ON k.seller_id = s.seller_id AND k.subscription_id = s.id AND k.billed_to = s.started_on "
        "WHERE r.seller_id = %(seller)s AND r.batch_id = %(batch)s GROUP BY 1 ORDER BY 1",
        of_batch,
    )
    prices = {currency: total for currency, _, total in sums if total is not None}
    written = Written(batch_id, customers, sum(row[1] for row in sums), prices)
    if (written.customers, written.subscriptions, written.prices) != (new.customers, new.subscriptions, new.prices):
        raise Refused("csv.not_reconciled", "The books do not hold what was read; nothing was written.")
    return written
