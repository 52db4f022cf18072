"""What an engine offers: six verbs over named tables.

Logic above is one of two kinds, written once: a SELECT in the portable subset (DuckDB spelling; a second engine
transpiles it with sqlglot) or a pure function from record batch to record batch.

The portable subset: no engine hash function, no implicit rounding, every division guarded, sums of scaled integers
rather than floats, an explicit order before any limit.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias, runtime_checkable

import pyarrow as pa


@runtime_checkable
class Frame(Protocol):
    """A handle to a table inside an engine; only the engine that made it can look inside."""

    @property
    def schema(self) -> pa.Schema:
        """Return the Arrow schema of the table."""
        ...


Source: TypeAlias = Frame | pa.Table | pa.RecordBatchReader
BatchFunction: TypeAlias = Callable[[pa.RecordBatch], pa.RecordBatch | Iterable[pa.RecordBatch]]
"""From one batch to one, or to several of them, so that a result larger than the memory is none."""

StreamFunction: TypeAlias = Callable[[Iterator[pa.RecordBatch]], Iterable[pa.RecordBatch]]


@dataclass(frozen=True, slots=True)
class Streaming:
    """What runs over a stream of batches and may keep something between them, such as sums that it gives at the end.

    An engine deals the rows out to as many streams as it has workers, so the results must add up however they are dealt
    out; a stream may have no rows.
    """

    function: StreamFunction


@runtime_checkable
class Engine(Protocol):
    """Six verbs; an engine decides only where rows live and who runs the work."""

    def read(self, name: str | Sequence[Path], schema: pa.Schema | None = None) -> Frame:
        """Return the table written under *name*; raises ``EngineError`` where there is none.

        A sequence of Parquet files in its place, which lie elsewhere and which whoever runs the work reaches, is one
        table of their rows with the columns of *schema*; each file has them. The rows stay where they are. No file is
        no row.
        """
        ...

    def write(self, name: str, table: Source | Iterable[pa.RecordBatch], schema: pa.Schema | None = None) -> Frame:
        """Store *table* under *name*, replacing it, and return its handle.

        *schema* is needed where *table* is a plain iterable of record batches. Streams: nothing is held whole.
        """
        ...

    def query(self, sql: str, **tables: Source) -> Frame:
        """Run a SELECT in the portable subset over *tables*, named as in the text; lazy where the engine is."""
        ...

    def parted(self, sql: str, by: str, **tables: Source) -> Frame:
        """Store the answer to a SELECT that can be had for some values of the column *by* at a time, and return it.

        No row of the answer may come from rows of two values: the engine is free to ask part by part, so that a log
        larger than the memory is none. A table without the column is whole each time.
        """
        ...

    def map(
        self, table: Source, function: BatchFunction | Streaming, schema: pa.Schema, *, apart: bool = False
    ) -> Frame:
        """Apply a pure *function* to every record batch, or to streams of them; its results have *schema*. Batch size
        is the engine's.

        A function that leaves something behind must leave the same if it is run again for a batch: engines repeat work.

        With *apart* every row is a piece of work of its own, such as a file to read: a batch then has one row, and an
        engine of several machines gives each to whoever is free.
        """
        ...

    def arrow(self, table: Source) -> pa.RecordBatchReader:
        """Return the rows as a stream of Arrow record batches; order is only that of an ORDER BY."""
        ...


def mapped(
    function: BatchFunction | Streaming, batches: Iterable[pa.RecordBatch], *, apart: bool
) -> Iterator[pa.RecordBatch]:
    """Yield what *function* makes of *batches*, or of each of their rows; the same loop in every engine."""
    pieces = (batch.slice(row, 1) for batch in batches for row in range(len(batch))) if apart else iter(batches)
    if isinstance(function, Streaming):
        yield from function.function(pieces)
    else:
        for piece in pieces:
            made = function(piece)
            if isinstance(made, pa.RecordBatch):
                yield made
            else:
                yield from made
