"""`abono server`: the embedded PostgreSQL, for those who have none of their own."""

import json
import os
from pathlib import Path
from typing import Literal

import click

from abono.base.store import server

_data = click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="Folder of the server. Default: $ABONO_DATA/postgres, else .data/postgres in the checkout.",
)
_NOT_RUNNING = 3  # as other start and stop scripts say it


@click.group("server")
def group() -> None:
    """Start, stop and look at the embedded PostgreSQL.

    It listens to no network: only this machine reaches it, through a socket in a private folder. With
    DATABASE_URL set, all other commands use that database instead and this server is not needed.

    Example: abono server start
    """


@group.command("start")
@_data
@click.option("--bin", "bin_dir", type=click.Path(path_type=Path), help="Folder of other PostgreSQL programs.")
def start(data: Path | None, bin_dir: Path | None) -> None:
    """Start it, making it first if there is none; fine if it runs already.

    Example: abono server start --bin /usr/lib/postgresql/15/bin
    """
    folder = _folder(data)
    server.start(data=folder, bin_dir=bin_dir)
    _tell(folder)


@group.command("stop")
@_data
@click.option(
    "--mode",
    type=click.Choice(["fast", "immediate"]),
    default="fast",
    show_default=True,
    help="fast: undo open transactions, write all down. immediate: like a crash; the next start recovers.",
)
def stop(data: Path | None, mode: Literal["fast", "immediate"]) -> None:
    """Stop it; fine if it does not run.

    Example: abono server stop
    """
    click.echo("stopped" if server.stop(data=_folder(data), mode=mode) else "was not running")


@group.command("status")
@_data
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def status(data: Path | None, as_json: bool) -> None:
    """Say whether it runs, and how to reach it. Exit 0: it runs, 3: it does not.

    Example: abono server status --json
    """
    raise SystemExit(_tell(_folder(data), as_json=as_json))


def _folder(data: Path | None) -> Path:
    return data or server.data_folder(environ=os.environ)


def _tell(folder: Path, *, as_json: bool = False) -> int:
    found = server.server_in(data=folder)
    if as_json:
        facts = {"running": found is not None, "data": str(folder)}
        if found:
            facts |= {"pid": found.pid, "major": found.major, "url": found.url, "log": str(found.log)}
        click.echo(json.dumps(facts))
    elif found:
        click.echo(f"running: PostgreSQL {found.major}, process {found.pid}, log {found.log}\n{found.url}")
    else:
        click.echo("not running")
    return 0 if found else _NOT_RUNNING
