import pytest

from stillwatch.ingest.parsing.messages import (
    read_answer,
    read_parameters,
    read_prompt,
    read_request,
    read_usage,
    text_of,
)

PIXEL = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("plain", "plain"),
        ([{"type": "text", "text": "one"}, PIXEL, {"type": "text", "text": "two"}], "one\ntwo"),
        ([{"type": "input_text", "text": "asked"}], "asked"),
        ([{"type": "text", "content": "otel part"}], "otel part"),
        ([{"text": "gemini part"}], "gemini part"),
        ({"type": "text", "text": {"value": "assistants"}}, "assistants"),
        ([{"type": "tool_result", "content": "12 degrees"}], None),
        ([PIXEL], None),
        ([], None),
        (None, None),
        (7, None),
        ("", None),
        ("redacted-by-litellm", None),
    ],
)
def test_text_of(content: object, text: str | None) -> None:
    assert text_of(content) == text


def test_prompt_is_the_last_user_turn_with_text() -> None:
    row = read_prompt(
        [
            {"role": "system", "content": "Be brief."},
            {"role": "developer", "content": "Use tools."},
            {"role": "user", "content": "first"},
            {"role": "assistant", "content": "answer"},
            {"role": "user", "content": [{"type": "text", "text": "second"}, PIXEL]},
            {"role": "assistant", "tool_calls": [{"id": "t1"}]},
            {"role": "tool", "content": "12 degrees"},
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "12 degrees"}],
            },
        ]
    )
    assert row == {"system_prompt": "Be brief.\nUse tools.", "prompt": "second"}


@pytest.mark.parametrize(
    ("messages", "prompt"),
    [
        ("just text", "just text"),
        (["one", "two"], "one\ntwo"),
        ([[1, 2, 3], [4]], None),
        ([1, 2, 3], None),
        ('[{"role": "user", "content": "from CSV"}]', "from CSV"),
        ('["a list in a prompt"]', '["a list in a prompt"]'),
        ("[draft] not JSON", "[draft] not JSON"),
        ({"messages": [{"role": "user", "content": "wrapped"}]}, "wrapped"),
        ({"role": "user", "content": "alone"}, "alone"),
        ([{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "item"}]}], "item"),
        ([{"role": "user", "content": "asked"}, {"type": "function_call_output", "output": "{}"}], "asked"),
        (None, None),
        ([[{"role": "user", "content": "nested"}]], "nested"),
        ([{"type": "human", "content": "of LangChain"}], "of LangChain"),
        ([["system", "Be brief."], ["human", "a pair"]], "a pair"),
        ({"lc": 1, "id": ["ChatPromptValue"], "kwargs": {"messages": [{"type": "human", "content": "held"}]}}, "held"),
        ('{"lc": 1, "id": ["StringPromptValue"], "kwargs": {"text": "a text"}}', "a text"),
        ({"input": {"messages": [{"role": "user", "content": "deeper"}]}}, "deeper"),
        ({"prompts": ["one", "two"]}, "one\ntwo"),
        (["one", {"role": "tool", "content": {"type": "function"}}], "one"),
        ([{"role": "user", "content": "<system-reminder>x</system-reminder>\nAsked."}], "Asked."),
        (
            [
                {"role": "user", "content": "First asked."},
                {"role": "user", "content": [{"type": "text", "text": "<system-reminder>x</system-reminder>"}]},
            ],
            "First asked.",
        ),
        ([{"role": "user", "content": "<system-reminder>x</system-reminder>"}], None),
        ("None", "None"),
    ],
)
def test_prompt_of_every_shape(messages: object, prompt: str | None) -> None:
    assert read_prompt(messages).get("prompt") == prompt


def test_request_of_the_responses_api() -> None:
    row = read_request(
        {"model": "m", "instructions": "Be brief.", "input": "Plan.", "max_output_tokens": 9, "stream": True}
    )
    assert (row["system_prompt"], row["prompt"], row["max_output_tokens"], row["stream"]) == (
        "Be brief.",
        "Plan.",
        9,
        True,
    )


def test_request_of_anthropic_with_system_parts() -> None:
    row = read_request(
        {
            "system": [{"type": "text", "text": "Be brief."}],
            "messages": [{"role": "user", "content": "x"}],
            "max_tokens": 3,
        }
    )
    assert (row["system_prompt"], row["prompt"], row["max_output_tokens"]) == ("Be brief.", "x", 3)


