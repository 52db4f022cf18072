"""Experiments that run: outcomes, batches, objections, time limits, and the end by the stated rule."""

import pytest

from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.decisions import actions, appeals, judgements
from stillwatch.cases.decisions.actions import ActionState, active_limits, scheduler
from stillwatch.cases.decisions.actions.notices import notices_of
from stillwatch.cases.decisions.appeals import AppealOutcome
from stillwatch.cases.decisions.asking import planning, progress
from stillwatch.cases.decisions.asking import status as experiments
from stillwatch.cases.decisions.asking.evidence import AskOutcome, AskStanding
from stillwatch.cases.decisions.asking.planning import AskPlan
from stillwatch.cases.decisions.asking.wording import AskQuestion
from stillwatch.cases.decisions.verdict import Verdict
from stillwatch.cases.store import audit
from stillwatch.errors import InputError, PolicyError

PASSED, FAILED, SILENT, OBJECTED, REPEATED = AskOutcome


@pytest.fixture
def eight(taken, do, see, desk, ann, lea):
    """Start an experiment of at most eight accounts, which a second person approved; return a function that answers."""
    planned = do(ann, planning.plan, 2, AskPlan(AskQuestion.PURPOSE, "why"), lambda: "seed")
    do(lea, actions.answer, planned.action_id, "Yes.", approve=True)
    scheduler.run_due(desk, pytest.fail)

    def answer(place, outcome=PASSED, **more):
        asked = see(experiments.ask_status, 2).asked
        return do(ann, progress.record, 2, asked[place - 1].account_id, outcome, why="Checked.", **more)

    return answer


def test_three_that_pass_clear_and_nothing_is_judged(asking, see):
    assert [asking.answer(place) for place in (1, 2, 3)] == [AskStanding.OPEN, AskStanding.OPEN, AskStanding.CLEARED]
    status = asking.status()
    assert [line.bits for line in status.asked] == pytest.approx([-2, -4, -6])
    assert status.posterior == pytest.approx(1 / 65)
    assert "Proposed: judge the campaign as innocent" in status.proposal
    assert see(judgements.standing, 2) == "open", "people decide"
    assert see(active_limits.in_force) == []


def test_three_that_fail_strengthen(asking, see):
    assert [asking.answer(place, FAILED) for place in (1, 2, 3)][-1] is AskStanding.STRENGTHENED
    assert asking.status().posterior == pytest.approx(64 / 65)
    assert see(judgements.standing, 2) == "open"


def test_one_person_who_answers_for_several_accounts_counts_once(asking):
    asking.answer(1, FAILED)
    assert [asking.answer(place, REPEATED) for place in (2, 3)] == [AskStanding.OPEN, AskStanding.UNDECIDED]
    assert asking.status().bits == pytest.approx(2)


def test_the_next_are_asked_when_a_batch_is_known(eight, see):
    for place, outcome in enumerate([PASSED, FAILED, PASSED], start=1):
        eight(place, outcome)
    assert len(see(experiments.ask_status, 2).asked) == 4
    eight(4, FAILED)
    status = see(experiments.ask_status, 2)
    assert [line.place for line in status.asked] == list(range(1, 9))
    for place, outcome in enumerate([PASSED, FAILED, PASSED, FAILED], start=5):
        standing = eight(place, outcome)
    assert standing is AskStanding.UNDECIDED
    assert "decide nothing" in see(experiments.ask_status, 2).proposal


def test_whoever_was_not_asked_or_has_not_answered_is_left_in_peace(eight, see):
    for place in (1, 2, 3):
        eight(place)
    status = see(experiments.ask_status, 2)
    assert (status.standing, len(status.asked), status.n_drawn) == (AskStanding.CLEARED, 4, 8)
    assert [n.kind for n in see(notices_of, status.asked[3].account_id)] == ["asked", "lifted"]
    assert "need not answer" in see(notices_of, status.asked[3].account_id)[-1].text
    assert [n.kind for n in see(notices_of, status.asked[0].account_id)] == ["asked"]


