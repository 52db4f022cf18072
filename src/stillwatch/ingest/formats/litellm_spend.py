"""Reads LiteLLM's spend log: rows of ``LiteLLM_SpendLogs`` as CSV, Parquet, JSON Lines or from PostgreSQL."""

from collections.abc import Iterator, Sequence

from stillwatch.ingest.formats.litellm_payload import (
    account_of,
    chain_of,
    conversation_of,
    identity_of,
    status_of,
)
from stillwatch.ingest.parsing.format import Carrier, Format, Record, Row, Skip, Unit
from stillwatch.ingest.parsing.litellm_events import NO_INFERENCES, is_inference
from stillwatch.ingest.parsing.messages import read_answer, read_request
from stillwatch.ingest.parsing.values import first, mapping, unfold

__all__ = ["FORMAT"]


def recognise(record: Record) -> float:
    """Return the share of the table's own columns that *record* has."""
    own = ("request_id", "call_type", "api_key", "spend", "startTime", "endTime")
    return sum(name in record for name in own) / len(own)


def units(record: Record) -> Iterator[Unit]:
    """Yield *record*, or ``Skip`` where it is no call of a model by a customer."""
    yield record if is_inference(record, identity_of(record)) else Skip(NO_INFERENCES)


def row(record: Record) -> Row:
    """Return the row of one spend log entry; it has text only where ``store_prompts_in_spend_logs`` was set.

    The stored request holds more than the column ``messages``, so it is read first.
    """
    who = identity_of(record)
    request = mapping(record.get("proxy_server_request"))
    request = mapping(first(request.get("body"), request))
    row = read_request(request)
    said = read_request({"messages": unfold(record.get("messages"))})
    for name in ("prompt", "system_prompt"):
        row[name] = first(row.get(name), said.get(name))
    answer = read_answer(first(unfold(record.get("response"))))
    refused = answer.pop("refused", False)
    row.update(answer)
    problem = mapping(who.get("error_information"))
    row.update(
        exchange_id=first(record.get("request_id")),
        at=first(record.get("startTime")),
        account_id=account_of(record, who, problem),
        organization_id=first(record.get("organization_id"), who.get("user_api_key_org_id"), record.get("team_id")),
        model=first(record.get("model_group"), record.get("model"), request.get("model")),
        conversation_id=conversation_of(record, who, request),
        input_tokens=first(record.get("prompt_tokens"), row.get("input_tokens")),
        output_tokens=first(record.get("completion_tokens"), row.get("output_tokens")),
        status=status_of(record, problem, first(record.get("status"), who.get("status")), refused=refused),
        client_ip=chain_of(record, who),
        user_agent=first(who.get("user_agent")),
    )
    return row


def examples() -> Sequence[Record]:
    """Return rows with and without stored text."""
    plain = {
        "request_id": "chatcmpl-11",
        "call_type": "acompletion",
        "api_key": "88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b",
        "spend": "0.0021",
        "total_tokens": "30",
        "prompt_tokens": "20",
        "completion_tokens": "10",
        "startTime": "2026-03-02 08:15:30.25",
        "endTime": "2026-03-02 08:15:31",
        "model": "large-1",
        "model_group": "large",
        "user": "user-17",
        "team_id": "team-2",
        "end_user": "",
        "requester_ip_address": "203.0.113.20",
        "messages": "{}",
        "response": "{}",
        "metadata": '{"status": "success", "user_api_key_user_id": "user-17"}',
        "session_id": "s-1",
        "status": "success",
        "proxy_server_request": "{}",
    }
    stored = {
        **plain,
        "request_id": "chatcmpl-12",
        "proxy_server_request": '{"messages": [{"role": "user", "content": "Why?"}], "temperature": 0.1}',
        "response": '{"choices": [{"message": {"content": "A set with…"}}]}',
    }
    failed = {
        **plain,
        "request_id": "chatcmpl-13",
        "status": "failure",
        "metadata": '{"error_information": {"error_class": "ContentPolicyViolationError"}}',
    }
    return plain, stored, failed


FORMAT = Format(
    sentence="LiteLLM `LiteLLM_SpendLogs` rows: CSV, Parquet, JSON Lines, or live from `postgresql://…`.",
    recognise=recognise,
    units=units,
    row=row,
    examples=examples,
    carriers=frozenset({Carrier.JSON, Carrier.CSV, Carrier.PARQUET, Carrier.SQL}),
    hints={"at": "startTime", "model": "model_group or model", "account_id": "user, api_key or end_user"},
)
