"""Every table that crosses a room: its columns, types, meaning and sensitivity.

Arrow schemas, ingest checks, the reference pages and the house test on sensitive columns are all made from here.
"""

import pyarrow as pa

from stillwatch.columns import Column, Sensitivity, Table

__all__ = [
    "ACCOUNTS",
    "ACTIVITY",
    "ATTRIBUTES",
    "BONDS",
    "CAMPAIGNS",
    "EVENTS",
    "EXCHANGES",
    "GROUNDS",
    "JUDGED",
    "LINEAGE",
    "LINKS",
    "LOOKS",
    "MEMBERS",
    "PLACES",
    "PRINTS",
    "PROFILES",
    "REJECTS",
    "SKETCHED",
    "SPREADS",
    "STAGED",
    "STATUSES",
    "TABLES",
    "TEXTS",
    "TIMELINE",
    "TIMESTAMP",
    "TRACES",
    "TRACKS",
    "TRUTH",
    "VERIFICATIONS",
]

STATUSES = ("ok", "error", "refused", "throttled")
VERIFICATIONS = ("none", "email", "phone", "payment", "business")
TIMESTAMP = pa.timestamp("us", tz="UTC")


def _optional(name: str, kind: pa.DataType, meaning: str, sensitivity: Sensitivity = Sensitivity.INTERNAL) -> Column:
    return Column(name, kind, meaning, required=False, sensitivity=sensitivity)


_PERSONAL, _CONTENT, _OPEN = Sensitivity.PERSONAL, Sensitivity.CONTENT, Sensitivity.OPEN

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

EXCHANGES = Table(
    "exchanges",
    "one request and its answer, as little of it as needed",
    (
        Column(
            "exchange_id",
            pa.string(),
            "identifies the exchange; a second row with it is a reject",
            sensitivity=_PERSONAL,
        ),
        Column("at", TIMESTAMP, "when the request arrived"),
        Column("account_id", pa.string(), "the account that asked; may own many keys", sensitivity=_PERSONAL),
        _optional("organization_id", pa.string(), "who pays, openly", _PERSONAL),
        Column("model", pa.string(), "the model that answered", sensitivity=_OPEN),
        _optional("conversation_id", pa.string(), "groups the turns of one conversation", _PERSONAL),
        _optional("system_prompt", pa.string(), "text of the system or developer message", _CONTENT),
        _optional("prompt", pa.string(), "text of the last user turn", _CONTENT),
        _optional("completion", pa.string(), "text of the answer", _CONTENT),
        _optional("input_tokens", pa.int32(), "tokens read"),
        _optional("output_tokens", pa.int32(), "tokens written"),
        _optional("max_output_tokens", pa.int32(), "most tokens the caller allowed"),
        _optional("temperature", pa.float32(), "sampling temperature the caller asked for"),
        _optional("n_tools", pa.int32(), "tools offered to the model"),
        _optional("tools_digest", pa.string(), "digest of the tool schemas"),
        _optional("stream", pa.bool_(), "whether the answer was streamed"),
        Column("status", pa.string(), "one of ok, error, refused, throttled", sensitivity=_OPEN),
        _optional("client_ip", pa.string(), "address of the caller behind the trusted hops", _PERSONAL),
        _optional("user_agent", pa.string(), "the caller's user agent", _PERSONAL),
        _optional("client_fingerprint", pa.string(), "JA4 or header-order digest", _PERSONAL),
        _optional("sketch", pa.binary(), "fixed-size sketch of the texts, for rows without text"),
    ),
)

STAGED = Table(
    "staged",
    "an exchange as it was read, with where it stood; duplicates not yet sorted out",
    (
        *EXCHANGES.columns,
        Column("source", pa.string(), "path, URL or - for standard input"),
        Column("position", pa.int64(), "row or line number within the source, from 1"),
    ),
)

