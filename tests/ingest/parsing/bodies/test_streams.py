from typing import Any

import orjson
import pytest

from stillwatch.ingest.parsing.bodies.streams import joined

CHAT = [
    {"id": "c", "model": "m", "created": 7, "choices": [{"index": 0, "delta": {"role": "assistant", "content": "El"}}]},
    {"choices": [{"index": 1, "delta": {"content": "Oder"}}]},
    {"choices": [{"index": 0, "delta": {"content": "be"}, "finish_reason": "stop"}]},
    {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}},
]
ANTHROPIC = [
    {"type": "message_start", "message": {"id": "c", "model": "m", "usage": {"input_tokens": 3, "output_tokens": 1}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "hm"}},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "El"}},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "be"}},
    {"type": "content_block_delta", "index": 2, "delta": {"type": "input_json_delta", "partial_json": "{"}},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}},
]
RESPONSES = [
    {"type": "response.created", "response": {"id": "c", "model": "m", "created_at": 7, "output": []}},
    {"type": "response.output_text.delta", "output_index": 1, "content_index": 0, "delta": "El"},
    {"type": "response.output_text.delta", "output_index": 1, "content_index": 0, "delta": "be"},
    {"type": "response.completed", "response": {"usage": {"input_tokens": 3, "output_tokens": 2}}},
]
OLLAMA = [
    {"model": "m", "created_at": "2026-03-02T08:15:30Z", "message": {"content": "El"}, "done": False},
    {"message": {"content": "be"}, "done": True, "prompt_eval_count": 3, "eval_count": 2},
]


def as_events(pieces: list[Any]) -> str:
    return "".join(f"event: x\ndata: {orjson.dumps(piece).decode()}\n\n" for piece in pieces) + "data: [DONE]\n\n"


def as_lines(pieces: list[Any]) -> str:
    return "\n".join(orjson.dumps(piece).decode() for piece in pieces)


@pytest.mark.parametrize("kept", [list, as_events, as_lines, lambda pieces: {"chunks": pieces}])
@pytest.mark.parametrize("pieces", [CHAT, ANTHROPIC, RESPONSES, OLLAMA])
def test_pieces_are_joined_however_they_are_kept(pieces: list[Any], kept: Any) -> None:
    answer = joined(kept(pieces))
    assert answer is not None
    assert answer["choices"][0]["message"]["content"] == "Elbe"
    assert answer["model"] == "m"
    assert sorted(v for v in answer["usage"].values() if isinstance(v, int)) == [2, 3]


def test_facts_of_the_pieces() -> None:
    answer = joined(CHAT)
    assert answer is not None
    assert (answer["id"], answer["created"], answer["choices"][0]["finish_reason"]) == ("c", 7, "stop")


def test_comments_before_the_events_and_lists_of_lines() -> None:
    assert joined(": OPENROUTER PROCESSING\n\n" + as_events(CHAT)) == joined(CHAT)
    assert joined(as_events(CHAT).splitlines()) == joined(CHAT)


def test_events_of_the_ai_sdk() -> None:
    pieces = [{"type": "start"}, *({"type": "text-delta", "id": "0", "delta": part} for part in ("El", "be"))]
    answer = joined(as_events(pieces))
    assert answer is not None
    assert answer["choices"][0]["message"]["content"] == "Elbe"


def test_blocks_of_text_are_joined_by_line_breaks() -> None:
    two = [
        {"type": "content_block_delta", "index": i, "delta": {"type": "text_delta", "text": t}}
        for i, t in enumerate("ab")
    ]
    answer = joined(two)
    assert answer is not None
    assert answer["choices"][0]["message"]["content"] == "a\nb"


def test_the_last_event_holds_all_of_an_answer() -> None:
    whole = {"id": "c", "output": [{"type": "message", "content": [{"type": "output_text", "text": "Elbe"}]}]}
    answer = joined([{"type": "response.completed", "response": whole}])
    assert answer is not None
    assert answer["output"] == whole["output"]


def test_errors_and_refusals_within_a_stream() -> None:
    broken = joined([*CHAT[:1], {"error": {"code": 429}}])
    refused = joined([{"choices": [{"delta": {"refusal": "I can"}}]}, {"choices": [{"delta": {"refusal": "not"}}]}])
    assert broken is not None
    assert refused is not None
    assert broken["error"] == {"code": 429}
    assert refused["choices"][0]["message"]["refusal"] == "I cannot"


@pytest.mark.parametrize(
    "other",
    [
        None,
        7,
        "plain text",
        ": a smile",
        "data: no JSON",
        '{"a": 1}',
        '{"a": 1}\n{"b": 2}',
        [],
        [{"role": "assistant", "content": "a turn"}],
        [{"type": "message", "content": []}],
        {"choices": [{"message": {"content": "whole"}}]},
    ],
)
def test_what_is_no_stream(other: Any) -> None:
    assert joined(other) is None


def test_text_between_the_events_may_hold_other_line_breaks() -> None:
    answer = joined('data: {"choices":[{"delta":{"content":"a\u2028b"}}]}\n\n')
    assert answer is not None
    assert answer["choices"][0]["message"]["content"] == "a\u2028b"
