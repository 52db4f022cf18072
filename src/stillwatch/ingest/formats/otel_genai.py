"""Reads OpenTelemetry GenAI spans and inference events as OTLP JSON: one export request per line, or one file."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stillwatch.ingest.parsing.format import Carrier, Format, Record, Row, RowFault, Skip, Unit
from stillwatch.ingest.parsing.messages import read_answer, read_parameters, read_request
from stillwatch.ingest.parsing.otel_names import DETAILS, INFERENCES, decoded, find, messages_of
from stillwatch.ingest.parsing.statuses import outcome
from stillwatch.ingest.parsing.values import Loose, first, mapping, unfold

__all__ = ["FORMAT"]

_GROUPS = (("resourceSpans", "scopeSpans", "spans"), ("resourceLogs", "scopeLogs", "logRecords"))
_OLD_GROUPS = {"scopeSpans": "instrumentationLibrarySpans"}


def recognise(record: Record) -> float:
    """Return 1 for an export request of spans or log records."""
    return float(any(isinstance(record.get(outer), list) for outer, _, _ in _GROUPS))


def units(record: Record) -> Iterator[Unit]:
    """Yield every inference in an export request with the attributes of its resource; other spans give no rows."""
    known = [group for group in _GROUPS if group[0] in record]
    if not known:
        yield RowFault("resourceSpans or resourceLogs is expected")
    for outer, middle, inner in known:
        for resource in _listed(record[outer], outer):
            if isinstance(resource, RowFault):
                yield resource
                continue
            shared = decoded(mapping(resource.get("resource")).get("attributes"))
            scopes = first(resource.get(middle), resource.get(_OLD_GROUPS.get(middle, "")), [])
            for scope in _listed(scopes, middle):
                if isinstance(scope, RowFault):
                    yield scope
                    continue
                for span in _listed(scope.get(inner, []), inner):
                    yield span if isinstance(span, RowFault) else _inference(span, shared)


def _listed(value: Loose, name: str) -> Iterator[Record | RowFault]:
    if not isinstance(value, list):
        yield RowFault(f"{name} must be a list of objects")
        return
    for entry in value:
        yield entry if isinstance(entry, Mapping) else RowFault(f"{name} must be a list of objects")


def _inference(span: Record, shared: Mapping[str, Any]) -> Unit:
    if not isinstance(span.get("attributes", []), list):
        return RowFault("attributes must be a list of keys and values")
    own = decoded(span.get("attributes"))
    events = [
        (first(event.get("name"), ""), decoded(event.get("attributes")))
        for event in span.get("events", [])
        if isinstance(event, Mapping)
    ]
    for name, details in events:
        if name == DETAILS:
            own = {**details, **own}
    if not any(key.startswith(("gen_ai.", "llm.")) for key in own):
        return Skip("spans or log records without an attribute of a model call")
    operation = find(own, "operation")
    if operation is not None and operation not in INFERENCES:
        return Skip("operations that are no inference")
    if operation is None and find(own, "model") is None:
        return Skip("spans or log records that name neither operation nor model")
    is_log = "startTimeUnixNano" not in span and "timeUnixNano" in span
    if is_log and first(span.get("eventName"), own.get("event.name")) != DETAILS:
        return Skip("log records of other events")
    return {"span": span, "attributes": {**shared, **own}, "events": events}


def row(unit: Record) -> Row:
    """Return the row of one inference."""
    span, attributes = unit["span"], unit["attributes"]
    asked, answered = messages_of(attributes, unit["events"])
    row = read_request({"messages": asked, "system": unfold(find(attributes, "system"))})
    asked_for = ("temperature", "max_tokens", "stream", "n_samples", "seed")
    parameters = {name: find(attributes, name) for name in asked_for}
    row.update(read_parameters({**parameters, "tools": find(attributes, "tools")}))
    answer = read_answer(answered)
    row["completion"] = answer.get("completion")
    failure = mapping(span.get("status"))
    failed = failure.get("code") in (2, "STATUS_CODE_ERROR") or find(attributes, "error") is not None
    reasons = find(attributes, "finish_reasons")
    reasons = reasons if isinstance(reasons, list) else [reasons]
    row.update(
        exchange_id=_identity(span, attributes),
        at=first(span.get("startTimeUnixNano"), span.get("timeUnixNano"), span.get("observedTimeUnixNano")),
        status=outcome(find(attributes, "http_code"), find(attributes, "error"), *reasons, failed=failed),
        user_agent=find(attributes, "user_agent"),
        client_ip=_chain(attributes),
    )
    same = ("account_id", "organization_id", "conversation_id", "model", "input_tokens", "output_tokens")
    row.update({name: find(attributes, name) for name in same})
    return row


def _identity(span: Record, attributes: Mapping[str, Any]) -> str | None:
    trace, own = span.get("traceId"), span.get("spanId")
    if isinstance(trace, str) and isinstance(own, str) and trace and own:
        return f"{trace}-{own}"
    response = attributes.get("gen_ai.response.id")
    return response if isinstance(response, str) else None


def _chain(attributes: Mapping[str, Any]) -> Loose:
    forwarded = find(attributes, "forwarded")
    if isinstance(forwarded, list):
        forwarded = ", ".join(hop for hop in forwarded if isinstance(hop, str))
    return first(forwarded, find(attributes, "client_ip"))


def examples() -> Sequence[Record]:
    """Return one inference each: by the newest conventions, by events, by the oldest ones, and as a log record."""
    newest = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "example",
        "gen_ai.request.model": "large-1",
        "gen_ai.request.max_tokens": 200,
        "gen_ai.request.temperature": 0.5,
        "gen_ai.usage.input_tokens": 18,
        "gen_ai.usage.output_tokens": 40,
        "gen_ai.conversation.id": "c-1",
        "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"What is a monoid?"}]}]',
        "gen_ai.system_instructions": '[{"type":"text","content":"Be brief."}]',
        "gen_ai.output.messages": '[{"role":"assistant","parts":[{"type":"text","content":"A set with…"}]}]',
        "enduser.id": "acct-7",
        "client.address": "203.0.113.9",
    }
    by_events = {
        "gen_ai.system": "example",
        "gen_ai.request.model": "large-1",
        "gen_ai.usage.prompt_tokens": 18,
        "user.id": "acct-8",
    }
    oldest = {
        "llm.request.type": "chat",
        "gen_ai.system": "example",
        "gen_ai.request.model": "large-1",
        "gen_ai.prompt.0.role": "system",
        "gen_ai.prompt.0.content": "Be brief.",
        "gen_ai.prompt.1.role": "user",
        "gen_ai.prompt.1.content": "Plan a test.",
        "gen_ai.completion.0.role": "assistant",
        "gen_ai.completion.0.content": "First…",
        "gen_ai.usage.completion_tokens": 60,
        "traceloop.association.properties.user_id": "acct-9",
    }
    event = {
        "name": "gen_ai.user.message",
        "attributes": _encoded({"gen_ai.event.content": '{"content":"Hello?"}'}),
    }
    log = {**newest, "event.name": DETAILS}
    return (
        _request("resourceSpans", "scopeSpans", "spans", _span(1, newest)),
        _request("resourceSpans", "scopeSpans", "spans", _span(2, by_events, [event])),
        _request("resourceSpans", "scopeSpans", "spans", _span(3, oldest)),
        _request(
            "resourceLogs",
            "scopeLogs",
            "logRecords",
            {
                "timeUnixNano": "1772439330250000000",
                "traceId": f"{4:032x}",
                "spanId": f"{4:016x}",
                "attributes": _encoded(log),
            },
        ),
    )


def _span(number: int, attributes: Mapping[str, Any], events: Sequence[Record] = ()) -> Record:
    return {
        "traceId": f"{number:032x}",
        "spanId": f"{number:016x}",
        "name": "chat large-1",
        "kind": 3,
        "startTimeUnixNano": "1772439330250000000",
        "endTimeUnixNano": "1772439331250000000",
        "attributes": _encoded(attributes),
        "events": list(events),
        "status": {},
    }


def _request(outer: str, middle: str, inner: str, entry: Record) -> Record:
    resource = {"attributes": _encoded({"service.name": "shop"})}
    return {outer: [{"resource": resource, middle: [{"scope": {"name": "sdk"}, inner: [entry]}]}]}


def _encoded(attributes: Mapping[str, Any]) -> list[Record]:
    kinds = {str: "stringValue", int: "intValue", float: "doubleValue"}
    return [{"key": key, "value": {kinds[type(value)]: value}} for key, value in attributes.items()]


FORMAT = Format(
    sentence="OpenTelemetry GenAI spans and inference events, OTLP JSON, by any version of the conventions.",
    recognise=recognise,
    units=units,
    row=row,
    examples=examples,
    carriers=frozenset({Carrier.JSON}),
    hints={
        "at": "startTimeUnixNano",
        "model": "gen_ai.request.model",
        "account_id": "enduser.id or user.id",
    },
)
