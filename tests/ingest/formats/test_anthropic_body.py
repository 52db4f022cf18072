from typing import Any

from stillwatch.ingest.formats.anthropic_body import FORMAT, recognise


def test_messages(read: Any, log: Any) -> None:
    asked, handed_back, overloaded = read(log(*FORMAT.examples())).rows
    assert (asked["system_prompt"], asked["prompt"], asked["completion"]) == (
        "Be brief.",
        "What is a monoid?",
        "A set with…",
    )
    assert (asked["input_tokens"], asked["n_tools"], asked["client_ip"]) == (18, 1, "2001:db8::9")
    assert handed_back["prompt"] == "How warm is it?", "a tool result is no turn of the user"
    assert handed_back["stream"] is True
    assert overloaded["status"] == "throttled"


def test_recognised_by_what_only_this_api_has() -> None:
    assert recognise({"request": {"messages": [], "system": "x"}}) == 1
    assert recognise({"request": {"messages": []}, "headers": {"Anthropic-Version": "2023-06-01"}}) == 1
    assert recognise({"request": {"messages": []}}) == 0.7
    assert recognise({"request": {"prompt": "x"}}) == 0
