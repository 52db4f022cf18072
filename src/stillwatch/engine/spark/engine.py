"""Implements the engine contract with Spark: tables are folders of Parquet, and executors run queries and functions.

**Tables.** Written folders never change. A write creates a new folder and then sets ``CURRENT`` to it. So a frame over
the old rows can still read them, a failed write leaves the table unchanged, and no object store has to rename. The
engine deletes replaced folders when it closes. Only Spark reads and writes files, with its file systems and their
credentials.

**Hot keys.** A hub that a million accounts share must not become one task.

- GROUP BY: every task first aggregates its own rows, so a key reaches the shuffle once per task and not once per row.
  ``COUNT(DISTINCT account_id)`` per key is first distributed by distinct account and then counted, so the accounts of
  a hot key are distributed, too.
- JOIN: adaptive execution splits a partition that a hot key has made large (``skewJoin``), and gives each piece to its
  own task. The other side of the joins here has one row per key, so repeating it costs little.
- A window function has all rows of its partition in one task. The queries of this package partition windows by keys
  that cannot be hot (an account, a prompt of an account), and group before where they can.

``types`` describes the types, ``executors`` the errors, ``session`` the settings of a session.
"""

import contextlib
import itertools
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import pyarrow as pa
from pyspark import SparkContext
from pyspark.sql import DataFrame

from stillwatch.engine.contract import BatchFunction, Frame, Streaming, TableSource
from stillwatch.engine.dialect import spark_sql
from stillwatch.engine.spark.executors import engine_error, executor_function
from stillwatch.engine.spark.files import SparkFiles
from stillwatch.engine.spark.session import FAILURES, folder_url, literal, open_session
from stillwatch.engine.spark.types import arrow_schema, cast_rows, nullable, spark_schema, struct_of
from stillwatch.errors import EngineError, StillwatchError

__all__ = ["SparkEngine"]

_CHUNK_BYTES: Final = 16 << 20
"""The driver sends a stream to Spark in pieces of about this size."""
_FILE_ROWS: Final = 262_144
"""Most rows per file. The driver reads one file at a time into memory."""
_MOST_TASKS: Final = 10_000
_CURRENT: Final = "CURRENT"


@dataclass(frozen=True, slots=True)
class _Table:
    """A frame: a data frame, its Arrow schema and, where it was written, the folder of its files."""

    rows: DataFrame
    schema: pa.Schema
    folder: str = ""


