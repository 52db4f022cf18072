"""Reads a log as a scan does, and keeps the first rows as they were understood. Intermediate tables hold no text."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from stillwatch import features, ingest
from stillwatch.engine import Engine, Frame
from stillwatch.model import Progress
from stillwatch.runs.engine_choice import open_engine
from stillwatch.runs.folders import work_folder
from stillwatch.runs.inspection.shown import Inspection, ShownFacts, ShownRejects, ShownRows
from stillwatch.runs.stages import Stages
from stillwatch.settings import Settings
from stillwatch.tables import REJECTS, SKETCHED

__all__ = ["inspect"]

_LEFT_OUT = ("prompt_hash", "system_hash", "head_hash", "tail_hash", "capability", "frame", "vector")
"""Columns that do not decide which of two rows with one id is kept."""
_COMPARED = pa.schema(
    [field for field in SKETCHED.schema if field.name not in _LEFT_OUT] + [("row_position", pa.uint64())]
)
"""What tells duplicates apart. ``position`` numbers the rows of all sources, and ``row_position`` is the position."""


def inspect(
    logs: Sequence[str],
    *,
    settings: Settings,
    accounts: str | None = None,
    format: str | ingest.Format | None = None,  # noqa: A002 - the name of the flag
    rows: int = 5,
    work: Path | None = None,
    progress: Progress = lambda _: None,
) -> Inspection:
    """Return what a scan would read of *logs*, with the first *rows* exchanges; 0 keeps all of them in memory.

    Duplicates are rejects, as in a scan. The result holds text. *work* is the folder for intermediate tables, which
    hold none. Raises ``InputError`` or ``FormatError`` where a source as a whole cannot be read.
    """
    stages = Stages(progress)
    stages.begin("reading")
    shown, rejects = ShownRows(rows, ingest.Hops(settings.ingest.trusted_hops)), ShownRejects(rows)
    notices: list[str] = []
    tallies: list[ingest.SourceTally] = []
    # One process reads, in the order of the sources, so that the first rows are the first.
    here = settings.model_copy(update={"engine": settings.engine.model_copy(update={"kind": "duckdb"})})
    with work_folder(work) as folder, open_engine(here, folder) as engine:
        batches = ingest.read(
            logs,
            rejects,
            format=format,
            settings=settings.ingest,
            notices=notices,
            tallies=tallies,
            chains=shown.chains,
            work=folder,
        )
        compared = _compared(batches, shown, features.sketcher(settings.features), stages)
        staged = engine.write("staged", compared, _COMPARED)
        lacking = ingest.shortfall(tallies, settings.ingest.max_rejects)
        exchanges = _without_duplicates(engine, staged, shown, rejects, tallies)
        facts = ShownFacts(rows)
        found: list[tuple[str, int, int]] = []
        if accounts is not None:
            given = ingest.attributes(accounts, settings=settings.ingest, rejects=rejects, notices=notices, work=folder)
            attributes = engine.write("attributes", map(facts.add, given), given.schema)
            found = _facts(engine, attributes)
            notices.append(_matches(engine, exchanges, attributes))
    first, places = shown.first()
    return Inspection(
        sources=tallies,
        exchanges=first,
        places=places,
        rejects=rejects.kept,
        reasons=rejects.reasons,
        notices=notices,
        attributes=facts.kept,
        facts=found,
        n_exchanges=sum(tally.n_exchanges for tally in tallies),
        n_rejects=rejects.count,
        shortfall=lacking,
    )


def _compared(
    batches: Iterator[pa.RecordBatch],
    shown: ShownRows,
    sketched: Callable[[pa.RecordBatch], pa.RecordBatch],
    stages: Stages,
) -> Iterator[pa.RecordBatch]:
    """Yield what tells the rows of *batches* apart, and give the rows to *shown*."""
    number = 0
    for batch in batches:
        shown.add(batch, number)
        made = sketched(batch)
        columns = dict(zip(made.schema.names, made.columns, strict=True))
        columns["row_position"] = columns["position"].cast(pa.uint64())
        columns["position"] = pa.array(range(number, number + len(batch)), pa.int64())
        yield pa.RecordBatch.from_arrays([columns[name] for name in _COMPARED.names], schema=_COMPARED)
        number += len(batch)
        stages.count(rows=len(batch))


def _without_duplicates(
    engine: Engine,
    staged: Frame,
    shown: ShownRows,
    rejects: ShownRejects,
    tallies: Sequence[ingest.SourceTally],
) -> Frame:
    """Return the exchanges without duplicates; take the duplicates out of *shown* and *tallies*, and into *rejects*."""
    exchanges, repeated = ingest.deduplicate(engine, staged)
    placed = engine.query(
        """
        SELECT r.source, CAST(s.row_position AS BIGINT) AS position, r.reason, s.position AS number
        FROM repeated AS r INNER JOIN staged AS s ON s.position = r.position
        ORDER BY number
        """,
        repeated=repeated,
        staged=staged,
    )
    of = {tally.source: tally for tally in tallies}
    for batch in engine.arrow(placed):
        shown.drop(batch.column("number").to_pylist())
        rejects.add_batch(batch.select(list(REJECTS.names)))
        first = dict(zip(*(reversed(batch.column(name).to_pylist()) for name in ("source", "position")), strict=True))
        for source, count in Counter(batch.column("source").to_pylist()).items():
            of[source].n_exchanges -= count
            of[source].reject(batch.column("reason")[0].as_py(), first[source], count)
    return exchanges


def _facts(engine: Engine, attributes: Frame) -> list[tuple[str, int, int]]:
    """Return (name, accounts that have the fact, different values), by name."""
    counted = engine.query(
        """
        SELECT name, COUNT(DISTINCT account_id) AS n_accounts, COUNT(DISTINCT value) AS n_values
        FROM attributes GROUP BY name ORDER BY name
        """,
        attributes=attributes,
    )
    return [tuple(row.values()) for row in engine.arrow(counted).read_all().to_pylist()]


def _matches(engine: Engine, exchanges: Frame, attributes: Frame) -> str:
    """Return in a sentence how many accounts of the log have facts."""
    counted = engine.query(
        """
        SELECT COUNT(l.account_id) AS n_logged, COUNT(f.account_id) AS n_stated,
            COALESCE(SUM(CASE WHEN l.account_id = f.account_id THEN 1 ELSE 0 END), 0) AS n_both
        FROM (SELECT DISTINCT account_id FROM exchanges) AS l
        FULL JOIN (SELECT DISTINCT account_id FROM attributes) AS f ON l.account_id = f.account_id
        """,
        exchanges=exchanges,
        attributes=attributes,
    )
    (row,) = engine.arrow(counted).read_all().to_pylist()
    both, logged, stated = (int(row[name]) for name in ("n_both", "n_logged", "n_stated"))
    told = f"{both:,} of the {logged:,} accounts in the log have facts; the accounts file has facts of {stated:,}."
    hint = " Check that both name accounts by the same id." if logged and not both else ""
    return told + hint
