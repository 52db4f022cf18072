import asyncio
import json
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import sqlalchemy as sa

from stillwatch.cases import Actor, Role
from stillwatch.cases.case_outbox import CaseOutbox
from stillwatch.cases.decisions import import_scan, webhooks
from stillwatch.cases.store.schema import AuditEntry
from stillwatch.delivery.events import EventKind
from stillwatch.delivery.outbox import MessageState
from stillwatch.delivery.queue import TRIES, DeliveryOutcome
from stillwatch.delivery.receivers import NewReceiver
from stillwatch.delivery.schema import Delivery
from stillwatch.delivery.sender import Sender, deliver, deliver_all
from stillwatch.settings import ConsoleSettings

AMY = Actor("amy", Role.ADMINISTRATOR)
SITE = "https://console.example"
TAKEN, FAILED = DeliveryOutcome(is_delivered=True, what="ok"), DeliveryOutcome(is_delivered=False, what="no")


@pytest.fixture
def box(desk):
    return CaseOutbox(desk, SITE)


@pytest.fixture
def hook(do):
    def add(*kinds, **more):
        wish = NewReceiver("A sink", "https://hooks.example/x", kinds or list(EventKind), **more)
        return do(AMY, webhooks.add, wish, private=False)

    return add


@pytest.fixture
def tip(hook, do, ann):
    hook(EventKind.CASE_OPENED)
    do(ann, import_scan.open_by_hand, "A tip", ["x"], "why")


def test_what_is_taken_is_not_taken_by_others_until_the_lease_ends(tip, box, clock):
    (mine,) = box.claim()
    assert box.claim() == []
    clock.advance(minutes=5)
    (theirs,) = box.claim()
    assert (theirs.message_id, theirs.body, theirs.tries) == (mine.message_id, mine.body, 2)
    box.settle(theirs, TAKEN)
    assert box.settle(mine, FAILED) is MessageState.DELIVERED
    clock.advance(days=9)
    assert box.claim() == []


def test_it_is_tried_again_ever_more_rarely_and_then_given_up(tip, box, clock, see):
    started, bodies, tries = clock.now, set(), 0
    while True:
        (due,) = box.claim()
        tries += 1
        bodies.add((due.message_id, due.body))
        if box.settle(due, FAILED) is MessageState.GIVEN_UP:
            break
        clock.now = see(lambda look: look.session.scalar(sa.select(Delivery.next_at)))
    assert tries == TRIES == 10
    assert len(bodies) == 1
    assert timedelta(days=3) < clock.now - started < timedelta(days=3.6)
    clock.advance(days=30)
    assert box.claim() == []


def test_a_receiver_may_ask_for_a_longer_wait_but_not_for_ever(tip, box, clock, see):
    (due,) = box.claim()
    box.settle(due, DeliveryOutcome(is_delivered=False, what="", wait=timedelta(hours=2)))
    assert see(lambda look: look.session.scalar(sa.select(Delivery.next_at))) == clock.now + timedelta(hours=2)
    clock.advance(hours=2)
    (due,) = box.claim()
    box.settle(due, DeliveryOutcome(is_delivered=False, what="", wait=timedelta(days=400)))
    assert see(lambda look: look.session.scalar(sa.select(Delivery.next_at))) == clock.now + timedelta(days=1)


def test_one_receiver_does_not_take_all_the_time(hook, do, ann, box):
    hook(EventKind.CASE_OPENED)
    for n in range(8):
        do(ann, import_scan.open_by_hand, "A tip", [f"a{n}"], "why")
    second = hook(EventKind.CASE_OPENED)[0].hook_id
    do(ann, import_scan.open_by_hand, "A tip", ["x"], "why")
    assert second in {due.hook_id for due in box.claim()}


def test_what_was_delivered_is_not_kept(tip, box, see):
    (due,) = box.claim()
    box.settle(due, TAKEN)
    assert see(lambda look: look.session.execute(sa.select(Delivery.body, Delivery.state)).one()) == (None, "delivered")


