"""Spark as engine: tables are folders of Parquet that every executor reaches, queries and functions run on executors.

**Types.** Spark has no unsigned integers. An Arrow ``uint64`` is a ``DECIMAL(20, 0)`` inside Spark, which holds every
value of it: comparing, ordering, MIN, joining, grouping and spelling it as text are those of the number, and therefore
those of DuckDB. ``DECIMAL(20, 0)`` means ``uint64`` and nothing else, both ways. Times are UTC microseconds in a
session whose zone is UTC. ANSI mode is on: what overflows or cannot be cast is an error, as in DuckDB, and no null.

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

**Errors.** Spark quotes values in its messages, so an ``EngineError`` names the condition alone, a function that fails
on an executor passes on its class alone (a ``StillwatchError``, which holds no data, passes whole), and Spark logs
nothing unless ``engine.spark_options`` sets ``spark.log.level``.
"""

import base64
import contextlib
import itertools
import re
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, cast

import pyarrow as pa
from py4j.protocol import Py4JError
from pyspark import SparkContext, cloudpickle
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import types as st

from stillwatch.engine.contract import BatchFunction, Frame, Source, Streaming, mapped
from stillwatch.engine.dialect import spark_sql
from stillwatch.errors import EngineError, StillwatchError

__all__ = ["SparkEngine"]

_CHUNK_BYTES: Final = 16 << 20
"""A stream from the driver goes over in pieces of about this size."""
_FILE_ROWS: Final = 262_144
"""Most rows of a file that is handed out: the driver holds one file at a time."""
_MOST_TASKS: Final = 10_000
_FAILURES: Final = (PySparkException, Py4JError, ConnectionError)
_CURRENT: Final = "CURRENT"
_MARK: Final = re.compile(r"stillwatch-(error|failed):([\w+/=.]+):")

_RULES: Final = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_LTZ",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.adaptive.skewJoin.enabled": "true",
}
"""What makes the answers those of DuckDB and keeps hot keys apart; no option overrules them."""
_DEFAULTS: Final = {
    "spark.app.name": "stillwatch",
    "spark.log.level": "OFF",
    "spark.executor.syncLogLevel.enabled": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",
    "spark.sql.parquet.compression.codec": "zstd",
}

