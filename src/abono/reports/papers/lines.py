"""The lines, taxes and annex of a document on paper. Sums are the frozen ones; nothing is computed anew."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from abono.base.kernel.money import half_up, major, minor_digits
from abono.domain.invoicing.paper import Annex, AnnexRow, Fact, Line, Tax
from abono.domain.invoicing.paper import format as written
from abono.domain.invoicing.queries import LineCard
from abono.domain.invoicing.tax import tax_name
from abono.reports.papers.reading import AnnexCard, Material
from abono.reports.papers.words import percent, said

# Index values such as the UF are published with two decimals, also where the currency has none.
_INDEX_DECIMALS = 2
_PRICE_DECIMALS = 6
_NUMBERED = re.compile(r"([^0-9]*)([0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Column:
    """The lines with what adds up to the total: `taxes` listed apart, or none where the price contains them."""

    lines: tuple[Line, ...]
    taxes: tuple[Tax, ...]
    net_minor: int
    contained: tuple[Tax, ...] = ()


def lines_of_paper(found: Material, *, contained: bool = False) -> Column:
    """The lines and taxes; `contained`: taxes are in the lines' amounts, as some documents must show them."""
    card = found.card
    taxes = tuple(_taxes(found))
    amounts = [line.net_minor for line in found.lines]
    if contained and taxes:
        amounts = _with_tax(amounts, card.tax_minor)
    shows_price = not (contained and taxes) and any(_tells_price(line) for line in found.lines)
    shows_rate = len({line.tax_code for line in found.lines}) > 1
    lines = tuple(
        _line(found, line, amount, shows_price=shows_price, shows_rate=shows_rate)
        for line, amount in zip(found.lines, amounts, strict=True)
    )
    if contained and taxes:
        return Column(lines, (), card.gross_minor, taxes)
    return Column(lines, taxes, card.net_minor)


def summary_of(found: Material) -> str:
    """What the amount is for, in one line: "2 services, Dec 6, 2026 to Jan 5, 2027"."""
    language = found.language
    main = [line for line in found.lines if line.period_from and (line.unit_price is not None or line.subscription_id)]
    spans = {(line.period_from, line.period_to) for line in main}
    if found.annex:
        words = _locations(found.annex, _rolled(found), language)
    elif len(found.lines) == 1:
        words = found.lines[0].words
    elif len(main) == len(found.lines) and len({line.subscription_id for line in main}) == len(main):
        words = said("services", language, count=str(len(main)))
    else:
        words = said("items", language, count=str(len(found.lines)))
    if len(spans) == 1:
        ((period_from, period_to),) = spans
        if period_from and period_to:
            return f"{words}, {written.stretch(period_from, period_to, language)}"
    return words


def index_facts(found: Material) -> Iterator[Fact]:
    """The index values that prices were fixed by, with the day they are of; a credit note of other lines has none."""
    language = found.language
    if found.card.kind == "credit_note" and not any(_index_of(found, line) for line in found.lines):
        return
    for name, (day, value) in sorted(found.card.extra.get("index", {}).items()):
        shown = _index_money(found, Decimal(value))
        text = said("index_on", language, value=shown, day=written.short_day(date.fromisoformat(day), language))
        yield Fact(said("index_value", language, index=name), text)


def annex_of_paper(found: Material, *, note: str) -> Annex | None:
    """Every location once for each stretch of days, with all its products, by client and name; None where not shown."""
    if not found.annex or not found.shows_annex:
        return None
    merged: dict[tuple[str, str, UUID, date, date, int], list[AnnexCard]] = {}
    for row in found.annex:
        key = (row.client, row.location, row.location_id, row.active_from, row.active_to, row.days)
        merged.setdefault(key, []).append(row)
    rolled = _rolled(found)
    rows = tuple(
        AnnexRow(
            location=location,
            products=", ".join(dict.fromkeys(_product(row, rolled, found.language) for row in merged[key])),
            active_from=active_from,
            active_to=active_to,
            days=days,
            amount_minor=sum(row.net_minor for row in merged[key]),
            client=client,
        )
        for key in sorted(merged, key=_as_people_sort)
        for client, location, _, active_from, active_to, days in (key,)
    )
    return Annex(rows, note=note)


def _as_people_sort(key: tuple[str, str, UUID, date, date, int]) -> tuple[object, ...]:
    """By client and name with numbers in them as numbers, "Store 9" before "Store 10"; then by day."""
    client, location, location_id, active_from, active_to, days = key
    return (_parts(client), _parts(location), location_id, active_from, active_to, days)


def _parts(name: str) -> list[tuple[str, int]]:
    """The name as words and numbers in turn, letters with accents beside those without."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return [(text, int(digits or 0)) for text, digits in _NUMBERED.findall(plain)]


def _taxes(found: Material) -> Iterator[Tax]:
    several = len(found.card.taxes) > 1
    for code, rate_bp, base_minor, tax_minor in found.card.taxes:
        words = f"{tax_name(code=str(code), language=found.language)} {percent(int(rate_bp), found.language)}"
        shows_base = several or int(base_minor) != found.card.net_minor
        yield Tax(words, int(tax_minor), int(base_minor) if shows_base else None)


def _with_tax(amounts: Sequence[int], tax_minor: int) -> list[int]:
    """Amounts with the document's tax in them, in proportion; what rounding leaves goes to the largest."""
    net = sum(amounts)
    shares = [half_up(Fraction(amount * tax_minor, net)) if net else 0 for amount in amounts]
    largest = max(range(len(amounts)), key=lambda index: abs(amounts[index]))
    shares[largest] += tax_minor - sum(shares)
    return [amount + share for amount, share in zip(amounts, shares, strict=True)]


