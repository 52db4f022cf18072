"""Reads Databricks inference tables and the usage tables of its AI Gateway and model serving."""

from collections.abc import Iterator, Sequence
from typing import Any

from stillwatch.ingest.bodies.exchange_bodies import Bodies, read_bodies
from stillwatch.ingest.parsing.caller_metadata import caller_facts, pairs
from stillwatch.ingest.parsing.format import Carrier, Format, Record, Row, Skip, Unit
from stillwatch.ingest.parsing.values import Loose, first, mapping

__all__ = ["FORMAT"]

_INFERENCE = ("databricks_request_id", "request", "response", "status_code", "served_entity_id", "requester")
_USAGE = ("requester", "event_time", "destination_model", "input_tokens", "output_tokens", "endpoint_name")
_SERVING = ("databricks_request_id", "requester", "request_time", "input_token_count", "output_token_count")
_OLDER = ("databricks_request_id", "timestamp_ms", "status_code", "execution_time_ms", "request", "response")
_TOOLS = ("mcp", "mcp_service")


def recognise(record: Record) -> float:
    """Return the largest share of the columns of one of the tables that *record* has."""
    tables = (_INFERENCE, _USAGE, _SERVING, _OLDER)
    return max(sum(name in record for name in table) / len(table) for table in tables)


def units(record: Record) -> Iterator[Unit]:
    """Yield a call of a model; calls of tools through the gateway are no inferences."""
    kinds = (record.get("service_type"), record.get("destination_type"), record.get("api_type"))
    is_tool = any(isinstance(kind, str) and kind.lower().partition("/")[0] in _TOOLS for kind in kinds)
    yield Skip("calls of tools") if is_tool else record


def row(record: Record) -> Row:
    """Read one call. A body that was too large for the table is missing."""
    found = read_bodies(record.get("request"), record.get("response"))
    context = mapping(found.request.get("context"))
    tags = first(record.get("usage_context"), record.get("request_tags"), context)
    caller = caller_facts(tags)
    user = first(caller["account_id"], *(pairs(tags).get(name) for name in ("end_user_to_charge", "end_user")))
    return {
        **found.row,
        **caller,
        "exchange_id": first(record.get("databricks_request_id"), record.get("request_id")),
        "at": first(record.get("request_time"), record.get("timestamp_ms"), record.get("event_time")),
        "account_id": first(user, record.get("requester"), found.request.get("user")),
        "model": _model(record, found),
        "input_tokens": first(
            record.get("input_token_count"), record.get("input_tokens"), found.row.get("input_tokens")
        ),
        "output_tokens": first(
            record.get("output_token_count"), record.get("output_tokens"), found.row.get("output_tokens")
        ),
        "stream": first(record.get("request_streaming"), found.row["stream"]),
        "status": found.status(first(record.get("status_code"))),
        "client_ip": first(record.get("ip_address"), record.get("source_ip"), caller["client_ip"]),
        "user_agent": first(record.get("user_agent"), caller["user_agent"]),
    }


def _model(record: Record, found: Bodies) -> Loose:
    """Return the model that answered; a request names the endpoint in its URL, so a failed call has only that."""
    served = pairs(record.get("request_metadata"))
    return first(
        found.row["model"],
        record.get("destination_model"),
        served.get("model_name"),
        served.get("endpoint_name"),
        *(record.get(name) for name in ("endpoint_name", "entity_name", "served_entity_name", "served_entity_id")),
    )


def examples() -> Sequence[Record]:
    """Return a row with bodies, one of a stream, one over the limit, and one without bodies."""
    asked = '{"messages": [{"role": "user", "content": "What is a monoid?"}], "max_tokens": 64, "temperature": 0.5}'
    told = '{"model": "large-1", "choices": [{"message": {"content": "A set with…"}}], "usage": {"prompt_tokens": 18}}'
    call: dict[str, Any] = {
        "request_date": "2026-03-02",
        "databricks_request_id": "db-1",
        "request_time": "2026-03-02T08:15:30.250Z",
        "status_code": 200,
        "sampling_fraction": 1.0,
        "execution_duration_ms": 900,
        "request": asked,
        "response": told,
        "served_entity_id": "e-1",
        "logging_error_codes": "[]",
        "requester": "acct-7",
        "source_ip": "203.0.113.9",
    }
    chunks = '[{"model": "large-1", "choices": [{"delta": {"content": "First"}}]}, {"choices": [{"delta": {}}]}]'
    streamed = {**call, "databricks_request_id": "db-2", "response": chunks}
    limited = {**call, "databricks_request_id": "db-3", "status_code": 429, "response": '{"error_code": "LIMIT"}'}
    without = {**call, "databricks_request_id": "db-4", "request": None, "response": None}
    return call, streamed, limited, without


FORMAT = Format(
    sentence="Databricks inference tables, and usage tables of AI Gateway and model serving: Parquet, CSV or JSON.",
    recognise=recognise,
    units=units,
    row=row,
    examples=examples,
    carriers=frozenset({Carrier.JSON, Carrier.CSV, Carrier.PARQUET}),
    hints={
        "at": "request_time, timestamp_ms or event_time",
        "model": "the request, the response, destination_model or endpoint_name",
        "account_id": "requester",
    },
)
