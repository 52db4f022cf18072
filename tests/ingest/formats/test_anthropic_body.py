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
    assert recognise({"request": {"messages": [], "system": "x"}}) == 0.95
    assert recognise({"request": {"messages": []}, "headers": {"Anthropic-Version": "2023-06-01"}}) == 0.95
    assert recognise({"request": {"messages": []}}) == 0.7
    assert recognise({"request": {"prompt": "x"}}) == 0


def test_the_tier_tells_whether_a_request_came_in_a_batch(read: Any, log: Any) -> None:
    asked, handed_back, _ = FORMAT.examples()
    in_batch = {**asked["response"], "usage": {"input_tokens": 18, "output_tokens": 40, "service_tier": "batch"}}
    live = {**handed_back["response"], "usage": {"input_tokens": 18, "output_tokens": 4, "service_tier": "standard"}}
    events = (
        'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_33","usage":'
        '{"input_tokens":3,"output_tokens":1,"service_tier":"batch"}}}\n\n'
        'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"type":"text_delta","text":"Hi"}}\n\n'
    )
    rows = read(
        log(
            {**asked, "response": in_batch},
            {**handed_back, "response": live},
            {**asked, "exchange_id": "streamed", "response": events},
            {**asked, "exchange_id": "plain"},
        )
    ).rows
    assert [row["batch"] for row in rows] == [True, False, True, None]
    assert rows[2]["completion"] == "Hi"
    assert {(row["n_samples"], row["logprobs"], row["seed"]) for row in rows} == {(None, None, None)}