def _line(found: Material, line: LineCard, amount_minor: int, *, shows_price: bool, shows_rate: bool) -> Line:
    language = found.language
    joins_or_leaves = _is_true_up(found, line)
    indexed = _index_of(found, line)
    unit_price = None if indexed or not shows_price else _price(found, line)
    quantity = line.quantity if not joins_or_leaves and (line.quantity != 1 or unit_price is not None) else None
    return Line(
        words=line.words,
        amount_minor=amount_minor,
        detail=", ".join(_details(found, line, indexed, language)),
        quantity=quantity,
        unit_price=unit_price,
        period_from=line.period_from,
        period_to=line.period_to,
        tax_words=_rates(found, line) if shows_rate else "",
    )


def _details(found: Material, line: LineCard, indexed: tuple[str, Decimal] | None, language: str) -> Iterator[str]:
    """What the columns do not say: part of a period, the price in an index, a discount, days in all."""
    if _is_true_up(found, line):
        yield said("one_day", language) if line.quantity == 1 else said("days", language, count=str(line.quantity))
    days, whole = _days(line)
    if days != whole:
        yield said("part", language, days=str(days), whole=str(whole))
    if indexed and line.unit_price is not None:
        yield said("indexed", language, price=written.number(line.unit_price, language=language), index=indexed[0])
    full = _full(found, line, indexed[1] if indexed else Decimal(1))
    if full is not None and full > line.net_minor:
        off = written.money(line.net_minor - full, found.card.currency, language=language, home=found.seller.currency)
        yield said("discounted", language, amount=off)


def _tells_price(line: LineCard) -> bool:
    """Whether quantity and price say more than the amount alone."""
    return line.unit_price is not None and (line.quantity != 1 or line.fraction not in (None, Decimal(1)))


def _price(found: Material, line: LineCard) -> Decimal | None:
    if line.unit_price is not None or line.charge_id is None or line.quantity < 2:
        return line.unit_price
    each = Fraction(major(line.net_minor, found.card.currency)) / line.quantity
    millionths = each * 10**_PRICE_DECIMALS
    whole = millionths.denominator == 1
    return Decimal(millionths.numerator).scaleb(-_PRICE_DECIMALS) if whole else None


def _is_true_up(found: Material, line: LineCard) -> bool:
    """Locations that joined or left in the period before: a line of days, without a price of its own."""
    return line.unit_price is None and any(row.line_no == line.line_no for row in _first_rows(found.annex))


def _first_rows(annex: Sequence[AnnexCard]) -> Iterator[AnnexCard]:
    """One row of each line; rows of a line stand together."""
    before = 0
    for row in annex:
        if row.line_no != before:
            yield row
            before = row.line_no


def _rolled(found: Material) -> set[int]:
    """The numbers of the lines that have a price: whole periods, no true-ups."""
    return {line.line_no for line in found.lines if line.unit_price is not None}


def _locations(annex: Sequence[AnnexCard], rolled: set[int], language: str) -> str:
    rows = [row for row in annex if row.line_no in rolled]
    places, clients = {row.location_id for row in rows}, {row.client for row in rows}
    if len(places) == 1:
        return said("one_location", language)
    count = written.number(len(places), language=language)
    if len(clients) == 1:
        return said("locations_of_one", language, count=count)
    return said("locations", language, count=count, clients=written.number(len(clients), language=language))


def _product(row: AnnexCard, rolled: set[int], language: str) -> str:
    if row.line_no in rolled:
        return row.product
    return said("left" if row.days < 0 else "joined", language, product=row.product)


def _rates(found: Material, line: LineCard) -> str:
    """The rates of a line's taxes, as far as its codes tell them."""
    rates: dict[str, set[int]] = {}
    for code, rate_bp, _, _ in found.card.taxes:
        rates.setdefault(str(code), set()).add(int(rate_bp))
    known = [rates.get(code, set()) for code in line.tax_code.split("+")]
    return " + ".join(percent(min(one), found.language) for one in known if len(one) == 1)


def _days(line: LineCard) -> tuple[int, int]:
    """Days of the line's period and of the whole cycle around it; equal where the line has no fraction."""
    if line.fraction is None or line.period_from is None or line.period_to is None or not line.fraction:
        return 1, 1
    days = (line.period_to - line.period_from).days
    return days, half_up(Fraction(days) / Fraction(line.fraction))


def _full(found: Material, line: LineCard, factor: Decimal) -> int | None:
    """What the line costs before a discount, in minor units; None where its price is not a single one."""
    if line.unit_price is None or line.fraction is None:
        return None
    days, whole = _days(line)
    exact = Fraction(line.unit_price) * line.quantity * Fraction(days, whole) * Fraction(factor)
    return half_up(exact * 10 ** minor_digits(found.card.currency))


def _index_of(found: Material, line: LineCard) -> tuple[str, Decimal] | None:
    """The index that a line's price follows, with its value. It costs more than its bare price says."""
    bare = _full(found, line, Decimal(1))
    if bare is None or line.net_minor <= bare:
        return None
    for name, (_, value) in found.card.extra.get("index", {}).items():
        return str(name), Decimal(value)
    return None


def _index_money(found: Material, value: Decimal) -> str:
    return written.unit_price(
        value, found.card.currency, language=found.language, home=found.seller.currency, least=_INDEX_DECIMALS
    )
