"""Moving in from a CSV file: read -> check -> plan -> write. All or nothing; again changes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import psycopg

from abono.base.kernel.refusal import Refused
from abono.base.store import sql
from abono.domain.catalogue.queries import price_book
from abono.domain.payments.account_numbers import Watch, looks_like, watch_over
from abono.domain.sellers.policy import Policy
from abono.domain.sellers.queries import SellerCard, policy_in_force
from abono.migration.csv import stage
from abono.migration.csv.checking import Checked, Checker, checker
from abono.migration.csv.mapping import CsvMapping
from abono.migration.csv.planning import plan_lines
from abono.migration.csv.reading import Line, Source, Table, check_header, look_at, opened
from abono.migration.csv.report import write_report
from abono.migration.csv.stage import DIFFERENT, FORBIDDEN, REJECTED, NewCounts, Note
from abono.migration.csv.writing import LineCounts, Written, write_new

CHUNK, MOST_SHOWN = 1000, 20
# One import at a time for each seller: the first key of the advisory lock, any number that nothing else uses.
_LOCK = 7_140


@dataclass(slots=True)
class Import:
    """What came of a file. `written` is None where nothing was to be written, or was not; `state` says which.

    `state`: written, dry-run, nothing-new, rejected, forbidden. `prices_read` are the sums by currency of all prices
    that could be read, times quantity, rejected lines too; `prices_known` those of lines that the books know already.
    The shown notes are the first of each kind.
    """

    source: Source
    separator: str
    columns: int
    state: str = ""
    counts: LineCounts = field(default_factory=lambda: LineCounts(0, 0, 0, 0))
    new: NewCounts = field(default_factory=lambda: NewCounts(0, 0, 0, {}))
    prices_read: dict[str, Decimal] = field(default_factory=dict)
    prices_known: dict[str, Decimal] = field(default_factory=dict)
    written: Written | None = None
    forbidden: int = 0
    shown: dict[str, list[Note]] = field(default_factory=dict)


def import_file(
    *,
    seller: SellerCard,
    path: Path,
    mapping: CsvMapping,
    dry_run: bool,
    skip_rejected: bool,
    report: Path | None,
    on: date,
    at: datetime,
) -> Import:
    """Bring a file's customers and subscriptions into the books; what came of it. See `Import`.

    With any rejected line nothing is written, unless `skip_rejected`. A file in which anything looks like a card or
    bank number is refused whole. `report` is a file for all that there is to tell about lines. Refuses a file that
    cannot be read for certain, and a mapping that does not fit it.
    """
    policy = policy_in_force(seller_id=seller.id, on=on).policy
    _check_mapping(mapping, path)
    if report is not None:
        _check_report(report, path)
    source = look_at(path=path, encoding=mapping.encoding)
    with opened(source=source, separator=mapping.separator, columns=list(mapping.columns)) as table, stage.staged():
        found = Import(source, table.separator, len(table.header))
        read = _Reading(found, watch_over(header=table.header))
        read.header(table.header)
        check = None if found.forbidden else _checker_for(seller, policy, mapping, table, on)
        read.all(table.lines, check)
        with sql.in_transaction():
            sql.one("SELECT pg_advisory_xact_lock(%(lock)s, %(seller)s)", {"lock": _LOCK, "seller": seller.id})
            _settle(found, seller, policy, mapping, dry_run=dry_run, skip_rejected=skip_rejected, on=on, at=at)
        with sql.in_transaction():
            kinds = (FORBIDDEN,) if found.forbidden else (REJECTED, DIFFERENT)
            found.shown = {kind: _first(kind) for kind in kinds}
            if report is not None:
                write_report(path=report, notes=stage.notes(kind=FORBIDDEN if found.forbidden else ""))
    return found


def _first(kind: str) -> list[Note]:
    return [note for note, _ in zip(stage.notes(kind=kind), range(MOST_SHOWN), strict=False)]


def _check_mapping(mapping: CsvMapping, path: Path) -> None:
    """Constants reach the books as cells do, and so does the file's name."""
    texts = [path.name]
    for section in (mapping.customer, mapping.profile, mapping.subscription):
        for value in section.values():
            texts += [*value.pieces, value.default, *(value.values or {}), *(value.values or {}).values()]
    if any(looks_like(text) for text in texts):
        raise Refused("csv.forbidden", "The mapping or the file's name holds what looks like a card or bank number.")


