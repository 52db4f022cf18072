from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.errors import FormatError, InputError
from stillwatch.tables import EXCHANGES

AT = datetime(2026, 3, 2, 8, 15, 30, tzinfo=UTC)


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


ASKED = {"n_samples": 3, "logprobs": True, "seed": 2**62 + 1, "batch": False, "answer_digests": [-7, 2**63 - 1]}


def test_sampling_parameters_and_digests_come_back_as_they_were(read: Any, exchange: Any, tmp_path: Path) -> None:
    rows = [exchange(1, at=AT, **ASKED), exchange(2, at=AT), exchange(3, at=AT, answer_digests=[])]
    result = read(write(tmp_path / "log.parquet", rows))
    assert result.rejects == []
    assert {name: result.rows[0][name] for name in ASKED} == ASKED
    assert {name: result.rows[1][name] for name in ASKED} == dict.fromkeys(ASKED)
    assert result.rows[2]["answer_digests"] == []


def test_a_file_written_before_the_columns_existed_is_read(read: Any, exchange: Any, tmp_path: Path) -> None:
    table = pa.Table.from_pylist([exchange(1, at=AT)], schema=EXCHANGES.schema).drop_columns(list(ASKED))
    pq.write_table(table, tmp_path / "log.parquet")
    assert {name: read(tmp_path / "log.parquet").row[name] for name in ASKED} == dict.fromkeys(ASKED)


def test_digests_of_the_wrong_type_are_rejects(read: Any, exchange: Any, tmp_path: Path) -> None:
    digests = pa.array([[1, 2], [2**64 - 1], None, [3, None], [4]], pa.list_(pa.uint64()))
    seeds = pa.array([1, 2, None, 4, 2**63], pa.uint64())
    table = pa.Table.from_pylist([exchange(i) for i in range(5)])
    pq.write_table(table.append_column("answer_digests", digests).append_column("seed", seeds), tmp_path / "a.parquet")
    result = read(tmp_path / "a.parquet")
    assert [(row["position"], row["answer_digests"], row["seed"]) for row in result.rows] == [
        (1, [1, 2], 1),
        (3, None, None),
    ]
    assert [(reject["position"], reject["reason"].split()[0]) for reject in result.rejects] == [
        (2, "answer_digests"),
        (4, "answer_digests"),
        (5, "seed"),
    ]
    texts = pa.array([["a"]] * 5)
    pq.write_table(table.append_column("answer_digests", texts), tmp_path / "b.parquet")
    assert (
        read(tmp_path / "b.parquet").reasons
        == ["answer_digests has the wrong type; a list of whole numbers of 64 bits is right"] * 5
    )
