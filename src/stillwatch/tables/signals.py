"""The table that ``signals`` writes."""

import pyarrow as pa

from stillwatch.tables.columns import PERSONAL, TIMESTAMP, Column, Table, optional

__all__ = ["TRACES"]

TRACES = Table(
    "traces",
    "one trace: a value of an account that another account can share",
    (
        Column("signal", pa.string(), "file name of the signal"),
        Column("family", pa.string(), "its family"),
        Column("hub", pa.string(), "digest of the shared value; never the value", sensitivity=PERSONAL),
        Column("account_id", pa.string(), "the account", sensitivity=PERSONAL),
        Column("n", pa.int64(), "exchanges or facts with the value"),
        optional("first_at", TIMESTAMP, "first seen"),
        optional("last_at", TIMESTAMP, "last seen"),
    ),
)
