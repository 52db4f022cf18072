"""The only file that knows the order of the rooms: a log goes in, campaigns come out."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch import __version__, campaigns, features, ingest, lab, links, plugins, signals
from stillwatch.columns import Table
from stillwatch.engine import BatchFunction, DuckDBEngine, Engine, Frame
from stillwatch.errors import EngineError, InputError
from stillwatch.settings import IngestSettings, Settings
from stillwatch.stages import Progress, Stages
from stillwatch.tables import (
    CAMPAIGNS,
    EXCHANGES,
    PRINTS,
    SKETCHED,
    STAGED,
    TEXTS,
    TIMELINE,
    TRACES,
)

__all__ = ["Scan", "adapt", "inject", "replay", "scan", "sketch"]


@dataclass(frozen=True)
class Scan:
    """What a scan left in its folder."""

    folder: Path
    campaigns: pa.Table
    summary: dict[str, Any]


@dataclass(frozen=True)
class _Named:
    """What is to be read, as it was named: logs, a file of accounts, the format of the logs, and what they add to."""

    logs: Sequence[str]
    accounts: str | None = None
    format: str | None = None
    state: ingest.State | None = None


@dataclass(frozen=True)
class _Log:
    """A log as it was read: what a scan looks at, and what reading it left to say."""

    exchanges: Frame
    attributes: Frame
    prints: Frame
    notes: dict[str, Any]


def scan(
    logs: Sequence[str],
    out: Path,
    *,
    settings: Settings,
    accounts: str | None = None,
    format: str | None = None,  # noqa: A002 - the name of the flag
    work: Path | None = None,
    history: Path | None = None,
    state: Path | None = None,
    until: datetime | None = None,
    judged: Path | None = None,
    progress: Progress = lambda _: None,
) -> Scan:
    """Scan *logs* and write campaigns, members, rejects and a summary into *out*.

    *work* is where intermediate tables live until the scan ends (no prompt text among them); a folder of its own is
    made in it and removed again, whatever happens. With *history*, a folder that scans of one log share, campaigns keep
    their ids and the scan spends its part of the error rate. With *state*, a folder, *logs* are added to what was read
    into it before, and all of it is scanned. Only what came before *until* counts, where it is given; without a zone it
    is UTC. *judged*, a file of that table, names accounts that people found innocent. *progress* is told how it goes;
    what each stage took is left in ``run.json``.
    """
    _made(out)
    if history is not None:
        campaigns.require_history(history)
    decisions = campaigns.read_judged(judged) if judged is not None else None
    stages = Stages(progress)
    with (
        ingest.State(state, settings) if state else nullcontext() as kept,
        _work_folder(work) as folder,
        _engine(settings, folder) as engine,
    ):
        log = _read(engine, _Named(logs, accounts, format, kept), out, settings, stages)
        if until is not None:
            log = _as_of(engine, log, until)
        done = _scan(engine, folder, log, out, settings, history, stages, decisions)
    took = {"stages": [asdict(stage) for stage in stages.end()]} | ({"state": kept.counts} if kept else {})
    (out / "run.json").write_text(json.dumps(took, indent=2) + "\n", encoding="utf-8")
    return done


def replay(
    logs: Sequence[str],
    out: Path,
    *,
    settings: Settings,
    until: Sequence[datetime],
    accounts: str | None = None,
    work: Path | None = None,
    history: Path | None = None,
) -> Iterator[Scan]:
    """Yield the scan of *logs* as of each moment of *until*, in its folder ``as-of-N`` under *out* (N from 1).

    The same as a scan for each moment, but the log is read and sketched once. A caller may stop early.
    """
    _made(out)
    if history is not None:
        campaigns.require_history(history)
    with _work_folder(work) as folder, _engine(settings, folder) as engine:
        log = _read(engine, _Named(logs, accounts), out, settings, Stages())
        for number, moment in enumerate(until, start=1):
            _made(look := out / f"as-of-{number}")
            yield _scan(engine, folder, _as_of(engine, log, moment), look, settings, history, Stages())


@contextmanager
def _engine(settings: Settings, folder: Path) -> Iterator[Engine]:
    """Yield the engine of the settings over the work folder *folder*."""
    chosen = settings.engine
    if chosen.kind == "duckdb":
        with DuckDBEngine(folder, memory_limit=chosen.memory_limit, threads=chosen.threads) as engine:
            yield engine
        return
    spark = plugins.optional("stillwatch.engine.spark", extra="spark", asked_by="engine.kind spark")
    place = f"{chosen.spark_folder.rstrip('/')}/{folder.name}" if chosen.spark_folder else folder
    options = {name: value.get_secret_value() for name, value in chosen.spark_options.items()}
    with spark.SparkEngine(place, master=chosen.spark_master, options=options) as engine:
        try:
            yield engine
        finally:
            engine.remove()


@contextmanager
def _work_folder(work: Path | None) -> Iterator[Path]:
    """Yield a folder of its own in *work*, which goes with all that is in it."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="stillwatch-", dir=work))
    except OSError as error:
        raise EngineError(
            "cannot make a work folder", where=str(work), remedy="--work names a folder that is there."
        ) from error
    try:
        yield folder
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
    count, stages = 0, Stages(progress)
    stages.begin("sketching")
    part = out.with_name(out.name + ".part")
    with ingest.Rejects(out.with_suffix(".rejects.parquet")) as rejects:
        batches = ingest.read(logs, rejects, format=format, settings=settings.ingest)
        try:
            with pq.ParquetWriter(part, EXCHANGES.schema, compression="zstd") as sink:
                for batch in batches:
                    sink.write_batch(features.without_text(batch.select(list(EXCHANGES.names)), settings.features))
                    count += len(batch)
                    stages.count(rows=len(batch))
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)
        return {"n_exchanges": count, "n_rejects": rejects.count}


