"""Documents on paper: what they say, that they are whole, and that nothing a customer typed can break them."""

import io
import json
import os
import threading
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
import typst
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from abono.base.kernel.refusal import Refused
from abono.domain.invoicing.paper import Line, Party, Sheet, Slip, render_many, render_pdf
from abono.domain.invoicing.paper import format as written
from abono.domain.invoicing.paper.literal import literal
from abono.domain.invoicing.paper.metrics import BREAK, set_in, width_of
from abono.domain.invoicing.paper.plan import planned
from tests.golden.paper import samples
from tests.golden.paper.samples import SAMPLES

GOLDEN = Path(samples.__file__).parent


@cache
def pdf_of(name: str) -> bytes:
    return render_pdf(SAMPLES[name]())


def reader_of(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def pages_of(pdf: bytes) -> list[str]:
    return [page.extract_text().replace("\u00a0", " ") for page in reader_of(pdf).pages]


def text_of(pdf: bytes) -> str:
    """All text in one line, so that it does not matter where a line was broken."""
    return " ".join("\n".join(pages_of(pdf)).split())


# --- how money, numbers and days are written


@pytest.mark.parametrize(
    ("minor", "currency", "language", "home", "words"),
    [
        (41650, "CLP", "es", "CLP", "$ 41.650"),
        (10200300, "ARS", "es", "ARS", "$ 102.003,00"),
        (621450, "USD", "en", "USD", "$6,214.50"),
        (45720, "HUF", "hu", "HUF", "45 720 Ft"),
        (9720, "HUF", "hu", "HUF", "9 720 Ft"),
        (-41650, "CLP", "es", "CLP", "−$ 41.650"),
        (-45720, "HUF", "hu", "HUF", "−45 720 Ft"),
        (-621450, "USD", "en", "USD", "−$6,214.50"),
        (621450, "USD", "es", "CLP", "US$ 6.214,50"),
        (621450, "USD", "en", "ARS", "US$6,214.50"),
        (10200300, "ARS", "en", "USD", "AR$102,003.00"),
        (41650, "CLP", "en", "USD", "CLP$41,650"),
        (123456, "EUR", "hu", "HUF", "1 234,56 €"),
        (123456, "USD", "hu", "HUF", "1 234,56 USD"),
        (45720, "HUF", "en", "USD", "45,720 HUF"),
        (1234500, "PLN", "es", "CLP", "PLN 12.345,00"),
        (1234567, "KWD", "en", "USD", "KWD 1,234.567"),
        (0, "CLP", "es", "CLP", "$ 0"),
        (5, "USD", "en", "USD", "$0.05"),
    ],
)
def test_amounts_are_written_as_people_write_them(
    minor: int, currency: str, language: str, home: str, words: str
) -> None:
    text = written.money(minor, currency, language=language, home=home)
    assert text.replace("\u00a0", " ") == words
    assert " " not in text, "an amount never breaks over lines"


@pytest.mark.parametrize(
    ("price", "currency", "words"),
    [("99", "USD", "$99.00"), ("0.03", "USD", "$0.03"), ("0.000125", "USD", "$0.000125"), ("12.5", "CLP", "CLP$12.5")],
)
def test_unit_prices_keep_up_to_six_decimals(price: str, currency: str, words: str) -> None:
    assert written.unit_price(Decimal(price), currency, language="en", home="USD") == words


@pytest.mark.parametrize(
    ("value", "language", "words"),
    [
        (Decimal("1.50"), "en", "1.5"),
        (6214, "en", "6,214"),
        (Decimal("1000"), "es", "1.000"),
        (Decimal("0.5"), "hu", "0,5"),
        (-3, "en", "−3"),
    ],
)
def test_quantities_have_no_trailing_zeros(value: Decimal | int, language: str, words: str) -> None:
    assert written.number(value, language=language) == words


@pytest.mark.parametrize(
    ("language", "weekday", "long", "short"),
    [
        ("en", "Saturday, November 28, 2026", "November 28, 2026", "Nov 28, 2026"),
        ("es", "sábado 28 de noviembre de 2026", "28 de noviembre de 2026", "28 nov 2026"),
        ("hu", "2026. november 28., szombat", "2026. november 28.", "2026. nov. 28."),
    ],
)
def test_days_are_written_long_and_short(language: str, weekday: str, long: str, short: str) -> None:
    day = date(2026, 11, 28)
    assert written.weekday_and_day(day, language) == weekday
    assert written.long_day(day, language) == long
    assert written.short_day(day, language).replace("\u00a0", " ") == short


@pytest.mark.parametrize(
    ("first", "end", "language", "words"),
    [
        (date(2026, 11, 1), date(2026, 12, 1), "en", "Nov 1 to 30, 2026"),
        (date(2026, 11, 13), date(2026, 12, 13), "en", "Nov 13 to Dec 12, 2026"),
        (date(2026, 12, 13), date(2027, 1, 13), "es", "13 dic 2026 al 12 ene 2027"),
        (date(2026, 11, 1), date(2026, 12, 1), "es", "1 al 30 nov 2026"),
        (date(2026, 11, 1), date(2026, 12, 1), "hu", "2026. nov. 1–30."),
        (date(2026, 11, 13), date(2026, 12, 13), "hu", "2026. nov. 13. – dec. 12."),
        (date(2026, 11, 1), date(2026, 11, 2), "en", "Nov 1, 2026"),
    ],
)
def test_a_period_shows_its_last_day(first: date, end: date, language: str, words: str) -> None:
    assert written.stretch(first, end, language).replace("\u00a0", " ") == words


def test_a_column_of_days_leaves_the_year_out() -> None:
    stretch = written.stretch_without_year(date(2026, 11, 16), date(2026, 12, 1), "en")
    assert stretch.replace("\u00a0", " ") == "Nov 16 to 30"


# --- what stands on the paper


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_the_words_on_paper_are_as_they_were(name: str) -> None:
    """Write them anew after a wanted change with ABONO_WRITE_GOLDEN=1, and read the difference."""
    text = "\n\f\n".join(pages_of(pdf_of(name))) + "\n"
    file = GOLDEN / f"{name}.txt"
    if os.environ.get("ABONO_WRITE_GOLDEN"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "sentences"),
    [
        ("us-invoice", ["Due on Tuesday, December 1, 2026", "Texas sales tax 6.25% on $240.90", "−$50.00", "$270.99"]),
        ("cl-charge-note", ["Nota de cobro NC-20931", "A pagar hasta el jueves 3 de diciembre de 2026", "$ 49.980"]),
        ("cl-invoice", ["Pagado el martes 1 de diciembre de 2026", "Nota de cobro NC-20931, 23 nov 2026"]),
        ("cl-credit-note", ["Corrige", "Factura electrónica 1042, 1 dic 2026", "Total a tu favor", "$ 8.330"]),
        ("ar-proforma", ["DOCUMENTO NO VÁLIDO COMO FACTURA", "IVA 21 %", "Total a pagar $ 102.003,00"]),
        ("hu-request", ["Fizetési határidő: 2026. december 1., kedd", "Áfa 27 %, alapja 36 000 Ft", "45 720 Ft"]),
        ("hu-invoice", ["Kifizetve: 2026. november 30., hétfő", "Teljesítés napja", "Őrház köz 3."]),
        ("us-receipt", ["Received on Friday, November 20, 2026", "Card fee", "$186.44", "Total received"]),
        ("ar-statement", ["Saldo por pagar al lunes 30 de noviembre de 2026", "−$ 12.500,00", "$ 102.003,00"]),
        ("us-letter", ["Your new billing pages", "It is not a bill."]),
    ],
)
def test_each_kind_says_what_it_must(name: str, sentences: list[str]) -> None:
    text = text_of(pdf_of(name))
    for sentence in sentences:
        assert sentence in text


