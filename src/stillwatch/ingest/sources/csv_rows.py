"""Reads records from CSV in the dialects that spreadsheets and databases write."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from stillwatch.ingest.parsing.format import RowFault, Skip
from stillwatch.ingest.sources.byte_streams import Truncated, lines
from stillwatch.ingest.sources.records import TRUNCATED, Found
from stillwatch.ingest.sources.split_dates import rejoined

__all__ = ["Dialect", "csv_records", "dialect_of", "header_of", "n_columns"]

_DELIMITERS = (",", ";", "\t", "|")
_SEPARATOR_LINE = re.compile(rb'"?sep=([^\r\n])"?\r?[\r\n]')
"""The first line that tells Excel the delimiter; it is no row."""
_BARE_RETURN = re.compile(r"(?<=\r)(?!\n)")
_JSON_CELL = re.compile(rb'\t[\[{]+"')
_ESCAPES = {"\\t": "\t", "\\n": "\n", "\\r": "\r", "\\\\": "\\", "\\'": "'", '\\"': '"', "\\0": "\0", "\\b": "\b"}
_ESCAPED = re.compile(r"\\[tnr\\'\"0b]")


class _Unquoted(csv.excel):
    """Cells in which quotes have no meaning."""

    quoting = csv.QUOTE_NONE


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV file is written: its delimiter, the end of its lines, and how many lines stand before the header.

    With *escapes*, quotes have no meaning, and line breaks and tabs are written with a backslash, as ClickHouse and
    MySQL write tab-separated values.
    """

    delimiter: str = ","
    end: bytes = b"\n"
    n_before: int = 0
    escapes: bool = False


def dialect_of(head: bytes) -> Dialect:
    """Return the dialect of CSV that starts with *head*: the delimiter that gives the header the most columns."""
    end = b"\n" if b"\n" in head or b"\r" not in head else b"\r"
    if match := _SEPARATOR_LINE.match(head):
        return Dialect(match.group(1).decode("latin-1"), end, n_before=1)
    names = {delimiter: _header(head, Dialect(delimiter, end)) for delimiter in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda delimiter: len(names[delimiter]))  # the first of equals, so the comma
    escapes = best == "\t" and b'\t"' not in head and _JSON_CELL.search(head) is not None
    return Dialect(best, end, escapes=escapes)


def header_of(head: bytes) -> dict[str, Any]:
    """Return the fields of the CSV header at the start of *head*, each with the value None."""
    return dict.fromkeys(_header(head, dialect_of(head)))


def n_columns(head: bytes) -> int:
    """Return how many fields the first row below the header has; 0 where *head* holds none whole."""
    dialect = dialect_of(head)
    rows = (record for _, record, _ in csv_records(dialect, iter([head]), len(head)))
    first = next(rows, None)
    return 0 if first is None or isinstance(first, RowFault | Skip) else len(first)


def _header(head: bytes, dialect: Dialect) -> list[str]:
    lines_ = head.split(dialect.end, dialect.n_before + 1)[dialect.n_before :]
    start = lines_[0].decode(errors="replace") if lines_ else ""
    try:
        row = next(csv.reader(io.StringIO(start.rstrip("\r"), newline=""), delimiter=dialect.delimiter), [])
    except csv.Error:
        return []
    return [name.strip() for name in row]


def csv_records(dialect: Dialect, blocks: Iterator[bytes], most: int) -> Iterator[Found]:
    """Yield every row below the header. The position is the number of the row, without the header.

    Spaces around the names of the header do not count. Empty cells beyond the header do not count.
    """
    feed = _TextLines(dialect, blocks, most)
    csv.field_size_limit(max(csv.field_size_limit(), most))
    reader = csv.reader(feed, _Unquoted if dialect.escapes else "excel", delimiter=dialect.delimiter)
    header: list[str] | None = None
    position = 0
    while True:
        try:
            row = next(reader, None)
        except csv.Error:
            row = []
            feed.fault = feed.fault or RowFault("not valid CSV; check the quotes")
        except Truncated:
            yield position + 1, TRUNCATED, 0
            return
        if row is None:
            return
        if feed.fault is None and _is_blank(row, header):
            feed.take()
            continue
        if header is None:
            header = [name.strip() for name in row]
            continue
        position += 1
        fault, size = feed.take()
        while len(row) > len(header) and not row[-1]:
            row.pop()
        if len(row) > len(header):
            row = rejoined(row, len(header))
        if fault is None and len(row) != len(header):
            fault = RowFault(f"the row has {len(row)} fields, the header {len(header)}")
        cells = map(_unescaped, row) if dialect.escapes else row
        yield position, fault or dict(zip(header, cells, strict=False)), size


def _is_blank(row: list[str], header: list[str] | None) -> bool:
    """Return whether *row* is a blank line, or has all of its cells and they are empty."""
    return not any(map(str.strip, row)) and (len(row) <= 1 or header is None or len(row) >= len(header))


def _unescaped(cell: str) -> str:
    if "\\" not in cell:
        return cell
    return "" if cell == "\\N" else _ESCAPED.sub(lambda match: _ESCAPES[match.group()], cell)


class _TextLines:
    """Feeds lines to the CSV reader, and remembers the fault and the size of the lines of the current row."""

    def __init__(self, dialect: Dialect, blocks: Iterator[bytes], most: int) -> None:
        # A blank line inside quotes belongs to the text of its cell.
        self._lines = lines(blocks, most, end=dialect.end, blank=True)
        self._most = most
        self._n_before = dialect.n_before
        self._size = 0
        self.fault: RowFault | None = None

    def __iter__(self) -> Iterator[str]:
        for number, line in self._lines:
            if number <= self._n_before:
                continue
            if line is None:
                self.fault = RowFault(f"longer than {self._most} bytes (ingest.max_row_bytes)")
                yield "\n"
                continue
            self._size += len(line)
            try:
                text = line.decode() + "\n"
            except UnicodeDecodeError:
                self.fault = RowFault("not UTF-8; text in UTF-8 is expected")
                text = line.decode(errors="replace") + "\n"
            yield from _BARE_RETURN.split(text) if "\r" in text else (text,)

    def take(self) -> tuple[RowFault | None, int]:
        """Return the fault (or None) and the size in bytes of the lines since the last call."""
        taken = self.fault, self._size
        self.fault, self._size = None, 0
        return taken
