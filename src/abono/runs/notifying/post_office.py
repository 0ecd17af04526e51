"""Letters: taken for a batch to be printed, and noted as sent when the batch was written."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from abono.domain.notices import actions
from abono.domain.notices.addressing import LETTER
from abono.domain.notices.batch import Leased, lease
from abono.domain.notices.queries import MessageCard, message_cards
from abono.domain.sellers.queries import seller_by_id
from abono.runs.notifying.send import still_wanted

MOST_LETTERS = 10_000


def take_letters(*, seller_id: int, at: datetime) -> list[MessageCard]:
    """The letters whose time has come, by the names on the envelopes; nobody else prints them for a while.

    Those that have lost their point are cancelled, and days are counted from the day of the printing.
    """
    on = at.astimezone(ZoneInfo(seller_by_id(seller_id=seller_id).time_zone)).date()
    taken: list[Leased] = lease(seller_id=seller_id, channel=LETTER, at=at, limit=MOST_LETTERS)
    wanted, _ = still_wanted(seller_id=seller_id, channel=LETTER, taken=taken, on=on, at=at)
    return message_cards(seller_id=seller_id, ids=[one.id for one in wanted])


def letters_printed(*, seller_id: int, letters: Sequence[MessageCard], batch: str, at: datetime) -> None:
    """The batch was written: its letters have left."""
    on = at.astimezone(ZoneInfo(seller_by_id(seller_id=seller_id).time_zone)).date()
    for one in letters:
        actions.record_left(seller_id=seller_id, message_id=one.id, words=f"printed in {batch}", on=on, at=at)
