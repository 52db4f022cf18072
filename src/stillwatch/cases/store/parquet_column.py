"""Stores an Arrow table in one column of the database, as the bytes of a Parquet file."""

import io

import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.tables.columns import Table

__all__ = ["load", "store"]


def store(rows: pa.Table) -> bytes:
    """Return *rows* as the bytes of a Parquet file, compressed with zstd."""
    sink = io.BytesIO()
    pq.write_table(rows, sink, compression="zstd")
    return sink.getvalue()


def load(kept: bytes, table: Table) -> pa.Table:
    """Return the table that :func:`store` encoded. A column of *table* that an older version did not store is null."""
    found = pq.read_table(io.BytesIO(kept))
    for column in table.columns:
        if column.name not in found.column_names:
            found = found.append_column(column.name, pa.nulls(len(found), column.type))
    return found.select(list(table.names))
