"""The glossary: every language filled, no term twice, and the titles on paper are its words."""

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from abono.base.kernel.languages import LANGUAGES
from abono.domain.sellers.policy.keys import key_named
from abono.domain.sellers.policy.vocabulary import WORDINGS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "words.md"
HEAD = ["English", "español", "magyar", "meaning"]


def _table() -> list[list[str]]:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def _rows() -> list[list[str]]:
    return _table()[2:]


def test_every_term_is_said_in_every_language_with_its_meaning() -> None:
    assert _table()[0] == HEAD
    assert len(HEAD) == len(LANGUAGES) + 1
    for row in _rows():
        assert len(row) == len(HEAD), row
        assert all(row), row
        assert row[-1].endswith("."), row


@pytest.mark.parametrize("column", range(len(LANGUAGES)), ids=LANGUAGES)
def test_no_term_stands_for_two_things(column: int) -> None:
    terms = [row[column].casefold() for row in _rows()]
    assert len(terms) == len(set(terms)), sorted(term for term in set(terms) if terms.count(term) > 1)


def test_documents_call_themselves_by_these_words() -> None:
    text = files("abono.domain.invoicing").joinpath("data/wordings.toml").read_text(encoding="utf-8")
    known = {row[0].casefold(): row for row in _rows()}
    for name, title in tomllib.loads(text)["title"].items():
        row = known[title["en"].casefold()]
        for column, language in enumerate(LANGUAGES):
            assert title[language].casefold() in row[column].casefold().split(", "), (name, language)


def test_policies_speak_of_requests_in_these_words() -> None:
    """What a policy's sentence calls a request, and its legal text, is what the paper will call itself."""
    known = {row[0].casefold(): row for row in _rows()}
    asks = key_named("documents.request").say
    texts = {one.document: one.words for one in WORDINGS.values()}
    for kind in ("proforma", "charge-note", "payment-request"):
        row = known[kind.replace("-", " ")]
        for column, language in enumerate(LANGUAGES):
            words = row[column].casefold().split(", ")
            assert any(one in asks[kind][column] for one in words), (kind, language)
            assert any(one in texts[kind][language] for one in words), (kind, language)
