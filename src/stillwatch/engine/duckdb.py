"""Implements the engine contract with DuckDB: Parquet files in a work folder, and an in-process database."""

import itertools
import math
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.engine.contract import BatchFunction, Frame, Streaming, TableSource, mapped
from stillwatch.engine.streams import coalesced, map_streams, streamed
from stillwatch.errors import EngineError, SettingsError

BATCH_ROWS = 65_536
PARTITION_ROWS = 8_000_000
"""Most rows per partition of ``partitioned``: a few gigabytes of memory where each row gives several groups."""


@dataclass(frozen=True, slots=True)
class _View:
    """A frame: the name of a DuckDB view and its Arrow schema."""

    name: str
    schema: pa.Schema


class DuckDBEngine:
    """Stores tables as Parquet files in *folder*. A context manager that closes the database.

    *memory_limit* is DuckDB's setting, such as ``4GB`` (empty: its default); *threads* 0 means one per core.
    """

    def __init__(self, folder: Path, *, memory_limit: str = "", threads: int = 0) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        config: dict[str, Any] = {"temp_directory": str(folder / "spill"), "preserve_insertion_order": False}
        if memory_limit:
            config["memory_limit"] = memory_limit
        if threads:
            config["threads"] = threads
        self._threads = threads
        try:
            self._database = duckdb.connect(config=config)
        except duckdb.Error as error:
            raise SettingsError(
                f"DuckDB cannot start with these settings ({_kind(error)})",
                where="engine",
                remedy="Check engine.memory_limit, such as 4GB, and engine.threads.",
            ) from error
        self._database.execute("SET GLOBAL TimeZone = 'UTC'")
        # Reading the footer of a table of a hundred million rows takes a second, and every query needs it.
        self._database.execute("SET GLOBAL parquet_metadata_cache = true")
        self._names = (f"v{i}" for i in itertools.count())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; the tables stay in the folder."""
        self._database.close()

    def read(self, name: str | Sequence[Path], schema: pa.Schema | None = None) -> Frame:
        """Return the table written under *name*, or the rows of Parquet files outside the folder."""
        if not isinstance(name, str):
            return self._external(name, schema)
        path = self._path(name)
        if not path.exists():
            raise EngineError(f"there is no table {name!r}", where=str(self._folder))
        return self._view(f"SELECT * FROM read_parquet('{_quoted(path)}')")

    def _external(self, files: Sequence[Path], schema: pa.Schema | None) -> Frame:
        if schema is None:
            raise EngineError("files outside the engine need a schema", where="read")
        if not files:
            return self._frame(schema.empty_table())
        columns = ", ".join(f'"{name}"' for name in schema.names)
        found = ", ".join(f"'{_quoted(path)}'" for path in files)
        # A folder called day=1 in a path is only a name and must not become a column.
        return self._view(f"SELECT {columns} FROM read_parquet([{found}], hive_partitioning = false)")

    def write(self, name: str, table: TableSource | Iterable[pa.RecordBatch], schema: pa.Schema | None = None) -> Frame:
        """Stream *table* into ``<folder>/<name>.parquet``, under a temporary name until it is complete."""
        path, part = self._path(name), self._path(name).with_suffix(".part")
        path.parent.mkdir(parents=True, exist_ok=True)
        reader = self._stream(table, schema)
        try:
            with pq.ParquetWriter(part, reader.schema, compression="lz4", use_dictionary=_texts(reader.schema)) as sink:
                for batch in coalesced(reader):
                    sink.write_batch(batch)
            part.replace(path)
        except (OSError, duckdb.Error) as error:
            raise self._failed(f"could not write the table {name!r}", error) from error
        finally:
            part.unlink(missing_ok=True)
        return self.read(name)

    def query(self, sql: str, **tables: TableSource) -> Frame:
        """Define *sql* over *tables* as a view; it runs when its rows are read."""
        inputs = {name: self._frame(table) for name, table in tables.items()}
        return self._view(_scoped(sql, {name: f"SELECT * FROM {view.name}" for name, view in inputs.items()}))

    def partitioned(self, sql: str, by: str, **tables: TableSource) -> Frame:
        """Run *sql* once per partition, by a hash of *by*; a partition has about ``PARTITION_ROWS`` rows at most."""
        inputs = {name: self._frame(table) for name, table in tables.items()}
        rows = [self._count(view) for view in inputs.values() if by in view.schema.names]
        n = max(1, math.ceil(max(rows, default=0) / PARTITION_ROWS))

        def rows_of(number: int, view: _View) -> str:
            split = n > 1 and by in view.schema.names
            return f"SELECT * FROM {view.name}" + (f' WHERE HASH("{by}") % {n} = {number}' if split else "")

        queries = [_scoped(sql, {name: rows_of(i, view) for name, view in inputs.items()}) for i in range(n)]
        batches = itertools.chain.from_iterable(map(self._streamed, queries))
        return self.write(f"map/{next(self._names)}", batches, self._view(queries[0]).schema)

    def map(
        self, table: TableSource, function: BatchFunction | Streaming, schema: pa.Schema, *, apart: bool = False
    ) -> Frame:
        """Stream the batches of *table* through *function* into a new table; with *apart*, one row at a time."""
        rows = self.arrow(table)
        if apart:
            # A task of one row starts its own threads, and can use much memory, so tasks run one after the other.
            batches = mapped(function, rows, apart=True)
        elif isinstance(function, Streaming):
            batches = map_streams(rows, function.function, self._threads)
        else:
            batches = streamed(rows, function, self._threads)
        return self.write(f"map/{next(self._names)}", batches, schema)

    def arrow(self, table: TableSource) -> pa.RecordBatchReader:
        """Return the rows as a stream of record batches of at most 65,536 rows."""
        if isinstance(table, pa.RecordBatchReader):
            return table
        if isinstance(table, pa.Table):
            return table.to_reader(max_chunksize=BATCH_ROWS)
        return self._streamed(f"SELECT * FROM {self._frame(table).name}")

    def _streamed(self, sql: str) -> pa.RecordBatchReader:
        with self._named_errors():
            # A separate cursor, so that the stream can be read while other queries run.
            rows = self._database.cursor().sql(sql).to_arrow_reader(BATCH_ROWS)
        return pa.RecordBatchReader.from_batches(rows.schema, self._guarded(rows))

    def _guarded(self, rows: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        with self._named_errors():
            yield from rows

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        """Turn an error of DuckDB into an ``EngineError``; Arrow passes it on as ``OSError``."""
        try:
            yield
        except (OSError, duckdb.Error) as error:
            raise self._failed("a query failed", error) from error

    def remove(self) -> None:
        """Close the database and delete the folder with every table in it."""
        self.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.parquet"

    def _stream(self, table: TableSource | Iterable[pa.RecordBatch], schema: pa.Schema | None) -> pa.RecordBatchReader:
        if isinstance(table, pa.Table | pa.RecordBatchReader | _View):
            return self.arrow(table)
        if schema is None:
            raise EngineError("a stream of record batches needs a schema", where="write")
        return pa.RecordBatchReader.from_batches(schema, table)

    def _frame(self, table: TableSource) -> _View:
        if isinstance(table, _View):
            return table
        if isinstance(table, pa.Table):
            name = next(self._names)
            with self._named_errors():
                # Other cursors see tables but not registered objects, so the rows are copied into a table.
                self._database.register("incoming", table)
                self._database.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")
                self._database.unregister("incoming")
            return _View(name, table.schema)
        if isinstance(table, pa.RecordBatchReader):
            return self._frame(self.write(f"map/{next(self._names)}", table))
        raise EngineError(f"a {type(table).__name__} was made by another engine", where="duckdb")

    def _count(self, view: _View) -> int:
        (row,) = self.arrow(self._view(f"SELECT COUNT(*) AS n FROM {view.name}")).read_all().to_pylist()
        return int(row["n"])

    def _view(self, sql: str) -> _View:
        name = next(self._names)
        try:
            self._database.execute(f"CREATE VIEW {name} AS {sql}")
            empty = self._database.sql(f"SELECT * FROM {name} LIMIT 0").to_arrow_table()
        except duckdb.Error as error:
            raise self._failed("a query could not be planned", error) from error
        return _View(name, empty.schema)

    def _failed(self, what: str, error: Exception) -> EngineError:
        return EngineError(f"{what} ({_kind(error)})", where=str(self._folder), remedy=_remedy(error))


def _scoped(sql: str, tables: Mapping[str, str]) -> str:
    """Return *sql* with *tables* (a SELECT per name) as common table expressions."""
    scope = ", ".join(f'"{name}" AS ({select})' for name, select in tables.items())
    return f"WITH {scope} {sql}" if scope else sql


def _texts(schema: pa.Schema) -> list[str] | bool:
    """Return the text columns, which are written with a dictionary; other columns hardly repeat their values."""
    return [field.name for field in schema if pa.types.is_string(field.type)] or False


def _quoted(path: Path) -> str:
    return os.fspath(path).replace("'", "''")


def _kind(error: Exception) -> str:
    # DuckDB quotes values in its messages; the text before the first colon names the kind and holds no data.
    kind = str(error).split(":", maxsplit=1)[0]
    return kind if isinstance(error, duckdb.Error) or kind.endswith(" Error") else type(error).__name__


def _remedy(error: Exception) -> str:
    told = str(error)
    if "No space left" in told or "max_temp_directory_size" in told:
        return "Free disk space or point --work at a larger disk."
    if isinstance(error, duckdb.OutOfMemoryException) or told.startswith("Out of Memory Error"):
        return "Raise engine.memory_limit, lower engine.threads, or use a machine with more memory."
    return ""
