"""Reads bodies of the Gemini API (generateContent, also on Vertex AI) in an envelope."""

import re
from collections.abc import Sequence

from stillwatch.ingest.bodies.answer_shapes import known_answer
from stillwatch.ingest.bodies.request_shapes import known_request, model_name
from stillwatch.ingest.parsing.caller_metadata import caller_facts
from stillwatch.ingest.parsing.envelopes import ALIASES, HINTS, bodies, read_envelope, units_of_envelope
from stillwatch.ingest.parsing.format import Format, Record, Row
from stillwatch.ingest.parsing.values import Loose, first, mapping

__all__ = ["FORMAT"]

_OWN = ("contents", "systemInstruction", "system_instruction", "generationConfig", "generation_config")
_IN_PATH = re.compile(r"models/([^/:?]+)")


def recognise(record: Record) -> float:
    """Return 0.95 for a request or an answer that only this API has."""
    request, response = bodies(record)
    asked = "contents" in request and "messages" not in request
    return 0.95 if asked or "candidates" in response or "usageMetadata" in response else 0.0


def row(record: Record) -> Row:
    """Read one envelope. Where the request has no model, the path of the URL names it."""
    request, answered = known_request(_part(record, "request")), known_answer(_part(record, "response"))
    failure = mapping(mapping(answered).get("error"))
    code = first(_part(record, "status"), failure.get("code"))
    row = read_envelope({**record, "request": request, "response": answered, "status": code})
    path = _part(record, "path")
    named = _IN_PATH.search(path) if isinstance(path, str) else None
    labels = caller_facts(request.get("labels"))
    row["account_id"] = first(row["account_id"], labels["account_id"])
    row["model"] = model_name(first(row["model"], named and named[1], mapping(answered).get("modelVersion")))
    row["exchange_id"] = first(row["exchange_id"], mapping(answered).get("responseId"))
    return row


def _part(record: Record, name: str) -> Loose:
    return first(*(record.get(alias) for alias in ALIASES[name]))


def examples() -> Sequence[Record]:
    """Return a call with system text and tools, a stream, a blocked prompt and a throttled request."""
    envelope = {
        "at": "2026-03-02T08:15:30Z",
        "account_id": "acct-7",
        "client_ip": "203.0.113.9",
        "path": "/v1beta/models/large-1:generateContent",
        "status": 200,
    }
    question = [{"role": "user", "parts": [{"text": "What is a monoid?"}]}]
    called = {
        "request": {
            "model": "models/large-1",
            "contents": question,
            "systemInstruction": {"parts": [{"text": "Be brief."}]},
            "generationConfig": {"temperature": 0.2, "maxOutputTokens": 64, "candidateCount": 1},
            "tools": [{"functionDeclarations": [{"name": "search", "parameters": {"type": "OBJECT"}}]}],
        },
        "response": {
            "candidates": [{"content": {"role": "model", "parts": [{"text": "A set with…"}]}, "finishReason": "STOP"}],
            "usageMetadata": {"promptTokenCount": 12, "candidatesTokenCount": 6, "totalTokenCount": 18},
            "modelVersion": "large-1",
            "responseId": "r-61",
        },
    }
    streamed = {
        "request": {"contents": [{"parts": [{"text": "Plan a test."}]}]},
        "response": [
            {"candidates": [{"content": {"parts": [{"text": "First"}]}}], "responseId": "r-62"},
            {
                "candidates": [{"content": {"parts": [{"text": "…"}]}, "finishReason": "STOP"}],
                "usageMetadata": {"promptTokenCount": 4, "candidatesTokenCount": 2},
            },
        ],
    }
    blocked = {"request": {"contents": question}, "response": {"promptFeedback": {"blockReason": "SAFETY"}}}
    throttled = {
        "status": 429,
        "request": {"contents": question},
        "response": {"error": {"code": 429, "message": "later", "status": "RESOURCE_EXHAUSTED"}},
    }
    return tuple({**envelope, **own} for own in (called, streamed, blocked, throttled))


FORMAT = Format(
    sentence="Gemini API bodies (generateContent, also of Vertex AI) in an envelope with account and address.",
    recognise=recognise,
    units=units_of_envelope,
    row=row,
    examples=examples,
    hints=HINTS | {"model": "request.model, the path of the URL or response.modelVersion"},
)
