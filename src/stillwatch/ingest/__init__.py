"""Reads every supported log format into staged exchanges, and records what could not be read."""

from collections.abc import Iterator, MutableSequence, Sequence
from pathlib import Path
from typing import cast

import pyarrow as pa

from stillwatch import plugins
from stillwatch.engine import BatchFunction, Engine, Frame
from stillwatch.errors import ContractError
from stillwatch.ingest import distributed_read, formats
from stillwatch.ingest.accounts import attributes
from stillwatch.ingest.as_of import before, known_before
from stillwatch.ingest.duplicates import deduplicate
from stillwatch.ingest.mapped_logs import by_mapping, pairs_among
from stillwatch.ingest.parsing.format import Format
from stillwatch.ingest.rows.client_addresses import Hops
from stillwatch.ingest.rows.outcomes.rejects import Rejects, RejectSink
from stillwatch.ingest.rows.outcomes.tallies import SourceTally
from stillwatch.ingest.rows.reader import Reader
from stillwatch.ingest.rows.staging import ChainCallback
from stillwatch.ingest.shortfall import shortfall
from stillwatch.ingest.sources.locations import Source, expand
from stillwatch.ingest.state.state import LogState
from stillwatch.settings import IngestSettings
from stillwatch.tables import STAGED

__all__ = [
    "Format",
    "Hops",
    "LogState",
    "RejectSink",
    "Rejects",
    "Source",
    "SourceTally",
    "attributes",
    "before",
    "by_mapping",
    "deduplicate",
    "expand",
    "known_before",
    "known_formats",
    "pairs_among",
    "read",
    "shortfall",
    "size_of",
    "stage",
]


def known_formats() -> dict[str, Format]:
    """Return every log format by name: the modules of ``ingest.formats`` with a ``FORMAT``, and installed plugins.

    Raises ``ContractError`` where a ``FORMAT`` is not a ``Format``.
    """
    found = plugins.find(formats, "FORMAT", group="stillwatch.ingest")
    for name, extension in found.items():
        if not isinstance(extension, Format):
            raise ContractError("FORMAT is not a stillwatch.ingest.Format", where=f"log format {name}")
    return cast("dict[str, Format]", found)


def read(
    named: Sequence[str],
    rejects: RejectSink,
    *,
    format: str | Format | None = None,  # noqa: A002 - named as the flag is
    settings: IngestSettings,
    notices: MutableSequence[str] | None = None,
    tallies: MutableSequence[SourceTally] | None = None,
    chains: ChainCallback | None = None,
    work: Path | None = None,
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of the *named* sources as record batches with ``tables.STAGED.schema``, source after source.

    A name is a path, a glob, a folder, ``-`` for standard input, an fsspec URL or ``postgresql://…``. The content
    tells whether a file is compressed (gzip, Zstandard, bzip2, xz). The format of each source is detected unless
    *format* names it or is one (:func:`by_mapping`). The number of input rows equals the number of exchanges plus
    *rejects*. Warnings for the operator are appended to *notices* after the last batch, and what came of each source to
    *tallies*. *chains* gets the addresses of each batch, as the log holds them, before the batch. *work* is the folder
    for a copy of standard input, where the format needs one.

    A file of a folder or glob that no format fits is left out, and a notice names it. Raises ``InputError`` or
    ``FormatError`` where a source as a whole cannot be read, or where no file fits. A missing source raises before the
    first batch.
    """
    reader = Reader(known_formats(), rejects, settings, only=format, chains=chains)
    left_out: list[str] = []
    batches = reader.read(expand(named, left_out, work=work))

    def reading() -> Iterator[pa.RecordBatch]:
        yield from batches
        if notices is not None:
            notices.extend([*left_out, *reader.notices()])
        if tallies is not None:
            tallies.extend(reader.tallies)

    return reading()


def size_of(sources: Sequence[Source], state: LogState | None = None) -> int:
    """Return the number of bytes to read from *sources*; 0 where the size of one of them is not known.

    With a *state*, only the sources that the state does not hold yet are counted.
    """
    unread = sources if state is None else state.unread(sources)
    sizes = [source.size for source in unread]
    return sum(sizes) if all(sizes) else 0


def stage(
    engine: Engine,
    sources: Sequence[Source],
    rejects: Rejects,
    *,
    format: str | Format | None = None,  # noqa: A002 - named as the flag is
    settings: IngestSettings,
    notices: MutableSequence[str],
    tallies: MutableSequence[SourceTally] | None = None,
    transform: BatchFunction = lambda batch: batch,
    schema: pa.Schema = STAGED.schema,
    threads: int = 1,
    on_progress: distributed_read.ProgressCallback | None = None,
    state: LogState | None = None,
) -> Frame:
    """Return the rows of *sources* as a table of *engine*. Each file is read where the engine runs its work.

    *sources* come from :func:`expand`, so paths are expanded once per run. The pure function *transform* replaces
    every staged batch by one with *schema*; *threads* threads per file run it (0: one per core). *on_progress* gets
    the number of rows and bytes read, on an engine that reads in this process. *notices* and *tallies* as in
    :func:`read`. With a *state*, *sources* are added to the state, and the table holds all rows of the state. Raises
    the errors of :func:`read`.
    """
    plan = distributed_read.ReadPlan(
        known_formats(),
        format,
        settings,
        transform,
        schema,
        threads,
        on_progress or distributed_read.ignore_progress,
    )
    staging = distributed_read.stage if state is None else state.stage
    rows, counts = staging(engine, sources, rejects, plan, notices=notices)
    if tallies is not None:
        tallies.extend(counts)
    return rows
