from datetime import timedelta

import pytest

from stillwatch.cases.decisions import actions
from stillwatch.cases.decisions.actions import ActionKind, ActionState, Plan
from stillwatch.cases.queries import action_queries
from stillwatch.cases.queries.action_queries import ActionStage, Arm
from stillwatch.errors import MissingError


@pytest.fixture
def planned(confirmed, ann, lea, do, clock):
    """Plan one that waits, one that is scheduled, one in force until tomorrow, and one that was rehearsed."""

    def plan(kind, n, **more):
        return do(ann, actions.plan, 2, Plan(kind, "why", accounts=confirmed[:n], **more)).action_id

    ends = clock.now + timedelta(days=1)
    found = {
        "waits": plan(ActionKind.SUSPEND, 6, dry_run=False, holdout=0.5),
        "scheduled": plan(ActionKind.WITHHOLD, 2, dry_run=False, earliest_at=clock.now + timedelta(hours=1)),
        "in force": plan(ActionKind.THROTTLE, 2, dry_run=False, ends_at=ends),
        "rehearsed": plan(ActionKind.STEP_UP, 2),
    }
    for name in ("in force", "rehearsed"):
        do(actions.SCHEDULE, actions.carry_out, found[name])
    return found


def numbers(see, **which):
    found, total = see(action_queries.actions, **which)
    assert total >= len(found)
    return [one.action_id for one in found]


def test_each_stands_where_it_is(planned, see):
    for stage, name in zip(ActionStage, planned, strict=True):
        assert numbers(see, stage=stage) == [planned[name]]
    assert numbers(see, case_id=2) == sorted(planned.values(), reverse=True)
    assert numbers(see, case_id=1) == []
    assert numbers(see, case_id=2, start=1, count=2) == sorted(planned.values(), reverse=True)[1:3]


def test_what_has_ended_by_itself_is_past(planned, see, clock):
    assert see(action_queries.progress, planned["in force"]).is_over is False
    clock.advance(days=1)
    assert numbers(see, stage=ActionStage.IN_FORCE) == []
    assert planned["in force"] in numbers(see, stage=ActionStage.PAST)
    assert see(action_queries.progress, planned["in force"]).is_over is True


def test_who_answered_and_how_many_accounts_are_in_each_arm(planned, confirmed, lea, ann, do, see):
    do(lea, actions.answer, planned["waits"], "Agreed.", approve=True)
    found = see(action_queries.progress, planned["waits"])
    assert (found.state, found.needs_second, found.accounts) == (
        ActionState.SCHEDULED,
        True,
        {Arm.TREATED: 3, Arm.HELD_OUT: 3},
    )
    assert [(x.by, x.answer, x.why) for x in found.answers] == [("lea", "approved", "Agreed.")]
    do(ann, actions.undo, planned["in force"], "Called.", confirmed[:1])
    assert see(action_queries.progress, planned["in force"]).accounts == {Arm.TREATED: 1, Arm.UNDONE: 1}


def test_accounts_by_arm_and_by_part(planned, confirmed, see, do, ann):
    held, n_held = see(action_queries.accounts, planned["waits"], arm=Arm.HELD_OUT)
    treated, _ = see(action_queries.accounts, planned["waits"], arm=Arm.TREATED)
    assert n_held == len(held) == 3
    assert sorted(x.account_id for x in (*held, *treated)) == confirmed
    some, total = see(action_queries.accounts, planned["waits"], start=4, count=5)
    assert ([x.account_id for x in some], total) == (confirmed[4:], 6)
    do(ann, actions.undo, planned["in force"], "Called.", confirmed[:1])
    undone, _ = see(action_queries.accounts, planned["in force"], arm=Arm.UNDONE)
    assert [x.account_id for x in undone] == confirmed[:1]


def test_each_text_that_holders_were_told_once(planned, confirmed, see, do, ann, clock):
    do(ann, actions.undo, planned["in force"], "Called.", confirmed[:1])
    assert [(x.kind, x.n_accounts, x.at) for x in see(action_queries.told, planned["in force"])] == [
        ("limited", 2, clock.now),
        ("lifted", 1, clock.now),
    ]
    assert see(action_queries.told, planned["waits"]) == []


def test_one_that_is_not_there(desk, see):
    with pytest.raises(MissingError):
        see(action_queries.progress, 7)