class SparkEngine:
    """Stores tables in *folder*, a local path or a URL that Spark can read. A context manager that closes the engine.

    A running Spark session is used and left running. Otherwise a session is started with *options* on *master*; with an
    empty *master*, ``spark-submit`` decides where. Closing stops a session that the engine started.
    """

    def __init__(
        self, folder: str | Path, *, master: str = "local[*]", options: Mapping[str, str] | None = None
    ) -> None:
        self._own = SparkContext._active_spark_context is None  # noqa: SLF001 - there is no public way to ask
        self._session = open_session(master, dict(options or {}))
        context = self._session.sparkContext
        self._folder = folder_url(folder, context.master)
        self._store = SparkFiles(self._session)
        self._names = (f"stillwatch_{uuid.uuid4().hex[:8]}_{i}" for i in itertools.count())
        self._views: list[str] = []
        self._left: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Delete the folders that no table uses, and stop the session if this engine started it; the tables stay."""
        # The connection can be lost already; the error that reported this is the one to raise.
        with contextlib.suppress(*FAILURES):
            for path in self._left:
                self._store.delete(path)
            for view in self._views:
                self._session.catalog.dropTempView(view)
        self._left, self._views = [], []
        if self._own:
            self._own = False
            with contextlib.suppress(*FAILURES):
                self._session.stop()

    def remove(self) -> None:
        """Close the engine and delete the folder with every table in it."""
        with contextlib.suppress(*FAILURES):
            self._store.delete(self._folder)
        self.close()

    @contextlib.contextmanager
    def options(self, changed: Mapping[str, str]) -> Iterator[None]:
        """Change settings of Spark SQL inside the ``with`` block, for the session of this engine only."""
        before = {name: self._session.conf.get(name, None) for name in changed}
        try:
            for name, value in changed.items():
                self._session.conf.set(name, value)
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    self._session.conf.unset(name)
                else:
                    self._session.conf.set(name, value)

    def read(self, name: str | Sequence[Path], schema: pa.Schema | None = None) -> Frame:
        """Return the table written under *name*, or the rows of Parquet files outside the folder.

        Those files are local paths that every executor can reach.
        """
        try:
            if not isinstance(name, str):
                return self._external(name, schema)
            current = self._store.text(f"{self._folder}/{name}/{_CURRENT}")
            if current is None:
                raise EngineError(f"there is no table {name!r}", where=self._folder)
            folder = f"{self._folder}/{name}/{current}"
            return self._stored(self._session.read.parquet(folder), folder)
        except FAILURES as error:
            what = f"the table {name!r}" if isinstance(name, str) else "files outside the engine"
            raise self._failed(f"could not read {what}", error) from error

    def _external(self, files: Sequence[Path], schema: pa.Schema | None) -> Frame:
        if schema is None:
            raise EngineError("files outside the engine need a schema", where="read")
        if not files:
            return self._frame(schema.empty_table())
        paths = [f"file://{literal(path.absolute())}" for path in files]
        return _Table(self._session.read.schema(struct_of(schema)).parquet(*paths), nullable(schema))

    def write(self, name: str, table: TableSource | Iterable[pa.RecordBatch], schema: pa.Schema | None = None) -> Frame:
        """Write *table* into a new folder in ``<folder>/<name>``, make it the current one, and return its handle."""
        place, version = f"{self._folder}/{name}", uuid.uuid4().hex
        try:
            stored = self._into(f"{place}/{version}", table, schema)
            before = self._store.text(f"{place}/{_CURRENT}")
            self._store.put(f"{place}/{_CURRENT}", version)
        except (OSError, *FAILURES) as error:
            raise self._failed(f"could not write the table {name!r}", error) from error
        if before:
            self._left.append(f"{place}/{before}")
        return stored

    def query(self, sql: str, **tables: TableSource) -> Frame:
        """Plan *sql* over *tables*; it runs when its rows are read."""
        views = {name: self._view(self._frame(table)) for name, table in tables.items()}
        scope = ", ".join(f'"{name}" AS (SELECT * FROM {view})' for name, view in views.items())
        text = spark_sql(f"WITH {scope} {sql}" if scope else sql)
        try:
            rows = self._session.sql(text)
            return _Table(rows, arrow_schema(rows.schema))
        except FAILURES as error:
            raise self._failed("a query could not be planned", error) from error

    def partitioned(self, sql: str, by: str, **tables: TableSource) -> Frame:  # noqa: ARG002 - Spark partitions by itself
        """Run *sql* at once: Spark distributes it over the executors, which spill to disk."""
        return self.write(f"partitioned/{uuid.uuid4().hex}", self.query(sql, **tables))

    def map(
        self, table: TableSource, function: BatchFunction | Streaming, schema: pa.Schema, *, apart: bool = False
    ) -> Frame:
        """Run *function* over the batches of *table* on the executors, one stream per task, into a new table.

        The function is sent with cloudpickle, and the executors need this package; Spark broadcasts a large function.
        With *apart* the rows are distributed to as many tasks as there are rows, at most ten thousand.
        """
        source = self._frame(table)
        run = executor_function(function, source.schema, schema, apart=apart)
        try:
            rows = source.rows
            if apart:
                rows = rows.coalesce(1).repartition(max(1, min(rows.count(), _MOST_TASKS)))
            return self._into(self._spare(), _Table(rows.mapInArrow(run, struct_of(schema)), schema))
        except FAILURES as error:
            raise self._failed("a function failed", error) from error

    def arrow(self, table: TableSource) -> pa.RecordBatchReader:
        """Return the rows as a stream of record batches; the driver keeps one file of them in memory at a time.

        The result of a query is written to files first, by all executors in parallel, in the order of its ORDER BY.
        """
        if isinstance(table, pa.RecordBatchReader):
            return table
        if isinstance(table, pa.Table):
            return table.to_reader(max_chunksize=65_536)
        frame = self._frame(table)
        try:
            if not frame.folder:
                frame = self._into(self._spare(), frame)
            files = self._store.files(frame.folder)
        except (OSError, *FAILURES) as error:
            raise self._failed("a query failed", error) from error
        return pa.RecordBatchReader.from_batches(frame.schema, self._batches(files, frame))

    def _batches(self, files: list[str], frame: _Table) -> Iterator[pa.RecordBatch]:
        for file in files:
            try:
                rows = self._session.read.schema(frame.rows.schema).parquet(file).toArrow()
            except FAILURES as error:
                raise self._failed("a query failed", error) from error
            yield from cast_rows(rows, frame.schema).to_batches(max_chunksize=65_536)

    def _into(
        self, folder: str, table: TableSource | Iterable[pa.RecordBatch], schema: pa.Schema | None = None
    ) -> _Table:
        """Write *table* into the new *folder* and return its handle; delete the folder where the write fails."""
        try:
            if isinstance(table, _Table):
                table.rows.write.option("maxRecordsPerFile", _FILE_ROWS).parquet(folder)
            else:
                self._append(folder, self._stream(table, schema))
            return self._stored(self._session.read.parquet(folder), folder)
        except BaseException:
            with contextlib.suppress(*FAILURES):
                self._store.delete(folder)
            raise

    def _append(self, folder: str, stream: pa.RecordBatchReader) -> None:
        """Send *stream* to Spark in pieces; an empty stream is one empty piece, so that the folder has a schema."""
        held: list[pa.RecordBatch] = []
        size = n_pieces = 0
        for batch in stream:
            held.append(batch)
            size += batch.nbytes
            if size >= _CHUNK_BYTES:
                self._piece(pa.Table.from_batches(held, stream.schema)).write.mode("append").parquet(folder)
                held, size, n_pieces = [], 0, n_pieces + 1
        if held or not n_pieces:
            self._piece(pa.Table.from_batches(held, stream.schema)).write.mode("append").parquet(folder)

    def _stream(self, table: Any, schema: pa.Schema | None) -> pa.RecordBatchReader:
        if isinstance(table, pa.Table | pa.RecordBatchReader):
            return self.arrow(table)
        if schema is None:
            raise EngineError("a stream of record batches needs a schema", where="write")
        return pa.RecordBatchReader.from_batches(schema, table)

    def _piece(self, table: pa.Table) -> DataFrame:
        struct = struct_of(table.schema)
        return self._session.createDataFrame(cast_rows(table, spark_schema(table.schema)), struct)

    def _frame(self, table: TableSource) -> _Table:
        if isinstance(table, _Table):
            return table
        try:
            if isinstance(table, pa.Table):
                return _Table(self._piece(table), nullable(table.schema))
            if isinstance(table, pa.RecordBatchReader):
                return self._into(self._spare(), table)
        except (OSError, *FAILURES) as error:
            raise self._failed("rows could not be sent to Spark", error) from error
        raise EngineError(f"a {type(table).__name__} was made by another engine", where="spark")

    def _stored(self, rows: DataFrame, folder: str) -> _Table:
        return _Table(rows, arrow_schema(rows.schema), folder)

    def _spare(self) -> str:
        """Return a new folder for rows without a table name; it is deleted when the engine closes."""
        self._left.append(f"{self._folder}/.spare/{uuid.uuid4().hex}")
        return self._left[-1]

    def _view(self, frame: _Table) -> str:
        self._views.append(next(self._names))
        frame.rows.createOrReplaceTempView(self._views[-1])
        return self._views[-1]

    def _failed(self, what: str, error: Exception) -> StillwatchError:
        return engine_error(error, what, self._folder)
