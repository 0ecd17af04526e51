"""Lengths of the paper in thousandths of a point. The template is given them, so that both sides draw one page."""

from dataclasses import asdict, dataclass

from abono.domain.invoicing.paper.sheet import Paper

PT = 1000

PAPERS: dict[Paper, tuple[int, int]] = {"a4": (595_276, 841_890), "letter": (612_000, 792_000)}

SIDE = 51_024  # 18 mm
HEAD_AT = 45 * PT  # from the upper edge to the masthead
HEAD_GAP = 33 * PT  # from the masthead to the first words
FOOT_AT = 27 * PT  # from the lower edge to the foot
FOOT_GAP = 15 * PT  # kept free above the foot
MARGIN_COLUMN = 123 * PT  # headings stand in it, rows begin after it

TITLE = 12 * PT
BODY = 9_500
SMALL = 8_750
FOOT = 8 * PT
LEAD = 10_750
AMOUNT = 39 * PT
SUMMARY = 10 * PT
HEADLINE = 22_500
TOTAL = 11_500
SLIP = 11 * PT
SLIP_AMOUNT = 15 * PT

LEADING = 4 * PT  # between the lines of one text, and between rows of one group
HEAD_LEADING = 3_400
PARAGRAPH = 8 * PT
RULE_TO_ROWS = 9_250
COLUMN_GAP = 21 * PT
FACT_GAP = 18 * PT
TOTAL_GAP = 12 * PT
SLIP_GAP = 16 * PT
SLIP_ABOVE = 18 * PT  # from the perforation to the words
SLIP_BELOW = 16 * PT
SLIP_CLEAR = 16 * PT  # least room between the text and the perforation


@dataclass(frozen=True, slots=True)
class Air:
    """How far apart things stand: above a section, above and below a row, above and below a sum."""

    section: int
    row: int
    sum: int


AIRY = Air(24 * PT, 8_400, 8 * PT)
# Closer, where that keeps a document on its first page, or a long table short.
CLOSE = Air(15 * PT, 5 * PT, 4_500)


def text_height(lines: int, size: int) -> int:
    """The height of a text of so many lines."""
    return lines * size + (lines - 1) * LEADING


def given_to_template() -> dict[str, object]:
    """Everything that the template needs to draw what was planned here."""
    lengths: dict[str, object] = {
        name.lower().replace("_", "-"): value
        for name, value in globals().items()
        if name.isupper() and isinstance(value, int)
    }
    return lengths | {"airy": asdict(AIRY), "close": asdict(CLOSE)}
