"""A folder in which days add up: every source is read once, and scans run over the parts of all of them.

::

    DIR/state.json             on what terms its rows were made, and the first day that is kept
    DIR/seen.json              which files were read, as their storage tells it; may be lost
    DIR/lock                   held by the scan that uses it
    DIR/sources/DIGEST/        a source by the digest of its content: source.json, a part per day, its rejects
    DIR/incoming/              what is being read, moved to ``sources`` by one rename

No file in it names another folder, so it can be moved; a source whose folder is deleted is forgotten.
"""

import contextlib
import fcntl
import itertools
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, MutableSequence, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from stillwatch.engine import Engine, Frame
from stillwatch.errors import EngineError, InputError
from stillwatch.ingest.distributed_read import Reading, listed, notices_of
from stillwatch.ingest.rows.rejects import Rejects
from stillwatch.ingest.sources.file_identity import IDENTITIES, identify, key, stamp
from stillwatch.ingest.sources.locations import Place, Source, expand
from stillwatch.ingest.state import retention
from stillwatch.ingest.state.committed_sources import TAKEN, Delivered, Taking, load, replaced, save
from stillwatch.ingest.state.terms import require_same, terms
from stillwatch.settings import Settings
from stillwatch.tables import REJECTS

__all__ = ["State"]

_REMEDY = "Check --state."
_SEEN = TypeAdapter(dict[str, tuple[str, str]])
_CHECKED = pa.schema([("digest", pa.string())])
_REJECTED = f"SELECT * FROM rejected ORDER BY {', '.join(REJECTS.names)}"


