"""The languages that Abono speaks, and a text that has one form in each."""

from collections.abc import Mapping

LANGUAGES = ("en", "es", "hu")

Words = Mapping[str, str]


def in_language(words: Words, language: str) -> str:
    """The text in `language`, else in English."""
    return words.get(language) or words["en"]
