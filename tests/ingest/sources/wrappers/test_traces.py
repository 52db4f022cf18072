"""One span in the shape of each store gives one exchange with the same values."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from stillwatch.ingest.sources.wrappers.known import opened

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
FACTS: dict[str, Any] = {
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "large-1",
    "gen_ai.usage.input_tokens": 5,
    "gen_ai.request.temperature": 0.5,
    "user.id": "acct-1",
}
WRITTEN = {name: str(value) for name, value in FACTS.items()}
AT, MICROS = "2026-03-02T08:15:30.250000Z", 1772439330250000


def otlp(*, packed: bool = False) -> dict[str, Any]:
    def number(text: str) -> str:
        return base64.b64encode(bytes.fromhex(text)).decode() if packed else text

    return {
        "traceId": number(TRACE),
        "spanId": number(SPAN),
        "startTimeUnixNano": f"{MICROS}000",
        "attributes": [{"key": name, "value": {"stringValue": value}} for name, value in WRITTEN.items()],
        "status": {"code": 2},
    }


def resource(*, packed: bool = False) -> dict[str, Any]:
    return {"resource": {"attributes": []}, "scopeSpans": [{"scope": {}, "spans": [otlp(packed=packed)]}]}


JAEGER = {
    "traceID": TRACE,
    "spanID": SPAN,
    "operationName": "chat",
    "references": [{"refType": "CHILD_OF", "traceID": TRACE, "spanID": "00000000000000ff"}],
    "startTime": MICROS,
    "tags": [
        *({"key": name, "type": "string", "value": value} for name, value in FACTS.items()),
        {"key": "otel.status_code", "type": "string", "value": "ERROR"},
    ],
    "logs": [],
    "processID": "p1",
}
STORES: dict[str, Any] = {
    "Tempo": {"batches": [resource(packed=True)]},
    "Tempo, older": {"batches": [{"instrumentationLibrarySpans": resource()["scopeSpans"]}]},
    "Tempo, second API": {"trace": {"resourceSpans": [resource(packed=True)]}, "metrics": {}},
    "Java's console": resource(),
    "one span": otlp(),
    "Python's console": {
        "name": "chat",
        "context": {"trace_id": f"0x{TRACE}", "span_id": f"0x{SPAN}", "trace_state": "[]"},
        "kind": "SpanKind.CLIENT",
        "parent_id": None,
        "start_time": AT,
        "end_time": AT,
        "status": {"status_code": "ERROR", "description": "x"},
        "attributes": FACTS,
        "events": [],
        "resource": {"attributes": {"service.name": "shop"}},
    },
    "Go's console": {
        "Name": "chat",
        "SpanContext": {"TraceID": TRACE, "SpanID": SPAN},
        "Parent": {"TraceID": "0" * 32, "SpanID": "0" * 16},
        "StartTime": AT,
        "Attributes": [{"Key": name, "Value": {"Type": "STRING", "Value": value}} for name, value in FACTS.items()],
        "Events": None,
        "Status": {"Code": "Error"},
        "Resource": [{"Key": "service.name", "Value": {"Type": "STRING", "Value": "shop"}}],
    },
    "Jaeger": {"data": [{"traceID": TRACE, "spans": [JAEGER], "processes": {"p1": {"serviceName": "shop"}}}]},
    "Jaeger in Elasticsearch": {**JAEGER, "process": {"serviceName": "shop", "tags": []}},
    "Zipkin": {
        "traceId": TRACE,
        "id": SPAN,
        "timestamp": MICROS,
        "localEndpoint": {"serviceName": "shop"},
        "tags": {**WRITTEN, "error": "x"},
    },
    "ClickHouse": {
        "Timestamp": "2026-03-02 08:15:30.250000000",
        "TraceId": TRACE,
        "SpanId": SPAN,
        "ParentSpanId": "",
        "SpanAttributes": WRITTEN,
        "ResourceAttributes": '{"service.name": "shop"}',
        "StatusCode": "Error",
        "Events.Name": ["e"],
        "Events.Attributes": [{"a": "b"}],
    },
}


@pytest.mark.parametrize("record", STORES.values(), ids=STORES)
def test_one_span_of_each_store(record: Any, read: Callable[..., Any], log: Callable[..., Any]) -> None:
    found = read(log(record)).row
    assert found["exchange_id"] == f"{TRACE}-{SPAN}"
    names = ("account_id", "model", "input_tokens", "temperature", "status")
    assert [found[name] for name in names] == ["acct-1", "large-1", 5, 0.5, "error"]
    assert found["at"].isoformat() == "2026-03-02T08:15:30.250000+00:00"


def test_the_parent_of_a_span_is_kept() -> None:
    (request,) = opened({**JAEGER, "process": {}}) or ()
    (span,) = request["resourceSpans"][0]["scopeSpans"][0]["spans"]  # type: ignore[index]
    assert span["parentSpanId"] == "00000000000000ff"


def test_a_log_record_on_the_console(read: Callable[..., Any], log: Callable[..., Any]) -> None:
    record = {
        "body": None,
        "severity_number": 9,
        "severity_text": "INFO",
        "attributes": FACTS,
        "timestamp": AT,
        "observed_timestamp": AT,
        "trace_id": f"0x{TRACE}",
        "span_id": f"0x{SPAN}",
        "resource": {"attributes": {}},
        "event_name": "gen_ai.client.inference.operation.details",
    }
    assert read(log(record)).row["exchange_id"] == f"{TRACE}-{SPAN}"


def test_a_trace_of_langfuse_beside_its_observations() -> None:
    trace = {"id": "t", "userId": "u"}
    assert opened({"trace": trace, "observations": [{"id": "o"}]}) == [{**trace, "observations": [{"id": "o"}]}]


@pytest.mark.parametrize(
    "record",
    [
        {"batches": [{"id": 1}]},
        {"trace": "0af7", "at": 1},
        {"trace": {"id": 1}, "at": 1},
        {"context": {"user": "a"}, "at": 1},
        {"context": "text"},
        {"processes": {}, "spans": None},
        {"resourceSpans": [], "startTimeUnixNano": 1},
        {"SpanAttributes": {}},
        {"localEndpoint": {}},
        {"process": {}},
        {"severity_text": "INFO"},
    ],
)
def test_other_records_stay_as_they_are(record: Any) -> None:
    assert opened(record) is None


@pytest.mark.parametrize("record", STORES.values(), ids=STORES)
def test_no_value_of_a_wrong_type_is_an_error(record: dict[str, Any]) -> None:
    for name in record:
        for odd in (None, 7, "text", [], [1], {"a": 1}):
            list(opened({**record, name: odd}) or ())
