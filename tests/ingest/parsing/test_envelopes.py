from typing import Any

import pytest

from stillwatch.ingest.parsing.envelopes import bodies, header_of, read_envelope, units_of_envelope
from stillwatch.ingest.parsing.format import RowFault, Skip

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


def test_account_and_time_in_the_bodies() -> None:
    asked = {**BODY, "safety_identifier": "s", "metadata": {"session_id": "c"}}
    row = read_envelope({"request": asked, "response": {"created": 1772439330}})
    assert (row["account_id"], row["conversation_id"], row["at"]) == ("s", "c", 1772439330)
    assert read_envelope({"request": BODY, "response": {"created_at": 7}, "timestamp": 8})["at"] == 8
    dated = {"request": BODY, "response_headers": {"Date": "Mon, 02 Mar 2026 08:15:30 GMT"}}
    assert read_envelope(dated)["at"] == "Mon, 02 Mar 2026 08:15:30 GMT"
    streamed = [{"id": "c-1", "created": 9, "model": "m-2", "choices": [{"delta": {"content": "Hi"}}]}]
    row = read_envelope({"request": {"messages": []}, "response": streamed, "account_id": "NULL", "user_id": "u"})
    assert [row[name] for name in ("at", "exchange_id", "model", "account_id")] == [9, "c-1", "m-2", "u"]


@pytest.mark.parametrize(
    ("envelope", "status"),
    [
        ({"status": "200 OK"}, "ok"),
        ({"status": None, "status_code": "503"}, "error"),
        ({"status": "done well"}, "done well"),
        ({"status": 400, "response": {"error": {"code": "content_filter", "message": "filtered"}}}, "refused"),
        ({"status": 400, "response": '{"error": {"innererror": {"code": "ResponsibleAIPolicyViolation"}}}'}, "refused"),
        ({"response": {"error": {"code": "429", "message": "slow down"}}}, "throttled"),
        ({"response": [{"error": {"type": "overloaded_error"}}]}, "throttled"),
        ({"response": {"statusCode": 401, "message": "invalid subscription key"}}, "refused"),
        ({"error_message": "Error code: 429 - slow down"}, "throttled"),
        ({"error": "timed out"}, "error"),
        ({"error": False, "error_code": 0, "status": 200}, "ok"),
        ({"response": '{"message": "written by the model"}', "status": 200}, "ok"),
    ],
)
def test_how_a_request_ended(envelope: dict[str, Any], status: str) -> None:
    assert read_envelope({"request": BODY, **envelope})["status"] == status


@pytest.mark.parametrize(
    ("envelope", "is_inference"),
    [
        ({"path": "/v1/chat/completions", "method": "POST"}, True),
        ({"path": "/v1beta/models/m:generateContent"}, True),
        ({"path": "/v1/threads/t1/runs"}, True),
        ({"path": "/v1/realtime?model=m", "method": "GET"}, True),
        ({"method": "GET", "request": BODY}, True),
        ({}, True),
        ({"path": "/v1/models", "method": "GET"}, False),
        ({"path": "/v1/files/f1/content"}, False),
        ({"url": "https://api.example/v1/batches?limit=2"}, False),
        ({"path": "/v1/moderations", "request": {"input": "x"}}, False),
        ({"path": "/v1/messages/count_tokens", "request": BODY}, False),
        ({"path": "/healthz"}, False),
        ({"path": "/v1/responses/r1", "method": "get"}, False),
    ],
)
def test_what_no_model_answers_is_no_row(envelope: dict[str, Any], is_inference: bool) -> None:
    assert list(units_of_envelope(envelope)) == [envelope if is_inference else Skip("requests that no model answers")]


def test_bodies_beside_method_and_headers_of_a_request() -> None:
    envelope = {
        "at": 1,
        "account_id": "a",
        "request": {"method": "POST", "path": "/v1/chat", "headers": {"User-Agent": "sdk"}, "id": 7, "body": BODY},
        "response": {"status": 429, "body": {"id": "x", "choices": [{"message": {"content": "Hi"}}]}},
    }
    (unit,) = units_of_envelope(envelope)
    assert not isinstance(unit, RowFault | Skip)
    row = read_envelope(unit)
    known = ("exchange_id", "prompt", "completion", "model", "status", "user_agent")
    assert [row[name] for name in known] == ["x", "asked", "Hi", "m", "throttled", "sdk"]
    assert bodies(envelope)[0] == BODY
    listing = {**envelope, "request": {"method": "GET", "path": "/v1/models", "body": "{}"}}
    assert isinstance(next(units_of_envelope(listing)), Skip)


def test_metadata_beside_the_bodies_can_name_the_account() -> None:
    row = read_envelope({"at": 1, "metadata": {"_user": "a", "session-id": "s"}, "request": BODY})
    assert (row["account_id"], row["conversation_id"]) == ("a", "s")
    assert read_envelope({"metadata": {"user": "b"}, "request": {**BODY, "user": "a"}})["account_id"] == "a"


def test_an_exchange_with_ollama() -> None:
    asked = {**BODY, "options": {"temperature": 0.5, "num_predict": 50}}
    told = {"message": {"role": "assistant", "content": "Hi"}, "done": True, "prompt_eval_count": 10, "eval_count": 5}
    row = read_envelope({"request": asked, "response": told})
    known = ("temperature", "max_output_tokens", "completion", "input_tokens", "output_tokens")
    assert [row[name] for name in known] == [0.5, 50, "Hi", 10, 5]


@pytest.mark.parametrize(
    ("stated", "account", "conversation"),
    [
        ({"id": "a", "email": "x@example.com"}, "a", None),
        ('{"account_uuid": "a", "session_id": "s"}', "a", "s"),
        (7, 7, None),
    ],
)
def test_an_account_that_is_an_object(stated: Any, account: Any, conversation: Any) -> None:
    row = read_envelope({"at": 1, "user": stated, "request": BODY})
    assert (row["account_id"], row["conversation_id"]) == (account, conversation)
