"""What is special to DuckDB as engine; what every engine must do is in ``test_contract.py``."""

import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.engine import DuckDBEngine
from stillwatch.errors import EngineError, SettingsError

TABLE = pa.table({"k": ["a", "b"], "v": [1, 2]})


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    with DuckDBEngine(tmp_path / "work", threads=1) as made:
        yield made


def test_a_table_is_one_parquet_file_in_the_folder(engine: DuckDBEngine, tmp_path: Path) -> None:
    engine.write("days/monday", TABLE)
    assert pq.read_table(tmp_path / "work" / "days" / "monday.parquet").equals(TABLE)
    assert not list((tmp_path / "work").rglob("*.part"))


def test_a_folder_with_a_quote_in_its_name_is_no_sql(tmp_path: Path) -> None:
    with DuckDBEngine(tmp_path / "it's; DROP TABLE x") as engine:
        assert engine.arrow(engine.write("t", TABLE)).read_all().num_rows == 2


def test_a_write_that_fails_leaves_no_part_behind(engine: DuckDBEngine, tmp_path: Path) -> None:
    def broken() -> Iterator[pa.RecordBatch]:
        yield from TABLE.to_batches()
        raise OSError("the disk went away")

    with pytest.raises(EngineError, match="could not write the table 't'"):
        engine.write("t", broken(), TABLE.schema)
    assert list((tmp_path / "work").glob("t.*")) == []


def test_a_full_disk_comes_with_a_remedy(engine: DuckDBEngine) -> None:
    def full() -> Iterator[pa.RecordBatch]:
        yield from TABLE.to_batches()
        raise OSError(28, "No space left on device")

    with pytest.raises(EngineError) as error:
        engine.write("t", full(), TABLE.schema)
    assert "Free disk space" in error.value.sentence()


def test_a_file_that_is_no_parquet_is_an_engine_error(engine: DuckDBEngine, tmp_path: Path) -> None:
    (tmp_path / "work" / "bad.parquet").write_bytes(b"nothing of the kind")
    with pytest.raises(EngineError):
        engine.arrow(engine.read("bad"))


def test_the_memory_limit_and_the_threads_are_handed_on(tmp_path: Path) -> None:
    with DuckDBEngine(tmp_path / "work", memory_limit="200MB", threads=1) as engine:
        sql = "SELECT current_setting('threads') AS threads, current_setting('memory_limit') AS memory"
        (row,) = engine.arrow(engine.query(sql)).read_all().to_pylist()
    assert row["threads"] == 1
    assert row["memory"] == "190.7 MiB"


def test_a_memory_limit_that_cannot_be_is_a_matter_of_settings(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"Check engine\.memory_limit"):
        DuckDBEngine(tmp_path / "work", memory_limit="99999999999999TB")


def test_an_error_in_the_middle_of_a_stream_names_its_kind_and_no_value(tmp_path: Path) -> None:
    with DuckDBEngine(tmp_path / "work", threads=1) as engine:
        frame = engine.query(
            "SELECT CASE WHEN a = 90000 THEN error('a secret') ELSE a END AS x FROM range(100000) t(a)"
        )
        with pytest.raises(EngineError, match=r"a query failed \(Invalid Input Error\)") as error:
            engine.arrow(frame).read_all()
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (duckdb.OutOfMemoryException("Out of Memory Error: failed to allocate"), "Raise engine.memory_limit"),
        (duckdb.OutOfMemoryException("Out of Memory Error: set by the 'max_temp_directory_size' setting"), "--work"),
        (duckdb.IOException("IO Error: No space left on device"), "--work"),
        (duckdb.BinderException("Binder Error: x"), ""),
    ],
)
def test_a_lack_of_memory_is_told_from_a_lack_of_disk(tmp_path: Path, error: Exception, remedy: str) -> None:
    with DuckDBEngine(tmp_path / "work") as engine:
        told = engine._failed("a query failed", error).sentence()
    assert remedy in told
    assert ("--work" in told) is (remedy == "--work")
    assert ("memory_limit" in told) is ("memory_limit" in remedy)


def test_a_sort_larger_than_the_memory_limit_spills(tmp_path: Path) -> None:
    with DuckDBEngine(tmp_path / "work", memory_limit="64MB", threads=1) as engine:
        sql = "SELECT i, MD5(CAST(i AS VARCHAR)) AS h FROM RANGE(1500000) AS r(i) ORDER BY h"
        rows = engine.write("sorted", engine.query(sql))
        (row,) = engine.arrow(engine.query("SELECT COUNT(*) AS n FROM t", t=rows)).read_all().to_pylist()
    assert row["n"] == 1_500_000


def test_a_query_by_parts_never_asks_about_the_whole(
    engine: DuckDBEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stillwatch.engine.duckdb.PARTITION_ROWS", 100)
    rows = engine.query("SELECT CAST(i AS VARCHAR) AS k, i FROM RANGE(1000) AS r(i)")
    seen = engine.partitioned("SELECT MIN(k) AS k, COUNT(*) AS n FROM t", "k", t=rows)
    counts = engine.arrow(seen).read_all().column("n").to_pylist()
    assert len(counts) == 10
    assert sum(counts) == 1000
    assert max(counts) < 200


def test_a_table_that_is_replaced_is_read_anew_though_its_footer_is_kept(engine: DuckDBEngine, tmp_path: Path) -> None:
    frame = engine.write("t", pa.table({"v": list(range(10))}))
    # DuckDB keeps no footer of a file as young as this one
    os.utime(tmp_path / "work" / "t.parquet", (1_000_000_000, 1_000_000_000))
    assert engine.arrow(frame).read_all().num_rows == 10
    engine.write("t", pa.table({"v": [77, 5]}))
    assert engine.arrow(engine.read("t")).read_all().column("v").to_pylist() == [77, 5]


def test_times_are_utc_whatever_the_machine_says(engine: DuckDBEngine) -> None:
    frame = engine.query("SELECT CAST('2026-03-01 00:00:00+00' AS TIMESTAMPTZ) AS x")
    assert frame.schema.field("x").type == pa.timestamp("us", tz="UTC")


def test_remove_takes_the_folder_away(tmp_path: Path) -> None:
    engine = DuckDBEngine(tmp_path / "work")
    engine.write("t", TABLE)
    engine.remove()
    assert not (tmp_path / "work").exists()
