"""Reads OpenTelemetry spans and log records of inferences as OTLP JSON: one export request per line, or one file."""

from collections.abc import Callable, Iterator, Mapping

from stillwatch.ingest.otel.attributes import camelised
from stillwatch.ingest.otel.examples import examples
from stillwatch.ingest.otel.relations import related
from stillwatch.ingest.otel.reports import Report, Resource, log_report, resource_of, span_report
from stillwatch.ingest.parsing.format import SHAPE_ERRORS, Carrier, Format, Record, Row, RowFault, Skip, Unit
from stillwatch.ingest.parsing.values import Loose, first, mapping

__all__ = ["FORMAT"]

_GROUPS = (("resourceSpans", "scopeSpans", "spans"), ("resourceLogs", "scopeLogs", "logRecords"))
_OLD_GROUPS = {"scopeSpans": "instrumentationLibrarySpans", "scopeLogs": "instrumentationLibraryLogs"}
_SNAKE = ("resource_spans", "resource_logs", "resource_metrics")
_NO_ROWS = ("resourceMetrics", "resourceProfiles")
"""Requests that a Collector can write into the same file."""
_SCOPES = ("scope", "instrumentationLibrary")
_ODD = RowFault("the span or log record has an unexpected shape")


def recognise(record: Record) -> float:
    """Return 1 for an export request of spans, log records or metrics."""
    outer = (*(group[0] for group in _GROUPS), *_NO_ROWS, *_SNAKE)
    return float(any(isinstance(record.get(name), list) for name in outer))


def units(record: Record) -> Iterator[Unit]:
    """Yield the report of every span and log record in an export request."""
    if any(name in record for name in _SNAKE):
        record = camelised(record)
    known = [group for group in _GROUPS if group[0] in record]
    if not known:
        is_known = any(name in record for name in _NO_ROWS)
        yield Skip("metrics") if is_known else RowFault("resourceSpans or resourceLogs is expected")
    for outer, middle, inner in known:
        for resource in _listed(record[outer], outer):
            if isinstance(resource, RowFault):
                yield resource
                continue
            emitter = resource_of(resource.get("resource"))
            scopes = first(resource.get(middle), resource.get(_OLD_GROUPS[middle]), [])
            for scope in _listed(scopes, middle):
                if isinstance(scope, RowFault):
                    yield scope
                    continue
                name = mapping(first(*(scope.get(name) for name in _SCOPES))).get("name")
                library = name if isinstance(name, str) else ""
                for entry in _listed(scope.get(inner, []), inner):
                    read = log_report if inner == "logRecords" else span_report
                    yield entry if isinstance(entry, RowFault) else _reported(entry, read, emitter, library)


def _listed(value: Loose, name: str) -> Iterator[Record | RowFault]:
    if not isinstance(value, list):
        yield RowFault(f"{name} must be a list of objects")
        return
    for entry in value:
        yield entry if isinstance(entry, Mapping) else RowFault(f"{name} must be a list of objects")


def _reported(entry: Record, read: Callable[[Record, Resource, str], Report], emitter: Resource, scope: str) -> Unit:
    if not isinstance(entry.get("attributes", []), list):
        return RowFault("attributes must be a list of keys and values")
    try:
        return {"report": read(entry, emitter, scope)}
    except SHAPE_ERRORS:  # one odd span costs no other one
        return _ODD


def row(unit: Record) -> Row:
    """Return the row of one inference."""
    report: Report = unit["report"]
    return report.row


FORMAT = Format(
    sentence="OpenTelemetry spans and log records of inferences, OTLP JSON, in the names of any known instrumentation.",
    recognise=recognise,
    units=units,
    relate=related,
    row=row,
    examples=examples,
    carriers=frozenset({Carrier.JSON}),
    hints={
        "at": "startTimeUnixNano",
        "model": "gen_ai.request.model",
        "account_id": "enduser.id or user.id",
    },
)
