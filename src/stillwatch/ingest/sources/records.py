"""Reads records (mappings) from JSON and Parquet; a record that cannot be read becomes a ``RowFault``."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.ingest.parsing.format import Record, RowFault
from stillwatch.ingest.sources.byte_streams import Truncated, lines
from stillwatch.ingest.sources.json_containers import ContainerRows
from stillwatch.ingest.sources.json_documents import is_document, split_objects
from stillwatch.ingest.sources.wrappers.unwrapping import Found, Unwrapper

__all__ = ["TRUNCATED", "Found", "batches_of", "json_records", "parquet_records", "unwrapped"]

Owns = Callable[[Record], bool] | None
"""Says of a record that it is one of the log and no wrapper."""

_BATCH_BYTES = 32 << 20
_BATCH_ROWS = 16_384
"""Rows per batch. One file gives several batches, so that several cores can work on it."""
_ROWS_AT_ONCE = 256
"""Rows that are converted to Python objects together."""
TRUNCATED = RowFault("the compressed stream ends here before its end; deliver the file again")


def json_records(head: bytes, blocks: Iterator[bytes], most: int, owns: Owns = None) -> Iterator[Found]:
    """Yield every record of JSON Lines, of one array per line, or of JSON over many lines; *head* decides which.

    Wrappers around the records are opened (``Unwrapper``). The position is the line number, or the number of the record
    in JSON over many lines.
    """
    if not is_document(head):
        yield from _unwrapped_lines(lines(blocks, most, long_line=partial(ContainerRows, most)), most, owns)
        return
    number = itertools.count(1)
    for _, record, size in _unwrapped_lines(split_objects(blocks, most), most, owns):
        yield next(number), record, size


def _unwrapped_lines(found: Iterable[tuple[int, bytes | None]], most: int, owns: Owns) -> Iterator[Found]:
    unwrapper = Unwrapper(most, owns)
    position = 0
    try:
        for position, line in found:
            yield from unwrapper.line(position, line)
    except Truncated:
        yield position + 1, TRUNCATED, 0
    yield from unwrapper.finish()


def unwrapped(found: Iterable[Found], most: int, owns: Owns = None) -> Iterator[Found]:
    """Yield what is inside the records *found* in a table: a column can hold log lines."""
    unwrapper = Unwrapper(most, owns)
    for position, record, size in found:
        yield from unwrapper.record(position, record, size)
    yield from unwrapper.finish()


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
            rows = some.to_pylist(maps_as_pydicts="lossy")
        except (ValueError, OverflowError, pa.ArrowException):
            rows = [_row(some, offset) for offset in range(len(some))]
        yield from rows


def _row(batch: pa.RecordBatch, offset: int) -> Mapping[str, Any] | RowFault:
    try:
        row: dict[str, Any] = batch.slice(offset, 1).to_pylist(maps_as_pydicts="lossy")[0]
    except (ValueError, OverflowError, pa.ArrowException):
        return RowFault("a value of the row cannot be read")
    return row
