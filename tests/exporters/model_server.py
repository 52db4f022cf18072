"""A server on this machine that answers as the APIs of OpenAI and Anthropic do, and keeps what OTLP exporters post."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

__all__ = ["ANSWER", "INPUT_TOKENS", "OUTPUT_TOKENS", "model_server"]

ANSWER = "A monoid is a set with a product."
INPUT_TOKENS, OUTPUT_TOKENS = 23, 11
_BUSY = "busy"
"""Stands in the name of a model that has no room left: the answer is HTTP 429."""
_OPENAI_USAGE = {
    "prompt_tokens": INPUT_TOKENS,
    "completion_tokens": OUTPUT_TOKENS,
    "total_tokens": INPUT_TOKENS + OUTPUT_TOKENS,
}
_ANTHROPIC_USAGE = {"input_tokens": INPUT_TOKENS, "output_tokens": OUTPUT_TOKENS}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    kept: Path
    number = 0

    def log_message(self, *_: object) -> None:
        """Write nothing."""

    def do_GET(self) -> None:
        self._send(404, {"error": {"type": "not_found_error", "message": "no such path"}})

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        path = self.path.partition("?")[0]
        if path in ("/v1/traces", "/v1/logs", "/v1/metrics"):
            with _LOCK, self.kept.open("ab") as file:
                file.write(raw + b"\n")
            self._send(200, {})
            return
        body = json.loads(raw or b"{}")
        name = str(body.get("model"))
        if _BUSY in name:
            kind = "rate_limit_error"
            self._send(429, {"type": "error", "error": {"type": kind, "message": "Rate limit reached", "code": kind}})
        elif path.endswith("/chat/completions"):
            self._answer(body, _chat(_number(), name), _chat_chunks(_number(), name))
        elif path.endswith("/responses"):
            whole = _response(_number(), name)
            self._answer(body, whole, _response_events(whole))
        elif path.endswith("/messages/count_tokens"):
            self._send(200, {"input_tokens": INPUT_TOKENS})
        elif path.endswith("/messages"):
            whole = _message(_number(), name)
            self._answer(body, whole, _message_events(whole))
        else:
            self._send(404, {"error": {"type": "not_found_error", "message": "no such path"}})

    def _answer(self, body: dict[str, Any], whole: dict[str, Any], events: list[tuple[str, Any]]) -> None:
        if not body.get("stream"):
            self._send(200, whole)
            return
        text = "".join(
            (f"event: {name}\n" if name else "") + f"data: {told if isinstance(told, str) else json.dumps(told)}\n\n"
            for name, told in events
        )
        self._send(200, text.encode(), "text/event-stream")

    def _send(self, status: int, body: dict[str, Any] | bytes, kind: str = "application/json") -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(raw)))
        self.send_header("request-id", f"req_{_number():08d}")
        self.end_headers()
        self.wfile.write(raw)


_LOCK = threading.Lock()


def _number() -> int:
    with _LOCK:
        _Handler.number += 1
        return _Handler.number


def _chat(number: int, model: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": ANSWER, "refusal": None}
    return {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
        "usage": _OPENAI_USAGE,
    }


def _chat_chunks(number: int, model: str) -> list[tuple[str, Any]]:
    head = {"id": f"chatcmpl-{number}", "object": "chat.completion.chunk", "created": 1_790_000_000, "model": model}
    words = ANSWER.split(" ")
    pieces = [word if n == 0 else f" {word}" for n, word in enumerate(words)]
    deltas: list[tuple[dict[str, Any], str | None]] = [({"role": "assistant", "content": ""}, None)]
    deltas += [({"content": piece}, None) for piece in pieces]
    deltas.append(({}, "stop"))
    chunks = [{**head, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]} for delta, reason in deltas]
    return [*(("", chunk) for chunk in chunks), ("", {**head, "choices": [], "usage": _OPENAI_USAGE}), ("", "[DONE]")]


def _response(number: int, model: str) -> dict[str, Any]:
    text = {"type": "output_text", "text": ANSWER, "annotations": []}
    return {
        "id": f"resp_{number}",
        "object": "response",
        "created_at": 1_790_000_000,
        "status": "completed",
        "model": model,
        "output": [{"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [text]}],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {
            **_ANTHROPIC_USAGE,
            "total_tokens": INPUT_TOKENS + OUTPUT_TOKENS,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens_details": {"reasoning_tokens": 0},
        },
    }


def _response_events(whole: dict[str, Any]) -> list[tuple[str, Any]]:
    item = whole["output"][0]
    at = {"item_id": item["id"], "output_index": 0, "content_index": 0}
    told: list[dict[str, Any]] = [
        {"type": "response.created", "response": {**whole, "status": "in_progress", "output": [], "usage": None}},
        {"type": "response.output_item.added", "output_index": 0, "item": {**item, "content": []}},
        {"type": "response.content_part.added", **at, "part": {"type": "output_text", "text": "", "annotations": []}},
        {"type": "response.output_text.delta", **at, "delta": ANSWER, "logprobs": []},
        {"type": "response.output_text.done", **at, "text": ANSWER, "logprobs": []},
        {"type": "response.content_part.done", **at, "part": item["content"][0]},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": whole},
    ]
    return [(event["type"], {**event, "sequence_number": number}) for number, event in enumerate(told)]


def _message(number: int, model: str) -> dict[str, Any]:
    return {
        "id": f"msg_{number}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [{"type": "text", "text": ANSWER}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": _ANTHROPIC_USAGE,
    }


def _message_events(whole: dict[str, Any]) -> list[tuple[str, Any]]:
    begun = {**whole, "content": [], "stop_reason": None, "usage": {**_ANTHROPIC_USAGE, "output_tokens": 1}}
    told: list[dict[str, Any]] = [
        {"type": "message_start", "message": begun},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": ANSWER}},
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": OUTPUT_TOKENS},
        },
        {"type": "message_stop"},
    ]
    return [(event["type"], event) for event in told]


@contextmanager
def model_server(kept: Path) -> Iterator[str]:
    """Serve on a free port of the loopback address, and yield the URL. What is posted as OTLP JSON goes to *kept*."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("_Keeping", (_Handler,), {"kept": kept}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
