"""Rewrites one line of a batch job as an envelope: OpenAI, Anthropic, Amazon Bedrock, and Gemini on Vertex AI.

A provider adds the account to each line, and the time where the line has none. The bodies are rewritten in the names
that ``messages`` reads.
"""

from typing import Any

from stillwatch.ingest.bodies.answer_shapes import known_answer
from stillwatch.ingest.bodies.request_shapes import known_request
from stillwatch.ingest.parsing.format import Record
from stillwatch.ingest.parsing.values import Loose, first, mapping

__all__ = ["as_envelope"]

_ENDED = ("errored", "canceled", "expired")


def as_envelope(record: Record) -> Record | None:
    """Return *record* as an envelope (``envelopes.ALIASES``); None where it is no line of a batch job."""
    for read in (_openai, _anthropic, _bedrock, _gemini):
        if parts := read(record):
            return {
                **record,
                **parts,
                "request": known_request(parts["request"]),
                "response": known_answer(parts["response"]),
            }
    return None


def _openai(record: Record) -> dict[str, Any] | None:
    """Read ``custom_id``, the request in ``body``, and ``response`` with ``status_code`` and ``body``."""
    response, problem = mapping(record.get("response")), mapping(record.get("error"))
    if "custom_id" not in record or "result" in record or not ("body" in response or problem):
        return None
    answer = mapping(response.get("body"))
    return {
        "request": first(record.get("body"), mapping(record.get("request")).get("body"), record.get("request")),
        "response": answer or {"error": problem},
        "status": first(response.get("status_code"), "error" if problem else None),
        "at": _moment(record, answer.get("created"), answer.get("created_at")),
        "exchange_id": first(record.get("exchange_id"), record.get("id"), response.get("request_id")),
    }


def _anthropic(record: Record) -> dict[str, Any] | None:
    """Read ``custom_id``, the request in ``params``, and ``result`` with a type and the message or error."""
    result = mapping(record.get("result"))
    if "custom_id" not in record or not isinstance(result.get("type"), str):
        return None
    problem = mapping(result.get("error"))
    ended = {"error": {"type": result["type"]}} if result["type"] in _ENDED else {}
    return {
        "request": first(record.get("params"), record.get("request")),
        "response": first(mapping(result.get("message")), problem if "error" in problem else None, ended),
        "status": None,
        "exchange_id": first(record.get("exchange_id"), record.get("id")),
    }


def _bedrock(record: Record) -> dict[str, Any] | None:
    """Read ``recordId``, ``modelInput``, and ``modelOutput`` or ``error`` with ``errorCode``.

    A ``recordId`` is unique within its job only, so it is no ``exchange_id``.
    """
    if "recordId" not in record or "modelInput" not in record:
        return None
    problem = mapping(record.get("error"))
    return {
        "request": record["modelInput"],
        "response": record.get("modelOutput"),
        "status": first(problem.get("errorCode"), "error" if problem else None),
        "model": first(record.get("model"), record.get("modelId")),
    }


def _gemini(record: Record) -> dict[str, Any] | None:
    """Read ``request`` with ``contents``, ``response`` with ``candidates``, ``status`` and ``processed_time``."""
    asked, answer = mapping(record.get("request")), mapping(record.get("response"))
    if "contents" not in asked or not ("processed_time" in record or "key" in record):
        return None
    return {
        "request": asked,
        "response": answer,
        "status": None if answer else "error",
        "at": _moment(record, record.get("processed_time")),
        "model": first(record.get("model"), answer.get("modelVersion")),
    }


def _moment(record: Record, *others: Loose) -> Loose:
    return first(*(record.get(name) for name in ("at", "timestamp", "time", "created_at")), *others)
