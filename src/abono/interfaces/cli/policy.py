"""`abono policy`: check, show and compare policy files, and print their reference."""

import json
from pathlib import Path
from typing import Any, NoReturn

import click

from abono.base.kernel.languages import LANGUAGES, in_language
from abono.base.kernel.refusal import Missing, Refused
from abono.domain.sellers.policy import (
    Difference,
    Policy,
    PolicyError,
    Problem,
    builtin_names,
    builtin_policy,
    differences,
    key_named,
    read_policy_file,
    reference_page,
    sentence_of,
)

PROBLEMS, USAGE = 1, 2

_NOT_YET = {
    "en": "not yet in effect",
    "es": "aún sin efecto",
    "hu": "még nem hatályos",
}
_ABSENT = {"en": "not stated", "es": "no se indica", "hu": "nincs megadva"}

_language = click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="Language of the sentences.",
)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


@click.group()
def policy() -> None:
    """Check, show and compare policies: the files that say how a business bills and collects.

    Exit status: 0 all is well, 1 a policy has problems, 2 the command was used wrongly.
    """


@policy.command()
@click.argument("sources", nargs=-1, required=True, metavar="FILE...")
@_as_json
def check(sources: tuple[str, ...], as_json: bool) -> None:
    """Check policy files; every problem is one line: file, line, key, what is wrong, what is allowed.

    \b
    Example:
      abono policy check shop.toml
      shop.toml:11: documents.issue_days: 5 is out of range; allowed: -180 to 0
    """
    found = {source: _problems(source) for source in sources}
    if as_json:
        _print_json([{"file": source, "problems": list(map(_plain, found[source]))} for source in found])
    else:
        for source, problems in found.items():
            click.echo("\n".join(map(str, problems)) or f"{source}: ok")
    if any(found.values()):
        raise SystemExit(PROBLEMS)


@policy.command()
@click.argument("source", metavar="FILE|NAME")
@_language
@_as_json
def show(source: str, language: str, as_json: bool) -> None:
    """Read a policy as terms of service: one sentence for each key.

    NAME is a policy that comes with Abono. Keys whose feature is to come are marked "not yet in effect".

    \b
    Example:
      abono policy show shop.toml --language es
      documents.invoice   La factura se emite únicamente cuando se ha pagado el importe completo.
    """
    shown = _load_or_exit(source)
    if as_json:
        _print_json(_shown_json(source, shown, language))
        return
    settings = list(shown.settings())
    width = max(map(len, settings)) + 2
    for key in settings:
        mark = "" if key_named(key).in_effect else f" [{in_language(_NOT_YET, language)}]"
        click.echo(f"{key:<{width}}{sentence_of(shown, key, language)}{mark}")


@policy.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@_language
@_as_json
def diff(before: str, after: str, language: str, as_json: bool) -> None:
    """Say what policy B does differently from policy A; each is a FILE or a NAME. Exit status 0 either way.

    \b
    Example:
      abono policy diff shop.toml shop-2027.toml
      documents.issue_days
        - Documents are issued 15 days before the service renews.
        + Documents are issued 20 days before the service renews.
    """
    one, other = _load_or_exit(before), _load_or_exit(after)
    found = differences(one, other)
    if as_json:
        _print_json([_difference_json(difference, one, other, language) for difference in found])
        return
    for difference in found:
        click.echo(difference.key)
        click.echo(f"  - {_sentence(one, difference.key, difference.before, language)}")
        click.echo(f"  + {_sentence(other, difference.key, difference.after, language)}")
    if not found:
        click.echo("no differences")


@policy.command()
def reference() -> None:
    """Print the reference of all keys as Markdown.

    \b
    Example:
      abono policy reference > docs/reference/policy.md
    """
    click.echo(reference_page(), nl=False)


def _load(source: str) -> Policy:
    """The policy of a built-in name or a file; exits with one line when there is neither."""
    try:
        return builtin_policy(source) if source in builtin_names() else read_policy_file(source)
    except Missing as error:
        built_in = "" if "/" in source or Path(source).suffix else f" Policies that come with Abono: {_names()}."
        _exit(f"{error.words}{built_in}", USAGE)


def _problems(source: str) -> tuple[Problem, ...]:
    try:
        _load(source)
    except PolicyError as error:
        return error.problems
    return ()


def _load_or_exit(source: str) -> Policy:
    try:
        return _load(source)
    except PolicyError as error:
        _exit(str(error), PROBLEMS)
    except Refused as error:
        _exit(error.words, PROBLEMS)


def _names() -> str:
    return ", ".join(builtin_names())


def _exit(words: str, status: int) -> NoReturn:
    click.echo(words, err=True)
    raise SystemExit(status)


def _sentence(policy: Policy, key: str, value: object, language: str) -> str:
    return in_language(_ABSENT, language) if value is None else sentence_of(policy, key, language)


def _plain(problem: Problem) -> dict[str, Any]:
    return {name: getattr(problem, name) for name in ("file", "line", "key", "wrong", "allowed")}


def _shown_json(source: str, policy: Policy, language: str) -> dict[str, Any]:
    keys = [
        {
            "key": key,
            "value": value,
            "sentence": sentence_of(policy, key, language),
            "part": key_named(key).part,
            "in_effect": key_named(key).in_effect,
        }
        for key, value in policy.settings().items()
    ]
    return {"policy": source, "fingerprint": policy.fingerprint, "language": language, "keys": keys}


def _difference_json(difference: Difference, one: Policy, other: Policy, language: str) -> dict[str, Any]:

    def said(policy: Policy, value: object) -> str | None:
        return None if value is None else sentence_of(policy, difference.key, language)

    return {
        "key": difference.key,
        "before": difference.before,
        "after": difference.after,
        "sentence_before": said(one, difference.before),
        "sentence_after": said(other, difference.after),
    }


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
