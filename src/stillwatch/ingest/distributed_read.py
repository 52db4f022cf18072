"""Reads every file where the engine runs its work: one file is one piece of work, on this machine or on a cluster.

The driver lists the files and hands out where they are; whoever reads one gives back its rows, its rejects and what
it counted, in one table. Queries then part the three. What only this process can read (standard input, a database) it
reads itself. Rows, rejects and notices are those of :func:`stillwatch.ingest.read`. What is to be made of a row is made
where it is read, so that its texts go no further.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableSequence, Sequence
from dataclasses import dataclass
from functools import partial

import orjson
import pyarrow as pa

from stillwatch.engine import BatchFunction, Engine, Frame, streamed
from stillwatch.ingest.parsing.format import Format
from stillwatch.ingest.rows.reader import Reader
from stillwatch.ingest.rows.rejects import Held, Refusals, Rejects
from stillwatch.ingest.sources.locations import Place, Source, at, expand
from stillwatch.settings import IngestSettings
from stillwatch.tables import REJECTS

__all__ = ["Reading", "Seen", "listed", "nobody", "notices_of", "stage"]

Seen = Callable[[int, int], None]
"""Told how many rows were made, and how many bytes of the sources were read, since it was told last."""

_PLACES = pa.schema([(name, pa.string()) for name in ("path", "url", "shown")])


def nobody(_rows: int, _size: int) -> None:
    """Take no notice."""


@dataclass(frozen=True)
class Reading:
    """How sources are read and what is made of their rows; it travels to wherever an engine runs its work.

    *made* is a pure function from staged batches (schema ``tables.STAGED``) to ones of *schema*, which has ``source``
    and ``position``, too; a file is worked on by *threads* threads. *seen* is told how reading goes on.
    """

    formats: Mapping[str, Format]
    only: str | None
    settings: IngestSettings
    made: BatchFunction
    schema: pa.Schema
    threads: int
    seen: Seen = nobody

    def begun(self, source: Source, refusals: Refusals) -> tuple[Reader, Iterator[pa.RecordBatch]]:
        """Return the reader of *source*, which counts beside its rows, and what is made of them; rejects go to
        *refusals*.
        """
        reader = Reader(self.formats, refusals, self.settings, only=self.only, seen=partial(self.seen, 0))
        return reader, _told(streamed(reader.source(source), self.made, self.threads), self.seen)

    def pieces(self, source: Source) -> Iterator[pa.RecordBatch]:
        """Yield what *source* holds: rows, rejects and what its reader counted, in the columns of :meth:`wider`."""
        held, schema = Held(), self.wider()
        reader, batches = self.begun(source, held)
        for found in batches:
            yield _as_read(dict(zip(found.schema.names, found.columns, strict=True)), len(found), schema)
            yield from _refused(held, schema)
        yield from _refused(held, schema)
        counted = pa.array([orjson.dumps(reader.state()).decode()])
        yield _as_read({"source": pa.array([source.name]), "state": counted}, 1, schema)

    def places(self, batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        """Yield the pieces of the files at the places of *batch* (:func:`listed`)."""
        for row in batch.to_pylist():
            yield from self.pieces(at(Place(**row)))

    def wider(self) -> pa.Schema:
        """Return the schema of what is read: a row of *schema*; or a reject, which has a reason; or what a reader
        counted in a source, as JSON in ``state``.
        """
        kept = [pa.field(f.name, f.type) for f in self.schema]
        return pa.schema([*kept, pa.field("reason", pa.string()), pa.field("state", pa.string())])


def stage(
    engine: Engine, sources: Sequence[str], rejects: Rejects, reading: Reading, *, notices: MutableSequence[str]
) -> Frame:
    """Return the rows of *sources* as *reading* makes them; *rejects* and *notices* take the rest."""
    found = expand(sources)
    tables: dict[str, Frame] = {}
    if own := [source for source in found if source.place is None]:
        pieces = (piece for source in own for piece in reading.pieces(source))
        tables["own"] = engine.write("staged", pieces, reading.wider())
    if places := [source.place for source in found if source.place is not None]:
        tables["placed"] = engine.map(listed(places), reading.places, reading.wider(), apart=True)
    read = engine.query(" UNION ALL ".join(f"SELECT * FROM {name}" for name in tables), **tables)
    for batch in engine.arrow(engine.query(_REJECTED, read=read)):
        rejects.add_batch(batch)
    counted = engine.arrow(engine.query(_COUNTED, read=read)).read_all()
    notices.extend(notices_of(counted.column("state").to_pylist(), reading.settings))
    columns = ", ".join(f'"{name}"' for name in reading.schema.names)
    return engine.query(f"SELECT {columns} FROM read WHERE reason IS NULL AND state IS NULL", read=read)


_REJECTED = f"""
    SELECT {", ".join(REJECTS.names)} FROM read WHERE reason IS NOT NULL ORDER BY {", ".join(REJECTS.names)}
"""
_COUNTED = "SELECT source, state FROM read WHERE state IS NOT NULL ORDER BY source, state"


def notices_of(states: Iterable[str], settings: IngestSettings) -> list[str]:
    """Return the warnings about sources in which readers counted *states*, in the order of source and state."""
    whole = Reader({}, Held(), settings)
    for state in states:
        whole.merge(orjson.loads(state))
    return whole.notices()


def listed(places: Sequence[Place]) -> pa.Table:
    """Return *places* as a table, one row each."""
    return pa.table({name: [getattr(place, name) for place in places] for name in _PLACES.names}, schema=_PLACES)


def _told(batches: Iterator[pa.RecordBatch], tell: Seen) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        tell(len(batch), 0)
        yield batch


def _refused(held: Held, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    if rows := held.take():
        columns = zip(REJECTS.names, zip(*rows, strict=True), strict=True)
        yield _as_read({n: pa.array(values, REJECTS.column(n).type) for n, values in columns}, len(rows), schema)


def _as_read(columns: Mapping[str, pa.Array], n_rows: int, schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([columns.get(f.name, pa.nulls(n_rows, f.type)) for f in schema], schema=schema)
