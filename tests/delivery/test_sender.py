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
import sqlalchemy as sa

from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.decisions import hooks, import_scan
from stillwatch.cases.decisions.hooks import Shape, Wish
from stillwatch.cases.queries.deliveries import claim
from stillwatch.cases.store.records_schema import Delivery
from stillwatch.cases.store.schema import AuditEntry
from stillwatch.delivery import sender as delivering
from stillwatch.delivery.outbox import EventKind, State
from stillwatch.delivery.sender import Sender, deliver, deliver_all, in_background, signature
from stillwatch.settings import ConsoleSettings

AMY, ANN = Actor("amy", Role.ADMINISTRATOR), Actor("ann", Role.ANALYST)
SITE = "https://console.example"
LOCAL = ConsoleSettings(webhooks_to_private=True)


class Receiver(BaseHTTPRequestHandler):
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
    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
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
def hook(desk, server, came):
    """Return a function that adds a receiver which answers as *path* says, and returns its secret."""

    def add(path, **more):
        url = more.pop("url", f"http://127.0.0.1:{server.server_port}{path}")
        with desk.work(AMY, Permission.ADMINISTER) as work:
            return hooks.add(work, Wish("A sink", url, [EventKind.CASE_OPENED], **more), private=True)[1]

    return add


@pytest.fixture
def happen(desk):
    def happen(title="A tip"):
        with desk.work(ANN, Permission.JUDGE) as work:
            import_scan.open_by_hand(work, title, ["acct-1"], "A reason that stays here")

    return happen


@pytest.fixture
def outcome(desk):
    """Return a function that delivers once and returns states and last outcomes."""

    def run(*, private=True, seconds=5.0):
        async def work():
            sender = Sender(private=private, seconds=seconds)
            try:
                return await deliver(desk, sender, SITE)
            finally:
                await sender.close()

        asyncio.run(work())
        with desk.look() as look:
            return [tuple(row) for row in look.session.execute(sa.select(Delivery.state, Delivery.outcome))]

    return run


def test_what_arrives_is_signed_as_standard_webhooks_says(hook, happen, came, outcome, desk, clock):
    secret = hook("/status/204?a=b", api_key="their key")
    happen()
    assert outcome() == [("delivered", "It took it (204).")]
    ((path, headers, body),) = came
    assert path == "/status/204?a=b"
    assert headers["content-type"] == "application/json"
    assert headers["webhook-timestamp"] == str(int(clock.now.timestamp()))
    assert headers["x-api-key"] == "their key"
    assert headers["host"].startswith("127.0.0.1:")
    # as a receiver checks it, without a line of ours
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    told = json.loads(body)
    assert (told["type"], told["data"]["case"]["url"]) == ("case.opened", f"{SITE}/cases/1")
    assert b"A tip" not in body
    assert b"A reason" not in body


def test_the_signature_is_that_of_the_published_example():
    # https://github.com/standard-webhooks/standard-webhooks, the test vector that its libraries share
    secret, name, at = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
    found = signature(secret, name, at, b'{"test": 2432232314}')
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/status/500", "It answered 500."),
        ("/status/429", "It answered 429."),
        ("/redirect", "It sent us elsewhere (307), which is not followed."),
    ],
)
def test_what_is_not_taken_is_tried_again_later(hook, happen, came, outcome, desk, clock, path, said):
    hook(path)
    happen()
    assert outcome() == [("waiting", said)]
    assert len(came) == 1
    clock.pass_by(hours=2, seconds=1)
    assert outcome() == [("waiting", said)]
    (first, second) = came
    assert first[1]["webhook-id"] == second[1]["webhook-id"]
    assert first[2] == second[2]
    assert int(second[1]["webhook-timestamp"]) - int(first[1]["webhook-timestamp"]) == 7201
    assert first[1]["webhook-signature"] != second[1]["webhook-signature"]


def test_a_wait_that_the_receiver_asks_for_is_kept(hook, happen, outcome, desk, clock):
    hook("/status/503")
    happen()
    outcome()
    with desk.look() as look:
        assert look.session.scalar(sa.select(Delivery.next_at)) == clock.now + timedelta(hours=2)


def test_one_that_wants_no_more_is_stopped(hook, happen, outcome, desk):
    hook("/status/410")
    happen()
    assert outcome() == [("given_up", "It wants no more (410).")]
    happen()
    with desk.look() as look:
        assert hooks.listed(look)[0].stopped_at is not None
        assert look.session.scalar(sa.select(sa.func.count()).select_from(Delivery)) == 1
        last = look.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "webhook stopped")).one()
        assert last.actor == "(console)"


def test_an_answer_without_end_is_not_read(hook, happen, outcome, server):
    hook("/huge")
    happen()
    started = time.monotonic()
    assert outcome() == [("delivered", "It took it (200).")]
    assert time.monotonic() - started < 3
    assert server.hung_up.wait(3)


