"""Tables that ``features`` writes: prints, profiles, topics and activity."""

import pyarrow as pa

from stillwatch.tables.columns import PERSONAL, TIMESTAMP, Column, Table, optional
from stillwatch.tables.ingest import EXCHANGES, STAGED, TEXTS

__all__ = ["ACTIVITY", "PLACES", "PRINTS", "PROFILES", "SKETCHED", "SPREADS"]

PRINTS = Table(
    "prints",
    "the print of one exchange: what a scan keeps of it in place of the text",
    (
        Column("account_id", pa.string(), "the account", sensitivity=PERSONAL),
        Column("at", TIMESTAMP, "when the request arrived"),
        Column("prompt_hash", pa.uint64(), "hash of the normalised prompt; 0 where there is none"),
        Column("system_hash", pa.uint64(), "hash of the normalised system prompt; 0 where there is none"),
        Column(
            "head_hash",
            pa.uint64(),
            "hash of the first six words of the prompt; 0 where the prompt has six words or fewer",
        ),
        Column(
            "tail_hash",
            pa.uint64(),
            "hash of the last six words of the prompt; 0 where the prompt has six words or fewer",
        ),
        Column("n_words", pa.int32(), "words in the prompt"),
        Column("capability", pa.int8(), "index into model.CAPABILITIES; -1 where the capability is unknown"),
        Column(
            "asks",
            pa.int32(),
            "bit set of training-data requests found in the prompt (features.capabilities)",
        ),
        optional(
            "frame",
            pa.list_(pa.int64()),
            "hashes of the parts of the prompt that can be its frame, with their weights (features.frames)",
        ),
        optional(
            "vector",
            pa.binary(),
            "content vector of the prompt, int8; missing where the text is unknown",
        ),
    ),
)

SKETCHED = Table(
    "sketched",
    "one exchange as it was read, with its print in place of its texts, before duplicates are removed",
    (
        *(column for column in EXCHANGES.columns if column.name not in TEXTS),
        Column("content_hash", pa.int64(), "hash of the texts, which tells two rows with the same id apart"),
        *(column for column in PRINTS.columns if column.name not in EXCHANGES.names),
        *STAGED.columns[-2:],
    ),
)

PROFILES = Table(
    "profiles",
    "the mergeable profile of one account and half: integer sums, which add up to the same bytes in any order",
    (
        Column("account_id", pa.string(), "the account", sensitivity=PERSONAL),
        Column("half", pa.int8(), "0 or 1: the half of the exchanges, split by the content hash"),
        Column("n", pa.int64(), "exchanges with a content vector"),
        Column("norm", pa.int64(), "sum of the squared lengths of their vectors"),
        Column("total", pa.binary(), "sum of their vectors, little-endian int32"),
        Column("capabilities", pa.binary(), "exchanges per capability, little-endian int32"),
    ),
)

PLACES = Table(
    "places",
    "one prompt with its topic",
    (
        Column("account_id", pa.string(), "the account", sensitivity=PERSONAL),
        Column("half", pa.int8(), "0 or 1: the half of the exchanges, split by the content hash"),
        Column("prompt_hash", pa.uint64(), "hash of the normalised prompt"),
        Column("topic", pa.int16(), "the topic (features.topics)"),
    ),
)

SPREADS = Table(
    "spreads",
    "how many distinct prompts one account has in one topic, per half",
    (
        Column("account_id", pa.string(), "the account", sensitivity=PERSONAL),
        Column("half", pa.int8(), "0 or 1: the half of the exchanges, split by the content hash"),
        Column("topic", pa.int16(), "the topic (features.topics)"),
        Column("n", pa.int64(), "distinct prompts"),
    ),
)

ACTIVITY = Table(
    "activity",
    "the activity of one account, in counts",
    (
        Column("account_id", pa.string(), "the account", sensitivity=PERSONAL),
        optional(
            "organization_id", pa.string(), "the organization that pays openly; missing where none does", PERSONAL
        ),
        Column("n_exchanges", pa.int64(), "exchanges"),
        Column("n_ok", pa.int64(), "exchanges that were answered"),
        Column("output_tokens", pa.int64(), "tokens of its answers"),
        Column("n_measured", pa.int64(), "answered exchanges with a token count"),
        Column("n_threaded", pa.int64(), "exchanges with a conversation id"),
        Column("n_conversations", pa.int64(), "distinct conversations"),
        Column("n_days", pa.int64(), "days with an exchange"),
        Column("n_prompts", pa.int64(), "exchanges with a known prompt"),
        Column("n_different", pa.int64(), "distinct prompts"),
        Column("n_asking", pa.int64(), "prompts that ask for training data (features.capabilities)"),
        Column("first_at", TIMESTAMP, "first exchange"),
        Column("last_at", TIMESTAMP, "last exchange"),
    ),
)
