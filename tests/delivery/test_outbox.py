import json

import pytest
import sqlalchemy as sa

from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.decisions import actions, appeals, hooks, import_scan, judgements
from stillwatch.cases.decisions.actions import ActionKind, Plan
from stillwatch.cases.decisions.hooks import Wish
from stillwatch.cases.store.records_schema import Delivery
from stillwatch.cases.store.schema import AuditEntry, Case
from stillwatch.delivery import outbox
from stillwatch.delivery.outbox import EventKind

AMY = Actor("amy", Role.ADMINISTRATOR)


@pytest.fixture
def hook(do):
    return do(AMY, hooks.add, Wish("All", "https://hooks.example/x", list(EventKind)), private=False)[0].hook_id


def messages(look):
    query = sa.select(Delivery.kind, Delivery.case_id, AuditEntry.action).join(
        AuditEntry, AuditEntry.seq == Delivery.entry
    )
    return [tuple(row) for row in look.session.execute(query.order_by(Delivery.delivery_id))]


def test_every_entry_that_is_waited_for_leaves_a_message(hook, confirmed, do, see, ann, ben, leo):
    planned = do(ann, actions.plan, 2, Plan(ActionKind.THROTTLE, "why", accounts=confirmed[:3], dry_run=False))
    do(actions.SCHEDULE, actions.carry_out, planned.action_id)
    appeal = do(ben, appeals.receive, planned.action_id, confirmed[:1], "why")
    do(leo, appeals.answer, appeal, {confirmed[0]: appeals.Outcome.UPHELD}, "why", needs=Permission.APPROVE)
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
    some = Wish("Closed alone", "https://hooks.example/x", [EventKind.CASE_CLOSED])
    every = Wish("All", "https://hooks.example/x", list(EventKind))
    do(AMY, hooks.add, some, private=False)
    stopped = do(AMY, hooks.add, every, private=False)[0].hook_id
    do(AMY, hooks.stop, stopped, "why")
    removed = do(AMY, hooks.add, every, private=False)[0].hook_id
    do(AMY, hooks.remove, removed)
    do(ann, import_scan.open_by_hand, "A tip", ["x"], "why")
    assert see(messages) == []
    do(AMY, hooks.resume, stopped)
    do(ann, import_scan.open_by_hand, "A tip", ["y"], "why")
    assert [case for _, case, _ in see(messages)] == [2]


def test_without_receivers_nothing_is_kept(taken, see):
    assert see(messages) == []


def test_names_of_messages_fit_into_a_signature():
    names = {outbox.message_id() for _ in range(50)}
    assert len(names) == 50
    assert not any("." in json.dumps(name) for name in names)
