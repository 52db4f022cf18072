from pathlib import Path

import pytest
import sqlalchemy as sa

from stillwatch.cases import Actor, Role
from stillwatch.cases.decisions import hooks, import_scan
from stillwatch.cases.decisions.hooks import Shape, Wish
from stillwatch.cases.store.records_schema import Delivery, Hook
from stillwatch.delivery.outbox import EventKind, State
from stillwatch.errors import InputError, MissingError, PolicyError
from stillwatch.signing import keys

AMY = Actor("amy", Role.ADMINISTRATOR)
URL = "https://hooks.example/x"


def wish(**more):
    return Wish(**({"name": "A sink", "url": URL, "kinds": list(EventKind)} | more))


@pytest.fixture
def add(do):
    return lambda private=False, **more: do(AMY, hooks.add, wish(**more), private=private)


def test_the_secret_is_shown_once_and_no_file_of_the_database_holds_it(add, desk, see, store):
    made, secret = add(api_key="a key of theirs")
    assert secret.startswith("whsec_")
    row = see(lambda look: look.session.get(Hook, made.hook_id))
    assert hooks.secret_of(desk, row.salt) == secret
    assert hooks.api_key_of(desk, row.salt, row.api_key) == "a key of theirs"
    columns = [str(getattr(row, column.name)) for column in Hook.__table__.columns]
    assert not any(word in text for text in columns for word in (secret, secret[6:], "a key of theirs"))
    if store.is_sqlite:
        path = Path(store.url.removeprefix("sqlite:///"))
        stored = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
        assert URL.encode() in stored
        assert not any(word in stored for word in (secret.encode(), b"a key of theirs"))
    assert not hasattr(see(hooks.listed)[0], "secret")


def test_each_receiver_and_each_purpose_has_a_secret_of_its_own(add, desk, store):
    assert add()[1] != add()[1]
    key = keys.read(store.key)
    assert desk.derived("a", "salt") == keys.derived(key, "a", "salt") != desk.derived("b", "salt")
    assert len(desk.derived("a", "salt")) == 32


REFUSED = [
    "", "hooks.example", "http://hooks.example/x", "ftp://hooks.example", "https://", "https:///x",
    "https://me:pw@hooks.example/", "https://me@hooks.example/", "https://hooks.example/#x", "https://a b/",
    "https://hooks.example:0/", "https://hooks.example:99999/", "javascript:alert(1)", "https://h\\@x/",
    "https://" + "x" * 500, "https://h\u00e4.example/", "https://[::1", "https://hooks.example/\nx",
    "http://10.0.0.1/", "http://localhost.example/", "https://hooks.example/\u202e",
]  # fmt: skip


def test_where_nothing_can_be_sent_in_safety_is_refused(add):
    for url in REFUSED:
        with pytest.raises(InputError) as error:
            add(url=url, private=True)
        assert error.value.where == "url", url


OWN = ["https://127.0.0.1/", "http://localhost:9/", "http://127.0.0.1:9/", "https://[::1]/", "https://169.254.169.254/"]


def test_networks_of_ones_own_need_a_setting(add):
    for url in OWN:
        with pytest.raises(InputError, match="network of its own"):
            add(url=url)
        assert add(url=url, private=True)[0].url == url


@pytest.mark.parametrize(
    "more",
    [
        {"name": " "}, {"kinds": []}, {"shape": Shape.COOP}, {"api_key": "a\nb"}, {"api_key": "\u00e4"},
        {"shape": Shape.OSPREY, "type_name": "a\x00b"},
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(add, more):
    with pytest.raises(InputError):
        add(**more)


def test_types_are_for_those_shapes_that_have_them(add):
    assert add(shape=Shape.OSPREY)[0].type_name == "User"
    assert add(shape=Shape.COOP, type_name="abc")[0].type_name == "abc"
    assert add(type_name="abc")[0].type_name == ""


def test_administrators_alone_add_receivers(do, ann):
    with pytest.raises(PolicyError):
        do(ann, hooks.add, wish(), private=False)


def test_receivers_do_not_pile_up(add, monkeypatch):
    monkeypatch.setattr(hooks, "MOST", 1)
    add()
    with pytest.raises(InputError, match="the most"):
        add()


def test_removing_drops_what_waits(add, do, see, ann):
    number = add()[0].hook_id
    do(ann, import_scan.open_by_hand, "A tip", ["x"], "why")
    assert see(hooks.listed)[0].counts[State.WAITING] == 1
    do(AMY, hooks.remove, number)
    assert see(hooks.listed) == []
    assert see(lambda look: look.session.scalars(sa.select(Delivery.state)).all()) == ["dropped"]
    for what in (hooks.remove, hooks.resume, hooks.retry):
        for which in (number, 10**12):
            with pytest.raises(MissingError):
                do(AMY, what, which)


def test_what_was_given_up_is_taken_up_again(add, do, desk, see, ann):
    number = add()[0].hook_id
    do(ann, import_scan.open_by_hand, "A tip", ["x"], "why")
    with desk.bookkeeping() as look:
        look.session.execute(sa.update(Delivery).values(state="given_up", tries=10))
    assert see(hooks.listed)[0].counts[State.GIVEN_UP] == 1
    assert do(AMY, hooks.retry, number) == 1
    assert see(hooks.listed)[0].counts[State.WAITING] == 1
    assert see(lambda look: look.session.scalars(sa.select(Delivery.tries)).all()) == [0]
