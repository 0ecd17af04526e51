"""Whatever is done to a policy's text, it can be shown, or is refused with problems on real lines."""

import tomllib

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abono.base.kernel.languages import LANGUAGES
from abono.domain.sellers.policy import (
    Policy,
    PolicyError,
    builtin_names,
    builtin_text,
    policy_text,
    read_policy,
    sentences,
)
from abono.domain.sellers.policy.lines import lines_of

TEXTS = [builtin_text(name) for name in builtin_names()]
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

VALUES = st.sampled_from(
    [
        "\n    0 ",
        " 1 ",
        " -1 ",
        " 5 ",
        " 30 ",
        " -15 ",
        " 99999999999999999999 ",
        " 1.5 ",
        " inf ",
        " true ",
        " false ",
        " 2026-01-01 ",
        ' "" ',
        ' "x" ',
        ' "AR"\n    ',
        ' "service" ',
        ' "on-payment" ',
        ' "none" ',
        " [] ",
        " [1] ",
        " [1.5] ",
        " [[]] ",
        " [{}] ",
        " {} ",
        " {a = 1} ",
        ' ["email"] ',
        ' ["1 week"]\n    ',
        " [{day = 1}] ",
        ' [{day = 2, do = "suspend"}] ',
        ' {settles = "at-once"} ',
        ' {settles = "at-once", fee_bp = 1}\n    ',
        ' [{day = -1, do = "remind", text = "a"}, {business_day = 3, do = "suspend"}] ',
        ' "\\u202e" ',
        ' ["own:x"]\n    ',
    ]
)
ODD = st.text(alphabet="[]{}\"'=,.#-0159 \n\r\tabé\x00\u202e\ud800", max_size=3)


def read(text: str) -> tuple[Policy | None, PolicyError | None]:
    try:
        return read_policy(text=text, file="mutated.toml"), None
    except PolicyError as refusal:
        return None, refusal


def said_or_refused(text: str) -> None:
    """The property: a policy that reads back and speaks every language, or problems on lines that exist."""
    policy, refusal = read(text)
    if refusal:
        lines = text.count("\n") + 1
        assert refusal.problems
        assert all(1 <= problem.line <= lines and problem.wrong for problem in refusal.problems), str(refusal)
        assert str(refusal).count("\n") == len(refusal.problems) - 1
    if not policy:
        return
    assert read_policy(text=policy_text(policy), file="again.toml") == policy
    for language in LANGUAGES:
        said = sentences(policy, language)
        assert [key for key, _ in said] == list(policy.settings())
        assert all("{" not in sentence for _, sentence in said)


@st.composite
def mutated_lines(draw: st.DrawFn) -> str:
    lines = draw(st.sampled_from(TEXTS)).splitlines()
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(lines) - 1))
        what = draw(st.sampled_from(["drop", "twice", "value", "swap", "move"]))
        if what == "drop" and len(lines) > 1:
            del lines[at]
        elif what == "twice":
            lines.insert(at, lines[at])
        elif what == "value" and " = " in lines[at]:
            lines[at] = lines[at].split(" = ")[0] + " = " + draw(VALUES)
        elif what == "swap":
            other = draw(st.integers(0, len(lines) - 1))
            lines[at], lines[other] = lines[other], lines[at]
        else:
            lines.insert(draw(st.integers(0, len(lines) - 1)), lines.pop(at))
    return "\n".join(lines)


@st.composite
def mutated_characters(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        cut = draw(st.integers(0, 3))
        text = text[:at] + draw(ODD) + text[at + cut :]
    return text


@given(mutated_lines())
@QUICK
def test_mutated_lines_are_said_or_refused(text: str) -> None:
    said_or_refused(text)


@given(mutated_characters())
@QUICK
def test_mutated_characters_are_said_or_refused(text: str) -> None:
    said_or_refused(text)


@given(st.sampled_from(TEXTS), st.sets(st.integers(0, 70)))
@QUICK
def test_any_subset_of_the_lines_is_said_or_refused(text: str, dropped: set[int]) -> None:
    said_or_refused("\n".join(line for at, line in enumerate(text.splitlines()) if at not in dropped))


@given(st.text(max_size=200))
@QUICK
def test_any_text_is_refused(text: str) -> None:
    said_or_refused(text)


@given(st.one_of(mutated_lines(), mutated_characters()))
@QUICK
def test_the_scanner_finds_every_place_that_the_parser_finds(text: str) -> None:
    try:
        tree = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError):
        return
    lines = lines_of(text)

    def walk(value: object, place: tuple[str | int, ...]) -> None:
        assert place in lines, place
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for name, item in inner:
            walk(item, (*place, name))

    walk(tree, ())
