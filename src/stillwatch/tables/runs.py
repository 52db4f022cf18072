"""Tables that ``runs`` writes beside those of the rooms."""

import pyarrow as pa

from stillwatch.tables.columns import TIMESTAMP, Column, Table

__all__ = ["TIMELINE"]

TIMELINE = Table(
    "timeline",
    "exchanges in one time bucket, of one campaign or of all accounts outside campaigns",
    (
        Column("campaign_id", pa.string(), "the campaign; empty for all accounts outside every campaign"),
        Column("at", TIMESTAMP, "start of the bucket (an hour or a day, one width in a file)"),
        Column("n_exchanges", pa.int64(), "exchanges in the bucket"),
        Column("n_accounts", pa.int64(), "accounts active in the bucket"),
    ),
)
