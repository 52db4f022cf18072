from datetime import timedelta
from random import Random

import pytest

from stillwatch.cases import actions, allowances, audit, judging, notices
from stillwatch.cases.actions import ActionKind, ActionState, Plan
from stillwatch.cases.allowances import AllowanceKind
from stillwatch.cases.judgement import Verdict
from stillwatch.errors import InputError, PolicyError


def live(kind=ActionKind.THROTTLE, **more):
    return Plan(kind, "Confirmed by two.", dry_run=False, **more)


def test_a_dry_run_goes_through_every_step_and_limits_nobody(confirmed, ann, lea, do, see):
    planned = do(ann, actions.plan, 2, Plan(ActionKind.SUSPEND, "why"))
    assert (planned.state, planned.n_treated, planned.left_out) == (ActionState.PROPOSED, 6, {"open": 56})
    do(lea, actions.answer, planned.action_id, "Agreed.", approve=True)
    assert see(actions.due) == [planned.action_id]
    assert do(actions.SCHEDULE, actions.carry_out, planned.action_id) is ActionState.REHEARSED
    assert see(actions.in_force) == []
    assert see(notices.notices_of, confirmed[0]) == []


def test_only_confirmed_accounts_are_acted_on(taken, ann, do):
    with pytest.raises(PolicyError, match="62 open"):
        do(ann, actions.plan, 2, live())
    do(ann, judging.judge, 2, Verdict.CONFIRMED, "why")
    with pytest.raises(PolicyError, match="62 open"):
        do(ann, actions.plan, 2, live())
    watched = do(ann, actions.plan, 2, live(ActionKind.OBSERVE))
    assert (watched.n_treated, watched.state) == (62, ActionState.SCHEDULED)


def test_more_accounts_than_the_setting_need_a_second_person(confirmed, ann, lea, leo, do):
    alone = do(ann, actions.plan, 2, live(accounts=confirmed[:3]))
    both = do(ann, actions.plan, 2, live(accounts=confirmed[:4]))
    assert (alone.state, both.state) == (ActionState.SCHEDULED, ActionState.PROPOSED)
    for who, words in ((ann, "may not approve"), (lea, None)):
        if words:
            with pytest.raises(PolicyError, match=words):
                do(who, actions.answer, both.action_id, "why", approve=True)
    mine = do(lea, actions.plan, 2, live(accounts=confirmed[:4]))
    with pytest.raises(PolicyError, match="cannot approve it"):
        do(lea, actions.answer, mine.action_id, "why", approve=True)
    with pytest.raises(PolicyError, match="not due"):
        do(actions.SCHEDULE, actions.carry_out, both.action_id)
    assert do(leo, actions.answer, mine.action_id, "Too early.", approve=False) is ActionState.REFUSED
    with pytest.raises(PolicyError, match="is refused"):
        do(leo, actions.answer, mine.action_id, "why", approve=True)


def test_an_action_in_force_is_told_ends_and_can_be_undone(confirmed, ann, ben, do, see, clock):
    ends = clock.now + timedelta(days=14)
    planned = do(ann, actions.plan, 2, live(accounts=confirmed[:3], ends_at=ends))
    assert do(actions.SCHEDULE, actions.carry_out, planned.action_id) is ActionState.IN_FORCE
    limited = see(actions.in_force)
    assert [(x.account_id, x.kind, x.until) for x in limited] == [
        (account, ActionKind.THROTTLE, ends) for account in confirmed[:3]
    ]
    told = see(notices.notices_of, confirmed[0])
    assert [n.kind for n in told] == ["limited"]
    assert "16 March 2026" in told[0].text
    assert "2026-03-01 to 2026-03-30" in told[0].text
    assert do(ann, actions.undo, planned.action_id, "One of them called.", confirmed[:1]) == 1
    assert [x.account_id for x in see(actions.in_force)] == confirmed[1:3]
    assert do(ben, actions.undo, planned.action_id, "The others too.") == 2
    assert see(actions.in_force) == []
    assert [n.kind for n in see(notices.notices_of, confirmed[2])] == ["limited", "lifted"]
    with pytest.raises(PolicyError, match="undone, not in force"):
        do(ben, actions.undo, planned.action_id, "Again.")


