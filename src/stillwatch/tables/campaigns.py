"""What ``campaigns`` writes for one scan: tested groups, their members and the evidence."""

import pyarrow as pa

from stillwatch.tables.columns import PERSONAL, TIMESTAMP, Column, Table, optional

__all__ = ["ALONE_TYPE", "BONDS", "CAMPAIGNS", "CAPABILITY_TYPE", "GROUNDS", "MEMBERS", "REASON_TYPE"]

REASON_TYPE = pa.struct(
    [
        pa.field("signal", pa.string()),
        pa.field("family", pa.string()),
        pa.field("expected", pa.float64()),
        pa.field("observed", pa.float64()),
        pa.field("bits", pa.float64()),
    ]
)

ALONE_TYPE = pa.struct(
    [
        pa.field("signal", pa.string()),
        pa.field("pairs", pa.float64()),
        pa.field("squares", pa.float64()),
        pa.field("n", pa.int64()),
    ]
)

CAPABILITY_TYPE = pa.struct([pa.field("name", pa.string()), pa.field("share", pa.float64())])

CAMPAIGNS = Table(
    "campaigns",
    "one tested group of accounts",
    (
        Column("campaign_id", pa.string(), "stable while the campaign grows"),
        Column("n_accounts", pa.int64(), "members"),
        Column("n_exchanges", pa.int64(), "their exchanges"),
        Column("output_tokens", pa.int64(), "tokens they took"),
        Column("first_at", TIMESTAMP, "their first exchange"),
        Column("last_at", TIMESTAMP, "their last exchange"),
        Column("coordination", pa.float64(), "0 to 1: how far the accounts act as one"),
        Column(
            "concealment",
            pa.float64(),
            "0 to 1: how far they claim to be strangers while they share what strangers don't",
        ),
        Column("harvest", pa.float64(), "0 to 1: how far what they ask for is training data"),
        Column("q_value", pa.float64(), "false discovery rate at which the group would just be reported"),
        Column("severity", pa.string(), "watch, review or urgent"),
        Column("capabilities", pa.list_(CAPABILITY_TYPE), "what was asked for, with shares"),
        Column("reasons", pa.list_(REASON_TYPE), "expected of strangers against observed, strongest first"),
        Column(
            "innocent_readings",
            pa.list_(pa.string()),
            "what the evidence cannot separate from an honest explanation",
        ),
    ),
)

MEMBERS = Table(
    "members",
    "one account in a campaign",
    (
        Column("campaign_id", pa.string(), "the campaign"),
        Column("account_id", pa.string(), "the account", sensitivity=PERSONAL),
        Column("p_member", pa.float64(), "0 to 1: probability that the account belongs"),
        Column("reasons", pa.list_(REASON_TYPE), "why, strongest first"),
    ),
)

BONDS = Table(
    "bonds",
    "one trace that members of a reported campaign share, for the account-trace graph",
    (
        Column("campaign_id", pa.string(), "the campaign"),
        Column("account_id", pa.string(), "the account", sensitivity=PERSONAL),
        Column("signal", pa.string(), "file name of the signal"),
        Column("family", pa.string(), "its family"),
        Column("hub", pa.string(), "digest of the shared value; never the value", sensitivity=PERSONAL),
        Column("bits", pa.float64(), "evidence of the link"),
        optional("n_holders", pa.int64(), "payers that hold the value in the whole log"),
    ),
)

GROUNDS = Table(
    "grounds",
    "what one member adds to the tests of a reported campaign, so that they can be made again without it",
    (
        Column("campaign_id", pa.string(), "the campaign"),
        Column("account_id", pa.string(), "the account", sensitivity=PERSONAL),
        Column("unit", pa.int64(), "who pays: equal numbers, one payer"),
        Column("is_tied", pa.bool_(), "whether a value of identity ties it to another payer"),
        Column("is_crossing", pa.bool_(), "whether such values tie it to different ones"),
        Column("n_ties_alone", pa.int64(), "values of identity that tie it, but to nobody in the campaign"),
        Column(
            "alone",
            pa.list_(ALONE_TYPE),
            "by signal: pairs, squares and number of the values that it shares with strangers and with no member",
        ),
        Column("n", pa.int64(), "prompts compared; 0 where none of the account's were"),
        Column("spread", pa.float64(), "variance of its prompts around their mean"),
        Column("noise", pa.float64(), "expected squared distance of the mean from the true mean"),
        optional("mean", pa.binary(), "mean content vector, little-endian float16; missing where n is 0"),
        Column("honest_distance", pa.float64(), "median squared distance of two honest people"),
        Column("honest_spread", pa.float64(), "median spread of an honest account"),
        Column("noise_factor", pa.float64(), "standard error of a squared distance, in expected squared errors"),
    ),
)
