"""Joins the pieces of a streamed answer: chat and completion chunks, Anthropic, Responses and AI SDK events, Ollama.

A logger keeps a stream as the text of its events, as lines of JSON, or as a list of the pieces.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from stillwatch.ingest.parsing.values import Loose, filled, first, mapping

__all__ = ["joined"]

_SIGNS = ("data:", "event:", ":", "id:", "retry:")
"""Starts of the lines of server-sent events; a line that starts with a colon is a comment."""
_KINDS = ("response.", "message_", "content_block_", "text-delta")
_HELD = ("chunks", "events", "streamed_chunks", "stream_chunks")
"""Names under which a logger keeps the list of pieces in an object."""


def joined(body: Loose) -> Mapping[str, Any] | None:
    """Return the stream in *body* as one answer in the shape of a chat completion; None where it is no stream.

    The answer has the id, the model, the time, the usage, the reason of the end and the error that the pieces told.
    """
    pieces = _pieces(body)
    if not any(map(_is_piece, pieces)):
        return None
    answer = _Answer()
    for piece in pieces:
        answer.add(piece)
    return answer.whole()


def _pieces(body: Loose) -> list[Mapping[str, Any]]:
    if isinstance(body, str):
        return list(_written(body))
    if isinstance(body, Mapping):
        body = next((body[name] for name in _HELD if isinstance(body.get(name), list)), None)
    if not isinstance(body, list) or any(isinstance(piece, Mapping) and "role" in piece for piece in body):
        return []
    found: list[Any] = []
    for piece in body:
        found += _written(piece) if isinstance(piece, str) else [piece]
    return [piece for piece in found if isinstance(piece, Mapping)]


def _written(text: str) -> Iterator[Mapping[str, Any]]:
    start = text.lstrip()[:8]
    if not start.startswith((*_SIGNS, "{")):
        return
    lines = text.strip().split("\n")  # other line breaks can stand in a text, unescaped
    if start.startswith("{") and (len(lines) < 2 or _loaded(lines[0]) is None):
        return
    for line in lines:
        if (piece := _loaded(line.removeprefix("data:"))) is not None:
            yield piece


def _loaded(line: str) -> Mapping[str, Any] | None:
    data = line.strip()
    try:
        return mapping(orjson.loads(data)) if data.startswith("{") else None
    except orjson.JSONDecodeError:
        return None


def _is_piece(piece: Mapping[str, Any]) -> bool:
    kind = piece.get("type")
    if isinstance(kind, str) and kind.startswith(_KINDS):
        return True
    told = (piece.get("choices"), piece.get("done"), piece.get("error"))
    return any(isinstance(value, kind) for value, kind in zip(told, (list, bool, Mapping), strict=True))


@dataclass(slots=True)
class _Answer:
    """What the pieces told so far. Text is kept per block, because only blocks are joined by line breaks."""

    blocks: dict[Any, list[str]] = field(default_factory=dict)
    refusal: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    usage: dict[str, Any] = field(default_factory=dict)
    reason: Loose = None
    error: Loose = None
    last: Mapping[str, Any] = field(default_factory=dict)

    def add(self, piece: Mapping[str, Any]) -> None:
        inner = mapping(filled(mapping(piece.get("response")), mapping(piece.get("message"))))
        for holder in (piece, inner):
            for name, value in (
                ("id", holder.get("id")),
                ("model", holder.get("model")),
                ("created", _created(holder)),
            ):
                if first(value) is not None:
                    self.facts.setdefault(name, value)
            self.usage.update({n: count for n, count in mapping(holder.get("usage")).items() if count is not None})
            self.error = first(self.error, holder.get("error"))
        if "eval_count" in piece:
            self.usage |= {"input_tokens": piece.get("prompt_eval_count"), "output_tokens": piece["eval_count"]}
        if "output" in inner:
            self.last = inner
        self._say(piece)

    def _say(self, piece: Mapping[str, Any]) -> None:
        kind, delta = piece.get("type"), piece.get("delta")
        if isinstance(kind, str) and kind.startswith("response."):
            if kind == "response.output_text.delta":
                self._keep((str(piece.get("output_index")), str(piece.get("content_index"))), delta)
            elif kind == "response.refusal.delta" and isinstance(delta, str):
                self.refusal.append(delta)
        elif kind == "text-delta":
            self._keep(str(piece.get("id")), delta)
        elif isinstance(kind, str) and kind.startswith(_KINDS):
            told = mapping(filled(delta, piece.get("content_block")))
            if told.get("type") in ("text", "text_delta", None):
                self._keep(str(piece.get("index")), told.get("text"))
            self.reason = first(mapping(delta).get("stop_reason"), self.reason)
        elif isinstance(piece.get("choices"), list):
            self._choose(piece["choices"])
        elif isinstance(piece.get("done"), bool):
            self._keep(0, filled(mapping(piece.get("message")).get("content"), piece.get("response")))
            self.reason = first(piece.get("done_reason"), self.reason)

    def _choose(self, choices: list[Any]) -> None:
        for choice in choices:
            if not isinstance(choice, Mapping) or choice.get("index") not in (0, None):
                continue
            told = mapping(filled(mapping(choice.get("delta")), mapping(choice.get("message")), choice))
            self._keep(0, filled(told.get("content"), told.get("text")))
            if isinstance(told.get("refusal"), str):
                self.refusal.append(told["refusal"])
            self.reason = first(choice.get("finish_reason"), self.reason)
            return

    def _keep(self, block: Loose, text: Loose) -> None:
        if isinstance(text, list):  # some gateways stream a list of content parts
            text = "".join(
                part["text"] for part in text if isinstance(part, Mapping) and isinstance(part.get("text"), str)
            )
        if isinstance(text, str):
            self.blocks.setdefault(block, []).append(text)

    def whole(self) -> Mapping[str, Any]:
        told = {**self.facts, "usage": self.usage, "error": self.error}
        if self.last and not self.blocks:  # the last event of the Responses API holds all of the answer
            return {**self.last, **told}
        message = {
            "role": "assistant",
            "content": "\n".join("".join(said) for said in self.blocks.values() if any(said)),
        }
        choice = {"message": message | {"refusal": "".join(self.refusal)}, "finish_reason": self.reason}
        return {**told, "incomplete_details": self.last.get("incomplete_details"), "choices": [choice]}


def _created(holder: Mapping[str, Any]) -> Loose:
    return first(holder.get("created"), holder.get("created_at"))
