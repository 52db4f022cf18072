"""What every engine must do. A second engine joins by one line in ``ENGINES``; nothing else here changes.

An engine is a factory: called with a folder, it returns a context manager that yields an ``Engine``. Mark the line of
an engine that needs more than Python (``pytest.param(make, marks=pytest.mark.spark)``).
"""

import datetime as dt
import hashlib
import importlib
import inspect
import itertools
import math
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stillwatch.engine import DuckDBEngine, Engine, Frame, Streaming
from stillwatch.errors import EngineError, StillwatchError

Factory = Callable[[Path], AbstractContextManager[Engine]]


def _duckdb(folder: Path) -> AbstractContextManager[Engine]:
    return DuckDBEngine(folder, threads=2)


def _spark(folder: Path) -> AbstractContextManager[Engine]:
    return importlib.import_module("stillwatch.engine.spark").SparkEngine(folder)


ENGINES = [pytest.param(_duckdb, id="duckdb"), pytest.param(_spark, id="spark", marks=pytest.mark.spark)]

SCHEMA = pa.schema([pa.field("k", pa.string()), pa.field("v", pa.int64())])
SECRET = "prompt-of-a-customer"


@pytest.fixture(params=ENGINES)
def factory(request: pytest.FixtureRequest) -> Factory:
    return _made(request)


@pytest.fixture(params=ENGINES, scope="module")
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with _made(request)(tmp_path_factory.mktemp("engine")) as made:
        yield made


def _made(request: pytest.FixtureRequest) -> Factory:
    if request.param is _spark:
        request.getfixturevalue("spark_cluster")
    return request.param


def _table(n: int = 10) -> pa.Table:
    return pa.table({"k": [f"k{i % 3}" for i in range(n)], "v": list(range(n))}, schema=SCHEMA)


def _rows(engine: Engine, frame: Any) -> list[dict[str, Any]]:
    return engine.arrow(frame).read_all().to_pylist()


def _sorted(engine: Engine, frame: Any) -> list[tuple[Any, ...]]:
    return sorted(tuple(row.values()) for row in _rows(engine, frame))


def _none_last(value: Any) -> tuple[bool, Any]:
    return (value is None, 0 if value is None else value)


# -- the six verbs ----------------------------------------------------------------------------------------------------


def test_an_engine_has_the_six_verbs_with_the_names_of_their_arguments(engine: Engine) -> None:
    assert isinstance(engine, Engine)
    for verb in ("read", "write", "query", "partitioned", "map", "arrow"):
        stated = inspect.signature(getattr(Engine, verb))
        offered = inspect.signature(getattr(type(engine), verb))
        assert list(offered.parameters) == list(stated.parameters), verb


def test_what_was_written_is_read_back(engine: Engine) -> None:
    frame = engine.write("plain", _table())
    assert isinstance(frame, Frame)
    assert frame.schema == SCHEMA
    assert engine.read("plain").schema == SCHEMA
    assert _sorted(engine, engine.read("plain")) == _sorted(engine, _table())


def test_writing_again_replaces(engine: Engine) -> None:
    engine.write("again", _table(10))
    engine.write("again", _table(2))
    assert len(_rows(engine, engine.read("again"))) == 2


def test_a_frame_can_be_written_over_its_own_table(engine: Engine) -> None:
    engine.write("self", _table(10))
    kept = engine.query("SELECT k, v FROM t WHERE v < 4", t=engine.read("self"))
    assert len(_rows(engine, engine.write("self", kept))) == 4


@pytest.mark.parametrize("kind", ["table", "reader", "batches", "frame"])
def test_every_kind_of_source_can_be_written(engine: Engine, kind: str) -> None:
    table = _table(7)
    source: dict[str, Callable[[], Any]] = {
        "table": lambda: table,
        "reader": lambda: table.to_reader(2),
        "batches": lambda: iter(table.to_batches(2)),
        "frame": lambda: engine.query("SELECT k, v FROM t", t=table),
    }
    written = engine.write(f"kind_{kind}", source[kind](), SCHEMA if kind == "batches" else None)
    assert _sorted(engine, written) == _sorted(engine, table)


