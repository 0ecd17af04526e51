"""Documents on paper: frozen data in (`sheet`), PDF bytes out (`render`)."""

from abono.domain.invoicing.paper.render import render_many, render_pdf
from abono.domain.invoicing.paper.sheet import (
    Annex,
    AnnexRow,
    Brand,
    Deduction,
    Fact,
    Line,
    Mark,
    Paid,
    Party,
    Reference,
    Sheet,
    Slip,
    Statement,
    StatementEntry,
    Tax,
)

__all__ = [
    "Annex",
    "AnnexRow",
    "Brand",
    "Deduction",
    "Fact",
    "Line",
    "Mark",
    "Paid",
    "Party",
    "Reference",
    "Sheet",
    "Slip",
    "Statement",
    "StatementEntry",
    "Tax",
    "render_many",
    "render_pdf",
]
