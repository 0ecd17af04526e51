"""What happens next is said in every language, with the same places in each."""

import string
import tomllib
from pathlib import Path
from typing import Any

import pytest

from abono.base.kernel.languages import LANGUAGES
from abono.domain.sellers.policy.vocabulary import NEEDS

FILE = Path(__file__).resolve().parents[2] / "src" / "abono" / "reports" / "data" / "ahead.toml"
WORDS: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))


def sentences() -> dict[str, dict[str, str]]:
    """Every sentence by its place in the file."""
    found = {name: WORDS[name] for name in ("head", "nothing")}
    for section in ("kind", "why", "silence"):
        found |= {f"{section}.{name}": row for name, row in WORDS[section].items()}
    return found


@pytest.mark.parametrize("name", sentences())
def test_a_sentence_is_there_in_every_language_with_the_same_places(name: str) -> None:
    row = sentences()[name]
    assert set(row) == set(LANGUAGES)
    places = [{place.casefold() for _, place, _, _ in string.Formatter().parse(row[one]) if place} for one in LANGUAGES]
    assert all(one == places[0] for one in places), name


def test_every_need_and_every_harm_is_said() -> None:
    assert set(WORDS["why"]) == {*NEEDS, "distance"}
    assert {"remind", "suspend.document", "suspend.debtor", "terminate.document"} <= set(WORDS["kind"])
