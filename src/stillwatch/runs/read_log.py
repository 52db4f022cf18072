"""Reads a log into the tables of a run: exchanges, attributes and prints, or rows with their texts."""

from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from stillwatch import features, ingest
from stillwatch.engine import BatchFunction, Engine, Frame
from stillwatch.errors import InputError, SettingsError
from stillwatch.runs.folders import require_apart
from stillwatch.runs.stages import Stages
from stillwatch.runs.summary import count_rows
from stillwatch.settings import Settings
from stillwatch.tables import EXCHANGES, PRINTS, SKETCHED, TEXTS, scan_folder
from stillwatch.tables.columns import Table

__all__ = ["Input", "ReadLog", "as_of", "read_log", "read_rows"]


@dataclass(frozen=True)
class Input:
    """The input of a run: logs, a file of accounts, the format of the logs, and the state that they are added to.

    *work* is the folder for copies of what is read. *results* is the folder whose results the run will replace.
    """

    logs: Sequence[str]
    accounts: str | None = None
    format: str | ingest.Format | None = None
    state: ingest.LogState | None = None
    work: Path | None = None
    results: Path | None = None


@dataclass(frozen=True)
class ReadLog:
    """A log after reading: the tables of a scan, and notes for its summary.

    ``shortfall`` is the error where none or few of the rows became exchanges.
    """

    exchanges: Frame
    attributes: Frame
    prints: Frame
    notes: dict[str, Any]
    shortfall: InputError | None = None


def read_log(engine: Engine, named: Input, out: Path, settings: Settings, stages: Stages) -> ReadLog:
    """Return the log of *named* with prints in place of texts; rejects go into *out*."""
    made = features.sketcher(settings.features)
    tallies: list[ingest.SourceTally] = []
    rows, attributes, notes = read_rows(
        engine, named, out, settings, stages, made=made, schema=SKETCHED.schema, tallies=tallies, only_logged=True
    )
    lacking = ingest.shortfall(tallies, settings.ingest.max_rejects)
    if lacking is not None:
        notes |= {"notices": [*notes["notices"], lacking.sentence()]}
    return ReadLog(_columns(engine, rows, EXCHANGES), attributes, _columns(engine, rows, PRINTS), notes, lacking)


def read_rows(
    engine: Engine,
    named: Input,
    out: Path,
    settings: Settings,
    stages: Stages,
    *,
    made: BatchFunction,
    schema: pa.Schema,
    tallies: MutableSequence[ingest.SourceTally] | None = None,
    only_logged: bool = False,
) -> tuple[Frame, Frame, dict[str, Any]]:
    """Return the exchanges, the attributes and notes with the count of rejects; rejects go into *out*.

    *made* turns each batch of exchanges into one with the columns of *schema*. *tallies* gets what came of each source.
    With *only_logged*, accounts without an exchange have no attributes but ``closed_at`` (``ingest.attributes``).
    """
    notices: list[str] = []
    # Spark reads in other processes, which cannot report progress to this one.
    here = settings.engine.kind == "duckdb"
    sources = ingest.expand(named.logs, notices, work=named.work)
    if named.accounts == "-" and any(source.name == "-" for source in sources):
        raise SettingsError("standard input cannot be the log and the accounts, too", where="-", remedy="Name a file.")
    if named.results is not None:
        known = ingest.expand([named.accounts]) if named.accounts is not None else []
        require_apart([*sources, *known], [named.results / file for file in scan_folder.FILES])
    stages.begin("reading", size=ingest.size_of(sources, named.state))
    with ingest.Rejects(out / "rejects.parquet") as rejects:
        staged = ingest.stage(
            engine,
            sources,
            rejects,
            format=named.format,
            settings=settings.ingest,
            notices=notices,
            tallies=tallies,
            transform=made,
            schema=schema,
            threads=settings.engine.threads if here else 1,
            on_progress=(lambda rows, size: stages.count(rows=rows, size=size)) if here else None,
            state=named.state,
        )
        exchanges, duplicates = ingest.deduplicate(engine, staged)
        for batch in engine.arrow(duplicates):
            rejects.add_batch(batch)
        found = ingest.attributes(
            named.accounts,
            settings=settings.ingest,
            rejects=rejects,
            notices=notices,
            logged=_accounts(engine, exchanges) if named.accounts and only_logged else None,
            work=named.work,
        )
        attributes = engine.write("attributes", found)
    notes = named.state.notes if named.state else {}
    return exchanges, attributes, {"n_rejects": rejects.count, "notices": notices} | notes


def _accounts(engine: Engine, exchanges: Frame) -> set[str]:
    found = engine.arrow(engine.query("SELECT DISTINCT account_id FROM exchanges", exchanges=exchanges))
    return {account for batch in found for account in batch.column(0).to_pylist()}


def _columns(engine: Engine, rows: Frame, table: Table) -> Frame:
    """Return the columns of *table* from *rows*; the text columns are null."""
    kinds = {"sketch": "BLOB"}
    wanted = [
        f'CAST(NULL AS {kinds.get(name, "VARCHAR")}) AS "{name}"' if name in TEXTS else f'"{name}"'
        for name in table.names
    ]
    return engine.query(f"SELECT {', '.join(wanted)} FROM sketched", sketched=rows)


def as_of(engine: Engine, log: ReadLog, moment: datetime) -> ReadLog:
    """Return *log* as it stood at *moment*; a moment without a zone is UTC.

    Rows in are then exchanges plus rejects plus ``n_later``. Raises ``InputError`` where every exchange is later.
    """
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    kept = ingest.before(engine, log.exchanges, moment)
    n_kept, n_all = count_rows(engine, kept), count_rows(engine, log.exchanges)
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
