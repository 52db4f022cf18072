import copy
from typing import Any

import orjson

from stillwatch.ingest.formats.otel_genai import FORMAT
from stillwatch.ingest.parsing.otel_names import DETAILS


def span_of(record: Any) -> Any:
    return record["resourceSpans"][0]["scopeSpans"][0]["spans"][0]


def encoded(**attributes: str) -> list[dict[str, Any]]:
    return [{"key": k.replace("__", "."), "value": {"stringValue": v}} for k, v in attributes.items()]


def test_every_version_of_the_conventions(read: Any, log: Any) -> None:
    newest, by_events, oldest, logged = read(log(*FORMAT.examples())).rows
    assert (newest["system_prompt"], newest["prompt"], newest["completion"]) == (
        "Be brief.",
        "What is a monoid?",
        "A set with…",
    )
    assert (newest["account_id"], newest["conversation_id"], newest["client_ip"]) == (
        "acct-7",
        "c-1",
        "203.0.113.9",
    )
    assert newest["at"].isoformat() == "2026-03-02T08:15:30.250000+00:00"
    assert (by_events["account_id"], by_events["prompt"], by_events["input_tokens"]) == (
        "acct-8",
        "Hello?",
        18,
    )
    assert (oldest["system_prompt"], oldest["prompt"], oldest["completion"]) == (
        "Be brief.",
        "Plan a test.",
        "First…",
    )
    assert oldest["account_id"] == "acct-9"
    assert (logged["prompt"], logged["account_id"]) == ("What is a monoid?", "acct-7")


def test_other_spans_are_counted_apart(read: Any, log: Any) -> None:
    record = copy.deepcopy(FORMAT.examples()[0])
    inference = span_of(record)
    others = [
        {**inference, "spanId": "1", "attributes": encoded(db__system="sqlite")},
        {**inference, "spanId": "2", "attributes": encoded(gen_ai__operation__name="execute_tool")},
        {**inference, "spanId": "3", "attributes": encoded(gen_ai__tool__name="search")},
    ]
    record["resourceSpans"][0]["scopeSpans"][0]["spans"] += others
    result = read(log(record))
    assert len(result.rows) == 1
    (told,) = result.notices
    assert told.startswith(
        "3 records were not inferences and are not counted as rows: operations that are no inference (1), "
    )


def test_content_in_the_inference_event_of_a_span(read: Any, log: Any) -> None:
    record = copy.deepcopy(FORMAT.examples()[1])
    messages = '[{"role":"user","parts":[{"type":"text","content":"In the event"}]}]'
    span_of(record)["events"] = [{"name": DETAILS, "attributes": encoded(gen_ai__input__messages=messages)}]
    assert read(log(record)).row["prompt"] == "In the event"


def test_attributes_of_the_resource_count_where_the_span_has_none(read: Any, log: Any) -> None:
    record = copy.deepcopy(FORMAT.examples()[1])
    record["resourceSpans"][0]["resource"]["attributes"] = encoded(enduser__id="tenant", user_agent__original="sdk")
    found = read(log(record)).row
    assert found["account_id"] == "tenant"
    assert found["user_agent"] == "sdk"


def test_errors(read: Any, log: Any) -> None:
    records = [copy.deepcopy(FORMAT.examples()[0]) for _ in range(3)]
    for number, (record, kind) in enumerate(
        zip(records, ["rate_limit_exceeded", "timeout", "content_filter"], strict=True)
    ):
        span_of(record)["status"] = {"code": 2}
        span_of(record)["spanId"] = str(number)
        span_of(record)["attributes"] += encoded(error__type=kind)
    assert [row["status"] for row in read(log(*records)).rows] == ["throttled", "error", "refused"]


def test_a_whole_file_as_one_request(read: Any, log: Any) -> None:
    record = copy.deepcopy(FORMAT.examples()[0])
    spans = record["resourceSpans"][0]["scopeSpans"][0]["spans"]
    spans += [{**spans[0], "spanId": f"{i:016x}"} for i in range(20, 40)]
    assert len(read(log(orjson.dumps(record, option=orjson.OPT_INDENT_2), name="traces.json")).rows) == 21


def test_broken_parts_are_rejects_and_the_rest_is_read(read: Any, log: Any) -> None:
    record = copy.deepcopy(FORMAT.examples()[0])
    record["resourceSpans"][0]["scopeSpans"][0]["spans"] += [7, {"attributes": 7}]
    record["resourceSpans"] += ["x", {"scopeSpans": 3}]
    result = read(log(record))
    assert len(result.rows) == 1
    assert len(result.rejects) == 4


def test_choices_and_seed_by_every_name(read: Any, log: Any) -> None:
    records = [copy.deepcopy(FORMAT.examples()[0]) for _ in range(3)]
    given = (
        {"gen_ai.request.choice.count": "3", "gen_ai.request.seed": "100"},
        {"gen_ai.openai.request.seed": "-5"},
        {},
    )
    for number, (record, attributes) in enumerate(zip(records, given, strict=True)):
        span_of(record)["spanId"] = str(number)
        # 64-bit numbers are strings in OTLP JSON
        span_of(record)["attributes"] += [{"key": k, "value": {"intValue": v}} for k, v in attributes.items()]
    rows = read(log(*records)).rows
    assert [(row["n_samples"], row["seed"]) for row in rows] == [(3, 100), (None, -5), (None, None)]
    assert {(row["logprobs"], row["batch"]) for row in rows} == {(None, None)}
