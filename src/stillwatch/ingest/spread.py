"""Reads every file where the engine runs its work: one file is one piece of work, on this machine or on a cluster.

The driver lists the files and hands out where they are; whoever reads one gives back its rows, its rejects and what
it counted, in one table. Queries then part the three. What only this process can read (standard input, a database) it
reads itself. Rows, rejects and notices are those of :func:`stillwatch.ingest.read`. What is to be made of a row is made
where it is read, so that its texts go no further.
"""

from collections.abc import Callable, Iterator, Mapping, MutableSequence, Sequence
from functools import partial

import orjson
import pyarrow as pa

from stillwatch.engine import BatchFunction, Engine, Frame, streamed
from stillwatch.ingest.format import Format
from stillwatch.ingest.reader import Reader
from stillwatch.ingest.rejects import Held, Rejects
from stillwatch.ingest.sources import Place, at, expand
from stillwatch.settings import IngestSettings
from stillwatch.tables import REJECTS

__all__ = ["Seen", "stage"]

Seen = Callable[[int, int], None]
"""Told how many rows were made, and how many bytes of the sources were read, since it was told last."""


def _nobody(_rows: int, _size: int) -> None:
    """Take no notice."""


_PLACES = pa.schema([(name, pa.string()) for name in ("path", "url", "shown")])


def stage(
    engine: Engine,
    sources: Sequence[str],
    rejects: Rejects,
    *,
    formats: Mapping[str, Format],
    format: str | None,  # noqa: A002 - named as the flag is
    settings: IngestSettings,
    notices: MutableSequence[str],
    made: BatchFunction,
    schema: pa.Schema,
    threads: int,
    seen: Seen | None,
) -> Frame:
    """Return what *made* makes of the rows of *sources*; *rejects* and *notices* take the rest.

    *made* is a pure function from staged batches (schema ``tables.STAGED``) to ones of *schema*, which has ``source``
    and ``position``, too; a file is worked on by *threads* threads. *seen* is told
    how reading goes on, by an engine that reads in this process.
    """
    tell = seen or _nobody
    whole = Reader(formats, rejects, settings, only=format, seen=partial(tell, 0))
    found = expand(sources)
    columns = ", ".join(f'"{name}"' for name in schema.names)
    tables: dict[str, Frame] = {}
    if own := [source for source in found if source.place is None]:
        batches = (batch for source in own for batch in whole.source(source))
        tables["own"] = engine.write("staged", _told(streamed(batches, made, threads), tell), schema)
    if places := [source.place for source in found if source.place is not None]:
        reading = partial(
            _read,
            formats=formats,
            format=format,
            settings=settings,
            made=made,
            schema=_wider(schema),
            threads=threads,
            tell=tell,
        )
        read = engine.map(_table(places), reading, _wider(schema), apart=True)
        for batch in engine.arrow(engine.query(_REJECTED, read=read)):
            rejects.add_batch(batch)
        for row in engine.arrow(engine.query(_COUNTED, read=read)).read_all().to_pylist():
            whole.merge(orjson.loads(row["state"]))
        tables["read"] = engine.query(f"SELECT {columns} FROM read WHERE reason IS NULL AND state IS NULL", read=read)
    notices.extend(whole.notices())
    return engine.query(" UNION ALL ".join(f"SELECT {columns} FROM {name}" for name in tables), **tables)


_REJECTED = f"""
    SELECT {", ".join(REJECTS.names)} FROM read WHERE reason IS NOT NULL ORDER BY {", ".join(REJECTS.names)}
"""
_COUNTED = "SELECT source, state FROM read WHERE state IS NOT NULL ORDER BY source, state"


def _wider(schema: pa.Schema) -> pa.Schema:
    """Return the schema of what is read: a row of *schema*; or a reject, which has a reason; or what a reader counted
    in a file, as JSON in ``state``.
    """
    kept = [pa.field(f.name, f.type) for f in schema]
    return pa.schema([*kept, pa.field("reason", pa.string()), pa.field("state", pa.string())])


def _told(batches: Iterator[pa.RecordBatch], tell: Seen) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        tell(len(batch), 0)
        yield batch


def _table(places: Sequence[Place]) -> pa.Table:
    return pa.table({name: [getattr(place, name) for place in places] for name in _PLACES.names}, schema=_PLACES)


def _read(
    batch: pa.RecordBatch,
    *,
    formats: Mapping[str, Format],
    format: str | None,  # noqa: A002 - named as the flag is
    settings: IngestSettings,
    made: BatchFunction,
    schema: pa.Schema,
    threads: int,
    tell: Seen,
) -> Iterator[pa.RecordBatch]:
    """Yield what the files at the places of *batch* hold (*schema*: ``_wider``)."""
    for row in batch.to_pylist():
        held = Held()
        reader = Reader(formats, held, settings, only=format, seen=partial(tell, 0))
        for found in _told(streamed(reader.source(at(Place(**row))), made, threads), tell):
            yield _as_read(dict(zip(found.schema.names, found.columns, strict=True)), len(found), schema)
            yield from _refused(held, schema)
        yield from _refused(held, schema)
        counted = pa.array([orjson.dumps(reader.state()).decode()])
        yield _as_read({"source": pa.array([row["shown"]]), "state": counted}, 1, schema)


def _refused(held: Held, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    if rows := held.take():
        columns = zip(REJECTS.names, zip(*rows, strict=True), strict=True)
        yield _as_read({n: pa.array(values, REJECTS.column(n).type) for n, values in columns}, len(rows), schema)


def _as_read(columns: Mapping[str, pa.Array], n_rows: int, schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([columns.get(f.name, pa.nulls(n_rows, f.type)) for f in schema], schema=schema)
