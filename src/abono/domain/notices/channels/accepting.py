"""A post that takes everything at once: for simulated time."""

from collections.abc import Iterable, Iterator

from abono.domain.notices.channels.post import Mail, Outcome


class AcceptingPost:
    """Takes every mail and keeps none."""

    name = "accepting"

    def deliver(self, mails: Iterable[Mail]) -> Iterator[Outcome]:
        """Each has left."""
        for _ in mails:
            yield Outcome("left", "taken")
