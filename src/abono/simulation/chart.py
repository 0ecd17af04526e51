"""Simulated months as one SVG: a panel for each figure, a line for each policy.

Told apart without colour: each line has its own dashes, its own marks and its letter at the end. Light or dark as the
reader's screen is. Every point says its value, and the picture carries its title and a description for those who hear
it. No script, no font, no address but the namespace of SVG.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 960
_LEFT, _RIGHT, _TOP = 130, 60, 96
_PANEL, _PLOT, _GAP = 190, 120, 14
_TICKS = 4
_MOST_LABELS = 12
_LETTERS = "AB"
_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #16181b }
.paper { fill: #ffffff } .title { font-size: 18px; font-weight: 600 } .head { font-weight: 600 }
.soft { fill: #565d66; font-size: 11px } .rule { stroke: #d3d7dc } .zero { stroke: #565d66 }
.line { fill: none; stroke-width: 2 } .A { stroke: #1d4f9e } .B { stroke: #a23b00; stroke-dasharray: 7 5 }
.mark { stroke-width: 2 } .mark.A { fill: #1d4f9e } .mark.B { fill: none; stroke-dasharray: none }
@media (prefers-color-scheme: dark) {
  text { fill: #eceef0 } .paper { fill: #15171a } .soft { fill: #a9b0b8 } .rule { stroke: #363b41 }
  .zero { stroke: #a9b0b8 } .A { stroke: #8ab4f8 } .B { stroke: #ffb074 } .mark.A { fill: #8ab4f8 }
}
"""


@dataclass(frozen=True, slots=True)
class Panel:
    """One figure: what it is called, and for each policy its value in each month; `unit` is how many make one shown."""

    name: str
    values: Sequence[Sequence[int]]
    unit: int = 1


def chart(*, title: str, lines: Sequence[str], months: Sequence[str], panels: Sequence[Panel]) -> str:
    """The picture. `lines` are the words of the one or two policies, `months` the labels below each panel."""
    height = _TOP + len(lines) * 20 + len(panels) * (_PANEL + _GAP)
    legend = "; ".join(f"{_LETTERS[place]}: {words}" for place, words in enumerate(lines))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="title desc">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="desc">{escape(_description(legend, months, panels))}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{height}"/>',
        f'<text class="title" x="24" y="40">{escape(title)}</text>',
    ]
    for place, words in enumerate(lines):
        parts.extend(_legend(place, words, 66 + place * 20))
    top = _TOP + (len(lines) - 1) * 20
    for place, panel in enumerate(panels):
        parts.extend(_panel(panel, months, top + place * (_PANEL + _GAP)))
    return "\n".join([*parts, "</svg>", ""])


def _description(legend: str, months: Sequence[str], panels: Sequence[Panel]) -> str:
    """All values in words, month by month."""
    said = [f"{legend}."]
    for panel in panels:
        for letter, values in zip(_LETTERS, panel.values, strict=False):
            shown = ", ".join(f"{month} {value // panel.unit:,}" for month, value in zip(months, values, strict=True))
            said.append(f"{panel.name}, {letter}: {shown}.")
    return " ".join(said)


def _legend(place: int, words: str, y: int) -> Iterator[str]:
    letter = _LETTERS[place]
    yield f'<path class="line {letter}" d="M24 {y - 4} H72"/>'
    yield _mark(letter, 48, y - 4, "")
    yield f'<text x="84" y="{y}"><tspan class="head">{letter}</tspan> {escape(words)}</text>'


def _panel(panel: Panel, months: Sequence[str], top: int) -> Iterator[str]:
    every = [value for values in panel.values for value in values]
    step = _step(max(*every, 0) - min(*every, 0), panel.unit)
    low, high = min(*every, 0) // step * step, -(-max(*every, step) // step) * step
    plot = top + 24

    def y_of(value: int) -> int:
        return plot + _PLOT - (value - low) * _PLOT // (high - low)

    def x_of(place: int) -> int:
        return _LEFT + place * (WIDTH - _LEFT - _RIGHT) // max(len(months) - 1, 1)

    yield f'<text class="head" x="24" y="{top + 8}">{escape(panel.name)}</text>'
    for value in range(low, high + 1, step):
        kind = "rule" if value else "zero"
        yield f'<path class="{kind}" d="M{_LEFT} {y_of(value)} H{WIDTH - _RIGHT}"/>'
        shown = f"{value // panel.unit:,}"
        yield f'<text class="soft" x="{_LEFT - 10}" y="{y_of(value) + 4}" text-anchor="end">{shown}</text>'
    for place in range(0, len(months), -(-len(months) // _MOST_LABELS)):
        yield (
            f'<text class="soft" x="{x_of(place)}" y="{plot + _PLOT + 20}" text-anchor="middle">{months[place]}</text>'
        )
    for letter, values in zip(_LETTERS, panel.values, strict=False):
        points = " L".join(f"{x_of(place)} {y_of(value)}" for place, value in enumerate(values))
        yield f'<path class="line {letter}" d="M{points}"/>'
        for place, value in enumerate(values):
            yield _mark(letter, x_of(place), y_of(value), f"{letter}, {months[place]}: {value // panel.unit:,}")
    yield from _ends(panel, x_of(len(months) - 1) + 12, y_of)


def _ends(panel: Panel, x: int, y_of: object) -> Iterator[str]:
    """The letters at the ends of the lines; beside each other where they would lie on each other."""
    assert callable(y_of)
    before: int | None = None
    for letter, values in zip(_LETTERS, panel.values, strict=False):
        y = y_of(values[-1])
        shift = 14 if before is not None and abs(y - before) < 14 else 0
        before = y
        yield f'<text class="head" x="{x + shift}" y="{y + 4}">{letter}</text>'


def _mark(letter: str, x: int, y: int, words: str) -> str:
    """A disc for the first line, a hollow square for the second."""
    told = f"<title>{escape(words)}</title>" if words else ""
    if letter == _LETTERS[0]:
        return f'<circle class="mark A" cx="{x}" cy="{y}" r="3">{told}</circle>'
    return f'<rect class="mark B" x="{x - 5}" y="{y - 5}" width="10" height="10">{told}</rect>'


def _step(span: int, unit: int) -> int:
    """The distance of the rules: 1, 2 or 5 times a power of ten shown units, so that there are at most a few."""
    step = unit
    for factor in _factors():
        step = unit * factor
        if span <= step * _TICKS:
            break
    return step


def _factors() -> Iterator[int]:
    power = 1
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10
