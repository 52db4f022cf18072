"""Puts the messages of an inference together, wherever instrumentations keep them: attributes, numbers, or events."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from stillwatch.ingest.otel.facts import Facts
from stillwatch.ingest.parsing.format import Row
from stillwatch.ingest.parsing.messages import read_answer, read_prompt, read_request
from stillwatch.ingest.parsing.values import Loose, first, mapping, unfold

__all__ = ["Event", "is_message", "message_row", "said_before", "text_row"]

Event = tuple[Any, Mapping[str, Any]]
"""The name of an event, and its attributes or body."""

_ROLES = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}
_OLD_EVENTS = {"gen_ai.content.prompt": "gen_ai.prompt", "gen_ai.content.completion": "gen_ai.completion"}
_WRAPPERS = ("message", "prompt", "completion")
_BODY = frozenset({"messages", "prompt", "input", "contents", "system", "instructions"})
_CHOICE = frozenset({"role", "parts"})


def is_message(name: Loose) -> bool:
    """Return whether the event *name* tells one message of an inference."""
    return isinstance(name, str) and (name in _ROLES or name in _OLD_EVENTS or name == "gen_ai.choice")


def text_row(facts: Facts, lists: Mapping[str, list[Any]], events: Sequence[Event]) -> Row:
    """Return the row fields in the messages of an inference, and ``finish_reasons`` where the answer tells them.

    They are looked up in this order: attributes with all messages, numbered attributes, events of one message each,
    and last the bodies of request and answer.
    """
    told = [*_listed_events(facts.get("events")), *events]
    asked = first(_body(facts.get("input")), _turns(lists.get("input")))
    answered = first(_body(facts.get("output")), _turns(lists.get("output")))
    row = read_request(_request(asked, unfold(facts.get("system"))))
    row.update(_answer(answered))
    further = [message_row(told)] if told else []
    if "request" in facts or "answer" in facts:
        further.append(_bodies(facts))
    for found in further:
        row.update({name: value for name, value in found.items() if row.get(name) is None})
    return row


def message_row(events: Iterable[Event]) -> Row:
    """Return the row fields in events that tell one message each, in their order."""
    asked: list[Mapping[str, Any]] = []
    answered: Loose = None
    for name, told in events:
        if name in _OLD_EVENTS:
            whole = unfold(told.get(_OLD_EVENTS[name]))
            if name == "gen_ai.content.completion":
                answered = first(answered, whole, told.get("message"), told.get("content"))
            elif isinstance(whole, list) and not told.get("role"):
                asked += [turn for turn in whole if isinstance(turn, Mapping)]
            else:
                asked.append({"role": first(told.get("role"), "user"), "content": first(whole, told.get("content"))})
        elif name in _ROLES:
            asked.append({"role": first(told.get("role"), _ROLES[name]), "content": _content(told)})
        elif name == "gen_ai.choice" and answered is None:  # the text of the first choice counts
            message = unfold(told.get("message"))
            answered = first(message, _content(told))
    return {**read_request(_request(asked or None, None)), **_answer(answered)}


def said_before(value: Loose) -> Row:
    """Return ``prompt`` and ``system_prompt`` of an inference in what a span around it tells: messages, or one text."""
    events = _listed_events(value)
    row = message_row(events) if any(name for name, _ in events) else read_prompt(value)
    return {name: row[name] for name in ("prompt", "system_prompt") if row.get(name) is not None}


def _request(asked: Loose, system: Loose) -> Mapping[str, Any]:
    """Return a request body. *asked* is a body already, as Vercel and Langfuse may write it, or the messages."""
    whole = unfold(asked)
    if isinstance(whole, Mapping) and "role" not in whole and not _BODY.isdisjoint(whole):
        return {**whole, **({"system": system} if system is not None else {})}
    return {"messages": asked, "system": system}


def _answer(answered: Loose) -> Row:
    """Return the text of the first choice that has one, and ``finish_reasons`` with those of all choices."""
    choices = _choices(answered)
    row: Row = {} if choices else read_answer(answered)
    for choice in choices:
        row = read_answer([choice])
        if row.get("completion"):
            break
    reasons = [mapping(choice).get("finish_reason") for choice in choices]
    return {**row, "finish_reasons": [reason for reason in reasons if isinstance(reason, str)]}


def _choices(answered: Loose) -> list[Any]:
    """Return *answered* as a list of messages; empty for a text, even for one that is JSON."""
    if isinstance(answered, list):
        return answered
    whole = unfold(answered)
    listed = whole if isinstance(whole, list) else []
    return listed if all(isinstance(entry, Mapping) and not _CHOICE.isdisjoint(entry) for entry in listed) else []


def _bodies(facts: Facts) -> Row:
    """Return the row fields in the bodies of request and answer, which some instrumentations keep whole."""
    asked, answered = unfold(facts.get("request")), facts.get("answer")
    row: Row = {}
    if isinstance(asked, Mapping):
        row.update(read_request(asked))
    elif isinstance(asked, str | list):
        row.update(read_request({"messages": asked}))
    return {**row, **read_answer(unfold(answered))}


def _body(value: Loose) -> Loose:
    """Return *value* with a list of JSON texts as a list of objects."""
    return [unfold(entry) for entry in value] if isinstance(value, list) else value


def _turns(entries: Loose) -> list[Any]:
    """Return numbered messages as messages: OpenInference puts each one, and each part, into an object of its own."""
    turns = [_turn(entry) for entry in entries or ()]
    if turns and not any("role" in turn for turn in turns):
        turns = [{"role": "user", **turn} for turn in turns]
    return turns


def _turn(entry: Loose) -> dict[str, Any]:
    inner = entry
    for wrapper in _WRAPPERS:
        if isinstance(entry, Mapping) and isinstance(entry.get(wrapper), Mapping):
            inner = entry[wrapper]
    if not isinstance(inner, Mapping):
        return {"content": inner}
    turn = {name: inner[name] for name in ("role", "finish_reason") if name in inner}
    parts = inner.get("contents")
    if isinstance(parts, list):
        turn["content"] = [mapping(part).get("message_content", part) for part in parts]
    else:
        turn["content"] = _parts(first(inner.get("content"), inner.get("text")))
    return turn


def _parts(content: Loose) -> Loose:
    """Return the content parts in JSON text; an answer that is itself JSON stays text."""
    loaded = unfold(content)
    typed = isinstance(loaded, list) and all(isinstance(part, Mapping) and "type" in part for part in loaded)
    return loaded if typed else content


def _listed_events(events: Loose) -> list[Event]:
    """Return the events that pydantic-ai writes as JSON into one attribute."""
    loaded = unfold(events)
    entries = [mapping(entry) for entry in loaded] if isinstance(loaded, list) else []
    return [(entry.get("event.name"), entry) for entry in entries]


def _content(told: Mapping[str, Any]) -> Loose:
    body = unfold(first(told.get("gen_ai.event.content"), told.get("content"), told.get("body")))
    if isinstance(body, Mapping):
        return first(body.get("content"), mapping(body.get("message")).get("content"))
    return body
