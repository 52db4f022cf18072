"""Rewrites messages of LangChain and lists inside of lists as turns with a role and a content."""

from collections.abc import Iterator, Mapping
from typing import Any

from stillwatch.ingest.parsing.values import Loose, filled

__all__ = ["has_turns", "pair_of", "turns_of", "unpacked"]

_ROLES = {
    "user": "user",
    "human": "user",
    "humanmessage": "user",
    "humanmessagechunk": "user",
    "assistant": "assistant",
    "ai": "assistant",
    "aimessage": "assistant",
    "aimessagechunk": "assistant",
    "system": "system",
    "systemmessage": "system",
    "systemmessagechunk": "system",
    "developer": "system",
    "tool": "tool",
    "toolmessage": "tool",
    "function": "tool",
    "functionmessage": "tool",
}
"""Roles under the names that APIs and LangChain give them, in small letters."""
_DEPTH = 4


def turns_of(messages: Loose, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Yield the turns in *messages*, each with a ``role`` as the OpenAI API names it where one is known.

    *messages* is a turn, or a list of turns, of such lists, or of pairs of role and text.
    """
    if isinstance(messages, Mapping):
        yield _turn(messages)
    elif isinstance(messages, list) and depth < _DEPTH:
        if (pair := pair_of(messages)) is not None:
            yield pair
            return
        for entry in messages:
            yield from turns_of(entry, depth + 1)


def has_turns(messages: Loose) -> bool:
    """Return whether *messages* holds a turn with a known role."""
    return any(turn.get("role") in _ROLES for turn in turns_of(messages))


def unpacked(value: Loose) -> Loose:
    """Return the content of an object that LangChain serialised; any other value unchanged.

    ``{"lc": 1, "type": "constructor", "id": [..., "HumanMessage"], "kwargs": {...}}`` gives the arguments, with the
    name of the class as ``type``. ``{"type": "human", "data": {...}}`` gives the data.
    """
    if not isinstance(value, Mapping):
        return value
    kwargs, path, data = value.get("kwargs"), value.get("id"), value.get("data")
    if "lc" in value and isinstance(kwargs, Mapping):
        name = path[-1] if isinstance(path, list) and path else None
        return {**kwargs, "type": filled(kwargs.get("type"), name)}
    if isinstance(data, Mapping) and _role(value.get("type")) is not None:
        return {**data, "type": value["type"]}
    return value


def _turn(message: Mapping[str, Any]) -> Mapping[str, Any]:
    if message.get("role") == "user":  # the common case first, for speed
        return message
    inner = unpacked(message)
    role = _role(filled(inner.get("role"), inner.get("type")))
    return inner if role is None or role == inner.get("role") else {**inner, "role": role}


def _role(name: Loose) -> str | None:
    return _ROLES.get(name.lower()) if isinstance(name, str) else None


def pair_of(entry: list[Any]) -> Mapping[str, Any] | None:
    """Return ``["human", "text"]`` as a turn; None where *entry* is no such pair."""
    if len(entry) != 2 or not all(isinstance(part, str) for part in entry):
        return None
    role = _role(entry[0])
    return None if role is None else {"role": role, "content": entry[1]}
