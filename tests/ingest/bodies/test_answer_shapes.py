from typing import Any

import orjson
import pytest

from stillwatch.ingest.bodies.answer_shapes import known_answer
from stillwatch.ingest.bodies.exchange_bodies import read_bodies
from stillwatch.ingest.parsing.messages import read_answer

USED = {"input_tokens": 4, "output_tokens": 2}
ANTHROPIC = [
    {"type": "message_start", "message": {"id": "m", "usage": {"input_tokens": 4, "output_tokens": 1}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking"}},
    {"type": "content_block_delta", "delta": {"type": "thinking_delta", "thinking": "hm"}},
    {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "A "}},
    {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "hill"}},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}},
]
CONVERSE = [
    {"messageStart": {"role": "assistant"}},
    {"contentBlockDelta": {"delta": {"text": "A "}, "contentBlockIndex": 0}},
    {"contentBlockDelta": {"delta": {"text": "hill"}, "contentBlockIndex": 0}},
    {"messageStop": {"stopReason": "end_turn"}},
    {"metadata": {"usage": {"inputTokens": 4, "outputTokens": 2}}},
]
TITAN = [
    {"outputText": "A ", "index": 0, "inputTextTokenCount": 4},
    {"outputText": "hill", "totalOutputTextTokenCount": 2, "completionReason": "FINISH"},
]
LLAMA = [
    {"generation": "A ", "prompt_token_count": 4},
    {"generation": "hill", "generation_token_count": 2, "stop_reason": "stop"},
]
CHUNKS = [
    {"choices": [{"delta": {"role": "assistant", "content": ""}}]},
    {"choices": [{"delta": {"content": "A "}}]},
    {"choices": [{"delta": {"content": "hill"}, "finish_reason": "stop"}]},
    {"choices": [], "usage": {"prompt_tokens": 4, "completion_tokens": 2}},
]
RESPONSES = [
    {"type": "response.created", "response": {"id": "r"}},
    {"type": "response.output_text.delta", "delta": "A "},
    {"type": "response.output_text.delta", "delta": "hill"},
    {"type": "response.completed", "response": {"usage": {"input_tokens": 4, "output_tokens": 2}}},
]
COHERE = [
    {"event_type": "text-generation", "text": "A "},
    {"event_type": "text-generation", "text": "hill"},
    {"event_type": "stream-end", "finish_reason": "COMPLETE",
     "response": {"text": "A hill", "meta": {"tokens": {"input_tokens": 4, "output_tokens": 2}}}},
]  # fmt: skip
GEMINI = [
    {"candidates": [{"content": {"parts": [{"text": "hm", "thought": True}, {"text": "A "}]}}]},
    {
        "candidates": [{"content": {"parts": [{"text": "hill"}]}, "finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": 4, "candidatesTokenCount": 2},
    },
]
MISTRAL = [
    {"outputs": [{"text": "A ", "stop_reason": None}]},
    {
        "outputs": [{"text": "hill", "stop_reason": "stop"}],
        "amazon-bedrock-invocationMetrics": {"inputTokenCount": 4, "outputTokenCount": 2},
    },
]
OLD_CLAUDE = [
    {"completion": "A "},
    {
        "completion": "hill",
        "stop_reason": "stop_sequence",
        "amazon-bedrock-invocationMetrics": {"inputTokenCount": 4, "outputTokenCount": 2},
    },
]
STREAMS = {
    "anthropic": ANTHROPIC,
    "converse": CONVERSE,
    "titan": TITAN,
    "llama": LLAMA,
    "chunks": CHUNKS,
    "responses": RESPONSES,
    "cohere": COHERE,
    "gemini": GEMINI,
    "mistral": MISTRAL,
    "old": OLD_CLAUDE,
}


@pytest.mark.parametrize("name", STREAMS)
def test_chunks_of_a_stream_are_put_together(name: str) -> None:
    for body in (STREAMS[name], orjson.dumps(STREAMS[name]).decode()):
        row = read_answer(known_answer(body))
        assert {key: row.get(key) for key in ("completion", *USED)} == {"completion": "A hill", **USED}


def test_server_sent_events_of_gemini() -> None:
    body = "\n\n".join("data: " + orjson.dumps(event).decode() for event in GEMINI)
    assert read_answer(known_answer(body))["completion"] == "A hill"


@pytest.mark.parametrize(
    ("body", "completion"),
    [
        ({"output": {"message": {"content": [{"text": "A hill"}]}}, "stopReason": "end_turn"}, "A hill"),
        ({"results": [{"outputText": "A hill", "tokenCount": 2}]}, "A hill"),
        ({"generations": [{"text": "A hill"}]}, "A hill"),
        ({"completions": [{"data": {"text": "A hill"}}]}, "A hill"),
        ({"text": "A hill", "generation_id": "g"}, "A hill"),
        ({"completion": "A hill"}, "A hill"),
        ({"choices": [{"message": {"content": "A hill"}}]}, "A hill"),
        ("A hill", "A hill"),
        ({"embedding": [0.5]}, None),
        ([{"role": "assistant", "content": "A hill", "metadata": {"k": 1}}], "A hill"),
        (None, None),
        (7, None),
    ],
)
def test_answers_of_every_family(body: Any, completion: str | None) -> None:
    assert read_answer(known_answer(body)).get("completion") == completion


@pytest.mark.parametrize(
    "body",
    [
        {"promptFeedback": {"blockReason": "SAFETY"}},
        {"candidates": [{"finishReason": "PROHIBITED_CONTENT"}]},
        {"output": {"message": {"content": []}}, "stopReason": "guardrail_intervened"},
        {"generation": "Sorry", "amazon-bedrock-guardrailAction": "INTERVENED"},
        [*CONVERSE[:-2], {"messageStop": {"stopReason": "content_filtered"}}],
    ],
)
def test_a_refusal_is_told(body: Any) -> None:
    assert read_answer(known_answer(body))["refused"] is True


def test_an_error_in_place_of_an_answer() -> None:
    error = {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}
    for body in (error, [error], orjson.dumps(error).decode()):
        assert read_bodies(None, body).status() == "throttled"
        assert not read_answer(known_answer(body)).get("completion")
