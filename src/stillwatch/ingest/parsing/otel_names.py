"""Finds OpenTelemetry GenAI attributes under their names in all versions of the semantic conventions."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stillwatch.ingest.parsing.values import Loose, first, mapping, unfold

__all__ = ["ALIASES", "DETAILS", "INFERENCES", "Alias", "decoded", "find", "messages_of"]

DETAILS = "gen_ai.client.inference.operation.details"
INFERENCES = frozenset({"chat", "text_completion", "generate_content", "completion", "embeddings", "embedding"})
"""Operations that are inferences. Others, such as ``execute_tool`` and ``invoke_agent``, are not."""


@dataclass(frozen=True, slots=True)
class Alias:
    """One name of a fact, and the version of the semantic conventions that introduced it."""

    fact: str
    name: str
    since: str


# Newest name first. "openllmetry" names are older than the conventions. "http" and "general" names come from other
# parts of the conventions.
ALIASES: tuple[Alias, ...] = (
    Alias("operation", "gen_ai.operation.name", "1.27"),
    Alias("operation", "llm.request.type", "openllmetry"),
    Alias("provider", "gen_ai.provider.name", "1.37"),
    Alias("provider", "gen_ai.system", "1.26"),
    Alias("model", "gen_ai.request.model", "1.26"),
    Alias("model", "gen_ai.response.model", "1.26"),
    Alias("model", "llm.request.model", "openllmetry"),
    Alias("input_tokens", "gen_ai.usage.input_tokens", "1.27"),
    Alias("input_tokens", "gen_ai.usage.prompt_tokens", "1.26"),
    Alias("output_tokens", "gen_ai.usage.output_tokens", "1.27"),
    Alias("output_tokens", "gen_ai.usage.completion_tokens", "1.26"),
    Alias("max_tokens", "gen_ai.request.max_tokens", "1.26"),
    Alias("temperature", "gen_ai.request.temperature", "1.26"),
    Alias("n_samples", "gen_ai.request.choice.count", "1.30"),
    Alias("seed", "gen_ai.request.seed", "1.30"),
    Alias("seed", "gen_ai.openai.request.seed", "1.28"),
    Alias("stream", "gen_ai.request.stream", "1.38"),
    Alias("stream", "gen_ai.is_streaming", "openllmetry"),
    Alias("stream", "llm.is_streaming", "openllmetry"),
    Alias("finish_reasons", "gen_ai.response.finish_reasons", "1.26"),
    Alias("conversation_id", "gen_ai.conversation.id", "1.34"),
    Alias("conversation_id", "session.id", "general"),
    Alias("conversation_id", "traceloop.association.properties.session_id", "openllmetry"),
    Alias("account_id", "enduser.id", "general"),
    Alias("account_id", "user.id", "general"),
    Alias("account_id", "enduser.pseudo.id", "general"),
    Alias("account_id", "gen_ai.user.id", "1.26"),
    Alias("account_id", "gen_ai.request.user", "1.26"),
    Alias("account_id", "llm.user", "openllmetry"),
    Alias("account_id", "traceloop.association.properties.user_id", "openllmetry"),
    Alias("organization_id", "organization.id", "general"),
    Alias("organization_id", "tenant.id", "general"),
    Alias("input", "gen_ai.input.messages", "1.37"),
    Alias("input", "gen_ai.prompt", "1.26"),
    Alias("output", "gen_ai.output.messages", "1.37"),
    Alias("output", "gen_ai.completion", "1.26"),
    Alias("system", "gen_ai.system_instructions", "1.37"),
    Alias("tools", "gen_ai.tool.definitions", "1.38"),
    Alias("tools", "gen_ai.request.tools", "1.36"),
    Alias("error", "error.type", "general"),
    Alias("http_code", "http.response.status_code", "http"),
    Alias("forwarded", "http.request.header.x-forwarded-for", "http"),
    Alias("forwarded", "http.request.header.x_forwarded_for", "http"),
    Alias("client_ip", "client.address", "general"),
    Alias("client_ip", "http.client_ip", "http"),
    Alias("client_ip", "net.sock.peer.addr", "http"),
    Alias("user_agent", "user_agent.original", "general"),
    Alias("user_agent", "http.user_agent", "http"),
)

_NAMES: dict[str, tuple[str, ...]] = {}
for _alias in ALIASES:
    _NAMES[_alias.fact] = (*_NAMES.get(_alias.fact, ()), _alias.name)

_NUMBERED = re.compile(r"gen_ai\.(prompt|completion)\.(\d{1,6})\.(role|content)")
_ROLES = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}
_OLD_EVENTS = {"gen_ai.content.prompt": "gen_ai.prompt", "gen_ai.content.completion": "gen_ai.completion"}


def find(attributes: Mapping[str, Any], fact: str) -> Loose:
    """Return the value of *fact* under its newest name that is present; None where there is none."""
    return first(*(attributes.get(name) for name in _NAMES[fact]))


def decoded(attributes: Loose) -> dict[str, Any]:
    """Return OTLP's list of keys and values as a mapping; malformed entries are left out."""
    found = {}
    for attribute in attributes if isinstance(attributes, list) else []:
        if isinstance(attribute, Mapping) and isinstance(attribute.get("key"), str):
            found[attribute["key"]] = _value(attribute.get("value"))
    return found


