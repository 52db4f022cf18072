"""The middleware in front of a mock server: what passes, what is changed on its way, and what never arrives."""

import asyncio

import orjson
import pytest

from stillwatch.enforcement.deciding.buckets import LocalBuckets
from stillwatch.enforcement.deciding.decider import Decider
from stillwatch.enforcement.gateways.asgi import GatewayMiddleware, account_of_header
from stillwatch.enforcement.snapshot.holder import Holder
from stillwatch.enforcement.snapshot.snapshot import written
from stillwatch.signing import keys

ANSWER = {"choices": [{"message": {"content": "A set.", "reasoning_content": "Hm."}, "logprobs": {"content": []}}]}


class Server:
    """A model server that notes what arrives, and answers whole or in a stream."""

    def __init__(self):
        self.bodies, self.headers, self.between = [], [], lambda: None

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            self.bodies.append(scope["type"])
            return
        message = await receive()
        self.headers.append(dict(scope["headers"]))
        self.bodies.append(message["body"])
        if b'"stream":true' in message["body"]:
            await send({"type": "http.response.start", "status": 200,
                        "headers": [(b"content-type", b"text/event-stream")]})  # fmt: skip
            for word in "one", "two", "three":
                event = {"choices": [{"delta": {"content": word, "reasoning_content": "Hm."}}]}
                chunk = b"data: " + orjson.dumps(event) + b"\n\n"
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
                self.between()
            await send({"type": "http.response.body", "body": b"data: [DONE]\n\n"})
            return
        body = orjson.dumps(ANSWER)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body[:9], "more_body": True})
        await send({"type": "http.response.body", "body": body[9:]})


@pytest.fixture
def server():
    return Server()


@pytest.fixture
def put(tmp_path, snapshot, key):
    """Return a function that puts another snapshot in place."""
    numbers = iter(range(1, 99))

    def done(*pairs):
        (tmp_path / "snapshot").write_bytes(written(snapshot(*pairs, number=next(numbers)), key))

    return done


@pytest.fixture
def holder(put, rule, tmp_path, key, clock):
    put(*((rule(kind, rule_id=kind), [kind]) for kind in ("suspend", "step_up", "throttle", "withhold", "observe")))
    return Holder(tmp_path / "snapshot", keys.public_hex(key), clock=clock, elapsed=clock.elapsed)


@pytest.fixture
def asked(server, holder, clock):
    """Return a function that sends a request of an account, and gives the status, the headers and the body."""
    decider = Decider(holder, LocalBuckets(clock=clock.elapsed), clock=clock)

    def done(account, body=b'{"model": "large"}', *, parts=None, extra=(), path="/v1/chat/completions", **more):
        app = GatewayMiddleware(server, decider, account_of_header("X-Account-Id"), **more)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *extra]
        if account is not None:
            headers.append((b"x-account-id", account.encode()))
        scope = {"type": "http", "path": path, "headers": headers, "method": "POST"}
        coming = iter(parts or [{"type": "http.request", "body": body}])
        told = []

        async def receive():
            return next(coming)

        async def send(message):
            told.append(message)

        asyncio.run(app(scope, receive, send))
        starts = [message for message in told if message["type"] == "http.response.start"]
        whole = b"".join(message.get("body", b"") for message in told if message["type"] == "http.response.body")
        assert len(starts) == bool(told)
        if told:
            assert not told[-1].get("more_body", False), "an answer ends"
        return (starts[0]["status"], dict(starts[0]["headers"]), whole) if told else None

    return done


def test_everybody_else_gets_what_the_server_says(asked, server):
    status, headers, body = asked("somebody")
    assert (status, orjson.loads(body)) == (200, ANSWER)
    assert server.bodies == [b'{"model": "large"}']
    assert headers[b"content-length"] == str(len(body)).encode()


@pytest.mark.parametrize(("account", "status"), [("suspend", 403), ("step_up", 403)])
def test_a_denied_account_never_arrives(asked, server, account, status):
    assert asked(account)[0] == status
    assert server.bodies == []


def test_a_throttled_account_is_told_when_to_come_again(asked, server):
    found = [asked("throttle") for _ in range(3)]
    assert [status for status, _, _ in found] == [200, 200, 429]
    assert found[2][1][b"retry-after"] == b"1"
    assert len(server.bodies) == 2


def test_withhold_changes_the_request_and_the_answer(asked, server):
    status, headers, body = asked("withhold", b'{"model": "large", "n": 5, "logprobs": true}')
    assert orjson.loads(server.bodies[0]) == {"model": "large", "n": 1}
    assert server.headers[0][b"content-length"] == str(len(server.bodies[0])).encode()
    assert (status, orjson.loads(body)) == (200, {"choices": [{"message": {"content": "A set."}}]})
    assert headers[b"content-length"] == str(len(body)).encode()


def test_withhold_changes_each_event_of_a_stream(asked):
    _, _, body = asked("withhold", b'{"model":"large","stream":true}')
    assert b"reasoning" not in body
    assert [b"one" in body, b"three" in body, b"[DONE]" in body] == [True] * 3


def test_a_stream_that_runs_when_a_stop_comes_ends_at_the_next_chunk_or_runs_out(asked, server, put, rule, holder):
    def stop():
        put((rule("suspend"), ["somebody"]))
        holder.refresh()

    server.between = stop
    body = asked("somebody", b'{"model":"large","stream":true}')[2]
    assert [b"one" in body, b"two" in body, b"three" in body] == [True, True, False]
    put()
    holder.refresh()
    body = asked("somebody", b'{"model":"large","stream":true}', cut_streams=False)[2]
    assert b"three" in body


def test_a_field_that_undoes_a_decision_does_not_arrive(asked, server):
    asked("somebody", b'{"model": "large", "watermarking": false}')
    assert server.bodies == [b'{"model":"large"}']


@pytest.mark.parametrize("body", [b'{"model": "la', b"[" * 9999, b'{"model": 1}', b"\x1f\x8b\x08 gzip"])
def test_what_cannot_be_read_is_refused(asked, server, body):
    assert asked("somebody", body)[0] == 400
    assert server.bodies == []


def test_a_body_that_is_too_long_is_refused_before_it_is_whole(asked, server):
    more = [{"type": "http.request", "body": b"x" * 600, "more_body": True}] * 3
    assert asked("somebody", parts=more, most_bytes=1000)[0] == 413
    assert server.bodies == []


def test_a_client_that_goes_away_is_not_answered(asked, server):
    parts = [{"type": "http.request", "body": b'{"model":', "more_body": True}, {"type": "http.disconnect"}]
    assert asked("somebody", parts=parts) is None
    assert server.bodies == []


def test_without_an_account_a_request_passes_as_it_came(asked, server):
    assert asked(None, b'{"watermarking": false}')[0] == 200
    assert server.bodies == [b'{"watermarking": false}']


def test_a_header_that_a_client_adds_does_not_choose_the_account(asked):
    assert asked("suspend", extra=[(b"x-account-id", b"somebody")])[0] == 403


def test_other_connections_pass(server, holder):
    app = GatewayMiddleware(server, Decider(holder), account_of_header("x-account-id"))
    asyncio.run(app({"type": "lifespan"}, None, None))
    assert server.bodies == ["lifespan"]


def test_every_decision_is_recorded(asked):
    seen = []
    for account in ("somebody", "suspend", "observe"):
        asked(
            account,
            record=lambda account, decision: seen.append((account, decision.limit and str(decision.limit.kind))),
        )
    assert seen == [("somebody", None), ("suspend", "suspend"), ("observe", "observe")]
