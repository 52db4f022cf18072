"""Spark as engine: tables are folders of Parquet that every executor reaches, queries and functions run on executors.

**Tables.** What is written never changes: a write makes a folder of its own and then points ``CURRENT`` at it, so that
a frame over the old rows still reads them, a write that fails leaves the table as it was, and no object store has to
rename. Superseded folders go when the engine closes. Files are read and written by Spark alone, by its file systems
and their credentials.

**Hot keys.** One trace that a million accounts share must not become one task.

- GROUP BY: every task first adds up its own rows, so a key reaches the shuffle once per task and not once per row.
  ``COUNT(DISTINCT account_id)`` per key is split over the distinct accounts first and counted after that, so that the
  accounts of a hot key are spread as well.
- JOIN: adaptive execution splits a partition that a hot key has made larger than the others (``skewJoin``) and gives
  each piece to a task of its own; the other side of our joins has one row per key, so repeating it costs nothing.
- A window has all rows of its partition in one task; queries of this package partition windows by what cannot be hot
  (an account, a prompt of an account) and group first where they can.

**Types** are told in ``types``, **errors** in ``executors``, the rules of a **session** in ``session``.
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

from stillwatch.engine.contract import BatchFunction, Frame, Source, Streaming
from stillwatch.engine.dialect import spark_sql
from stillwatch.engine.spark.executors import on_executor, told_by
from stillwatch.engine.spark.files import SparkFiles
from stillwatch.engine.spark.session import FAILURES, folder_url, literal, open_session
from stillwatch.engine.spark.types import arrow_schema, cast_rows, nullable, spark_schema, struct_of
from stillwatch.errors import EngineError, StillwatchError

__all__ = ["SparkEngine"]

_CHUNK_BYTES: Final = 16 << 20
"""A stream from the driver goes over in pieces of about this size."""
_FILE_ROWS: Final = 262_144
"""Most rows of a file that is handed out: the driver holds one file at a time."""
_MOST_TASKS: Final = 10_000
_CURRENT: Final = "CURRENT"


@dataclass(frozen=True, slots=True)
class _Table:
    """A handle: a data frame, its Arrow schema and, where it was written, the folder of its files."""

    rows: DataFrame
    schema: pa.Schema
    folder: str = ""


class SparkEngine:
    """Keeps tables under *folder*, a path of this machine or a URL that Spark reads; a context manager that closes it.

    A Spark session that runs already is used and left running; otherwise one is started with *options* on *master*,
    or, where *master* is empty, where ``spark-submit`` says. Closing stops the session that was started.
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
        """Delete what no table points at, and stop the session if this engine started it; the tables stay."""
        # What closes may have been lost already; the error that said so is the one to hear of.
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
        """Run what is inside with other settings of Spark's SQL, of this engine's session alone."""
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
        """Return the table written under *name*, or the rows of Parquet files that lie elsewhere.

        Those are paths of this machine that every executor reaches, too.
        """
        try:
            if not isinstance(name, str):
                return self._elsewhere(name, schema)
            current = self._store.text(f"{self._folder}/{name}/{_CURRENT}")
            if current is None:
                raise EngineError(f"there is no table {name!r}", where=self._folder)
            folder = f"{self._folder}/{name}/{current}"
            return self._stored(self._session.read.parquet(folder), folder)
        except FAILURES as error:
            what = f"the table {name!r}" if isinstance(name, str) else "files that lie elsewhere"
            raise self._failed(f"could not read {what}", error) from error

    def _elsewhere(self, files: Sequence[Path], schema: pa.Schema | None) -> Frame:
        if schema is None:
            raise EngineError("files that lie elsewhere need a schema", where="read")
        if not files:
            return self._frame(schema.empty_table())
        paths = [f"file://{literal(path.absolute())}" for path in files]
        return _Table(self._session.read.schema(struct_of(schema)).parquet(*paths), nullable(schema))

    def write(self, name: str, table: Source | Iterable[pa.RecordBatch], schema: pa.Schema | None = None) -> Frame:
        """Write *table* into a new folder under ``<folder>/<name>``, make it the current one and return its handle."""
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

    def query(self, sql: str, **tables: Source) -> Frame:
        """Plan *sql* over *tables*; it runs when its rows are asked for."""
        views = {name: self._view(self._frame(table)) for name, table in tables.items()}
        scope = ", ".join(f'"{name}" AS (SELECT * FROM {view})' for name, view in views.items())
        text = spark_sql(f"WITH {scope} {sql}" if scope else sql)
        try:
            rows = self._session.sql(text)
            return _Table(rows, arrow_schema(rows.schema))
        except FAILURES as error:
            raise self._failed("a query could not be planned", error) from error

    def parted(self, sql: str, by: str, **tables: Source) -> Frame:  # noqa: ARG002 - shuffles part the rows anyway
        """Answer *sql* at once, whatever *by*: it is spread over the executors, which spill."""
        return self.write(f"parted/{uuid.uuid4().hex}", self.query(sql, **tables))

    def map(
        self, table: Source, function: BatchFunction | Streaming, schema: pa.Schema, *, apart: bool = False
    ) -> Frame:
        """Run *function* over the batches of *table* on the executors, a stream per task, into a table of their own.

        The function travels by cloudpickle and needs this package where it arrives; Spark broadcasts a large one. Rows
        *apart* go round among as many tasks as there are rows, or ten thousand.
        """
        source = self._frame(table)
        run = on_executor(function, source.schema, schema, apart=apart)
        try:
            rows = source.rows
            if apart:
                rows = rows.coalesce(1).repartition(max(1, min(rows.count(), _MOST_TASKS)))
            return self._into(self._spare(), _Table(rows.mapInArrow(run, struct_of(schema)), schema))
        except FAILURES as error:
            raise self._failed("a function failed", error) from error

    def arrow(self, table: Source) -> pa.RecordBatchReader:
        """Return the rows as a stream of record batches; the driver holds one file of them at a time.

        Rows that no folder holds yet are written first, by all executors at once, in the order of an ORDER BY.
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

    def _into(self, folder: str, table: Source | Iterable[pa.RecordBatch], schema: pa.Schema | None = None) -> _Table:
        """Write *table* into the new *folder* and return its handle; the folder goes again where that fails."""
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
        """Send *stream* to Spark in pieces; the first, which may be empty, gives the folder its schema."""
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

    def _frame(self, table: Source) -> _Table:
        if isinstance(table, _Table):
            return table
        try:
            if isinstance(table, pa.Table):
                return _Table(self._piece(table), nullable(table.schema))
            if isinstance(table, pa.RecordBatchReader):
                return self._into(self._spare(), table)
        except (OSError, *FAILURES) as error:
            raise self._failed("rows could not be taken over", error) from error
        raise EngineError(f"a {type(table).__name__} was made by another engine", where="spark")

    def _stored(self, rows: DataFrame, folder: str) -> _Table:
        return _Table(rows, arrow_schema(rows.schema), folder)

    def _spare(self) -> str:
        """Return a new folder for rows that no table names; it goes when the engine closes."""
        self._left.append(f"{self._folder}/.spare/{uuid.uuid4().hex}")
        return self._left[-1]

    def _view(self, frame: _Table) -> str:
        self._views.append(next(self._names))
        frame.rows.createOrReplaceTempView(self._views[-1])
        return self._views[-1]

    def _failed(self, what: str, error: Exception) -> StillwatchError:
        return told_by(error, what, self._folder)
