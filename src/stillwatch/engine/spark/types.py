"""Types of Arrow and of Spark, both ways.

Spark has no unsigned integers. An Arrow ``uint64`` is a ``DECIMAL(20, 0)`` inside Spark, which holds every value of it.
Comparing, ordering, MIN, joining, grouping and spelling it as text give the results of the number, and therefore those
of DuckDB. ``DECIMAL(20, 0)`` means ``uint64`` and nothing else, both ways. Times are UTC microseconds.
"""

from typing import Any, Final

import pyarrow as pa
from pyspark.sql import types as st

from stillwatch.errors import EngineError

__all__ = ["arrow_schema", "cast_rows", "nullable", "spark_schema", "struct_of"]

_TO_SPARK: Final[dict[pa.DataType, st.DataType]] = {
    pa.string(): st.StringType(),
    pa.large_string(): st.StringType(),
    pa.binary(): st.BinaryType(),
    pa.large_binary(): st.BinaryType(),
    pa.bool_(): st.BooleanType(),
    pa.int8(): st.ByteType(),
    pa.int16(): st.ShortType(),
    pa.int32(): st.IntegerType(),
    pa.int64(): st.LongType(),
    pa.uint64(): st.DecimalType(20, 0),
    pa.float32(): st.FloatType(),
    pa.float64(): st.DoubleType(),
    pa.date32(): st.DateType(),
    pa.timestamp("us", tz="UTC"): st.TimestampType(),
    pa.timestamp("us"): st.TimestampNTZType(),
}
_TO_ARROW: Final = {kind: arrow for arrow, kind in reversed(_TO_SPARK.items())}


def cast_rows(rows: Any, schema: pa.Schema) -> Any:
    """Return a table or batch with the columns of *schema*, which it has under these names."""
    if rows.schema.equals(schema):
        return rows
    columns = [rows.column(field.name).cast(field.type) for field in schema]
    return type(rows).from_arrays(columns, schema=schema)


def spark_schema(schema: pa.Schema) -> pa.Schema:
    """Return *schema* as it crosses into Spark."""
    swapped = {pa.uint64(): pa.decimal128(20, 0)}
    return pa.schema([pa.field(f.name, swapped.get(f.type, f.type)) for f in schema])


def nullable(schema: pa.Schema) -> pa.Schema:
    """Return *schema* with every column nullable, as Spark reads files."""
    return pa.schema([pa.field(f.name, f.type) for f in schema])


def struct_of(schema: pa.Schema) -> st.StructType:
    """Return the Spark type of rows with the columns of *schema*."""
    return st.StructType([st.StructField(f.name, _spark_type(f.type), nullable=True) for f in schema])


def _spark_type(kind: pa.DataType) -> st.DataType:
    if pa.types.is_list(kind):
        return st.ArrayType(_spark_type(kind.value_type))
    if pa.types.is_decimal128(kind):
        return st.DecimalType(kind.precision, kind.scale)
    if kind not in _TO_SPARK:
        raise EngineError(f"Spark has no type for {kind}", where="spark")
    return _TO_SPARK[kind]


def arrow_schema(struct: st.StructType) -> pa.Schema:
    """Return the Arrow schema of rows of a Spark type."""
    return pa.schema([pa.field(f.name, _arrow_type(f.dataType)) for f in struct.fields])


def _arrow_type(kind: st.DataType) -> pa.DataType:
    if isinstance(kind, st.ArrayType):
        return pa.list_(_arrow_type(kind.elementType))
    if isinstance(kind, st.DecimalType) and (kind.precision, kind.scale) != (20, 0):
        return pa.decimal128(kind.precision, kind.scale)
    if kind not in _TO_ARROW:
        raise EngineError(f"a query gives a column of type {kind.simpleString()}, which no table has", where="spark")
    return _TO_ARROW[kind]
