"""The only file that knows the order of the rooms: a log goes in, campaigns come out."""

import json
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch import __version__, campaigns, features, ingest, links, signals
from stillwatch.engine import DuckDBEngine, Engine, Frame
from stillwatch.errors import EngineError, StillwatchError
from stillwatch.settings import Settings
from stillwatch.tables import CAMPAIGNS, EXCHANGES, PRINTS, PROFILES, STAGED, TIMELINE

__all__ = ["Check", "Progress", "Scan", "check", "scan", "sketch"]

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Scan:
    """What a scan left in its folder."""

    folder: Path
    campaigns: pa.Table
    summary: dict[str, Any]


def scan(
    logs: Sequence[str],
    out: Path,
    *,
    settings: Settings,
    accounts: str | None = None,
    format: str | None = None,  # noqa: A002 - the name of the flag
    work: Path | None = None,
    progress: Progress = lambda _: None,
) -> Scan:
    """Scan *logs* and write campaigns, members, rejects and a summary into *out*.

    *work* is where intermediate tables (prompt text among them) live until the scan ends; a folder of its own is made
    in it and removed again, whatever happens.
    """
    _made(out)
    try:
        folder = Path(tempfile.mkdtemp(prefix="stillwatch-", dir=work))
    except OSError as error:
        raise EngineError("cannot make a work folder", where=str(work), remedy="Check --work.") from error
    try:
        with DuckDBEngine(folder, memory_limit=settings.engine.memory_limit, threads=settings.engine.threads) as engine:
            return _scan(engine, logs, out, settings, accounts, format, progress)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sketch(
    logs: Sequence[str],
    out: Path,
    *,
    settings: Settings,
    format: str | None = None,  # noqa: A002 - the name of the flag
    progress: Progress = lambda _: None,
) -> dict[str, int]:
    """Write the exchanges in *logs* to the Parquet file *out* with sketches in place of their texts; return counts.

    What cannot be read goes to a file of rejects beside *out*.
    """
    _made(out.parent)
    count = 0
    progress("sketching")
    part = out.with_name(out.name + ".part")
    with ingest.Rejects(out.with_suffix(".rejects.parquet")) as rejects:
        batches = ingest.read(logs, rejects, format=format, settings=settings.ingest)
        try:
            with pq.ParquetWriter(part, EXCHANGES.schema, compression="zstd") as sink:
                for batch in batches:
                    sink.write_batch(features.without_text(batch.select(list(EXCHANGES.names)), settings.features))
                    count += len(batch)
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)
        return {"n_exchanges": count, "n_rejects": rejects.count}


