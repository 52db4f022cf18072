"""Writes rows into Parquet files of one UTC day each. A file is listed only after it is complete and synced to disk."""

import os
import zlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict

from stillwatch.errors import EngineError

__all__ = ["DayFileWriter", "StoredFile", "check", "describe_file", "sync_folder"]

_HELD = 64 << 20
_BLOCK = 1 << 20
_EPOCH = date(1970, 1, 1)
_DAY = 86_400_000_000


class StoredFile(BaseModel):
    """One file of a source in the state: its name in the folder, number of rows, size in bytes and CRC-32."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    rows: int
    size: int
    crc: int


class DayFileWriter:
    """Buffers batches with a column ``at``, and writes a file into *folder* when more than *held* bytes are buffered.

    Each time, the day with the most buffered bytes is written. So a log in order of time gives large files, and
    unordered rows give small ones.
    """

    def __init__(self, folder: Path, schema: pa.Schema, *, held: int = _HELD) -> None:
        self._folder, self._schema, self._most = folder, schema, held
        self._waiting: dict[date, list[pa.RecordBatch]] = defaultdict(list)
        self._size: dict[date, int] = defaultdict(int)
        self._files: dict[date, list[StoredFile]] = defaultdict(list)

    def add(self, batch: pa.RecordBatch) -> None:
        """Add the rows of *batch*."""
        for day, rows in _by_day(batch):
            self._waiting[day].append(rows)
            self._size[day] += rows.nbytes
        while sum(self._size.values()) > self._most:
            self._write(max(self._size, key=lambda day: (self._size[day], day)))

    def close(self) -> dict[date, tuple[StoredFile, ...]]:
        """Write the buffered rows, and return all files by day."""
        for day in sorted(self._waiting):
            self._write(day)
        return {day: tuple(files) for day, files in sorted(self._files.items())}

    def _write(self, day: date) -> None:
        rows = pa.Table.from_batches(self._waiting.pop(day), self._schema)
        del self._size[day]
        path = self._folder / f"{day.isoformat()}.{len(self._files[day]):03d}.parquet"
        with path.open("wb") as sink:
            pq.write_table(rows, sink, compression="zstd", compression_level=1)
        self._files[day].append(describe_file(path, len(rows)))


def _by_day(batch: pa.RecordBatch) -> Iterator[tuple[date, pa.RecordBatch]]:
    days = batch.column("at").cast(pa.int64()).to_numpy() // _DAY
    found = np.unique(days)
    for day in found.tolist():
        yield _EPOCH + timedelta(days=day), batch if len(found) == 1 else batch.filter(pa.array(days == day))


def describe_file(path: Path, rows: int) -> StoredFile:
    """Sync the file at *path* to disk, and return its description; it has *rows* rows."""
    with path.open("rb") as raw:
        os.fsync(raw.fileno())
    return StoredFile(file=path.name, rows=rows, size=path.stat().st_size, crc=_crc(path))


def check(folder: Path, file: StoredFile) -> None:
    """Raise ``EngineError`` where *file* is missing in *folder* or has changed since it was written."""
    path = folder / file.file
    try:
        whole = path.stat().st_size == file.size and _crc(path) == file.crc
    except OSError as error:
        raise _damaged(path, f"cannot be read ({error.strerror})") from error
    if not whole:
        raise _damaged(path, "is damaged")


def _damaged(path: Path, what: str) -> EngineError:
    return EngineError(
        f"this file of the state {what}",
        where=str(path),
        remedy="Restore it from a backup, or delete its folder and deliver the log named in its source.json again.",
    )


def _crc(path: Path) -> int:
    crc = 0
    with path.open("rb") as raw:
        while block := raw.read(_BLOCK):
            crc = zlib.crc32(block, crc)
    return crc


def sync_folder(folder: Path) -> None:
    """Sync the directory entries of *folder* to disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
