import tracemalloc
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.errors import EngineError
from stillwatch.ingest.rows.outcomes.rejects import Rejects
from stillwatch.tables import REJECTS


def test_rejects_are_written_in_order(tmp_path: Path) -> None:
    path = tmp_path / "out" / "rejects.parquet"
    with Rejects(path) as rejects:
        rejects.add("a", 1, "first")
        rejects.add_batch(pa.RecordBatch.from_pylist([{"source": "b", "position": 7, "reason": "second"}]))
        rejects.add("a", 2, "third")
        assert rejects.count == 3
    assert pq.read_table(path).column("reason").to_pylist() == ["first", "second", "third"]
    assert pq.read_schema(path).equals(REJECTS.schema)


def test_no_rejects_make_an_empty_table(tmp_path: Path) -> None:
    with Rejects(tmp_path / "rejects.parquet") as rejects:
        pass
    rejects.close()
    table = pq.read_table(tmp_path / "rejects.parquet")
    assert table.num_rows == 0
    assert table.schema.equals(REJECTS.schema)
    assert [p.name for p in tmp_path.iterdir()] == ["rejects.parquet"]


def test_memory_stays_flat(tmp_path: Path) -> None:
    with Rejects(tmp_path / "rejects.parquet") as rejects:
        tracemalloc.start()
        for position in range(100_000):
            rejects.add("log.jsonl", position, f"reason {position % 3}")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 12_000_000
    assert pq.read_metadata(tmp_path / "rejects.parquet").num_rows == 100_000


def _break_after(rejects: Rejects) -> None:
    rejects.add("log", 1, "odd")
    raise ZeroDivisionError


def test_what_went_wrong_first_is_what_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq, "ParquetWriter", full)
    with pytest.raises(ZeroDivisionError), Rejects(tmp_path / "rejects.parquet") as rejects:
        _break_after(rejects)
    with pytest.raises(EngineError, match="could not be written"), Rejects(tmp_path / "rejects.parquet") as rejects:
        rejects.add("log", 1, "odd")