ACCOUNTS = Table(
    "accounts",
    "what the provider knows of one account; melted into attributes, as is any further column",
    (
        Column("account_id", pa.string(), "the account", sensitivity=_PERSONAL),
        _optional("created_at", TIMESTAMP, "when the account was opened"),
        _optional("organization_id", pa.string(), "who pays, openly", _PERSONAL),
        _optional("email", pa.string(), "e-mail address", _PERSONAL),
        _optional("email_domain", pa.string(), "domain of the e-mail address", _PERSONAL),
        _optional("payment_fingerprint", pa.string(), "digest of the card, wallet or invoice", _PERSONAL),
        _optional("phone_digest", pa.string(), "digest of the phone number", _PERSONAL),
        _optional("device_fingerprint", pa.string(), "digest of the device seen at sign-up or log-in", _PERSONAL),
        _optional("referrer", pa.string(), "referral code or address", _PERSONAL),
        _optional("declared_country", pa.string(), "used by policy alone, never by a score", _PERSONAL),
        _optional("verification", pa.string(), "none, email, phone, payment or business"),
        _optional("plan", pa.string(), "the plan the account is on"),
        _optional("status", pa.string(), "open or closed"),
        _optional("closed_at", TIMESTAMP, "when the account was closed"),
    ),
)

ATTRIBUTES = Table(
    "attributes",
    "one fact about an account",
    (
        Column("account_id", pa.string(), "the account", sensitivity=_PERSONAL),
        Column("name", pa.string(), "name of the fact, such as payment_fingerprint"),
        Column("value", pa.string(), "its value; a keyed hash where the setting says so", sensitivity=_PERSONAL),
        _optional("first_at", TIMESTAMP, "first time it was known to hold"),
        _optional("last_at", TIMESTAMP, "last time it was known to hold"),
    ),
)

REJECTS = Table(
    "rejects",
    "one input row that could not be read, and why",
    (
        Column("source", pa.string(), "path, URL or - for standard input"),
        Column("position", pa.int64(), "row or line number within the source, from 1"),
        Column("reason", pa.string(), "what is wrong and what would be right; never the row's content"),
    ),
)

PRINTS = Table(
    "prints",
    "the fingerprint of one exchange: what is left of it when the text is gone",
    (
        Column("account_id", pa.string(), "the account", sensitivity=_PERSONAL),
        Column("at", TIMESTAMP, "when the request arrived"),
        Column("prompt_hash", pa.uint64(), "hash of the normalised prompt; 0 where there is none"),
        Column("system_hash", pa.uint64(), "hash of the normalised system prompt; 0 where there is none"),
        Column("head_hash", pa.uint64(), "hash of the first six words of the prompt; 0 where it has no more"),
        Column("tail_hash", pa.uint64(), "hash of the last six words of the prompt; 0 where it has no more"),
        Column("n_words", pa.int32(), "words in the prompt"),
        Column("capability", pa.int8(), "index into model.CAPABILITIES; -1 where nothing is known"),
        Column(
            "asks",
            pa.int32(),
            "bit set of training-data requests found in the prompt (features.capabilities)",
        ),
        _optional(
            "frame",
            pa.list_(pa.int64()),
            "hashes of the parts of the prompt that can be its frame, with their weights (features.frames)",
        ),
        _optional(
            "vector",
            pa.binary(),
            "content vector of the prompt, int8; missing where nothing is known of the text",
        ),
    ),
)

TEXTS = ("system_prompt", "prompt", "completion", "sketch")
"""The columns of ``exchanges`` that say what was asked and answered."""

SKETCHED = Table(
    "sketched",
    "an exchange as it was read, its print in place of its texts; duplicates not yet sorted out",
    (
        *(column for column in EXCHANGES.columns if column.name not in TEXTS),
        Column("content_hash", pa.int64(), "hash of the texts, to tell two rows with one id apart"),
        *(column for column in PRINTS.columns if column.name not in EXCHANGES.names),
        *STAGED.columns[-2:],
    ),
)

