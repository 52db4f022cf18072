from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.errors import EngineError
from stillwatch.ingest.state.day_files import DayFileWriter, StoredFile, check, describe_file, sync_folder
from stillwatch.tables import TIMESTAMP

SCHEMA = pa.schema([pa.field("at", TIMESTAMP), pa.field("n", pa.int64())])
START = datetime(2026, 3, 2, tzinfo=UTC)


def _batch(*moments: datetime) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([{"at": at, "n": i} for i, at in enumerate(moments)], schema=SCHEMA)


def _read(folder: Path, parts: tuple[StoredFile, ...]) -> list[datetime]:
    return [at for part in parts for at in pq.ParquetFile(folder / part.file).read()["at"].to_pylist()]


def test_every_row_goes_into_a_part_of_its_day_in_utc(tmp_path: Path) -> None:
    moments = [START - timedelta(microseconds=1), START, START + timedelta(hours=23), START + timedelta(days=1)]
    old = datetime(1969, 12, 31, 23, tzinfo=UTC)
    days = DayFileWriter(tmp_path, SCHEMA)
    days.add(_batch(*moments, old))
    days.add(_batch(START + timedelta(hours=1)))
    found = days.close()
    assert {day: _read(tmp_path, parts) for day, parts in found.items()} == {
        date(1969, 12, 31): [old],
        date(2026, 3, 1): moments[:1],
        date(2026, 3, 2): [*moments[1:3], START + timedelta(hours=1)],
        date(2026, 3, 3): moments[3:],
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(p.file for ps in found.values() for p in ps)
    assert [part.rows for parts in found.values() for part in parts] == [1, 1, 3, 1]


def test_what_waits_is_written_once_it_is_too_much(tmp_path: Path) -> None:
    days = DayFileWriter(tmp_path, SCHEMA, held=_batch(START).nbytes * 3)
    for hour in range(20):
        days.add(_batch(START + timedelta(hours=hour)))
        assert len(list(tmp_path.iterdir())) >= hour // 4
    found = days.close()
    assert [part.file for part in found[date(2026, 3, 2)]] == [f"2026-03-02.{i:03d}.parquet" for i in range(5)]
    assert _read(tmp_path, found[date(2026, 3, 2)]) == [START + timedelta(hours=hour) for hour in range(20)]


def test_no_rows_are_no_parts(tmp_path: Path) -> None:
    days = DayFileWriter(tmp_path, SCHEMA)
    days.add(_batch())
    assert days.close() == {}
    assert not list(tmp_path.iterdir())


def test_a_part_is_what_it_was_or_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "part.parquet"
    path.write_bytes(b"0123456789" * 1000)
    part = describe_file(path, 7)
    assert (part.rows, part.size) == (7, 10_000)
    check(tmp_path, part)
    data = bytearray(path.read_bytes())
    data[5_000] ^= 1
    path.write_bytes(data)
    with pytest.raises(EngineError, match=r"part\.parquet: this file of the state is damaged"):
        check(tmp_path, part)
    path.write_bytes(b"0123456789" * 999)
    with pytest.raises(EngineError, match="is damaged"):
        check(tmp_path, part)
    path.unlink()
    with pytest.raises(EngineError, match=r"part\.parquet: this file of the state cannot be read \(No such file"):
        check(tmp_path, part)


def test_a_folder_can_be_synced(tmp_path: Path) -> None:
    sync_folder(tmp_path)
    with pytest.raises(FileNotFoundError):
        sync_folder(tmp_path / "none")
