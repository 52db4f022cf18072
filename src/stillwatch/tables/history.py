"""What ``campaigns`` writes over many scans: looks, campaigns, accounts and events."""

import pyarrow as pa

from stillwatch.tables.columns import PERSONAL, TIMESTAMP, Column, Table, optional

__all__ = ["EVENTS", "LINEAGE", "LOOKS", "TRACKS"]

LOOKS = Table(
    "looks",
    "one scan of a history of scans, and the part of the error rate that it spent",
    (
        Column("look", pa.int64(), "its number in the history, from 1"),
        Column(
            "digest", pa.string(), "digest of what was scanned and with what settings; the same again is no new look"
        ),
        optional("first_at", TIMESTAMP, "first exchange scanned"),
        optional("last_at", TIMESTAMP, "last exchange scanned"),
        Column("n_accounts", pa.int64(), "accounts scanned"),
        Column("n_exchanges", pa.int64(), "exchanges scanned"),
        Column("n_groups_tested", pa.int64(), "groups tested"),
        Column("n_campaigns", pa.int64(), "campaigns reported"),
        Column("share", pa.float64(), "part of the false discovery rate that this look may spend; all parts sum to 1"),
        Column("level", pa.float64(), "that part times the rate: the level at which new campaigns were tested"),
    ),
)

LINEAGE = Table(
    "lineage",
    "one campaign of a history of scans, as it stood when it was last reported",
    (
        Column("campaign_id", pa.string(), "the campaign"),
        Column("first_look", pa.int64(), "look that first reported it"),
        Column("last_look", pa.int64(), "look that last reported it"),
        Column("n_accounts", pa.int64(), "members at its last look"),
        Column("q_value", pa.float64(), "the smallest it was ever reported with; what it spent is spent for good"),
        optional("split_from", pa.string(), "campaign that it was part of before it was reported on its own"),
        optional("merged_into", pa.string(), "campaign that took up its members; missing while it stands on its own"),
    ),
)

TRACKS = Table(
    "tracks",
    "one account that was ever reported in a campaign of a history of scans",
    (
        Column("campaign_id", pa.string(), "the campaign"),
        Column("account_id", pa.string(), "the account", sensitivity=PERSONAL),
        Column("p_member", pa.float64(), "probability that it belongs, at its last look"),
        Column("first_look", pa.int64(), "look that first named it"),
        Column("last_look", pa.int64(), "look that last named it"),
    ),
)

EVENTS = Table(
    "events",
    "one thing that became of a campaign between two scans",
    (
        Column("look", pa.int64(), "the look that noticed"),
        Column("campaign_id", pa.string(), "the campaign"),
        Column("event", pa.string(), "appeared, grew, split (off), merged (with), returned or gone"),
        optional("other_id", pa.string(), "the campaign it split off from or took up"),
        Column("n_accounts", pa.int64(), "members after it; at its last look where it is gone"),
        Column("n_new", pa.int64(), "members that it never had before"),
    ),
)
