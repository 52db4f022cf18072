from typing import Any

import pytest

from stillwatch.ingest.parsing.bodies.message_shapes import has_turns, pair_of, turns_of, unpacked


def serialised(name: str, **kwargs: Any) -> dict[str, Any]:
    return {"lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", name], "kwargs": kwargs}


@pytest.mark.parametrize(
    "messages",
    [
        [{"role": "user", "content": "Why?"}],
        [[{"role": "user", "content": "Why?"}]],
        [{"type": "human", "content": "Why?"}],
        [{"type": "HumanMessageChunk", "content": "Why?"}],
        [{"type": "human", "data": {"content": "Why?"}}],
        [serialised("HumanMessage", content="Why?", type="human")],
        [serialised("HumanMessage", content="Why?")],
        [["human", "Why?"]],
        ["user", "Why?"],
        {"role": "User", "content": "Why?"},
    ],
)
def test_a_turn_in_every_shape(messages: Any) -> None:
    (turn,) = turns_of(messages)
    assert (turn["role"], turn["content"]) == ("user", "Why?")
    assert has_turns(messages)


def test_roles_of_the_other_side_and_of_tools() -> None:
    found = list(turns_of([["system", "a"], {"type": "ai", "content": "b"}, {"type": "tool", "content": "c"}]))
    assert [turn["role"] for turn in found] == ["system", "assistant", "tool"]


@pytest.mark.parametrize(
    "other", [None, 7, "text", [1, 2], [["one", "two"]], [{"type": "text", "text": "x"}], [[[[[[]]]]]]]
)
def test_what_holds_no_turn(other: Any) -> None:
    assert not has_turns(other)


def test_a_pair_has_a_role() -> None:
    assert pair_of(["human", "a"]) == {"role": "user", "content": "a"}
    assert pair_of(["one", "two"]) is None


def test_objects_that_nobody_serialised_stay() -> None:
    for value in ({"type": "tool", "data": 7}, {"kwargs": {"a": 1}}, {"lc": 1, "kwargs": None}, "x", None):
        assert unpacked(value) is value
