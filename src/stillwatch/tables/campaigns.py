"""Tables that ``campaigns`` writes for one scan: campaigns, members and their evidence."""

import pyarrow as pa

from stillwatch.tables.columns import PERSONAL, TIMESTAMP, Column, Table, optional

__all__ = ["ALONE_TYPE", "BONDS", "CAMPAIGNS", "CAPABILITY_TYPE", "GROUNDS", "MEMBERS", "REASON_TYPE"]

REASON_TYPE = pa.struct(
    [
        pa.field("signal", pa.string()),
        pa.field("family", pa.string()),
        pa.field("kind", pa.string()),
        pa.field("expected", pa.float64()),
        pa.field("observed", pa.float64()),
        pa.field("value", pa.float64()),
        pa.field("cap", pa.float64()),
    ]
)
"""``value`` is in the unit that ``kind`` names (``model.ReasonKind``); ``cap`` is the most that it can be. Values of
different kinds cannot be compared or added."""

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
    "one campaign: a group of accounts that passed the tests",
    (
        Column("campaign_id", pa.string(), "id of the campaign, the same while it grows"),
        Column("n_accounts", pa.int64(), "number of members"),
        Column("n_exchanges", pa.int64(), "exchanges of the members"),
        Column("output_tokens", pa.int64(), "output tokens of the members"),
        Column("first_at", TIMESTAMP, "first exchange of the members"),
        Column("last_at", TIMESTAMP, "last exchange of the members"),
        Column("coordination", pa.float64(), "0 to 1: how little the accounts differ, against strangers"),
        Column(
            "p_group", pa.float64(), "0 to 1: probability that the accounts work through one list, or are run as one"
        ),
        Column(
            "accountability",
            pa.string(),
            "who answers for the accounts, from facts: operator, independent, unknown or concealed",
        ),
        Column("rank", pa.int64(), "place in the queue, 1 first: by severity, then by what the accounts ask for"),
        Column("q_value", pa.float64(), "lowest false discovery rate at which the group is reported"),
        Column("severity", pa.string(), "watch, review or urgent"),
        Column("capabilities", pa.list_(CAPABILITY_TYPE), "capabilities that were asked for, with their shares"),
        Column(
            "reasons",
            pa.list_(REASON_TYPE),
            "what was tested, which facts are known and what the accounts ask for, by kind, strongest first",
        ),
        Column(
            "innocent_readings",
            pa.list_(pa.string()),
            "honest explanations that the evidence cannot rule out",
        ),
    ),
)

MEMBERS = Table(
    "members",
    "one account in a campaign",
    (
        Column("campaign_id", pa.string(), "the campaign"),
        Column("account_id", pa.string(), "the account", sensitivity=PERSONAL),
        Column(
            "p_member",
            pa.float64(),
            "0 to 1: probability that the account belongs to the group, if it is one; times p_group, that it is in one",
        ),
        Column("reasons", pa.list_(REASON_TYPE), "evidence about the account, strongest first"),
    ),
)

BONDS = Table(
    "bonds",
    "one bond: a trace that members of a reported campaign share, for the graph",
    (
        Column("campaign_id", pa.string(), "the campaign"),
        Column("account_id", pa.string(), "the account", sensitivity=PERSONAL),
        Column("signal", pa.string(), "file name of the signal"),
        Column("family", pa.string(), "its family"),
        Column("hub", pa.string(), "digest of the shared value; never the value", sensitivity=PERSONAL),
        Column("bits", pa.float64(), "evidence of the link"),
        optional("n_holders", pa.int64(), "payers with the value in the whole log"),
    ),
)

GROUNDS = Table(
    "grounds",
    "what one member adds to the tests of a reported campaign, so that the tests can be repeated without it",
    (
        Column("campaign_id", pa.string(), "the campaign"),
        Column("account_id", pa.string(), "the account", sensitivity=PERSONAL),
        Column("unit", pa.int64(), "number of the payer; members with equal numbers have one payer"),
        Column("is_tied", pa.bool_(), "whether the account shares a trace of the family identity with another payer"),
        Column("is_crossing", pa.bool_(), "whether traces of two identity signals link it to different payers"),
        Column(
            "n_ties_alone",
            pa.int64(),
            "traces of the family identity that the account shares, but with no member of the campaign",
        ),
        Column(
            "alone",
            pa.list_(ALONE_TYPE),
            "by signal: pairs, squares and number of the traces shared with strangers and with no member",
        ),
        Column("n", pa.int64(), "prompts compared; 0 where none of the account was compared"),
        Column("spread", pa.float64(), "variance of its prompts around their mean"),
        Column("noise", pa.float64(), "expected squared distance of the mean from the true mean"),
        optional("mean", pa.binary(), "mean content vector, little-endian float16; missing where n is 0"),
        Column("honest_distance", pa.float64(), "median squared distance between two honest accounts"),
        Column("honest_spread", pa.float64(), "median spread of an honest account"),
        Column("noise_factor", pa.float64(), "standard error of a squared distance, in expected squared errors"),
    ),
)
