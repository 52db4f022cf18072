"""Reads from a request how many answers it asks for, its limit, temperature and seed, and whether it is a stream.

The caller writes these values. A value of the wrong type is missing here, so that nobody can turn an own request into a
reject by a parameter that the model ignores. In Stillwatch's own table a wrong type is a reject.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from stillwatch.ingest.parsing.format import Row
from stillwatch.ingest.parsing.values import Loose, first, flag, number, signed64

__all__ = ["read_limits", "read_sampling"]

_Value = TypeVar("_Value")
_SAMPLES = ("n", "n_samples", "num_samples", "candidateCount", "candidate_count", "num_return_sequences")
_LOGPROBS = ("responseLogprobs", "response_logprobs", "return_logprobs")
_TOP = ("top_logprobs", "topLogprobs")
_INCLUDED = "message.output_text.logprobs"
_LARGEST = 2**31 - 1
_LIMITS = (
    "max_output_tokens",
    "max_completion_tokens",
    "max_tokens",
    "max_tokens_to_sample",
    "maxTokens",
    "maxOutputTokens",
    "num_predict",
)


def read_limits(body: Mapping[str, Any]) -> Row:
    """Return ``temperature``, ``max_output_tokens`` and ``stream`` of a request body or of its parameters.

    None where one is missing. Ollama keeps them in ``options``.
    """
    if isinstance(body.get("options"), Mapping):
        body = {**body["options"], **body}
    limit = _read(signed64, first(*(body.get(name) for name in _LIMITS)))
    return {
        "temperature": _read(number, body.get("temperature")),
        "max_output_tokens": limit if limit is not None and 0 <= limit <= _LARGEST else None,
        "stream": _read(flag, body.get("stream")),
    }


def read_sampling(body: Mapping[str, Any]) -> Row:
    """Return ``n_samples``, ``logprobs`` and ``seed`` of a request body or of its parameters; None where missing."""
    samples = _read(signed64, first(*(body.get(name) for name in _SAMPLES)))
    return {
        "n_samples": samples if samples is not None and 0 <= samples <= _LARGEST else None,
        "logprobs": _logprobs(body),
        "seed": _read(signed64, first(body.get("seed"), body.get("random_seed"))),
    }


def _logprobs(body: Mapping[str, Any]) -> bool | None:
    """Return whether *body* asks for log-probabilities.

    ``logprobs`` is true or false in chats, and the number of alternatives in completions, where 0 asks for the
    log-probability of the chosen token. Responses ask with ``include`` or ``top_logprobs``, Gemini with
    ``responseLogprobs``.
    """
    stated = _read(flag, first(*(body.get(name) for name in _LOGPROBS)))
    if stated is not None:
        return stated
    asked = body.get("logprobs")
    if isinstance(asked, bool):
        return asked
    if _read(signed64, asked) is not None:
        return True
    top = _read(signed64, first(*(body.get(name) for name in _TOP)))
    included = body.get("include")
    if (top is not None and top > 0) or (isinstance(included, list) and _INCLUDED in included):
        return True
    return _read(flag, asked)


def _read(reader: Callable[[Any], _Value | None], value: Loose) -> _Value | None:
    """Return *value* as *reader* reads it; None where it cannot be read."""
    if value is None:
        return None
    try:
        return reader(value)
    except (ValueError, OverflowError):
        return None
