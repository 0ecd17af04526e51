"""Reading a CSV file as a stream of lines: any usual encoding and separator, line breaks in quotes, flat memory.

What cannot be read for certain is refused with the line, never guessed: NUL characters, bytes outside the encoding,
quotes that do not close, columns of the same name.
"""

import codecs
import csv
import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import NamedTuple, TextIO

from abono.base.kernel.refusal import Missing, Refused
from abono.migration.csv.mapping import AUTO, SEPARATORS

LONGEST_LINE, LONGEST_CELL = 1_000_000, 100_000
_BLOCK, _BEGINNING = 1 << 20, 50_000
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Lone surrogates stand for bytes that the encoding does not have.
_BAD = re.compile("[\0\ud800-\udfff]")
_EXCEL_HINT = re.compile(r"\"?sep=(?P<separator>[,;|\t])\"?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was looked at: its name, SHA-256, size and time of change, and how it is encoded."""

    path: Path
    digest: str
    stamp: tuple[int, int]
    encoding: str


class Line(NamedTuple):
    """One line of the table: the number of its first line in the file, from 1, and its cells."""

    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """An open table: its separator, its header, and its lines, to be read once. Blank lines are left out.

    The header may still have the same name twice: ask `check_header`, after it was looked through for what must not be
    told.
    """

    separator: str
    header: tuple[str, ...]
    lines: Iterator[Line]


def look_at(*, path: Path, encoding: str) -> Source:
    """Look through the file once: its digest, and its encoding where the mapping leaves that open.

    A byte order mark wins. Without one: UTF-16 by its pattern of zero bytes, UTF-8 where the whole file is, else
    Windows-1252; a file that is UTF-8 but for a few bytes counts as UTF-8, and reading it will name the line.
    """
    try:
        if not path.is_file():
            raise Missing("csv.no_file", f"{path.name}: there is no such file.")
        with path.open("rb") as file:
            head = file.read(4096)
            stamp = _stamp(file.fileno())
            file.seek(0)
            digest, utf8, any_utf8 = _scan(iter(lambda: file.read(_BLOCK), b""))
    except OSError as error:
        raise Missing("csv.no_file", f"{path.name}: cannot be read: {error.strerror}.") from None
    if not head:
        raise Refused("csv.empty", f"{path.name} is empty.")
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), "")
    found = marked or (encoding if encoding != AUTO else _guess(head, utf8=utf8, any_utf8=any_utf8))
    return Source(path, digest, stamp, found)


@contextmanager
def opened(*, source: Source, separator: str, columns: Sequence[str]) -> Iterator[Table]:
    """The table in the file. Without a `separator`, the one by which the header has the most of `columns`."""
    with source.path.open(encoding=source.encoding, errors="surrogateescape", newline="") as file:
        lines = _checked(file, source)
        skipped, first = 0, _beginning(lines)
        while first and not first[0].strip():
            skipped += 1
            first.pop(0)
        if first and (hint := _EXCEL_HINT.fullmatch(first[0])):
            separator = separator or hint["separator"]
            skipped += 1
            first.pop(0)
        if not first:
            raise Refused("csv.empty", f"{source.path.name} has no lines.")
        separator = separator or _separator(first, columns)
        rows = _rows(chain(first, lines), separator, skipped)
        header = next(rows, None)
        if header is None:
            raise Refused("csv.empty", f"{source.path.name} has no lines.")
        names = tuple(" ".join(cell.split()) for cell in header.cells)
        yield Table(separator, names, _unchanged(rows, file, source))


def check_header(*, header: Sequence[str]) -> None:
    """Refuse a header that has the same name twice; columns without a name are nobody's."""
    twice = sorted(name for name, count in Counter(header).items() if name and count > 1)
    if twice:
        names = ", ".join(repr(name[:60]) for name in twice[:5])
        raise Refused("csv.same_columns", f"The header has more than one column named {names}; give each its own name.")


