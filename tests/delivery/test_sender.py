"""Against real receivers on this machine: one that takes, one that fails, is gone, sends on, stalls, never ends, is dead."""

import asyncio
import base64
import hashlib
import hmac
import json
import socket
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from stillwatch.delivery.events import EventKind
from stillwatch.delivery.outbox import MessageState
from stillwatch.delivery.schema import Delivery
from stillwatch.delivery.sender import Sender, deliver, deliver_all, in_background, signature
from stillwatch.settings import ConsoleSettings

LOCAL = ConsoleSettings(webhooks_to_private=True)


class Endpoint(BaseHTTPRequestHandler):
    """Answers as its path says, and remembers what came."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.came.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        getattr(self, f"_{self.path.strip('/').split('/')[0]}")()

    def _status(self):
        self.send_response(int(self.path.split("/")[2].partition("?")[0]))
        self.send_header("Retry-After", "7200")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _redirect(self):
        self.send_response(307)
        self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/status/200")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _huge(self):
        self.send_response(200)
        self.send_header("Content-Length", str(10**12))
        self.end_headers()
        self._pour(b"x" * 65_536, 0)

    def _head(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        self._pour(b"X-More: " + b"y" * 60_000 + b"\r\n", 0)

    def _drip(self):
        self._pour(b"H", 0.02)

    def _pour(self, piece, pause):
        until = time.monotonic() + 5
        while time.monotonic() < until and not self.server.ended.is_set():
            try:
                self.wfile.write(piece)
            except OSError:
                self.server.hung_up.set()
                return
            time.sleep(pause)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        server.daemon_threads, server.block_on_close = True, False
        server.came, server.hung_up, server.ended = [], threading.Event(), threading.Event()
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.ended.set()
        server.shutdown()


@pytest.fixture
def came(server):
    server.came.clear()
    server.hung_up.clear()
    return server.came


@pytest.fixture
def hook(post, server, came):
    """Return a function that adds a receiver which answers as *path* says, and returns its secret."""

    def add(path, **more):
        url = more.pop("url", f"http://127.0.0.1:{server.server_port}{path}")
        return post.add(url=url, kinds=[EventKind.CASE_OPENED], private=True, **more)[1]

    return add


@pytest.fixture
def outcome(post):
    """Return a function that delivers once and returns states and last outcomes."""

    def run(*, private=True, seconds=5.0):
        async def work():
            sender = Sender(private=private, seconds=seconds)
            try:
                return await deliver(post, sender)
            finally:
                await sender.close()

        asyncio.run(work())
        return post.rows(Delivery.state, Delivery.outcome)

    return run


def test_what_arrives_is_signed_as_standard_webhooks_says(hook, post, came, outcome):
    secret = hook("/status/204?a=b", api_key="their key")
    post.put()
    assert outcome() == [("delivered", "Accepted (204).")]
    ((path, headers, body),) = came
    assert path == "/status/204?a=b"
    assert headers["content-type"] == "application/json"
    assert headers["webhook-timestamp"] == str(int(post.now.timestamp()))
    assert headers["x-api-key"] == "their key"
    assert headers["host"].startswith("127.0.0.1:")
    # as a receiver checks it, without a line of ours
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert json.loads(body) == {"kind": "case.opened", "case": 1, "shape": "event"}


def test_the_signature_is_that_of_the_published_example():
    # https://github.com/standard-webhooks/standard-webhooks, the test vector that its libraries share
    secret, name, at = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
    found = signature(secret, name, at, b'{"test": 2432232314}')
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/status/500", "The response was 500."),
        ("/status/429", "The response was 429."),
        ("/redirect", "Redirected (307); redirects are not followed."),
    ],
)
def test_what_is_not_taken_is_tried_again_later(hook, post, came, outcome, path, said):
    hook(path)
    post.put()
    assert outcome() == [("waiting", said)]
    assert len(came) == 1
    post.advance(hours=2, seconds=1)
    assert outcome() == [("waiting", said)]
    (first, second) = came
    assert first[1]["webhook-id"] == second[1]["webhook-id"]
    assert first[2] == second[2]
    assert int(second[1]["webhook-timestamp"]) - int(first[1]["webhook-timestamp"]) == 7201
    assert first[1]["webhook-signature"] != second[1]["webhook-signature"]


def test_a_wait_that_the_receiver_asks_for_is_kept(hook, post, outcome):
    hook("/status/503")
    post.put()
    outcome()
    assert post.rows(Delivery.next_at) == [(post.now + timedelta(hours=2),)]


def test_one_that_wants_no_more_is_stopped(hook, post, outcome):
    hook("/status/410")
    post.put()
    assert outcome() == [("given_up", "The receiver wants no more messages (410).")]
    post.put()
    assert post.stopped == [(1, "The receiver wants no more messages (410).")]
    assert len(post.rows(Delivery.delivery_id)) == 1


def test_an_answer_without_end_is_not_read(hook, post, outcome, server):
    hook("/huge")
    post.put()
    started = time.monotonic()
    assert outcome() == [("delivered", "Accepted (200).")]
    assert time.monotonic() - started < 3
    assert server.hung_up.wait(3)


def test_a_head_without_end_is_no_answer(hook, post, outcome):
    hook("/head")
    post.put()
    ((state, said),) = outcome()
    assert state == "waiting"
    assert "could not be read" in said


def test_one_that_answers_byte_by_byte_is_left_at_a_fixed_time(hook, post, outcome):
    hook("/drip")
    post.put()
    started = time.monotonic()
    assert outcome(seconds=0.4) == [("waiting", "No response within 0.4 seconds.")]
    assert time.monotonic() - started < 3


def test_one_that_is_dead_holds_nobody_up(hook, post, outcome, came):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    hook("", url=f"http://127.0.0.1:{port}/")
    hook("/status/200")
    post.put()
    assert sorted(outcome()) == [("delivered", "Accepted (200)."), ("waiting", "No connection could be made.")]
    assert len(came) == 1


def test_nothing_is_sent_into_a_network_of_ones_own(hook, post, outcome, came):
    hook("/status/200")
    hook("", url="https://169.254.169.254/latest/meta-data")
    post.put()
    assert {said for _, said in outcome(private=False)} == {
        "The address is in a private network, to which nothing is sent."
    }
    assert came == []


def test_a_name_is_asked_once_and_what_it_said_is_what_is_connected_to(hook, post, outcome, came, server, monkeypatch):
    hook("", url=f"http://localhost:{server.server_port}/status/200")
    post.put()
    asked = []

    async def resolve(_, host, port, **__):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (["127.0.0.1", "10.0.0.1"][len(asked) - 1], port))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", resolve)
    assert outcome() == [("delivered", "Accepted (200).")]
    assert asked == ["localhost"]
    assert came[0][1]["host"] == f"localhost:{server.server_port}"


def test_a_name_with_one_address_in_a_network_of_its_own_is_refused(hook, post, outcome, monkeypatch):
    hook("", url="https://rebind.example/")
    post.put()

    async def resolve(*_, **__):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("1.1.1.1", "10.0.0.1")]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", resolve)
    assert outcome(private=False) == [("waiting", "The address is in a private network, to which nothing is sent.")]


def test_a_name_that_leads_nowhere(hook, post, outcome, monkeypatch):
    hook("", url="https://nowhere.example/")
    post.put()

    async def resolve(*_, **__):
        raise socket.gaierror

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", resolve)
    assert outcome() == [("waiting", "The host name has no address.")]


def test_all_that_is_due_goes_at_once(hook, post, came):
    hook("/status/200")
    for n in range(1, 8):
        post.put(n)
    assert deliver_all(post, LOCAL) == {MessageState.DELIVERED: 7}
    assert sorted(json.loads(body)["case"] for _, _, body in came) == list(range(1, 8))
    assert deliver_all(post, LOCAL) == {}


def test_messages_are_delivered_in_the_background_whatever_fails(hook, post, came, monkeypatch, caplog):
    hook("/status/200")
    tries, claim = [], post.claim

    def sometimes():
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("https://secret.example")
        return claim()

    monkeypatch.setattr(post, "claim", sometimes)

    async def work():
        async with in_background(post, LOCAL, 0.01):
            post.put()
            for _ in range(300):
                if came:
                    return
                await asyncio.sleep(0.01)

    asyncio.run(work())
    assert len(came) == 1
    assert "RuntimeError" in caplog.text
    assert "secret.example" not in caplog.text


def test_certificates_are_checked_for_the_name(hook, post, server):
    # A receiver without TLS behind https: nothing is sent in the clear.
    hook("", url=f"https://localhost:{server.server_port}/status/200")
    post.put()
    (due,) = post.claim()

    async def work():
        sender = Sender(private=True, seconds=3)
        try:
            return await sender.send(due)
        finally:
            await sender.close()

    assert asyncio.run(work()).what == "No connection could be made."
    assert server.came == []