@pytest.mark.parametrize(("language", "mark"), [("en", "SAMPLE"), ("es", "MUESTRA"), ("hu", "MINTA")])
def test_a_sample_has_no_number_and_carries_its_watermark(language: str, mark: str) -> None:
    text = text_of(render_pdf(samples.sample(language)))
    assert mark in text
    assert samples.us_invoice().number not in text


def test_the_slip_is_torn_off_the_first_page_or_becomes_a_section() -> None:
    short = planned(samples.us_invoice())["pages"]
    assert len(short) == 1
    assert short[0]["parts"][-1]["torn"]
    long = planned(samples.many_lines(30))["pages"]
    slips = [(number, part) for number, page in enumerate(long) for part in page["parts"] if part["is"] == "slip"]
    assert [(number, part["torn"]) for number, part in slips] == [(len(long) - 1, False)]


def test_a_slip_above_an_annex_stays_on_the_first_page() -> None:
    first = planned(samples.partner_invoice())["pages"][0]
    assert first["parts"][-1]["is"] == "slip"
    assert first["parts"][-1]["torn"]


# --- sums over pages


def test_an_annex_carries_its_sums_and_ends_with_all_locations() -> None:
    sheet = samples.partner_invoice(100)
    pages = pages_of(render_pdf(sheet))
    assert sheet.annex is not None
    rows = 0
    for number, text in enumerate(pages[1:], 2):
        assert f"Page {number} of {len(pages)}" in text
        assert "Annex to invoice 2026-11-0417" in text
        assert "Location" in text, "the head of the table is repeated"
        rows += text.count("Nov 1 to 30")
        carried = sum(row.amount_minor for row in sheet.annex.rows[:rows])
        amount = written.money(carried, "USD", language="en", home="USD")
        last = number == len(pages)
        words = "All locations" if last else f"Carried to page {number + 1}"
        assert f"{words}\n{amount}" in text or f"{words} {amount}" in text
    assert rows == 100


