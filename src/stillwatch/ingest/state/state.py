"""Keeps a state folder: reads each source once, and gives later scans the rows of all sources read so far.

::

    DIR/state.json             the terms under which the rows were made, and the first day that is kept
    DIR/seen.json              the stamps of the files that were read; only a cache, may be lost
    DIR/lock                   locked by the scan that uses the state
    DIR/sources/DIGEST/        a source by the digest of its content: source.json, files per day, its rejects
    DIR/incoming/              sources being read; one rename moves each to ``sources``

No file in the state names another folder, so the state can be moved. Delete the folder of a source to forget it.
"""

import contextlib
import fcntl
import itertools
import shutil
from collections import Counter
from collections.abc import Container, Iterator, Mapping, MutableSequence, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from stillwatch.engine import Engine, Frame
from stillwatch.errors import EngineError, InputError
from stillwatch.ingest.distributed_read import ReadPlan, locations_table, merged
from stillwatch.ingest.rows.outcomes.rejects import Rejects
from stillwatch.ingest.rows.outcomes.tallies import SourceTally
from stillwatch.ingest.sources.local.file_identity import IDENTITIES, identify, location_key, stamp
from stillwatch.ingest.sources.locations import FileLocation, Source
from stillwatch.ingest.state import retention
from stillwatch.ingest.state.committed_sources import (
    COMMITTED,
    CommittedSource,
    SourceCommitter,
    load,
    replace_file,
    save,
)
from stillwatch.ingest.state.terms import require_same, terms
from stillwatch.settings import Settings
from stillwatch.tables import REJECTS

__all__ = ["LogState"]

_REMEDY = "Check --state."
_SEEN = TypeAdapter(dict[str, tuple[str, str]])
_CHECKED = pa.schema([("digest", pa.string())])
_REJECTED = f"SELECT * FROM rejected ORDER BY {', '.join(REJECTS.names)}"


