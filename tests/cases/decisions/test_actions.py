import threading
from datetime import timedelta
from random import Random

import pytest

from stillwatch.cases import Actor, Desk, Permission, Role
from stillwatch.cases.decisions import actions, active_limits, allowances, judgements, notices
from stillwatch.cases.decisions.actions import ActionKind, ActionState, Plan
from stillwatch.cases.decisions.allowances import AllowanceKind
from stillwatch.cases.decisions.verdict import Verdict
from stillwatch.cases.store import audit
from stillwatch.errors import InputError, PolicyError


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


def test_only_confirmed_accounts_are_acted_on(taken, ann, do):
    with pytest.raises(PolicyError, match="62 open"):
        do(ann, actions.plan, 2, live())
    do(ann, judgements.judge, 2, Verdict.CONFIRMED, "why")
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


def test_an_allowance_stops_what_is_in_force(confirmed, ann, lea, do, see, clock):
    planned = do(ann, actions.plan, 2, live(accounts=confirmed[:3]))
    do(actions.SCHEDULE, actions.carry_out, planned.action_id)
    until = clock.now + timedelta(days=60)
    do(lea, allowances.allow, AllowanceKind.SYNTHETIC_DATA, "A customer", confirmed[:2], "why", until)
    assert [x.account_id for x in see(active_limits.in_force)] == confirmed[2:3]


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
    with pytest.raises(PolicyError, match="others than the preview counted"):
        do(ann, actions.plan, 2, live(seen=shown.seen))


def test_parts_of_one_size_are_no_way_around_a_second_person(confirmed, ann, ben, do):
    first = do(ann, actions.plan, 2, live(accounts=confirmed[:3]))
    second = do(ben, actions.plan, 2, live(ActionKind.SUSPEND, accounts=confirmed[3:]))
    assert (first.state, second.state) == (ActionState.SCHEDULED, ActionState.PROPOSED)
    again = do(ann, actions.plan, 2, live(ActionKind.SUSPEND, accounts=confirmed[:3]))
    assert again.state is ActionState.SCHEDULED
    rehearsal = do(ann, actions.plan, 2, Plan(ActionKind.SUSPEND, "why", accounts=confirmed[3:]))
    assert rehearsal.state is ActionState.SCHEDULED


@pytest.mark.parametrize("spelled", ["LEA", "Lea", "ｌｅａ"])
def test_another_spelling_of_a_name_is_no_second_person(confirmed, lea, do, spelled):
    planned = do(lea, actions.plan, 2, live())
    with pytest.raises(PolicyError, match="cannot approve it"):
        do(Actor(spelled, Role.LEAD), actions.answer, planned.action_id, "why", approve=True)


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


def test_what_has_ended_before_it_began_never_begins(confirmed, ann, lea, do, see, clock):
    ends = clock.now + timedelta(days=1)
    late = do(ann, actions.plan, 2, live(accounts=confirmed[:2], ends_at=ends))
    waits = do(ann, actions.plan, 2, live(accounts=confirmed[:4], ends_at=ends))
    clock.advance(days=2)
    assert do(actions.SCHEDULE, actions.carry_out, late.action_id) is ActionState.CANCELLED
    with pytest.raises(PolicyError, match="its end has passed"):
        do(lea, actions.answer, waits.action_id, "Agreed.", approve=True)
    assert do(lea, actions.answer, waits.action_id, "Too late.", approve=False) is ActionState.REFUSED
    assert see(notices.notices_of, confirmed[0]) == []


def test_undoing_for_an_account_that_is_not_under_it_is_a_mistake(confirmed, ann, do, see):
    planned = do(ann, actions.plan, 2, live(accounts=confirmed[:3]))
    do(actions.SCHEDULE, actions.carry_out, planned.action_id)
    for accounts, words in (([confirmed[0], "acct_typo"], "for 1 of these"), ([], "no accounts are named")):
        with pytest.raises(InputError, match=words):
            do(ann, actions.undo, planned.action_id, "why", accounts)
    assert len(see(active_limits.in_force)) == 3


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
