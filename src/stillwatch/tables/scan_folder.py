"""What a scan left in a folder, read and checked; a folder that is no scan is told apart in one sentence.

Every result table names its run in the metadata of its file, and so does the summary. The name is a digest of the
results, so equal results have equal names. Tables of two runs in one folder are not taken for a scan.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.errors import InputError
from stillwatch.tables import BONDS, CAMPAIGNS, GROUNDS, MEMBERS, REJECTS, TIMELINE
from stillwatch.tables.columns import Table

__all__ = ["FILES", "LAST_FIRST", "SUMMARY", "FinishedScan", "read", "run_of", "write"]

SUMMARY = "summary.json"
"""Its presence says that a scan is finished."""
_TABLES = {table.name: f"{table.name}.parquet" for table in (CAMPAIGNS, MEMBERS, BONDS, GROUNDS, TIMELINE, REJECTS)}
FILES = (*_TABLES.values(), SUMMARY, "run.json", "report.html")
"""The files that a scan writes into its folder."""
LAST_FIRST = (SUMMARY, "report.html", "run.json")
"""The files that are removed before the tables of a new scan replace the old ones."""
_RUN = b"stillwatch.run"
_NOT_OF_THE_RUN = ("signals", "version", "columns")
"""Entries of the summary that a change of wording alters, while the results stay the same."""
_BATCH_ROWS = 65_536
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
    wanted = ("campaigns.parquet", "members.parquet", SUMMARY)
    missing = [name for name in wanted if not (folder / name).is_file()]
    if missing:
        be = "is" if len(missing) == 1 else "are"
        raise InputError(f"not a finished scan: {_listed(missing)} {be} missing", where=str(folder), remedy=_REMEDY)
    summary = _summary(folder / SUMMARY)
    _require_one_run(folder, summary)
    return FinishedScan(
        summary=summary,
        campaigns=_table(folder / "campaigns.parquet", CAMPAIGNS),
        members=_table(folder / "members.parquet", MEMBERS),
        bonds=_optional(folder / "bonds.parquet", BONDS),
        timeline=_optional(folder / "timeline.parquet", TIMELINE),
        grounds=_optional(folder / "grounds.parquet", GROUNDS),
    )


def write(folder: Path, tables: Mapping[str, pa.Table], summary: Mapping[str, Any]) -> dict[str, Any]:
    """Write the result *tables*, by name, and the *summary* into *folder*; return the summary as it was written.

    ``rejects.parquet``, where it is there already, is written again with the name of the run.
    """
    rejects = folder / _TABLES[REJECTS.name]
    run = _name(tables, summary, rejects)
    for name, table in tables.items():
        pq.write_table(table.replace_schema_metadata({_RUN: run}), folder / _TABLES[name])
    if rejects.is_file():
        _tag(rejects, run)
    written = {**summary, "run": run}
    text = json.dumps(written, indent=2, sort_keys=True) + "\n"
    (folder / SUMMARY).write_text(text, encoding="utf-8")
    return written


def run_of(path: Path) -> str | None:
    """Return the name of the run that wrote the table in *path*; ``None`` where the file names none."""
    try:
        found = (pq.read_schema(path).metadata or {}).get(_RUN)
    except (pa.ArrowException, OSError) as error:
        raise InputError("not a readable Parquet file", where=str(path), remedy=_REMEDY) from error
    return None if found is None else found.decode(errors="replace")


class _Digesting:
    """A file that keeps only the digest of what is written to it."""

    closed = False

    def __init__(self, write: Callable[[Any], None]) -> None:
        self._write = write

    def write(self, data: Any) -> int:
        self._write(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing; nothing is kept back."""

    def close(self) -> None:
        """Do nothing; nothing is open."""


def _name(tables: Mapping[str, pa.Table], summary: Mapping[str, Any], rejects: Path) -> str:
    """Return 32 hexadecimal digits that depend on every result."""
    made = blake2b(digest_size=16)
    kept = {name: value for name, value in summary.items() if name not in _NOT_OF_THE_RUN}
    made.update(json.dumps(kept, sort_keys=True).encode())
    for name in sorted(tables):
        # A table of an earlier look still has the name of its run in its schema.
        table = tables[name].replace_schema_metadata(None)
        pq.write_table(table, pa.PythonFile(_Digesting(made.update), mode="w"))
    # No rejects, and no file of them, are the same result.
    if rejects.is_file() and pq.read_metadata(rejects).num_rows:
        with rejects.open("rb") as file:
            while block := file.read(1 << 20):
                made.update(block)
    return made.hexdigest()


def _tag(path: Path, run: str) -> None:
    part = path.with_name(path.name + ".part")
    with (
        pq.ParquetFile(path) as file,
        pq.ParquetWriter(part, file.schema_arrow.with_metadata({_RUN: run}), compression="zstd") as sink,
    ):
        for batch in file.iter_batches(batch_size=_BATCH_ROWS):
            sink.write_batch(batch)
    part.replace(path)


def _require_one_run(folder: Path, summary: Mapping[str, Any]) -> None:
    """Raise ``InputError`` where files of *folder* name different runs; files of other programs name none."""
    named = {name: run_of(path) for name in _TABLES.values() if (path := folder / name).is_file()}
    named[SUMMARY] = summary.get("run")
    if len(set(named.values())) > 1:
        others = [name for name, run in named.items() if run != named[SUMMARY]]
        be = "is" if len(others) == 1 else "are"
        raise InputError(
            f"{_listed(others)} {be} of another scan than {SUMMARY}",
            where=str(folder),
            remedy="Scan again, or wait until a scan that runs has ended.",
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