def _scan(blocks: Iterable[bytes]) -> tuple[str, bool, bool]:
    """SHA-256 of the bytes, whether all of it is UTF-8, and whether some of it is beyond ASCII and UTF-8."""
    digest = hashlib.sha256()
    strict = codecs.getincrementaldecoder("utf-8")()
    lenient = codecs.getincrementaldecoder("utf-8")("ignore")
    utf8, any_utf8 = True, False
    for block in blocks:
        digest.update(block)
        any_utf8 = any_utf8 or not lenient.decode(block).isascii()
        if utf8:
            try:
                strict.decode(block)
            except UnicodeDecodeError:
                utf8 = False
    try:
        strict.decode(b"", final=True)
    except UnicodeDecodeError:
        utf8 = False
    return digest.hexdigest(), utf8, any_utf8


def _guess(head: bytes, *, utf8: bool, any_utf8: bool) -> str:
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 4 > len(head) and min(even, odd) * 20 < len(head):
        return "utf-16-be" if even > odd else "utf-16-le"
    return "utf-8" if utf8 or any_utf8 else "cp1252"


def _checked(file: TextIO, source: Source) -> Iterator[str]:
    """The lines of the file as they are, each checked for what no text has."""
    number = 0
    while True:
        number += 1
        try:
            line = file.readline(LONGEST_LINE + 1)
        except UnicodeError:
            raise _undecodable(number, source) from None
        if not line:
            return
        if len(line) > LONGEST_LINE:
            raise Refused("csv.line_too_long", f"Line {number} has more than {LONGEST_LINE:,} characters.")
        bad = _BAD.search(line)
        if bad and bad.group() == "\0":
            raise Refused(
                "csv.nul",
                f"Line {number} holds a NUL character; a table has none. Is this file UTF-16? Then set encoding.",
            )
        if bad:
            raise _undecodable(number, source)
        yield line


def _beginning(lines: Iterator[str]) -> list[str]:
    """Enough lines to hold the header, whatever stands in its quotes; few enough not to fill the memory."""
    found: list[str] = []
    size = 0
    for line in lines:
        found.append(line)
        size += len(line)
        if size > _BEGINNING:
            break
    return found


def _undecodable(number: int, source: Source) -> Refused:
    return Refused(
        "csv.encoding",
        f"Line {number} has a character that is not {source.encoding}; save the file in one encoding, or set "
        "encoding in the mapping.",
    )


def _separator(first: Sequence[str], columns: Sequence[str]) -> str:
    """The separator under which the header has most of the columns wanted, then most columns."""

    def fits(separator: str) -> tuple[int, int]:
        try:
            header = {cell.strip() for cell in next(csv.reader(first, delimiter=separator, strict=True), [])}
        except csv.Error:
            return -1, 0
        return len(header.intersection(columns)), len(header)

    return max(filter(None, SEPARATORS.values()), key=fits)


def _rows(lines: Iterable[str], separator: str, skipped: int) -> Iterator[Line]:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        number = reader.line_num + skipped + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _broken(error, number, reader.line_num + skipped) from None
        if any(cell and not cell.isspace() for cell in cells):
            yield Line(number, cells)


def _broken(error: csv.Error, first: int, last: int) -> Refused:
    if "field limit" in str(error):
        words = f"A cell that begins on line {first} has more than {LONGEST_CELL:,} characters; is a quote not closed?"
        return Refused("csv.cell_too_long", words)
    where = f"line {first}" if first == last else f"lines {first} to {last}"
    return Refused(
        "csv.quotes", f"The quotes on {where} do not close as they should; a quote inside quotes is written twice."
    )


def _unchanged(rows: Iterator[Line], file: TextIO, source: Source) -> Iterator[Line]:
    """The rows, and at their end the certainty that the file is still the one that was looked at."""
    yield from rows
    if _stamp(file.fileno()) != source.stamp:
        raise Refused("csv.changed", f"{source.path.name} was changed while it was read; import it again.")


def _stamp(handle: int) -> tuple[int, int]:
    found = os.stat(handle)
    return found.st_size, found.st_mtime_ns
