"""One customer's story, told from the data in the seller's language: whoever the most different things happened to."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from abono.base.store import sql
from abono.domain.sellers.queries import seller_by_id
from abono.reports.timeline import Event, timeline_of_customer

# A story that is longer than this is a file, not a story.
MOST_EVENTS = 60


@dataclass(frozen=True, slots=True)
class Story:
    """A customer's name and number, whose customer it is, and what happened, in order."""

    seller: str
    customer: str
    number: int
    language: str
    events: tuple[Event, ...]


def liveliest_story(*, seller_ids: Sequence[int]) -> Story | None:
    """The story of the customer with the most kinds of events among those with a story of bearable length."""
    row = sql.one(
        """
        SELECT f.seller_id, f.customer_id, c.name, c.number
        FROM facts AS f JOIN customers AS c ON c.seller_id = f.seller_id AND c.id = f.customer_id
        WHERE f.seller_id = ANY(%(sellers)s)
        GROUP BY f.seller_id, f.customer_id, c.name, c.number
        HAVING count(*) <= %(most)s
        ORDER BY count(DISTINCT f.kind) DESC, count(*), f.seller_id, c.number LIMIT 1
        """,
        {"sellers": list(seller_ids), "most": MOST_EVENTS},
    )
    return None if row is None else story_of(seller_id=row[0], customer_id=row[1], name=row[2], number=row[3])


def story_of(*, seller_id: int, customer_id: UUID, name: str, number: int) -> Story:
    """The story of one customer in the seller's own language."""
    seller = seller_by_id(seller_id=seller_id)
    events = timeline_of_customer(seller_id=seller_id, customer_id=customer_id, language=seller.language)
    return Story(seller.legal_name, name, number, seller.language, tuple(events))
