"""Spans and traces as stores and SDKs write them, rewritten as OTLP JSON; traces as Langfuse's page gives them.

OTLP spans stand in ``resourceSpans``. Tempo calls them ``batches``; Jaeger, Zipkin, the consoles of the SDKs and
ClickHouse tables have shapes of their own.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Any

from stillwatch.ingest.parsing.format import Record
from stillwatch.ingest.parsing.values import instant, mapping, unfold
from stillwatch.ingest.sources.wrappers.phoenix import flattened, of_frame
from stillwatch.ingest.sources.wrappers.wrapper import Inside, Wrapper

__all__ = ["TRACE_WRAPPERS"]

_ID_NAMES = ("traceId", "spanId", "parentSpanId")
_BASE64_LENGTHS = {24: 16, 12: 8}
"""Length of an id in base64, and its number of bytes."""
_KINDS = {str: "stringValue", bool: "boolValue", int: "intValue", float: "doubleValue"}
_FAILED = "STATUS_CODE_ERROR"


def _tempo(record: Record) -> Inside | None:
    batches = _objects(record["batches"])
    if not any(name in batch for batch in batches for name in ("scopeSpans", "instrumentationLibrarySpans")):
        return None
    return [{"resourceSpans": _with_hex_ids(record["batches"])}]


def _trace(record: Record) -> Inside | None:
    """Open an answer of Tempo with a trace, or a trace of Langfuse beside its observations."""
    trace, observations = record["trace"], record.get("observations")
    if not isinstance(trace, Mapping):
        return None
    if isinstance(observations, list):
        return [{**trace, "observations": observations}]
    spans = trace.get("resourceSpans", trace.get("batches"))
    return [{"resourceSpans": _with_hex_ids(spans)}] if isinstance(spans, list) else None


def _resource(record: Record) -> Inside | None:
    """Open the spans of one resource, as Java's SDK logs them."""
    return [{"resourceSpans": [_with_hex_ids(record)]}] if isinstance(record["scopeSpans"], list) else None


def _bare(record: Record) -> Inside | None:
    """Open one span of OTLP without a resource."""
    return [_spans([_with_hex_ids(record)], ())] if "spanId" in record and "resourceSpans" not in record else None


def _console(record: Record) -> Inside | None:
    """Open a span as Python's SDK prints it, or as Phoenix keeps it."""
    where, attributes = mapping(record["context"]), record.get("attributes")
    if "span_id" not in where or "start_time" not in record or not isinstance(attributes, Mapping | None):
        return None
    status = mapping(record.get("status"))
    failed = "ERROR" in (status.get("status_code"), record.get("status_code"))
    told = status.get("description", record.get("status_message"))
    span = {
        **_identity(where.get("trace_id"), where.get("span_id"), record.get("parent_id")),
        "name": record.get("name"),
        "kind": str(record.get("kind", "")).replace("SpanKind.", "SPAN_KIND_"),
        "startTimeUnixNano": _nanos(record["start_time"]),
        "endTimeUnixNano": _nanos(record.get("end_time")),
        "attributes": _encoded(flattened(mapping(attributes))),
        "events": [
            {
                "name": event.get("name"),
                "timeUnixNano": _nanos(event.get("timestamp")),
                "attributes": _encoded(mapping(event.get("attributes"))),
            }
            for event in _objects(record.get("events"))
        ],
        "status": {"code": _FAILED, "message": told} if failed else {},
    }
    return [_spans([span], _encoded(mapping(mapping(record.get("resource")).get("attributes"))))]


def _frame(record: Record) -> Inside | None:
    """Open a row of a data frame of spans, as Phoenix writes it."""
    return _console(of_frame(record))


def _console_log(record: Record) -> Inside | None:
    """Open a log record as Python's SDK prints it."""
    if "severity_number" not in record or "observed_timestamp" not in record:
        return None
    entry = {
        **_identity(record.get("trace_id"), record.get("span_id"), None),
        "timeUnixNano": _nanos(record.get("timestamp") or record["observed_timestamp"]),
        "observedTimeUnixNano": _nanos(record["observed_timestamp"]),
        "eventName": record.get("event_name") or "",
        "severityNumber": record["severity_number"],
        "body": _value(record.get("body")),
        "attributes": _encoded(mapping(record.get("attributes"))),
    }
    resource = {"attributes": _encoded(mapping(mapping(record.get("resource")).get("attributes")))}
    return [{"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": [entry]}]}]}]


