"""Named crash points: places where a test may end the process at once, as a power cut would."""

import os
import signal

# Name of the point, and after how many times it is passed; empty outside the crash suite.
_POINT = os.environ.get("ABONO_CRASH_POINT", "")
_PASSES = int(os.environ.get("ABONO_CRASH_PASS", "1"))
_passed: dict[str, int] = {}

POINTS = (
    "billing.checked",
    "billing.locked",
    "billing.read",
    "billing.planned",
    "billing.cursors",
    "billing.written",
    "billing.committed",
    "billing.swept",
    "billing.closed",
    "charging.locked",
    "charging.planned",
    "charging.sent",
    "charging.charged",
    "charging.recorded",
    "charging.asked",
    "collecting.messages",
    "collecting.locked",
    "collecting.written",
    "collecting.committed",
    "collecting.swept",
    "notices.prepared",
    "notices.accepted",
    "notices.recorded",
)


def crash_point(name: str) -> None:
    """End this process by SIGKILL if the crash suite asked for this point; otherwise nothing."""
    if name != _POINT:
        return
    _passed[name] = _passed.get(name, 0) + 1
    if _passed[name] == _PASSES:
        os.kill(os.getpid(), signal.SIGKILL)
