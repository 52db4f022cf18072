"""Collects rows that were read one by one into columns. Columns of one type are converted at once.

Rows of several sources share a batch, so that many small files cost no more than a large one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from stillwatch.ingest.parsing.format import Format, Row
from stillwatch.ingest.rows.conformance import READERS, RIGHT, unreadable
from stillwatch.tables import EXCHANGES

__all__ = ["PendingColumns", "PendingRows", "Refused", "gather"]

Refused = tuple[str, int, str]
"""Source, position and reason of a row that was rejected before its columns were checked."""

_ROWS, _BYTES = 8_192, 32 << 20
_NONE = type(None)


@dataclass(slots=True)
class PendingRows:
    """Rows of one *format*, in the order in which they were read, and rows that were refused between them."""

    format: Format
    rows: list[Row] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    size: int = 0

    @property
    def is_full(self) -> bool:
        """Return whether the rows are enough for a batch."""
        return len(self.rows) + len(self.refused) >= _ROWS or self.size >= _BYTES

    def add(self, source: str, position: int, row: Row) -> None:
        """Add a row."""
        self.rows.append(row)
        self.sources.append(source)
        self.positions.append(position)


@dataclass(slots=True)
class PendingColumns:
    """Record batches with the same columns; each with its source and the position of its first row."""

    schema: pa.Schema
    batches: list[tuple[str, int, pa.RecordBatch]] = field(default_factory=list)
    n_rows: int = 0

    @property
    def is_full(self) -> bool:
        """Return whether the rows are enough for a batch."""
        return self.n_rows >= _ROWS

    def add(self, source: str, start: int, batch: pa.RecordBatch) -> None:
        """Add a batch whose first row has the position *start*."""
        self.batches.append((source, start, batch))
        self.n_rows += batch.num_rows

    def joined(self) -> tuple[pa.Array, pa.Array, Mapping[str, Any]]:
        """Return the source and the position of every row, and the columns by name."""
        sources = pa.concat_arrays([pa.repeat(source, batch.num_rows) for source, _, batch in self.batches])
        places = [pa.array(range(start, start + batch.num_rows), pa.int64()) for _, start, batch in self.batches]
        table = pa.Table.from_batches([batch for _, _, batch in self.batches], self.schema)
        columns = dict(zip(table.schema.names, table.columns, strict=True))
        return sources, pa.concat_arrays(places), columns


def gather(rows: Sequence[Mapping[str, Any]]) -> tuple[dict[str, pa.Array], dict[int, str]]:
    """Return the columns for ``conformance.conform``, and the reasons for rows with an unreadable value, by index."""
    faults: dict[int, str] = {}
    columns: dict[str, pa.Array] = {}
    for column in EXCHANGES.columns:
        found = [row.get(column.name) for row in rows]
        array = _at_once(found, column.type)
        columns[column.name] = _one_by_one(column.name, column.type, found, faults) if array is None else array
    return columns, faults


def _at_once(found: list[Any], target: pa.DataType) -> pa.Array | None:
    """Return the column where all values have one type that ``conform`` accepts, else None."""
    kinds = set(map(type, found)) - {_NONE}
    if not kinds:
        return pa.nulls(len(found))
    textual = pa.types.is_string(target) or pa.types.is_binary(target) or pa.types.is_list(target)
    if kinds == {str} and not pa.types.is_binary(target):
        kind = pa.string()
    elif not textual and kinds == {int}:
        kind = pa.int64()
    elif not textual and kinds <= {int, float} and not pa.types.is_int64(target):  # a float would round 64 bits
        kind = pa.float64()
    elif not textual and kinds == {bool}:
        kind = pa.bool_()
    else:
        return None
    try:
        return pa.array(found, kind)
    except (pa.ArrowInvalid, OverflowError, UnicodeEncodeError):
        return None


def _one_by_one(name: str, target: pa.DataType, found: list[Any], faults: dict[int, str]) -> pa.Array:
    read = READERS[target]
    values: list[Any] = []
    for index, value in enumerate(found):
        try:
            values.append(None if value is None else read(value))
        except (ValueError, OverflowError) as error:
            values.append(None)
            faults.setdefault(index, unreadable(name, target, error, because="has the wrong type"))
    if pa.types.is_int32(target):
        values = [v if v is None or abs(v) < 2**62 else 2**62 for v in values]
        return pa.array(values, pa.int64())
    if pa.types.is_string(target):
        values = [None if v is None else _encodable(i, name, v, faults) for i, v in enumerate(values)]
    return pa.array(values, target)


def _encodable(index: int, name: str, value: str, faults: dict[int, str]) -> str | None:
    """Return *value*; where it holds half of a surrogate pair, return None and set a fault."""
    try:
        value.encode()
    except UnicodeEncodeError:
        faults.setdefault(index, f"{name} cannot be read; {RIGHT[pa.string()]} is right")
        return None
    return value
