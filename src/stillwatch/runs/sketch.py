"""Replaces the texts of a log by fixed-size sketches."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from stillwatch import features, ingest
from stillwatch.errors import InputError
from stillwatch.model import Progress
from stillwatch.runs.folders import require_apart, require_same_kind, result_file, work_folder
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
    work: Path | None = None,
    progress: Progress = lambda _: None,
) -> SketchResult:
    """Write the exchanges in *logs* to the Parquet file *out* with sketches in place of their texts; return counts.

    Rows that cannot be read go to a file of rejects beside *out*. Both files appear when they are complete.

    Raises ``SettingsError`` where *out* is one of *logs*, or a file that is no table of exchanges.
    """
    count, stages = 0, Stages(progress)
    notices: list[str] = []
    tallies: list[ingest.SourceTally] = []
    stages.begin("sketching")
    others = out.with_suffix(".rejects.parquet")
    require_apart(ingest.expand(logs), [out, others])
    require_same_kind(out, EXCHANGES)
    with (
        result_file(out, others) as (new, new_rejects),
        work_folder(work) as folder,
        ingest.Rejects(new_rejects) as rejects,
    ):
        batches = ingest.read(
            logs, rejects, format=format, settings=settings.ingest, notices=notices, tallies=tallies, work=folder
        )
        with pq.ParquetWriter(new, EXCHANGES.schema, compression="zstd") as sink:
            for batch in batches:
                sink.write_batch(features.without_text(batch.select(list(EXCHANGES.names)), settings.features))
                count += len(batch)
                stages.count(rows=len(batch))
        rejects.close()
    counts = {"n_exchanges": count, "n_rejects": rejects.count}
    return SketchResult(counts, notices, ingest.shortfall(tallies, settings.ingest.max_rejects))
