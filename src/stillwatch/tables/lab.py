"""The truth about a world that ``lab`` built."""

import pyarrow as pa

from stillwatch.tables.columns import Column, Table

__all__ = ["TRUTH"]

TRUTH = Table(
    "truth",
    "the true kind of one account of a world; the detector never reads it",
    (
        Column("account_id", pa.string(), "the account"),
        Column("kind", pa.string(), "kind of ordinary account, look-alike family or campaign family"),
        Column("group", pa.string(), "name of the look-alike or campaign; empty for an ordinary account"),
        Column("is_campaign", pa.bool_(), "whether the account belongs to a campaign"),
    ),
)
