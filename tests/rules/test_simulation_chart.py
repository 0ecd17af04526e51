"""The picture of simulated months: marks in their places, any sizes, words that cannot break it."""

from xml.etree import ElementTree

import pytest

from abono.simulation.chart import WIDTH, Panel, chart

SPACE = "{http://www.w3.org/2000/svg}"
MONTHS = ("2026-01", "2026-02", "2026-03")


def drawn(*values: tuple[int, ...], unit: int = 1, label: str = "now") -> ElementTree.Element:
    months = [f"{2026 + place // 12}-{place % 12 + 1:02d}" for place in range(len(values[0]))]
    lines = [label, "then"][: len(values)]
    return ElementTree.fromstring(
        chart(title="Months", lines=lines, months=months, panels=[Panel("Cash", values, unit)])
    )


def discs(root: ElementTree.Element) -> list[tuple[int, int]]:
    """Where the first line's marks are, without the legend's."""
    return [(int(one.attrib["cx"]), int(one.attrib["cy"])) for one in root.findall(f"{SPACE}circle")][1:]


def test_more_is_higher_and_later_is_further_right() -> None:
    points = discs(drawn((10, 30, 20)))
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert points[1][1] < points[2][1] < points[0][1]


@pytest.mark.parametrize(
    "values", [(0, 0, 0), (5,), (-300, 200, 0), (-7, -7, -1), (10**15, 1, 2), (1,) * 36, (99_999, 100_001)]
)
def test_any_values_stay_within_the_picture(values: tuple[int, ...]) -> None:
    root = drawn(values, values)
    height = int(root.attrib["viewBox"].split()[3])
    assert len(discs(root)) == len(values)
    assert all(0 < x < WIDTH and 0 < y < height for x, y in discs(root))
    rules = [one for one in root.findall(f"{SPACE}path") if one.attrib["class"] in ("rule", "zero")]
    assert 2 <= len(rules) <= 7
    assert sum(one.attrib["class"] == "zero" for one in rules) == 1


def test_values_are_told_in_whole_units() -> None:
    root = drawn((123_456, 0), unit=100)
    assert "2026-01 1,234" in (root[1].text or "")
    told = [mark.text for one in root.findall(f"{SPACE}circle") for mark in one.findall(f"{SPACE}title")]
    assert told == ["A, 2026-01: 1,234", "A, 2026-02: 0"]


def test_words_cannot_break_it() -> None:
    root = drawn((1, 2), label='a <b> & "c"</svg>')
    assert 'a <b> & "c"</svg>' in (root[1].text or "")


def test_the_same_figures_give_the_same_picture() -> None:
    panels = [Panel("Cash", [(1, 2, 3), (2, 2, 2)])]
    first, second = (chart(title="T", lines=("a", "b"), months=MONTHS, panels=panels) for _ in range(2))
    assert first == second
