"""What happens next, as lines for people."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from abono.interfaces.cli.out import say

if TYPE_CHECKING:
    from abono.reports.ahead import Next


def say_ahead(ahead: "Iterable[Next]", language: str) -> None:
    """Print what happens next, with its head, each with its day and why that is not the calendar's own."""
    from abono.reports.ahead import head

    title, nothing = head(language)
    say(f"{title}:")
    lines = [f"{one.on or ''!s:<10}  {one.words}" + (f" [{one.why}]" if one.why else "") for one in ahead]
    for line in lines or [nothing]:
        say(line)