@pytest.mark.parametrize("kind", ["table", "reader", "frame"])
def test_every_kind_of_source_can_be_queried_and_read(engine: Engine, kind: str) -> None:
    def source() -> Any:
        return {"table": _table(7), "reader": _table(7).to_reader(2), "frame": engine.write("asked", _table(7))}[kind]

    assert len(_rows(engine, source())) == 7
    assert _rows(engine, engine.query("SELECT CAST(SUM(v) AS BIGINT) AS s FROM t", t=source())) == [{"s": 21}]


def test_a_stream_of_batches_needs_a_schema(engine: Engine) -> None:
    with pytest.raises(EngineError, match="schema"):
        engine.write("no_schema", iter(_table().to_batches()))


def test_a_missing_table_is_named(engine: Engine) -> None:
    with pytest.raises(EngineError, match="no table 'nowhere'"):
        engine.read("nowhere")


def test_rows_of_another_make_are_refused(engine: Engine) -> None:
    class Foreign:
        schema = SCHEMA

    with pytest.raises(EngineError, match="another engine"):
        engine.arrow(Foreign())  # type: ignore[arg-type]


# -- files outside the engine -----------------------------------------------------------------------------------------

ELSEWHERE = pa.schema(
    [
        pa.field("k", pa.string(), nullable=False),
        pa.field("at", pa.timestamp("us", tz="UTC")),
        pa.field("hash", pa.uint64()),
        pa.field("small", pa.int8()),
        pa.field("parts", pa.list_(pa.int64())),
        pa.field("vector", pa.binary()),
        pa.field("share", pa.float32()),
    ]
)


def _laid(folder: Path, n: int = 3) -> list[Path]:
    folder.mkdir(parents=True)
    files = []
    for i in range(n):
        row = {
            "k": f"k{i}", "at": dt.datetime(2026, 3, 1 + i, tzinfo=dt.UTC), "hash": 2**64 - 1 - i, "small": -i,
            "parts": [i, -(2**62)] if i else None, "vector": bytes([i, 255]), "share": i / 8,
        }  # fmt: skip
        files.append(folder / f"2026-03-0{1 + i}.parquet")
        pq.write_table(pa.Table.from_pylist([row], schema=ELSEWHERE), files[-1])
    return files


@pytest.mark.parametrize("name", ["plain", "day=3", "it's [odd] {a,b} 10% *", "with space"])
def test_files_that_lie_elsewhere_are_one_table_whatever_their_folder_is_called(
    engine: Engine, tmp_path: Path, name: str
) -> None:
    files = _laid(tmp_path / name)
    frame = engine.read(files, ELSEWHERE)
    assert frame.schema.names == ELSEWHERE.names
    assert frame.schema.types == ELSEWHERE.types
    found = sorted(_rows(engine, frame), key=lambda row: row["k"])
    assert found == pa.concat_tables(pq.ParquetFile(file).read() for file in files).to_pylist()
    few = engine.query("SELECT hash FROM t WHERE small < 0 ORDER BY hash", t=engine.read(files[1:], ELSEWHERE))
    assert [row["hash"] for row in _rows(engine, few)] == [2**64 - 3, 2**64 - 2]
    assert all(file.exists() for file in files), "they stay where they are"


def test_files_give_the_columns_that_are_asked_for(engine: Engine, tmp_path: Path) -> None:
    wanted = pa.schema([ELSEWHERE.field("hash"), ELSEWHERE.field("k")])
    assert engine.read(_laid(tmp_path / "files", 2), wanted).schema.names == ["hash", "k"]
    assert sorted(row["k"] for row in _rows(engine, engine.read(_laid(tmp_path / "more", 2), wanted))) == ["k0", "k1"]


def test_no_file_is_no_row(engine: Engine) -> None:
    frame = engine.read([], ELSEWHERE)
    assert (frame.schema.names, _rows(engine, frame)) == (ELSEWHERE.names, [])


def test_files_need_a_schema_and_have_to_be_there(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="schema"):
        engine.read(_laid(tmp_path / "files"))
    with pytest.raises(EngineError):
        _rows(engine, engine.read([tmp_path / "nowhere.parquet"], ELSEWHERE))


# -- empty tables and types -------------------------------------------------------------------------------------------


