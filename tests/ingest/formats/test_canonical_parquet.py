from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.errors import FormatError, InputError
from stillwatch.tables import EXCHANGES


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    pq.write_table(pa.Table.from_pylist(rows, schema=EXCHANGES.schema), path)
    return path


def test_a_table_comes_back_as_it_was(read: Any, exchange: Any, tmp_path: Path) -> None:
    rows = pa.Table.from_pylist(
        [
            exchange(i, at=None, input_tokens=i, temperature=0.5, sketch=b"\x02" + bytes(599), stream=True)
            for i in range(50)
        ],
    )
    table = rows.set_column(
        rows.column_names.index("at"),
        "at",
        pa.array(range(1_772_439_330_000_000, 1_772_439_330_000_050), pa.timestamp("us", "UTC")),
    )
    pq.write_table(table.append_column("unknown", pa.array([[1]] * 50)), tmp_path / "log.parquet")
    result = read(tmp_path / "log.parquet")
    assert result.rejects == []
    assert [{k: row[k] for k in table.column_names} for row in result.rows] == table.to_pylist()
    assert [row["position"] for row in result.rows] == list(range(1, 51))


def test_bad_rows_do_not_fail_the_file(read: Any, exchange: Any, tmp_path: Path) -> None:
    rows = [exchange(i) for i in range(6)]
    rows[1]["status"] = "fine"
    rows[3]["account_id"] = None
    rows[5]["at"] = "9999-01-01"
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "log.parquet")
    result = read(tmp_path / "log.parquet")
    assert [row["position"] for row in result.rows] == [1, 3, 5]
    assert [reject["position"] for reject in result.rejects] == [2, 4, 6]


def test_missing_required_columns_are_named(read: Any, exchange: Any, tmp_path: Path) -> None:
    pq.write_table(pa.Table.from_pylist([exchange()]).drop_columns(["status", "at"]), tmp_path / "log.parquet")
    with pytest.raises(FormatError, match="at, status"):
        read(tmp_path / "log.parquet")


def test_a_truncated_file_is_named(read: Any, exchange: Any, tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    pq.write_table(pa.Table.from_pylist([exchange()]), path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError) as error:
        read(path)
    assert error.value.where == str(path)