@pytest.mark.parametrize("count", range(1, 45))
def test_sums_never_stand_without_a_row(count: int) -> None:
    pages = planned(samples.many_lines(count))["pages"]
    for page in pages:
        kinds = [part["is"] for part in page["parts"]]
        if "sums" in kinds:
            table = page["parts"][kinds.index("sums") - 1]
            assert table["is"] == "table"
            assert table["rows"]


def test_two_thousand_lines_are_all_there() -> None:
    sheet = samples.many_lines(2000)
    pdf = render_pdf(sheet)
    pages = planned(sheet)["pages"]
    assert len(reader_of(pdf).pages) == len(pages)
    assert sum(len(part["rows"]) for page in pages for part in page["parts"] if part["is"] == "table") == 2000
    total = written.money(sheet.gross_minor, "ARS", language="es", home="ARS")
    assert any(total in page.extract_text() for page in reader_of(pdf).pages[-2:])


# --- the file itself


@pytest.mark.parametrize(("name", "language"), [("us-invoice", "en"), ("cl-invoice", "es"), ("hu-request", "hu")])
def test_a_file_is_an_archive_copy_and_accessible(name: str, language: str) -> None:
    pdf = reader_of(pdf_of(name))
    root = pdf.trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/OutputIntents"]
    sheet = SAMPLES[name]()
    assert pdf.metadata is not None
    assert str(sheet.number) in str(pdf.metadata.title)
    created = pdf.metadata.creation_date
    assert created is not None
    assert created.date() == sheet.issued_on


@pytest.mark.parametrize("name", ["us-invoice", "hu-request"])
def test_all_fonts_are_embedded(name: str) -> None:
    fonts = [font for page in reader_of(pdf_of(name)).pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        inner: DictionaryObject = font.get_object()["/DescendantFonts"][0].get_object()
        assert "Inter" in inner["/BaseFont"]
        assert {"/FontFile2", "/FontFile3"} & set(inner["/FontDescriptor"].get_object())


def test_the_same_sheet_gives_the_same_bytes() -> None:
    sheets = [samples.us_invoice(), samples.cl_invoice()]
    elsewhere: list[bytes] = []
    thread = threading.Thread(target=lambda: elsewhere.extend(render_many(sheets)))
    thread.start()
    thread.join()
    assert render_many(sheets, threads=2) == elsewhere == [pdf_of("us-invoice"), pdf_of("cl-invoice")]


# --- what customers type


MARKUP = "#set page(width: 1pt) *b* _i_ $x^2$ `raw` #[a] #sys.inputs \\ @ref <lbl> = h - l + e \"q\" 'q' -> 2x3 // c /*"


def named(name: str, *rows: str) -> Sheet:
    return replace(samples.us_invoice(), parties=(Party("customer", name, rows),))


@pytest.mark.parametrize("where", ["name", "line", "note", "number"])
def test_markup_comes_out_as_it_was_typed(where: str) -> None:
    sheet = samples.us_invoice()
    sheet = {
        "name": replace(sheet, parties=(Party("customer", MARKUP),)),
        "line": replace(sheet, lines=(replace(sheet.lines[0], words=MARKUP), *sheet.lines[1:])),
        "note": replace(sheet, notes=(MARKUP,)),
        "number": replace(sheet, number=MARKUP[:100]),
    }[where]
    text = "".join(text_of(render_pdf(sheet)).split())
    assert "".join((MARKUP[:100] if where == "number" else MARKUP).split()) in text
    assert "$270.99" in text


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("A\r\nB\tC", "A B C"),
        ("left\u202eright\u202c \u200f\u2066x\u2069", "leftright x"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("nul\x00\x1bl", "nul l"),
        ("half \ud800", "half \ufffd"),
        ("u\u0308 o\u030b", "ü ő"),
        ("two\u2028lines", "two lines"),
    ],
)
def test_invisible_steering_is_taken_out(typed: str, printed: str) -> None:
    assert literal(typed) == printed
    assert printed in text_of(render_pdf(named("Anna", typed)))


def test_what_no_font_can_print_is_shown_as_missing() -> None:
    text = text_of(render_pdf(named("Acme \u65e5\u672c \U0001f600 Ltd")))
    assert "Acme" in text
    assert "\ufffd" in text
    assert "שלום" in text_of(render_pdf(named("שלום"))) or "םולש" in text_of(render_pdf(named("שלום")))


