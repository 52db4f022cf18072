"""What ``cases`` gives to a scan and to measurement."""

import pyarrow as pa

from stillwatch.tables.columns import PERSONAL, TIMESTAMP, Column, Table, optional

__all__ = ["JUDGED"]

JUDGED = Table(
    "judged",
    "one account that people settled, for measurement and calibration",
    (
        Column("account_id", pa.string(), "the account", sensitivity=PERSONAL),
        Column("case_id", pa.int64(), "the case"),
        optional("campaign_id", pa.string(), "the campaign; missing where the case was opened by hand"),
        Column("verdict", pa.string(), "confirmed or innocent"),
        Column("overturned", pa.bool_(), "whether it was an appeal that found it innocent"),
        Column("decided_at", TIMESTAMP, "when the last of the answers was given that say so"),
        optional("expires_at", TIMESTAMP, "until when they hold; missing where one of them has no end"),
        optional("p_member", pa.float64(), "membership that the last scan stated; missing where none did"),
    ),
)
