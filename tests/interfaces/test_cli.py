"""The command line as a program: help, examples, wrong calls, one-line errors. Needs no database."""

import difflib
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from abono.base.kernel.refusal import Forbidden, Missing, Refused, Unavailable
from abono.interfaces.cli import options, run
from abono.interfaces.cli.commands_page import commands_page
from abono.interfaces.cli.index import index_values
from abono.interfaces.cli.main import COMMANDS, abono
from abono.interfaces.cli.refusals import told

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "commands.md"


def call(*words: str) -> Result:
    return CliRunner().invoke(abono, list(words))


def program(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    clean = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", **environment}
    return subprocess.run(
        [sys.executable, "-m", "abono.interfaces.cli.main", *words],
        capture_output=True,
        text=True,
        check=False,
        env=clean,
        timeout=120,
    )


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command and group with its whole name."""
    settings = dict(abono.context_settings)
    root = click.Context(abono, info_name="abono", **settings)
    yield from _below(abono, root)


def _below(group: click.Group, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        inner = click.Context(command, info_name=name, parent=context)
        yield inner.command_path, command
        if isinstance(command, click.Group):
            yield from _below(command, inner)


ALL = dict(commands())
LEAVES = {name: command for name, command in ALL.items() if not isinstance(command, click.Group)}


def examples_of(command: click.Command) -> list[str]:
    """The example calls in a command's help, each on one line."""
    text = f"{command.help or ''}\n{command.epilog or ''}".replace("\\\n", " ")
    found = re.findall(r"^\s*(?:Example: )?((?:[A-Z_]+=\S+ )*abono .+)$", text, re.MULTILINE)
    return [re.split(r"\s[>|]\s", one)[0] for one in found]


# --- help


def test_help_names_every_command_with_its_words() -> None:
    result = call("--help")
    assert result.exit_code == 0
    for section in COMMANDS.values():
        for name, (_, words) in section.items():
            assert re.search(rf"^  {name} +{re.escape(words[:40])}", result.stdout, re.MULTILINE), name


@pytest.mark.parametrize("name", ALL)
def test_every_command_has_help(name: str) -> None:
    result = call(*name.split()[1:], "--help")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith(f"Usage: {name}")
    assert ALL[name].help


@pytest.mark.parametrize("name", LEAVES)
def test_every_command_has_an_example_that_can_be_called(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    examples = examples_of(LEAVES[name])
    assert examples, f"{name} has no example"
    for example in examples:
        words = [word for word in shlex.split(example) if not re.fullmatch(r"[A-Z_]+=\S+", word)]
        command: click.Command = abono
        assert words.pop(0) == "abono"
        context = click.Context(abono, info_name="abono")
        while isinstance(command, click.Group):
            inner = command.get_command(context, words.pop(0))
            assert inner is not None, example
            command = inner
        assert command is LEAVES[name], f"the example of {name} is of another command"
        for word in words:
            if re.search(r"\.(csv|toml|pdf)$", word):
                (tmp_path / word).touch()
        command.make_context(name, words)


def test_the_reference_of_commands_is_current() -> None:
    stored, made = PAGE.read_text(encoding="utf-8"), commands_page()
    differences = list(difflib.unified_diff(stored.splitlines(), made.splitlines(), lineterm="", n=0))
    assert not differences, (
        "run: python -m abono.interfaces.cli.commands_page > docs/reference/commands.md\n" + "\n".join(differences)
    )


# --- starting


@pytest.mark.parametrize(
    "words",
    [
        "--help",
        "pay --help",
        "preview --cycle monthly --price-minor 1000 --currency USD --from 2024-01-31 --on 2024-01-31 --json",
    ],
)
def test_help_and_preview_load_neither_django_nor_a_database(words: str) -> None:
    text = (
        "import sys\n"
        "from abono.interfaces.cli.main import main\n"
        "try: main()\n"
        "finally: print(sorted({name.split('.')[0] for name in sys.modules} & {'django', 'psycopg', 'rich', 'typst'}))"
    )
    done = subprocess.run([sys.executable, "-c", text, *words.split()], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_program_answers_and_knows_its_version() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", program("--version").stdout)


# --- wrong calls and one-line errors


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["run"],
        ["run", "--seller", "shop"],
        ["run", "--seller", "shop", "--on", "tomorrow"],
        ["run", "--seller", "shop", "--on", "2026-02-30"],
        ["run", "--seller", "shop", "--on", "20260201"],
        ["run", "--seller", "shop", "--on", "0026-02-01"],
        ["run", "--seller", "shop", "--on", "9999-12-31"],
        ["run", "--seller", "shop", "--on", "2026-02-01", "--nonsense"],
        ["preview", "--cycle", "daily"],
        ["pay", "--seller", "shop", "--customer", "C-1", "--means", "card", "--amount", "ten"],
        ["pay", "--seller", "shop", "--customer", "C-1", "--means", "card", "--amount", "1e3"],
        ["pay", "--seller", "shop", "--customer", "C-1", "--means", "card", "--amount", "1_000"],
        ["pay", "--seller", "shop", "--customer", "C-1", "--means", "card", "--amount", "-5"],
        ["pay", "--seller", "shop", "--customer", "C-1", "--means", "card", "--amount", "12,50"],
        ["pay", "--seller", "shop", "--customer", "C-1", "--means", "card", "--amount", "٣"],
        ["pay", "--seller", "shop", "--customer", "C-1", "--means", "card", "--amount", "9" * 400],
        ["pay", "--seller", "shop", "--customer", "C-1", "--means", "card", "--currency", "XXX"],
        ["pay", "--seller", "shop", "--customer", "C\n-1", "--means", "card"],
        ["pay", "--seller", "shop", "--customer", "", "--means", "card"],
        ["customer", "add", "--seller", "shop", "--name", "A\u202eB"],
        ["customer", "add", "--seller", "shop", "--name", "A" * 301],
        ["customer", "add", "--seller", "shop", "--name", "A", "--set", "nothing"],
        ["customer", "add", "--seller", "shop", "--name", "A", "--country", "Chile"],
        ["subscription", "add", "C-1", "--seller", "shop", "--plan", "a", "--cycle", "daily"],
        ["subscription", "add", "C-1", "--seller", "shop", "--plan", "a", "--cycle", "monthly", "--quantity", "1.5"],
        ["subscription", "discount", "x", "--seller", "shop", "--percent", "12.345"],
        ["plan", "price", "a", "--seller", "shop", "--cycle", "monthly", "--tier", "10"],
        ["plan", "price", "a", "--seller", "shop", "--cycle", "monthly", "--amount", "1.1234567"],
        ["index", "load", "/nonexistent/uf.csv", "--name", "UF", "--source", "x"],
        [
            "seller",
            "add",
            "--seller",
            "a b",
            "--name",
            "A",
            "--legal-name",
            "A",
            "--tax-id",
            "1",
            "--email",
            "a@b.example",
        ],
        [
            "seller",
            "add",
            "--seller",
            "a",
            "--name",
            "A",
            "--legal-name",
            "A",
            "--tax-id",
            "1",
            "--email",
            "a@b.example",
        ],
        ["customer", "profile", "C-1", "--seller", "shop", "--exemption", "7"],
    ],
    ids=lambda words: " ".join(words)[:60].encode("ascii", "replace").decode(),
)
def test_a_wrong_call_is_one_line_and_exit_code_2(words: list[str]) -> None:
    result = call(*words)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("abono: ")
    assert result.stderr.count("\n") == 1


def test_a_group_alone_shows_its_help() -> None:
    result = call("customer")
    assert result.exit_code == 2
    assert "Commands:" in result.stderr


@pytest.mark.parametrize("kind", [Refused, Missing, Forbidden, Unavailable])
def test_a_refusal_is_one_line_and_exit_code_1(kind: type[Refused]) -> None:
    assert told(kind("a.b", "No,\n not so.")) == (["No,", "not so."], 1)
    assert told(kind("a.b", "Not  so.")) == (["Not so."], 1)


def test_a_bug_is_no_answer() -> None:
    assert told(ValueError("x")) is None


def test_an_interrupted_command_says_so() -> None:
    assert told(click.Abort()) == (["stopped; what was done before stays done."], 1)


def test_a_database_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    done = program("seller", "list", DATABASE_URL=f"postgresql://nobody@/none?host={tmp_path}")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("abono: The database cannot be reached: ")
    assert done.stderr.count("\n") == 1


def test_a_wrong_address_of_the_database_is_one_line() -> None:
    done = program("seller", "list", DATABASE_URL="no address at all")
    assert done.returncode == 1
    assert done.stderr.startswith("abono: ")
    assert done.stderr.count("\n") == 1


def test_without_any_database_the_command_names_setup(tmp_path: Path) -> None:
    done = program("seller", "list", ABONO_DATA=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr == (
        "abono: There is no database yet. Run: abono setup, or set DATABASE_URL to a PostgreSQL of your own.\n"
    )


# --- how far a run has come


def test_a_run_shows_its_progress_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with run._progress() as told_of:
        assert told_of is None
    monkeypatch.setattr(run.sys.stderr, "isatty", lambda: True, raising=False)
    with run._progress() as told_of:
        assert told_of is not None
        told_of(1000)


# --- reading words


def test_words_are_read_exactly() -> None:
    assert options.day("2024-02-29") == date(2024, 2, 29)
    assert options.number("12.50") == Decimal("12.50")
    assert options.percent_bp("12.5") == 1250
    assert options.pair("a=b=c") == ("a", "b=c")
    assert options.minor(Decimal("12.5"), "USD", option="--amount") == 1250
    assert options.minor(Decimal("12.00"), "CLP", option="--amount") == 12


@pytest.mark.parametrize(("amount", "money"), [("12.505", "USD"), ("12.5", "CLP"), ("0.1", "HUF")])
def test_no_decimal_is_dropped_in_silence(amount: str, money: str) -> None:
    with pytest.raises(click.BadParameter):
        options.minor(Decimal(amount), money, option="--amount")


def test_index_values_are_read_with_either_decimal_sign() -> None:
    wanted = {date(2026, 3, 1): Decimal("38123.45"), date(2026, 3, 2): Decimal("38124")}
    assert index_values("2026-03-01,38123.45\n2026-03-02,38124\n", comma=False, file="f") == wanted
    assert index_values("Día;Valor\n2026-03-01;38.123,45\n2026-03-02;38124\n\n", comma=True, file="f") == wanted


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("2026-03-01;1\nyesterday;2\n", 2),
        ("2026-03-01;1\n2026-03-02;1,5\n", 2),
        ("2026-03-01;1\n2026-03-02\n", 2),
        ("2026-03-01;1\n2026-03-01;2\n", 2),
        ("2026-13-01;1\n", 1),
        ("2026-03-01;-1\n", 1),
    ],
)
def test_a_bad_index_value_is_named_with_its_line(text: str, line: int) -> None:
    with pytest.raises(click.ClickException, match=rf"^f:{line}: "):
        index_values(text, comma=False, file="f")
