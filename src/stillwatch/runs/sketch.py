"""Replaces the texts of a log by fixed-size sketches."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from stillwatch import features, ingest
from stillwatch.errors import InputError
from stillwatch.model import Progress
from stillwatch.runs.folders import make_folder
from stillwatch.runs.stages import Stages
from stillwatch.settings import Settings
from stillwatch.tables import EXCHANGES

__all__ = ["SketchResult", "sketch"]


@dataclass(frozen=True)
class SketchResult:
    """What ``sketch`` wrote; ``shortfall`` is the error where none or few of the rows became exchanges."""

    counts: dict[str, int]
    notices: list[str]
    shortfall: InputError | None


def sketch(
    logs: Sequence[str],
    out: Path,
    *,
    settings: Settings,
    format: str | ingest.Format | None = None,  # noqa: A002 - the name of the flag
    progress: Progress = lambda _: None,
) -> SketchResult:
    """Write the exchanges in *logs* to the Parquet file *out* with sketches in place of their texts; return counts.

    Rows that cannot be read go to a file of rejects beside *out*.
    """
    make_folder(out.parent)
    count, stages = 0, Stages(progress)
    notices: list[str] = []
    tallies: list[ingest.SourceTally] = []
    stages.begin("sketching")
    part = out.with_name(out.name + ".part")
    with ingest.Rejects(out.with_suffix(".rejects.parquet")) as rejects:
        batches = ingest.read(logs, rejects, format=format, settings=settings.ingest, notices=notices, tallies=tallies)
        try:
            with pq.ParquetWriter(part, EXCHANGES.schema, compression="zstd") as sink:
                for batch in batches:
                    sink.write_batch(features.without_text(batch.select(list(EXCHANGES.names)), settings.features))
                    count += len(batch)
                    stages.count(rows=len(batch))
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)
    counts = {"n_exchanges": count, "n_rejects": rejects.count}
    return SketchResult(counts, notices, ingest.shortfall(tallies, settings.ingest.max_rejects))
