import pytest

from stillwatch.ingest.parsing.otel_names import ALIASES, decoded, find, messages_of


def test_newest_name_counts() -> None:
    both = {"gen_ai.usage.prompt_tokens": 1, "gen_ai.usage.input_tokens": 2}
    assert find(both, "input_tokens") == 2
    assert find({"gen_ai.system": "x"}, "provider") == "x"
    assert find({}, "provider") is None


def test_no_name_stands_twice() -> None:
    names = [alias.name for alias in ALIASES]
    assert len(names) == len(set(names))


def test_values_of_every_otlp_type() -> None:
    value = {
        "kvlistValue": {
            "values": [{"key": "a", "value": {"arrayValue": {"values": [{"intValue": "7"}, {"boolValue": False}]}}}]
        }
    }
    assert decoded([{"key": "k", "value": value}, {"key": 3}, "junk"]) == {"k": {"a": ["7", False]}}
    assert decoded("junk") == {}


@pytest.mark.parametrize(
    ("attributes", "events", "asked", "answered"),
    [
        ({"gen_ai.prompt": "text", "gen_ai.completion": "answer"}, [], "text", "answer"),
        (
            {
                "gen_ai.prompt.10.content": "b",
                "gen_ai.prompt.10.role": "user",
                "gen_ai.prompt.9.content": "a",
            },
            [],
            [{"content": "a"}, {"content": "b", "role": "user"}],
            None,
        ),
        (
            {},
            [
                ("gen_ai.system.message", {"content": "s"}),
                ("gen_ai.user.message", {"gen_ai.event.content": '{"content": "u"}'}),
                ("gen_ai.choice", {"message": '{"content": "c"}'}),
            ],
            [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}],
            {"content": "c"},
        ),
        (
            {
                "gen_ai.prompt.0.content": '[{"type":"text","text":"part"}]',
                "gen_ai.completion.0.content": '{"n": 1}',
            },
            [],
            [{"content": [{"type": "text", "text": "part"}]}],
            [{"content": '{"n": 1}'}],
        ),
        (
            {},
            [("gen_ai.content.prompt", {"gen_ai.prompt": '[{"role":"user"}]'}), ("exception", {})],
            '[{"role":"user"}]',
            None,
        ),
    ],
)
def test_messages_wherever_they_sit(attributes: object, events: object, asked: object, answered: object) -> None:
    assert messages_of(attributes, events) == (asked, answered)  # type: ignore[arg-type]
