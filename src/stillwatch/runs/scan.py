"""Scans a log: ingest, features, signals, links and campaigns, in this order."""

import json
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa

from stillwatch import __version__, campaigns, features, ingest, links, signals
from stillwatch.engine import Engine
from stillwatch.errors import InputError
from stillwatch.model import Progress
from stillwatch.runs.engine_choice import open_engine
from stillwatch.runs.folders import result_folder, work_folder
from stillwatch.runs.read_log import Input, ReadLog, as_of, read_log
from stillwatch.runs.stages import Stages
from stillwatch.runs.summary import count_rows, summary, timeline
from stillwatch.settings import Settings
from stillwatch.tables import TRACES, scan_folder

__all__ = ["ScanResult", "find_campaigns", "scan"]


@dataclass(frozen=True)
class ScanResult:
    """The result of a scan, which is also in its folder.

    ``shortfall`` is the error with which the scan should end, because none or few of the rows became exchanges.
    """

    folder: Path
    campaigns: pa.Table
    summary: dict[str, Any]
    shortfall: InputError | None = None


def scan(
    logs: Sequence[str],
    out: Path,
    *,
    settings: Settings,
    accounts: str | None = None,
    format: str | ingest.Format | None = None,  # noqa: A002 - the name of the flag
    work: Path | None = None,
    history: Path | None = None,
    state: Path | None = None,
    until: datetime | None = None,
    judged: Path | None = None,
    progress: Progress = lambda _: None,
) -> ScanResult:
    """Scan *logs* and write campaigns, members, rejects and a summary into *out*.

    They replace the results of an earlier scan there when all of them are written, and none after an error.

    *work*: folder for intermediate tables, which hold no prompt text; a new folder in it is deleted at the end, also
    after an error. *history*: folder that the scans of one log share; campaigns keep their ids, and the scan spends
    its part of the error rate. *state*: folder to which *logs* are added; all that it holds is scanned. *until*: only
    exchanges before this moment count; without a zone it is UTC. *judged*: file of the table ``judged`` with accounts
    that people found innocent. *progress* gets the pace of each stage; ``run.json`` holds what each stage took.

    Where none or few of the rows became exchanges, the result has a ``shortfall``, and *history* stays as it was.

    Raises ``InputError`` or ``FormatError`` where a source cannot be read, ``EngineError`` where disk, memory or a
    folder fails, ``SettingsError`` where a signal of the settings does not exist.
    """
    if history is not None:
        campaigns.require_history(history)
    decisions = campaigns.read_judged(judged) if judged is not None else None
    stages = Stages(progress)
    with (
        result_folder(out) as new,
        ingest.LogState(state, settings) if state else nullcontext() as kept,
        work_folder(work) as folder,
        open_engine(settings, folder) as engine,
    ):
        log = read_log(engine, Input(logs, accounts, format, kept, folder, out), new, settings, stages)
        if until is not None:
            log = as_of(engine, log, until)
        looked = history
        if history is not None and log.shortfall is not None:
            looked, told = None, "The history stays as it was, because the log was hardly read."
            log = replace(log, notes=log.notes | {"notices": [*log.notes["notices"], told]})
        done = find_campaigns(engine, folder, log, new, settings, looked, stages, decisions)
        took = {"stages": [asdict(stage) for stage in stages.end()]} | ({"state": kept.counts} if kept else {})
        (new / "run.json").write_text(json.dumps(took, indent=2) + "\n", encoding="utf-8")
    return replace(done, folder=out, shortfall=log.shortfall)


def find_campaigns(
    engine: Engine,
    folder: Path,
    log: ReadLog,
    out: Path,
    settings: Settings,
    history: Path | None,
    stages: Stages,
    judged: pa.Table | None = None,
) -> ScanResult:
    """Find campaigns in *log* and write the tables into *out*; *folder* is for files that end with the scan."""
    stages.begin("linking")
    topics = features.fit(engine, log.prints, seed=settings.campaigns.seed)
    places, profiles = features.gather(engine, log.prints, topics)
    tables = {"exchanges": log.exchanges, "prints": log.prints, "attributes": log.attributes}
    activity = engine.write("activity", features.count(engine, **tables))
    traces = engine.write("traces", signals.find(engine, settings.signals, **tables))
    weighed = engine.write("links", links.weigh(engine, traces, activity, settings.links, settings.signals))
    # Nothing reads the traces after this, and they are a tenth of the work folder (Spark deletes them at the end).
    engine.write("traces", TRACES.schema.empty_table())
    stages.count(rows=count_rows(engine, log.exchanges))
    stages.begin("grouping")
    stages.count(rows=count_rows(engine, activity))
    detection = campaigns.detect(
        engine,
        activity=activity,
        attributes=log.attributes,
        profiles=profiles,
        links=weighed,
        prints=log.prints,
        places=places,
        spreads=features.spread(engine, places),
        vectors=features.vectors_in_topics(engine, log.prints, topics, threads=settings.engine.threads),
        settings=settings.campaigns,
        judged=judged,
        folder=folder,
        threads=settings.engine.threads,
    )
    notes = log.notes
    if history is not None:
        made = _made_with(settings, judged)
        what = campaigns.scanned(
            engine, activity=activity, attributes=log.attributes, profiles=profiles, made_with=made
        )
        followed = campaigns.follow(history, detection, what, engine=engine, settings=settings.campaigns)
        notes = notes | {"look": followed.look, "notices": [*notes["notices"], *followed.notices]}
        detection = followed.detection
    stages.begin("writing")
    stages.count(rows=len(detection.members))
    results = {
        "campaigns": detection.campaigns,
        "members": detection.members,
        "bonds": detection.bonds,
        "grounds": detection.grounds,
        "timeline": timeline(engine, log.exchanges, detection.members),
    }
    counts = scan_folder.write(out, results, summary(engine, activity, detection, settings) | notes)
    return ScanResult(out, detection.campaigns, counts)


def _made_with(settings: Settings, judged: pa.Table | None) -> str:
    """Return a text of all that a result depends on beside the log."""
    made = f"{settings.digest()} {__version__}"
    if judged is None:
        return made
    said = sorted(map(str, judged.to_pylist()))
    return f"{made} {sha256(json.dumps(said).encode()).hexdigest()}"
