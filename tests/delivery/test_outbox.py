import json

from stillwatch.delivery import outbox, receivers
from stillwatch.delivery.events import EventKind, OutboxEvent
from stillwatch.delivery.schema import Delivery

OPENED, CLOSED = OutboxEvent(EventKind.CASE_OPENED, 1), OutboxEvent(EventKind.CASE_CLOSED, 2)


def put(post, *events):
    with post.session() as session:
        outbox.put(session.connection(), events, 7, post.now)


def test_a_message_is_for_each_event_and_each_receiver_that_subscribes_to_it(post):
    post.add()
    post.add(kinds=[EventKind.CASE_CLOSED])
    put(post, OPENED, CLOSED)
    found = post.rows(Delivery.hook_id, Delivery.kind, Delivery.case_id, Delivery.entry, Delivery.state)
    assert found == [
        (1, "case.opened", 1, 7, "waiting"),
        (1, "case.closed", 2, 7, "waiting"),
        (2, "case.closed", 2, 7, "waiting"),
    ]
    assert {at for (at,) in post.rows(Delivery.next_at)} == {post.now}


def test_a_stopped_or_removed_receiver_gets_none(post):
    for _ in range(3):
        post.add()
    post.stop(1, "why")
    with post.session() as session:
        receivers.remove(session, 2, post.now)
    put(post, OPENED)
    assert post.rows(Delivery.hook_id) == [(3,)]


def test_without_events_or_receivers_nothing_is_written(post):
    put(post, OPENED)
    post.add()
    put(post)
    assert post.rows(Delivery.message_id) == []


def test_a_message_belongs_to_the_transaction(post):
    post.add()
    with post.engine.connect() as connection:
        outbox.put(connection, [OPENED], 1, post.now)
        connection.rollback()
    assert post.rows(Delivery.message_id) == []


def test_names_of_messages_fit_into_a_signature():
    names = {outbox.message_id() for _ in range(50)}
    assert len(names) == 50
    assert not any("." in json.dumps(name) for name in names)