def test_empty_in_empty_out_with_the_schema_kept(engine: Engine) -> None:
    empty = SCHEMA.empty_table()
    assert engine.write("empty", empty).schema == SCHEMA
    assert _rows(engine, engine.read("empty")) == []
    assert engine.write("empty_batches", iter(()), SCHEMA).schema == SCHEMA
    assert engine.query("SELECT k, v FROM t WHERE v > 3", t=empty).schema == SCHEMA
    mapped = engine.map(empty, lambda batch: batch, SCHEMA)
    assert (mapped.schema, _rows(engine, mapped)) == (SCHEMA, [])
    grouped = engine.query("SELECT k, COUNT(*) AS n FROM t GROUP BY k", t=empty)
    assert _rows(engine, grouped) == []


TYPED = {
    "text": (pa.string(), ["", "é\x01", None]),
    "bytes": (pa.binary(), [b"", b"\x00\xff", None]),
    "flag": (pa.bool_(), [True, False, None]),
    "small": (pa.int8(), [-128, 127, None]),
    "count": (pa.int32(), [-(2**31), 2**31 - 1, None]),
    "sum": (pa.int64(), [-(2**63), 2**63 - 1, None]),
    "hash": (pa.uint64(), [0, 2**64 - 1, None]),
    "half": (pa.float32(), [0.5, -1.25, None]),
    "dial": (pa.float64(), [0.1, 1e300, None]),
    "at": (
        pa.timestamp("us", tz="UTC"),
        [dt.datetime(1999, 12, 31, 23, 59, 59, 999_999, dt.UTC), dt.datetime(2026, 3, 29, 1, 30, tzinfo=dt.UTC), None],
    ),
}


@pytest.mark.parametrize("name", TYPED)
def test_every_type_of_a_column_survives(engine: Engine, name: str) -> None:
    kind, values = TYPED[name]
    table = pa.table({"x": pa.array(values, kind)})
    frame = engine.query("SELECT x FROM t", t=engine.write(f"typed_{name}", table))
    assert frame.schema == table.schema
    found = engine.arrow(frame).read_all()["x"].to_pylist()
    assert sorted(found, key=_none_last) == sorted(values, key=_none_last)


# -- streaming and map ------------------------------------------------------------------------------------------------


def test_writing_takes_one_batch_at_a_time(engine: Engine) -> None:
    before, most = pa.total_allocated_bytes(), [0]

    def batches() -> Iterator[pa.RecordBatch]:
        for i in range(20):
            yield pa.record_batch([pa.repeat("a", 10), pa.repeat(i, 10)], schema=SCHEMA)
            large = pa.record_batch([pa.repeat("a", 300_000), pa.repeat(i, 300_000)], schema=SCHEMA)
            most[0] = max(most[0], pa.total_allocated_bytes() - before)
            yield large

    frame = engine.write("streamed", batches(), SCHEMA)
    assert _rows(engine, engine.query("SELECT COUNT(*) AS n FROM t", t=frame)) == [{"n": 6_000_200}]
    assert most[0] < 30_000_000, "batches (4 MB each, 80 MB in all) were held while more were asked for"


def test_rows_are_handed_out_in_batches(engine: Engine) -> None:
    frame = engine.write("long", pa.table({"k": ["a"] * 200_000, "v": range(200_000)}, schema=SCHEMA))
    sizes = [len(batch) for batch in engine.arrow(frame)]
    assert sum(sizes) == 200_000
    assert len(sizes) > 1


def test_a_stream_can_be_read_while_other_queries_run(engine: Engine) -> None:
    frame = engine.write("shared", pa.table({"k": ["a"] * 200_000, "v": range(200_000)}, schema=SCHEMA))
    stream = engine.arrow(frame)
    first = next(iter(stream))
    assert _rows(engine, engine.query("SELECT COUNT(*) AS n FROM t", t=frame)) == [{"n": 200_000}]
    assert len(first) + sum(len(batch) for batch in stream) == 200_000


def test_map_applies_a_pure_function_whatever_the_batches(engine: Engine) -> None:
    schema = pa.schema([("v", pa.int64()), ("twice", pa.int64())])

    def double(batch: pa.RecordBatch) -> pa.RecordBatch:
        v = batch.column("v").to_pylist()
        return pa.RecordBatch.from_arrays(
            [pa.array(v, pa.int64()), pa.array([2 * x for x in v], pa.int64())], schema=schema
        )

    table = _table(1000)
    expected = [(i, 2 * i) for i in range(1000)]
    for source in (table, table.to_reader(7), engine.write("to_map", table)):
        mapped = engine.map(source, double, schema)
        assert mapped.schema == schema
        assert _sorted(engine, mapped) == expected