def test_who_answers_first_does_not_matter(eight, see):
    for place in (2, 3, 4):
        assert eight(place, FAILED) is AskStanding.OPEN
    status = see(experiments.ask_status, 2)
    assert (status.bits, status.n_waiting) == (0, 3)
    assert eight(1, FAILED) is AskStanding.STRENGTHENED


def test_no_answer_counts_nothing_and_only_after_the_time_limit(asking, clock):
    with pytest.raises(PolicyError, match="time to answer has not passed"):
        asking.answer(1, SILENT)
    clock.advance(days=15)
    assert asking.answer(1, SILENT) is AskStanding.UNDECIDED
    assert asking.status().bits == 0


def test_the_scheduler_notes_who_did_not_answer_and_asks_the_next(eight, see, desk, clock):
    scheduler.run_due(desk, pytest.fail)
    clock.advance(days=15)
    scheduler.run_due(desk, pytest.fail)
    status = see(experiments.ask_status, 2)
    assert [line.outcome for line in status.asked] == [SILENT] * 4 + [None] * 4
    assert {line.recorded_by for line in status.asked} == {None}
    clock.advance(days=15)
    scheduler.run_due(desk, pytest.fail)
    assert see(experiments.ask_status, 2).standing is AskStanding.UNDECIDED
    scheduler.run_due(desk, pytest.fail)


def test_a_late_answer_replaces_no_answer_while_the_experiment_runs(eight, see, desk, clock):
    clock.advance(days=15)
    scheduler.run_due(desk, pytest.fail)
    eight(1, PASSED)
    assert see(experiments.ask_status, 2).asked[0].outcome is PASSED


def test_an_objection_opens_an_appeal_and_counts_nothing_until_it_is_decided(asking, do, see, ann, ben, leo):
    asking.answer(1, OBJECTED, statement="We are a school.")
    one = asking.status().asked[0]
    assert (one.outcome, one.appeal_id) == (OBJECTED, 1)
    asking.answer(2)
    asking.answer(3)
    assert asking.status().standing is AskStanding.OPEN, "an objection is open"
    with pytest.raises(PolicyError, match="an objection of this account is open"):
        asking.answer(1, FAILED)
    for took_part in (ann,):
        with pytest.raises(PolicyError, match=r"may not approve|took part"):
            do(took_part, appeals.answer, 1, {one.account_id: AppealOutcome.OVERTURNED}, "why")
    do(leo, appeals.answer, 1, {one.account_id: AppealOutcome.OVERTURNED}, "A school.", needs=Permission.APPROVE)
    assert asking.status().asked[0].outcome is PASSED
    assert see(judgements.standings, 2)[one.account_id] == "innocent"
    assert "question is withdrawn" in see(notices_of, one.account_id)[-1].text


def test_an_appeal_that_was_right_ends_the_experiment_with_the_next_run(asking, do, see, desk, leo):
    asking.answer(1, OBJECTED, statement="We are a school.")
    asking.answer(2)
    asking.answer(3)
    account = asking.accounts()[0]
    do(leo, appeals.answer, 1, {account: AppealOutcome.OVERTURNED}, "A school.", needs=Permission.APPROVE)
    scheduler.run_due(desk, pytest.fail)
    assert asking.status().standing is AskStanding.CLEARED


def test_an_objection_that_was_not_right_leaves_the_question_and_new_days(asking, do, see, leo, clock):
    asking.answer(1, OBJECTED, statement="No.")
    clock.advance(days=20)
    account = asking.accounts()[0]
    do(leo, appeals.answer, 1, {account: AppealOutcome.UPHELD}, "why", needs=Permission.APPROVE)
    one = asking.status().asked[0]
    assert one.outcome is None
    assert (one.answer_by - clock.now).days == 14
    assert "The question stands" in see(notices_of, account)[-1].text


def test_whoever_enters_outcomes_takes_part_in_the_decision(asking, do, see, lea):
    asking.answer(2, by=lea)
    asking.answer(1, OBJECTED, statement="We are a school.")
    account = asking.accounts()[0]
    with pytest.raises(PolicyError, match="took part in the decision"):
        do(lea, appeals.answer, 1, {account: AppealOutcome.UPHELD}, "why", needs=Permission.APPROVE)


