"""Reads logs of Cloudflare AI Gateway: Logpush of the dataset ``ai_gateway_events``, and records of its API."""

from collections.abc import Mapping, Sequence
from typing import Any

from stillwatch.ingest.bodies.exchange_bodies import read_bodies
from stillwatch.ingest.parsing.caller_metadata import caller_facts
from stillwatch.ingest.parsing.format import Format, Record, Row
from stillwatch.ingest.parsing.values import Loose, first, flag, mapping

__all__ = ["FORMAT"]

_PUSHED = ("Gateway", "Provider", "Model", "Endpoint", "RateLimited", "Cached", "RequestBody", "ResponseBody")
_LISTED = ("tokens_in", "tokens_out", "provider", "step", "cached", "duration", "model_type", "request_type")
_INPUT = ("tokensIn", "inputTokens", "tokens_in", "input_tokens", "promptTokens", "prompt_tokens")
_OUTPUT = ("tokensOut", "outputTokens", "tokens_out", "output_tokens", "completionTokens", "completion_tokens")


def recognise(record: Record) -> float:
    """Return how many of the fields of a pushed event, or of a record of the API, are there."""
    pushed = sum(name in record for name in _PUSHED) / 5
    listed = sum(name in record for name in _LISTED) / 5
    return min(1.0, max(pushed, listed if "tokens_in" in record else 0.0))


def row(record: Record) -> Row:
    """Read one request. Logpush encrypts the bodies, so their text is missing."""
    caller = caller_facts(first(record.get("Metadata"), record.get("metadata")))
    asked = first(record.get("RequestBody"), record.get("request"), record.get("request_head"))
    told = first(record.get("ResponseBody"), record.get("response"), record.get("response_head"))
    found = read_bodies(_open(asked), _open(told))
    metrics = {**record, **mapping(record.get("Metrics"))}
    limited = _is(first(record.get("RateLimited")))
    status = found.status(first(record.get("StatusCode"), record.get("status_code")), failed=_is_failure(record))
    return {
        **found.row,
        **caller,
        "exchange_id": first(*(record.get(name) for name in ("id", "ID", "LogID", "RequestID"))),
        "at": first(record.get("Timestamp"), record.get("created_at")),
        "model": first(record.get("Model"), record.get("model"), record.get("RequestedModel"), found.row["model"]),
        "input_tokens": first(*(metrics.get(name) for name in _INPUT), found.row.get("input_tokens")),
        "output_tokens": first(*(metrics.get(name) for name in _OUTPUT), found.row.get("output_tokens")),
        "status": "throttled" if limited else status,
    }


def _open(body: Loose) -> Loose:
    """Return *body*; None where it is encrypted."""
    sealed: Mapping[str, Any] = mapping(body)
    return None if sealed.get("type") == "encrypted" and "data" in sealed else body


def _is_failure(record: Record) -> bool:
    return _is(first(record.get("success"))) is False


def _is(value: Loose) -> bool | None:
    try:
        return None if value is None else flag(value)
    except ValueError:
        return None


def examples() -> Sequence[Record]:
    """Return a pushed event, one over the gateway's limit, and a record of the API."""
    pushed = {
        "Timestamp": "2026-03-02T08:15:30Z",
        "Gateway": "shop",
        "Provider": "openai",
        "Model": "large-1",
        "RequestedModel": "cloudflare/auto",
        "Endpoint": "chat/completions",
        "Cached": False,
        "RateLimited": False,
        "StatusCode": 200,
        "Metadata": {"user_id": "acct-7", "session": "c-1", "ip": "203.0.113.9"},
        "Metrics": {"cost": 0.0042, "durationMs": 1234},
        "RequestBody": {"type": "encrypted", "data": "AAAA"},
        "ResponseBody": {"type": "encrypted", "data": "AAAB"},
    }
    limited = {**pushed, "RateLimited": True, "StatusCode": 429, "Metadata": '{"user_id": "acct-8"}'}
    listed = {
        "id": "01J0",
        "created_at": "2026-03-02T08:15:31Z",
        "cached": False,
        "duration": 900,
        "model": "large-1",
        "model_type": "chat",
        "path": "chat/completions",
        "provider": "openai",
        "request_type": "chat",
        "step": 0,
        "success": True,
        "status_code": 200,
        "tokens_in": 18,
        "tokens_out": 40,
        "metadata": '{"user": 7}',
    }
    return pushed, limited, listed


FORMAT = Format(
    sentence="Cloudflare AI Gateway logs: Logpush of `ai_gateway_events` (bodies encrypted), or records of its API.",
    recognise=recognise,
    row=row,
    examples=examples,
    hints={"at": "Timestamp or created_at", "model": "Model or model", "account_id": "user_id or the like in Metadata"},
)
