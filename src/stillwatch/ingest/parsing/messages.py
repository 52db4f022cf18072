"""Reads texts and parameters from API bodies: chat, Responses, completions, Anthropic messages, embeddings."""

from collections.abc import Iterator, Mapping
from typing import Any

from stillwatch.ingest.parsing.bodies.client_text import own_words, uncut
from stillwatch.ingest.parsing.bodies.message_shapes import has_turns, pair_of, turns_of, unpacked
from stillwatch.ingest.parsing.bodies.streams import joined
from stillwatch.ingest.parsing.digests import digest
from stillwatch.ingest.parsing.format import Row
from stillwatch.ingest.parsing.sampling import read_limits, read_sampling
from stillwatch.ingest.parsing.statuses import is_refusal
from stillwatch.ingest.parsing.values import Loose, filled, first, mapping, unfold, whole

__all__ = ["read_answer", "read_parameters", "read_prompt", "read_request", "read_usage", "text_of"]

_PLAIN = ("user", "assistant", "system", "tool")
"""Roles that need no other name (``message_shapes``)."""
_TEXT_PARTS = ("text", "input_text", "output_text", None)
# Loggers and clients write these where text was withheld or missing. Read as text, they would be a prompt that all
# accounts share.
_NO_TEXT = frozenset(
    {
        "redacted-by-litellm",
        "redacted by litellm. 'litellm.turn_off_message_logging=True'",
        "REDACTED_BY_LITELM",
        "default-message-value",
        "<truncated due to size exceeding limit>",
        "<fully masked due to failed mask function>",
        "__REDACTED__",
        "<REDACTED>",
        "[REDACTED]",
    }
)


def text_of(content: Loose) -> str | None:
    """Return the text in *content*: a string, a content part, or a list of them; None where there is no text.

    Images, files, tool calls and tool results are not text. Several content parts are joined by line breaks.
    """
    said = _joined_parts(content)
    return None if said is None else uncut(said)


def _joined_parts(content: Loose) -> str | None:
    pieces = [piece for piece in _pieces(content) if piece and piece not in _NO_TEXT]
    return "\n".join(pieces) if pieces else None


def _pieces(content: Loose) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        if content.get("type") in _TEXT_PARTS:
            # OpenTelemetry and LangChain name the text `content`; Gemini leaves out the type.
            yield from _pieces(filled(content.get("text"), content.get("content"), content.get("value")))
    elif isinstance(content, list):
        for part in content:
            yield from _pieces(part)


def read_prompt(messages: Loose) -> Row:
    """Return ``system_prompt`` and ``prompt`` of *messages*: a string, a list of strings or a list of messages.

    The prompt is the last user turn with words of the person (``client_text``); a turn with only tool results has none.
    System and developer messages are joined. Token numbers in place of text give no prompt.
    """
    messages = unpacked(_unfolded(messages))
    if isinstance(messages, Mapping):
        held = filled(*(messages.get(name) for name in ("messages", "input", "prompt", "prompts", "text")))
        if isinstance(held, Mapping):
            return read_prompt(held)
        messages = [messages] if held is None else held
    if isinstance(messages, str) or (isinstance(messages, list) and all(isinstance(part, str) for part in messages)):
        return {"prompt": _of_person(messages)}
    if not isinstance(messages, list):
        return {}
    is_plain = all(type(part) is dict and part.get("role") in _PLAIN for part in messages)
    turns = messages if is_plain else list(turns_of(messages))
    # LangChain lists the tools after the texts of a completion.
    texts = [part for part in messages if isinstance(part, str)] if pair_of(messages) is None else []
    users = (_of_person(_content(turn)) for turn in reversed(turns) if turn.get("role") == "user")
    return {
        "system_prompt": text_of([text_of(_content(turn)) for turn in turns if turn.get("role") == "system"]),
        "prompt": next((said for said in users if said), _of_person(texts)),
    }


def _content(turn: Mapping[str, Any]) -> Loose:
    return filled(turn.get("content"), turn.get("parts"))


def _of_person(content: Loose) -> str | None:
    said = _joined_parts(content)
    return None if said is None else own_words(said)


def _unfolded(messages: Loose) -> Loose:
    """Return the messages in JSON text. Text that is JSON but holds no message with a role stays a prompt."""
    loaded = unfold(messages)
    if loaded is messages:
        return messages
    inner = unpacked(loaded)
    turns = inner if isinstance(inner, list) else filled(mapping(inner).get("messages"), [inner])
    return loaded if has_turns(turns) or inner is not loaded else messages


def read_request(body: Mapping[str, Any]) -> Row:
    """Return the row fields in a request body of any of these APIs: texts, tools, limits, stream, model."""
    said = filled(
        body.get("messages"), body.get("input"), body.get("prompt"), body.get("contents"), body.get("prompts")
    )
    row = read_prompt(said)
    system = text_of([body.get("system"), body.get("instructions"), row.get("system_prompt")])
    return {**row, **read_parameters(body), "system_prompt": system, "model": body.get("model")}


