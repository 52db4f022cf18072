"""Reads the usage log of new-api, one-api and gateways made from them: rows of their table ``logs``, without text."""

from collections.abc import Iterator, Sequence
from typing import Any

from stillwatch.ingest.parsing.format import Carrier, Format, Record, Row, RowFault, Skip, Unit
from stillwatch.ingest.parsing.statuses import outcome
from stillwatch.ingest.parsing.values import Loose, first, mapping, whole

__all__ = ["FORMAT"]

_CONSUMED, _FAILED = 2, 5
"""Kinds of rows that are calls. Others are top-ups, administration, system messages and refunds."""
_OTHER = Skip("top-ups, settlements and other entries")
_OWN = ("user_id", "created_at", "type", "model_name", "quota", "prompt_tokens", "completion_tokens", "token_name")


def recognise(record: Record) -> float:
    """Return the share of the table's own columns that *record* has; 0 where it has no ``quota``."""
    return sum(name in record for name in _OWN) / len(_OWN) if "quota" in record else 0.0


def units(record: Record) -> Iterator[Unit]:
    """Yield a call; rows of other kinds, and later settlements of a task's price, are no inferences."""
    kind = _kind(record)
    if isinstance(kind, RowFault):
        yield kind
    else:
        yield _OTHER if kind not in (_CONSUMED, _FAILED) or _is_settlement(record) else record


def _kind(record: Record) -> int | RowFault | None:
    stated = first(record.get("type"))
    try:
        kind = None if stated is None else whole(stated)
    except (ValueError, OverflowError):
        return RowFault("type must be a number; 2 is a call, 5 one that failed")
    if kind is None and first(record.get("model_name")) is not None:
        return _CONSUMED
    return kind


def _is_settlement(record: Record) -> bool:
    other = mapping(record.get("other"))
    return "task_id" in other and ("actual_quota" in other or "pre_consumed" in other)


def row(record: Record) -> Row:
    """Read one call. Failed attempts of a request share its id, so only a call that was charged keeps the id."""
    other = mapping(record.get("other"))
    failed = _kind(record) == _FAILED
    words = (other.get("error_type"), other.get("error_code"))
    return {
        "exchange_id": None if failed else first(record.get("request_id")),
        "at": first(record.get("created_at")),
        "account_id": first(record.get("user_id"), record.get("username")),
        "model": first(record.get("model_name")),
        "input_tokens": first(record.get("prompt_tokens")),
        "output_tokens": first(record.get("completion_tokens")),
        "stream": _flag(record.get("is_stream")),
        "status": outcome(first(other.get("status_code")), *words, failed=True) if failed else "ok",
        "client_ip": first(record.get("ip"), record.get("source_ip")),
    }


def _flag(value: Loose) -> Loose:
    return {b"\x00": False, b"\x01": True}.get(value, value) if isinstance(value, bytes) else value


def examples() -> Sequence[Record]:
    """Return a call, one with a count of cached tokens, and one that failed."""
    call: dict[str, Any] = {
        "id": 1,
        "user_id": 101,
        "created_at": 1772439330,
        "type": 2,
        "content": "model ratio 1.00",
        "username": "u1",
        "token_name": "key",
        "model_name": "large-1",
        "quota": 100,
        "prompt_tokens": 12,
        "completion_tokens": 6,
        "use_time": 1,
        "is_stream": True,
        "channel_id": 3,
        "token_id": 7,
        "group": "default",
        "ip": "203.0.113.9",
        "request_id": "na-1",
        "other": '{"model_ratio": 1, "frt": 350}',
    }
    cached = {**call, "id": 2, "user_id": 102, "request_id": "na-2", "other": '{"cache_tokens": 8}'}
    failed = {
        **call,
        "id": 3,
        "type": 5,
        "quota": 0,
        "content": "status code 429",
        "request_id": "na-3",
        "other": '{"error_type": "upstream_error", "error_code": "rate_limit_exceeded", "status_code": 429}',
    }
    return call, cached, failed


FORMAT = Format(
    sentence="new-api and one-api usage logs: rows of the table `logs` as JSON, CSV or live from `postgresql://…`.",
    recognise=recognise,
    units=units,
    row=row,
    examples=examples,
    carriers=frozenset({Carrier.JSON, Carrier.CSV, Carrier.PARQUET, Carrier.SQL}),
    hints={"at": "created_at", "model": "model_name", "account_id": "user_id or username"},
)