def test_a_head_without_end_is_no_answer(hook, happen, outcome):
    hook("/head")
    happen()
    ((state, said),) = outcome()
    assert state == "waiting"
    assert "no answer that can be read" in said


def test_one_that_answers_byte_by_byte_is_left_at_a_fixed_time(hook, happen, outcome):
    hook("/drip")
    happen()
    started = time.monotonic()
    assert outcome(seconds=0.4) == [("waiting", "No answer within 0.4 seconds.")]
    assert time.monotonic() - started < 3


def test_one_that_is_dead_holds_nobody_up(hook, happen, outcome, came):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    hook("", url=f"http://127.0.0.1:{port}/")
    hook("/status/200")
    happen()
    assert sorted(outcome()) == [("delivered", "It took it (200)."), ("waiting", "It cannot be connected to.")]
    assert len(came) == 1


def test_nothing_is_sent_into_a_network_of_ones_own(hook, happen, outcome, came):
    hook("/status/200")
    hook("", url="https://169.254.169.254/latest/meta-data")
    happen()
    assert {said for _, said in outcome(private=False)} == {"It is in a network of its own, where nothing is sent to."}
    assert came == []


def test_a_name_is_asked_once_and_what_it_said_is_what_is_connected_to(
    hook, happen, outcome, came, server, monkeypatch
):
    hook("", url=f"http://localhost:{server.server_port}/status/200")
    happen()
    asked = []

    async def resolve(_, host, port, **__):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (["127.0.0.1", "10.0.0.1"][len(asked) - 1], port))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", resolve)
    assert outcome() == [("delivered", "It took it (200).")]
    assert asked == ["localhost"]
    assert came[0][1]["host"] == f"localhost:{server.server_port}"


def test_a_name_with_one_address_in_a_network_of_its_own_is_refused(hook, happen, outcome, monkeypatch):
    hook("", url="https://rebind.example/")
    happen()

    async def resolve(*_, **__):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("1.1.1.1", "10.0.0.1")]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", resolve)
    assert outcome(private=False) == [("waiting", "It is in a network of its own, where nothing is sent to.")]


def test_a_name_that_leads_nowhere(hook, happen, outcome, monkeypatch):
    hook("", url="https://nowhere.example/")
    happen()

    async def resolve(*_, **__):
        raise socket.gaierror

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", resolve)
    assert outcome() == [("waiting", "Its name leads nowhere.")]


def test_the_desk_can_be_worked_at_while_a_receiver_stalls(hook, happen, desk):
    hook("/drip")
    happen()

    async def both():
        sender = Sender(private=True, seconds=1.0)
        delivering_ = asyncio.create_task(deliver(desk, sender, SITE))
        await asyncio.sleep(0.2)
        started = time.monotonic()
        await asyncio.to_thread(happen, "Another")
        took, still = time.monotonic() - started, not delivering_.done()
        await delivering_
        await sender.close()
        return took, still

    took, still = asyncio.run(both())
    assert still
    assert took < 0.8


def test_all_that_is_due_goes_at_once(hook, happen, came, desk):
    hook("/status/200", shape=Shape.COOP, type_name="t")
    for n in range(7):
        happen(f"Tip {n}")
    assert deliver_all(desk, LOCAL, SITE) == {State.DELIVERED: 7}
    assert sorted(json.loads(body)["items"][0]["id"] for _, _, body in came) == [
        f"stillwatch-case-{n}" for n in range(1, 8)
    ]
    assert deliver_all(desk, LOCAL, SITE) == {}


def test_the_console_delivers_beside_its_work_and_ends_with_it(hook, happen, came, desk, monkeypatch, caplog):
    hook("/status/200")
    tries = []

    def sometimes(*args):
        tries.append(args)
        if len(tries) == 1:
            raise RuntimeError("https://secret.example")
        return claim(*args)

    monkeypatch.setattr(delivering, "claim", sometimes)

    async def work():
        async with in_background(desk, LOCAL, SITE, 0.01):
            happen()
            for _ in range(300):
                if came:
                    return
                await asyncio.sleep(0.01)

    asyncio.run(work())
    assert len(came) == 1
    assert "RuntimeError" in caplog.text
    assert "secret.example" not in caplog.text


def test_certificates_are_checked_for_the_name(hook, happen, desk, server):
    # A receiver without TLS behind https: nothing is sent in the clear.
    hook("", url=f"https://localhost:{server.server_port}/status/200")
    happen()
    (due,) = claim(desk, SITE)

    async def work():
        sender = Sender(private=True, seconds=3)
        try:
            return await sender.send(due)
        finally:
            await sender.close()

    assert asyncio.run(work()).what == "It cannot be connected to."
    assert server.came == []
