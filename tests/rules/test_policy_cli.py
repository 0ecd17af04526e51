"""`abono policy` as a person or a program meets it: output, exit status, one line for an error."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from abono.domain.sellers.policy import builtin_names, builtin_policy, builtin_text, reference_page
from abono.interfaces.cli.policy import policy

COMMANDS = ("check", "show", "diff", "reference")


def run(*words: str) -> Result:
    result = CliRunner().invoke(policy, list(words))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def written(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"abono policy {command}" in result.output


def test_check_says_ok_for_each_good_file() -> None:
    result = run("check", *builtin_names())
    assert result.exit_code == 0
    assert result.output.splitlines() == [f"{name}: ok" for name in builtin_names()]


def test_check_names_each_problem_on_a_line_and_exits_1(tmp_path: Path) -> None:
    text = builtin_text("hosting_cl").replace("issue_days = -10", "issue_days = 0.5")
    bad = written(tmp_path, "bad.toml", text.replace('"CLP"', '"XXX"'))
    good = written(tmp_path, "good.toml", builtin_text("hosting_cl"))
    result = run("check", bad, good)
    assert result.exit_code == 1
    first, second, third = result.output.splitlines()
    assert first.startswith(f'{bad}:6: seller.currency: unknown currency "XXX"; allowed: "ARS"')
    assert first.split("allowed")[0] == f'{bad}:6: seller.currency: unknown currency "XXX"; '
    assert second.startswith(f"{bad}:14: documents.issue_days: 0.5 is a decimal number")
    assert third == f"{good}: ok"
    report = json.loads(run("check", "--json", bad, good).output)
    assert [problem["line"] for problem in report[0]["problems"]] == [6, 14]
    assert report[1] == {"file": good, "problems": []}


@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        ("check", "nowhere.toml"),
        ("show",),
        ("show", "hosting_xx"),
        ("show", "hosting_cl", "--language", "pt"),
        ("show", "."),
        ("diff", "hosting_cl"),
        ("diff", "hosting_cl", "nowhere.toml"),
        ("nothing",),
        ("show", "a\x00b"),
    ],
)
def test_wrong_use_exits_2_without_traceback(words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert result.output.strip()


def test_an_unknown_name_tells_the_names_there_are() -> None:
    result = run("show", "hosting_xx")
    assert len(result.output.splitlines()) == 1
    assert "booking_hu, franchise_us" in result.output


@pytest.mark.parametrize("command", ["show", "diff"])
def test_an_invalid_file_exits_1_with_its_problems(command: str, tmp_path: Path) -> None:
    bad = written(tmp_path, "bad.toml", builtin_text("hosting_cl").replace('"CLP"', '"XXX"'))
    result = run(command, bad, *(["hosting_cl"] if command == "diff" else []))
    assert result.exit_code == 1
    assert result.output.startswith(f"{bad}:6: seller.currency: ")
    assert len(result.output.splitlines()) == 1


@pytest.mark.parametrize(
    ("language", "mark", "sentence"),
    [
        ("en", "[not yet in effect]", "Payment is asked for with a charge note,"),
        ("es", "[aún sin efecto]", "El pago se solicita mediante una nota de cobro,"),
        ("hu", "[még nem hatályos]", "A fizetést fizetési értesítő kéri,"),
    ],
)
def test_show_reads_one_line_for_each_key_and_marks_what_comes_later(language: str, mark: str, sentence: str) -> None:
    lines = run("show", "hosting_cl", "--language", language).output.splitlines()
    known = builtin_policy("hosting_cl")
    assert [line.split()[0] for line in lines] == list(known.settings())
    assert sentence in next(line for line in lines if line.startswith("documents.request "))
    marked = [line.split()[0] for line in lines if line.endswith(mark)]
    built = {*known.effect_keys(part="I"), *known.effect_keys(part="II")}
    assert marked == [key for key in known.settings() if key not in built]


def test_show_as_json() -> None:
    shown = json.loads(run("show", "partners_us", "--json").output)
    assert shown["fingerprint"] == builtin_policy("partners_us").fingerprint
    by_key = {one["key"]: one for one in shown["keys"]}
    assert by_key["means.card.fee_bp"]["value"] == 300
    assert by_key["means.card.fee_bp"]["part"] == "I"
    assert by_key["calendar.steps.suspend.document"]["value"]["day"] == 15
    assert by_key["calendar.steps.suspend.document"]["in_effect"] is True


def test_diff_shows_both_sentences_and_exits_0(tmp_path: Path) -> None:
    text = builtin_text("hosting_cl").replace("min_days_to_pay = 3", "min_days_to_pay = 5")
    other = written(tmp_path, "other.toml", text.replace('  { day = 0, do = "remind", text = "due-today" },\n', ""))
    result = run("diff", "hosting_cl", other, "--language", "es")
    assert result.exit_code == 0
    assert result.output.replace("\u00a0", " ").splitlines() == [
        "documents.min_days_to_pay",
        "  - Desde la emisión siempre hay al menos 3 días para pagar.",
        "  + Desde la emisión siempre hay al menos 5 días para pagar.",
        "calendar.steps.remind.due-today",
        "  - El día del vencimiento, se envía el aviso de que el pago vence hoy por correo electrónico y en el portal.",
        "  + no se indica",
    ]
    found = json.loads(run("diff", "hosting_cl", other, "--json").output)
    assert found[0] | {"before": 3, "after": 5, "key": "documents.min_days_to_pay"} == found[0]
    assert found[1]["after"] is None
    assert found[1]["sentence_after"] is None


def test_diff_of_equal_policies() -> None:
    assert run("diff", "hosting_cl", "hosting_cl").output == "no differences\n"
    assert json.loads(run("diff", "hosting_cl", "hosting_cl", "--json").output) == []


def test_reference_prints_the_page() -> None:
    assert run("reference").output == reference_page()
