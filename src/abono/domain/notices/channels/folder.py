"""A folder as a post: each mail becomes a file that one can open. Used where no mail server is configured."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from abono.domain.notices.channels.post import Mail, Outcome, Unwritable, mail_bytes


class FolderPost:
    """Mails as `<folder>/<seller>/<day>/<id>.eml`. The same mail again is the same file."""

    name = "folder"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def deliver(self, mails: Iterable[Mail]) -> Iterator[Outcome]:
        """Write one file after the other, each whole or not at all."""
        for mail in mails:
            yield self._deliver(mail)

    def _deliver(self, mail: Mail) -> Outcome:
        try:
            content = mail_bytes(mail, eight_bit=True)
        except Unwritable as why:
            return Outcome("refused", str(why))
        place = self.folder / mail.seller / mail.day / f"{mail.id}.eml"
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            _write(place, content)
        except OSError as why:
            return Outcome("closed", f"the folder cannot be written: {why.strerror}")
        return Outcome("left", f"in the folder as {mail.seller}/{mail.day}/{place.name}")


def _write(place: Path, content: bytes) -> None:
    """All of it under its name, or nothing."""
    half = place.with_suffix(f".{os.getpid()}.half")
    with half.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.replace(place)
