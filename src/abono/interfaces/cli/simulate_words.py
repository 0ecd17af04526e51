"""What a simulation says: a table for people, data for programs, a picture; and what it assumed."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from abono.base.kernel.money import major, minor_digits
from abono.interfaces.cli.out import money, table_lines
from abono.simulation.chart import Panel, chart
from abono.simulation.delays import FEWEST, GIVEN_UP_AFTER_DAYS, PATIENCE_DAYS, WINDOW_DAYS
from abono.simulation.figures import Month

if TYPE_CHECKING:
    from abono.interfaces.cli.simulate import Told
    from abono.simulation.forecast import Forecast

_LETTERS = "AB"
_WHOLE, _TENTHS = 100, 10


def lines(told: "Told") -> Iterator[str]:
    """All of it for people."""
    months = "1 month" if told.question.months == 1 else f"{told.question.months} months"
    yield f"{told.seller.name}: {months} from {told.question.first}, seed {told.question.seed}. Nothing of it is real."
    for letter, label, forecast in _policies(told):
        yield f"  {letter}  {label}, version {forecast.version}"
    yield ""
    for currency in _currencies(told):
        yield from _table(told, currency)
        yield ""
    for letter, _, forecast in _policies(told):
        yield f"{letter}: {_happened(forecast)}"
    if len(told.forecasts) > 1:
        yield from _differences(told)
    yield ""
    yield "Assumed:"
    yield from (f"  - {words}" for words in assumptions(told))
    yield ""
    yield f"picture: {told.picture}"
    yield f"copied: {sum(told.copied.rows.values()):,} rows of {len(told.copied.rows)} tables"
    yield f"checksum of the real books before: {told.copied.checksum}"
    yield f"checksum of the real books after:  {told.checksum_after}, {_compared(told)}"


def facts(told: "Told") -> dict[str, Any]:
    """All of it for programs; money in minor units."""
    return {
        "seller": told.seller.key,
        "first": told.question.first,
        "last": told.question.last,
        "seed": told.question.seed,
        "policies": [
            {
                "name": label,
                "version": forecast.version,
                "months": [asdict(month) for month in forecast.months],
                "payments": forecast.payments,
                "parked": forecast.parked,
                "confirmed": list(forecast.confirmed),
                "refused": dict(forecast.refused),
            }
            for _, label, forecast in _policies(told)
        ],
        "assumed": list(assumptions(told)),
        "rows_copied": told.copied.rows,
        "checksum_before": told.copied.checksum,
        "checksum_after": told.checksum_after,
        "picture": str(told.picture),
    }


def drawn(told: "Told") -> str:
    """The picture."""
    months = [_name(month) for month in told.forecasts[0].months]

    def panel(name: str, value: Callable[[Month], int], unit: int = 1) -> Panel:
        return Panel(name, [[value(month) for month in one.months] for one in told.forecasts], unit)

    panels = [panel("Documents that ask for money", lambda month: month.documents)]
    for currency in _currencies(told):
        unit = 10 ** minor_digits(currency)
        panels.append(panel(f"Cash received, {currency}", _amount(currency, "cash_minor"), unit))
        panels.append(panel(f"Open debt at the month's end, {currency}", _amount(currency, "open_minor"), unit))
    panels.append(panel("Suspensions", lambda month: month.suspensions))
    panels.append(panel("Notices", lambda month: month.notices))
    title = f"{told.seller.name}: {told.question.months} months from {told.question.first}, simulated"
    return chart(title=title, lines=told.labels, months=months, panels=panels)


def _amount(currency: str, field: str) -> Callable[[Month], int]:
    return lambda month: int(getattr(month.of(currency), field))


def assumptions(told: "Told") -> Iterator[str]:
    """What the figures rest on, in sentences."""
    one = told.forecasts[0].assumed
    yield (
        f"Customers pay as they did so far: {one.own:,} payers by their own past, {one.like_all:,} with fewer than "
        f"{FEWEST} documents behind them like all together ({one.outcomes:,} documents: {one.late:,} paid late, "
        f"{one.never:,} never)."
    )
    if not one.outcomes:
        yield "There is no past to go by: everybody pays on the due date."
    yield (
        f"A payment within {WINDOW_DAYS} days of the first reminder after the due date, or of the suspension, was made "
        f"because of it: it follows the step when a policy takes it on another day, or comes {PATIENCE_DAYS} days late "
        "if the step never comes."
    )
    yield (
        f"Who is stopped earlier than they meant to pay pays 0 to {WINDOW_DAYS} days later. Who left documents unpaid "
        f"for more than {GIVEN_UP_AFTER_DAYS} days leaves as large a part unpaid again, whatever is done."
    )
    yield "Documents are paid in full, by the means that the customer used most, without card fees and without returns."
    yield "Money that is on its way arrives on the first day. Nobody joins, orders, changes, cancels or objects."
    yield "Prices in an index use its last published value. Runs that wait for a person are confirmed."
    for letter, _, forecast in _policies(told):
        if forecast.parked:
            yield f"{letter}: {forecast.parked:,} customers cannot be billed under this policy and are parked."
        for code, count in forecast.refused:
            yield f"{letter}: {count:,} payments were refused ({code})."


def _policies(told: "Told") -> "Iterator[tuple[str, str, Forecast]]":
    return zip(_LETTERS, told.labels, told.forecasts, strict=False)


def _currencies(told: "Told") -> list[str]:
    """The seller's own currency, and others in which anything happened."""
    found = {one.currency for forecast in told.forecasts for month in forecast.months for one in month.money}
    return [told.seller.currency, *sorted(found - {told.seller.currency})]


