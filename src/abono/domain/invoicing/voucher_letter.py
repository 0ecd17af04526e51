"""The letter of a fiscal document (A, B, C, E) where a country's law has letters, from a dated table."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Literal

from abono.base.kernel.refusal import Refused

TaxShown = Literal["listed", "contained", "none"]


@dataclass(frozen=True, slots=True)
class VoucherLetter:
    """`codes` are the tax office's codes by kind (invoice, debit_note, credit_note), `legend` what must be
    printed, `tax_shown` whether the tax is listed apart, contained in the price and named, or absent."""

    letter: str
    codes: Mapping[str, str] = field(hash=False)
    legend: str
    tax_shown: TaxShown
    source: str


def voucher_letter(
    *, seller_country: str, seller_condition: str, buyer_country: str, buyer_condition: str, on: date
) -> VoucherLetter | None:
    """The letter for a sale on a day, by tax conditions as profiles store them; None where there are none.

    Refuses conditions for which the table has no row: the document must wait.
    """
    rows = [row for row in _table()["letter"] if row["country"] == seller_country]
    if not rows:
        return None
    abroad = buyer_country != seller_country
    for row in rows:
        if _fits(row, seller_condition, buyer_condition, abroad) and _in_force(row, on):
            return VoucherLetter(
                letter=row["letter"],
                codes=row["codes"],
                legend=_table()["legends"].get(row.get("legend"), ""),
                tax_shown=row["tax_shown"],
                source=row["source"],
            )
    raise Refused(
        "invoicing.no_letter",
        f"No letter is known for a seller of tax condition {seller_condition or 'unknown'} and a buyer of "
        f"{buyer_condition or 'unknown'}; allowed are the conditions of the tax office's table.",
        seller_condition=seller_condition,
        buyer_condition=buyer_condition,
    )


def _fits(row: Mapping[str, Any], seller_condition: str, buyer_condition: str, abroad: bool) -> bool:
    buyers = row["buyers"]
    return (
        abroad == row.get("abroad", False)
        and seller_condition in row["sellers"]
        and (buyers == ["*"] or buyer_condition in buyers)
    )


def _in_force(row: Mapping[str, Any], on: date) -> bool:
    begin: date = row["valid_from"]
    end: date | None = row.get("valid_to")
    return begin <= on and (end is None or on <= end)


@cache
def _table() -> dict[str, Any]:
    file = resources.files("abono.domain.invoicing").joinpath("data/voucher_letters.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
