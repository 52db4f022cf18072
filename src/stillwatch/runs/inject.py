"""Plants labelled campaigns into a log."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pyarrow as pa

from stillwatch import features, ingest, lab
from stillwatch.model import Progress
from stillwatch.runs.engine_choice import open_engine
from stillwatch.runs.folders import make_folder, work_folder
from stillwatch.runs.read_log import Input, read_rows
from stillwatch.runs.stages import Stages
from stillwatch.settings import IngestSettings, Settings
from stillwatch.tables import STAGED

__all__ = ["inject", "with_clear_identifiers"]


def inject(
    logs: Sequence[str],
    out: Path,
    plan: Sequence[lab.CampaignSpec],
    *,
    settings: Settings,
    accounts: str | None = None,
    format: str | ingest.Format | None = None,  # noqa: A002 - the name of the flag
    parts: Path | None = None,
    seed: int = 1,
    work: Path | None = None,
    progress: Progress = lambda _: None,
) -> lab.Injection:
    """Write *logs* with the campaigns of *plan* planted into them as a world in the folder *out*.

    Identifiers stay as they are in the log, also where the settings ask for hashing: the scan of the world hashes
    them. Errors that do not depend on the log are raised before the log is read.
    """
    lab.require_vacant(out)
    lab.require_plan(plan)
    make_folder(out)
    clear = with_clear_identifiers(settings)
    real = lab.read_parts(parts) if parts is not None else None
    with work_folder(work) as folder, open_engine(clear, folder) as engine:
        stages = Stages(progress)
        named = Input(logs, accounts, format, work=folder)
        exchanges, attributes, _ = read_rows(engine, named, out, clear, stages, made=unchanged, schema=STAGED.schema)
        stages.begin("surveying")
        host = lab.survey(engine, exchanges=exchanges, attributes=attributes)
        stages.begin("planting")
        sketcher = partial(features.without_text, settings=settings.features)
        return lab.inject(host, out, plan, parts=real, seed=seed, sketch=sketcher)


def unchanged(batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch


def with_clear_identifiers(settings: Settings) -> Settings:
    """Return *settings* without hashing of identifiers, because the truth of a world names accounts as its log does."""
    ingest_settings = settings.ingest.model_copy(update={"identifier_key": IngestSettings().identifier_key})
    return settings.model_copy(update={"ingest": ingest_settings})
