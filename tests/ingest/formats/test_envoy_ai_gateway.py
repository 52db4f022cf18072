from typing import Any

from stillwatch.ingest.formats.envoy_ai_gateway import ACCOUNTS, FORMAT, recognise, row


def test_lines_of_current_and_older_names(read: Any, log: Any) -> None:
    current, older, turned_away = read(log(*FORMAT.examples())).rows
    for found in (current, older):
        assert (found["account_id"], found["model"], found["prompt"]) == ("acct-7", "large-1", None)
        assert (found["input_tokens"], found["output_tokens"], found["status"]) == (44, 12, "ok")
    assert current["conversation_id"] is None
    assert (turned_away["status"], turned_away["input_tokens"], turned_away["client_ip"]) == (
        "throttled",
        None,
        "203.0.113.9",
    )


def test_every_documented_name_of_the_account() -> None:
    for name in ACCOUNTS:
        assert row({name: "a"})["account_id"] == "a"


def test_a_line_that_is_no_inference_is_a_reject(read: Any, log: Any) -> None:
    health = {**FORMAT.examples()[0], "gen_ai.request.model": "-", "x-envoy-origin-path": "/healthz"}
    assert "model is missing" in read(log(health, FORMAT.examples()[1])).reasons[0]


def test_recognised_by_fields_of_an_access_log() -> None:
    assert recognise({"start_time": "x", "method": "POST", "response_code": 200}) == 0.6
    assert recognise({"model": "m", "input_tokens": 1}) == 0
