"""Series of document numbers: which series a document takes its number from, and how people see the number.

Formats are jurisdiction data. Requests, receipts: `P-2026-000042`, `R-2026-000042`. Fiscal documents: in Chile one
series for the company, never reset (folio, up to 10 digits: DTE schema of the tax office); in Argentina per letter and
point of sale with 8 digits (RG 1415); elsewhere a year's series (Hungary: Áfa tv. 169. § b asks for a sequence
that identifies the invoice without doubt).
"""

from datetime import date
from typing import NamedTuple


class Format(NamedTuple):
    """`series` is a template over `{year}` and `{letter}`; `width` is how many digits the number is padded to."""

    series: str
    width: int


_ANYWHERE = {
    "request": Format("P-{year}", 6),
    "invoice": Format("I-{year}", 6),
    "credit_note": Format("N-{year}", 6),
    "receipt": Format("R-{year}", 6),
}
_BY_COUNTRY: dict[str, dict[str, Format]] = {
    "CL": {"invoice": Format("F", 1), "credit_note": Format("NC", 1)},
    "AR": {"invoice": Format("{letter}-0001", 8), "credit_note": Format("NC-{letter}-0001", 8)},
}


def series_for(*, kind: str, country: str, letter: str, on: date) -> str:
    """The series that a document of this kind takes its number from on a day."""
    chosen = _BY_COUNTRY.get(country, {}).get(kind) or _ANYWHERE[kind]
    return chosen.series.format(year=on.year, letter=letter)


def number_text(*, series: str, number: int, kind: str, country: str) -> str:
    """The number as people see it: `P-2026-000042`, `F-42`, `B-0001-00000042`."""
    chosen = _BY_COUNTRY.get(country, {}).get(kind) or _ANYWHERE[kind]
    return f"{series}-{number:0{chosen.width}d}"
