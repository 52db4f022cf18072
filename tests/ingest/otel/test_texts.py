from typing import Any

import pytest

from stillwatch.ingest.otel.facts import facts_of, lists_of
from stillwatch.ingest.otel.texts import is_message, message_row, said_before, text_row
from stillwatch.ingest.otel.vocabularies import GEN_AI


def row_of(attributes: dict[str, Any], events: Any = ()) -> tuple[Any, Any, Any]:
    row = text_row(facts_of(attributes, GEN_AI), lists_of(attributes), events)
    return row.get("system_prompt"), row.get("prompt"), row.get("completion")


@pytest.mark.parametrize(
    ("attributes", "events", "texts"),
    [
        ({"gen_ai.prompt": "text", "gen_ai.completion": "answer"}, [], (None, "text", "answer")),
        (
            {
                "gen_ai.prompt.10.content": "b",
                "gen_ai.prompt.10.role": "user",
                "gen_ai.prompt.9.content": "a",
                "gen_ai.prompt.9.role": "user",
            },
            [],
            (None, "b", None),
        ),
        (
            {},
            [
                ("gen_ai.system.message", {"content": "s"}),
                ("gen_ai.user.message", {"gen_ai.event.content": '{"content": "u"}'}),
                ("gen_ai.choice", {"message": '{"content": "c"}'}),
                ("gen_ai.choice", {"message": '{"content": "second choice"}'}),
            ],
            ("s", "u", "c"),
        ),
        (
            {
                "gen_ai.prompt.0.content": '[{"type":"text","text":"part"}]',
                "gen_ai.completion.0.content": '{"n": 1}',
            },
            [],
            (None, "part", '{"n": 1}'),
        ),
        (
            {},
            [("gen_ai.content.prompt", {"gen_ai.prompt": '[{"role":"user","content":"u"}]'}), ("exception", {})],
            (None, "u", None),
        ),
        # Answers that are JSON stay text.
        ({"ai.response.text": '["a", "b"]'}, [], (None, None, '["a", "b"]')),
        ({"gen_ai.prompt": '{"question": 1}'}, [], (None, '{"question": 1}', None)),
        # The first choice that has text counts.
        (
            {
                "gen_ai.output.messages": '[{"role":"assistant","parts":[{"type":"tool_call"}]},'
                '{"role":"assistant","parts":[{"type":"text","content":"one"}]},'
                '{"role":"assistant","parts":[{"type":"text","content":"two"}]}]'
            },
            [],
            (None, None, "one"),
        ),
        (
            {"ai.prompt": '{"system": "s", "messages": [{"role": "user", "content": "u"}]}'},
            [],
            ("s", "u", None),
        ),
        ({"llm.prompts.0.prompt.text": "once", "llm.choices.0.completion.text": "upon"}, [], (None, "once", "upon")),
        (
            {
                "events": '[{"event.name": "gen_ai.user.message", "role": "user", "content": "u"},'
                '{"event.name": "gen_ai.choice", "message": {"role": "assistant", "content": "c"}}]'
            },
            [],
            (None, "u", "c"),
        ),
        # Bodies come last.
        (
            {
                "input.value": '{"messages": [{"role": "user", "content": "body"}], "model": "m"}',
                "output.value": '{"choices": [{"message": {"content": "answer"}}]}',
                "llm.input_messages.0.message.role": "user",
                "llm.input_messages.0.message.content": "numbered",
            },
            [],
            (None, "numbered", "answer"),
        ),
        ({"llm.input_messages.0.message.role": "user", "input.value": "__REDACTED__"}, [], (None, None, None)),
    ],
)
def test_messages_wherever_they_sit(attributes: dict[str, Any], events: Any, texts: Any) -> None:
    assert row_of(attributes, events) == texts


def test_messages_of_litellm_stand_in_the_body_of_a_log_record() -> None:
    told = [
        ("gen_ai.content.prompt", {"gen_ai.prompt": "s", "role": "system", "content": "s"}),
        ("gen_ai.content.prompt", {"gen_ai.prompt": "u", "role": "user", "content": "u"}),
        ("gen_ai.content.completion", {"message": {"role": "assistant", "content": "c"}}),
    ]
    row = message_row(told)
    assert (row["system_prompt"], row["prompt"], row["completion"]) == ("s", "u", "c")


def test_what_a_span_around_an_inference_tells() -> None:
    assert said_before("Mend it.") == {"prompt": "Mend it."}
    events = '[{"event.name": "gen_ai.user.message", "role": "user", "content": "u"}]'
    assert said_before(events) == {"prompt": "u"}
    assert said_before(None) == {}


def test_events_of_one_message() -> None:
    assert is_message("gen_ai.user.message")
    assert is_message("gen_ai.choice")
    assert not is_message("gen_ai.client.operation.exception")
    assert not is_message(None)
