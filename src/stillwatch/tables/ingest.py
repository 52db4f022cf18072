"""Tables that ``ingest`` writes: exchanges, facts about accounts, and rejects."""

import pyarrow as pa

from stillwatch.tables.columns import CONTENT, OPEN, PERSONAL, TIMESTAMP, Column, Table, optional

__all__ = ["ACCOUNTS", "ATTRIBUTES", "EXCHANGES", "REJECTS", "STAGED", "STATUSES", "TEXTS", "VERIFICATIONS"]

EXCHANGES = Table(
    "exchanges",
    "one request and its answer",
    (
        Column(
            "exchange_id",
            pa.string(),
            "id of the exchange; a second row with the same id is a reject",
            sensitivity=PERSONAL,
        ),
        Column("at", TIMESTAMP, "when the request arrived"),
        Column(
            "account_id",
            pa.string(),
            "the account that sent the request; it may own many API keys",
            sensitivity=PERSONAL,
        ),
        optional("organization_id", pa.string(), "the organization that pays openly", PERSONAL),
        Column("model", pa.string(), "the model that answered", sensitivity=OPEN),
        optional("conversation_id", pa.string(), "id shared by the turns of one conversation", PERSONAL),
        optional("system_prompt", pa.string(), "text of the system or developer message", CONTENT),
        optional("prompt", pa.string(), "text of the last user turn", CONTENT),
        optional("completion", pa.string(), "text of the answer", CONTENT),
        optional("input_tokens", pa.int32(), "tokens of the request"),
        optional("output_tokens", pa.int32(), "tokens of the answer"),
        optional("max_output_tokens", pa.int32(), "the caller's limit on output tokens"),
        optional("temperature", pa.float32(), "sampling temperature of the request"),
        optional("n_tools", pa.int32(), "number of tools offered to the model"),
        optional("tools_digest", pa.string(), "digest of the tool schemas"),
        optional("stream", pa.bool_(), "whether the answer was streamed"),
        Column("status", pa.string(), "one of ok, error, refused, throttled", sensitivity=OPEN),
        optional("client_ip", pa.string(), "client address behind the trusted proxies", PERSONAL),
        optional("user_agent", pa.string(), "user agent of the client", PERSONAL),
        optional("client_fingerprint", pa.string(), "JA4 or header-order digest", PERSONAL),
        optional("sketch", pa.binary(), "fixed-size sketch of the texts, for rows without texts"),
        optional("n_samples", pa.int32(), "number of answers that the request asks for"),
        optional("logprobs", pa.bool_(), "whether the request asks for log-probabilities of tokens"),
        optional("seed", pa.int64(), "the caller's seed for sampling"),
        optional("batch", pa.bool_(), "whether the request came in a batch job"),
        optional(
            "answer_digests",
            pa.list_(pa.int64()),
            "keyed hashes of some passages of the answer, which stand for its text; `stillwatch sketch` makes them",
        ),
    ),
)

STAGED = Table(
    "staged",
    "one exchange as it was read, with its source and position, before duplicates are removed",
    (
        *EXCHANGES.columns,
        Column("source", pa.string(), "path, URL or - for standard input"),
        Column("position", pa.int64(), "row or line number within the source, from 1"),
    ),
)

ACCOUNTS = Table(
    "accounts",
    "what the provider knows of one account; every column, also an unknown one, becomes rows of attributes",
    (
        Column("account_id", pa.string(), "the account", sensitivity=PERSONAL),
        optional("created_at", TIMESTAMP, "when the account was opened"),
        optional("organization_id", pa.string(), "the organization that pays openly", PERSONAL),
        optional("email", pa.string(), "e-mail address", PERSONAL),
        optional("email_domain", pa.string(), "domain of the e-mail address", PERSONAL),
        optional("payment_fingerprint", pa.string(), "digest of the card, wallet or invoice", PERSONAL),
        optional("phone_digest", pa.string(), "digest of the phone number", PERSONAL),
        optional("device_fingerprint", pa.string(), "digest of the device seen at sign-up or log-in", PERSONAL),
        optional("referrer", pa.string(), "referral code or address", PERSONAL),
        optional("declared_country", pa.string(), "used by access policy only, never by a score", PERSONAL),
        optional("verification", pa.string(), "none, email, phone, payment or business"),
        optional("plan", pa.string(), "the plan the account is on"),
        optional("status", pa.string(), "open or closed"),
        optional("closed_at", TIMESTAMP, "when the account was closed"),
        optional("verified_at", TIMESTAMP, "when the account was verified, as `verification` says"),
        optional("declared_purpose", pa.string(), "what the account holder says the model is used for", PERSONAL),
    ),
)

ATTRIBUTES = Table(
    "attributes",
    "one fact about an account",
    (
        Column("account_id", pa.string(), "the account", sensitivity=PERSONAL),
        Column("name", pa.string(), "name of the fact, such as payment_fingerprint"),
        Column(
            "value",
            pa.string(),
            "value of the fact; a keyed hash where ingest.identifier_key is set",
            sensitivity=PERSONAL,
        ),
        optional("first_at", TIMESTAMP, "first time the fact was known"),
        optional("last_at", TIMESTAMP, "last time the fact was known"),
    ),
)

REJECTS = Table(
    "rejects",
    "one input row that could not be read, with the reason",
    (
        Column("source", pa.string(), "path, URL or - for standard input"),
        Column("position", pa.int64(), "row or line number within the source, from 1"),
        Column("reason", pa.string(), "what is wrong and what is expected; never the content of the row"),
    ),
)

TEXTS = ("system_prompt", "prompt", "completion", "sketch")
"""The columns of ``exchanges`` that hold texts or stand for them."""

STATUSES = ("ok", "error", "refused", "throttled")

VERIFICATIONS = ("none", "email", "phone", "payment", "business")
