"""Permissions, texts and audit entries; what happens to the rows is tested with ``delivery.receivers``."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from stillwatch.cases import Actor, Role
from stillwatch.cases.decisions import import_scan, webhooks
from stillwatch.cases.store.schema import AuditEntry
from stillwatch.delivery import receivers
from stillwatch.delivery.events import EventKind
from stillwatch.delivery.outbox import MessageState
from stillwatch.delivery.payloads import Shape
from stillwatch.delivery.receivers import NewReceiver
from stillwatch.delivery.schema import Delivery, Hook
from stillwatch.errors import InputError, MissingError, PolicyError
from stillwatch.signing import keys

AMY = Actor("amy", Role.ADMINISTRATOR)
URL = "https://hooks.example/x"


def wish(**more):
    return NewReceiver(**({"name": "A sink", "url": URL, "kinds": list(EventKind)} | more))


@pytest.fixture
def add(do):
    return lambda private=False, **more: do(AMY, webhooks.add, wish(**more), private=private)


def entries(look):
    query = sa.select(AuditEntry).where(AuditEntry.action.startswith("webhook")).order_by(AuditEntry.seq)
    return [(row.action, row.subject, json.loads(row.details)) for row in look.session.scalars(query)]


def test_the_secret_is_shown_once_and_no_file_of_the_database_holds_it(add, desk, see, store):
    made, secret = add(api_key="a key of theirs")
    assert secret.startswith("whsec_")
    row = see(lambda look: look.session.get(Hook, made.hook_id))
    assert receivers.secret_of(desk.derived, row.salt) == secret
    assert receivers.api_key_of(desk.derived, row.salt, row.api_key) == "a key of theirs"
    columns = [str(getattr(row, column.name)) for column in Hook.__table__.columns]
    assert not any(word in text for text in columns for word in (secret, secret[6:], "a key of theirs"))
    if store.is_sqlite:
        path = Path(store.url.removeprefix("sqlite:///"))
        stored = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
        assert URL.encode() in stored
        assert not any(word in stored for word in (secret.encode(), b"a key of theirs"))
    assert not hasattr(see(webhooks.listed)[0], "secret")


def test_each_receiver_and_each_purpose_has_a_secret_of_its_own(add, desk, store):
    assert add()[1] != add()[1]
    key = keys.read(store.key)
    assert desk.derived("a", "salt") == keys.derived(key, "a", "salt") != desk.derived("b", "salt")
    assert len(desk.derived("a", "salt")) == 32


@pytest.mark.parametrize("more", [{"name": " "}, {"shape": Shape.OSPREY, "type_name": "a\x00b"}, {"url": "ftp://x"}])
def test_what_does_not_fit_is_refused(add, see, more):
    with pytest.raises(InputError):
        add(**more)
    assert see(webhooks.listed) == []


def test_administrators_alone_change_receivers(do, ann, add):
    with pytest.raises(PolicyError):
        do(ann, webhooks.add, wish(), private=False)
    number = add()[0].hook_id
    for what, *args in ((webhooks.stop, "why"), (webhooks.resume,), (webhooks.retry,), (webhooks.remove,)):
        with pytest.raises(PolicyError):
            do(ann, what, number, *args)


def test_removing_drops_what_waits(add, do, see, ann):
    number = add()[0].hook_id
    do(ann, import_scan.open_by_hand, "A tip", ["x"], "why")
    assert see(webhooks.listed)[0].counts[MessageState.WAITING] == 1
    do(AMY, webhooks.remove, number)
    assert see(webhooks.listed) == []
    assert see(lambda look: look.session.scalars(sa.select(Delivery.state)).all()) == ["dropped"]
    for what in (webhooks.remove, webhooks.resume, webhooks.retry):
        for which in (number, 10**12):
            with pytest.raises(MissingError):
                do(AMY, what, which)


def test_what_was_given_up_is_taken_up_again(add, do, desk, see, ann):
    number = add()[0].hook_id
    do(ann, import_scan.open_by_hand, "A tip", ["x"], "why")
    with desk.bookkeeping() as look:
        look.session.execute(sa.update(Delivery).values(state="given_up", tries=10))
    assert see(webhooks.listed)[0].counts[MessageState.GIVEN_UP] == 1
    assert do(AMY, webhooks.retry, number) == 1
    assert see(webhooks.listed)[0].counts[MessageState.WAITING] == 1
    assert see(lambda look: look.session.scalars(sa.select(Delivery.tries)).all()) == [0]


def test_each_change_is_in_the_audit_log_without_a_secret(add, do, see):
    made, secret = add(url="https://hooks.example/x?token=t0ken", kinds=[EventKind.CASE_OPENED], api_key="their key")
    do(AMY, webhooks.stop, made.hook_id, "Maintenance.")
    do(AMY, webhooks.resume, made.hook_id)
    do(AMY, webhooks.retry, made.hook_id)
    do(AMY, webhooks.remove, made.hook_id)
    added = {"name": "A sink", "host": "hooks.example", "shape": "event", "kinds": ["case.opened"]}
    assert see(entries) == [
        ("webhook added", "webhook 1", added),
        ("webhook stopped", "webhook 1", {"why": "Maintenance."}),
        ("webhook resumed", "webhook 1", {}),
        ("webhook retried", "webhook 1", {"n_messages": 0}),
        ("webhook removed", "webhook 1", {}),
    ]
    assert not any(word in str(see(entries)) for word in (secret, "t0ken", "their key"))
