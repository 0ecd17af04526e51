"""`abono preview` as a program sees it: JSON, exit codes, one-line errors, and no database."""

import json
import subprocess
import sys
from calendar import monthrange
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from abono.interfaces.cli.preview import command

MONTHS = {"monthly": 1, "quarterly": 3, "semiannual": 6, "yearly": 12}


def run(*words: str) -> Result:
    return CliRunner().invoke(command, list(words))


def call(**changes: str | None) -> Result:
    """The command on a usual subscription, with options changed or (None) left out."""
    usual: dict[str, str | None] = {
        "cycle": "monthly",
        "price-minor": "1000",
        "currency": "USD",
        "from": "2024-01-31",
        "on": "2024-04-30",
    }
    options = {**usual, **{name.replace("_", "-").strip("-"): value for name, value in changes.items()}}
    words = [word for name, value in options.items() if value is not None for word in (f"--{name}", value)]
    return run(*words, "--json")


def shown(**changes: str | None) -> tuple[list[tuple[str, str, str, int]], str]:
    result = call(**changes)
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    answer: dict[str, Any] = json.loads(result.stdout)
    assert set(answer) == {"lines", "periods"}
    for line in answer["lines"]:
        assert list(line) == ["period_from", "period_to", "fraction", "amount_minor"]
        assert type(line["amount_minor"]) is int
    return [tuple(line.values()) for line in answer["lines"]], answer["periods"]


def test_each_period_that_begins_on_or_before_the_day() -> None:
    assert shown() == (
        [
            ("2024-01-31", "2024-02-29", "1.000000000", 1000),
            ("2024-02-29", "2024-03-31", "1.000000000", 1000),
            ("2024-03-31", "2024-04-30", "1.000000000", 1000),
            ("2024-04-30", "2024-05-31", "1.000000000", 1000),
        ],
        "4.000000000",
    )


def test_stubs_at_both_ends() -> None:
    lines, total = shown(from_="2024-01-20", anchor_day="31", to="2024-03-10")
    assert lines == [
        ("2024-01-20", "2024-01-31", "0.354838710", 355),
        ("2024-01-31", "2024-02-29", "1.000000000", 1000),
        ("2024-02-29", "2024-03-10", "0.322580645", 323),
    ]
    assert total == "1.677419355"


def test_an_end_after_the_day_still_cuts_the_last_period() -> None:
    lines, _ = shown(to="2024-05-10")
    assert lines[-1] == ("2024-04-30", "2024-05-10", "0.322580645", 323)


def test_an_inclusive_end_is_one_day_later() -> None:
    assert shown(to="2024-03-30", end_day="inclusive") == shown(to="2024-03-31", end_day="exclusive")
    assert shown(to="2024-03-31") == shown(to="2024-03-31", end_day="exclusive")
    lines, _ = shown(to="2024-01-31", end_day="inclusive")
    assert lines == [("2024-01-31", "2024-02-01", "0.034482759", 34)]


def test_an_end_on_the_start_bills_nothing() -> None:
    assert shown(to="2024-01-31") == ([], "0.000000000")


def test_to_the_end_and_not_beyond() -> None:
    assert shown(to="2024-03-31", on="2024-03-31") == shown(to="2024-03-31", on="2999-01-01")


@pytest.mark.parametrize(
    ("cycle", "begins"),
    [
        ("weekly", ["2024-02-29", "2024-03-07", "2024-03-14"]),
        ("monthly", ["2024-02-29", "2024-03-29", "2024-04-29"]),
        ("quarterly", ["2024-02-29", "2024-05-29", "2024-08-29"]),
        ("semiannual", ["2024-02-29", "2024-08-29", "2025-02-28"]),
        ("yearly", ["2024-02-29", "2025-02-28", "2026-02-28"]),
    ],
)
def test_every_cycle(cycle: str, begins: list[str]) -> None:
    lines, total = shown(cycle=cycle, from_="2024-02-29", on=begins[-1])
    assert [line[0] for line in lines] == begins
    assert total == "3.000000000"


def test_currencies_without_decimals_are_in_their_whole_units() -> None:
    lines, _ = shown(currency="CLP", from_="2024-01-20", anchor_day="31", on="2024-01-20", price_minor="9990")
    assert lines[0][3] == 3545


