"""Options that several commands take, each with its name, its meaning and its limits."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from stillwatch.model import Severity

__all__ = [
    "MOMENTS",
    "SEEDS",
    "Accounts",
    "EngineKind",
    "EngineName",
    "FailOn",
    "Format",
    "History",
    "Json",
    "Judged",
    "Logs",
    "LogsToAdd",
    "Out",
    "Parts",
    "Preset",
    "Seed",
    "SettingsFile",
    "State",
    "Until",
    "Work",
]


class Preset(StrEnum):
    """A world to begin with."""

    DEMO = "demo"
    REAL_PARTS = "real-parts"
    CALM = "calm"
    LOOKALIKES = "lookalikes"
    REPORTING = "reporting"


class EngineName(StrEnum):
    """Where queries run."""

    DUCKDB = "duckdb"
    SPARK = "spark"


Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON and nothing else.")]
SettingsFile = Annotated[Path | None, typer.Option("--settings", help="A TOML file; see `settings show`.")]
Out = Annotated[Path, typer.Option("--out", "-o", help="The folder for the result; made if missing.")]
Logs = Annotated[list[str], typer.Argument(help="Paths, globs, folders, - for standard input, or URLs.")]
LogsToAdd = Annotated[
    list[str] | None,
    typer.Argument(
        help="Paths, globs, folders, - for standard input, or URLs; with --state those that are new, if any."
    ),
]
Format = Annotated[str | None, typer.Option("--format", help="The log format; found out where left open.")]
Work = Annotated[Path | None, typer.Option("--work", help="Where intermediate tables live until the scan ends.")]
EngineKind = Annotated[
    EngineName | None, typer.Option("--engine", help="Where queries run; engine.kind in the settings.")
]
History = Annotated[
    Path | None,
    typer.Option("--history", help="A folder that daily scans share: campaigns keep their ids, the error rate holds."),
]
State = Annotated[
    Path | None,
    typer.Option(
        "--state", help="A folder in which days add up: a log is read once, and all that was read is scanned."
    ),
]
MOMENTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
Judged = Annotated[
    Path | None,
    typer.Option(
        "--judged",
        help="What people said of accounts (`case labels`): the innocent are honest examples and in no group.",
        show_default=False,
    ),
]
Until = Annotated[
    datetime | None,
    typer.Option("--until", formats=MOMENTS, help="Scan the log as it stood then (UTC); what came later is left out."),
]
Accounts = Annotated[
    str | None, typer.Option("--accounts", help="What you know of the accounts: CSV, JSONL or Parquet.")
]
Parts = Annotated[Path | None, typer.Option("--parts", help="A folder of real parts; what it lacks is made.")]
SEEDS = {"min": 0, "max": 2**63 - 1}
Seed = Annotated[int, typer.Option("--seed", help="The same seed gives the same bytes.", **SEEDS)]
FailOn = Annotated[Severity | None, typer.Option("--fail-on", help="Exit with 1 on a campaign at least this severe.")]
