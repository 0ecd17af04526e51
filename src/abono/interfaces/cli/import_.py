"""`abono import`: moving in from a CSV file, and taking it back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from abono.base.kernel.money import minor_digits
from abono.base.kernel.refusal import Refused
from abono.interfaces.cli.options import as_json, dated, of_seller, text_of
from abono.interfaces.cli.out import say, say_json, say_table
from abono.interfaces.cli.refusals import Answered, Unreadable

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard
    from abono.migration.csv.importing import Import
    from abono.migration.csv.mapping import CsvMapping
    from abono.migration.undoing import Undone

EXAMPLE = """\b
Examples:
  abono import customers.csv --seller shop --mapping telco.toml --dry-run
  abono import customers.csv --seller shop --mapping telco.toml --report lines.csv
  abono import customers.csv --seller shop --mapping telco.toml --undo
"""

ENDINGS = {
    "written": "imported",
    "dry-run": "dry run: nothing was written",
    "nothing-new": "nothing is new: nothing was written",
    "rejected": "nothing was written; correct the lines, or leave them out with --skip-rejected",
    "forbidden": "refused: card and bank numbers never come in. Nothing was written; take them out of the file",
}


@click.command("import", epilog=EXAMPLE)
@click.argument("file", type=click.Path(path_type=Path))
@of_seller
@dated
@click.option(
    "--mapping", type=click.Path(path_type=Path), metavar="FILE", help="TOML: which column, or constant, means what."
)
@click.option("--dry-run", is_flag=True, help="Check and count everything; write nothing.")
@click.option("--undo", is_flag=True, help="Take the import of this file back, unless something was billed for it.")
@click.option("--skip-rejected", is_flag=True, help="Import the good lines though others are rejected.")
@click.option(
    "--report", type=click.Path(path_type=Path), metavar="FILE", help="Write all rejected and differing lines as CSV."
)
@as_json
def command(
    *,
    file: Path,
    seller: "SellerCard",
    mapping: Path | None,
    dry_run: bool,
    undo: bool,
    skip_rejected: bool,
    report: Path | None,
    as_json: bool,
    on: date,
    at: datetime,
) -> None:
    """Bring customers and subscriptions in from a CSV file.

    All or nothing: with any rejected line nothing is written. The same file again changes nothing; one with more lines
    adds those; a line that says something else than the books is told, and the books are left as they are. A file in
    which anything looks like a card or bank number is refused whole. See docs/howto/import.md.

    --on is the day they move in: starts must not lie a whole cycle before it.

    Exit codes: 0 done, 1 lines were rejected or the file was refused, 2 a wrong call.
    """
    if undo and (dry_run or skip_rejected or report):
        raise click.UsageError("--undo goes with --seller, --mapping and --on alone.")
    if mapping is None and not undo:
        raise click.UsageError("Missing option '--mapping'.")
    from abono.migration.csv.mapping import read_mapping

    said = None if mapping is None else read_mapping(text=text_of(mapping), file=str(mapping))
    if undo:
        _undo(seller, file, said, on, at, as_json=as_json)
        return
    assert said is not None
    from abono.migration.csv.importing import import_file

    with _readable():
        found = import_file(
            seller=seller,
            path=file,
            mapping=said,
            dry_run=dry_run,
            skip_rejected=skip_rejected,
            report=report,
            on=on,
            at=at,
        )
    if as_json:
        say_json(_data(found))
    else:
        _tell(found, report)
    if found.state in ("rejected", "forbidden"):
        raise Answered


@contextmanager
def _readable() -> Iterator[None]:
    """A file that cannot be read is a wrong call; what is wrong inside it is a refusal."""
    try:
        yield
    except Refused as refusal:
        if refusal.code in ("csv.no_file", "csv.report"):
            raise Unreadable(refusal.words) from None
        raise


def _undo(
    seller: "SellerCard", file: Path, mapping: "CsvMapping | None", on: date, at: datetime, *, as_json: bool
) -> None:
    from abono.migration.csv.reading import look_at
    from abono.migration.undoing import undo_import

    with _readable():
        source = look_at(path=file, encoding="auto")
    undone = undo_import(
        seller_id=seller.id,
        file_name=file.name,
        file_digest=source.digest,
        mapping_digest=None if mapping is None else mapping.digest,
        on=on,
        at=at,
    )
    if as_json:
        say_json({"state": "undone", "imports": [_undone(one) for one in undone]})
        return
    for one in undone:
        say(
            f"undone: the import of {one.imported_on}, {one.customers:,} customers, {one.subscriptions:,} subscriptions"
        )


def _undone(one: "Undone") -> dict[str, object]:
    return {
        "import": one.batch_id,
        "imported_on": one.imported_on,
        "customers": one.customers,
        "subscriptions": one.subscriptions,
    }


def _tell(found: "Import", report: Path | None) -> None:
    source = found.source
    separator = {"\t": "tab"}.get(found.separator, found.separator)
    say(f"file: {source.path.name}, {found.columns} columns, {source.encoding}, separated by {separator}")
    say(f"sha256: {source.digest}")
    if found.state != "forbidden":
        _tell_counts(found)
    for kind, notes in found.shown.items():
        total = {"forbidden": found.forbidden, "rejected": found.counts.rejected}.get(kind, found.counts.different)
        if notes:
            say()
            say(f"{kind}: {total:,}")
        for note in notes:
            say(f"  line {note.line}: {note.words}")
        if total > len(notes) and notes:
            say(f"  and {total - len(notes):,} more{'' if report else '; --report FILE names them all'}")
    say()
    say(ENDINGS[found.state])


def _tell_counts(found: "Import") -> None:
    """What was read and what became of it, each with the sum of its prices, and what the books then hold."""
    counts, new, written = found.counts, found.new, found.written
    known = {money: found.prices_known.get(money, Decimal(0)) for money in found.prices_read}
    fresh = {money: new.prices.get(money, Decimal(0)) for money in found.prices_read}
    rejected = {money: total - known[money] - fresh[money] for money, total in found.prices_read.items()}
    new_lines = counts.lines - counts.rejected - counts.known
    rows = [
        ("read", f"{counts.lines:,}", "", "", _sums(found.prices_read)),
        ("- rejected", f"{counts.rejected:,}", "", "", _sums(rejected)),
        ("- known already", f"{counts.known:,}", "", "", _sums(known)),
        ("= new", f"{new_lines:,}", f"{new.customers:,}", f"{new.subscriptions:,}", _sums(fresh)),
    ]
    if written is not None:
        told = _sums({money: written.prices.get(money, Decimal(0)) for money in found.prices_read})
        rows.append(("written", f"{new_lines:,}", f"{written.customers:,}", f"{written.subscriptions:,}", told))
    say()
    say_table(("", "lines", "customers", "subscriptions", "prices"), rows, right="lines customers subscriptions prices")
    if new.incomplete:
        say(f"\n{new.incomplete:,} of the new customers have an incomplete billing profile.")


def _sums(prices: dict[str, Decimal]) -> str:
    return " + ".join(f"{_exact(total, currency):,f} {currency}" for currency, total in sorted(prices.items()))


def _exact(total: Decimal, currency: str) -> Decimal:
    """The sum with the currency's decimals, or with more where a unit price has more."""
    places = max(minor_digits(currency), -int(total.normalize().as_tuple().exponent))
    return total.quantize(Decimal(1).scaleb(-places))


def _data_of(prices: dict[str, Decimal]) -> dict[str, Decimal]:
    return {currency: _exact(total, currency) for currency, total in sorted(prices.items())}


def _data(found: "Import") -> dict[str, object]:
    counts, new, written = found.counts, found.new, found.written
    return {
        "state": found.state,
        "file": found.source.path.name,
        "sha256": found.source.digest,
        "encoding": found.source.encoding,
        "separator": found.separator,
        "lines": {
            "read": counts.lines,
            "rejected": counts.rejected,
            "known": counts.known,
            "different": counts.different,
            "forbidden": found.forbidden,
        },
        "prices_read": _data_of(found.prices_read),
        "new": {
            "customers": new.customers,
            "incomplete_profiles": new.incomplete,
            "subscriptions": new.subscriptions,
            "prices": _data_of(new.prices),
        },
        "written": written
        and {
            "import": written.batch_id,
            "customers": written.customers,
            "subscriptions": written.subscriptions,
            "prices": _data_of(written.prices),
        },
        "notes": [note._asdict() for notes in found.shown.values() for note in notes],
    }
