"""A mail server as a post (RFC 5321), encrypted wherever a password is used (RFC 8314)."""

import smtplib
import ssl
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from abono.base.kernel.refusal import Refused
from abono.domain.notices.channels.post import Mail, Outcome, Unwritable, mail_bytes

# Schemes: TLS from the first byte; TLS asked for before anything is said; in the clear, for a relay of one's own.
PORTS = {"smtps": 465, "smtp+starttls": 587, "smtp": 25}
TIMEOUT_SECONDS = 30
PERMANENT = 500


@dataclass(frozen=True, slots=True)
class SmtpAddress:
    """Where the mail server is and how to sign in. The password never shows in texts."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)


def smtp_address(text: str) -> SmtpAddress:
    """An address such as smtps://user:password@mail.example:465. Refuses others, and a password in the clear.

    User and password are percent-encoded. The refusals never repeat the text, which may hold a password.
    """
    forms = "smtps://user:password@host:465, smtp+starttls://user:password@host:587 or smtp://host:25"
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme not in PORTS or not host or parts.path.strip("/") or parts.query or parts.fragment:
        raise Refused("notices.smtp_address", f"The address of the mail server is not of the form {forms}.")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if parts.scheme == "smtp" and (user or password):
        raise Refused(
            "notices.smtp_in_the_clear", "A password is not sent in the clear; use smtps:// or smtp+starttls://."
        )
    return SmtpAddress(parts.scheme, host, port or PORTS[parts.scheme], user, password)


class SmtpPost:
    """Mails over one connection, opened for the first and opened again when it was lost."""

    name = "smtp"

    def __init__(self, address: SmtpAddress, *, context: ssl.SSLContext | None = None) -> None:
        self.address = address
        self.context = context or ssl.create_default_context()

    def deliver(self, mails: Iterable[Mail]) -> Iterator[Outcome]:
        """Send one mail after the other."""
        server: smtplib.SMTP | None = None
        try:
            for mail in mails:
                try:
                    content = mail_bytes(mail)
                except Unwritable as why:
                    yield Outcome("refused", str(why))
                    continue
                if server is None:
                    try:
                        server = self._open()
                    except (OSError, smtplib.SMTPException) as why:
                        yield Outcome("closed", _words(why))
                        continue
                outcome = _hand_over(server, mail, content)
                if outcome.kind == "again" and not _alive(server):
                    server = None
                yield outcome
        finally:
            if server is not None:
                _close(server)

    def _open(self) -> smtplib.SMTP:
        where = self.address
        if where.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                where.host, where.port, timeout=TIMEOUT_SECONDS, context=self.context
            )
        else:
            server = smtplib.SMTP(where.host, where.port, timeout=TIMEOUT_SECONDS)
        try:
            if where.scheme == "smtp+starttls":
                server.starttls(context=self.context)
            if where.user:
                server.login(where.user, where.password)
        except (OSError, smtplib.SMTPException):
            _close(server)
            raise
        return server


def _hand_over(server: smtplib.SMTP, mail: Mail, content: bytes) -> Outcome:
    options = [] if mail.recipient.isascii() and mail.sender.isascii() else ["SMTPUTF8"]
    try:
        if options and not server.has_extn("smtputf8"):
            return Outcome("refused", "the mail server takes no addresses with letters beyond ASCII")
        server.sendmail(mail.sender, [mail.recipient], content, mail_options=options)
    except smtplib.SMTPRecipientsRefused as why:
        code, said = why.recipients[mail.recipient]
        return Outcome("bounced" if code >= PERMANENT else "again", _answer(code, said))
    except smtplib.SMTPSenderRefused as why:
        return Outcome("again", _answer(why.smtp_code, why.smtp_error))
    except smtplib.SMTPDataError as why:
        return Outcome("refused" if why.smtp_code >= PERMANENT else "again", _answer(why.smtp_code, why.smtp_error))
    except (OSError, smtplib.SMTPException) as why:
        return Outcome("again", _words(why))
    return Outcome("left", "the mail server took it")


def _alive(server: smtplib.SMTP) -> bool:
    try:
        return server.noop()[0] < PERMANENT
    except (OSError, smtplib.SMTPException):
        return False


def _close(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()


def _answer(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {text}"


def _words(why: Exception) -> str:
    """What went wrong, without what was sent: an error of signing in may repeat what the server was told."""
    if isinstance(why, smtplib.SMTPAuthenticationError):
        return f"{why.smtp_code} the mail server refused the sign-in"
    if isinstance(why, smtplib.SMTPResponseException):
        return _answer(why.smtp_code, why.smtp_error)
    return f"{type(why).__name__}: {why}"
