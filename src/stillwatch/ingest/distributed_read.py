"""Reads each file, or several small ones, as one task of the engine, on this machine or on a cluster.

The driver lists the files and sends their locations to the tasks. A task returns the rows, the rejects and the counts
of its files in one table, and queries of the driver separate the three. Sources that only the driver process can read
(standard input, a database) are read by the driver. Rows, rejects and notices equal those of
:func:`stillwatch.ingest.read`. Rows are transformed where they are read, so their texts do not leave the task.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableSequence, Sequence
from dataclasses import dataclass
from functools import partial

import orjson
import pyarrow as pa

from stillwatch.engine import BatchFunction, Engine, Frame, streamed
from stillwatch.ingest.parsing.format import Format
from stillwatch.ingest.rows.outcomes.rejects import RejectBuffer, Rejects, RejectSink
from stillwatch.ingest.rows.outcomes.tallies import SourceTally
from stillwatch.ingest.rows.reader import Reader
from stillwatch.ingest.sources.locations import FileLocation, Source, source_at
from stillwatch.settings import IngestSettings
from stillwatch.tables import REJECTS

__all__ = ["ProgressCallback", "ReadPlan", "ignore_progress", "locations_table", "merged", "stage"]

ProgressCallback = Callable[[int, int], None]
"""Gets the number of rows made and the number of bytes of the sources read since the last call."""

_TASKS = pa.schema([("files", pa.string())])
_TASK_BYTES, _TASK_FILES = 8 << 20, 1_000
"""Most bytes and files of small files that one task reads."""
_LOCATIONS = pa.schema([*((name, pa.string()) for name in ("path", "url", "shown")), ("found", pa.bool_())])


def ignore_progress(_rows: int, _size: int) -> None:
    """Do nothing; the default ``ProgressCallback``."""


@dataclass(frozen=True)
class ReadPlan:
    """How to read sources and transform their rows. The engine pickles it and sends it to its tasks.

    *transform* is a pure function from staged batches (schema ``tables.STAGED``) to batches of *schema*, which also
    has the columns ``source`` and ``position``. *threads* threads work on one file. *on_progress* gets the progress.
    """

    formats: Mapping[str, Format]
    only: str | Format | None
    settings: IngestSettings
    transform: BatchFunction
    schema: pa.Schema
    threads: int
    on_progress: ProgressCallback = ignore_progress

    def start(self, sources: Sequence[Source], rejects: RejectSink) -> tuple[Reader, Iterator[pa.RecordBatch]]:
        """Return the reader of *sources* and the iterator over its transformed batches.

        The reader's counts are complete when the iterator is exhausted. Rejected rows go to *rejects*.
        """
        reader = Reader(self.formats, rejects, self.settings, only=self.only, seen=partial(self.on_progress, 0))
        return reader, _reported(streamed(reader.batches(sources), self.transform, self.threads), self.on_progress)

    def read_sources(self, sources: Sequence[Source]) -> Iterator[pa.RecordBatch]:
        """Yield rows, rejects and the reader's counts of *sources*, in the columns of :meth:`output_schema`."""
        rejects, schema = RejectBuffer(), self.output_schema()
        reader, batches = self.start(sources, rejects)
        for found in batches:
            yield _widened(dict(zip(found.schema.names, found.columns, strict=True)), len(found), schema)
            yield from _reject_rows(rejects, schema)
        yield from _reject_rows(rejects, schema)
        counts = pa.array([orjson.dumps(reader.state()).decode()])
        yield _widened({"source": pa.array([sources[0].name]), "state": counts}, 1, schema)

    def read_files(self, batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        """Yield the output of :meth:`read_sources` for each task of *batch* (:func:`_tasks`)."""
        for files in batch.column("files").to_pylist():
            yield from self.read_sources([source_at(FileLocation(**file)) for file in json.loads(files)])

    def output_schema(self) -> pa.Schema:
        """Return the schema of a task's output: *schema* plus the columns ``reason`` and ``state``.

        A row of *schema* has neither. A reject has a reason. The counts of a reader are JSON in ``state``.
        """
        columns = [pa.field(f.name, f.type) for f in self.schema]
        return pa.schema([*columns, pa.field("reason", pa.string()), pa.field("state", pa.string())])


def stage(
    engine: Engine, sources: Sequence[Source], rejects: Rejects, plan: ReadPlan, *, notices: MutableSequence[str]
) -> tuple[Frame, list[SourceTally]]:
    """Return the rows of *sources* as *plan* makes them, and what came of each source.

    Append rejects to *rejects* and warnings to *notices*.
    """
    tables: dict[str, Frame] = {}
    if local := [source for source in sources if source.location is None]:
        tables["driver_rows"] = engine.write("staged", plan.read_sources(local), plan.output_schema())
    if stored := [source for source in sources if source.location is not None]:
        tables["task_rows"] = engine.map(_tasks(stored), plan.read_files, plan.output_schema(), apart=True)
    read = engine.query(" UNION ALL ".join(f"SELECT * FROM {name}" for name in tables), **tables)
    for batch in engine.arrow(engine.query(_REJECTED, read=read)):
        rejects.add_batch(batch)
    counts = engine.arrow(engine.query(_COUNTS, read=read)).read_all()
    reader = merged([(state, True) for state in counts.column("state").to_pylist()], plan)
    reader.require_fit()
    notices.extend(reader.notices())
    columns = ", ".join(f'"{name}"' for name in plan.schema.names)
    rows = engine.query(f"SELECT {columns} FROM read WHERE reason IS NULL AND state IS NULL", read=read)
    return rows, reader.tallies


_REJECTED = f"""
    SELECT {", ".join(REJECTS.names)} FROM read WHERE reason IS NOT NULL ORDER BY {", ".join(REJECTS.names)}
"""
_COUNTS = "SELECT source, state FROM read WHERE state IS NOT NULL ORDER BY source, state"


def merged(states: Iterable[tuple[str, bool]], plan: ReadPlan) -> Reader:
    """Return a reader with the counts of others: each as JSON, and whether this run made them."""
    reader = Reader(plan.formats, RejectBuffer(), plan.settings)
    for state, is_new in states:
        reader.merge(orjson.loads(state), is_new=is_new)
    return reader


def locations_table(locations: Sequence[FileLocation]) -> pa.Table:
    """Return *locations* as a table with one row each (columns ``path``, ``url``, ``shown``, ``found``)."""
    columns = {name: [getattr(location, name) for location in locations] for name in _LOCATIONS.names}
    return pa.table(columns, schema=_LOCATIONS)


def _tasks(sources: Sequence[Source]) -> pa.Table:
    """Return one row per task with the locations of its *files* as JSON: a large file, or several small ones.

    A file of unknown size is a task of its own.
    """
    tasks: list[list[FileLocation]] = []
    left = 0
    for source in sources:
        location = source.location
        if location is None:
            continue
        size = source.size or location.size or _TASK_BYTES
        if size > left or len(tasks[-1]) >= _TASK_FILES:
            tasks.append([])
            left = _TASK_BYTES
        tasks[-1].append(location)
        left -= size
    written = [[{name: getattr(file, name) for name in file.__slots__} for file in task] for task in tasks]
    return pa.table({"files": [json.dumps(files) for files in written]}, schema=_TASKS)


def _reported(batches: Iterator[pa.RecordBatch], on_progress: ProgressCallback) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        on_progress(len(batch), 0)
        yield batch


def _reject_rows(rejects: RejectBuffer, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    if rows := rejects.take():
        columns = zip(REJECTS.names, zip(*rows, strict=True), strict=True)
        yield _widened({n: pa.array(values, REJECTS.column(n).type) for n, values in columns}, len(rows), schema)


def _widened(columns: Mapping[str, pa.Array], n_rows: int, schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([columns.get(f.name, pa.nulls(n_rows, f.type)) for f in schema], schema=schema)
