import copy
from typing import Any

import orjson

from stillwatch.ingest.formats.otel_genai import FORMAT
from stillwatch.ingest.otel.vocabulary import DETAILS


def span_of(record: Any) -> Any:
    return record["resourceSpans"][0]["scopeSpans"][0]["spans"][0]


def encoded(**attributes: str) -> list[dict[str, Any]]:
    return [{"key": k.replace("__", "."), "value": {"stringValue": v}} for k, v in attributes.items()]


def test_every_version_of_the_conventions(read: Any, log: Any) -> None:
    newest, by_events, oldest, logged = read(log(*FORMAT.examples()[:4])).rows
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
    assert (found["account_id"], found["user_agent"]) == ("acct-8", "sdk")
    span_of(record)["attributes"] = [a for a in span_of(record)["attributes"] if a["key"] != "user.id"]
    assert read(log(record)).row["account_id"] == "tenant"


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


def test_every_example_is_one_exchange_with_what_it_tells(read: Any, log: Any) -> None:
    result = read(log(*FORMAT.examples()))
    assert result.rejects == []
    assert [row["account_id"] for row in result.rows] == [
        *("acct-7", "acct-8", "acct-9", "acct-7", "acct-13", "acct-14", "acct-10", "acct-15", "user-17", "acct-11"),
        *("acct-12", "acct-16", "acct-17", "acct-18@example.com", "acct-19"),
    ]
    without_text = {"acct-17", "acct-18@example.com"}
    assert all(row["prompt"] for row in result.rows if row["account_id"] not in without_text)
    litellm = next(row for row in result.rows if row["account_id"] == "user-17")
    assert (litellm["organization_id"], litellm["client_ip"], litellm["user_agent"]) == (
        "team-2",
        "203.0.113.9",
        "sdk/1.0",
    )
    assert (litellm["stream"], litellm["n_tools"]) == (False, 1)


def test_spans_and_their_log_records_in_different_lines(read: Any, log: Any) -> None:
    both = FORMAT.examples()[4]
    logs = {"resourceLogs": both["resourceLogs"]}
    spans = {"resourceSpans": both["resourceSpans"]}
    for records in ((logs, spans), (spans, logs)):
        found = read(log(*records)).row
        assert (found["system_prompt"], found["prompt"], found["completion"]) == (
            "Be brief.",
            "What is a monoid?",
            "A set with…",
        )


def test_log_records_whose_span_is_elsewhere_give_no_row(read: Any, log: Any) -> None:
    result = read(log({"resourceLogs": FORMAT.examples()[4]["resourceLogs"]}))
    assert (result.rows, result.rejects) == ([], [])
    assert "3 records were not inferences" in result.notices[0]


def test_metrics_in_the_same_file_are_no_rows(read: Any, log: Any) -> None:
    result = read(log({"resourceMetrics": [{}]}, FORMAT.examples()[0]))
    assert (len(result.rows), result.rejects) == (1, [])


def test_one_odd_span_costs_no_other_one(read: Any, log: Any) -> None:
    record = copy.deepcopy(FORMAT.examples()[0])
    spans = record["resourceSpans"][0]["scopeSpans"][0]["spans"]
    spans.insert(0, {**spans[0], "spanId": "odd", "events": 7})
    result = read(log(record))
    assert (len(result.rows), result.reasons) == (1, ["the span or log record has an unexpected shape"])


def test_an_inference_in_an_unknown_vocabulary_is_a_reject(read: Any, log: Any) -> None:
    record = copy.deepcopy(FORMAT.examples()[0])
    span_of(record)["attributes"] = encoded(acme__model="m", acme__usage__prompt_tokens="3")
    result = read(log(record))
    assert result.rows == []
    assert "no known vocabulary" in result.reasons[0]


def test_names_of_the_protobuf_files(read: Any, log: Any) -> None:
    names = ("resourceSpans", "scopeSpans", "traceId", "spanId", "startTimeUnixNano", "stringValue", "intValue")
    written = orjson.dumps(FORMAT.examples()[0]).decode()
    for name in names:
        snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
        written = written.replace(f'"{name}"', f'"{snake}"')
    found = read(log(orjson.loads(written)))
    assert found.row == read(log(FORMAT.examples()[0])).row
