from datetime import timedelta

import pytest
import sqlalchemy as sa

from stillwatch.delivery.events import EventKind
from stillwatch.delivery.outbox import MessageState
from stillwatch.delivery.payloads import Shape
from stillwatch.delivery.queue import TRIES, DeliveryOutcome, MessageRequest, is_any_due, wait_after
from stillwatch.delivery.receivers import retry
from stillwatch.delivery.schema import Delivery, Hook
from stillwatch.errors import InputError

TAKEN, FAILED = DeliveryOutcome(is_delivered=True, what="ok"), DeliveryOutcome(is_delivered=False, what="no")


@pytest.fixture
def pending(post):
    """Return an outbox with one receiver and one message."""
    post.add()
    post.put()
    return post


def is_due(post):
    with post.session() as session:
        return is_any_due(session, post.now)


def test_what_is_claimed_is_not_claimed_again_until_the_lease_ends(pending):
    (mine,) = pending.claim()
    assert (pending.claim(), is_due(pending)) == ([], False)
    pending.advance(minutes=5)
    assert is_due(pending)
    (theirs,) = pending.claim()
    assert (theirs.message_id, theirs.body, theirs.tries) == (mine.message_id, mine.body, 2)
    pending.settle(theirs, TAKEN)
    assert pending.settle(mine, FAILED) is MessageState.DELIVERED
    pending.advance(days=9)
    assert pending.claim() == []


def test_the_body_is_composed_once_from_what_the_message_is_about(pending):
    asked = []

    def compose(request):
        asked.append(request)
        return ["{}"]

    pending.compose = compose
    (due,) = pending.claim()
    pending.settle(due, FAILED)
    pending.advance(hours=1)
    (again,) = pending.claim()
    assert asked == [MessageRequest(EventKind.CASE_OPENED, 1, 1, Shape.EVENT, "")]
    assert (due.body, again.body) == ("{}", "{}")


def test_further_bodies_become_messages_of_their_own(pending):
    pending.compose = lambda _: ["1", "2", "3"]
    first, rest = pending.claim(), pending.claim()
    assert [due.body for due in first + rest] == ["1", "2", "3"]
    assert len({due.message_id for due in first + rest}) == 3


@pytest.mark.parametrize("error", [InputError("x"), KeyError("x"), ValueError("x")])
def test_a_message_that_cannot_be_composed_holds_up_no_other(pending, error):
    pending.put(case_id=2)

    def compose(request):
        if request.case_id == 1:
            raise error
        return ["{}"]

    pending.compose = compose
    assert [due.body for due in pending.claim()] == ["{}"]
    given_up = ("given_up", "The message could not be composed.")
    assert pending.rows(Delivery.state, Delivery.outcome) == [given_up, ("waiting", "")]


@pytest.mark.parametrize(("table", "column"), [(Delivery, "kind"), (Hook, "shape")])
def test_a_message_of_an_unknown_kind_or_shape_holds_up_no_other(pending, table, column):
    """A newer release may have written it, before a return to this one."""
    pending.add(name="Another")
    pending.put(case_id=2)
    first = sa.update(table).where(sa.inspect(table).primary_key[0] == 1)
    with pending.session() as session:
        session.execute(first.values({column: "of.tomorrow"}))
    assert 2 in {due.hook_id for due in pending.claim()}
    given_up = ("given_up", "The message could not be composed.")
    assert pending.rows(Delivery.state, Delivery.outcome)[0] == given_up


def test_a_message_is_tried_ever_more_rarely_and_then_given_up(pending):
    started, tries = pending.now, 0
    while True:
        (due,) = pending.claim()
        tries += 1
        if pending.settle(due, FAILED) is MessageState.GIVEN_UP:
            break
        ((pending.now,),) = pending.rows(Delivery.next_at)
    assert tries == TRIES == 10
    assert timedelta(days=3) < pending.now - started < timedelta(days=3.6)
    pending.advance(days=30)
    assert pending.claim() == []
    with pending.session() as session:
        assert retry(session, 1, pending.now) == 1
    assert pending.claim()[0].tries == 1


def test_a_receiver_that_is_gone_gets_no_further_try(pending):
    (due,) = pending.claim()
    gone = DeliveryOutcome(is_delivered=False, what="no", is_gone=True)
    assert pending.settle(due, gone) is MessageState.GIVEN_UP


def test_waits_grow_and_differ_a_little():
    waits = [wait_after(n, "m") for n in range(1, TRIES)]
    assert waits == sorted(waits)
    assert timedelta(seconds=5) <= waits[0] <= timedelta(seconds=5.5)
    assert len({wait_after(1, name) for name in "abcdef"}) == 6


@pytest.mark.parametrize(("asked", "kept"), [(timedelta(hours=2), timedelta(hours=2)), (timedelta(400), timedelta(1))])
def test_a_receiver_may_ask_for_a_longer_wait_of_a_day_at_most(pending, asked, kept):
    (due,) = pending.claim()
    pending.settle(due, DeliveryOutcome(is_delivered=False, what="", wait=asked))
    assert pending.rows(Delivery.next_at) == [(pending.now + kept,)]


def test_one_receiver_does_not_take_all_the_time(post):
    post.add()
    for n in range(8):
        post.put(n)
    second = post.add()[0].hook_id
    post.put(9)
    due = post.claim()
    assert second in {one.hook_id for one in due}
    assert len([one for one in due if one.hook_id == 1]) == 5


def test_what_was_delivered_is_not_kept(pending):
    (due,) = pending.claim()
    pending.settle(due, TAKEN)
    assert pending.rows(Delivery.body, Delivery.state, Delivery.outcome) == [(None, "delivered", "ok")]


def test_a_stopped_receivers_messages_wait(pending):
    pending.stop(1, "why")
    assert (pending.claim(), is_due(pending)) == ([], False)
