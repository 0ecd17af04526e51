"""The one place where commands read the clock; everything below is told the time."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard


def clock() -> datetime:
    """This instant."""
    return datetime.now(UTC)


def today(*, seller: "SellerCard") -> date:
    """Today's date where the seller is."""
    return clock().astimezone(ZoneInfo(seller.time_zone)).date()
