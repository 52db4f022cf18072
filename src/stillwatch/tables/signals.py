"""What ``signals`` writes: values that an account has and others may have too."""

import pyarrow as pa

from stillwatch.tables.columns import PERSONAL, TIMESTAMP, Column, Table, optional

__all__ = ["TRACES"]

TRACES = Table(
    "traces",
    "one value that an account has and another may have too",
    (
        Column("signal", pa.string(), "file name of the signal"),
        Column("family", pa.string(), "its family"),
        Column("hub", pa.string(), "digest of the shared value; never the value", sensitivity=PERSONAL),
        Column("account_id", pa.string(), "the account", sensitivity=PERSONAL),
        Column("n", pa.int64(), "how many exchanges or facts carry it"),
        optional("first_at", TIMESTAMP, "first seen"),
        optional("last_at", TIMESTAMP, "last seen"),
    ),
)