def _value(value: Loose) -> Loose:
    if not isinstance(value, Mapping):
        return value
    if "arrayValue" in value:
        entries = mapping(value["arrayValue"]).get("values", [])
        return [_value(entry) for entry in entries] if isinstance(entries, list) else None
    if "kvlistValue" in value:
        return decoded(mapping(value["kvlistValue"]).get("values"))
    if "intValue" in value:  # 64-bit numbers are strings in OTLP JSON
        return value["intValue"]
    return first(*(value.get(kind) for kind in ("stringValue", "doubleValue", "boolValue", "bytesValue")))


def messages_of(attributes: Mapping[str, Any], events: Sequence[tuple[Any, Mapping[str, Any]]]) -> tuple[Any, Any]:
    """Return (request messages, answer) from the places where instrumentations store them.

    They are looked up in this order: attributes with all messages, numbered attributes, span events of one message.
    """
    numbered = _from_numbers(attributes)
    told = _from_events(events)
    asked = first(find(attributes, "input"), numbered["prompt"], told["prompt"])
    answered = first(find(attributes, "output"), numbered["completion"], told["completion"])
    return asked, answered


def _from_numbers(attributes: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    turns: dict[str, dict[int, dict[str, Any]]] = {"prompt": {}, "completion": {}}
    for name, value in attributes.items():
        if match := _NUMBERED.fullmatch(name):
            side, number, part = match.groups()
            turns[side].setdefault(int(number), {})[part] = _parts(value)
    return {side: [found[number] for number in sorted(found)] for side, found in turns.items()}


def _parts(content: Loose) -> Loose:
    """Return the content parts in JSON text; an answer that is itself JSON stays text."""
    loaded = unfold(content)
    typed = isinstance(loaded, list) and all(isinstance(part, Mapping) and "type" in part for part in loaded)
    return loaded if typed else content


def _from_events(events: Sequence[tuple[Any, Mapping[str, Any]]]) -> dict[str, Any]:
    asked: list[dict[str, Any]] = []
    told: dict[str, Any] = {"prompt": asked, "completion": None}
    for name, attributes in events:
        if name in _OLD_EVENTS:
            side = "prompt" if name == "gen_ai.content.prompt" else "completion"
            told[side] = attributes.get(_OLD_EVENTS[name])
        elif name in _ROLES:
            asked.append({"role": _ROLES[name], "content": _content(attributes)})
        elif name == "gen_ai.choice":
            told["completion"] = first(unfold(attributes.get("message")), _content(attributes))
    return told


def _content(attributes: Mapping[str, Any]) -> Loose:
    body = unfold(first(attributes.get("gen_ai.event.content"), attributes.get("content"), attributes.get("body")))
    if isinstance(body, Mapping):
        return first(body.get("content"), mapping(body.get("message")).get("content"))
    return body
