"""The kinds of notices: which choice of a contact each is, what goes with it, and when it has lost its point."""

from collections.abc import Mapping
from dataclasses import dataclass

DOCUMENTS, REMINDERS, SUSPENSIONS, RECEIPTS = "documents", "reminders", "suspensions", "receipts"


@dataclass(frozen=True, slots=True)
class Kind:
    """`notice` is what a contact chooses to get. `owner`: the customer itself gets it always.

    `while_owed`: pointless once its document is owed no longer, so that it is then not sent. `attached`: the document
    goes with it. `counts_days`: it says how many days are left, so a late one must be written anew.
    """

    notice: str
    owner: bool = False
    while_owed: bool = False
    attached: bool = False
    counts_days: bool = False


_REMINDER = Kind(REMINDERS, while_owed=True, counts_days=True)
# For a step whose text has a name of the policy's own.
OTHER_REMINDER = "reminder"
_REMINDERS = (
    "first-reminder",
    "second-reminder",
    "third-reminder",
    "last-reminder",
    "due-today",
    "overdue",
    "last-notice",
    OTHER_REMINDER,
)

KINDS: Mapping[str, Kind] = {
    "issued": Kind(DOCUMENTS, attached=True),
    "invoice": Kind(DOCUMENTS, attached=True),
    "credit-note": Kind(DOCUMENTS, attached=True),
    "receipt": Kind(RECEIPTS, attached=True),
    "payment-received": Kind(RECEIPTS),
    **dict.fromkeys(_REMINDERS, _REMINDER),
    "suspended": Kind(SUSPENSIONS, owner=True, while_owed=True),
    "terminated": Kind(SUSPENSIONS, owner=True),
    "restored": Kind(SUSPENSIONS),
    "recovery-offer": Kind(SUSPENSIONS, owner=True),
    "longer-period-offer": Kind(DOCUMENTS),
    "longer-period-applied": Kind(DOCUMENTS, owner=True),
    "returned": Kind(REMINDERS, owner=True, while_owed=True),
    "arrangement-granted": Kind(REMINDERS),
    "objection-received": Kind(DOCUMENTS),
    "objection-decided": Kind(DOCUMENTS),
    "payment-failed": Kind(REMINDERS, while_owed=True),
    "client-suspended": Kind(SUSPENSIONS, owner=True, while_owed=True),
    "client-restored": Kind(SUSPENSIONS),
    "client-terminated": Kind(SUSPENSIONS, owner=True),
}
# What a client of a partner is told; amounts are its provider's matter.
WITHOUT_AMOUNTS = frozenset({"client-suspended", "client-restored", "client-terminated"})


def reminder_kind(*, text: str | None) -> str:
    """The kind of a reminder by the name that the policy gives its message."""
    return text if text in _REMINDERS else OTHER_REMINDER
