"""A state gives what reading all of its files at once gives, and every trouble has its sentence."""

import contextlib
import fcntl
import importlib
import io
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest

from stillwatch import features, ingest
from stillwatch.engine import DuckDBEngine, Engine
from stillwatch.errors import EngineError, FormatError, InputError, SettingsError
from stillwatch.ingest.rows.reader import Reader
from stillwatch.ingest.state import state as state_module
from stillwatch.settings import Settings, load
from stillwatch.tables import SKETCHED


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with DuckDBEngine(tmp_path_factory.mktemp("engine"), threads=2) as made:
        yield made


@pytest.fixture
def staging(tmp_path: Path) -> Callable[..., Any]:
    """Return a function that reads sources on an engine and says all that came of it."""

    def staging(
        engine: Engine, *sources: Any, state: Path | None = None, settings: Settings | None = None, **options: Any
    ) -> Any:
        settings = settings or Settings()
        kept = ingest.LogState(state, settings).__enter__() if state else None
        notices: list[str] = []
        try:
            with ingest.Rejects(tmp_path / "staged.rejects.parquet") as rejects:
                frame = ingest.stage(
                    engine, ingest.expand([str(source) for source in sources]), rejects, settings=settings.ingest, notices=notices,
                    transform=features.sketcher(settings.features), schema=SKETCHED.schema, state=kept, **options,
                )  # fmt: skip
                rows = engine.arrow(frame).read_all().to_pylist()
        finally:
            if kept:
                kept.__exit__(None, None, None)
        refused = (tmp_path / "staged.rejects.parquet").read_bytes()
        notes, counts = (kept.notes, kept.counts) if kept else ({}, {})
        rows.sort(key=lambda row: (row["source"], row["position"], row["exchange_id"]))
        return SimpleNamespace(rows=rows, rejects=refused, notices=notices, notes=notes, counts=counts)

    return staging


@pytest.fixture
def staged(staging: Callable[..., Any], engine: Engine) -> Callable[..., Any]:
    return partial(staging, engine)


def _same(one: Any, other: Any) -> None:
    assert one.rows == other.rows
    assert one.rejects == other.rejects
    assert one.notices == other.notices


