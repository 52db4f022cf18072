"""Small files and folders, by the file systems of a Spark session."""

import importlib
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def files(spark_cluster: Any) -> Any:
    session = importlib.import_module("stillwatch.engine.spark.session").open_session("", {})
    return importlib.import_module("stillwatch.engine.spark.files").SparkFiles(session)


def test_a_text_is_written_replaced_and_read(files: Any, tmp_path: Path) -> None:
    path = f"file://{tmp_path}/a folder/CURRENT"
    assert files.text(path) is None
    files.put(path, "first ü")
    assert files.text(path) == "first ü"
    files.put(path, "2")
    assert files.text(path) == "2"
    assert (tmp_path / "a folder" / "CURRENT").read_text(encoding="utf-8") == "2"


def test_files_are_listed_in_order_without_hidden_ones(files: Any, tmp_path: Path) -> None:
    for name in (
        "part-00002.parquet",
        "part-00000.parquet",
        "_SUCCESS",
        ".part-00000.parquet.crc",
        "part-00001.parquet",
    ):
        (tmp_path / name).write_bytes(b"")
    found = files.files(f"file://{tmp_path}")
    assert [name.rpartition("/")[2] for name in found] == [f"part-0000{i}.parquet" for i in range(3)]


def test_a_folder_is_deleted_with_all_in_it(files: Any, tmp_path: Path) -> None:
    (tmp_path / "table" / "version").mkdir(parents=True)
    (tmp_path / "table" / "version" / "rows").write_bytes(b"x")
    files.delete(f"file://{tmp_path}/table")
    assert not (tmp_path / "table").exists()
    files.delete(f"file://{tmp_path}/table")


def test_rows_come_in_their_order_over_several_files(engine: Any, rows_of: Callable[[Any], Any]) -> None:
    values = list(range(30_000))
    random.Random(2).shuffle(values)
    table = engine.write("shuffled", pa.table({"v": values}))
    with engine.options({"spark.sql.adaptive.advisoryPartitionSizeInBytes": "20KB"}):
        found = engine.arrow(engine.query("SELECT v FROM t ORDER BY v", t=table)).read_all()["v"].to_pylist()
    assert found == sorted(values)
