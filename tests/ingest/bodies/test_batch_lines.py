from typing import Any

import pytest

from stillwatch.ingest.bodies.batch_lines import as_envelope
from stillwatch.ingest.parsing.envelopes import read_envelope

BODY = {"model": "m", "messages": [{"role": "user", "content": "asked"}]}
ADDED = {"account_id": "a", "at": "2026-03-02T08:15:30Z"}


def row_of(line: dict[str, Any]) -> dict[str, Any]:
    found = as_envelope(ADDED | line)
    assert found is not None
    return read_envelope(found)


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"request": BODY, "response": {"choices": []}},
        {"custom_id": "1", "method": "POST", "url": "/v1/chat/completions", "body": BODY},
        {"custom_id": "1", "result": "done"},
        {"recordId": "1", "modelOutput": {}},
        {"request": {"contents": []}, "response": {}},
        {"custom_id": 7, "response": 7, "error": 7},
    ],
)
def test_other_records_and_lines_without_an_answer_are_no_batch_lines(record: dict[str, Any]) -> None:
    assert as_envelope(record) is None


def test_an_output_line_joined_with_its_input_under_request() -> None:
    answer = {"id": "chatcmpl-1", "created": 1772439330, "choices": [{"message": {"content": "Hi"}}]}
    line = {
        "id": "batch_req_1",
        "custom_id": "1",
        "request": {"custom_id": "1", "method": "POST", "url": "/v1/chat/completions", "body": BODY},
        "response": {"status_code": 200, "request_id": "r", "body": answer},
    }
    found = as_envelope(line)
    assert found is not None
    assert (found["request"], found["at"], found["exchange_id"]) == (BODY, 1772439330, "batch_req_1")
    assert row_of(line)["completion"] == "Hi"


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ({"custom_id": "1", "body": BODY, "response": None, "error": {"code": "batch_expired"}}, "error"),
        ({"custom_id": "1", "body": BODY, "response": {"status_code": 429, "body": {"error": {}}}}, "throttled"),
        ({"custom_id": "1", "params": BODY, "result": {"type": "expired"}}, "error"),
        ({"custom_id": "1", "params": BODY, "result": {"type": "canceled"}}, "error"),
        (
            {
                "custom_id": "1",
                "params": BODY,
                "result": {"type": "errored", "error": {"type": "error", "error": {"type": "overloaded_error"}}},
            },
            "throttled",
        ),
        (
            {
                "custom_id": "1",
                "params": BODY,
                "result": {"type": "succeeded", "message": {"content": [], "stop_reason": "refusal"}},
            },
            "refused",
        ),
        ({"recordId": "1", "modelInput": BODY, "error": {"errorCode": 400, "errorMessage": "bad"}}, "error"),
        ({"recordId": "1", "modelInput": BODY, "error": {"errorCode": 429, "errorMessage": "slow"}}, "throttled"),
        ({"request": {"contents": []}, "status": "Bad Request", "processed_time": "2026-03-02"}, "error"),
        (
            {
                "request": {"contents": []},
                "response": {"candidates": [{"finishReason": "SAFETY"}]},
                "processed_time": "2026-03-02",
            },
            "refused",
        ),
    ],
)
def test_what_became_of_a_line(line: dict[str, Any], status: str) -> None:
    assert row_of(line)["status"] == status


def test_messages_of_anthropic_on_bedrock() -> None:
    row = row_of(
        {
            "recordId": "CALL0000001",
            "modelId": "m-on-bedrock",
            "modelInput": {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": BODY["messages"]},
            "modelOutput": {"id": "msg_bdrk_1", "content": [{"type": "text", "text": "Hi"}]},
        }
    )
    assert (row["model"], row["prompt"], row["completion"]) == ("m-on-bedrock", "asked", "Hi")
    assert (row["exchange_id"], row["max_output_tokens"]) == ("msg_bdrk_1", 9)
