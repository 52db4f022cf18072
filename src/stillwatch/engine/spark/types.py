"""Converts types between Arrow and Spark.

Spark has no unsigned integers. An Arrow ``uint64`` becomes ``DECIMAL(20, 0)`` in Spark, which holds all of its values.
Comparison, order, MIN, joins, groups and conversion to text give the same results as for the number, as in DuckDB.
``DECIMAL(20, 0)`` is used for ``uint64`` only, in both directions. Times are UTC microseconds.
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
    """Return *rows* (a table or batch) cast to *schema*; it has all columns of *schema* by name."""
    if rows.schema.equals(schema):
        return rows
    columns = [rows.column(field.name).cast(field.type) for field in schema]
    return type(rows).from_arrays(columns, schema=schema)


def spark_schema(schema: pa.Schema) -> pa.Schema:
    """Return *schema* with the types in which rows are sent to Spark (``uint64`` as ``DECIMAL(20, 0)``)."""
    swapped = {pa.uint64(): pa.decimal128(20, 0)}
    return pa.schema([pa.field(f.name, swapped.get(f.type, f.type)) for f in schema])


def nullable(schema: pa.Schema) -> pa.Schema:
    """Return *schema* with every column nullable, because Spark reads files so."""
    return pa.schema([pa.field(f.name, f.type) for f in schema])


def struct_of(schema: pa.Schema) -> st.StructType:
    """Return the Spark type of rows with the columns of *schema*; ``EngineError`` for a type that Spark lacks."""
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
    """Return the Arrow schema of rows of the Spark type *struct*."""
    return pa.schema([pa.field(f.name, _arrow_type(f.dataType)) for f in struct.fields])


def _arrow_type(kind: st.DataType) -> pa.DataType:
    if isinstance(kind, st.ArrayType):
        return pa.list_(_arrow_type(kind.elementType))
    if isinstance(kind, st.DecimalType) and (kind.precision, kind.scale) != (20, 0):
        return pa.decimal128(kind.precision, kind.scale)
    if kind not in _TO_ARROW:
        raise EngineError(f"a query gives a column of type {kind.simpleString()}, which no table has", where="spark")
    return _TO_ARROW[kind]
