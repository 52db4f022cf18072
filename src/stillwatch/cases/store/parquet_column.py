"""Tables within the database: as the bytes of a Parquet file, in a column of one row."""

import io

import pyarrow as pa
import pyarrow.parquet as pq

from stillwatch.tables.columns import Table

__all__ = ["load", "store"]


def store(rows: pa.Table) -> bytes:
    """Return *rows* as the bytes of a Parquet file."""
    sink = io.BytesIO()
    pq.write_table(rows, sink, compression="zstd")
    return sink.getvalue()


def load(kept: bytes, table: Table) -> pa.Table:
    """Return what :func:`store` made bytes of; a column of *table* that an earlier version did not keep is null."""
    found = pq.read_table(io.BytesIO(kept))
    for column in table.columns:
        if column.name not in found.column_names:
            found = found.append_column(column.name, pa.nulls(len(found), column.type))
    return found.select(list(table.names))
