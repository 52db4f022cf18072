"""Reads every file where the engine runs its work: one file is one piece of work, on this machine or on a cluster.

The driver lists the files and hands out where they are; whoever reads one gives back its rows, its rejects and what
it counted, in one table. Queries then part the three. What only this process can read (standard input, a database) it
reads itself. Rows, rejects and notices are those of :func:`stillwatch.ingest.read`.
"""

from collections.abc import Iterator, Mapping, MutableSequence, Sequence
from functools import partial

import orjson
import pyarrow as pa

from stillwatch.engine import Engine, Frame
from stillwatch.ingest.format import Format
from stillwatch.ingest.reader import Reader
from stillwatch.ingest.rejects import Held, Rejects
from stillwatch.ingest.sources import Place, at, expand
from stillwatch.settings import IngestSettings
from stillwatch.tables import REJECTS, STAGED

__all__ = ["stage"]

_PLACES = pa.schema([(name, pa.string()) for name in ("path", "url", "shown")])
_COLUMNS = ", ".join(f'"{name}"' for name in STAGED.names)
_READ = pa.schema(
    [
        *(pa.field(f.name, f.type) for f in STAGED.schema),
        pa.field("reason", pa.string()),
        pa.field("state", pa.string()),
    ]
)
"""A row is an exchange; or a reject, which has a reason; or what a reader counted in a file, as JSON in ``state``."""


def stage(
    engine: Engine,
    sources: Sequence[str],
    rejects: Rejects,
    *,
    formats: Mapping[str, Format],
    format: str | None,  # noqa: A002 - named as the flag is
    settings: IngestSettings,
    notices: MutableSequence[str],
) -> Frame:
    """Return the rows of *sources* (schema ``tables.STAGED``); *rejects* and *notices* take the rest."""
    whole = Reader(formats, rejects, settings, only=format)
    found = expand(sources)
    tables: dict[str, Frame] = {}
    if own := [source for source in found if source.place is None]:
        batches = (batch for source in own for batch in whole.source(source))
        tables["own"] = engine.write("staged", batches, STAGED.schema)
    if places := [source.place for source in found if source.place is not None]:
        reading = partial(_read, formats=formats, format=format, settings=settings)
        read = engine.map(_table(places), reading, _READ, apart=True)
        for batch in engine.arrow(engine.query(_REJECTED, read=read)):
            rejects.add_batch(batch)
        for row in engine.arrow(engine.query(_COUNTED, read=read)).read_all().to_pylist():
            whole.merge(orjson.loads(row["state"]))
        tables["read"] = engine.query(_EXCHANGES, read=read)
    notices.extend(whole.notices())
    return engine.query(" UNION ALL ".join(f"SELECT {_COLUMNS} FROM {name}" for name in tables), **tables)


_REJECTED = f"""
    SELECT {", ".join(REJECTS.names)} FROM read WHERE reason IS NOT NULL ORDER BY {", ".join(REJECTS.names)}
"""
_COUNTED = "SELECT source, state FROM read WHERE state IS NOT NULL ORDER BY source, state"
_EXCHANGES = f"SELECT {_COLUMNS} FROM read WHERE reason IS NULL AND state IS NULL"


def _table(places: Sequence[Place]) -> pa.Table:
    return pa.table({name: [getattr(place, name) for place in places] for name in _PLACES.names}, schema=_PLACES)


def _read(
    batch: pa.RecordBatch,
    *,
    formats: Mapping[str, Format],
    format: str | None,  # noqa: A002 - named as the flag is
    settings: IngestSettings,
) -> Iterator[pa.RecordBatch]:
    """Yield what the files at the places of *batch* hold (schema ``_READ``)."""
    for row in batch.to_pylist():
        held = Held()
        reader = Reader(formats, held, settings, only=format)
        for staged in reader.source(at(Place(**row))):
            yield _as_read(dict(zip(staged.schema.names, staged.columns, strict=True)), len(staged))
            yield from _refused(held)
        yield from _refused(held)
        yield _as_read(
            {"source": pa.array([row["shown"]]), "state": pa.array([orjson.dumps(reader.state()).decode()])}, 1
        )


def _refused(held: Held) -> Iterator[pa.RecordBatch]:
    if rows := held.take():
        columns = zip(REJECTS.names, zip(*rows, strict=True), strict=True)
        yield _as_read({n: pa.array(values, REJECTS.column(n).type) for n, values in columns}, len(rows))


def _as_read(columns: Mapping[str, pa.Array], n_rows: int) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([columns.get(f.name, pa.nulls(n_rows, f.type)) for f in _READ], schema=_READ)
