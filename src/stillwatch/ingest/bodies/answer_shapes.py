"""Rewrites answers of Gemini, Cohere and Amazon Bedrock, whole or as the chunks of a stream, for ``messages``.

The streams of other APIs are joined in ``streams``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from stillwatch.ingest.parsing.bodies.streams import joined
from stillwatch.ingest.parsing.messages import text_of
from stillwatch.ingest.parsing.values import Loose, first, mapping, unfold

__all__ = ["known_answer"]

_IDS = ("id", "responseId", "response_id")
_METRICS = "amazon-bedrock-invocationMetrics"
_EVENTS = ("messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop")
"""Events of the Converse API; each is an object with one of these keys, or with usage in ``metadata``."""


@dataclass(slots=True)
class _Piece:
    """An answer or a part of one: its text, its token counts, and why it ended."""

    text: str | None = None
    usage: Mapping[str, Any] = field(default_factory=dict)
    reason: Loose = None


def known_answer(body: Loose) -> Loose:
    """Return an answer in the shape of a chat completion; a shape that ``messages`` reads is returned unchanged.

    *body* is an object, its JSON text, a list of the chunks of a stream, or text. The other keys of an object stay.
    """
    if isinstance(body, str) and '"candidates"' in body and body.lstrip()[:5] == "data:":
        body = list(_events(body))
    loaded = unfold(body)
    if isinstance(loaded, list):
        whole = _joined(loaded)
        return body if whole is None else whole
    if not isinstance(loaded, Mapping):
        return body
    piece = _whole(loaded)
    return body if piece is None else {**loaded, **_chat(piece)}


def _chat(piece: _Piece) -> dict[str, Any]:
    return {
        "choices": [
            {
                "message": {"role": "assistant", "content": piece.text},
                "finish_reason": piece.reason.lower() if isinstance(piece.reason, str) else None,
            }
        ],
        "usage": piece.usage,
    }


def _joined(chunks: list[Any]) -> Mapping[str, Any] | None:
    """Return the chunks of a stream as one answer; None where none of them is a chunk."""
    events = [chunk for chunk in chunks if isinstance(chunk, Mapping)]
    pieces = [piece for event in events if (piece := _chunk(event)) is not None]
    usage: dict[str, Any] = {}
    for piece in pieces:
        usage.update({name: count for name, count in piece.usage.items() if count is not None})
    for event in events:
        usage.update(_metrics(event))
    if not pieces:
        answer = joined(chunks)
        return answer and {**answer, "usage": {**mapping(answer.get("usage")), **usage}}
    failed = first(*(mapping(event.get("error")) for event in events))
    reasons = (piece.reason for piece in reversed(pieces) if piece.reason)
    ids = (first(*(event.get(name) for name in _IDS), mapping(event.get("message")).get("id")) for event in events)
    text = "".join(piece.text or "" for piece in pieces)
    answer = _chat(_Piece(text, usage, next(reasons, None)))
    return {**answer, "id": next((i for i in ids if i), None), **({"error": failed} if failed else {})}


def _chunk(event: Mapping[str, Any]) -> _Piece | None:
    found = (read(event) for read in (_whole, _of_converse, _of_claude, _of_cohere))
    return next((piece for piece in found if piece is not None), None)


def _whole(body: Mapping[str, Any]) -> _Piece | None:
    """Read an answer, or a chunk of the same shape, of a family that ``messages`` does not know."""
    for read in (_gemini, _converse, _titan, _llama, _listed):
        if (piece := read(body)) is not None:
            piece.usage = {**piece.usage, **_metrics(body)}
            if str(body.get("amazon-bedrock-guardrailAction", "")).upper() == "INTERVENED":
                piece.reason = "guardrail_intervened"
            return piece
    return None


def _gemini(body: Mapping[str, Any]) -> _Piece | None:
    candidates = body.get("candidates")
    blocked = mapping(first(body.get("promptFeedback"), body.get("prompt_feedback")))
    used = mapping(first(body.get("usageMetadata"), body.get("usage_metadata")))
    if not isinstance(candidates, list) and not blocked and not used:
        return None
    chosen = mapping(candidates[0]) if isinstance(candidates, list) and candidates else {}
    parts = mapping(chosen.get("content")).get("parts")
    said = [p for p in parts if not mapping(p).get("thought")] if isinstance(parts, list) else parts
    refused = "safety" if first(blocked.get("blockReason"), blocked.get("block_reason")) else None
    usage = {
        "input_tokens": first(used.get("promptTokenCount"), used.get("prompt_token_count")),
        "output_tokens": first(used.get("candidatesTokenCount"), used.get("candidates_token_count")),
    }
    return _Piece(text_of(said), usage, first(refused, chosen.get("finishReason"), chosen.get("finish_reason")))


def _converse(body: Mapping[str, Any]) -> _Piece | None:
    message = mapping(mapping(body.get("output")).get("message"))
    if not message and "stopReason" not in body:
        return None
    return _Piece(text_of(message.get("content")), mapping(body.get("usage")), body.get("stopReason"))


def _titan(body: Mapping[str, Any]) -> _Piece | None:
    results = body.get("results")
    if isinstance(results, list) and any("outputText" in mapping(result) for result in results):
        chosen = mapping(results[0])
        written = chosen.get("tokenCount")
    elif "outputText" in body:
        chosen, written = body, body.get("totalOutputTextTokenCount")
    else:
        return None
    usage = {"input_tokens": body.get("inputTextTokenCount"), "output_tokens": written}
    return _Piece(_text(chosen.get("outputText")), usage, chosen.get("completionReason"))


def _llama(body: Mapping[str, Any]) -> _Piece | None:
    if "generation" not in body:
        return None
    usage = {"input_tokens": body.get("prompt_token_count"), "output_tokens": body.get("generation_token_count")}
    return _Piece(_text(body["generation"]), usage, body.get("stop_reason"))


def _listed(body: Mapping[str, Any]) -> _Piece | None:
    """Read Mistral's ``outputs``, Cohere's ``generations`` and AI21's ``completions``."""
    for name in ("outputs", "generations", "completions"):
        found = body.get(name)
        if isinstance(found, list) and found and isinstance(found[0], Mapping):
            told = mapping(first(found[0].get("data"), found[0]))
            reason = first(found[0].get("stop_reason"), found[0].get("finish_reason"), found[0].get("finishReason"))
            return _Piece(_text(told.get("text")), {}, first(mapping(reason).get("reason"), reason))
    return None