def nth_anchor(start: date, anchor_day: int, months: int) -> date:
    """The anchor some months from the start's month, by counting months from year 0."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(anchor_day, monthrange(year, month + 1)[1]))


def expected(start: date, step: int, anchor_day: int, end: date | None, on: date) -> list[tuple[date, date, Fraction]]:
    """The lines as the rule words them: list all anchors, then cut them by the start and the end."""
    anchors = [nth_anchor(start, anchor_day, step * number) for number in range(-1, 60)]
    found = []
    for cycle_from, cycle_to in pairwise(anchors):
        first, last = max(cycle_from, start), cycle_to if end is None else min(cycle_to, end)
        if first < last and first <= on:
            found.append((first, last, Fraction((last - first).days, (cycle_to - cycle_from).days)))
    return found


@given(
    start=st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 1, 1)),
    cycle=st.sampled_from(sorted(MONTHS)),
    anchor_day=st.integers(1, 31),
    length=st.none() | st.integers(0, 900),
    ahead=st.integers(0, 900),
    price_minor=st.integers(0, 10**9),
)
@settings(max_examples=60, deadline=None)
def test_the_answer_is_what_the_rule_says(
    start: date, cycle: str, anchor_day: int, length: int | None, ahead: int, price_minor: int
) -> None:
    end = None if length is None else start + timedelta(days=length)
    on = start + timedelta(days=ahead)
    lines, total = shown(
        cycle=cycle,
        from_=str(start),
        anchor_day=str(anchor_day),
        to=None if end is None else str(end),
        on=str(on),
        price_minor=str(price_minor),
    )
    right = expected(start, MONTHS[cycle], anchor_day, end, on)
    assert [(line[0], line[1]) for line in lines] == [(str(a), str(b)) for a, b, _ in right]
    for line, (_, _, fraction) in zip(lines, right, strict=True):
        assert abs(Fraction(line[2]) - fraction) <= Fraction(1, 2 * 10**9)
        assert -Fraction(1, 2) < line[3] - price_minor * fraction <= Fraction(1, 2)
    assert abs(Fraction(total) - sum(fraction for *_, fraction in right)) <= Fraction(1, 2 * 10**9)


@pytest.mark.parametrize(
    "wrong",
    [
        {"on": "2024-01-30"},
        {"to": "2024-01-30"},
        {"to": "2024-01-30", "end_day": "inclusive"},
        {"anchor_day": "0"},
        {"anchor_day": "32"},
        {"anchor_day": "-1"},
        {"anchor_day": "first"},
        {"currency": "XXX"},
        {"currency": "usd"},
        {"currency": "US\nD"},
        {"currency": ""},
        {"price_minor": "-1"},
        {"price_minor": "10.50"},
        {"price_minor": "1_000"},
        {"price_minor": "١٠"},
        {"price_minor": "ten"},
        {"price_minor": "9" * 18},
        {"price_minor": "9" * 5000},
        {"from": "2024-02-30"},
        {"from": "20240131"},
        {"from": "2024-W05-3"},
        {"from": "31/01/2024"},
        {"from": "0024-01-31"},
        {"on": "tomorrow"},
        {"on": "9999-12-31"},
        {"cycle": "daily"},
        {"cycle": None},
        {"currency": None},
        {"price_minor": None},
        {"from": None},
        {"on": None},
        {"end_day": "both"},
        {"nonsense": "1"},
    ],
)
def test_a_wrong_call_is_one_line_and_exit_code_2(wrong: dict[str, str | None]) -> None:
    result = call(**wrong)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.stderr


def test_the_help_has_an_example_that_works() -> None:
    result = run("--help")
    assert result.exit_code == 0
    example = next(line for line in result.stdout.splitlines() if line.strip().startswith("abono preview "))
    table = run(*example.split()[2:])
    assert table.exit_code == 0
    assert table.stdout.splitlines()[0].split() == ["from", "to", "cycles", "USD"]
    assert table.stdout.splitlines()[-1].split() == ["sum", "4.000000000", "40.00"]


def test_it_runs_alone_and_loads_neither_django_nor_a_database() -> None:
    program = (
        "import sys, runpy; sys.argv = sys.argv[1:]\n"
        "try: runpy.run_module('abono.interfaces.cli.preview', run_name='__main__')\n"
        "finally: print(sorted({name.split('.')[0] for name in sys.modules} & {'django', 'psycopg', 'rich'}))"
    )
    words = "preview --cycle monthly --price-minor 1000 --currency USD --from 2024-01-31 --on 2024-01-31 --json"
    done = subprocess.run([sys.executable, "-c", program, *words.split()], capture_output=True, text=True, check=True)
    answer, _, loaded = done.stdout.rpartition("}")
    assert json.loads(answer + "}")["periods"] == "1.000000000"
    assert loaded.strip() == "[]"
