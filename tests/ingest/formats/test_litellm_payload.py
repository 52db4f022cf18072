from typing import Any

import pytest

from stillwatch.ingest.formats.litellm_payload import FORMAT, row

HEADERS = {"x-forwarded-for": "203.0.113.1, 10.0.0.1"}


def payload(**changes: Any) -> dict[str, Any]:
    """Return what a proxy of LiteLLM 1.106 logged for a chat, shortened."""
    metadata = {
        "user_api_key_hash": "932bd8a2",
        "user_api_key_team_id": "team-a",
        "user_api_key_org_id": "org-1",
        "user_api_key_user_id": "acct-001",
        "user_api_key_end_user_id": "enduser-1",
        "user_api_key_request_route": "/v1/chat/completions",
        "requester_ip_address": "203.0.113.1, 10.0.0.1",
        "user_agent": "acme-tool/1",
        "requester_custom_headers": HEADERS,
        **changes.pop("metadata", {}),
    }
    return {
        "id": "chatcmpl-637b",
        "litellm_call_id": "d06f009b",
        "trace_id": "9b87bda2",
        "session_id": "",
        "call_type": "acompletion",
        "stream": None,
        "status": "success",
        "status_fields": {"llm_api_status": "success", "guardrail_status": "not_run"},
        "startTime": 1795457949.501535,
        "endTime": 1795457949.516858,
        "model": "openai/gpt-4o",
        "model_group": "mock-large",
        "metadata": metadata,
        "total_tokens": 30,
        "prompt_tokens": 10,
        "completion_tokens": 20,
        "request_tags": ["User-Agent: acme-tool", "User-Agent: acme-tool/1"],
        "end_user": "enduser-1",
        "requester_ip_address": metadata["requester_ip_address"],
        "messages": [
            {"role": "system", "content": "You are terse."},
            {"role": "user", "content": "How do tides work?"},
        ],
        "response": {"choices": [{"finish_reason": "stop", "message": {"content": "Here is an answer."}}]},
        "model_parameters": {"temperature": 0.3, "max_tokens": 200, "user": "enduser-1"},
        "error_information": {"error_code": "", "error_class": ""},
        **changes,
    }


def failure(code: str, kind: str, **changes: Any) -> dict[str, Any]:
    problem = {"error_code": code, "error_class": kind, "error_message": "secret"}
    return payload(status="failure", response={}, error_information=problem, **changes)


def test_a_chat(read: Any, log: Any) -> None:
    found = read(log(payload()), trusted_hops=("10.0.0.0/8",)).row
    assert {k: v for k, v in found.items() if v is not None and k not in ("at", "source", "temperature")} == {
        "exchange_id": "d06f009b",
        "account_id": "acct-001",
        "organization_id": "org-1",
        "model": "mock-large",
        "system_prompt": "You are terse.",
        "prompt": "How do tides work?",
        "completion": "Here is an answer.",
        "input_tokens": 10,
        "output_tokens": 20,
        "max_output_tokens": 200,
        "status": "ok",
        "client_ip": "203.0.113.1",
        "user_agent": "acme-tool/1",
        "position": 1,
    }
    assert found["at"].isoformat() == "2026-11-23T18:19:09.501535+00:00"


def test_arrays_as_the_generic_api_callback_posts_them(read: Any, log: Any) -> None:
    batches = [[payload(litellm_call_id=f"{i}-{j}") for j in range(3)] for i in range(2)]
    result = read(log(*batches))
    assert [row["exchange_id"] for row in result.rows] == ["0-0", "0-1", "0-2", "1-0", "1-1", "1-2"]
    assert [row["position"] for row in result.rows] == [1, 1, 1, 2, 2, 2]


@pytest.mark.parametrize(
    ("changes", "prompt", "system"),
    [
        ({"call_type": "aresponses", "messages": "as text"}, "as text", None),
        ({"call_type": "aresponses", "messages": None, "input": "in input"}, "in input", None),
        ({"call_type": "atext_completion", "messages": None, "prompt": ["a", "b"]}, "a\nb", None),
        (
            {"call_type": "atext_completion", "messages": [{"role": "user", "content": c} for c in "ab"]},
            "a\nb",
            None,
        ),
        (
            {"call_type": "aresponses", "messages": "x", "model_parameters": {"instructions": "Be brief."}},
            "x",
            "Be brief.",
        ),
        (
            {
                "messages": None,
                "proxy_server_request": {"body": {"messages": [{"role": "user", "content": "kept"}]}},
            },
            "kept",
            None,
        ),
        ({"messages": [{"role": "user", "content": "redacted-by-litellm"}]}, None, None),
        ({"messages": [{"role": "user", "content": "default-message-value"}]}, None, None),
        ({"messages": "not a list"}, "not a list", None),
        ({"messages": None}, None, None),
    ],
)
def test_text_wherever_it_sits(changes: dict[str, Any], prompt: str | None, system: str | None) -> None:
    found = row(payload(**changes))
    assert (found.get("prompt"), found["system_prompt"]) == (prompt, system)


@pytest.mark.parametrize(
    ("metadata", "account"),
    [
        ({}, "acct-001"),
        ({"user_api_key_user_id": None}, "932bd8a2"),
        ({"user_api_key_user_id": None, "user_api_key_hash": ""}, "enduser-1"),
        ({"user_api_key_user_id": "default_user_id"}, "enduser-1"),
    ],
)
def test_account(metadata: dict[str, Any], account: str) -> None:
    assert row(payload(metadata=metadata))["account_id"] == account


