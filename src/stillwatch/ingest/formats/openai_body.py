"""Reads bodies of the OpenAI API (chat completions, Responses, completions, embeddings) in an envelope."""

from collections.abc import Sequence

from stillwatch.ingest.parsing.envelopes import HINTS, bodies, read_envelope, units_of_envelope
from stillwatch.ingest.parsing.format import Format, Record

__all__ = ["FORMAT"]


def recognise(record: Record) -> float:
    """Return 0.8 for a request with ``messages``, ``input`` or ``prompt``, 0.95 where the response fits, too."""
    request, response = bodies(record)
    if not any(name in request for name in ("messages", "input", "prompt")):
        return 0.0
    kind = response.get("object")
    return 0.95 if isinstance(kind, str) and kind in ("chat.completion", "response", "text_completion", "list") else 0.8


def examples() -> Sequence[Record]:
    """Return a chat, a Responses call, a completion and a throttled request."""
    envelope = {
        "at": "2026-03-02T08:15:30Z",
        "account_id": "acct-7",
        "client_ip": "203.0.113.9",
        "headers": {"User-Agent": "sdk/2.0", "X-Forwarded-For": "203.0.113.9"},
        "status": 200,
    }
    chat = {
        "request": {
            "model": "large-1",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "What is a monoid?"},
            ],
            "max_completion_tokens": 300,
            "tools": [{"type": "function", "function": {"name": "search", "parameters": {"type": "object"}}}],
        },
        "response": {
            "id": "chatcmpl-21",
            "object": "chat.completion",
            "choices": [{"message": {"role": "assistant", "content": "A set with…"}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 18, "completion_tokens": 40},
        },
    }
    responses = {
        "request": {
            "model": "large-1",
            "instructions": "Be brief.",
            "input": [{"role": "user", "content": [{"type": "input_text", "text": "Plan a test."}]}],
            "max_output_tokens": 500,
        },
        "response": {
            "id": "resp_22",
            "object": "response",
            "output": [
                {"type": "reasoning", "summary": []},
                {"type": "message", "content": [{"type": "output_text", "text": "First…"}]},
            ],
            "usage": {"input_tokens": 12, "output_tokens": 60},
        },
    }
    completion = {
        "request": {"model": "small-1", "prompt": "Once upon", "max_tokens": 16, "temperature": 1},
        "response": {"id": "cmpl-23", "object": "text_completion", "choices": [{"text": " a time"}]},
    }
    throttled = {
        "status": 429,
        "request": {"model": "large-1", "messages": [{"role": "user", "content": "One more."}]},
        "response": {"error": {"type": "rate_limit_exceeded", "message": "slow down"}},
    }
    return tuple({**envelope, **own} for own in (chat, responses, completion, throttled))


FORMAT = Format(
    sentence="OpenAI API bodies (chat completions, Responses, completions) in an envelope with the account.",
    recognise=recognise,
    units=units_of_envelope,
    row=read_envelope,
    examples=examples,
    hints=HINTS,
)
