"""Reasoning, probabilities and further samples are taken out; answers stay as they are."""

import pytest

from stillwatch.enforcement.bodies.withholding import withhold_from_answer, withhold_from_request


def test_a_request_asks_for_one_plain_answer():
    asked = {
        "model": "large", "messages": [{"role": "user", "content": "logprobs?"}], "temperature": 0.5, "stream": True,
        "logprobs": True, "top_logprobs": 5, "n": 8, "best_of": 3, "reasoning_effort": "high",
        "thinking": {"type": "enabled"}, "include": ["reasoning.encrypted_content", "file_search_call.results"],
        "generationConfig": {"temperature": 1, "responseLogprobs": True, "thinkingConfig": {"includeThoughts": True}},
    }  # fmt: skip
    assert withhold_from_request(asked) == {
        "model": "large", "messages": [{"role": "user", "content": "logprobs?"}], "temperature": 0.5, "stream": True,
        "n": 1, "include": ["file_search_call.results"], "generationConfig": {"temperature": 1},
    }  # fmt: skip
    assert asked["n"] == 8, "the request that came is left as it is"


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        (
            {"choices": [{"index": 0, "logprobs": {"content": []}, "message": {
                "role": "assistant", "content": "A set.", "reasoning_content": "Hm."}}], "usage": {"total_tokens": 3}},
            {"choices": [{"index": 0, "message": {"role": "assistant", "content": "A set."}}],
             "usage": {"total_tokens": 3}},
        ),
        (
            {"type": "message", "content": [{"type": "thinking", "thinking": "Hm.", "signature": "s"},
                                            {"type": "text", "text": "A set."}]},
            {"type": "message", "content": [{"type": "text", "text": "A set."}]},
        ),
        (
            {"object": "response", "output": [{"type": "reasoning", "summary": []},
             {"type": "message", "content": [{"type": "output_text", "text": "A set.", "logprobs": []}]}]},
            {"object": "response", "output": [{"type": "message", "content": [
                {"type": "output_text", "text": "A set."}]}]},
        ),
        (
            {"candidates": [{"content": {"parts": [{"text": "Hm.", "thought": True}, {"text": "A set."}]}}]},
            {"candidates": [{"content": {"parts": [{"text": "A set."}]}}]},
        ),
        (
            {"choices": [{"index": 0, "delta": {"content": "A", "reasoning": "Hm."}, "logprobs": None}]},
            {"choices": [{"index": 0, "delta": {"content": "A"}}]},
        ),
    ],
)  # fmt: skip
def test_an_answer_keeps_its_text_and_loses_the_rest(answer, left):
    assert withhold_from_answer(answer) == left


@pytest.mark.parametrize(
    "event",
    [
        {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "Hm."}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}},
        {"type": "response.reasoning_summary_text.delta", "delta": "Hm."},
        {"type": "response.output_item.added", "item": {"type": "reasoning", "id": "r"}},
    ],
)
def test_an_event_of_reasoning_goes(event):
    assert withhold_from_answer(event) is None


@pytest.mark.parametrize(
    "event",
    [
        {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "A"}},
        {"type": "message_stop"},
        {"type": "response.output_text.delta", "delta": "A"},
        {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"name": "run", "arguments": "{}"}}]}}]},
        {"type": 7, "choices": "odd", "content": None},
        {},
    ],
)
def test_any_other_event_stays_as_it_is(event):
    assert withhold_from_answer(event) == event