def _of_converse(event: Mapping[str, Any]) -> _Piece | None:
    usage = mapping(mapping(event.get("metadata")).get("usage"))
    if not usage and not any(isinstance(event.get(name), Mapping) for name in _EVENTS):
        return None
    delta = mapping(mapping(event.get("contentBlockDelta")).get("delta"))
    return _Piece(
        _text(delta.get("text")),
        usage,
        mapping(event.get("messageStop")).get("stopReason"),
    )


def _of_claude(event: Mapping[str, Any]) -> _Piece | None:
    """Read a chunk of Claude's old text API, or an answer that stands alone in a list."""
    kind = event.get("type")
    if "completion" in event and kind in (None, "completion"):
        return _Piece(_text(event["completion"]), {}, event.get("stop_reason"))
    if kind == "message":
        return _Piece(text_of(event.get("content")), mapping(event.get("usage")), event.get("stop_reason"))
    return None


def _of_cohere(event: Mapping[str, Any]) -> _Piece | None:
    kind, delta = first(event.get("event_type"), event.get("type")), mapping(event.get("delta"))
    if kind == "text-generation":
        return _Piece(_text(event.get("text")))
    if kind == "content-delta":
        return _Piece(_text(mapping(mapping(delta.get("message")).get("content")).get("text")))
    if kind in ("stream-end", "message-end"):
        ended = mapping(first(event.get("response"), delta))
        usage = mapping(first(mapping(ended.get("meta")).get("tokens"), mapping(ended.get("usage")).get("tokens")))
        return _Piece(None, usage, first(event.get("finish_reason"), ended.get("finish_reason")))
    return None


def _metrics(body: Mapping[str, Any]) -> Mapping[str, Any]:
    counted = mapping(body.get(_METRICS))
    usage = {"input_tokens": counted.get("inputTokenCount"), "output_tokens": counted.get("outputTokenCount")}
    return {name: count for name, count in usage.items() if count is not None}


def _text(value: Loose) -> str | None:
    return value if isinstance(value, str) else None


def _events(body: str) -> Iterator[Loose]:
    """Yield the objects of server-sent events; a line that is no JSON is left out."""
    for line in body.splitlines():
        if line.startswith("data:"):
            try:
                yield orjson.loads(line[5:])
            except orjson.JSONDecodeError:
                continue
