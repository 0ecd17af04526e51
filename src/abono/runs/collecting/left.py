"""Which messages of which steps really left."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from abono.base.store import sql
from abono.runs.collecting.reading import Owed


def steps_left(*, seller_id: int, documents: Sequence[Owed]) -> dict[tuple[UUID, int, int], date]:
    """The day on which a message of a step left, by document, round and step."""
    return {
        (document_id, round_no, step_no): on_date
        for document_id, round_no, step_no, on_date in sql.rows(
            "SELECT document_id, round_no, step_no, on_date FROM steps WHERE seller_id = %(seller)s "
            "AND document_id = ANY(%(ids)s) AND outcome = 'done'",
            {"seller": seller_id, "ids": sql.array(one.document_id for one in documents)},
        )
    }
