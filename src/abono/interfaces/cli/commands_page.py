"""The reference of all commands as Markdown, made from their own help.

python -m abono.interfaces.cli.commands_page > docs/reference/commands.md
"""

from collections.abc import Iterator

import click

from abono.interfaces.cli.main import COMMANDS, abono

_WIDTH = 100
_HEAD = """# Commands

Made from the commands' own help by `python -m abono.interfaces.cli.commands_page`; a test holds it current.

Exit codes: 0 done, 1 refused or something found wrong, 2 a wrong call. A refusal is one line on stderr that begins
with `abono:`. With `--json` amounts are whole minor units (`_minor`), days are `YYYY-MM-DD`, exact numbers are text.
"""


def commands_page() -> str:
    """The page."""
    settings = {**abono.context_settings, "terminal_width": _WIDTH, "max_content_width": _WIDTH}
    context = click.Context(abono, info_name="abono", **settings)
    parts = [_HEAD]
    for title, section in COMMANDS.items():
        parts.append(f"\n## {title}\n")
        for name in section:
            command = abono.get_command(context, name)
            assert command is not None
            parts.extend(_entries(command, name, context, level=3))
    return "".join(parts)


def _entries(command: click.Command, name: str, parent: click.Context, *, level: int) -> Iterator[str]:
    """The command's own entry, then those of its subcommands."""
    context = click.Context(command, info_name=name, parent=parent)
    yield f"\n{'#' * level} {context.command_path}\n\n```text\n{_help(command, context)}\n```\n"
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            assert found is not None
            yield from _entries(found, inner, context, level=level + 1)


def _help(command: click.Command, context: click.Context) -> str:
    text = command.get_help(context)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


if __name__ == "__main__":
    click.echo(commands_page(), nl=False)