_TO_SPARK: Final[dict[pa.DataType, st.DataType]] = {
    pa.string(): st.StringType(),
    pa.large_string(): st.StringType(),
    pa.binary(): st.BinaryType(),
    pa.large_binary(): st.BinaryType(),
    pa.bool_(): st.BooleanType(),
    pa.int8(): st.ByteType(),
    pa.int16(): st.ShortType(),
    pa.int32(): st.IntegerType(),
    pa.int64(): st.LongType(),
    pa.uint64(): st.DecimalType(20, 0),
    pa.float32(): st.FloatType(),
    pa.float64(): st.DoubleType(),
    pa.date32(): st.DateType(),
    pa.timestamp("us", tz="UTC"): st.TimestampType(),
    pa.timestamp("us"): st.TimestampNTZType(),
}
_TO_ARROW: Final = {kind: arrow for arrow, kind in reversed(_TO_SPARK.items())}


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
        self._session = _session(master, dict(options or {}))
        context = self._session.sparkContext
        self._folder = _url(folder, context.master)
        self._store = _Store(self._session)
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
        with contextlib.suppress(*_FAILURES):
            for path in self._left:
                self._store.delete(path)
            for view in self._views:
                self._session.catalog.dropTempView(view)
        self._left, self._views = [], []
        if self._own:
            self._own = False
            with contextlib.suppress(*_FAILURES):
                self._session.stop()

    def remove(self) -> None:
        """Close the engine and delete the folder with every table in it."""
        with contextlib.suppress(*_FAILURES):
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
        except _FAILURES as error:
            what = f"the table {name!r}" if isinstance(name, str) else "files that lie elsewhere"
            raise self._failed(f"could not read {what}", error) from error

    def _elsewhere(self, files: Sequence[Path], schema: pa.Schema | None) -> Frame:
        if schema is None:
            raise EngineError("files that lie elsewhere need a schema", where="read")
        if not files:
            return self._frame(schema.empty_table())
        paths = [f"file://{_literal(path.absolute())}" for path in files]
        return _Table(self._session.read.schema(_struct(schema)).parquet(*paths), _nullable(schema))

    def write(self, name: str, table: Source | Iterable[pa.RecordBatch], schema: pa.Schema | None = None) -> Frame:
        """Write *table* into a new folder under ``<folder>/<name>``, make it the current one and return its handle."""
        place, version = f"{self._folder}/{name}", uuid.uuid4().hex
        try:
            stored = self._into(f"{place}/{version}", table, schema)
            before = self._store.text(f"{place}/{_CURRENT}")
            self._store.put(f"{place}/{_CURRENT}", version)
        except (OSError, *_FAILURES) as error:
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
            return _Table(rows, _arrow_schema(rows.schema))
        except _FAILURES as error:
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
        run = _on_executor(function, source.schema, schema, apart=apart)
        try:
            rows = source.rows
            if apart:
                rows = rows.coalesce(1).repartition(max(1, min(rows.count(), _MOST_TASKS)))
            return self._into(self._spare(), _Table(rows.mapInArrow(run, _struct(schema)), schema))
        except _FAILURES as error:
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
        except (OSError, *_FAILURES) as error:
            raise self._failed("a query failed", error) from error
        return pa.RecordBatchReader.from_batches(frame.schema, self._batches(files, frame))

    def _batches(self, files: list[str], frame: _Table) -> Iterator[pa.RecordBatch]:
        for file in files:
            try:
                rows = self._session.read.schema(frame.rows.schema).parquet(file).toArrow()
            except _FAILURES as error:
                raise self._failed("a query failed", error) from error
            yield from _cast(rows, frame.schema).to_batches(max_chunksize=65_536)

    def _into(self, folder: str, table: Source | Iterable[pa.RecordBatch], schema: pa.Schema | None = None) -> _Table:
        """Write *table* into the new *folder* and return its handle; the folder goes again where that fails."""
        try:
            if isinstance(table, _Table):
                table.rows.write.option("maxRecordsPerFile", _FILE_ROWS).parquet(folder)
            else:
                self._append(folder, self._stream(table, schema))
            return self._stored(self._session.read.parquet(folder), folder)
        except BaseException:
            with contextlib.suppress(*_FAILURES):
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
        struct = _struct(table.schema)
        return self._session.createDataFrame(_cast(table, _inside(table.schema)), struct)

    def _frame(self, table: Source) -> _Table:
        if isinstance(table, _Table):
            return table
        try:
            if isinstance(table, pa.Table):
                return _Table(self._piece(table), _nullable(table.schema))
            if isinstance(table, pa.RecordBatchReader):
                return self._into(self._spare(), table)
        except (OSError, *_FAILURES) as error:
            raise self._failed("rows could not be taken over", error) from error
        raise EngineError(f"a {type(table).__name__} was made by another engine", where="spark")

    def _stored(self, rows: DataFrame, folder: str) -> _Table:
        return _Table(rows, _arrow_schema(rows.schema), folder)

    def _spare(self) -> str:
        """Return a new folder for rows that no table names; it goes when the engine closes."""
        self._left.append(f"{self._folder}/.spare/{uuid.uuid4().hex}")
        return self._left[-1]

    def _view(self, frame: _Table) -> str:
        self._views.append(next(self._names))
        frame.rows.createOrReplaceTempView(self._views[-1])
        return self._views[-1]

    def _failed(self, what: str, error: Exception) -> StillwatchError:
        """Return the error to raise: what a function raised on an executor, or the kind of failure without its text."""
        kind, _, told = "", "", str(error)
        if passed := _MARK.search(told):
            if passed[1] == "error":
                return cast("StillwatchError", cloudpickle.loads(base64.b64decode(passed[2])))
            kind = passed[2]
        elif isinstance(error, PySparkException):
            kind = error.getCondition() or ""
        full = "No space left" in told
        remedy = "Free disk space or point the work folder at a larger disk." if full else ""
        return EngineError(f"{what} ({kind or type(error).__name__})", where=self._folder, remedy=remedy)


class _Store:
    """Small files and folders by the file systems of the session, whatever they are."""

    def __init__(self, session: SparkSession) -> None:
        self._jvm: Any = session._jvm  # noqa: SLF001 - the only door to Hadoop's file systems
        self._settings = session._jsparkSession.sessionState().newHadoopConf()  # noqa: SLF001

    def _at(self, path: str) -> tuple[Any, Any]:
        place = self._jvm.org.apache.hadoop.fs.Path(path)
        return place.getFileSystem(self._settings), place

    def text(self, path: str) -> str | None:
        """Return the content of a small file, or None where there is none."""
        system, place = self._at(path)
        if not system.exists(place):
            return None
        stream = system.open(place)
        try:
            return str(self._jvm.org.apache.commons.io.IOUtils.toString(stream, "UTF-8"))
        finally:
            stream.close()

    def put(self, path: str, text: str) -> None:
        """Write a small file, over the one that is there."""
        system, place = self._at(path)
        stream = system.create(place, True)  # noqa: FBT003 - Java has no keywords
        try:
            stream.write(bytearray(text, "utf-8"))
        finally:
            stream.close()

    def files(self, folder: str) -> list[str]:
        """Return the files of rows in *folder*, in the order in which their rows were written."""
        system, place = self._at(folder)
        names = [status.getPath().toString() for status in system.listStatus(place)]
        return sorted(name for name in names if name.rpartition("/")[2][0] not in "._")

    def delete(self, path: str) -> None:
        """Delete a file or a folder with all in it; nothing there is no error."""
        system, place = self._at(path)
        system.delete(place, True)  # noqa: FBT003 - Java has no keywords


