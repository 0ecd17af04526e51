"""Identifiers made by the program: UUID version 7 (RFC 9562), ordered by the time they were made."""

import os
import threading
import time
from uuid import UUID

_VERSION = 0x7 << 76
_VARIANT = 0x2 << 62
_lock = threading.Lock()
_last = 0


def new_id() -> UUID:
    """A fresh UUIDv7. Within one process each is greater than the one before it.

    The clock is read only to order keys; no decision depends on it.
    """
    global _last
    tick = time.time_ns() // 1_000_000 << 12
    with _lock:
        _last = tick if tick > _last else _last + 1
        stamp = _last
    random_bits = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    return UUID(int=((stamp >> 12) << 80) | _VERSION | ((stamp & 0xFFF) << 64) | _VARIANT | random_bits)