PROFILES = Table(
    "profiles",
    "the mergeable sketch of one account: integer sums, so that parts add up to the same bytes in any order",
    (
        Column("account_id", pa.string(), "the account", sensitivity=_PERSONAL),
        Column("half", pa.int8(), "0 or 1: which half of the exchanges, split by their content hash"),
        Column("n", pa.int64(), "exchanges with a content vector"),
        Column("norm", pa.int64(), "sum of the squared lengths of their vectors"),
        Column("total", pa.binary(), "sum of their vectors, little-endian int32"),
        Column("capabilities", pa.binary(), "exchanges per capability, little-endian int32"),
    ),
)

PLACES = Table(
    "places",
    "which topic one prompt falls into",
    (
        Column("account_id", pa.string(), "the account", sensitivity=_PERSONAL),
        Column("half", pa.int8(), "0 or 1: which half of the exchanges, split by their content hash"),
        Column("prompt_hash", pa.uint64(), "hash of the normalised prompt"),
        Column("topic", pa.int16(), "the topic (features.topics)"),
    ),
)

SPREADS = Table(
    "spreads",
    "how many different prompts of one account and half fall into one topic",
    (
        Column("account_id", pa.string(), "the account", sensitivity=_PERSONAL),
        Column("half", pa.int8(), "0 or 1: which half of the exchanges, split by their content hash"),
        Column("topic", pa.int16(), "the topic (features.topics)"),
        Column("n", pa.int64(), "different prompts"),
    ),
)

ACTIVITY = Table(
    "activity",
    "what one account did, in counts",
    (
        Column("account_id", pa.string(), "the account", sensitivity=_PERSONAL),
        _optional("organization_id", pa.string(), "who pays for it openly; missing where nobody does", _PERSONAL),
        Column("n_exchanges", pa.int64(), "exchanges"),
        Column("n_ok", pa.int64(), "exchanges that were answered"),
        Column("output_tokens", pa.int64(), "tokens written for it"),
        Column("n_measured", pa.int64(), "answered exchanges with a token count"),
        Column("n_threaded", pa.int64(), "exchanges that carry a conversation"),
        Column("n_conversations", pa.int64(), "different conversations"),
        Column("n_days", pa.int64(), "days with an exchange"),
        Column("n_prompts", pa.int64(), "exchanges with a known prompt"),
        Column("n_different", pa.int64(), "different prompts"),
        Column("n_asking", pa.int64(), "prompts that ask for training data (features.capabilities)"),
        Column("first_at", TIMESTAMP, "first exchange"),
        Column("last_at", TIMESTAMP, "last exchange"),
    ),
)

TRACES = Table(
    "traces",
    "one value that an account has and another may have too",
    (
        Column("signal", pa.string(), "file name of the signal"),
        Column("family", pa.string(), "its family"),
        Column("hub", pa.string(), "digest of the shared value; never the value", sensitivity=_PERSONAL),
        Column("account_id", pa.string(), "the account", sensitivity=_PERSONAL),
        Column("n", pa.int64(), "how many exchanges or facts carry it"),
        _optional("first_at", TIMESTAMP, "first seen"),
        _optional("last_at", TIMESTAMP, "last seen"),
    ),
)

LINKS = Table(
    "links",
    "weighed evidence between an account and a hub",
    (
        Column("signal", pa.string(), "file name of the signal"),
        Column("family", pa.string(), "its family"),
        Column("hub", pa.string(), "digest of the shared value", sensitivity=_PERSONAL),
        Column("account_id", pa.string(), "the account", sensitivity=_PERSONAL),
        Column("n_accounts", pa.int64(), "accounts that have the value"),
        Column("weight_micros", pa.int64(), "evidence in millionths of a bit"),
    ),
)

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
        Column("account_id", pa.string(), "the account", sensitivity=_PERSONAL),
        Column("p_member", pa.float64(), "0 to 1: probability that the account belongs"),
        Column("reasons", pa.list_(REASON_TYPE), "why, strongest first"),
    ),
)

