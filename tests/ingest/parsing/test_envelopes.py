from typing import Any

import pytest

from stillwatch.ingest.parsing.envelopes import bodies, header_of, read_envelope

BODY = {"model": "m", "messages": [{"role": "user", "content": "asked"}]}


@pytest.mark.parametrize(
    "envelope",
    [
        {"at": 1, "account_id": "a", "client_ip": "203.0.113.9", "request": BODY, "status": 200},
        {
            "timestamp": 1,
            "user_id": "a",
            "remote_addr": "203.0.113.9",
            "request_body": BODY,
            "status_code": 200,
        },
        {"time": 1, "api_key_id": "a", "ip": "203.0.113.9", "body": '{"model": "m", "prompt": "asked"}'},
        {"ts": 1, "request": {**BODY, "user": "a"}, "headers": {"X-Forwarded-For": ["203.0.113.9"]}},
    ],
)
def test_parts_under_any_of_their_names(envelope: dict[str, Any]) -> None:
    row = read_envelope(envelope)
    known = ("at", "account_id", "client_ip", "prompt", "model", "status")
    assert [row[name] for name in known] == [1, "a", "203.0.113.9", "asked", "m", "ok"]


def test_the_chain_ends_with_who_called() -> None:
    envelope = {"client_ip": "10.0.0.1:443", "headers": {"x-forwarded-for": "203.0.113.9"}, "request": BODY}
    assert read_envelope(envelope)["client_ip"] == "203.0.113.9, 10.0.0.1:443"
    assert read_envelope({"client_ip": ["203.0.113.9", "10.0.0.1"]})["client_ip"] == "203.0.113.9, 10.0.0.1"


def test_an_error_body_is_no_success() -> None:
    assert read_envelope({"request": BODY, "response": {"error": {"type": "server_error"}}})["status"] == "error"
    assert (
        read_envelope({"request": BODY, "response": {"stop_reason": "refusal"}, "status": 200})["status"] == "refused"
    )


def test_an_answer_kept_as_a_stream_of_events() -> None:
    row = read_envelope({"request": BODY, "response": 'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\ndata: [DONE]'})
    assert row["completion"] == "Hi"


def test_bodies_and_headers_of_the_wrong_type_are_empty() -> None:
    assert bodies({"request": 7, "response": [1]}) == ({}, {})
    assert header_of({"USER-AGENT": "x"}, "user-agent") == "x"
    assert header_of({}, "user-agent") is None


@pytest.mark.parametrize(
    ("envelope", "batch"),
    [
        ({}, None),
        ({"batch": True}, True),
        ({"is_batch": False}, False),
        ({"batch_id": "batch_1"}, True),
        ({"batch_id": ""}, None),
        ({"batch": "job-7"}, None),
        ({"response": {"content": [], "usage": {"service_tier": "batch"}}}, True),
        ({"response": {"content": [], "usage": {"service_tier": "priority"}}}, False),
        ({"batch": False, "response": {"content": [], "usage": {"service_tier": "batch"}}}, False),
    ],
)
def test_a_request_of_a_batch_job(envelope: dict[str, Any], batch: bool | None) -> None:
    assert read_envelope({"request": BODY, **envelope})["batch"] is batch
