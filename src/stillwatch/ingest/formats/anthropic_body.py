"""Reads bodies of the Anthropic API (messages) in an envelope."""

from collections.abc import Sequence

from stillwatch.ingest.parsing.envelopes import HINTS, bodies, header_of, read_envelope, units_of_envelope
from stillwatch.ingest.parsing.format import Format, Record
from stillwatch.ingest.parsing.values import mapping

__all__ = ["FORMAT"]


def recognise(record: Record) -> float:
    """Return 0.95 for bodies or headers that only the messages API has, 0.7 where only ``messages`` fits."""
    request, response = bodies(record)
    if "messages" not in request:
        return 0.0
    versioned = header_of(mapping(record.get("headers")), "anthropic-version") is not None
    own = "system" in request or "stop_reason" in response or response.get("type") in ("message", "error")
    return 0.95 if versioned or own else 0.7


def examples() -> Sequence[Record]:
    """Return a call with tools and system text, a turn with a tool result, and an overloaded response."""
    envelope = {
        "timestamp": "2026-03-02T08:15:30Z",
        "account_id": "acct-9",
        "client_ip": "2001:db8::9",
        "headers": {"anthropic-version": "2023-06-01", "user-agent": "sdk/0.9"},
        "status": 200,
    }
    asked = {
        "request": {
            "model": "large-1",
            "system": [{"type": "text", "text": "Be brief."}],
            "messages": [{"role": "user", "content": "What is a monoid?"}],
            "max_tokens": 1024,
            "tools": [{"name": "search", "input_schema": {"type": "object"}}],
        },
        "response": {
            "id": "msg_31",
            "type": "message",
            "content": [{"type": "text", "text": "A set with…"}],
            "stop_reason": "end_turn",
            "usage": {"input_tokens": 18, "output_tokens": 40},
        },
    }
    handed_back = {
        "request": {
            "model": "large-1",
            "messages": [
                {"role": "user", "content": "How warm is it?"},
                {
                    "role": "assistant",
                    "content": [{"type": "tool_use", "id": "t1", "name": "weather", "input": {}}],
                },
                {
                    "role": "user",
                    "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "12 degrees"}],
                },
            ],
            "max_tokens": 512,
            "stream": True,
        },
        "response": {"id": "msg_32", "type": "message", "content": [{"type": "text", "text": "12 degrees."}]},
    }
    overloaded = {
        "status": 529,
        "request": {
            "model": "large-1",
            "messages": [{"role": "user", "content": "One more."}],
            "max_tokens": 9,
        },
        "response": {"type": "error", "error": {"type": "overloaded_error", "message": "later"}},
    }
    return tuple({**envelope, **own} for own in (asked, handed_back, overloaded))


FORMAT = Format(
    sentence="Anthropic API bodies (messages) in an envelope with account and address.",
    recognise=recognise,
    units=units_of_envelope,
    row=read_envelope,
    examples=examples,
    hints=HINTS,
)