def _go(record: Record) -> Inside | None:
    """Open a span as Go's exporter ``stdouttrace`` prints it."""
    where = mapping(record["SpanContext"])
    if "SpanID" not in where or "StartTime" not in record:
        return None
    failed = mapping(record.get("Status")).get("Code") == "Error"
    parent = mapping(record.get("Parent")).get("SpanID")
    span = {
        **_identity(where.get("TraceID"), where["SpanID"], parent),
        "name": record.get("Name"),
        "startTimeUnixNano": _nanos(record["StartTime"]),
        "endTimeUnixNano": _nanos(record.get("EndTime")),
        "attributes": _go_attributes(record.get("Attributes")),
        "events": [
            {"name": event.get("Name"), "attributes": _go_attributes(event.get("Attributes"))}
            for event in _objects(record.get("Events"))
        ],
        "status": {"code": _FAILED} if failed else {},
    }
    return [_spans([span], _go_attributes(record.get("Resource")))]


def _go_attributes(found: Any) -> list[Record]:
    return [{"key": a.get("Key"), "value": _value(mapping(a.get("Value")).get("Value"))} for a in _objects(found)]


def _jaeger(record: Record) -> Inside | None:
    """Open a trace as Jaeger's page and API give it."""
    spans, processes = record.get("spans"), mapping(record["processes"])
    if not isinstance(spans, list):
        return None
    return [_of_jaeger(span, mapping(processes.get(str(span.get("processID"))))) for span in _objects(spans)]


def _jaeger_document(record: Record) -> Inside | None:
    """Open a span as Jaeger stores it in Elasticsearch."""
    return [_of_jaeger(record, mapping(record["process"]))] if "operationName" in record else None


def _of_jaeger(span: Record, process: Record) -> Record:
    tags = {tag["key"]: tag.get("value") for tag in _objects(span.get("tags")) if isinstance(tag.get("key"), str)}
    parents = [r.get("spanID") for r in _objects(span.get("references")) if r.get("refType") == "CHILD_OF"]
    failed = tags.get("otel.status_code") == "ERROR" or tags.get("error") in (True, "true")
    events = []
    for log in _objects(span.get("logs")):
        fields = {field.get("key"): field.get("value") for field in _objects(log.get("fields"))}
        events.append({"name": fields.pop("event", None), "attributes": _encoded(fields)})
    written = {
        **_identity(span.get("traceID"), span.get("spanID"), span.get("parentSpanID", next(iter(parents), None))),
        "name": span.get("operationName"),
        "startTimeUnixNano": _nanos(span.get("startTime")),
        "attributes": _encoded(tags),
        "events": events,
        "status": {"code": _FAILED} if failed else {},
    }
    shared = {tag["key"]: tag.get("value") for tag in _objects(process.get("tags")) if isinstance(tag.get("key"), str)}
    return _spans([written], _encoded({"service.name": process.get("serviceName"), **shared}))


def _zipkin(record: Record) -> Inside | None:
    if "traceId" not in record or "id" not in record:
        return None
    tags = mapping(record.get("tags"))
    span = {
        **_identity(record["traceId"], record["id"], record.get("parentId")),
        "name": record.get("name"),
        "startTimeUnixNano": _nanos(record.get("timestamp")),
        "attributes": _encoded(tags),
        "status": {"code": _FAILED} if "error" in tags else {},
    }
    return [_spans([span], _encoded({"service.name": mapping(record["localEndpoint"]).get("serviceName")}))]


