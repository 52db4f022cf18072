"""Holds rows of one or several sources until they are enough for a batch, so that many small files cost no more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from stillwatch.ingest.parsing.format import Format, Row

__all__ = ["PendingColumns", "PendingRows", "Refused"]

Refused = tuple[str, int, str]
"""Source, position and reason of a row that was rejected before its columns were checked."""

_ROWS, _BYTES = 8_192, 32 << 20


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
