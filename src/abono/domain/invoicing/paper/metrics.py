"""How much room a text asks for, never too little: widths of Inter, rounded up, and the lines it breaks into.

Lengths are thousandths of a point, widths of characters thousandths of the type size.
"""

from dataclasses import dataclass

# Where a line ends. Texts have no line breaks of their own when they come here.
BREAK = "\n"

# Advance widths, the widest of Regular and Semibold and of both kinds of figures, rounded up to tens. Read off
# Inter 4.1; a test compares them with the installed font.
_WIDTHS = {
    character: width
    for width, characters in {
        270: "ijlìíîįıĵĺļł",
        280: "IÌÍÎÏĨĪĬĮİ",
        290: " \u00a0ïĩīĭ",
        300: "‘’",
        320: ",.:¦·",
        330: "!';¡¹",
        340: "¸ſ",
        360: "`t|´ţŧ",
        380: "/\\ľ",
        390: "f",
        400: "()[]",
        410: "rŕŗř",
        420: "ŀť",
        460: "}°²",
        470: "{ª³",
        480: "¯",
        490: "^º",
        500: "–",
        510: "_“”",
        530: '"ĳ',
        550: "?s¿śŝşš",
        570: "Lkxz¥§ķĸĹĻĽŉźżž",
        580: "JaàáâãäåāăąĴĿ",
        590: "cvy¢çýÿćĉċčŷ",
        600: "Feèéêëðēĕėęě",
        610: "Eo¶ÈÉÊËòóôõöøĒĔĖĘĚŁōŏő",
        620: "hnu¨µñùúûüĥħńņňŋũūŭůűų",
        630: "bdgpq£þđĝğġģ",
        640: "«»",
        650: "#*-12356789Pß",
        660: "$0BRSZÞŔŖŘŚŜŞŠŹŻŽ",
        670: "&4T®ŢŤŦ",
        680: "+<=>~¬±×÷€−",
        710: "KĶ",
        720: "XYÝŶŸ",
        730: "ADVÀÁÂÃÄÅĀĂĄĎ",
        740: "CÇĆĈĊČ",
        750: "GHU¤ÙÚÛÜĜĞĠĢĤŨŪŬŮŰŲ",
        760: "NÐÑĐŃŅŇŊ",
        770: "OÒÓÔÕÖØŌŎŐ",
        780: "Qď",
        800: "Ħ",
        840: "w¼ŵ",
        860: "Ĳ",
        870: "½",
        910: "m¾",
        920: "©æ",
        930: "M",
        990: "�",
        1000: "@œ",
        1010: "%",
        1020: "ÆŒ",
        1030: "WŴ",
    }.items()
    for character in characters
}
_UNKNOWN = 1_150
_SPACE = _WIDTHS[" "]


@dataclass(frozen=True, slots=True)
class Set:
    """A text that is set in a column: with a break at the end of each line but the last, and the number of lines."""

    text: str
    lines: int


def width_of(text: str, size: int) -> int:
    """The width of the text in one line."""
    widths = _WIDTHS
    return (sum([widths.get(character, _UNKNOWN) for character in text]) * size + 999) // 1000


def set_in(text: str, size: int, column: int) -> Set:
    """Break the text into the lines of a column, first fit; a word that is wider than the column is cut."""
    if width_of(text, size) <= column:
        return Set(text, 1)
    room = column * 1000 // size
    lines, used = [""], 0
    for word in text.split(" "):
        for index, piece in enumerate(_pieces(word, room)):
            width = _width(piece)
            gap = _SPACE if used and not index else 0
            # The space at the end of a line stays in the text for those who copy it or hear it.
            lines[-1] += " " if gap else ""
            if used + gap + width <= room:
                used += gap + width
            else:
                lines.append("")
                used = width
            lines[-1] += piece
    return Set(BREAK.join(lines), len(lines))


def _width(text: str) -> int:
    return sum([_WIDTHS.get(character, _UNKNOWN) for character in text])


def _pieces(word: str, room: int) -> list[str]:
    """The word cut into pieces that fit; an address is cut after its joints where that is enough."""
    if _width(word) <= room:
        return [word]
    pieces = [""]
    used = 0
    for character in word:
        width = _WIDTHS.get(character, _UNKNOWN)
        if used + width > room and pieces[-1]:
            kept, moved = _at_joint(pieces[-1])
            pieces[-1] = kept
            pieces.append(moved)
            used = _width(moved)
        pieces[-1] += character
        used += width
    return pieces


def _at_joint(piece: str) -> tuple[str, str]:
    """Cut after the last joint of an address in the second half of the piece, the strongest first; else at its end."""
    for joints in ("/@", ".,:;&?=_-"):
        for index in range(len(piece) - 1, len(piece) // 2, -1):
            if piece[index] in joints:
                return piece[: index + 1], piece[index + 1 :]
    return piece, ""