def inject(
    logs: Sequence[str],
    out: Path,
    plan: Sequence[lab.CampaignSpec],
    *,
    settings: Settings,
    accounts: str | None = None,
    format: str | None = None,  # noqa: A002 - the name of the flag
    parts: Path | None = None,
    seed: int = 1,
    work: Path | None = None,
    progress: Progress = lambda _: None,
) -> lab.Injection:
    """Write *logs* with the campaigns of *plan* planted into them as a world in the folder *out*.

    Identifiers stay as the log has them, whatever the settings say: who scans the world hashes them, once. What can be
    told without the log is told before it is read.
    """
    lab.require_vacant(out)
    lab.require_plan(plan)
    _made(out)
    clear = _in_the_clear(settings)
    real = lab.read_parts(parts) if parts is not None else None
    with _work_folder(work) as folder, _engine(clear, folder) as engine:
        stages = Stages(progress)
        named = _Named(logs, accounts, format)
        exchanges, attributes, _ = _rows(engine, named, out, clear, stages, made=_as_it_is, schema=STAGED.schema)
        stages.begin("surveying")
        host = lab.survey(engine, exchanges=exchanges, attributes=attributes)
        stages.begin("planting")
        sketcher = partial(features.without_text, settings=settings.features)
        return lab.inject(host, out, plan, parts=real, seed=seed, sketch=sketcher)


