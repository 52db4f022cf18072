from typing import Any

import pytest

from stillwatch.ingest.otel.clients import CLIENTS
from stillwatch.ingest.otel.examples import log, logs_request, span, spans_request

WHO = {"session.id": "s-1", "user.account_uuid": "acct-1", "user.id": "device-3", "model": "large-1"}


def test_names_of_clients_have_no_namespace() -> None:
    assert all(vocabulary.alone for vocabulary in CLIENTS)


def claude(event: str, **attributes: Any) -> Any:
    told = {name.replace("__", "."): value for name, value in attributes.items()}
    return log(0, {**WHO, "event.name": event, **told}, body=f"claude_code.{event}")


def test_claude_code_joins_what_was_said_by_turn_and_by_request(read: Any, log: Any) -> None:
    request = logs_request(
        claude("user_prompt", prompt__id="p-1", prompt="First."),
        claude("user_prompt", prompt__id="p-2", prompt="Second."),
        claude("api_request", prompt__id="p-1", request_id="r-1", output_tokens=4, query_source="repl_main_thread"),
        claude("assistant_response", prompt__id="p-1", request_id="r-1", response="Done."),
        claude("api_request", prompt__id="p-2", request_id="r-2", output_tokens=5, query_source="sdk"),
        claude("api_request", prompt__id="p-2", request_id="r-3", output_tokens=6, query_source="session_title"),
        claude("tool_result", prompt__id="p-2", tool_name="Bash"),
    )
    result = read(log(request))
    told = [(row["account_id"], row["prompt"], row["completion"], row["output_tokens"]) for row in result.rows]
    assert told == [("acct-1", "First.", "Done.", 4), ("acct-1", "Second.", None, 5), ("acct-1", None, None, 6)]
    assert result.rejects == []


def test_claude_code_before_turns_had_ids(read: Any, log: Any) -> None:
    def at(second: int, record: Any) -> Any:
        return {**record, "timeUnixNano": str((1_772_439_330 + second) * 10**9)}

    request = logs_request(
        at(0, claude("user_prompt", prompt="First.")),
        at(1, claude("api_request", output_tokens=4)),
        at(2, claude("user_prompt", prompt="Second.")),
        at(3, claude("api_request", output_tokens=5)),
    )
    assert [row["prompt"] for row in read(log(request)).rows] == ["First.", "Second."]


def test_claude_code_errors_and_refusals(read: Any, log: Any) -> None:
    request = logs_request(
        claude("api_error", request_id="r-1", status_code=529, error="Overloaded"),
        claude("api_error", request_id="r-2", status_code="401", error="Incorrect key"),
        claude("api_refusal", request_id="r-3"),
        claude("api_request", request_id="r-3", output_tokens=4),
        claude("api_retries_exhausted", status_code=529, error="Overloaded"),
    )
    assert [row["status"] for row in read(log(request)).rows] == ["throttled", "refused", "refused"]


def test_claude_code_bodies_tell_the_request_where_they_are_whole(read: Any, log: Any) -> None:
    body = '{"max_tokens": 300, "system": "Be brief.", "messages": [{"role": "user", "content": "Mend it."}]}'
    answer = '{"content": [{"type": "text", "text": "Done."}]}'
    request = logs_request(
        claude("api_request_body", prompt__id="p-1", query_source="sdk", body=body),
        claude("api_request", prompt__id="p-1", request_id="r-1", query_source="sdk"),
        claude("api_response_body", prompt__id="p-1", request_id="r-1", body=answer),
        claude("api_request_body", prompt__id="p-2", query_source="sdk", body=body[:40]),
        claude("api_request", prompt__id="p-2", request_id="r-2", query_source="sdk"),
    )
    whole, cut = read(log(request)).rows
    assert (whole["prompt"], whole["system_prompt"], whole["completion"]) == ("Mend it.", "Be brief.", "Done.")
    assert whole["max_output_tokens"] == 300
    assert (cut["prompt"], cut["completion"]) == (None, None)


def test_claude_code_spans_and_log_records_of_one_request_are_one(read: Any, log: Any) -> None:
    call = {**WHO, "request_id": "r-1", "input_tokens": 12, "output_tokens": 4, "success": True}
    inner = {**span(2, call), "name": "claude_code.llm_request", "traceId": f"{1:032x}", "parentSpanId": f"{1:016x}"}
    outer = {**span(1, {"user_prompt": "Mend it.", "user.id": "device-3"}), "name": "claude_code.interaction"}
    found = read(log(spans_request(inner, outer), logs_request(claude("api_request", request_id="r-1")))).row
    assert (found["prompt"], found["output_tokens"], found["account_id"]) == ("Mend it.", 4, "acct-1")


def test_redacted_text_is_no_text(read: Any, log: Any) -> None:
    request = logs_request(
        claude("user_prompt", prompt__id="p-1", prompt="<REDACTED>"), claude("api_request", prompt__id="p-1")
    )
    assert read(log(request)).row["prompt"] is None


def codex(event: str, **attributes: Any) -> Any:
    told = {name.replace("__", "."): value for name, value in attributes.items()}
    who = {"conversation.id": "c-1", "user.account_id": "acct-2", "model": "large-1"}
    return log(0, {**who, "event.name": f"codex.{event}", **told})


def test_codex_counts_an_answer_once(read: Any, log: Any) -> None:
    request = logs_request(
        codex("user_prompt", prompt="Mend it."),
        codex("api_request", http__response__status_code=200),
        codex("sse_event", event__kind="response.created"),
        codex("sse_event", event__kind="response.completed", input_token_count=9, output_token_count=4),
        codex("api_request", http__response__status_code=429, error__message="Too many"),
    )
    rows = read(log(request)).rows
    assert [(row["status"], row["prompt"], row["output_tokens"]) for row in rows] == [
        ("ok", "Mend it.", 4),
        ("throttled", "Mend it.", None),
    ]
    assert {row["account_id"] for row in rows} == {"acct-2"}


@pytest.mark.parametrize("client", ["gemini_cli", "qwen-code"])
def test_gemini_cli_reports_each_inference_in_two_ways(client: str, read: Any, log: Any) -> None:
    from_client = {"session.id": "s-1", "user.email": "acct-3@example.com", "event.timestamp": "2026-03-02T08:15:30.1Z"}
    own = {**from_client, "event.name": f"{client}.api_response", "model": "large-1", "output_token_count": 4}
    conventions = {
        **from_client,
        "event.name": "gen_ai.client.inference.operation.details",
        "gen_ai.request.model": "large-1",
        "gen_ai.usage.output_tokens": 4,
        "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"Mend it."}]}]',
    }
    found = read(log(logs_request(entry(own), entry(conventions)))).row
    assert (found["prompt"], found["output_tokens"], found["account_id"]) == ("Mend it.", 4, "acct-3@example.com")


def entry(attributes: dict[str, Any]) -> Any:
    return log(0, attributes)
