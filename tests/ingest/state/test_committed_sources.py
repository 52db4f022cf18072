import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch import ingest
from stillwatch.errors import EngineError, InputError
from stillwatch.ingest.distributed_read import ReadPlan, locations_table
from stillwatch.ingest.sources.local.file_identity import IDENTITIES, identify
from stillwatch.ingest.sources.locations import FileLocation
from stillwatch.ingest.state import committed_sources, day_files
from stillwatch.ingest.state.committed_sources import CommittedSource, SourceCommitter, load, replace_file, save
from stillwatch.settings import IngestSettings
from stillwatch.tables import STAGED


@pytest.fixture
def committer(tmp_path: Path) -> SourceCommitter:
    for name in ("incoming", "sources"):
        (tmp_path / "state" / name).mkdir(parents=True)
    reading = ReadPlan(ingest.known_formats(), None, IngestSettings(), lambda batch: batch, STAGED.schema, 1)
    return SourceCommitter(reading, tmp_path / "state" / "incoming", tmp_path / "state" / "sources")


@pytest.fixture
def days(log: Callable[..., Path], exchange: Callable[..., dict[str, Any]]) -> Path:
    rows = [exchange(i, at=f"2026-03-0{1 + i % 3}T10:00:00Z") for i in range(30)]
    return log(*rows, b"no json", b"{}")


def _identified(*paths: Path) -> pa.RecordBatch:
    (batch,) = locations_table([FileLocation(str(path), "", path.name) for path in paths]).to_batches()
    return pa.Table.from_batches(list(identify(batch)), IDENTITIES).combine_chunks().to_batches()[0]


def _taken(committer: SourceCommitter, path: Path) -> tuple[Path, CommittedSource]:
    known = set(committer.sources.iterdir())
    list(committer.commit_files(_identified(path)))
    (folder,) = set(committer.sources.iterdir()) - known
    return folder, load(folder)


def test_a_source_is_a_folder_that_says_what_it_holds(committer: SourceCommitter, days: Path) -> None:
    folder, found = _taken(committer, days)
    assert (found.name, found.size, found.digest) == ("log.jsonl", days.stat().st_size, folder.name)
    assert {str(day): sum(p.rows for p in held) for day, held in found.days.items()} == {
        "2026-03-01": 10, "2026-03-02": 10, "2026-03-03": 10,
    }  # fmt: skip
    assert found.rejects
    assert found.rejects.rows == 2
    rejects = pq.read_table(folder / found.rejects.file).to_pylist()
    assert [(row["source"], row["position"]) for row in rejects] == [("log.jsonl", 31), ("log.jsonl", 32)]
    rows = [row for part in found.day_files for row in pq.ParquetFile(folder / part.file).read().to_pylist()]
    assert sorted(row["exchange_id"] for row in rows) == sorted(f"x-{i}" for i in range(30))
    assert found.counted
    counted = json.loads((folder / found.counted.file).read_bytes())
    assert counted["addresses"] == {"rows": 0, "inside": 0, "counts": {}}
    (tally,) = counted["tallies"]
    assert (tally["source"], tally["n_exchanges"], len(tally["reasons"])) == ("log.jsonl", 30, 2)
    assert {path.name for path in folder.iterdir()} == {"source.json", *(part.file for part in found.files)}
    assert not list(committer.incoming.iterdir())


def test_taking_it_twice_leaves_the_same(committer: SourceCommitter, days: Path) -> None:
    folder, _ = _taken(committer, days)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    list(committer.commit_files(_identified(days)))
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert not list(committer.incoming.iterdir())


def test_a_source_without_rejects_or_rows_is_whole(committer: SourceCommitter, log: Callable[..., Path]) -> None:
    folder, found = _taken(committer, log())
    assert (found.days, found.rejects, found.n_dropped) == ({}, None, 0)
    assert sorted(path.name for path in folder.iterdir()) == ["counted.json", "source.json"]


