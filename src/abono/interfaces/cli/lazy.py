"""Groups of commands that load a command only when it is asked for, so that help and preview start at once."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

# Title of a section of help -> name of a command -> (module:attribute that holds it, what it does in a few words).
Table = Mapping[str, Mapping[str, tuple[str, str]]]


HELP = {"help_option_names": ["-h", "--help"]}


def say_help_alike(command: click.Command) -> None:
    """Let a command and those below it answer `-h` too, whoever calls them first: click remembers the first answer."""
    command.context_settings = {**HELP, **command.context_settings}
    for inner in getattr(command, "commands", {}).values():
        say_help_alike(inner)


class LazyGroup(click.Group):
    """A group whose commands stand in a table; help reads the table, and only a command that is called is loaded."""

    def __init__(self, *words: Any, table: Table, **more: Any) -> None:
        super().__init__(*words, **more)
        self.table = table
        self._places = {name: row for section in table.values() for name, row in section.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of the table."""
        return [*self._places, *(name for name in super().list_commands(ctx) if name not in self._places)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, loaded now; None when there is none of this name."""
        place = self._places.get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = place[0].partition(":")
        found = getattr(import_module(module), attribute)
        assert isinstance(found, click.Command), place[0]
        say_help_alike(found)
        return found

    def short_help_of(self, name: str) -> str:
        """What the table says that a command does."""
        return self._places[name][1]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections of the table, without loading any command."""
        widest = max(map(len, self._places), default=0)
        for title, section in self.table.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(widest), row[1]) for name, row in section.items()])