def adapt(
    spec: lab.WorldSpec,
    *,
    settings: Settings,
    rounds: int = 12,
    seed: int = 1,
    parts: Path | None = None,
    work: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> lab.Adaptation:
    """Play *rounds* of a simulated operator against a scan of each of its worlds; return the price of evasion."""
    clear = _in_the_clear(settings)
    with _work_folder(work) as folder:

        def flagged(world: Path) -> bool:
            with tempfile.TemporaryDirectory(dir=folder) as out:
                known = str(world / "accounts.parquet")
                done = scan([str(world / "exchanges")], Path(out), settings=clear, accounts=known, work=folder)
                return lab.is_flagged(lab.measure(done.folder, world))

        return lab.adapt(flagged, spec, rounds=rounds, seed=seed, parts=parts, work=folder, progress=progress)


def _in_the_clear(settings: Settings) -> Settings:
    """Return *settings* without hashing of identifiers: the truth of a world names accounts as its log does."""
    ingest_settings = settings.ingest.model_copy(update={"identifier_key": IngestSettings().identifier_key})
    return settings.model_copy(update={"ingest": ingest_settings})


def _made(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EngineError("cannot make this folder", where=str(folder), remedy="Check --out.") from error


def _read(engine: Engine, named: _Named, out: Path, settings: Settings, stages: Stages) -> _Log:
    made = features.sketcher(settings.features)
    rows, attributes, notes = _rows(engine, named, out, settings, stages, made=made, schema=SKETCHED.schema)
    return _Log(_columns(engine, rows, EXCHANGES), attributes, _columns(engine, rows, PRINTS), notes)


def _as_it_is(batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch


def _columns(engine: Engine, rows: Frame, table: Table) -> Frame:
    """Return the columns of *table* that *rows* have; its texts, which are gone, are null."""
    kinds = {"sketch": "BLOB"}
    wanted = [
        f'CAST(NULL AS {kinds.get(name, "VARCHAR")}) AS "{name}"' if name in TEXTS else f'"{name}"'
        for name in table.names
    ]
    return engine.query(f"SELECT {', '.join(wanted)} FROM sketched", sketched=rows)


def _rows(
    engine: Engine,
    named: _Named,
    out: Path,
    settings: Settings,
    stages: Stages,
    *,
    made: BatchFunction,
    schema: pa.Schema,
) -> tuple[Frame, Frame, dict[str, Any]]:
    """Return what *made* makes of every exchange (columns of *schema*) and attributes, with the count of rejects and
    the notices; rejects go into *out*.
    """
    notices: list[str] = []
    # Spark reads in processes of its own, one task per core, which cannot tell this one how far they are.
    here = settings.engine.kind == "duckdb"
    stages.begin("reading", size=ingest.size_of(named.logs, named.state))
    with ingest.Rejects(out / "rejects.parquet") as rejects:
        staged = ingest.stage(
            engine,
            named.logs,
            rejects,
            format=named.format,
            settings=settings.ingest,
            notices=notices,
            made=made,
            schema=schema,
            threads=settings.engine.threads if here else 1,
            seen=(lambda rows, size: stages.count(rows=rows, size=size)) if here else None,
            state=named.state,
        )
        exchanges, duplicates = ingest.deduplicate(engine, staged)
        for batch in engine.arrow(duplicates):
            rejects.add_batch(batch)
        attributes = engine.write(
            "attributes", ingest.attributes(named.accounts, settings=settings.ingest, rejects=rejects)
        )
    notes = named.state.notes if named.state else {}
    return exchanges, attributes, {"n_rejects": rejects.count, "notices": notices} | notes


def _as_of(engine: Engine, log: _Log, moment: datetime) -> _Log:
    """Return *log* as it stood at *moment*; rows in are then exchanges, rejects and ``n_later``."""
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    kept = ingest.before(engine, log.exchanges, moment)
    n_kept, n_all = _count(engine, kept), _count(engine, log.exchanges)
    if n_all and not n_kept:
        raise InputError(
            f"the log begins later; all {n_all:,} exchanges came at that moment or after it",
            where=f"until {moment.astimezone(UTC).isoformat()}",
            remedy="Give a later moment.",
        )
    return replace(
        log,
        exchanges=kept,
        attributes=ingest.known_before(engine, log.attributes, moment),
        prints=ingest.before(engine, log.prints, moment),
        notes=log.notes | {"until": moment.astimezone(UTC).isoformat(), "n_later": n_all - n_kept},
    )


def _count(engine: Engine, rows: Frame) -> int:
    counted = engine.query("SELECT COUNT(*) AS n FROM counted", counted=rows)
    return int(engine.arrow(counted).read_all().column("n")[0].as_py())


def _scan(
    engine: Engine,
    folder: Path,
    log: _Log,
    out: Path,
    settings: Settings,
    history: Path | None,
    stages: Stages,
    judged: pa.Table | None = None,
) -> Scan:
    """Leave in *out* what is found in *log*; *folder* is for files that are gone when the scan is."""
    stages.begin("linking")
    topics = features.fit(engine, log.prints, seed=settings.campaigns.seed)
    places, profiles = features.gather(engine, log.prints, topics)
    tables = {"exchanges": log.exchanges, "prints": log.prints, "attributes": log.attributes}
    activity = engine.write("activity", features.count(engine, **tables))
    traces = engine.write("traces", signals.find(engine, settings.signals, **tables))
    weighed = engine.write("links", links.weigh(engine, traces, activity, settings.links, settings.signals))
    # Weighed, they are a tenth of the work folder that nobody asks for any more (Spark deletes it when the scan ends).
    engine.write("traces", TRACES.schema.empty_table())
    stages.count(rows=_count(engine, log.exchanges))
    stages.begin("grouping")
    stages.count(rows=_count(engine, activity))
    detection = campaigns.detect(
        engine,
        activity=activity,
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
        what = campaigns.scanned(
            engine,
            activity=activity,
            attributes=log.attributes,
            profiles=profiles,
            made_with=_made_with(settings, judged),
        )
        followed = campaigns.follow(history, detection, what, engine=engine, settings=settings.campaigns)
        notes = notes | {"look": followed.look, "notices": [*notes["notices"], *followed.notices]}
        detection = followed.detection
    stages.begin("writing")
    stages.count(rows=len(detection.members))
    pq.write_table(detection.campaigns, out / "campaigns.parquet")
    pq.write_table(detection.members, out / "members.parquet")
    pq.write_table(detection.bonds, out / "bonds.parquet")
    pq.write_table(detection.grounds, out / "grounds.parquet")
    pq.write_table(_timeline(engine, log.exchanges, detection.members), out / "timeline.parquet")
    summary = _summary(engine, activity, detection, settings) | notes
    (out / "summary.json").write_text(json.dumps(summary, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return Scan(out, detection.campaigns, summary)


def _made_with(settings: Settings, judged: pa.Table | None) -> str:
    """Return what a result depends on beside the log."""
    made = f"{settings.digest()} {__version__}"
    if judged is None:
        return made
    said = sorted(map(str, judged.to_pylist()))
    return f"{made} {sha256(json.dumps(said).encode()).hexdigest()}"


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
        "everywhere": detection.everywhere,
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
