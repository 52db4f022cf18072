"""Types survive the way from Arrow to Spark and back; a type that one side lacks is named."""

import importlib
from typing import Any

import pyarrow as pa
import pytest

from stillwatch.errors import EngineError
from stillwatch.tables import PRINTS, SKETCHED, STAGED
from stillwatch.tables.columns import Table

pytestmark = pytest.mark.spark

TABLES = (STAGED, SKETCHED, PRINTS)
"""The tables whose rows the tasks of a scan make."""
HASHES = pa.table(
    {
        "i": pa.array(range(5), pa.int64()),
        "h": pa.array([0, 1, 2**63, 2**64 - 1, None], pa.uint64()),
    }
)
EVERY_TYPE = pa.schema(
    {
        "text": pa.string(),
        "bytes": pa.binary(),
        "flag": pa.bool_(),
        "small": pa.int8(),
        "short": pa.int16(),
        "int": pa.int32(),
        "long": pa.int64(),
        "hash": pa.uint64(),
        "single": pa.float32(),
        "double": pa.float64(),
        "day": pa.date32(),
        "at": pa.timestamp("us", tz="UTC"),
        "local": pa.timestamp("us"),
        "list": pa.list_(pa.int64()),
        "money": pa.decimal128(12, 2),
    }
)


@pytest.fixture
def types() -> Any:
    return importlib.import_module("stillwatch.engine.spark.types")


def test_every_type_of_a_table_comes_back(types: Any) -> None:
    assert types.arrow_schema(types.struct_of(EVERY_TYPE)) == EVERY_TYPE


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_has_a_spark_type_and_comes_back(types: Any, table: Table) -> None:
    assert types.arrow_schema(types.struct_of(table.schema)) == types.nullable(table.schema)


def test_large_types_come_back_as_plain_ones(types: Any) -> None:
    large = pa.schema({"text": pa.large_string(), "bytes": pa.large_binary()})
    assert types.arrow_schema(types.struct_of(large)) == pa.schema({"text": pa.string(), "bytes": pa.binary()})


def test_only_unsigned_columns_change_on_the_way_to_spark(types: Any) -> None:
    changed = types.spark_schema(EVERY_TYPE)
    assert changed.field("hash").type == pa.decimal128(20, 0)
    assert [f for f in changed if f.name != "hash"] == [f for f in EVERY_TYPE if f.name != "hash"]


def test_casting_rows_keeps_the_values_both_ways(types: Any) -> None:
    (batch,) = HASHES.to_batches()
    there = types.cast_rows(batch, types.spark_schema(HASHES.schema))
    assert there.schema.field("h").type == pa.decimal128(20, 0)
    assert types.cast_rows(there, HASHES.schema) == batch
    assert types.cast_rows(HASHES, HASHES.schema) is HASHES


def test_columns_are_found_by_name_and_not_by_position(types: Any) -> None:
    turned = HASHES.select(["h", "i"])
    assert types.cast_rows(turned, HASHES.schema) == HASHES


def test_every_column_of_a_file_may_be_null(types: Any) -> None:
    strict = pa.schema([pa.field("k", pa.string(), nullable=False)])
    assert types.nullable(strict) == pa.schema([pa.field("k", pa.string())])
    assert all(field.nullable for field in types.struct_of(strict).fields)


def test_an_unsigned_column_comes_back_unsigned(engine: Any) -> None:
    assert engine.query("SELECT MIN(h) AS h FROM t", t=HASHES).schema == pa.schema([("h", pa.uint64())])
    written = engine.write("hashes", HASHES)
    assert engine.arrow(engine.read("hashes")).read_all().sort_by("i") == HASHES
    assert written.schema == HASHES.schema


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (pa.table({"x": pa.array([1], pa.uint16())}), "no type for uint16"),
        (pa.table({"x": pa.array([1], pa.duration("s"))}), "no type for duration"),
    ],
)
def test_a_type_that_spark_lacks_is_named(engine: Any, table: pa.Table, message: str) -> None:
    with pytest.raises(EngineError, match=message):
        engine.write("strange", table)


def test_a_column_that_no_table_has_is_named(engine: Any) -> None:
    with pytest.raises(EngineError, match="of type interval"):
        engine.query("SELECT INTERVAL '1' DAY AS x")
