"""Defines the contract of an engine: six verbs over named tables.

Code that uses an engine is of two kinds, and is written once for all engines: a SELECT in the portable subset, or a
pure function from record batch to record batch. A SELECT is written in DuckDB's dialect; sqlglot translates it for
other engines.

The portable subset has these rules: no hash function of an engine, no implicit rounding, every division guarded against
zero, sums of scaled integers instead of floats, and an explicit order before any limit.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias, runtime_checkable

import pyarrow as pa


@runtime_checkable
class Frame(Protocol):
    """A handle to a table inside an engine. Only the engine that made it can read it."""

    @property
    def schema(self) -> pa.Schema:
        """Return the Arrow schema of the table."""
        ...


TableSource: TypeAlias = Frame | pa.Table | pa.RecordBatchReader
BatchFunction: TypeAlias = Callable[[pa.RecordBatch], pa.RecordBatch | Iterable[pa.RecordBatch]]
"""A function from one batch to one batch, or to an iterable of batches where the result can exceed the memory."""

StreamFunction: TypeAlias = Callable[[Iterator[pa.RecordBatch]], Iterable[pa.RecordBatch]]


@dataclass(frozen=True, slots=True)
class Streaming:
    """A function over a stream of batches. It can keep state between batches, such as sums that it yields at the end.

    An engine distributes the rows to as many streams as it has workers. So the combined results must not depend on the
    distribution, and a stream can be empty.
    """

    function: StreamFunction


@runtime_checkable
class Engine(Protocol):
    """The six verbs. An engine decides only where rows are stored and which process does the work."""

    def read(self, name: str | Sequence[Path], schema: pa.Schema | None = None) -> Frame:
        """Return the table written under *name*. Raises ``EngineError`` where there is none.

        *name* can also be a sequence of Parquet files outside the engine, which every worker must reach. They form one
        table with the columns of *schema*, which each file must have. The files are not copied. An empty sequence gives
        a table without rows.
        """
        ...

    def write(self, name: str, table: TableSource | Iterable[pa.RecordBatch], schema: pa.Schema | None = None) -> Frame:
        """Store *table* under *name*, replace an older one, and return its handle.

        *schema* is required where *table* is a plain iterable of record batches. Rows are streamed, so the table can
        exceed the memory.
        """
        ...

    def query(self, sql: str, **tables: TableSource) -> Frame:
        """Return the result of a SELECT in the portable subset over *tables*, by their names in *sql*.

        The query can run later, when its rows are read.
        """
        ...

    def partitioned(self, sql: str, by: str, **tables: TableSource) -> Frame:
        """Run a SELECT separately for partitions of the values of column *by*, store the result and return it.

        No row of the result may depend on rows with different values of *by*. The engine can then run one partition at
        a time, so a log larger than the memory is possible. A table without the column is used whole in each partition.
        """
        ...

    def map(
        self, table: TableSource, function: BatchFunction | Streaming, schema: pa.Schema, *, apart: bool = False
    ) -> Frame:
        """Return the table (schema *schema*) of the results of *function* over every record batch, or over streams.

        The engine chooses the batch size. Engines can run a function again for the same batch, so a function with side
        effects must be idempotent.

        With *apart* every row is one task, such as a file to read. A batch then has one row, and an engine on several
        machines gives each row to a free worker.
        """
        ...

    def arrow(self, table: TableSource) -> pa.RecordBatchReader:
        """Return the rows as a stream of Arrow record batches; they are ordered only where the query has ORDER BY."""
        ...


def mapped(
    function: BatchFunction | Streaming, batches: Iterable[pa.RecordBatch], *, apart: bool
) -> Iterator[pa.RecordBatch]:
    """Yield the results of *function* over *batches*, or over each of their rows with *apart*. Used by every engine."""
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
