"""The table that ``links`` writes."""

import pyarrow as pa

from stillwatch.tables.columns import PERSONAL, Column, Table

__all__ = ["LINKS"]

LINKS = Table(
    "links",
    "one link: weighed evidence between an account and a hub",
    (
        Column("signal", pa.string(), "file name of the signal"),
        Column("family", pa.string(), "its family"),
        Column("hub", pa.string(), "digest of the shared value", sensitivity=PERSONAL),
        Column("account_id", pa.string(), "the account", sensitivity=PERSONAL),
        Column("n_accounts", pa.int64(), "accounts that share the value"),
        Column("weight_micros", pa.int64(), "evidence in millionths of a bit"),
    ),
)
