"""From a `Sheet` to PDF bytes: PDF/A-3b and PDF/UA-1, tagged, fonts embedded, the same bytes for the same sheet.

The template reads one JSON text (`sys.inputs`) and draws strings, so nothing that a customer typed is ever markup. It
can open no file outside its own folder, and no network.
"""

import json
import re
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import typst

from abono.base.kernel.refusal import Refused
from abono.domain.invoicing.paper.geometry import given_to_template
from abono.domain.invoicing.paper.literal import REPLACEMENT
from abono.domain.invoicing.paper.plan import planned
from abono.domain.invoicing.paper.sheet import Sheet

_TEMPLATES = Path(__file__).parent / "templates"
_LENGTHS = json.dumps(given_to_template())
_FONT_PACKAGE = "fontpkg_inter"
_WITHOUT_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_of_thread = threading.local()


def render_pdf(sheet: Sheet) -> bytes:
    """One document as PDF bytes. A character that no embedded font has is printed as the replacement sign U+FFFD."""
    text = json.dumps(planned(sheet), ensure_ascii=False)
    for _ in range(8):
        try:
            return _pressed(text, sheet)
        except typst.TypstError as error:
            unknown = _characters_without_glyph(error)
            if not unknown:
                raise _reason(error, sheet) from error
            text = text.translate(dict.fromkeys(map(ord, unknown), REPLACEMENT))
    raise Refused("paper.unprintable", "The document has characters that no embedded font can print.")


def render_many(sheets: Iterable[Sheet], *, threads: int = 1) -> list[bytes]:
    """Many documents, in their order. The compiler works outside Python's lock, so threads use more cores."""
    if threads == 1:
        return [render_pdf(sheet) for sheet in sheets]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(render_pdf, sheets))


def _pressed(text: str, sheet: Sheet) -> bytes:
    issued = datetime(sheet.issued_on.year, sheet.issued_on.month, sheet.issued_on.day, tzinfo=UTC)
    pdf = _press().compile(
        input=_TEMPLATES / "sheet.typ",
        format="pdf",
        sys_inputs={
            "sheet": text,
            "lengths": _LENGTHS,
            "logo": sheet.brand.logo_svg or "",
            "tones": _tile_tones(sheet.brand.accent),
        },
        pdf_standards=["a-3b", "ua-1"],
        timestamp=issued,
    )
    if not isinstance(pdf, bytes):
        raise TypeError("the compiler gave no single PDF")
    return pdf


def _press() -> typst.Compiler:
    """The compiler of this thread; one may not be used by two at a time."""
    press: typst.Compiler | None = getattr(_of_thread, "press", None)
    if press is None:
        fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=True,
            font_paths=[str(files(_FONT_PACKAGE) / "files")],
        )
        press = _of_thread.press = typst.Compiler(root=_TEMPLATES, font_paths=fonts)
    return press


@lru_cache(maxsize=256)
def _tile_tones(accent: str) -> str:
    """Fill, letter and border of the tile for an accent, as JSON."""
    source = _TEMPLATES / "tones.typ"
    return typst.query(source, "<tones>", field="value", one=True, root=_TEMPLATES, sys_inputs={"accent": accent})


def _characters_without_glyph(error: typst.TypstError) -> set[str]:
    """The characters that the compiler names as missing from every font."""
    clusters = _WITHOUT_GLYPH.findall(f"{error.message}\n{error.diagnostic}")
    named = "".join(_ESCAPED.sub(lambda code: chr(int(code[1], 16)), cluster) for cluster in clusters)
    return {character for character in named if not character.isascii() and character != REPLACEMENT}


def _reason(error: typst.TypstError, sheet: Sheet) -> Exception:
    if sheet.brand.logo_svg is not None and "SVG" in error.message:
        return Refused("paper.logo_unreadable", f"The logo of {sheet.brand.name} cannot be drawn: {error.message}.")
    return error