def test_a_message_that_cannot_be_written_holds_up_no_other(desk, tip, box, do, ann, see):
    do(ann, import_scan.open_by_hand, "Another", ["y"], "why")
    with desk.bookkeeping() as look:
        look.session.execute(sa.update(Delivery).where(Delivery.case_id == 1).values(case_id=99))
    assert [due.body for due in box.claim()] != []
    states = see(lambda look: look.session.execute(sa.select(Delivery.case_id, Delivery.state)).all())
    assert sorted(map(tuple, states)) == [(2, "waiting"), (99, "given_up")]


def test_a_stopped_receivers_messages_wait(tip, box, do, see):
    do(AMY, webhooks.stop, 1, "why")
    assert box.claim() == []
    do(AMY, webhooks.resume, 1)
    assert len(box.claim()) == 1


def test_sending_writes_nothing_into_the_audit_log(tip, box, see):
    def count():
        return see(lambda look: look.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)))

    before = count()
    box.settle(box.claim()[0], FAILED)
    assert count() == before


def test_a_receiver_that_is_gone_is_stopped_by_the_console(tip, box, see):
    box.stop(1, "It wants no more.")
    assert see(webhooks.listed)[0].stopped_at is not None
    last = sa.select(AuditEntry).where(AuditEntry.action == "webhook stopped")
    assert see(lambda look: look.session.scalars(last).one().actor) == "(console)"


class Endpoint(BaseHTTPRequestHandler):
    """Answers with the status in its path, after the seconds that follow it, and remembers what came."""

    def do_POST(self):
        _, status, seconds = self.path.split("/")
        self.server.came.append(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.set()
        time.sleep(float(seconds))
        self.send_response(int(status))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def endpoint():
    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        server.daemon_threads, server.block_on_close = True, False
        server.came, server.asked = [], threading.Event()
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def sink(endpoint, do):
    def add(status, seconds=0):
        url = f"http://127.0.0.1:{endpoint.server_port}/{status}/{seconds}"
        do(AMY, webhooks.add, NewReceiver("A sink", url, [EventKind.CASE_OPENED]), private=True)

    return add


LOCAL = ConsoleSettings(webhooks_to_private=True)


def test_what_is_sent_says_what_happened_and_nothing_that_people_wrote(sink, endpoint, do, ann, box, see):
    sink(204)
    do(ann, import_scan.open_by_hand, "A tip", ["acct-1"], "A reason that stays here")
    assert deliver_all(box, LOCAL) == {MessageState.DELIVERED: 1}
    (body,) = endpoint.came
    found = json.loads(body)
    assert (found["type"], found["data"]["case"]["url"]) == ("case.opened", f"{SITE}/cases/1")
    assert b"A tip" not in body
    assert b"A reason" not in body
    outcomes = sa.select(Delivery.state, Delivery.outcome)
    assert see(lambda look: look.session.execute(outcomes).one()) == ("delivered", "Accepted (204).")
    assert deliver_all(box, LOCAL) == {}


def test_one_that_wants_no_more_is_stopped_on_record(sink, do, ann, box, see):
    sink(410)
    do(ann, import_scan.open_by_hand, "A tip", ["x"], "why")
    assert deliver_all(box, LOCAL) == {MessageState.GIVEN_UP: 1}
    do(ann, import_scan.open_by_hand, "Another", ["y"], "why")
    assert see(webhooks.listed)[0].stopped_at is not None
    assert see(lambda look: look.session.scalar(sa.select(sa.func.count()).select_from(Delivery))) == 1
    last = sa.select(AuditEntry).where(AuditEntry.action == "webhook stopped")
    assert see(lambda look: look.session.scalars(last).one().actor) == "(console)"


def test_the_desk_can_be_worked_at_while_a_receiver_stalls(sink, endpoint, do, ann, box):
    sink(200, seconds=30)
    do(ann, import_scan.open_by_hand, "A tip", ["x"], "why")

    async def both():
        sender = Sender(private=True, seconds=1.0)
        delivering = asyncio.create_task(deliver(box, sender))
        await asyncio.to_thread(endpoint.asked.wait, 5)
        started = time.monotonic()
        await asyncio.to_thread(do, ann, import_scan.open_by_hand, "Another", ["y"], "why")
        took, still = time.monotonic() - started, not delivering.done()
        await delivering
        await sender.close()
        return took, still

    took, still = asyncio.run(both())
    assert still
    assert took < 0.8
