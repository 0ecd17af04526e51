"""What a post is: it is handed mails one by one and says of each what became of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Literal, NamedTuple, Protocol
from uuid import UUID

SPACE, DELETE = 0x20, 0x7F


class File(NamedTuple):
    """What goes with a mail: a PDF."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one recipient. `day` names the folder it may be put in; `message_id` is the same at every try."""

    id: UUID
    seller: str
    day: str
    message_id: str
    sender_name: str
    sender: str
    reply_to: str
    recipient: str
    subject: str
    body: str
    language: str
    at: datetime
    files: tuple[File, ...] = ()


class Outcome(NamedTuple):
    """What became of a mail, with the other side's words.

    left: it was taken. again: not now. bounced: there is no such recipient. refused: this mail will never be taken, a
    person must look. closed: the post itself cannot be reached, so no other mail needs to be tried now.
    """

    kind: Literal["left", "again", "bounced", "refused", "closed"]
    words: str


class Post(Protocol):
    """A way on which mails leave."""

    name: str

    def deliver(self, mails: Iterable[Mail]) -> Iterator[Outcome]:
        """Hand over one mail after the other; the next is asked for when the outcome of the last was taken."""
        ...


class Unwritable(Exception):
    """The mail cannot be written: an address or a header is not one."""


def mail_bytes(mail: Mail, *, eight_bit: bool = False) -> bytes:
    """The mail as RFC 5322 wants it, plain text in UTF-8. Raises Unwritable when it cannot be written.

    Nothing that a value holds can add a header or a recipient: the library refuses line ends, and an address is
    parsed as one address. `eight_bit` leaves letters readable to people who open the file.
    """
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = Address(display_name=mail.sender_name, addr_spec=mail.sender)
        message["To"] = Address(addr_spec=mail.recipient)
        if mail.reply_to and mail.reply_to != mail.sender:
            message["Reply-To"] = Address(display_name=mail.sender_name, addr_spec=mail.reply_to)
        message["Date"] = format_datetime(mail.at)
        message["Message-ID"] = mail.message_id
        message["Auto-Submitted"] = "auto-generated"
        message["Content-Language"] = mail.language
        message.set_content(mail.body, charset="utf-8", cte="8bit" if eight_bit else "quoted-printable")
        for file in mail.files:
            message.add_attachment(file.content, maintype="application", subtype="pdf", filename=file.name)
        return _subject(mail.subject) + message.as_bytes()
    except (ValueError, LookupError, MessageError, IndexError) as why:
        raise Unwritable(f"{type(why).__name__}: {why}") from None


def _subject(subject: str) -> bytes:
    """The subject's line. Folded here: the library's own folding doubles a space before a word beyond ASCII."""
    if any(ord(sign) < SPACE or ord(sign) == DELETE for sign in subject):
        raise ValueError("the subject has characters that end lines")
    header = Header(subject, "us-ascii" if subject.isascii() else "utf-8", maxlinelen=76, header_name="Subject")
    return b"Subject: " + header.encode(linesep="\r\n").encode("ascii") + b"\r\n"