def test_tools_are_counted_and_digested_whatever_the_order_of_keys() -> None:
    one = read_parameters({"tools": [{"name": "a", "input_schema": {"type": "object", "x": 1}}]})
    other = read_parameters({"tools": [{"input_schema": {"x": 1, "type": "object"}, "name": "a"}]})
    assert one["n_tools"] == 1
    assert one["tools_digest"] == other["tools_digest"] != read_parameters({"tools": [{"name": "b"}]})["tools_digest"]
    assert read_parameters({"functions": [{"name": "old"}]})["n_tools"] == 1
    assert "n_tools" not in read_parameters({})


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"choices": [{"message": {"content": "chat"}}, {"message": {"content": "second choice"}}]}, "chat"),
        ({"choices": [{"text": "completion"}]}, "completion"),
        (
            {"content": [{"type": "text", "text": "anthropic"}, {"type": "tool_use", "name": "x"}]},
            "anthropic",
        ),
        (
            {
                "output": [
                    {"type": "reasoning"},
                    {"type": "message", "content": [{"type": "output_text", "text": "resp"}]},
                ]
            },
            "resp",
        ),
        ({"role": "assistant", "content": "message"}, "message"),
        ([{"role": "assistant", "parts": [{"type": "text", "content": "otel"}]}], "otel"),
        ("plain", "plain"),
        ('{"choices": [{"message": {"content": "as JSON"}}]}', "as JSON"),
        ('{"answer": 42}', '{"answer": 42}'),
        ('["a", "b"]', '["a", "b"]'),
        ('[{"role": "assistant", "content": "turns as JSON"}]', "turns as JSON"),
        ({"object": "list", "data": [{"embedding": [0.1]}]}, None),
        ({"choices": []}, None),
        ({"type": "ai", "content": "LangChain"}, "LangChain"),
        ({"lc": 1, "id": ["AIMessage"], "kwargs": {"content": "serialised"}}, "serialised"),
        ({"generations": [[{"text": "generated", "message": {"type": "ai", "content": "generated"}}]]}, "generated"),
        ({"messages": [{"type": "human", "content": "x"}, {"type": "ai", "content": "last turn"}]}, "last turn"),
        ('{"lc": 1, "type": "not_implemented", "repr": "LLMResult()"}', None),
        ([{"choices": [{"delta": {"content": "a "}}]}, {"choices": [{"delta": {"content": "list"}}]}], "a list"),
        ("cut... (truncated 90 chars)", "cut\n"),
        ({"text": "redacted-by-litellm"}, None),
        (None, None),
    ],
)
def test_answer_of_every_shape(answer: object, text: str | None) -> None:
    assert read_answer(answer).get("completion") == text


def test_usage_of_langchain_and_text_that_is_no_count() -> None:
    told = {"content": "x", "usage_metadata": {"input_tokens": 3, "output_tokens": 1}}
    assert (read_answer(told)["input_tokens"], read_answer(told)["output_tokens"]) == (3, 1)
    run = {"generations": [], "llm_output": {"token_usage": {"prompt_tokens": 5}}}
    assert read_answer(run)["input_tokens"] == 5
    odd = read_usage({"input": "a question", "output": ["an answer"], "completion_tokens": "7"})
    assert odd == {"input_tokens": None, "output_tokens": 7}
    assert read_usage({"output": [1, 2, 3]})["output_tokens"] == 6


def test_usage_under_either_name() -> None:
    assert read_answer({"usage": {"prompt_tokens": 3, "completion_tokens": 4}})["output_tokens"] == 4
    assert read_answer({"usage": {"input_tokens": 5, "output_tokens": 0}})["output_tokens"] == 0


@pytest.mark.parametrize(
    "answer",
    [
        {"stop_reason": "refusal", "content": []},
        {"choices": [{"finish_reason": "content_filter", "message": {}}]},
        {"choices": [{"message": {"content": None, "refusal": "I cannot"}}]},
        {"choices": [{"finish_reason": "SAFETY", "message": {}}]},
        {"output": [], "incomplete_details": {"reason": "content_filter"}},
        {"content": "", "response_metadata": {"finish_reason": "content_filter"}},
        [{"choices": [{"delta": {"content": ""}, "finish_reason": "content_filter"}]}],
    ],
)
def test_an_answer_that_refuses_says_so(answer: object) -> None:
    assert read_answer(answer)["refused"] is True


CHAT = [
    '{"choices":[{"delta":{"content":"He"}}]}',
    '{"choices":[{"delta":{"content":"llo"}}]}',
    '{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}',
    "[DONE]",
]
ANTHROPIC = [
    '{"type":"message_start","message":{"usage":{"input_tokens":9}}}',
    '{"type":"content_block_delta","delta":{"type":"text_delta","text":"Hello"}}',
    '{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}',
]
RESPONSES = [
    '{"type":"response.output_text.delta","delta":"Hel"}',
    '{"type":"response.output_text.delta","delta":"lo"}',
    '{"type":"response.function_call_arguments.delta","delta":"{}"}',
    '{"type":"response.completed","response":{"usage":{"output_tokens":2}}}',
]


@pytest.mark.parametrize("events", [CHAT, ANTHROPIC, RESPONSES])
def test_streams_are_joined(events: list[str]) -> None:
    row = read_answer("".join(f"event: x\ndata: {event}\n\n" for event in events))
    assert (row["completion"], row["output_tokens"]) == ("Hello", 2)


def test_broken_stream_events_are_passed_over() -> None:
    assert read_answer('data: {"choices":[{"delta":{"content":"a"}}]}\ndata: {"cho\n')["completion"] == "a"
