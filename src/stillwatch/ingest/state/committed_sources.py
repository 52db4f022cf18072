"""One source in a state: read once, committed by one rename, and from then on a folder that says what it holds."""

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
from stillwatch.ingest.distributed_read import Reading
from stillwatch.ingest.rows.rejects import Rejects
from stillwatch.ingest.sources.file_identity import Digested, changed, stamp
from stillwatch.ingest.sources.locations import Place, Source, at
from stillwatch.ingest.state.day_parts import DayParts, Part, check, described, durable

__all__ = ["TAKEN", "Delivered", "Taking", "load", "replaced", "save"]

_MANIFEST = "source.json"
_REJECTS = "rejects.parquet"
_COUNTED = "counted.json"
TAKEN = pa.schema([("shown", pa.string())])


class _Rejects(Rejects):
    """Rejects that lie in the state, so that it is the state that cannot be written."""

    def _write(self, batch: pa.RecordBatch) -> None:
        try:
            super()._write(batch)
        except EngineError as error:
            if isinstance(error.__cause__, OSError):
                raise error.__cause__ from None
            raise


class Delivered(BaseModel):
    """What a state holds of one source: who it is, the parts with its rows by day, and what is no longer kept of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    digest: str
    size: int
    counted: Part | None
    rejects: Part | None
    days: dict[date, tuple[Part, ...]]
    dropped: dict[date, int] = {}
    dropped_rejects: int = 0

    @property
    def parts(self) -> list[Part]:
        """Return the parts with its rows."""
        return [part for parts in self.days.values() for part in parts]

    @property
    def files(self) -> list[Part]:
        """Return all files that it has beside its own description."""
        return [*self.parts, *(part for part in (self.counted, self.rejects) if part)]

    @property
    def n_dropped(self) -> int:
        """Return how many of its rows are no longer kept, rejects among them once none of its days is left."""
        return sum(self.dropped.values()) + self.dropped_rejects

    def since(self, first: date) -> "Delivered":
        """Return the source without its days before *first*; the last one takes its rejects and counts along."""
        gone = {day: sum(part.rows for part in parts) for day, parts in self.days.items() if day < first}
        if not gone:
            return self
        kept = {day: parts for day, parts in self.days.items() if day >= first}
        changes = {"days": kept, "dropped": dict(sorted({**self.dropped, **gone}.items()))}
        if kept:
            return self.model_copy(update=changes)
        lost = self.rejects.rows if self.rejects else 0
        return self.model_copy(update=changes | {"counted": None, "rejects": None, "dropped_rejects": lost})

    def check(self, folder: Path) -> None:
        """Raise ``EngineError`` where a part in *folder* is not as it was written."""
        for part in self.files:
            check(folder, part)


def load(folder: Path) -> Delivered:
    """Return the source in *folder* and remove what it does not name; raises ``EngineError`` where it is damaged."""
    path = folder / _MANIFEST
    try:
        found = Delivered.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise EngineError(
            "this part of the state cannot be read",
            where=str(path),
            remedy="Put it back from a backup, or delete its folder and deliver the file again.",
        ) from error
    named = {_MANIFEST, *(part.file for part in found.files)}
    for left in folder.iterdir():
        if left.name not in named:
            left.unlink()
    return found


def replaced(path: Path, text: bytes) -> None:
    """Write *text* to *path* at once: what was there stays until it is whole and on the disk."""
    part = path.with_name(path.name + ".new")
    with part.open("wb") as sink:
        sink.write(text)
        sink.flush()
        os.fsync(sink.fileno())
    part.replace(path)
    durable(path.parent)


def save(folder: Path, delivered: Delivered) -> None:
    """Replace what *folder* says it holds."""
    replaced(folder / _MANIFEST, delivered.model_dump_json(indent=1).encode())


@dataclass(frozen=True)
class Taking:
    """Reads sources as *reading* says and commits each into *sources* by one rename from *incoming*, beside it.

    It runs where the engine runs its work, may run twice for a source, and leaves the same.
    """

    reading: Reading
    incoming: Path
    sources: Path

    def files(self, batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        """Take the files of *batch* (schema ``identity.IDENTITIES``) and yield what they were called."""
        for row in batch.to_pylist():
            before, digest = row.pop("stamp"), row.pop("digest")
            place = Place(**row)
            self._take(at(place), digest, place=place, before=before)
            yield pa.RecordBatch.from_pylist([{"shown": place.shown}], schema=TAKEN)

    def stream(self, source: Source) -> None:
        """Take a source that has no identity but its content, which is known at its end."""
        self._take(source, "")

    def _take(self, source: Source, digest: str, *, place: Place | None = None, before: str = "") -> None:
        try:
            part = self.incoming / uuid.uuid4().hex
            part.mkdir()
            try:
                whole = Digested(source.open(), source.name) if not digest else None
                delivered = self._read(whole.source() if whole else source, part)
                if place is not None and stamp(place) != before:
                    raise changed(source)
                delivered = delivered.model_copy(update={"digest": whole.digest() if whole else digest})
                save(part, delivered)
                self._commit(part, delivered.digest)
            finally:
                shutil.rmtree(part, ignore_errors=True)
        except OSError as error:
            raise EngineError(
                f"cannot be added to the state in {self.sources.parent} ({error.strerror or type(error).__name__})",
                where=source.name,
                remedy="What was added before is kept. Check space and rights there, then scan again.",
            ) from error

    def _read(self, source: Source, folder: Path) -> Delivered:
        days = DayParts(folder, self.reading.schema)
        with _Rejects(folder / _REJECTS) as rejects:
            reader, batches = self.reading.begun(source, rejects)
            for batch in batches:
                days.add(batch)
            found = days.close()
        refused = described(folder / _REJECTS, rejects.count)
        if not refused.rows:
            (folder / _REJECTS).unlink()
        (folder / _COUNTED).write_bytes(orjson.dumps(reader.state()))
        return Delivered(
            name=source.name,
            digest="",
            size=source.size,
            counted=described(folder / _COUNTED, 1),
            rejects=refused if refused.rows else None,
            days=found,
        )

    def _commit(self, part: Path, digest: str) -> None:
        durable(part)
        place = self.sources / digest
        try:
            part.rename(place)
        except OSError:
            # Somebody has committed the same content meanwhile, such as a task that was run twice.
            if not place.is_dir():
                raise
        durable(self.sources)
