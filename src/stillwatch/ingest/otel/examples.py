"""Export requests with one exchange each: one for every vocabulary, and for every way to keep texts."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from stillwatch.ingest.otel.vocabulary import DETAILS
from stillwatch.ingest.parsing.format import Record
from stillwatch.ingest.parsing.values import Loose

__all__ = ["encoded", "examples", "log", "logs_request", "span", "spans_request"]

_START, _END = "1772439330250000000", "1772439331250000000"


def examples() -> Sequence[Record]:
    """Return the examples. Each has trace and span ids of its own."""
    return (
        spans_request(span(1, _NEWEST)),
        spans_request(span(2, _BY_EVENTS, events=[_QUESTION])),
        spans_request(span(3, _OLDEST)),
        logs_request(log(4, {**_NEWEST, "event.name": DETAILS})),
        *_in_log_records(),
        spans_request(span(7, _OPENINFERENCE)),
        _nested(),
        spans_request(span(10, _LITELLM)),
        spans_request(span(11, _PYDANTIC_AI)),
        spans_request(span(12, _LANGFUSE)),
        *_clients(),
        spans_request({**span(13, _FAILED), "status": {"code": 2, "message": "Error code: 429 - Rate limit reached"}}),
    )


_NEWEST = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "example",
    "gen_ai.request.model": "large-1",
    "gen_ai.request.max_tokens": 200,
    "gen_ai.request.temperature": 0.5,
    "gen_ai.usage.input_tokens": 18,
    "gen_ai.usage.output_tokens": 40,
    "gen_ai.conversation.id": "c-1",
    "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"What is a monoid?"}]}]',
    "gen_ai.system_instructions": '[{"type":"text","content":"Be brief."}]',
    "gen_ai.output.messages": '[{"role":"assistant","parts":[{"type":"text","content":"A set with…"}]}]',
    "enduser.id": "acct-7",
    "client.address": "203.0.113.9",
}
_FAILED = {
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "large-1",
    "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"What is a monoid?"}]}]',
    "gen_ai.output.messages": "[]",  # no answer
    "gen_ai.tool.definitions": '[{"type":"function","name":"run"}]',
    "gen_ai.request.max_tokens": 200,
    "error.type": "RateLimitError",
    "enduser.id": "acct-19",
}
_BY_EVENTS = {
    "gen_ai.system": "example",
    "gen_ai.request.model": "large-1",
    "gen_ai.usage.prompt_tokens": 18,
    "user.id": "acct-8",
}
_OLDEST = {
    "llm.request.type": "chat",
    "gen_ai.system": "example",
    "gen_ai.request.model": "large-1",
    "gen_ai.prompt.0.role": "system",
    "gen_ai.prompt.0.content": "Be brief.",
    "gen_ai.prompt.1.role": "user",
    "gen_ai.prompt.1.content": "Plan a test.",
    "gen_ai.completion.0.role": "assistant",
    "gen_ai.completion.0.content": "First…",
    "gen_ai.usage.completion_tokens": 60,
    "traceloop.association.properties.user_id": "acct-9",
}
_OPENINFERENCE = {
    "openinference.span.kind": "LLM",
    "llm.model_name": "large-1",
    "llm.token_count.prompt": 18,
    "llm.token_count.completion": 40,
    "llm.invocation_parameters": '{"temperature": 0.4, "max_tokens": 300, "stream": true}',
    "llm.input_messages.0.message.role": "system",
    "llm.input_messages.0.message.content": "Be brief.",
    "llm.input_messages.1.message.role": "user",
    "llm.input_messages.1.message.contents.0.message_content.type": "text",
    "llm.input_messages.1.message.contents.0.message_content.text": "Plan a test.",
    "llm.output_messages.0.message.role": "assistant",
    "llm.output_messages.0.message.content": "First…",
    "llm.tools.0.tool.json_schema": '{"type": "function", "function": {"name": "run"}}',
    "metadata": '{"user_id": "acct-10"}',
    "session.id": "s-1",
}
_LITELLM = {
    "llm.request.type": "acompletion",
    "gen_ai.operation.name": "acompletion",
    "gen_ai.request.model": "large-1",
    "gen_ai.usage.input_tokens": 18,
    "llm.is_streaming": "False",
    "llm.request.functions.0.name": "run",
    "llm.user": "end-user",
    "metadata.user_api_key_user_id": "user-17",
    "metadata.user_api_key_team_id": "team-2",
    "metadata.requester_ip_address": "203.0.113.9",
    "metadata.user_agent": "sdk/1.0",
    "gen_ai.response.finish_reasons": '["stop"]',
    "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"What is a monoid?"}]}]',
}
_PYDANTIC_AI = {
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "large-1",
    "gen_ai.usage.output_tokens": 40,
    "model_request_parameters": '{"function_tools": [{"name": "run"}]}',
    "events": orjson.dumps(
        [
            {"event.name": "gen_ai.system.message", "role": "system", "content": "Be brief."},
            {"event.name": "gen_ai.user.message", "role": "user", "content": "Plan a test."},
            {"event.name": "gen_ai.choice", "index": 0, "message": {"role": "assistant", "content": "First…"}},
        ]
    ).decode(),
    "user_id": "acct-11",
}
_LANGFUSE = {
    "langfuse.observation.type": "generation",
    "langfuse.observation.model.name": "large-1",
    "langfuse.observation.model.parameters": '{"temperature": 1, "max_tokens": "Infinity"}',
    "langfuse.observation.input": '[{"role": "user", "content": "Plan a test."}]',
    "langfuse.observation.output": '{"role": "assistant", "content": "First…"}',
    "langfuse.observation.usage_details": '{"input": 18, "output": 40}',
    "user.id": "acct-12",
}


def _in_log_records() -> tuple[Record, Record]:
    """Return a span with its messages in log records of the same request, as conventions up to 1.36 keep them."""
    inference = {
        "gen_ai.operation.name": "chat",
        "gen_ai.system": "example",
        "gen_ai.request.model": "large-1",
        "gen_ai.usage.input_tokens": 18,
        "enduser.id": "acct-13",
    }
    said = (
        log(5, {"gen_ai.system": "example"}, "gen_ai.system.message", {"content": "Be brief."}),
        log(5, {"gen_ai.system": "example"}, "gen_ai.user.message", {"content": "What is a monoid?"}),
        log(5, {}, "gen_ai.choice", {"index": 0, "message": {"role": "assistant", "content": "A set with…"}}),
    )
    # LiteLLM names the event in an attribute of its own.
    older = log(6, {"event_name": "gen_ai.content.prompt", "gen_ai.prompt": "Plan a test."}, body={"role": "user"})
    return (
        {**spans_request(span(5, inference)), **logs_request(*said)},
        {**spans_request(span(6, {**inference, "enduser.id": "acct-14"})), **logs_request(older)},
    )


def _nested() -> Record:
    """Return a span of the Vercel AI SDK around the span of the call, which is one exchange."""
    outer = {
        "ai.operationId": "ai.generateText",
        "ai.model.id": "large-1",
        "ai.prompt": '{"system": "Be brief.", "prompt": "Plan a test."}',
        "ai.response.text": "First…",
        "ai.usage.inputTokens": 18,
        "ai.telemetry.metadata.userId": "acct-15",
    }
    inner = {
        "ai.operationId": "ai.generateText.doGenerate",
        "ai.model.id": "large-1",
        "ai.prompt.messages": '[{"role":"system","content":"Be brief."},{"role":"user","content":"Plan a test."}]',
        "ai.response.text": "First…",
        "ai.response.finishReason": "stop",
        "ai.usage.inputTokens": 18,
        "gen_ai.system": "example",
        "gen_ai.request.model": "large-1",
        "ai.telemetry.metadata.userId": "acct-15",
    }
    call = {**span(9, inner), "traceId": f"{8:032x}", "parentSpanId": f"{8:016x}"}
    return spans_request(call, span(8, outer))


def _clients() -> tuple[Record, ...]:
    """Return log records of coding clients: an inference, and what the person said before it."""
    who = {"session.id": _key(1), "organization.id": "org-9", "user.account_uuid": "acct-16", "user.id": "device-3"}
    asked = {**who, "event.name": "user_prompt", "prompt.id": _key(2), "prompt": "Mend it."}
    answered = {
        **who,
        "event.name": "api_request",
        "prompt.id": _key(2),
        "request_id": _key(3),
        "model": "large-1",
        "input_tokens": 18,
        "output_tokens": 40,
    }
    claude = (log(0, asked, body="claude_code.user_prompt"), log(0, answered, body="claude_code.api_request"))
    codex = {
        "event.name": "codex.sse_event",
        "event.kind": "response.completed",
        "model": "large-1",
        "conversation.id": _key(4),
        "user.account_id": "acct-17",
        "input_token_count": 18,
        "output_token_count": 40,
    }
    gemini = {
        "event.name": "gemini_cli.api_response",
        "model": "large-1",
        "session.id": _key(5),
        "prompt_id": _key(6),
        "user.email": "acct-18@example.com",
        "status_code": 200,
        "input_token_count": 18,
        "output_token_count": 40,
        "response_text": "First…",
    }
    return logs_request(*claude), logs_request(log(0, codex)), logs_request(log(0, gemini))


def _key(number: int) -> str:
    return f"{number:016x}"


_QUESTION = {
    "name": "gen_ai.user.message",
    "attributes": [{"key": "gen_ai.event.content", "value": {"stringValue": '{"content":"Hello?"}'}}],
}


def span(number: int, attributes: Mapping[str, Any], events: Sequence[Record] = ()) -> Record:
    """Return a span whose ids end with *number*."""
    return {
        "traceId": f"{number:032x}",
        "spanId": f"{number:016x}",
        "name": "chat large-1",
        "kind": 3,
        "startTimeUnixNano": _START,
        "endTimeUnixNano": _END,
        "attributes": encoded(attributes),
        "events": list(events),
        "status": {},
    }


def log(
    number: int, attributes: Mapping[str, Any], event: str | None = None, body: str | Record | None = None
) -> Record:
    """Return a log record of the span with *number*; 0 is no span."""
    record: dict[str, Any] = {"timeUnixNano": _START, "attributes": encoded(attributes)}
    if number:
        record.update(traceId=f"{number:032x}", spanId=f"{number:016x}")
    if event is not None:
        record["eventName"] = event
    if body is not None:
        record["body"] = _value(body)
    return record


def spans_request(*spans: Record) -> Record:
    """Return an export request with *spans*."""
    return _request("resourceSpans", "scopeSpans", "spans", spans)


def logs_request(*records: Record) -> Record:
    """Return an export request with log records."""
    return _request("resourceLogs", "scopeLogs", "logRecords", records)


def _request(outer: str, middle: str, inner: str, entries: Sequence[Record]) -> Record:
    resource = {"attributes": encoded({"service.name": "shop"})}
    return {outer: [{"resource": resource, middle: [{"scope": {"name": "sdk"}, inner: list(entries)}]}]}


def encoded(attributes: Mapping[str, Any]) -> list[Record]:
    """Return *attributes* as OTLP's list of keys and values."""
    return [{"key": key, "value": _value(value)} for key, value in attributes.items()]


def _value(value: Loose) -> Record:
    if isinstance(value, Mapping):
        return {"kvlistValue": {"values": encoded(value)}}
    kinds = {str: "stringValue", int: "intValue", float: "doubleValue", bool: "boolValue"}
    return {kinds[type(value)]: value}