def _table(told: "Told", currency: str) -> Iterator[str]:
    figures: dict[str, Callable[[Month], int]] = {
        "documents": lambda month: month.documents,
        f"cash {currency}": _amount(currency, "cash_minor"),
        f"open {currency}": _amount(currency, "open_minor"),
        "suspensions": lambda month: month.suspensions,
        "notices": lambda month: month.notices,
    }
    letters = [letter for letter, _, _ in _policies(told)]
    heads = ["month", *(f"{name} {letter}" if len(letters) > 1 else name for name in figures for letter in letters)]

    def cell(name: str, minor: int) -> str:
        return f"{major(minor, currency):,}" if name.endswith(currency) else f"{minor:,}"

    rows = []
    for place, month in enumerate(told.forecasts[0].months):
        each = [
            cell(name, value(forecast.months[place])) for name, value in figures.items() for forecast in told.forecasts
        ]
        rows.append([_name(month), *each])
    whole = [
        cell(name, _over_all(name, value, forecast)) for name, value in figures.items() for forecast in told.forecasts
    ]
    yield from table_lines(heads, [*rows, ["all", *whole]], right=heads[1:])


def _over_all(name: str, value: Callable[[Month], int], forecast: "Forecast") -> int:
    """A figure of all months: a sum, or for debt what is open in the end."""
    if name.startswith("open"):
        return value(forecast.months[-1])
    return sum(map(value, forecast.months))


def _name(month: Month) -> str:
    """A month: `2026-07`, or the day on which it begins when that is not the first."""
    return f"{month.from_on:%Y-%m}" if month.from_on.day == 1 else month.from_on.isoformat()


def _happened(forecast: "Forecast") -> str:
    suspended = sum(month.suspensions for month in forecast.months)
    restored = sum(month.restorations for month in forecast.months)
    terminated = sum(month.terminations for month in forecast.months)
    waited = f"; {len(forecast.confirmed)} runs waited for a person" if forecast.confirmed else ""
    return f"{suspended:,} suspended, {restored:,} restored, {terminated:,} terminated{waited}"


def _differences(told: "Told") -> Iterator[str]:
    a, b = told.forecasts
    for currency in _currencies(told):
        cash, debt = _amount(currency, "cash_minor"), _amount(currency, "open_minor")
        received = _change(sum(map(cash, a.months)), sum(map(cash, b.months)), currency)
        owed = _change(debt(a.months[-1]), debt(b.months[-1]), currency)
        yield f"B against A: cash received {received}, open debt at the end {owed}"


def _change(before: int, after: int, currency: str) -> str:
    """A difference with its part in tenths of a per cent."""
    sign = "+" if after >= before else "-"
    if not before:
        return f"{sign}{money(abs(after - before), currency)}"
    tenths = abs(after - before) * _WHOLE * _TENTHS // abs(before)
    return f"{sign}{money(abs(after - before), currency)} ({sign}{tenths // _TENTHS}.{tenths % _TENTHS} %)"


def _compared(told: "Told") -> str:
    if told.checksum_after == told.copied.checksum:
        return "equal"
    return "different: others worked on these books meanwhile; the simulation only read them"
