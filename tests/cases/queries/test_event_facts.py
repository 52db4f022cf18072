import json
from datetime import timedelta

import pytest

from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.case_outbox import CaseOutbox
from stillwatch.cases.decisions import actions, appeals, import_scan, judgements, webhooks
from stillwatch.cases.decisions.actions import ActionKind, Plan
from stillwatch.cases.decisions.asking import planning
from stillwatch.cases.decisions.asking.planning import AskPlan
from stillwatch.cases.decisions.asking.wording import AskQuestion
from stillwatch.cases.decisions.verdict import Verdict
from stillwatch.cases.queries import event_facts
from stillwatch.delivery.events import EventKind
from stillwatch.delivery.outbox import MessageState
from stillwatch.delivery.payloads import Shape
from stillwatch.delivery.queue import DeliveryOutcome
from stillwatch.delivery.receivers import NewReceiver
from stillwatch.tables import scan_folder

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


def told(due):
    return json.loads(due.body)


def data(due):
    return told(due)["data"]


def accounts(due):
    return {one["id"]: one["stands_at"] for one in data(due)["accounts"]}


def test_a_message_says_what_became_of_whom(hook, confirmed, box, do, ann, ben, leo, clock):
    secret = hook()[1]
    do(ann, judgements.judge, 2, Verdict.UNSURE, "why", accounts=confirmed[:1])
    until = clock.now + timedelta(days=3)
    planned = do(ann, actions.plan, 2, Plan(ActionKind.THROTTLE, "why", confirmed[1:4], dry_run=False, ends_at=until))
    do(actions.SCHEDULE, actions.carry_out, planned.action_id)
    appeal = do(ben, appeals.receive, planned.action_id, confirmed[1:3], "A secret statement")
    overturned, upheld = appeals.AppealOutcome.OVERTURNED, appeals.AppealOutcome.UPHELD
    do(
        leo,
        appeals.answer,
        appeal,
        {confirmed[1]: overturned, confirmed[2]: upheld},
        "A secret reason",
        needs=Permission.APPROVE,
    )
    found = {}
    while batch := box.claim():
        for due in batch:
            found.setdefault(told(due)["type"], []).append(due)
            assert box.settle(due, TAKEN) is MessageState.DELIVERED
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


def test_an_answer_about_the_campaign_moves_those_who_were_answered_about(taken, hook, box, do, ann):
    do(ann, judgements.judge, 2, Verdict.CONFIRMED, "why", accounts=["acct_20c4d8_00001"])
    hook(EventKind.CASE_JUDGED)
    do(ann, judgements.judge, 2, Verdict.CONFIRMED, "why")
    (due,) = box.claim()
    assert accounts(due) == {"acct_20c4d8_00001": "confirmed"}
    assert data(due)["verdict"] == "confirmed"


def test_each_case_that_a_scan_opens_is_an_event(hook, do, lea, scan, box):
    hook(EventKind.CASE_OPENED)
    do(lea, import_scan.take, scan_folder.read(scan), "first")
    assert [data(due)["case"]["id"] for due in box.claim()] == [1, 2]


def test_a_long_list_comes_in_parts(taken, hook, box, do, ann, monkeypatch):
    monkeypatch.setattr(event_facts, "MOST_ACCOUNTS", 100)
    hook(EventKind.CASE_JUDGED, shape=Shape.COOP, type_name="t", api_key="k")
    every = [f"acct_7f3a91_{n:05d}" for n in range(250)]
    do(ann, judgements.judge, 1, Verdict.CONFIRMED, "why", accounts=every)
    first = box.claim()
    rest = box.claim()
    items = [told(due)["items"][0] for due in first + rest]
    assert [item["id"] for item in items] == ["stillwatch-case-1", "stillwatch-case-1-2", "stillwatch-case-1-3"]
    assert [len(item["data"]["accounts"]) for item in items] == [100, 100, 50]
    assert len({due.message_id for due in first + rest}) == 3
    assert {due.api_key for due in first} == {"k"}


def test_whoever_is_asked_comes_with_the_question_its_text_and_the_day(hook, taken, box, do, ann, clock):
    for shape in Shape:
        hook(EventKind.ACCOUNT_ASKED, shape=shape, type_name="Account")
    planned = do(ann, planning.plan, 2, AskPlan(AskQuestion.PURPOSE, "A secret reason", most=3))
    sent = {due.body: told(due) for due in box.claim()}
    assert len(sent) == len(Shape)
    event = next(body["data"] for body in sent.values() if body.get("type") and "accounts" in body["data"])
    assert event["action"]["id"] == planned.action_id
    assert {one["id"][:11] for one in event["accounts"]} == {"acct_20c4d8"}
    assert len(event["accounts"]) == 3
    assert event["ask"]["question"] == "purpose"
    assert event["ask"]["answer_by"] == (clock.now + timedelta(days=14)).isoformat()
    assert "what this account is used for" in event["ask"]["text"]
    osprey = next(body["data"]["updates"] for body in sent.values() if "updates" in body.get("data", {}))
    label = osprey[1]["mutations"][1]
    assert (label["label_name"], label["status"], label["expires_at"]) == (
        "stillwatch_ask",
        3,
        event["ask"]["answer_by"],
    )
    coop = next(body["items"][0]["data"] for body in sent.values() if "items" in body)
    assert coop["ask"] == event["ask"]
    assert not any(word in body for body in sent for word in ("secret", "twin", "fingerprint", "seed"))
