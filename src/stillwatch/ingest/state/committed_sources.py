"""Reads one source into a folder of the state and commits it with one rename."""

import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import orjson
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, ValidationError

from stillwatch.errors import EngineError
from stillwatch.ingest.distributed_read import ReadPlan
from stillwatch.ingest.rows.outcomes.rejects import Rejects
from stillwatch.ingest.rows.reader import Reader
from stillwatch.ingest.sources.local.file_identity import HashingReader, changed_file, stamp
from stillwatch.ingest.sources.locations import FileLocation, Source, source_at
from stillwatch.ingest.state.day_files import DayFileWriter, StoredFile, check, describe_file, sync_folder

__all__ = ["COMMITTED", "CommittedSource", "SourceCommitter", "load", "replace_file", "save"]

_MANIFEST = "source.json"
_REJECTS = "rejects.parquet"
_COUNTED = "counted.json"
COMMITTED = pa.schema([("shown", pa.string()), ("left_out", pa.string())])
"""The files that a task has read: their names, and the reader's counts (JSON) of a file that no format fits."""


class _StateRejects(Rejects):
    """Rejects inside the state. A failed write raises the ``OSError`` itself, because the error must name the state."""

    def _write(self, batch: pa.RecordBatch) -> None:
        try:
            super()._write(batch)
        except EngineError as error:
            if isinstance(error.__cause__, OSError):
                raise error.__cause__ from None
            raise


class CommittedSource(BaseModel):
    """What the state holds of one source: its name and digest, its files by day, and counts of the rows dropped since.

    The content of ``source.json``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    digest: str
    size: int
    counted: StoredFile | None
    rejects: StoredFile | None
    days: dict[date, tuple[StoredFile, ...]]
    dropped: dict[date, int] = {}
    dropped_rejects: int = 0

    @property
    def day_files(self) -> list[StoredFile]:
        """Return the files with the rows of the source."""
        return [file for files in self.days.values() for file in files]

    @property
    def files(self) -> list[StoredFile]:
        """Return all files of the source except ``source.json``."""
        return [*self.day_files, *(file for file in (self.counted, self.rejects) if file)]

    @property
    def n_dropped(self) -> int:
        """Return how many rows of the source were dropped; its rejects count once all of its days are dropped."""
        return sum(self.dropped.values()) + self.dropped_rejects

    def since(self, first: date) -> "CommittedSource":
        """Return the source without its days before *first*; rejects and counts go with the last day."""
        gone = {day: sum(file.rows for file in files) for day, files in self.days.items() if day < first}
        if not gone:
            return self
        kept = {day: files for day, files in self.days.items() if day >= first}
        changes = {"days": kept, "dropped": dict(sorted({**self.dropped, **gone}.items()))}
        if kept:
            return self.model_copy(update=changes)
        lost = self.rejects.rows if self.rejects else 0
        return self.model_copy(update=changes | {"counted": None, "rejects": None, "dropped_rejects": lost})

    def check(self, folder: Path) -> None:
        """Raise ``EngineError`` where a file in *folder* has changed since it was written."""
        for file in self.files:
            check(folder, file)


def load(folder: Path) -> CommittedSource:
    """Return the source in *folder*, and delete the files that its ``source.json`` does not name.

    Raises ``EngineError`` where ``source.json`` is missing or damaged.
    """
    path = folder / _MANIFEST
    try:
        found = CommittedSource.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise EngineError(
            "this file of the state cannot be read",
            where=str(path),
            remedy="Restore it from a backup, or delete its folder and deliver the log file again.",
        ) from error
    named = {_MANIFEST, *(file.file for file in found.files)}
    for left in folder.iterdir():
        if left.name not in named:
            left.unlink()
    return found


def replace_file(path: Path, text: bytes) -> None:
    """Replace the file at *path* by *text* atomically: the old file stays until the new one is synced to disk."""
    pending = path.with_name(path.name + ".new")
    with pending.open("wb") as sink:
        sink.write(text)
        sink.flush()
        os.fsync(sink.fileno())
    pending.replace(path)
    sync_folder(path.parent)


def save(folder: Path, source: CommittedSource) -> None:
    """Write *source* to the ``source.json`` of *folder*."""
    replace_file(folder / _MANIFEST, source.model_dump_json(indent=1).encode())


@dataclass(frozen=True)
class SourceCommitter:
    """Reads sources as *plan* says, and commits each by one rename from *incoming* to *sources* (one file system).

    Runs in the tasks of the engine. Running it twice for one source has the same result as running it once.
    """

    plan: ReadPlan
    incoming: Path
    sources: Path

    def commit_files(self, batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        """Commit the files of *batch* (schema ``IDENTITIES``), and yield their names (schema ``COMMITTED``).

        A file of a folder that no format fits is not committed, so a later run can read it.
        """
        for row in batch.to_pylist():
            before, digest = row.pop("stamp"), row.pop("digest")
            location = FileLocation(**row)
            left_out = self._read_and_commit(source_at(location), digest, location=location, before=before)
            yield pa.RecordBatch.from_pylist([{"shown": location.shown, "left_out": left_out}], schema=COMMITTED)

    def commit_stream(self, source: Source) -> None:
        """Commit a source that can be read only once; the digest of its content is known when it has been read."""
        self._read_and_commit(source, "")

    def _read_and_commit(
        self, source: Source, digest: str, *, location: FileLocation | None = None, before: str = ""
    ) -> str | None:
        """Return the reader's counts (JSON) where no format fits *source*; else commit it and return None."""
        try:
            pending = self.incoming / uuid.uuid4().hex
            pending.mkdir()
            try:
                whole = HashingReader(source.open(), source.name) if not digest else None
                reader, committed = self._read(whole.source() if whole else source, pending)
                if any(tally.unfit for tally in reader.tallies):
                    return orjson.dumps(reader.state()).decode()
                if location is not None and stamp(location) != before:
                    raise changed_file(source)
                committed = committed.model_copy(update={"digest": whole.digest() if whole else digest})
                save(pending, committed)
                self._rename(pending, committed.digest)
                return None
            finally:
                shutil.rmtree(pending, ignore_errors=True)
        except OSError as error:
            raise EngineError(
                f"cannot be added to the state in {self.sources.parent} ({error.strerror or type(error).__name__})",
                where=source.name,
                remedy="Sources added before are kept. Check free space and permissions there, then scan again.",
            ) from error

    def _read(self, source: Source, folder: Path) -> tuple[Reader, CommittedSource]:
        days = DayFileWriter(folder, self.plan.schema)
        with _StateRejects(folder / _REJECTS) as rejects:
            reader, batches = self.plan.start([source], rejects)
            for batch in batches:
                days.add(batch)
            found = days.close()
        # Most sources have no rejects, and every file that is synced costs milliseconds.
        rejects_file = describe_file(folder / _REJECTS, rejects.count) if rejects.count else None
        if rejects_file is None:
            (folder / _REJECTS).unlink()
        (folder / _COUNTED).write_bytes(orjson.dumps(reader.state()))
        return reader, CommittedSource(
            name=source.name,
            digest="",
            size=source.size,
            counted=describe_file(folder / _COUNTED, 1),
            rejects=rejects_file,
            days=found,
        )

    def _rename(self, pending: Path, digest: str) -> None:
        """Rename the folder *pending*, which :func:`save` has synced, to its place."""
        location = self.sources / digest
        try:
            pending.rename(location)
        except OSError:
            # Another task has committed the same content, for example because the engine ran this task twice.
            if not location.is_dir():
                raise
        sync_folder(self.sources)
