"""Options of several commands, each with its name, its meaning and its limits."""

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
    "Mapped",
    "MaxRejects",
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
Out = Annotated[Path, typer.Option("--out", "-o", help="Result folder; created if missing.")]
Logs = Annotated[list[str], typer.Argument(help="Paths, globs, folders, - for standard input, or URLs.")]
LogsToAdd = Annotated[
    list[str] | None,
    typer.Argument(help="Paths, globs, folders, - for standard input, or URLs. With --state: the new ones, if any."),
]
Format = Annotated[str | None, typer.Option("--format", help="Log format; detected if not given.")]
Mapped = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="COLUMN=FIELD…|FILE",
        help="Read a log of your own: where it keeps each column, as pairs or in a TOML or JSON file.",
        show_default=False,
    ),
]
MaxRejects = Annotated[
    float | None,
    typer.Option(
        "--max-rejects",
        min=0,
        max=1,
        help="Exit with 3 if more than this share of the rows are rejects: ingest.max_rejects in the settings.",
        show_default=False,
    ),
]
Work = Annotated[
    Path | None, typer.Option("--work", help="Folder for intermediate tables; they are deleted at the end.")
]
EngineKind = Annotated[
    EngineName | None, typer.Option("--engine", help="Where queries run: engine.kind in the settings.")
]
History = Annotated[
    Path | None,
    typer.Option(
        "--history",
        help="Folder shared by the daily scans of one log. Campaigns keep their ids; the error rate holds over all.",
    ),
]
State = Annotated[
    Path | None,
    typer.Option(
        "--state", help="Folder in which days add up. Each log is read once; a scan covers all that was read."
    ),
]
MOMENTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
Judged = Annotated[
    Path | None,
    typer.Option(
        "--judged",
        help="File of verdicts (`case labels`). Accounts found innocent are left out of every group.",
        show_default=False,
    ),
]
Until = Annotated[
    datetime | None,
    typer.Option("--until", formats=MOMENTS, help="Scan the log as it stood at this moment (UTC)."),
]
Accounts = Annotated[str | None, typer.Option("--accounts", help="Facts about the accounts: CSV, JSONL or Parquet.")]
Parts = Annotated[Path | None, typer.Option("--parts", help="Folder of real parts. Missing parts are generated.")]
SEEDS = {"min": 0, "max": 2**63 - 1}
Seed = Annotated[int, typer.Option("--seed", help="The same seed gives the same bytes.", **SEEDS)]
FailOn = Annotated[Severity | None, typer.Option("--fail-on", help="Exit with 1 on a campaign at least this severe.")]
