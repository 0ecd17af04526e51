"""The table of the mission speaks of the mission's own rows."""

import pytest

from tests.mission_table import line_of, rows, rows_of_mission_file


def test_rows_are_those_of_the_mission() -> None:
    theirs = rows_of_mission_file()
    if theirs is None:
        pytest.skip("the mission's own file is not beside this checkout")
    assert {row: words for row, _, words in rows()} == theirs


def test_a_row_is_whole_only_if_every_part_passes() -> None:
    wanted = ("engine", "page")
    assert line_of("X1", wanted, "words", {}).startswith("✘ X1")
    assert line_of("X1", wanted, "words", {"engine": ["passed"]}).startswith("◐ X1")
    assert line_of("X1", wanted, "words", {"engine": ["passed"], "page": ["passed", "failed"]}).startswith("◐ X1")
    assert line_of("X1", wanted, "words", {"engine": ["passed"], "page": ["passed"]}).startswith("✔ X1")
