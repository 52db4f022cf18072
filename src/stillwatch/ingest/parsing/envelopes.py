"""Reads an envelope: a record with request and response bodies, an account, a time and a client address."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from stillwatch.ingest.parsing.bodies.callers import caller_in, read_caller
from stillwatch.ingest.parsing.bodies.streams import joined
from stillwatch.ingest.parsing.caller_metadata import caller_facts
from stillwatch.ingest.parsing.format import Record, Row, Skip, Unit
from stillwatch.ingest.parsing.messages import read_answer, read_request
from stillwatch.ingest.parsing.statuses import outcome, problem_of, problem_words
from stillwatch.ingest.parsing.values import Loose, first, mapping, unfold

__all__ = ["ALIASES", "HINTS", "bodies", "header_of", "read_envelope", "units_of_envelope"]

ALIASES: Mapping[str, tuple[str, ...]] = {
    "exchange_id": ("exchange_id", "request_id", "requestId", "id", "log_id"),
    "at": (
        *("at", "timestamp", "time", "created_at", "start_time", "startTime", "ts", "@timestamp", "datetime"),
        *("request_time", "requested_at", "received_at", "logged_at", "event_time", "createdAt", "created", "date"),
    ),
    "account_id": (
        *("account_id", "account", "user_id", "api_key_id", "key_id", "user", "accountId", "userId", "customer_id"),
        *("customerId", "key_hash", "api_key_hash"),
    ),
    "organization_id": ("organization_id", "organization", "org_id", "team_id", "organizationId", "tenant_id"),
    "conversation_id": ("conversation_id", "session_id", "thread_id", "conversationId", "sessionId"),
    "client_ip": ("client_ip", "remote_addr", "ip", "client_address", "clientIp", "ip_address"),
    "user_agent": ("user_agent", "userAgent"),
    "client_fingerprint": ("client_fingerprint", "ja4"),
    "request": ("request", "request_body", "body", "input"),
    "response": ("response", "response_body", "output"),
    "status": ("status", "status_code", "response_code", "http_status", "statusCode"),
    "problem": ("error", "exception", "error_type", "error_code", "error_message"),
    "headers": ("headers", "request_headers"),
    "batch": ("batch", "is_batch"),
    "method": ("method", "http_method", "request_method"),
    "path": ("path", "url", "endpoint", "route"),
}
"""The accepted names of each field of the envelope; the first name present is used."""

HINTS = {
    "at": "at or timestamp",
    "account_id": "account_id or user_id",
    "model": "request.model or response.model",
}

_CODES = ("status", "status_code", "statusCode")
_NO_PROBLEM = (False, 0, "0", "false", "False")
_READING = ("GET", "HEAD", "OPTIONS", "DELETE")
_NO_INFERENCE = re.compile(
    r"/(?:models/?|count_tokens|(?:files|batches|moderations|fine[_-]tuning|uploads|vector_stores|assistants)(?:/.*)?"
    r"|threads(?:/[^/]+(?:/messages(?:/.*)?)?)?|healthz?(?:/.*)?|metrics|ping|livez|readyz|key/.*|user/.*)(?:\?.*)?$"
)
"""Paths of the APIs that no model answers."""


def units_of_envelope(record: Record) -> Iterator[Unit]:
    """Yield *record*, or ``Skip`` where its path, or its method without a body, says that no model was asked."""
    record = _flat(record)
    method, path = str(_named(record, "method")), str(_named(record, "path"))
    is_reading = method.upper() in _READING and "/realtime" not in path and not bodies(record)[0]
    if is_reading or _NO_INFERENCE.search(path):
        yield Skip("requests that no model answers")
    else:
        yield record


def read_envelope(record: Record) -> Row:
    """Return the row of one envelope. Without an account or a time of its own, those in the bodies count."""
    request, response = bodies(record)
    headers = mapping(_named(record, "headers"))
    row = read_request(request)
    answer = read_answer(_named(record, "response"))
    refused = answer.pop("refused", False)
    row.update(answer)
    problems = [problem_of(response), *(record.get(name) for name in ALIASES["problem"])]
    problems = [problem for problem in problems if first(problem) is not None and problem not in _NO_PROBLEM]
    status = outcome(_named(record, "status"), *problem_words(*problems), failed=bool(problems))
    account, conversation = caller_in(request)
    named, session = read_caller(_named(record, "account_id"))
    about = caller_facts(record["metadata"]) if record.get("metadata") else {}
    row.update({name: _named(record, name) for name in ("organization_id", "conversation_id", "client_fingerprint")})
    row.update(
        exchange_id=first(_named(record, "exchange_id"), response.get("id")),
        at=first(_named(record, "at"), response.get("created"), response.get("created_at"), _answered(record)),
        account_id=first(named, account, about.get("account_id")),
        conversation_id=first(row["conversation_id"], conversation, session, about.get("conversation_id")),
        model=first(request.get("model"), response.get("model"), record.get("model")),
        status="refused" if refused and status == "ok" else status,
        client_ip=_chain(_named(record, "client_ip"), header_of(headers, "x-forwarded-for")),
        user_agent=first(_named(record, "user_agent"), header_of(headers, "user-agent")),
        batch=_batched(record, row.get("batch")),
    )
    return row


def _answered(record: Record) -> Loose:
    """Return the date that the headers of the response tell."""
    return header_of(mapping(first(record.get("response_headers"), record.get("responseHeaders"))), "date")


def _batched(record: Record, tier: Loose) -> bool | None:
    """Return whether the request came in a batch job: as the envelope says, else as the answer's *tier* says."""
    stated = _named(record, "batch")
    if isinstance(stated, bool):
        return stated
    return True if first(record.get("batch_id")) is not None else tier


def bodies(record: Record) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return the request and response bodies of an envelope; empty where one is missing or not a JSON object.

    A streamed response is one object (``streams.joined``).
    """
    record = _flat(record)
    response = _named(record, "response")
    return mapping(_named(record, "request")), joined(response) or mapping(response)


def _flat(record: Record) -> Record:
    """Return *record* with the bodies themselves, where a logger of HTTP keeps them beside method, path and headers."""
    request = record.get("request")
    if type(request) is not dict or first(request.get("body")) is None or "messages" in request:
        return record
    response = mapping(record.get("response"))
    codes = (*(record.get(name) for name in ALIASES["status"]), *(response.get(name) for name in _CODES))
    told = {name: value for name, value in request.items() if name not in ("body", "id")}
    answer = response["body"] if "body" in response else record.get("response")
    return {**told, **record, "request": request["body"], "response": answer, "status": first(*codes)}


def _named(record: Record, part: str) -> Loose:
    for name in ALIASES[part]:
        if name in record and (value := first(record[name])) is not None:
            return value
    return None


def header_of(headers: Mapping[str, Any], name: str) -> Loose:
    """Return the header *name* (lower case), ignoring case in *headers*; several values are joined by commas."""
    for key, value in headers.items():
        if isinstance(key, str) and key.lower() == name:
            found = unfold(value)
            return ", ".join(v for v in found if isinstance(v, str)) if isinstance(found, list) else found
    return None


def _chain(peer: Loose, forwarded: Loose) -> Loose:
    """Return the hops in order: the forwarded addresses, then the address of the peer."""
    if isinstance(peer, list):
        peer = ", ".join(hop for hop in peer if isinstance(hop, str))
    if isinstance(peer, str) and isinstance(forwarded, str) and peer not in forwarded:
        return f"{forwarded}, {peer}"
    return first(forwarded, peer)