def _clickhouse(record: Record) -> Inside | None:
    """Open a row of ``otel_traces``, the table of the Collector's ClickHouse exporter."""
    if "SpanId" not in record or "Timestamp" not in record:
        return None
    names, told = unfold(record.get("Events.Name")), unfold(record.get("Events.Attributes"))
    events = zip(names, told, strict=False) if isinstance(names, list) and isinstance(told, list) else ()
    failed = record.get("StatusCode") in ("Error", _FAILED)
    span = {
        **_identity(record.get("TraceId"), record["SpanId"], record.get("ParentSpanId")),
        "name": record.get("SpanName"),
        "startTimeUnixNano": _nanos(record["Timestamp"]),
        "attributes": _encoded(mapping(record["SpanAttributes"])),
        "events": [{"name": name, "attributes": _encoded(mapping(attributes))} for name, attributes in events],
        "status": {"code": _FAILED, "message": record.get("StatusMessage")} if failed else {},
    }
    return [_spans([span], _encoded(mapping(record.get("ResourceAttributes"))))]


def _spans(spans: list[Any], resource: Iterable[Record]) -> Record:
    return {"resourceSpans": [{"resource": {"attributes": list(resource)}, "scopeSpans": [{"spans": spans}]}]}


def _identity(trace: Any, span: Any, parent: Any) -> dict[str, Any]:
    found = {"traceId": _hexadecimal(trace), "spanId": _hexadecimal(span), "parentSpanId": _hexadecimal(parent)}
    return {name: value for name, value in found.items() if value and str(value).strip("0")}


def _hexadecimal(number: Any) -> Any:
    """Return an id without ``0x``, and in hexadecimal where it is in base64."""
    if not isinstance(number, str):
        return number
    if number.endswith("=") and len(number) in _BASE64_LENGTHS:
        try:
            return base64.b64decode(number, validate=True).hex()
        except binascii.Error:
            return number
    return number.removeprefix("0x")


def _with_hex_ids(found: Any) -> Any:
    """Return OTLP whose ids are in hexadecimal, as OTLP JSON asks for, also where Protobuf's own JSON wrote them."""
    if isinstance(found, list):
        return [_with_hex_ids(entry) for entry in found]
    if isinstance(found, Mapping):
        return {
            name: _hexadecimal(value) if name in _ID_NAMES else _with_hex_ids(value) for name, value in found.items()
        }
    return found


def _objects(found: Any) -> list[Record]:
    return [entry for entry in found if isinstance(entry, Mapping)] if isinstance(found, list) else []


def _encoded(attributes: Mapping[Any, Any]) -> list[Record]:
    return [{"key": key, "value": _value(value)} for key, value in attributes.items() if value is not None]


def _value(value: Any) -> Any:
    """Return *value* as OTLP writes it; bytes and other kinds have no value."""
    if isinstance(value, list):
        return {"arrayValue": {"values": [_value(entry) for entry in value]}}
    if isinstance(value, Mapping):
        return {"kvlistValue": {"values": _encoded(value)}}
    kind = _KINDS.get(type(value))
    return {} if kind is None else {kind: str(value) if kind == "intValue" else value}


def _nanos(time: Any) -> Any:
    """Return a time as nanoseconds since 1970, in text; a time that cannot be read is returned as it is."""
    try:
        return time if time is None else str(instant(time) * 1_000)
    except (ValueError, OverflowError):
        return time


TRACE_WRAPPERS = (
    Wrapper("a trace of Grafana Tempo", "batches", _tempo),
    Wrapper("a trace of Tempo's second API, or of Langfuse's page", "trace", _trace),
    Wrapper("spans of one resource, as Java's SDK logs them", "scopeSpans", _resource),
    Wrapper("one span of OTLP alone", "startTimeUnixNano", _bare),
    Wrapper("a span on the console of Python's SDK", "context", _console),
    Wrapper("a row of Phoenix's data frame of spans", "context.span_id", _frame),
    Wrapper("a log record on the console of Python's SDK", "severity_text", _console_log),
    Wrapper("a span on the console of Go's SDK", "SpanContext", _go),
    Wrapper("a trace of Jaeger", "processes", _jaeger),
    Wrapper("a span of Jaeger in Elasticsearch", "process", _jaeger_document),
    Wrapper("a span of Zipkin", "localEndpoint", _zipkin),
    Wrapper("a row of ClickHouse's table `otel_traces`", "SpanAttributes", _clickhouse),
)
