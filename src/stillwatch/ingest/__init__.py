"""Logs in, exchanges out: reads every supported log format, and keeps account of what could not be read."""

from collections.abc import Iterator, MutableSequence, Sequence
from typing import cast

import pyarrow as pa

from stillwatch import plugins
from stillwatch.engine import BatchFunction, Engine, Frame
from stillwatch.errors import ContractError
from stillwatch.ingest import distributed_read, formats
from stillwatch.ingest.accounts import attributes
from stillwatch.ingest.as_of import before, known_before
from stillwatch.ingest.duplicates import deduplicate
from stillwatch.ingest.parsing.format import Format
from stillwatch.ingest.rows.reader import Reader
from stillwatch.ingest.rows.rejects import Rejects
from stillwatch.ingest.sources.locations import expand
from stillwatch.ingest.state.state import State
from stillwatch.settings import IngestSettings
from stillwatch.tables import STAGED

__all__ = [
    "Format",
    "Rejects",
    "State",
    "attributes",
    "before",
    "deduplicate",
    "known_before",
    "known_formats",
    "read",
    "size_of",
    "stage",
]


def known_formats() -> dict[str, Format]:
    """Return every log format by name: the files of this room with a ``FORMAT``, and installed ones."""
    found = plugins.find(formats, "FORMAT")
    for name, extension in found.items():
        if not isinstance(extension, Format):
            raise ContractError("FORMAT is no stillwatch.ingest.Format", where=f"log format {name}")
    return cast("dict[str, Format]", found)


def read(
    sources: Sequence[str],
    rejects: Rejects,
    *,
    format: str | None = None,  # noqa: A002 - named as the flag is
    settings: IngestSettings,
    notices: MutableSequence[str] | None = None,
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of *sources* as record batches with ``tables.STAGED.schema``, source after source.

    A source is a path, a glob, a folder, ``-`` for standard input, an fsspec URL or ``postgresql://…``; gzip
    and Zstandard are told by content. The format is found out per source unless *format* names it. Rows in
    are exchanges plus *rejects*. Warnings for the operator are appended to *notices* after the last batch.
    Raises ``InputError`` or ``FormatError`` where a source as a whole cannot be read; missing ones before the
    first batch.
    """
    return Reader(known_formats(), rejects, settings, only=format, notices=notices).read(sources)


def size_of(sources: Sequence[str], state: State | None = None) -> int:
    """Return the bytes of the files in *sources* that are to be read; 0 where those of one are not known beforehand."""
    if state is not None:
        return state.size_of(sources)
    sizes = [source.size for source in expand(sources)]
    return sum(sizes) if all(sizes) else 0


def stage(
    engine: Engine,
    sources: Sequence[str],
    rejects: Rejects,
    *,
    format: str | None = None,  # noqa: A002 - named as the flag is
    settings: IngestSettings,
    notices: MutableSequence[str],
    made: BatchFunction = lambda batch: batch,
    schema: pa.Schema = STAGED.schema,
    threads: int = 1,
    seen: distributed_read.Seen | None = None,
    state: State | None = None,
) -> Frame:
    """Return what :func:`read` yields as a table of *engine*, every file read where the engine runs its work.

    What *made*, a pure function, makes of the batches stands in their place, with *schema*; *threads* threads per file
    work it out (0: one per core). *seen* is told how many rows and bytes of the sources it has gone through, by an
    engine that reads in this process. With a *state*, *sources* are added to it, and the table is that of all it holds.
    """
    reading = distributed_read.Reading(
        known_formats(), format, settings, made, schema, threads, seen or distributed_read.nobody
    )
    if state is not None:
        return state.stage(engine, sources, rejects, reading, notices=notices)
    return distributed_read.stage(engine, sources, rejects, reading, notices=notices)