@pytest.mark.parametrize("typed", ["W" * 500, "word " * 100, "x@" + "long." * 99 + "y", "Ő" * 500])
def test_five_hundred_characters_stay_in_their_column(typed: str) -> None:
    sheet = samples.us_invoice()
    lines = (replace(sheet.lines[0], words=typed.strip()), *sheet.lines[1:])
    pdf = reader_of(render_pdf(replace(sheet, lines=lines, parties=(Party("customer", typed.strip()),))))
    lowest: list[float] = []
    for page in pdf.pages:
        page.extract_text(
            visitor_text=lambda text, cm, tm, *_: lowest.append(tm[5] * cm[3] + cm[5]) if text.strip() else None
        )
    assert min(lowest) > 20, "nothing stands below the foot"
    assert "".join(typed.split()) in "".join("".join(page.extract_text() for page in pdf.pages).split())


def test_longer_texts_are_refused() -> None:
    with pytest.raises(Refused, match="at most 500") as refusal:
        named("x" * 501)
    assert refusal.value.code == "paper.text_too_long"


def test_a_very_long_note_goes_over_to_the_next_page() -> None:
    pdf = render_pdf(replace(samples.us_invoice(), notes=("A long sentence about nothing. " * 400,)))
    assert len(reader_of(pdf).pages) > 1
    assert text_of(pdf).count("nothing.") == 400


@pytest.mark.parametrize(
    "inside",
    [
        '<image href="file:///etc/passwd" width="9" height="9"/>',
        '<image href="/etc/passwd" width="9" height="9"/>',
        '<image href="https://logo.example/a.png" width="9" height="9"/>',
        "<broken",
    ],
)
def test_a_logo_reads_nothing_from_elsewhere(inside: str) -> None:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{inside}</svg>'
    with pytest.raises(Refused) as refusal:
        render_pdf(replace(samples.us_invoice(), brand=replace(samples.LARKSPUR, logo_svg=svg)))
    assert refusal.value.code == "paper.logo_unreadable"


# --- what is no document


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"number": None}, "paper.number_missing"),
        ({"kind": "sample"}, "paper.sample_with_number"),
        ({"kind": "sample", "number": None}, "paper.sample_with_slip"),
        ({"language": "fr"}, "paper.unknown_language"),
        ({"currency": "XXX"}, "money.unknown_currency"),
        ({"net_minor": 1}, "paper.sum_differs"),
        ({"gross_minor": 1}, "paper.sum_differs"),
        ({"due_minor": 1}, "paper.sum_differs"),
        ({"lines": (Line("x", 1),)}, "paper.sum_differs"),
        ({"slip": Slip("javascript:alert(1)")}, "paper.pay_address"),
        ({"kind": "statement", "number": None}, "paper.statement_missing"),
        ({"brand": replace(samples.LARKSPUR, accent="red")}, "paper.accent_not_hex"),
    ],
)
def test_what_does_not_agree_is_refused(change: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        replace(samples.us_invoice(), **change)  # type: ignore[arg-type]
    assert refusal.value.code == code


# --- the widths that pages are planned with


def test_planned_widths_are_never_less_than_the_fonts() -> None:
    characters = [chr(code) for code in (*range(0x20, 0x7F), *range(0xA0, 0x180)) if code != 0xAD] + list("–−€‘’“”")
    source = """
      #set text(font: "Inter", size: 100pt, variations: (opsz: 14), features: (calt: 0), ligatures: false)
      #let wide(c, weight, figures) = measure(text(weight: weight, number-width: figures, c)).width.pt()
      #context [#metadata(json(bytes(sys.inputs.all)).map(c => calc.max(
        wide(c, 400, "proportional"), wide(c, 600, "proportional"), wide(c, 400, "tabular"), wide(c, 600, "tabular"),
      )))<widths>]
    """
    found = typst.query(
        source.encode(),
        "<widths>",
        field="value",
        one=True,
        font_paths=[str(files("fontpkg_inter") / "files")],
        ignore_system_fonts=True,
        sys_inputs={"all": json.dumps(characters)},
    )
    short = [c for c, width in zip(characters, json.loads(found), strict=True) if width_of(c, 100_000) < 1000 * width]
    assert not short


def test_a_long_word_is_cut_at_its_joints_or_where_the_column_ends() -> None:
    address = set_in("pay.example.org/a-very-long-path", 10_000, 100_000)
    assert address.text.split(BREAK)[0] == "pay.example.org/"
    assert set_in("a few words that break", 10_000, 40_000).text.split(BREAK) == ["a few ", "words ", "that ", "break"]
    word = set_in("W" * 30, 10_000, 100_000)
    assert word.lines == len(word.text.split(BREAK)) == 4
    assert set_in("two words", 10_000, 100_000).lines == 1
