"""Imports a finished scan as cases, and keeps a few prompts of a case for review."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from stillwatch import campaigns, cases, ingest
from stillwatch.cases.decisions import exemplars
from stillwatch.settings import Settings
from stillwatch.tables import scan_folder
from stillwatch.temporary import temporary_folder

__all__ = ["keep_exemplars", "open_cases"]


def open_cases(
    folder: Path,
    *,
    settings: Settings,
    by: cases.Actor,
    name: str = "",
    history: Path | None = None,
    on_new: Callable[[str], None] = lambda _: None,
) -> cases.Taken:
    """Import the finished scan in *folder* as cases, in the name of *by*.

    *history* is the history folder of the scan, where it has one. A missing database is made, and *on_new* gets its
    place.

    A second import opens campaigns that ``cases.open_per_day`` left without a case.

    Raises ``PolicyError`` where *by* lacks the permission, ``InputError`` where *folder* is no finished scan.
    """
    scanned = scan_folder.read(folder)
    lineage = campaigns.lineage(history) if history is not None else None
    with cases.Desk(settings.cases, create=True) as desk, desk.work(by, cases.Permission.JUDGE) as work:
        if desk.database.is_new:
            on_new(desk.database.place)
        taken = cases.take(work, scanned, name or folder.resolve().name, lineage)
        if not taken.is_new and not taken.opened:
            work.record("scan taken again", f"scan {taken.scan_id[:16]}")
        return taken


def keep_exemplars(
    logs: Sequence[str],
    case_id: int,
    *,
    settings: Settings,
    by: cases.Actor,
    format: str | ingest.Format | None = None,  # noqa: A002 - the name of the flag
) -> int:
    """Keep some redacted prompts of the case from *logs*; return how many.

    Raises ``PolicyError`` where the setting ``cases.exemplars`` does not allow it.
    """
    with cases.Desk(settings.cases) as desk, temporary_folder() as folder:
        with desk.look() as look:
            wanted = exemplars.accounts(look, case_id)
        with ingest.Rejects(folder / "rejects.parquet") as rejects:
            batches = ingest.read(logs, rejects, format=format, settings=settings.ingest)
            prompts = (prompt for batch in batches for prompt in _prompts(batch, wanted))
            found = exemplars.choose(prompts, settings.cases.exemplars)
        with desk.work(by, cases.Permission.REVEAL) as work:
            return exemplars.keep(work, case_id, found)


def _prompts(batch: pa.RecordBatch, wanted: set[str]) -> Iterator[exemplars.Prompt]:
    for account, at, text in zip(
        *(batch.column(name).to_pylist() for name in ("account_id", "at", "prompt")), strict=True
    ):
        if account in wanted and text:
            yield exemplars.Prompt(account, at, text)
