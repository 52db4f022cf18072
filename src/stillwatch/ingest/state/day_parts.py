"""Writes rows into parts: Parquet files of one UTC day each, whole and on the disk before anybody is told of them."""

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

__all__ = ["DayParts", "Part", "check", "described", "durable"]

_HELD = 64 << 20
_BLOCK = 1 << 20
_EPOCH = date(1970, 1, 1)
_DAY = 86_400_000_000


class Part(BaseModel):
    """One Parquet file of a state: its name in the folder of its source, rows, bytes and their CRC-32."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    rows: int
    size: int
    crc: int


class DayParts:
    """Takes batches with a column ``at`` and writes them into *folder*, a part whenever *held* bytes wait.

    The day with most of what waits is written, so that rows in no order at all make small parts, and a log in order
    of time large ones.
    """

    def __init__(self, folder: Path, schema: pa.Schema, *, held: int = _HELD) -> None:
        self._folder, self._schema, self._most = folder, schema, held
        self._waiting: dict[date, list[pa.RecordBatch]] = defaultdict(list)
        self._size: dict[date, int] = defaultdict(int)
        self._parts: dict[date, list[Part]] = defaultdict(list)

    def add(self, batch: pa.RecordBatch) -> None:
        """Take the rows of *batch*."""
        for day, rows in _by_day(batch):
            self._waiting[day].append(rows)
            self._size[day] += rows.nbytes
        while sum(self._size.values()) > self._most:
            self._write(max(self._size, key=lambda day: (self._size[day], day)))

    def close(self) -> dict[date, tuple[Part, ...]]:
        """Write what waits and return all parts by their day."""
        for day in sorted(self._waiting):
            self._write(day)
        return {day: tuple(parts) for day, parts in sorted(self._parts.items())}

    def _write(self, day: date) -> None:
        rows = pa.Table.from_batches(self._waiting.pop(day), self._schema)
        del self._size[day]
        path = self._folder / f"{day.isoformat()}.{len(self._parts[day]):03d}.parquet"
        with path.open("wb") as sink:
            pq.write_table(rows, sink, compression="zstd", compression_level=1)
        self._parts[day].append(described(path, len(rows)))


def _by_day(batch: pa.RecordBatch) -> Iterator[tuple[date, pa.RecordBatch]]:
    days = batch.column("at").cast(pa.int64()).to_numpy() // _DAY
    found = np.unique(days)
    for day in found.tolist():
        yield _EPOCH + timedelta(days=day), batch if len(found) == 1 else batch.filter(pa.array(days == day))


def described(path: Path, rows: int) -> Part:
    """Return the file at *path*, which is on the disk then, as a part of *rows* rows."""
    with path.open("rb") as raw:
        os.fsync(raw.fileno())
    return Part(file=path.name, rows=rows, size=path.stat().st_size, crc=_crc(path))


def check(folder: Path, part: Part) -> None:
    """Raise ``EngineError`` where *part* is not in *folder* as it was written."""
    path = folder / part.file
    try:
        whole = path.stat().st_size == part.size and _crc(path) == part.crc
    except OSError as error:
        raise _damaged(path, f"cannot be read ({error.strerror})") from error
    if not whole:
        raise _damaged(path, "is damaged")


def _damaged(path: Path, what: str) -> EngineError:
    return EngineError(
        f"this part of the state {what}",
        where=str(path),
        remedy="Put it back from a backup, or delete its folder and deliver the file named in its source.json again.",
    )


def _crc(path: Path) -> int:
    crc = 0
    with path.open("rb") as raw:
        while block := raw.read(_BLOCK):
            crc = zlib.crc32(block, crc)
    return crc


def durable(folder: Path) -> None:
    """Return when the names in *folder* are on the disk as well."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
