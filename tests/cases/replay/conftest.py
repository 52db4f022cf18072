"""A database in which everything that the log names has happened once, and a function that changes it by hand."""

from datetime import timedelta

import pytest

from stillwatch.cases import Actor, Permission, Role
from stillwatch.cases.access import tokens, users
from stillwatch.cases.decisions import actions, allowances, appeals, import_scan, judgements, labels
from stillwatch.cases.decisions.actions import ActionKind, Plan
from stillwatch.cases.decisions.appeals import AppealOutcome
from stillwatch.cases.decisions.asking import planning, progress
from stillwatch.cases.decisions.asking.evidence import AskOutcome
from stillwatch.cases.decisions.asking.wording import AskQuestion
from stillwatch.cases.decisions.verdict import Verdict
from stillwatch.cases.replay import replay


@pytest.fixture
def lived_in(confirmed, do, see, clock, ann, ben, lea, leo):
    """Let people decide: answers, a limit that is partly undone, an appeal, an experiment, users and tokens."""
    root = Actor("root", Role.ADMINISTRATOR)
    do(users.HOUSE, users.create, "root", display="Root", role=Role.ADMINISTRATOR, needs=Permission.ADMINISTER)
    for name, role in (("ann", Role.ANALYST), ("ben", Role.ANALYST), ("lea", Role.LEAD)):
        do(root, users.create, name, display=name, role=role)
    do(root, users.create, "pia", display="Pia", role=Role.LEAD, password_hash="a hash")
    do(Actor("pia", Role.LEAD), users.set_password, "pia", "another hash")
    do(root, users.change_role, "ben", Role.LEAD)
    for name in ("ann", "ben"):
        do(Actor(name, Role.ANALYST), tokens.make, name="a program", scopes=frozenset({Permission.VIEW}), days=30)
    do(root, users.disable, "ben")
    clock.advance(hours=1)
    do(ann, judgements.judge, 2, Verdict.UNSURE, "On second thoughts.", accounts=confirmed[5:])
    do(ann, judgements.judge, 2, Verdict.CONFIRMED, "I was right.", accounts=confirmed[5:])
    do(ben, judgements.judge, 1, Verdict.INNOCENT, "A class.", expires_at=clock.now + timedelta(days=9))
    number = do(ann, import_scan.open_by_hand, "A tip", ["x", "y"], "A partner named them.")
    do(ann, labels.assign, number, "ben")
    do(ben, judgements.close, 1, "Done.")
    plan = Plan(ActionKind.SUSPEND, "Stop it.", dry_run=False, holdout=0.2, ends_at=clock.now + timedelta(days=30))
    limited = do(ann, actions.plan, 2, plan).action_id
    do(lea, actions.answer, limited, "Yes.", approve=True)
    clock.advance(hours=1)
    do(actions.SCHEDULE, actions.carry_out, limited)
    with_limit = sorted(see(_treated, limited))
    do(ann, actions.undo, limited, "One called.", with_limit[:1])
    clock.advance(hours=1)
    appeal = do(ann, appeals.receive, limited, with_limit[1:3], "We are a class.")
    outcomes = {with_limit[1]: AppealOutcome.OVERTURNED, with_limit[2]: AppealOutcome.UPHELD}
    do(leo, appeals.answer, appeal, outcomes, "One is a pupil.")
    do(ann, actions.plan, 2, Plan(ActionKind.WATERMARK, "Later."))
    asked = do(ann, planning.plan, 2, planning.AskPlan(AskQuestion.PURPOSE, "What for?", 3))
    assert asked.n_drawn == 3
    first = see(_asked)
    do(ann, progress.record, 2, first, AskOutcome.PASSED, why="They told us.")
    until = clock.now + timedelta(days=90)
    do(lea, allowances.allow, allowances.AllowanceKind.RESEARCH, "A university", ["p", "q"], "A contract.", until)
    ended = do(lea, allowances.allow, allowances.AllowanceKind.EVALUATION, "A lab", ["r"], "A contract.", until)
    do(lea, allowances.revoke, ended, "It ended.")
    return with_limit


def _treated(look, number):
    return actions.rows.accounts_in(look, number, "treated")


def _asked(look):
    experiment = progress.experiment_of(look, 2)
    return progress.asked_so_far(look, experiment)[0].account_id


@pytest.fixture
def after(store, see):
    """Return a function that changes the database by hand, and returns what a replay finds."""

    def changed(sql, **values):
        store.run(sql, **values)
        return [(one.where, one.what) for one in see(replay)]

    return changed
