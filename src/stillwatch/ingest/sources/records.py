"""Reads records (mappings) from JSON, CSV and Parquet; a record that cannot be read becomes a ``RowFault``."""

import csv
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.ingest.parsing.format import RowFault
from stillwatch.ingest.sources.byte_streams import Truncated, lines
from stillwatch.ingest.sources.json_documents import is_document, split_objects
from stillwatch.ingest.sources.split_dates import rejoined

__all__ = ["Found", "batches_of", "csv_records", "header_of", "json_records", "parquet_records"]

Found = tuple[int, Mapping[str, Any] | RowFault, int]
"""Position from 1, the record or the reason why it cannot be read, and its size in bytes."""

_BATCH_BYTES = 32 << 20
_BATCH_ROWS = 16_384
"""Rows per batch. One file gives several batches, so that several cores can work on it."""
_ROWS_AT_ONCE = 256
"""Rows that are converted to Python objects together."""
_TRUNCATED = RowFault("the compressed stream ends here before its end; deliver the file again")


def json_records(head: bytes, blocks: Iterator[bytes], most: int) -> Iterator[Found]:
    """Yield every record of JSON Lines, of one array per line, or of JSON over many lines; *head* decides which.

    The position is the line number, or the number of the object in JSON over many lines.
    """
    position = 0
    try:
        for position, line in (split_objects if is_document(head) else lines)(blocks, most):
            yield from _loaded(position, line, most)
    except Truncated:
        yield position + 1, _TRUNCATED, 0


def _loaded(position: int, line: bytes | None, most: int) -> Iterator[Found]:
    if line is None:
        yield position, _too_long(most), 0
        return
    try:
        loaded = orjson.loads(line)
    except orjson.JSONDecodeError:
        yield position, _no_json(line), len(line)
        return
    found = loaded if isinstance(loaded, list) and loaded else [loaded]
    for record in found:
        is_object = isinstance(record, dict)
        yield position, record if is_object else RowFault("a JSON object is expected"), len(line) // len(found)


def _too_long(most: int) -> RowFault:
    return RowFault(f"longer than {most} bytes (ingest.max_row_bytes)")


def _no_json(line: bytes) -> RowFault:
    try:
        line.decode()
    except UnicodeDecodeError:
        return RowFault("not UTF-8; a JSON object in UTF-8 is expected")
    return RowFault("not valid JSON, or nested too deeply; a JSON object is expected")


def header_of(head: bytes) -> dict[str, Any]:
    """Return the fields of the CSV header at the start of *head*, each with the value None."""
    start = head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode(errors="replace")
    return dict.fromkeys(next(csv.reader([start]), []))


def csv_records(blocks: Iterator[bytes], most: int) -> Iterator[Found]:
    """Yield every row below the header. The position is the number of the row, without the header."""
    feed = _TextLines(blocks, most)
    csv.field_size_limit(max(csv.field_size_limit(), most))
    reader = csv.reader(feed)
    header: list[str] | None = None
    position = 0
    while True:
        try:
            row = next(reader, None)
        except csv.Error:
            row = []
            feed.fault = feed.fault or RowFault("not valid CSV; check the quotes")
        except Truncated:
            yield position + 1, _TRUNCATED, 0
            return
        if row is None:
            return
        if header is None:
            header = row
            continue
        if not row and feed.fault is None:
            continue
        position += 1
        fault, size = feed.take()
        row = row if len(row) <= len(header) else rejoined(row, len(header))
        if fault is None and len(row) != len(header):
            fault = RowFault(f"the row has {len(row)} fields, the header {len(header)}")
        yield position, fault or dict(zip(header, row, strict=False)), size


class _TextLines:
    """Feeds lines to the CSV reader, and remembers the fault and the size of the lines of the current row."""

    def __init__(self, blocks: Iterator[bytes], most: int) -> None:
        self._lines = lines(blocks, most)
        self._most = most
        self._size = 0
        self.fault: RowFault | None = None

    def __iter__(self) -> Iterator[str]:
        for _, line in self._lines:
            if line is None:
                self.fault = _too_long(self._most)
                yield "\n"
                continue
            self._size += len(line)
            try:
                yield line.decode() + "\n"
            except UnicodeDecodeError:
                self.fault = RowFault("not UTF-8; text in UTF-8 is expected")
                yield line.decode(errors="replace") + "\n"

    def take(self) -> tuple[RowFault | None, int]:
        """Return the fault (or None) and the size in bytes of the lines since the last call."""
        taken = self.fault, self._size
        self.fault, self._size = None, 0
        return taken


def batches_of(
    file: pq.ParquetFile, columns: list[str] | None = None
) -> Iterator[tuple[int, pa.RecordBatch | RowFault, int]]:
    """Yield (position of the first row, batch, number of rows); the rest of a damaged row group is one ``RowFault``.

    The number of rows per batch is chosen from the file's metadata so that a batch stays below about 32 MB.
    """
    position = 1
    for index in range(file.num_row_groups):
        group = file.metadata.row_group(index)
        size = max(1, min(_BATCH_ROWS, _BATCH_BYTES * max(group.num_rows, 1) // max(group.total_byte_size, 1)))
        left = group.num_rows
        try:
            for batch in file.iter_batches(batch_size=size, row_groups=[index], columns=columns):
                yield position, batch, batch.num_rows
                position += batch.num_rows
                left -= batch.num_rows
        except (pa.ArrowException, OSError):
            yield position, RowFault("this part of the Parquet file is damaged; deliver the file again"), left
            position += left


def parquet_records(file: pq.ParquetFile) -> Iterator[Found]:
    """Yield every row of *file*. The position is the number of the row."""
    for start, batch, n_rows in batches_of(file):
        if isinstance(batch, RowFault):
            for offset in range(n_rows):
                yield start + offset, batch, 0
            continue
        size = batch.nbytes // max(n_rows, 1)
        for offset, row in enumerate(_rows(_with_micros(batch))):
            yield start + offset, row, size


def _with_micros(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return *batch* with nanoseconds cut to microseconds, because Python's datetime has no nanoseconds."""
    columns = [
        c.cast(pa.timestamp("us", c.type.tz), safe=False)
        if pa.types.is_timestamp(c.type) and c.type.unit == "ns"
        else c
        for c in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _rows(batch: pa.RecordBatch) -> Iterator[Mapping[str, Any] | RowFault]:
    """Yield the rows of *batch*, converted in groups; a group with an unreadable value is converted row by row."""
    for start in range(0, len(batch), _ROWS_AT_ONCE):
        some = batch.slice(start, _ROWS_AT_ONCE)
        try:
            rows = some.to_pylist()
        except (ValueError, OverflowError, pa.ArrowException):
            rows = [_row(some, offset) for offset in range(len(some))]
        yield from rows


def _row(batch: pa.RecordBatch, offset: int) -> Mapping[str, Any] | RowFault:
    try:
        row: dict[str, Any] = batch.slice(offset, 1).to_pylist()[0]
    except (ValueError, OverflowError, pa.ArrowException):
        return RowFault("a value of the row cannot be read")
    return row