class _StateFile(BaseModel):
    """The content of ``state.json``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    made_with: dict[str, str]
    first_day: date | None = None


class LogState:
    """The state in *folder*, created if missing. A context manager that locks the folder against other scans."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder, self._settings = folder.absolute(), settings
        self._sources, self._incoming = self._folder / "sources", self._folder / "incoming"
        self._open = contextlib.ExitStack()
        self._held: dict[str, CommittedSource] = {}
        self._seen: dict[str, tuple[str, str]] = {}
        self._counts: Counter[str] = Counter()

    def __enter__(self) -> Self:
        with self._named_errors(), contextlib.ExitStack() as stack:
            self._require_state_or_empty()
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = stack.enter_context((self._folder / "lock").open("ab"))
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise EngineError(
                    "another scan is using this state",
                    where=str(self._folder),
                    remedy="Wait until that scan ends, or use another state.",
                ) from error
            self._sources.mkdir(exist_ok=True)
            shutil.rmtree(self._incoming, ignore_errors=True)  # left by an interrupted run
            self._incoming.mkdir()
            self._held = {}
            self._load_new()
            self._open = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    @property
    def counts(self) -> dict[str, int]:
        """Return the sources that the last :meth:`stage` ``read`` and ``knew``, and those ``held`` in the state."""
        return {"read": self._counts["read"], "knew": self._counts["knew"], "held": len(self._held)}

    @property
    def notes(self) -> dict[str, int]:
        """Return the number of rows that are no longer kept, as ``n_earlier``; empty where all rows are kept."""
        n_earlier = sum(source.n_dropped for source in self._held.values())
        return {"n_earlier": n_earlier} if n_earlier else {}

    def unread(self, sources: Sequence[Source]) -> list[Source]:
        """Return the *sources* that the state does not hold, judged by their stamps.

        Raises ``InputError`` where a file no longer exists.
        """
        return [source for source in sources if not self._is_known(source)]

    def stage(
        self,
        engine: Engine,
        sources: Sequence[Source],
        rejects: Rejects,
        plan: ReadPlan,
        *,
        notices: MutableSequence[str],
    ) -> tuple[Frame, list[SourceTally]]:
        """Read the new ones of *sources*; return the rows of all sources in the state, and what came of each source.

        The result equals ``distributed_read.stage`` over all these sources at once. Sources committed before an error
        stay in the state. Files of a folder that no format fits are not kept.

        Raises ``FormatError`` where no format fits any of *sources*, ``InputError`` where the state holds no source,
        ``SettingsError`` where the state was made under other terms, and ``EngineError`` where the state is damaged or
        cannot be written.
        """
        with self._named_errors():
            self._require_files(sources)
            before = self._begin(terms(self._settings, plan.transform, plan.schema))
            self._check(engine)
            earlier = set(self._held)
            left_out = [(counts, True) for counts in self._read_new(engine, sources, plan)]
            if not self._counts["read"] + self._counts["knew"]:
                merged(left_out, plan).require_fit()
            self._drop_old_days(before, notices)
        if not self._held:
            raise InputError("this state holds no log yet", where=str(self._folder), remedy="Name logs to scan.")
        held = [(self._sources / digest, source) for digest, source in sorted(self._held.items())]
        files = [folder / source.rejects.file for folder, source in held if source.rejects]
        for batch in engine.arrow(engine.query(_REJECTED, rejected=engine.read(files, REJECTS.schema))):
            rejects.add_batch(batch)
        reader = merged([*self._reader_counts(earlier), *left_out], plan)
        notices[:0] = reader.notices()
        days = [folder / file.file for folder, source in held for file in source.day_files]
        return engine.read(days, plan.schema), reader.tallies

    def _reader_counts(self, earlier: Container[str]) -> Iterator[tuple[str, bool]]:
        """Yield the readers' counts of each source (JSON), and whether its digest is not in *earlier*.

        They are ordered by name of the source, then by the counts.
        """
        by_name = sorted(self._held.items(), key=lambda item: (item[1].name, item[0]))
        for _, alike in itertools.groupby(by_name, key=lambda item: item[1].name):
            counts = [
                ((self._sources / digest / source.counted.file).read_text(encoding="utf-8"), digest not in earlier)
                for digest, source in alike
                if source.counted
            ]
            yield from sorted(counts)

    def _require_state_or_empty(self) -> None:
        if self._folder.exists() and not self._folder.is_dir():
            raise InputError("a state is a folder, and this is a file", where=str(self._folder), remedy=_REMEDY)
        if self._folder.is_dir() and not (self._folder / "state.json").exists():
            own = {"lock", "incoming", "state.json.new", "lost+found"}
            there = {path.name for path in self._folder.iterdir() if path.name not in own and path.name[0] != "."}
            # An interrupted first run leaves these files without state.json; such a folder holds no source.
            if there - {"sources"} or (there and any((self._folder / "sources").iterdir())):
                raise InputError("this folder is not a state and not empty", where=str(self._folder), remedy=_REMEDY)

    def _load_new(self) -> None:
        """Load the sources that were committed since the last call, and ``seen.json``."""
        new = (path for path in sorted(self._sources.iterdir()) if path.is_dir() and path.name not in self._held)
        self._held |= {path.name: load(path) for path in new}
        try:
            self._seen = _SEEN.validate_json((self._folder / "seen.json").read_bytes())
        except (OSError, ValidationError):  # only a cache
            self._seen = {}

    def _require_files(self, sources: Sequence[Source]) -> None:
        for source in sources:
            if source.database:
                raise InputError(
                    "a state cannot hold a database, because its old and new rows cannot be told apart",
                    where=source.name,
                    remedy="Export its new rows into a file every day, or scan it without --state.",
                )
            if source.location and not source.location.url and Path(source.location.path).is_relative_to(self._folder):
                raise InputError("this file is part of the state itself", where=source.name, remedy=_REMEDY)

    def _begin(self, now: Mapping[str, str]) -> _StateFile:
        """Return ``state.json``, created with the terms *now* where it is missing; raise where the terms differ."""
        path = self._folder / "state.json"
        if not path.exists():
            replace_file(path, _StateFile(made_with=dict(now)).model_dump_json(indent=1).encode())
        try:
            kept = _StateFile.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise EngineError(
                "this file of the state cannot be read", where=str(path), remedy="Restore it from a backup."
            ) from error
        require_same(kept.made_with, now, str(self._folder))
        return kept

    def _check(self, engine: Engine) -> None:
        """Raise ``EngineError`` where a file has changed since it was written: the scan would fail or be wrong."""
        held, sources = self._held, self._sources

        def checked(batch: pa.RecordBatch) -> pa.RecordBatch:
            for digest in batch.column("digest").to_pylist():
                held[digest].check(sources / digest)
            return batch

        engine.map(pa.table({"digest": sorted(held)}, schema=_CHECKED), checked, _CHECKED, apart=True)

    def _read_new(self, engine: Engine, found: Sequence[Source], plan: ReadPlan) -> list[str]:
        """Read and commit the new sources of *found*, and remember the stamps of all files.

        Return the readers' counts (JSON) of the files that no format fits.
        """
        committer = SourceCommitter(plan, self._incoming, self._sources)
        locations = [source.location for source in found if source.location and not self._is_known(source)]
        self._counts = Counter(knew=sum(source.location is not None for source in found) - len(locations))
        rows = (
            engine.arrow(engine.map(locations_table(locations), identify, IDENTITIES, apart=True))
            .read_all()
            .to_pylist()
        )
        new = {
            row["digest"]: row for row in sorted(rows, key=_by_name, reverse=True) if row["digest"] not in self._held
        }
        table = pa.Table.from_pylist(sorted(new.values(), key=_by_name), schema=IDENTITIES)
        done = engine.arrow(engine.map(table, committer.commit_files, COMMITTED, apart=True)).read_all()
        for source in found:
            if source.location is None:
                committer.commit_stream(source)
        before = len(self._held)
        self._load_new()
        self._counts["read"] = len(self._held) - before
        self._counts["knew"] += len(rows) - len(new)
        for row in rows:
            location = FileLocation(row["path"], row["url"], row["shown"])
            if row["stamp"]:
                self._seen[location_key(location)] = (row["stamp"], row["digest"])
        self._seen = {name: said for name, said in self._seen.items() if said[1] in self._held}
        replace_file(self._folder / "seen.json", orjson.dumps(self._seen, option=orjson.OPT_SORT_KEYS))
        return sorted(done.column("left_out").drop_null().to_pylist())

    def _is_known(self, source: Source) -> bool:
        location = source.location
        said, digest = self._seen.get(location_key(location), ("", "")) if location else ("", "")
        return bool(said) and digest in self._held and location is not None and stamp(location) == said

    def _drop_old_days(self, kept: _StateFile, notices: MutableSequence[str]) -> None:
        """Delete the days before the first day to keep, which never moves back."""
        keep_days = self._settings.state.keep_days
        days = {day for source in self._held.values() for day in (*source.days, *source.dropped)}
        first = max(filter(None, (kept.first_day, retention.first_kept_day(days, keep_days))), default=None)
        if first is not None and first != kept.first_day:
            text = kept.model_copy(update={"first_day": first}).model_dump_json(indent=1)
            replace_file(self._folder / "state.json", text.encode())
        for digest, source in self._held.items():
            left = source if first is None else source.since(first)
            if left is not source:
                save(self._sources / digest, left)
                self._held[digest] = load(self._sources / digest)
        if n_earlier := self.notes.get("n_earlier"):
            notices.append(f"{n_earlier:,} rows are left out: the state keeps days from {first} on.")
        if odd := retention.outlier(days, keep_days):
            notices.append(
                f"The state has rows of {odd}, more than {keep_days} days after all others. Check this date. "
                "No day was dropped because of it."
            )

    @contextlib.contextmanager
    def _named_errors(self) -> Iterator[None]:
        """Turn an error of the operating system into an ``EngineError`` that names the state."""
        try:
            yield
        except OSError as error:
            raise EngineError(
                f"the state cannot be used ({error.strerror or type(error).__name__})",
                where=str(self._folder),
                remedy="Check --state, and the free space and permissions there.",
            ) from error


def _by_name(row: Mapping[str, Any]) -> str:
    return str(row["shown"])
