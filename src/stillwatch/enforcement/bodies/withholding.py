"""Carries out *withhold*: answers without reasoning, token probabilities and further samples.

What is worth most to somebody who trains on answers is taken out; the answer itself stays.
"""

from typing import Any

__all__ = ["withhold_from_answer", "withhold_from_request"]

_ASKED = (
    "logprobs", "top_logprobs", "prompt_logprobs", "return_token_ids", "logprob_start_len", "top_logprobs_num",
    "return_logprob", "best_of", "reasoning", "reasoning_effort", "thinking", "include_reasoning",
)  # fmt: skip
"""Fields of requests that ask for what is withheld, in the words of OpenAI, Anthropic, vLLM and SGLang."""
_TOLD = (
    "logprobs", "prompt_logprobs", "reasoning", "reasoning_content", "reasoning_details", "thinking", "thinking_blocks",
    "token_ids", "prompt_token_ids",
)  # fmt: skip
_BLOCKS = frozenset(
    {"reasoning", "reasoning_text", "thinking", "redacted_thinking", "thinking_delta", "signature_delta"}
)
"""Types of the blocks of content, of items of output and of streamed parts that hold reasoning."""
_EVENTS = "response.reasoning"
"""How the types of events begin with which the Responses API streams reasoning."""
_LISTS = frozenset({"choices", "output", "content", "candidates", "parts"})
_OBJECTS = frozenset({"message", "delta", "response", "content", "part", "item"})
_GEMINI = ("responseLogprobs", "logprobs", "thinkingConfig", "candidateCount")


def withhold_from_request(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON object of a request that asks for one answer and for nothing that is withheld."""
    kept = {name: value for name, value in fields.items() if name not in _ASKED}
    if isinstance(kept.get("n"), int) and kept["n"] > 1:
        kept["n"] = 1
    config = kept.get("generationConfig")
    if isinstance(config, dict):  # of Gemini
        kept["generationConfig"] = {name: value for name, value in config.items() if name not in _GEMINI}
    include = kept.get("include")
    if isinstance(include, list):  # of the Responses API: "reasoning.encrypted_content", "message.output_text.logprobs"
        kept["include"] = [
            one for one in include if not (isinstance(one, str) and ("reason" in one or "logprob" in one))
        ]
    return kept


def withhold_from_answer(answer: dict[str, Any]) -> dict[str, Any] | None:
    """Return the JSON object of an answer, or of one event of a stream, without what is withheld.

    ``None`` stands for an event that holds nothing else.
    """
    if _is_reasoning(answer):
        return None
    return _without(answer)


def _is_reasoning(part: dict[str, Any]) -> bool:
    if part.get("thought") is True:  # of Gemini
        return True
    inner = [part[name].get("type") for name in ("delta", "content_block", "item") if isinstance(part.get(name), dict)]
    kinds = [kind for kind in (part.get("type"), *inner) if isinstance(kind, str)]
    return any(kind in _BLOCKS or kind.startswith(_EVENTS) for kind in kinds)


def _without(part: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in part.items():
        if name in _TOLD:
            continue
        if name in _LISTS and isinstance(value, list):
            kept[name] = [
                _without(one) if isinstance(one, dict) else one
                for one in value
                if not (isinstance(one, dict) and _is_reasoning(one))
            ]
        elif isinstance(value, dict) and name in _OBJECTS:
            kept[name] = _without(value)
        else:
            kept[name] = value
    return kept
