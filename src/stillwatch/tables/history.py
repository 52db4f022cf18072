"""Tables that ``campaigns`` keeps over many scans of one log: looks, campaigns, accounts and events."""

import pyarrow as pa

from stillwatch.tables.columns import PERSONAL, TIMESTAMP, Column, Table, optional

__all__ = ["EVENTS", "LINEAGE", "LOOKS", "TRACKS"]

LOOKS = Table(
    "looks",
    "one look: a scan of a history, and the part of the error rate that it spent",
    (
        Column("look", pa.int64(), "number of the look, from 1"),
        Column(
            "digest", pa.string(), "digest of the data and the settings; a scan with the same digest is no new look"
        ),
        optional("first_at", TIMESTAMP, "first exchange scanned"),
        optional("last_at", TIMESTAMP, "last exchange scanned"),
        Column("n_accounts", pa.int64(), "accounts scanned"),
        Column("n_exchanges", pa.int64(), "exchanges scanned"),
        Column("n_groups_tested", pa.int64(), "groups tested"),
        Column("n_campaigns", pa.int64(), "campaigns reported"),
        Column("share", pa.float64(), "part of the false discovery rate that this look may spend"),
        Column("level", pa.float64(), "level at which new campaigns were tested: that part times the rate"),
    ),
)

LINEAGE = Table(
    "lineage",
    "one campaign of a history, as it was last reported",
    (
        Column("campaign_id", pa.string(), "the campaign"),
        Column("first_look", pa.int64(), "look that first reported it"),
        Column("last_look", pa.int64(), "look that last reported it"),
        Column("n_accounts", pa.int64(), "members at its last look"),
        Column("q_value", pa.float64(), "q-value of its first report, or of a test after the rate was made stricter"),
        optional("split_from", pa.string(), "campaign that contained it before it was reported on its own"),
        optional(
            "merged_into",
            pa.string(),
            "campaign that now contains its members; missing while it is reported on its own",
        ),
    ),
)

TRACKS = Table(
    "tracks",
    "one account that was reported in a campaign of a history",
    (
        Column("campaign_id", pa.string(), "the campaign"),
        Column("account_id", pa.string(), "the account", sensitivity=PERSONAL),
        Column("p_member", pa.float64(), "membership probability at its last look"),
        Column("first_look", pa.int64(), "look that first reported the account"),
        Column("last_look", pa.int64(), "look that last reported the account"),
    ),
)

EVENTS = Table(
    "events",
    "one change of a campaign between two looks",
    (
        Column("look", pa.int64(), "look at which the change was seen"),
        Column("campaign_id", pa.string(), "the campaign"),
        Column("event", pa.string(), "appeared, grew, split (off), merged (with), returned or gone"),
        optional("other_id", pa.string(), "the campaign that it split from or merged with"),
        Column(
            "n_accounts", pa.int64(), "members after the change; for a campaign that is gone, members at its last look"
        ),
        Column("n_new", pa.int64(), "members that the campaign never had before"),
    ),
)