@pytest.fixture
def files(tmp_path: Path, exchange: Callable[..., dict[str, Any]]) -> list[Path]:
    """Four days, of which the last comes with an old row, a broken one, and rows of the first once more."""
    found = []
    for day in range(1, 5):
        lines = [
            orjson.dumps(
                exchange(
                    100 * day + i, at=f"2026-03-0{day}T{i % 24:02}:00:00Z", client_ip="203.0.113.9" if i % 4 else None
                )
            )
            for i in range(30)
        ]
        lines += [b"not json", orjson.dumps({"at": "soon"})]
        if day == 4:
            lines += [orjson.dumps(exchange(7, at="2026-03-01T05:00:00Z"))]
            lines += [orjson.dumps(exchange(100 + i, at="2026-03-01T05:00:00Z")) for i in range(3)]
        found.append(tmp_path / f"day-{day}.jsonl")
        found[-1].write_bytes(b"\n".join(lines) + b"\n")
    return found


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of sources that are read from here on."""
    names: list[str] = []
    real = Reader.batches

    def batches(self: Reader, sources: Any) -> Any:
        names.extend(source.name for source in sources)
        return real(self, sources)

    monkeypatch.setattr(Reader, "batches", batches)
    return names


def test_days_add_up_in_any_order(staged: Callable[..., Any], files: list[Path], tmp_path: Path) -> None:
    batch = staged(*files)
    assert len(batch.notices) == 1
    for name, order in (("a", [[0], [1], [2], [3]]), ("b", [[3, 1], [0], [2]]), ("c", [[2], [0, 1, 2, 3]])):
        found = [staged(*(files[i] for i in some), state=tmp_path / name) for some in order]
        _same(found[-1], batch)
        assert found[-1].counts["held"] == 4
    assert len(found[0].rows) == 30


def test_what_was_read_is_recognised_and_not_read_again(
    staged: Callable[..., Any], files: list[Path], tmp_path: Path, unread: list[str]
) -> None:
    first = staged(*files[:2], state=tmp_path / "state")
    assert first.counts == {"read": 2, "knew": 0, "held": 2}
    assert len(unread) == 2
    again = staged(*files[:3], state=tmp_path / "state")
    assert again.counts == {"read": 1, "knew": 2, "held": 3}
    assert unread[2:] == [str(files[2])]
    copy = tmp_path / "delivered-again.jsonl"
    copy.write_bytes(files[0].read_bytes())
    other = staged(copy, copy.name and files[1], state=tmp_path / "state")
    assert other.counts == {"read": 0, "knew": 2, "held": 3}
    _same(other, again)
    _same(staged(state=tmp_path / "state"), again)
    assert len(unread) == 3


def test_files_of_one_content_are_read_once(
    staged: Callable[..., Any], files: list[Path], tmp_path: Path, unread: list[str]
) -> None:
    copy = tmp_path / "a-copy.jsonl"
    copy.write_bytes(files[0].read_bytes())
    found = staged(files[0], copy, state=tmp_path / "state")
    assert (found.counts, unread) == ({"read": 1, "knew": 1, "held": 1}, [str(copy)])


def test_a_lost_list_of_what_was_seen_costs_a_look_at_the_files_and_no_more(
    staged: Callable[..., Any], files: list[Path], tmp_path: Path, unread: list[str]
) -> None:
    first = staged(*files, state=tmp_path / "state")
    for broken in (None, b"", b"[]", b"{}", b'{"a": 3}'):
        (tmp_path / "state" / "seen.json").unlink()
        if broken is not None:
            (tmp_path / "state" / "seen.json").write_bytes(broken)
        _same(staged(*files, state=tmp_path / "state"), first)
    assert len(unread) == 4


def test_a_source_whose_folder_is_deleted_is_forgotten_and_can_be_read_again(
    staged: Callable[..., Any], files: list[Path], tmp_path: Path
) -> None:
    whole = staged(*files[:2], state=tmp_path / "state")
    (folder,) = [
        path for path in (tmp_path / "state" / "sources").iterdir()
        if json.loads((path / "source.json").read_text())["name"] == str(files[0])
    ]  # fmt: skip
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    assert len(staged(state=tmp_path / "state").rows) == 30
    _same(staged(files[0], state=tmp_path / "state"), whole)


def test_the_same_name_with_other_content_is_another_file(
    staged: Callable[..., Any], files: list[Path], tmp_path: Path
) -> None:
    """As with logs that are rotated: yesterday's log had the name that today's has."""
    log = tmp_path / "access.jsonl"
    for day in files[:2]:
        log.write_bytes(day.read_bytes())
        found = staged(log, state=tmp_path / "state")
    assert (len(found.rows), found.counts["held"]) == (60, 2)


def test_a_stream_is_known_by_its_content(
    staged: Callable[..., Any], files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def piped() -> None:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(files[3].read_bytes())))

    piped()
    batch = staged(files[0], "-")
    for _ in range(2):
        piped()
        found = staged("-", files[0], state=tmp_path / "state")
        _same(found, batch)
    assert found.counts["held"] == 2
    assert staged(files[3], state=tmp_path / "state").counts == {"read": 0, "knew": 1, "held": 2}


def test_a_database_is_refused(staged: Callable[..., Any], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a state cannot hold a database") as error:
        staged("postgresql://me:secret@host/db", state=tmp_path / "state")
    assert "secret" not in str(error.value)


def test_files_of_the_state_are_no_logs(staged: Callable[..., Any], files: list[Path], tmp_path: Path) -> None:
    staged(files[0], state=tmp_path / "logs" / "state")
    with pytest.raises(InputError, match="part of the state itself"):
        staged(tmp_path / "logs", state=tmp_path / "logs" / "state")


def test_a_folder_that_is_no_state_is_left_alone(staged: Callable[..., Any], files: list[Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"day-1\.jsonl: a state is a folder, and this is a file"):
        staged(files[1], state=files[0])
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.doc").write_text("years of work")
    with pytest.raises(InputError, match="not a state and not empty"):
        staged(files[1], state=tmp_path / "other")
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["thesis.doc"]
    with pytest.raises(EngineError, match="the state cannot be used"):
        staged(files[1], state=files[0] / "below")
    with pytest.raises(EngineError, match=r"/proc/.* cannot be used"):
        staged(files[1], state=Path("/proc/state"))


def test_an_empty_state_says_that_it_holds_nothing(
    staged: Callable[..., Any], files: list[Path], tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="holds no log yet"):
        staged(state=tmp_path / "state")
    assert staged(files[0], state=tmp_path / "state").counts["held"] == 1, "nor is it in the way of one"


def test_a_second_scan_is_refused_while_one_is_at_work(
    staged: Callable[..., Any], files: list[Path], tmp_path: Path
) -> None:
    first = staged(files[0], state=tmp_path / "state")
    holder = subprocess.Popen(
        [sys.executable, "-c",
         "import fcntl, sys; f = open(sys.argv[1]); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); input()",
         tmp_path / "state" / "lock"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout
    holder.stdout.readline()
    (tmp_path / "state" / "incoming" / "being-read").mkdir()
    with pytest.raises(EngineError, match="another scan is using this state"):
        staged(files[1], state=tmp_path / "state")
    assert (tmp_path / "state" / "incoming" / "being-read").exists(), "what the other one is reading stays"
    holder.kill()
    holder.communicate()
    _same(staged(state=tmp_path / "state"), first)
    assert not (tmp_path / "state" / "incoming" / "being-read").exists()


def test_the_lock_is_given_back(files: list[Path], tmp_path: Path) -> None:
    with (
        ingest.LogState(tmp_path / "state", Settings()),
        (tmp_path / "state" / "lock").open() as lock,
        pytest.raises(BlockingIOError),
    ):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with (tmp_path / "state" / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_other_keys_are_refused_and_never_written(
    staged: Callable[..., Any], files: list[Path], tmp_path: Path
) -> None:
    keyed = load(environment={}, ingest__identifier_key="key-of-ours-here", features__sketch_key="other-key-of-ours")
    staged(files[0], state=tmp_path / "state", settings=keyed)
    for path in (tmp_path / "state").rglob("*"):
        if path.is_file():
            for word in (b"key-of-ours", b"203.0.113.9", b"acct-1", b"question"):
                assert word not in path.read_bytes(), f"{word!r} in {path.name}"
    with pytest.raises(
        SettingsError, match=r"another features\.sketch_key and another ingest\.identifier_key"
    ) as error:
        staged(files[1], state=tmp_path / "state")
    assert "of-ours" not in str(error.value)
    assert len(staged(state=tmp_path / "state", settings=keyed).rows) == 30


@pytest.mark.parametrize("damage", ["flip", "cut", "gone"])
@pytest.mark.parametrize("pattern", ["*.000.parquet", "rejects.parquet", "counted.json"])
def test_a_damaged_part_is_named_before_a_log_is_read(
    staged: Callable[..., Any], files: list[Path], tmp_path: Path, unread: list[str], damage: str, pattern: str
) -> None:
    staged(files[0], state=tmp_path / "state")
    (part,) = (tmp_path / "state").rglob(pattern)
    data = bytearray(part.read_bytes())
    if damage == "flip":
        data[len(data) // 2] ^= 4
    part.write_bytes(data[: len(data) // 2] if damage == "cut" else data)
    if damage == "gone":
        part.unlink()
    with pytest.raises(EngineError, match=rf"{part.name}: this file of the state"):
        staged(files[1], state=tmp_path / "state")
    assert unread == [str(files[0])]


@pytest.mark.parametrize("text", ["", "{}", '{"made_with": 3}'])
def test_a_damaged_state_file_is_named(
    staged: Callable[..., Any], files: list[Path], tmp_path: Path, text: str
) -> None:
    staged(files[0], state=tmp_path / "state")
    (tmp_path / "state" / "state.json").write_text(text)
    with pytest.raises(EngineError, match=r"state\.json: this file of the state cannot be read"):
        staged(files[1], state=tmp_path / "state")
    (tmp_path / "state" / "state.json").unlink()
    with pytest.raises(InputError, match="not a state and not empty"):
        staged(files[1], state=tmp_path / "state")


def test_files_before_one_that_cannot_be_read_are_kept(
    staged: Callable[..., Any], files: list[Path], tmp_path: Path, unread: list[str]
) -> None:
    (tmp_path / "zz.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(InputError, match=r"zz\.parquet: not a whole Parquet file"):
        staged(files[0], tmp_path / "zz.parquet", state=tmp_path / "state")
    found = staged(files[0], state=tmp_path / "state")
    assert (found.counts["held"], len(unread)) == (1, 2)


@pytest.mark.spark
def test_a_state_is_the_same_on_a_cluster(
    spark_cluster: Any, staging: Callable[..., Any], engine: Engine, files: list[Path], tmp_path: Path
) -> None:
    """What either engine has read the other goes on with; files are read, and committed, where executors run."""
    batch = staging(engine, *files)
    spark = importlib.import_module("stillwatch.engine.spark").SparkEngine(tmp_path / "work")
    with spark as cluster:
        staging(cluster, files[2], files[3], state=tmp_path / "state")
        staging(engine, files[1], state=tmp_path / "state")
        _same(staging(cluster, *files, state=tmp_path / "state"), batch)
        _same(staging(engine, state=tmp_path / "state"), batch)
        (tmp_path / "zz.parquet").write_bytes(b"PAR1 and then nothing")
        with pytest.raises(InputError, match=r"zz\.parquet: not a whole Parquet file"):
            staging(cluster, tmp_path / "zz.parquet", state=tmp_path / "state")
        (part, *_) = (tmp_path / "state").rglob("2026-03-02.000.parquet")
        part.write_bytes(b"")
        with pytest.raises(EngineError, match=r"2026-03-02\.000\.parquet: this file of the state is damaged"):
            staging(cluster, state=tmp_path / "state")


class _Ended(BaseException):
    """The process is no more: nothing that would still be done is done."""


@contextlib.contextmanager
def _ending(step: int, state: Path) -> Iterator[list[int]]:
    """End what is inside before its *step*-th step that would change what the disk holds of *state* (0: never)."""
    taken = [0]

    def guarded(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            ours = isinstance(given[0], int) or Path(given[0]).is_relative_to(state)
            taken[0] += ours
            if ours and 0 < step <= taken[0]:
                raise _Ended
            return real(*given, **named)

        return call

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", guarded(os.fsync))
        patch.setattr(shutil, "rmtree", guarded(shutil.rmtree))
        for name in ("mkdir", "rename", "replace", "unlink"):
            patch.setattr(Path, name, guarded(getattr(Path, name)))
        yield taken


def _tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_ended_before_any_step_to_the_disk_it_goes_on(
    staged: Callable[..., Any], files: list[Path], tmp_path: Path
) -> None:
    """A first run of two files, then one of two more that also drops days; each ended before each of its steps."""
    runs = [(files[1:3], load(environment={})), (files[::3], load(environment={}, state__keep_days=1))]
    begun, n_ended = None, 0
    for some, settings in runs:
        state = tmp_path / "whole"
        with _ending(0, state) as taken:
            whole = staged(*some, state=state, settings=settings)
        expected = _tree(state)
        assert taken[0] > 20
        for step in range(1, taken[0] + 1):
            ended = tmp_path / "ended"
            if begun is not None:
                shutil.copytree(begun, ended)
            with pytest.raises(_Ended), _ending(step, ended):
                staged(*some, state=ended, settings=settings)
            _same(staged(*some, state=ended, settings=settings), whole)
            assert _tree(ended) == expected, step
            shutil.rmtree(ended)
            n_ended += 1
        begun = tmp_path / "begun"
        shutil.copytree(state, begun, dirs_exist_ok=True)
    assert n_ended > 40


def test_a_full_disk_leaves_what_was_committed(staged: Callable[..., Any], files: list[Path], tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    if (
        os.geteuid()
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=192k", "tmpfs", state], check=False).returncode
    ):
        pytest.skip("a small disk can be had by root alone")
    try:
        first = staged(files[0], state=state)
        before = _tree(state)
        big = tmp_path / "big.jsonl"
        words = random.Random(7)
        rows = [
            {"exchange_id": f"b{i}", "at": "2026-03-09T00:00:00Z", "account_id": f"b{i}", "model": "m", "status": "ok",
             "prompt": " ".join(str(words.random()) for _ in range(30))} for i in range(2000)
        ]  # fmt: skip
        big.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
        with pytest.raises(EngineError, match=r"big\.jsonl: cannot be added to the state .*No space left on device"):
            staged(big, state=state)
        assert _tree(state) == before
        _same(staged(state=state), first)
    finally:
        subprocess.run(["umount", "-l", state], check=True)


# -- days that are dropped --------------------------------------------------------------------------------------------


def _keeping(days: int) -> Settings:
    return load(environment={}, state__keep_days=days)


def test_old_days_are_dropped_for_good(staged: Callable[..., Any], files: list[Path], tmp_path: Path) -> None:
    whole = staged(*files)
    for name, order in (("a", [[0, 1, 2, 3]]), ("b", [[0], [1], [2], [3]]), ("c", [[3], [2], [1], [0]])):
        for some in order:
            found = staged(*(files[i] for i in some), state=tmp_path / name, settings=_keeping(1))
        assert [row["at"].day for row in found.rows] == [3] * 30 + [4] * 30
        n_rejects = pq.read_metadata(tmp_path / "staged.rejects.parquet").num_rows
        assert (n_rejects, found.notes) == (4, {"n_earlier": 68})
        assert len(found.rows) + n_rejects + found.notes["n_earlier"] == len(whole.rows) + 8, "rows in"
        assert found.notices[-1] == "68 rows are left out: the state keeps days from 2026-03-03 on."
        (tmp_path / "staged.rejects.parquet").replace(tmp_path / f"{name}.rejects")
    assert len({(tmp_path / f"{name}.rejects").read_bytes() for name in "abc"}) == 1
    assert not list((tmp_path / "a" / "sources").rglob("2026-03-0[12]*"))
    for keep in (0, 9, 1):
        again = staged(files[0], state=tmp_path / "a", settings=_keeping(keep))
        _same(again, found)
        assert again.notes == found.notes
    assert again.counts["knew"] == 1


def test_a_late_file_of_dropped_days_counts_and_is_not_kept(
    staged: Callable[..., Any], files: list[Path], tmp_path: Path
) -> None:
    staged(*files[1:], state=tmp_path / "state", settings=_keeping(1))
    found = staged(files[0], state=tmp_path / "state", settings=_keeping(1))
    assert len(found.rows) == 60
    assert found.notes == {"n_earlier": 68}


def test_one_wrong_date_drops_nothing_and_is_told(
    staged: Callable[..., Any], files: list[Path], tmp_path: Path, exchange: Callable[..., dict[str, Any]]
) -> None:
    files[0].write_bytes(orjson.dumps(exchange(1, at="2099-12-31T00:00:00Z")) + b"\n" + files[0].read_bytes())
    found = staged(*files, state=tmp_path / "state", settings=_keeping(30))
    assert (len(found.rows), found.notes) == (125, {})
    assert "rows of 2099-12-31, more than 30 days after all others" in found.notices[-1]


def test_dropping_that_was_ended_half_way_goes_on(
    staged: Callable[..., Any], files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = staged(*files, state=tmp_path / "whole", settings=_keeping(1))
    staged(*files, state=tmp_path / "state")
    real, calls = state_module.save, []

    def ending(folder: Path, left: Any) -> None:
        calls.append(folder)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(folder, left)

    monkeypatch.setattr(state_module, "save", ending)
    with pytest.raises(KeyboardInterrupt):
        staged(state=tmp_path / "state", settings=_keeping(1))
    monkeypatch.undo()
    found = staged(state=tmp_path / "state", settings=_keeping(0))
    _same(found, expected)
    assert found.notes == expected.notes


def test_what_fits_no_format_is_named_each_time_and_not_kept(
    staged: Callable[..., Any], files: list[Path], tmp_path: Path, exchange: Callable[..., dict[str, Any]]
) -> None:
    folder, state = tmp_path / "logs", tmp_path / "state"
    folder.mkdir()
    odd = folder / "day-1.jsonl"
    odd.write_text("# still to come\n")
    with pytest.raises(FormatError, match=r"day-1\.jsonl"):
        staged(folder, state=state)
    (folder / "day-2.jsonl").write_bytes(files[1].read_bytes())
    for _ in range(2):
        found = staged(folder, state=state)
        assert found.counts["held"] == 1
        assert f"no log format fits: {odd}." in found.notices[-1]
    odd.write_bytes(files[0].read_bytes())
    whole = staged(folder, state=state)
    assert whole.counts == {"read": 1, "knew": 1, "held": 2}
    assert not any("no log format fits" in notice for notice in whole.notices)
    _same(whole, staged(folder))


def test_a_day_that_gave_nothing_is_new_once_and_named_as_long_as_it_is_held(
    engine: Engine, files: list[Path], tmp_path: Path
) -> None:
    settings, bad = Settings(), tmp_path / "day-5.jsonl"
    bad.write_text('{"at": 1}\n' * 4)
    for named, n_new in ((files, 4), ([*files, bad], 1), ([], 0)):
        notices: list[str] = []
        tallies: list[ingest.SourceTally] = []
        with (
            ingest.LogState(tmp_path / "state", settings) as state,
            ingest.Rejects(tmp_path / "rejects.parquet") as rejects,
        ):
            ingest.stage(
                engine, ingest.expand([str(path) for path in named]), rejects, format="canonical_jsonl",
                settings=settings.ingest, notices=notices, tallies=tallies, schema=SKETCHED.schema, state=state,
                transform=features.sketcher(settings.features),
            )  # fmt: skip
        assert sum(tally.is_new for tally in tallies) == n_new
    assert f"1 source of 5 gave few or no exchanges: {bad} (0 of 4 rows)." in notices