BONDS = Table(
    "bonds",
    "one trace that members of a reported campaign share, for the account-trace graph",
    (
        Column("campaign_id", pa.string(), "the campaign"),
        Column("account_id", pa.string(), "the account", sensitivity=_PERSONAL),
        Column("signal", pa.string(), "file name of the signal"),
        Column("family", pa.string(), "its family"),
        Column("hub", pa.string(), "digest of the shared value; never the value", sensitivity=_PERSONAL),
        Column("bits", pa.float64(), "evidence of the link"),
        _optional("n_holders", pa.int64(), "payers that hold the value in the whole log"),
    ),
)

GROUNDS = Table(
    "grounds",
    "what one member adds to the tests of a reported campaign, so that they can be made again without it",
    (
        Column("campaign_id", pa.string(), "the campaign"),
        Column("account_id", pa.string(), "the account", sensitivity=_PERSONAL),
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
        _optional("mean", pa.binary(), "mean content vector, little-endian float16; missing where n is 0"),
        Column("honest_distance", pa.float64(), "median squared distance of two honest people"),
        Column("honest_spread", pa.float64(), "median spread of an honest account"),
        Column("noise_factor", pa.float64(), "standard error of a squared distance, in expected squared errors"),
    ),
)

TIMELINE = Table(
    "timeline",
    "exchanges in one bucket of time, of one campaign or of everybody else",
    (
        Column("campaign_id", pa.string(), "the campaign; empty for all accounts outside every campaign"),
        Column("at", TIMESTAMP, "start of the bucket (an hour or a day, one width in a file)"),
        Column("n_exchanges", pa.int64(), "exchanges in the bucket"),
        Column("n_accounts", pa.int64(), "accounts active in the bucket"),
    ),
)

LOOKS = Table(
    "looks",
    "one scan of a history of scans, and the part of the error rate that it spent",
    (
        Column("look", pa.int64(), "its number in the history, from 1"),
        Column(
            "digest", pa.string(), "digest of what was scanned and with what settings; the same again is no new look"
        ),
        _optional("first_at", TIMESTAMP, "first exchange scanned"),
        _optional("last_at", TIMESTAMP, "last exchange scanned"),
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
        _optional("split_from", pa.string(), "campaign that it was part of before it was reported on its own"),
        _optional("merged_into", pa.string(), "campaign that took up its members; missing while it stands on its own"),
    ),
)

TRACKS = Table(
    "tracks",
    "one account that was ever reported in a campaign of a history of scans",
    (
        Column("campaign_id", pa.string(), "the campaign"),
        Column("account_id", pa.string(), "the account", sensitivity=_PERSONAL),
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
        _optional("other_id", pa.string(), "the campaign it split off from or took up"),
        Column("n_accounts", pa.int64(), "members after it; at its last look where it is gone"),
        Column("n_new", pa.int64(), "members that it never had before"),
    ),
)

JUDGED = Table(
    "judged",
    "one account that people settled, for measurement and calibration",
    (
        Column("account_id", pa.string(), "the account", sensitivity=_PERSONAL),
        Column("case_id", pa.int64(), "the case"),
        _optional("campaign_id", pa.string(), "the campaign; missing where the case was opened by hand"),
        Column("verdict", pa.string(), "confirmed or innocent"),
        Column("overturned", pa.bool_(), "whether it was an appeal that found it innocent"),
        Column("decided_at", TIMESTAMP, "when the last of the answers was given that say so"),
        _optional("expires_at", TIMESTAMP, "until when they hold; missing where one of them has no end"),
        _optional("p_member", pa.float64(), "membership that the last scan stated; missing where none did"),
    ),
)

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

TABLES: tuple[Table, ...] = (
    EXCHANGES,
    ACCOUNTS,
    ATTRIBUTES,
    STAGED,
    REJECTS,
    PRINTS,
    SKETCHED,
    PROFILES,
    PLACES,
    SPREADS,
    ACTIVITY,
    TRACES,
    LINKS,
    CAMPAIGNS,
    MEMBERS,
    BONDS,
    GROUNDS,
    TIMELINE,
    LOOKS,
    LINEAGE,
    TRACKS,
    EVENTS,
    JUDGED,
    TRUTH,
)
