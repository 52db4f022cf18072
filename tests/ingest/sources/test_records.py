import io
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.ingest.parsing.format import RowFault
from stillwatch.ingest.sources.records import batches_of, json_records, parquet_records, unwrapped

MOST = 10_000


def of_json(data: bytes) -> list[tuple[int, object]]:
    return [(position, record) for position, record, _ in json_records(data[:100], iter([data]), MOST)]


def test_json_lines_with_what_is_none() -> None:
    found = of_json(b'{"a":1}\n\n[{"a":2},{"a":3},7]\n"text"\n{"a":\n{"a":"\xff"}\n[]\n')
    assert found[0] == (1, {"a": 1})
    assert found[1:3] == [(3, {"a": 2}), (3, {"a": 3})]
    assert [(p, r.reason) for p, r in found[3:] if isinstance(r, RowFault)] == [
        (3, "a JSON object is expected"),
        (4, "a JSON object is expected"),
        (5, "not valid JSON, or nested too deeply; a JSON object is expected"),
        (6, "not UTF-8; a JSON object in UTF-8 is expected"),
        (7, "a JSON object is expected"),
    ]


def test_json_over_many_lines() -> None:
    records = [{"a": i} for i in range(5)]
    found = of_json(orjson.dumps(records, option=orjson.OPT_INDENT_2))
    assert found == [(i + 1, record) for i, record in enumerate(records)]


def test_positions_in_a_page_over_many_lines_are_those_of_its_rows() -> None:
    page = {"data": [{"a": i} for i in range(3)], "total": 3}
    assert of_json(orjson.dumps(page, option=orjson.OPT_INDENT_2)) == [(i + 1, {"a": i}) for i in range(3)]
    assert of_json(orjson.dumps(page)) == [(1, {"a": i}) for i in range(3)]


def test_a_line_that_is_larger_than_a_row_gives_its_rows() -> None:
    rows = [{"a": i, "text": "x" * 3_000} for i in range(9)]
    for written in (orjson.dumps(rows), orjson.dumps({"total": 9, "data": rows})):
        data = b'{"a": -1}\n' + written + b'\n{"a": 9}'
        blocks = (data[i : i + 1_000] for i in range(0, len(data), 1_000))
        found = [(p, r["a"]) for p, r, _ in json_records(data[:100], blocks, MOST) if not isinstance(r, RowFault)]
        assert found == [(1, -1), *((2, i) for i in range(9)), (3, 9)]


def test_lines_in_a_column_of_a_table() -> None:
    table = [(1, {"@timestamp": "t", "@message": '{"a": 1}'}, 9), (2, {"@timestamp": "t", "@message": "up"}, 9)]
    found = [(position, record) for position, record, _ in unwrapped(table, MOST)]
    assert found[0] == (1, {"a": 1})
    assert isinstance(found[1][1], RowFault)


def test_maps_in_parquet_are_objects() -> None:
    table = pa.table({"usage": pa.array([[("input", 1)]], pa.map_(pa.string(), pa.int64()))})
    assert [record for _, record, _ in parquet_records(parquet(table))] == [{"usage": {"input": 1}}]


def parquet(table: pa.Table, **options: object) -> pq.ParquetFile:
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    sink.seek(0)
    return pq.ParquetFile(sink)


def test_parquet_rows_with_nanoseconds_and_odd_values() -> None:
    table = pa.table({"n": [1, 2], "t": pa.array([0, 2**62], pa.timestamp("ns"))})
    found = [(p, r) for p, r, _ in parquet_records(parquet(table))]
    assert [p for p, _ in found] == [1, 2]
    assert found[0][1]["t"].year == 1970  # type: ignore[index]
    far = pa.table({"n": [1, 2], "t": pa.array([0, 2**59], pa.timestamp("us"))})
    kinds = [type(r) for _, r, _ in parquet_records(parquet(far))]
    assert kinds == [dict, RowFault]


def test_wide_rows_come_in_small_batches() -> None:
    table = pa.table({"text": ["x" * 1_000_000 + str(i) for i in range(100)]})
    sizes = [n for _, _, n in batches_of(parquet(table, compression="none", use_dictionary=False))]
    assert sum(sizes) == 100
    assert max(sizes) <= 34


@pytest.mark.parametrize("columnar", [True, False])
def test_a_damaged_row_group_is_a_fault_for_each_of_its_rows(tmp_path: Path, columnar: bool) -> None:
    path = tmp_path / "log.parquet"
    table = pa.table({"text": [f"text {i} " * 20 for i in range(3_000)]})
    pq.write_table(table, path, row_group_size=1_000, use_dictionary=False, compression="zstd")
    start = pq.read_metadata(path).row_group(1).column(0).data_page_offset
    data = bytearray(path.read_bytes())
    data[start : start + 200] = b"\xff" * 200
    path.write_bytes(data)
    with pq.ParquetFile(path) as file:
        if columnar:
            found = [(p, type(b), n) for p, b, n in batches_of(file)]
            assert [f for f in found if f[1] is RowFault] == [(1_001, RowFault, 1_000)]
            assert sum(n for _, _, n in found) == 3_000
        else:
            kinds = [(p, isinstance(r, RowFault)) for p, r, _ in parquet_records(file)]
            assert [p for p, broken in kinds if broken] == list(range(1_001, 2_001))
            assert len(kinds) == 3_000
