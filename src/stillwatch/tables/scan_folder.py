"""What a scan left in a folder, read and checked; a folder that is no scan is told apart in one sentence."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.errors import InputError
from stillwatch.tables import BONDS, CAMPAIGNS, GROUNDS, MEMBERS, TIMELINE
from stillwatch.tables.columns import Table

__all__ = ["FinishedScan", "read"]

_REMEDY = "Make one with `stillwatch scan LOGS --out DIR`, then name DIR."


@dataclass(frozen=True, slots=True)
class FinishedScan:
    """A finished scan; ``bonds``, ``grounds`` and ``timeline`` are ``None`` where the scan left none."""

    summary: dict[str, Any]
    campaigns: pa.Table
    members: pa.Table
    bonds: pa.Table | None
    timeline: pa.Table | None
    grounds: pa.Table | None = None


def read(folder: Path) -> FinishedScan:
    """Read the tables and the summary of *folder*; ``InputError`` says what is missing or broken."""
    if not folder.is_dir():
        raise InputError("no such folder", where=str(folder), remedy=_REMEDY)
    wanted = ("campaigns.parquet", "members.parquet", "summary.json")
    missing = [name for name in wanted if not (folder / name).is_file()]
    if missing:
        be = "is" if len(missing) == 1 else "are"
        raise InputError(f"not a finished scan: {_listed(missing)} {be} missing", where=str(folder), remedy=_REMEDY)
    return FinishedScan(
        summary=_summary(folder / "summary.json"),
        campaigns=_table(folder / "campaigns.parquet", CAMPAIGNS),
        members=_table(folder / "members.parquet", MEMBERS),
        bonds=_optional(folder / "bonds.parquet", BONDS),
        timeline=_optional(folder / "timeline.parquet", TIMELINE),
        grounds=_optional(folder / "grounds.parquet", GROUNDS),
    )


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _summary(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError("not a readable JSON file", where=str(path), remedy=_REMEDY) from error
    if not isinstance(found, dict):
        raise InputError("not a JSON object", where=str(path), remedy=_REMEDY)
    return found


def _optional(path: Path, table: Table) -> pa.Table | None:
    return _table(path, table) if path.is_file() else None


def _table(path: Path, table: Table) -> pa.Table:
    try:
        with pq.ParquetFile(path) as file:
            there = set(file.schema_arrow.names)
            missing = [column.name for column in table.columns if column.required and column.name not in there]
            if missing:
                raise InputError(
                    f"not the table {table.name}: {_listed(missing)} missing", where=str(path), remedy=_REMEDY
                )
            # The schema's "not null" is the writer's promise; a reader only needs the types.
            loose = pa.schema([field.with_nullable(nullable=True) for field in table.schema])
            found = file.read(columns=[name for name in table.names if name in there])
            for name in (name for name in table.names if name not in there):
                # A column that an earlier version did not write says nothing.
                found = found.append_column(name, pa.nulls(len(found), loose.field(name).type))
            return found.select(list(table.names)).cast(loose)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"not a readable table {table.name}", where=str(path), remedy=_REMEDY) from error