def test_map_may_drop_and_add_rows(engine: Engine) -> None:
    def odd_ones_twice(batch: pa.RecordBatch) -> pa.RecordBatch:
        kept = [row for row in batch.to_pylist() if row["v"] % 2]
        return pa.RecordBatch.from_pylist(kept + kept, schema=SCHEMA)

    mapped = engine.map(_table(9), odd_ones_twice, SCHEMA)
    assert [v for _, v in sorted(_sorted(engine, mapped), key=lambda r: r[1])] == [1, 1, 3, 3, 5, 5, 7, 7]


def test_map_may_give_several_batches_or_none(engine: Engine) -> None:
    def one_by_one(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        for i in range(len(batch)):
            if batch.column("v")[i].as_py() % 2:
                yield batch.slice(i, 1)

    assert sorted(v for _, v in _sorted(engine, engine.map(_table(9), one_by_one, SCHEMA))) == [1, 3, 5, 7]


@pytest.mark.parametrize("n", [0, 1, 5])
def test_map_gives_rows_apart_one_at_a_time(engine: Engine, n: int) -> None:
    schema = pa.schema([("v", pa.int64()), ("n", pa.int64())])

    def sized(batch: pa.RecordBatch) -> pa.RecordBatch:
        return pa.RecordBatch.from_arrays(
            [batch.column("v"), pa.array([len(batch)] * len(batch), pa.int64())], schema=schema
        )

    assert _sorted(engine, engine.map(_table(n), sized, schema, apart=True)) == [(i, 1) for i in range(n)]


def test_streams_of_map_see_every_row_once_and_may_give_what_they_kept(engine: Engine) -> None:
    schema = pa.schema([("v", pa.int64()), ("total", pa.int64())])

    def summed(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        total = 0
        for batch in batches:
            values = batch.column("v").to_pylist()
            total += sum(values)
            yield pa.RecordBatch.from_pydict({"v": values, "total": [None] * len(values)}, schema=schema)
        yield pa.RecordBatch.from_pydict({"v": [None], "total": [total]}, schema=schema)

    for n in (0, 1000):
        mapped = engine.map(engine.write("to_deal", _table(n)), Streaming(summed), schema)
        assert mapped.schema == schema
        rows = _rows(engine, mapped)
        assert sorted(row["v"] for row in rows if row["total"] is None) == list(range(n))
        assert sum(row["total"] for row in rows if row["total"] is not None) == sum(range(n))


def test_map_leaves_its_input_as_it_was_and_can_run_twice(engine: Engine) -> None:
    frame = engine.write("kept", _table())
    before = _sorted(engine, frame)
    first = _sorted(engine, engine.map(frame, lambda batch: batch.slice(0, 1), SCHEMA))
    again = _sorted(engine, engine.map(frame, lambda batch: batch.slice(0, 1), SCHEMA))
    assert first == again
    assert _sorted(engine, frame) == before


# -- queries ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at_a_time", [3, 1_000])
def test_a_query_by_parts_has_the_answer_of_the_whole(
    engine: Engine, at_a_time: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stillwatch.engine.duckdb.PARTITION_ROWS", at_a_time)
    sql = (
        "SELECT t.k, COUNT(*) AS n, MIN(w.all_rows) AS all_rows FROM t "
        "CROSS JOIN (SELECT COUNT(*) AS all_rows FROM whole) AS w WHERE t.v > 0 GROUP BY t.k"
    )
    rows = _table(40)
    whole = pa.table({"x": list(range(7))})
    parts = engine.partitioned(sql, "k", t=rows, whole=whole)
    assert _sorted(engine, parts) == [("k0", 13, 7), ("k1", 13, 7), ("k2", 13, 7)]
    assert parts.schema == engine.query(sql, t=rows, whole=whole).schema
    assert _rows(engine, engine.partitioned("SELECT k FROM t WHERE v > 99", "k", t=rows)) == []


def test_tables_have_the_names_of_the_call_and_may_bring_their_own_ctes(engine: Engine) -> None:
    frame = engine.query(
        "SELECT l.k, l.v, r.n FROM lefts AS l JOIN (SELECT k, COUNT(*) AS n FROM rights GROUP BY k) AS r ON r.k = l.k",
        lefts=_table(3),
        rights=_table(9),
    )
    assert _sorted(engine, frame) == [("k0", 0, 3), ("k1", 1, 3), ("k2", 2, 3)]


def test_one_name_can_mean_different_tables_in_different_queries(engine: Engine) -> None:
    one = engine.query("SELECT COUNT(*) AS n FROM t", t=_table(3))
    two = engine.query("SELECT COUNT(*) AS n FROM t", t=_table(5))
    assert (_rows(engine, one), _rows(engine, two)) == ([{"n": 3}], [{"n": 5}])


def test_a_query_over_a_query_over_itself_keeps_its_names_apart(engine: Engine) -> None:
    inner = engine.query("SELECT k, v + 1 AS v FROM t", t=_table(4))
    middle = engine.query("SELECT k, v * 10 AS v FROM t", t=inner)
    outer = engine.query("SELECT t.v AS v, u.v AS w FROM t JOIN u ON t.v = u.v * 10", t=middle, u=inner)
    assert _sorted(engine, outer) == [(10, 1), (20, 2), (30, 3), (40, 4)]


def test_a_query_without_tables_is_a_constant(engine: Engine) -> None:
    assert _rows(engine, engine.query("SELECT 1 AS one")) == [{"one": 1}]


def test_order_by_is_the_order_of_the_rows(engine: Engine) -> None:
    values = list(range(5000))
    random.Random(3).shuffle(values)
    table = pa.table({"k": [f"{v % 7}" for v in values], "v": values}, schema=SCHEMA)
    frame = engine.query("SELECT k, v FROM t ORDER BY k DESC, v", t=table)
    found = [(row["k"], row["v"]) for row in _rows(engine, frame)]
    assert found == sorted(((f"{v % 7}", v) for v in values), key=lambda r: (-int(r[0]), r[1]))


def test_strings_are_ordered_and_compared_by_their_bytes(engine: Engine) -> None:
    names = ["b", "a", "B", "é", "z", "", "a ", "Z"]
    frame = engine.query("SELECT k FROM t ORDER BY k", t=pa.table({"k": names}))
    assert [row["k"] for row in _rows(engine, frame)] == sorted(names, key=lambda s: s.encode())
    same = engine.query("SELECT COUNT(*) AS n FROM t WHERE k = 'a'", t=pa.table({"k": names}))
    assert _rows(engine, same) == [{"n": 1}]


def test_sums_of_integers_do_not_depend_on_order(engine: Engine) -> None:
    rng = random.Random(11)
    rows = [(f"g{rng.randrange(50)}", rng.randrange(-(10**12), 10**12)) for _ in range(20_000)]
    expected = {key: sum(v for k, v in rows if k == key) for key in {k for k, _ in rows}}
    for _ in range(3):
        rng.shuffle(rows)
        table = pa.table({"k": [k for k, _ in rows], "v": [v for _, v in rows]}, schema=SCHEMA)
        frame = engine.query("SELECT k, CAST(SUM(v) AS BIGINT) AS s FROM t GROUP BY k", t=table.to_reader(1000))
        assert {row["k"]: row["s"] for row in _rows(engine, frame)} == expected


ROW = pa.table(
    {
        "i": pa.array([7], pa.int64()),
        "j": pa.array([2], pa.int64()),
        "z": pa.array([0], pa.int64()),
        "f": pa.array([2.5], pa.float64()),
        "s": pa.array(["Abc-é"], pa.string()),
        "n": pa.array([None], pa.string()),
        "b": pa.array([True], pa.bool_()),
        "at": pa.array([dt.datetime(2026, 3, 29, 10, 41, 7, tzinfo=dt.UTC)], pa.timestamp("us", tz="UTC")),
    }
)

EXPRESSIONS: dict[str, Any] = {
    "i + j": 9,
    "i * j - 1": 13,
    "i % j": 1,
    "-i": -7,
    "ABS(-i)": 7,
    "CAST(i AS DOUBLE) / j": 3.5,
    "CASE WHEN z = 0 THEN 0 ELSE CAST(i AS DOUBLE) / z END": 0.0,
    "CAST(i AS DOUBLE) / NULLIF(z, 0)": None,
    "CAST(FLOOR(f) AS BIGINT)": 2,
    "CAST(CEIL(f) AS BIGINT)": 3,
    "CAST(ROUND(2.4) AS BIGINT)": 2,
    "CAST(ROUND(1000000 * f) AS BIGINT)": 2_500_000,
    "SQRT(CAST(4 AS DOUBLE))": 2.0,
    "LN(CAST(8 AS DOUBLE)) / LN(CAST(2 AS DOUBLE))": 3.0,
    "EXP(CAST(0 AS DOUBLE))": 1.0,
    "POWER(CAST(2 AS DOUBLE), 10)": 1024.0,
    "LEAST(i, j)": 2,
    "GREATEST(i, j)": 7,
    "COALESCE(n, s)": "Abc-é",
    "NULLIF(s, 'Abc-é')": None,
    "n IS NULL": True,
    "n = n": None,
    "n || 'x'": None,
    "LOWER(s)": "abc-é",
    "UPPER('abc')": "ABC",
    "LENGTH(s)": 5,
    "s || '-' || CAST(i AS VARCHAR)": "Abc-é-7",
    "SUBSTRING(s, 1, 3)": "Abc",
    "TRIM('  x ')": "x",
    "REPLACE(s, '-', '+')": "Abc+é",
    "s LIKE 'Abc%'": True,
    "i IN (1, 7)": True,
    "i BETWEEN 7 AND 8": True,
    "b AND NOT (i < j)": True,
    "MD5(s)": hashlib.md5("Abc-é".encode(), usedforsecurity=False).hexdigest(),
    "CAST('12' AS BIGINT)": 12,
    "CAST(b AS INTEGER)": 1,
    "DATE_TRUNC('hour', \"at\")": dt.datetime(2026, 3, 29, 10, tzinfo=dt.UTC),
    "DATE_TRUNC('day', \"at\")": dt.datetime(2026, 3, 29, tzinfo=dt.UTC),
    'EXTRACT(HOUR FROM "at")': 10,
    "\"at\" + INTERVAL '1' DAY": dt.datetime(2026, 3, 30, 10, 41, 7, tzinfo=dt.UTC),
    '"at" >= "at"': True,
}


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_of_the_portable_subset_has_one_value(engine: Engine, expression: str) -> None:
    (row,) = _rows(engine, engine.query(f"SELECT {expression} AS x FROM t", t=ROW))
    expected = EXPRESSIONS[expression]
    if isinstance(expected, float):
        assert math.isclose(row["x"], expected, rel_tol=1e-12)
    else:
        assert row["x"] == expected
        assert isinstance(row["x"], type(expected))


GROUPED: dict[str, Any] = {
    "COUNT(*)": 6,
    "COUNT(v)": 5,
    "COUNT(DISTINCT k)": 2,
    "CAST(SUM(v) AS BIGINT)": 11,
    "CAST(SUM(CASE WHEN v > 1 THEN 1 ELSE 0 END) AS BIGINT)": 4,
    "COUNT(*) FILTER (WHERE v > 1)": 4,
    "MIN(v)": 1,
    "MAX(k)": "b",
    "CAST(COALESCE(SUM(v) FILTER (WHERE v > 99), 0) AS BIGINT)": 0,
}


@pytest.mark.parametrize("expression", GROUPED)
def test_an_aggregate_of_the_portable_subset_has_one_value(engine: Engine, expression: str) -> None:
    table = pa.table({"k": ["a", "a", "b", "b", "b", "a"], "v": [1, 2, 2, 3, 3, None]}, schema=SCHEMA)
    assert _rows(engine, engine.query(f"SELECT {expression} AS x FROM t", t=table)) == [{"x": GROUPED[expression]}]


STATEMENTS: dict[str, list[tuple[Any, ...]]] = {
    "SELECT k, v FROM t UNION ALL SELECT k, v FROM t": [("a", 1), ("a", 1), ("b", 2), ("b", 2)],
    "SELECT DISTINCT k FROM (SELECT k FROM t UNION ALL SELECT k FROM t) AS u": [("a",), ("b",)],
    "SELECT x.k, y.v FROM t AS x LEFT JOIN (SELECT * FROM t WHERE v > 1) AS y ON x.k = y.k WHERE y.v IS NULL": [
        ("a", None)
    ],
    "SELECT x.k, n.n FROM t AS x CROSS JOIN (SELECT COUNT(*) AS n FROM t) AS n": [("a", 2), ("b", 2)],
    "SELECT k, CAST(SUM(v) OVER (ORDER BY v ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) AS s FROM t": [
        ("a", 1),
        ("b", 3),
    ],
    "SELECT k, ROW_NUMBER() OVER (PARTITION BY 1 ORDER BY v DESC) AS r FROM t": [("a", 2), ("b", 1)],
    "SELECT k FROM t WHERE EXISTS (SELECT 1 FROM t AS u WHERE u.k = t.k AND u.v > 1)": [("b",)],
    "SELECT k FROM t GROUP BY k HAVING MAX(v) > 1": [("b",)],
    "SELECT k FROM t ORDER BY v DESC LIMIT 1": [("b",)],
}


@pytest.mark.parametrize("sql", STATEMENTS)
def test_a_statement_of_the_portable_subset_has_one_answer(engine: Engine, sql: str) -> None:
    table = pa.table({"k": ["b", "a"], "v": [2, 1]}, schema=SCHEMA)
    assert _sorted(engine, engine.query(sql, t=table)) == STATEMENTS[sql]


# -- failure ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sql", ["SELECT nothing FROM t", "SELEC k FROM t", "SELECT k FROM elsewhere"])
def test_a_query_that_cannot_be_planned_is_an_engine_error(engine: Engine, sql: str) -> None:
    with pytest.raises(EngineError) as error:
        engine.query(sql, t=_table())
    assert error.value.exit_code == 4


def test_a_query_that_fails_on_a_row_says_nothing_of_the_row(engine: Engine) -> None:
    table = pa.table({"k": ["1", SECRET], "v": [1, 2]}, schema=SCHEMA)
    with pytest.raises(EngineError) as error:
        _rows(engine, engine.write("cast", engine.query("SELECT CAST(k AS BIGINT) AS x FROM t", t=table)))
    assert SECRET not in error.value.sentence()


def test_a_function_that_fails_fails_the_map_and_nothing_else(engine: Engine) -> None:
    class OwnError(StillwatchError):
        pass

    def fail(batch: pa.RecordBatch) -> pa.RecordBatch:
        raise OwnError("refused")

    with pytest.raises(OwnError):
        _rows(engine, engine.map(_table(), fail, SCHEMA))
    assert len(_rows(engine, engine.write("after", _table()))) == 10


@pytest.mark.parametrize("failure", [OSError("the disk went away"), ValueError(SECRET)], ids=["disk", "bug"])
def test_a_write_that_fails_leaves_the_old_table(factory: Factory, tmp_path: Path, failure: Exception) -> None:
    def broken() -> Iterator[pa.RecordBatch]:
        yield from _table(3).to_batches()
        raise failure

    with factory(tmp_path / "work") as engine:
        engine.write("whole", _table(5))
        with pytest.raises((EngineError, type(failure))):
            engine.write("whole", broken(), SCHEMA)
        assert len(_rows(engine, engine.read("whole"))) == 5
        with pytest.raises((EngineError, type(failure))):
            engine.write("never", broken(), SCHEMA)
        with pytest.raises(EngineError, match="no table 'never'"):
            engine.read("never")


def test_what_was_written_outlives_the_engine(factory: Factory, tmp_path: Path) -> None:
    with factory(tmp_path / "work") as engine:
        engine.write("kept", _table(5))
    with factory(tmp_path / "work") as engine:
        assert len(_rows(engine, engine.read("kept"))) == 5


def test_two_runs_give_the_same_rows(factory: Factory, tmp_path: Path) -> None:
    def run(folder: Path) -> list[dict[str, Any]]:
        with factory(folder) as engine:
            frame = engine.query("SELECT k, COUNT(*) AS n, MAX(v) AS m FROM t GROUP BY k ORDER BY k", t=_table(50_000))
            return _rows(engine, engine.write("counted", frame))

    runs = [run(tmp_path / str(i)) for i in range(2)]
    assert all(a == b for a, b in itertools.pairwise(runs))
