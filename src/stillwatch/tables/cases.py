"""Tables that ``cases`` writes for scans and for measurement."""

import pyarrow as pa

from stillwatch.tables.columns import PERSONAL, TIMESTAMP, Column, Table, optional

__all__ = ["JUDGED"]

JUDGED = Table(
    "judged",
    "one account with a final verdict, for measurement and calibration",
    (
        Column("account_id", pa.string(), "the account", sensitivity=PERSONAL),
        Column("case_id", pa.int64(), "the case"),
        optional("campaign_id", pa.string(), "the campaign; missing where the case was opened by hand"),
        Column("verdict", pa.string(), "confirmed or innocent"),
        Column("overturned", pa.bool_(), "whether an appeal found the account innocent"),
        Column("decided_at", TIMESTAMP, "when the last of the verdicts behind it was given"),
        optional("expires_at", TIMESTAMP, "end of the verdicts' validity; missing where one of them has no end"),
        optional(
            "p_member",
            pa.float64(),
            "membership probability of the last scan, if the group is one; missing where no scan stated one",
        ),
        optional(
            "p_group", pa.float64(), "probability of the group in the last scan; missing where no scan stated one"
        ),
    ),
)