def _check_report(report: Path, path: Path) -> None:
    """Know before anything is written that the report can be."""
    if report.exists() and report.resolve() == path.resolve():
        raise Refused("csv.report", "The report would overwrite the file that is imported; give it another name.")
    write_report(path=report, notes=())


def _checker_for(seller: SellerCard, policy: Policy, mapping: CsvMapping, table: Table, on: date) -> Checker:
    check_header(header=table.header)
    book = price_book(seller_id=seller.id)
    return checker(seller=seller, policy=policy, book=book, mapping=mapping, header=table.header, on=on)


@dataclass(slots=True)
class _Reading:
    """Goes through the lines once: looks for what must not come in, checks, and stages in chunks."""

    found: Import
    watch: Watch
    names: Sequence[str] = ()
    good: list[tuple[int, Checked]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def header(self, header: Sequence[str]) -> None:
        """Look through the header too: a file without one begins with data."""
        self.names = [name if _may_be_told(name) else "" for name in header]
        self._look(Line(1, list(header)))

    def all(self, lines: Iterator[Line], check: Checker | None) -> None:
        """Read to the end. Once anything forbidden was seen, nothing more of the file is kept."""
        read = 0
        for line in lines:
            read += 1
            self._look(line)
            if check is not None and not self.found.forbidden:
                self._check(check, line)
            if len(self.good) + len(self.notes) >= CHUNK:
                self._stage()
        self._stage()
        self.found.counts = LineCounts(read, 0, 0, 0)

    def _look(self, line: Line) -> None:
        """Note cells that look like card or bank numbers, by line and column, never by what they hold."""
        for place, kind in self.watch.suspects(line.cells):
            name = self.names[place] if place < len(self.names) else ""
            column = f"Column {name!r}" if name else f"Column {place + 1}"
            self.notes.append(Note(line.number, FORBIDDEN, "csv.forbidden", f"{column} holds what looks like {kind}."))
            self.found.forbidden += 1

    def _check(self, check: Checker, line: Line) -> None:
        try:
            self.good.append((line.number, check.check(line.cells)))
        except Refused as refusal:
            self.notes.append(Note(line.number, REJECTED, refusal.code, refusal.words))
        price = check.price(line.cells)
        if price is not None:
            sums = self.found.prices_read
            sums[price[0]] = sums.get(price[0], Decimal(0)) + price[1]

    def _stage(self) -> None:
        if not self.found.forbidden:
            stage.stage_lines(self.good)
        stage.stage_notes(self.notes)
        self.good, self.notes = [], []


def _may_be_told(name: str) -> bool:
    """A file without a header begins with data: what has many digits is no name of a column."""
    return sum(sign.isdigit() for sign in name) < 8 and len(name) <= 60


def _settle(
    found: Import,
    seller: SellerCard,
    policy: Policy,
    mapping: CsvMapping,
    *,
    dry_run: bool,
    skip_rejected: bool,
    on: date,
    at: datetime,
) -> None:
    """Plan, and write if all is well, in the caller's transaction."""
    if found.forbidden:
        found.state = "forbidden"
        return
    plan_lines(seller_id=seller.id, mapping=mapping)
    told, found.new, found.prices_known = stage.note_counts(), stage.new_counts(), stage.known_prices()
    rejected, new = told.get(REJECTED, 0), sql.value("SELECT count(*) FROM import_new")
    lines = found.counts.lines
    found.counts = LineCounts(lines, rejected, lines - rejected - new, told.get(DIFFERENT, 0))
    if rejected and not skip_rejected:
        found.state = "rejected"
    elif dry_run:
        found.state = "dry-run"
    elif not new:
        found.state = "nothing-new"
    else:
        found.written = _written(found, seller, policy.cycle.anchor, mapping, on, at)
        found.state = "written"


def _written(found: Import, seller: SellerCard, anchor: str, mapping: CsvMapping, on: date, at: datetime) -> Written:
    try:
        return write_new(
            seller_id=seller.id,
            anchor=anchor,
            source=found.source,
            mapping_digest=mapping.digest,
            lines=found.counts,
            new=found.new,
            on=on,
            at=at,
        )
    except psycopg.errors.UniqueViolation:
        # Its message would repeat what the file holds.
        raise Refused(
            "csv.meanwhile", "Somebody added one of these references just now; nothing was written. Import again."
        ) from None
