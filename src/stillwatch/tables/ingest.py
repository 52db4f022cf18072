"""What ``ingest`` writes: exchanges, what is known of accounts, and what could not be read."""

import pyarrow as pa

from stillwatch.tables.columns import CONTENT, OPEN, PERSONAL, TIMESTAMP, Column, Table, optional

__all__ = ["ACCOUNTS", "ATTRIBUTES", "EXCHANGES", "REJECTS", "STAGED", "STATUSES", "TEXTS", "VERIFICATIONS"]

EXCHANGES = Table(
    "exchanges",
    "one request and its answer, as little of it as needed",
    (
        Column(
            "exchange_id",
            pa.string(),
            "identifies the exchange; a second row with it is a reject",
            sensitivity=PERSONAL,
        ),
        Column("at", TIMESTAMP, "when the request arrived"),
        Column("account_id", pa.string(), "the account that asked; may own many keys", sensitivity=PERSONAL),
        optional("organization_id", pa.string(), "who pays, openly", PERSONAL),
        Column("model", pa.string(), "the model that answered", sensitivity=OPEN),
        optional("conversation_id", pa.string(), "groups the turns of one conversation", PERSONAL),
        optional("system_prompt", pa.string(), "text of the system or developer message", CONTENT),
        optional("prompt", pa.string(), "text of the last user turn", CONTENT),
        optional("completion", pa.string(), "text of the answer", CONTENT),
        optional("input_tokens", pa.int32(), "tokens read"),
        optional("output_tokens", pa.int32(), "tokens written"),
        optional("max_output_tokens", pa.int32(), "most tokens the caller allowed"),
        optional("temperature", pa.float32(), "sampling temperature the caller asked for"),
        optional("n_tools", pa.int32(), "tools offered to the model"),
        optional("tools_digest", pa.string(), "digest of the tool schemas"),
        optional("stream", pa.bool_(), "whether the answer was streamed"),
        Column("status", pa.string(), "one of ok, error, refused, throttled", sensitivity=OPEN),
        optional("client_ip", pa.string(), "address of the caller behind the trusted hops", PERSONAL),
        optional("user_agent", pa.string(), "the caller's user agent", PERSONAL),
        optional("client_fingerprint", pa.string(), "JA4 or header-order digest", PERSONAL),
        optional("sketch", pa.binary(), "fixed-size sketch of the texts, for rows without text"),
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
        Column("account_id", pa.string(), "the account", sensitivity=PERSONAL),
        optional("created_at", TIMESTAMP, "when the account was opened"),
        optional("organization_id", pa.string(), "who pays, openly", PERSONAL),
        optional("email", pa.string(), "e-mail address", PERSONAL),
        optional("email_domain", pa.string(), "domain of the e-mail address", PERSONAL),
        optional("payment_fingerprint", pa.string(), "digest of the card, wallet or invoice", PERSONAL),
        optional("phone_digest", pa.string(), "digest of the phone number", PERSONAL),
        optional("device_fingerprint", pa.string(), "digest of the device seen at sign-up or log-in", PERSONAL),
        optional("referrer", pa.string(), "referral code or address", PERSONAL),
        optional("declared_country", pa.string(), "used by policy alone, never by a score", PERSONAL),
        optional("verification", pa.string(), "none, email, phone, payment or business"),
        optional("plan", pa.string(), "the plan the account is on"),
        optional("status", pa.string(), "open or closed"),
        optional("closed_at", TIMESTAMP, "when the account was closed"),
    ),
)

ATTRIBUTES = Table(
    "attributes",
    "one fact about an account",
    (
        Column("account_id", pa.string(), "the account", sensitivity=PERSONAL),
        Column("name", pa.string(), "name of the fact, such as payment_fingerprint"),
        Column("value", pa.string(), "its value; a keyed hash where the setting says so", sensitivity=PERSONAL),
        optional("first_at", TIMESTAMP, "first time it was known to hold"),
        optional("last_at", TIMESTAMP, "last time it was known to hold"),
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

TEXTS = ("system_prompt", "prompt", "completion", "sketch")
"""The columns of ``exchanges`` that say what was asked and answered."""

STATUSES = ("ok", "error", "refused", "throttled")

VERIFICATIONS = ("none", "email", "phone", "payment", "business")
