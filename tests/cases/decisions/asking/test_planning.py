"""Plans of experiments: what is stated before, whom they draw from, and what is refused."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from stillwatch.cases import Actor, Role
from stillwatch.cases.decisions import actions, allowances, import_scan, judgements
from stillwatch.cases.decisions.actions import ActionKind, ActionState, Plan, scheduler
from stillwatch.cases.decisions.actions.notices import notices_of
from stillwatch.cases.decisions.allowances import AllowanceKind
from stillwatch.cases.decisions.asking import planning
from stillwatch.cases.decisions.asking import status as experiments
from stillwatch.cases.decisions.asking.draw import draw
from stillwatch.cases.decisions.asking.planning import AskPlan
from stillwatch.cases.decisions.asking.wording import AskQuestion
from stillwatch.cases.decisions.verdict import Verdict
from stillwatch.cases.store import audit
from stillwatch.cases.store.schema import CaseMember, Notice
from stillwatch.errors import ChangedError, InputError, PolicyError
from stillwatch.tables import scan_folder

ALL = [f"acct_20c4d8_{number:05d}" for number in range(62)]


def wanted(**more):
    return AskPlan(AskQuestion.RECIPIENT, "Who receives the work?", **more)


def entries(look):
    return [(e.action, e.actor) for e in audit.entries(look.session.connection())]


def test_a_preview_states_everything_and_changes_nothing(taken, see):
    before = see(entries)
    shown = see(planning.preview, 2, wanted())
    assert (shown.n_group, shown.rule.most, shown.at_once, shown.days) == (62, 8, 4, 14)
    assert (shown.rule.alpha, shown.rule.beta, shown.rule.prior_odds) == (0.05, 0.05, 1)
    assert shown.honest.strengthened < 0.05 > shown.campaign.cleared
    assert shown.needs_second, "the tests set cases.two_people_above to 3"
    assert "16 March 2026" in shown.notice
    assert see(entries) == before


def test_the_sample_is_the_draw_of_its_recorded_seed(taken, do, see, ann):
    do(ann, planning.plan, 2, wanted(most=3), lambda: "a seed")
    status = see(experiments.ask_status, 2)
    assert status.seed == "a seed"
    assert [line.account_id for line in status.asked] == draw(ALL, 3, "a seed")
    assert (status.n_group, status.has_changed) == (62, False)


def test_nobody_but_the_sample_is_told_anything(asking, see):
    told = see(lambda look: set(look.session.scalars(sa.select(Notice.account_id))))
    assert told == set(asking.accounts())
    assert [notice.kind for notice in see(notices_of, asking.accounts()[0])] == ["asked"]


def test_a_larger_sample_waits_for_a_second_person(taken, do, see, ann, lea):
    planned = do(ann, planning.plan, 2, wanted(most=4))
    assert planned.state is ActionState.PROPOSED
    assert see(experiments.ask_status, 2).asked == ()
    with pytest.raises(PolicyError, match="planned an action cannot approve"):
        do(Actor("Ann", Role.LEAD), actions.answer, planned.action_id, "Yes.", approve=True)
    do(lea, actions.answer, planned.action_id, "Yes.", approve=True)
    assert len(see(experiments.ask_status, 2).asked) == 0


def test_an_approved_experiment_starts_with_the_scheduler(taken, do, see, desk, ann, lea):
    planned = do(ann, planning.plan, 2, wanted(most=6))
    do(lea, actions.answer, planned.action_id, "Yes.", approve=True)
    assert scheduler.run_due(desk, pytest.fail) == {planned.action_id: ActionState.IN_FORCE}
    status = see(experiments.ask_status, 2)
    assert (len(status.asked), status.n_drawn, status.is_running) == (4, 6, True)


def test_small_samples_one_after_the_other_are_no_way_around_a_second_person(asking, do, ann):
    do(ann, actions.undo, asking.planned.action_id, "Ask others.")
    again = do(ann, planning.plan, 2, wanted(most=1))
    assert again.state is ActionState.PROPOSED
    assert again.n_group == 59, "nobody is asked twice"


def test_an_approval_on_another_scan_asks_nobody(taken, do, see, desk, ann, lea, scan_of, three):
    planned = do(ann, planning.plan, 2, wanted(most=6))
    do(lea, actions.answer, planned.action_id, "Yes.", approve=True)
    three[1].n_accounts = 63
    do(lea, import_scan.take, scan_folder.read(scan_of(three)), "second")
    assert scheduler.run_due(desk, pytest.fail) == {planned.action_id: ActionState.CANCELLED}
    status = see(experiments.ask_status, 2)
    assert (status.asked, status.has_changed) == ((), True)
    assert see(lambda look: look.session.scalar(sa.select(sa.func.count()).select_from(Notice))) == 0


def test_a_plan_on_another_group_than_the_preview_showed_is_refused(taken, do, see, ann, lea, scan_of, three):
    seen = see(planning.preview, 2, wanted(most=3)).seen
    do(ann, judgements.judge, 2, Verdict.INNOCENT, "Known to sales.", accounts=ALL[:1])
    with pytest.raises(ChangedError, match="1 left since you looked"):
        do(ann, planning.plan, 2, wanted(most=3, seen=seen))
    seen = see(planning.preview, 2, wanted(most=3)).seen
    do(lea, import_scan.take, scan_folder.read(scan_of(three, n_accounts=10_475)), "second")
    with pytest.raises(ChangedError, match="a newer scan has reported these accounts"):
        do(ann, planning.plan, 2, wanted(most=3, seen=seen))
    seen = see(planning.preview, 2, wanted(most=3)).seen
    assert do(ann, planning.plan, 2, wanted(most=3, seen=seen)).state is ActionState.IN_FORCE


def test_the_innocent_the_allowed_and_those_not_reported_any_more_are_not_asked(taken, do, see, ann, lea, clock, desk):
    do(ann, judgements.judge, 2, Verdict.INNOCENT, "Known to sales.", accounts=ALL[:20])
    do(lea, allowances.allow, AllowanceKind.RESEARCH, "A lab", ALL[20:40], "why", clock.now + timedelta(days=9))

    def leave(work):
        gone = sa.update(CaseMember).where(CaseMember.case_id == 2, CaseMember.account_id.in_(ALL[40:60]))
        work.session.execute(gone.values(last_scan=None))
        work.record("test", "case 2")

    do(ann, leave)
    assert see(planning.preview, 2, wanted()).n_group == 2
    planned = do(ann, planning.plan, 2, wanted(most=3))
    assert (planned.n_group, planned.n_drawn) == (2, 2)
    assert sorted(line.account_id for line in see(experiments.ask_status, 2).asked) == ALL[60:]


def test_one_experiment_at_a_time(asking, do, ann):
    with pytest.raises(PolicyError, match="an experiment is planned or runs already"):
        do(ann, planning.plan, 2, wanted(most=1))


def test_only_an_open_case_at_review_is_asked(taken, do, see, ann):
    with pytest.raises(PolicyError, match="open at urgent"):
        see(planning.preview, 1, wanted())
    do(ann, judgements.judge, 2, Verdict.INNOCENT, "An agency.")
    with pytest.raises(PolicyError, match="no account may be asked"):
        see(planning.preview, 2, wanted())
    do(ann, judgements.close, 2, "An agency.")
    with pytest.raises(PolicyError, match="closed at review"):
        see(planning.preview, 2, wanted())


def test_a_case_opened_by_hand_can_be_asked(do, see, ann):
    number = do(ann, import_scan.open_by_hand, "A tip", ["x", "y", "z"], "why")
    assert do(ann, planning.plan, number, wanted(most=2)).n_drawn == 2
    assert see(experiments.ask_status, number).scan_id is None


@pytest.mark.parametrize("most", [0, -1, 1001])
def test_a_sample_out_of_range_is_refused(taken, see, most):
    with pytest.raises(InputError, match="sample is out of range"):
        see(planning.preview, 2, wanted(most=most))


def test_planning_needs_the_permission_to_act(taken, do):
    with pytest.raises(PolicyError, match="the role viewer may not act"):
        do(Actor("vic", Role.VIEWER), planning.plan, 2, wanted())


def test_an_action_of_kind_ask_is_planned_here_alone(confirmed, do, ann):
    with pytest.raises(InputError, match="of a random sample"):
        do(ann, actions.plan, 2, Plan(ActionKind.ASK, "x"))


def test_asking_does_not_use_up_what_one_person_may_limit(asking, do, see, ann, clock):
    six = ALL[:3]
    do(ann, judgements.judge, 2, Verdict.CONFIRMED, "x")
    do(ann, judgements.judge, 2, Verdict.CONFIRMED, "x", accounts=six)
    planned = do(ann, actions.plan, 2, Plan(ActionKind.THROTTLE, "x", accounts=six, dry_run=False))
    assert planned.state is ActionState.SCHEDULED


def test_every_step_is_in_the_log(asking, see):
    found = [action for action, _ in see(entries)]
    assert found[-2:] == ["ask planned", "account asked"]
