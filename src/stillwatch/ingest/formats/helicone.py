"""Reads Helicone: requests as its API and command line export them, and rows of its ClickHouse table."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stillwatch.ingest.bodies.exchange_bodies import Bodies, read_bodies
from stillwatch.ingest.parsing.caller_metadata import caller_facts
from stillwatch.ingest.parsing.format import Carrier, Format, Record, Row, Skip, Unit
from stillwatch.ingest.parsing.values import Loose, first, mapping, whole

__all__ = ["FORMAT"]

_EXPORTED = ("request_id", "request_created_at", "request_body", "response_status", "request_user_id", "request_path")
_STORED = ("request_id", "request_created_at", "status", "user_id", "proxy_key_id", "properties")
_PAGE = "heliconeMetadata"
_NO_CALLS = ("tool", "vector_db", "data")
"""Kinds of events that Helicone's manual logger writes beside calls of models."""
_BLOCKED, _UNANSWERED = -4, (0, -1, -2, -3)
"""Helicone's own codes: a threat was blocked; a timeout, a pending and a cancelled request."""


def recognise(record: Record) -> float:
    """Return 1 for an export or a row of the table; both have the time at which a request was created."""
    if isinstance(record.get(_PAGE), Mapping):
        return 1.0
    if "request_created_at" not in record:
        return 0.0
    return min(1.0, max(sum(name in record for name in names) for names in (_EXPORTED, _STORED)) / 4)


def units(record: Record) -> Iterator[Unit]:
    """Yield a call of a model; calls of tools and vector databases are no inferences."""
    flat = _flat(record)
    kind = mapping(flat.get("request_body")).get("_type")
    yield Skip("calls of tools and databases") if kind in _NO_CALLS else flat


def _flat(record: Record) -> Record:
    """Return *record* under the names of the export; the console's own export keeps them in a part of its own."""
    page = record.get(_PAGE)
    if not isinstance(page, Mapping):
        return record
    raw = mapping(record.get("raw"))
    return {
        "request_id": first(page.get("requestId"), record.get("id")),
        "request_created_at": page.get("createdAt"),
        "request_user_id": page.get("user"),
        "request_properties": page.get("customProperties"),
        "request_path": page.get("path"),
        "response_status": mapping(page.get("status")).get("code"),
        "request_body": first(raw.get("request"), mapping(record.get("schema")).get("request")),
        "response_body": first(raw.get("response"), mapping(record.get("schema")).get("response")),
        "prompt_tokens": page.get("promptTokens"),
        "completion_tokens": page.get("completionTokens"),
        "model": record.get("model"),
    }


def row(record: Record) -> Row:
    """Read one request. The key is the account where the request names no user."""
    found = read_bodies(record.get("request_body"), record.get("response_body"))
    caller = caller_facts(first(record.get("request_properties"), record.get("properties")))
    models = ("request_model", "model", "model_override", "response_model")
    user = first(record.get("request_user_id"), record.get("user_id"), caller["account_id"])
    return {
        **found.row,
        **caller,
        "exchange_id": first(record.get("request_id")),
        "at": first(record.get("request_created_at")),
        "account_id": first(user, found.request.get("user"), record.get("proxy_key_id"), record.get("key_name")),
        "model": first(found.row["model"], *(record.get(name) for name in models)),
        "input_tokens": first(record.get("prompt_tokens"), found.row.get("input_tokens")),
        "output_tokens": first(record.get("completion_tokens"), found.row.get("output_tokens")),
        "status": _status(first(record.get("response_status"), record.get("status")), found),
    }


def _status(stated: Loose, found: Bodies) -> str:
    try:
        code = None if stated is None else whole(stated)
    except (ValueError, OverflowError):
        return found.status(stated)
    return "refused" if code == _BLOCKED else found.status(code, failed=code in _UNANSWERED)


def examples() -> Sequence[Record]:
    """Return an exported request, one over the limit, a row of the table, and a request of the console's export."""
    asked = {"model": "large-1", "messages": [{"role": "user", "content": "What is a monoid?"}], "temperature": 0.5}
    told = {"id": "chatcmpl-91", "choices": [{"message": {"content": "A set with…"}}], "usage": {"prompt_tokens": 18}}
    exported: dict[str, Any] = {
        "request_id": "h-1",
        "request_created_at": "2026-03-02T08:15:30.250Z",
        "request_body": asked,
        "request_path": "https://gateway.example/v1/chat/completions",
        "request_user_id": "acct-7",
        "request_properties": {"Helicone-Session-Id": "c-1", "ip": "203.0.113.9"},
        "request_model": "large-1",
        "response_id": "r-1",
        "response_body": told,
        "response_status": 200,
        "prompt_tokens": 18,
        "completion_tokens": 40,
        "delay_ms": 700,
        "provider": "OPENAI",
    }
    limited = {**exported, "request_id": "h-2", "response_status": 429, "response_body": {"error": {"type": "quota"}}}
    stored = {
        "request_id": "h-3",
        "request_created_at": "2026-03-02 08:15:31.250",
        "status": 200,
        "user_id": "acct-8",
        "organization_id": "the-operator-of-the-gateway",
        "proxy_key_id": "k-1",
        "properties": {"Helicone-Session-Id": "c-2"},
        "model": "large-1",
        "prompt_tokens": 18,
        "completion_tokens": 40,
        "request_body": '{"model": "large-1", "messages": [{"role": "user", "content": "Plan a test."}]}',
        "response_body": '{"choices": [{"message": {"content": "First…"}}]}',
    }
    shown = {
        "id": "h-4",
        "model": "large-1",
        "raw": {"request": asked, "response": told},
        "heliconeMetadata": {
            "requestId": "h-4",
            "createdAt": "2026-03-02T08:15:32.250Z",
            "user": "acct-9",
            "status": {"code": 200, "statusType": "success"},
            "promptTokens": 18,
            "completionTokens": 40,
            "customProperties": {},
        },
    }
    return exported, limited, stored, shown


FORMAT = Format(
    sentence="Helicone requests: exports of its API, command line and console, and rows of its ClickHouse table.",
    recognise=recognise,
    units=units,
    row=row,
    examples=examples,
    carriers=frozenset({Carrier.JSON, Carrier.CSV, Carrier.PARQUET}),
    hints={
        "at": "request_created_at",
        "model": "the body, request_model or model",
        "account_id": "request_user_id, user_id or proxy_key_id",
    },
)
