import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.decisions import actions, appeals, hooks, import_scan, judgements
from stillwatch.cases.decisions.actions import ActionKind, Plan
from stillwatch.cases.decisions.hooks import Shape, Wish
from stillwatch.cases.decisions.verdict import Verdict
from stillwatch.cases.queries import deliveries
from stillwatch.cases.queries.deliveries import TRIES, Outcome, claim, settle, wait_after
from stillwatch.cases.store.records_schema import Delivery
from stillwatch.cases.store.schema import AuditEntry
from stillwatch.delivery.outbox import EventKind, State
from stillwatch.tables import scan_folder

AMY = Actor("amy", Role.ADMINISTRATOR)
SITE = "https://console.example"
TAKEN, FAILED = Outcome(is_delivered=True, what="ok"), Outcome(is_delivered=False, what="no")


@pytest.fixture
def hook(do):
    def add(*kinds, **more):
        wish = Wish("A sink", "https://hooks.example/x", kinds or list(EventKind), **more)
        return do(AMY, hooks.add, wish, private=False)

    return add


def told(due):
    return json.loads(due.body)


def data(due):
    return told(due)["data"]


def accounts(due):
    return {one["id"]: one["stands_at"] for one in data(due)["accounts"]}


def test_a_message_says_what_became_of_whom(hook, confirmed, desk, do, ann, ben, leo, clock):
    secret = hook()[1]
    do(ann, judgements.judge, 2, Verdict.UNSURE, "why", accounts=confirmed[:1])
    until = clock.now + timedelta(days=3)
    planned = do(ann, actions.plan, 2, Plan(ActionKind.THROTTLE, "why", confirmed[1:4], dry_run=False, ends_at=until))
    do(actions.SCHEDULE, actions.carry_out, planned.action_id)
    appeal = do(ben, appeals.receive, planned.action_id, confirmed[1:3], "A secret statement")
    overturned, upheld = appeals.Outcome.OVERTURNED, appeals.Outcome.UPHELD
    do(
        leo,
        appeals.answer,
        appeal,
        {confirmed[1]: overturned, confirmed[2]: upheld},
        "A secret reason",
        needs=Permission.APPROVE,
    )
    found = {}
    while batch := claim(desk, SITE):
        for due in batch:
            found.setdefault(told(due)["type"], []).append(due)
            assert settle(desk, due, TAKEN) is State.DELIVERED
    assert {kind: len(some) for kind, some in found.items()} == {
        "case.judged": 1, "action.planned": 1, "action.in_force": 1, "appeal.received": 1, "appeal.answered": 1,
        "action.undone": 1,
    }  # fmt: skip
    every = [due for some in found.values() for due in some]
    assert {due.secret for due in every} == {secret}
    assert not any("secret" in due.body or "why" in due.body or "twin" in due.body for due in every)
    assert accounts(found["case.judged"][0]) == {confirmed[0]: "unsure"}
    assert data(found["action.planned"][0])["accounts"] == []
    in_force = data(found["action.in_force"][0])
    assert in_force["action"] == {
        "id": 1, "kind": "throttle", "state": "in_force", "dry_run": False, "until": until.isoformat(),
    }  # fmt: skip
    assert set(accounts(found["action.in_force"][0])) == set(confirmed[2:4])
    assert data(found["appeal.answered"][0])["accounts"] == [
        {"id": confirmed[1], "stands_at": "innocent", "outcome": "overturned"},
        {"id": confirmed[2], "stands_at": "confirmed", "outcome": "upheld"},
    ]
    assert accounts(found["action.undone"][0]) == {confirmed[1]: "innocent"}
    assert all(data(due)["case"]["url"] == f"{SITE}/cases/2" for due in every)


def test_an_answer_about_the_campaign_moves_those_who_were_answered_about(taken, hook, desk, do, ann):
    do(ann, judgements.judge, 2, Verdict.CONFIRMED, "why", accounts=["acct_20c4d8_00001"])
    hook(EventKind.CASE_JUDGED)
    do(ann, judgements.judge, 2, Verdict.CONFIRMED, "why")
    (due,) = claim(desk, SITE)
    assert accounts(due) == {"acct_20c4d8_00001": "confirmed"}
    assert data(due)["verdict"] == "confirmed"


def test_each_case_that_a_scan_opens_is_an_event(hook, do, lea, scan, desk):
    hook(EventKind.CASE_OPENED)
    do(lea, import_scan.take, scan_folder.read(scan), "first")
    assert [data(due)["case"]["id"] for due in claim(desk, SITE)] == [1, 2]


