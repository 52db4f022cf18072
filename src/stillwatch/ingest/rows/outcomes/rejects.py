"""Collects rows that could not be read. Rejects are written to Parquet in parts, so memory use is bounded."""

import contextlib
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.errors import EngineError
from stillwatch.tables import REJECTS

_BUFFERED = 16_384


class RejectSink(Protocol):
    """The interface of an object that receives rejects."""

    def add(self, source: str, position: int, reason: str) -> None:
        """Add one reject; *reason* must not quote the row."""
        ...

    def add_batch(self, batch: pa.RecordBatch) -> None:
        """Add a batch with the columns of ``tables.REJECTS``."""
        ...


class RejectBuffer:
    """Keeps rejects in memory until :meth:`take` returns them."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, int, str]] = []

    def add(self, source: str, position: int, reason: str) -> None:
        """Add one reject; *reason* must not quote the row."""
        self._rows.append((source, position, reason))

    def add_batch(self, batch: pa.RecordBatch) -> None:
        """Add a batch with the columns of ``tables.REJECTS``."""
        self._rows += zip(*(batch.column(name).to_pylist() for name in REJECTS.names), strict=True)

    def take(self) -> list[tuple[str, int, str]]:
        """Return the rejects since the last call."""
        taken, self._rows = self._rows, []
        return taken


class Rejects:
    """Writes ``tables.REJECTS`` to *path*. A context manager that completes the file on exit."""

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._part = self._path.with_name(self._path.name + ".part")
        self._rows: list[tuple[str, int, str]] = []
        self._count = 0
        self._closed = False
        self._writer: pq.ParquetWriter | None = None

    @property
    def count(self) -> int:
        """Return the number of rejects so far."""
        return self._count

    def add(self, source: str, position: int, reason: str) -> None:
        """Add one reject; *reason* must not quote the row."""
        self._rows.append((source, position, reason))
        self._count += 1
        if len(self._rows) >= _BUFFERED:
            self._flush()

    def add_batch(self, batch: pa.RecordBatch) -> None:
        """Add a batch with the columns of ``tables.REJECTS``."""
        self._flush()
        self._write(batch.select(REJECTS.names).cast(REJECTS.schema))
        self._count += batch.num_rows

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
            return
        with contextlib.suppress(EngineError, OSError):  # the first error is the one to raise
            self.close()

    def close(self) -> None:
        """Complete the file; it has no rows where nothing was rejected. A second call does nothing."""
        if self._closed:
            return
        self._flush()
        if self._writer is None:
            self._write(pa.RecordBatch.from_pylist([], schema=REJECTS.schema))
        if self._writer is not None:
            self._writer.close()
            self._part.replace(self._path)
        self._closed = True

    def _flush(self) -> None:
        if self._rows:
            columns = list(zip(*self._rows, strict=True))
            self._rows = []
            arrays = [pa.array(c, f.type) for c, f in zip(columns, REJECTS.schema, strict=True)]
            self._write(pa.RecordBatch.from_arrays(arrays, schema=REJECTS.schema))

    def _write(self, batch: pa.RecordBatch) -> None:
        try:
            if self._writer is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._writer = pq.ParquetWriter(self._part, REJECTS.schema, compression="zstd")
            self._writer.write_batch(batch)
        except OSError as error:
            raise EngineError(
                "the rejects could not be written", where=str(self._path), remedy="Free disk space."
            ) from error
