"""What ``lab`` knows of a world that it built."""

import pyarrow as pa

from stillwatch.tables.columns import Column, Table

__all__ = ["TRUTH"]

TRUTH = Table(
    "truth",
    "what the lab knows of one account of a world it built; the detector never reads it",
    (
        Column("account_id", pa.string(), "the account"),
        Column("kind", pa.string(), "kind of honest account, look-alike family or campaign family"),
        Column("group", pa.string(), "name of the look-alike or campaign; empty for an honest account on its own"),
        Column("is_campaign", pa.bool_(), "whether the account belongs to a campaign"),
    ),
)