def _session(master: str, options: dict[str, str]) -> SparkSession:
    """Return a session of our own settings and views, on the context that runs or on a new one."""
    running = SparkContext._active_spark_context is not None  # noqa: SLF001
    settings = _DEFAULTS | options | _RULES
    try:
        builder = SparkSession.builder
        if not running:
            if master:
                builder = builder.master(master)
            for key, value in settings.items():
                builder = builder.config(key, value)
        session = builder.getOrCreate().newSession()
        context = session.sparkContext
        if not running and master.startswith("local") and context.pythonExec == "python3":
            # PySpark's default is the first python3 on the path; workers of this machine need what this process has.
            context.pythonExec = settings.get("spark.pyspark.python", sys.executable)
        for key, value in settings.items():
            if session.conf.isModifiable(key):
                session.conf.set(key, value)
    except (PySparkException, Py4JError, OSError, RuntimeError) as error:
        raise EngineError(
            f"Spark did not start ({type(error).__name__})",
            where=f"engine.spark_master {master}".strip(),
            remedy="Spark needs Java 17 or 21: install it, or point JAVA_HOME at it; then check engine.spark_master "
            "and engine.spark_options.",
        ) from error
    return session


def _url(folder: str | Path, master: str) -> str:
    if "://" in str(folder):
        return str(folder).rstrip("/")
    if not master.startswith("local"):
        raise EngineError(
            "the executors cannot reach a folder of this machine",
            where=str(folder),
            remedy="Set engine.spark_folder to a URL, such as s3a://bucket/work or file:///shared/work.",
        )
    path = Path(folder).resolve()
    path.mkdir(parents=True, exist_ok=True)
    return f"file://{path}"


def _literal(path: Path) -> str:
    """Return *path* as Hadoop spells one in which no letter stands for others."""
    return re.sub(r"([\\*?\[\]{}])", r"\\\1", str(path))


def _on_executor(
    function: BatchFunction | Streaming, given: pa.Schema, made: pa.Schema, *, apart: bool
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """Return what an executor runs: *function*, with types taken out of Spark's shape before it and into it after."""
    inside = _inside(made)

    def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        try:
            for result in mapped(function, (_cast(batch, given) for batch in batches), apart=apart):
                yield _cast(result, inside)
        except StillwatchError as error:
            packed = base64.b64encode(cloudpickle.dumps(error)).decode()
            raise RuntimeError(f"stillwatch-error:{packed}:") from None
        except Exception as error:  # noqa: BLE001 - its text may quote a row
            raise RuntimeError(f"stillwatch-failed:{type(error).__name__}:") from None

    return run


def _cast(rows: Any, schema: pa.Schema) -> Any:
    """Return a table or batch with the columns of *schema*, which it has under these names."""
    if rows.schema.equals(schema):
        return rows
    columns = [rows.column(field.name).cast(field.type) for field in schema]
    return type(rows).from_arrays(columns, schema=schema)


def _inside(schema: pa.Schema) -> pa.Schema:
    """Return *schema* as it crosses into Spark."""
    swapped = {pa.uint64(): pa.decimal128(20, 0)}
    return pa.schema([pa.field(f.name, swapped.get(f.type, f.type)) for f in schema])


def _nullable(schema: pa.Schema) -> pa.Schema:
    return pa.schema([pa.field(f.name, f.type) for f in schema])


def _struct(schema: pa.Schema) -> st.StructType:
    return st.StructType([st.StructField(f.name, _spark_type(f.type), nullable=True) for f in schema])


def _spark_type(kind: pa.DataType) -> st.DataType:
    if pa.types.is_list(kind):
        return st.ArrayType(_spark_type(kind.value_type))
    if pa.types.is_decimal128(kind):
        return st.DecimalType(kind.precision, kind.scale)
    if kind not in _TO_SPARK:
        raise EngineError(f"Spark has no type for {kind}", where="spark")
    return _TO_SPARK[kind]


def _arrow_schema(struct: st.StructType) -> pa.Schema:
    return pa.schema([pa.field(f.name, _arrow_type(f.dataType)) for f in struct.fields])


def _arrow_type(kind: st.DataType) -> pa.DataType:
    if isinstance(kind, st.ArrayType):
        return pa.list_(_arrow_type(kind.elementType))
    if isinstance(kind, st.DecimalType) and (kind.precision, kind.scale) != (20, 0):
        return pa.decimal128(kind.precision, kind.scale)
    if kind not in _TO_ARROW:
        raise EngineError(f"a query gives a column of type {kind.simpleString()}, which no table has", where="spark")
    return _TO_ARROW[kind]
