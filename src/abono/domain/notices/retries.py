"""When a message that did not leave is tried again.

The steps follow what mail servers do themselves: soon at first, then further apart, for days rather than hours
(RFC 5321, 4.5.4.1: the retry interval should be at least 30 minutes after the first tries, and the sender should give
up after four to five days; a notice with a date in it gives up after three).
"""

from datetime import datetime, timedelta

# In force since 2026-11-22.
WAITS = (
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
)
LONGEST = timedelta(hours=72)
# How long who took a message may keep it. Longer than any one delivery takes; then another takes it over.
LEASE = timedelta(minutes=10)


def next_try(*, attempts: int, leaves_at: datetime, at: datetime) -> datetime | None:
    """When to try again after `attempts` tries, the last at `at`; None when the message has waited long enough."""
    later = at + WAITS[min(attempts, len(WAITS)) - 1]
    return later if later - leaves_at <= LONGEST else None