def _made(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EngineError("cannot make this folder", where=str(folder), remedy="Check --out.") from error


@dataclass(frozen=True)
class Check:
    """One thing that a scan needs, whether it is there, and what was seen."""

    name: str
    ok: bool
    detail: str


def check(work: Path | None = None) -> list[Check]:
    """Return what ``stillwatch doctor`` checks: interpreter, work folder, engine and compiled kernels."""
    folder = work or Path(tempfile.gettempdir())
    free = shutil.disk_usage(folder).free if folder.is_dir() else 0
    checks = [
        Check("python", ok=(3, 11) <= sys.version_info[:2] <= (3, 13), detail=platform.python_version()),
        Check("work folder", ok=free > 1 << 30, detail=f"{free / (1 << 30):.1f} GiB free in {folder}"),
    ]
    probe = pa.RecordBatch.from_pylist(
        [{"account_id": "a", "at": None, "prompt": "one two three", "system_prompt": None, "sketch": None}],
        schema=pa.schema([EXCHANGES.schema.field(name).with_nullable(nullable=True) for name in features.NEEDS]),
    )
    checks.append(
        _tried("kernels", lambda: f"{features.sketch_batch(probe, Settings().features).rows['n_words'][0]} words")
    )
    checks.append(_tried("signals", lambda: f"{len(signals.load())} signals"))
    checks.append(_tried("formats", lambda: f"{len(ingest.formats())} log formats"))
    return checks


def _tried(name: str, attempt: Callable[[], str]) -> Check:
    try:
        return Check(name, ok=True, detail=attempt())
    except (StillwatchError, OSError, ImportError, RuntimeError) as error:
        return Check(name, ok=False, detail=type(error).__name__)


def _scan(
    engine: Engine,
    logs: Sequence[str],
    out: Path,
    settings: Settings,
    accounts: str | None,
    format_name: str | None,
    progress: Progress,
) -> Scan:
    notices: list[str] = []
    progress("reading")
    with ingest.Rejects(out / "rejects.parquet") as rejects:
        batches = ingest.read(logs, rejects, format=format_name, settings=settings.ingest, notices=notices)
        staged = engine.write("staged", batches, STAGED.schema)
        exchanges, duplicates = ingest.deduplicate(engine, staged)
        for batch in engine.arrow(duplicates):
            rejects.add_batch(batch)
        attributes = engine.write("attributes", ingest.attributes(accounts, settings=settings.ingest, rejects=rejects))
    progress("sketching")
    wanted = ", ".join(f'"{name}"' for name in features.NEEDS)
    texts = engine.query(f"SELECT {wanted} FROM exchanges", exchanges=exchanges)
    prints = engine.map(texts, features.printer(settings.features), PRINTS.schema)
    profiles = features.merge(engine.arrow(engine.map(prints, features.profile, PROFILES.schema)))
    progress("linking")
    activity = engine.write(
        "activity", features.count(engine, exchanges=exchanges, prints=prints, attributes=attributes)
    )
    found = signals.find(engine, settings.signals, exchanges=exchanges, prints=prints, attributes=attributes)
    traces = engine.write("traces", found)
    weighed = engine.write("links", links.weigh(engine, traces, activity, settings.links, settings.signals))
    progress("grouping")
    detection = campaigns.detect(
        engine,
        activity=activity,
        profiles=profiles,
        links=weighed,
        prints=prints,
        settings=settings.campaigns,
    )
    progress("writing")
    pq.write_table(detection.campaigns, out / "campaigns.parquet")
    pq.write_table(detection.members, out / "members.parquet")
    pq.write_table(detection.bonds, out / "bonds.parquet")
    pq.write_table(_timeline(engine, exchanges, detection.members), out / "timeline.parquet")
    summary = _summary(engine, activity, detection, settings) | {
        "n_rejects": rejects.count,
        "notices": notices,
    }
    (out / "summary.json").write_text(json.dumps(summary, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return Scan(out, detection.campaigns, summary)


def _timeline(engine: Engine, exchanges: Frame, members: pa.Table) -> pa.Table:
    """Return exchanges per day, of each campaign and of everybody else."""
    named = members.select(["account_id", "campaign_id"])
    rows = engine.query(
        """
        SELECT COALESCE(m.campaign_id, '') AS campaign_id, DATE_TRUNC('day', e."at") AS "at",
            COUNT(*) AS n_exchanges, COUNT(DISTINCT e.account_id) AS n_accounts
        FROM exchanges AS e
        LEFT JOIN members AS m ON m.account_id = e.account_id
        GROUP BY 1, 2
        ORDER BY 1, 2
        """,
        exchanges=exchanges,
        members=named,
    )
    return engine.arrow(rows).read_all().cast(TIMELINE.schema)


def _summary(engine: Engine, activity: Frame, detection: campaigns.Detection, settings: Settings) -> dict[str, Any]:
    totals = engine.query(
        """
        SELECT COUNT(*) AS n_accounts, CAST(COALESCE(SUM(n_exchanges), 0) AS BIGINT) AS n_exchanges,
            CAST(MIN(first_at) AS VARCHAR) AS first_at, CAST(MAX(last_at) AS VARCHAR) AS last_at
        FROM activity
        """,
        activity=activity,
    )
    return {
        **engine.arrow(totals).read_all().to_pylist()[0],
        **detection.counts,
        "n_campaigns": len(detection.campaigns),
        "false_discovery_rate": settings.campaigns.false_discovery_rate,
        "settings_digest": settings.digest(),
        "signals": {
            **{
                name: {"family": str(s.family), "sentence": signals.sentence(name)}
                for name, s in signals.load().items()
            },
            **{name: {"family": str(f), "sentence": sentence} for name, (f, sentence) in campaigns.SENTENCES.items()},
        },
        "version": __version__,
        "columns": list(CAMPAIGNS.names),
    }
