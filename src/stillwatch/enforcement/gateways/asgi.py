"""ASGI middleware in front of a server of one's own: vLLM, SGLang, or any application of Starlette or FastAPI."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import orjson

from stillwatch.enforcement.bodies.request_body import RequestBody, read_body
from stillwatch.enforcement.bodies.withholding import withhold_from_answer, withhold_from_request
from stillwatch.enforcement.deciding.decider import Decider
from stillwatch.enforcement.deciding.gateway_decision import GatewayDecision
from stillwatch.enforcement.gateways.public_answers import PublicAnswer, public_answer, too_large, unreadable
from stillwatch.enforcement.gateways.streamed_events import EventFilter
from stillwatch.errors import InputError
from stillwatch.model import ActionKind

__all__ = ["CARRIES_OUT", "GatewayMiddleware", "account_of_header"]

CARRIES_OUT = frozenset(
    {ActionKind.OBSERVE, ActionKind.THROTTLE, ActionKind.WITHHOLD, ActionKind.STEP_UP, ActionKind.SUSPEND}
)
"""What this gateway can do. Watermarks are made by the engine behind it."""

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def account_of_header(name: str) -> Callable[[Scope], str | None]:
    """Return a function that finds the account in a header, which the server in front has to set itself."""
    wanted = name.lower().encode("latin-1")

    def found(scope: Scope) -> str | None:
        values = [value for key, value in scope["headers"] if key == wanted]
        # A client that adds the header again must not choose: the last is that of the nearest hop.
        return values[-1].decode("latin-1").strip() or None if values else None

    return found


class GatewayMiddleware:
    """Decides each HTTP request before *app* sees it. *account* finds the account of a request, or ``None``.

    Requests without an account pass. A body of more than *most_bytes* or one that cannot be read is refused. With
    *cut_streams* an answer ends at its next chunk when a suspension comes; without, it runs out.
    """

    def __init__(
        self,
        app: App,
        decider: Decider,
        account: Callable[[Scope], str | None],
        *,
        appeal_address: str = "",
        most_bytes: int = 32 * 1024 * 1024,
        cut_streams: bool = True,
        record: Callable[[str, GatewayDecision], None] = lambda _account, _decision: None,
    ) -> None:
        self._app = app
        self._decider = decider
        self._account = account
        self._appeal_address = appeal_address
        self._most_bytes = most_bytes
        self._cut_streams = cut_streams
        self._record = record

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection; see the ASGI specification (version 3)."""
        account = self._account(scope) if scope["type"] == "http" else None
        if account is None:
            await self._app(scope, receive, send)
            return
        decision = self._decider.decide(account)
        self._record(account, decision)
        if not decision.passes:
            await _answer(send, public_answer(decision, appeal_address=self._appeal_address))
            return
        body = await _whole_body(receive, self._most_bytes)
        if body is None:
            return
        if len(body) > self._most_bytes:
            await _answer(send, too_large(self._most_bytes))
            return
        try:
            asked = read_body(body, path=scope["path"], content_type=_header(scope, b"content-type"))
        except InputError as error:
            await _answer(send, unreadable(error.what))
            return
        withholds = decision.limit is not None and decision.limit.kind is ActionKind.WITHHOLD
        body = _to_send(asked, withholds=withholds) or body
        answers = _Answers(send, lambda: self._is_stopped(account), withholds=withholds)
        await self._app(_with_length(scope, len(body)), _Replay(body, receive), answers)

    def _is_stopped(self, account: str) -> bool:
        return self._cut_streams and any(
            holds and rule.kind.denies and not rule.shadow for rule, holds in self._decider.explain(account)
        )


class _Replay:
    """Gives *app* the body that was read, and then what the server says (that the client has gone)."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


class _Answers:
    """Passes an answer on: whole, without what is withheld, and no further than a stop."""

    def __init__(self, send: Send, is_stopped: Callable[[], bool], *, withholds: bool) -> None:
        self._send = send
        self._is_stopped = is_stopped
        self._withholds = withholds
        self._start: Message | None = None
        self._events: EventFilter | None = None
        self._body = b""
        self._ended = False

    async def __call__(self, message: Message) -> None:
        if self._ended:
            return
        if message["type"] == "http.response.start" and self._withholds:
            await self._begin(message)
        elif message["type"] == "http.response.body":
            await self._pass(message.get("body", b""), more=message.get("more_body", False))
        else:
            await self._send(message)

    async def _begin(self, start: Message) -> None:
        kind = next((value for key, value in start["headers"] if key.lower() == b"content-type"), b"")
        if kind.startswith(b"text/event-stream"):
            self._events = EventFilter()
            await self._send({**start, "headers": _without_length(start["headers"])})
        elif kind.startswith(b"application/json"):
            self._start = start  # it is sent with the length of what is left
        else:
            await self._send(start)

    async def _pass(self, body: bytes, *, more: bool) -> None:
        if self._start is not None:
            self._body += body
            if not more:
                await self._send_whole(self._start)
            return
        if self._events is not None:
            body = self._events.feed(body) + (b"" if more else self._events.end())
        if more and self._is_stopped():
            self._ended, more = True, False
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    async def _send_whole(self, start: Message) -> None:
        body = self._body
        try:
            found = orjson.loads(body)
        except orjson.JSONDecodeError:
            found = None
        if isinstance(found, dict):
            body = orjson.dumps(withhold_from_answer(found) or {})
        headers = [*_without_length(start["headers"]), (b"content-length", str(len(body)).encode())]
        await self._send({**start, "headers": headers})
        await self._send({"type": "http.response.body", "body": body, "more_body": False})


async def _whole_body(receive: Receive, most: int) -> bytes | None:
    """Return the body of a request, up to the part with which it has more than *most* bytes.

    ``None`` stands for a client that has gone before its body was whole, so that nobody waits for an answer.
    """
    parts, n_bytes = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part = message.get("body", b"")
        n_bytes += len(part)
        parts.append(part)
        if n_bytes > most or not message.get("more_body", False):
            return b"".join(parts)


def _to_send(asked: RequestBody, *, withholds: bool) -> bytes | None:
    if withholds and asked.fields is not None:
        return orjson.dumps(withhold_from_request(asked.fields))
    return asked.rewritten()


def _with_length(scope: Scope, n_bytes: int) -> Scope:
    headers = [*_without_length(scope["headers"]), (b"content-length", str(n_bytes).encode())]
    return {**scope, "headers": headers}


def _without_length(headers: Any) -> list[tuple[bytes, bytes]]:
    gone = (b"content-length", b"transfer-encoding")
    return [(key, value) for key, value in headers if key.lower() not in gone]


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


async def _answer(send: Send, answer: PublicAnswer) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": list(answer.headers)})
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})
