from datetime import timedelta
from random import Random

import pytest

from stillwatch.cases import Actor, Role
from stillwatch.cases.decisions import actions, judgements
from stillwatch.cases.decisions.actions import ActionKind, ActionState, Plan, active_limits
from stillwatch.cases.decisions.verdict import Verdict
from stillwatch.cases.store import audit
from stillwatch.errors import ChangedError, InputError, PolicyError


def live(kind=ActionKind.THROTTLE, **more):
    return Plan(kind, "Confirmed by two.", dry_run=False, **more)


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
    assert {x.since for x in see(active_limits.in_force)} == {planned.due_at}


def test_some_are_held_out_and_never_limited(confirmed, ann, lea, do, see):
    planned = do(ann, actions.plan, 2, live(holdout=0.5))
    assert (planned.n_treated, planned.n_held_out) == (3, 3)
    do(lea, actions.answer, planned.action_id, "Agreed.", approve=True)
    do(actions.SCHEDULE, actions.carry_out, planned.action_id)
    assert len(see(active_limits.in_force)) == 3
    with pytest.raises(InputError, match="hold-out is out of range"):
        do(ann, actions.plan, 2, live(holdout=0.6))


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


def test_a_preview_counts_what_a_plan_would_and_changes_nothing(confirmed, ann, do, see, desk):
    wanted = live(holdout=0.5)
    shown = see(actions.preview, 2, wanted)
    assert (shown.n_treated, shown.n_held_out, shown.left_out, shown.needs_second) == (3, 3, {"open": 56}, True)
    assert "rate of requests" in shown.notice
    assert see(actions.preview, 2, Plan(ActionKind.WATERMARK, "why")).notice is None
    with desk.look() as look:
        assert "action planned" not in [e.action for e in audit.entries(look.session.connection())]
    planned = do(ann, actions.plan, 2, live(holdout=0.5, seen=shown.seen))
    assert (planned.n_treated, planned.n_held_out, planned.left_out) == (3, 3, {"open": 56})


def test_a_preview_refuses_what_a_plan_would(taken, see, clock):
    with pytest.raises(PolicyError, match="62 open"):
        see(actions.preview, 2, live())
    with pytest.raises(InputError, match="out of order"):
        see(actions.preview, 2, live(earliest_at=clock.now - timedelta(hours=1)))


def test_nothing_is_planned_on_other_accounts_than_the_preview_counted(confirmed, ann, do, see):
    shown = see(actions.preview, 2, live())
    do(ann, judgements.judge, 2, Verdict.CONFIRMED, "This one too.", accounts=["acct_20c4d8_00010"])
    with pytest.raises(ChangedError, match="1 joined since you looked"):
        do(ann, actions.plan, 2, live(seen=shown.seen))


def test_parts_of_one_size_are_no_way_around_a_second_person(confirmed, ann, ben, do):
    first = do(ann, actions.plan, 2, live(accounts=confirmed[:3]))
    second = do(ben, actions.plan, 2, live(ActionKind.SUSPEND, accounts=confirmed[3:]))
    assert (first.state, second.state) == (ActionState.SCHEDULED, ActionState.PROPOSED)
    again = do(ann, actions.plan, 2, live(ActionKind.SUSPEND, accounts=confirmed[:3]))
    assert again.state is ActionState.SCHEDULED
    rehearsal = do(ann, actions.plan, 2, Plan(ActionKind.SUSPEND, "why", accounts=confirmed[3:]))
    assert rehearsal.state is ActionState.SCHEDULED


def test_the_room_itself_asks_who_may_act(confirmed, ann, do):
    planned = do(ann, actions.plan, 2, live(accounts=confirmed[:3]))
    viewer = Actor("vic", Role.VIEWER)
    for what, more in (
        (actions.plan, (2, live())),
        (actions.cancel, (planned.action_id, "why")),
        (actions.undo, (planned.action_id, "why")),
    ):
        with pytest.raises(PolicyError, match="may not act"):
            do(viewer, what, *more)
