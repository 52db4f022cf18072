import json

import pytest
import sqlalchemy as sa

from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.access.case_events import events_of
from stillwatch.cases.decisions import actions, appeals, import_scan, judgements, webhooks
from stillwatch.cases.decisions.actions import ActionKind, Plan
from stillwatch.cases.store.schema import AuditEntry, Case
from stillwatch.delivery.events import EventKind, OutboxEvent
from stillwatch.delivery.receivers import NewReceiver
from stillwatch.delivery.schema import Delivery
from stillwatch.signing.hash_chain import ChainEntry

AMY = Actor("amy", Role.ADMINISTRATOR)


@pytest.fixture
def hook(do):
    return do(AMY, webhooks.add, NewReceiver("All", "https://hooks.example/x", list(EventKind)), private=False)[
        0
    ].hook_id


def messages(look):
    query = sa.select(Delivery.kind, Delivery.case_id, AuditEntry.action).join(
        AuditEntry, AuditEntry.seq == Delivery.entry
    )
    return [tuple(row) for row in look.session.execute(query.order_by(Delivery.delivery_id))]


def test_every_entry_that_is_waited_for_leaves_a_message(hook, confirmed, do, see, ann, ben, leo):
    planned = do(ann, actions.plan, 2, Plan(ActionKind.THROTTLE, "why", accounts=confirmed[:3], dry_run=False))
    do(actions.SCHEDULE, actions.carry_out, planned.action_id)
    appeal = do(ben, appeals.receive, planned.action_id, confirmed[:1], "why")
    do(leo, appeals.answer, appeal, {confirmed[0]: appeals.AppealOutcome.UPHELD}, "why", needs=Permission.APPROVE)
    do(ann, actions.undo, planned.action_id, "why")
    do(ann, judgements.close, 2, "why")
    do(ann, judgements.reopen, 2, "nobody waits for this")
    assert see(messages) == [
        ("case.opened", 1, "scan taken"),
        ("case.opened", 2, "scan taken"),
        ("case.judged", 2, "judged"),
        ("case.judged", 2, "judged"),
        ("action.planned", 2, "action planned"),
        ("action.in_force", 2, "action in_force"),
        ("appeal.received", None, "appeal received"),
        ("appeal.answered", None, "appeal answered"),
        ("action.undone", 2, "action undone"),
        ("case.closed", 2, "case closed"),
    ]


def test_a_rehearsal_brings_nothing_into_force(hook, confirmed, do, see, ann):
    planned = do(ann, actions.plan, 2, Plan(ActionKind.THROTTLE, "why", accounts=confirmed[:3]))
    do(actions.SCHEDULE, actions.carry_out, planned.action_id)
    assert "action.in_force" not in [kind for kind, *_ in see(messages)]


def test_work_that_is_given_up_leaves_no_message(hook, do, ann, see):
    def fail(work):
        import_scan.open_by_hand(work, "A tip", ["x"], "why")
        assert len(messages(work)) == 1
        raise RuntimeError

    with pytest.raises(RuntimeError):
        do(ann, fail)
    assert see(messages) == []
    assert see(lambda look: look.session.scalars(sa.select(Case)).all()) == []


def test_a_message_is_for_those_who_wait_for_it(do, see, ann):
    some = NewReceiver("Closed alone", "https://hooks.example/x", [EventKind.CASE_CLOSED])
    every = NewReceiver("All", "https://hooks.example/x", list(EventKind))
    do(AMY, webhooks.add, some, private=False)
    stopped = do(AMY, webhooks.add, every, private=False)[0].hook_id
    do(AMY, webhooks.stop, stopped, "why")
    removed = do(AMY, webhooks.add, every, private=False)[0].hook_id
    do(AMY, webhooks.remove, removed)
    do(ann, import_scan.open_by_hand, "A tip", ["x"], "why")
    assert see(messages) == []
    do(AMY, webhooks.resume, stopped)
    do(ann, import_scan.open_by_hand, "A tip", ["y"], "why")
    assert [case for _, case, _ in see(messages)] == [2]


def test_without_receivers_nothing_is_kept(taken, see):
    assert see(messages) == []


def entry(action, subject="case 3", details="{}"):
    return ChainEntry(1, "", "ann", action, subject, details, "", "", "")


def test_an_entry_names_its_events_and_cases():
    opened = entry("scan taken", "scan 12ab", json.dumps({"opened": [4, 5], "updated": [1]}))
    assert events_of(opened) == [OutboxEvent(EventKind.CASE_OPENED, 4), OutboxEvent(EventKind.CASE_OPENED, 5)]
    assert events_of(entry("judged")) == [OutboxEvent(EventKind.CASE_JUDGED, 3)]
    assert events_of(entry("appeal answered", "appeal 3")) == [OutboxEvent(EventKind.APPEAL_ANSWERED, None)]
    assert events_of(entry("ask planned")) == [OutboxEvent(EventKind.ACTION_PLANNED, 3)]
    assert events_of(entry("account asked")) == [OutboxEvent(EventKind.ACCOUNT_ASKED, 3)]
    assert events_of(entry("labelled")) == []
