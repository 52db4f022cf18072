"""What a client is told when a request does not pass: the class of reason, and how to object. Never a rule or a number.

The bodies are those that SDKs of OpenAI and Anthropic turn into their own errors.
"""

from dataclasses import dataclass
from math import ceil

import orjson

from stillwatch.enforcement.deciding.gateway_decision import GatewayDecision
from stillwatch.model import ActionKind

__all__ = ["PublicAnswer", "public_answer", "too_large", "unreadable"]

_STATUS = {ActionKind.THROTTLE: 429, ActionKind.STEP_UP: 403, ActionKind.SUSPEND: 403}
_CODES = {
    ActionKind.THROTTLE: ("rate_limit_exceeded", "The rate of requests of this account is limited."),
    ActionKind.STEP_UP: ("verification_required", "This account must verify who uses it before further requests."),
    ActionKind.SUSPEND: ("account_suspended", "This account is suspended."),
}


@dataclass(frozen=True, slots=True)
class PublicAnswer:
    """Status, body (JSON) and headers of an answer that a gateway gives itself."""

    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...]


def public_answer(decision: GatewayDecision, *, appeal_address: str = "") -> PublicAnswer:
    """Return what the client gets for a *decision* that does not let the request pass."""
    if decision.passes or decision.limit is None:
        raise ValueError("a request that passes gets its answer from the model")
    kind = decision.limit.kind
    code, sentence = _CODES[kind]
    told = f"{sentence} Reason: {decision.limit.reason}."
    if appeal_address:
        told = f"{told} If this is wrong, object at {appeal_address}."
    headers: tuple[tuple[bytes, bytes], ...] = ()
    if kind is ActionKind.THROTTLE:
        headers = ((b"retry-after", str(max(1, ceil(decision.retry_after_s))).encode()),)
    return _answer(_STATUS[kind], code, told, headers)


def unreadable(why: str) -> PublicAnswer:
    """Return what the client gets for a body that cannot be read."""
    return _answer(400, "invalid_request_error", f"The request was not read: {why}.")


def too_large(most: int) -> PublicAnswer:
    """Return what the client gets for a body of more than *most* bytes."""
    return _answer(413, "request_too_large", f"The body has more than {most:,} bytes.")


def _answer(status: int, code: str, message: str, headers: tuple[tuple[bytes, bytes], ...] = ()) -> PublicAnswer:
    body = orjson.dumps({"type": "error", "error": {"type": code, "code": code, "message": message, "param": None}})
    fixed = ((b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()))
    return PublicAnswer(status, body, (*fixed, *headers))