class _Terms(BaseModel):
    """What ``state.json`` holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    made_with: dict[str, str]
    first_day: date | None = None


class State:
    """The state in *folder*, made if missing; a context manager that lets nobody else use it meanwhile."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder, self._settings = folder.absolute(), settings
        self._sources, self._incoming = self._folder / "sources", self._folder / "incoming"
        self._open = contextlib.ExitStack()
        self._held: dict[str, Delivered] = {}
        self._seen: dict[str, tuple[str, str]] = {}
        self._counts: Counter[str] = Counter()

    def __enter__(self) -> Self:
        with self._told(), contextlib.ExitStack() as stack:
            self._require_state_or_nothing()
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = stack.enter_context((self._folder / "lock").open("ab"))
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise EngineError(
                    "another scan is using this state",
                    where=str(self._folder),
                    remedy="Wait until it is done, or use another state.",
                ) from error
            self._sources.mkdir(exist_ok=True)
            shutil.rmtree(self._incoming, ignore_errors=True)  # of a run that was ended
            self._incoming.mkdir()
            self._held = {}
            self._look()
            self._open = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    @property
    def counts(self) -> dict[str, int]:
        """Return how many sources the last :meth:`stage` ``read``, how many it ``knew``, and how many are ``held``."""
        return {"read": self._counts["read"], "knew": self._counts["knew"], "held": len(self._held)}

    @property
    def notes(self) -> dict[str, int]:
        """Return what the summary of a scan says of rows that are no longer kept; nothing where all are."""
        n_earlier = sum(source.n_dropped for source in self._held.values())
        return {"n_earlier": n_earlier} if n_earlier else {}

    def size_of(self, sources: Sequence[str]) -> int:
        """Return the bytes of those of *sources* that are to be read; 0 where one of them does not say."""
        sizes = [source.size for source in expand(sources) if not self._is_known(source)]
        return sum(sizes) if all(sizes) else 0

    def stage(
        self,
        engine: Engine,
        sources: Sequence[str],
        rejects: Rejects,
        reading: Reading,
        *,
        notices: MutableSequence[str],
    ) -> Frame:
        """Return the rows of all that was ever delivered, after reading those of *sources* that are new.

        The same as ``distributed_read.stage`` over all of them at once. Raises ``InputError`` where nothing was
        delivered yet, ``SettingsError`` where the state was made on other terms, and ``EngineError`` where it is
        damaged or cannot be written; what was committed before stays.
        """
        with self._told():
            found = self._readable(sources)
            before = self._begin(terms(self._settings, reading.made, reading.schema))
            self._check(engine)
            self._take(engine, found, reading)
            self._drop(before, notices)
        if not self._held:
            raise InputError("this state holds no log yet", where=str(self._folder), remedy="Name logs to scan.")
        held = [(self._sources / digest, source) for digest, source in sorted(self._held.items())]
        refused = [folder / source.rejects.file for folder, source in held if source.rejects]
        for batch in engine.arrow(engine.query(_REJECTED, rejected=engine.read(refused, REJECTS.schema))):
            rejects.add_batch(batch)
        notices[:0] = notices_of(self._counted(), reading.settings)
        return engine.read([folder / part.file for folder, source in held for part in source.parts], reading.schema)

    def _counted(self) -> Iterator[str]:
        """Yield what readers counted in each source, in the order of names and, of one name, of what was counted."""
        by_name = sorted(self._held.items(), key=lambda item: (item[1].name, item[0]))
        for _, alike in itertools.groupby(by_name, key=lambda item: item[1].name):
            files = [self._sources / digest / source.counted.file for digest, source in alike if source.counted]
            yield from sorted(file.read_text(encoding="utf-8") for file in files)

    def _require_state_or_nothing(self) -> None:
        if self._folder.exists() and not self._folder.is_dir():
            raise InputError("a state is a folder, and this is a file", where=str(self._folder), remedy=_REMEDY)
        if self._folder.is_dir() and not (self._folder / "state.json").exists():
            own = {"lock", "incoming", "state.json.new", "lost+found"}
            there = {path.name for path in self._folder.iterdir() if path.name not in own and path.name[0] != "."}
            # A state that was begun and ended before it said what it is holds nothing.
            if there - {"sources"} or (there and any((self._folder / "sources").iterdir())):
                raise InputError("this folder is no state, and not empty", where=str(self._folder), remedy=_REMEDY)

    def _look(self) -> None:
        """Look at what was committed since the last look."""
        new = (path for path in sorted(self._sources.iterdir()) if path.is_dir() and path.name not in self._held)
        self._held |= {path.name: load(path) for path in new}
        try:
            self._seen = _SEEN.validate_json((self._folder / "seen.json").read_bytes())
        except (OSError, ValidationError):  # no more than a shortcut
            self._seen = {}

    def _readable(self, sources: Sequence[str]) -> list[Source]:
        found = expand(sources)
        for source in found:
            if source.database:
                raise InputError(
                    "a database cannot be told from what it was yesterday, so that a state cannot hold it",
                    where=source.name,
                    remedy="Export its new rows into a file every day, or scan it without --state.",
                )
            if source.place and not source.place.url and Path(source.place.path).is_relative_to(self._folder):
                raise InputError("this file is part of the state itself", where=source.name, remedy=_REMEDY)
        return found

    def _begin(self, now: Mapping[str, str]) -> _Terms:
        """Return what the state says of itself; a new one says that it is made on the terms of *now*."""
        path = self._folder / "state.json"
        if not path.exists():
            replaced(path, _Terms(made_with=dict(now)).model_dump_json(indent=1).encode())
        try:
            kept = _Terms.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise EngineError(
                "this part of the state cannot be read", where=str(path), remedy="Put it back from a backup."
            ) from error
        require_same(kept.made_with, now, str(self._folder))
        return kept

    def _check(self, engine: Engine) -> None:
        """Raise where a part is not what it was; a scan would fail in its middle, or be wrong."""
        held, sources = self._held, self._sources

        def checked(batch: pa.RecordBatch) -> pa.RecordBatch:
            for digest in batch.column("digest").to_pylist():
                held[digest].check(sources / digest)
            return batch

        engine.map(pa.table({"digest": sorted(held)}, schema=_CHECKED), checked, _CHECKED, apart=True)

    def _take(self, engine: Engine, found: Sequence[Source], reading: Reading) -> None:
        """Read what is new of *found* and remember what all of it was."""
        taking = Taking(reading, self._incoming, self._sources)
        places = [source.place for source in found if source.place and not self._is_known(source)]
        self._counts = Counter(knew=sum(source.place is not None for source in found) - len(places))
        rows = engine.arrow(engine.map(listed(places), identify, IDENTITIES, apart=True)).read_all().to_pylist()
        new = {
            row["digest"]: row for row in sorted(rows, key=_by_name, reverse=True) if row["digest"] not in self._held
        }
        table = pa.Table.from_pylist(sorted(new.values(), key=_by_name), schema=IDENTITIES)
        engine.arrow(engine.map(table, taking.files, TAKEN, apart=True)).read_all()
        for source in found:
            if source.place is None:
                taking.stream(source)
        before = len(self._held)
        self._look()
        self._counts["read"] = len(self._held) - before
        self._counts["knew"] += len(rows) - len(new)
        for row in rows:
            place = Place(row["path"], row["url"], row["shown"])
            if row["stamp"]:
                self._seen[key(place)] = (row["stamp"], row["digest"])
        self._seen = {name: said for name, said in self._seen.items() if said[1] in self._held}
        replaced(self._folder / "seen.json", orjson.dumps(self._seen, option=orjson.OPT_SORT_KEYS))

    def _is_known(self, source: Source) -> bool:
        place = source.place
        said, digest = self._seen.get(key(place), ("", "")) if place else ("", "")
        return bool(said) and digest in self._held and place is not None and stamp(place) == said

    def _drop(self, kept: _Terms, notices: MutableSequence[str]) -> None:
        """Drop the days before the horizon, which never moves back."""
        keep_days = self._settings.state.keep_days
        days = {day for source in self._held.values() for day in (*source.days, *source.dropped)}
        first = max(filter(None, (kept.first_day, retention.horizon(days, keep_days))), default=None)
        if first is not None and first != kept.first_day:
            text = kept.model_copy(update={"first_day": first}).model_dump_json(indent=1)
            replaced(self._folder / "state.json", text.encode())
        for digest, source in self._held.items():
            left = source if first is None else source.since(first)
            if left is not source:
                save(self._sources / digest, left)
                self._held[digest] = load(self._sources / digest)
        if n_earlier := self.notes.get("n_earlier"):
            notices.append(f"{n_earlier:,} rows are not looked at: the state keeps days from {first} on.")
        if odd := retention.ahead(days, keep_days):
            notices.append(
                f"The state has rows of {odd}, more than {keep_days} days after all others: is the date right? "
                "No day was dropped for them."
            )

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Make an error of the operating system one that names the state."""
        try:
            yield
        except OSError as error:
            raise EngineError(
                f"the state cannot be used ({error.strerror or type(error).__name__})",
                where=str(self._folder),
                remedy="Check --state, and the space and rights there.",
            ) from error


def _by_name(row: Mapping[str, Any]) -> str:
    return str(row["shown"])
