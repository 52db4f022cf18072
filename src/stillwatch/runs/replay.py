"""Scans one log as it stood at several moments."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from stillwatch import campaigns
from stillwatch.runs.engine_choice import open_engine
from stillwatch.runs.folders import make_folder, result_folder, work_folder
from stillwatch.runs.read_log import Input, as_of, read_log
from stillwatch.runs.scan import ScanResult, find_campaigns
from stillwatch.runs.stages import Stages
from stillwatch.settings import Settings

__all__ = ["replay"]


def replay(
    logs: Sequence[str],
    out: Path,
    *,
    settings: Settings,
    until: Sequence[datetime],
    accounts: str | None = None,
    work: Path | None = None,
    history: Path | None = None,
) -> Iterator[ScanResult]:
    """Yield the scan of *logs* as of each moment of *until*, in its folder ``as-of-N`` under *out* (N from 1).

    The result is that of one scan per moment, but the log is read and sketched once. The caller may stop early.
    """
    make_folder(out)
    if history is not None:
        campaigns.require_history(history)
    with work_folder(work) as folder, open_engine(settings, folder) as engine:
        log = read_log(engine, Input(logs, accounts, work=folder), out, settings, Stages())
        for number, moment in enumerate(until, start=1):
            with result_folder(look := out / f"as-of-{number}") as new:
                done = find_campaigns(engine, folder, as_of(engine, log, moment), new, settings, history, Stages())
            yield replace(done, folder=look)