def test_a_file_that_changes_while_it_is_read_is_not_kept(
    committer: SourceCommitter, days: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    identified = _identified(days)
    real = day_files.DayFileWriter.close

    def closing(self: day_files.DayFileWriter) -> Any:
        with days.open("ab") as sink:
            sink.write(b"more\n")
        return real(self)

    monkeypatch.setattr(day_files.DayFileWriter, "close", closing)
    with pytest.raises(InputError, match=r"log\.jsonl: the file changed while it was read"):
        list(committer.commit_files(identified))
    assert not [*committer.sources.iterdir(), *committer.incoming.iterdir()]


def test_a_file_that_changed_since_it_was_looked_at_is_not_kept(committer: SourceCommitter, days: Path) -> None:
    identified = _identified(days)
    days.write_bytes(days.read_bytes().replace(b"x-1", b"y-1"))
    with pytest.raises(InputError, match="changed while it was read"):
        list(committer.commit_files(identified))
    assert not [*committer.sources.iterdir(), *committer.incoming.iterdir()]


def test_a_truncated_parquet_file_is_named_and_not_kept(
    committer: SourceCommitter, exchange: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    pq.write_table(pa.Table.from_pylist([exchange(i) for i in range(500)]), tmp_path / "day.parquet")
    whole = (tmp_path / "day.parquet").read_bytes()
    (tmp_path / "day.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"day\.parquet: not a whole Parquet file"):
        list(committer.commit_files(_identified(tmp_path / "day.parquet")))
    assert not [*committer.sources.iterdir(), *committer.incoming.iterdir()]


@pytest.mark.parametrize("step", ["_write", "close"])
def test_a_full_disk_is_told_with_the_file_and_leaves_nothing(
    committer: SourceCommitter, days: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(day_files.DayFileWriter, step, full)
    with pytest.raises(
        EngineError, match=r"log\.jsonl: cannot be added to the state in .* \(No space left on device\)"
    ):
        list(committer.commit_files(_identified(days)))
    assert not [*committer.sources.iterdir(), *committer.incoming.iterdir()]


def test_old_days_go_and_are_counted(committer: SourceCommitter, days: Path) -> None:
    folder, found = _taken(committer, days)
    assert found.since(date(2026, 3, 1)) is found
    left = found.since(date(2026, 3, 3))
    assert (left.n_dropped, list(left.days)) == (20, [date(2026, 3, 3)])
    assert left.rejects == found.rejects
    save(folder, left)
    assert load(folder) == left
    assert {path.name for path in folder.iterdir()} == {"source.json", *(part.file for part in left.files)}
    gone = left.since(date(2026, 3, 9))
    assert (gone.n_dropped, gone.files) == (32, []), "rejects have no day and go with the last one"
    assert gone.since(date(2026, 3, 20)) is gone
    assert found.since(date(2026, 3, 9)) == gone


def test_what_is_not_named_is_removed_and_damage_is_told(committer: SourceCommitter, days: Path) -> None:
    folder, found = _taken(committer, days)
    (folder / "left-over.parquet").write_bytes(b"")
    assert load(folder) == found
    assert not (folder / "left-over.parquet").exists()
    found.check(folder)
    (folder / found.day_files[1].file).write_bytes(b"")
    with pytest.raises(EngineError, match=rf"{found.day_files[1].file}: this file of the state is damaged"):
        found.check(folder)
    text = (folder / "source.json").read_bytes()
    for broken in (text[:-9], b"", orjson.dumps({"name": "a"})):
        (folder / "source.json").write_bytes(broken)
        with pytest.raises(EngineError, match=r"source\.json: this file of the state cannot be read"):
            load(folder)


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    replace_file(path, b"one")
    monkeypatch.setattr(committed_sources.os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(OSError, match="No space"):
        replace_file(path, b"two")
    assert path.read_bytes() == b"one"