def test_a_long_list_comes_in_parts(taken, hook, desk, do, ann, monkeypatch):
    monkeypatch.setattr(deliveries, "MOST_ACCOUNTS", 100)
    hook(EventKind.CASE_JUDGED, shape=Shape.COOP, type_name="t", api_key="k")
    every = [f"acct_7f3a91_{n:05d}" for n in range(250)]
    do(ann, judgements.judge, 1, Verdict.CONFIRMED, "why", accounts=every)
    first = claim(desk, SITE)
    rest = claim(desk, SITE)
    items = [told(due)["items"][0] for due in first + rest]
    assert [item["id"] for item in items] == ["stillwatch-case-1", "stillwatch-case-1-2", "stillwatch-case-1-3"]
    assert [len(item["data"]["accounts"]) for item in items] == [100, 100, 50]
    assert len({due.message_id for due in first + rest}) == 3
    assert {due.api_key for due in first} == {"k"}


@pytest.fixture
def tip(hook, do, ann):
    hook(EventKind.CASE_OPENED)
    do(ann, import_scan.open_by_hand, "A tip", ["x"], "why")


def test_what_is_taken_is_not_taken_by_others_until_the_lease_ends(tip, desk, clock):
    (mine,) = claim(desk, SITE)
    assert claim(desk, SITE) == []
    clock.advance(minutes=5)
    (theirs,) = claim(desk, SITE)
    assert (theirs.message_id, theirs.body, theirs.tries) == (mine.message_id, mine.body, 2)
    settle(desk, theirs, TAKEN)
    assert settle(desk, mine, FAILED) is State.DELIVERED
    clock.advance(days=9)
    assert claim(desk, SITE) == []


def test_it_is_tried_again_ever_more_rarely_and_then_given_up(tip, desk, clock, see):
    started, bodies, tries = clock.now, set(), 0
    while True:
        (due,) = claim(desk, SITE)
        tries += 1
        bodies.add((due.message_id, due.body))
        if settle(desk, due, FAILED) is State.GIVEN_UP:
            break
        clock.now = see(lambda look: look.session.scalar(sa.select(Delivery.next_at)))
    assert tries == TRIES == 10
    assert len(bodies) == 1
    assert timedelta(days=3) < clock.now - started < timedelta(days=3.6)
    clock.advance(days=30)
    assert claim(desk, SITE) == []


def test_waits_grow_and_differ_a_little():
    waits = [wait_after(n, "m") for n in range(1, TRIES)]
    assert waits == sorted(waits)
    assert timedelta(seconds=5) <= waits[0] <= timedelta(seconds=5.5)
    assert len({wait_after(1, name) for name in "abcdef"}) == 6


def test_a_receiver_may_ask_for_a_longer_wait_but_not_for_ever(tip, desk, clock, see):
    (due,) = claim(desk, SITE)
    settle(desk, due, Outcome(is_delivered=False, what="", wait=timedelta(hours=2)))
    assert see(lambda look: look.session.scalar(sa.select(Delivery.next_at))) == clock.now + timedelta(hours=2)
    clock.advance(hours=2)
    (due,) = claim(desk, SITE)
    settle(desk, due, Outcome(is_delivered=False, what="", wait=timedelta(days=400)))
    assert see(lambda look: look.session.scalar(sa.select(Delivery.next_at))) == clock.now + timedelta(days=1)


def test_one_receiver_does_not_take_all_the_time(hook, do, ann, desk):
    hook(EventKind.CASE_OPENED)
    for n in range(8):
        do(ann, import_scan.open_by_hand, "A tip", [f"a{n}"], "why")
    second = hook(EventKind.CASE_OPENED)[0].hook_id
    do(ann, import_scan.open_by_hand, "A tip", ["x"], "why")
    assert second in {due.hook_id for due in claim(desk, SITE)}


def test_what_was_delivered_is_not_kept(tip, desk, see):
    (due,) = claim(desk, SITE)
    settle(desk, due, TAKEN)
    assert see(lambda look: look.session.execute(sa.select(Delivery.body, Delivery.state)).one()) == (None, "delivered")


def test_a_message_that_cannot_be_written_holds_up_no_other(tip, desk, do, ann, see):
    do(ann, import_scan.open_by_hand, "Another", ["y"], "why")
    with desk.bookkeeping() as look:
        look.session.execute(sa.update(Delivery).where(Delivery.case_id == 1).values(case_id=99))
    assert [due.body for due in claim(desk, SITE)] != []
    states = see(lambda look: look.session.execute(sa.select(Delivery.case_id, Delivery.state)).all())
    assert sorted(map(tuple, states)) == [(2, "waiting"), (99, "given_up")]


def test_a_stopped_receivers_messages_wait(tip, desk, do, see):
    do(AMY, hooks.stop, 1, "why")
    assert claim(desk, SITE) == []
    do(AMY, hooks.resume, 1)
    assert len(claim(desk, SITE)) == 1


def test_sending_writes_nothing_into_the_audit_log(tip, desk, see):
    def count():
        return see(lambda look: look.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)))

    before = count()
    settle(desk, claim(desk, SITE)[0], FAILED)
    assert count() == before