def test_an_action_ends_by_itself(confirmed, ann, do, see, clock):
    planned = do(ann, actions.plan, 2, live(accounts=confirmed[:3], ends_at=clock.now + timedelta(days=1)))
    do(actions.SCHEDULE, actions.carry_out, planned.action_id)
    clock.advance(hours=23)
    assert len(see(actions.in_force)) == 3
    clock.advance(hours=1)
    assert see(actions.in_force) == []


def test_the_whole_campaign_at_one_drawn_moment(confirmed, ann, do, see, clock):
    early, late = clock.now + timedelta(hours=1), clock.now + timedelta(days=3)
    planned = do(ann, actions.plan, 2, live(accounts=confirmed[:3], earliest_at=early, latest_at=late), Random(4))
    assert early < planned.due_at < late
    clock.now = planned.due_at - timedelta(seconds=1)
    assert see(actions.due) == []
    with pytest.raises(PolicyError, match="not due"):
        do(actions.SCHEDULE, actions.carry_out, planned.action_id)
    clock.now = planned.due_at
    assert see(actions.due) == [planned.action_id]
    do(actions.SCHEDULE, actions.carry_out, planned.action_id)
    assert {x.since for x in see(actions.in_force)} == {planned.due_at}


def test_some_are_held_out_and_never_limited(confirmed, ann, lea, do, see):
    planned = do(ann, actions.plan, 2, live(holdout=0.5))
    assert (planned.n_treated, planned.n_held_out) == (3, 3)
    do(lea, actions.answer, planned.action_id, "Agreed.", approve=True)
    do(actions.SCHEDULE, actions.carry_out, planned.action_id)
    assert len(see(actions.in_force)) == 3
    with pytest.raises(InputError, match="hold-out is out of range"):
        do(ann, actions.plan, 2, live(holdout=0.6))


def test_who_is_no_longer_confirmed_at_the_moment_is_dropped(confirmed, ann, ben, lea, do, see, clock, desk):
    planned = do(ann, actions.plan, 2, live(accounts=confirmed[:3], earliest_at=clock.now + timedelta(days=1)))
    do(ben, judging.judge, 2, Verdict.INNOCENT, "A class.", accounts=confirmed[:1])
    until = clock.now + timedelta(days=60)
    do(lea, allowances.allow, AllowanceKind.RESEARCH, "A university", confirmed[1:2], "why", until)
    clock.advance(days=1)
    do(actions.SCHEDULE, actions.carry_out, planned.action_id)
    assert [x.account_id for x in see(actions.in_force)] == confirmed[2:3]
    with desk.look() as look:
        last = list(audit.entries(look.session.connection()))[-1]
    assert (last.action, last.actor) == ("action in_force", "schedule")
    assert '"n_dropped":2' in last.details


def test_an_allowance_stops_what_is_in_force(confirmed, ann, lea, do, see, clock):
    planned = do(ann, actions.plan, 2, live(accounts=confirmed[:3]))
    do(actions.SCHEDULE, actions.carry_out, planned.action_id)
    until = clock.now + timedelta(days=60)
    do(lea, allowances.allow, AllowanceKind.SYNTHETIC_DATA, "A customer", confirmed[:2], "why", until)
    assert [x.account_id for x in see(actions.in_force)] == confirmed[2:3]


def test_a_plan_can_be_given_up_until_it_is_carried_out(confirmed, ann, ben, do, see):
    planned = do(ann, actions.plan, 2, live(accounts=confirmed[:3]))
    with pytest.raises(PolicyError, match="not in force"):
        do(ann, actions.undo, planned.action_id, "why")
    do(ben, actions.cancel, planned.action_id, "Not yet.")
    assert see(actions.due) == []
    with pytest.raises(PolicyError, match="is cancelled"):
        do(ben, actions.cancel, planned.action_id, "Again.")


@pytest.mark.parametrize("wrong", ["past", "backwards", "ends before"])
def test_moments_must_be_in_order(confirmed, wrong, ann, do, clock):
    hour = timedelta(hours=1)
    given = {
        "past": {"earliest_at": clock.now - hour},
        "backwards": {"earliest_at": clock.now + 2 * hour, "latest_at": clock.now + hour},
        "ends before": {"latest_at": clock.now + 2 * hour, "ends_at": clock.now + hour},
    }[wrong]
    with pytest.raises(InputError, match="out of order"):
        do(ann, actions.plan, 2, live(**given))


def test_an_action_that_is_not_there(desk, ann, do):
    with pytest.raises(InputError, match="no such action"):
        do(ann, actions.cancel, 7, "why")
