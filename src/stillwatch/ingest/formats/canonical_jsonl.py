"""Reads Stillwatch's own table as JSON Lines: one object per exchange with the columns of ``tables.EXCHANGES``."""

import base64
from collections.abc import Sequence

from stillwatch.ingest.parsing.format import Carrier, Format, Record, Row
from stillwatch.model import SKETCH_BYTES, SKETCH_VERSION
from stillwatch.tables import EXCHANGES

__all__ = ["FORMAT", "REQUIRED", "examples", "recognise", "row"]

REQUIRED = tuple(column.name for column in EXCHANGES.columns if column.required)


def recognise(record: Record) -> float:
    """Return the share of the required columns that *record* has."""
    return sum(name in record for name in REQUIRED) / len(REQUIRED)


def examples() -> Sequence[Record]:
    """Return a row with many columns, one with few, and one with a sketch in place of text."""
    return (
        {
            "exchange_id": "x-1",
            "at": "2026-03-02T08:15:30.250Z",
            "account_id": "acct-7",
            "organization_id": "org-2",
            "model": "large-1",
            "conversation_id": "c-9",
            "system_prompt": "You are a careful assistant.",
            "prompt": "Sort a list of intervals in Python.",
            "completion": "Use sorted() with a key.",
            "input_tokens": 31,
            "output_tokens": 12,
            "max_output_tokens": 1024,
            "temperature": 0.7,
            "n_tools": 1,
            "tools_digest": "6b86b273ff34fce1",
            "stream": False,
            "status": "ok",
            "client_ip": "203.0.113.9",
            "user_agent": "python-sdk/1.2",
            "client_fingerprint": "t13d1516h2_8daaf6152771",
            "sketch": None,
            "n_samples": 2,
            "logprobs": False,
            "seed": 42,
            "batch": False,
            "answer_digests": None,
        },
        {
            "exchange_id": "x-2",
            "at": 1772439330,
            "account_id": "acct-8",
            "model": "large-1",
            "status": "throttled",
            "client_ip": "2001:db8::1",
        },
        {
            "exchange_id": "x-3",
            "at": "2026-03-02 08:16:00",
            "account_id": "acct-9",
            "model": "small-1",
            "status": "refused",
            "sketch": base64.b64encode(bytes([SKETCH_VERSION]).ljust(SKETCH_BYTES, b"\0")).decode(),
            "answer_digests": [-4411440336798308357, 621848054517884895],
        },
    )


def row(record: Record) -> Row:
    """Return the record unchanged; its columns already have the right names."""
    return dict(record)


FORMAT = Format(
    sentence="Stillwatch's own table as JSON Lines: one object per exchange, columns as in `exchanges`.",
    recognise=recognise,
    examples=examples,
    row=row,
    hints=dict.fromkeys(REQUIRED, "the column of that name"),
    carriers=frozenset({Carrier.JSON}),
)
