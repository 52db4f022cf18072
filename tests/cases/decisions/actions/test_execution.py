import threading
from datetime import timedelta

import pytest

from stillwatch.cases import Desk, Permission
from stillwatch.cases.decisions import actions, allowances, judgements
from stillwatch.cases.decisions.actions import ActionKind, ActionState, Plan, active_limits, notices
from stillwatch.cases.decisions.allowances import AllowanceKind
from stillwatch.cases.decisions.verdict import Verdict
from stillwatch.cases.store import audit
from stillwatch.errors import PolicyError


def live(kind=ActionKind.THROTTLE, **more):
    return Plan(kind, "Confirmed by two.", dry_run=False, **more)


def test_a_dry_run_goes_through_every_step_and_limits_nobody(confirmed, ann, lea, do, see):
    planned = do(ann, actions.plan, 2, Plan(ActionKind.SUSPEND, "why"))
    assert (planned.state, planned.n_treated, planned.left_out) == (ActionState.PROPOSED, 6, {"open": 56})
    do(lea, actions.answer, planned.action_id, "Agreed.", approve=True)
    assert see(actions.due) == [planned.action_id]
    assert do(actions.SCHEDULE, actions.carry_out, planned.action_id) is ActionState.REHEARSED
    assert see(active_limits.in_force) == []
    assert see(notices.notices_of, confirmed[0]) == []


def test_an_action_in_force_is_told_ends_and_can_be_undone(confirmed, ann, ben, do, see, clock):
    ends = clock.now + timedelta(days=14)
    planned = do(ann, actions.plan, 2, live(accounts=confirmed[:3], ends_at=ends))
    assert do(actions.SCHEDULE, actions.carry_out, planned.action_id) is ActionState.IN_FORCE
    limited = see(active_limits.in_force)
    assert [(x.account_id, x.kind, x.until) for x in limited] == [
        (account, ActionKind.THROTTLE, ends) for account in confirmed[:3]
    ]
    told = see(notices.notices_of, confirmed[0])
    assert [n.kind for n in told] == ["limited"]
    assert "16 March 2026" in told[0].text
    assert "2026-03-01 to 2026-03-30" in told[0].text
    assert do(ann, actions.undo, planned.action_id, "One of them called.", confirmed[:1]) == 1
    assert [x.account_id for x in see(active_limits.in_force)] == confirmed[1:3]
    assert do(ben, actions.undo, planned.action_id, "The others too.") == 2
    assert see(active_limits.in_force) == []
    assert [n.kind for n in see(notices.notices_of, confirmed[2])] == ["limited", "lifted"]
    with pytest.raises(PolicyError, match="undone, not in force"):
        do(ben, actions.undo, planned.action_id, "Again.")


def test_an_action_ends_by_itself(confirmed, ann, do, see, clock):
    planned = do(ann, actions.plan, 2, live(accounts=confirmed[:3], ends_at=clock.now + timedelta(days=1)))
    do(actions.SCHEDULE, actions.carry_out, planned.action_id)
    clock.advance(hours=23)
    assert len(see(active_limits.in_force)) == 3
    clock.advance(hours=1)
    assert see(active_limits.in_force) == []


def test_who_is_no_longer_confirmed_at_the_moment_is_dropped(confirmed, ann, ben, lea, do, see, clock, desk):
    planned = do(ann, actions.plan, 2, live(accounts=confirmed[:3], earliest_at=clock.now + timedelta(days=1)))
    do(ben, judgements.judge, 2, Verdict.INNOCENT, "A class.", accounts=confirmed[:1])
    until = clock.now + timedelta(days=60)
    do(lea, allowances.allow, AllowanceKind.RESEARCH, "A university", confirmed[1:2], "why", until)
    clock.advance(days=1)
    do(actions.SCHEDULE, actions.carry_out, planned.action_id)
    assert [x.account_id for x in see(active_limits.in_force)] == confirmed[2:3]
    with desk.look() as look:
        last = list(audit.entries(look.session.connection()))[-1]
    assert (last.action, last.actor) == ("action in_force", "(schedule)")
    assert '"n_dropped":2' in last.details


def test_what_has_ended_before_it_began_never_begins(confirmed, ann, lea, do, see, clock):
    ends = clock.now + timedelta(days=1)
    late = do(ann, actions.plan, 2, live(accounts=confirmed[:2], ends_at=ends))
    waits = do(ann, actions.plan, 2, live(accounts=confirmed[:4], ends_at=ends))
    clock.advance(days=2)
    assert do(actions.SCHEDULE, actions.carry_out, late.action_id) is ActionState.CANCELLED
    with pytest.raises(PolicyError, match="the end of the action has passed"):
        do(lea, actions.answer, waits.action_id, "Agreed.", approve=True)
    assert do(lea, actions.answer, waits.action_id, "Too late.", approve=False) is ActionState.REFUSED
    assert see(notices.notices_of, confirmed[0]) == []


def test_two_consoles_over_one_database_carry_an_action_out_once(confirmed, ann, do, see, desk, clock):
    planned = do(ann, actions.plan, 2, live(accounts=confirmed[:3]))
    done, barrier = [], threading.Barrier(4)

    def carry_out():
        with Desk(desk.settings, clock=clock) as another:
            barrier.wait()
            try:
                with another.work(actions.SCHEDULE, Permission.ACT) as work:
                    done.append(actions.carry_out(work, planned.action_id))
            except PolicyError as error:
                done.append(error.what)

    threads = [threading.Thread(target=carry_out) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [ActionState.IN_FORCE, *["the action is not due"] * 3]
    assert [n.kind for n in see(notices.notices_of, confirmed[0])] == ["limited"]
