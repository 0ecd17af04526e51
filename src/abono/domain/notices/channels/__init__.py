"""The ways on which messages leave: by SMTP, into a folder, or taken for sent in simulated time."""

from abono.domain.notices.channels.post import Mail, Outcome, Post, mail_bytes

__all__ = ["Mail", "Outcome", "Post", "mail_bytes"]
