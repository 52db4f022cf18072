"""Reads JSON access logs of Envoy AI Gateway: account, model, time and token counts, without text."""

from collections.abc import Sequence

from stillwatch.ingest.parsing.format import Format, Record, Row
from stillwatch.ingest.parsing.statuses import outcome
from stillwatch.ingest.parsing.values import Loose, first

__all__ = ["ACCOUNTS", "FORMAT"]

ACCOUNTS = (
    "account_id",
    "x-account-id",
    "user.id",
    "enduser.id",
    "user_id",
    "x-user-id",
    "x-ai-eg-user-id",
    "x-tenant-id",
    "x-api-key-id",
    "jwt_sub",
    "caller",
)
"""Fields that can hold the account. The gateway's operator logs an own header under one of these names."""

_MODELS = (
    "gen_ai.request.model",
    "genai_model_name",
    "x-ai-eg-model",
    "gen_ai.response.model",
    "response_model",
    "genai_model_name_override",
    "model",
)
_INPUT = ("gen_ai.usage.input_tokens", "genai_tokens_input", "llm_input_token", "input_tokens")
_OUTPUT = ("gen_ai.usage.output_tokens", "genai_tokens_output", "llm_output_token", "output_tokens")


def recognise(record: Record) -> float:
    """Return 1 for an access log line with a model, 0.6 for one without."""
    lines = (
        "response_code",
        "start_time",
        "method",
        "upstream_host",
        "upstream_cluster",
        "duration",
        "response_flags",
    )
    if sum(name in record for name in lines) < 3:
        return 0.0
    return 1.0 if any(name in record for name in (*_MODELS, *_INPUT)) else 0.6


def row(record: Record) -> Row:
    """Read one line; a dash means that the gateway had no value."""
    return {
        "exchange_id": _any(record, "x-request-id", "request_id"),
        "at": _any(record, "start_time"),
        "account_id": _any(record, *ACCOUNTS),
        "organization_id": _any(record, "organization_id", "x-organization-id", "x-org-id"),
        "model": _any(record, *_MODELS),
        "conversation_id": _any(record, "gen_ai.conversation.id", "session.id", "session_id", "x-session-id"),
        "input_tokens": _any(record, *_INPUT),
        "output_tokens": _any(record, *_OUTPUT),
        "status": outcome(_any(record, "response_code", "status"), _any(record, "error.type", "response_code_details")),
        "client_ip": _any(record, "x-forwarded-for", "x_forwarded_for", "client.address", "downstream_remote_address"),
        "user_agent": _any(record, "user-agent", "user_agent", "user_agent.original"),
        "client_fingerprint": _any(record, "ja4", "tls_ja4", "tls_ja3"),
    }


def _any(record: Record, *names: str) -> Loose:
    return first(*(record.get(name) for name in names))


def examples() -> Sequence[Record]:
    """Return a line with the current field names, one with older names, and one without token counts."""
    line = {
        "start_time": "2026-03-02T08:15:30.250Z",
        "method": "POST",
        "x-envoy-origin-path": "/v1/chat/completions",
        "protocol": "HTTP/1.1",
        "response_code": 200,
        "response_flags": "-",
        "bytes_received": 159,
        "bytes_sent": 334,
        "duration": 108,
        "x-forwarded-for": "203.0.113.9",
        "user-agent": "sdk/2.0",
        "x-request-id": "5895f5a9-e4e3-425b-98db-6c6a926195b7",
        "upstream_host": "192.0.2.7:443",
        "upstream_cluster": "httproute/default/aigw/rule/0",
        "x-account-id": "acct-7",
    }
    current = {
        "gen_ai.request.model": "large-1",
        "gen_ai.provider.name": "backend",
        "gen_ai.usage.input_tokens": "44",
        "gen_ai.usage.output_tokens": 12,
        "session.id": "-",
    }
    older = {
        "x-request-id": "5895f5a9-e4e3-425b-98db-6c6a926195b8",
        "genai_model_name": "large-1",
        "genai_tokens_input": 44,
        "genai_tokens_output": 12,
    }
    turned_away = {
        "x-request-id": "5895f5a9-e4e3-425b-98db-6c6a926195b9",
        "gen_ai.request.model": "large-1",
        "gen_ai.usage.input_tokens": "-",
        "response_code": 429,
        "x-forwarded-for": "-",
        "downstream_remote_address": "203.0.113.9:51234",
    }
    return tuple({**line, **own} for own in (current, older, turned_away))


FORMAT = Format(
    sentence="Envoy AI Gateway access log, JSON, without text; the account is in a logged header.",
    recognise=recognise,
    row=row,
    examples=examples,
    hints={
        "at": "start_time",
        "model": "gen_ai.request.model",
        "account_id": "account_id, x-account-id, user.id or another field of docs/reference/formats.md",
    },
)
