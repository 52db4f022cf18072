"""Reads texts and parameters from API bodies: chat, Responses, completions, Anthropic messages, embeddings."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from stillwatch.ingest.parsing.digests import digest
from stillwatch.ingest.parsing.format import Row
from stillwatch.ingest.parsing.sampling import read_sampling
from stillwatch.ingest.parsing.values import Loose, first, mapping, unfold

__all__ = ["read_answer", "read_parameters", "read_prompt", "read_request", "read_usage", "text_of"]

_TEXT_PARTS = ("text", "input_text", "output_text", None)
_SYSTEM = ("system", "developer")
# LiteLLM, OpenInference and coding clients write these where text was withheld or missing. Read as text, they would be
# a prompt that all accounts share.
_NO_TEXT = ("redacted-by-litellm", "default-message-value", "__REDACTED__", "<REDACTED>", "[REDACTED]")


def text_of(content: Loose) -> str | None:
    """Return the text in *content*: a string, a content part, or a list of them; None where there is no text.

    Images, files, tool calls and tool results are not text. Several content parts are joined by line breaks.
    """
    pieces = [piece for piece in _pieces(content) if piece and piece not in _NO_TEXT]
    return "\n".join(pieces) if pieces else None


def _pieces(content: Loose) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        if content.get("type") in _TEXT_PARTS:
            # OpenTelemetry and LangChain name the text `content`; Gemini leaves out the type.
            yield from _pieces(first(content.get("text"), content.get("content"), content.get("value")))
    elif isinstance(content, list):
        for part in content:
            yield from _pieces(part)


def read_prompt(messages: Loose) -> Row:
    """Return ``system_prompt`` and ``prompt`` of *messages*: a string, a list of strings or a list of messages.

    The prompt is the last user turn with text; a turn with only tool results has no text. System and developer messages
    are joined. Token numbers in place of text give no prompt.
    """
    messages = _unfolded(messages)
    if isinstance(messages, Mapping):
        messages = first(messages.get("messages"), messages.get("input"), messages.get("prompt"), [messages])
    if isinstance(messages, str):
        return {"prompt": text_of(messages)}
    if not isinstance(messages, list):
        return {}
    if all(isinstance(message, str) for message in messages):
        return {"prompt": text_of(messages)}
    turns = [message for message in messages if isinstance(message, Mapping)]
    users = (_said(turn) for turn in reversed(turns) if turn.get("role") in ("user", "human"))
    return {
        "system_prompt": text_of([_said(turn) for turn in turns if turn.get("role") in _SYSTEM]),
        "prompt": next((said for said in users if said), None),
    }


def _said(turn: Mapping[str, Any]) -> str | None:
    return text_of(first(turn.get("content"), turn.get("parts")))


def _unfolded(messages: Loose) -> Loose:
    """Return the messages in JSON text. Text that is JSON but holds no message with a role stays a prompt."""
    loaded = unfold(messages)
    if loaded is messages:
        return messages
    turns = loaded if isinstance(loaded, list) else first(mapping(loaded).get("messages"), [loaded])
    is_chat = isinstance(turns, list) and any(isinstance(t, Mapping) and "role" in t for t in turns)
    return loaded if is_chat else messages


def read_request(body: Mapping[str, Any]) -> Row:
    """Return the row fields in a request body of any of these APIs: texts, tools, limits, stream, model."""
    said = first(body.get("messages"), body.get("input"), body.get("prompt"), body.get("contents"))
    row = read_prompt(said)
    system = text_of([body.get("system"), body.get("instructions"), row.get("system_prompt")])
    return {**row, **read_parameters(body), "system_prompt": system, "model": body.get("model")}


def read_parameters(body: Mapping[str, Any]) -> Row:
    """Return the sampling parameters, limits, stream, and number and digest of the tools, under any of their names."""
    limits = (
        "max_output_tokens",
        "max_completion_tokens",
        "max_tokens",
        "max_tokens_to_sample",
        "maxTokens",
        "maxOutputTokens",
    )
    tools = unfold(first(body.get("tools"), body.get("functions")))
    row: Row = {
        "temperature": body.get("temperature"),
        "max_output_tokens": first(*(body.get(name) for name in limits)),
        "stream": body.get("stream"),
        **read_sampling(body),
    }
    if isinstance(tools, list):
        row["n_tools"] = len(tools)
        row["tools_digest"] = digest(tools)
    return row


def read_answer(body: Loose) -> Row:
    """Return ``completion``, token counts, and ``refused`` and ``batch`` where the answer says so, from any body.

    *body* can be an object, JSON text, the raw events of a stream, or plain text.
    """
    if isinstance(body, str) and body.lstrip()[:6] in ("data: ", "data:{", "event:"):
        return _streamed(body)
    if isinstance(body, str):
        loaded = unfold(body)
        return read_answer(loaded) if _is_answer(loaded) else {"completion": text_of(body)}
    if isinstance(body, list):
        return {"completion": text_of([_spoken(item) for item in body])}
    if not isinstance(body, Mapping):
        return {}
    usage = mapping(body.get("usage"))
    row: Row = {"completion": _spoken(body), **read_usage(usage), **_tier(usage)}
    if _refused(body):
        row["refused"] = True
    return row


def _is_answer(loaded: Loose) -> bool:
    """Return whether *loaded* is an answer body, and not JSON that a model wrote as its answer."""
    if isinstance(loaded, list):
        return any(isinstance(item, Mapping) and "role" in item for item in loaded)
    body = mapping(loaded)
    shaped = any(isinstance(body.get(name), list) for name in ("choices", "output", "content", "parts"))
    return shaped or "role" in body or any(isinstance(body.get(name), Mapping) for name in ("usage", "error"))


def read_usage(usage: Mapping[str, Any]) -> Row:
    """Return the token counts in a usage object, under any of their names."""
    incoming = ("input_tokens", "prompt_tokens", "input", "promptTokens", "inputTokens")
    outgoing = ("output_tokens", "completion_tokens", "output", "completionTokens", "outputTokens")
    return {
        "input_tokens": first(*(usage.get(name) for name in incoming)),
        "output_tokens": first(*(usage.get(name) for name in outgoing)),
    }


def _tier(usage: Mapping[str, Any]) -> Row:
    """Return ``batch`` where the usage names the tier that served the request, as the Anthropic API does."""
    tier = usage.get("service_tier")
    return {"batch": tier == "batch"} if isinstance(tier, str) else {}


def _spoken(body: Loose) -> str | None:
    """Return the text of an answer, a choice, an output item or a message."""
    if not isinstance(body, Mapping):
        return text_of(body)
    choices = _listed(body.get("choices"))
    if choices:
        return text_of([_spoken(choice) for choice in choices[:1]])
    inner = first(body.get("message"), body.get("delta"))
    if isinstance(inner, Mapping):
        return _spoken(inner)
    output = body.get("output")
    if isinstance(output, list):
        said = (item for item in output if isinstance(item, Mapping) and item.get("type", "message") == "message")
        return text_of([_spoken(item) for item in said])
    return text_of(
        first(
            body.get("content"),
            body.get("parts"),
            body.get("output_text"),
            body.get("text"),
            body.get("completion"),
        )
    )


def _refused(body: Mapping[str, Any]) -> bool:
    parts = [body, *(c for c in _listed(body.get("choices")) if isinstance(c, Mapping))]
    reasons = {
        part.get(name) for part in parts for name in ("finish_reason", "stop_reason") if _is_text(part.get(name))
    }
    if reasons & {"content_filter", "refusal", "safety", "guardrail_intervened"}:
        return True
    return any(bool(mapping(part.get("message")).get("refusal")) for part in parts)


def _is_text(value: Loose) -> bool:
    return isinstance(value, str)


def _listed(value: Loose) -> list[Any]:
    return value if isinstance(value, list) else []


def _streamed(body: str) -> Row:
    """Join the events of a stream: chat chunks, completion chunks, Anthropic deltas and Responses deltas."""
    said: list[str] = []
    row: Row = {}
    for event in _events(body.splitlines()):
        delta = event.get("delta")
        whole = first(event.get("response"), event.get("message"))
        if isinstance(delta, str):
            said.append(delta if event.get("type") == "response.output_text.delta" else "")
        else:
            said.append(_spoken(first(delta, {"choices": event.get("choices")})) or "")
        for holder in (event, mapping(whole)):
            usage = mapping(holder.get("usage"))
            row.update({name: count for name, count in read_usage(usage).items() if count is not None})
            row.update(_tier(usage))
            if _refused(holder) or _refused(mapping(delta)):
                row["refused"] = True
    return {**row, "completion": text_of("".join(said))}


def _events(written: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    for line in written:
        if line.startswith("data:") and (data := line[5:].strip()) not in ("", "[DONE]"):
            try:
                event = orjson.loads(data)
            except orjson.JSONDecodeError:
                continue
            if isinstance(event, Mapping):
                yield event
