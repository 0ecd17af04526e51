"""A real SMTP server of a test's own that keeps what it takes, and fails when it is told to."""

import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

# What a handler may answer at each stage of a mail: a line of SMTP, or None to go on.
Answer = Callable[[str, int], str | None]


class Postbox:
    """What arrived: (recipients of the envelope, mail). `answer` gets the stage and how many calls came before it."""

    def __init__(self, answer: Answer | None = None) -> None:
        self.answer = answer or (lambda stage, calls: None)
        self.taken: list[tuple[list[str], EmailMessage]] = []
        self.calls = 0

    @property
    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for _, mail in self.taken]

    def _ask(self, stage: str) -> str | None:
        said = self.answer(stage, self.calls)
        self.calls += 1
        return said

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        said = self._ask("MAIL")
        if said:
            return said
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        said = self._ask("RCPT")
        if said:
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        said = self._ask("DATA")
        if said:
            return said
        mail = message_from_bytes(envelope.content, policy=policy.SMTP)
        assert isinstance(mail, EmailMessage)
        self.taken.append((list(envelope.rcpt_tos), mail))
        return "250 queued"


class _Auth:
    def __call__(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"shop", b"s%cret")
        return AuthResult(success=good)


@contextmanager
def smtp_server(box: Postbox, *, tls: ssl.SSLContext | None = None, port: int = 0) -> Iterator[int]:
    """The postbox on a port of its own; with `tls`, STARTTLS and a password are required."""
    secure = (
        {"tls_context": tls, "require_starttls": True, "authenticator": _Auth(), "auth_required": True} if tls else {}
    )
    controller = Controller(box, hostname="127.0.0.1", port=port or _free_port(), **secure)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def _free_port() -> int:
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate of its own for localhost, and a client's that trusts only that."""
    key, paper = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(paper)),
        ],
        check=True,
        capture_output=True,
    )
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(paper, key)
    return server, ssl.create_default_context(cafile=str(paper))
