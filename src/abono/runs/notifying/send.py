"""Sending the mails whose time has come: taken under a lease, handed over outside any transaction, noted after.

A process that dies between the moment a mail was taken by the other side and the moment that was noted leaves one
message under a lease; whoever takes it next sends it again under the same Message-ID. So each leaves at least once, and
twice at most where that happened.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import InterfaceError, OperationalError

from abono.base.store import sql
from abono.base.store.crash import crash_point
from abono.domain.notices import actions
from abono.domain.notices.addressing import EMAIL
from abono.domain.notices.batch import Leased, accept_all, cancel_overtaken, cancel_settled, lease
from abono.domain.notices.channels.post import File, Mail, Outcome, Post
from abono.domain.notices.kinds import KINDS
from abono.domain.notices.retries import LEASE, next_try
from abono.domain.sellers.queries import SellerCard, seller_by_id
from abono.runs.notifying.renewing import renewed

# So many messages are under a lease at once.
BATCH = 20
# A message is handed over only while so much of its lease is left that nobody else can take it meanwhile.
LEAST_LEFT = LEASE / 2
WHILE_OWED = tuple(name for name, kind in KINDS.items() if kind.while_owed)
COUNTING_DAYS = tuple(name for name, kind in KINDS.items() if kind.counts_days)

# A document as PDF.
Papers = Callable[[int, UUID], bytes]
Clock = Callable[[], datetime]


@dataclass(slots=True)
class Sent:
    """What became of the messages that were due. `closed` is why the post could not be reached, if it could not."""

    left: int = 0
    again: int = 0
    failed: int = 0
    bounced: int = 0
    parked: int = 0
    cancelled: int = 0
    closed: str = ""


@dataclass(slots=True)
class _Round:
    """Sending for one seller."""

    seller: SellerCard
    post: Post
    papers: Papers
    clock: Clock
    mail_from: str
    sent: Sent = field(default_factory=Sent)

    def day(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.seller.time_zone)).date()


def send_due(*, seller_id: int, post: Post, papers: Papers, clock: Clock, mail_from: str = "") -> Sent:
    """Send the mails of a seller whose time has come, once through; what became of them.

    `papers` makes the PDF of a document. `clock` gives this instant. `mail_from` is the address that mails come from,
    where that is not the seller's own; answers go to the seller. A dead post leaves all others for the next time.
    """
    seller = seller_by_id(seller_id=seller_id)
    going = _Round(seller, post, papers, clock, mail_from)
    while not going.sent.closed:
        at = clock()
        taken = lease(seller_id=seller_id, channel=EMAIL, at=at, limit=BATCH)
        if not taken:
            break
        wanted, gone = still_wanted(seller_id=seller_id, channel=EMAIL, taken=taken, on=going.day(at), at=at)
        going.sent.cancelled += gone
        _send(going, wanted, at)
    return going.sent


def accept_due(*, seller_id: int, on: date, at: datetime) -> int:
    """In simulated time: all mails and letters whose time has come by `at` leave at that time, none is made or sent.

    Those that have lost their point are cancelled, as in `send_due`. How many left.
    """
    seller = seller_by_id(seller_id=seller_id)
    with sql.in_transaction():
        cancel_settled(seller_id=seller_id, ids=None, kinds=WHILE_OWED, on=on, at=at)
        cancel_overtaken(seller_id=seller_id, ids=None, kinds=COUNTING_DAYS, on=on, at=at)
        return accept_all(seller_id=seller_id, zone=seller.time_zone, at=at)


def still_wanted(
    *, seller_id: int, channel: str, taken: list[Leased], on: date, at: datetime
) -> tuple[list[Leased], int]:
    """Those taken that have not lost their point, with the days that are really left; how many were cancelled."""
    ids = [one.id for one in taken]
    with sql.in_transaction():
        gone = {
            *cancel_settled(seller_id=seller_id, ids=ids, kinds=WHILE_OWED, on=on, at=at),
            *cancel_overtaken(seller_id=seller_id, ids=ids, kinds=COUNTING_DAYS, on=on, at=at),
        }
    left = [one for one in taken if one.id not in gone]
    return renewed(seller_id=seller_id, channel=channel, taken=left, on=on, at=at), len(gone)


def _send(going: _Round, taken: list[Leased], at: datetime) -> None:
    """Hand the messages over one by one; each outcome is noted before the next is handed over."""
    handed: list[tuple[Leased, Mail]] = []
    waiting = list(reversed(taken))

    def mails() -> Iterator[Mail]:
        while waiting and going.clock() < at + LEAST_LEFT:
            message = waiting.pop()
            mail = _mail(going, message)
            if mail is not None:
                handed.append((message, mail))
                yield mail

    for outcome in going.post.deliver(mails()):
        message, mail = handed[-1]
        crash_point("notices.accepted")
        _note(going, message, mail, outcome)
        crash_point("notices.recorded")
        if going.sent.closed:
            break
    for message in waiting:
        actions.release(seller_id=going.seller.id, message_id=message.id, attempt=message.attempts, at=going.clock())


def _mail(going: _Round, message: Leased) -> Mail | None:
    """The message as a mail; one that cannot be made is set aside with the reason and stops no other."""
    seller, at = going.seller, going.clock()
    sender = going.mail_from or seller.email
    try:
        if not sender:
            raise ValueError("the seller has no e-mail address to send from")
        files = [File(one["name"], going.papers(seller.id, UUID(one["document"]))) for one in message.attachments]
    except (OperationalError, InterfaceError):
        raise
    except Exception as why:
        words = f"it cannot be made: {type(why).__name__}: {why}"
        actions.park(
            seller_id=seller.id, message_id=message.id, attempt=message.attempts, words=words, on=going.day(at), at=at
        )
        going.sent.parked += 1
        return None
    return Mail(
        id=message.id,
        seller=seller.key,
        day=going.day(at).isoformat(),
        message_id=_message_id(message.id, sender),
        sender_name=seller.name,
        sender=sender,
        reply_to=seller.email,
        recipient=message.recipient,
        subject=message.subject,
        body=message.body,
        language=message.language,
        at=at.astimezone(ZoneInfo(seller.time_zone)),
        files=tuple(files),
    )


def _message_id(message_id: UUID, sender: str) -> str:
    """The same at every try, so that a mailbox that gets a message twice can tell."""
    domain = sender.rpartition("@")[2]
    if not (domain.isascii() and domain.replace("-", "").replace(".", "").isalnum()):
        domain = "abono.invalid"
    return f"<{message_id}@{domain}>"


def _note(going: _Round, message: Leased, mail: Mail, outcome: Outcome) -> None:
    """Write down what became of a message."""
    at, sent = going.clock(), going.sent
    on = going.day(at)
    if outcome.kind == "left":
        files = {file.name: hashlib.sha256(file.content).hexdigest() for file in mail.files}
        actions.record_left(
            seller_id=going.seller.id, message_id=message.id, words=outcome.words, on=on, at=at, files=files
        )
        sent.left += 1
        return
    known = {
        "seller_id": going.seller.id,
        "message_id": message.id,
        "attempt": message.attempts,
        "words": outcome.words,
        "on": on,
        "at": at,
    }
    if outcome.kind == "bounced":
        actions.refuse_recipient(**known)  # type: ignore[arg-type]
        sent.bounced += 1
    elif outcome.kind == "refused":
        actions.park(**known)  # type: ignore[arg-type]
        sent.parked += 1
    else:
        later = next_try(attempts=message.attempts, leaves_at=message.leaves_at, at=at)
        actions.record_tried(**known, next_try_at=later)  # type: ignore[arg-type]
        sent.again += later is not None
        sent.failed += later is None
        sent.closed = outcome.words if outcome.kind == "closed" else ""