def read_parameters(body: Mapping[str, Any]) -> Row:
    """Return the sampling parameters, limits, stream, and number and digest of the tools, under any of their names."""
    tools = unfold(first(body.get("tools"), body.get("functions")))
    row: Row = {**read_limits(body), **read_sampling(body)}
    if isinstance(tools, list):
        row["n_tools"] = len(tools)
        row["tools_digest"] = digest(tools)
    return row


def read_answer(body: Loose) -> Row:
    """Return ``completion``, token counts, and ``refused`` and ``batch`` where the answer says so, from any body.

    *body* can be an object, JSON text, the events or pieces of a stream (``streams``), or plain text.
    """
    body = filled(joined(body), unpacked(body))
    if isinstance(body, str):
        loaded = unfold(body)
        return read_answer(loaded) if _is_answer(loaded) else {"completion": text_of(body)}
    if isinstance(body, list):
        return {"completion": text_of([_spoken(item) for item in body])}
    if not isinstance(body, Mapping):
        return {}
    usage = _usage_in(body)
    row: Row = {"completion": _spoken(body), **read_usage(usage), **_tier(usage)}
    if _refused(body):
        row["refused"] = True
    return row


def _is_answer(loaded: Loose) -> bool:
    """Return whether *loaded* is an answer body, and not JSON that a model wrote as its answer."""
    if has_turns(loaded) or joined(loaded) is not None:
        return True
    body = mapping(loaded)
    if "lc" in body or has_turns(_listed(body.get("messages"))):
        return True
    shaped = any(isinstance(body.get(name), list) for name in ("choices", "output", "content", "parts", "generations"))
    return shaped or "role" in body or any(isinstance(body.get(name), Mapping) for name in ("usage", "error"))


def _usage_in(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the usage object of an answer: beside its text, or where LangChain keeps it."""
    about, run = mapping(body.get("response_metadata")), mapping(body.get("llm_output"))
    if "eval_count" in body:  # Ollama
        return {"input_tokens": body.get("prompt_eval_count"), "output_tokens": body["eval_count"]}
    places = (body.get("usage"), body.get("usage_metadata"), about.get("token_usage"), about.get("usage"))
    return mapping(first(*map(mapping, (*places, run.get("token_usage"), run.get("usage")))))


def read_usage(usage: Mapping[str, Any]) -> Row:
    """Return the token counts in a usage object, under any of their names; a text that is no number is no count."""
    incoming = ("input_tokens", "prompt_tokens", "input", "promptTokens", "inputTokens", "inputTokenCount")
    outgoing = ("output_tokens", "completion_tokens", "output", "completionTokens", "outputTokens", "outputTokenCount")
    return {
        "input_tokens": first(*(_count(usage.get(name)) for name in incoming)),
        "output_tokens": first(*(_count(usage.get(name)) for name in outgoing)),
    }


def _count(value: Loose) -> Loose:
    """Return *value* where it can be a count; a list of counts, one per piece of a stream, is added up."""
    if value is None or type(value) is int:
        return value
    if isinstance(value, list) and value and all(type(part) is int for part in value):
        return sum(value)
    if isinstance(value, str):
        try:
            return whole(value)
        except (ValueError, OverflowError):
            return None
    return None if isinstance(value, Mapping | list) else value


def _tier(usage: Mapping[str, Any]) -> Row:
    """Return ``batch`` where the usage names the tier that served the request, as the Anthropic API does."""
    tier = usage.get("service_tier")
    return {"batch": tier == "batch"} if isinstance(tier, str) else {}


def _spoken(body: Loose) -> str | None:
    """Return the text of an answer, a choice, an output item or a message."""
    body = unpacked(body)
    if not isinstance(body, Mapping):
        return text_of(body)
    chosen = _chosen(body)
    if chosen is not None:
        return _spoken(chosen)
    output = body.get("output")
    if isinstance(output, list):
        said = (item for item in output if isinstance(item, Mapping) and item.get("type", "message") == "message")
        return text_of([_spoken(item) for item in said])
    return text_of(filled(*(body.get(name) for name in ("content", "parts", "output_text", "text", "completion"))))


def _chosen(body: Mapping[str, Any]) -> Loose:
    """Return the part of *body* that holds the text: the first choice, a message inside, or the last turn of a list."""
    for name in ("choices", "generations"):
        if listed := _listed(body.get(name)):
            return _listed(listed[0])[0] if _listed(listed[0]) else listed[0]
    inner = filled(body.get("message"), body.get("delta"), body.get("output"))
    if isinstance(inner, Mapping):
        return inner
    turns = [turn for turn in turns_of(_listed(body.get("messages"))) if turn.get("role") == "assistant"]
    return turns[-1] if turns else None


def _refused(body: Mapping[str, Any]) -> bool:
    parts = [body, *(c for c in _listed(body.get("choices")) if isinstance(c, Mapping))]
    parts += [mapping(body.get("response_metadata"))]
    told = [part.get(name) for part in parts for name in ("finish_reason", "stop_reason")]
    told.append(mapping(body.get("incomplete_details")).get("reason"))
    if any(map(is_refusal, told)):
        return True
    return any(bool(mapping(part.get("message")).get("refusal")) for part in parts)


def _listed(value: Loose) -> list[Any]:
    return value if isinstance(value, list) else []
