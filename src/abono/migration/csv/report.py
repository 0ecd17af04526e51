"""The report on lines, as a CSV file that a spreadsheet opens without running anything in it."""

import csv
from collections.abc import Iterable
from pathlib import Path

from abono.base.kernel.refusal import Refused
from abono.migration.csv.stage import Note

# What a spreadsheet would take for the beginning of a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_report(*, path: Path, notes: Iterable[Note]) -> None:
    """Write one row for each note: line, kind, code, reason. Overwrites the file."""
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(("line", "kind", "code", "reason"))
            for note in notes:
                rows.writerow((note.line, note.kind, note.code, _safe(note.words)))
    except OSError as error:
        raise Refused("csv.report", f"The report {path.name} cannot be written: {error.strerror}.") from None


def _safe(words: str) -> str:
    return f"'{words}" if words.startswith(_FORMULA) else words
