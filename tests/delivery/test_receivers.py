import pytest
import sqlalchemy as sa

from stillwatch.delivery import receivers
from stillwatch.delivery.events import EventKind
from stillwatch.delivery.outbox import MessageState
from stillwatch.delivery.payloads import Shape
from stillwatch.delivery.schema import Delivery, Hook
from stillwatch.errors import InputError, MissingError


def listed(post):
    with post.session() as session:
        return receivers.listed(session)


def derive(purpose, salt):
    return (purpose + salt).encode().ljust(32)[:32]


def test_the_secret_is_shown_once_and_no_column_holds_it(post):
    made, secret = post.add(api_key="a key of theirs")
    assert secret.startswith("whsec_")
    with post.session() as session:
        row = session.get_one(Hook, made.hook_id)
        columns = [str(getattr(row, column.name)) for column in Hook.__table__.columns]
    assert not any(word in text for text in columns for word in (secret, secret[6:], "a key of theirs"))
    assert made.has_api_key
    assert not hasattr(listed(post)[0], "secret")
    post.put()
    (due,) = post.claim()
    assert (due.secret, due.api_key) == (secret, "a key of theirs")


def test_secret_and_key_come_from_the_derivation_and_the_salt():
    assert receivers.secret_of(derive, "a") == receivers.secret_of(derive, "a") != receivers.secret_of(derive, "b")
    assert receivers.api_key_of(derive, "a", None) == ""


REFUSED = [
    "", "hooks.example", "http://hooks.example/x", "ftp://hooks.example", "https://", "https:///x",
    "https://me:pw@hooks.example/", "https://me@hooks.example/", "https://hooks.example/#x", "https://a b/",
    "https://hooks.example:0/", "https://hooks.example:99999/", "javascript:alert(1)", "https://h\\@x/",
    "https://" + "x" * 500, "https://h\u00e4.example/", "https://[::1", "https://hooks.example/\nx",
    "http://10.0.0.1/", "http://localhost.example/", "https://hooks.example/\u202e",
]  # fmt: skip


def test_where_nothing_can_be_sent_in_safety_is_refused(post):
    for url in REFUSED:
        with pytest.raises(InputError) as error:
            post.add(url=url, private=True)
        assert error.value.where == "url", url


OWN = ["https://127.0.0.1/", "http://localhost:9/", "http://127.0.0.1:9/", "https://[::1]/", "https://169.254.169.254/"]


def test_private_networks_need_a_setting(post):
    for url in OWN:
        with pytest.raises(InputError, match="in a private network"):
            post.add(url=url)
        assert post.add(url=url, private=True)[0].url == url


@pytest.mark.parametrize(
    "more",
    [{"kinds": []}, {"shape": Shape.COOP}, {"api_key": "a\nb"}, {"api_key": "\u00e4"}, {"api_key": "x" * 501}],
)
def test_what_does_not_fit_is_refused(post, more):
    with pytest.raises(InputError):
        post.add(**more)
    assert listed(post) == []


def test_types_are_for_those_shapes_that_have_them(post):
    assert post.add(shape=Shape.OSPREY)[0].type_name == "User"
    assert post.add(shape=Shape.COOP, type_name="abc")[0].type_name == "abc"
    assert post.add(type_name="abc")[0].type_name == ""


def test_receivers_do_not_pile_up(post, monkeypatch):
    monkeypatch.setattr(receivers, "MOST", 1)
    post.add()
    with pytest.raises(InputError, match="the most"):
        post.add()


def test_removing_drops_what_waits_and_cannot_be_done_twice(post):
    post.add()
    post.put()
    post.claim()
    with post.session() as session:
        receivers.remove(session, 1, post.now)
    assert listed(post) == []
    assert post.rows(Delivery.state, Delivery.body) == [("dropped", None)]
    for what, *args in ((receivers.remove, post.now), (receivers.stop, post.now), (receivers.resume,)):
        for which in (1, 0, -1, 10**12):
            with pytest.raises(MissingError), post.session() as session:
                what(session, which, *args)


def test_a_receiver_is_stopped_once_and_resumed(post):
    post.add()
    first = post.now
    for _ in range(2):
        post.stop(1, "why")
        post.advance(hours=1)
    assert listed(post)[0].stopped_at == first
    with post.session() as session:
        receivers.resume(session, 1)
    assert listed(post)[0].stopped_at is None


def test_the_list_counts_messages_by_state_and_shows_the_last_outcome(post):
    post.add()
    for n in range(3):
        post.put(n)
    with post.session() as session:
        given_up = sa.update(Delivery).where(Delivery.delivery_id == 2)
        session.execute(given_up.values(state="given_up", last_at=post.now, outcome="No."))
    (one,) = listed(post)
    assert one.counts == {
        MessageState.WAITING: 2, MessageState.DELIVERED: 0, MessageState.GIVEN_UP: 1, MessageState.DROPPED: 0,
    }  # fmt: skip
    assert (one.last_at, one.outcome) == (post.now, "No.")
    with post.session() as session:
        assert receivers.retry(session, 1, post.now) == 1
    assert listed(post)[0].counts[MessageState.WAITING] == 3


def test_kinds_come_back_in_one_order_each_once(post):
    kinds = [EventKind.CASE_CLOSED, EventKind.CASE_OPENED, EventKind.CASE_CLOSED]
    assert post.add(kinds=kinds)[0].kinds == (EventKind.CASE_OPENED, EventKind.CASE_CLOSED)
