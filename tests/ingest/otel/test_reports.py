from typing import Any

import pytest

from stillwatch.ingest.otel.examples import log, span
from stillwatch.ingest.otel.facts import ReportRole
from stillwatch.ingest.otel.reports import Resource, log_report, resource_of, span_report

NOWHERE = resource_of(None)
CALL = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "large-1", "gen_ai.usage.output_tokens": 4}


def row_of(attributes: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return span_report({**span(1, attributes), **changes}, NOWHERE, "sdk").row


@pytest.mark.parametrize(
    ("attributes", "account"),
    [
        ({"enduser.id": "a", "user.id": "b"}, "a"),
        ({"user.id": "a", "metadata.user_api_key_user_id": "b"}, "a"),
        ({"metadata.user_api_key_user_id": "a", "llm.user": "b"}, "a"),
        ({"metadata.user_api_key_user_id": "", "metadata.user_api_key_hash": "a"}, "a"),
        ({"litellm.metadata.user_api_key_user_id": "a", "litellm.api_key.hash": "b"}, "a"),
        ({"metadata.user_api_key_user_id": "default_user_id", "metadata.user_api_key_end_user_id": "a"}, "a"),
        # LiteLLM copies the end user into user.id where it writes its metadata as JSON.
        ({"metadata": '{"user_api_key_hash": "k", "user_api_key_user_id": "a"}', "user.id": "b"}, "a"),
        ({"langfuse.user.id": "a"}, "a"),
        ({"gen_ai.user": "a"}, "a"),
        ({"traceloop.association.properties.user_id": "a"}, "a"),
        ({"ai.telemetry.metadata.userId": "a"}, "a"),
        ({"llm.invocation_parameters": '{"safety_identifier": "a", "user": "b"}'}, "a"),
        ({"llm.invocation_parameters": '{"metadata": {"user_id": "a"}}'}, "a"),
        ({"input.value": '{"user": "a"}'}, "a"),
        ({"input.value": '{"user": {"role": "user"}}'}, None),
        ({"safety_identifier": "a"}, "a"),
        ({"user_id": "a"}, "a"),
    ],
)
def test_the_account_under_any_name(attributes: dict[str, Any], account: str | None) -> None:
    assert row_of({**CALL, **attributes})["account_id"] == account


@pytest.mark.parametrize(
    "attributes",
    [
        {"llm.request.functions.0.name": "run"},
        {"gen_ai.tool.0.name": "run"},
        {"llm.tools.0.tool.json_schema": '{"name": "run"}'},
        {"gen_ai.tool.definitions": '[{"name": "run"}]'},
        {"model_request_parameters": '{"function_tools": [{"name": "run"}]}'},
    ],
)
def test_the_tools_under_any_name(attributes: dict[str, Any]) -> None:
    found = row_of({**CALL, **attributes})
    assert found["n_tools"] == 1
    assert found["tools_digest"] == row_of({**CALL, "gen_ai.request.tools": '[{"name": "run"}]'})["tools_digest"]


def test_one_odd_parameter_costs_no_row() -> None:
    odd = '{"temperature": "warm", "max_tokens": "Infinity", "stream": "maybe", "seed": [1]}'
    found = row_of({**CALL, "llm.invocation_parameters": odd})
    assert [found[name] for name in ("temperature", "max_output_tokens", "stream", "seed")] == [None] * 4
    assert row_of({**CALL, "llm.is_streaming": "False"})["stream"] is False


def test_counts_of_the_conventions_count_before_those_of_a_body() -> None:
    body = '{"usage": {"completion_tokens": 40}}'
    assert row_of({**CALL, "output.value": body})["output_tokens"] == 4
    usage = {"langfuse.observation.type": "generation", "langfuse.observation.usage_details": '{"output": 7}'}
    assert row_of(usage)["output_tokens"] == 7


def test_the_peer_of_a_server_is_the_client_and_that_of_a_client_is_not() -> None:
    peer = {**CALL, "network.peer.address": "203.0.113.7"}
    assert row_of(peer, kind="SPAN_KIND_SERVER")["client_ip"] == "203.0.113.7"
    assert row_of(peer, kind=3)["client_ip"] is None


def test_health_checks_of_litellm_are_no_exchanges() -> None:
    check = {**CALL, "metadata.user_api_key_user_id": "litellm-internal-health-check"}
    assert span_report(span(1, check), NOWHERE, "litellm").role is ReportRole.CONTEXT


def test_a_span_that_is_no_inference_says_who_asked() -> None:
    server = {"http.route": "/chat", "enduser.id": "acct-1", "client.address": "203.0.113.7"}
    found = span_report(span(1, server), NOWHERE, "http")
    assert found.role is ReportRole.CONTEXT
    assert (found.row["account_id"], found.row["client_ip"]) == ("acct-1", "203.0.113.7")


def test_the_resource_counts_last() -> None:
    resource = Resource({"user.id": "tenant"}, {"account_id": "tenant"})
    assert span_report(span(1, {**CALL, "user_id": "a"}), resource, "sdk").row["account_id"] == "a"
    assert span_report(span(1, CALL), resource, "sdk").row["account_id"] == "tenant"


def test_ids() -> None:
    report = span_report({**span(1, CALL), "parentSpanId": "0000000000000000"}, NOWHERE, "sdk")
    assert (report.trace, report.span, report.parent) == (f"{1:032x}", f"{1:016x}", "")
    named = {**CALL, "gen_ai.response.id": "resp-1"}
    assert row_of(named, traceId="", spanId="")["exchange_id"] == "resp-1"
    without = [row_of(CALL, traceId="", spanId="", name=name)["exchange_id"] for name in ("chat", "chat", "other")]
    assert without[0] == without[1] != without[2]


def test_log_records() -> None:
    told = log_report(log(1, {"event.name": "gen_ai.user.message"}, body={"content": "Hello?"}), NOWHERE, "sdk")
    assert told.role is ReportRole.TEXT
    call = log_report(log(1, {**CALL, "user.id": "a"}), NOWHERE, "sdk")
    assert (call.role, call.row["account_id"]) == (ReportRole.INFERENCE, "a")
    failure = {"event.name": "gen_ai.client.operation.exception", "gen_ai.operation.name": "chat"}
    assert log_report(log(1, failure), NOWHERE, "sdk").role is ReportRole.CONTEXT
    unknown = {"event.name": "acme.call", "acme.model": "m", "acme.input_tokens": 3}
    assert log_report(log(1, unknown), NOWHERE, "sdk").role is ReportRole.UNKNOWN


def test_a_time_of_0_is_not_known() -> None:
    record = {**log(1, CALL), "timeUnixNano": "0", "observedTimeUnixNano": "1772439330250000000"}
    assert log_report(record, NOWHERE, "sdk").row["at"] == "1772439330250000000"
