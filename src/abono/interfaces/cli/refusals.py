"""How a command says no: one line on stderr that begins with `abono: `, and an exit code. Decided here alone."""

import sys

import click

from abono.base.kernel.refusal import Refused

REFUSED, USAGE = 1, 2
# PostgreSQL's codes for a role, a database or a setting that is not there, and for a role one may not take.
_NOT_SET_UP = ("abono_engine", "abono_owner", "does not exist")


class Answered(click.ClickException):
    """A command has told what it found; the call ends with exit code 1 and no further word."""

    exit_code = REFUSED

    def __init__(self) -> None:
        super().__init__("")


class Unreadable(click.ClickException):
    """What was given cannot be read: a file, an amount, a row. One line, exit code 2."""

    exit_code = USAGE


def told(error: Exception) -> tuple[list[str], int] | None:
    """The lines to say and the exit code of an error that is an answer; None for one that is a bug."""
    if isinstance(error, click.UsageError):
        see = f" See: {error.ctx.command_path} --help" if error.ctx else ""
        return [f"{_one_line(error.format_message())}{see}"], error.exit_code
    if isinstance(error, click.ClickException):
        words = _one_line(error.format_message())
        return ([words] if words else []), error.exit_code
    if isinstance(error, click.Abort):
        return ["stopped; what was done before stays done."], REFUSED
    if isinstance(error, Refused):
        # A policy file may have several faults; each is a line, as `abono policy check` says them.
        return [_one_line(line) for line in error.words.splitlines()], REFUSED
    words = _of_the_database(error)
    return ([words], REFUSED) if words else None


def _of_the_database(error: Exception) -> str:
    """What to say when the database does not answer; empty when this is about something else."""
    if not any(
        module in sys.modules and isinstance(error, sys.modules[module].OperationalError)
        for module in ("psycopg", "django.db")
    ):
        return ""
    said = _one_line(str(error).strip().partition("\n")[0]) or "no reason given"
    if any(sign in said for sign in _NOT_SET_UP):
        return f"The database is not set up ({said}). Run: abono setup"
    cause = getattr(error, "sqlstate", None) or getattr(error.__cause__, "sqlstate", None)
    return f"The database refused: {said}" if cause else f"The database cannot be reached: {said}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
