"""Reads Vertex AI's request-response logging: rows of its BigQuery table, for Gemini and partner models."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from stillwatch.ingest.bodies.exchange_bodies import read_bodies
from stillwatch.ingest.bodies.request_shapes import model_name
from stillwatch.ingest.parsing.caller_metadata import caller_facts
from stillwatch.ingest.parsing.format import Carrier, Format, Record, Row
from stillwatch.ingest.parsing.values import Loose, first, mapping, unfold

__all__ = ["FORMAT"]

_OWN = ("logging_time", "api_method", "full_request", "full_response", "request_payload", "response_payload")


def recognise(record: Record) -> float:
    """Return 1 for a row with the time of logging and one of the bodies under this table's names."""
    return min(1.0, sum(name in record for name in _OWN) / 4) if "logging_time" in record else 0.0


def row(record: Record) -> Row:
    """Read one call. The table names no caller, so the account is a label that the caller's backend set."""
    asked = first(_body(record.get("full_request")), _body(record.get("request_payload")))
    told = first(_body(record.get("full_response")), _body(record.get("response_payload")))
    found = read_bodies(asked, told)
    caller = caller_facts(first(found.request.get("labels"), record.get("labels")))
    user = first(found.request.get("user"), mapping(found.request.get("metadata")).get("user_id"))
    method = record.get("api_method")
    return {
        **found.row,
        **caller,
        "exchange_id": _identity(record.get("request_id")),
        "at": first(record.get("logging_time")),
        "account_id": first(caller["account_id"], caller_facts(record.get("metadata"))["account_id"], user),
        "model": first(model_name(record.get("model")), found.row["model"]),
        "stream": "stream" in method.lower() if isinstance(method, str) else None,
        "status": found.status(failed=told is None),
    }


def _body(value: Loose) -> Loose:
    """Return a body: an object, its text, or the pieces of its text, of which each may be an answer of a stream."""
    loaded = unfold(value)
    if not isinstance(loaded, list):
        return first(loaded)
    pieces = [unfold(piece) for piece in loaded]
    if all(isinstance(piece, str) for piece in pieces):
        return first(unfold("".join(pieces)))
    return first(pieces[0] if len(pieces) == 1 else pieces)


def _identity(value: Loose) -> Loose:
    return str(int(value)) if isinstance(value, Decimal) and value.is_finite() else first(value)


def examples() -> Sequence[Record]:
    """Return a call, a stream whose answers are apart, and a call that failed."""
    asked = (
        '{"contents": [{"role": "user", "parts": [{"text": "What is a monoid?"}]}], "labels": {"user_id": "acct-7"}, '
        '"generation_config": {"max_output_tokens": 64, "temperature": 0.5}, '
        '"model": "projects/shop/locations/eu/publishers/google/models/large-1"}'
    )
    told = (
        '{"candidates": [{"content": {"role": "model", "parts": [{"text": "A set with…"}]}, "finish_reason": "STOP"}], '
        '"usage_metadata": {"prompt_token_count": 18, "candidates_token_count": 40}, "model_version": "large-1"}'
    )
    chunks = [
        '{"candidates": [{"content": {"parts": [{"text": "First"}]}}]}',
        '{"candidates": [{"content": {"parts": [{"text": "…"}]}}]}',
    ]
    call: dict[str, Any] = {
        "endpoint": "projects/shop/locations/eu/publishers/google/models/large-1",
        "deployed_model_id": None,
        "logging_time": "2026-03-02 08:15:30.250 UTC",
        "request_id": 81,
        "request_payload": None,
        "response_payload": None,
        "model": "publishers/google/models/large-1",
        "model_version": "default",
        "api_method": "GenerateContent",
        "full_request": asked,
        "full_response": told,
        "metadata": '{"request_latency": 900.5}',
    }
    streamed = {
        **call,
        "request_id": 82,
        "api_method": "StreamGenerateContent",
        "full_request": None,
        "full_response": None,
        "request_payload": f"[{_quoted(asked)}]",
        "response_payload": f"[{', '.join(_quoted(chunk) for chunk in chunks)}]",
    }
    failed = {**call, "request_id": 83, "full_response": '{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}'}
    return call, streamed, failed


def _quoted(text: str) -> str:
    escaped = text.replace('"', '\\"')
    return f'"{escaped}"'


FORMAT = Format(
    sentence="Vertex AI request-response logging (BigQuery): Gemini and partner models; JSON, CSV or Parquet.",
    recognise=recognise,
    row=row,
    examples=examples,
    carriers=frozenset({Carrier.JSON, Carrier.CSV, Carrier.PARQUET}),
    hints={
        "at": "logging_time",
        "model": "model or full_request.model",
        "account_id": "full_request.labels.user_id, a label that your backend sets",
    },
)