def test_a_decided_objection_after_the_end_is_told_beside_the_standing(asking, do, leo):
    for place in (1, 2, 3):
        asking.answer(place, FAILED)
    account, action = asking.accounts()[0], asking.planned.action_id
    number = do(Actor("bo", Role.ANALYST), appeals.receive, action, [account], "It was my answer.")
    do(leo, appeals.answer, number, {account: AppealOutcome.OVERTURNED}, "Right.", needs=Permission.APPROVE)
    status = asking.status()
    assert (status.standing, status.standing_now) == (AskStanding.STRENGTHENED, AskStanding.UNDECIDED)
    assert "With it the standing is undecided" in experiments.as_text(status)


def test_an_undone_action_ends_the_experiment(asking, do, see, ann):
    do(ann, actions.undo, asking.planned.action_id, "Not needed.")
    status = asking.status()
    assert (status.standing, status.is_running, status.action_state) == (
        AskStanding.UNDECIDED, False, ActionState.UNDONE,
    )  # fmt: skip
    assert "need not answer" in see(notices_of, status.asked[0].account_id)[-1].text
    with pytest.raises(PolicyError, match="no experiment runs"):
        asking.answer(1)


def test_a_case_that_leaves_review_asks_nobody_else(eight, see, do, desk, ann):
    do(ann, judgements.judge, 2, Verdict.INNOCENT, "An agency.")
    do(ann, judgements.close, 2, "An agency.")
    scheduler.run_due(desk, pytest.fail)
    status = see(experiments.ask_status, 2)
    assert (status.standing, len(status.asked)) == (AskStanding.UNDECIDED, 4)


def test_an_account_that_became_innocent_is_not_asked_when_its_turn_comes(eight, see, do, ann):
    drawn = draw_of(see)
    do(ann, judgements.judge, 2, Verdict.INNOCENT, "Known.", accounts=drawn[4:7])
    for place, outcome in enumerate([PASSED, FAILED, PASSED, FAILED], start=1):
        eight(place, outcome)
    assert [line.account_id for line in see(experiments.ask_status, 2).asked] == [*drawn[:4], drawn[7]]


def draw_of(see):
    """Return the whole sample, in its order."""
    query = progress.sa.select(progress.AskedAccount.account_id).order_by(progress.AskedAccount.place)
    return see(lambda look: list(look.session.scalars(query)))


def test_a_sample_that_nobody_is_left_of_ends(eight, see, do, ann):
    drawn = draw_of(see)
    do(ann, judgements.judge, 2, Verdict.INNOCENT, "Known.", accounts=drawn[4:])
    for place, outcome in enumerate([PASSED, FAILED, PASSED, FAILED], start=1):
        standing = eight(place, outcome)
    assert standing is AskStanding.UNDECIDED


def test_what_is_refused(asking, do, ann, taken):
    with pytest.raises(InputError, match="reason is empty"):
        asking.answer(1, why=" ")
    with pytest.raises(InputError, match="statement is empty"):
        asking.answer(1, OBJECTED)
    with pytest.raises(InputError, match="this account was not asked") as error:
        do(ann, progress.record, 2, "acct_other", PASSED, why="x")
    assert "acct_other" not in str(error.value)
    with pytest.raises(PolicyError, match="may not act"):
        asking.answer(1, by=Actor("vic", Role.VIEWER))


def test_every_outcome_and_the_end_are_in_the_log(asking, see):
    for place in (1, 2, 3):
        asking.answer(place)
    log = see(lambda look: list(audit.entries(look.session.connection())))
    assert [e.action for e in log][-4:] == ["ask outcome"] * 3 + ["ask ended"]
    assert '"standing":"cleared"' in log[-1].details


def test_a_failure_of_one_experiment_is_reported_with_its_number(eight, desk, clock, monkeypatch):
    clock.advance(days=15)
    monkeypatch.setattr(progress, "advance", lambda *_: 1 / 0)
    failed = []
    progress.advance_ripe(desk, lambda number, error: failed.append((number, type(error))))
    assert failed == [(1, ZeroDivisionError)]
