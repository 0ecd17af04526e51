"""The digest of a message: whoever has its words can prove which ones they were."""

import hashlib
from collections.abc import Iterable

# Stands between the parts; none of them may hold it (a CHECK of the table).
BETWEEN = "\x1f"


def message_digest(*, channel: str, recipient: str, subject: str, body: str, attached: Iterable[str] = ()) -> bytes:
    """SHA-256 over channel, recipient, subject, body and the hex digests of what is attached, each before a U+001F."""
    parts = (channel, recipient, subject, body, *attached)
    return hashlib.sha256("".join([f"{part}{BETWEEN}" for part in parts]).encode()).digest()
