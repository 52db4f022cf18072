from datetime import timedelta

import pytest

from stillwatch.cases.decisions import actions, allowances, judgements
from stillwatch.cases.decisions.actions import ActionKind, ActionState, Plan, active_limits, notices
from stillwatch.cases.decisions.allowances import AllowanceKind
from stillwatch.cases.decisions.verdict import Verdict
from stillwatch.errors import PolicyError


def live(kind=ActionKind.THROTTLE, **more):
    return Plan(kind, "Confirmed by two.", dry_run=False, **more)


def test_only_confirmed_accounts_are_acted_on(taken, ann, do):
    with pytest.raises(PolicyError, match="62 open"):
        do(ann, actions.plan, 2, live())
    do(ann, judgements.judge, 2, Verdict.CONFIRMED, "why")
    with pytest.raises(PolicyError, match="62 open"):
        do(ann, actions.plan, 2, live())
    watched = do(ann, actions.plan, 2, live(ActionKind.OBSERVE))
    assert (watched.n_treated, watched.state) == (62, ActionState.SCHEDULED)


def test_an_allowance_stops_what_is_in_force(confirmed, ann, lea, do, see, clock):
    planned = do(ann, actions.plan, 2, live(accounts=confirmed[:3]))
    do(actions.SCHEDULE, actions.carry_out, planned.action_id)
    until = clock.now + timedelta(days=60)
    do(lea, allowances.allow, AllowanceKind.SYNTHETIC_DATA, "A customer", confirmed[:2], "why", until)
    assert [x.account_id for x in see(active_limits.in_force)] == confirmed[2:3]


def test_one_kind_of_limit_at_a_time_so_that_lifted_is_true(confirmed, ann, do, see, clock):
    twice = [do(ann, actions.plan, 2, live(accounts=confirmed[:2])).action_id for _ in range(2)]
    assert do(actions.SCHEDULE, actions.carry_out, twice[0]) is ActionState.IN_FORCE
    assert do(actions.SCHEDULE, actions.carry_out, twice[1]) is ActionState.CANCELLED
    assert [n.kind for n in see(notices.notices_of, confirmed[0])] == ["limited"]
    with pytest.raises(PolicyError, match="2 under this already"):
        do(ann, actions.plan, 2, live(accounts=confirmed[:2]))
    do(ann, actions.undo, twice[0], "Called.")
    assert see(active_limits.in_force) == []
    assert do(ann, actions.plan, 2, live(accounts=confirmed[:2])).n_treated == 2


def test_what_ends_can_be_followed_by_the_same(confirmed, ann, do, clock):
    ends = clock.now + timedelta(days=7)
    first = do(ann, actions.plan, 2, live(accounts=confirmed[:2], ends_at=ends))
    do(actions.SCHEDULE, actions.carry_out, first.action_id)
    assert do(ann, actions.plan, 2, live(accounts=confirmed[:2], earliest_at=ends)).n_treated == 2