def test_identity_in_litellm_metadata() -> None:
    record = payload()
    record["litellm_metadata"] = record.pop("metadata")
    assert row(record)["account_id"] == "acct-001"


def test_a_key_that_was_turned_away_is_nobodys(read: Any, log: Any) -> None:
    nobody = {"user_api_key_user_id": None, "user_api_key_org_id": None}
    result = read(log(failure("401", "HTTPException", metadata=nobody), payload()))
    assert len(result.rows) == 1
    assert "account_id is missing" in result.reasons[0]


@pytest.mark.parametrize(
    ("record", "status"),
    [
        (failure("429", "RateLimitError"), "throttled"),
        (failure("400", "ContentPolicyViolationError"), "refused"),
        (failure("500", "InternalServerError"), "error"),
        (failure("", ""), "error"),
        (payload(status="failure", error_information=None, error_str="litellm.RateLimitError: slow"), "throttled"),
        (payload(status=None, error_information={}, error_str="litellm.Timeout: late"), "error"),
        (payload(status=None), "ok"),
        (payload(status="odd"), "error"),
        (payload(status_fields={"guardrail_status": "guardrail_intervened"}), "refused"),
        (payload(response={"choices": [{"finish_reason": "content_filter"}]}), "refused"),
    ],
)
def test_status(record: dict[str, Any], status: str) -> None:
    assert row(record)["status"] == status


def test_forwarded_addresses_beside_the_address_of_the_proxy() -> None:
    assert row(payload(metadata={"requester_ip_address": "10.0.0.9"}))["client_ip"] == "203.0.113.1, 10.0.0.1, 10.0.0.9"
    assert row(payload(metadata={"requester_ip_address": "10.0.0.1"}))["client_ip"] == "203.0.113.1, 10.0.0.1"


def test_backend_id_where_there_is_no_call_id_and_conversation() -> None:
    record = payload(metadata={"requester_metadata": {"session_id": "conv-1"}})
    del record["litellm_call_id"]
    assert (row(record)["exchange_id"], row(record)["conversation_id"]) == ("chatcmpl-637b", "conv-1")


def test_one_proxy_before_everybody_is_noticed(read: Any, log: Any) -> None:
    records = [payload(litellm_call_id=f"c{i}", metadata={"requester_ip_address": "10.0.0.1"}) for i in range(30)]
    assert all("ingest.trusted_hops" in notice for notice in read(log(*records)).notices)
    assert len(read(log(*records)).notices) == 2


def test_sampling_parameters(read: Any, log: Any) -> None:
    asked = {"temperature": 0.3, "max_tokens": 200, "n": 5, "seed": 1234, "logprobs": True, "top_logprobs": 3}
    stored = {"body": {"messages": [], "n": 2, "seed": 9}}
    rows = read(
        log(
            payload(model_parameters=asked),
            payload(litellm_call_id="c2", proxy_server_request=stored),
            payload(litellm_call_id="c3"),
        )
    ).rows
    found = [(row["n_samples"], row["logprobs"], row["seed"], row["batch"]) for row in rows]
    assert found == [(5, True, 1234, None), (2, None, 9, None), (None, None, None, None)]


def test_the_refusal_of_a_provider_in_the_message() -> None:
    told = failure("400", "BadRequestError")
    told["error_information"]["error_message"] = "The response was filtered by the content management policy"
    assert row(told)["status"] == "refused"


def test_rows_that_are_no_call_of_a_customer_are_counted_apart(read: Any, log: Any) -> None:
    result = read(
        log(
            payload(),
            payload(call_type="call_mcp_tool", litellm_call_id="c2", model="MCP: github/list"),
            payload(call_type="aretrieve_batch", litellm_call_id="c3"),
            payload(litellm_call_id="c4", request_tags=["litellm-internal-health-check"]),
        )
    )
    assert [row["exchange_id"] for row in result.rows] == ["d06f009b"]
    assert result.rejects == []
    assert result.notices == [
        "3 records were not inferences and are not counted as rows: calls of the proxy that no model answers (3)."
    ]


def test_the_bucket_logger_of_2024(read: Any, log: Any) -> None:
    old = dict(FORMAT.examples()[0])
    alone = {name: value for name, value in old.items() if name != "spend_log_metadata"}
    found, nameless = read(log(old, alone | {"response_obj": {**old["response_obj"], "id": "r-2"}})).rows
    assert (found["account_id"], found["exchange_id"], found["model"]) == ("user-17", "chatcmpl-5", "large")
    assert (found["prompt"], found["completion"], found["output_tokens"]) == ("What is a ring?", "A set with…", 6)
    assert (found["max_output_tokens"], found["status"]) == (10, "ok")
    assert found["at"].isoformat() == "2026-03-02T08:15:30+00:00"
    assert nameless["account_id"] == "acct-2", "the older ones knew the caller's own user alone"


def test_claude_code_through_the_proxy() -> None:
    caller = '{"device_id": "d1", "account_uuid": "au1", "session_id": "s1"}'
    nobody = {"user_api_key_user_id": "default_user_id", "user_api_key_end_user_id": None}
    reminder = {"type": "text", "text": "<system-reminder>\nThe todo list is empty.\n</system-reminder>"}
    found = row(
        payload(
            call_type="anthropic_messages",
            metadata=nobody,
            end_user=caller,
            messages=[{"role": "user", "content": [reminder, {"type": "text", "text": "Explain it."}, reminder]}],
        )
    )
    assert (found["account_id"], found["conversation_id"], found["prompt"]) == ("au1", "s1", "Explain it.")
