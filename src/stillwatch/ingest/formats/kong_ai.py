"""Reads the audit log of Kong's AI Proxy, as the plugins file-log, http-log and others write it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stillwatch.ingest.bodies.exchange_bodies import read_bodies
from stillwatch.ingest.parsing.envelopes import header_of
from stillwatch.ingest.parsing.format import Format, Record, Row, Skip, Unit
from stillwatch.ingest.parsing.values import Loose, first, mapping

__all__ = ["FORMAT"]

_SECTIONS = ("proxy", "ai-proxy-advanced", "ai-proxy")
"""Names of the plugin's part: since Kong 3.9, and in earlier versions."""
_LINE = ("started_at", "client_ip", "latencies", "request", "response", "route", "service", "tries")
_UNKNOWN = "UNSPECIFIED"


def recognise(record: Record) -> float:
    """Return 1 for a line with a part of the AI Proxy, 0.6 for another line of the same log."""
    if _section(record):
        return 1.0
    return 0.6 if sum(name in record for name in _LINE) >= 5 else 0.0


def units(record: Record) -> Iterator[Unit]:
    """Yield a request to a model. Other requests through the gateway, MCP calls included, are no inferences."""
    yield record if _section(record) else Skip("requests without the AI Proxy")


def _section(record: Record) -> Mapping[str, Any]:
    ai = mapping(record.get("ai"))
    return next((section for name in _SECTIONS if (section := mapping(ai.get(name)))), {})


def row(record: Record) -> Row:
    """Read one request. Without logged payloads there is no text."""
    section, request = _section(record), mapping(record.get("request"))
    meta, usage = mapping(section.get("meta")), mapping(section.get("usage"))
    kept, older = mapping(section.get("payload")), mapping(mapping(record.get("ai")).get("payload"))
    found = read_bodies(first(kept.get("request"), older.get("request")), kept.get("response"))
    headers, response = mapping(request.get("headers")), mapping(record.get("response"))
    mode = meta.get("request_mode")
    ids = [header_of(headers, name) for name in ("x-kong-request-id", "x-request-id")]
    return {
        **found.row,
        "exchange_id": first(request.get("id"), *ids),
        "at": first(record.get("started_at")),
        "account_id": _account(record, headers),
        "model": first(_named(meta.get("request_model")), found.row["model"], _named(meta.get("response_model"))),
        "input_tokens": _count(usage, "prompt_tokens", "prompt_token", "input_tokens", found.row.get("input_tokens")),
        "output_tokens": _count(
            usage, "completion_tokens", "completion_token", "output_tokens", found.row.get("output_tokens")
        ),
        "stream": mode == "stream" if isinstance(mode, str) else found.row["stream"],
        "status": "refused" if _blocked(section) else found.status(response.get("status"), failed=not response),
        "client_ip": first(record.get("client_ip")),
        "user_agent": header_of(headers, "user-agent"),
    }


def _account(record: Record, headers: Mapping[str, Any]) -> Loose:
    consumer, entity = mapping(record.get("consumer")), mapping(record.get("authenticated_entity"))
    names = ("x-consumer-username", "x-consumer-custom-id", "x-consumer-id", "x-authenticated-userid")
    return first(
        *(consumer.get(name) for name in ("username", "custom_id", "id")),
        *(header_of(headers, name) for name in names),
        entity.get("id"),
    )


def _named(model: Loose) -> Loose:
    return None if model == _UNKNOWN else model


def _count(usage: Mapping[str, Any], now: str, before: str, other: str, told: Loose) -> Loose:
    return first(usage.get(now), usage.get(before), usage.get(other), told)


def _blocked(section: Mapping[str, Any]) -> bool:
    """Return whether a guard plugin names a reason for which it blocked the request or the answer."""
    guards = (mapping(part) for part in section.values())
    return any(first(guard.get("input_block_reason"), guard.get("output_block_reason")) for guard in guards)


def examples() -> Sequence[Record]:
    """Return a line with payloads, one of an earlier version, one without payloads, and a blocked request."""
    line = {
        "started_at": 1772439330250,
        "client_ip": "203.0.113.9",
        "consumer": {"id": "c-1", "username": "acct-7"},
        "authenticated_entity": {"id": "k-1"},
        "request": {"method": "POST", "uri": "/chat", "headers": {"user-agent": "sdk/1.0"}, "id": "kr-1"},
        "response": {"status": 200, "headers": {"content-type": "application/json"}},
        "latencies": {"request": 700},
    }
    meta = {"request_model": "large-1", "response_model": "large-1-v2", "provider_name": "openai", "plugin_id": "p"}
    asked = '{"messages": [{"role": "user", "content": "What is a monoid?"}], "temperature": 0.5}'
    told = '{"choices": [{"message": {"content": "A set with…"}}]}'
    now = {
        "meta": {**meta, "request_mode": "oneshot"},
        "usage": {"prompt_tokens": 18, "completion_tokens": 40, "total_tokens": 58},
    }
    earlier = {"meta": meta, "usage": {"prompt_token": 18, "completion_token": 40}, "payload": {"response": told}}
    guarded = {**now, "azure-content-safety": {"input_block_reason": "Violence"}}
    parts: tuple[dict[str, Any], ...] = (
        {"proxy": {**now, "payload": {"request": asked, "response": told}, "cache": {}}},
        {"payload": {"request": asked}, "ai-proxy": earlier},
        {"proxy": now},
        {"proxy": guarded},
    )
    return tuple(
        {**line, "ai": ai, "request": {**line["request"], "id": f"kr-{number}"}}  # type: ignore[dict-item]
        for number, ai in enumerate(parts)
    )


FORMAT = Format(
    sentence="Kong AI Proxy audit log of file-log, http-log and other logging plugins, as JSON.",
    recognise=recognise,
    units=units,
    row=row,
    examples=examples,
    hints={"at": "started_at", "model": "ai.proxy.meta.request_model", "account_id": "consumer"},
)
